"""The journal: one chain, and whoever touches it is found out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from storage import journal
from storage.db import Database
from tests.storage.office import MONDAY, NINE, Office, together


def append(database: Database, number: int = 0, **details: Any) -> None:
    database.write(
        journal.append,
        now=NINE,
        actor_id=number,
        action="tested",
        subject=f"test:{number}",
        **details,
    )


@pytest.fixture
def worked(office: Office) -> Office:
    """An office where much has happened."""
    zaak, other = office.open(), office.open(office.thea)
    office.assign(other, office.omar)
    office.done(zaak.termijnen[0], on=MONDAY, now=NINE)
    office.undo(zaak.termijnen[0], now=NINE + timedelta(minutes=1))
    office.lose_channel(office.sanne)
    assert office.counts()["journal"] > 25
    return office


def test_an_empty_journal_is_whole(database: Database) -> None:
    assert database.read(journal.first_broken_line) is None


def test_after_much_work_the_chain_holds(worked: Office) -> None:
    assert worked.database.read(journal.first_broken_line) is None
    lines = worked.sql("SELECT previous, hash FROM journal ORDER BY id")
    assert lines[0][0] == journal.FIRST
    assert [line[0] for line in lines[1:]] == [line[1] for line in lines[:-1]]


@pytest.mark.parametrize(
    "touched",
    [
        "UPDATE journal SET at = :later WHERE id = :id",
        "UPDATE journal SET actor_id = 999 WHERE id = :id",
        "UPDATE journal SET actor_id = NULL WHERE id = :id",
        "UPDATE journal SET action = 'nothing' WHERE id = :id",
        "UPDATE journal SET subject = 'zaak:99' WHERE id = :id",
        "UPDATE journal SET details = '{}' WHERE id = :id",
        "UPDATE journal SET hash = 'made up' WHERE id = :id",
        "UPDATE journal SET previous = 'made up' WHERE id = :id",
    ],
)
def test_a_changed_line_is_found(worked: Office, touched: str) -> None:
    line = worked.sql("SELECT id FROM journal WHERE action = 'termijn_done'")[0][0]
    values = {"later": NINE + timedelta(seconds=1)} if ":later" in touched else {}
    worked.sql(touched, id=line, **values)
    assert worked.database.read(journal.first_broken_line) == line


@pytest.mark.parametrize("at_start", [True, False])
def test_a_removed_line_is_found(worked: Office, *, at_start: bool) -> None:
    ids = [row[0] for row in worked.sql("SELECT id FROM journal ORDER BY id")]
    removed = 0 if at_start else 7
    worked.sql("DELETE FROM journal WHERE id = :id", id=ids[removed])
    assert worked.database.read(journal.first_broken_line) == ids[removed + 1]


def test_an_inserted_line_is_found(worked: Office) -> None:
    worked.sql(
        "INSERT INTO journal (id, at, actor_id, action, subject, details, previous, hash) "
        "SELECT 0, at, actor_id, action, subject, details, previous, 'made up' "
        "FROM journal WHERE id = 1"
    )
    assert worked.database.read(journal.first_broken_line) == 0


def test_a_changed_line_that_was_hashed_anew_breaks_the_next(worked: Office) -> None:
    first, second = (row[0] for row in worked.sql("SELECT id FROM journal ORDER BY id LIMIT 2"))
    worked.sql(
        "UPDATE journal SET hash = :made_up, previous = :first WHERE id = :id",
        made_up="f" * 64,
        first=journal.FIRST,
        id=first,
    )
    found = worked.database.read(journal.first_broken_line)
    assert found is not None
    assert found <= second


def test_two_who_write_at_once_keep_one_chain(database: Database) -> None:
    def write_some(number: int) -> None:
        for _ in range(15):
            append(database, number)

    tasks: list[Callable[[], None]] = [partial(write_some, number) for number in range(3)]
    assert together(*tasks) == [None, None, None]
    assert database.read(journal.first_broken_line) is None


def test_the_chain_holds_whatever_zone_the_clock_is_in(database: Database) -> None:
    for zone in ("Europe/Amsterdam", "Asia/Tokyo", "UTC"):
        database.write(
            journal.append,
            now=NINE.astimezone(ZoneInfo(zone)),
            actor_id=None,
            action="tested",
            subject=zone,
        )
    assert database.read(journal.first_broken_line) is None


def test_details_of_every_kind_keep_the_chain(database: Database) -> None:
    append(
        database, day=MONDAY, nothing=None, whole=3, parts=[1, "é", True], nested={"b": 1, "a": 2}
    )
    assert database.read(journal.first_broken_line) is None
