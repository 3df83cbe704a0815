"""Moments are kept in UTC, whole, and in an order that sorts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import StatementError
from sqlmodel import Session, col, select

from storage.db import Database
from storage.tables import Heartbeat

PRECISE = datetime(2026, 11, 23, 8, 14, 5, 123456, tzinfo=UTC)


def keep(session: Session, name: str, at: datetime) -> None:
    session.add(Heartbeat(name=name, at=at))


def kept(session: Session, name: str) -> datetime:
    return session.exec(select(Heartbeat.at).where(Heartbeat.name == name)).one()


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        database.write(keep, "naive", datetime(2026, 11, 23, 8, 14))  # noqa: DTZ001


@pytest.mark.parametrize(
    "given",
    [
        PRECISE,
        PRECISE.replace(microsecond=0),
        PRECISE.astimezone(ZoneInfo("Europe/Amsterdam")),
        PRECISE.astimezone(timezone(timedelta(hours=-9, minutes=-30))),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Amsterdam")),
    ],
)
def test_a_moment_comes_back_whole_and_in_utc(database: Database, given: datetime) -> None:
    database.write(keep, "job", given)
    found = database.read(kept, "job")
    assert found == given.astimezone(UTC)
    assert found.utcoffset() == timedelta(0)


def test_moments_from_several_zones_sort_by_when_they_are(database: Database) -> None:
    amsterdam, tokyo = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Asia/Tokyo")
    moments = {
        "second": PRECISE.replace(microsecond=0),
        "third": (PRECISE.replace(microsecond=1)).astimezone(tokyo),
        "first": (PRECISE - timedelta(seconds=30)).astimezone(amsterdam),
        "last": (PRECISE + timedelta(hours=1)).astimezone(amsterdam),
    }
    for name, at in moments.items():
        database.write(keep, name, at)

    def in_order(session: Session) -> list[str]:
        return list(session.exec(select(Heartbeat.name).order_by(col(Heartbeat.at))))

    def until(session: Session) -> set[str]:
        limit = PRECISE.replace(microsecond=0).astimezone(tokyo)
        return set(session.exec(select(Heartbeat.name).where(col(Heartbeat.at) <= limit)))

    assert database.read(in_order) == ["first", "second", "third", "last"]
    assert database.read(until) == {"first", "second"}
