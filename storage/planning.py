"""When and to whom something must be told: termijnen and digests become notices.

A termijn knows when its ladder must be looked at again (`next_notice_at`). Planning then finds who
the moment is for *now* (hand-over, absence and a lost channel have happened by then) and writes a
notice for each; who cannot be reached is replaced by the next one up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from knowledge import ladder
from knowledge.norm_models import Recipient
from knowledge.refusals import Refusal
from storage import access
from storage.access import Role
from storage.rules import Rules
from storage.tables import DigestSchedule, Notice, Termijn, Zaak

POISON_WAIT = timedelta(hours=1)
PLAN_BATCH = 500

TERMIJN, DIGEST = "termijn", "digest"
"""The kinds of notice."""

SEEN = "seen_at_opening"
"""Why a notice is cancelled from the start: who opened the zaak has just seen it."""

# Who gets what nobody in a role can receive: the next one up, in this order.
_FALLBACK = (Role.JEUGDBESCHERMER, Role.TEAMLEIDER, Role.GEBIEDSMANAGER, Role.BEHEERDER)
_ROLE = {
    Recipient.EIGENAAR: Role.JEUGDBESCHERMER,
    Recipient.TEAMLEIDER: Role.TEAMLEIDER,
    Recipient.GEBIEDSMANAGER: Role.GEBIEDSMANAGER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a planning round did. `poisoned` termijnen could not be planned and wait an hour."""

    looked_at: int
    notices: int
    poisoned: int


def moments_of(row: Termijn, rules: Rules) -> tuple[ladder.Moment, ...]:
    """The moments at which people are warned of a termijn, by the norm version it started with."""
    norm = rules.knowledge.norm_version(row.norm_id, row.norm_version)
    return ladder.moments(
        rules.knowledge.ladders[norm.ladder],
        due_on=row.due_on,
        warn_on=row.warn_on,
        calendar=rules.knowledge.calendar,
        timezone=rules.timezone,
    )


def plan(session: Session, *, now: datetime, rules: Rules, limit: int = PLAN_BATCH) -> Planned:
    """Write the notices of up to `limit` termijnen whose moment has come.

    Of several moments missed, each recipient gets only the last: that one says it all. A termijn
    whose norm or ladder is gone from the content is pushed forward, so that it stops nothing.
    """
    rows = session.exec(
        select(Termijn, Zaak)
        .join(Zaak, col(Zaak.id) == col(Termijn.zaak_id))
        .where(col(Termijn.next_notice_at) <= now)
        .order_by(col(Termijn.next_notice_at), col(Termijn.id))
        .limit(limit)
        .with_for_update(of=Termijn, skip_locked=True)
    ).all()
    planned = poisoned = 0
    for row, zaak in rows:
        try:
            planned += _plan_one(session, row, zaak, now=now, rules=rules)
        except (LookupError, Refusal):
            row.next_notice_at = now + POISON_WAIT
            poisoned += 1
    session.flush()
    return Planned(looked_at=len(rows), notices=planned, poisoned=poisoned)


def plan_digests(session: Session, *, now: datetime, rules: Rules) -> int:
    """Write the notice of every digest that is due; gives how many. Moving `next_at` claims it."""
    planned = 0
    calendar, timezone = rules.knowledge.calendar, rules.timezone
    for row in session.exec(select(DigestSchedule).where(col(DigestSchedule.next_at) <= now)):
        following = ladder.next_morning(
            now, calendar=calendar, timezone=timezone, morning=ladder.DIGEST_MORNING
        )
        moved = session.connection().execute(
            update(DigestSchedule)
            .where(col(DigestSchedule.id) == row.id, col(DigestSchedule.next_at) == row.next_at)
            .values(next_at=following)
        )
        due_at = ladder.speaking_time(now, calendar=calendar, timezone=timezone)
        # Missed until a night or weekend: the digest of the next morning says it all.
        if moved.rowcount != 1 or due_at >= following:
            continue
        _add(
            session,
            dedupe=f"d:{row.team_id}:{row.person_id}:{rules.today(now).isoformat()}",
            kind=DIGEST,
            person_id=row.person_id,
            team_id=row.team_id,
            wanted_at=row.next_at,
            due_at=due_at,
        )
        planned += 1
    return planned


def _plan_one(session: Session, row: Termijn, zaak: Zaak, *, now: datetime, rules: Rules) -> int:
    moments = moments_of(row, rules)
    silent = row.done_on is not None or row.ended_at is not None or row.paused_on is not None
    if silent or zaak.closed_at is not None:
        row.next_notice_at = None
        return 0
    planned = 0
    reached = _reached(session, row)
    for recipient in Recipient:
        due = [
            moment
            for moment in moments
            if moment.at <= now
            and recipient in moment.to
            and moment.order > reached.get(recipient.value, -1)
            and not (moment.only_without_owner and zaak.owner_id is not None)
        ]
        if due:
            planned += _plan_for(session, row, zaak, due[-1], recipient, now=now, rules=rules)
    row.next_notice_at = min((moment.at for moment in moments if moment.at > now), default=None)
    session.flush()
    return planned


def _reached(session: Session, row: Termijn) -> dict[str, int]:
    """The last moment each recipient was told of, of the due date as it is now."""
    reached: dict[str, int] = {}
    for order, recipient in session.exec(
        select(Notice.moment, Notice.recipient).where(
            Notice.termijn_id == row.id, Notice.ladder_round == row.ladder_round
        )
    ):
        if order is not None and recipient is not None:
            reached[recipient] = max(order, reached.get(recipient, -1))
    return reached


def _plan_for(
    session: Session,
    row: Termijn,
    zaak: Zaak,
    moment: ladder.Moment,
    recipient: Recipient,
    *,
    now: datetime,
    rules: Rules,
) -> int:
    def spoken(at: datetime) -> datetime:
        return ladder.speaking_time(at, calendar=rules.knowledge.calendar, timezone=rules.timezone)

    wanted_at = spoken(max(moment.at, zaak.opened_at))
    planned = 0
    people: list[int | None] = [*_people(session, zaak, _ROLE[recipient])] or [None]
    for person_id in people:
        # Who opens a zaak late has just seen these dates on the screen.
        seen_it = person_id == zaak.opened_by and moment.at <= zaak.opened_at
        planned += _add(
            session,
            dedupe=f"t:{row.id}{_round(row)}:{moment.order}:{recipient.value}:{person_id or 0}",
            kind=TERMIJN,
            person_id=person_id,
            termijn_id=row.id,
            recipient=recipient.value,
            moment=moment.order,
            tone=moment.tone.value,
            ladder_round=row.ladder_round,
            wanted_at=wanted_at,
            due_at=max(wanted_at, spoken(now)),
            state="failed" if person_id is None else "cancelled" if seen_it else "planned",
            failure="nobody" if person_id is None else SEEN if seen_it else None,
        )
    return planned


def _round(row: Termijn) -> str:
    return f"r{row.ladder_round}" if row.ladder_round else ""


def _people(session: Session, zaak: Zaak, role: Role, *, above: bool = False) -> list[int]:
    """Who can be told in this role, or the next one up that has somebody."""
    for candidate in _FALLBACK[_FALLBACK.index(role) + (1 if above else 0) :]:
        people = access.reachable(session, role=candidate, team_id=zaak.team_id)
        if candidate is Role.JEUGDBESCHERMER:
            people = [person for person in people if person == zaak.owner_id]
        if people:
            return people
    return []


def pass_on(session: Session, row: Notice, *, now: datetime, rules: Rules) -> None:
    """Tell the next one up what this person can no longer be told."""
    termijn = session.get(Termijn, row.termijn_id)
    zaak = session.get(Zaak, termijn.zaak_id) if termijn is not None else None
    if zaak is None or row.recipient is None:
        return
    for person_id in _people(session, zaak, _ROLE[Recipient(row.recipient)], above=True):
        _add(
            session,
            dedupe=f"p:{row.id}:{person_id}",
            kind=TERMIJN,
            person_id=person_id,
            termijn_id=row.termijn_id,
            recipient=row.recipient,
            moment=row.moment,
            tone=row.tone,
            ladder_round=row.ladder_round,
            wanted_at=row.wanted_at,
            due_at=ladder.speaking_time(
                now, calendar=rules.knowledge.calendar, timezone=rules.timezone
            ),
        )


def _add(session: Session, *, dedupe: str, **values: Any) -> int:
    if session.exec(select(Notice.id).where(Notice.dedupe == dedupe)).first() is not None:
        return 0
    session.add(Notice(dedupe=dedupe, **values))
    session.flush()
    return 1 if values.get("state", "planned") == "planned" else 0
