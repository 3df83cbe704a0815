"""Dutch days as people type them -> the days that can be meant. What is not clearly a day is none.

A day that can be read in more than one way is never guessed: all readings come back, and whoever
asked puts the choice to the person. Forms are closed: our own patterns come first, and the general
date parser only sees text that already has the shape of a day ("over 3 weken", "12mrt2026").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NoReturn

from dateparser.date import DateDataParser

from knowledge.calendar import FIRST_YEAR, LAST_YEAR, Calendar, checked
from knowledge.refusals import ImpossibleDate

NEAR, FAR = 45, 120
"""Days from today: a day without a year so near, with the other year's so far, is certain."""

_NUMBER_WORDS = (
    "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf",
    "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien",
    "negentien", "twintig",
)  # fmt: skip
_NUMBERS = {word: amount for amount, word in enumerate(_NUMBER_WORDS, start=1)} | {
    "één": 1, "dertig": 30, "zestig": 60, "negentig": 90,
}  # fmt: skip

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "jan"), ("februari", "feb", "febr"), ("maart", "mrt", "mar"),
            ("april", "apr"), ("mei",), ("juni", "jun"), ("juli", "jul"), ("augustus", "aug"),
            ("september", "sep", "sept"), ("oktober", "okt", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_FROM_TODAY = {"eergisteren": -2, "gisteren": -1, "vandaag": 0, "morgen": 1, "overmorgen": 2}
_LONGEST_TEXT = 60
_WEEK = timedelta(weeks=1)

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_NUMERIC = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}|\d{2}))?$")
_WORDED = re.compile(r"^(\d{1,2})(?:e|ste|de)? ?([a-z]+)\.?(?: (\d{4}|'?\d{2}))?$")
_NAMED = re.compile(r"^([a-z0-9 ]+?)(?: (?:van |in )?(\d{4}|'\d{2}))?$")
_RELATIVE = re.compile(
    r"^(?:(?:over|in) (?P<ahead>\w+) (?P<of>dag|dagen|week|weken|maand|maanden|jaar|jaren)"
    r"|(?P<back>\w+) (?P<ago>dag|dagen|week|weken|maand|maanden|jaar|jaren) geleden)$"
)
_SHAPED = re.compile(r"[a-z]+|\d+|[^a-z\d]+")

_FULL = "|".join(WEEKDAYS)
_BARE = re.compile(rf"^({_FULL})$")
_LAST = re.compile(rf"^(?:(?:afgelopen|laatstleden|jongstleden) ({_FULL})|({_FULL}) j\.?l)$")
_NEXT = re.compile(
    rf"^(?:(?:aanstaande|komende|eerstkomende|eerstvolgende|a\.?s\.?) ({_FULL})|({_FULL}) a\.?s)$"
)
_LOOSE = re.compile(rf"^(volgende|vorige) ({_FULL})$")
_IN_WEEK = re.compile(
    rf"^(?:(volgende|vorige|deze) week (?:op )?({_FULL})|({_FULL}) (volgende|vorige|deze) week)$"
)
_BEFORE = re.compile(rf"^({_FULL}|ma|di|wo|do|vr|za|zo)[.,]? (.+)$")

Yearly = Callable[[int], date | None]


class Want(StrEnum):
    """Which days are asked for: those that have been, those that come, or either."""

    PAST = "past"
    AHEAD = "ahead"
    EITHER = "either"


def read_day(
    text: str, *, today: date, want: Want, calendar: Calendar | None = None
) -> tuple[date, ...]:
    """The days that `text` can name, earliest first: none, the one, or those to choose from.

    A day without a year, or a bare weekday, is the last one up to today for `PAST`, the next from
    today on for `AHEAD`. For `EITHER` it is the nearest before and the nearest after today, or one
    of them alone when it is near (`NEAR`) and the other far (`FAR`). With a `calendar` the names of
    feasts are days too.

    Raises:
        ImpossibleDate: it has the form of a day and there is no such day, it lies out of range, or
            its weekday is another.
    """
    plain = " ".join(text.lower().replace("\u2019", "'").split()).removeprefix("op ")
    plain = plain.rstrip("?!., ")
    if not plain or len(plain) > _LONGEST_TEXT:
        return ()
    found = _by_weekday(plain, today, want)
    if found is None:
        said = _BEFORE.match(plain)
        rest = said[2] if said else plain
        exact = _exact(rest, today)
        if exact is None:
            yearly = _without_year(rest, calendar)
            if isinstance(yearly, date):
                exact = yearly
            elif yearly is not None:
                return _in_years(yearly, rest, today, want, said[1] if said else None)
        if exact is None:
            return ()
        if said:
            _checked_weekday((exact,), said[1])
        found = (exact,)
    return tuple(checked(day) for day in sorted(found))


def parse_day(
    text: str, *, today: date, past: bool, ahead: bool = False, calendar: Calendar | None = None
) -> date | None:
    """The one day that `text` names, or None when it names none.

    Without a year: the last such day up to today when `past`, the next one from today on when
    `ahead`, else whichever is certain.

    Raises:
        ImpossibleDate: as `read_day`, or more than one day can be meant.
    """
    want = Want.PAST if past else Want.AHEAD if ahead else Want.EITHER
    found = read_day(text, today=today, want=want, calendar=calendar)
    if len(found) > 1:
        raise ambiguous(found)
    return found[0] if found else None


def ambiguous(days: tuple[date, ...]) -> ImpossibleDate:
    """The refusal for where nobody can be asked which of these days is meant."""
    full = {number: name for name, number in reversed(_MONTHS.items())}
    said = " of ".join(f"{day.day} {full[day.month]} {day.year}" for day in days)
    return ImpossibleDate("dag-dubbelzinnig", dagen=said)


def number(text: str) -> int | None:
    """A whole number in digits or as a Dutch word ("6", "zes"), or None."""
    digits = text.isascii() and text.isdigit() and len(text) <= 6
    return int(text) if digits else _NUMBERS.get(text)


def _exact(plain: str, today: date) -> date | None:
    """A day that needs no year of ours."""
    if plain in _FROM_TODAY:
        return today + timedelta(days=_FROM_TODAY[plain])
    if match := _ISO.match(plain):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _RELATIVE.match(plain):
        amount = number(match["ahead"] or match["back"])
        if amount is None or amount > 9999:
            return None
        unit = match["of"] or match["ago"]
        asked = f"over {amount} {unit}" if match["of"] else f"{amount} {unit} geleden"
        return _by_library(asked, today)
    return _odd_spelling(plain, today)


def _odd_spelling(plain: str, today: date) -> date | None:
    """A full date in words that our own patterns do not know: "12maart2026", "maart 12, 2026"."""
    parts = _SHAPED.findall(plain)
    words = [part for part in parts if part.isalpha()]
    numbers = [part for part in parts if part.isdigit()]
    between = "".join(part for part in parts if not part.isalnum())
    if len(words) != 1 or words[0] not in _MONTHS or len(numbers) != 2 or between.strip(" -/.,"):
        return None
    by_length = sorted(numbers, key=len)
    if len(by_length[0]) > 2 or len(by_length[1]) != 4 or _WORDED.match(plain):
        return None
    found = _by_library(plain, today)
    expected = (int(by_length[1]), _MONTHS[words[0]], int(by_length[0]))
    # Only what the library and the figures themselves agree on.
    return found if found and (found.year, found.month, found.day) == expected else None


def _by_library(plain: str, today: date) -> date | None:
    found = _library(today).get_date_data(plain).date_obj
    return found.date() if found else None


@lru_cache(maxsize=4)
def _library(today: date) -> DateDataParser:
    """The general parser, held to Dutch, day before month, and nothing filled in."""
    return DateDataParser(
        languages=["nl"],
        settings={
            "DATE_ORDER": "DMY",
            "STRICT_PARSING": True,
            "PREFER_LOCALE_DATE_ORDER": False,
            "TIMEZONE": "UTC",
            "RELATIVE_BASE": datetime(today.year, today.month, today.day),  # noqa: DTZ001 - civil
        },
    )


def _without_year(plain: str, calendar: Calendar | None) -> Yearly | date | None:
    """What `plain` is in each year; the day itself when it names its year."""
    yearly: Yearly | None = None
    year: str | None = None
    if match := _NUMERIC.match(plain):
        yearly, year = _yearly(int(match[2]), int(match[1])), match[3]
    elif (match := _WORDED.match(plain)) and match[2] in _MONTHS:
        yearly, year = _yearly(_MONTHS[match[2]], int(match[1])), match[3]
    elif calendar and (match := _NAMED.match(plain)):
        yearly, year = calendar.named(match[1]), match[2]
    if yearly is None or year is None:
        return yearly
    digits = year.lstrip("'")
    full = int(digits) + (2000 if len(digits) == 2 else 0)
    _year_in_range(full)
    return yearly(full) or _raise_no_such_day(plain, full)


def _yearly(month: int, day: int) -> Yearly:
    return lambda year: _day_or_none(year, month, day)


def _in_years(
    yearly: Yearly, plain: str, today: date, want: Want, weekday: str | None
) -> tuple[date, ...]:
    """The days to choose from of a day without a year."""
    years = {Want.PAST: (-1, 0), Want.AHEAD: (0, 1), Want.EITHER: (-1, 0, 1)}[want]
    possible = [day for more in years if (day := yearly(today.year + more)) is not None]
    before = [day for day in possible if day <= today][-1:]
    after = [day for day in possible if day > today][:1]
    if want is Want.PAST:
        found = before
    elif want is Want.AHEAD or today in possible:
        found = [day for day in possible if day >= today][:1]
    else:
        found = before + after
    if not found:
        _raise_no_such_day(plain, None)
    if weekday is not None:
        fitting = found if want is not Want.EITHER else possible
        nearest_first = sorted(fitting, key=lambda day: abs(day - today))
        return _checked_weekday(tuple(nearest_first), weekday)
    near, *far = sorted(found, key=lambda day: abs(day - today))
    if far and abs(near - today).days <= NEAR and abs(far[0] - today).days > FAR:
        found = [near]
    return tuple(checked(day) for day in found)


def _by_weekday(plain: str, today: date, want: Want) -> tuple[date, ...] | None:
    """A day that a weekday alone names; None when `plain` is no such thing."""
    monday = today - timedelta(days=today.weekday())

    def last(name: str) -> date:
        return today - timedelta(days=(today.weekday() - WEEKDAYS.index(name) - 1) % 7 + 1)

    def coming(name: str) -> date:
        return today + timedelta(days=(WEEKDAYS.index(name) - today.weekday() - 1) % 7 + 1)

    def in_week(weeks: int, name: str) -> date:
        return monday + weeks * _WEEK + timedelta(days=WEEKDAYS.index(name))

    if match := _BARE.match(plain):
        now = [today] if WEEKDAYS[today.weekday()] == match[1] else []
        days = {
            Want.PAST: [*now, last(match[1])][:1],
            Want.AHEAD: [*now, coming(match[1])][:1],
            Want.EITHER: [last(match[1]), *now, coming(match[1])],
        }
        return tuple(days[want])
    if match := _LAST.match(plain):
        return (last(match[1] or match[2]),)
    if match := _NEXT.match(plain):
        return (coming(match[1] or match[2]),)
    if match := _LOOSE.match(plain):
        # "Volgende vrijdag" is the first one for one person, and that of next week for another.
        weeks, nearest = (1, coming) if match[1] == "volgende" else (-1, last)
        return tuple({nearest(match[2]), in_week(weeks, match[2])})
    if match := _IN_WEEK.match(plain):
        weeks = {"volgende": 1, "vorige": -1, "deze": 0}[match[1] or match[4]]
        return (in_week(weeks, match[2] or match[3]),)
    return None


def _checked_weekday(days: tuple[date, ...], said: str) -> tuple[date, ...]:
    """Those of `days` that fall on the weekday that was typed with them."""
    fitting = tuple(day for day in days if WEEKDAYS[day.weekday()].startswith(said))
    if not fitting:
        weekday = next(name for name in WEEKDAYS if name.startswith(said))
        raise ImpossibleDate("weekdag-klopt-niet", gezegd=weekday, dag=checked(days[0]))
    return tuple(checked(day) for day in fitting)


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> date:
    _year_in_range(year)
    return _day_or_none(year, month, day) or _raise_no_such_day(f"{day}-{month}", year)


def _year_in_range(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ImpossibleDate("datum-buiten-bereik", eerste=FIRST_YEAR, laatste=LAST_YEAR)


def _raise_no_such_day(plain: str, year: int | None) -> NoReturn:
    leap_day = re.match(r"^29(?:e|ste|de)?[-/. ]?(?:0?2|feb\w*)\b", plain)
    if leap_day:
        raise ImpossibleDate("geen-schrikkeljaar", jaar=year)
    raise ImpossibleDate("datum-onleesbaar")
