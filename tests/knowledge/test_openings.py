"""A zaak that somebody plainly wants to open, typed in one line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import openings
from knowledge.loader import KnowledgeBase, load
from knowledge.refusals import ImpossibleDate

KADERS = load().kaders
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "kader", "day"),
    [
        ("nieuwe ots 12 maart", "ots", date(2026, 3, 12)),
        ("Nieuwe OTS, 12 maart 2026.", "ots", date(2026, 3, 12)),
        ("ots 12 maart", "ots", date(2026, 3, 12)),
        ("ots 24 december", "ots", date(2025, 12, 24)),  # without a year: the last one
        ("nieuwe zaak voorlopige ots per gisteren", "vots", date(2026, 11, 22)),
        ("open een vots", "vots", None),
        ("start drang met vto 3-11", "drang-met-vto", date(2026, 11, 3)),
        ("nieuwe drang vandaag", "drang-zonder-vto", TODAY),
        ("nieuwe jr", "jeugdreclassering", None),
        ("er is een nieuwe voogdij", "voogdij", None),
    ],
)
def test_a_kader_with_a_day_or_the_word_new(text: str, kader: str, day: date | None) -> None:
    found = openings.parse(text, kaders=KADERS.values(), today=TODAY)
    assert found is not None
    assert (found.kader.id, found.day) == (kader, day)


@pytest.mark.parametrize(
    "text",
    [
        "ots",
        "voogdij",
        "wat is een ots",
        "nieuwe ots, wat moet ik doen",
        "ots verlengen",
        "nieuwe jeugdbeschermer 12 maart",
        "hoe lang duurt een ots vanaf 12 maart",
        "",
    ],
)
def test_a_question_stays_a_question(text: str) -> None:
    assert openings.parse(text, kaders=KADERS.values(), today=TODAY) is None


def test_a_day_that_does_not_exist_is_said() -> None:
    with pytest.raises(ImpossibleDate):
        openings.parse("nieuwe ots 31 februari", kaders=KADERS.values(), today=TODAY)


def test_every_name_of_a_kader_opens_that_kader(knowledge: KnowledgeBase) -> None:
    names = [(name, kader.id) for kader in knowledge.kaders.values() for name in kader.names]
    assert len({name for name, _ in names}) == len(names)
    for name, kader in names:
        found = openings.parse(f"nieuwe {name}", kaders=KADERS.values(), today=TODAY)
        assert found is not None
        assert found.kader.id == kader


@given(st.text(max_size=200))
def test_any_text_is_an_opening_a_refusal_or_nothing(text: str) -> None:
    try:
        found = openings.parse(text, kaders=KADERS.values(), today=TODAY)
    except ImpossibleDate:
        return
    assert found is None or found.kader in KADERS.values()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ots afgelopen vrijdag", date(2026, 11, 20)),
        ("nieuwe ots vrijdag", date(2026, 11, 20)),
        ("nieuwe ots 2 weken geleden", date(2026, 11, 9)),
        ("nieuwe ots tweede pinksterdag", date(2026, 5, 25)),
    ],
)
def test_the_day_may_be_said_as_people_say_it(
    knowledge: KnowledgeBase, text: str, day: date
) -> None:
    found = openings.parse(
        text, kaders=KADERS.values(), today=TODAY, calendar=knowledge.calendar
    )  # fmt: skip
    assert found is not None
    assert (found.kader.id, found.day) == ("ots", day)


def test_a_day_that_can_be_two_or_has_another_weekday_is_said() -> None:
    for text in ("nieuwe ots volgende vrijdag", "nieuwe ots maandag 12 maart 2026"):
        with pytest.raises(ImpossibleDate):
            openings.parse(text, kaders=KADERS.values(), today=TODAY)
