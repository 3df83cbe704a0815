"""Messages keep within Telegram's limits and stay well nested, whatever stands in them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import escape

from bot.demo.entities import parse_html
from handlers import render
from handlers.actions import NoneOfThese
from handlers.render import Message, Texts, build_texts

PIECE = st.one_of(
    st.text(max_size=30).map(lambda text: str(escape(text))),
    st.text("abc é🙂&<", max_size=30).map(lambda text: f"<b>{escape(text)}</b>"),
    st.text("xyz", max_size=10).map(
        lambda text: f'<a href="https://x.nl/?a=1&amp;b=2"><i>{text}</i></a>'
    ),
    st.sampled_from(["\n", "\n\n", " "]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECE, max_size=40).map("".join), st.integers(20, 80))
def test_parts_fit_nest_well_and_lose_no_word(text: str, limit: int) -> None:
    made = render.parts(Message(text=text), limit)
    for part in made:
        assert render.length(part.text) <= limit
        open_tags: list[str] = []
        for closing, name in re.findall(r"<(/?)([a-z]+)[^>]*>", part.text):
            if closing:
                assert open_tags.pop() == name
            else:
                open_tags.append(name)
        assert open_tags == []
    kept = "".join(render.plain(part.text) for part in made)
    assert "".join(kept.split()) == "".join(render.plain(text).split())


def test_the_buttons_stand_under_the_last_part(texts: Texts) -> None:
    button = texts.button("geen-van-deze", action=NoneOfThese(question=1))
    first, *_, last = render.parts(Message(text="woord " * 2000, rows=((button,),)))
    assert first.rows == ()
    assert last.rows == ((button,),)


def test_what_somebody_typed_never_becomes_markup(texts: Texts) -> None:
    text = texts.screen(
        "help", naam="<b>x</b>&", zaken=False, team=False, kennis=False, beheer=False, ochtend=False
    )
    assert "&lt;b&gt;x&lt;/b&gt;&amp;" in text
    assert "<b>x</b>&" in parse_html(text).text


def test_a_text_that_misses_something_fails_loudly(texts: Texts) -> None:
    with pytest.raises(UndefinedError):
        texts.screen("help", naam="x")


def test_days_and_lengths_as_people_and_telegram_count_them() -> None:
    assert render.day_text(date(2026, 11, 23)) == "maandag 23 november 2026"
    assert render.short_day(date(2027, 1, 4)) == "ma 4 jan"
    moment = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)
    shown = render.moment_text(moment, ZoneInfo("Europe/Amsterdam"))
    assert shown == "vrijdag 27 november 2026 om 8.30 uur"
    assert render.length("<b>🙂</b>&amp;") == 3


@pytest.fixture
def texts() -> Texts:
    return build_texts()
