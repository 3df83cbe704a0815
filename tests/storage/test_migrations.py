"""The schema: from empty to head, and the same as the tables in the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel

from storage import schema, tables
from storage.db import Database, DatabaseUnavailable, build_database
from tests.storage.office import TABLES


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that was never prepared."""
    if request.param == "sqlite":
        opened = build_database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    else:
        opened = build_database(request.getfixturevalue("postgres_url"))
        with opened.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    yield opened
    opened.close()


def migrate(database: Database, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def downgrade(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")


def test_an_upgrade_keeps_every_row_and_what_refers_to_it(empty: Database) -> None:
    migrate(empty, "0002")
    rows = (
        "INSERT INTO team (id, name, created_at) VALUES (1, 'Noord', '2026-11-01')",
        "INSERT INTO person (id, channel_id, first_name, channel_ok, created_at)"
        " VALUES (1, 7, 'Sanne', true, '2026-11-01')",
        "INSERT INTO zaak (id, code, kader, team_id, owner_id, opened_at, opened_by, opening_nonce)"
        " VALUES (1, 'K7-4291N', 'ots', 1, 1, '2026-11-01', 1, 'n')",
        "INSERT INTO zaak_day (zaak_id, event, on_day) VALUES (1, 'kennisgeving', '2026-11-01')",
        "INSERT INTO termijn (id, zaak_id, norm_id, norm_version, start_on, due_on, warn_on,"
        " explanation) VALUES (1, 1, 'x', 1, '2026-11-01', '2026-11-08', '2026-11-08', '{}')",
        "INSERT INTO notice (dedupe, kind, person_id, termijn_id, wanted_at, due_at, state,"
        " attempts) VALUES ('d', 'termijn', 1, 1, '2026-11-01', '2026-11-01', 'planned', 0)",
    )
    with empty.engine.begin() as connection:
        for row in rows:
            connection.exec_driver_sql(row)
    assert schema.upgrade(empty) == ("0002", schema.head())
    with empty.engine.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT z.code, p.first_name, p.roster, z.of_team, t.norm_id, n.kind, d.event"
            " FROM zaak z JOIN person p ON p.id = z.owner_id JOIN termijn t ON t.zaak_id = z.id"
            " JOIN notice n ON n.termijn_id = t.id JOIN zaak_day d ON d.zaak_id = z.id"
        ).one()
        assert tuple(kept) == ("K7-4291N", "Sanne", 31, False, "x", "termijn", "kennisgeving")
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def table_names(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_an_empty_database_goes_to_head(empty: Database) -> None:
    assert schema.upgrade(empty) == (None, schema.head())
    assert schema.current(empty) == schema.head()
    assert table_names(empty) == {*TABLES, "alembic_version"}


def test_every_table_of_the_code_is_known_to_these_tests() -> None:
    assert set(TABLES) == set(SQLModel.metadata.tables)
    assert tables.Zaak.__tablename__ in TABLES


def test_at_head_the_code_and_the_database_have_the_same_tables(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    schema.upgrade(empty)
    assert schema.upgrade(empty) == (schema.head(), schema.head())


def test_it_goes_down_to_nothing_and_up_again(empty: Database) -> None:
    schema.upgrade(empty)
    downgrade(empty)
    assert table_names(empty) == {"alembic_version"}
    assert schema.current(empty) is None
    assert schema.upgrade(empty) == (None, schema.head())


def test_a_database_that_was_never_prepared_has_no_revision(empty: Database) -> None:
    assert schema.current(empty) is None


def test_a_database_of_a_newer_program_is_told_apart(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert schema.current(empty) == "9999"
    assert schema.current(empty) != schema.head()


def test_a_database_that_cannot_be_opened_says_so_without_its_address(tmp_path: Path) -> None:
    file = tmp_path / "geheim.sqlite"
    file.write_bytes(b"this is no database, and long enough to be read as a header" * 20)
    opened = build_database(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnavailable) as refused:
        schema.current(opened)
    opened.close()
    assert "geheim" not in str(refused.value)
