"""APScheduler only ticks. The database is the schedule: no reminder is ever a scheduler job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

SECONDS_BETWEEN_ROUNDS = 5


def build_scheduler(
    work: Callable[[], Awaitable[None]], *, seconds: float = SECONDS_BETWEEN_ROUNDS
) -> AsyncIOScheduler:
    """A scheduler that runs `work` every `seconds`; not started yet.

    A round that starts late still runs (`misfire_grace_time=None`), rounds missed run once.
    """
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(
        work,
        "interval",
        seconds=seconds,
        id="sweep",
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    return scheduler
