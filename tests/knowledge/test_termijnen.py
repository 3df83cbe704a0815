"""Due dates: fixed vectors, edges, and laws that hold for every start."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.calendar import Calendar
from knowledge.loader import load
from knowledge.norm_models import Direction, Roll, Unit
from knowledge.refusals import ImpossibleDate
from knowledge.termijnen import MAX_AMOUNT, DueDate, compute

CALENDAR = load().calendar
DECREE = "gelijkgesteld met een feestdag"


def due(
    start: date,
    amount: int,
    unit: Unit,
    roll: Roll = Roll.NONE,
    direction: Direction = Direction.VOORUIT,
) -> DueDate:
    return compute(
        start=start, amount=amount, unit=unit, calendar=CALENDAR, roll=roll, direction=direction
    )


def skipped(found: DueDate) -> dict[date, str]:
    return {one.day: one.name for one in found.skipped}


# --- vectors in which a date library alone goes wrong: the day it lands on must be in the story ---


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end", "passed"),
    [
        pytest.param(
            date(2026, 3, 24), 6, Unit.WEKEN, date(2026, 5, 6),
            {date(2026, 5, 5): "Bevrijdingsdag"},
            id="6-weken-over-bevrijdingsdag",
        ),
        pytest.param(
            date(2026, 4, 3), 6, Unit.WEKEN, date(2026, 5, 18),
            {date(2026, 5, 15): DECREE, date(2026, 5, 16): "zaterdag", date(2026, 5, 17): "zondag"},
            id="6-weken-over-de-vrijdag-na-hemelvaart",
        ),
        pytest.param(
            date(2026, 4, 2), 6, Unit.WEKEN, date(2026, 5, 18),
            {
                date(2026, 5, 14): "Hemelvaartsdag", date(2026, 5, 15): DECREE,
                date(2026, 5, 16): "zaterdag", date(2026, 5, 17): "zondag",
            },
            id="6-weken-op-hemelvaart",
        ),
        pytest.param(
            date(2025, 11, 21), 6, Unit.WEKEN, date(2026, 1, 5),
            {date(2026, 1, 2): DECREE, date(2026, 1, 3): "zaterdag", date(2026, 1, 4): "zondag"},
            id="6-weken-over-2-januari",
        ),
        pytest.param(
            date(2026, 2, 5), 3, Unit.MAANDEN, date(2026, 5, 6),
            {date(2026, 5, 5): "Bevrijdingsdag"},
            id="3-maanden-over-bevrijdingsdag",
        ),
        pytest.param(
            date(2026, 11, 30), 3, Unit.MAANDEN, date(2027, 3, 1),
            {date(2027, 2, 28): "zondag"},
            id="3-maanden-geklemd-op-zondag-28-februari",
        ),
        pytest.param(
            date(2026, 4, 29), 5, Unit.WERKDAGEN, date(2026, 5, 7),
            {
                date(2026, 5, 2): "zaterdag", date(2026, 5, 3): "zondag",
                date(2026, 5, 5): "Bevrijdingsdag",
            },
            id="5-werkdagen-over-bevrijdingsdag",
        ),
        pytest.param(
            date(2026, 5, 8), 5, Unit.WERKDAGEN, date(2026, 5, 19),
            {
                date(2026, 5, 9): "zaterdag", date(2026, 5, 10): "zondag",
                date(2026, 5, 14): "Hemelvaartsdag", date(2026, 5, 15): DECREE,
                date(2026, 5, 16): "zaterdag", date(2026, 5, 17): "zondag",
            },
            id="5-werkdagen-over-hemelvaart",
        ),
    ],
)  # fmt: skip
def test_a_date_that_a_plain_library_gets_wrong(
    start: date, amount: int, unit: Unit, end: date, passed: dict[date, str]
) -> None:
    found = due(start, amount, unit, Roll.NEXT)
    assert found.on == end
    assert skipped(found) == passed
    assert not found.uncertain


# --- edges ---


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end", "clamped"),
    [
        (date(2026, 1, 31), 1, Unit.MAANDEN, date(2026, 2, 28), True),
        (date(2028, 1, 31), 1, Unit.MAANDEN, date(2028, 2, 29), True),
        (date(2026, 3, 31), 1, Unit.MAANDEN, date(2026, 4, 30), True),
        (date(2026, 2, 28), 1, Unit.MAANDEN, date(2026, 3, 28), False),
        (date(2026, 12, 15), 3, Unit.MAANDEN, date(2027, 3, 15), False),
        (date(2028, 2, 29), 1, Unit.JAREN, date(2029, 2, 28), True),
        (date(2028, 2, 29), 4, Unit.JAREN, date(2032, 2, 29), False),
        (date(2027, 2, 28), 1, Unit.JAREN, date(2028, 2, 28), False),
        (date(2028, 2, 28), 1, Unit.DAGEN, date(2028, 2, 29), False),
        (date(2027, 2, 28), 1, Unit.DAGEN, date(2027, 3, 1), False),
    ],
)
def test_months_keep_the_day_number_or_take_the_last_day(
    start: date, amount: int, unit: Unit, end: date, clamped: bool
) -> None:
    found = due(start, amount, unit)
    assert (found.on, found.clamped) == (end, clamped)
    assert found.rolled_from is None
    assert found.skipped == ()


def test_a_year_is_twelve_months() -> None:
    for start in (date(2026, 1, 31), date(2028, 2, 29), date(2027, 3, 1)):
        assert due(start, 3, Unit.JAREN).on == due(start, 36, Unit.MAANDEN).on


def test_the_start_day_never_counts() -> None:
    monday = date(2026, 11, 23)
    assert due(monday, 1, Unit.DAGEN).on == date(2026, 11, 24)
    assert due(monday, 1, Unit.WEKEN).on == date(2026, 11, 30)
    assert due(monday, 1, Unit.WERKDAGEN).on == date(2026, 11, 24)
    saturday = due(date(2026, 11, 28), 1, Unit.WERKDAGEN)
    assert (saturday.first_day, saturday.on) == (date(2026, 11, 30), date(2026, 11, 30))


def test_without_rolling_the_end_stays_on_a_free_day() -> None:
    found = due(date(2026, 3, 24), 6, Unit.WEKEN)
    assert found.on == date(2026, 5, 5)
    assert found.rolled_from is None
    assert found.skipped == ()


def test_counting_back_with_previous_rolls_to_the_working_day_before() -> None:
    found = due(date(2026, 12, 25), 8, Unit.MAANDEN, Roll.PREVIOUS, Direction.TERUG)
    assert found.on == date(2026, 4, 24)
    assert found.rolled_from == date(2026, 4, 25)
    assert skipped(found) == {date(2026, 4, 25): "zaterdag"}


def test_counting_back_over_easter_names_every_day_it_rolled_over() -> None:
    found = due(date(2026, 5, 18), 6, Unit.WEKEN, Roll.PREVIOUS, Direction.TERUG)
    assert found.on == date(2026, 4, 2)
    assert found.rolled_from == date(2026, 4, 6)
    assert skipped(found) == {
        date(2026, 4, 3): "Goede Vrijdag",
        date(2026, 4, 4): "zaterdag",
        date(2026, 4, 5): "zondag",
        date(2026, 4, 6): "Tweede Paasdag",
    }


def test_working_days_back_start_the_day_before() -> None:
    found = due(date(2026, 4, 8), 2, Unit.WERKDAGEN, direction=Direction.TERUG)
    assert (found.first_day, found.on) == (date(2026, 4, 7), date(2026, 4, 2))


@pytest.mark.parametrize("unit", list(Unit))
def test_an_impossible_amount_is_refused_and_the_highest_is_not(unit: Unit) -> None:
    for amount in (0, -1, MAX_AMOUNT[unit] + 1, 10**9):
        with pytest.raises(ImpossibleDate) as refusal:
            due(date(2026, 1, 5), amount, unit)
        assert refusal.value.text_id == "aantal-onmogelijk"
        assert refusal.value.parameters == {"hoogste": MAX_AMOUNT[unit], "eenheid": unit.value}
    assert due(date(2026, 1, 5), MAX_AMOUNT[unit], unit).on > date(2026, 1, 5)


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("roll", list(Roll))
def test_a_day_out_of_range_is_refused(unit: Unit, roll: Roll) -> None:
    for start, direction in (
        (date(1999, 12, 31), Direction.VOORUIT),
        (date(2101, 1, 1), Direction.TERUG),
        (date(2100, 12, 31), Direction.VOORUIT),
        (date(2000, 1, 1), Direction.TERUG),
        (date.min, Direction.TERUG),
        (date.max, Direction.VOORUIT),
    ):
        with pytest.raises(ImpossibleDate) as refusal:
            due(start, 1, unit, roll, direction)
        assert refusal.value.text_id == "datum-buiten-bereik"


def test_rolling_out_of_range_is_refused() -> None:
    with pytest.raises(ImpossibleDate):  # 1 January 2000 is a Saturday and a holiday
        due(date(2000, 1, 8), 1, Unit.WEKEN, Roll.PREVIOUS, Direction.TERUG)


# --- doubt about days that no decree has settled yet ---


@pytest.mark.parametrize(
    ("start", "amount", "unit", "roll", "years"),
    [
        (date(2029, 3, 1), 6, Unit.WEKEN, Roll.NONE, ()),
        (date(2029, 3, 1), 3, Unit.MAANDEN, Roll.NONE, ()),
        (date(2029, 3, 1), 10, Unit.DAGEN, Roll.NONE, ()),
        (date(2029, 3, 1), 6, Unit.WEKEN, Roll.NEXT, (2029,)),
        (date(2029, 3, 1), 5, Unit.WERKDAGEN, Roll.NONE, (2029,)),
        (date(2028, 12, 27), 5, Unit.WERKDAGEN, Roll.NONE, (2029,)),
        (date(2028, 12, 20), 5, Unit.WERKDAGEN, Roll.NONE, ()),
        # Ends in a decided year: the undecided ones in between have no say in weeks.
        (date(2022, 3, 1), 12, Unit.MAANDEN, Roll.NEXT, ()),
        (date(2028, 11, 19), 6, Unit.WEKEN, Roll.NEXT, (2029,)),  # rolls over New Year
        # The start day never counts, so its year has no say either.
        (date(2022, 12, 31), 5, Unit.WERKDAGEN, Roll.NONE, ()),
        (date(2025, 12, 31), 600, Unit.WERKDAGEN, Roll.NONE, ()),
    ],
)
def test_only_where_holidays_had_a_say_is_a_date_uncertain(
    start: date, amount: int, unit: Unit, roll: Roll, years: tuple[int, ...]
) -> None:
    found = due(start, amount, unit, roll)
    assert found.undecided_years == years
    assert found.uncertain is bool(years)


def test_counting_back_from_new_year_is_not_uncertain_about_the_year_it_leaves() -> None:
    found = due(date(2029, 1, 1), 3, Unit.WERKDAGEN, direction=Direction.TERUG)
    assert not found.uncertain


# --- laws ---

# A second opinion in the plainest form: tables typed by hand, and a loop. Nothing of the product.
EASTER_SUNDAYS = [
    date(2014, 4, 20), date(2015, 4, 5), date(2016, 3, 27), date(2017, 4, 16), date(2018, 4, 1),
    date(2019, 4, 21), date(2020, 4, 12), date(2021, 4, 4), date(2022, 4, 17), date(2023, 4, 9),
    date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2028, 4, 16),
    date(2029, 4, 1), date(2030, 4, 21), date(2031, 4, 13), date(2032, 3, 28), date(2033, 4, 17),
    date(2034, 4, 9), date(2035, 3, 25), date(2036, 4, 13),
]  # fmt: skip
FREE = {
    date(2017, 4, 28), date(2017, 5, 26), date(2018, 5, 11), date(2018, 12, 24),
    date(2018, 12, 31), date(2019, 5, 31), date(2019, 12, 27), date(2023, 4, 28),
    date(2023, 5, 19), date(2024, 5, 10), date(2024, 12, 27), date(2025, 5, 30),
    date(2026, 1, 2), date(2026, 5, 15), date(2027, 5, 7), date(2028, 4, 28), date(2028, 5, 26),
}  # fmt: skip
for _easter in EASTER_SUNDAYS:
    for _days in (-2, 1, 39, 50):
        FREE.add(_easter + timedelta(days=_days))
    _year = _easter.year
    FREE.update({date(_year, 1, 1), date(_year, 5, 5), date(_year, 12, 25), date(_year, 12, 26)})
    FREE.add(date(_year, 4, 26 if date(_year, 4, 27).weekday() == 6 else 27))


def plain_working_days(start: date, amount: int, step: int) -> date:
    day, counted = start, 0
    while counted < amount:
        day = day + timedelta(days=step)
        if day.weekday() < 5 and day not in FREE:
            counted += 1
    return day


starts = st.dates(date(2015, 1, 1), date(2035, 6, 30))
units = st.sampled_from(Unit)
rolls = st.sampled_from(Roll)
directions = st.sampled_from(Direction)


@given(start=starts, amount=st.integers(1, 120))
@settings(deadline=None, max_examples=400)
def test_working_days_forward_are_what_a_plain_loop_counts(start: date, amount: int) -> None:
    assert due(start, amount, Unit.WERKDAGEN).on == plain_working_days(start, amount, 1)


@given(start=st.dates(date(2015, 7, 1), date(2035, 12, 31)), amount=st.integers(1, 120))
@settings(deadline=None, max_examples=400)
def test_working_days_back_are_what_a_plain_loop_counts(start: date, amount: int) -> None:
    found = due(start, amount, Unit.WERKDAGEN, direction=Direction.TERUG)
    assert found.on == plain_working_days(start, amount, -1)


def test_five_working_days_agree_with_the_plain_loop_on_every_start_of_the_range() -> None:
    day, wrong = date(2015, 1, 1), []
    while day <= date(2035, 12, 1):
        if due(day, 5, Unit.WERKDAGEN).on != plain_working_days(day, 5, 1):
            wrong.append(day)
        day += timedelta(days=1)
    assert wrong == []


@given(
    start=starts,
    later=st.integers(0, 400),
    amount=st.integers(1, 60),
    unit=units,
    roll=rolls,
    direction=directions,
)
@settings(deadline=None, max_examples=300)
def test_a_later_start_never_gives_an_earlier_end(
    start: date, later: int, amount: int, unit: Unit, roll: Roll, direction: Direction
) -> None:
    amount = min(amount, 12) if unit is Unit.JAREN else amount
    first = due(start, amount, unit, roll, direction)
    second = due(start + timedelta(days=later), amount, unit, roll, direction)
    assert first.on <= second.on


@given(start=starts, amount=st.integers(1, 40), unit=units, roll=rolls, direction=directions)
@settings(deadline=None, max_examples=300)
def test_a_due_date_survives_json_and_its_skipped_days_are_no_working_days(
    start: date, amount: int, unit: Unit, roll: Roll, direction: Direction
) -> None:
    amount = min(amount, 12) if unit is Unit.JAREN else amount
    found = due(start, amount, unit, roll, direction)
    assert DueDate.model_validate_json(found.model_dump_json()) == found
    for one in found.skipped:
        assert not CALENDAR.is_working_day(one.day)
        assert one.name == CALENDAR.why_free(one.day)
        assert one.day != found.on
    assert [one.day for one in found.skipped] == sorted({one.day for one in found.skipped})


@given(start=starts, amount=st.integers(1, 60), unit=units, direction=directions)
@settings(deadline=None, max_examples=200)
def test_next_never_comes_earlier_and_previous_never_later_and_both_end_on_a_working_day(
    start: date, amount: int, unit: Unit, direction: Direction
) -> None:
    amount = min(amount, 12) if unit is Unit.JAREN else amount
    plain, next_, previous = (due(start, amount, unit, roll, direction).on for roll in Roll)
    assert previous <= plain <= next_
    assert CALENDAR.is_working_day(previous)
    assert CALENDAR.is_working_day(next_)


def test_the_calendar_of_the_laws_is_the_calendar_of_the_product(calendar: Calendar) -> None:
    assert calendar.rules == CALENDAR.rules
