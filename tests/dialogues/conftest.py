"""Dialogues: what people say and press, what the bot says, in the demo's own world."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.state import ShownMessage
from bot.demo.world import DemoClock, DemoWorld, Member, demo_world, with_example
from bot.settings import Settings
from storage.db import Database

MONDAY_MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 9.00 in Amsterdam


class Chat:
    """The phones of everybody in the world."""

    def __init__(self, world: DemoWorld) -> None:
        self.world = world
        self.api = world.api

    async def says(self, who: Member, text: str) -> str:
        """Say something; gives the last thing the bot says after it."""
        before = len(self.from_bot(who))
        self.api.say(who.user_id, text)
        await self.world.settled()
        assert len(self.from_bot(who)) > before, f"no reply to {text!r}"
        return self.screen(who)

    async def presses(self, who: Member, label: str) -> str:
        """Press the newest button that starts with `label`; gives the screen after it."""
        message, data = self.find(who, label)
        self.api.press(who.user_id, message.message_id, data)
        await self.world.settled()
        return self.screen(who)

    def find(self, who: Member, label: str) -> tuple[ShownMessage, str]:
        for message in reversed(self.from_bot(who)):
            for row in message.buttons:
                for button in row:
                    if button.label.startswith(label) and button.data:
                        return message, button.data
        raise AssertionError(f"no button {label!r}; last screen:\n{self.screen(who)}")

    def from_bot(self, who: Member) -> list[ShownMessage]:
        return [shown for shown in self.api.messages(who.user_id) if shown.from_bot]

    def screen(self, who: Member) -> str:
        """The newest message with its buttons, as somebody would read it aloud."""
        return as_read(self.from_bot(who)[-1])

    def toast(self, who: Member) -> str:
        return self.api.toasts(who.user_id)[-1].text

    def labels(self, who: Member) -> list[str]:
        return [button.label for row in self.from_bot(who)[-1].buttons for button in row]

    async def until(self, year: int, month: int, day: int, hour: int, minute: int = 0) -> None:
        """Let the time pass until this local moment."""
        local = datetime(year, month, day, hour, minute, tzinfo=self.world.timezone)
        await self.world.move_clock(local)


def as_read(message: ShownMessage) -> str:
    rows = (" | ".join(f"[{button.label}]" for button in row) for row in message.buttons)
    return "\n".join([message.text, *rows])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]


@pytest.fixture
async def chat(sqlite_database: Database, settings: Settings) -> AsyncIterator[Chat]:
    clock = DemoClock(MONDAY_MORNING, frozen=True)
    async with demo_world(
        settings, sqlite_database, clock=clock, seconds_between_rounds=3600
    ) as world:
        yield Chat(world)


@pytest.fixture
async def both(database: Database, settings: Settings) -> AsyncIterator[Chat]:
    """The same on SQLite and on PostgreSQL, with the fictional organisation's own content."""
    clock = DemoClock(MONDAY_MORNING, frozen=True)
    async with demo_world(
        with_example(settings), database, clock=clock, seconds_between_rounds=3600
    ) as world:
        yield Chat(world)
