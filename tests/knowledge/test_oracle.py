"""Every kind of due date against a second, deliberately plain implementation: day by day.

The oracle shares nothing with the product but the questions it is asked: its own table of Easter
days, its own list of holidays and of days by decree, and no arithmetic on dates but "the day
after". One table of days is made once; everything else steps through it one day at a time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

import pytest

from knowledge.loader import load
from knowledge.norm_models import Direction, Roll, Unit
from knowledge.pauses import paused
from knowledge.termijnen import DueDate, Pause, compute, statutory

CASES = 100_000
SEED = 20_261_122

# Easter Sundays as printed in almanacs.
EASTER_SUNDAYS = """
2000-04-23 2001-04-15 2002-03-31 2003-04-20 2004-04-11 2005-03-27 2006-04-16 2007-04-08 2008-03-23
2009-04-12 2010-04-04 2011-04-24 2012-04-08 2013-03-31 2014-04-20 2015-04-05 2016-03-27 2017-04-16
2018-04-01 2019-04-21 2020-04-12 2021-04-04 2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05
2027-03-28 2028-04-16 2029-04-01 2030-04-21 2031-04-13 2032-03-28 2033-04-17 2034-04-09 2035-03-25
2036-04-13 2037-04-05 2038-04-25 2039-04-10 2040-04-01 2041-04-21 2042-04-06 2043-03-29 2044-04-17
2045-04-09 2046-03-25 2047-04-14 2048-04-05 2049-04-18 2050-04-10
"""

DECREED_DAYS = """
2017-04-28 2017-05-26 2018-05-11 2018-12-24 2018-12-31 2019-05-31 2019-12-27 2023-04-28 2023-05-19
2024-05-10 2024-12-27 2025-05-30 2026-01-02 2026-05-15 2027-05-07 2028-04-28 2028-05-26
"""

DECIDED = {2017, 2018, 2019, 2023, 2024, 2025, 2026, 2027, 2028}

EARLIEST, LATEST = date(2000, 1, 1), date(2050, 12, 31)


def every_day() -> Iterator[date]:
    day = EARLIEST
    while day <= LATEST:
        yield day
        day += timedelta(days=1)


DAYS = list(every_day())
PLACE = {day: place for place, day in enumerate(DAYS)}


def holidays() -> set[date]:
    free = {date.fromisoformat(text) for text in DECREED_DAYS.split()}
    for text in EASTER_SUNDAYS.split():
        sunday = PLACE[date.fromisoformat(text)]
        # Good Friday, Easter Monday, Ascension Day, Whit Monday.
        free |= {DAYS[sunday - 2], DAYS[sunday + 1], DAYS[sunday + 39], DAYS[sunday + 50]}
    for day in DAYS:
        if (day.month, day.day) in {(1, 1), (5, 5), (12, 25), (12, 26)}:
            free.add(day)
        royal = (4, 27) if day.year >= 2014 else (4, 30)
        if (day.month, day.day) == royal:
            free.add(DAYS[PLACE[day] - 1] if day.strftime("%w") == "0" else day)
    return free


HOLIDAYS = holidays()
WORKING = [day.weekday() < 5 and day not in HOLIDAYS for day in DAYS]


@dataclass
class Case:
    start: date
    amount: int
    unit: str
    back: bool
    roll: str
    by_law: bool = False
    liberty: bool = False
    pauses: list[tuple[date, date]] = field(default_factory=list)


@dataclass
class Verdict:
    end: date
    undecided: set[int]


def next_month_end(place: int, number: int, step: int) -> int:
    """The same day number in the next (previous) month, by walking there; else its last day."""
    month = DAYS[place].month
    while DAYS[place].month == month:
        place += step
    month = DAYS[place].month
    seen = []
    while DAYS[place].month == month:
        seen.append(place)
        place += step
    fitting = [one for one in seen if DAYS[one].day <= number]
    return max(fitting, key=lambda one: DAYS[one].day)


def plain_end(case: Case, still: set[int]) -> tuple[int, int]:
    """Where the term ends before rolling, and the first day that counts."""
    step = -1 if case.back else 1
    start = PLACE[case.start]
    if case.unit == "werkdagen":
        place, counted, first = start, 0, None
        while counted < case.amount:
            place += step
            if WORKING[place] and place not in still:
                counted += 1
                first = place if first is None else first
        return place, first or place
    if case.unit in ("dagen", "weken"):
        left = case.amount * (7 if case.unit == "weken" else 1)
        place = start
        while left:
            place += step
            left -= 1
        return place, start + step
    months = case.amount * (12 if case.unit == "jaren" else 1)
    place = start
    for _ in range(months):
        place = next_month_end(place, case.start.day, step)
    return place, start + step


def judged(case: Case) -> Verdict:
    start = PLACE[case.start]
    roll = case.roll
    two_ordinary = False
    if case.by_law:
        too_long = {"dagen": 90, "weken": 12, "maanden": 3, "jaren": 0, "werkdagen": 10**6}
        outside = case.back or case.liberty or case.amount > too_long[case.unit]
        roll = "none" if outside else "next"
        two_ordinary = not outside and not (case.unit in ("dagen", "werkdagen") and case.amount < 3)
    still: set[int] = set()
    end, first = plain_end(case, still)
    final = settled(end, first, roll, two_ordinary, still)
    for begins, ends in case.pauses:
        assert case.start <= begins
        assert PLACE[begins] <= final, "the case itself is wrong"
        fresh = {place for place in range(PLACE[begins], PLACE[ends] + 1) if place > start}
        still |= fresh
        if case.unit == "werkdagen":
            end, _ = plain_end(case, still)
        else:
            for _ in fresh:
                end += 1
            end = max(end, PLACE[ends] + 1)
        final = settled(end, first, roll, two_ordinary, still)
    if case.unit == "werkdagen":
        reach = range(start + 1, final + 1) if not case.back else range(final, start)
    elif roll == "none":
        reach = range(0)
    else:
        reach = range(min(end, final), max(end, final) + 1)
    return Verdict(DAYS[final], {DAYS[place].year for place in reach} - DECIDED)


def settled(end: int, first: int, roll: str, two_ordinary: bool, still: set[int]) -> int:
    while roll != "none" and not WORKING[end]:
        end += 1 if roll == "next" else -1
    if two_ordinary:
        while sum(WORKING[place] and place not in still for place in range(first, end + 1)) < 2:
            end += 1
    return end


# As long as a term can be, or as far as the table of days reaches.
FARTHEST = {"werkdagen": 2000, "dagen": 3660, "weken": 520, "maanden": 168, "jaren": 14}
LARGEST = {"werkdagen": 120, "dagen": 400, "weken": 110, "maanden": 60, "jaren": 12}
FEW = {"werkdagen": 10, "dagen": 14, "weken": 14, "maanden": 14, "jaren": 3}
NEAR_LIMIT = {"werkdagen": (2, 4), "dagen": (88, 92), "weken": (11, 14), "maanden": (2, 5),
              "jaren": (1, 2)}  # fmt: skip


@cache
def cases() -> tuple[Case, ...]:
    return tuple(random_cases())


def random_cases() -> Iterator[Case]:
    chosen = random.Random(SEED)  # noqa: S311 - cases, no secrets
    starts = [day for day in DAYS if date(2015, 1, 1) <= day <= date(2035, 12, 31)]
    feasts = [day for day in starts if day in HOLIDAYS and day.weekday() < 5]
    units = ["werkdagen", "dagen", "weken", "maanden", "jaren"]
    for number in range(CASES):
        unit = chosen.choice(units)
        low, high = chosen.choice([(1, FEW[unit]), (1, LARGEST[unit]), NEAR_LIMIT[unit]])
        if number % 40 == 7:
            low, high = 1, FARTHEST[unit]
        case = Case(
            start=chosen.choice(starts),
            amount=chosen.randint(low, high),
            unit=unit,
            back=chosen.random() < 0.3,
            roll=chosen.choice(["none", "next", "previous"]),
            by_law=number % 4 == 0,
            liberty=chosen.random() < 0.05,
        )
        if number % 20 == 8:  # a few days with holidays in them: where art. 2 has a say
            holiday = chosen.choice(feasts)
            case = replace(
                case, unit="dagen", amount=chosen.randint(2, 6), back=False, liberty=False,
                start=DAYS[PLACE[holiday] - chosen.randint(0, 6)],
            )  # fmt: skip
        if number % 5 in {1, 3} and not case.back:
            add_pauses(case, chosen)
        yield case


def add_pauses(case: Case, chosen: random.Random) -> None:
    """One to three pauses, each beginning where the term still runs."""
    earliest = PLACE[case.start]
    for _ in range(chosen.randint(1, 3)):
        latest = PLACE[judged(case).end]
        if latest < earliest:
            return
        begins = chosen.choice([chosen.randint(earliest, latest), latest, earliest])
        ends = begins + chosen.choice([0, 1, 3, 13, chosen.randint(0, 90)])
        case.pauses.append((DAYS[begins], DAYS[ends]))
        earliest = ends + 1


CALENDAR = load().calendar


def product(case: Case) -> DueDate:
    unit = Unit(case.unit)
    direction = Direction.TERUG if case.back else Direction.VOORUIT
    if case.by_law:
        found = statutory(
            start=case.start, amount=case.amount, unit=unit, calendar=CALENDAR,
            direction=direction, deprives_liberty=case.liberty,
        )  # fmt: skip
    else:
        found = compute(
            start=case.start, amount=case.amount, unit=unit, calendar=CALENDAR,
            roll=Roll(case.roll), direction=direction,
        )  # fmt: skip
    return paused(found, [Pause(first=one, last=other) for one, other in case.pauses], CALENDAR)


@pytest.mark.no_cover
def test_a_hundred_thousand_due_dates_are_what_a_walk_through_the_days_finds() -> None:
    wrong = []
    for case in cases():
        expected, found = judged(case), product(case)
        if (found.on, set(found.undecided_years)) != (expected.end, expected.undecided):
            wrong.append(f"{case}: {found.on} {found.undecided_years}, should be {expected}")
    assert not wrong, f"{len(wrong)} of {CASES}: " + "\n".join(wrong[:5])


def test_the_cases_hold_every_kind() -> None:
    """The comparison says nothing about what is not among its cases."""
    kinds = {(case.unit, case.back, case.roll, case.by_law) for case in cases()}
    assert len(kinds) == 5 * 2 * 3 * 2
    assert sum(bool(case.pauses) for case in cases()) > 5_000
    longer = [case for case in cases() if case.by_law and product(case).ordinary_days]
    assert len(longer) > 100
    assert sum(bool(case.pauses) for case in longer) > 10
    assert sum(len(case.pauses) > 1 for case in cases()) > 5_000


@pytest.mark.parametrize("year", range(2000, 2051))
def test_the_two_know_the_same_working_days(year: int) -> None:
    mine = {day for day, works in zip(DAYS, WORKING, strict=True) if works and day.year == year}
    assert mine == {day for day in DAYS if day.year == year and CALENDAR.is_working_day(day)}
