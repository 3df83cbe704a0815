"""The Bot API methods, each a function of the state and the parameters.

They run under the lock of the state and never wait. getUpdates waits, so it stands in `polling`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from telegram.constants import (
    BotCommandLimit,
    CallbackQueryLimit,
    InlineQueryLimit,
)

from bot.demo.entities import FormattedText, utf16_length
from bot.demo.params import (
    Upload,
    caption_text,
    flag,
    inline_keyboard,
    integer,
    message_text,
)
from bot.demo.replies import Json, bad_request
from bot.demo.state import CallbackQuery, State, StoredMessage, put_text

DELETE_WITHIN = timedelta(hours=48)
_COMMAND_NAME = re.compile(rf"[a-z0-9_]{{1,{BotCommandLimit.MAX_COMMAND}}}")
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

Params = Mapping[str, Any]
Method = Callable[[State, Params], Any]


def get_me(state: State, params: Params) -> Json:
    """getMe."""
    return {
        **state.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
    }


def send_message(state: State, params: Params) -> Json:
    """sendMessage."""
    content = message_text(params, too_long="message is too long")
    message = _new_message(state, params, content)
    put_text(message.body, content)
    return _sent(state, message)


def send_document(state: State, params: Params) -> Json:
    """sendDocument; of the file only name, type and size are kept."""
    content = caption_text(params)
    upload = _upload(params, "document")
    message = _new_message(state, params, content)
    message.media, message.file_name, message.file_size = "document", upload.filename, upload.size
    message.body["document"] = {
        **_file_ids(message),
        "file_name": upload.filename,
        "mime_type": upload.mime_type,
        "file_size": upload.size,
    }
    put_text(message.body, content, caption=True)
    return _sent(state, message)


def send_photo(state: State, params: Params) -> Json:
    """sendPhoto; of the picture only name and size are kept, so its width and height are zero."""
    content = caption_text(params)
    upload = _upload(params, "photo")
    message = _new_message(state, params, content)
    message.media, message.file_name, message.file_size = "photo", upload.filename, upload.size
    message.body["photo"] = [
        {**_file_ids(message), "width": 0, "height": 0, "file_size": upload.size}
    ]
    put_text(message.body, content, caption=True)
    return _sent(state, message)


def edit_message_text(state: State, params: Params) -> Json:
    """editMessageText; without reply_markup the keyboard goes, as with Telegram."""
    content = message_text(params, too_long="MESSAGE_TOO_LONG")
    markup = inline_keyboard(params)
    message = _editable(state, params)
    if message.media is not None:
        raise bad_request("there is no text in the message to edit")
    same_text = (content.text, content.entities) == (
        message.content.text,
        message.content.entities,
    )
    if same_text and markup == message.body.get("reply_markup"):
        raise bad_request(_NOT_MODIFIED)
    message.content = content
    message.edited_at = state.moment()
    put_text(message.body, content)
    return _edited(state, message, markup)


def edit_message_reply_markup(state: State, params: Params) -> Json:
    """editMessageReplyMarkup; without reply_markup the keyboard goes."""
    markup = inline_keyboard(params)
    message = _editable(state, params)
    if markup == message.body.get("reply_markup"):
        raise bad_request(_NOT_MODIFIED)
    return _edited(state, message, markup)


def delete_message(state: State, params: Params) -> bool:
    """deleteMessage; a bot can delete within 48 hours only."""
    chat_id = integer(params, "chat_id")
    state.reachable_chat(chat_id)
    message = state.find(chat_id, integer(params, "message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    foreign_in_group = chat_id in state.groups and not message.from_bot
    if foreign_in_group or state.now() - message.at > DELETE_WITHIN:
        raise bad_request("message can't be deleted for everyone")
    del state.messages[chat_id][int(message.body["message_id"])]
    state.changed()
    return True


def answer_callback_query(state: State, params: Params) -> bool:
    """answerCallbackQuery."""
    text = str(params.get("text") or "")
    if utf16_length(text) > CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = str(params.get("callback_query_id") or "")
    query: CallbackQuery | None = state.callback_queries.get(query_id)
    if query is None:
        raise bad_request(_QUERY_TOO_OLD)
    # A second answer is accepted and not shown: the phone has already stopped waiting.
    if not query.answered:
        query.answered = True
        state.add_toast(
            user_id=query.user_id,
            query_id=query_id,
            text=text,
            show_alert=flag(params, "show_alert"),
        )
        state.changed()
    return True


def answer_inline_query(state: State, params: Params) -> bool:
    """answerInlineQuery; the texts inside the results must be sendable too."""
    results = params.get("results") or []
    if len(results) > InlineQueryLimit.RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [str(each.get("id", "")) for each in results]
    if len(set(ids)) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    for each in results:
        content = each.get("input_message_content")
        if content and "message_text" in content:
            message_text({**content, "text": content["message_text"]}, too_long="MESSAGE_TOO_LONG")
        inline_keyboard(each)
    query = state.inline_queries.get(str(params.get("inline_query_id") or ""))
    if query is None:
        raise bad_request(_QUERY_TOO_OLD)
    query.results = list(results)
    state.changed()
    return True


def send_chat_action(state: State, params: Params) -> bool:
    """sendChatAction; checks the chat, and shows nothing."""
    state.reachable_chat(integer(params, "chat_id"))
    return True


def set_webhook(state: State, params: Params) -> bool:
    """setWebhook; it is remembered, but nothing is delivered to it."""
    url = str(params.get("url") or "")
    if url and not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if flag(params, "drop_pending_updates"):
        state.updates.clear()
    state.webhook = {"url": url} if url else {}
    state.changed()
    return True


def delete_webhook(state: State, params: Params) -> bool:
    """deleteWebhook."""
    return set_webhook(state, {**params, "url": ""})


def get_webhook_info(state: State, params: Params) -> Json:
    """getWebhookInfo."""
    return {
        "url": state.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(state.updates),
    }


def set_my_commands(state: State, params: Params) -> bool:
    """setMyCommands, for a scope and a language."""
    commands = params.get("commands") or []
    if len(commands) > BotCommandLimit.MAX_COMMAND_NUMBER:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for each in commands:
        if not _COMMAND_NAME.fullmatch(str(each.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 0 < len(str(each.get("description", "")).strip()) <= BotCommandLimit.MAX_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_scope(state, params)] = [
        {
            "command": str(each["command"]).removeprefix("/"),
            "description": str(each["description"]).strip(),
        }
        for each in commands
    ]
    state.changed()
    return True


def get_my_commands(state: State, params: Params) -> list[Json]:
    """getMyCommands: what was set for exactly this scope and language."""
    return list(state.commands.get(_scope(state, params), []))


def delete_my_commands(state: State, params: Params) -> bool:
    """deleteMyCommands: the next wider scope shows again."""
    state.commands.pop(_scope(state, params), None)
    state.changed()
    return True


def set_chat_menu_button(state: State, params: Params) -> bool:
    """setChatMenuButton; remembered only, since the page always shows the commands."""
    state.menu_buttons[integer(params, "chat_id")] = dict(params.get("menu_button") or {})
    return True


def leave_chat(state: State, params: Params) -> bool:
    """leaveChat."""
    chat_id = integer(params, "chat_id")
    state.reachable_chat(chat_id)
    if chat_id not in state.groups:
        raise bad_request("chat member status can't be changed in private chats")
    state.groups[chat_id].bot_inside = False
    state.changed()
    return True


def get_chat(state: State, params: Params) -> Json:
    """getChat."""
    chat_id = integer(params, "chat_id")
    if chat_id not in state.people and chat_id not in state.groups:
        raise bad_request("chat not found")
    return {
        **state.chat(chat_id),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "sendChatAction": send_chat_action,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    "leaveChat": leave_chat,
    "getChat": get_chat,
}
"""By Telegram's own spelling; callers may use any case."""

SENDING = frozenset({"sendMessage", "sendDocument", "sendPhoto"})
"""The methods that count for the limits on speed."""


def _new_message(state: State, params: Params, content: FormattedText) -> StoredMessage:
    markup = inline_keyboard(params)
    chat = state.reachable_chat(integer(params, "chat_id"))
    reply_to = _reply_to(state, params, int(chat["id"]))
    body = state.new_body(chat=chat, sender=state.bot)
    if reply_to is not None:
        body["reply_to_message"] = reply_to
    if flag(params, "protect_content"):
        body["has_protected_content"] = True
    if markup is not None:
        body["reply_markup"] = markup
    return StoredMessage(body=body, content=content, from_bot=True, at=state.moment())


def _reply_to(state: State, params: Params, chat_id: int) -> Json | None:
    wanted = params.get("reply_parameters") or {}
    message_id = integer(wanted, "message_id") or integer(params, "reply_to_message_id")
    if not message_id:
        return None
    message = state.find(chat_id, message_id)
    if message is not None:
        return {key: value for key, value in message.body.items() if key != "reply_to_message"}
    if not flag(wanted, "allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return None


def _sent(state: State, message: StoredMessage) -> Json:
    state.store(message)
    state.changed()
    return dict(message.body)


def _editable(state: State, params: Params) -> StoredMessage:
    chat_id = integer(params, "chat_id")
    state.reachable_chat(chat_id)
    message = state.find(chat_id, integer(params, "message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return message


def _edited(state: State, message: StoredMessage, markup: Json | None) -> Json:
    message.body.pop("reply_markup", None)
    if markup is not None:
        message.body["reply_markup"] = markup
    # Only a new text shows the mark "edited" on a phone; a new keyboard does not.
    message.body["edit_date"] = state.timestamp()
    state.changed()
    return dict(message.body)


def _upload(params: Params, name: str) -> Upload:
    given = params.get(name)
    if isinstance(given, str) and given:
        # A file id or an address: nothing is fetched, so the size is unknown.
        return Upload(filename=given.rsplit("/", 1)[-1], size=1, mime_type="")
    if not isinstance(given, Upload):
        raise bad_request(f"there is no {name} in the request")
    if given.size == 0:
        raise bad_request("file must be non-empty")
    return given


def _file_ids(message: StoredMessage) -> Json:
    number = message.body["message_id"]
    return {"file_id": f"file-{number}", "file_unique_id": f"unique-{number}"}


def _scope(state: State, params: Params) -> tuple[str, int, str]:
    scope = params.get("scope") or {"type": "default"}
    kind = str(scope.get("type", "default"))
    chat_id = integer(scope, "chat_id")
    if kind.startswith("chat") and chat_id not in state.people and chat_id not in state.groups:
        raise bad_request("chat not found")
    return kind, chat_id, str(params.get("language_code") or "")


def commands_shown_to(state: State, user_id: int) -> list[Json]:
    """Return the menu of a private chat: the narrowest scope that is set, own language first."""
    language = str(state.person(user_id).user.get("language_code", ""))
    for kind, chat_id in (("chat", user_id), ("all_private_chats", 0), ("default", 0)):
        for code in (language, ""):
            if state.commands.get((kind, chat_id, code)):
                return list(state.commands[kind, chat_id, code])
    return []
