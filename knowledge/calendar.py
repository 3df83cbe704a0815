"""Statutory holidays and working days, as rules with their legal basis.

Basis: Algemene termijnenwet, art. 3 (text of 10-10-2010, read 22-11-2026). Lid 1 names the
generally recognised holidays (5 May every year among them), lid 2 puts Good Friday on a par with
them, lid 3 lets the government add days by decree. A decree is known only for the years it covers:
beyond those the calendar still computes, and says that it does not know (`undecided_years`).
Local free days never count as holidays. All days are civil dates in the Netherlands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from knowledge.norm_models import CalendarRules, FixedDay
from knowledge.refusals import ImpossibleDate

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years dates may lie in. Outside them a date is a slip of the thumb, not a termijn."""

ONE_DAY = timedelta(days=1)
_WEEKEND = {5: "zaterdag", 6: "zondag"}


# Always Sundays, so no rule needs them; people count from them all the same.
_SUNDAYS = {"eerste paasdag": 0, "eerste pinksterdag": 49}
_SPELLINGS = {
    "pasen": "eerste paasdag", "paaszondag": "eerste paasdag", "paasmaandag": "tweede paasdag",
    "pinksteren": "eerste pinksterdag", "pinksterzondag": "eerste pinksterdag",
    "pinkstermaandag": "tweede pinksterdag", "hemelvaart": "hemelvaartsdag",
    "hemelvaartdag": "hemelvaartsdag", "nieuwjaar": "nieuwjaarsdag",
}  # fmt: skip
_ORDINALS = {
    "1e": "eerste", "1ste": "eerste", "1": "eerste",
    "2e": "tweede", "2de": "tweede", "2": "tweede",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day that is no working day by law: its name and its legal basis."""

    name: str
    basis: str


def easter_sunday(year: int) -> date:
    """Easter Sunday of `year` in the Gregorian calendar (Gauss' computus, Meeus' form)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_correction + 15) % 30
    leap_years, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@dataclass(slots=True)
class Calendar:
    """Answers what kind of day a day is. Immutable rules; the cache only saves time."""

    rules: CalendarRules
    _years: dict[int, dict[date, Holiday]] = field(default_factory=dict, repr=False)

    def holidays(self, year: int) -> dict[date, Holiday]:
        """All holidays of `year` by day, also those that fall in a weekend."""
        if year not in self._years:
            self._years[year] = self._compute(year)
        return self._years[year]

    def named(self, name: str) -> Callable[[int], date | None] | None:
        """What day a feast falls on by year ("2e kerstdag", "pasen"); None for any other name.

        The function gives None for a year in which the day is not kept.
        """
        first, _, rest = name.lower().partition(" ")
        said = f"{_ORDINALS.get(first, first)} {rest}".strip()
        said = _SPELLINGS.get(said, said)
        offsets = {rule.name.lower(): rule.offset for rule in self.rules.easter} | _SUNDAYS
        if said in offsets:
            return lambda year: easter_sunday(year) + timedelta(days=offsets[said])
        rules = [rule for rule in self.rules.fixed if rule.name.lower() == said]
        if not rules:
            return None
        return lambda year: next((day for rule in rules if (day := _kept_on(rule, year))), None)

    def why_free(self, day: date) -> str | None:
        """The name of what makes `day` no working day, or None when it is one.

        A holiday's own name goes before "zaterdag" or "zondag": it is what a person recognises.
        """
        holiday = self.holidays(day.year).get(day)
        return holiday.name if holiday else _WEEKEND.get(day.weekday())

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is no Saturday, Sunday or holiday."""
        return self.why_free(day) is None

    def working_day_on_or_after(self, day: date) -> date:
        """`day` itself, or the first working day after it."""
        while not self.is_working_day(day):
            day = _next(day, 1)
        return day

    def working_day_on_or_before(self, day: date) -> date:
        """`day` itself, or the last working day before it."""
        while not self.is_working_day(day):
            day = _next(day, -1)
        return day

    def shift_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it when negative); 0 gives `day`."""
        step = 1 if count > 0 else -1
        for _ in range(abs(count)):
            day = _next(day, step)
            while not self.is_working_day(day):
                day = _next(day, step)
        return day

    def undecided_years(self, first: date, last: date) -> tuple[int, ...]:
        """Years between the two days for which no decree on extra days is known."""
        known = {
            year
            for decree in self.rules.decrees
            for year in range(decree.first_year, decree.last_year + 1)
        }
        low, high = sorted((first.year, last.year))
        return tuple(year for year in range(low, high + 1) if year not in known)

    @property
    def horizon(self) -> int:
        """The last year for which the days by decree are known."""
        return max(decree.last_year for decree in self.rules.decrees)

    def _compute(self, year: int) -> dict[date, Holiday]:
        return dict(self._days_of(year))

    def _days_of(self, year: int) -> Iterator[tuple[date, Holiday]]:
        # Later rules win: where two fall together (5 May on Ascension Day) one name is enough.
        for decree in self.rules.decrees:
            for day in decree.days:
                if day.year == year:
                    yield (
                        day,
                        Holiday(name="gelijkgesteld met een feestdag", basis=decree.basis),
                    )
        for rule in self.rules.fixed:
            if kept := _kept_on(rule, year):
                yield kept, Holiday(name=rule.name, basis=rule.basis)
        sunday = easter_sunday(year)
        for moving in self.rules.easter:
            yield (
                sunday + timedelta(days=moving.offset),
                Holiday(name=moving.name, basis=moving.basis),
            )


def checked(day: date) -> date:
    """`day`, or ImpossibleDate when it lies outside the years a termijn can be in."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ImpossibleDate("datum-buiten-bereik", eerste=FIRST_YEAR, laatste=LAST_YEAR)
    return day


def _next(day: date, step: int) -> date:
    return checked(day + step * ONE_DAY)


def _kept_on(rule: FixedDay, year: int) -> date | None:
    """The day on which this holiday is kept, None in a year in which it is not."""
    if year < (rule.first_year or year) or year > (rule.last_year or year):
        return None
    day = date(year, rule.month, rule.day)
    return day + timedelta(days=rule.if_sunday) if day.weekday() == 6 else day
