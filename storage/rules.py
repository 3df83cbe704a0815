"""What dates and warnings follow from, passed to every operation that computes one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from knowledge.loader import KnowledgeBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The content, the time zone people live in, and the organisation's own case numbers.

    Without a `zaak_pattern` the bot makes every code itself.
    """

    knowledge: KnowledgeBase
    timezone: ZoneInfo
    zaak_pattern: re.Pattern[str] | None = None

    def today(self, now: datetime) -> date:
        """The civil day where the people are, at this moment."""
        return now.astimezone(self.timezone).date()
