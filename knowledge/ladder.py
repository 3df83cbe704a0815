"""Due date -> when to warn whom.

A rung stands so many working days before or after a date. Rungs up to the day itself follow the
earliest defensible due date (`warn_on`); rungs after it follow the due date proper, because nothing
is late before that. Where the two differ the day itself is announced twice: once for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from knowledge.calendar import Calendar
from knowledge.norm_models import Ladder, Recipient, Rung, Tone

MORNING = time(8, 30)
"""Local time of the one morning message a person gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When one rung is due (`at`, UTC), for whom, and how it sounds.

    `order` counts the moments of one termijn from early to late and is its identity.
    """

    order: int
    at: datetime
    to: tuple[Recipient, ...]
    tone: Tone
    only_without_owner: bool


def moments(
    ladder: Ladder,
    *,
    due_on: date,
    warn_on: date,
    calendar: Calendar,
    timezone: ZoneInfo,
    morning: time = MORNING,
) -> tuple[Moment, ...]:
    """All moments of one termijn, from early to late, at `morning` local time.

    A date that is no working day is announced on the last working day before it.
    """
    return tuple(
        Moment(
            order=order,
            at=local_moment(day, morning, timezone),
            to=rung.to,
            tone=rung.tone,
            only_without_owner=rung.only_if is not None,
        )
        for order, (day, rung) in enumerate(_days(ladder, due_on, warn_on, calendar))
    )


def local_moment(day: date, at: time, timezone: ZoneInfo) -> datetime:
    """The UTC moment of a local clock time. In the hour that does not exist it is one later."""
    return datetime.combine(day, at, tzinfo=timezone).astimezone(UTC)


def _days(
    ladder: Ladder, due_on: date, warn_on: date, calendar: Calendar
) -> Iterator[tuple[date, Rung]]:
    warn_day = calendar.working_day_on_or_before(warn_on)
    due_day = calendar.working_day_on_or_before(due_on)
    days = [
        (calendar.shift_working_days(warn_day if rung.day <= 0 else due_on, rung.day), rung)
        for rung in ladder.rungs
    ]
    if warn_day < due_day:
        days += [(due_day, rung) for rung in ladder.rungs if rung.day == 0]
    yield from sorted(days, key=lambda pair: (pair[0], pair[1].day))


DIGEST_MORNING = time(8, 0)
"""Local time of the team lead's digest."""

QUIET_UNTIL, QUIET_FROM = time(7, 0), time(19, 0)
"""Between these local times, on working days, Koersbot may speak up by itself."""


def next_morning(
    after: datetime, *, calendar: Calendar, timezone: ZoneInfo, morning: time = MORNING
) -> datetime:
    """The first working morning strictly after `after`, as a UTC moment."""
    day = after.astimezone(timezone).date()
    if local_moment(day, morning, timezone) <= after or not calendar.is_working_day(day):
        day = calendar.shift_working_days(day, 1)
    return local_moment(day, morning, timezone)


def speaking_time(at: datetime, *, calendar: Calendar, timezone: ZoneInfo) -> datetime:
    """`at` itself on a working day outside quiet hours, else the next working morning."""
    local = at.astimezone(timezone)
    open_hours = QUIET_UNTIL <= local.time() < QUIET_FROM
    if open_hours and calendar.is_working_day(local.date()):
        return at
    return next_morning(at, calendar=calendar, timezone=timezone)
