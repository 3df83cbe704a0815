"""What every handler gets: the services it may use, and the turn it is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from handlers.render import Message, Texts
from knowledge.answering import Answerer
from knowledge.loader import KnowledgeBase
from knowledge.unanswered import Cleaner
from storage.access import Actor
from storage.db import Database
from storage.rules import Rules


class Clock(Protocol):
    """Where the time comes from. The demo's clock can be moved; the real one cannot."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a handler may use, wired once in `bot/app.py`."""

    db: Database
    rules: Rules
    answerer: Answerer
    texts: Texts
    clock: Clock
    region: str | None
    cleaner: Cleaner

    @property
    def knowledge(self) -> KnowledgeBase:
        """The content."""
        return self.rules.knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One update from one known person. `text` is what was typed, without the command.

    `message_id` is the message that was sent or whose button was pressed.
    """

    services: Services
    actor: Actor
    now: datetime
    chat_id: int
    message_id: int
    text: str = ""

    @property
    def today(self) -> date:
        """The civil day of this turn where the people are."""
        return self.services.rules.today(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a handler wants said.

    `edit` replaces the pressed message; `send` are new messages. `toast` is the short pop-up after
    a press. `delete` is a message of the person's own to delete; `menu` refreshes their menu.
    """

    send: tuple[Message, ...] = ()
    edit: Message | None = None
    toast: str | None = None
    delete: int | None = None
    menu: bool = False


def say(message: Message) -> Reply:
    """One new message."""
    return Reply(send=(message,))
