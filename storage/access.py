"""People, roles, permissions and invitations.

A role is granted in a team, or everywhere that role reaches. `Actor` is who acts, read anew for
every update: what was revoked a second ago is gone now.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from storage import journal
from storage.refusals import Conflict, InvitationRefused, NotAllowed, NotFound
from storage.tables import Absence, DigestSchedule, Grant, Invitation, Person, Team, stored_id

INVITATION_BYTES = 24  # 192 bits
INVITATION_LIFE = timedelta(hours=72)
MAX_FIRST_NAME = 64


class Role(StrEnum):
    """What somebody is in the organisation."""

    JEUGDBESCHERMER = "jeugdbeschermer"
    TEAMLEIDER = "teamleider"
    GEBIEDSMANAGER = "gebiedsmanager"
    AANDACHTSFUNCTIONARIS = "aandachtsfunctionaris"
    KENNISBEHEERDER = "kennisbeheerder"
    BEHEERDER = "beheerder"


class Permission(StrEnum):
    """What somebody may do."""

    ASK = "ask"
    OPEN_ZAAK = "open_zaak"
    SEE_ZAKEN = "see_zaken"
    HANDLE_TERMIJN = "handle_termijn"
    ASSIGN = "assign"
    SEE_TEAM = "see_team"
    KEEP_CONTENT = "keep_content"
    MANAGE = "manage"


_EVERYBODY = frozenset({Permission.ASK})
_OWN_WORK = frozenset({Permission.OPEN_ZAAK, Permission.SEE_ZAKEN, Permission.HANDLE_TERMIJN})
_TEAM_WORK = _OWN_WORK | {Permission.ASSIGN, Permission.SEE_TEAM}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.JEUGDBESCHERMER: _EVERYBODY | _OWN_WORK,
    Role.TEAMLEIDER: _EVERYBODY | _TEAM_WORK,
    Role.GEBIEDSMANAGER: _EVERYBODY | _TEAM_WORK,
    Role.AANDACHTSFUNCTIONARIS: _EVERYBODY,
    Role.KENNISBEHEERDER: _EVERYBODY | {Permission.KEEP_CONTENT},
    Role.BEHEERDER: _EVERYBODY | {Permission.MANAGE},
}

WHOLE_TEAM = frozenset({Role.TEAMLEIDER, Role.GEBIEDSMANAGER})
"""Roles that reach every zaak of their team; the others only what is their own."""

TEAM_ROLES = WHOLE_TEAM | {Role.JEUGDBESCHERMER}
"""Roles that mean nothing without a team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A role somebody holds, in a team or (None) outside any."""

    role: Role
    team_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: the person and what they hold at this moment.

    `stands_in_for` are the people who are away today and named this person as their substitute.
    """

    person_id: int
    channel_id: int
    first_name: str
    region: str | None
    reachable: bool
    held: tuple[Held, ...]
    stands_in_for: frozenset[int] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether any role gives this permission, somewhere."""
        return any(permission in PERMISSIONS[held.role] for held in self.held)

    def teams(self, permission: Permission) -> tuple[int, ...]:
        """The teams in which a role gives this permission, each once, in order."""
        return tuple(
            sorted(
                {
                    held.team_id
                    for held in self.held
                    if held.team_id is not None and permission in PERMISSIONS[held.role]
                }
            )
        )

    def whole_teams(self, permission: Permission) -> tuple[int, ...]:
        """The teams in which this permission reaches everybody's work."""
        return tuple(
            sorted(
                {
                    held.team_id
                    for held in self.held
                    if held.team_id is not None
                    and held.role in WHOLE_TEAM
                    and permission in PERMISSIONS[held.role]
                }
            )
        )

    def require(self, permission: Permission, *, team_id: int, owner_id: int | None = None) -> None:
        """Pass when the permission reaches this team's work, or this owner's own.

        A substitute reaches what the person they stand in for does, within their own teams.

        Raises:
            NotAllowed: it reaches neither.
        """
        if team_id in self.whole_teams(permission):
            return
        its_own = owner_id == self.person_id or owner_id in self.stands_in_for
        if team_id in self.teams(permission) and its_own:
            return
        raise NotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedInvitation:
    """An invitation as it leaves the program: the only time its token is known."""

    token: str
    role: Role
    team: str | None
    expires_at: datetime


def actor_by_channel(
    session: Session, channel_id: int, *, today: date | None = None
) -> Actor | None:
    """Who is behind this channel id; None for a stranger and for somebody revoked.

    With `today` (civil day) they also act for whoever they stand in for on that day.
    """
    person = session.exec(
        select(Person).where(Person.channel_id == channel_id, col(Person.revoked_at).is_(None))
    ).first()
    return _actor(session, person, today) if person else None


def actor_by_id(session: Session, person_id: int, *, today: date | None = None) -> Actor | None:
    """The person with this id, as `actor_by_channel`; None when there is none or revoked."""
    person = session.get(Person, person_id)
    return _actor(session, person, today) if person and person.revoked_at is None else None


def add_team(session: Session, *, now: datetime, name: str) -> int:
    """Make a team; gives its id.

    Raises:
        Conflict: there is a team of that name, or the name is empty or too long.
    """
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= 60:
        raise Conflict("teamnaam-onmogelijk")
    team = Team(name=clean, created_at=now)
    try:
        with session.begin_nested():
            session.add(team)
    except IntegrityError:
        raise Conflict("team-bestaat-al", team=clean) from None
    journal.append(session, now=now, actor_id=None, action="team_added", subject=f"team:{team.id}")
    return stored_id(team.id)


def invite(session: Session, *, now: datetime, role: Role, team: str | None) -> IssuedInvitation:
    """Make an invitation for one person, valid for `INVITATION_LIFE`.

    Raises:
        NotFound: no team of that name.
        Conflict: this role means nothing without a team.
    """
    if role in TEAM_ROLES and not team:
        raise Conflict("rol-zonder-team", rol=role.value)
    found = session.exec(select(Team).where(Team.name == team)).first() if team else None
    if team and found is None:
        raise NotFound("team-onbekend", team=team)
    token = secrets.token_urlsafe(INVITATION_BYTES)
    invitation = Invitation(
        token_hash=_hash(token),
        role=role.value,
        team_id=found.id if found else None,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    session.add(invitation)
    session.flush()
    journal.append(
        session,
        now=now,
        actor_id=None,
        action="invitation_made",
        subject=f"invitation:{invitation.id}",
        role=role.value,
        team=invitation.team_id,
    )
    return IssuedInvitation(token=token, role=role, team=team, expires_at=now + INVITATION_LIFE)


def accept_invitation(
    session: Session,
    *,
    now: datetime,
    token: str,
    channel_id: int,
    first_name: str,
    first_digest_at: datetime,
) -> Actor:
    """Let the bearer of `token` in, once. Somebody who is in already gets the role added.

    Raises:
        InvitationRefused: unknown, used, expired, or for somebody whose access was revoked.
    """
    taken = session.connection().execute(
        update(Invitation)
        .where(
            col(Invitation.token_hash) == _hash(token),
            col(Invitation.used_at).is_(None),
            col(Invitation.expires_at) > now,
        )
        .values(used_at=now)
    )
    if taken.rowcount != 1:
        raise InvitationRefused
    invitation = session.exec(select(Invitation).where(Invitation.token_hash == _hash(token))).one()
    person = session.exec(select(Person).where(Person.channel_id == channel_id)).first()
    if person is not None and person.revoked_at is not None:
        raise InvitationRefused
    if person is None:
        person = Person(
            channel_id=channel_id, first_name=first_name[:MAX_FIRST_NAME], created_at=now
        )
        session.add(person)
        session.flush()
    invitation.used_by = person.id
    _grant(session, person, Role(invitation.role), invitation.team_id, first_digest_at)
    journal.append(
        session,
        now=now,
        actor_id=person.id,
        action="invitation_accepted",
        subject=f"person:{person.id}",
        role=invitation.role,
        team=invitation.team_id,
    )
    return _actor(session, person)


def channel_lost(session: Session, person_id: int, *, now: datetime) -> None:
    """Write down that this person's channel takes no messages any more."""
    person = session.get(Person, person_id)
    if person is not None and person.channel_ok:
        person.channel_ok = False
        journal.append(
            session, now=now, actor_id=None, action="channel_lost", subject=f"person:{person_id}"
        )


def channel_back(session: Session, person_id: int, *, now: datetime) -> None:
    """Write down that this person can be reached again."""
    person = session.get(Person, person_id)
    if person is not None and not person.channel_ok:
        person.channel_ok = True
        journal.append(
            session,
            now=now,
            actor_id=person_id,
            action="channel_back",
            subject=f"person:{person_id}",
        )


def reachable(session: Session, *, role: Role, team_id: int | None) -> list[int]:
    """Ids of people with this role (in this team) who are in and can be reached."""
    return members(session, role=role, team_id=team_id, only_reachable=True)


def members(
    session: Session, *, role: Role, team_id: int | None, only_reachable: bool = False
) -> list[int]:
    """Ids of people with this role (in this team) who are in, also when no message arrives."""
    statement = (
        select(Person.id)
        .join(Grant, col(Grant.person_id) == col(Person.id))
        .where(Grant.role == role.value, col(Person.revoked_at).is_(None))
        .order_by(col(Person.id))
    )
    if only_reachable:
        statement = statement.where(col(Person.channel_ok).is_(True))
    if role in TEAM_ROLES:
        statement = statement.where(Grant.team_id == team_id)
    return [stored_id(person_id) for person_id in session.exec(statement)]


def hold(session: Session, person_id: int) -> None:
    """Let who lets this person leave wait until what they are given now is theirs."""
    session.exec(select(Person.id).where(Person.id == person_id).with_for_update(read=True)).all()


def team_names(session: Session, *, team_ids: Iterable[int]) -> dict[int, str]:
    """The names of teams by id."""
    rows = session.exec(select(Team.id, Team.name).where(col(Team.id).in_(tuple(team_ids))))
    return {stored_id(team_id): name for team_id, name in rows}


def _grant(
    session: Session, person: Person, role: Role, team_id: int | None, first_digest_at: datetime
) -> None:
    held = session.exec(
        select(Grant).where(
            Grant.person_id == person.id, Grant.role == role.value, Grant.team_id == team_id
        )
    ).first()
    if held is None:
        session.add(Grant(person_id=stored_id(person.id), role=role.value, team_id=team_id))
        if role is Role.TEAMLEIDER and team_id is not None:
            session.add(
                DigestSchedule(
                    person_id=stored_id(person.id), team_id=team_id, next_at=first_digest_at
                )
            )
    session.flush()


def away_on(day: date) -> ColumnElement[bool]:
    """The absences that hold on this civil day, as a condition."""
    return and_(
        col(Absence.ended_at).is_(None),
        col(Absence.from_day) <= day,
        col(Absence.until_day) >= day,
    )


def _actor(session: Session, person: Person, today: date | None = None) -> Actor:
    grants = session.exec(select(Grant).where(Grant.person_id == person.id).order_by(col(Grant.id)))
    away: Iterable[int] = ()
    if today is not None:
        away = session.exec(
            select(Absence.person_id).where(Absence.substitute_id == person.id, away_on(today))
        ).all()
    return Actor(
        person_id=stored_id(person.id),
        channel_id=person.channel_id,
        first_name=person.first_name,
        region=person.region,
        reachable=person.channel_ok,
        held=tuple(Held(role=Role(grant.role), team_id=grant.team_id) for grant in grants),
        stands_in_for=frozenset(away),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
