"""An office on either database."""

from __future__ import annotations

import pytest

from storage.db import Database
from storage.rules import Rules
from tests.storage.office import Office


@pytest.fixture
def office(database: Database, rules: Rules) -> Office:
    return Office(database, rules)
