"""route(): who is this, may they; fails closed. register_all(): the one ordered table.

Every update passes through `route`: the person is read anew, the permission is checked, typed text
passes the personal-data check, and only then the handler runs. A stranger learns how to get an
invitation and nothing else. An expected refusal becomes its sentence; anything else is a bug: it is
logged with a short reference, and the person sees only that reference.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat, Chat, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)

from handlers import actions, deliver, welkom
from handlers.context import Reply, Services, Turn
from handlers.render import Message
from handlers.table import COMMANDS, PRESSES, Answering, edited_message, plain_text, unknown_command
from knowledge.privacy import personal_data
from knowledge.refusals import Refusal
from storage import access
from storage.access import Actor, Permission
from storage.db import DatabaseUnavailable

log = structlog.get_logger()

Callback = Callable[[Update, Any], Coroutine[Any, Any, None]]


def register_all(
    application: Application[Any, Any, Any, Any, Any, Any], services: Services
) -> None:
    """Put every handler in its place. The order is the order in which updates are offered."""
    for handler in table(services):
        application.add_handler(handler)


def table(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """The one ordered table of all handlers. Only new messages in a private chat are read."""
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    edited = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE
    return [
        ChatMemberHandler(_membership(services), ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(~filters.ChatType.PRIVATE, _leave_group(services)),
        CommandHandler("start", _start(services), filters=private),
        *(
            CommandHandler(
                command.name,
                route(services, command.handle, permission=command.permission),
                filters=private,
            )
            for command in COMMANDS
        ),
        MessageHandler(
            private & filters.COMMAND,
            route(services, unknown_command, permission=Permission.ASK),
        ),
        MessageHandler(
            private & filters.TEXT, route(services, plain_text, permission=Permission.ASK)
        ),
        MessageHandler(edited, route(services, edited_message, permission=Permission.ASK)),
        MessageHandler(private, _refuse_media(services)),
        CallbackQueryHandler(_press(services)),
        TypeHandler(Update, _ignore(services)),
    ]


def route(services: Services, handle: Answering, *, permission: Permission) -> Callback:
    """A callback for the library that lets `handle` run only for a known person who may."""

    async def run(update: Update, bot: Bot, actor: Actor) -> None:
        message = update.effective_message
        if message is None or update.effective_chat is None:
            return
        if not actor.may(permission):
            raise Refusal("mag-niet")
        # A caption or text may hold what must not be kept: look before anything else does.
        kinds = personal_data(message.text or "")
        if kinds:
            log.info("personal_data_seen", kinds=[kind.value for kind in kinds])
            warning = welkom.personal_data_message(services, kinds, message.message_id)
            await deliver.say(bot, update.effective_chat.id, Reply(send=(warning,)))
            return
        turn = Turn(
            services=services,
            actor=actor,
            now=services.clock.now(),
            chat_id=update.effective_chat.id,
            message_id=message.message_id,
            text=_typed(message),
        )
        reply = await handle(turn)
        await deliver.say(bot, turn.chat_id, reply)
        if reply.menu:
            await _show_menu(services, bot, turn.chat_id, actor)

    return _guarded(services, run)


def menu_for(services: Services, actor: Actor) -> list[BotCommand]:
    """The menu of one person: only what their role may do."""
    return [
        BotCommand(command.name, services.texts.phrase("opdrachten", command.name))
        for command in COMMANDS
        if actor.may(command.permission)
    ]


def stranger_menu(services: Services) -> list[BotCommand]:
    """The menu of somebody who is not in."""
    return [BotCommand("start", services.texts.phrase("opdrachten", "start"))]


def _press(services: Services) -> Callback:
    async def run(update: Update, bot: Bot, actor: Actor) -> None:
        query = update.callback_query
        if query is None:
            return
        action = actions.decode(query.data or "")
        press = PRESSES.get(type(action))
        if press is None:
            raise actions.ExpiredButton
        if not actor.may(press.permission):
            raise Refusal("mag-niet")
        message = query.message
        turn = Turn(
            services=services,
            actor=actor,
            now=services.clock.now(),
            chat_id=message.chat.id if message else query.from_user.id,
            message_id=message.message_id if message else 0,
        )
        reply = await press.handle(turn, action)
        reply = await _delete_asked(bot, turn, reply)
        await deliver.answer_press(bot, query.id, reply.toast)
        await deliver.say(bot, turn.chat_id, reply, pressed=turn.message_id)

    return _guarded(services, run)


async def _delete_asked(bot: Bot, turn: Turn, reply: Reply) -> Reply:
    if reply.delete is None:
        return reply
    try:
        await bot.delete_message(turn.chat_id, reply.delete)
    except BadRequest:
        return Reply(
            edit=Message(text=turn.services.texts.refusal(Refusal("verwijderen-lukt-niet")))
        )
    return reply


def _start(services: Services) -> Callback:
    """`/start`, the only thing a stranger can do: with a token it lets them in."""

    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, user, chat = update.message, update.effective_user, update.effective_chat
        if message is None or user is None or chat is None:
            return
        token = _typed(message)
        if not token:
            await known(update, context)
            return

        async def let_in() -> None:
            actor, welcome = await welkom.accept(
                services, token=token, channel_id=user.id, first_name=user.first_name
            )
            log.info("invitation_accepted", person=actor.person_id)
            # The token is worthless now; still it should not stay in the chat.
            await deliver.delete(context.bot, chat.id, message.message_id)
            await deliver.say(context.bot, chat.id, Reply(send=(welcome,)))
            await _show_menu(services, context.bot, chat.id, actor)

        await _explained(services, context.bot, update, let_in)

    known = route(services, welkom.show_help, permission=Permission.ASK)
    return _routed(callback)


def _refuse_media(services: Services) -> Callback:
    """Photos, voice, files, contacts, locations: not looked at, deleted, and said so."""

    async def run(update: Update, bot: Bot, actor: Actor) -> None:
        message, chat = update.effective_message, update.effective_chat
        if message is None or chat is None:
            return
        gone = await deliver.delete(bot, chat.id, message.message_id)
        log.info("media_refused", person=actor.person_id, deleted=gone)
        raise Refusal("media-verwijderd" if gone else "media-niet-verwijderd")

    return _guarded(services, run)


def _leave_group(services: Services) -> Callback:
    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        chat = update.effective_chat
        if chat is not None and chat.type != Chat.PRIVATE:
            await _leave(services, context.bot, chat.id)

    return _routed(callback)


def _membership(services: Services) -> Callback:
    """Somebody blocked or unblocked the bot, or put it in a group."""

    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        change = update.my_chat_member
        if change is None:
            return
        status = change.new_chat_member.status
        outside = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
        if change.chat.type != Chat.PRIVATE:
            if status not in outside:
                await _leave(services, context.bot, change.chat.id)
            return

        async def note() -> None:
            actor = await services.db.run_read(access.actor_by_channel, change.chat.id)
            if actor is not None:
                keep = access.channel_lost if status in outside else access.channel_back
                await services.db.run_write(keep, actor.person_id, now=services.clock.now())

        await _logged(note)

    return _routed(callback)


def _ignore(services: Services) -> Callback:
    """What no handler reads (polls, channel posts, reactions): nothing happens."""

    async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        log.info("update_ignored", update=update.update_id)

    return _routed(callback)


def _guarded(services: Services, run: Callable[[Update, Bot, Actor], Awaitable[None]]) -> Callback:
    """Let `run` go only for a known person; whatever happens, somebody gets one clear sentence."""

    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        user, chat = update.effective_user, update.effective_chat
        if user is None or (chat is not None and chat.type != Chat.PRIVATE):
            return

        async def known_only() -> None:
            today = services.rules.today(services.clock.now())
            actor = await services.db.run_read(access.actor_by_channel, user.id, today=today)
            if actor is None:
                raise Refusal("vreemde")
            if not actor.reachable:
                await services.db.run_write(
                    access.channel_back, actor.person_id, now=services.clock.now()
                )
            await run(update, context.bot, actor)

        await _explained(services, context.bot, update, known_only)

    return _routed(callback)


async def _explained(
    services: Services, bot: Bot, update: Update, work: Callable[[], Awaitable[None]]
) -> None:
    """Run `work`; turn whatever goes wrong into one sentence for the person."""
    sentence = None
    try:
        await work()
    except Refusal as refusal:
        log.info("refused", text_id=refusal.text_id)
        sentence = services.texts.refusal(refusal)
    except DatabaseUnavailable:
        log.error("database_unavailable")  # noqa: TRY400 - the reason may hold an address
        sentence = services.texts.refusal(Refusal("geheugen-onbereikbaar"))
    except Exception as error:  # the last line of defence: a bug must not look like silence
        if _channel_failed(error):
            log.warning("reply_failed", kind=type(error).__name__)
        else:
            reference = secrets.token_hex(3)
            log.exception("handler_failed", reference=reference)
            sentence = services.texts.refusal(Refusal("fout", code=reference))
    if sentence is not None:
        await _logged(partial(deliver.tell, bot, update, sentence))


def _channel_failed(error: Exception) -> bool:
    """Whether Telegram could not be reached or will not have it: nothing in us to mend."""
    unreachable = isinstance(error, NetworkError) and not isinstance(error, BadRequest)
    return unreachable or isinstance(error, Forbidden | RetryAfter)


async def _leave(services: Services, bot: Bot, chat_id: int) -> None:
    async def leave() -> None:
        sentence = services.texts.refusal(Refusal("groep"))
        try:
            await deliver.send(bot, chat_id, Message(text=sentence))
        finally:
            await bot.leave_chat(chat_id)

    log.info("group_left")
    await _logged(leave)


async def _logged(work: Callable[[], Awaitable[object]]) -> None:
    """Do something that nobody waits for; a failure is logged by its kind."""
    try:
        await work()
    except (TelegramError, DatabaseUnavailable) as error:
        log.warning("side_task_failed", kind=type(error).__name__)


def _typed(message: TelegramMessage) -> str:
    """What was typed, without the command before it."""
    text = message.text or ""
    if text.startswith("/"):
        _, _, text = text.partition(" ")
    return text.strip()


async def _show_menu(services: Services, bot: Bot, chat_id: int, actor: Actor) -> None:
    menu = menu_for(services, actor)
    await _logged(lambda: bot.set_my_commands(menu, scope=BotCommandScopeChat(chat_id)))


def _routed(callback: Callback) -> Callback:
    """Mark a callback as having passed through this module; a test walks the table for the mark."""
    callback.__koersbot_routed__ = True  # type: ignore[attr-defined]
    return callback
