"""Being away, with a substitute and an end date, and the working days of the week.

While somebody is away their substitute may do with their zaken what they may; without one the team
lead has them (`storage.keeping`). The work stays theirs: nothing moves, and nothing has to move
back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from storage import access, journal, keeping, notices
from storage.access import Actor, Permission, Role
from storage.refusals import Conflict, NotAllowed, NotFound
from storage.rules import Rules
from storage.tables import Absence, Person, Zaak, stored_id

LONGEST = timedelta(days=366)
"""Longer than this somebody is not away but gone: their work needs another owner."""

FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceView:
    """Days on which somebody is away, both included. Names are first names."""

    id: int
    person_id: int
    first_name: str
    from_day: date
    until_day: date
    substitute: str | None


def away(
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    person_id: int,
    from_day: date,
    until_day: date,
    substitute_id: int | None,
) -> AbsenceView:
    """Write down that somebody is away, themselves or by their team lead (illness).

    Another absence on one of these days ends: the newest holds.

    Raises:
        NotAllowed: this person may not do that for them.
        Conflict: the days are impossible, or the substitute is no jeugdbeschermer of a team of
            theirs, is themselves, or is away on all of these days.
    """
    _may_arrange(session, actor, person_id)
    # Of two who arrange it at once the second sees what the first wrote down.
    session.get(Person, person_id, with_for_update={"key_share": True})
    today = rules.today(now)
    if until_day < from_day or until_day < today:
        raise Conflict("afwezig-omgekeerd")
    if until_day - from_day > LONGEST or from_day - today > FARTHEST:
        raise Conflict("afwezig-te-lang")
    if substitute_id is not None and substitute_id not in substitutes(session, person_id):
        raise Conflict("vervanger-kan-niet")
    if substitute_id is not None:
        other = keeping.absence_on(session, substitute_id, day=max(from_day, today))
        if other is not None and other.until_day >= until_day:
            raise Conflict("vervanger-is-afwezig", tot=other.until_day)
    overlapping = session.exec(
        select(Absence).where(
            Absence.person_id == person_id,
            col(Absence.ended_at).is_(None),
            col(Absence.from_day) <= until_day,
            col(Absence.until_day) >= from_day,
        )
    ).all()
    for row in overlapping:
        _end(session, row, now=now, actor=actor)
    row = Absence(
        person_id=person_id,
        from_day=from_day,
        until_day=until_day,
        substitute_id=substitute_id,
        made_at=now,
        made_by=actor.person_id,
    )
    session.add(row)
    session.flush()
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="absence_made",
        subject=f"person:{person_id}",
        first=from_day,
        last=until_day,
        substitute=substitute_id,
    )
    if substitute_id is not None and substitute_id != actor.person_id:
        notices.tell(
            session, now=now, rules=rules, kind=notices.SUBSTITUTE, person_id=substitute_id,
            about_person=person_id,
        )  # fmt: skip
    return _view(session, row)


def back(session: Session, *, now: datetime, actor: Actor, rules: Rules, absence_id: int) -> None:
    """End an absence: they are back (or never went).

    Raises:
        NotFound: no such absence that still holds or is to come.
        NotAllowed: this person may not do that for them.
    """
    row = session.get(Absence, absence_id, with_for_update=True)
    if row is None or row.ended_at is not None or row.until_day < rules.today(now):
        raise NotFound("afwezigheid-onbekend")
    _may_arrange(session, actor, row.person_id)
    _end(session, row, now=now, actor=actor)


def absences(
    session: Session, *, actor: Actor, today: date, person_ids: Sequence[int]
) -> list[AbsenceView]:
    """The absences of these people that hold today or are to come, first first.

    Raises:
        NotAllowed: this person may not arrange that for one of them.
    """
    for person_id in person_ids:
        _may_arrange(session, actor, person_id)
    rows = session.exec(
        select(Absence)
        .where(
            col(Absence.person_id).in_(person_ids),
            col(Absence.ended_at).is_(None),
            col(Absence.until_day) >= today,
        )
        .order_by(col(Absence.from_day), col(Absence.id))
    )
    return [_view(session, row) for row in rows.all()]


def substitutes(session: Session, person_id: int) -> list[int]:
    """Who could stand in for somebody: the other jeugdbeschermers of their teams."""
    found = access.actor_by_id(session, person_id)
    if found is None:
        return []
    teams = {held.team_id for held in found.held if held.role in access.TEAM_ROLES and held.team_id}
    people = {
        one
        for team_id in teams
        for one in access.reachable(session, role=Role.JEUGDBESCHERMER, team_id=team_id)
    }
    return sorted(people - {person_id})


def set_roster(
    session: Session, *, now: datetime, actor: Actor, person_id: int, roster: int
) -> int:
    """Write down on which days of the week somebody works; gives the roster as it is now.

    `roster` is a sum of days: Monday 1, Tuesday 2, Wednesday 4, Thursday 8, Friday 16, Saturday 32,
    Sunday 64.

    Raises:
        NotAllowed: this person may not do that for them.
        Conflict: no day is left.
    """
    _may_arrange(session, actor, person_id)
    person = session.get(Person, person_id, with_for_update={"key_share": True})
    if person is None:
        raise NotAllowed
    if not 0 < roster < 2**7:
        raise Conflict("rooster-leeg")
    if person.roster != roster:
        journal.append(
            session,
            now=now,
            actor_id=actor.person_id,
            action="roster_changed",
            subject=f"person:{person_id}",
            old=person.roster,
            new=roster,
        )
        person.roster = roster
        session.flush()
    return roster


def roster(session: Session, *, actor: Actor, person_id: int) -> int:
    """The roster of somebody, as `set_roster` writes it.

    Raises:
        NotAllowed: this person may not see it.
    """
    _may_arrange(session, actor, person_id)
    person = session.get(Person, person_id)
    if person is None:
        raise NotAllowed
    return person.roster


def open_work(session: Session, *, person_id: int) -> int:
    """How many open zaken are somebody's."""
    rows = session.exec(
        select(Zaak.id).where(Zaak.owner_id == person_id, col(Zaak.closed_at).is_(None))
    )
    return len(rows.all())


def _may_arrange(session: Session, actor: Actor, person_id: int) -> None:
    """Pass for oneself, and for a lead of a team that person is in."""
    if person_id == actor.person_id:
        return
    led = set(actor.whole_teams(Permission.SEE_TEAM))
    other = access.actor_by_id(session, person_id)
    if other is None or not led & {held.team_id for held in other.held}:
        raise NotAllowed


def _end(session: Session, row: Absence, *, now: datetime, actor: Actor) -> None:
    row.ended_at = now
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="absence_ended",
        subject=f"person:{row.person_id}",
        first=row.from_day,
        last=row.until_day,
        substitute=row.substitute_id,
    )
    session.flush()


def _view(session: Session, row: Absence) -> AbsenceView:
    names = {
        person.id: person.first_name
        for person in session.exec(
            select(Person).where(col(Person.id).in_((row.person_id, row.substitute_id or 0)))
        )
    }
    return AbsenceView(
        id=stored_id(row.id),
        person_id=row.person_id,
        first_name=names[row.person_id],
        from_day=row.from_day,
        until_day=row.until_day,
        substitute=names.get(row.substitute_id),
    )
