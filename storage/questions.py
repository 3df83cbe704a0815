"""What was asked and how it ended. The text of a question is not kept."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from storage.tables import Question


def record(
    session: Session,
    *,
    now: datetime,
    outcome: str,
    topic: str | None,
    card: str | None,
    confidence: float,
) -> None:
    """Count one question: its outcome (`sure`, `choose`, `none`) and what was shown."""
    session.add(
        Question(asked_at=now, outcome=outcome, topic=topic, card=card, confidence=confidence)
    )
