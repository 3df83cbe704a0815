"""Norm + start -> due date with its explanation.

How days count (all civil dates, no times):

- **werkdagen**: the start day never counts; day 1 is the first working day after it. "Nadat de GI
  in kennis is gesteld" (Besluit Jeugdwet, art. 4.2.2 lid 1; read 22-11-2026).
- **dagen, weken**: the start day never counts, every later day does; weeks end on the weekday of
  the start (derived from BW 1:264 lid 3: "vangt aan met ingang van de dag na").
- **maanden, jaren**: the same day number, or the last day of the month where it has none
  (HR 1 september 2017, ECLI:NL:HR:2017:2225, read through a summary). A year is twelve months.
- **terug**: the same, counted back from an end date.

A legal term of three days or more that rolls to the next working day also holds at least two
ordinary days (Algemene termijnenwet, art. 2; text of 10-10-2010, read 22-11-2026).

Rolling is a property of the norm, never a default (Algemene termijnenwet, art. 1 lid 1 for `next`;
art. 1 lid 2 takes counting back out of it, which `previous` then makes safe).
"""

from __future__ import annotations

import calendar as month_lengths
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from knowledge.calendar import ONE_DAY, Calendar, checked
from knowledge.norm_models import MAX_AMOUNT, Direction, Force, Norm, Roll, Unit
from knowledge.refusals import ImpossibleDate


class SkippedDay(BaseModel):
    """A day that did not count, and why: "Tweede Paasdag", "zaterdag"."""

    model_config = ConfigDict(frozen=True)

    day: date
    name: str


class DueDate(BaseModel):
    """A computed day that explains itself.

    `on` is the due date. `first_day` is the first day that counts. `skipped` are the days passed
    over: for working days those between, else only those the rolling passed. `rolled_from` is the
    day before rolling, when rolling moved it; `ordinary_days` is how many ordinary days the term
    had to hold, when that moved it further. `undecided_years` are years for which the days by
    decree are not known: then the date may still move.
    """

    model_config = ConfigDict(frozen=True)

    on: date
    start: date
    amount: int
    unit: Unit
    roll: Roll
    direction: Direction
    first_day: date
    skipped: tuple[SkippedDay, ...] = ()
    rolled_from: date | None = None
    clamped: bool = False
    ordinary_days: int = 0
    undecided_years: tuple[int, ...] = ()

    @property
    def uncertain(self) -> bool:
        """Whether a decree that is not known yet could still move this date."""
        return bool(self.undecided_years)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDueDate:
    """The due date by another defensible reading of the same norm."""

    reading: str
    source: str
    due: DueDate


@dataclass(frozen=True, slots=True, kw_only=True)
class NormDueDate:
    """What a norm gives for one start: its own due date and those of other readings."""

    norm: Norm
    due: DueDate
    others: tuple[OtherDueDate, ...]

    @property
    def warn_on(self) -> date:
        """The earliest defensible due date: warnings follow this one."""
        return min([self.due.on, *(other.due.on for other in self.others)])


def compute(
    *,
    start: date,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    roll: Roll = Roll.NONE,
    direction: Direction = Direction.VOORUIT,
    ordinary_days: int = 0,
) -> DueDate:
    """The day `amount` `unit` after (or before) `start`, with its explanation.

    `ordinary_days` is how many working days the term has to hold at least; it is made longer until
    it does (Algemene termijnenwet, art. 2).

    Raises:
        ImpossibleDate: an amount below 1 or beyond `MAX_AMOUNT`, or a day out of range.
    """
    if not 1 <= amount <= MAX_AMOUNT[unit]:
        raise ImpossibleDate("aantal-onmogelijk", hoogste=MAX_AMOUNT[unit], eenheid=unit.value)
    checked(start)
    step = 1 if direction is Direction.VOORUIT else -1
    if unit is Unit.WERKDAGEN:
        end = calendar.shift_working_days(start, step * amount)
        skipped = _free_days(start, end, step, calendar)
        first_day = calendar.shift_working_days(start, step)
        clamped = False
    else:
        end, clamped = _plain_end(start, step * amount, unit)
        skipped = ()
        first_day = start + step * ONE_DAY
    unrolled = checked(end)
    rolled = _rolled(unrolled, roll, calendar)
    end = _with_ordinary_days(first_day, rolled, ordinary_days, calendar)
    if end != unrolled:
        towards = 1 if end > unrolled else -1
        skipped = _free_days(unrolled - towards * ONE_DAY, end, towards, calendar)
    # Only where holidays had a say can an unknown decree still move the date.
    reaches = unit is Unit.WERKDAGEN or roll is not Roll.NONE
    span = (start + step * ONE_DAY, end) if unit is Unit.WERKDAGEN else (unrolled, end)
    undecided = calendar.undecided_years(*span) if reaches else ()
    return DueDate(
        on=end,
        start=start,
        amount=amount,
        unit=unit,
        roll=roll,
        direction=direction,
        first_day=first_day,
        skipped=skipped,
        rolled_from=unrolled if end != unrolled else None,
        clamped=clamped,
        ordinary_days=ordinary_days if end != rolled else 0,
        undecided_years=undecided,
    )


def for_norm(norm: Norm, *, start: date, calendar: Calendar) -> NormDueDate:
    """The due date of `norm` from `start`, beside every other defensible reading."""

    def reading(amount: int, unit: Unit, roll: Roll) -> DueDate:
        return compute(
            start=start,
            amount=amount,
            unit=unit,
            calendar=calendar,
            roll=roll,
            direction=norm.direction,
            ordinary_days=ORDINARY_DAYS if _holds_ordinary_days(norm, amount, unit, roll) else 0,
        )

    return NormDueDate(
        norm=norm,
        due=reading(norm.amount, norm.unit, norm.roll),
        others=tuple(
            OtherDueDate(
                reading=other.reading,
                source=other.source,
                due=reading(other.amount, other.unit, other.roll or norm.roll),
            )
            for other in norm.other_readings
        ),
    )


def add_months(day: date, months: int) -> date:
    """`day` plus `months`, on the same day number or the last day of that month."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9998:
        raise ImpossibleDate("datum-onleesbaar")
    last = month_lengths.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


ORDINARY_DAYS = 2
"""How many ordinary days a legal term of three days or more holds (Algemene termijnenwet, art. 2).

A term in weeks or more always holds them."""


def _holds_ordinary_days(norm: Norm, amount: int, unit: Unit, roll: Roll) -> bool:
    legal = norm.force is Force.WET and roll is Roll.NEXT
    return legal and norm.direction is Direction.VOORUIT and unit is Unit.DAGEN and amount >= 3


def _with_ordinary_days(first: date, end: date, least: int, calendar: Calendar) -> date:
    days = (first + step * ONE_DAY for step in range((end - first).days + 1))
    missing = least - sum(calendar.is_working_day(day) for day in days) if least else 0
    return calendar.shift_working_days(end, missing) if missing > 0 else end


def _plain_end(start: date, amount: int, unit: Unit) -> tuple[date, bool]:
    ends: dict[Unit, Callable[[], date]] = {
        Unit.DAGEN: lambda: start + timedelta(days=amount),
        Unit.WEKEN: lambda: start + timedelta(weeks=amount),
        Unit.MAANDEN: lambda: add_months(start, amount),
        Unit.JAREN: lambda: add_months(start, 12 * amount),
    }
    end = ends[unit]()
    return end, unit in (Unit.MAANDEN, Unit.JAREN) and end.day != start.day


def _rolled(end: date, roll: Roll, calendar: Calendar) -> date:
    if roll is Roll.NEXT:
        return calendar.working_day_on_or_after(end)
    if roll is Roll.PREVIOUS:
        return calendar.working_day_on_or_before(end)
    return end


def _free_days(after: date, until: date, step: int, calendar: Calendar) -> tuple[SkippedDay, ...]:
    days = []
    day = after + step * ONE_DAY
    while day != until:
        if name := calendar.why_free(day):
            days.append(SkippedDay(day=day, name=name))
        day += step * ONE_DAY
    return tuple(sorted(days, key=lambda skipped: skipped.day))
