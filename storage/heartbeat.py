"""When each job last finished its round: a sweep that falls silent must be seen."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from storage.tables import Heartbeat

SWEEP = "sweep"


def beat(session: Session, *, now: datetime, name: str = SWEEP) -> None:
    """Write down that a job finished its round."""
    session.merge(Heartbeat(name=name, at=now))


def last(session: Session, *, name: str = SWEEP) -> datetime | None:
    """When a job last finished its round; None when it never did."""
    return session.exec(select(Heartbeat.at).where(Heartbeat.name == name)).first()
