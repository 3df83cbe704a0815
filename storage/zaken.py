"""Zaken: open one with its termijnen, find it again, close and reopen it.

Every operation is one transaction, takes `now` and who acts, checks that this person may do it
here, and writes the journal. What happens to a zaak on a day is in `storage.zaak_days`, to its
termijnen in `storage.termijnen`, to its owner in `storage.handover`.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from knowledge import zaakcode
from storage import (
    access,
    drafts,
    handover,
    journal,
    keeping,
    zaak_days,
    zaak_rows,
    zaak_views,
)
from storage.access import Actor, Permission, Role
from storage.refusals import Conflict, NotAllowed, NotFound
from storage.rules import Rules
from storage.tables import Termijn, Zaak, stored_id
from storage.zaak_rows import own_zaak
from storage.zaak_views import ZaakView

CODE_TRIES = 50
CLOSED_SHOWN = 10


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
        code=drafted.data.get("code"),
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
    code: str | None = None,
    owner_id: int | None = None,
) -> ZaakView:
    """Open a zaak with its termijnen. `nonce` is unique for each opening.

    `code` is the organisation's own number (or one of our codes that is free); without it a new
    code is made. A jeugdbeschermer owns what they open; what a team lead opens has no owner yet,
    unless they name one (`owner_id`, a jeugdbeschermer of the team).

    Raises:
        NotAllowed: this person opens no zaken in this team, or not for somebody else.
        NotFound: there is no such kader.
        LabelRefused: the code is no number of this organisation, or carries personal data.
        Conflict: `day` lies in the future or too long ago, the code is in use, or the owner is no
            jeugdbeschermer of the team.
    """
    if team_id not in actor.teams(Permission.OPEN_ZAAK):
        raise NotAllowed
    kader = zaak_rows.known_kader(rules, kader_id)
    zaak_rows.check_day(rules, now, day, kader.asks)
    leads = team_id in actor.whole_teams(Permission.OPEN_ZAAK)
    if owner_id is not None and owner_id != actor.person_id and not leads:
        raise NotAllowed
    if owner_id is not None and leads and not _is_in(session, owner_id, team_id):
        raise Conflict("geen-jeugdbeschermer-van-team")
    if not leads and not _is_in(session, actor.person_id, team_id):
        raise NotAllowed  # they left a moment ago
    row = Zaak(
        code=_free_code(session) if code is None else _own_code(session, code, rules),
        kader=kader.id,
        team_id=team_id,
        owner_id=owner_id if leads else actor.person_id,
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
    zaak_days.happened(session, row, kader.asks, day, now=now, actor=actor, rules=rules)
    return zaak_views.view(session, row)


def close_zaak(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int
) -> ZaakView:
    """Close a zaak: termijnen that are still open end unmet, and nothing more is said of it.

    Raises:
        NotFound: no such open zaak for this person.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    if zaak.of_team:
        raise NotFound("zaak-onbekend")
    left = zaak_rows.termijnen_of(session, zaak)
    for row in left:
        zaak_rows.end_termijn(session, row, zaak_rows.CLOSED, now=now, actor=actor)
    if zaak.offered_to is not None:
        # The question may hang on this zaak alone: the others of its gezin are not left waiting.
        handover.end_offers(session, zaak, "zaak_offer_withdrawn", now=now, actor=actor)
    zaak.closed_at, zaak.closed_by = now, actor.person_id
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="zaak_closed",
        subject=f"zaak:{zaak.id}",
        left_open=len(left),
    )
    session.flush()
    return zaak_views.view(session, zaak)


def reopen_zaak(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int
) -> ZaakView:
    """Reopen a closed zaak: the termijnen that the closing ended are open again.

    An owner who left meanwhile is no owner any more: then the team lead has it.

    Raises:
        NotFound: no such closed zaak for this person.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True, closed=True)
    if zaak.owner_id is not None and not _is_in(session, zaak.owner_id, zaak.team_id):
        zaak.owner_id = None
    for beside in handover.gezin_of(session, zaak) if zaak.gezin_id is not None else ():
        zaak.owner_id = beside.owner_id  # one casusregisseur a gezin, and one asked to be it
        zaak.offered_to, zaak.offered_by = beside.offered_to, beside.offered_by
        zaak.offered_at = beside.offered_at
    closed_at, zaak.closed_at, zaak.closed_by = zaak.closed_at, None, None
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="zaak_reopened",
        subject=f"zaak:{zaak.id}",
        old=closed_at,
        owner=zaak.owner_id,
    )
    session.flush()
    ended = session.exec(
        select(Termijn).where(
            Termijn.zaak_id == zaak.id,
            Termijn.ended_why == zaak_rows.CLOSED,
            Termijn.ended_at == closed_at,
        )
    ).all()
    for row in ended:
        zaak_rows.revive_termijn(session, row, now=now, actor=actor, rules=rules)
    return zaak_views.view(session, zaak)


def zaak(session: Session, *, actor: Actor, zaak_id: int) -> ZaakView:
    """An open zaak that this person may see.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    return zaak_views.view(session, own_zaak(session, actor, zaak_id, Permission.SEE_ZAKEN))


def closed_zaak(session: Session, *, actor: Actor, zaak_id: int) -> ZaakView:
    """A closed zaak that this person may see.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    found = own_zaak(session, actor, zaak_id, Permission.SEE_ZAKEN, closed=True)
    return zaak_views.view(session, found)


def zaak_by_code(session: Session, *, actor: Actor, code: str) -> ZaakView:
    """The zaak with this code, open or closed.

    Raises:
        NotFound: there is none, or not for these eyes.
    """
    found = session.exec(select(Zaak).where(Zaak.code == code)).first()
    if found is None:
        raise NotFound("zaak-onbekend")
    look = zaak if found.closed_at is None else closed_zaak
    return look(session, actor=actor, zaak_id=stored_id(found.id))


def zaken(session: Session, *, actor: Actor) -> list[ZaakView]:
    """The open zaken this person sees: their own, those they stand in for, the teams they lead."""
    found = session.exec(
        select(Zaak)
        .where(col(Zaak.closed_at).is_(None), col(Zaak.of_team).is_(False), _visible(actor))
        .order_by(col(Zaak.id))
    ).all()
    return zaak_views.views(session, found)


def closed_zaken(session: Session, *, actor: Actor) -> list[ZaakView]:
    """The zaken this person sees that were closed last, newest first, at most `CLOSED_SHOWN`."""
    found = session.exec(
        select(Zaak)
        .where(col(Zaak.closed_at).is_not(None), _visible(actor))
        .order_by(col(Zaak.closed_at).desc(), col(Zaak.id))
        .limit(CLOSED_SHOWN)
    ).all()
    return zaak_views.views(session, found)


def kept_by(session: Session, *, zaak_id: int, today: date) -> keeping.Keeper | None:
    """Who keeps a zaak on a civil day. Checks nothing: for a zaak that was shown already."""
    found = session.get(Zaak, zaak_id)
    return keeping.keeper(session, found, today=today) if found is not None else None


def _visible(actor: Actor) -> ColumnElement[bool]:
    own = col(Zaak.owner_id).in_((actor.person_id, *actor.stands_in_for))
    mine = own & col(Zaak.team_id).in_(actor.teams(Permission.SEE_ZAKEN))
    return or_(mine, col(Zaak.team_id).in_(actor.whole_teams(Permission.SEE_ZAKEN)))


def _is_in(session: Session, person_id: int, team_id: int) -> bool:
    access.hold(session, person_id)
    return person_id in access.members(session, role=Role.JEUGDBESCHERMER, team_id=team_id)


def _own_code(session: Session, code: str, rules: Rules) -> str:
    label = zaakcode.label(code, rules.zaak_pattern)
    if session.exec(select(Zaak.id).where(Zaak.code == label)).first() is not None:
        raise Conflict("zaaknummer-in-gebruik", nummer=label)
    return label


def _free_code(session: Session) -> str:
    for _ in range(CODE_TRIES):
        code = zaakcode.make(secrets.choice)
        if session.exec(select(Zaak.id).where(Zaak.code == code)).first() is None:
            return code
    raise LookupError("no free zaak code found: the alphabet of zaakcode is too small by now")
