"""Whatever people, clock and crashes do, in whatever order: what must always hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

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
from sqlmodel import Session, col, select

from knowledge.norm_models import Recipient
from knowledge.refusals import Refusal
from storage import access, handover, journal, notices, planning, termijnen, zaak_days
from storage.access import Actor
from storage.db import build_database
from storage.rules import Rules
from storage.tables import Notice, Termijn, Zaak
from tests.storage.office import NINE, Office

PEOPLE = st.sampled_from(["sanne", "omar", "thea", "gerda"])
OWNERS = st.sampled_from(["sanne", "omar"])
KADERS = st.sampled_from(["ots", "vots", "drang-zonder-vto"])
PAUSES = st.sampled_from(
    [timedelta(seconds=10), timedelta(minutes=2), timedelta(hours=5)]
    + [timedelta(days=days) for days in (1, 1, 3, 9, 40)]
)
FATES = st.sampled_from(["sent", "sent", "crash", "later", "lost"])


class Lifecycle(RuleBasedStateMachine):
    """A team at work, with an outbox that fails in every way it can."""

    files: ClassVar[Callable[[], Path]]
    rules_of_law: ClassVar[Rules]

    def __init__(self) -> None:
        super().__init__()
        self.database = build_database(f"sqlite:///{type(self).files()}")
        with self.database.engine.connect() as connection:
            # Nobody pulls the plug here; waiting for the disk is most of the time.
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
        self.office = Office(self.database, self.rules_of_law)
        self.now = NINE

    def teardown(self) -> None:
        self.database.close()

    def actor(self, who: str) -> Actor:
        found: Actor = getattr(self.office, who)
        return found

    @property
    def today(self) -> date:
        return self.rules_of_law.today(self.now)

    def zaak_ids(self) -> list[int]:
        return [row[0] for row in self.office.sql("SELECT id FROM zaak ORDER BY id")]

    def termijn_ids(self) -> list[int]:
        return [row[0] for row in self.office.sql("SELECT id FROM termijn ORDER BY id")]

    def done_ids(self) -> list[int]:
        statement = "SELECT id FROM termijn WHERE done_on IS NOT NULL ORDER BY id"
        return [row[0] for row in self.office.sql(statement)]

    def warned_ids(self) -> list[int]:
        states = ("planned", "claimed", "sent")
        told = [row for row in self.office.notices() if row["state"] in states]
        return [row["termijn_id"] for row in told if row["termijn_id"] is not None][-4:]

    # What people do

    @initialize(who=PEOPLE, kader=KADERS, days_ago=st.integers(0, 3))
    def open_the_first(self, who: str, kader: str, days_ago: int) -> None:
        self.open(who, kader, days_ago)

    @precondition(lambda self: len(self.zaak_ids()) < 3)
    @rule(who=PEOPLE, kader=KADERS, days_ago=st.integers(0, 12))
    def open(self, who: str, kader: str, days_ago: int) -> None:
        day = self.today - timedelta(days=days_ago)
        self.office.open(self.actor(who), day=day, now=self.now, kader=kader)

    @precondition(lambda self: self.office.counts()["zaak_day"] == len(self.zaak_ids()))
    @rule(data=st.data(), days_ago=st.integers(0, 400))
    def record_day(self, data: st.DataObject, days_ago: int) -> None:
        with suppress(Refusal):
            self.database.write(
                zaak_days.record_day,
                now=self.now,
                actor=self.office.thea,
                rules=self.rules_of_law,
                zaak_id=data.draw(st.sampled_from(self.zaak_ids())),
                event="ingang-maatregel",
                day=self.today - timedelta(days=days_ago),
            )

    @rule(data=st.data(), to=OWNERS)
    def assign(self, data: st.DataObject, to: str) -> None:
        with suppress(Refusal):
            self.database.write(
                handover.assign,
                now=self.now,
                actor=self.office.thea,
                rules=self.rules_of_law,
                zaak_id=data.draw(st.sampled_from(self.zaak_ids())),
                to=self.actor(to).person_id,
            )

    @rule(data=st.data(), who=PEOPLE, days_ago=st.integers(0, 2), pressing=st.booleans())
    def done(self, data: st.DataObject, who: str, days_ago: int, *, pressing: bool) -> None:
        # Half of the time what somebody is just being warned of.
        ids = (self.warned_ids() if pressing else []) or self.termijn_ids()
        with suppress(Refusal):
            self.database.write(
                termijnen.mark_done,
                now=self.now,
                actor=self.actor(who),
                rules=self.rules_of_law,
                termijn_id=data.draw(st.sampled_from(ids)),
                on=self.today - timedelta(days=days_ago),
            )

    @precondition(lambda self: self.done_ids())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        with suppress(Refusal):
            self.database.write(
                termijnen.undo_done,
                now=self.now,
                actor=self.office.thea,
                rules=self.rules_of_law,
                termijn_id=data.draw(st.sampled_from(self.done_ids())),
            )

    @rule(who=OWNERS)
    def comes_back(self, who: str) -> None:
        self.database.write(access.channel_back, self.actor(who).person_id, now=self.now)

    # What time does, and the outbox

    @rule(pause=PAUSES)
    def time_passes(self, pause: timedelta) -> None:
        self.now += pause

    @rule(data=st.data(), sends=st.booleans())
    def the_next_moment_comes(self, data: st.DataObject, *, sends: bool) -> None:
        following = self.database.read(notices.next_moment)
        self.now = max(self.now, following or self.now)
        self.plan()
        if sends:
            self.send(data, 8)

    @rule(data=st.data(), who=PEOPLE)
    def second_thoughts(self, data: st.DataObject, who: str) -> None:
        """Done, and taken back on the spot: the everyday slip of the thumb."""
        self.plan()
        self.done(data, who, 0, pressing=True)
        if self.done_ids():
            self.undo(data)
        self.plan()

    @rule()
    def plan(self) -> None:
        self.office.plan(self.now)
        self.database.write(planning.plan_digests, now=self.now, rules=self.rules_of_law)
        self.database.read(self.everybody_was_thought_of)

    @rule(data=st.data(), limit=st.integers(1, 8))
    def send(self, data: st.DataObject, limit: int) -> None:
        for notice in self.office.claim(self.now, limit=limit):
            match data.draw(FATES):
                case "sent":
                    self.office.sent(self.now, [notice])
                case "later":
                    until = self.now + timedelta(minutes=1)
                    self.database.write(
                        notices.postpone, notices=[notice], until=until, why="network"
                    )
                case "lost":
                    self.database.write(
                        notices.give_up,
                        now=self.now,
                        rules=self.rules_of_law,
                        notices=[notice],
                        why="blocked",
                        channel_lost=True,
                    )
                case _:
                    pass  # killed between claim and report

    @rule(fails=st.booleans())
    def mend(self, *, fails: bool) -> None:
        for message in self.database.write(notices.claim_stale, now=self.now):
            if fails:
                until = self.now + timedelta(minutes=1)
                self.database.write(notices.edit_later, message=message, until=until)
            else:
                self.database.write(notices.record_edited, message=message)

    # What must hold

    def everybody_was_thought_of(self, session: Session) -> None:
        """After planning, of every open termijn each recipient's last moment has its notice."""
        for row, zaak in session.exec(select(Termijn, Zaak).join(Zaak)):
            if row.done_on is not None:
                continue
            kept = session.exec(select(Notice).where(Notice.termijn_id == row.id)).all()
            for recipient in Recipient:
                past = [
                    moment.order
                    for moment in planning.moments_of(row, self.rules_of_law)
                    if moment.at <= self.now
                    and recipient in moment.to
                    and not (moment.only_without_owner and zaak.owner_id is not None)
                ]
                alive = [
                    notice.moment
                    for notice in kept
                    if notice.recipient == recipient.value
                    and notice.moment is not None
                    and (notice.state != "cancelled" or notice.failure == planning.SEEN)
                ]
                assert not past or max(alive, default=-1) >= past[-1], (row.id, recipient)

    @invariant()
    def nothing_is_both_sent_and_cancelled(self) -> None:
        for row in self.office.notices():
            assert (row["sent_at"] is not None) == (row["state"] == "sent"), row
            assert (row["claimed_until"] is not None) == (row["state"] == "claimed"), row

    @invariant()
    def every_open_termijn_will_be_looked_at(self) -> None:
        def check(session: Session) -> None:
            for row in session.exec(select(Termijn)):
                if row.done_on is not None:
                    assert row.next_notice_at is None
                elif any(it.at > self.now for it in planning.moments_of(row, self.rules_of_law)):
                    assert row.next_notice_at is not None

        self.database.read(check)

    @invariant()
    def nothing_waits_for_a_termijn_that_is_done(self) -> None:
        waiting = self.office.sql(
            "SELECT notice.id FROM notice JOIN termijn ON termijn.id = notice.termijn_id "
            "WHERE termijn.done_on IS NOT NULL AND notice.state IN ('planned', 'claimed')"
        )
        assert waiting == []

    @invariant()
    def the_journal_is_whole(self) -> None:
        assert self.database.read(journal.first_broken_line) is None

    @invariant()
    def no_notice_stands_there_twice(self) -> None:
        rows = self.office.notices()
        assert len({row["dedupe"] for row in rows}) == len(rows)
        told = [
            (row["termijn_id"], row["moment"], row["recipient"], row["person_id"])
            for row in rows
            if row["kind"] == planning.TERMIJN and row["dedupe"].startswith("t:")
        ]
        assert len(set(told)) == len(told)

    @invariant()
    def no_notice_goes_out_at_night_or_in_a_weekend(self) -> None:
        def check(session: Session) -> None:
            for due_at in session.exec(
                select(Notice.due_at).where(
                    Notice.state == "planned", col(Notice.failure).is_(None)
                )
            ):
                assert self.may_speak(due_at), due_at

        self.database.read(check)

    def may_speak(self, at: datetime) -> bool:
        local = at.astimezone(self.rules_of_law.timezone)
        working = self.rules_of_law.knowledge.calendar.is_working_day(local.date())
        return working and 7 <= local.hour < 19


def test_whatever_happens_the_outbox_and_the_journal_hold(
    rules: Rules, sqlite_template: Path, tmp_path: Path
) -> None:
    numbers = iter(range(10**6))

    class Here(Lifecycle):
        rules_of_law = rules

        @staticmethod
        def files() -> Path:
            return Path(shutil.copy(sqlite_template, tmp_path / f"{next(numbers)}.sqlite"))

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
