"""What happens to a zaak on a day: termijnen start, end or move, and the zaak may change kader.

A day is asked at opening or filled in later (`Kader.asks`, `Kader.also`), or it is one of the
kader's happenings, which may come more than once. A day that was wrong is corrected after its
consequences were shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from knowledge.norm_models import Direction, Kader, Norm
from knowledge.refusals import UnknownNorm
from storage import journal, zaak_rows, zaak_views
from storage.access import Actor, Permission
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.tables import Termijn, Zaak, ZaakDay, stored_id
from storage.zaak_rows import own_zaak, start_termijn, termijnen_of
from storage.zaak_views import Explanation, ZaakView

VISIT = "bezoek"
"""The event of a contact with child and parents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a correction does to one termijn: the old and the new due date."""

    termijn_id: int
    norm_id: str
    norm_version: int
    old_due_on: date
    new_due_on: date
    stays: bool


def record_day(
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    zaak_id: int,
    event: str,
    day: date,
) -> ZaakView:
    """Write down on which day something happened; termijnen that count from it start.

    The same happening on the same day twice (a double tap) changes nothing. A later end of the
    measure than the one known is an extension: the old date stays visible.

    Raises:
        NotFound: no such open zaak for this person, or this kader does not know the event.
        Conflict: a day that exists once was filled in before, or `day` is impossible for it.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    kader = zaak_rows.known_kader(rules, zaak.kader)
    if event not in (*kader.also, *kader.happenings):
        raise NotFound("dag-hoort-niet-bij-kader")
    day = kept_day(rules, event, day)
    zaak_rows.check_day(rules, now, day, event)
    known = days_of(session, zaak, event)
    if day in known and event in kader.happenings:
        return zaak_views.view(session, zaak)
    if known and event in kader.events and not _sets_an_end(rules, event):
        raise Conflict("dag-al-ingevuld")
    if known and _sets_an_end(rules, event) and day <= max(known):
        raise Conflict("einde-niet-later", dag=max(known))
    _check_end(session, zaak, event, day, rules=rules)
    happened(session, zaak, event, day, now=now, actor=actor, rules=rules)
    return zaak_views.view(session, zaak)


def happened(
    session: Session,
    zaak: Zaak,
    event: str,
    day: date,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    follows: int | None = None,
) -> None:
    """Keep the day and do what follows from it. `follows` is the termijn whose end made it happen.

    A norm that counts from the last time (an evaluation) and one that counts back from an end that
    moved are replaced by their new round.
    """
    if day not in days_of(session, zaak, event):
        session.add(ZaakDay(zaak_id=stored_id(zaak.id), event=event, on_day=day))
        journal.append(
            session,
            now=now,
            actor_id=actor.person_id,
            action="zaak_day_recorded",
            subject=f"zaak:{zaak.id}",
            event=event,
            day=day,
        )
        session.flush()
    _change_kader(session, zaak, event, day, now=now, actor=actor, rules=rules)
    running = termijnen_of(session, zaak)
    for norm in norms_from(rules, zaak, event, day):
        earlier = [row for row in running if row.norm_id == norm.id and row.start_on != day]
        if norm.recurring or norm.direction is Direction.TERUG:
            if norm.recurring and any(row.start_on > day for row in earlier):
                continue
            for row in earlier:
                zaak_rows.end_termijn(session, row, zaak_rows.REPLACED, now=now, actor=actor)
        row = start_termijn(
            session, zaak, norm, day, now=now, actor=actor, rules=rules, follows=follows
        )
        if norm.ends_on is not None:
            _end_as_ordered(session, zaak, row, norm, now=now, actor=actor, rules=rules)
    for row in running:
        norm = rules.knowledge.norm_version(row.norm_id, row.norm_version)
        if norm.ends_on == event:
            _end_as_ordered(session, zaak, row, norm, now=now, actor=actor, rules=rules)


def start_norm(
    session: Session,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    zaak_id: int,
    norm_id: str,
    day: date,
) -> ZaakView:
    """Start one norm in a zaak from a day, asked for by hand (from a card). Twice changes nothing.

    Raises:
        NotFound: no such open zaak for this person.
        UnknownNorm: there is no such norm, or it did not hold on that day.
        Conflict: the norm is one of teams, or `day` is impossible for it.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    norm = rules.knowledge.norm_on(norm_id, day)
    if norm.concerns != "zaak" or zaak.of_team or norm.stricter_than is not None:
        raise Conflict("norm-hoort-niet-in-zaak")
    zaak_rows.check_day(rules, now, day, norm.start_event)
    row = start_termijn(session, zaak, norm, day, now=now, actor=actor, rules=rules)
    if norm.ends_on is not None:
        _end_as_ordered(session, zaak, row, norm, now=now, actor=actor, rules=rules)
    return zaak_views.view(session, zaak)


def correction(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int, event: str,
    day: date,
) -> list[Move]:  # fmt: skip
    """What correcting the day of an event would do to every termijn, done ones too. Changes none.

    Raises:
        NotFound, Conflict: as `correct_day`.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN)
    day = kept_day(rules, event, day)
    moves = [move for _, move, _ in _moves(session, zaak, event, day, now=now, rules=rules)]
    return [*moves, *(move for _, move, _ in _end_moves(session, zaak, event, day, rules=rules))]


def correct_day(
    session: Session, *, now: datetime, actor: Actor, rules: Rules, zaak_id: int, event: str,
    day: date,
) -> ZaakView:  # fmt: skip
    """Correct the (last) day of an event: every termijn that counts from it is computed anew.

    Raises:
        NotFound: no such open zaak for this person, or the event has no day in it yet.
        Conflict: the day is impossible, is the one known, or lies after a day on which a termijn
            that counts from it was handled.
    """
    zaak = own_zaak(session, actor, zaak_id, Permission.HANDLE_TERMIJN, lock=True)
    day = kept_day(rules, event, day)
    moves = _moves(session, zaak, event, day, now=now, rules=rules)
    ends = _end_moves(session, zaak, event, day, rules=rules)
    old = max(days_of(session, zaak, event))
    stored = session.exec(
        select(ZaakDay).where(
            ZaakDay.zaak_id == zaak.id, ZaakDay.event == event, ZaakDay.on_day == old
        )
    ).one()
    stored.on_day = day
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="zaak_day_corrected",
        subject=f"zaak:{zaak.id}",
        event=event,
        old=old,
        new=day,
    )
    for row, move, norm in moves:
        computed = zaak_rows.due_dates(rules, norm, day, zaak_rows.pauses_of(session, row))
        _make_room(session, row, day)
        row.start_on, row.norm_version = day, norm.version
        row.explanation = zaak_rows.explanation_of(computed).model_dump(mode="json")
        if move.stays:
            continue
        zaak_rows.move_due(
            session,
            row,
            due_on=computed.due.on,
            warn_on=computed.warn_on,
            kind=zaak_rows.CORRECTED,
            now=now,
            actor=actor,
            rules=rules,
        )
    session.flush()
    for row, _, norm in ends:
        _end_as_ordered(
            session, zaak, row, norm, now=now, actor=actor, rules=rules, again=zaak_rows.CORRECTED
        )
    return zaak_views.view(session, zaak)


def days_of(session: Session, zaak: Zaak, event: str) -> Sequence[date]:
    """The days on which an event happened in a zaak, oldest first."""
    return session.exec(
        select(col(ZaakDay.on_day))
        .where(ZaakDay.zaak_id == zaak.id, ZaakDay.event == event)
        .order_by(col(ZaakDay.on_day))
    ).all()


def norms_from(rules: Rules, zaak: Zaak, event: str, day: date) -> tuple[Norm, ...]:
    """The norms that start in this zaak when the event happens on this day."""
    return rules.knowledge.norms_from(event, zaak.kader, day)


def kept_day(rules: Rules, event: str, day: date) -> date:
    """The day as it is kept: of a birthday only the month, as its first day."""
    known = rules.knowledge.events.get(event)
    return day.replace(day=1) if known is not None and known.month_only else day


def _sets_an_end(rules: Rules, event: str) -> bool:
    """Whether this event is an end in a court order: it may come again, and then lies later."""
    return any(norm.ends_on == event for found in rules.knowledge.norms.values() for norm in found)


def _check_end(session: Session, zaak: Zaak, event: str, day: date, *, rules: Rules) -> None:
    """Pass unless this is the end in a court order, before the start of all that could end on it.

    Raises:
        Conflict: then it is a slip, and the due date would lie before the start.
    """
    starts = [
        row.start_on
        for row in termijnen_of(session, zaak)
        if rules.knowledge.norm_version(row.norm_id, row.norm_version).ends_on == event
    ]
    if starts and day < min(starts):
        raise Conflict("gedaan-voor-start", start=min(starts))


def _end_as_ordered(
    session: Session,
    zaak: Zaak,
    row: Termijn,
    norm: Norm,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
    again: str = zaak_rows.EXTENDED,
) -> None:
    """Let the last end in a court order replace the computed one, with the old date visible."""
    ends = [day for day in days_of(session, zaak, norm.ends_on or "") if day >= row.start_on]
    if not ends or row.due_on == max(ends) or row.done_on is not None:
        return
    first = not any(
        change.kind in (zaak_rows.ORDERED, zaak_rows.EXTENDED)
        for change in zaak_rows.ledger_of(session, [stored_id(row.id)])
    )
    zaak_rows.move_due(
        session,
        row,
        due_on=max(ends),
        warn_on=max(ends),
        kind=zaak_rows.ORDERED if first else again,
        now=now,
        actor=actor,
        rules=rules,
    )


def _change_kader(
    session: Session,
    zaak: Zaak,
    event: str,
    day: date,
    *,
    now: datetime,
    actor: Actor,
    rules: Rules,
) -> None:
    kader = rules.knowledge.kaders.get(zaak.kader)
    to = kader.becomes.get(event) if kader is not None else None
    if kader is None or to is None:
        return
    zaak.kader = to
    journal.append(
        session,
        now=now,
        actor_id=actor.person_id,
        action="zaak_kader_changed",
        subject=f"zaak:{zaak.id}",
        old=kader.id,
        new=to,
    )
    for row in termijnen_of(session, zaak):
        norm = rules.knowledge.norm_version(row.norm_id, row.norm_version)
        if kader.id in norm.kaders and to not in norm.kaders:
            zaak_rows.end_termijn(session, row, zaak_rows.KADER, now=now, actor=actor)
    _start_what_is_new(session, zaak, rules.knowledge.kaders[to], now=now, actor=actor, rules=rules)


def _start_what_is_new(
    session: Session, zaak: Zaak, kader: Kader, *, now: datetime, actor: Actor, rules: Rules
) -> None:
    """Start what the new kader counts from days that are known already."""
    has = {row.norm_id for row in termijnen_of(session, zaak, only_open=False)}
    for event in kader.events:
        for day in days_of(session, zaak, event)[-1:]:
            for norm in norms_from(rules, zaak, event, day):
                if norm.id not in has:
                    start_termijn(session, zaak, norm, day, now=now, actor=actor, rules=rules)


def _in_the_way(session: Session, row: Termijn, day: date) -> Termijn | None:
    return session.exec(
        select(Termijn).where(
            Termijn.zaak_id == row.zaak_id, Termijn.norm_id == row.norm_id,
            Termijn.start_on == day, col(Termijn.id) != row.id,
        )
    ).first()  # fmt: skip


def _make_room(session: Session, row: Termijn, day: date) -> None:
    """Let an undone step that started on `day` change places with the termijn that comes there."""
    undone = _in_the_way(session, row, day)
    if undone is not None:
        old, row.start_on = row.start_on, date.min
        session.flush()
        undone.start_on = old
        session.flush()


def _end_moves(
    session: Session, zaak: Zaak, event: str, day: date, *, rules: Rules
) -> list[tuple[Termijn, Move, Norm]]:
    """What a corrected end in a court order does to the termijnen that end on it."""
    known = days_of(session, zaak, event)
    found = []
    for row in termijnen_of(session, zaak):
        norm = rules.knowledge.norm_version(row.norm_id, row.norm_version)
        ends = [one for one in (*known[:-1], day) if one >= row.start_on]
        if norm.ends_on != event or not ends or row.due_on == max(ends):
            continue
        move = Move(
            termijn_id=stored_id(row.id),
            norm_id=norm.id,
            norm_version=norm.version,
            old_due_on=row.due_on,
            new_due_on=max(ends),
            stays=False,
        )
        found.append((row, move, norm))
    return found


def _moves(
    session: Session, zaak: Zaak, event: str, day: date, *, now: datetime, rules: Rules
) -> list[tuple[Termijn, Move, Norm]]:
    known = days_of(session, zaak, event)
    if not known:
        raise NotFound("dag-hoort-niet-bij-kader")
    zaak_rows.check_day(rules, now, day, event)
    if day in known:
        raise Conflict("dag-is-al-zo", dag=day)
    _check_end(session, zaak, event, day, rules=rules)
    found = []
    for row in termijnen_of(session, zaak, only_open=False):
        norm = rules.knowledge.norm_version(row.norm_id, row.norm_version)
        if norm.start_event != event or row.start_on != max(known) or row.ended_at is not None:
            continue
        with suppress(UnknownNorm):  # did it not hold then, the version that runs is the best
            norm = rules.knowledge.norm_on(norm.id, day)
        forward = Explanation.model_validate(row.explanation).due.direction is Direction.VOORUIT
        if row.paused_on is not None:
            raise Conflict("termijn-staat-stil", sinds=row.paused_on)
        other = _in_the_way(session, row, day)
        if other is not None and other.ended_why != zaak_rows.UNDONE:
            raise Conflict("dag-is-al-zo", dag=day)
        if row.done_on is not None and forward and row.done_on < day:
            raise Conflict("gedaan-voor-nieuwe-start", dag=row.done_on)
        stays = zaak_rows.set_by_hand(session, row, norm)
        if stays and forward and row.due_on < day:
            raise Conflict("stilstand-na-einde", dag=row.due_on)
        stood_still = zaak_rows.pauses_of(session, row)
        new = zaak_rows.due_dates(rules, norm, day, stood_still).due.on
        move = Move(
            termijn_id=stored_id(row.id),
            norm_id=norm.id,
            norm_version=norm.version,
            old_due_on=row.due_on,
            new_due_on=row.due_on if stays else new,
            stays=stays,
        )
        found.append((row, move, norm))
    return found
