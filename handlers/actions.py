"""Every button as a typed, versioned value of at most 64 bytes.

An action is a frozen dataclass; `encode` writes it as `code:field:field` and `decode` reads it back
or refuses. The code's digit is its version: when the fields of an action change it gets a new code,
and a button of the old kind says that it has expired. What a button carries is enough to act on:
the message it stood in may be gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import ClassVar, get_type_hints

from telegram.constants import InlineKeyboardButtonLimit

from handlers.action import Action
from handlers.work_actions import WORK_ACTIONS
from knowledge.refusals import Refusal

MAX_BYTES = InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
SEPARATOR = ":"


class ExpiredButton(Refusal):
    """Button data that no action of today can be made from."""

    def __init__(self) -> None:
        super().__init__("knop-verlopen")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCard(Action):
    """Show a card. `part` is `kort`, `stappen`, `let-op` or `bron`."""

    CODE: ClassVar[str] = "k1"
    card: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseCard(Action):
    """One of the cards offered for this question is meant."""

    CODE: ClassVar[str] = "q1"
    question: int
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFeedback(Action):
    """Something is wrong with the answer to this question: show the reasons."""

    CODE: ClassVar[str] = "v1"
    question: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFeedback(Action):
    """This reason holds for the answer to this question."""

    CODE: ClassVar[str] = "j1"
    question: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneOfThese(Action):
    """None of the cards offered for this question is meant."""

    CODE: ClassVar[str] = "g2"
    question: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeNorm(Action):
    """Ask for a start day to compute this norm from, without a zaak."""

    CODE: ClassVar[str] = "b1"
    norm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeFrom(Action):
    """Compute what `knowledge.sums` knows by this code, from this day."""

    CODE: ClassVar[str] = "b2"
    what: str
    start: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseKader(Action):
    """Opening a zaak: this kader."""

    CODE: ClassVar[str] = "o1"
    nonce: str
    kader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseTeam(Action):
    """Opening a zaak: in this team."""

    CODE: ClassVar[str] = "p1"
    nonce: str
    team: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseDay(Action):
    """A day for the conversation that runs (opening, a later day, or done on another day)."""

    CODE: ClassVar[str] = "d1"
    nonce: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnMonth(Action):
    """Show the month that begins on this day on the day keyboard."""

    CODE: ClassVar[str] = "m2"
    nonce: str
    month: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm(Action):
    """Confirm what the conversation shows."""

    CODE: ClassVar[str] = "y1"
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Action):
    """Stop the conversation; nothing is kept."""

    CODE: ClassVar[str] = "n1"
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowZaak(Action):
    """Show a zaak with its termijnen."""

    CODE: ClassVar[str] = "z1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTermijn(Action):
    """Show one termijn with its buttons."""

    CODE: ClassVar[str] = "t1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyThisDate(Action):
    """Explain the due date of a termijn."""

    CODE: ClassVar[str] = "w1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Action):
    """A termijn was handled so many days before the press: 0 is today, 1 yesterday."""

    CODE: ClassVar[str] = "a1"
    termijn: int
    days_ago: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneOtherDay(Action):
    """A termijn was handled on a day still to be chosen."""

    CODE: ClassVar[str] = "e1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoDone(Action):
    """Take back a "gedaan"."""

    CODE: ClassVar[str] = "u1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FillDay(Action):
    """Fill in a day of a zaak that was not known at opening."""

    CODE: ClassVar[str] = "f1"
    zaak: int
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseOwner(Action):
    """Show who could take a zaak, with the work they have."""

    CODE: ClassVar[str] = "h1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Action):
    """Give a zaak to this person."""

    CODE: ClassVar[str] = "i1"
    zaak: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDigest(Action):
    """Show the digest of a team as it is now."""

    CODE: ClassVar[str] = "r1"
    team: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteMine(Action):
    """Delete the sender's own message, which held personal data."""

    CODE: ClassVar[str] = "x1"
    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Action):
    """Start something from the menu of help: `zaak`, `zaken` or `bereken`."""

    CODE: ClassVar[str] = "s1"
    what: str


ACTIONS = (
    ChooseCard,
    AskFeedback,
    GiveFeedback,
    ShowCard, NoneOfThese, ComputeNorm, ComputeFrom, ChooseKader, ChooseTeam, ChooseDay,
    TurnMonth, Confirm, Cancel, ShowZaak, ShowTermijn, WhyThisDate, Done, DoneOtherDay, UndoDone,
    FillDay, ChooseOwner, Assign, ShowDigest, DeleteMine, Start,
    *WORK_ACTIONS,
)  # fmt: skip
"""All actions there are. A button that is not here does not exist."""


def _write_date(value: object) -> str:
    return f"{value:%Y%m%d}"


def _read_int(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise ValueError(text)
    return int(text)


def _read_str(text: str) -> str:
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError(text)
    return text


def _read_date(text: str) -> date:
    if len(text) != 8:
        raise ValueError(text)
    return date(_read_int(text[:4]), _read_int(text[4:6]), _read_int(text[6:]))


_WRITE: dict[type, Callable[[object], str]] = {int: str, str: str, date: _write_date}
_READ: dict[type, Callable[[str], object]] = {int: _read_int, str: _read_str, date: _read_date}

_FIELDS: dict[type[Action], tuple[tuple[str, type], ...]] = {
    action: tuple((field.name, get_type_hints(action)[field.name]) for field in fields(action))
    for action in ACTIONS
}
_BY_CODE: dict[str, type[Action]] = {action.CODE: action for action in ACTIONS}


def encode(action: Action) -> str:
    """The button data of an action.

    Raises:
        ValueError: it does not fit in `MAX_BYTES`, or a field holds the separator.
    """
    parts = [_WRITE[kind](getattr(action, name)) for name, kind in _FIELDS[type(action)]]
    data = SEPARATOR.join((action.CODE, *parts))
    if any(SEPARATOR in part for part in parts) or len(data.encode()) > MAX_BYTES:
        raise ValueError(f"{type(action).__name__} does not fit in a button")
    return data


def decode(data: str) -> Action:
    """The action that button data stands for.

    Raises:
        ExpiredButton: no action of today reads like this.
    """
    code, *parts = data.split(SEPARATOR)
    action: Callable[..., Action] | None = _BY_CODE.get(code)
    known = _FIELDS[_BY_CODE[code]] if action else ()
    if action is None or len(parts) != len(known):
        raise ExpiredButton
    try:
        values = {name: _READ[kind](part) for (name, kind), part in zip(known, parts, strict=True)}
    except ValueError:
        raise ExpiredButton from None
    return action(**values)
