"""getUpdates: the long poll, in real seconds even when the clock of the demo is moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram.constants import PollingLimit

from bot.demo.params import integer
from bot.demo.replies import Json, conflict
from bot.demo.state import State

MAX_WAIT = 50.0
"""Telegram answers an idle long poll after at most this many seconds."""


class LongPoll:
    """Serves getUpdates. One poll waits at a time: as with Telegram, a newer one ends the older."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._latest: object = None
        self.released = False

    async def get_updates(self, params: Mapping[str, Any]) -> list[Json]:
        """Confirm what lies before `offset`, and return what waits; raises RefusedCall with 409."""
        mine = object()
        offset = integer(params, "offset")
        limit = integer(params, "limit", PollingLimit.MAX_LIMIT)
        with self._state.lock:
            self._refuse_beside_webhook()
            self._confirm(offset)
            self._latest = mine
        self._state.bell.ring()

        def ready() -> bool:
            with self._state.lock:
                over = self._latest is not mine or self.released
                return over or bool(self._state.updates or self._state.webhook)

        seconds = min(float(integer(params, "timeout")), MAX_WAIT)
        if seconds > 0:
            await self._state.bell.wait_until(ready, seconds)
        with self._state.lock:
            if self._latest is not mine:
                raise conflict(
                    "terminated by other getUpdates request; "
                    "make sure that only one bot instance is running"
                )
            self._refuse_beside_webhook()
            bounded = limit if 1 <= limit <= PollingLimit.MAX_LIMIT else PollingLimit.MAX_LIMIT
            return list(self._state.updates)[:bounded]

    def release(self) -> None:
        """Let every waiting poll return empty-handed, now and later: the server closes."""
        self.released = True
        self._state.bell.ring()

    def reopen(self) -> None:
        """Let polls wait again."""
        self.released = False

    def _confirm(self, offset: int) -> None:
        updates = self._state.updates
        if offset < 0:
            while len(updates) > -offset:
                updates.popleft()
            return
        while updates and updates[0]["update_id"] < offset:
            updates.popleft()

    def _refuse_beside_webhook(self) -> None:
        if self._state.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
