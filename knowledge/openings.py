"""Typed text -> the zaak somebody plainly wants to open ("nieuwe ots 12 maart"), or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knowledge import dates
from knowledge.calendar import Calendar
from knowledge.norm_models import Kader

_ASKED = re.compile(
    r"^(?:(?:ik heb |we hebben |er is )?(?:een )?(?P<new>nieuwe?|nw) (?:zaak )?|"
    r"(?P<open>open|maak|start|begin) (?:een )?(?:nieuwe? )?(?:zaak )?)?(?P<rest>.+)$"
)
_BEFORE_DAY = re.compile(r"^(?:per|vanaf|van|sinds|op|dd|d\.d\.|gestart|begonnen)\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A zaak to open: its kader, and its first day if that was typed."""

    kader: Kader
    day: date | None


def parse(
    text: str, *, kaders: Iterable[Kader], today: date, calendar: Calendar | None = None
) -> Opening | None:
    """The zaak that `text` asks to open; None when it asks something else.

    A day alone after a kader is enough ("ots 12 maart"); without a day it must say that it is new.
    With a `calendar` the day may be the name of a feast.

    Raises:
        ImpossibleDate: it has the form of a day that does not exist.
    """
    asked = _ASKED.match(_plain(text))
    if asked is None:
        return None
    rest = asked["rest"].removeprefix("zaak ")
    names = [(_plain(name), kader) for kader in kaders for name in kader.names]
    for name, kader in sorted(names, key=lambda one: -len(one[0])):
        if rest != name and not rest.startswith(f"{name} "):
            continue
        said = _BEFORE_DAY.sub("", rest.removeprefix(name).strip())
        if not said:
            new = asked["new"] or asked["open"]
            return Opening(kader=kader, day=None) if new else None
        day = dates.parse_day(said, today=today, past=True, calendar=calendar)
        return None if day is None else Opening(kader=kader, day=day)
    return None


def _plain(text: str) -> str:
    return " ".join(text.lower().replace(",", " ").replace(":", " ").split()).rstrip(".!")
