"""Engine and transactions, for SQLite and PostgreSQL.

Operations of this room are plain functions that take a `Session`. `Database.write` runs one in one
transaction; `Database.read` in one that is thrown away. Both are synchronous; the bot calls
them in a thread (`run_write`, `run_read`), so that a slow disk never holds up the event loop.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

P = ParamSpec("P")
T = TypeVar("T")

BUSY_MILLISECONDS = 5000
"""How long a writer on SQLite waits for another before it gives up."""

THREADS = 8


class DatabaseUnavailable(Exception):
    """The database cannot be reached or used. The message never holds the URL or a password."""


@dataclass(slots=True)
class Database:
    """An open database: the engine and the threads that its operations run in."""

    engine: Engine
    _threads: ThreadPoolExecutor

    def write(
        self, operation: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `operation` in one transaction: all of it is kept, or nothing when it raises.

        Raises:
            DatabaseUnavailable: the database cannot be reached or is held by another program.
        """
        with (
            _unavailability(),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            if session.get_bind().dialect.name == "sqlite":
                # A reader that turns writer can fail at once under WAL; so writers say so first.
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            return operation(session, *args, **kwargs)

    def read(
        self, operation: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `operation` without keeping anything it might have changed.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
        """
        with _unavailability(), Session(self.engine, expire_on_commit=False) as session:
            if session.get_bind().dialect.name == "sqlite":
                # The driver begins nothing by itself: without this every change would be kept.
                session.connection().exec_driver_sql("BEGIN")
            return operation(session, *args, **kwargs)

    async def run_write(
        self, operation: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`write`, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: self.write(operation, *args, **kwargs)
        )

    async def run_read(
        self, operation: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read`, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: self.read(operation, *args, **kwargs)
        )

    def close(self) -> None:
        """Let running operations end and give all connections back."""
        self._threads.shutdown(wait=True)
        self.engine.dispose()


def build_database(url: str) -> Database:
    """Open the database at `url` (`sqlite:///…` or `postgresql+psycopg://…`).

    Raises:
        DatabaseUnavailable: the URL is no database URL, or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        # hide_parameters: what is stored must not reach a log through an error.
        engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=backend != "sqlite")
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        raise DatabaseUnavailable("het adres van de database is niet te lezen") from None
    except OSError as error:
        raise DatabaseUnavailable(f"de map van de database is niet te maken: {error}") from None
    if backend == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return Database(engine, ThreadPoolExecutor(THREADS, thread_name_prefix="storage"))


@contextmanager
def _unavailability() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise DatabaseUnavailable(reason(error)) from None


def check_reachable(database: Database) -> None:
    """One round trip.

    Raises:
        DatabaseUnavailable: with a reason in Dutch, without URL or password.
    """
    try:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(reason(error)) from None


def reason(error: SQLAlchemyError) -> str:
    """Why the database failed, in Dutch, without URL, password or stored values."""
    text = str(getattr(error, "orig", None) or "").lower()
    known = {
        "password": "gebruikersnaam of wachtwoord klopt niet",
        "does not exist": "de database of gebruiker bestaat niet",
        "refused": "er luistert niets op dat adres",
        "resolve": "de computernaam is niet te vinden",
        "timeout": "de database antwoordt niet",
        "unable to open": "het bestand is niet te openen; controleer map en rechten",
        "not a database": "het bestand is geen database",
        "readonly": "het bestand mag niet worden beschreven",
        "read-only": "het bestand mag niet worden beschreven",
        "no such table": "de tabellen ontbreken; draai eerst 'koersbot db upgrade'",
        "undefined": "de tabellen ontbreken; draai eerst 'koersbot db upgrade'",
        "locked": "een ander programma houdt de database vast",
    }
    for sign, dutch in known.items():
        if sign in text:
            return dutch
    if isinstance(error, DBAPIError) and error.orig is not None:
        return f"de database weigert ({type(error.orig).__name__})"
    return f"de database weigert ({type(error).__name__})"


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - registered for SQLite only
    # Transactions are begun by us: the driver would begin them too late.
    connection.isolation_level = None
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = FULL",  # a confirmed date must survive a power cut
        f"busy_timeout = {BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")
