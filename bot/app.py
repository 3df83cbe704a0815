"""Wiring: settings -> services -> the running bot. The only place that puts the rooms together."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest, HTTPXRequest

from bot.jobs import build_scheduler
from bot.settings import Settings
from bot.sweep import Sweeper
from bot.updates import PersonOrder
from bot.web import build_web, serve
from handlers import routing
from handlers.context import Clock, Services
from handlers.render import build_texts
from knowledge.answering import build_answerer
from knowledge.loader import KnowledgeBase, load
from knowledge.unanswered import Cleaner
from storage import schema
from storage.db import Database, build_database, check_reachable
from storage.rules import Rules

log = structlog.get_logger()

BotApplication = Application[Any, Any, Any, Any, Any, Any]

ALLOWED_UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
]
START_TRIES = 6
"""How often Telegram is tried at start, with growing waits: a minute in all."""


class StartRefused(Exception):
    """The bot cannot start, for a reason an operator can mend. The message is one Dutch line."""


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """This moment in UTC."""
        return datetime.now(UTC)


def build_services(
    settings: Settings, *, database: Database, clock: Clock, knowledge: KnowledgeBase | None = None
) -> Services:
    """Everything the handlers use.

    Raises:
        ContentError: the content or an overlay cannot be used.
    """
    content = knowledge or load(settings.overlays)
    return Services(
        db=database,
        rules=Rules(knowledge=content, timezone=settings.zone, zaak_pattern=settings.case_numbers),
        answerer=build_answerer(content),
        texts=build_texts(),
        clock=clock,
        region=settings.region,
        cleaner=Cleaner(content),
    )


def open_database(settings: Settings) -> Database:
    """The database, reachable and at the newest schema.

    Raises:
        DatabaseUnavailable: it cannot be reached.
        StartRefused: it needs `koersbot db upgrade`, or is newer than this program.
    """
    database = build_database(settings.database)
    check_reachable(database)
    at = schema.current(database)
    if at != schema.head():
        database.close()
        raise StartRefused(
            "De database is nog niet klaar voor deze versie; draai eerst: koersbot db upgrade"
        )
    return database


def build_application(
    settings: Settings,
    services: Services,
    *,
    token: str,
    request: BaseRequest | None = None,
    get_updates_request: BaseRequest | None = None,
) -> BotApplication:
    """The library's application with every handler in place; not started.

    `request` and `get_updates_request` replace the network, both or none: the demo and tests.
    """
    # The library warns at every RetryAfter unless told that we read its waits as timedelta.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder()
        .token(token)
        .base_url(settings.telegram_base_url)
        .base_file_url(settings.telegram_base_file_url)
        .concurrent_updates(PersonOrder())
        # getUpdates has a connection of its own: a long poll must not hold up replies.
        .request(request or HTTPXRequest(connection_pool_size=32, connect_timeout=10))
        .get_updates_request(get_updates_request or HTTPXRequest(connect_timeout=10))
    )
    application = builder.build()
    routing.register_all(application, services)
    return application


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A started bot."""

    application: BotApplication
    sweeper: Sweeper


@asynccontextmanager
async def running(
    settings: Settings,
    services: Services,
    application: BotApplication,
    *,
    seconds_between_rounds: float | None = None,
) -> AsyncIterator[Running]:
    """The bot, answering and (unless JOBS is off) sending, until the block ends.

    Raises:
        StartRefused: the token is refused, or Telegram cannot be reached.
    """
    async with AsyncExitStack() as stack:
        await _initialize(application)
        stack.push_async_callback(application.shutdown)
        await application.start()
        stack.push_async_callback(application.stop)
        sweeper = Sweeper(services, application.bot)
        if settings.jobs == "on":
            scheduler = build_scheduler(sweeper.sweep_quietly, **_interval(seconds_between_rounds))
            scheduler.start()
            stack.callback(scheduler.shutdown, wait=False)
        await _set_menu(application, services)
        if settings.listen_port is not None:
            web = build_web(settings, services, application)
            await stack.enter_async_context(serve(web, settings.listen_host, settings.listen_port))
        if settings.mode == "webhook" and settings.webhook_url and settings.webhook_secret:
            await application.bot.set_webhook(
                settings.webhook_url,
                secret_token=settings.webhook_secret.get_secret_value(),
                allowed_updates=ALLOWED_UPDATES,
            )
        elif application.updater is not None:
            await application.updater.start_polling(
                allowed_updates=ALLOWED_UPDATES, error_callback=_poll_failed
            )
            stack.push_async_callback(application.updater.stop)
        log.info("bot_started", mode=settings.mode)
        yield Running(application=application, sweeper=sweeper)
        log.info("bot_stopping")


async def run(settings: Settings) -> None:
    """Run the bot by the settings until SIGTERM or SIGINT.

    Raises:
        SettingsError, ContentError, DatabaseUnavailable, StartRefused: it cannot start.
    """
    token = settings.token
    database = open_database(settings)
    try:
        services = build_services(settings, database=database, clock=SystemClock())
        application = build_application(settings, services, token=token)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stop.set)
        async with running(settings, services, application):
            await stop.wait()
    finally:
        database.close()


async def sweep_once(settings: Settings, *, at: datetime | None) -> dict[str, int]:
    """One round for one moment, as the jobs would do it; gives the counts.

    Raises:
        SettingsError, ContentError, DatabaseUnavailable, StartRefused: it cannot start.
    """
    token = settings.token
    database = open_database(settings)
    try:
        clock = SystemClock()
        services = build_services(settings, database=database, clock=clock)
        application = build_application(settings, services, token=token)
        await _initialize(application)
        try:
            return dict(await Sweeper(services, application.bot).sweep(at or clock.now()))
        finally:
            await application.shutdown()
    finally:
        database.close()


async def bot_username(settings: Settings) -> str:
    """The bot's own name in Telegram.

    Raises:
        SettingsError: there is no token.
        StartRefused: the token is refused, or Telegram cannot be reached.
    """
    application = ApplicationBuilder().token(settings.token).base_url(settings.telegram_base_url)
    bot = application.build().bot
    try:
        async with bot:
            return bot.username
    except InvalidToken:
        raise StartRefused(_REFUSED) from None
    except TelegramError:
        raise StartRefused(_UNREACHABLE) from None


_REFUSED = (
    "Telegram weigert dit token; controleer KOERSBOT_TELEGRAM_TOKEN "
    "of vraag bij @BotFather een nieuw"
)
_UNREACHABLE = (
    "Telegram is niet te bereiken; controleer de verbinding en KOERSBOT_TELEGRAM_BASE_URL"
)


async def _initialize(application: BotApplication) -> None:
    for tries in range(START_TRIES):
        try:
            await application.initialize()
        except InvalidToken:
            raise StartRefused(_REFUSED) from None
        except NetworkError:
            if tries + 1 == START_TRIES:
                raise StartRefused(_UNREACHABLE) from None
            log.warning("telegram_unreachable", attempts=tries + 1)
            await asyncio.sleep(2**tries)
        else:
            return


async def _set_menu(application: BotApplication, services: Services) -> None:
    try:
        await application.bot.set_my_commands(routing.stranger_menu(services))
    except TelegramError as error:
        log.warning("side_task_failed", kind=type(error).__name__)


def _poll_failed(error: TelegramError) -> None:
    log.warning("poll_failed", kind=type(error).__name__)


def _interval(seconds: float | None) -> dict[str, float]:
    return {} if seconds is None else {"seconds": seconds}
