"""Whatever two teams do with their zaken, in whatever order: what must always hold of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, SQLModel, col, select

from knowledge.loader import EXAMPLE, load
from knowledge.models import ReasonKind
from knowledge.norm_models import Direction
from knowledge.refusals import Refusal
from storage import (
    absence,
    access,
    gezin,
    handover,
    journal,
    keeping,
    leaving,
    notices,
    planning,
    termijnen,
    zaak_days,
    zaak_rows,
    zaken,
)
from storage.access import Actor, Permission, Role
from storage.db import Database, build_database
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.tables import Absence, Termijn, TermijnChange, Zaak, ZaakDay, stored_id
from tests.storage.office import MONDAY, NINE, Office, running, the

KADERS = st.sampled_from(
    ["ots", "vots", "jeugdreclassering", "voogdij"] + ["drang-zonder-vto", "drang-met-vto"] * 2
)
OFTEN = ("plan-vastgesteld", "vto-ingediend", "geen-familiegroepsplan", "einde-maatregel")
"""What happens most: it starts or replaces termijnen that the other rules then work on."""
DAYS_AGO = st.sampled_from([0, 0, 1, 1, 2, 3, 5, 8, 13, 30, 60, 400])
AHEAD = st.sampled_from([1, 7, 30, 90, 180, 400, 2000])
TIMES = st.sampled_from(
    [timedelta(hours=hours) for hours in (1, 9, 20)]
    + [timedelta(days=days) for days in (1, 2, 5, 8, 15, 31)]
)
MOST_ZAKEN, MOST_LEFT = 5, 4

DUMPED = ("zaak", "termijn", "zaak_day", "termijn_change", "absence", "notice", "gezin", "person",
          "digest_schedule")  # fmt: skip

Dump = dict[str, list[tuple[Any, ...]]]


class TwoTeams(RuleBasedStateMachine):
    """Two teams at work on their zaken, somebody of both among them."""

    opened: ClassVar[Callable[[], tuple[Database, Office]]]
    closes: ClassVar[bool] = True
    rules_of_law: ClassVar[Rules]

    def __init__(self) -> None:
        super().__init__()
        self.database, self.office = type(self).opened()
        self.now = NINE
        self.numbers = count(1)
        self.people = sorted(self.office.names())

    def teardown(self) -> None:
        try:
            assert self.database.read(journal.first_broken_line) is None
        finally:
            if self.closes:
                self.database.close()

    # How somebody does something

    @property
    def today(self) -> date:
        return self.rules_of_law.today(self.now)

    def actor(self, person_id: int) -> Actor | None:
        return self.database.read(access.actor_by_id, person_id, today=self.today)

    def attempt(self, operation: Callable[..., Any], who: int, /, **asked: Any) -> bool:
        """Let somebody do this; whether it was not refused. A refusal must change nothing."""
        self.now += timedelta(seconds=7)  # nobody does two things in one moment
        actor = self.actor(who)
        if actor is None:
            return False
        before = self.dump()
        try:
            self.database.write(
                operation, now=self.now, actor=actor, rules=self.rules_of_law, **asked
            )
        except Refusal:
            assert self.dump() == before, f"refused, and yet {operation.__name__} changed something"
            return False
        return True

    def dump(self) -> Dump:
        found = {
            table: [tuple(row) for row in self.office.sql(f"SELECT * FROM {table} ORDER BY id")]  # noqa: S608
            for table in DUMPED
        }
        found["journal"] = [tuple(row) for row in self.office.sql("SELECT count(*) FROM journal")]
        return found

    def ids(self, statement: str, **values: Any) -> list[int]:
        return [row[0] for row in self.office.sql(statement, **values)]

    def open_zaken(self) -> list[int]:
        return self.ids("SELECT id FROM zaak WHERE closed_at IS NULL ORDER BY id")

    def some_zaak(self, data: st.DataObject, where: str = "closed_at IS NULL") -> int | None:
        found = self.ids(f"SELECT id FROM zaak WHERE {where} ORDER BY id")  # noqa: S608
        return data.draw(st.sampled_from(found)) if found else None

    def some_termijn(
        self, data: st.DataObject, where: str, **values: Any
    ) -> tuple[int, int] | None:
        """A termijn of an open zaak for which this holds, and its zaak."""
        rows = self.office.sql(
            "SELECT termijn.id, zaak.id FROM termijn "  # noqa: S608
            "JOIN zaak ON zaak.id = termijn.zaak_id "
            f"WHERE zaak.closed_at IS NULL AND {where} ORDER BY termijn.id",
            **values,
        )
        found = [(row[0], row[1]) for row in rows]
        return data.draw(st.sampled_from(found)) if found else None

    def somebody(self, data: st.DataObject, zaak_id: int) -> int:
        """Mostly who keeps the zaak, or a lead of its team; now and then anybody."""
        leads = self.leads(zaak_id)
        owner = self.ids("SELECT owner_id FROM zaak WHERE id = :id", id=zaak_id)[0]
        near = [one for one in (owner, *leads) if one is not None]
        return self.mostly(data, near)

    def leads(self, zaak_id: int) -> list[int]:
        return self.ids(
            "SELECT person.id FROM person JOIN role_grant ON role_grant.person_id = person.id "
            "JOIN zaak ON zaak.team_id = role_grant.team_id WHERE person.revoked_at IS NULL "
            "AND role IN ('teamleider', 'gebiedsmanager') AND zaak.id = :id ORDER BY person.id",
            id=zaak_id,
        )

    def mostly(self, data: st.DataObject, near: list[int]) -> int:
        """One of these, and one time in eight anybody."""
        anybody = not near or data.draw(st.integers(0, 7)) == 7
        return data.draw(st.sampled_from(self.people if anybody else near))

    def anybody(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(self.people))

    def colleague(self, data: st.DataObject, zaak_id: int) -> int:
        """Mostly another jeugdbeschermer of the team; now and then anybody."""
        near = self.ids(
            "SELECT person.id FROM person JOIN role_grant ON role_grant.person_id = person.id "
            "JOIN zaak ON zaak.team_id = role_grant.team_id WHERE person.revoked_at IS NULL "
            "AND role = 'jeugdbeschermer' AND zaak.id = :id "
            "AND person.id <> coalesce(zaak.owner_id, 0) ORDER BY person.id",
            id=zaak_id,
        )
        return self.mostly(data, near)

    # Opening, closing, and what happens in a zaak

    @initialize(data=st.data(), kader=KADERS)
    def begin(self, data: st.DataObject, kader: str) -> None:
        """Three zaken, and of one in drang the verzoek tot onderzoek is in."""
        firsts = ((self.office.sanne, kader), (self.office.omar, "drang-zonder-vto"))
        for who, what in (*firsts, (self.office.sanne, "ots")):
            assert self.attempt(
                zaken.open_zaak,
                who.person_id,
                nonce=f"nonce-{next(self.numbers)}",
                kader_id=what,
                team_id=self.office.noord,
                day=self.today - timedelta(days=data.draw(DAYS_AGO)),
            )
        assert self.attempt(
            zaak_days.record_day,
            self.office.omar.person_id,
            zaak_id=2,
            event="vto-ingediend",
            day=self.today - timedelta(days=data.draw(st.integers(0, 12))),
        )

    @precondition(lambda self: len(self.open_zaken()) < MOST_ZAKEN)
    @rule(data=st.data(), kader=KADERS, days_ago=DAYS_AGO, for_whom=st.booleans())
    def open(self, data: st.DataObject, kader: str, days_ago: int, *, for_whom: bool) -> None:
        self.attempt(
            zaken.open_zaak,
            self.anybody(data),
            nonce=f"nonce-{next(self.numbers)}",
            kader_id=kader,
            team_id=data.draw(st.sampled_from([self.office.noord, self.office.zuid])),
            day=self.today - timedelta(days=days_ago),
            owner_id=self.anybody(data) if for_whom else None,
        )

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        zaak_id = self.some_zaak(data)
        if zaak_id is not None:
            self.attempt(zaken.close_zaak, self.somebody(data, zaak_id), zaak_id=zaak_id)

    @precondition(lambda self: len(self.open_zaken()) < MOST_ZAKEN)
    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        zaak_id = self.some_zaak(data, "closed_at IS NOT NULL")
        if zaak_id is not None:
            self.attempt(zaken.reopen_zaak, self.somebody(data, zaak_id), zaak_id=zaak_id)

    @rule(data=st.data(), days_ago=DAYS_AGO, ahead=AHEAD, later=st.booleans())
    def happens(self, data: st.DataObject, days_ago: int, ahead: int, *, later: bool) -> None:
        zaak_id = self.some_zaak(data)
        if zaak_id is None:
            return
        name = self.office.sql("SELECT kader FROM zaak WHERE id = :id", id=zaak_id)[0][0]
        kader = self.rules_of_law.knowledge.kaders[name]
        known = [*kader.also, *kader.happenings]
        often = [one for one in known if one in OFTEN]
        event = data.draw(st.sampled_from([*often, *often, *known, kader.asks]))
        may_be_ahead = self.rules_of_law.knowledge.events[event].may_be_ahead
        days = ahead if later and may_be_ahead else -days_ago
        self.attempt(
            zaak_days.record_day,
            self.somebody(data, zaak_id),
            zaak_id=zaak_id,
            event=event,
            day=self.today + timedelta(days=days),
        )

    @rule(data=st.data(), days_ago=DAYS_AGO)
    def visit(self, data: st.DataObject, days_ago: int) -> None:
        zaak_id = self.some_zaak(data)
        if zaak_id is not None:
            self.attempt(
                termijnen.visited,
                self.somebody(data, zaak_id),
                zaak_id=zaak_id,
                on=self.today - timedelta(days=days_ago),
            )

    @rule(data=st.data(), days=st.integers(-40, 20))
    def correct(self, data: st.DataObject, days: int) -> None:
        zaak_id = self.some_zaak(data)
        if zaak_id is None:
            return
        rows = self.office.sql(
            "SELECT event, max(on_day) FROM zaak_day WHERE zaak_id = :id GROUP BY event "
            "ORDER BY event",
            id=zaak_id,
        )
        event, last = data.draw(st.sampled_from([tuple(row) for row in rows]))
        last = date.fromisoformat(last) if isinstance(last, str) else last
        # Now and then to a day that a termijn of long ago counted from.
        starts = [
            date.fromisoformat(str(row[0]))
            for row in self.office.sql(
                "SELECT DISTINCT start_on FROM termijn WHERE zaak_id = :id ORDER BY start_on",
                id=zaak_id,
            )
        ]
        day = data.draw(st.sampled_from([last + timedelta(days=days)] * 2 + starts))
        asked = {"zaak_id": zaak_id, "event": event, "day": day}
        self.attempt(zaak_days.correct_day, self.somebody(data, zaak_id), **asked)

    # Termijnen

    @rule(data=st.data(), days_ago=DAYS_AGO)
    def done(self, data: st.DataObject, days_ago: int) -> None:
        found = self.some_termijn(data, "(done_on IS NULL OR termijn.id % 3 = 0)")
        if found is not None:
            self.mark(data, found, days_ago)

    def mark(self, data: st.DataObject, found: tuple[int, int], days_ago: int) -> bool:
        return self.attempt(
            termijnen.mark_done,
            self.somebody(data, found[1]),
            termijn_id=found[0],
            on=self.today - timedelta(days=days_ago),
        )

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        found = self.some_termijn(data, "done_on IS NOT NULL")
        if found is not None:
            self.attempt(termijnen.undo_done, self.somebody(data, found[1]), termijn_id=found[0])

    @rule(data=st.data(), days_ago=st.integers(0, 2), moves=st.booleans(), again=st.booleans())
    def second_thoughts(
        self, data: st.DataObject, days_ago: int, *, moves: bool, again: bool
    ) -> None:
        """Done, taken back and done again: the everyday slip of the thumb."""
        found = self.some_termijn(data, "done_on IS NULL AND ended_at IS NULL")
        if found is None or not self.mark(data, found, days_ago):
            return
        if moves:
            self.extend(data, 5, the_newest=True)
        self.attempt(termijnen.undo_done, self.somebody(data, found[1]), termijn_id=found[0])
        if again:
            self.mark(data, found, days_ago)

    @rule(data=st.data())
    def reason(self, data: st.DataObject) -> None:
        found = self.some_termijn(
            data, "ended_at IS NULL AND due_on < :today", today=self.today.isoformat()
        ) or self.some_termijn(data, "ended_at IS NULL")
        if found is not None:
            self.attempt(
                termijnen.give_reason,
                self.somebody(data, found[1]),
                termijn_id=found[0],
                reason=data.draw(st.sampled_from(["team-vol", "wisseling", "gezin-buitenland"])),
            )

    @rule(data=st.data(), days=st.sampled_from([-3, 0, 1, 5, 30, 800]), the_newest=st.booleans())
    def extend(self, data: st.DataObject, days: int, *, the_newest: bool) -> None:
        where = "done_on IS NULL AND ended_at IS NULL"
        if the_newest:
            where += " AND termijn.id = (SELECT max(id) FROM termijn)"
        found = self.some_termijn(data, where)
        if found is None:
            return
        due = self.office.sql("SELECT due_on FROM termijn WHERE id = :id", id=found[0])[0][0]
        self.attempt(
            termijnen.extend,
            self.somebody(data, found[1]),
            termijn_id=found[0],
            to=date.fromisoformat(str(due)) + timedelta(days=days),
        )

    @rule(data=st.data(), days_ago=st.integers(-1, 9))
    def pause(self, data: st.DataObject, days_ago: int) -> None:
        suspendable = "norm_id = 'brug-intern-besluit' AND done_on IS NULL"
        other = data.draw(st.integers(0, 7)) == 7
        found = self.some_termijn(data, "ended_at IS NULL" if other else suspendable)
        if found is None:
            return
        reasons = [
            one.id
            for one in self.rules_of_law.knowledge.reasons.values()
            if one.kind is ReasonKind.OPSCHORTING
        ]
        self.attempt(
            termijnen.pause,
            self.somebody(data, found[1]),
            termijn_id=found[0],
            first=self.today - timedelta(days=days_ago),
            reason=data.draw(st.sampled_from([*reasons, "team-vol"])),
        )

    @precondition(lambda self: self.ids("SELECT id FROM termijn WHERE paused_on IS NOT NULL"))
    @rule(data=st.data(), days_ago=st.integers(-1, 9))
    def resume(self, data: st.DataObject, days_ago: int) -> None:
        found = self.some_termijn(data, "paused_on IS NOT NULL")
        if found is not None:
            self.attempt(
                termijnen.resume,
                self.somebody(data, found[1]),
                termijn_id=found[0],
                on=self.today - timedelta(days=days_ago),
            )

    # Whose a zaak is

    @rule(data=st.data())
    def assign(self, data: st.DataObject) -> None:
        zaak_id = self.some_zaak(data)
        if zaak_id is not None:
            to = self.colleague(data, zaak_id)
            who = self.mostly(data, self.leads(zaak_id))
            self.attempt(handover.assign, who, zaak_id=zaak_id, to=to)

    @rule(data=st.data())
    def offer(self, data: st.DataObject) -> None:
        zaak_id = self.some_zaak(data)
        if zaak_id is not None:
            to = self.colleague(data, zaak_id)
            self.attempt(handover.offer, self.somebody(data, zaak_id), zaak_id=zaak_id, to=to)

    @precondition(lambda self: self.ids("SELECT id FROM zaak WHERE offered_to IS NOT NULL"))
    @rule(data=st.data(), answer=st.sampled_from([handover.accept, handover.refuse]))
    def answer(self, data: st.DataObject, answer: Callable[..., Any]) -> None:
        zaak_id = self.some_zaak(data, "offered_to IS NOT NULL")
        if zaak_id is None:
            return
        asked = self.ids("SELECT offered_to FROM zaak WHERE id = :id", id=zaak_id)
        self.attempt(answer, self.mostly(data, asked), zaak_id=zaak_id)

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        zaak_id = self.some_zaak(data, "offered_to IS NOT NULL") or self.some_zaak(data)
        if zaak_id is not None:
            self.attempt(handover.withdraw, self.somebody(data, zaak_id), zaak_id=zaak_id)

    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        zaak_id, other_id = self.some_zaak(data), self.some_zaak(data)
        if zaak_id is not None:
            self.attempt(
                gezin.link,
                self.mostly(data, self.leads(zaak_id)),
                zaak_id=zaak_id,
                other_id=other_id,
            )

    @rule(data=st.data())
    def unlink(self, data: st.DataObject) -> None:
        zaak_id = self.some_zaak(data, "gezin_id IS NOT NULL")
        if zaak_id is not None:
            self.attempt(gezin.unlink, self.somebody(data, zaak_id), zaak_id=zaak_id)

    # Who is there

    @rule(
        data=st.data(),
        starts=st.integers(-3, 9),
        lasts=st.sampled_from([0, 1, 6, 20, 90, 400]),
        substituted=st.booleans(),
    )
    def away(self, data: st.DataObject, starts: int, lasts: int, *, substituted: bool) -> None:
        person_id = self.anybody(data)
        near = self.database.read(absence.substitutes, person_id)
        first = self.today + timedelta(days=starts)
        self.attempt(
            absence.away,
            self.mostly(data, [person_id]),
            person_id=person_id,
            from_day=first,
            until_day=first + timedelta(days=lasts),
            substitute_id=self.mostly(data, near) if substituted else None,
        )

    @rule(data=st.data())
    def comes_back(self, data: st.DataObject) -> None:
        rows = self.office.sql("SELECT id, person_id FROM absence ORDER BY id")
        if rows:
            absence_id, person_id = data.draw(st.sampled_from([tuple(row) for row in rows]))
            self.attempt(absence.back, self.mostly(data, [person_id]), absence_id=absence_id)

    @precondition(lambda self: len(self.left()) < MOST_LEFT)
    @rule(data=st.data(), handing_over=st.booleans())
    def leave(self, data: st.DataObject, *, handing_over: bool) -> None:
        person_id = self.anybody(data)
        teams = self.ids(
            "SELECT DISTINCT team_id FROM zaak WHERE owner_id = :id AND closed_at IS NULL "
            "ORDER BY team_id",
            id=person_id,
        )
        for team in teams if handing_over else ():
            zaak_id = self.ids("SELECT min(id) FROM zaak WHERE team_id = :id", id=team)[0]
            self.attempt(
                leaving.give_all,
                self.mostly(data, self.leads(zaak_id)),
                person_id=person_id,
                team_id=team,
                to=self.anybody(data),
            )
        self.attempt(
            leaving.leave, self.mostly(data, [self.office.bas.person_id]), person_id=person_id
        )

    def left(self) -> list[int]:
        return self.ids("SELECT id FROM person WHERE revoked_at IS NOT NULL")

    # Time, and the outbox

    @rule(pause=TIMES)
    def time_passes(self, pause: timedelta) -> None:
        self.now += pause
        self.office.plan(self.now)
        for notice in self.office.claim(self.now, limit=5):
            self.office.sent(self.now, [notice])

    # What must hold

    @invariant()
    def who_keeps_what(self) -> None:
        self.database.read(self.every_zaak_has_its_keeper)

    def every_zaak_has_its_keeper(self, session: Session) -> None:
        actors = {
            person_id: access.actor_by_id(session, person_id, today=self.today)
            for person_id in self.people
        }
        there = {person_id for person_id, actor in actors.items() if actor is not None}
        away_today = set(session.exec(select(Absence.person_id).where(access.away_on(self.today))))
        teams = {
            team: {
                role: set(access.members(session, role=role, team_id=team))
                for role in access.TEAM_ROLES
            }
            for team in (self.office.noord, self.office.zuid)
        }
        owners: dict[int, set[int | None]] = {}
        asked: dict[int, set[int | None]] = {}
        for zaak in session.exec(select(Zaak).where(col(Zaak.closed_at).is_(None))).all():
            zaak_id, team = stored_id(zaak.id), zaak.team_id
            members = teams[team]
            leads = members[Role.TEAMLEIDER] | members[Role.GEBIEDSMANAGER]
            for person_id in (zaak.owner_id, zaak.offered_to):
                assert person_id is None or person_id in members[Role.JEUGDBESCHERMER], zaak
            if zaak.gezin_id is not None:
                owners.setdefault(zaak.gezin_id, set()).add(zaak.owner_id)
                asked.setdefault(zaak.gezin_id, set()).add(zaak.offered_to)
            keeper = keeping.keeper(session, zaak, today=self.today)
            assert keeper is not None, zaak
            assert keeper.person_id in there, zaak
            if keeper.person_id in away_today:
                # Somebody who is in goes before somebody who is away.
                assert leads <= away_today, (zaak, keeper)
            if zaak.owner_id is not None and zaak.owner_id not in away_today:
                assert keeper.person_id == zaak.owner_id, (zaak, keeper)
            keeping_actor = actors[keeper.person_id]
            assert keeping_actor is not None
            seen = zaken.zaak(session, actor=keeping_actor, zaak_id=zaak_id)
            assert seen.id == zaak_id
            may = Permission.HANDLE_TERMIJN
            assert zaak_rows.own_zaak(session, keeping_actor, zaak_id, may) is zaak
            for actor in actors.values():
                if actor is None or team in {held.team_id for held in actor.held}:
                    continue
                with pytest.raises(NotFound):
                    zaken.zaak(session, actor=actor, zaak_id=zaak_id)
        assert all(len(one) == 1 for one in owners.values()), "a gezin with two casusregisseurs"
        assert all(len(one) == 1 for one in asked.values()), "half a gezin is offered"

    @invariant()
    def termijnen_and_their_ledgers(self) -> None:
        self.database.read(self.every_termijn_is_in_order)

    def every_termijn_is_in_order(self, session: Session) -> None:
        knowledge = self.rules_of_law.knowledge
        ledgers: dict[int, list[TermijnChange]] = {}
        for change in session.exec(select(TermijnChange).order_by(col(TermijnChange.id))):
            ledgers.setdefault(change.termijn_id, []).append(change)
        closed = {
            zaak_id: closed_at is not None
            for zaak_id, closed_at in session.exec(select(Zaak.id, Zaak.closed_at))
        }
        rounds: set[tuple[int, str]] = set()
        for row in session.exec(select(Termijn)):
            ledger = ledgers.get(stored_id(row.id), [])
            for earlier, later in pairwise(ledger):
                assert earlier.new_due_on == later.old_due_on, (row, ledger)
            assert not ledger or row.due_on == ledger[-1].new_due_on, (row, ledger)
            assert row.done_on is None or row.done_on <= self.today, row
            assert (row.ended_at is None) == (row.ended_why is None), row
            still_open = row.done_on is None and row.ended_at is None
            if not still_open or row.paused_on is not None:
                assert row.next_notice_at is None, row
            assert row.done_on is None or row.paused_on is None, row
            if not still_open:
                continue
            assert not closed[row.zaak_id], row
            standing = [one for one in ledger if one.kind in (zaak_rows.PAUSED, zaak_rows.RESUMED)]
            stands_still = bool(standing) and standing[-1].kind == zaak_rows.PAUSED
            assert row.paused_on == (standing[-1].from_day if stands_still else None), (row, ledger)
            norm = knowledge.norm_version(row.norm_id, row.norm_version)
            if norm.direction is Direction.VOORUIT:
                assert row.due_on >= row.start_on, (row, ledger)
            if row.paused_on is None and row.next_notice_at is None:
                last = planning.moments_of(row, self.rules_of_law)[-1]
                assert last.at <= self.now, ("nothing will be said any more", row, ledger)
            if norm.recurring or norm.direction is Direction.TERUG:
                assert (row.zaak_id, norm.id) not in rounds, ("two rounds at once", row)
                rounds.add((row.zaak_id, norm.id))

    @invariant()
    def of_a_birthday_only_the_month_is_kept(self) -> None:
        def check(session: Session) -> None:
            for day in session.exec(select(ZaakDay)):
                if self.rules_of_law.knowledge.events[day.event].month_only:
                    assert day.on_day.day == 1, day

        self.database.read(check)


def furnish(database: Database, rules: Rules) -> Office:
    """Two teams, with somebody who works in both and a lead of one who works in the other."""
    office = Office(database, rules)
    office.hire("Kim", Role.JEUGDBESCHERMER)
    both = office.hire("Sam", Role.JEUGDBESCHERMER)
    lead = office.hire("Lia", Role.TEAMLEIDER, "Zuid")
    for person, role, team in (
        (both, Role.JEUGDBESCHERMER, "Zuid"),
        (lead, Role.JEUGDBESCHERMER, "Noord"),
    ):
        invitation = database.write(access.invite, now=NINE, role=role, team=team)
        database.write(
            access.accept_invitation,
            now=NINE,
            token=invitation.token,
            channel_id=person.channel_id,
            first_name=person.first_name,
            first_digest_at=NINE + timedelta(days=1),
        )
    return office


def run(machine: type[TwoTeams], *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


@pytest.fixture(scope="module")
def example_rules() -> Rules:
    """The content with the overlay of an organisation: a norm that may stand still."""
    knowledge = load((EXAMPLE,))
    assert {"brug-intern-besluit", "brug-vaste-jeugdbeschermer"} <= set(knowledge.norms)
    return Rules(knowledge=knowledge, timezone=ZoneInfo("Europe/Amsterdam"))


@pytest.mark.no_cover
def test_whatever_two_teams_do_their_zaken_hold(
    example_rules: Rules, sqlite_template: Path, tmp_path: Path
) -> None:
    furnished = Path(shutil.copy(sqlite_template, tmp_path / "furnished.sqlite"))
    prepared = build_database(f"sqlite:///{furnished}")
    office = furnish(prepared, example_rules)
    prepared.close()
    numbers = count(1)

    def opened() -> tuple[Database, Office]:
        file = shutil.copy(furnished, tmp_path / f"{next(numbers)}.sqlite")
        database = build_database(f"sqlite:///{file}")
        with database.engine.connect() as connection:
            # Nobody pulls the plug here; waiting for the disk is most of the time.
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
        return database, moved(office, database)

    class Here(TwoTeams):
        rules_of_law = example_rules

    Here.opened = staticmethod(opened)
    run(Here, examples=25, steps=30)


def test_the_same_holds_on_postgresql(example_rules: Rules, postgres_url: str) -> None:
    database = build_database(postgres_url)
    names = ", ".join(SQLModel.metadata.tables)

    def opened() -> tuple[Database, Office]:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
        return database, furnish(database, example_rules)

    class There(TwoTeams):
        rules_of_law = example_rules
        closes = False

    There.opened = staticmethod(opened)
    try:
        run(There, examples=4, steps=25)
    finally:
        database.close()


def moved(office: Office, database: Database) -> Office:
    """The same office on a copy of its database."""
    copy = Office.__new__(Office)
    copy.__dict__.update(office.__dict__, database=database, _messages=count(1), _nonces=count(1))
    return copy


# What the machine and its reading found, each by itself

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("who", ["thea", "zuri", "bas"])
def test_a_lead_opens_for_a_jeugdbeschermer_of_the_team_only(office: Office, who: str) -> None:
    asked = {"kader_id": "ots", "team_id": office.noord, "day": MONDAY, "nonce": "once"}
    owner: Actor = getattr(office, who)
    with pytest.raises(Conflict) as refused:
        office.do(zaken.open_zaak, office.thea, owner_id=owner.person_id, **asked)
    assert refused.value.text_id == "geen-jeugdbeschermer-van-team"
    opened = office.do(zaken.open_zaak, office.thea, owner_id=office.omar.person_id, **asked)
    assert opened.owner == "Omar"


def test_a_zaak_reopened_beside_one_that_is_offered_is_offered_too(office: Office) -> None:
    one, other = office.open(), office.open()
    office.do(gezin.link, zaak_id=one.id, other_id=other.id)
    office.do(zaken.close_zaak, now=NINE + HOUR, zaak_id=other.id)
    office.do(handover.offer, zaak_id=one.id, to=office.omar.person_id)
    office.do(zaken.reopen_zaak, now=NINE + 2 * HOUR, zaak_id=other.id)
    assert office.shown(other).offered_to_id == office.omar.person_id
    office.do(handover.accept, office.omar, zaak_id=other.id)
    assert office.shown(one).owner == office.shown(other).owner == "Omar"


def test_who_cannot_be_reached_is_asked_for_nothing_of_a_gezin(office: Office) -> None:
    one, other = office.open(), office.open()
    office.do(gezin.link, zaak_id=one.id, other_id=other.id)
    office.do(handover.offer, zaak_id=one.id, to=office.omar.person_id)
    claimed = [row for row in office.claim(NINE + HOUR) if row.kind == notices.OFFERED]
    office.database.write(
        notices.give_up, now=NINE + HOUR, rules=office.rules, notices=claimed, why="blocked",
        channel_lost=True,
    )  # fmt: skip
    assert [office.shown(zaak).offered_to for zaak in (one, other)] == [None, None]


@pytest.mark.parametrize("norm", ["plan-van-aanpak-wettelijk", "plan-bijstellen"])
def test_what_was_overtaken_by_a_newer_round_is_not_undone(office: Office, norm: str) -> None:
    zaak = office.open(day=MONDAY - 20 * DAY)
    office.happens(zaak, "geen-familiegroepsplan", MONDAY - 10 * DAY)
    office.happens(zaak, "plan-vastgesteld", MONDAY - 8 * DAY)
    done = office.done(the(office.shown(zaak), norm), on=MONDAY - 5 * DAY, now=NINE)
    office.happens(zaak, "plan-vastgesteld", MONDAY - 2 * DAY, now=NINE + HOUR)
    with pytest.raises(Conflict) as refused:
        office.undo(done, now=NINE + 2 * HOUR)
    assert refused.value.text_id == "opvolger-al-gebruikt"
    assert [one.start_on for one in running(office.shown(zaak), "plan-bijstellen")] == [
        MONDAY - 2 * DAY
    ]


def test_a_step_that_is_done_again_keeps_the_date_that_was_moved(office: Office) -> None:
    zaak = office.open(day=MONDAY - 20 * DAY)
    office.happens(zaak, "geen-familiegroepsplan", MONDAY - 10 * DAY)
    plan = the(office.shown(zaak), "plan-van-aanpak-wettelijk")
    office.done(plan, on=MONDAY, now=NINE)
    following = the(office.shown(zaak), "plan-bijstellen")
    later = following.due_on + 30 * DAY
    office.do(termijnen.extend, office.thea, termijn_id=following.id, to=later)
    office.undo(plan, now=NINE + HOUR)
    office.done(plan, on=MONDAY, now=NINE + 2 * HOUR)
    again = the(office.shown(zaak), "plan-bijstellen")
    assert again.due_on == again.changes[-1].new_due_on == later


def test_nobody_stands_in_for_somebody_who_has_left(office: Office) -> None:
    zaak = office.open()
    office.do(zaken.close_zaak, zaak_id=zaak.id)
    office.do(
        absence.away, person_id=office.sanne.person_id, from_day=MONDAY,
        until_day=MONDAY + 20 * DAY, substitute_id=office.omar.person_id,
    )  # fmt: skip
    for gone in (office.sanne, office.thea, office.gerda):
        office.do(leaving.leave, office.bas, person_id=gone.person_id)
    with pytest.raises(NotFound):  # else it would be open with nobody who keeps it
        office.do(zaken.reopen_zaak, office.today(office.omar, MONDAY), zaak_id=zaak.id)
