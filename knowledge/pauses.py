"""A term that stood still: due date + pauses -> the later due date with its explanation.

A day on which a term stands still is no day of that term. Working days: the end moves by the
working days among the paused days. Other units: the end before rolling moves by the paused days
after the start, and then rolls as before. That is the plain meaning of "opschorten"; which terms
may stand still is a property of the norm (`suspendable`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from knowledge.calendar import ONE_DAY, Calendar, checked
from knowledge.norm_models import Direction, Unit
from knowledge.refusals import ImpossibleDate
from knowledge.termijnen import (
    DueDate,
    NormDueDate,
    Pause,
    StoodStill,
    free_days,
    passed_by_rolling,
    rolled,
    undecided_years,
    with_ordinary_days,
)


def paused(due: DueDate, pauses: Sequence[Pause], calendar: Calendar) -> DueDate:
    """`due` as it becomes with these pauses: later or the same, never earlier.

    `pauses` are all of the term's pauses, in any order: those that `due` had are replaced. Each
    begins on or after the start, and on or before the day on which the term would end by then.

    Raises:
        ImpossibleDate: a pause ends before it begins, overlaps another, begins before the start or
            after the end; the term counts back; or the end lies out of range.
    """
    if not pauses and not due.pauses:
        return due
    if due.direction is Direction.TERUG:
        raise ImpossibleDate("stilstand-terug")
    unrolled = due.before_pauses or due.rolled_from or due.on
    before_pauses = unrolled
    end = rolled(unrolled, due.roll, calendar)
    least = max(due.least_ordinary, due.ordinary_days)
    still: set[date] = set()
    end = with_ordinary_days(due.first_day, end, least, calendar)
    moved = end
    done: list[StoodStill] = []
    for pause in _in_order(pauses):
        if pause.first < due.start:
            raise ImpossibleDate("stilstand-voor-start", start=due.start)
        if pause.first > end:
            raise ImpossibleDate("stilstand-na-einde", dag=end)
        days = _days_after(due.start, pause)
        still.update(days)
        if due.unit is Unit.WERKDAGEN:
            lost = sum(calendar.is_working_day(day) for day in days)
            unrolled = calendar.shift_working_days(unrolled, lost)
        else:
            lost = len(days)
            # A pause that begins while the end only rolls over days off takes no day of the term,
            # but the term cannot end before the pause does.
            unrolled = checked(max(unrolled + timedelta(days=lost), pause.last + ONE_DAY))
        moved = rolled(unrolled, due.roll, calendar)
        end = with_ordinary_days(due.first_day, moved, least, calendar, still)
        done.append(StoodStill(first=pause.first, last=pause.last, days=lost))
    skipped = (
        free_days(due.start, end, calendar)
        if due.unit is Unit.WERKDAGEN
        else passed_by_rolling(unrolled, end, calendar)
    )
    return due.model_copy(
        update={
            "on": end,
            "skipped": tuple(one for one in skipped if one.day not in still),
            "rolled_from": unrolled if end != unrolled else None,
            "ordinary_days": least if end != moved else 0,
            "undecided_years": undecided_years(
                due.start, unrolled, end, due.unit, due.roll, calendar
            ),
            "pauses": tuple(done),
            "before_pauses": before_pauses if done else None,
        }
    )


def paused_norm(computed: NormDueDate, pauses: Sequence[Pause], calendar: Calendar) -> NormDueDate:
    """The same for every reading of a norm. A reading that had ended by a pause ignores that one.

    Raises:
        ImpossibleDate: as `paused`, for the norm's own due date.
    """
    due = paused(computed.due, pauses, calendar)
    others = []
    for other in computed.others:
        seen = other.due
        for upto in range(1, len(pauses) + 1):
            some = sorted(pauses, key=lambda pause: pause.first)[:upto]
            if some[-1].first > seen.on:
                break
            seen = paused(seen, some, calendar)
        others.append(replace(other, due=seen))
    return replace(computed, due=due, others=tuple(others))


def _in_order(pauses: Sequence[Pause]) -> list[Pause]:
    ordered = sorted(pauses, key=lambda pause: pause.first)
    for pause in ordered:
        if pause.last < pause.first:
            raise ImpossibleDate("stilstand-omgekeerd")
        checked(pause.first)
        checked(pause.last)
    for earlier, later in pairwise(ordered):
        if later.first <= earlier.last:
            raise ImpossibleDate("stilstand-overlapt", dag=later.first)
    return ordered


def _days_after(start: date, pause: Pause) -> list[date]:
    """The paused days that would have counted: the start day never does."""
    first = max(pause.first, start + ONE_DAY)
    return [first + ahead * ONE_DAY for ahead in range((pause.last - first).days + 1)]
