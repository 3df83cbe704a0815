"""One round of the work that time asks for: plan, claim, send, edit, and say that it was done."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

import structlog
from telegram import Bot

from bot.outbox import Outbox
from handlers.context import Services
from storage import heartbeat, planning
from storage.db import DatabaseUnavailable

log = structlog.get_logger()

COUNTS = ("digests", "planned", "poisoned", "claimed", "edited")
"""Counts that every round gives, also when nothing happened; sent ones come by kind."""


class Sweeper:
    """Runs rounds one after another, never two at once in this process."""

    def __init__(self, services: Services, bot: Bot) -> None:
        self._services = services
        self._outbox = Outbox(services, bot)
        self._one_at_a_time = asyncio.Lock()

    async def sweep(self, now: datetime) -> Counter[str]:
        """Do once, for `now`, what time asks for; gives counts.

        Raises:
            DatabaseUnavailable: the database cannot be reached; nothing is lost, only late.
        """
        async with self._one_at_a_time:
            db, rules = self._services.db, self._services.rules
            counts: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
            counts["digests"] = await db.run_write(planning.plan_digests, now=now, rules=rules)
            while True:
                planned = await db.run_write(planning.plan, now=now, rules=rules)
                counts["planned"] += planned.notices
                counts["poisoned"] += planned.poisoned
                if planned.looked_at < planning.PLAN_BATCH:
                    break
            counts.update(await self._outbox.send_due(now))
            counts["edited"] = await self._outbox.edit_stale(now)
            # The real moment, also when the round is for another one (`koersbot tick --at`).
            await db.run_write(heartbeat.beat, now=self._services.clock.now())
            return counts

    async def sweep_quietly(self) -> None:
        """A round for the scheduler: what goes wrong is logged, and the next round tries again."""
        try:
            counts = await self.sweep(self._services.clock.now())
        except DatabaseUnavailable:
            log.error("sweep_without_database")  # noqa: TRY400 - the reason may hold an address
            return
        except Exception:  # the scheduler would print it unfiltered
            log.exception("sweep_failed")
            return
        if counts["claimed"] or counts["edited"] or counts["poisoned"]:
            log.info(
                "swept",
                planned=counts["planned"],
                claimed=counts["claimed"],
                edited=counts["edited"],
                poisoned=counts["poisoned"],
            )
