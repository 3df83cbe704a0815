"""Holidays by rule, against two libraries that know them too, with every difference written down.

An unexpected difference fails, and so does a known one that is gone: then somebody has to look.
"""

from __future__ import annotations

from datetime import date, timedelta

import holidays as holidays_library
import pytest
from dateutil.easter import easter

from knowledge.calendar import FIRST_YEAR, LAST_YEAR, Calendar, checked, easter_sunday
from knowledge.refusals import ImpossibleDate

YEARS = range(2015, 2036)

# Art. 3 lid 3: days put on a par with holidays by decree. No library has them.
DECREE_DAYS = {
    date(2017, 4, 28), date(2017, 5, 26),
    date(2018, 5, 11), date(2018, 12, 24), date(2018, 12, 31),
    date(2019, 5, 31), date(2019, 12, 27),
    date(2023, 4, 28), date(2023, 5, 19),
    date(2024, 5, 10), date(2024, 12, 27),
    date(2025, 5, 30),
    date(2026, 1, 2), date(2026, 5, 15),
    date(2027, 5, 7),
    date(2028, 4, 28), date(2028, 5, 26),
}  # fmt: skip

# Sundays by nature: the library lists them, art. 3 lid 1 has no need to (and a Sunday is free).
SUNDAY_FEASTS = {
    date(2015, 4, 5), date(2015, 5, 24), date(2016, 3, 27), date(2016, 5, 15),
    date(2017, 4, 16), date(2017, 6, 4), date(2018, 4, 1), date(2018, 5, 20),
    date(2019, 4, 21), date(2019, 6, 9), date(2020, 4, 12), date(2020, 5, 31),
    date(2021, 4, 4), date(2021, 5, 23), date(2022, 4, 17), date(2022, 6, 5),
    date(2023, 4, 9), date(2023, 5, 28), date(2024, 3, 31), date(2024, 5, 19),
    date(2025, 4, 20), date(2025, 6, 8), date(2026, 4, 5), date(2026, 5, 24),
    date(2027, 3, 28), date(2027, 5, 16), date(2028, 4, 16), date(2028, 6, 4),
    date(2029, 4, 1), date(2029, 5, 20), date(2030, 4, 21), date(2030, 6, 9),
    date(2031, 4, 13), date(2031, 6, 1), date(2032, 3, 28), date(2032, 5, 16),
    date(2033, 4, 17), date(2033, 6, 5), date(2034, 4, 9), date(2034, 5, 28),
    date(2035, 3, 25), date(2035, 5, 13),
}  # fmt: skip

# The library's own public holidays: 5 May only in lustrum years. In 2016 it was Ascension Day too.
LIBERATION_DAYS_ONLY_OURS = {
    date(year, 5, 5) for year in YEARS if year not in {2015, 2016, 2020, 2025, 2030, 2035}
}


def library_days(*categories: str) -> dict[date, str]:
    return dict(
        holidays_library.country_holidays(
            "NL", years=YEARS, categories=categories, language="nl"
        ).items()
    )


ALL_CATEGORIES = ("public", "optional", "school")


def our_days(calendar: Calendar) -> dict[date, str]:
    return {day: kind.name for year in YEARS for day, kind in calendar.holidays(year).items()}


def test_the_library_still_has_no_other_categories_than_we_compare() -> None:
    assert set(holidays_library.country_holidays("NL").supported_categories) == set(ALL_CATEGORIES)


def test_only_decree_days_are_ours_alone_against_all_categories(calendar: Calendar) -> None:
    assert set(our_days(calendar)) - set(library_days(*ALL_CATEGORIES)) == DECREE_DAYS


def test_only_easter_and_whit_sunday_are_the_librarys_alone(calendar: Calendar) -> None:
    assert set(library_days(*ALL_CATEGORIES)) - set(our_days(calendar)) == SUNDAY_FEASTS
    assert set(library_days("public")) - set(our_days(calendar)) == SUNDAY_FEASTS
    assert all(day.weekday() == 6 for day in SUNDAY_FEASTS)


def test_the_librarys_public_days_lack_5_may_outside_lustrum_years(calendar: Calendar) -> None:
    alone = set(our_days(calendar)) - set(library_days("public"))
    assert alone == DECREE_DAYS | LIBERATION_DAYS_ONLY_OURS


def test_shared_days_have_the_same_name_but_for_two_on_one_day(calendar: Calendar) -> None:
    ours, theirs = our_days(calendar), library_days(*ALL_CATEGORIES)
    renamed = {
        (day, theirs[day], ours[day])
        for day in ours.keys() & theirs.keys()
        if ours[day].lower() != theirs[day].lower()
    }
    assert renamed == {(date(2016, 5, 5), "Bevrijdingsdag; Hemelvaartsdag", "Hemelvaartsdag")}


@pytest.mark.parametrize("year", YEARS)
def test_good_friday_is_a_holiday_every_year(calendar: Calendar, year: int) -> None:
    friday = easter(year) - timedelta(days=2)
    assert calendar.holidays(year)[friday].name == "Goede Vrijdag"
    assert "lid 2" in calendar.holidays(year)[friday].basis


@pytest.mark.parametrize("year", range(2000, 2101))
def test_5_may_is_free_every_year(calendar: Calendar, year: int) -> None:
    assert date(year, 5, 5) in calendar.holidays(year)


@pytest.mark.parametrize("year", [2025, 2031])
def test_kings_day_on_a_sunday_is_kept_on_saturday(calendar: Calendar, year: int) -> None:
    assert date(year, 4, 27).weekday() == 6
    assert calendar.why_free(date(year, 4, 26)) == "Koningsdag"
    assert calendar.why_free(date(year, 4, 27)) == "zondag"
    assert calendar.is_working_day(date(year, 4, 28))


def test_the_queens_day_ended_and_the_kings_day_began_in_2014(calendar: Calendar) -> None:
    assert calendar.why_free(date(2013, 4, 30)) == "Koninginnedag"
    assert calendar.why_free(date(2014, 4, 30)) is None
    assert calendar.why_free(date(2015, 4, 27)) == "Koningsdag"
    assert calendar.why_free(date(2012, 4, 27)) is None


@pytest.mark.parametrize("year", [2017, 2023])
def test_new_year_on_a_sunday_is_not_moved(calendar: Calendar, year: int) -> None:
    assert date(year, 1, 1).weekday() == 6
    assert calendar.why_free(date(year, 1, 1)) == "Nieuwjaarsdag"
    assert calendar.is_working_day(date(year, 1, 2))


@pytest.mark.parametrize("day", sorted(DECREE_DAYS), ids=str)
def test_a_decree_day_is_no_working_day_and_names_its_basis(calendar: Calendar, day: date) -> None:
    assert calendar.why_free(day) == "gelijkgesteld met een feestdag"
    assert "art. 3 lid 3" in calendar.holidays(day.year)[day].basis
    assert day.weekday() < 5


def test_every_holiday_names_its_article(calendar: Calendar) -> None:
    kinds = {kind for year in YEARS for kind in calendar.holidays(year).values()}
    assert all("Algemene termijnenwet, art. 3" in kind.basis for kind in kinds)


def test_years_without_a_known_decree_are_named(calendar: Calendar) -> None:
    undecided = calendar.undecided_years(date(2015, 1, 1), date(2032, 12, 31))
    assert undecided == (2015, 2016, 2020, 2021, 2022, 2029, 2030, 2031, 2032)
    assert calendar.undecided_years(date(2026, 1, 1), date(2028, 12, 31)) == ()
    assert calendar.undecided_years(date(2029, 1, 2), date(2028, 12, 30)) == (2029,)
    assert calendar.horizon == 2028


@pytest.mark.parametrize("year", range(1990, 2100))
def test_easter_is_where_dateutil_has_it(year: int) -> None:
    assert easter_sunday(year) == easter(year)


def test_a_holidays_name_goes_before_the_weekend(calendar: Calendar) -> None:
    assert calendar.why_free(date(2026, 12, 26)) == "Tweede Kerstdag"  # a Saturday
    assert calendar.why_free(date(2026, 11, 28)) == "zaterdag"
    assert calendar.why_free(date(2026, 11, 29)) == "zondag"
    assert calendar.why_free(date(2026, 11, 27)) is None


def test_the_next_and_last_working_day_pass_over_easter(calendar: Calendar) -> None:
    assert calendar.working_day_on_or_after(date(2026, 4, 3)) == date(2026, 4, 7)
    assert calendar.working_day_on_or_before(date(2026, 4, 6)) == date(2026, 4, 2)
    assert calendar.working_day_on_or_after(date(2026, 4, 2)) == date(2026, 4, 2)
    assert calendar.working_day_on_or_before(date(2026, 4, 7)) == date(2026, 4, 7)


def test_shifting_working_days_goes_both_ways_and_zero_stays(calendar: Calendar) -> None:
    thursday = date(2026, 4, 2)
    assert calendar.shift_working_days(thursday, 1) == date(2026, 4, 7)
    assert calendar.shift_working_days(date(2026, 4, 7), -1) == thursday
    assert calendar.shift_working_days(date(2026, 4, 4), 0) == date(2026, 4, 4)
    assert calendar.shift_working_days(date(2026, 4, 4), 1) == date(2026, 4, 7)
    assert calendar.shift_working_days(date(2026, 4, 4), -1) == thursday


def test_days_outside_the_calendar_are_refused_and_its_ends_are_not(calendar: Calendar) -> None:
    assert checked(date(FIRST_YEAR, 1, 1)) == date(FIRST_YEAR, 1, 1)
    assert checked(date(LAST_YEAR, 12, 31)) == date(LAST_YEAR, 12, 31)
    for day in (date(FIRST_YEAR - 1, 12, 31), date(LAST_YEAR + 1, 1, 1)):
        with pytest.raises(ImpossibleDate) as refusal:
            checked(day)
        assert refusal.value.text_id == "datum-buiten-bereik"
    with pytest.raises(ImpossibleDate):
        calendar.shift_working_days(date(LAST_YEAR, 12, 31), 1)


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("Tweede Kerstdag", 2026, date(2026, 12, 26)),
        ("2e kerstdag", 2026, date(2026, 12, 26)),
        ("1ste paasdag", 2026, date(2026, 4, 5)),
        ("pasen", 2026, date(2026, 4, 5)),
        ("2de paasdag", 2026, date(2026, 4, 6)),
        ("hemelvaart", 2026, date(2026, 5, 14)),
        ("pinksteren", 2026, date(2026, 5, 24)),
        ("goede vrijdag", 2026, date(2026, 4, 3)),
        ("koningsdag", 2031, date(2031, 4, 26)),
        ("koningsdag", 2013, None),
        ("koninginnedag", 2013, date(2013, 4, 30)),
        ("bevrijdingsdag", 2016, date(2016, 5, 5)),  # Ascension Day too
    ],
)
def test_a_feast_is_found_by_what_people_call_it(
    calendar: Calendar, name: str, year: int, day: date | None
) -> None:
    yearly = calendar.named(name)
    assert yearly is not None
    assert yearly(year) == day


@pytest.mark.parametrize("name", ["", "maandag", "kerst", "2e", "gelijkgesteld met een feestdag"])
def test_what_is_no_feast_of_the_rules_has_no_day(calendar: Calendar, name: str) -> None:
    assert calendar.named(name) is None


def test_every_feast_of_the_rules_goes_by_its_own_name(calendar: Calendar) -> None:
    for rule in (*calendar.rules.fixed, *calendar.rules.easter):
        assert calendar.named(rule.name) is not None
