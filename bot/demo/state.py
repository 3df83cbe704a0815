"""What the stand-in remembers: people, groups, messages and the updates that wait for the bot."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.demo.bell import Bell
from bot.demo.entities import Entity, FormattedText
from bot.demo.replies import Json, bad_request, forbidden

GROUP_BOT_REMOVED = "bot is not a member of the group chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message; exactly one of `data` and `url` is set, or none for other kinds."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message as the person sees it; times are aware and in UTC."""

    message_id: int
    from_bot: bool
    sender_name: str
    text: str
    html: str
    entities: tuple[Entity, ...]
    buttons: tuple[tuple[Button, ...], ...]
    at: datetime
    edited_at: datetime | None = None
    media: str | None = None
    file_name: str | None = None
    file_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """What the bot answered to a press; without text the phone only stops its spinner."""

    number: int
    query_id: str
    text: str
    show_alert: bool
    at: datetime


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with a phone."""

    user: Json
    started: bool = True
    blocked: bool = False
    toasts: list[Toast] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Group:
    """A group chat, there only so that the bot can leave it."""

    chat: Json
    bot_inside: bool = True


@dataclass(slots=True, kw_only=True)
class StoredMessage:
    """A message in Bot API shape, with what the Bot API does not tell."""

    body: Json
    content: FormattedText
    from_bot: bool
    at: datetime
    edited_at: datetime | None = None
    media: str | None = None
    file_name: str | None = None
    file_size: int | None = None


@dataclass(slots=True, kw_only=True)
class CallbackQuery:
    """A press that waits for the bot's answer."""

    user_id: int
    answered: bool = False


@dataclass(slots=True, kw_only=True)
class InlineQuery:
    """A question typed behind the bot's name, with the results once they are there."""

    user_id: int
    results: list[Json] | None = None


class State:
    """Everything in memory. Hold `lock` while reading or changing it; it is never held in an await.

    The lock is reentrant and short, so that calls from any thread or event loop are safe.
    """

    def __init__(self, *, bot: Json, now: Callable[[], datetime]) -> None:
        self.lock = threading.RLock()
        self.bell = Bell()
        self.bot = bot
        self.now = now
        self.version = 0
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.messages: dict[int, dict[int, StoredMessage]] = {}
        self.updates: deque[Json] = deque()
        self.callback_queries: dict[str, CallbackQuery] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.commands: dict[tuple[str, int, str], list[Json]] = {}
        self.menu_buttons: dict[int, Json] = {}
        self.webhook: Json = {}
        self._message_ids = itertools.count(1)
        self._update_ids = itertools.count(100_001)
        self._query_ids = itertools.count(7_000_000_001)
        self._toast_numbers = itertools.count(1)

    def changed(self) -> None:
        """Raise the version and wake everybody who waits."""
        with self.lock:
            self.version += 1
        self.bell.ring()

    def timestamp(self) -> int:
        """Return the moment of now as Telegram writes it: whole seconds since 1970."""
        return int(self.now().timestamp())

    def moment(self) -> datetime:
        """Return now in UTC, in whole seconds like the messages themselves."""
        return self.now().astimezone(UTC).replace(microsecond=0)

    def new_query_id(self) -> str:
        """Return an id for a press or an inline question."""
        return str(next(self._query_ids))

    def new_message_id(self) -> int:
        """Return the next message id; one row of numbers for all chats, as a bot sees it."""
        return next(self._message_ids)

    def person(self, user_id: int) -> Person:
        """Return a person who was added; raises LookupError for anybody else."""
        try:
            return self.people[user_id]
        except KeyError:
            raise LookupError(f"nobody with user id {user_id} was added") from None

    def chat(self, chat_id: int) -> Json:
        """Return the chat in Bot API shape; raises LookupError where there is none."""
        if chat_id in self.groups:
            return self.groups[chat_id].chat
        user = self.person(chat_id).user
        named: Json = {key: user[key] for key in ("first_name", "last_name") if key in user}
        return {"id": chat_id, "type": "private", **named}

    def reachable_chat(self, chat_id: int) -> Json:
        """Return the chat the bot wants to write to; raises RefusedCall where Telegram refuses."""
        group = self.groups.get(chat_id)
        if group is not None:
            if not group.bot_inside:
                raise forbidden(GROUP_BOT_REMOVED)
            return group.chat
        person = self.people.get(chat_id)
        if person is None:
            raise bad_request("chat not found")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
        return self.chat(chat_id)

    def find(self, chat_id: int, message_id: int) -> StoredMessage | None:
        """Return a message that is still there."""
        return self.messages.get(chat_id, {}).get(message_id)

    def store(self, message: StoredMessage) -> None:
        """Keep a new message."""
        chat_id = int(message.body["chat"]["id"])
        self.messages.setdefault(chat_id, {})[int(message.body["message_id"])] = message

    def new_body(self, *, chat: Json, sender: Json) -> Json:
        """Return the fields that every new message has."""
        return {
            "message_id": self.new_message_id(),
            "from": sender,
            "chat": chat,
            "date": self.timestamp(),
        }

    def add_update(self, kind: str, body: Json) -> None:
        """Queue an update for the bot."""
        self.updates.append({"update_id": next(self._update_ids), kind: body})

    def add_toast(self, *, user_id: int, query_id: str, text: str, show_alert: bool) -> None:
        """Remember the answer to a press, for the phone to show."""
        self.person(user_id).toasts.append(
            Toast(
                number=next(self._toast_numbers),
                query_id=query_id,
                text=text,
                show_alert=show_alert,
                at=self.moment(),
            )
        )


def put_text(body: Json, content: FormattedText, *, caption: bool = False) -> None:
    """Write text and entities into a message body, and remove what stood there before."""
    text_key, entities_key = ("caption", "caption_entities") if caption else ("text", "entities")
    body.pop(entities_key, None)
    if content.text or not caption:
        body[text_key] = content.text
    if content.entities:
        body[entities_key] = [entity.as_json() for entity in content.entities]


def shown(message: StoredMessage) -> ShownMessage:
    """Return the message as the person sees it."""
    return ShownMessage(
        message_id=int(message.body["message_id"]),
        from_bot=message.from_bot,
        sender_name=str(message.body["from"]["first_name"]),
        text=message.content.text,
        html=message.content.html,
        entities=message.content.entities,
        buttons=_buttons(message.body.get("reply_markup")),
        at=message.at,
        edited_at=message.edited_at,
        media=message.media,
        file_name=message.file_name,
        file_size=message.file_size,
    )


def _buttons(markup: Any) -> tuple[tuple[Button, ...], ...]:
    rows = markup["inline_keyboard"] if markup else []
    return tuple(
        tuple(
            Button(label=each["text"], data=each.get("callback_data"), url=each.get("url"))
            for each in row
        )
        for row in rows
    )
