"""What dates and warnings follow from, passed to every operation that computes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from knowledge.loader import KnowledgeBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The content, and the time zone people live in."""

    knowledge: KnowledgeBase
    timezone: ZoneInfo

    def today(self, now: datetime) -> date:
        """The civil day where the people are, at this moment."""
        return now.astimezone(self.timezone).date()
