"""The outbox: nothing twice while a claim holds, nothing lost when it ends."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from storage import notices
from storage.access import Actor
from storage.notices import LEASE, ClaimedNotice, StaleMessage
from storage.tables import Notice
from storage.zaak_views import TermijnView
from tests.storage.office import MONDAY, NINE, Office, moment, together

SECOND = timedelta(seconds=1)
THE_DAY = datetime(2026, 11, 30, 7, 30, tzinfo=UTC)  # when "eerste contact" is due, 8.30


@pytest.fixture
def termijn(office: Office) -> TermijnView:
    """A termijn of Sanne's of which she and Thea must be told on `THE_DAY`."""
    found = office.keep_only(office.open(), "eerste-contact")
    office.plan(THE_DAY)
    return found


def fill(office: Office, count: int, *, due_at: datetime = NINE) -> None:
    """So many notices for Sanne, due a second after one another."""

    def add(session: Session) -> None:
        for number in range(count):
            due = due_at + number * SECOND
            session.add(
                Notice(
                    dedupe=f"x:{due.isoformat()}",
                    kind="termijn",
                    person_id=office.sanne.person_id,
                    wanted_at=due,
                    due_at=due,
                )
            )

    office.database.write(add)


def states(office: Office) -> Counter[str]:
    return Counter(row["state"] for row in office.notices())


def of(claimed: list[ClaimedNotice], actor: Actor) -> ClaimedNotice:
    return next(notice for notice in claimed if notice.person_id == actor.person_id)


def give_up(
    office: Office, claimed: list[ClaimedNotice], *, now: datetime, channel_lost: bool = True
) -> None:
    office.database.write(
        notices.give_up,
        now=now,
        rules=office.rules,
        notices=claimed,
        why="blocked",
        channel_lost=channel_lost,
    )


# Claiming


def test_what_is_due_is_claimed_in_order_and_the_rest_is_left(office: Office) -> None:
    fill(office, 5)
    claimed = office.claim(NINE + 2 * SECOND)
    assert [notice.wanted_at for notice in claimed] == [NINE + n * SECOND for n in range(3)]
    assert {notice.channel_id for notice in claimed} == {office.sanne.channel_id}
    assert {(notice.attempts, notice.repeat, notice.revoked) for notice in claimed} == {
        (1, False, False)
    }
    assert states(office) == {"claimed": 3, "planned": 2}


def test_no_more_is_claimed_than_asked(office: Office) -> None:
    fill(office, 5)
    assert len(office.claim(NINE + timedelta(hours=1), limit=2)) == 2
    assert len(office.claim(NINE + timedelta(hours=1))) == 3
    assert office.claim(NINE + timedelta(hours=1)) == []


def test_claimers_at_once_never_get_the_same_notice(office: Office) -> None:
    fill(office, 240)
    now = NINE + timedelta(hours=1)

    def until_empty() -> list[int]:
        ids: list[int] = []
        while claimed := office.claim(now, limit=7):
            ids += [notice.id for notice in claimed]
        return ids

    shares = together(*[until_empty] * 4)
    assert not [share for share in shares if isinstance(share, Exception)], shares
    ids = [notice_id for share in shares if isinstance(share, list) for notice_id in share]
    assert len(ids) == len(set(ids)) == 240
    assert {row["attempts"] for row in office.notices()} == {1}


def test_what_is_not_recorded_when_the_lease_ends_is_given_again(office: Office) -> None:
    fill(office, 2)
    now = NINE + timedelta(hours=1)
    first = office.claim(now)
    assert office.claim(now + LEASE - SECOND) == []
    again = office.claim(now + LEASE)
    assert [notice.id for notice in again] == [notice.id for notice in first]
    assert {(notice.attempts, notice.repeat) for notice in again} == {(2, True)}
    assert again[0].claim != first[0].claim


def test_notices_for_somebody_whose_access_ended_are_marked(office: Office) -> None:
    fill(office, 1)
    office.leave(office.sanne)
    assert [notice.revoked for notice in office.claim(NINE)] == [True]


# Reporting


def test_what_was_sent_is_not_given_again(office: Office) -> None:
    fill(office, 2)
    now = NINE + timedelta(minutes=1)
    office.sent(now, office.claim(now))
    assert states(office) == {"sent": 2}
    assert {moment(row["sent_at"]) for row in office.notices()} == {now}
    assert len({row["message_id"] for row in office.notices()}) == 1
    assert office.claim(now + timedelta(days=1)) == []


def test_what_is_postponed_comes_back_at_its_time_with_its_wanted_moment(office: Office) -> None:
    fill(office, 1)
    until = NINE + timedelta(minutes=5)
    office.database.write(
        notices.postpone, notices=office.claim(NINE), until=until, why="retry_after"
    )
    assert office.claim(until - SECOND) == []
    (again,) = office.claim(until)
    assert (again.wanted_at, again.attempts, again.repeat) == (NINE, 2, False)


def test_what_may_have_arrived_after_all_comes_back_as_a_repeat(office: Office) -> None:
    fill(office, 1)
    office.database.write(notices.postpone, notices=office.claim(NINE), until=NINE, why="timeout")
    assert [notice.repeat for notice in office.claim(NINE)] == [True]


def test_a_report_with_an_old_claim_changes_nothing(office: Office, termijn: TermijnView) -> None:
    old = office.claim(THE_DAY)
    new = office.claim(THE_DAY + LEASE)
    before = office.notices()
    office.database.write(notices.postpone, notices=old, until=THE_DAY + LEASE, why="network")
    give_up(office, old, now=THE_DAY + LEASE, channel_lost=False)
    assert office.notices() == before
    office.sent(THE_DAY + LEASE, new)
    recorded = office.notices(termijn)
    assert {row["state"] for row in recorded} == {"sent"}
    office.sent(THE_DAY + LEASE + SECOND, old)  # the slow one was sent as well
    office.database.write(notices.postpone, notices=old, until=THE_DAY, why="network")
    assert office.notices(termijn) == recorded


def test_a_late_report_does_not_end_the_claim_of_another(office: Office) -> None:
    fill(office, 1)
    old = office.claim(NINE)
    office.claim(NINE + LEASE)
    office.sent(NINE + LEASE, old)
    assert states(office) == {"claimed": 1}
    assert len(office.claim(NINE + 2 * LEASE)) == 1


def test_a_lost_channel_marks_the_person_and_the_lead_is_told_instead(
    office: Office, termijn: TermijnView
) -> None:
    mine = of(office.claim(THE_DAY), office.sanne)
    now = THE_DAY + timedelta(minutes=1)
    give_up(office, [mine], now=now)
    row = office.sql("SELECT channel_ok FROM person WHERE id = :id", id=office.sanne.person_id)
    assert not row[0][0]
    failed = next(row for row in office.notices(termijn) if row["id"] == mine.id)
    assert (failed["state"], failed["failure"]) == ("failed", "blocked")
    (passed,) = office.claim(now)
    assert passed.person_id == office.thea.person_id
    assert (passed.termijn_id, passed.tone) == (termijn.id, "vandaag")
    assert passed.wanted_at == mine.wanted_at
    assert office.actions(f"notice:{mine.id}") == [(None, "notice_failed")]


@pytest.mark.usefixtures("termijn")
def test_what_the_lead_cannot_be_told_goes_further_up(office: Office) -> None:
    give_up(office, [of(office.claim(THE_DAY), office.sanne)], now=THE_DAY)
    give_up(office, office.claim(THE_DAY), now=THE_DAY)  # to Thea, in Sanne's place
    assert [notice.person_id for notice in office.claim(THE_DAY)] == [office.gerda.person_id]


def test_what_is_given_up_at_night_is_passed_on_in_the_morning(
    office: Office, termijn: TermijnView
) -> None:
    evening = THE_DAY.replace(hour=20)
    give_up(office, [of(office.claim(evening), office.sanne)], now=evening)
    passed = office.notices(termijn)[-1]
    assert moment(passed["due_at"]) == THE_DAY + timedelta(days=1)
    assert moment(passed["wanted_at"]) == THE_DAY


def test_a_digest_that_cannot_be_sent_goes_to_nobody_else(office: Office) -> None:
    fill(office, 1)
    office.sql("UPDATE notice SET kind = 'digest', team_id = :team", team=office.noord)
    give_up(office, office.claim(NINE), now=NINE)
    assert states(office) == {"failed": 1}


# Messages that must stay true


def stale(office: Office, now: datetime) -> list[StaleMessage]:
    return office.database.write(notices.claim_stale, now=now)


def test_done_while_it_is_under_way_the_message_is_mended(
    office: Office, termijn: TermijnView
) -> None:
    claimed = office.claim(THE_DAY)
    office.done(termijn, on=THE_DAY.date(), now=THE_DAY + SECOND)
    message_id = office.sent(THE_DAY + 2 * SECOND, [of(claimed, office.sanne)])
    assert states(office) == {"cancelled": 2}
    (message,) = stale(office, THE_DAY + 3 * SECOND)
    assert (message.channel_message_id, message.termijn_ids) == (message_id, (termijn.id,))
    assert message.channel_id == office.sanne.channel_id


def test_a_message_is_stale_once_its_termijn_changed(office: Office, termijn: TermijnView) -> None:
    for notice in office.claim(THE_DAY):
        office.sent(THE_DAY, [notice])
    assert stale(office, THE_DAY) == []
    office.done(termijn, on=THE_DAY.date(), now=THE_DAY + SECOND)
    assert len(stale(office, THE_DAY + SECOND)) == 2
    assert {row["state"] for row in office.notices(termijn)} == {"sent"}


@pytest.fixture
def message(office: Office, termijn: TermijnView) -> StaleMessage:
    """Sanne's message, sent and gone stale at `THE_DAY` and a second, claimed to be edited."""
    office.sent(THE_DAY, [of(office.claim(THE_DAY), office.sanne)])
    office.done(termijn, on=THE_DAY.date(), now=THE_DAY + SECOND)
    (found,) = stale(office, THE_DAY + SECOND)
    return found


def test_a_claimed_edit_is_given_again_when_its_lease_ends(
    office: Office, message: StaleMessage
) -> None:
    assert stale(office, THE_DAY + LEASE) == []
    (again,) = stale(office, THE_DAY + SECOND + LEASE)
    assert (again.id, again.attempts) == (message.id, 2)


def test_what_was_edited_is_true_again(office: Office, message: StaleMessage) -> None:
    office.database.write(notices.record_edited, message=message)
    assert stale(office, THE_DAY + timedelta(days=1)) == []


def test_an_edit_that_failed_is_tried_again_later(office: Office, message: StaleMessage) -> None:
    until = THE_DAY + timedelta(minutes=10)
    office.database.write(notices.edit_later, message=message, until=until)
    assert stale(office, until - SECOND) == []
    assert [again.id for again in stale(office, until)] == [message.id]


def test_what_changed_again_while_it_was_edited_stays_stale(
    office: Office, termijn: TermijnView, message: StaleMessage
) -> None:
    office.undo(termijn, now=THE_DAY + 2 * SECOND)
    office.database.write(notices.record_edited, message=message)
    (again,) = stale(office, THE_DAY + 3 * SECOND)
    assert (again.id, again.stale_at) == (message.id, THE_DAY + 2 * SECOND)
    office.database.write(notices.record_edited, message=again)
    assert stale(office, THE_DAY + timedelta(days=1)) == []


def test_two_who_mend_at_once_share_the_work(office: Office) -> None:
    fill(office, 12)
    for notice in office.claim(NINE + timedelta(minutes=1)):
        office.sent(NINE, [notice])
    office.sql("UPDATE sent_message SET stale_at = :now", now=NINE)
    claim = partial(office.database.write, notices.claim_stale, now=NINE, limit=8)
    shares = together(claim, claim)
    ids = [message.id for share in shares if isinstance(share, list) for message in share]
    assert len(ids) == len(set(ids)) <= 12
    assert len(ids) + len(stale(office, NINE)) == 12


def test_a_message_knows_the_termijnen_it_shows_and_whose_it_is(
    office: Office, termijn: TermijnView
) -> None:
    message_id = office.sent(THE_DAY, [of(office.claim(THE_DAY), office.sanne)])
    shown = partial(office.database.read, notices.message_showing, channel_message_id=message_id)
    assert shown(person_id=office.sanne.person_id) == [termijn.id]
    assert shown(person_id=office.thea.person_id) == []


# What comes next


def test_the_next_moment_is_the_first_of_ladder_notice_and_digest(office: Office) -> None:
    def following() -> datetime | None:
        return office.database.read(notices.next_moment)

    first_digest = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert following() == first_digest
    fill(office, 1, due_at=first_digest - SECOND)
    assert following() == first_digest - SECOND
    office.sent(first_digest, office.claim(first_digest))
    assert following() == first_digest
    office.sql("DELETE FROM digest_schedule")
    assert following() is None
    zaak = office.open(day=MONDAY)
    assert following() == min(
        look for row in zaak.termijnen if (look := office.next_look(row)) is not None
    )
