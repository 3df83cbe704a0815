"""Terms that stood still."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.loader import load
from knowledge.norm_models import Direction, Roll, Unit
from knowledge.pauses import paused, paused_norm
from knowledge.refusals import ImpossibleDate
from knowledge.termijnen import DueDate, Pause, compute, for_norm

KNOWLEDGE = load()
CALENDAR = KNOWLEDGE.calendar


def due(start: date, amount: int, unit: Unit, roll: Roll = Roll.NONE) -> DueDate:
    return compute(start=start, amount=amount, unit=unit, calendar=CALENDAR, roll=roll)


def pause(first: date, last: date) -> Pause:
    return Pause(first=first, last=last)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "first", "last", "end", "days"),
    [
        # Both days count: Monday up to and including Sunday is a week.
        (date(2026, 11, 2), 6, Unit.WEKEN, date(2026, 11, 9), date(2026, 11, 15),
         date(2026, 12, 21), 7),
        (date(2026, 11, 2), 6, Unit.WEKEN, date(2026, 12, 14), date(2026, 12, 14),
         date(2026, 12, 15), 1),
        # The start day never counted, so it cannot be lost.
        (date(2026, 11, 2), 10, Unit.DAGEN, date(2026, 11, 2), date(2026, 11, 4),
         date(2026, 11, 14), 2),
        (date(2026, 11, 2), 1, Unit.MAANDEN, date(2026, 11, 30), date(2026, 12, 6),
         date(2026, 12, 9), 7),
        # Working days: only those among the paused days, also beyond the old end.
        (date(2026, 11, 2), 5, Unit.WERKDAGEN, date(2026, 11, 7), date(2026, 11, 8),
         date(2026, 11, 9), 0),
        (date(2026, 11, 2), 5, Unit.WERKDAGEN, date(2026, 11, 5), date(2026, 11, 11),
         date(2026, 11, 16), 5),
        (date(2026, 12, 21), 5, Unit.WERKDAGEN, date(2026, 12, 24), date(2026, 12, 27),
         date(2026, 12, 30), 1),
    ],
)  # fmt: skip
def test_the_end_moves_by_the_days_that_would_have_counted(
    start: date, amount: int, unit: Unit, first: date, last: date, end: date, days: int
) -> None:
    before = due(start, amount, unit)
    found = paused(before, [pause(first, last)], CALENDAR)
    assert found.on == end
    assert [(one.first, one.last, one.days) for one in found.pauses] == [(first, last, days)]
    assert found.before_pauses == before.on
    assert all(not first <= one.day <= last for one in found.skipped)


def test_it_rolls_after_the_pause_and_not_before() -> None:
    # Without a pause Saturday 28 November, rolled to Monday; a week later a Saturday again.
    before = due(date(2026, 11, 14), 2, Unit.WEKEN, Roll.NEXT)
    assert before.on == date(2026, 11, 30)
    found = paused(before, [pause(date(2026, 11, 16), date(2026, 11, 22))], CALENDAR)
    assert (found.on, found.rolled_from) == (date(2026, 12, 7), date(2026, 12, 5))
    assert found.before_pauses == date(2026, 11, 28)


def test_a_pause_while_it_only_rolls_ends_it_after_the_pause() -> None:
    before = due(date(2026, 11, 14), 2, Unit.WEKEN, Roll.NEXT)  # Saturday, rolled to Monday
    found = paused(before, [pause(date(2026, 11, 29), date(2026, 12, 1))], CALENDAR)
    assert found.on == date(2026, 12, 2)


def test_a_later_pause_may_begin_where_an_earlier_one_moved_the_end_to() -> None:
    before = due(date(2026, 11, 2), 1, Unit.WEKEN)
    first = pause(date(2026, 11, 9), date(2026, 11, 13))
    second = pause(date(2026, 11, 14), date(2026, 11, 14))
    assert paused(before, [first], CALENDAR).on == date(2026, 11, 14)
    assert paused(before, [second, first], CALENDAR).on == date(2026, 11, 15)
    with pytest.raises(ImpossibleDate, match="stilstand-na-einde"):
        paused(before, [second], CALENDAR)


def test_all_pauses_are_given_each_time_and_replace_the_old_ones() -> None:
    before = due(date(2026, 11, 14), 6, Unit.WEKEN, Roll.NEXT)
    one, two = (
        pause(date(2026, 11, 20), date(2026, 11, 24)),
        pause(date(2026, 12, 1), date(2026, 12, 3)),
    )
    with_one = paused(before, [one], CALENDAR)
    assert paused(with_one, [one, two], CALENDAR) == paused(before, [one, two], CALENDAR)
    assert paused(with_one, [], CALENDAR).on == before.on


@pytest.mark.parametrize(
    ("pauses", "reason"),
    [
        ([pause(date(2026, 11, 10), date(2026, 11, 9))], "stilstand-omgekeerd"),
        (
            [
                pause(date(2026, 11, 9), date(2026, 11, 12)),
                pause(date(2026, 11, 12), date(2026, 11, 13)),
            ],
            "stilstand-overlapt",
        ),
        ([pause(date(2026, 11, 1), date(2026, 11, 9))], "stilstand-voor-start"),
        ([pause(date(2026, 12, 15), date(2026, 12, 16))], "stilstand-na-einde"),
        ([pause(date(2026, 11, 9), date(2101, 1, 1))], "datum-buiten-bereik"),
    ],
)  # fmt: skip
def test_an_impossible_pause_is_refused(pauses: list[Pause], reason: str) -> None:
    with pytest.raises(ImpossibleDate) as refusal:
        paused(due(date(2026, 11, 2), 6, Unit.WEKEN), pauses, CALENDAR)
    assert refusal.value.text_id == reason


def test_what_counts_back_cannot_stand_still() -> None:
    back = compute(
        start=date(2027, 3, 12), amount=8, unit=Unit.WEKEN, calendar=CALENDAR,
        direction=Direction.TERUG,
    )  # fmt: skip
    with pytest.raises(ImpossibleDate, match="stilstand-terug"):
        paused(back, [pause(date(2027, 2, 1), date(2027, 2, 2))], CALENDAR)
    assert paused(back, [], CALENDAR) is back


def test_every_reading_of_a_norm_stands_still_but_one_that_had_ended() -> None:
    norm = KNOWLEDGE.norm_on("vaste-jeugdbeschermer", date(2026, 11, 23))
    computed = for_norm(norm, start=date(2026, 11, 23), calendar=CALENDAR)  # 30 and 28 November
    early = paused_norm(computed, [pause(date(2026, 11, 25), date(2026, 11, 26))], CALENDAR)
    assert [early.due.on, early.others[0].due.on] == [date(2026, 12, 2), date(2026, 11, 30)]
    late = paused_norm(computed, [pause(date(2026, 11, 30), date(2026, 11, 30))], CALENDAR)
    assert [late.due.on, late.others[0].due.on] == [date(2026, 12, 1), date(2026, 11, 28)]


def test_an_explanation_kept_before_there_were_pauses_is_still_read() -> None:
    found = due(date(2026, 4, 3), 6, Unit.WEKEN, Roll.NEXT)
    kept = found.model_dump(
        mode="json", exclude={"pauses", "before_pauses", "exempt", "least_ordinary"}
    )
    assert DueDate.model_validate(kept) == found


starts = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@given(
    start=starts,
    amount=st.integers(1, 60),
    unit=st.sampled_from(Unit),
    roll=st.sampled_from(Roll),
    at=st.floats(0, 1),
    lasts=st.integers(0, 60),
)
@settings(deadline=None, max_examples=400)
def test_a_pause_makes_later_or_the_same_and_the_end_never_stands_still(
    start: date, amount: int, unit: Unit, roll: Roll, at: float, lasts: int
) -> None:
    amount = min(amount, 3) if unit is Unit.JAREN else amount
    before = due(start, amount, unit, roll)
    if before.on < start:  # rolled back to before its own start: nothing to pause
        return
    first = start + timedelta(days=round(at * (before.on - start).days))
    last = first + timedelta(days=lasts)
    found = paused(before, [pause(first, last)], CALENDAR)
    longer = paused(before, [pause(first, last + timedelta(days=1))], CALENDAR)
    assert before.on <= found.on <= longer.on
    if roll is not Roll.PREVIOUS:
        assert not first < found.on <= last
    assert paused(before, [], CALENDAR) == before
    assert DueDate.model_validate_json(found.model_dump_json()) == found
