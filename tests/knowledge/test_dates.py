"""Days and sums as people type them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dates import FAR, NEAR, WEEKDAYS, Want, parse_day, read_day
from knowledge.loader import load
from knowledge.refusals import ImpossibleDate

TODAY = date(2026, 11, 23)  # a Monday
CALENDAR = load().calendar


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12 maart", date(2026, 3, 12)),
        ("12 MRT", date(2026, 3, 12)),
        ("12-3-2026", date(2026, 3, 12)),
        ("12/3/2026", date(2026, 3, 12)),
        ("12.03.2026", date(2026, 3, 12)),
        ("12 3 2026", date(2026, 3, 12)),
        ("12-03-26", date(2026, 3, 12)),
        ("12-3", date(2026, 3, 12)),
        ("2026-03-12", date(2026, 3, 12)),
        ("3 mrt '26", date(2026, 3, 3)),
        ("3 mrt. 26", date(2026, 3, 3)),
        ("1 jan 2027", date(2027, 1, 1)),
        ("1e maart 2026", date(2026, 3, 1)),
        ("1ste mei", date(2026, 5, 1)),
        ("vandaag", TODAY),
        ("Gisteren.", date(2026, 11, 22)),
        ("eergisteren", date(2026, 11, 21)),
        ("op maandag 23 november 2026", TODAY),
        ("Maandag, 23 november", TODAY),
        ("ma 23-11-2026", TODAY),
        ("  op   12   maart  ", date(2026, 3, 12)),
        ("12 maart?", date(2026, 3, 12)),
        ("12maart2026", date(2026, 3, 12)),
        ("12-mrt-2026", date(2026, 3, 12)),
        ("maart 12, 2026", date(2026, 3, 12)),
        ("29-2-2028", date(2028, 2, 29)),
        ("31-12-2100", date(2100, 12, 31)),
    ],
)
def test_a_day_is_read(text: str, day: date) -> None:
    assert parse_day(text, today=TODAY, past=True) == day


@pytest.mark.parametrize(
    ("text", "past", "ahead", "either"),
    [
        ("23 november", [TODAY], [TODAY], [TODAY]),
        # Near and the other far: certain.
        ("24 november", [date(2025, 11, 24)], [date(2026, 11, 24)], [date(2026, 11, 24)]),
        ("31-12", [date(2025, 12, 31)], [date(2026, 12, 31)], [date(2026, 12, 31)]),
        ("1 jan", [date(2026, 1, 1)], [date(2027, 1, 1)], [date(2027, 1, 1)]),
        ("10 oktober", [date(2026, 10, 10)], [date(2027, 10, 10)], [date(2026, 10, 10)]),
        # Neither is near: to be asked.
        (
            "3 april",
            [date(2026, 4, 3)],
            [date(2027, 4, 3)],
            [date(2026, 4, 3), date(2027, 4, 3)],
        ),
        # The weekday says which.
        ("vrijdag 3 april", [date(2026, 4, 3)], None, [date(2026, 4, 3)]),
        ("za 3 april", None, [date(2027, 4, 3)], [date(2027, 4, 3)]),
        # Bare weekdays.
        ("vrijdag", [date(2026, 11, 20)], [date(2026, 11, 27)],
         [date(2026, 11, 20), date(2026, 11, 27)]),
        ("maandag", [TODAY], [TODAY], [date(2026, 11, 16), TODAY, date(2026, 11, 30)]),
    ],
)  # fmt: skip
def test_a_day_without_a_year_is_the_last_the_next_or_asked(
    text: str, past: list[date] | None, ahead: list[date] | None, either: list[date]
) -> None:
    for want, days in ((Want.PAST, past), (Want.AHEAD, ahead), (Want.EITHER, either)):
        if days is None:
            with pytest.raises(ImpossibleDate, match="weekdag-klopt-niet"):
                read_day(text, today=TODAY, want=want)
        else:
            assert read_day(text, today=TODAY, want=want) == tuple(days)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("morgen", [date(2026, 11, 24)]),
        ("overmorgen", [date(2026, 11, 25)]),
        ("over 3 weken", [date(2026, 12, 14)]),
        ("over een maand", [date(2026, 12, 23)]),
        ("over 10 dagen", [date(2026, 12, 3)]),
        ("over twee jaar", [date(2028, 11, 23)]),
        ("2 weken geleden", [date(2026, 11, 9)]),
        ("drie dagen geleden", [date(2026, 11, 20)]),
        ("afgelopen vrijdag", [date(2026, 11, 20)]),
        ("afgelopen maandag", [date(2026, 11, 16)]),
        ("a.s. maandag", [date(2026, 11, 30)]),
        ("aanstaande dinsdag", [date(2026, 11, 24)]),
        ("maandag a.s.", [date(2026, 11, 30)]),
        ("volgende week dinsdag", [date(2026, 12, 1)]),
        ("dinsdag volgende week", [date(2026, 12, 1)]),
        ("vorige week dinsdag", [date(2026, 11, 17)]),
        ("deze week vrijdag", [date(2026, 11, 27)]),
        # The first one for one person, that of next week for another.
        ("volgende vrijdag", [date(2026, 11, 27), date(2026, 12, 4)]),
        ("tweede kerstdag", [date(2026, 12, 26)]),
        ("2e Kerstdag 2025", [date(2025, 12, 26)]),
        ("1e pinksterdag", [date(2026, 5, 24), date(2027, 5, 16)]),
        ("pasen", [date(2026, 4, 5), date(2027, 3, 28)]),
        ("pasen 2028", [date(2028, 4, 16)]),
        ("goede vrijdag '27", [date(2027, 3, 26)]),
        ("koningsdag 2025", [date(2025, 4, 26)]),  # on a Sunday: kept the day before
        ("koningsdag 2027", [date(2027, 4, 27)]),
        ("hemelvaart 2027", [date(2027, 5, 6)]),
        ("nieuwjaarsdag", [date(2027, 1, 1)]),
        ("12 mrt '27", [date(2027, 3, 12)]),
        ("12/3/2026", [date(2026, 3, 12)]),
    ],
)
def test_what_people_call_a_day_is_read(text: str, days: list[date]) -> None:
    found = read_day(text, today=TODAY, want=Want.EITHER, calendar=CALENDAR)
    assert found == tuple(days)


def test_a_feast_is_only_a_day_with_a_calendar_and_in_years_it_is_kept() -> None:
    assert read_day("pasen", today=TODAY, want=Want.PAST) == ()
    for text in ("koninginnedag", "koninginnedag 2026"):
        with pytest.raises(ImpossibleDate):
            read_day(text, today=TODAY, want=Want.PAST, calendar=CALENDAR)


def test_one_day_cannot_be_made_of_more() -> None:
    for text in ("3 april", "volgende vrijdag"):
        with pytest.raises(ImpossibleDate) as refusal:
            parse_day(text, today=TODAY, past=False)
        assert refusal.value.text_id == "dag-dubbelzinnig"
    assert refusal.value.parameters == {"dagen": "27 november 2026 of 4 december 2026"}
    assert parse_day("3 april", today=TODAY, past=False, ahead=True) == date(2027, 4, 3)


def test_a_weekday_that_contradicts_the_date_says_which_it_is() -> None:
    for text in ("maandag 12 maart 2026", "ma. 12-3-2026", "maandag, 2026-03-12"):
        with pytest.raises(ImpossibleDate) as refusal:
            parse_day(text, today=TODAY, past=True)
        assert refusal.value.text_id == "weekdag-klopt-niet"
        assert refusal.value.parameters == {"gezegd": "maandag", "dag": date(2026, 3, 12)}


@pytest.mark.parametrize(
    "text",
    ["31-2", "31 februari", "31-4-2026", "0-1-2026", "1-13-2026", "12/13/2026",
     "32 maart", "2026-02-30", "2026-13-01"],
)  # fmt: skip
@pytest.mark.parametrize("want", Want)
def test_a_day_that_does_not_exist_is_refused(text: str, want: Want) -> None:
    with pytest.raises(ImpossibleDate) as refusal:
        read_day(text, today=TODAY, want=want)
    assert refusal.value.text_id == "datum-onleesbaar"


@pytest.mark.parametrize(
    ("text", "year"),
    [("29-2-2027", 2027), ("29 februari 2027", 2027), ("2027-02-29", 2027), ("29-2", None),
     ("29 feb", None)],
)  # fmt: skip
@pytest.mark.parametrize("want", Want)
def test_29_february_outside_a_leap_year_is_refused_in_its_own_words(
    text: str, year: int | None, want: Want
) -> None:
    with pytest.raises(ImpossibleDate) as refusal:
        read_day(text, today=TODAY, want=want)
    assert refusal.value.text_id == "geen-schrikkeljaar"
    assert refusal.value.parameters == {"jaar": year}
    assert read_day("29-2", today=date(2028, 2, 1), want=Want.EITHER) == (date(2028, 2, 29),)


@pytest.mark.parametrize("text", ["31-12-1999", "1-1-2101", "0001-01-01", "9999-12-31"])
def test_a_day_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ImpossibleDate) as refusal:
        parse_day(text, today=TODAY, past=True)
    assert refusal.value.text_id == "datum-buiten-bereik"


@pytest.mark.parametrize(
    "text",
    ["", " ", "op", "ma", "do", "zo", "12", "5", "1264", "6 weken", "zes weken", "eind maart",
     "begin april", "medio mei", "wat is een vto", "10 uur", "over 3 uur", "3 april om 10 uur",
     "12 maart 2026 10:00", "over 5 werkdagen", "volgende maand", "volgend jaar", "20260312",
     "nu", "een dag", "in een week tijd", "wanneer is pasen", "hoe lang duurt een ots",
     "maart", "12 foo", "12 maart 2026 om 10 uur", "maart 2026",
     "K7-429F", "0800-2000", "2026", "12-3-202", "12-3-20266", "²-3-2026", "12--3-2026", "-12-3",
     "5 werkdagen na 23 december 2026", "drang", "🙂", "\x00", "1" * 10_000],
)  # fmt: skip
def test_what_is_not_clearly_a_day_is_no_day(text: str) -> None:
    for want in Want:
        assert read_day(text, today=TODAY, want=want, calendar=CALENDAR) == ()


todays = st.dates(date(2001, 1, 1), date(2099, 12, 31))
pieces = st.sampled_from(
    ["op", "ma", "maandag,", "12", "31", "29", "2", "02", "mrt", "maart", "feb", "'26", "2027",
     "-", "/", ".", " ", "vandaag", "over", "geleden", "week", "volgende", "a.s.", "pasen", "2e",
     "kerstdag", "vrijdag", "29 februari",
     "5", "vijf", "werkdagen", "weken", "jaar", "na", "vanaf", "٣"]
)  # fmt: skip
typed = st.one_of(
    st.text(max_size=40),
    st.lists(pieces, max_size=10).map("".join),
    st.lists(pieces, max_size=10).map(" ".join),
    st.from_regex(r"\d{1,4}[-/. ]\d{1,2}([-/. ]\d{1,4})?", fullmatch=True),
)


@given(text=typed, today=todays, want=st.sampled_from(Want))
@settings(deadline=None, max_examples=500)
def test_whatever_is_typed_gives_days_in_order_or_an_impossible_date(
    text: str, today: date, want: Want
) -> None:
    with suppress(ImpossibleDate):
        found = read_day(text, today=today, want=want, calendar=CALENDAR)
        assert list(found) == sorted(set(found))


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)), today=todays, past=st.booleans())
def test_a_full_date_is_read_back_in_every_form(day: date, today: date, past: bool) -> None:
    for text in (
        day.isoformat(),
        f"{day.day}-{day.month}-{day.year}",
        f"{day:%d/%m/%Y}",
        f"op {day:%d.%m.%Y}",
    ):
        assert parse_day(text, today=today, past=past) == day


@given(month=st.integers(1, 12), number=st.integers(1, 28), today=todays)
def test_a_past_day_without_a_year_is_never_in_the_future(
    month: int, number: int, today: date
) -> None:
    found = parse_day(f"{number}-{month}", today=today, past=True)
    assert found is not None
    assert 0 <= (today - found).days <= 366


@given(month=st.integers(1, 12), number=st.integers(1, 28), today=todays)
def test_a_day_without_a_year_is_asked_unless_one_is_near_and_the_other_far(
    month: int, number: int, today: date
) -> None:
    found = read_day(f"{number}-{month}", today=today, want=Want.EITHER)
    away = [abs(day - today).days for day in found]
    if len(found) == 2:
        assert found[0] < today < found[1]
        assert min(away) > NEAR or max(away) <= FAR
    else:
        assert len(found) == 1
        assert away[0] <= NEAR


@given(name=st.sampled_from(WEEKDAYS), today=todays)
def test_a_weekday_is_always_the_last_and_the_next_one(name: str, today: date) -> None:
    (last,) = read_day(name, today=today, want=Want.PAST)
    (coming,) = read_day(name, today=today, want=Want.AHEAD)
    assert WEEKDAYS[last.weekday()] == WEEKDAYS[coming.weekday()] == name
    assert 0 <= (today - last).days < 7
    assert 0 <= (coming - today).days < 7
    (before,) = read_day(f"afgelopen {name}", today=today, want=Want.PAST)
    (after,) = read_day(f"a.s. {name}", today=today, want=Want.PAST)
    assert 0 < (today - before).days <= 7
    assert 0 < (after - today).days <= 7
