"""Opening a zaak is done before a thumb leaves the screen."""

from __future__ import annotations

import time
from statistics import median

import pytest

from storage import drafts, zaken
from storage.db import Database
from storage.rules import Rules
from tests.storage.office import MONDAY, NINE, Office

ROUNDS, SERIES = 40, 3
AT_MOST = 0.030
"""Seconds, for the median: with the wait for the disk, and bench/opening.py has the yardstick."""


@pytest.mark.no_cover
def test_opening_a_zaak_takes_at_most_thirty_milliseconds(
    sqlite_database: Database, rules: Rules
) -> None:
    office = Office(sqlite_database, rules)
    medians: list[float] = []
    # A series in which other programs took the processor says nothing: it is run again.
    while len(medians) < SERIES and min(medians, default=1) > AT_MOST:
        medians.append(median(seconds(office) for _ in range(ROUNDS)))
    assert min(medians) <= AT_MOST, medians


def seconds(office: Office) -> float:
    """How long it takes from the tap that confirms until the zaak is kept."""
    answers = {"kader": "ots", "team": office.noord, "day": MONDAY.isoformat()}
    nonce = office.database.write(
        drafts.start, now=NINE, actor=office.sanne, kind=drafts.OPEN, data=answers
    )
    began = time.perf_counter()
    _, new = office.database.write(
        zaken.open_drafted_zaak, now=NINE, actor=office.sanne, rules=office.rules, nonce=nonce
    )
    took = time.perf_counter() - began
    assert new
    return took
