"""The last step: a channel-neutral message becomes a Telegram call. Only here has it that form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, RetryAfter, TelegramError

from handlers import render
from handlers.actions import encode
from handlers.context import Reply
from handlers.render import Message, Rows, plain

log = structlog.get_logger()

MAX_TOAST = 200
LONGEST_WAIT = 5
"""Seconds that a reply waits when Telegram asks for patience; longer and the person taps again."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """The buttons of a message in Telegram's form; None without buttons."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(button.label, callback_data=encode(button.action))
                for button in row
            ]
            for row in rows
        ]
    )


async def send(bot: Bot, chat_id: int, message: Message) -> int:
    """Send a message, in parts when it is long; gives the id of the last part, with the buttons.

    Raises:
        telegram.error.TelegramError: it was not sent (the caller decides whether to try again).
    """
    for part in render.parts(message):
        sent = await bot.send_message(
            chat_id,
            part.text,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(part.rows),
            link_preview_options=NO_PREVIEW,
        )
    return sent.message_id


async def send_plain(bot: Bot, chat_id: int, message: Message) -> int:
    """Send without any markup: what is left when Telegram cannot read our tags.

    Raises:
        telegram.error.TelegramError: it was not sent.
    """
    for part in render.parts(message):
        sent = await bot.send_message(
            chat_id,
            render.plain(part.text),
            reply_markup=keyboard(part.rows),
            link_preview_options=NO_PREVIEW,
        )
    return sent.message_id


async def edit(bot: Bot, chat_id: int, message_id: int, message: Message) -> None:
    """Replace a message. Showing this already is fine; a long text keeps its first part.

    Raises:
        telegram.error.TelegramError: it could not be edited.
    """
    shown, *_ = render.parts(message)
    try:
        await bot.edit_message_text(
            shown.text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(message.rows),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if not not_modified(error):
            raise


def not_modified(error: BadRequest) -> bool:
    """Whether Telegram says that the message shows exactly this already."""
    return "not modified" in error.message.lower()


def gone(error: BadRequest) -> bool:
    """Whether the message to edit or delete is no longer there for us."""
    text = error.message.lower()
    return any(
        sign in text
        for sign in ("not found", "can't be edited", "can't be deleted", "message_id_invalid")
    )


async def say(
    bot: Bot,
    chat_id: int,
    reply: Reply,
    *,
    pressed: int = 0,
) -> None:
    """Deliver a reply: edit the pressed message where asked, send what is new."""
    if reply.edit is not None:
        await _patiently(partial(_edit_or_send, bot, chat_id, pressed, reply.edit))
    for message in reply.send:
        await _patiently(partial(send, bot, chat_id, message))


async def tell(bot: Bot, update: Update, sentence: str) -> None:
    """Say one sentence: as a pop-up after a press, else as a message."""
    if update.callback_query is not None:
        text = plain(sentence)[:MAX_TOAST]
        await bot.answer_callback_query(update.callback_query.id, text, show_alert=True)
    elif update.effective_chat is not None:
        await send(bot, update.effective_chat.id, Message(text=sentence))


async def answer_press(bot: Bot, query_id: str, toast: str | None) -> None:
    """Every press is answered, or the phone keeps a spinner. A query that is too old is no harm."""
    try:
        await bot.answer_callback_query(query_id, plain(toast)[:MAX_TOAST] if toast else None)
    except BadRequest:
        log.info("press_too_old")


async def delete(bot: Bot, chat_id: int, message_id: int) -> bool:
    """Delete a message; gives whether that went."""
    try:
        return await bot.delete_message(chat_id, message_id)
    except TelegramError:
        return False


async def _edit_or_send(bot: Bot, chat_id: int, pressed: int, message: Message) -> None:
    try:
        if pressed:
            await edit(bot, chat_id, pressed, message)
            return
    except BadRequest as error:
        if not gone(error):
            raise
    await send(bot, chat_id, message)


async def _patiently(work: Callable[[], Awaitable[object]]) -> None:
    """Do it; when Telegram asks for a short wait, wait once and do it again."""
    try:
        await work()
    except RetryAfter as error:
        wait = error.retry_after
        seconds = wait if isinstance(wait, int) else wait.total_seconds()
        if seconds > LONGEST_WAIT:
            raise
        await asyncio.sleep(seconds)
        await work()
