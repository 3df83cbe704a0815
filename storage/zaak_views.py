"""Zaken and termijnen as people see them: rows with names, explanations and days put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session, col, select

from knowledge.termijnen import DueDate
from storage.tables import Person, Termijn, TermijnChange, Zaak, ZaakDay, stored_id


class StoredReading(BaseModel):
    """Another reading of the norm, as it was computed at the start."""

    model_config = ConfigDict(frozen=True)

    reading: str
    source: str
    due: DueDate
    organisation: str | None = None


class Explanation(BaseModel):
    """Why a termijn ends when it does, as computed at the start and kept."""

    model_config = ConfigDict(frozen=True)

    due: DueDate
    others: tuple[StoredReading, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A due date that moved, with the old one; `kind` as in `tables.TermijnChange`."""

    kind: str
    at: datetime
    by: str | None
    old_due_on: date
    new_due_on: date
    reason: str | None
    from_day: date | None
    until_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermijnView:
    """A termijn as people see it. `done_by` is a first name.

    `ended_why` says that it ended unmet; `paused_on` since when it stands still. `of_team`: a duty
    of the team itself, not of a zaak.
    """

    id: int
    zaak_id: int
    zaak_code: str
    norm_id: str
    norm_version: int
    start_on: date
    due_on: date
    warn_on: date
    explanation: Explanation
    done_on: date | None
    done_at: datetime | None
    done_by: str | None
    ended_why: str | None = None
    paused_on: date | None = None
    late_reason: str | None = None
    changes: tuple[ChangeView, ...] = ()
    team_id: int = 0
    of_team: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it still has to be met."""
        return self.done_on is None and self.ended_why is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaakView:
    """A zaak with its termijnen by due date. `owner` is a first name, None without one.

    `days` holds the last day of every event. `offered_to` is who was asked to take it over.
    """

    id: int
    code: str
    kader: str
    team_id: int
    owner_id: int | None
    owner: str | None
    opened_at: datetime
    days: dict[str, date]
    termijnen: tuple[TermijnView, ...]
    offered_to: str | None = None
    offered_to_id: int | None = None
    gezin_id: int | None = None
    of_team: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaakHead:
    """What a reminder says of a zaak. `owner` is a first name."""

    kader: str
    owner_id: int | None
    owner: str | None


def view(session: Session, zaak: Zaak) -> ZaakView:
    """A zaak with its termijnen."""
    return views(session, [zaak])[0]


def by_id(session: Session, zaak_id: int) -> ZaakView | None:
    """A zaak for the outbox, open or closed. Checks nothing: not for handlers."""
    found = session.get(Zaak, zaak_id)
    return view(session, found) if found is not None else None


def views(session: Session, found: Sequence[Zaak]) -> list[ZaakView]:
    """Zaken with their termijnen, in the order given, in five queries whatever their number."""
    ids = [stored_id(zaak.id) for zaak in found]
    rows = termijn_rows(session, ids)
    days = session.exec(
        select(ZaakDay).where(col(ZaakDay.zaak_id).in_(ids)).order_by(col(ZaakDay.on_day))
    ).all()
    ledger = _ledger(session, [stored_id(row.id) for row in rows])
    names = first_names(
        session,
        [
            *(zaak.owner_id for zaak in found),
            *(zaak.offered_to for zaak in found),
            *(row.done_by for row in rows),
            *(change.by for changes in ledger.values() for change in changes),
        ],
    )
    return [
        ZaakView(
            id=stored_id(zaak.id),
            code=zaak.code,
            kader=zaak.kader,
            team_id=zaak.team_id,
            owner_id=zaak.owner_id,
            owner=names.get(zaak.owner_id) if zaak.owner_id else None,
            opened_at=zaak.opened_at,
            days={day.event: day.on_day for day in days if day.zaak_id == zaak.id},
            termijnen=tuple(
                _termijn_view(row, zaak, names, ledger) for row in rows if row.zaak_id == zaak.id
            ),
            offered_to=names.get(zaak.offered_to) if zaak.offered_to else None,
            offered_to_id=zaak.offered_to,
            gezin_id=zaak.gezin_id,
            of_team=zaak.of_team,
            closed_at=zaak.closed_at,
        )
        for zaak in found
    ]


def view_termijn(session: Session, row: Termijn, zaak: Zaak) -> TermijnView:
    """One termijn of a zaak."""
    ledger = _ledger(session, [stored_id(row.id)])
    people = [row.done_by, *(change.by for change in ledger.get(stored_id(row.id), ()))]
    return _termijn_view(row, zaak, first_names(session, people), ledger)


def termijnen_by_id(session: Session, ids: Sequence[int]) -> list[TermijnView]:
    """Termijnen for the outbox, in the order asked for. Checks nothing: not for handlers."""
    rows = session.exec(
        select(Termijn, Zaak)
        .join(Zaak, col(Zaak.id) == col(Termijn.zaak_id))
        .where(col(Termijn.id).in_(ids))
    ).all()
    names = first_names(session, (row.done_by for row, _ in rows))
    ledger = _ledger(session, ids)
    views = {row.id: _termijn_view(row, its_zaak, names, ledger) for row, its_zaak in rows}
    return [views[termijn_id] for termijn_id in ids if termijn_id in views]


def heads(session: Session, zaak_ids: Sequence[int]) -> dict[int, ZaakHead]:
    """What reminders say of these zaken, by id. Checks nothing: not for handlers' own questions."""
    rows = session.exec(
        select(Zaak, Person.first_name)
        .join(Person, col(Person.id) == col(Zaak.owner_id), isouter=True)
        .where(col(Zaak.id).in_(zaak_ids))
    )
    return {
        stored_id(row.id): ZaakHead(kader=row.kader, owner_id=row.owner_id, owner=owner)
        for row, owner in rows
    }


def first_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """First names by id of person."""
    wanted = {person_id for person_id in ids if person_id is not None}
    rows = session.exec(select(Person.id, Person.first_name).where(col(Person.id).in_(wanted)))
    return {stored_id(person_id): name for person_id, name in rows}


def termijn_rows(session: Session, zaak_ids: Sequence[int]) -> Sequence[Termijn]:
    """The termijnen of these zaken, first due first."""
    return session.exec(
        select(Termijn)
        .where(col(Termijn.zaak_id).in_(zaak_ids))
        .order_by(col(Termijn.due_on), col(Termijn.id))
    ).all()


def _ledger(session: Session, termijn_ids: Sequence[int]) -> dict[int, list[TermijnChange]]:
    found: dict[int, list[TermijnChange]] = {}
    rows = session.exec(
        select(TermijnChange)
        .where(col(TermijnChange.termijn_id).in_(termijn_ids))
        .order_by(col(TermijnChange.id))
    )
    for row in rows:
        found.setdefault(row.termijn_id, []).append(row)
    return found


def _termijn_view(
    row: Termijn,
    zaak: Zaak,
    names: dict[int, str],
    ledger: dict[int, list[TermijnChange]],
) -> TermijnView:
    return TermijnView(
        id=stored_id(row.id),
        zaak_id=stored_id(zaak.id),
        zaak_code=zaak.code,
        norm_id=row.norm_id,
        norm_version=row.norm_version,
        start_on=row.start_on,
        due_on=row.due_on,
        warn_on=row.warn_on,
        explanation=Explanation.model_validate(row.explanation),
        done_on=row.done_on,
        done_at=row.done_at,
        done_by=names.get(row.done_by) if row.done_by else None,
        ended_why=row.ended_why,
        paused_on=row.paused_on,
        late_reason=row.late_reason,
        team_id=zaak.team_id,
        of_team=zaak.of_team,
        changes=tuple(
            ChangeView(
                kind=change.kind,
                at=change.at,
                by=names.get(change.by) if change.by else None,
                old_due_on=change.old_due_on,
                new_due_on=change.new_due_on,
                reason=change.reason,
                from_day=change.from_day,
                until_day=change.until_day,
            )
            for change in ledger.get(stored_id(row.id), ())
        ),
    )
