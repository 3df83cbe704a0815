"""Wakes coroutines that wait for a change, in whichever event loop they wait."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable


class Bell:
    """Rings for everybody who waits.

    A test speaks in its own thread while a server thread waits in getUpdates, so a plain
    `asyncio.Event`, which belongs to one loop, is not enough: every sleeper brings its own event
    and is woken through `call_soon_threadsafe` of its own loop.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sleepers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def ring(self) -> None:
        """Wake every sleeper; may be called from any thread."""
        with self._lock:
            sleepers = list(self._sleepers.items())
        for event, loop in sleepers:
            # A loop that was closed meanwhile has nobody left to wake.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(event.set)

    async def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready()` holds or the seconds have passed; says which of the two."""
        if ready():
            return True
        event = asyncio.Event()
        with self._lock:
            self._sleepers[event] = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                # Check after signing up: what happens in between rings the event.
                while not ready():
                    await event.wait()
                    event.clear()
        except TimeoutError:
            return ready()
        else:
            return True
        finally:
            with self._lock:
                del self._sleepers[event]
