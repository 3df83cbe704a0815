"""The append-only log: who did what when, old and new, in a chain of hashes.

Details hold ids, days and kinds; never free text, names or codes of zaken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from storage.tables import JournalLine

FIRST = "0" * 64
"""What the first line has as the hash before it."""

_POSTGRES_LOCK = 70_514_201
"""Key of the advisory lock that lets one transaction at a time add a line."""


def append(
    session: Session,
    *,
    now: datetime,
    actor_id: int | None,
    action: str,
    subject: str,
    **details: Any,
) -> None:
    """Add a line in the running transaction. `actor_id` None: the program did it itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK}
        )
    session.flush()
    previous = session.exec(
        select(JournalLine.hash).order_by(col(JournalLine.id).desc()).limit(1)
    ).first()
    line = JournalLine(
        at=now,
        actor_id=actor_id,
        action=action,
        subject=subject,
        details=json.loads(json.dumps(details, default=str)),
        previous=previous or FIRST,
        hash="",
    )
    line.hash = _hash(line)
    session.add(line)
    session.flush()


def first_broken_line(session: Session) -> int | None:
    """The id of the first line that breaks the chain; None when all is well."""
    previous = FIRST
    for line in session.exec(select(JournalLine).order_by(col(JournalLine.id))):
        if line.previous != previous or line.hash != _hash(line):
            return line.id
        previous = line.hash
    return None


def _hash(line: JournalLine) -> str:
    content: Mapping[str, Any] = {
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": line.actor_id,
        "action": line.action,
        "subject": line.subject,
        "details": line.details,
        "previous": line.previous,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
