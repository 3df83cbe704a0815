"""Norm + start -> due date with its explanation.

How days count (all civil dates, no times):

- **werkdagen**: the start day never counts; day 1 is the first working day after it. "Nadat de GI
  in kennis is gesteld" (Besluit Jeugdwet, art. 4.2.2 lid 1; read 22-11-2026).
- **dagen, weken**: the start day never counts, every later day does; weeks end on the weekday of
  the start (derived from BW 1:264 lid 3: "vangt aan met ingang van de dag na").
- **maanden, jaren**: the same day number, or the last day of the month where it has none
  (HR 1 september 2017, ECLI:NL:HR:2017:2225, read through a summary). A year is twelve months.
- **terug**: the same, counted back from an end date.

Rolling is a property of the norm, never a default. `compute` rolls exactly as it is told; what the
Algemene termijnenwet itself does with a term is in `knowledge.statutory`, and `statutory` and
`for_norm` follow it: a legal norm never rolls on where the act says that it does not.
"""

from __future__ import annotations

import calendar as month_lengths
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from knowledge import statutory as act
from knowledge.calendar import ONE_DAY, Calendar, checked
from knowledge.norm_models import MAX_AMOUNT, Direction, Force, Norm, Roll, Unit
from knowledge.refusals import ImpossibleDate
from knowledge.statutory import Exempt


class SkippedDay(BaseModel):
    """A day that did not count, and why: "Tweede Paasdag", "zaterdag"."""

    model_config = ConfigDict(frozen=True)

    day: date
    name: str


class Pause(BaseModel):
    """Days on which a term stands still: the first and the last, both included."""

    model_config = ConfigDict(frozen=True)

    first: date
    last: date


class StoodStill(Pause):
    """A pause with what it did: `days` is by how many days (working days) it moved the end."""

    days: int


class DueDate(BaseModel):
    """A computed day that explains itself.

    `on` is the due date. `first_day` is the first day that counts. `skipped` are the days passed
    over: for working days those between, else only those the rolling passed. `rolled_from` is the
    day before rolling, when rolling moved it; `ordinary_days` is how many ordinary days the term
    had to hold, when that moved it further, and `least_ordinary` whether or not it did.
    `undecided_years` are years for which the days by decree are not known: then the date may still
    move. `exempt` is why a legal term does not roll on. `pauses` are the times it stood still;
    `before_pauses` is then where it ended without them, before rolling.
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
    least_ordinary: int = 0
    exempt: Exempt | None = None
    pauses: tuple[StoodStill, ...] = ()
    before_pauses: date | None = None

    @property
    def uncertain(self) -> bool:
        """Whether a decree that is not known yet could still move this date."""
        return bool(self.undecided_years)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDueDate:
    """The due date by another defensible reading of the same norm, or by an organisation's own one.

    `organisation` is set for the latter, which `norm_id` and `norm_version` then name.
    """

    reading: str
    source: str
    due: DueDate
    organisation: str | None = None
    norm_id: str | None = None
    norm_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NormDueDate:
    """What a norm gives for one start: its own due date, those of other readings, stricter ones."""

    norm: Norm
    due: DueDate
    others: tuple[OtherDueDate, ...]

    @property
    def warn_on(self) -> date:
        """The earliest defensible due date: warnings follow this one.

        An agreement of an organisation that gives a later day moves nothing.
        """
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

    Mechanical: it rolls exactly as `roll` says. `ordinary_days` is how many working days the term
    has to hold at least; it is made longer until it does (Algemene termijnenwet, art. 2).

    Raises:
        ImpossibleDate: an amount below 1 or beyond `MAX_AMOUNT`, or a day out of range.
    """
    if amount < 1:
        raise _impossible_amount(unit)
    return _counted(start, amount, unit, calendar, roll, direction, ordinary_days)


def statutory(
    *,
    start: date,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    direction: Direction = Direction.VOORUIT,
    deprives_liberty: bool = False,
) -> DueDate:
    """The same as a term set by law: rolled on and made longer, or not, as the act says.

    `exempt` of what it gives is why the act leaves the term alone (art. 1 lid 2, art. 4), None when
    it does not (Algemene termijnenwet, art. 1, 2 and 4; text of 10-10-2010, read 22-11-2026).

    Raises:
        ImpossibleDate: as `compute`.
    """
    if amount < 1:
        raise _impossible_amount(unit)
    why = act.exempt(amount, unit, direction, deprives_liberty=deprives_liberty)
    roll, least = Roll.NONE, 0
    if why is None:
        roll, least = Roll.NEXT, act.least_ordinary_days(amount, unit)
    due = _counted(start, amount, unit, calendar, roll, direction, least)
    return due.model_copy(update={"exempt": why})


def for_norm(
    norm: Norm, *, start: date, calendar: Calendar, stricter: Sequence[Norm] = ()
) -> NormDueDate:
    """The due date of `norm` from `start`, beside every other defensible reading.

    `stricter` are an organisation's own norms that lie over this one; each is computed by its own
    rules and stands among the others. An amount of 0 days is the start day itself, rolled.

    Raises:
        ImpossibleDate: a day out of range.
    """
    own = (
        OtherDueDate(
            reading=over.title,
            source=over.sources[0].source,
            due=_by_norm(over, over.amount, over.unit, over.roll, start, calendar),
            organisation=over.organisation or "je organisatie",
            norm_id=over.id,
            norm_version=over.version,
        )
        for over in stricter
    )
    return NormDueDate(
        norm=norm,
        due=_by_norm(norm, norm.amount, norm.unit, norm.roll, start, calendar),
        others=(
            *(
                OtherDueDate(
                    reading=other.reading,
                    source=other.source,
                    due=_by_norm(
                        norm, other.amount, other.unit, other.roll or norm.roll, start, calendar
                    ),
                )
                for other in norm.other_readings
            ),
            *own,
        ),
    )


def add_months(day: date, months: int) -> date:
    """`day` plus `months`, on the same day number or the last day of that month."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9998:
        raise ImpossibleDate("datum-onleesbaar")
    last = month_lengths.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def rolled(end: date, roll: Roll, calendar: Calendar) -> date:
    """`end` after rolling: itself, or the working day that `roll` moves it to."""
    if roll is Roll.NEXT:
        return calendar.working_day_on_or_after(end)
    if roll is Roll.PREVIOUS:
        return calendar.working_day_on_or_before(end)
    return end


def with_ordinary_days(
    first: date, end: date, least: int, calendar: Calendar, paused: Collection[date] = ()
) -> date:
    """`end`, or the later day on which the term from `first` holds `least` working days.

    Days in `paused` are no days of the term.
    """
    missing, day = least, first
    while missing > 0 and day <= end:
        missing -= day not in paused and calendar.is_working_day(day)
        day += ONE_DAY
    return calendar.shift_working_days(end, missing) if missing > 0 else end


def free_days(after: date, until: date, calendar: Calendar) -> tuple[SkippedDay, ...]:
    """The days between the two, neither included, that are no working days; earliest first."""
    low, high = sorted((after, until))
    days = (low + ahead * ONE_DAY for ahead in range(1, (high - low).days))
    return tuple(SkippedDay(day=day, name=name) for day in days if (name := calendar.why_free(day)))


def passed_by_rolling(unrolled: date, end: date, calendar: Calendar) -> tuple[SkippedDay, ...]:
    """The free days that rolling from `unrolled` to `end` passed over, the first one included."""
    if end == unrolled:
        return ()
    towards = 1 if end > unrolled else -1
    return free_days(unrolled - towards * ONE_DAY, end, calendar)


def _by_norm(
    norm: Norm, amount: int, unit: Unit, roll: Roll, start: date, calendar: Calendar
) -> DueDate:
    """One reading of a norm. A legal one never rolls on where the act says that it does not."""
    why = None
    if norm.force is Force.WET and roll is not Roll.PREVIOUS and amount:
        why = act.exempt(amount, unit, norm.direction, deprives_liberty=norm.deprives_liberty)
    extended = norm.force is Force.WET and roll is Roll.NEXT and why is None
    due = _counted(
        start,
        amount,
        unit,
        calendar,
        Roll.NONE if why is not None else roll,
        norm.direction,
        act.least_ordinary_days(amount, unit) if extended and amount else 0,
    )
    return due.model_copy(update={"exempt": why})


def _impossible_amount(unit: Unit) -> ImpossibleDate:
    return ImpossibleDate("aantal-onmogelijk", hoogste=MAX_AMOUNT[unit], eenheid=unit.value)


def _counted(
    start: date,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    roll: Roll,
    direction: Direction,
    least: int,
) -> DueDate:
    if amount > MAX_AMOUNT[unit]:
        raise _impossible_amount(unit)
    checked(start)
    step = 1 if direction is Direction.VOORUIT else -1
    # An agreed day (0 days) is itself the first and the last day that counts.
    first_day = start + step * ONE_DAY if amount else start
    clamped = False
    if unit is Unit.WERKDAGEN:
        end = calendar.shift_working_days(start, step * amount)
        first_day = calendar.shift_working_days(start, step)
    else:
        end, clamped = _plain_end(start, step * amount, unit)
    unrolled = checked(end)
    moved = rolled(unrolled, roll, calendar)
    end = with_ordinary_days(first_day, moved, least, calendar)
    in_working_days = unit is Unit.WERKDAGEN
    return DueDate(
        on=end,
        start=start,
        amount=amount,
        unit=unit,
        roll=roll,
        direction=direction,
        first_day=first_day,
        skipped=free_days(start, end, calendar)
        if in_working_days
        else passed_by_rolling(unrolled, end, calendar),
        rolled_from=unrolled if end != unrolled else None,
        clamped=clamped,
        ordinary_days=least if end != moved else 0,
        undecided_years=undecided_years(start, unrolled, end, unit, roll, calendar),
        least_ordinary=least,
    )


def undecided_years(
    start: date, unrolled: date, end: date, unit: Unit, roll: Roll, calendar: Calendar
) -> tuple[int, ...]:
    """The years whose unknown decree can still move `end`: only where holidays had a say."""
    if unit is Unit.WERKDAGEN:
        # The start day never counts, so its year has no say either.
        towards = 1 if end > start else -1
        return calendar.undecided_years(start + towards * ONE_DAY, end)
    return calendar.undecided_years(unrolled, end) if roll is not Roll.NONE else ()


def _plain_end(start: date, amount: int, unit: Unit) -> tuple[date, bool]:
    ends: dict[Unit, Callable[[], date]] = {
        Unit.DAGEN: lambda: start + timedelta(days=amount),
        Unit.WEKEN: lambda: start + timedelta(weeks=amount),
        Unit.MAANDEN: lambda: add_months(start, amount),
        Unit.JAREN: lambda: add_months(start, 12 * amount),
    }
    end = ends[unit]()
    return end, unit in (Unit.MAANDEN, Unit.JAREN) and end.day != start.day
