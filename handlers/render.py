"""Data -> message parts within Telegram's limits. Channel-neutral: text with simple tags, buttons.

Text is written in Jinja templates with autoescape on, so nothing a person typed can become markup.
The few tags used (b, i, a) are those every channel of today knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.nodes import Template as TemplateNode
from telegram.constants import MessageLimit

from handlers.action import Action
from knowledge.refusals import Refusal

TEXTS = Path(__file__).parent / "texts"
MAX_TEXT = int(MessageLimit.MAX_TEXT_LENGTH)
MAX_LABEL = 60
"""Characters on a button that a phone still shows in full on one row."""

MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december",
)  # fmt: skip
MARCH = 3
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

_TAG = re.compile(r"<(/?)([a-z]+)([^>]*)>")
_NOT_IN_TAG = r"(?![^<]*>)"
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message: what it says and what it stands for."""

    label: str
    action: Action


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as a person sees it: text with simple tags, rows of buttons below."""

    text: str
    rows: Rows = ()


class Texts:
    """Every sentence a person can read, from `handlers/texts/*.j2`. No state between calls."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def screen(self, name: str, **data: object) -> str:
        """The text of a whole screen, trimmed, with no more than one empty line in a row.

        Raises:
            jinja2.UndefinedError: the template asks for something it was not given.
        """
        text = self.environment.get_template(f"{name}.j2").render(**data)
        return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()

    def phrase(self, file: str, name: str, *data: object) -> str:
        """One sentence or label: the macro `name` of `file`."""
        module = self.environment.get_template(f"{file}.j2").module
        return str(getattr(module, name.replace("-", "_"))(*data)).strip()

    def label(self, name: str, *data: object) -> str:
        """What a button says, as plain text, cut to what a phone shows."""
        text = unescape(self.phrase("knoppen", name, *data))
        return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1].rstrip() + "…"

    def button(self, name: str, *data: object, action: Action) -> Button:
        """A button with the label `name` for `action`."""
        return Button(label=self.label(name, *data), action=action)

    def refusal(self, refusal: Refusal) -> str:
        """The one sentence of a refusal, with simple tags."""
        return self.phrase("weigering", refusal.text_id, refusal.parameters)

    def names(self) -> Iterator[tuple[str, TemplateNode]]:
        """Every template by name with its syntax tree; for tests that check them all."""
        for file in sorted(TEXTS.glob("*.j2")):
            yield file.stem, self.environment.parse(file.read_text(encoding="utf-8"))


def build_texts() -> Texts:
    """The texts, with days written as people say them."""
    environment = Environment(
        loader=FileSystemLoader(TEXTS),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=False,
        trim_blocks=False,
    )
    environment.filters |= {
        "dag": day_text,
        "dag_kort": short_day,
        "dag_zonder_weekdag": plain_day,
        "maand": month_text,
        "maand_kort": short_month,
    }
    return Texts(environment)


def day_text(day: date) -> str:
    """A day in full: "maandag 23 november 2026"."""
    return f"{WEEKDAYS[day.weekday()]} {plain_day(day)}"


def plain_day(day: date) -> str:
    """A day without its weekday: "23 november 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """A day as short as it stays clear: "ma 23 nov"."""
    month = "mrt" if day.month == MARCH else MONTHS[day.month - 1][:3]
    return f"{WEEKDAYS[day.weekday()][:2]} {day.day} {month}"


def month_text(day: date) -> str:
    """The month of a day: "november 2026"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def short_month(day: date) -> str:
    """The month of a day without its year: "november"."""
    return MONTHS[day.month - 1]


def moment_text(moment: datetime, timezone: ZoneInfo) -> str:
    """A moment in local time: "vrijdag 27 november 2026 om 8.30 uur"."""
    local = moment.astimezone(timezone)
    return f"{day_text(local.date())} om {time_text(local.time())}"


def time_text(at: time) -> str:
    """A clock time: "8.30 uur"."""
    return f"{at.hour}.{at.minute:02} uur"


def plain(text: str) -> str:
    """The text without tags and entities, for channels and places that show none."""
    return unescape(_TAG.sub("", text))


def length(text: str) -> int:
    """The length that Telegram counts: UTF-16 units, tags left out, entities read."""
    return len(plain(text).encode("utf-16-le")) // 2


def parts(message: Message, limit: int = MAX_TEXT) -> tuple[Message, ...]:
    """The message in as many parts as its length needs; the buttons stand under the last.

    Parts break between paragraphs, else between lines, else between words. A tag that is open
    at a break is closed there and opened again in the next part.
    """
    if length(message.text) <= limit:
        return (message,)
    texts = list(_split(message.text, limit))
    return (
        *(Message(text=text) for text in texts[:-1]),
        Message(text=texts[-1], rows=message.rows),
    )


def _split(text: str, limit: int) -> Iterator[str]:
    for separator in ("\n\n", "\n", " "):
        pieces = re.split(separator + _NOT_IN_TAG, text)
        if len(pieces) > 1 and all(length(piece) <= limit for piece in pieces):
            yield from _closed(_packed(pieces, separator, limit))
            return
    yield from _closed(_hard(text, limit))


def _packed(pieces: list[str], separator: str, limit: int) -> Iterator[str]:
    current = pieces[0]
    for piece in pieces[1:]:
        joined = current + separator + piece
        if length(joined) <= limit:
            current = joined
        else:
            yield current
            current = piece
    yield current


def _hard(text: str, limit: int) -> Iterator[str]:
    """Cut between characters, never within a tag or an entity."""
    current = ""
    for token in re.findall(r"<[^>]*>|&[a-z#0-9]+;|.", text, re.DOTALL):
        if length(current + token) > limit:
            yield current
            current = ""
        current += token
    yield current


def _closed(texts: Iterator[str]) -> Iterator[str]:
    open_tags: list[str] = []
    for text in texts:
        opening = "".join(open_tags)
        for closing, name, rest in _TAG.findall(text):
            if closing:
                open_tags.pop()
            else:
                open_tags.append(f"<{name}{rest}>")
        ending = "".join(f"</{_name(tag)}>" for tag in reversed(open_tags))
        yield f"{opening}{text}{ending}"


def _name(tag: str) -> str:
    match = _TAG.match(tag)
    return match[2] if match else ""


def grid(buttons: list[Button], columns: int = 1) -> Rows:
    """Buttons in rows of `columns`."""
    return tuple(
        tuple(buttons[start : start + columns]) for start in range(0, len(buttons), columns)
    )
