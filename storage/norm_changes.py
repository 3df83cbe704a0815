"""What a changed norm or calendar would do to termijnen that run: shown first, then applied.

A termijn keeps the norm version it started with. Only when a beheerder confirms what is shown do
open termijnen move to the version, and the calendar, of today.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from knowledge.norm_models import Norm
from knowledge.refusals import Refusal
from knowledge.termijnen import NormDueDate
from storage import journal, zaak_rows
from storage.access import Actor, Permission
from storage.refusals import Conflict, NotAllowed
from storage.rules import Rules
from storage.tables import Termijn, Zaak, stored_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """An open termijn that would get another due date, warning date or norm version."""

    termijn_id: int
    zaak_code: str
    norm_id: str
    old_version: int
    new_version: int
    old_due_on: date
    new_due_on: date
    old_warn_on: date
    new_warn_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounts:
    """All of them, and a fingerprint that says which were shown."""

    found: tuple[Recount, ...]
    fingerprint: str


def preview(session: Session, *, actor: Actor, rules: Rules) -> Recounts:
    """Which open termijnen would move, in every team. Changes nothing.

    Raises:
        NotAllowed: this person is no beheerder.
    """
    if not actor.may(Permission.MANAGE):
        raise NotAllowed
    found = tuple(recount for _, recount, _, _ in _recounts(session, rules))
    return Recounts(found=found, fingerprint=_fingerprint(found))


def apply(session: Session, *, now: datetime, actor: Actor, rules: Rules, fingerprint: str) -> int:
    """Move what was shown; gives how many termijnen.

    A due date that a person or a court set stays, with the new explanation beside it.

    Raises:
        NotAllowed: this person is no beheerder.
        Conflict: something changed since it was shown: look again.
    """
    if not actor.may(Permission.MANAGE):
        raise NotAllowed
    # Whoever works on one of these zaken now goes first: what they did is looked at too.
    session.exec(
        select(Zaak.id)
        .where(col(Zaak.closed_at).is_(None))
        .order_by(col(Zaak.id))
        .with_for_update(key_share=True)
    ).all()
    recounts = _recounts(session, rules)
    if _fingerprint(recount for _, recount, _, _ in recounts) != fingerprint:
        raise Conflict("herrekenen-veranderd")
    for row, recount, norm, computed in recounts:
        row.norm_version = norm.version
        row.explanation = zaak_rows.explanation_of(computed).model_dump(mode="json")
        zaak_rows.move_due(
            session,
            row,
            due_on=recount.new_due_on,
            warn_on=recount.new_warn_on,
            kind=zaak_rows.RECOUNTED,
            now=now,
            actor=actor,
            rules=rules,
        )
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="norms_recounted",
        subject="norms",
        termijnen=len(recounts),
    )
    return len(recounts)


def _fingerprint(found: Iterable[Recount]) -> str:
    text = "\n".join(repr(recount) for recount in found)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _recounts(session: Session, rules: Rules) -> list[tuple[Termijn, Recount, Norm, NormDueDate]]:
    rows = session.exec(
        select(Termijn, Zaak.code)
        .join(Zaak, col(Zaak.id) == col(Termijn.zaak_id))
        .where(
            col(Termijn.done_on).is_(None),
            col(Termijn.ended_at).is_(None),
            col(Termijn.paused_on).is_(None),
            col(Zaak.closed_at).is_(None),
        )
        .order_by(col(Termijn.norm_id), col(Zaak.code), col(Termijn.id))
    ).all()
    found = []
    for row, code in rows:
        try:
            norm = rules.knowledge.norm_on(row.norm_id, row.start_on)
            computed = zaak_rows.due_dates(
                rules, norm, row.start_on, zaak_rows.pauses_of(session, row)
            )
        except Refusal:
            continue  # The norm is off or gone: what runs keeps its date.
        by_hand = zaak_rows.set_by_hand(session, row, norm)
        due = row.due_on if by_hand else computed.due.on
        warn = row.warn_on if by_hand else computed.warn_on
        if (due, warn, norm.version) == (row.due_on, row.warn_on, row.norm_version):
            continue
        recount = Recount(
            termijn_id=stored_id(row.id),
            zaak_code=code,
            norm_id=row.norm_id,
            old_version=row.norm_version,
            new_version=norm.version,
            old_due_on=row.due_on,
            new_due_on=due,
            old_warn_on=row.warn_on,
            new_warn_on=warn,
        )
        found.append((row, recount, norm, computed))
    return found
