"""Dutch days and sums as people type them -> values. What is not clearly a day is no day.

A day without a year is read as the last one that is not in the future (or, for a sum, the year
around today); the screens always echo it in full before it is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.calendar import checked
from knowledge.norm_models import Unit
from knowledge.refusals import ImpossibleDate

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
_RELATIVE = {"vandaag": 0, "gisteren": 1, "eergisteren": 2}
_WEEKDAYS = [
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "ma",
    "di",
    "wo",
    "do",
    "vr",
    "za",
    "zo",
]
_UNITS = {
    "werkdag": Unit.WERKDAGEN, "werkdagen": Unit.WERKDAGEN, "wd": Unit.WERKDAGEN,
    "dag": Unit.DAGEN, "dagen": Unit.DAGEN, "week": Unit.WEKEN, "weken": Unit.WEKEN,
    "maand": Unit.MAANDEN, "maanden": Unit.MAANDEN, "mnd": Unit.MAANDEN,
    "jaar": Unit.JAREN, "jaren": Unit.JAREN,
}  # fmt: skip
_NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "een",
            "twee",
            "drie",
            "vier",
            "vijf",
            "zes",
            "zeven",
            "acht",
            "negen",
            "tien",
            "elf",
            "twaalf",
        ],
        start=1,
    )
} | {"één": 1}

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_NUMERIC = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}|\d{2}))?$")
_WORDED = re.compile(r"^(\d{1,2})(?:e|ste|de)? ?([a-z]+)\.?(?: (\d{4}|'?\d{2}))?$")
_SUM = re.compile(r"^(?:/?bereken )?(\w+) (\w+) (?:vanaf|na|sinds|vanuit|van|gerekend vanaf) (.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A sum somebody typed: so many units counted from a day."""

    amount: int
    unit: Unit
    start: date


def parse_day(text: str, *, today: date, past: bool, ahead: bool = False) -> date | None:
    """The day that `text` names, or None when it names none.

    Without a year: the last such day up to today when `past`, the next one from today on when
    `ahead`, else the one in today's year.

    Raises:
        ImpossibleDate: it has the form of a day, and there is no such day.
    """
    words = text.strip().lower().removeprefix("op ").split()
    if len(words) > 1 and words[0].rstrip(",") in _WEEKDAYS:
        words = words[1:]
    plain = " ".join(words).rstrip("?!.")
    if plain in _RELATIVE:
        return today - timedelta(days=_RELATIVE[plain])
    if match := _ISO.match(plain):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.match(plain):
        return _dated(match[3], int(match[2]), int(match[1]), today, past=past, ahead=ahead)
    if (match := _WORDED.match(plain)) and match[2] in _MONTHS:
        return _dated(match[3], _MONTHS[match[2]], int(match[1]), today, past=past, ahead=ahead)
    return None


def parse_sum(text: str, *, today: date) -> Sum | None:
    """The sum that `text` is ("6 weken vanaf 3 april"), or None when it is none.

    Raises:
        ImpossibleDate: it is a sum from a day that does not exist.
    """
    match = _SUM.match(" ".join(text.strip().lower().split()))
    if match is None or match[2] not in _UNITS:
        return None
    digits = match[1].isascii() and match[1].isdigit() and len(match[1]) <= 6
    amount = int(match[1]) if digits else _NUMBERS.get(match[1])
    start = parse_day(match[3], today=today, past=False)
    if amount is None or start is None:
        return None
    return Sum(amount=amount, unit=_UNITS[match[2]], start=start)


def _dated(year: str | None, month: int, day: int, today: date, *, past: bool, ahead: bool) -> date:
    if year is not None:
        digits = year.lstrip("'")
        return _day(int(digits) + (2000 if len(digits) == 2 else 0), month, day)
    this_year = _day_or_none(today.year, month, day)
    if past and (this_year is None or this_year > today):
        return _day(today.year - 1, month, day)
    if ahead and (this_year is None or this_year < today):
        return _day(today.year + 1, month, day)
    return _day(today.year, month, day) if this_year is None else this_year


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> date:
    found = _day_or_none(year, month, day)
    if found is None:
        raise ImpossibleDate("datum-onleesbaar")
    return checked(found)
