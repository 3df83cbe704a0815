"""Whose a zaak is: assigned by the lead, or offered to a colleague who accepts or refuses.

Nothing is ownerless in between: an offered zaak stays with who has it until the receiver accepts.
The zaken of one gezin have one casusregisseur, so they move together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from storage import access, journal, notices, zaak_rows, zaak_views
from storage.access import Actor, Permission, Role
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.tables import Person, Termijn, Zaak, stored_id
from storage.zaak_rows import own_zaak
from storage.zaak_views import ZaakView


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A jeugdbeschermer of a team with the work they have now."""

    person_id: int
    first_name: str
    open_zaken: int


def assign(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int, to: int
) -> ZaakView:
    """Give a zaak, with the others of its gezin, to a jeugdbeschermer of its team.

    Raises:
        NotFound: no such open zaak, or not one this person may assign.
        Conflict: the receiver is no jeugdbeschermer of the team any more.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.ASSIGN, lock=True)
    if zaak.of_team:
        raise NotFound("zaak-onbekend")
    _check_receiver(session, zaak, to)
    new = zaak.owner_id != to
    for one in gezin_of(session, zaak):
        give(session, one, to, now=now, actor=actor, rules=rules, action="zaak_assigned")
    if new and to != actor.person_id:
        notices.tell(
            session, now=now, rules=rules, kind=notices.ASSIGNED, zaak_id=zaak_id, person_id=to
        )
    return zaak_views.view(session, zaak)


def offer(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int, to: int
) -> ZaakView:
    """Ask a colleague of the team to take a zaak over, with the others of its gezin.

    Raises:
        NotFound: no such open zaak for this person.
        Conflict: the receiver is no jeugdbeschermer of the team (any more), has it already, or
            somebody was asked and has not answered yet.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    if zaak.of_team or zaak.owner_id is None:
        raise NotFound("zaak-onbekend")
    if zaak.offered_to == to:
        return zaak_views.view(session, zaak)  # pressed twice
    if zaak.offered_to is not None:
        asked = session.get(Person, zaak.offered_to)
        raise Conflict("overdracht-loopt-al", naam=asked.first_name if asked else "een collega")
    if to == zaak.owner_id:
        raise Conflict("overdracht-aan-zelfde")
    _check_receiver(session, zaak, to)
    for one in gezin_of(session, zaak):
        one.offered_to, one.offered_by, one.offered_at = to, actor.person_id, now
        _log(session, one, "zaak_offered", now=now, actor=actor, old=one.owner_id, new=to)
    session.flush()
    notices.tell(session, now=now, rules=rules, kind=notices.OFFERED, zaak_id=zaak_id, person_id=to)
    return zaak_views.view(session, zaak)


def offered(session: Session, *, actor: Actor, zaak_id: int) -> ZaakView:
    """The zaak that this person is asked to take over.

    Raises:
        Conflict: they are not asked (any more).
    """
    return zaak_views.view(session, _offered(session, actor, zaak_id))


def offers_to(session: Session, *, actor: Actor) -> list[ZaakView]:
    """The zaken that this person is asked to take over."""
    found = session.exec(
        select(Zaak)
        .where(Zaak.offered_to == actor.person_id, col(Zaak.closed_at).is_(None))
        .order_by(col(Zaak.id))
    ).all()
    return zaak_views.views(session, found)


def accept(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int
) -> ZaakView:
    """Take over the zaak one is asked for: from now on its reminders come here.

    Raises:
        Conflict: this person is not asked (any more), or is no jeugdbeschermer of the team now.
    """
    zaak = _offered(session, actor, zaak_id, lock=True)
    _check_receiver(session, zaak, actor.person_id)
    asked_by = zaak.offered_by
    for one in gezin_of(session, zaak):
        give(
            session, one, actor.person_id, now=now, actor=actor, rules=rules,
            action="zaak_handed_over",
        )  # fmt: skip
    if asked_by is not None:
        notices.tell(
            session, now=now, rules=rules, kind=notices.ACCEPTED, zaak_id=zaak_id,
            person_id=asked_by,
        )  # fmt: skip
    return zaak_views.view(session, zaak)


def refuse(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int
) -> ZaakView:
    """Say no to a hand-over: the zaak stays with who has it, and they hear so.

    Raises:
        Conflict: this person is not asked (any more).
    """
    zaak = _offered(session, actor, zaak_id, lock=True)
    asked_by = zaak.offered_by
    end_offers(session, zaak, "zaak_offer_refused", now=now, actor=actor)
    if asked_by is not None:
        notices.tell(
            session, now=now, rules=rules, kind=notices.REFUSED, zaak_id=zaak_id,
            person_id=asked_by,
        )  # fmt: skip
    return zaak_views.view(session, zaak)


def withdraw(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int
) -> ZaakView:
    """Take a question to take over back.

    Raises:
        NotFound: no such open zaak for this person.
        Conflict: nobody is asked (any more).
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    if zaak.offered_to is None:
        raise Conflict("overdracht-loopt-niet")
    end_offers(session, zaak, "zaak_offer_withdrawn", now=now, actor=actor)
    return zaak_views.view(session, zaak)


def give(
    session: Session,
    zaak: Zaak,
    to: int | None,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    action: str,
) -> None:
    """Let a zaak be somebody's: what waits goes to them. An offer that ran is over."""
    zaak.offered_to = zaak.offered_by = zaak.offered_at = None
    if zaak.owner_id == to:
        session.flush()
        return
    # Whoever plans or handles one of its termijnen now goes first: that is readdressed too.
    session.exec(
        select(Termijn.id)
        .where(Termijn.zaak_id == zaak.id)
        .order_by(col(Termijn.id))
        .with_for_update(key_share=True)
    ).all()
    _log(session, zaak, action, now=now, actor=actor, old=zaak.owner_id, new=to)
    zaak.owner_id = to
    session.flush()
    notices.readdress(session, now=now, zaak_id=stored_id(zaak.id))
    for row in zaak_rows.termijnen_of(session, zaak):
        zaak_rows.plan_anew(session, row, rules=rules)


def end_offers(session: Session, zaak: Zaak, action: str, *, now: datetime, actor: Actor) -> None:
    """End the question to take over this zaak and the others of its gezin; unsent ones stay unsent.

    `action` is what the journal calls it.
    """
    for one in gezin_of(session, zaak):
        notices.forget_offer(session, zaak_id=stored_id(one.id))
        if one.offered_to is not None:
            _log(session, one, action, now=now, actor=actor, old=one.offered_to, new=one.owner_id)
            one.offered_to = one.offered_by = one.offered_at = None
    session.flush()


def gezin_of(session: Session, zaak: Zaak) -> Sequence[Zaak]:
    """The open zaken of its gezin, itself included, locked in order."""
    if zaak.gezin_id is None:
        return [zaak]
    return session.exec(
        select(Zaak)
        .where(Zaak.gezin_id == zaak.gezin_id, col(Zaak.closed_at).is_(None))
        .order_by(col(Zaak.id))
        .with_for_update(key_share=True)
    ).all()


def colleagues(session: Session, *, actor: Actor, team_id: int) -> list[Colleague]:
    """The jeugdbeschermers of a team with their open zaken, least first.

    Raises:
        NotAllowed: this person does not see this team.
    """
    actor.require(Permission.SEE_TEAM, team_id=team_id)
    return with_load(session, access.reachable(session, role=Role.JEUGDBESCHERMER, team_id=team_id))


def receivers(session: Session, *, actor: Actor, zaak_id: int) -> list[Colleague]:
    """The colleagues of a zaak's team who could take it over, by name and without their load.

    Raises:
        NotFound: no such open zaak for this person.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN)
    ids = access.reachable(session, role=Role.JEUGDBESCHERMER, team_id=zaak.team_id)
    people = with_load(session, [pid for pid in ids if pid != zaak.owner_id])
    return sorted(people, key=lambda person: (person.first_name, person.person_id))


def with_load(session: Session, ids: Sequence[int]) -> list[Colleague]:
    """These people with their open zaken, least first."""
    names = zaak_views.first_names(session, ids)
    owners = session.exec(
        select(Zaak.owner_id).where(col(Zaak.closed_at).is_(None), col(Zaak.owner_id).in_(ids))
    ).all()
    people = [
        Colleague(person_id=pid, first_name=names[pid], open_zaken=owners.count(pid)) for pid in ids
    ]
    return sorted(people, key=lambda person: (person.open_zaken, person.first_name))


def _check_receiver(session: Session, zaak: Zaak, to: int) -> None:
    access.hold(session, to)
    if to not in access.reachable(session, role=Role.JEUGDBESCHERMER, team_id=zaak.team_id):
        raise Conflict("geen-jeugdbeschermer-van-team")


def _offered(session: Session, actor: Actor, zaak_id: int, *, lock: bool = False) -> Zaak:
    found = zaak_rows.found_zaak(session, zaak_id, lock=lock)
    if found is None or found.closed_at is not None or found.offered_to != actor.person_id:
        raise Conflict("overdracht-voorbij")
    return found


def _log(
    session: Session, zaak: Zaak, action: str, *, now: datetime, actor: Actor, old: int | None,
    new: int | None,
) -> None:  # fmt: skip
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action=action,
        subject=f"zaak:{zaak.id}",
        old=old,
        new=new,
    )
