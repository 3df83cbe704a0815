"""Transactions: all or nothing, and reading keeps nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, select

from storage import access, heartbeat
from storage.db import Database, DatabaseUnavailable, build_database, check_reachable
from storage.tables import Team
from tests.storage.office import NINE


def team_names(session: Session) -> list[str]:
    return list(session.exec(select(Team.name)))


def test_an_operation_that_fails_leaves_nothing(database: Database) -> None:
    def half(session: Session) -> None:
        access.add_team(session, now=NINE, name="Noord")
        raise LookupError("half-way")

    with pytest.raises(LookupError):
        database.write(half)
    assert database.read(team_names) == []


def test_what_a_reader_changes_is_not_kept(database: Database) -> None:
    def reader(session: Session) -> None:
        access.add_team(session, now=NINE, name="Noord")
        heartbeat.beat(session, now=NINE)

    database.read(reader)
    assert database.read(team_names) == []
    assert database.read(heartbeat.last) is None


async def test_operations_run_in_a_thread_too(database: Database) -> None:
    await database.run_write(access.add_team, now=NINE, name="Noord")
    assert await database.run_read(team_names) == ["Noord"]


def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    database = build_database("postgresql+psycopg://u:hunter2@127.0.0.1:1/x")
    with pytest.raises(DatabaseUnavailable) as refused:
        check_reachable(database)
    database.close()
    assert "hunter2" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)


def test_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    database = build_database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    with pytest.raises(DatabaseUnavailable, match="koersbot db upgrade"):
        database.read(team_names)
    database.close()


@pytest.mark.parametrize("url", ["", "no url", "mysql+nothing://x/y", "postgresql+psycopg://h:p/x"])
def test_an_impossible_address_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnavailable):
        build_database(url)
