"""What the whole folder shares: it is immutable, so one is enough."""

from __future__ import annotations

import pytest

from knowledge.answering import Answerer, build_answerer
from knowledge.calendar import Calendar
from knowledge.loader import KnowledgeBase


@pytest.fixture(scope="session")
def calendar(knowledge: KnowledgeBase) -> Calendar:
    return knowledge.calendar


@pytest.fixture(scope="session")
def answerer(knowledge: KnowledgeBase) -> Answerer:
    return build_answerer(knowledge)
