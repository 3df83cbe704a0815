"""Sums, norms and kaders with a day, as people type them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.loader import load
from knowledge.norm_models import Direction, Unit
from knowledge.refusals import ImpossibleDate
from knowledge.sums import KaderAsked, NormAsked, Sum, from_code, parse, parse_sum

KNOWLEDGE = load()
TODAY = date(2026, 11, 23)  # a Monday
BOTH_APRILS = (date(2026, 4, 3), date(2027, 4, 3))


@pytest.mark.parametrize(
    ("text", "amount", "unit", "days"),
    [
        ("5 werkdagen na 23 december 2026", 5, Unit.WERKDAGEN, (date(2026, 12, 23),)),
        ("5 wd na wo 23-12-2026", 5, Unit.WERKDAGEN, (date(2026, 12, 23),)),
        ("vijf werkdagen na gisteren", 5, Unit.WERKDAGEN, (date(2026, 11, 22),)),
        ("5 werkdagen na tweede kerstdag", 5, Unit.WERKDAGEN, (date(2026, 12, 26),)),
        ("binnen 5 werkdagen na 3 april", 5, Unit.WERKDAGEN, BOTH_APRILS),
        ("6 weken vanaf 3 april", 6, Unit.WEKEN, BOTH_APRILS),
        ("Zes weken vanaf 3 april", 6, Unit.WEKEN, BOTH_APRILS),
        ("/bereken 6 weken vanaf vrijdag 3 april", 6, Unit.WEKEN, (date(2026, 4, 3),)),
        ("wat is 6 weken na 3 april 2027?", 6, Unit.WEKEN, (date(2027, 4, 3),)),
        ("bereken 6  weken  sinds vandaag", 6, Unit.WEKEN, (TODAY,)),
        ("zes weken na vandaag", 6, Unit.WEKEN, (TODAY,)),
        ("een week van vandaag", 1, Unit.WEKEN, (TODAY,)),
        ("één maand na 31-1-2026", 1, Unit.MAANDEN, (date(2026, 1, 31),)),
        ("3 mnd vanuit 12-3-2026", 3, Unit.MAANDEN, (date(2026, 3, 12),)),
        ("twaalf maanden gerekend vanaf 1 mei 2026", 12, Unit.MAANDEN, (date(2026, 5, 1),)),
        ("1 jaar na 29-2-2028", 1, Unit.JAREN, (date(2028, 2, 29),)),
        ("10 dagen na 24 november", 10, Unit.DAGEN, (date(2026, 11, 24),)),
        ("10 kalenderdagen na vrijdag", 10, Unit.DAGEN, (date(2026, 11, 20), date(2026, 11, 27))),
        # What it can be is for the sum itself to say, in a refusal that names the limit.
        ("0 dagen na vandaag", 0, Unit.DAGEN, (TODAY,)),
        ("999999 jaar na vandaag", 999999, Unit.JAREN, (TODAY,)),
    ],
)
def test_a_sum_is_read_in_words_and_in_digits(
    text: str, amount: int, unit: Unit, days: tuple[date, ...]
) -> None:
    found = parse_sum(text, today=TODAY, calendar=KNOWLEDGE.calendar)
    assert found == Sum(amount=amount, unit=unit, days=days)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "day"),
    [
        ("8 weken voor 12 maart 2027", 8, Unit.WEKEN, date(2027, 3, 12)),
        ("uiterlijk 8 weken vóór 12-3-2027", 8, Unit.WEKEN, date(2027, 3, 12)),
        ("2 maanden terug vanaf 1 mei 2027", 2, Unit.MAANDEN, date(2027, 5, 1)),
        ("twee maanden terugtellen vanaf 1 mei 2027", 2, Unit.MAANDEN, date(2027, 5, 1)),
    ],
)
def test_counting_back_is_read(text: str, amount: int, unit: Unit, day: date) -> None:
    found = parse_sum(text, today=TODAY)
    assert found == Sum(amount=amount, unit=unit, direction=Direction.TERUG, days=(day,))


@pytest.mark.parametrize(
    "text",
    ["", "6 weken", "6 weken vanaf", "6 weken vanaf ooit", "6 uur na vandaag",
     "zoveel weken na 3 mei", "² weken na vandaag", "-5 dagen na vandaag",
     "1.5 weken na vandaag", "9999999 dagen na vandaag", "6 weken vanaf eind maart",
     "vanaf 3 april 6 weken", "hoe lang mag drang zonder vto duren", "5 werkdagen na na 3 april",
     "wat is een vto", "nieuwe ots 12 maart", "ots verlengen", "gedragen koers", "ots"],
)  # fmt: skip
def test_what_is_no_sum_is_none(text: str) -> None:
    assert parse_sum(text, today=TODAY) is None
    assert parse(text, knowledge=KNOWLEDGE, today=TODAY) is None


def test_a_sum_from_a_day_that_does_not_exist_is_refused() -> None:
    for text in ("5 werkdagen na 29-2-2027", "ots 31 februari", "gedragen koers 32 maart"):
        with pytest.raises(ImpossibleDate):
            parse(text, knowledge=KNOWLEDGE, today=TODAY)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ots 12 maart", KaderAsked(kader="ots", days=(date(2026, 3, 12),))),
        ("Voorlopige OTS, 3 maart 2026", KaderAsked(kader="vots", days=(date(2026, 3, 3),))),
        ("bereken drang vanaf gisteren",
         KaderAsked(kader="drang-zonder-vto", days=(date(2026, 11, 22),))),
        ("vaste jeugdbeschermer 12 maart",
         NormAsked(norm="vaste-jeugdbeschermer", days=(date(2026, 3, 12),))),
        ("gedragen koers vanaf 12 maart",
         NormAsked(norm="gedragen-koers", days=(date(2026, 3, 12),))),
        ("gedragen-koers 12-3-2026", NormAsked(norm="gedragen-koers", days=(date(2026, 3, 12),))),
        ("Gedragen koers vastgesteld: vanaf vrijdag",
         NormAsked(norm="gedragen-koers", days=(date(2026, 11, 20),))),
        # It counts from a day that may still have to come: asked.
        ("ots verlenging aanvragen voor 12 maart",
         NormAsked(norm="ots-verlenging-aanvragen", days=(date(2026, 3, 12), date(2027, 3, 12)))),
    ],
)  # fmt: skip
def test_a_norm_or_a_kader_with_a_day_is_read(text: str, asked: object) -> None:
    assert parse(text, knowledge=KNOWLEDGE, today=TODAY) == asked


def test_a_kader_is_only_computed_where_that_is_asked() -> None:
    for text in ("ots 12 maart", "drang zonder vto 12 maart", "drang met vto gisteren"):
        assert parse(text, knowledge=KNOWLEDGE, today=TODAY, by_command=False) is None


def test_a_norm_without_the_command_needs_a_day_in_figures_or_vanaf() -> None:
    day = date(2026, 11, 22)
    for text in ("einde van de ots vanaf zondag", "einde van de ots op 22-11-2026"):
        asked = parse(text, knowledge=KNOWLEDGE, today=TODAY, by_command=False)
        assert asked == NormAsked(norm="ots-einde", days=(day,))
    question = "einde van de ots op zondag"
    assert parse(question, knowledge=KNOWLEDGE, today=TODAY, by_command=False) is None
    assert parse(question, knowledge=KNOWLEDGE, today=TODAY) is not None


@pytest.mark.no_cover
def test_no_way_of_asking_in_the_content_is_read_as_a_sum() -> None:
    asked = [text for card in KNOWLEDGE.cards.values() for text in (card.title, *card.phrasings)]
    assert len(asked) > 1000
    for text in asked:
        assert parse(text, knowledge=KNOWLEDGE, today=TODAY, by_command=False) is None, text


def test_every_norm_and_kader_goes_by_all_its_names() -> None:
    kaders = {name for kader in KNOWLEDGE.kaders.values() for name in (*kader.names, kader.id)}
    for norm_id, versions in KNOWLEDGE.norms.items():
        for name in {norm_id, versions[0].title} - kaders:
            asked = parse(f"{name} 12-3-2026", knowledge=KNOWLEDGE, today=TODAY)
            assert asked == NormAsked(norm=norm_id, days=(date(2026, 3, 12),)), name
    for kader in KNOWLEDGE.kaders.values():
        for name in kader.names:
            asked = parse(f"{name} 12-3-2026", knowledge=KNOWLEDGE, today=TODAY)
            assert asked == KaderAsked(kader=kader.id, days=(date(2026, 3, 12),)), name


days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(
    amount=st.integers(0, 999_999),
    unit=st.sampled_from(Unit),
    direction=st.sampled_from(Direction),
    day=days,
)
def test_a_code_with_its_day_gives_the_sum_back(
    amount: int, unit: Unit, direction: Direction, day: date
) -> None:
    asked = Sum(amount=amount, unit=unit, direction=direction, days=(day,))
    assert from_code(asked.code, day, knowledge=KNOWLEDGE) == asked


def test_a_code_gives_the_norm_or_kader_back_or_nothing() -> None:
    day = date(2026, 3, 12)
    for asked in (
        NormAsked(norm="gedragen-koers", days=(day,)),
        KaderAsked(kader="ots", days=(day,)),
    ):
        assert from_code(asked.code, day, knowledge=KNOWLEDGE) == asked
    for code in ("", "norm", "norm weg", "kader weg", "6", "6 eeuwen", "6 weken heen", "x weken"):
        assert from_code(code, day, knowledge=KNOWLEDGE) is None


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(
    ["5", "vijf", "weken", "dagen", "na", "voor", "terug", "ots", "gedragen", "koers", "12 maart",
     "vrijdag", "29-2", "pasen", "?"]
), max_size=8).map(" ".join)))  # fmt: skip
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_sum_a_refusal_or_nothing(text: str) -> None:
    with suppress(ImpossibleDate):
        asked = parse(text, knowledge=KNOWLEDGE, today=TODAY)
        assert asked is None or asked.days
