"""The numbers behind digests, exports and audits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from storage.tables import Person, Team, Termijn, Zaak, stored_id

AHEAD = timedelta(days=7)
"""How far the digest looks: on a Friday it shows the Monday and what comes before next Friday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One termijn that asks for attention. `owner` is a first name, None without one."""

    termijn_id: int
    zaak_id: int
    zaak_code: str
    norm_id: str
    due_on: date
    owner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnownedZaak:
    """An open zaak without a jeugdbeschermer."""

    zaak_id: int
    code: str
    kader: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDigest:
    """What a team lead must know this morning.

    `late` and `coming` never overlap; `coming` is what may be due (by the earliest defensible
    date) within `AHEAD`, today included.
    `on_time` of `handled` termijnen were handled in the seven days before today.
    """

    team_id: int
    team: str
    today: date
    late: tuple[DigestItem, ...]
    coming: tuple[DigestItem, ...]
    unowned: tuple[UnownedZaak, ...]
    open_zaken: int
    handled: int
    on_time: int

    @property
    def quiet(self) -> bool:
        """Nothing asks for attention."""
        return not (self.late or self.coming or self.unowned)


def team_digest(session: Session, *, team_id: int, today: date) -> TeamDigest:
    """The figures of one team on one morning. Closed zaken do not count."""
    open_here = (Zaak.team_id == team_id, col(Zaak.closed_at).is_(None))
    pressing = session.exec(
        select(Termijn, Zaak, Person.first_name)
        .join(Zaak, col(Zaak.id) == col(Termijn.zaak_id))
        .join(Person, col(Person.id) == col(Zaak.owner_id), isouter=True)
        .where(
            *open_here,
            col(Termijn.done_on).is_(None),
            col(Termijn.ended_at).is_(None),
            col(Termijn.paused_on).is_(None),
            col(Termijn.warn_on) < today + AHEAD,
        )
        .order_by(col(Termijn.due_on), col(Zaak.code), col(Termijn.norm_id))
    ).all()
    items = [
        DigestItem(
            termijn_id=stored_id(row.id),
            zaak_id=stored_id(zaak.id),
            zaak_code=zaak.code,
            norm_id=row.norm_id,
            due_on=row.due_on,
            owner=owner,
        )
        for row, zaak, owner in pressing
    ]
    unowned = session.exec(
        select(Zaak)
        .where(*open_here, col(Zaak.of_team).is_(False), col(Zaak.owner_id).is_(None))
        .order_by(col(Zaak.id))
    ).all()
    handled = session.exec(
        select(Termijn)
        .join(Zaak, col(Zaak.id) == col(Termijn.zaak_id))
        .where(
            *open_here,
            col(Termijn.done_on) >= today - timedelta(days=7),
            col(Termijn.done_on) < today,
        )
    ).all()
    return TeamDigest(
        team_id=team_id,
        team=session.exec(select(Team.name).where(Team.id == team_id)).one(),
        today=today,
        late=tuple(item for item in items if item.due_on < today),
        coming=tuple(item for item in items if item.due_on >= today),
        unowned=tuple(
            UnownedZaak(
                zaak_id=stored_id(zaak.id),
                code=zaak.code,
                kader=zaak.kader,
                opened_at=zaak.opened_at,
            )
            for zaak in unowned
        ),
        open_zaken=len(
            session.exec(select(Zaak.id).where(*open_here, col(Zaak.of_team).is_(False))).all()
        ),
        handled=len(handled),
        on_time=sum(row.done_on is not None and row.done_on <= row.due_on for row in handled),
    )
