"""Dialogues at a fictional organisation that laid its own folder over the national content."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.demo.world import ELS, SANNE, DemoClock, demo_world, with_example
from bot.settings import Settings
from knowledge.loader import KnowledgeBase
from storage.db import Database
from tests.dialogues.conftest import MONDAY_MORNING, Chat


@pytest.fixture
async def chat(sqlite_database: Database, settings: Settings) -> AsyncIterator[Chat]:
    clock = DemoClock(MONDAY_MORNING, frozen=True)
    async with demo_world(
        with_example(settings), sqlite_database, clock=clock, seconds_between_rounds=3600
    ) as world:
        yield Chat(world)


async def test_its_own_card_takes_the_place_of_the_national_one(chat: Chat) -> None:
    card = await chat.says(SANNE, "wie bel ik bij crisis buiten kantoortijd")
    assert "Geldt voor: Brugland (verzonnen)" in card
    assert "Crisisdienst Brugland, 000-000 00 01" in card
    assert "vraag het nummer aan je teamleider" not in card


async def test_a_card_of_another_region_leads_to_the_own_one(chat: Chat) -> None:
    await chat.says(SANNE, "mag een gi een instroomstop instellen")
    own = await chat.presses(SANNE, "In mijn regio: Hoe verdeelt De Brug")
    assert "brugoverleg" in own
    assert not [label for label in chat.labels(SANNE) if label.startswith("In mijn regio")]


async def test_its_own_word_is_explained(chat: Chat) -> None:
    assert "wekelijkse overleg" in await chat.says(ELS, "brugoverleg")


async def test_what_it_switched_off_is_never_shown(chat: Chat, knowledge: KnowledgeBase) -> None:
    title = knowledge.cards["jbw-agressie"].title
    assert title not in await chat.says(SANNE, title)


async def test_an_old_rule_says_so_and_leads_to_todays(chat: Chat) -> None:
    await chat.says(SANNE, "welke termijnen had het amk vroeger")
    old = chat.screen(SANNE)
    if "dit gold tot en met" not in old:
        old = await chat.presses(SANNE, next(t for t in chat.labels(SANNE) if "AMK" in t))
    assert "Let op: dit gold tot en met" in old
    assert "dit gold tot en met" not in await chat.presses(SANNE, "Zo is het nu:")
