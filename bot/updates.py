"""Order per person: updates of one person run one after another, those of others meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

SLOTS = 64
"""Updates under way at once: far more than one person can fill, so that nobody starves others."""


class PersonOrder(BaseUpdateProcessor):
    """Runs updates at the same time, but never two of the same person, and theirs in order."""

    def __init__(self, slots: int = SLOTS) -> None:
        super().__init__(slots)
        # Weak: a lock is there only while somebody holds or awaits it.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[object]) -> None:
        """Run `coroutine` when everything earlier of the same person is done."""
        user = update.effective_user if isinstance(update, Update) else None
        if user is None:
            await coroutine
            return
        lock = self._locks.setdefault(user.id, asyncio.Lock())
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""
