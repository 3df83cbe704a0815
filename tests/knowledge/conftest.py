"""The national content, loaded once: it is immutable, so every test may share it."""

from __future__ import annotations

import pytest

from knowledge.answering import Answerer, build_answerer
from knowledge.calendar import Calendar
from knowledge.loader import KnowledgeBase, load


@pytest.fixture(scope="session")
def content() -> KnowledgeBase:
    return load()


@pytest.fixture(scope="session")
def calendar(content: KnowledgeBase) -> Calendar:
    return content.calendar


@pytest.fixture(scope="session")
def answerer(content: KnowledgeBase) -> Answerer:
    return build_answerer(content.cards.values())
