"""Zaken of one gezin: they have one casusregisseur, and move together.

Of the gezin itself nothing is kept but that these zaken belong together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from storage import handover, journal, notices, zaak_rows, zaak_views
from storage.access import Actor, Permission
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.tables import Gezin, Zaak, stored_id
from storage.zaak_rows import own_zaak
from storage.zaak_views import ZaakView


def link(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int, other_id: int
) -> list[ZaakView]:
    """Let two zaken (with the gezinnen they are in) be of one gezin; gives all of its zaken.

    The jeugdbeschermer of the first zaak (of the second, if that one has none) becomes
    casusregisseur of all, and hears so. Where they had different ones, only a team lead may do
    this.

    Raises:
        NotFound: one of them is not an open zaak of this person.
        Conflict: they are the same zaak, are in different teams, or have different
            jeugdbeschermers and this person may not assign.
    """
    if zaak_id == other_id:
        raise Conflict("gezin-zelfde-zaak")
    zaak_rows.hold_gezinnen(session, (zaak_id, other_id))
    found = {
        one: own_zaak(session, actor, one, Permission.HANDLE_TERMIJN, lock=True)
        for one in sorted((zaak_id, other_id))
    }
    first, second = found[zaak_id], found[other_id]
    if first.of_team or second.of_team:
        raise NotFound("zaak-onbekend")
    if first.team_id != second.team_id:
        raise Conflict("gezin-ander-team")
    if first.owner_id != second.owner_id and first.team_id not in actor.whole_teams(
        Permission.ASSIGN
    ):
        raise Conflict("gezin-andere-jeugdbeschermer")
    if first.gezin_id is None or first.gezin_id != second.gezin_id:
        _join(session, first, second, now=now, actor=actor)
    members = handover.gezin_of(session, first)
    owner_id = first.owner_id if first.owner_id is not None else second.owner_id
    given = [stored_id(one.id) for one in members if one.owner_id != owner_id]
    for one in members:
        handover.give(
            session, one, owner_id, now=now, actor=actor, rules=rules, action="zaak_assigned"
        )
    if given and owner_id is not None and owner_id != actor.person_id:
        notices.tell(
            session, now=now, rules=rules, kind=notices.ASSIGNED, zaak_id=given[0],
            person_id=owner_id,
        )  # fmt: skip
    return zaken_of(session, first)


def unlink(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int
) -> ZaakView:
    """Let a zaak be of no gezin any more; who has it stays.

    Raises:
        NotFound: no such open zaak for this person.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    if zaak.gezin_id is not None:
        old, zaak.gezin_id = zaak.gezin_id, None
        _log(session, zaak, "zaak_unlinked", now=now, actor=actor, old=old, new=None)
        session.flush()
    return zaak_views.view(session, zaak)


def codes_beside(session: Session, *, actor: Actor, zaak_id: int) -> list[str]:
    """The codes of the other open zaken of this gezin, as far as this person may see them."""
    zaak = own_zaak(session, actor, zaak_id, Permission.SEE_ZAKEN)
    if zaak.gezin_id is None:
        return []
    return list(
        session.exec(
            select(Zaak.code)
            .where(
                Zaak.gezin_id == zaak.gezin_id,
                col(Zaak.id) != zaak.id,
                col(Zaak.closed_at).is_(None),
                Zaak.team_id == zaak.team_id,
            )
            .order_by(col(Zaak.code))
        )
    )


def zaken_of(session: Session, zaak: Zaak) -> list[ZaakView]:
    """All open zaken of the gezin of this zaak."""
    return zaak_views.views(session, handover.gezin_of(session, zaak))


def _join(session: Session, first: Zaak, second: Zaak, *, now: datetime, actor: Actor) -> None:
    if first.gezin_id is None and second.gezin_id is None:
        made = Gezin(made_at=now)
        session.add(made)
        session.flush()
        gezin_id = stored_id(made.id)
    else:
        gezin_id = stored_id(first.gezin_id or second.gezin_id)
    members = [*_of_gezin(session, first), *_of_gezin(session, second)]
    for one in members:
        if one.gezin_id != gezin_id:
            _log(session, one, "zaak_linked", now=now, actor=actor, old=one.gezin_id, new=gezin_id)
            one.gezin_id = gezin_id
    session.flush()


def _of_gezin(session: Session, zaak: Zaak) -> Sequence[Zaak]:
    """The zaken of its gezin, closed ones too: opened again they are of the gezin they are in."""
    if zaak.gezin_id is None:
        return [zaak]
    members = select(Zaak).where(Zaak.gezin_id == zaak.gezin_id).order_by(col(Zaak.id))
    return session.exec(members.with_for_update(key_share=True)).all()


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
