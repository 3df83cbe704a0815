"""What all operations on zaken share: the row somebody may touch, a termijn that starts or moves.

Nothing here is an operation of its own: it runs inside one, in its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from knowledge import pauses, termijnen
from knowledge.norm_models import Kader, Norm
from knowledge.termijnen import NormDueDate, Pause
from storage import journal, notices, planning
from storage.access import Actor, Permission
from storage.refusals import Conflict, NotAllowed, NotFound
from storage.rules import Rules
from storage.tables import Termijn, TermijnChange, Zaak, ZaakDay, stored_id
from storage.zaak_views import Explanation, StoredReading

OLDEST_START = timedelta(days=3 * 366)
"""A start longer ago than this is a slip of the thumb: no measure that runs starts there."""
FARTHEST_END = OLDEST_START
"""An end farther ahead than this is a slip in the year: no measure is ordered for so long."""

REPLACED, UNDONE, CLOSED, KADER = "replaced", "undone", "closed", "kader"
"""Why a termijn ended unmet: a newer one took its place, what started it was undone, its zaak was
closed, or its zaak moved to a kader without it."""

EXTENDED, ORDERED, CORRECTED, RECOUNTED = "extended", "ordered", "corrected", "recounted"
PAUSED, RESUMED = "paused", "resumed"
"""The kinds of change in the ledger of a termijn."""


def own_zaak(
    session: Session,
    actor: Actor,
    zaak_id: int,
    permission: Permission,
    *,
    lock: bool = False,
    closed: bool = False,
) -> Zaak:
    """The open (or `closed`) zaak that this person may do this with; `lock` keeps others waiting.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    found = found_zaak(session, zaak_id, lock=lock)
    if found is None or (found.closed_at is not None) is not closed:
        raise NotFound("zaak-onbekend")
    try:
        actor.require(permission, team_id=found.team_id, owner_id=found.owner_id)
    except NotAllowed:
        # The same answer as for a zaak that is not there: its existence is nobody's business.
        raise NotFound("zaak-onbekend") from None
    return found


def found_zaak(session: Session, zaak_id: int, *, lock: bool) -> Zaak | None:
    """A zaak by its id; `lock` keeps others waiting, from all zaken of its gezin.

    They are locked in order: two who each begin at another zaak of a gezin would wait for ever.
    """
    if not lock:
        return session.get(Zaak, zaak_id)
    hold_gezinnen(session, (zaak_id,))
    locking = {"key_share": True}
    return session.get(Zaak, zaak_id, with_for_update=locking, populate_existing=True)


def hold_gezinnen(session: Session, zaak_ids: Sequence[int]) -> None:
    """Keep others waiting from these zaken and all of their gezinnen, locked in order."""
    gezinnen = select(Zaak.gezin_id).where(
        col(Zaak.id).in_(zaak_ids), col(Zaak.gezin_id).is_not(None)
    )
    session.exec(
        select(Zaak.id)
        .where(or_(col(Zaak.id).in_(zaak_ids), col(Zaak.gezin_id).in_(gezinnen)))
        .order_by(col(Zaak.id))
        .with_for_update(key_share=True)
    ).all()


def own_termijn(
    session: Session, actor: Actor, termijn_id: int, *, lock: bool = False
) -> tuple[Termijn, Zaak]:
    """A termijn of an open zaak that this person may handle, with its zaak.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    zaak_id = session.exec(select(Termijn.zaak_id).where(Termijn.id == termijn_id)).first()
    if zaak_id is None:
        raise NotFound("zaak-onbekend")
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=lock)
    locking = {"key_share": True} if lock else None
    row = session.get(Termijn, termijn_id, with_for_update=locking)
    if row is None:
        raise NotFound("zaak-onbekend")
    return row, zaak


def still_open(row: Termijn) -> Termijn:
    """The termijn, if something can still be done with it.

    Raises:
        Conflict: it was handled, or ended without that.
    """
    if row.done_on is not None:
        raise Conflict("termijn-al-klaar", dag=row.done_on)
    if row.ended_at is not None:
        raise Conflict("termijn-vervallen")
    return row


def known_kader(rules: Rules, kader_id: str) -> Kader:
    """The kader with this id.

    Raises:
        NotFound: the content has none.
    """
    try:
        return rules.knowledge.kaders[kader_id]
    except KeyError:
        raise NotFound("kader-onbekend") from None


def check_day(rules: Rules, now: datetime, day: date, event: str) -> None:
    """Pass when `day` can be the day of this event.

    Raises:
        Conflict: it lies in the future (and may not), too far ahead or too long ago.
    """
    today = rules.today(now)
    known = rules.knowledge.events.get(event)
    if day > today and not (known is not None and known.may_be_ahead):
        raise Conflict("start-in-toekomst")
    # A birthday lies as far ahead as a childhood; an end in a court order does not.
    farthest = timedelta(days=18 * 366) if known is not None and known.month_only else FARTHEST_END
    if day - today > farthest:
        raise Conflict("einde-te-ver-weg")
    if today - day > OLDEST_START:
        raise Conflict("start-te-lang-geleden")


def due_dates(
    rules: Rules, norm: Norm, day: date, stood_still: Sequence[Pause] = ()
) -> NormDueDate:
    """What a norm gives from `day`, with the organisation's own stricter norms over it.

    Raises:
        ImpossibleDate: a suspension does not fit in the term.
    """
    calendar = rules.knowledge.calendar
    computed = termijnen.for_norm(
        norm,
        start=day,
        calendar=calendar,
        stricter=rules.knowledge.stricter_for(norm.id, day),
    )
    return pauses.paused_norm(computed, stood_still, calendar) if stood_still else computed


def pauses_of(session: Session, row: Termijn) -> list[Pause]:
    """The suspensions of a termijn that are over, oldest first."""
    return [
        Pause(first=change.from_day, last=change.until_day)
        for change in ledger_of(session, [stored_id(row.id)])
        if change.kind == RESUMED and change.from_day and change.until_day
    ]


def explanation_of(computed: NormDueDate) -> Explanation:
    """A computed due date as it is kept."""
    return Explanation(
        due=computed.due,
        others=tuple(
            StoredReading(
                reading=other.reading,
                source=other.source,
                due=other.due,
                organisation=other.organisation,
            )
            for other in computed.others
        ),
    )


def start_termijn(
    session: Session,
    zaak: Zaak,
    norm: Norm,
    day: date,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    follows: int | None = None,
) -> Termijn:
    """Start the termijn of a norm from a day; one that runs from that day already is kept.

    One that ended unmet (an undone step that is done again) comes to life again, and a due date
    that was moved stays moved.
    """
    computed = due_dates(rules, norm, day)
    row = session.exec(
        select(Termijn).where(
            Termijn.zaak_id == zaak.id, Termijn.norm_id == norm.id, Termijn.start_on == day
        )
    ).first()
    if row is not None and row.ended_at is None:
        return row
    revived = row is not None
    moved = row is not None and bool(ledger_of(session, [stored_id(row.id)]))
    if row is not None and moved and Explanation.model_validate(row.explanation).due.start == day:
        row.follows_id = follows
        revive_termijn(session, row, now=now, actor=actor, rules=rules)
        return row
    if row is None:
        row = Termijn(zaak_id=stored_id(zaak.id), norm_id=norm.id, norm_version=0, start_on=day,
                      due_on=day, warn_on=day)  # fmt: skip
        session.add(row)
    row.norm_version = norm.version
    if moved and row.due_on != computed.due.on:
        # It changed places with a termijn whose start was corrected: the old date stays visible.
        session.add(
            TermijnChange(
                termijn_id=stored_id(row.id), at=now, by=actor.person_id, kind=CORRECTED,
                old_due_on=row.due_on, new_due_on=computed.due.on,
            )
        )  # fmt: skip
    row.due_on, row.warn_on = computed.due.on, computed.warn_on
    row.explanation = explanation_of(computed).model_dump(mode="json")
    row.ended_at = row.ended_why = row.done_on = row.done_at = row.done_by = None
    row.paused_on, row.follows_id = None, follows
    session.flush()
    plan_anew(session, row, rules=rules)
    if revived:
        notices.unsettle(session, now=now, termijn_id=stored_id(row.id))
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="termijn_started",
        subject=f"termijn:{row.id}",
        norm=norm.id,
        version=norm.version,
        start=day,
        due_on=row.due_on,
    )
    return row


def end_termijn(session: Session, row: Termijn, why: str, *, now: datetime, actor: Actor) -> None:
    """End a termijn without its being met: nothing more is said about it."""
    row.ended_at, row.ended_why, row.next_notice_at = now, why, None
    session.flush()
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="termijn_ended",
        subject=f"termijn:{row.id}",
        why=why,
    )
    notices.settle(session, now=now, termijn_id=stored_id(row.id))


def revive_termijn(
    session: Session, row: Termijn, *, now: datetime, actor: Actor, rules: Rules
) -> None:
    """Take back that a termijn ended: it is open again, with the dates it had."""
    old, row.ended_at, row.ended_why = row.ended_why, None, None
    session.flush()
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="termijn_revived",
        subject=f"termijn:{row.id}",
        old=old,
    )
    plan_anew(session, row, rules=rules)
    notices.unsettle(session, now=now, termijn_id=stored_id(row.id))


def plan_anew(session: Session, row: Termijn, *, rules: Rules) -> None:
    """Have the ladder of this termijn looked at from its first moment on; sent ones stay sent."""
    if row.done_on is None and row.ended_at is None and row.paused_on is None:
        row.next_notice_at = planning.moments_of(row, rules)[0].at
        session.flush()


def move_due(
    session: Session,
    row: Termijn,
    *,
    due_on: date,
    warn_on: date,
    kind: str,
    now: datetime,
    actor: Actor,
    rules: Rules,
    **ledger: Any,
) -> None:
    """Move a due date, with the old one in the ledger and the journal; the ladder begins anew.

    `warn_on` is the new earliest defensible date. What was planned for the old date and not sent
    is gone; moments of the new date that are past stay unsaid, for whoever moves it sees it now.
    """
    old = row.due_on
    moved = (row.due_on, row.warn_on) != (due_on, warn_on)
    session.add(
        TermijnChange(
            termijn_id=stored_id(row.id),
            at=now,
            by=actor.person_id,
            kind=kind,
            old_due_on=old,
            new_due_on=due_on,
            **ledger,
        )
    )
    row.due_on, row.warn_on = due_on, warn_on
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action=f"termijn_{kind}",
        subject=f"termijn:{row.id}",
        old=old,
        new=due_on,
        **{name: value for name, value in ledger.items() if value is not None},
    )
    if moved and row.done_on is None:
        restart_ladder(session, row, now=now, rules=rules)
    session.flush()
    notices.refresh_messages(session, now=now, termijn_ids=[stored_id(row.id)])


def set_by_hand(session: Session, row: Termijn, norm: Norm) -> bool:
    """Whether a person or a court set this due date: then it stays when others are recounted."""
    if norm.ends_on is not None:
        ordered = select(ZaakDay.id).where(
            ZaakDay.zaak_id == row.zaak_id,
            ZaakDay.event == norm.ends_on,
            ZaakDay.on_day == row.due_on,
        )
        if session.exec(ordered).first() is not None:
            return True
    for change in reversed(ledger_of(session, [stored_id(row.id)])):
        if change.kind not in (PAUSED, RESUMED) and change.old_due_on != change.new_due_on:
            return change.kind in (EXTENDED, ORDERED)
    return False


def restart_ladder(session: Session, row: Termijn, *, now: datetime, rules: Rules) -> None:
    """Warn anew, from the first moment that is still to come; of a date past, at once."""
    notices.forget_planned(session, termijn_id=stored_id(row.id))
    row.ladder_round += 1
    row.next_notice_at = None
    if row.ended_at is None and row.paused_on is None:
        moments = planning.moments_of(row, rules)
        coming = [moment.at for moment in moments if moment.at > now]
        row.next_notice_at = coming[0] if coming else moments[-1].at
    session.flush()


def ledger_of(session: Session, termijn_ids: Sequence[int]) -> Sequence[TermijnChange]:
    """The changes of these termijnen, oldest first."""
    return session.exec(
        select(TermijnChange)
        .where(col(TermijnChange.termijn_id).in_(termijn_ids))
        .order_by(col(TermijnChange.id))
    ).all()


def termijnen_of(session: Session, zaak: Zaak, *, only_open: bool = True) -> list[Termijn]:
    """The termijnen of a zaak, first due first."""
    rows = session.exec(
        select(Termijn)
        .where(Termijn.zaak_id == zaak.id)
        .order_by(col(Termijn.due_on), col(Termijn.id))
    )
    return [row for row in rows if not only_open or (row.done_on is None and row.ended_at is None)]
