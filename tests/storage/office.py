"""An office to test in: teams with people in every role, and short ways to let them work."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import text
from sqlmodel import Session

from knowledge.ladder import local_moment
from storage import (
    access,
    handover,
    notices,
    planning,
    termijnen,
    zaak_days,
    zaak_views,
    zaken,
)
from storage.access import Actor, Role
from storage.db import Database
from storage.notices import ClaimedNotice
from storage.planning import Planned
from storage.rules import Rules
from storage.zaak_views import TermijnView, ZaakView

T = TypeVar("T")

MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday, nine o'clock in Amsterdam

TABLES = (
    "team", "person", "role_grant", "invitation", "draft", "zaak", "zaak_day", "termijn", "notice",
    "sent_message", "digest_schedule", "question", "heartbeat", "journal", "absence", "gezin",
    "termijn_change",
)  # fmt: skip


class Office:
    """Team Noord with everybody in it, team Zuid with a jeugdbeschermer and a lead of its own."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self.database, self.rules = database, rules
        self._channels, self._messages = itertools.count(1001), itertools.count(1)
        self._nonces = itertools.count(1)
        database.write(self._move_in)

    # People

    def hire(self, first_name: str, role: Role, team: str | None = "Noord") -> Actor:
        """Somebody new, through an invitation."""
        return self.database.write(self._come_in, first_name, role, team)

    def _move_in(self, session: Session) -> None:
        self.noord = access.add_team(session, now=NINE, name="Noord")
        self.zuid = access.add_team(session, now=NINE, name="Zuid")
        self.sanne = self._come_in(session, "Sanne", Role.JEUGDBESCHERMER, "Noord")
        self.omar = self._come_in(session, "Omar", Role.JEUGDBESCHERMER, "Noord")
        self.thea = self._come_in(session, "Thea", Role.TEAMLEIDER, "Noord")
        self.gerda = self._come_in(session, "Gerda", Role.GEBIEDSMANAGER, "Noord")
        self.bas = self._come_in(session, "Bas", Role.BEHEERDER, None)
        self.zuri = self._come_in(session, "Zuri", Role.JEUGDBESCHERMER, "Zuid")
        self.zeno = self._come_in(session, "Zeno", Role.TEAMLEIDER, "Zuid")

    def _come_in(self, session: Session, first_name: str, role: Role, team: str | None) -> Actor:
        invitation = access.invite(session, now=NINE, role=role, team=team)
        return access.accept_invitation(
            session,
            now=NINE,
            token=invitation.token,
            channel_id=next(self._channels),
            first_name=first_name,
            first_digest_at=at(MONDAY.replace(day=24), "08:00", self.rules),
        )

    def leave(self, actor: Actor) -> None:
        """Revoke somebody's access (there is no operation for it yet)."""
        self.sql("UPDATE person SET revoked_at = :now WHERE id = :id", now=NINE, id=actor.person_id)

    def lose_channel(self, actor: Actor) -> None:
        self.database.write(access.channel_lost, actor.person_id, now=NINE)

    def names(self) -> dict[int, str]:
        return {row[0]: row[1] for row in self.sql("SELECT id, first_name FROM person")}

    # Work

    def open(
        self,
        actor: Actor | None = None,
        *,
        day: date = MONDAY,
        now: datetime = NINE,
        kader: str = "ots",
        team_id: int | None = None,
    ) -> ZaakView:
        """A zaak of Sanne's, opened on Monday, unless told otherwise."""
        return self.database.write(
            zaken.open_zaak,
            now=now,
            actor=actor or self.sanne,
            rules=self.rules,
            nonce=f"nonce-{next(self._nonces)}",
            kader_id=kader,
            team_id=team_id or self.noord,
            day=day,
        )

    def done(
        self, termijn: TermijnView, *, on: date, now: datetime, actor: Actor | None = None
    ) -> TermijnView:
        return self.database.write(
            termijnen.mark_done,
            now=now,
            actor=actor or self.sanne,
            rules=self.rules,
            termijn_id=termijn.id,
            on=on,
        )

    def undo(
        self, termijn: TermijnView, *, now: datetime, actor: Actor | None = None
    ) -> TermijnView:
        return self.database.write(
            termijnen.undo_done,
            now=now,
            actor=actor or self.sanne,
            rules=self.rules,
            termijn_id=termijn.id,
        )

    def assign(self, zaak: ZaakView, to: Actor, *, now: datetime = NINE) -> ZaakView:
        """Let the team lead give a zaak to somebody."""
        return self.database.write(
            handover.assign,
            now=now,
            actor=self.thea,
            rules=self.rules,
            zaak_id=zaak.id,
            to=to.person_id,
        )

    def keep_only(self, zaak: ZaakView, norm_id: str, *, actor: Actor | None = None) -> TermijnView:
        """Handle all other termijnen of a zaak on the spot, so that one is left to look at."""
        for other in zaak.termijnen:
            if other.norm_id != norm_id:
                self.done(other, on=zaak.opened_at.date(), now=zaak.opened_at, actor=actor)
        return by_norm(zaak, norm_id)

    def do(
        self,
        operation: Callable[..., T],
        actor: Actor | None = None,
        *,
        now: datetime = NINE,
        rules: Rules | None = None,
        **values: Any,
    ) -> T:
        """Any operation that writes, by Sanne on Monday morning unless told otherwise."""
        return self.database.write(
            operation,
            now=now,
            actor=actor or self.sanne,
            rules=rules or self.rules,
            **values,
        )

    def happens(
        self,
        zaak: ZaakView,
        event: str,
        day: date,
        *,
        now: datetime = NINE,
        actor: Actor | None = None,
    ) -> ZaakView:
        """Something happened in a zaak on a day."""
        return self.do(zaak_days.record_day, actor, now=now, zaak_id=zaak.id, event=event, day=day)

    def shown(self, zaak: ZaakView) -> ZaakView:
        """A zaak as it is now, open or closed."""
        found = self.database.read(zaak_views.by_id, zaak.id)
        assert found is not None
        return found

    def today(self, actor: Actor, day: date) -> Actor:
        """The same person as they act on this day: with whom they stand in for."""
        found = self.database.read(access.actor_by_id, actor.person_id, today=day)
        assert found is not None
        return found

    # Notices

    def plan(self, now: datetime, *, rules: Rules | None = None) -> Planned:
        return self.database.write(planning.plan, now=now, rules=rules or self.rules)

    def claim(self, now: datetime, **options: Any) -> list[ClaimedNotice]:
        return self.database.write(notices.claim, now=now, **options)

    def sent(self, now: datetime, claimed: Sequence[ClaimedNotice]) -> int:
        """Record these as one message; gives its id in the chat."""
        message_id = next(self._messages)
        self.database.write(
            notices.record_sent, now=now, sent=claimed, channel_message_id=message_id
        )
        return message_id

    def cannot_bring(self, claimed: ClaimedNotice, *, now: datetime = NINE) -> None:
        """This notice cannot be brought: the person blocked the bot."""
        self.database.write(
            notices.give_up,
            now=now,
            rules=self.rules,
            notices=[claimed],
            why="blocked",
            channel_lost=True,
        )

    def told(self, now: datetime) -> list[tuple[str, str]]:
        """Plan, claim and send at this moment; gives who was reminded and in what tone, in order.

        That somebody was given a zaak is told apart: see `heard`.
        """
        return [told for told in self.heard(now) if told[1] not in notices.ABOUT_OWNERS]

    def heard(self, now: datetime) -> list[tuple[str, str]]:
        """The same, with what is told about who does a zaak."""
        self.plan(now)
        names, heard = self.names(), []
        for notice in self.claim(now):
            self.sent(now, [notice])
            heard.append((names[notice.person_id], notice.tone or notice.kind))
        return sorted(heard)

    def next_look(self, termijn: TermijnView) -> datetime | None:
        """When the ladder of a termijn is looked at again."""
        found = self.sql("SELECT next_notice_at FROM termijn WHERE id = :id", id=termijn.id)
        return moment(found[0][0])

    def notices(self, termijn: TermijnView | None = None) -> list[dict[str, Any]]:
        """Every notice (of a termijn), oldest first."""
        rows = self.sql("SELECT * FROM notice ORDER BY id")
        kept = [dict(row._mapping) for row in rows]
        return [row for row in kept if termijn is None or row["termijn_id"] == termijn.id]

    # The database itself

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Raw SQL in a transaction of its own."""
        stored = {
            name: value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
            if isinstance(value, datetime) and self.sqlite
            else value
            for name, value in values.items()
        }
        with self.database.engine.begin() as connection:
            result = connection.execute(text(statement), stored)
            return list(result) if result.returns_rows else []

    @property
    def sqlite(self) -> bool:
        return self.database.engine.dialect.name == "sqlite"

    def counts(self) -> dict[str, int]:
        """How many rows every table has."""
        return {
            table: self.sql(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
            for table in TABLES
        }

    def actions(self, subject: str) -> list[tuple[int | None, str]]:
        """Who did what to a subject, from the journal."""
        rows = self.sql(
            "SELECT actor_id, action FROM journal WHERE subject = :subject ORDER BY id",
            subject=subject,
        )
        return [(row[0], row[1]) for row in rows]


def by_norm(zaak: ZaakView, norm_id: str) -> TermijnView:
    return next(termijn for termijn in zaak.termijnen if termijn.norm_id == norm_id)


def running(zaak: ZaakView, norm_id: str) -> list[TermijnView]:
    """The termijnen of a norm that still have to be met."""
    return [one for one in zaak.termijnen if one.norm_id == norm_id and one.is_open]


def the(zaak: ZaakView, norm_id: str) -> TermijnView:
    """The one termijn of a norm that still has to be met."""
    (found,) = running(zaak, norm_id)
    return found


def changes(termijn: TermijnView) -> list[tuple[str, date, date]]:
    """The ledger of a termijn: what moved, from which day to which."""
    return [(one.kind, one.old_due_on, one.new_due_on) for one in termijn.changes]


def at(day: date, clock: str, rules: Rules) -> datetime:
    """The moment of a local clock time."""
    return local_moment(day, time.fromisoformat(clock), rules.timezone)


def moment(stored: datetime | str | None) -> datetime | None:
    """What raw SQL gives back for a moment, as aware UTC."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    return stored.astimezone(UTC) if stored is not None else None


def together(*tasks: Callable[[], T]) -> list[T | Exception]:
    """Run tasks in as many threads, all let go at once; gives results and what was raised."""
    gate = threading.Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T | Exception:
        gate.wait(timeout=10)
        try:
            return task()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))
