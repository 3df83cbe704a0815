"""The retry policy: a pure function from an error to what happens next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.outbox import LONGEST_WAIT, Again, AsPlainText, GiveUp, bundles, decide
from storage.notices import ClaimedNotice


@pytest.fixture(autouse=True)
def waits_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def test_telegrams_own_wait_is_kept_and_a_little_more() -> None:
    assert decide(RetryAfter(7), 1) == Again(after=timedelta(seconds=8), why="retry_after")


@pytest.mark.parametrize(
    ("error", "why"),
    [(TimedOut(), "timeout"), (NetworkError("x"), "network"), (Conflict("x"), "mistake")],
)
def test_waits_grow_and_stop_growing(error: Exception, why: str) -> None:
    waits = [decide(error, attempts) for attempts in range(1, 40)]
    assert all(isinstance(wait, Again) and wait.why == why for wait in waits)
    seconds = [wait.after for wait in waits if isinstance(wait, Again)]
    assert seconds == sorted(seconds)
    assert seconds[0] < timedelta(minutes=1)
    assert seconds[-1] == LONGEST_WAIT


@pytest.mark.parametrize("error", [Forbidden("blocked"), BadRequest("Chat not found")])
def test_a_channel_that_is_gone_is_never_tried_again(error: Exception) -> None:
    decision = decide(error, 1)
    assert isinstance(decision, GiveUp)
    assert decision.channel_lost


def test_tags_that_telegram_cannot_read_are_left_out() -> None:
    assert decide(BadRequest("Can't parse entities: x"), 1) == AsPlainText()


def test_a_refused_token_and_a_bug_of_ours_wait_and_lose_nothing() -> None:
    assert isinstance(decide(InvalidToken(), 1), Again)
    assert isinstance(decide(RuntimeError("bug"), 1), Again)


def test_one_message_a_person_digests_apart_and_never_too_many_in_one() -> None:
    claimed = [
        *(notice(number, person=1, kind="termijn") for number in range(1, 12)),
        notice(12, person=1, kind="digest"),
        notice(13, person=2, kind="termijn"),
    ]
    made = [[item.id for item in bundle] for bundle in bundles(claimed)]
    assert made == [[1, 2, 3, 4, 5, 6, 7, 8], [9, 10, 11], [12], [13]]


def notice(number: int, *, person: int, kind: str) -> ClaimedNotice:
    return ClaimedNotice(
        id=number,
        claim="c",
        kind=kind,
        person_id=person,
        channel_id=person,
        termijn_id=number,
        team_id=None,
        tone=None,
        wanted_at=datetime(2026, 11, 23, tzinfo=UTC),
        attempts=1,
        repeat=False,
    )
