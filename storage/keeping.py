"""Who keeps a zaak today: its jeugdbeschermer, a substitute, or the team lead. Never nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, select

from storage.access import Role, away_on
from storage.tables import Absence, Grant, Person, Zaak, stored_id


class Why(StrEnum):
    """Why somebody keeps a zaak."""

    OWNER = "owner"
    SUBSTITUTE = "substitute"
    LEAD = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """The one person who has to act for a zaak on a day. `first_name` as the channel gives it.

    `away_until` is the last day of the owner's absence, when that is why somebody else keeps it.
    """

    person_id: int
    first_name: str
    why: Why
    away_until: date | None = None


def keeper(session: Session, zaak: Zaak, *, today: date) -> Keeper | None:
    """Who keeps this zaak on `today` (civil day): exactly one person, who can see it.

    The owner; while the owner is away the substitute, if they are in the team and not away
    themselves; else the team lead, then the gebiedsmanager. With no lead at all an owner who is
    away keeps it. None only in a team without anybody, which `leaving` prevents.
    """
    owner = session.get(Person, zaak.owner_id) if zaak.owner_id is not None else None
    absence = absence_on(session, zaak.owner_id, day=today) if zaak.owner_id is not None else None
    if owner is not None and owner.revoked_at is None and absence is None:
        return _kept_by(owner, Why.OWNER)
    until = absence.until_day if absence is not None else None
    if absence is not None and absence.substitute_id is not None:
        found = _first(session, Role.JEUGDBESCHERMER, zaak, today, only=absence.substitute_id)
        if found is not None:
            return _kept_by(found, Why.SUBSTITUTE, until)
    for role in (Role.TEAMLEIDER, Role.GEBIEDSMANAGER):
        lead = _first(session, role, zaak, today)
        if lead is not None:
            return _kept_by(lead, Why.LEAD, until)
    for role in (Role.TEAMLEIDER, Role.GEBIEDSMANAGER):
        lead = _first(session, role, zaak, None)
        if lead is not None:
            return _kept_by(lead, Why.LEAD, until)
    if owner is not None and owner.revoked_at is None:
        return _kept_by(owner, Why.OWNER, until)
    return None


def absence_on(session: Session, person_id: int, *, day: date) -> Absence | None:
    """The absence of somebody on a civil day; the one that lasts longest, if there are more."""
    return session.exec(
        select(Absence)
        .where(Absence.person_id == person_id, away_on(day))
        .order_by(col(Absence.until_day).desc(), col(Absence.id).desc())
    ).first()


def away_until(session: Session, person_id: int, *, day: date) -> date | None:
    """The last day of the absence that holds on `day`, or comes next; None without one."""
    now = absence_on(session, person_id, day=day)
    if now is not None:
        return now.until_day
    return session.exec(
        select(col(Absence.until_day))
        .where(
            Absence.person_id == person_id,
            col(Absence.ended_at).is_(None),
            col(Absence.from_day) > day,
        )
        .order_by(col(Absence.from_day))
        .limit(1)
    ).first()


def _first(
    session: Session, role: Role, zaak: Zaak, today: date | None, *, only: int | None = None
) -> Person | None:
    """The first of this role in the zaak's team who is in, and (on `today`) not away."""
    people = (
        select(Person)
        .join(Grant, col(Grant.person_id) == col(Person.id))
        .where(
            Grant.role == role.value,
            Grant.team_id == zaak.team_id,
            col(Person.revoked_at).is_(None),
        )
        .order_by(col(Person.id))
    )
    if only is not None:
        people = people.where(Person.id == only)
    if today is not None:
        away = select(Absence.person_id).where(away_on(today))
        people = people.where(col(Person.id).not_in(away))
    return session.exec(people).first()


def _kept_by(person: Person, why: Why, away_until: date | None = None) -> Keeper:
    return Keeper(
        person_id=stored_id(person.id),
        first_name=person.first_name,
        why=why,
        away_until=away_until,
    )
