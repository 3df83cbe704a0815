"""Zaken and their termijnen: open, fill in a day, assign, done, undone.

Every operation is one transaction, takes `now` and who acts, checks that this person may do it
here, and writes the journal. Due dates come from `knowledge.termijnen`; the moments to warn follow
from `knowledge.ladder` and are looked up again whenever something changes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from knowledge import termijnen, zaakcode
from knowledge.norm_models import Direction, Kader, Norm
from storage import access, drafts, journal, notices, planning, zaak_views
from storage.access import Actor, Permission
from storage.refusals import Conflict, NotAllowed, NotFound
from storage.rules import Rules
from storage.tables import Person, Termijn, Zaak, ZaakDay, stored_id
from storage.zaak_views import Explanation, StoredReading, TermijnView, ZaakView

OLDEST_START = timedelta(days=3 * 366)
"""A start longer ago than this is a slip of the thumb: no measure that runs starts there."""
FARTHEST_END = OLDEST_START
"""An end farther ahead than this is a slip in the year: no measure is ordered for so long."""

UNDO_WITHIN = timedelta(hours=24)
CODE_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A jeugdbeschermer of a team with the work they have now."""

    person_id: int
    first_name: str
    open_zaken: int


def open_drafted_zaak(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, nonce: str
) -> tuple[ZaakView, bool]:
    """Open the zaak of a confirmed conversation; gives it and whether it is new.

    Confirming twice (a double tap, a repeated update) gives the same zaak again.

    Raises:
        DraftGone: the conversation is over and no zaak came of it.
        NotAllowed, NotFound, Conflict: as `open_zaak`.
    """
    # A second tap waits here for the first, and then finds its zaak.
    drafts.hold(session, actor=actor)
    earlier = session.exec(
        select(Zaak).where(Zaak.opening_nonce == nonce, Zaak.opened_by == actor.person_id)
    ).first()
    if earlier is not None:
        return zaak_views.view(session, earlier), False
    drafted = drafts.get(session, actor=actor, nonce=nonce, kind=drafts.OPEN)
    opened = open_zaak(
        session,
        now=now,
        actor=actor,
        rules=rules,
        nonce=nonce,
        kader_id=drafted.data["kader"],
        team_id=drafted.data["team"],
        day=date.fromisoformat(drafted.data["day"]),
    )
    drafts.drop(session, actor=actor)
    return opened, True


def open_zaak(
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    nonce: str,
    kader_id: str,
    team_id: int,
    day: date,
) -> ZaakView:
    """Open a zaak with its termijnen. `nonce` is unique for each opening.

    A jeugdbeschermer owns what they open; what a team lead opens has no owner yet.

    Raises:
        NotAllowed: this person opens no zaken in this team.
        NotFound: there is no such kader.
        Conflict: `day` lies in the future or too long ago.
    """
    if team_id not in actor.teams(Permission.OPEN_ZAAK):
        raise NotAllowed
    kader = _kader(rules, kader_id)
    _check_start(rules, now, day, kader.asks)
    leads = team_id in actor.whole_teams(Permission.OPEN_ZAAK)
    row = Zaak(
        code=_free_code(session),
        kader=kader.id,
        team_id=team_id,
        owner_id=None if leads else actor.person_id,
        opened_at=now,
        opened_by=actor.person_id,
        opening_nonce=nonce,
    )
    session.add(row)
    session.flush()
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="zaak_opened",
        subject=f"zaak:{row.id}",
        kader=kader.id,
        team=team_id,
        owner=row.owner_id,
    )
    _record_day(session, row, kader.asks, day, now=now, actor=actor, rules=rules)
    return zaak_views.view(session, row)


def record_day(
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    zaak_id: int,
    event: str,
    day: date,
) -> ZaakView:
    """Fill in a day that was not known at opening; termijnen that count from it start.

    Raises:
        NotFound: no such open zaak for this person, or this kader does not know the day.
        Conflict: the day was filled in before, or lies in the future or too long ago.
    """
    zaak = _own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    kader = _kader(rules, zaak.kader)
    if event not in kader.also:
        raise NotFound("dag-hoort-niet-bij-kader")
    _check_start(rules, now, day, event)
    if session.exec(
        select(ZaakDay).where(ZaakDay.zaak_id == zaak.id, ZaakDay.event == event)
    ).first():
        raise Conflict("dag-al-ingevuld")
    _record_day(session, zaak, event, day, now=now, actor=actor, rules=rules)
    return zaak_views.view(session, zaak)


def assign(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int, to: int
) -> ZaakView:
    """Give a zaak to a jeugdbeschermer of its team.

    Raises:
        NotFound: no such open zaak, or not one this person may assign.
        Conflict: the receiver is no jeugdbeschermer of the team any more.
    """
    zaak = _own_zaak(session, actor, zaak_id, Permission.ASSIGN, lock=True)
    if to not in access.reachable(session, role=access.Role.JEUGDBESCHERMER, team_id=zaak.team_id):
        raise Conflict("geen-jeugdbeschermer-van-team")
    if zaak.owner_id != to:
        # Whoever plans or handles one of its termijnen now goes first: that is readdressed too.
        session.exec(
            select(Termijn.id)
            .where(Termijn.zaak_id == zaak.id)
            .order_by(col(Termijn.id))
            .with_for_update(key_share=True)
        ).all()
        journal.append(
            session,
            now=now,
            actor_id=actor.person_id,
            action="zaak_assigned",
            subject=f"zaak:{zaak.id}",
            old=zaak.owner_id,
            new=to,
        )
        zaak.owner_id = to
        notices.readdress(session, now=now, zaak_id=stored_id(zaak.id))
        for termijn in zaak_views.termijn_rows(session, [stored_id(zaak.id)]):
            _plan(session, termijn, rules=rules)
    session.flush()
    return zaak_views.view(session, zaak)


def mark_done(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, termijn_id: int, on: date
) -> TermijnView:
    """Write down that a termijn was handled on a day. Pressing twice changes nothing.

    Notices that wait are cancelled; messages that show the termijn are marked to be edited.

    Raises:
        NotFound: no such termijn for this person.
        Conflict: the day lies in the future or before the start, or it was handled on another.
    """
    termijn, zaak = _own_termijn(session, actor, termijn_id)
    if on > rules.today(now):
        raise Conflict("gedaan-in-toekomst")
    counted = Explanation.model_validate(termijn.explanation).due.direction
    # A term that is counted back starts at its far end: it is met before its "start".
    if on < termijn.start_on and counted is Direction.VOORUIT:
        raise Conflict("gedaan-voor-start", start=termijn.start_on)
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
    """Take back a "gedaan", within a day; warnings start again.

    Raises:
        NotFound: no such termijn for this person.
        Conflict: it is open already, or was handled longer than `UNDO_WITHIN` ago.
    """
    termijn, zaak = _own_termijn(session, actor, termijn_id)
    if termijn.done_at is None:
        raise Conflict("niets-ongedaan-te-maken")
    if now - termijn.done_at > UNDO_WITHIN:
        raise Conflict("ongedaan-te-laat")
    old = termijn.done_on
    taken = session.connection().execute(
        update(Termijn)
        .where(col(Termijn.id) == termijn_id, col(Termijn.done_at) == termijn.done_at)
        .values(done_on=None, done_at=None, done_by=None)
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
    _plan(session, termijn, rules=rules)
    notices.unsettle(session, now=now, termijn_id=termijn_id)
    return zaak_views.view_termijn(session, termijn, zaak)


def zaak(session: Session, *, actor: Actor, zaak_id: int) -> ZaakView:
    """An open zaak that this person may see.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    return zaak_views.view(session, _own_zaak(session, actor, zaak_id, Permission.SEE_ZAKEN))


def zaak_by_code(session: Session, *, actor: Actor, code: str) -> ZaakView:
    """The open zaak with this code.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    found = session.exec(select(Zaak).where(Zaak.code == code)).first()
    if found is None:
        raise NotFound("zaak-onbekend")
    return zaak(session, actor=actor, zaak_id=stored_id(found.id))


def zaken(session: Session, *, actor: Actor) -> list[ZaakView]:
    """The open zaken this person sees: their own, and all of the teams they lead."""
    mine = (col(Zaak.owner_id) == actor.person_id) & col(Zaak.team_id).in_(
        actor.teams(Permission.SEE_ZAKEN)
    )
    led = col(Zaak.team_id).in_(actor.whole_teams(Permission.SEE_ZAKEN))
    found = session.exec(
        select(Zaak).where(col(Zaak.closed_at).is_(None), mine | led).order_by(col(Zaak.id))
    ).all()
    return zaak_views.views(session, found)


def termijn(session: Session, *, actor: Actor, termijn_id: int) -> TermijnView:
    """A termijn of an open zaak that this person may handle.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    found, its_zaak = _own_termijn(session, actor, termijn_id)
    return zaak_views.view_termijn(session, found, its_zaak)


def colleagues(session: Session, *, actor: Actor, team_id: int) -> list[Colleague]:
    """The jeugdbeschermers of a team with their open zaken, least first.

    Raises:
        NotAllowed: this person does not see this team.
    """
    actor.require(Permission.SEE_TEAM, team_id=team_id)
    ids = access.reachable(session, role=access.Role.JEUGDBESCHERMER, team_id=team_id)
    names = zaak_views.first_names(session, ids)
    owners = session.exec(
        select(Zaak.owner_id).where(col(Zaak.closed_at).is_(None), col(Zaak.owner_id).in_(ids))
    ).all()
    people = [
        Colleague(person_id=pid, first_name=names[pid], open_zaken=owners.count(pid)) for pid in ids
    ]
    return sorted(people, key=lambda person: (person.open_zaken, person.first_name))


def _record_day(
    session: Session,
    zaak: Zaak,
    event: str,
    day: date,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
) -> None:
    session.add(ZaakDay(zaak_id=stored_id(zaak.id), event=event, on_day=day))
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="zaak_day_recorded",
        subject=f"zaak:{zaak.id}",
        event=event,
        day=day,
    )
    for norm in rules.knowledge.norms_for(zaak.kader, day):
        if norm.start_event == event:
            _start_termijn(session, zaak, norm, day, now=now, actor=actor, rules=rules)


def _start_termijn(
    session: Session,
    zaak: Zaak,
    norm: Norm,
    day: date,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
) -> None:
    computed = termijnen.for_norm(norm, start=day, calendar=rules.knowledge.calendar)
    explanation = Explanation(
        due=computed.due,
        others=tuple(
            StoredReading(reading=other.reading, source=other.source, due=other.due)
            for other in computed.others
        ),
    )
    row = Termijn(
        zaak_id=stored_id(zaak.id),
        norm_id=norm.id,
        norm_version=norm.version,
        start_on=day,
        due_on=computed.due.on,
        warn_on=computed.warn_on,
        explanation=explanation.model_dump(mode="json"),
    )
    session.add(row)
    session.flush()
    _plan(session, row, rules=rules)
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


def _plan(session: Session, row: Termijn, *, rules: Rules) -> None:
    """Have the ladder of this termijn looked at from its first moment on; sent ones stay sent."""
    if row.done_on is None:
        row.next_notice_at = planning.moments_of(row, rules)[0].at
        session.flush()


def _kader(rules: Rules, kader_id: str) -> Kader:
    try:
        return rules.knowledge.kaders[kader_id]
    except KeyError:
        raise NotFound("kader-onbekend") from None


def _check_start(rules: Rules, now: datetime, day: date, event: str) -> None:
    today = rules.today(now)
    if day > today and not rules.knowledge.events[event].may_be_ahead:
        raise Conflict("start-in-toekomst")
    if day - today > FARTHEST_END:
        raise Conflict("einde-te-ver-weg")
    if today - day > OLDEST_START:
        raise Conflict("start-te-lang-geleden")


def _free_code(session: Session) -> str:
    for _ in range(CODE_TRIES):
        code = zaakcode.make(secrets.choice)
        if session.exec(select(Zaak.id).where(Zaak.code == code)).first() is None:
            return code
    raise LookupError("no free zaak code found: the alphabet of zaakcode is too small by now")


def _own_zaak(
    session: Session, actor: Actor, zaak_id: int, permission: Permission, *, lock: bool = False
) -> Zaak:
    found = session.get(Zaak, zaak_id, with_for_update={"key_share": True} if lock else None)
    if found is None or found.closed_at is not None:
        raise NotFound("zaak-onbekend")
    try:
        actor.require(permission, team_id=found.team_id, owner_id=found.owner_id)
    except NotAllowed:
        # The same answer as for a zaak that is not there: its existence is nobody's business.
        raise NotFound("zaak-onbekend") from None
    return found


def _own_termijn(session: Session, actor: Actor, termijn_id: int) -> tuple[Termijn, Zaak]:
    found = session.get(Termijn, termijn_id)
    if found is None:
        raise NotFound("zaak-onbekend")
    return found, _own_zaak(session, actor, found.zaak_id, Permission.HANDLE_TERMIJN)
