"""Days and sums as people type them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dates import Sum, parse_day, parse_sum
from knowledge.norm_models import Unit
from knowledge.refusals import ImpossibleDate

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12 maart", date(2026, 3, 12)),
        ("12 MRT", date(2026, 3, 12)),
        ("12-3-2026", date(2026, 3, 12)),
        ("12/3/2026", date(2026, 3, 12)),
        ("12.03.2026", date(2026, 3, 12)),
        ("12 3 2026", date(2026, 3, 12)),
        ("12-03-26", date(2026, 3, 12)),
        ("12-3", date(2026, 3, 12)),
        ("2026-03-12", date(2026, 3, 12)),
        ("3 mrt '26", date(2026, 3, 3)),
        ("3 mrt. 26", date(2026, 3, 3)),
        ("1 jan 2027", date(2027, 1, 1)),
        ("1e maart 2026", date(2026, 3, 1)),
        ("1ste mei", date(2026, 5, 1)),
        ("vandaag", TODAY),
        ("Gisteren.", date(2026, 11, 22)),
        ("eergisteren", date(2026, 11, 21)),
        ("op maandag 23 november 2026", TODAY),
        ("Maandag, 23 november", TODAY),
        ("ma 23-11-2026", TODAY),
        ("  op   12   maart  ", date(2026, 3, 12)),
        ("12 maart?", date(2026, 3, 12)),
        ("29-2-2028", date(2028, 2, 29)),
        ("31-12-2100", date(2100, 12, 31)),
    ],
)
def test_a_day_is_read(text: str, day: date) -> None:
    assert parse_day(text, today=TODAY, past=True) == day


@pytest.mark.parametrize(
    ("text", "past", "around"),
    [
        ("23 november", TODAY, TODAY),
        ("24 november", date(2025, 11, 24), date(2026, 11, 24)),
        ("31-12", date(2025, 12, 31), date(2026, 12, 31)),
        ("1 jan", date(2026, 1, 1), date(2026, 1, 1)),
        ("24-11-2026", date(2026, 11, 24), date(2026, 11, 24)),
    ],
)
def test_without_a_year_it_is_the_last_such_day_or_the_one_of_this_year(
    text: str, past: date, around: date
) -> None:
    assert parse_day(text, today=TODAY, past=True) == past
    assert parse_day(text, today=TODAY, past=False) == around


@pytest.mark.parametrize(
    "text",
    ["29-2-2027", "29 februari 2027", "31-2", "31 februari", "31-4-2026", "0-1-2026", "1-13-2026",
     "32 maart", "2026-02-30", "2026-13-01", "29-2"],
)  # fmt: skip
@pytest.mark.parametrize("past", [True, False])
def test_a_day_that_does_not_exist_is_refused(text: str, past: bool) -> None:
    with pytest.raises(ImpossibleDate) as refusal:
        parse_day(text, today=TODAY, past=past)
    assert refusal.value.text_id == "datum-onleesbaar"


@pytest.mark.parametrize("text", ["31-12-1999", "1-1-2101", "0001-01-01", "9999-12-31"])
def test_a_day_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ImpossibleDate) as refusal:
        parse_day(text, today=TODAY, past=True)
    assert refusal.value.text_id == "datum-buiten-bereik"


@pytest.mark.parametrize(
    "text",
    ["", " ", "op", "maandag", "12", "maart", "12 foo", "12 maart 2026 om 10 uur", "maart 2026",
     "K7-429F", "0800-2000", "2026", "12-3-202", "12-3-20266", "²-3-2026", "12--3-2026", "-12-3",
     "5 werkdagen na 23 december 2026", "drang", "🙂", "\x00", "1" * 10_000],
)  # fmt: skip
def test_what_is_not_clearly_a_day_is_no_day(text: str) -> None:
    assert parse_day(text, today=TODAY, past=True) is None


@pytest.mark.parametrize(
    ("text", "amount", "unit", "start"),
    [
        ("5 werkdagen na 23 december 2026", 5, Unit.WERKDAGEN, date(2026, 12, 23)),
        ("5 wd na wo 23-12-2026", 5, Unit.WERKDAGEN, date(2026, 12, 23)),
        ("vijf werkdagen na gisteren", 5, Unit.WERKDAGEN, date(2026, 11, 22)),
        ("6 weken vanaf 3 april", 6, Unit.WEKEN, date(2026, 4, 3)),
        ("Zes weken vanaf 3 april", 6, Unit.WEKEN, date(2026, 4, 3)),
        ("/bereken 6 weken vanaf 3 april", 6, Unit.WEKEN, date(2026, 4, 3)),
        ("bereken 6  weken  sinds vandaag", 6, Unit.WEKEN, TODAY),
        ("een week van vandaag", 1, Unit.WEKEN, TODAY),
        ("één maand na 31-1-2026", 1, Unit.MAANDEN, date(2026, 1, 31)),
        ("3 mnd vanuit 12-3-2026", 3, Unit.MAANDEN, date(2026, 3, 12)),
        ("twaalf maanden gerekend vanaf 1 mei", 12, Unit.MAANDEN, date(2026, 5, 1)),
        ("1 jaar na 29-2-2028", 1, Unit.JAREN, date(2028, 2, 29)),
        ("10 dagen na 24 november", 10, Unit.DAGEN, date(2026, 11, 24)),
        # What it can be is for the sum itself to say, in a refusal that names the limit.
        ("0 dagen na vandaag", 0, Unit.DAGEN, TODAY),
        ("999999 jaar na vandaag", 999999, Unit.JAREN, TODAY),
    ],
)
def test_a_sum_is_read_in_words_and_in_digits(
    text: str, amount: int, unit: Unit, start: date
) -> None:
    assert parse_sum(text, today=TODAY) == Sum(amount=amount, unit=unit, start=start)


@pytest.mark.parametrize(
    "text",
    ["", "6 weken", "6 weken vanaf", "6 weken vanaf ooit", "6 uur na vandaag",
     "zoveel weken na 3 mei", "² weken na vandaag", "-5 dagen na vandaag",
     "1.5 weken na vandaag", "9999999 dagen na vandaag",
     "vanaf 3 april 6 weken", "hoe lang mag drang zonder vto duren", "5 werkdagen na na 3 april"],
)  # fmt: skip
def test_what_is_no_sum_is_none(text: str) -> None:
    assert parse_sum(text, today=TODAY) is None


def test_a_sum_from_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ImpossibleDate) as refusal:
        parse_sum("5 werkdagen na 29-2-2027", today=TODAY)
    assert refusal.value.text_id == "datum-onleesbaar"


todays = st.dates(date(2001, 1, 1), date(2099, 12, 31))
pieces = st.sampled_from(
    ["op", "ma", "maandag,", "12", "31", "29", "2", "02", "mrt", "maart", "feb", "'26", "2027",
     "-", "/", ".", " ", "vandaag", "5", "vijf", "werkdagen", "weken", "jaar", "na", "vanaf", "٣"]
)  # fmt: skip
typed = st.one_of(
    st.text(max_size=40),
    st.lists(pieces, max_size=10).map("".join),
    st.lists(pieces, max_size=10).map(" ".join),
    st.from_regex(r"\d{1,4}[-/. ]\d{1,2}([-/. ]\d{1,4})?", fullmatch=True),
)


@given(text=typed, today=todays, past=st.booleans())
@settings(deadline=None, max_examples=500)
def test_nothing_typed_raises_anything_but_impossible_date(
    text: str, today: date, past: bool
) -> None:
    with suppress(ImpossibleDate):
        assert isinstance(parse_day(text, today=today, past=past), date | None)
    with suppress(ImpossibleDate):
        assert isinstance(parse_sum(text, today=today), Sum | None)


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)), today=todays, past=st.booleans())
def test_a_full_date_is_read_back_in_every_form(day: date, today: date, past: bool) -> None:
    for text in (
        day.isoformat(),
        f"{day.day}-{day.month}-{day.year}",
        f"{day:%d/%m/%Y}",
        f"op {day:%d.%m.%Y}",
    ):
        assert parse_day(text, today=today, past=past) == day


@given(month=st.integers(1, 12), number=st.integers(1, 28), today=todays)
def test_a_past_day_without_a_year_is_never_in_the_future(
    month: int, number: int, today: date
) -> None:
    found = parse_day(f"{number}-{month}", today=today, past=True)
    assert found is not None
    assert 0 <= (today - found).days <= 366
