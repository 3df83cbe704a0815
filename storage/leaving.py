"""Somebody leaves: first their work gets an owner, then their access ends.

Nothing is ownerless for a moment: while they have open zaken, or are the last lead of a team with
work, leaving is refused and the refusal says what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from storage import access, handover, journal, notices
from storage.access import Actor, Permission, Role
from storage.refusals import Conflict, NotAllowed
from storage.rules import Rules
from storage.tables import Absence, DigestSchedule, Person, Team, Zaak


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """Somebody of a team as the lead sees them."""

    person_id: int
    first_name: str
    roles: tuple[Role, ...]
    open_zaken: int
    roster: int


def team_members(session: Session, *, actor: Actor, team_id: int) -> list[TeamMember]:
    """Everybody of a team with the open zaken they have in it, by name.

    Raises:
        NotAllowed: this person does not lead this team.
    """
    actor.require(Permission.SEE_TEAM, team_id=team_id)
    roles: dict[int, list[Role]] = {}
    for role in (Role.JEUGDBESCHERMER, Role.TEAMLEIDER, Role.GEBIEDSMANAGER):
        for person_id in access.members(session, role=role, team_id=team_id):
            roles.setdefault(person_id, []).append(role)
    owners = session.exec(
        select(Zaak.owner_id).where(Zaak.team_id == team_id, col(Zaak.closed_at).is_(None))
    ).all()
    people = session.exec(select(Person).where(col(Person.id).in_(list(roles)))).all()
    return sorted(
        (
            TeamMember(
                person_id=person.id or 0,
                first_name=person.first_name,
                roles=tuple(roles[person.id or 0]),
                open_zaken=owners.count(person.id),
                roster=person.roster,
            )
            for person in people
        ),
        key=lambda member: (member.first_name, member.person_id),
    )


def give_all(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, person_id: int, to: int,
    team_id: int,
) -> int:  # fmt: skip
    """Give all open zaken that somebody has in a team to another; gives how many.

    Raises:
        NotAllowed: this person does not lead this team.
        Conflict: the receiver is no jeugdbeschermer of the team (any more).
    """
    actor.require(Permission.ASSIGN, team_id=team_id)
    if to == person_id or to not in access.reachable(
        session, role=Role.JEUGDBESCHERMER, team_id=team_id
    ):
        raise Conflict("geen-jeugdbeschermer-van-team")
    rows = session.exec(
        select(Zaak)
        .where(Zaak.owner_id == person_id, Zaak.team_id == team_id, col(Zaak.closed_at).is_(None))
        .order_by(col(Zaak.id))
        .with_for_update(key_share=True)
    ).all()
    for zaak in rows:
        handover.give(session, zaak, to, now=now, actor=actor, rules=rules, action="zaak_assigned")
    if rows and to != actor.person_id and rows[0].id is not None:
        notices.tell(
            session, now=now, rules=rules, kind=notices.ASSIGNED, zaak_id=rows[0].id, person_id=to
        )
    return len(rows)


def leave(session: Session, *, now: datetime, actor: Actor, rules: Rules, person_id: int) -> str:
    """End somebody's access; gives their first name. Twice does nothing more.

    Questions to take over that they had not answered go back to who asked; for whom they stood in,
    the team lead has the work until somebody else does.

    Raises:
        NotAllowed: this person leads no team of theirs (and is no beheerder), or it is themselves.
        Conflict: they still have open zaken, or are the last lead of a team with work.
    """
    # Who accepts holds the zaak first and then themselves: so here too.
    offered = select(Zaak.id).where(Zaak.offered_to == person_id).order_by(col(Zaak.id))
    session.exec(offered.with_for_update(key_share=True)).all()
    person = session.get(Person, person_id, with_for_update={"key_share": True})
    if person is None or person_id == actor.person_id:
        raise NotAllowed
    if person.revoked_at is not None:
        return person.first_name
    other = access.actor_by_id(session, person_id)
    teams = {held.team_id for held in other.held if held.team_id} if other else set()
    led = set(actor.whole_teams(Permission.ASSIGN))
    if not (teams and teams <= led) and not actor.may(Permission.MANAGE):
        raise NotAllowed
    codes = session.exec(
        select(Zaak.code)
        .where(Zaak.owner_id == person_id, col(Zaak.closed_at).is_(None))
        .order_by(col(Zaak.code))
    ).all()
    if codes:
        raise Conflict("werk-zonder-eigenaar", naam=person.first_name, codes=list(codes))
    # Of two leads who leave at once the second sees that the first is gone.
    held = select(Team.id).where(col(Team.id).in_(teams)).order_by(col(Team.id))
    session.exec(held.with_for_update(key_share=True)).all()
    for team_id in sorted(teams):
        if _last_lead_with_work(session, person_id, team_id):
            raise Conflict("laatste-teamleider", naam=person.first_name)
    _give_offers_back(session, person_id, now=now, actor=actor, rules=rules)
    session.connection().execute(
        update(Absence).where(col(Absence.substitute_id) == person_id).values(substitute_id=None)
    )
    # Nobody stands in for somebody who is gone: what they closed is not a substitute's to reopen.
    session.connection().execute(
        update(Absence)
        .where(col(Absence.person_id) == person_id, col(Absence.ended_at).is_(None))
        .values(ended_at=now)
    )
    session.connection().execute(
        delete(DigestSchedule).where(col(DigestSchedule.person_id) == person_id)
    )
    person.revoked_at = now
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="person_left",
        subject=f"person:{person_id}",
        teams=sorted(teams),
    )
    session.flush()
    return person.first_name


def _last_lead_with_work(session: Session, person_id: int, team_id: int) -> bool:
    leads = {
        one
        for role in (Role.TEAMLEIDER, Role.GEBIEDSMANAGER)
        for one in access.members(session, role=role, team_id=team_id)
    }
    if person_id not in leads or leads - {person_id}:
        return False
    work = select(Zaak.id).where(Zaak.team_id == team_id, col(Zaak.closed_at).is_(None))
    return session.exec(work).first() is not None


def _give_offers_back(
    session: Session, person_id: int, *, now: datetime, actor: Actor, rules: Rules
) -> None:
    asked = session.exec(
        select(Zaak).where(Zaak.offered_to == person_id).with_for_update(key_share=True)
    ).all()
    for zaak in asked:
        if zaak.offered_by is not None and zaak.id is not None:
            notices.tell(
                session, now=now, rules=rules, kind=notices.REFUSED, zaak_id=zaak.id,
                person_id=zaak.offered_by,
            )  # fmt: skip
        zaak.offered_to = zaak.offered_by = zaak.offered_at = None
        journal.append(
            session,
            now=now,
            actor_id=actor.person_id,
            action="zaak_offer_refused",
            subject=f"zaak:{zaak.id}",
            old=person_id,
            new=zaak.owner_id,
        )
    session.flush()
