"""Migrations: from empty to head, and whether a database is at head."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from storage.db import Database, DatabaseUnavailable, reason

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> tuple[str | None, str]:
    """Bring the database to the newest schema; gives the revision before and after.

    Raises:
        DatabaseUnavailable: it cannot be reached or changed.
    """
    try:
        with _changing(database) as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(reason(error)) from None
    return before, head()


@contextmanager
def _changing(database: Database) -> Iterator[Connection]:
    """A connection to change the schema on: all of it or nothing.

    SQLite changes a table by making it anew: while it is away, what refers to it must not mind. So
    references are not watched meanwhile, and checked before anything is kept.
    """
    with database.engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        if lite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
            if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise DatabaseUnavailable("de nieuwe tabellen passen niet bij wat erin staat")
            connection.commit()
        finally:
            connection.rollback()
            if lite:
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def current(database: Database) -> str | None:
    """The revision the database is at; None when it was never prepared.

    Raises:
        DatabaseUnavailable: it cannot be reached.
    """
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(reason(error)) from None


def head() -> str:
    """The newest revision this program knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise LookupError("no migrations found beside storage/schema.py")
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
