"""What people ask to have computed, as they type it -> values: a sum, a norm or a kader from a day.

"6 weken vanaf 3 april", "8 weken voor 12 maart 2027", "gedragen koers vanaf 12 maart", "ots 12
maart". `days` are the days that can be meant; where there is more than one the person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge import dates
from knowledge.calendar import Calendar
from knowledge.dates import Want
from knowledge.loader import KnowledgeBase
from knowledge.norm_models import Direction, Norm, Unit

_UNITS = {
    "werkdag": Unit.WERKDAGEN, "werkdagen": Unit.WERKDAGEN, "wd": Unit.WERKDAGEN,
    "dag": Unit.DAGEN, "dagen": Unit.DAGEN, "kalenderdag": Unit.DAGEN,
    "kalenderdagen": Unit.DAGEN, "week": Unit.WEKEN, "weken": Unit.WEKEN,
    "maand": Unit.MAANDEN, "maanden": Unit.MAANDEN, "mnd": Unit.MAANDEN,
    "jaar": Unit.JAREN, "jaren": Unit.JAREN,
}  # fmt: skip
_SUM = re.compile(
    r"^(?:/?bereken )?(?:(?:wat|wanneer|welke dag) is )?(?:binnen |uiterlijk )?(?P<amount>\w+) "
    r"(?P<unit>\w+) (?P<way>(?P<back>terug |terugtellen |terugrekenen )?(?:gerekend |te rekenen )?"
    r"(?:vanaf|na|sinds|vanuit|van)|(?P<before>voor|vóór|eerder dan)) (?P<day>.+)$"
)
_FROM = re.compile(r"^(?:gerekend |te rekenen )?(?:per|vanaf|van|na|sinds|op|voor|dd|d\.d\.)\s+")
_BACK = "terug"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """So many units counted from a day, or back from it."""

    amount: int
    unit: Unit
    direction: Direction = Direction.VOORUIT
    days: tuple[date, ...]

    @property
    def code(self) -> str:
        """What is asked without its day, for a button: "6 weken", "8 weken terug"."""
        back = f" {_BACK}" if self.direction is Direction.TERUG else ""
        return f"{self.amount} {self.unit.value}{back}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NormAsked:
    """The due date of a norm from a day."""

    norm: str
    days: tuple[date, ...]

    @property
    def code(self) -> str:
        """What is asked without its day, for a button: "norm gedragen-koers"."""
        return f"norm {self.norm}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KaderAsked:
    """Every termijn that a zaak of a kader gets from the day it asks."""

    kader: str
    days: tuple[date, ...]

    @property
    def code(self) -> str:
        """What is asked without its day, for a button: "kader ots"."""
        return f"kader {self.kader}"


Asked = Sum | NormAsked | KaderAsked


def parse_sum(text: str, *, today: date, calendar: Calendar | None = None) -> Sum | None:
    """The sum that `text` is ("6 weken vanaf 3 april"), or None when it is none.

    Raises:
        ImpossibleDate: it is a sum from a day that does not exist.
    """
    match = _SUM.match(" ".join(text.strip().lower().split()))
    if match is None or match["unit"] not in _UNITS:
        return None
    amount = dates.number(match["amount"])
    if amount is None:
        return None
    days = dates.read_day(match["day"], today=today, want=Want.EITHER, calendar=calendar)
    if not days:
        return None
    back = match["back"] or match["before"]
    return Sum(
        amount=amount,
        unit=_UNITS[match["unit"]],
        direction=Direction.TERUG if back else Direction.VOORUIT,
        days=days,
    )


def parse(
    text: str, *, knowledge: KnowledgeBase, today: date, by_command: bool = True
) -> Asked | None:
    """The sum, norm or kader with a day that `text` asks to compute; None when it is no such thing.

    Norms go by their id or title, kaders by every name they have. A day without a year is the last
    one, but for what may still have to come: that is either one. Text that is not `by_command` may
    be anything: then a kader with a day opens a zaak, and "einde van de OTS op zondag" is a
    question; a norm needs a day in figures, or "vanaf".

    Raises:
        ImpossibleDate: the day does not exist.
    """
    found = parse_sum(text, today=today, calendar=knowledge.calendar)
    if found is not None:
        return found
    plain = _plain(text).removeprefix("/").removeprefix("bereken ")
    for name, asked, event in _names(knowledge, today, kaders=by_command):
        if not plain.startswith(f"{name} "):
            continue
        said = plain.removeprefix(name).strip()
        if not by_command and not re.search(r"\d|^vanaf ", said):
            continue
        may_come = event in knowledge.events and knowledge.events[event].may_be_ahead
        days = dates.read_day(
            _FROM.sub("", said),
            today=today,
            want=Want.EITHER if may_come else Want.PAST,
            calendar=knowledge.calendar,
        )
        if days:
            kind, which = asked.split(" ", 1)
            if kind == "norm":
                return NormAsked(norm=which, days=days)
            return KaderAsked(kader=which, days=days)
    return None


def from_code(code: str, day: date, *, knowledge: KnowledgeBase) -> Asked | None:
    """What a button's code and day ask for; None when it is no code, or content has gone since."""
    kind, _, rest = code.partition(" ")
    if kind == "norm" and rest in knowledge.norms:
        return NormAsked(norm=rest, days=(day,))
    if kind == "kader" and rest in knowledge.kaders:
        return KaderAsked(kader=rest, days=(day,))
    unit, _, way = rest.partition(" ")
    amount = dates.number(kind)
    if amount is None or unit not in set(Unit) or way not in {"", _BACK}:
        return None
    direction = Direction.TERUG if way else Direction.VOORUIT
    return Sum(amount=amount, unit=Unit(unit), direction=direction, days=(day,))


def _names(
    knowledge: KnowledgeBase, today: date, *, kaders: bool
) -> Iterator[tuple[str, str, str]]:
    """Every name to compute by, the longest first: the name, the code, the event it counts from."""
    found = [
        (_plain(name), f"kader {kader.id}", kader.asks)
        for kader in knowledge.kaders.values()
        for name in (*kader.names, kader.id)
    ]
    # Where a norm is called as a kader is, the kader is meant: it gives that norm too.
    taken = {name for name, _, _ in found}
    if not kaders:
        found = []
    for norm_id, versions in knowledge.norms.items():
        if norm_id in knowledge.norms_off:
            continue
        norm = _in_force(versions, today)
        names = {norm_id, norm_id.replace("-", " "), _plain(norm.title)} - taken
        found += [(name, f"norm {norm_id}", norm.start_event) for name in names]
    return iter(sorted(found, key=lambda one: (-len(one[0]), one)))


def _plain(text: str) -> str:
    return " ".join(re.sub("[:,]", " ", text.lower()).split())


def _in_force(versions: tuple[Norm, ...], today: date) -> Norm:
    return next((norm for norm in versions if norm.validity.holds_on(today)), versions[0])
