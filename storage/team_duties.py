"""The recurring duties of a team: risk inventory, accountgesprek, jaarplan, intervisie, audits.

They are termijnen of one row `of_team`, which nobody owns and the team lead keeps. A duty that
recurs starts its next round on the day it was done.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from knowledge.norm_models import Norm
from storage import journal, zaak_rows, zaak_views
from storage.access import Actor, Permission
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.tables import Team, Termijn, Zaak
from storage.zaak_views import TermijnView, ZaakView

TEAM = "team"
"""What stands for a kader in the row of a team."""


def duties(session: Session, *, actor: Actor, team_id: int) -> ZaakView | None:
    """The duties of a team, done ones too; None when none was ever started.

    Raises:
        NotAllowed: this person does not lead this team.
    """
    actor.require(Permission.SEE_TEAM, team_id=team_id)
    row = _row(session, team_id)
    return zaak_views.view(session, row) if row is not None else None


def start_duty(
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    team_id: int,
    norm_id: str,
    day: date,
) -> TermijnView:
    """Start a duty from the day it was done last, or for the day that was agreed.

    Raises:
        NotAllowed: this person does not lead this team.
        NotFound: there is no such duty.
        Conflict: it runs already, or the day is impossible for it.
    """
    actor.require(Permission.ASSIGN, team_id=team_id)
    norm = _duty(rules, norm_id, rules.today(now))
    zaak_rows.check_day(rules, now, day, norm.start_event)
    # Who starts the first duty of a team at the same moment waits here, and then finds its row.
    session.exec(select(Team.id).where(Team.id == team_id).with_for_update(key_share=True)).first()
    row = _row(session, team_id, lock=True) or _new_row(session, team_id, now=now, actor=actor)
    running = session.exec(
        select(Termijn).where(
            Termijn.zaak_id == row.id,
            Termijn.norm_id == norm.id,
            col(Termijn.done_on).is_(None),
            col(Termijn.ended_at).is_(None),
        )
    ).first()
    if running is not None and running.start_on != day:
        raise Conflict("taak-loopt-al", dag=running.due_on)
    started = zaak_rows.start_termijn(session, row, norm, day, now=now, actor=actor, rules=rules)
    return zaak_views.view_termijn(session, started, row)


def stop_duty(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, termijn_id: int
) -> TermijnView:
    """Stop a duty that a team does not have (any more).

    Raises:
        NotFound: no such duty for this person.
        Conflict: it was done or stopped already.
    """
    row, zaak = zaak_rows.own_termijn(session, actor, termijn_id, lock=True)
    if not zaak.of_team:
        raise NotFound("zaak-onbekend")
    zaak_rows.end_termijn(
        session, zaak_rows.still_open(row), zaak_rows.REPLACED, now=now, actor=actor
    )
    return zaak_views.view_termijn(session, row, zaak)


def _duty(rules: Rules, norm_id: str, day: date) -> Norm:
    for norm in rules.knowledge.team_norms(day):
        if norm.id == norm_id:
            return norm
    raise NotFound("taak-onbekend")


def _row(session: Session, team_id: int, *, lock: bool = False) -> Zaak | None:
    statement = select(Zaak).where(Zaak.team_id == team_id, col(Zaak.of_team).is_(True))
    return session.exec(statement.with_for_update(key_share=True) if lock else statement).first()


def _new_row(session: Session, team_id: int, *, now: datetime, actor: Actor) -> Zaak:
    row = Zaak(
        code=f"TEAM-{team_id}",
        kader=TEAM,
        team_id=team_id,
        opened_at=now,
        opened_by=actor.person_id,
        opening_nonce=f"team-{team_id}",
        of_team=True,
    )
    session.add(row)
    session.flush()
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="team_duties_begun",
        subject=f"team:{team_id}",
    )
    return row
