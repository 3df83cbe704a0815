"""Of a question it is kept that it was asked and how it ended: nothing of what was said."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlmodel import Session, select

from storage import questions
from storage.db import Database
from storage.tables import Question
from tests.storage.office import NINE


def test_the_table_has_no_place_for_text_or_a_person(database: Database) -> None:
    columns = {column["name"] for column in inspect(database.engine).get_columns("question")}
    assert columns == {"id", "asked_at", "outcome", "topic", "card", "confidence"}


def test_a_question_is_counted_with_its_outcome(database: Database) -> None:
    database.write(
        questions.record,
        now=NINE,
        outcome="sure",
        topic="drang.duur",
        card="drang-wat-is",
        confidence=0.875,
    )
    database.write(
        questions.record, now=NINE, outcome="none", topic=None, card=None, confidence=0.0
    )

    def kept(session: Session) -> list[tuple[str, str | None, float]]:
        rows = session.exec(select(Question).order_by(Question.id))
        return [(row.outcome, row.card, row.confidence) for row in rows]

    assert database.read(kept) == [("sure", "drang-wat-is", 0.875), ("none", None, 0.0)]
