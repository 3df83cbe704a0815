"""What was asked and how it ended. Of the text only cleaned words are kept, while unanswered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from storage.access import Actor, Permission
from storage.refusals import NotAllowed
from storage.tables import Person, Question, stored_id

NONE = "none"

WORDS_KEPT = timedelta(days=90)
"""How long the cleaned words of an unanswered question stay."""

IN_ITS_LIGHT = timedelta(minutes=10)
"""How long "en bij voogdij?" is read in the light of the card before it."""

MAX_READ = 500
"""Newest first; enough to see what is asked most, and quick to group."""


def record(
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    outcome: str,
    topic: str | None,
    card: str | None,
    confidence: float,
    words: str | None = None,
) -> int:
    """Count one question: its outcome (`sure`, `choose`, `none`) and what was shown; gives its id.

    `words` are the cleaned words of a question without a sure answer.
    """
    session.exec(
        update(Question)
        .where(col(Question.asked_at) < now - WORDS_KEPT, col(Question.words).is_not(None))
        .values(words=None)
    )
    row = Question(
        asked_at=now, outcome=outcome, topic=topic, card=card, confidence=confidence, words=words
    )
    session.add(row)
    session.flush()
    if card is not None:
        _remember(session, now, actor, card)
    return stored_id(row.id)


def chosen(session: Session, *, now: datetime, actor: Actor, question: int, card: str) -> None:
    """One of the offered cards was meant: the question is answered, its words go."""
    row = session.get(Question, question)
    if row is not None and row.card is None:
        row.card, row.words = card, None
    _remember(session, now, actor, card)


def not_answered(session: Session, *, question: int) -> None:
    """None of the offered cards was meant."""
    row = session.get(Question, question)
    if row is not None and row.card is None:
        row.outcome = NONE


def give_feedback(session: Session, *, question: int, reason: str) -> None:
    """Keep the reason somebody tapped, in place of an earlier one."""
    row = session.get(Question, question)
    if row is not None:
        row.feedback = reason


def last_card(session: Session, *, now: datetime, actor: Actor) -> str | None:
    """The card this person saw last, if that was just now."""
    person = session.get(Person, actor.person_id)
    if person is None or person.last_card_at is None or now - person.last_card_at > IN_ITS_LIGHT:
        return None
    return person.last_card


def unanswered(session: Session, *, actor: Actor) -> Sequence[str]:
    """The cleaned words of questions without an answer, newest first.

    Raises:
        NotAllowed: this person does not keep the content.
    """
    if not actor.may(Permission.KEEP_CONTENT):
        raise NotAllowed
    return unanswered_words(session)


def unanswered_words(session: Session) -> Sequence[str]:
    """As `unanswered`, for the program's own command line."""
    found = session.exec(
        select(Question.words)
        .where(col(Question.words).is_not(None), Question.outcome == NONE)
        .order_by(col(Question.asked_at).desc())
        .limit(MAX_READ)
    )
    return [words for words in found if words]


def _remember(session: Session, now: datetime, actor: Actor, card: str) -> None:
    person = session.get(Person, actor.person_id)
    if person is not None:
        person.last_card, person.last_card_at = card, now
