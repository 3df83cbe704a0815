"""The outbox: claim, sent, retry, give up.

A notice is claimed with a lease, sent outside any transaction, and recorded; what was claimed but
not recorded when the lease ends is done again: at least once. Claims are conditional updates;
PostgreSQL adds SKIP LOCKED to spread work over copies.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from knowledge import ladder
from storage import access, journal, planning
from storage.rules import Rules
from storage.tables import (
    DigestSchedule,
    Notice,
    Person,
    SentMessage,
    Termijn,
    Zaak,
    stored_id,
)

LEASE = timedelta(seconds=90)
"""How long a claim holds: longer than a send with its time-outs, shorter than patience."""

CLAIM_BATCH = 100

OFFERED, ACCEPTED, REFUSED, ASSIGNED = "offered", "accepted", "refused", "assigned"
SUBSTITUTE = "substitute"
"""The kinds of notice about who does a zaak: asked to take over, the answer, given by the lead, and
standing in for somebody."""
ABOUT_OWNERS = frozenset({OFFERED, ACCEPTED, REFUSED, ASSIGNED, SUBSTITUTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedNotice:
    """One claimed notice. `claim` must be handed back with every report on it.

    `repeat` is true when it was claimed before and never recorded: it may be there already.
    `revoked` is true when the person lost access since it was planned: it must not go out.
    `zaak_id` and `about_id` (a person) say what a notice about who does a zaak is about.
    """

    id: int
    claim: str
    kind: str
    person_id: int
    channel_id: int
    termijn_id: int | None
    team_id: int | None
    tone: str | None
    wanted_at: datetime
    attempts: int
    repeat: bool
    zaak_id: int | None = None
    about_id: int | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleMessage:
    """A message whose termijnen have changed since it was sent or edited."""

    id: int
    person_id: int
    channel_id: int
    channel_message_id: int
    stale_at: datetime
    attempts: int
    termijn_ids: tuple[int, ...]


def claim(
    session: Session, *, now: datetime, limit: int = CLAIM_BATCH, lease: timedelta = LEASE
) -> list[ClaimedNotice]:
    """Take up to `limit` due notices for `lease`; nobody else gets them meanwhile."""
    free = or_(col(Notice.state) == "planned", col(Notice.claimed_until) <= now)
    due = (
        select(Notice.id)
        .where(col(Notice.state).in_(("planned", "claimed")), free, col(Notice.due_at) <= now)
        .order_by(col(Notice.due_at), col(Notice.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = session.exec(due).all()
    if not ids:
        return []
    token = secrets.token_urlsafe(12)
    # Claimed before and never recorded, or lost on the way back: it may be in the chat already.
    maybe_sent = or_(
        col(Notice.state) == "claimed", col(Notice.failure).in_(("timeout", "network"))
    )
    repeats = set(session.exec(select(Notice.id).where(col(Notice.id).in_(ids), maybe_sent)))
    session.connection().execute(
        update(Notice)
        .where(col(Notice.id).in_(ids), col(Notice.state).in_(("planned", "claimed")), free)
        .values(
            state="claimed", claim=token, claimed_until=now + lease, attempts=Notice.attempts + 1
        )
    )
    rows = session.exec(
        select(Notice, Person)
        .join(Person, col(Person.id) == col(Notice.person_id))
        .where(Notice.claim == token)
        .order_by(col(Notice.due_at), col(Notice.id))
    )
    return [
        ClaimedNotice(
            id=stored_id(row.id),
            claim=token,
            kind=row.kind,
            person_id=stored_id(row.person_id),
            channel_id=person.channel_id,
            termijn_id=row.termijn_id,
            team_id=row.team_id,
            zaak_id=row.zaak_id,
            about_id=row.about_id,
            tone=row.tone,
            wanted_at=row.wanted_at,
            attempts=row.attempts,
            repeat=row.id in repeats,
            revoked=person.revoked_at is not None,
        )
        for row, person in rows
    ]


def record_sent(
    session: Session, *, now: datetime, sent: Sequence[ClaimedNotice], channel_message_id: int
) -> None:
    """Write down that these notices went out in one message."""
    message = SentMessage(
        person_id=sent[0].person_id, channel_message_id=channel_message_id, sent_at=now
    )
    session.add(message)
    session.flush()
    ids = [notice.id for notice in sent]
    session.connection().execute(
        update(Notice)
        .where(
            col(Notice.id).in_(ids),
            col(Notice.claim) == sent[0].claim,
            col(Notice.state) == "claimed",
        )
        .values(state="sent", sent_at=now, claimed_until=None)
    )
    # Also what was cancelled while it was under way is in this message: it must be kept true.
    # What somebody else sent and recorded after our lease ended stays with their message.
    session.connection().execute(
        update(Notice)
        .where(
            col(Notice.id).in_(ids),
            or_(col(Notice.claim) == sent[0].claim, col(Notice.message_id).is_(None)),
        )
        .values(message_id=message.id)
    )
    overtaken = session.exec(
        select(Notice.id).where(Notice.message_id == message.id, Notice.state == "cancelled")
    ).first()
    if overtaken is not None:
        message.stale_at = now
    session.flush()


def postpone(
    session: Session, *, notices: Sequence[ClaimedNotice], until: datetime, why: str
) -> None:
    """Give these notices back, to be tried again at `until`. `why` is a kind, never a text."""
    session.connection().execute(
        update(Notice)
        .where(
            col(Notice.id).in_([notice.id for notice in notices]),
            col(Notice.claim) == notices[0].claim,
            col(Notice.state) == "claimed",
        )
        .values(state="planned", due_at=until, claimed_until=None, failure=why)
    )


def give_up(
    session: Session,
    *,
    now: datetime,
    rules: Rules,
    notices: Sequence[ClaimedNotice],
    why: str,
    channel_lost: bool,
) -> None:
    """End these notices unsent, and tell the next one up instead: nothing is lost in silence."""
    if channel_lost:
        access.channel_lost(session, notices[0].person_id, now=now)
    for notice in notices:
        row = session.get(Notice, notice.id)
        if row is None or row.claim != notice.claim or row.state != "claimed":
            continue
        row.state, row.failure, row.claimed_until = "failed", why, None
        journal.append(
            session,
            now=now,
            actor_id=None,
            action="notice_failed",
            subject=f"notice:{row.id}",
            why=why,
        )
        if row.termijn_id is not None:
            planning.pass_on(session, row, now=now, rules=rules)
        if row.kind == OFFERED:
            _come_back(session, row, now=now, rules=rules)
    session.flush()


def tell(
    session: Session,
    *,
    now: datetime,
    rules: Rules,
    kind: str,
    person_id: int,
    zaak_id: int | None = None,
    about_person: int | None = None,
) -> None:
    """Tell one person something about who does a zaak, now or on the next working morning."""
    at = ladder.speaking_time(now, calendar=rules.knowledge.calendar, timezone=rules.timezone)
    session.add(
        Notice(
            dedupe=f"z:{kind}:{secrets.token_urlsafe(12)}",
            kind=kind,
            person_id=person_id,
            zaak_id=zaak_id,
            about_id=about_person,
            wanted_at=at,
            due_at=at,
        )
    )
    session.flush()


def forget_offer(session: Session, *, zaak_id: int) -> None:
    """Take back a question to take over that has not gone out yet."""
    session.connection().execute(
        update(Notice)
        .where(
            col(Notice.zaak_id) == zaak_id,
            col(Notice.kind) == OFFERED,
            col(Notice.state).in_(("planned", "claimed")),
        )
        .values(state="cancelled", claimed_until=None)
    )


def _come_back(session: Session, row: Notice, *, now: datetime, rules: Rules) -> None:
    """Who was asked cannot be reached: the zaak stays where it is, and who asked hears so."""
    zaak = session.get(Zaak, row.zaak_id, with_for_update={"key_share": True})
    if zaak is None or zaak.offered_to != row.person_id:
        return
    asked_by = zaak.offered_by
    beside = select(Zaak).where(
        Zaak.gezin_id == zaak.gezin_id,
        Zaak.offered_to == row.person_id,
        col(Zaak.closed_at).is_(None),
    )
    gezin = beside.order_by(col(Zaak.id)).with_for_update(key_share=True)
    for one in [zaak] if zaak.gezin_id is None else session.exec(gezin).all():
        journal.append(
            session,
            now=now,
            actor_id=None,
            action="zaak_offer_refused",
            subject=f"zaak:{one.id}",
            old=one.offered_to,
            new=one.owner_id,
        )
        one.offered_to = one.offered_by = one.offered_at = None
    session.flush()
    if asked_by is not None:
        tell(session, now=now, rules=rules, kind=REFUSED, zaak_id=row.zaak_id, person_id=asked_by)


def settle(session: Session, *, now: datetime, termijn_id: int) -> None:
    """Silence everything about a termijn that was handled, and have its messages edited."""
    session.connection().execute(
        update(Notice)
        .where(
            col(Notice.termijn_id) == termijn_id,
            col(Notice.state).in_(("planned", "claimed")),
        )
        .values(state="cancelled", claimed_until=None)
    )
    refresh_messages(session, now=now, termijn_ids=[termijn_id])


def unsettle(session: Session, *, now: datetime, termijn_id: int) -> None:
    """A termijn is open again: what was silenced unsent is planned anew, messages are edited.

    Silenced notices are removed, so that planning does not take them as told.
    """
    session.connection().execute(
        delete(Notice).where(
            col(Notice.termijn_id) == termijn_id,
            col(Notice.state) == "cancelled",
            col(Notice.message_id).is_(None),
            func.coalesce(col(Notice.failure), "") != planning.SEEN,
        )
    )
    refresh_messages(session, now=now, termijn_ids=[termijn_id])


def readdress(session: Session, *, now: datetime, zaak_id: int) -> None:
    """A zaak changed hands: what still waits is planned anew, old messages are edited.

    Waiting notices are removed and not cancelled, so that planning does not take them as told.
    """
    ids = [
        stored_id(termijn_id)
        for termijn_id in session.exec(select(Termijn.id).where(Termijn.zaak_id == zaak_id))
    ]
    session.connection().execute(
        delete(Notice).where(col(Notice.termijn_id).in_(ids), col(Notice.state) == "planned")
    )
    refresh_messages(session, now=now, termijn_ids=ids)


def forget_planned(session: Session, *, termijn_id: int) -> None:
    """Take back what waits about a termijn whose due date moved: it tells of the old date.

    What is under way this moment arrives, and is edited at once.
    """
    about = col(Notice.termijn_id) == termijn_id
    session.connection().execute(delete(Notice).where(about, col(Notice.state) == "planned"))
    session.connection().execute(
        update(Notice)
        .where(about, col(Notice.state) == "claimed")
        .values(state="cancelled", claimed_until=None)
    )


def refresh_messages(session: Session, *, now: datetime, termijn_ids: Iterable[int]) -> None:
    """Mark every message that shows one of these termijnen, so that the outbox edits it."""
    showing = select(Notice.message_id).where(
        col(Notice.termijn_id).in_(list(termijn_ids)), col(Notice.message_id).is_not(None)
    )
    session.connection().execute(
        update(SentMessage).where(col(SentMessage.id).in_(showing)).values(stale_at=now, attempts=0)
    )


def claim_stale(
    session: Session, *, now: datetime, limit: int = CLAIM_BATCH, lease: timedelta = LEASE
) -> list[StaleMessage]:
    """Take messages that must be edited, for `lease`."""
    rows = session.exec(
        select(SentMessage, Person.channel_id)
        .join(Person, col(Person.id) == col(SentMessage.person_id))
        .where(
            col(SentMessage.stale_at) <= now,
            or_(col(SentMessage.claimed_until).is_(None), col(SentMessage.claimed_until) <= now),
        )
        .order_by(col(SentMessage.stale_at))
        .limit(limit)
        .with_for_update(of=SentMessage, skip_locked=True)
    ).all()
    found = []
    for message, channel_id in rows:
        message.claimed_until = now + lease
        message.attempts += 1
        shown = session.exec(
            select(Notice.termijn_id)
            .where(Notice.message_id == message.id, col(Notice.termijn_id).is_not(None))
            .order_by(col(Notice.due_at), col(Notice.id))
        )
        found.append(
            StaleMessage(
                id=stored_id(message.id),
                person_id=message.person_id,
                attempts=message.attempts,
                channel_id=channel_id,
                channel_message_id=message.channel_message_id,
                stale_at=message.stale_at or now,
                termijn_ids=tuple(dict.fromkeys(stored_id(termijn_id) for termijn_id in shown)),
            )
        )
    return found


def record_edited(session: Session, *, message: StaleMessage) -> None:
    """Clear the mark, unless the message went stale again meanwhile."""
    session.connection().execute(
        update(SentMessage)
        .where(col(SentMessage.id) == message.id, col(SentMessage.stale_at) == message.stale_at)
        .values(stale_at=None, claimed_until=None)
    )
    session.connection().execute(
        update(SentMessage).where(col(SentMessage.id) == message.id).values(claimed_until=None)
    )


def edit_later(session: Session, *, message: StaleMessage, until: datetime) -> None:
    """Try this edit again at `until`."""
    session.connection().execute(
        update(SentMessage).where(col(SentMessage.id) == message.id).values(claimed_until=until)
    )


def message_showing(session: Session, *, person_id: int, channel_message_id: int) -> list[int]:
    """The termijnen that a message in this person's chat shows, in its order."""
    return [
        stored_id(termijn_id)
        for termijn_id in session.exec(
            select(Notice.termijn_id)
            .join(SentMessage, col(SentMessage.id) == col(Notice.message_id))
            .where(
                SentMessage.person_id == person_id,
                SentMessage.channel_message_id == channel_message_id,
                col(Notice.termijn_id).is_not(None),
            )
            .order_by(col(Notice.due_at), col(Notice.id))
        )
    ]


def next_moment(session: Session) -> datetime | None:
    """When something will be due next: a ladder, a notice or a digest."""
    waiting = [
        session.exec(
            select(Termijn.next_notice_at)
            .where(col(Termijn.next_notice_at).is_not(None))
            .order_by(col(Termijn.next_notice_at))
            .limit(1)
        ).first(),
        session.exec(
            select(Notice.due_at)
            .where(col(Notice.state).in_(("planned", "claimed")))
            .order_by(col(Notice.due_at))
            .limit(1)
        ).first(),
        session.exec(
            select(DigestSchedule.next_at).order_by(col(DigestSchedule.next_at)).limit(1)
        ).first(),
    ]
    return min((moment for moment in waiting if moment is not None), default=None)
