"""What can go wrong on purpose: scripted faults, and Telegram's limits on speed."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from telegram.constants import FloodLimit

from bot.demo.replies import ApiReply, too_many

# Telegram tolerates short bursts and publishes no number for them. Three in a row is what an answer
# in parts needs, and few enough to catch a sender that does not space its messages.
CHAT_BURST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One scripted failure: an answer, a dropped line, or a delay in seconds."""

    reply: ApiReply | None = None
    drop: bool = False
    after_work: bool = False
    delay: float = 0.0


class FaultScript:
    """Faults waiting for the next calls of each method, first in first out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Fault]] = {}

    def add(self, method: str, fault: Fault, times: int) -> None:
        """Let the next `times` calls of the method meet this fault."""
        with self._lock:
            self._waiting.setdefault(method.lower(), deque()).extend([fault] * times)

    def next_for(self, method: str) -> Fault | None:
        """Return the fault that this call meets, if any; every call meets one at most."""
        with self._lock:
            waiting = self._waiting.get(method.lower())
            return waiting.popleft() if waiting else None


class FloodGate:
    """Counts messages as Telegram does: a bucket for all chats together and one for each chat."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[int | None, tuple[float, float]] = {}

    def pass_through(self, chat_id: int) -> None:
        """Count one message to the chat; raises RefusedCall with 429 when it is one too many."""
        overall = FloodLimit.MESSAGES_PER_SECOND
        per_chat = FloodLimit.MESSAGES_PER_SECOND_PER_CHAT
        wait = max(
            self._missing(None, rate=overall, burst=overall),
            self._missing(chat_id, rate=per_chat, burst=CHAT_BURST),
        )
        if wait > 0:
            raise too_many(max(1, math.ceil(wait)))
        for key in (None, chat_id):
            level, at = self._buckets[key]
            self._buckets[key] = (level - 1, at)

    def _missing(self, key: int | None, *, rate: int, burst: int) -> float:
        """Refill the bucket, and return the seconds until one message fits; 0 when it fits now."""
        now = self._clock()
        level, at = self._buckets.get(key, (float(burst), now))
        level = min(float(burst), level + (now - at) * rate)
        self._buckets[key] = (level, now)
        return 0.0 if level >= 1 else (1 - level) / rate
