"""Zaken from a sheet, and back: read the rows, say what is wrong with each, open them at once.

A sheet is what a file holds, whatever its form (`bot.zaak_files`). Nothing of a cell is ever named:
a refused row is a row number, a column and a reason. What is taken out goes back in unchanged:
codes, kaders, days and owners; what was handled meanwhile does not travel.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from knowledge.norm_models import Kader
from knowledge.refusals import Refusal
from storage import access, journal, termijnen, zaak_days, zaak_views, zaken
from storage.access import Actor, Role
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.sheet_names import Colleagues, folded, plain
from storage.sheet_rows import (
    FIXED,
    JEUGDBESCHERMER,
    NONCE_PREFIX,
    ZAAKNUMMER,
    Cell,
    Incoming,
    Reading,
    RefusedRow,
    Sheet,
    SheetRow,
    events_of,
    happens_once,
    read_rows,
)
from storage.tables import Team, Zaak, ZaakDay, stored_id


class RowsRefused(Refusal):
    """Rows that cannot be opened, so that none was. `rows` says which and why."""

    def __init__(self, rows: Sequence[RefusedRow]) -> None:
        super().__init__("import-geweigerd", aantal=len({row.number for row in rows}))
        self.rows = tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRow:
    """A row that became a zaak, and the code of that zaak."""

    number: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did: the rows that were opened and those that were passed over."""

    opened: tuple[OpenedRow, ...]
    refused: tuple[RefusedRow, ...]


def team_named(session: Session, *, name: str) -> int:
    """The id of a team.

    Raises:
        NotFound: there is no team of that name.
    """
    clean = " ".join(name.split())
    found = session.exec(select(Team.id).where(Team.name == clean)).first()
    if found is None:
        raise NotFound("team-onbekend", team=clean)
    return found


def lead_of(session: Session, *, team_id: int, named: str | None = None) -> Actor:
    """The team lead who acts: the one with this first name or id, or the only one there is.

    Raises:
        NotFound: the team has no team lead, or none that is named so.
        Conflict: there are more, and it does not follow which one is meant.
    """
    ids = access.members(session, role=Role.TEAMLEIDER, team_id=team_id)
    names = zaak_views.first_names(session, ids)
    if not ids:
        raise NotFound("import-geen-teamleider")
    if named is not None:
        said = folded(named)
        ids = [one for one in ids if said in (folded(names[one]), str(one))]
        if not ids:
            raise NotFound("import-door-onbekend")
    if len(ids) > 1:
        told = ", ".join(f"{one} ({plain(names[one])})" for one in ids)
        raise Conflict("import-kies-teamleider", namen=told)
    found = access.actor_by_id(session, ids[0])
    if found is None:
        raise NotFound("import-geen-teamleider")
    return found


def judge(session: Session, *, now: datetime, rules: Rules, team_id: int, sheet: Sheet) -> Reading:
    """Read a sheet without changing anything: the rows that can be opened, and why others cannot.

    Raises:
        Conflict: the sheet as a whole cannot be read: an unknown, double or missing column, or no
            rows at all.
    """
    ids = access.members(session, role=Role.JEUGDBESCHERMER, team_id=team_id)
    nonces = select(Zaak.opening_nonce).where(col(Zaak.opening_nonce).startswith(NONCE_PREFIX))
    return read_rows(
        sheet,
        now=now,
        rules=rules,
        team_id=team_id,
        colleagues=Colleagues.of(zaak_views.first_names(session, ids)),
        codes=frozenset(session.exec(select(Zaak.code))),
        nonces=frozenset(session.exec(nonces)),
    )


def bring_in(
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    team_id: int,
    sheet: Sheet,
    skip_refused: bool = False,
) -> Imported:
    """Open the rows of a sheet as zaken of a team, all of them or (`skip_refused`) all that can be.

    Raises:
        Conflict: as `judge`.
        NotAllowed: this person opens no zaken in this team for others.
        RowsRefused: rows were refused and these must not be passed over.
    """
    reading = judge(session, now=now, rules=rules, team_id=team_id, sheet=sheet)
    refused = list(reading.refused)
    if refused and not skip_refused:
        raise RowsRefused(refused)
    opened = []
    for row in reading.accepted:
        try:
            with session.begin_nested():
                code = _open(session, row, now=now, actor=actor, rules=rules, team_id=team_id)
        except (Conflict, NotFound) as refusal:
            refused.append(RefusedRow(number=row.number, column=ZAAKNUMMER, refusal=refusal))
        except IntegrityError:  # somebody took the number a moment ago
            taken = Conflict("import-nummer-in-gebruik")
            refused.append(RefusedRow(number=row.number, column=ZAAKNUMMER, refusal=taken))
        else:
            opened.append(OpenedRow(number=row.number, code=code))
    refused.sort(key=lambda one: one.number)
    if refused and not skip_refused:
        raise RowsRefused(refused)
    if opened:
        journal.append(
            session,
            now=now,
            actor_id=actor.person_id,
            action="zaken_imported",
            subject=f"team:{team_id}",
            opened=len(opened),
            refused=len({row.number for row in refused}),
        )
    return Imported(opened=tuple(opened), refused=tuple(refused))


def take_out(session: Session, *, now: datetime, rules: Rules, team_id: int) -> Sheet:
    """The open zaken of a team as a sheet that `bring_in` reads; the journal gets a line.

    A day that the kader of its zaak does not know stays behind.
    """
    found = session.exec(
        select(Zaak)
        .where(Zaak.team_id == team_id, col(Zaak.closed_at).is_(None), col(Zaak.of_team).is_(False))
        .order_by(col(Zaak.id))
    ).all()
    ids = access.members(session, role=Role.JEUGDBESCHERMER, team_id=team_id)
    names = zaak_views.first_names(session, [*ids, *(zaak.owner_id for zaak in found)])
    written = {one: plain(name) for one, name in names.items()}
    written |= Colleagues.of({one: names[one] for one in ids}).written
    days = _days(session, found, rules)
    used = {event for of_zaak in days.values() for event in of_zaak}
    asked = {kader.asks for kader in rules.knowledge.kaders.values()}
    columns = [event for event in rules.knowledge.events if event in used]
    rows = []
    for number, zaak in enumerate(found, start=2):
        kader = rules.knowledge.kaders.get(zaak.kader)
        of_zaak = days[stored_id(zaak.id)]
        asks = kader.asks if kader is not None else next(iter(asked & set(of_zaak)), "")
        cells: list[Cell] = [
            zaak.code,
            zaak.kader,
            max(of_zaak.get(asks, ()), default=""),
            written[zaak.owner_id] if zaak.owner_id is not None else "",
        ]
        cells += [_written(of_zaak.get(event, ()) if event != asks else ()) for event in columns]
        rows.append(SheetRow(number=number, cells=tuple(cells)))
    journal.append(
        session,
        now=now,
        actor_id=None,
        action="zaken_exported",
        subject=f"team:{team_id}",
        zaken=len(rows),
    )
    return _without_empty(Sheet(header=(*FIXED, *columns), rows=tuple(rows)))


def _open(
    session: Session, row: Incoming, *, now: datetime, actor: Actor, rules: Rules, team_id: int
) -> str:
    opened = zaken.open_zaak(
        session,
        now=now,
        actor=actor,
        rules=rules,
        nonce=row.nonce or secrets.token_hex(12),
        kader_id=row.kader,
        team_id=team_id,
        day=row.day,
        code=row.code,
        owner_id=row.owner_id,
    )
    for event, day in row.days:
        if event == zaak_days.VISIT:
            termijnen.visited(session, now=now, actor=actor, rules=rules, zaak_id=opened.id, on=day)
        else:
            zaak_days.record_day(
                session,
                now=now,
                actor=actor,
                rules=rules,
                zaak_id=opened.id,
                event=event,
                day=day,
            )
    return opened.code


def _days(
    session: Session, found: Sequence[Zaak], rules: Rules
) -> dict[int, dict[str, tuple[date, ...]]]:
    """By zaak and event the days that can be read back; of a day that exists once, the last."""
    kaders = {stored_id(zaak.id): rules.knowledge.kaders.get(zaak.kader) for zaak in found}
    days: dict[int, dict[str, tuple[date, ...]]] = {zaak_id: {} for zaak_id in kaders}
    stored = session.exec(
        select(ZaakDay).where(col(ZaakDay.zaak_id).in_(tuple(kaders))).order_by(col(ZaakDay.on_day))
    )
    for row in stored:
        kader, of_zaak = kaders[row.zaak_id], days[row.zaak_id]
        if not _readable(kader, row.event):
            continue
        earlier = of_zaak.get(row.event, ())
        once = kader is not None and happens_once(rules, kader, row.event)
        of_zaak[row.event] = (row.on_day,) if once else (*earlier, row.on_day)
    return days


def _readable(kader: Kader | None, event: str) -> bool:
    return kader is None or event == kader.asks or event in events_of(kader)


def _written(days: Sequence[date]) -> Cell:
    if len(days) == 1:
        return days[0]
    return " en ".join(day.isoformat() for day in days)


def _without_empty(sheet: Sheet) -> Sheet:
    """The sheet without day columns in which no row has anything."""
    kept = [
        place
        for place, _ in enumerate(sheet.header)
        if place <= FIXED.index(JEUGDBESCHERMER) or any(row.cells[place] for row in sheet.rows)
    ]
    return Sheet(
        header=tuple(sheet.header[place] for place in kept),
        rows=tuple(
            SheetRow(number=row.number, cells=tuple(row.cells[place] for place in kept))
            for row in sheet.rows
        ),
    )
