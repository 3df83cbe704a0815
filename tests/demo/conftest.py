"""A stand-in with two people and a clock that tests can move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.botapi import BotApi

TOKEN = "4242:stand-in"
SANNE = 11
OMAR = 12


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def forward(self, **parts: float) -> None:
        self.at += timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> BotApi:
    api = BotApi(TOKEN, now=clock.now)
    api.add_person(SANNE, "Sanne")
    api.add_person(OMAR, "Omar")
    return api
