"""When whom is warned: in working days, in local time, and never "late" before it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.calendar import Calendar
from knowledge.ladder import MORNING, Moment, local_moment, moments, next_morning, speaking_time
from knowledge.loader import KnowledgeBase, load
from knowledge.norm_models import Recipient, Tone

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CONTENT = load()
LADDERS = st.sampled_from([CONTENT.ladders[name] for name in sorted(CONTENT.ladders)])


def planned(
    knowledge: KnowledgeBase, ladder: str, due_on: date, warn_on: date | None = None
) -> tuple[Moment, ...]:
    return moments(
        knowledge.ladders[ladder],
        due_on=due_on,
        warn_on=warn_on or due_on,
        calendar=knowledge.calendar,
        timezone=AMSTERDAM,
    )


def days(found: tuple[Moment, ...]) -> list[date]:
    return [moment.at.astimezone(AMSTERDAM).date() for moment in found]


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


def test_each_rung_is_a_moment_with_its_day_people_and_tone(knowledge: KnowledgeBase) -> None:
    found = planned(knowledge, "korte-termijn", date(2026, 11, 26))
    plan = [(day, one.to, one.tone) for day, one in zip(days(found), found, strict=True)]
    assert plan == [
        (date(2026, 11, 23), (Recipient.TEAMLEIDER,), Tone.VROEG),
        (date(2026, 11, 24), (Recipient.EIGENAAR,), Tone.BIJNA),
        (date(2026, 11, 25), (Recipient.EIGENAAR, Recipient.TEAMLEIDER), Tone.BIJNA),
        (date(2026, 11, 26), (Recipient.EIGENAAR, Recipient.TEAMLEIDER), Tone.VANDAAG),
        (date(2026, 11, 27), (Recipient.EIGENAAR, Recipient.TEAMLEIDER), Tone.TE_LAAT),
        (date(2026, 12, 1), (Recipient.GEBIEDSMANAGER,), Tone.TE_LAAT),
    ]
    assert [moment.order for moment in found] == [0, 1, 2, 3, 4, 5]
    assert [moment.only_without_owner for moment in found] == [True] + [False] * 5


def test_rungs_pass_over_weekends_and_holidays(knowledge: KnowledgeBase) -> None:
    # Tuesday after Easter: the working day before it is Maundy Thursday.
    found = planned(knowledge, "korte-termijn", date(2026, 4, 7))
    assert days(found)[:4] == [
        date(2026, 3, 31),
        date(2026, 4, 1),
        date(2026, 4, 2),
        date(2026, 4, 7),
    ]


def test_a_date_in_the_weekend_is_announced_on_the_working_day_before(
    knowledge: KnowledgeBase,
) -> None:
    saturday = date(2026, 11, 28)
    found = planned(knowledge, "korte-termijn", saturday)
    announced = [moment for moment in found if moment.tone is Tone.VANDAAG]
    assert days(tuple(announced)) == [date(2026, 11, 27)]
    assert days(found)[-2:] == [date(2026, 11, 30), date(2026, 12, 2)]


def test_both_dates_are_announced_where_readings_differ(knowledge: KnowledgeBase) -> None:
    found = planned(knowledge, "korte-termijn", date(2026, 5, 7), date(2026, 5, 4))
    assert list(zip(days(found), [moment.tone for moment in found], strict=True)) == [
        (date(2026, 4, 29), Tone.VROEG),
        (date(2026, 4, 30), Tone.BIJNA),
        (date(2026, 5, 1), Tone.BIJNA),
        (date(2026, 5, 4), Tone.VANDAAG),
        (date(2026, 5, 7), Tone.VANDAAG),
        (date(2026, 5, 8), Tone.TE_LAAT),
        (date(2026, 5, 12), Tone.TE_LAAT),
    ]
    assert [moment.order for moment in found] == list(range(7))


def test_two_dates_in_one_weekend_are_announced_once(knowledge: KnowledgeBase) -> None:
    found = planned(knowledge, "korte-termijn", date(2026, 11, 29), date(2026, 11, 28))
    assert [moment.tone for moment in found].count(Tone.VANDAAG) == 1


@given(
    ladder=LADDERS,
    due_on=st.dates(date(2020, 1, 1), date(2034, 12, 31)),
    earlier=st.integers(0, 40),
)
@settings(deadline=None, max_examples=200)
def test_nothing_is_late_before_the_due_date_and_every_moment_is_a_working_morning(
    ladder: object, due_on: date, earlier: int
) -> None:
    warn_on = due_on - timedelta(days=earlier)
    found = moments(
        ladder,  # type: ignore[arg-type]
        due_on=due_on,
        warn_on=warn_on,
        calendar=CONTENT.calendar,
        timezone=AMSTERDAM,
    )
    assert [moment.at for moment in found] == sorted(moment.at for moment in found)
    for moment in found:
        here = moment.at.astimezone(AMSTERDAM)
        assert here.time() == MORNING
        assert CONTENT.calendar.is_working_day(here.date())
        if moment.tone is Tone.TE_LAAT:
            assert here.date() > due_on
        else:
            assert here.date() <= due_on
    announced = [moment for moment in found if moment.tone is Tone.VANDAAG]
    assert announced[0].at.astimezone(AMSTERDAM).date() <= warn_on


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2027, 3, 26), 7),  # Good Friday, winter time
        (date(2027, 3, 28), 6),  # the night the clock goes forward
        (date(2027, 3, 30), 6),
        (date(2026, 10, 23), 6),
        (date(2026, 10, 25), 7),  # the night the clock goes back
        (date(2026, 10, 26), 7),
    ],
)
def test_half_past_eight_is_half_past_eight_on_both_sides_of_summer_time(
    day: date, utc_hour: int
) -> None:
    at = local_moment(day, MORNING, AMSTERDAM)
    assert at == datetime(day.year, day.month, day.day, utc_hour, 30, tzinfo=UTC)
    assert at.astimezone(AMSTERDAM).time() == time(8, 30)


def test_the_hour_that_does_not_exist_is_one_later() -> None:
    at = local_moment(date(2027, 3, 28), time(2, 30), AMSTERDAM)
    assert at.astimezone(AMSTERDAM).time() == time(3, 30)


def test_the_hour_that_comes_twice_is_its_first() -> None:
    assert local_moment(date(2026, 10, 25), time(2, 30), AMSTERDAM) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_ladder_across_summer_time_keeps_the_clock_on_the_wall(knowledge: KnowledgeBase) -> None:
    found = planned(knowledge, "korte-termijn", date(2026, 10, 27))
    assert {moment.at.astimezone(AMSTERDAM).time() for moment in found} == {time(8, 30)}
    assert {moment.at.hour for moment in found} == {6, 7}


@pytest.mark.parametrize(
    ("after", "morning"),
    [
        pytest.param(local(2026, 11, 23, 0, 0), local(2026, 11, 23, 8, 30), id="midnight"),
        pytest.param(local(2026, 11, 23, 8, 29), local(2026, 11, 23, 8, 30), id="just-before"),
        pytest.param(local(2026, 11, 23, 8, 30), local(2026, 11, 24, 8, 30), id="on-it"),
        pytest.param(local(2026, 11, 27, 20, 0), local(2026, 11, 30, 8, 30), id="friday-evening"),
        pytest.param(local(2026, 11, 28, 7, 0), local(2026, 11, 30, 8, 30), id="saturday"),
        pytest.param(local(2026, 4, 2, 9, 0), local(2026, 4, 7, 8, 30), id="before-easter"),
        pytest.param(local(2026, 4, 6, 8, 0), local(2026, 4, 7, 8, 30), id="easter-monday"),
        pytest.param(local(2026, 12, 31, 9, 0), local(2027, 1, 4, 8, 30), id="new-years-eve"),
        pytest.param(local(2027, 3, 27, 9, 0), local(2027, 3, 30, 8, 30), id="clock-forward"),
    ],
)
def test_the_next_morning_is_the_first_working_one_strictly_after(
    calendar: Calendar, after: datetime, morning: datetime
) -> None:
    assert next_morning(after, calendar=calendar, timezone=AMSTERDAM) == morning


@pytest.mark.parametrize(
    ("at", "speaks"),
    [
        pytest.param(local(2026, 11, 23, 6, 59), local(2026, 11, 23, 8, 30), id="0659"),
        pytest.param(local(2026, 11, 23, 7, 0), local(2026, 11, 23, 7, 0), id="0700"),
        pytest.param(local(2026, 11, 23, 18, 59), local(2026, 11, 23, 18, 59), id="1859"),
        pytest.param(local(2026, 11, 23, 19, 0), local(2026, 11, 24, 8, 30), id="1900"),
        pytest.param(local(2026, 11, 27, 19, 30), local(2026, 11, 30, 8, 30), id="friday-evening"),
        pytest.param(local(2026, 11, 29, 12, 0), local(2026, 11, 30, 8, 30), id="sunday"),
        pytest.param(local(2026, 4, 6, 12, 0), local(2026, 4, 7, 8, 30), id="easter-monday"),
        pytest.param(local(2026, 5, 15, 12, 0), local(2026, 5, 18, 8, 30), id="decree-day"),
        pytest.param(local(2026, 10, 26, 7, 0), local(2026, 10, 26, 7, 0), id="after-clock-back"),
    ],
)
def test_koersbot_speaks_up_on_working_days_between_seven_and_seven(
    calendar: Calendar, at: datetime, speaks: datetime
) -> None:
    assert speaking_time(at, calendar=calendar, timezone=AMSTERDAM) == speaks


@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2034, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - the bounds must be naive
@settings(deadline=None, max_examples=200)
def test_speaking_time_is_never_earlier_and_never_moves_twice(at: datetime) -> None:
    once = speaking_time(at, calendar=CONTENT.calendar, timezone=AMSTERDAM)
    assert once >= at
    assert speaking_time(once, calendar=CONTENT.calendar, timezone=AMSTERDAM) == once
