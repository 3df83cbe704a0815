"""What is done with a termijn: handled, undone, late with a reason, extended, suspended, resumed.

Every change is in the journal and, where a due date moves, in the termijn's own ledger with the
old date. A termijn that is handled may start the next one (`Norm.gives`, `Norm.recurring`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from knowledge.models import ReasonKind
from knowledge.norm_models import Direction, Force, Norm
from knowledge.refusals import UnknownNorm
from knowledge.termijnen import Pause
from storage import journal, notices, zaak_days, zaak_rows, zaak_views
from storage.access import Actor, Permission
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.tables import Person, Termijn, TermijnChange, Zaak, ZaakDay, stored_id
from storage.zaak_rows import own_termijn, own_zaak, still_open
from storage.zaak_views import Explanation, TermijnView, ZaakView

UNDO_WITHIN = timedelta(hours=24)
FARTHEST_EXTENSION = timedelta(days=2 * 366)


def mark_done(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, termijn_id: int, on: date
) -> TermijnView:
    """Write down that a termijn was handled on a day. Pressing twice changes nothing.

    Notices that wait are cancelled; messages that show the termijn are marked to be edited. What
    counts from this day starts: the next evaluation, the plan that is fixed now.

    Raises:
        NotFound: no such termijn for this person.
        Conflict: the day lies in the future or before the start, it was handled on another, or it
            ended or stands still.
    """
    termijn, zaak = own_termijn(session, actor, termijn_id, lock=True)
    if on > rules.today(now):
        raise Conflict("gedaan-in-toekomst")
    norm = rules.knowledge.norm_version(termijn.norm_id, termijn.norm_version)
    # On its first day the next round would be this same one: then there would be none at all.
    first = termijn.start_on + timedelta(days=1 if norm.recurring else 0)
    if on < first and not _counts_back(termijn):
        raise Conflict("gedaan-voor-start", start=termijn.start_on)
    if termijn.ended_at is not None:
        raise Conflict("termijn-vervallen")
    if termijn.paused_on is not None:
        raise Conflict("termijn-staat-stil", sinds=termijn.paused_on)
    taken = session.connection().execute(
        update(Termijn)
        .where(col(Termijn.id) == termijn_id, col(Termijn.done_on).is_(None))
        .values(done_on=on, done_at=now, done_by=actor.person_id, next_notice_at=None)
    )
    session.refresh(termijn)
    if taken.rowcount == 1:
        journal.append(
            session,
            now=now,
            actor_id=actor.person_id,
            action="termijn_done",
            subject=f"termijn:{termijn_id}",
            on=on,
            due_on=termijn.due_on,
        )
        notices.settle(session, now=now, termijn_id=termijn_id)
        _start_next(session, zaak, termijn, on, now=now, actor=actor, rules=rules)
    elif termijn.done_on != on:
        done_by = session.get(Person, termijn.done_by)
        raise Conflict(
            "al-afgehandeld",
            dag=termijn.done_on,
            door=done_by.first_name if done_by else "een collega",
        )
    return zaak_views.view_termijn(session, termijn, zaak)


def undo_done(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, termijn_id: int
) -> TermijnView:
    """Take back a "gedaan", within a day; warnings start again, and what it started is gone.

    Raises:
        NotFound: no such termijn for this person.
        Conflict: it is open already, was handled longer than `UNDO_WITHIN` ago, or something was
            done already with what it started.
    """
    termijn, zaak = own_termijn(session, actor, termijn_id, lock=True)
    if termijn.done_at is None or termijn.done_on is None:
        raise Conflict("niets-ongedaan-te-maken")
    if now - termijn.done_at > UNDO_WITHIN:
        raise Conflict("ongedaan-te-laat")
    old, done_at = termijn.done_on, termijn.done_at
    _take_back_next(session, zaak, termijn, now=now, actor=actor, rules=rules)
    taken = session.connection().execute(
        update(Termijn)
        .where(col(Termijn.id) == termijn_id, col(Termijn.done_at) == done_at)
        .values(done_on=None, done_at=None, done_by=None, late_reason=None, late_reason_by=None)
    )
    if taken.rowcount != 1:
        raise Conflict("niets-ongedaan-te-maken")
    session.refresh(termijn)
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="termijn_undone",
        subject=f"termijn:{termijn_id}",
        old=old,
    )
    zaak_rows.plan_anew(session, termijn, rules=rules)
    notices.unsettle(session, now=now, termijn_id=termijn_id)
    return zaak_views.view_termijn(session, termijn, zaak)


def give_reason(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, termijn_id: int, reason: str
) -> TermijnView:
    """Write down why a termijn is or was late, by a reason from the list.

    Raises:
        NotFound: no such termijn for this person, or no such reason.
        Conflict: it is not late.
    """
    termijn, zaak = own_termijn(session, actor, termijn_id, lock=True)
    known = rules.knowledge.reasons.get(reason)
    if known is None or known.kind is not ReasonKind.TE_LAAT:
        raise NotFound("reden-onbekend")
    if termijn.ended_at is not None:
        raise Conflict("termijn-vervallen")
    if (termijn.done_on or rules.today(now)) <= termijn.due_on:
        raise Conflict("termijn-niet-te-laat")
    if termijn.late_reason != reason:
        journal.append(
            session,
            now=now,
            actor_id=actor.person_id,
            action="termijn_late_reason",
            subject=f"termijn:{termijn_id}",
            old=termijn.late_reason,
            new=reason,
        )
        termijn.late_reason, termijn.late_reason_by = reason, actor.person_id
        session.flush()
    return zaak_views.view_termijn(session, termijn, zaak)


def extend(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, termijn_id: int, to: date
) -> TermijnView:
    """Move a due date to a later day that was agreed or decided; the old date stays visible.

    A jeugdbeschermer extends what the organisation or region set itself; a term of the law only the
    team lead, because the law or the court has to allow it.

    Raises:
        NotFound: no such termijn for this person.
        Conflict: it is not open, it stands still, `to` is not later or too far off, or the term is
            of the law and this person leads no team here.
    """
    termijn, zaak = own_termijn(session, actor, termijn_id, lock=True)
    still_open(termijn)
    if termijn.paused_on is not None:
        raise Conflict("termijn-staat-stil", sinds=termijn.paused_on)
    if to == termijn.due_on:
        return zaak_views.view_termijn(session, termijn, zaak)  # pressed twice
    if to < termijn.due_on:
        raise Conflict("verlengen-niet-later", dag=termijn.due_on)
    if to - max(termijn.due_on, rules.today(now)) > FARTHEST_EXTENSION:
        raise Conflict("verlengen-te-ver")
    norm = rules.knowledge.norm_version(termijn.norm_id, termijn.norm_version)
    if not may_extend(actor, norm, zaak.team_id):
        raise Conflict("verlengen-wettelijk")
    zaak_rows.move_due(
        session,
        termijn,
        due_on=to,
        warn_on=to,
        kind=zaak_rows.EXTENDED,
        now=now,
        actor=actor,
        rules=rules,
    )
    return zaak_views.view_termijn(session, termijn, zaak)


def may_extend(actor: Actor, norm: Norm, team_id: int) -> bool:
    """Whether this person may extend a termijn of this norm in this team."""
    return norm.force is not Force.WET or team_id in actor.whole_teams(Permission.HANDLE_TERMIJN)


def pause(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, termijn_id: int, first: date,
    reason: str,
) -> TermijnView:  # fmt: skip
    """Suspend a termijn from a day on, where its norm allows that. Nothing is said meanwhile.

    Raises:
        NotFound: no such termijn for this person, or no such reason.
        Conflict: its norm knows no suspension, it is not open or stands still already, or the day
            lies in the future, before the start, after the due date or in an earlier suspension.
    """
    termijn, zaak = own_termijn(session, actor, termijn_id, lock=True)
    still_open(termijn)
    norm = rules.knowledge.norm_version(termijn.norm_id, termijn.norm_version)
    known = rules.knowledge.reasons.get(reason)
    if known is None or known.kind is not ReasonKind.OPSCHORTING:
        raise NotFound("reden-onbekend")
    if not norm.suspendable:
        raise Conflict("opschorten-kan-niet")
    if termijn.paused_on is not None:
        raise Conflict("termijn-staat-stil", sinds=termijn.paused_on)
    if first > rules.today(now):
        raise Conflict("start-in-toekomst")
    earlier = zaak_rows.pauses_of(session, termijn)
    if not termijn.start_on <= first <= termijn.due_on or any(
        first <= done.last for done in earlier
    ):
        raise Conflict("opschorten-dag-past-niet", start=termijn.start_on, einde=termijn.due_on)
    session.add(
        TermijnChange(
            termijn_id=termijn_id, at=now, by=actor.person_id, kind=zaak_rows.PAUSED,
            old_due_on=termijn.due_on, new_due_on=termijn.due_on, reason=reason, from_day=first,
        )
    )  # fmt: skip
    termijn.paused_on, termijn.next_notice_at = first, None
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="termijn_paused",
        subject=f"termijn:{termijn_id}",
        first=first,
        reason=reason,
        due_on=termijn.due_on,
    )
    session.flush()
    notices.forget_planned(session, termijn_id=termijn_id)
    notices.refresh_messages(session, now=now, termijn_ids=[termijn_id])
    return zaak_views.view_termijn(session, termijn, zaak)


def resume(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, termijn_id: int, on: date
) -> TermijnView:
    """Let a suspended termijn run on from a day: the due date moves by the days it stood still.

    `on` is the first day that counts again, so the day before it is the last that did not.

    Raises:
        NotFound: no such termijn for this person.
        Conflict: it does not stand still, or the day lies in the future or not after the first day
            of the suspension.
    """
    termijn, zaak = own_termijn(session, actor, termijn_id, lock=True)
    still_open(termijn)
    if termijn.paused_on is None:
        raise Conflict("termijn-loopt-al")
    if on > rules.today(now):
        raise Conflict("start-in-toekomst")
    if on <= termijn.paused_on:
        raise Conflict("hervatten-te-vroeg", dag=termijn.paused_on)
    last = on - timedelta(days=1)
    stood_still = [
        *zaak_rows.pauses_of(session, termijn),
        Pause(first=termijn.paused_on, last=last),
    ]
    due, warn = _after_pauses(termijn, stood_still, rules)
    first, termijn.paused_on = termijn.paused_on, None
    zaak_rows.move_due(
        session,
        termijn,
        due_on=due,
        warn_on=warn,
        kind=zaak_rows.RESUMED,
        now=now,
        actor=actor,
        rules=rules,
        from_day=first,
        until_day=last,
    )
    if termijn.next_notice_at is None:
        # It stood still on days that did not count: the date is the same, the silence is over.
        zaak_rows.restart_ladder(session, termijn, now=now, rules=rules)
    return zaak_views.view_termijn(session, termijn, zaak)


def visited(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int, on: date
) -> tuple[ZaakView, tuple[int, ...]]:
    """Log a contact with child and parents on a day; gives the zaak and the termijnen it closed.

    The same day twice (a double tap) changes nothing.

    Raises:
        NotFound: no such open zaak for this person.
        Conflict: the day lies in the future or too long ago.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    if zaak.of_team:
        raise NotFound("zaak-onbekend")
    zaak_rows.check_day(rules, now, on, zaak_days.VISIT)
    zaak_days.happened(session, zaak, zaak_days.VISIT, on, now=now, actor=actor, rules=rules)
    closed = []
    for row in zaak_rows.termijnen_of(session, zaak):
        norm = rules.knowledge.norm_version(row.norm_id, row.norm_version)
        if norm.met_by_visit and row.start_on <= on and row.paused_on is None:
            termijn_id = stored_id(row.id)
            mark_done(session, now=now, actor=actor, rules=rules, termijn_id=termijn_id, on=on)
            closed.append(termijn_id)
    return zaak_views.view(session, zaak), tuple(closed)


def termijn(session: Session, *, actor: Actor, termijn_id: int) -> TermijnView:
    """A termijn of an open zaak that this person may handle.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    found, its_zaak = own_termijn(session, actor, termijn_id)
    return zaak_views.view_termijn(session, found, its_zaak)


def _after_pauses(termijn: Termijn, pauses: list[Pause], rules: Rules) -> tuple[date, date]:
    """The due date and earliest date after all suspensions; the explanation shows them."""
    explained = Explanation.model_validate(termijn.explanation)
    if termijn.due_on != explained.due.on:
        # Set by hand or by a court: that day moves by as many days as it stood still now.
        moved = termijn.due_on + (pauses[-1].last - pauses[-1].first) + timedelta(days=1)
        return moved, moved
    norm = rules.knowledge.norm_version(termijn.norm_id, termijn.norm_version)
    computed = zaak_rows.due_dates(rules, norm, termijn.start_on, pauses)
    termijn.explanation = zaak_rows.explanation_of(computed).model_dump(mode="json")
    return computed.due.on, computed.warn_on


def _counts_back(termijn: Termijn) -> bool:
    # A term that is counted back starts at its far end: it is met before its "start".
    counted = Explanation.model_validate(termijn.explanation).due.direction
    return counted is Direction.TERUG or termijn.due_on <= termijn.start_on


def _start_next(
    session: Session,
    zaak: Zaak,
    termijn: Termijn,
    on: date,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
) -> None:
    norm = rules.knowledge.norm_version(termijn.norm_id, termijn.norm_version)
    follows = stored_id(termijn.id)
    if norm.gives is not None:
        zaak_days.happened(
            session, zaak, norm.gives, on, now=now, actor=actor, rules=rules, follows=follows
        )
    if norm.recurring:
        try:
            following = rules.knowledge.norm_on(norm.id, on)
        except UnknownNorm:
            return  # The norm has ended or was switched off: there is no next time.
        zaak_rows.start_termijn(
            session, zaak, following, on, now=now, actor=actor, rules=rules, follows=follows
        )


def _take_back_next(
    session: Session, zaak: Zaak, termijn: Termijn, *, now: datetime, actor: Actor, rules: Rules
) -> None:
    """Take back what the "gedaan" started, and give back what that replaced."""
    started = session.exec(
        select(Termijn).where(Termijn.follows_id == termijn.id, col(Termijn.ended_at).is_(None))
    ).all()
    overtaken = session.exec(
        select(Termijn.id).where(
            Termijn.follows_id == termijn.id, Termijn.ended_why == zaak_rows.REPLACED
        )
    ).first()
    if overtaken is not None or any(
        row.done_on is not None or row.paused_on is not None for row in started
    ):
        raise Conflict("opvolger-al-gebruikt")
    for row in started:
        zaak_rows.end_termijn(session, row, zaak_rows.UNDONE, now=now, actor=actor)
    norm = rules.knowledge.norm_version(termijn.norm_id, termijn.norm_version)
    if norm.gives is not None:
        on_that_day = session.exec(
            select(Termijn).where(
                Termijn.zaak_id == zaak.id,
                Termijn.start_on == termijn.done_on,
                col(Termijn.id) != termijn.id,
                col(Termijn.ended_at).is_(None),
            )
        ).all()
        counts_from_it = any(
            other.start_event == norm.gives
            for row in on_that_day
            for other in rules.knowledge.norms.get(row.norm_id, ())
        )
        given = session.exec(
            select(ZaakDay).where(
                ZaakDay.zaak_id == zaak.id,
                ZaakDay.event == norm.gives,
                ZaakDay.on_day == termijn.done_on,
            )
        ).first()
        if given is not None and not counts_from_it:
            session.delete(given)
            session.flush()
    replaced = session.exec(
        select(Termijn).where(
            Termijn.zaak_id == zaak.id,
            Termijn.ended_at == termijn.done_at,
            Termijn.ended_why == zaak_rows.REPLACED,
        )
    ).all()
    for row in replaced:
        zaak_rows.revive_termijn(session, row, now=now, actor=actor, rules=rules)
