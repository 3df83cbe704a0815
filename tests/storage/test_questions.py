"""Of a question it is kept that it was asked and how it ended, and cleaned words at most."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import inspect
from sqlmodel import Session, select

from storage import questions
from storage.access import Role
from storage.db import Database
from storage.refusals import NotAllowed
from storage.tables import Question
from tests.storage.office import NINE, Office


def ask(office: Office, **more: object) -> int:
    asked = {"outcome": "none", "topic": None, "card": None, "confidence": 0.1} | more
    return office.database.write(
        questions.record,
        **({"now": NINE, "actor": office.sanne} | asked),  # type: ignore[arg-type]
    )


def test_the_table_has_no_place_for_a_person(database: Database) -> None:
    columns = {column["name"] for column in inspect(database.engine).get_columns("question")}
    assert columns == {
        "id", "asked_at", "outcome", "topic", "card", "confidence", "words", "feedback",
    }  # fmt: skip


def test_a_question_is_counted_with_its_outcome(office: Office) -> None:
    ask(office, outcome="sure", topic="drang.duur", card="drang-wat-is", confidence=0.875)
    ask(office, confidence=0.0)

    def kept(session: Session) -> list[tuple[str, str | None, float]]:
        rows = session.exec(select(Question).order_by(Question.id))
        return [(row.outcome, row.card, row.confidence) for row in rows]

    assert office.database.read(kept) == [("sure", "drang-wat-is", 0.875), ("none", None, 0.0)]


def test_only_the_kennisbeheerder_sees_what_was_not_answered(office: Office) -> None:
    noor = office.hire("Noor", Role.KENNISBEHEERDER, None)
    ask(office, words="mag … mee op huisbezoek")
    ask(office, outcome="choose", words="nog open")
    assert office.database.read(questions.unanswered, actor=noor) == ["mag … mee op huisbezoek"]
    for other in (office.sanne, office.thea, office.bas):
        with pytest.raises(NotAllowed):
            office.database.read(questions.unanswered, actor=other)


def test_a_choice_ends_as_an_answer_or_as_none(office: Office) -> None:
    noor = office.hire("Noor", Role.KENNISBEHEERDER, None)
    meant, other = (ask(office, outcome="choose", words=words) for words in ("eerste", "tweede"))
    office.database.write(
        questions.chosen, now=NINE, actor=office.sanne, question=meant, card="vto-wat-is"
    )
    office.database.write(questions.not_answered, question=meant)  # an old button: too late
    office.database.write(questions.not_answered, question=other)
    assert office.database.read(questions.unanswered, actor=noor) == ["tweede"]


def test_words_go_after_ninety_days(office: Office) -> None:
    noor = office.hire("Noor", Role.KENNISBEHEERDER, None)
    ask(office, words="lang geleden")
    ask(office, now=NINE + timedelta(days=91), words="pas geleden")
    assert office.database.read(questions.unanswered, actor=noor) == ["pas geleden"]


def test_the_last_card_counts_for_ten_minutes_and_for_one_person(office: Office) -> None:
    ask(office, outcome="sure", card="vto-wat-is")

    def last(actor: object, minutes: int) -> str | None:
        now = NINE + timedelta(minutes=minutes)
        return office.database.read(questions.last_card, now=now, actor=actor)  # type: ignore[arg-type]

    assert last(office.sanne, 10) == "vto-wat-is"
    assert last(office.sanne, 11) is None
    assert last(office.omar, 1) is None


def test_feedback_on_a_question_that_is_gone_does_nothing(office: Office) -> None:
    kept = ask(office)
    office.database.write(questions.give_feedback, question=kept + 1, reason="verouderd")

    def feedback(session: Session) -> list[str | None]:
        return list(session.exec(select(Question.feedback)))

    assert office.database.read(feedback) == [None]
