"""Conversations that are not finished, one a person: no state lives in memory between updates.

A draft's nonce stands in the buttons of its conversation. A button of an older conversation finds
another nonce and is refused; nothing is mixed up.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from storage.access import Actor
from storage.refusals import DraftGone
from storage.tables import Draft

OPEN, DAY, DONE, NORM = "open", "day", "done", "norm"
"""Opening a zaak; filling in a day; done on another day; computing a norm."""
CORRECT, START, VISIT, DUTY = "correct", "start", "visit", "duty"
"""Correcting a day; starting a norm in a zaak; a visit on another day; starting a team's duty."""
EXTEND, PAUSE, RESUME, AWAY = "extend", "pause", "resume", "away"
"""Extending, suspending and resuming a termijn; being away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation that is not finished: its kind and what is known so far."""

    kind: str
    nonce: str
    data: Mapping[str, Any]


LISTENS_FOR = timedelta(minutes=30)
"""How long typed text is still read as the answer to the conversation's question."""


def start(session: Session, *, now: datetime, actor: Actor, kind: str, data: dict[str, Any]) -> str:
    """Begin a conversation, in place of one that ran; gives the nonce for its buttons."""
    nonce = secrets.token_urlsafe(6)
    session.merge(
        Draft(person_id=actor.person_id, kind=kind, nonce=nonce, data=data, updated_at=now)
    )
    return nonce


def get(session: Session, *, actor: Actor, nonce: str, kind: str | None = None) -> Conversation:
    """The running conversation that this nonce belongs to.

    Raises:
        DraftGone: it is over, or another one runs.
    """
    return _shown(_running(session, actor, nonce, kind))


def hold(session: Session, *, actor: Actor) -> None:
    """Let nobody else end this person's conversation until this transaction ends."""
    session.exec(select(Draft).where(Draft.person_id == actor.person_id).with_for_update()).first()


def find(session: Session, *, actor: Actor, nonce: str) -> Conversation | None:
    """The running conversation that this nonce belongs to, however old; None when it is over."""
    found = session.get(Draft, actor.person_id)
    return _shown(found) if found is not None and found.nonce == nonce else None


def listening(session: Session, *, now: datetime, actor: Actor) -> Conversation | None:
    """The conversation that typed text may be an answer to, if one still listens."""
    found = session.get(Draft, actor.person_id)
    if found is None or now - found.updated_at > LISTENS_FOR:
        return None
    return _shown(found)


def fill(
    session: Session, *, now: datetime, actor: Actor, nonce: str, answers: Mapping[str, Any]
) -> Conversation:
    """Add answers to the running conversation.

    Raises:
        DraftGone: it is over, or another one runs.
    """
    found = _running(session, actor, nonce, None)
    found.data = {**found.data, **answers}
    found.updated_at = now
    session.flush()
    return _shown(found)


def drop(session: Session, *, actor: Actor) -> None:
    """End the conversation, if one runs."""
    found = session.get(Draft, actor.person_id)
    if found is not None:
        session.delete(found)
        session.flush()


def _running(session: Session, actor: Actor, nonce: str, kind: str | None) -> Draft:
    found = session.get(Draft, actor.person_id)
    if found is None or found.nonce != nonce or (kind is not None and found.kind != kind):
        raise DraftGone
    return found


def _shown(row: Draft) -> Conversation:
    return Conversation(kind=row.kind, nonce=row.nonce, data=row.data)
