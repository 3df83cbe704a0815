"""What people do on their phones: talk, press, edit, block.

Everything here may be called from any thread, and returns at once; the bot hears of it through
getUpdates. A user id that was never added is a mistake of the caller and raises LookupError.
"""

from __future__ import annotations

from typing import Any, Literal

from telegram.constants import InlineQueryLimit

from bot.demo.entities import FormattedText, plain
from bot.demo.replies import Json
from bot.demo.state import CallbackQuery, Group, InlineQuery, Person, State, StoredMessage, put_text

MediaKind = Literal["photo", "voice", "video", "document", "contact", "location", "sticker"]

_FILE = {"file_id": "from-person", "file_unique_id": "from-person-unique", "file_size": 2048}
_MEDIA: dict[MediaKind, Any] = {
    "photo": [{**_FILE, "width": 640, "height": 480}],
    "voice": {**_FILE, "duration": 4, "mime_type": "audio/ogg"},
    "video": {**_FILE, "duration": 4, "width": 640, "height": 480},
    "document": {**_FILE, "file_name": "voorbeeld.pdf", "mime_type": "application/pdf"},
    "contact": {"phone_number": "000", "first_name": "Voorbeeld"},
    "location": {"latitude": 52.0, "longitude": 5.0},
    "sticker": {
        **_FILE,
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    },
}


class Phone:
    """The person's side of the stand-in."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add_person(
        self,
        user_id: int,
        first_name: str,
        last_name: str | None = None,
        language_code: str = "nl",
        *,
        started: bool = True,
    ) -> None:
        """Add somebody with a phone.

        By default the chat with the bot is open; with `started=False` the bot cannot write first.
        """
        user: Json = {
            "id": user_id,
            "is_bot": False,
            "first_name": first_name,
            "language_code": language_code,
        }
        if last_name:
            user["last_name"] = last_name
        with self._state.lock:
            self._state.people[user_id] = Person(user=user, started=started)
            self._state.changed()

    def say(self, user_id: int, text: str, *, chat_id: int | None = None) -> int:
        """Send a text, by default in the private chat; return its message id.

        Raises ValueError for an empty text, and while this person has blocked the bot.
        """
        content = plain(text)
        if not content.text:
            raise ValueError("a phone sends no empty message")
        with self._state.lock:
            message = self._new_message(user_id, user_id if chat_id is None else chat_id, content)
            put_text(message.body, content)
            return self._send(message)

    def say_in_group(self, user_id: int, group_id: int, text: str) -> int:
        """Send a text in a group; the group is made, with the bot in it, when it is not there."""
        if group_id >= 0:
            raise ValueError("the id of a group is negative")
        with self._state.lock:
            group = self._state.groups.get(group_id)
            if group is None or not group.bot_inside:
                chat: Json = {"id": group_id, "type": "group", "title": "Groep"}
                self._state.groups[group_id] = Group(chat=chat)
                self._bot_status_changed(user_id, chat, before="left", after="member")
            return self.say(user_id, text, chat_id=group_id)

    def send_media(self, user_id: int, kind: MediaKind, *, caption: str = "") -> int:
        """Send a photo, voice message, file and so on; return its message id."""
        content = plain(caption)
        with self._state.lock:
            message = self._new_message(user_id, user_id, content)
            message.media = kind
            message.body[kind] = _MEDIA[kind]
            put_text(message.body, content, caption=True)
            return self._send(message)

    def edit(self, user_id: int, message_id: int, text: str) -> None:
        """Change an own text; raises LookupError when it is not there or not one's own."""
        content = plain(text)
        with self._state.lock:
            message = self._own(user_id, message_id)
            message.content = content
            message.edited_at = self._state.moment()
            message.body["edit_date"] = self._state.timestamp()
            put_text(message.body, content, caption=message.media is not None)
            self._state.add_update("edited_message", dict(message.body))
            self._state.changed()

    def delete_own(self, user_id: int, message_id: int) -> None:
        """Take back an own message; Telegram does not tell the bot."""
        with self._state.lock:
            self._own(user_id, message_id)
            del self._state.messages[user_id][message_id]
            self._state.changed()

    def press(self, user_id: int, message_id: int, data: str) -> str:
        """Press a button; return the id of the callback query.

        The data need not belong to a button that is there: forged presses can be tried. When the
        message is gone the bot gets it as inaccessible, like Telegram's.
        """
        with self._state.lock:
            person = self._state.person(user_id)
            query_id = self._state.new_query_id()
            self._state.callback_queries[query_id] = CallbackQuery(user_id=user_id)
            message = self._state.find(user_id, message_id)
            gone = {"chat": self._state.chat(user_id), "message_id": message_id, "date": 0}
            self._state.add_update(
                "callback_query",
                {
                    "id": query_id,
                    "from": person.user,
                    "message": gone if message is None else dict(message.body),
                    "chat_instance": str(user_id),
                    "data": data,
                },
            )
            self._state.changed()
            return query_id

    def inline(self, user_id: int, query: str) -> str:
        """Type a question behind the bot's name in any chat; return the id of the inline query."""
        with self._state.lock:
            person = self._state.person(user_id)
            query_id = self._state.new_query_id()
            self._state.inline_queries[query_id] = InlineQuery(user_id=user_id)
            self._state.add_update(
                "inline_query",
                {
                    "id": query_id,
                    "from": person.user,
                    "query": query[: InlineQueryLimit.MAX_QUERY_LENGTH],
                    "offset": "",
                    "chat_type": "private",
                },
            )
            self._state.changed()
            return query_id

    def block(self, user_id: int) -> None:
        """Block the bot: from now on it gets 403."""
        self._set_blocked(user_id, blocked=True)

    def unblock(self, user_id: int) -> None:
        """Unblock the bot."""
        self._set_blocked(user_id, blocked=False)

    def _set_blocked(self, user_id: int, *, blocked: bool) -> None:
        with self._state.lock:
            person = self._state.person(user_id)
            if person.blocked == blocked:
                return
            person.blocked = blocked
            before, after = ("member", "kicked") if blocked else ("kicked", "member")
            chat = self._state.chat(user_id)
            self._bot_status_changed(user_id, chat, before=before, after=after)
            self._state.changed()

    def _bot_status_changed(self, user_id: int, chat: Json, *, before: str, after: str) -> None:
        def member(status: str) -> Json:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": self._state.bot, "status": status, **until}

        self._state.add_update(
            "my_chat_member",
            {
                "chat": chat,
                "from": self._state.person(user_id).user,
                "date": self._state.timestamp(),
                "old_chat_member": member(before),
                "new_chat_member": member(after),
            },
        )

    def _new_message(self, user_id: int, chat_id: int, content: FormattedText) -> StoredMessage:
        person = self._state.person(user_id)
        if chat_id == user_id:
            if person.blocked:
                raise ValueError("unblock the bot first, as on a real phone")
            person.started = True
        chat = self._state.chat(chat_id)
        body = self._state.new_body(chat=chat, sender=person.user)
        return StoredMessage(body=body, content=content, from_bot=False, at=self._state.moment())

    def _send(self, message: StoredMessage) -> int:
        self._state.store(message)
        self._state.add_update("message", dict(message.body))
        self._state.changed()
        return int(message.body["message_id"])

    def _own(self, user_id: int, message_id: int) -> StoredMessage:
        message = self._state.find(user_id, message_id)
        if message is None or message.from_bot:
            raise LookupError(f"no message {message_id} of person {user_id}")
        return message
