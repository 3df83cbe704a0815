"""Reads the parameters of a Bot API call, whichever way they were sent.

Over a form every value is a string and the structured ones are JSON in a string; in JSON they are
what they are. After `decoded` the methods need not know the difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit, MessageLimit

from bot.demo.entities import (
    EntityError,
    FormattedText,
    parse_html,
    plain,
    utf16_length,
    with_entities,
)
from bot.demo.replies import Json, bad_request

_STRUCTURED = {
    "reply_markup": "reply keyboard markup",
    "entities": "entities",
    "caption_entities": "caption entities",
    "commands": "list of bot commands",
    "scope": "BotCommandScope",
    "results": "inline query results",
    "button": "inline query results button",
    "menu_button": "menu button",
    "reply_parameters": "reply parameters",
    "link_preview_options": "link preview options",
    "allowed_updates": "allowed updates",
}
_BUTTON_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with the call; the content itself is not kept."""

    filename: str
    size: int
    mime_type: str


def decoded(params: Mapping[str, Any]) -> Json:
    """Return the parameters with their structured values parsed; raises RefusedCall on bad JSON."""
    result: Json = {}
    for name, value in params.items():
        if name in _STRUCTURED and isinstance(value, str):
            try:
                result[name] = json.loads(value) if value else None
            except ValueError as error:
                raise bad_request(f"can't parse {_STRUCTURED[name]} JSON object") from error
        else:
            result[name] = value
    return result


def integer(params: Mapping[str, Any], name: str, default: int = 0) -> int:
    """Return a whole number, or the default where it is missing or no number."""
    try:
        return int(params.get(name, default))
    except (TypeError, ValueError):
        return default


def flag(params: Mapping[str, Any], name: str) -> bool:
    """Return a yes or no; a form sends it as a word."""
    value = params.get(name, False)
    return value.lower() in {"true", "1"} if isinstance(value, str) else bool(value)


def formatted(
    params: Mapping[str, Any], *, text: str = "text", entities: str = "entities"
) -> FormattedText:
    """Return the parsed text of a call; raises RefusedCall where it cannot be read."""
    source = str(params.get(text) or "")
    mode = str(params.get("parse_mode") or "").lower()
    if mode not in {"", "html"}:
        # Only HTML is used in this product; Markdown would pass unread and hide its mistakes.
        raise bad_request(f"unsupported parse_mode ({mode} is not part of this stand-in)")
    try:
        if mode:
            return parse_html(source)
        if params.get(entities):
            return with_entities(source, params[entities])
        return plain(source)
    except EntityError as error:
        raise bad_request(f"can't parse entities: {error}") from error


def message_text(params: Mapping[str, Any], *, too_long: str) -> FormattedText:
    """Return the text of a message within Telegram's limit; `too_long` is the refusal's wording."""
    content = formatted(params)
    if not content.text:
        raise bad_request("message text is empty")
    if utf16_length(content.text) > MessageLimit.MAX_TEXT_LENGTH:
        raise bad_request(too_long)
    return content


def caption_text(params: Mapping[str, Any]) -> FormattedText:
    """Return the caption of a file within Telegram's limit; it may be empty."""
    content = formatted(params, text="caption", entities="caption_entities")
    if utf16_length(content.text) > MessageLimit.CAPTION_LENGTH:
        raise bad_request("message caption is too long")
    return content


def inline_keyboard(params: Mapping[str, Any]) -> Json | None:
    """Return the checked inline keyboard, or None where there is none.

    Keyboards that replace the phone's own keyboard are accepted and not shown.
    """
    markup = params.get("reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array')
    checked = [[_checked_button(button) for button in row] for row in rows if row]
    if (
        sum(len(row) for row in checked) > InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
        or max((len(row) for row in checked), default=0) > InlineKeyboardMarkupLimit.BUTTONS_PER_ROW
    ):
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": checked} if checked else None


def _checked_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    action = next((name for name in _BUTTON_ACTIONS if button.get(name) not in (None, "")), None)
    # An empty switch_inline_query is an answer of its own: the name of the bot without a question.
    if action is None and not any(name.startswith("switch_inline") for name in button):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if action == "callback_data":
        size = len(str(button["callback_data"]).encode())
        if size > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    if action == "url":
        _check_url(str(button["url"]))
    return dict(button)


def _check_url(url: str) -> None:
    """Telegram wants an address that another phone can reach: `localhost` is refused as well."""
    scheme, found, rest = url.partition("://")
    if not found:
        scheme, rest = "http", url
    if scheme not in {"http", "https", "tg", "ton"}:
        raise bad_request(
            f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol"
        )
    host = rest.split("/", 1)[0].split("?", 1)[0]
    if scheme in {"http", "https"} and "." not in host:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
