"""Dates as people write them in Dutch; the demo must not depend on the locale of a laptop."""

from __future__ import annotations

from datetime import date, datetime, timedelta

DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def long_date(day: date) -> str:
    """Return a day as in "maandag 23 november 2026"."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def day_and_time(moment: datetime) -> str:
    """Return a moment as in "maandag 23 november 2026, 09:14", in its own time zone."""
    return f"{long_date(moment.date())}, {moment:%H:%M}"


def day_separator(day: date, today: date) -> str:
    """Return the words between two days of a chat: "Vandaag", "Gisteren", or the date."""
    if day == today:
        return "Vandaag"
    if day == today - timedelta(days=1):
        return "Gisteren"
    words = long_date(day) if day.year != today.year else long_date(day).rsplit(" ", 1)[0]
    return words.capitalize()
