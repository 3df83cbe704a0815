"""A real python-telegram-bot application talks to the stand-in: in process and over HTTP."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.demo.botapi import BotApi
from bot.demo.request import StandInRequest
from bot.demo.server import ServedBotApi

TOKEN = "4242:stand-in"
SANNE = 11

WAYS = ("in process", "over HTTP")


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    button = InlineKeyboardButton("Nog eens", callback_data="nog-eens")
    await update.message.reply_html(
        f"Je zei: <b>{update.message.text}</b>", reply_markup=InlineKeyboardMarkup([[button]])
    )


async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Begrepen")
    await update.callback_query.edit_message_text("Klaar")


@asynccontextmanager
async def running(app: Application[Any, Any, Any, Any, Any, Any]) -> AsyncIterator[None]:
    app.add_handler(MessageHandler(filters.TEXT, echo))
    app.add_handler(CallbackQueryHandler(press))
    async with app:
        assert app.updater is not None
        await app.updater.start_polling(poll_interval=0)
        await app.start()
        yield
        await app.updater.stop()
        await app.stop()


async def until(api: BotApi, ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not ready():
            await api.wait_change(api.version, 0.2)


async def conversation(api: BotApi) -> None:
    api.say(SANNE, "hallo")
    await until(api, lambda: len(api.messages(SANNE)) == 2)
    answer = api.messages(SANNE)[1]
    assert (answer.text, answer.from_bot) == ("Je zei: hallo", True)
    assert answer.html == "Je zei: <b>hallo</b>"
    data = answer.buttons[0][0].data
    assert data is not None
    api.press(SANNE, answer.message_id, data)
    await until(api, lambda: api.messages(SANNE)[1].text == "Klaar")
    assert [each.text for each in api.toasts(SANNE)] == ["Begrepen"]
    assert api.messages(SANNE)[1].edited_at is not None


async def test_echo_in_process(api: BotApi) -> None:
    request = StandInRequest(api)
    builder = ApplicationBuilder().token(TOKEN).request(request).get_updates_request(request)
    async with running(builder.build()):
        await conversation(api)


async def test_echo_over_http(api: BotApi) -> None:
    with ServedBotApi(api) as served:
        app = ApplicationBuilder().token(TOKEN).base_url(served.base_url).build()
        async with running(app):
            await conversation(api)


@asynccontextmanager
async def bot_for(way: str, api: BotApi, token: str = TOKEN) -> AsyncIterator[Bot]:
    if way == "in process":
        yield Bot(token, request=StandInRequest(api), get_updates_request=StandInRequest(api))
        return
    with ServedBotApi(api) as served:
        bot = Bot(token, base_url=served.base_url)
        try:
            yield bot
        finally:
            for request in bot._request:
                await request.shutdown()


@pytest.mark.parametrize("way", WAYS)
async def test_files_and_menus(api: BotApi, way: str) -> None:
    content = bytes(range(256)) * 3 + b"\r\n--x\r\n\r"
    async with bot_for(way, api) as bot:
        document = await bot.send_document(
            SANNE,
            io.BytesIO(content),
            caption="<b>Überzicht</b>",
            parse_mode="HTML",
            filename="overzicht é.xlsx",
        )
        photo = await bot.send_photo(SANNE, content, filename="grafiek.png")
        commands = [BotCommand("hulp", "Wat kan ik vragen?")]
        await bot.set_my_commands(commands, scope=BotCommandScopeChat(SANNE))
        assert tuple(commands) == await bot.get_my_commands(scope=BotCommandScopeChat(SANNE))
        assert (await bot.get_chat(SANNE)).first_name == "Sanne"
    assert document.document is not None
    assert document.document.file_size == len(content)
    assert document.document.file_name == "overzicht é.xlsx"
    assert document.caption == "Überzicht"
    assert photo.photo[0].file_size == len(content)
    assert api.commands(SANNE)[0]["command"] == "hulp"


@pytest.mark.parametrize("way", WAYS)
async def test_refusals_become_the_errors_of_the_library(
    api: BotApi, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without it the library warns about its own next version whenever it raises RetryAfter.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with bot_for(way, api) as bot:
        with pytest.raises(BadRequest, match=r"(?i)chat not found"):
            await bot.send_message(404, "Hoi")
        api.block(SANNE)
        with pytest.raises(Forbidden, match="blocked"):
            await bot.send_message(SANNE, "Hoi")
        api.unblock(SANNE)
        api.fail_next(
            "sendMessage",
            status=429,
            description="Too Many Requests: retry after 3",
            retry_after=3,
        )
        with pytest.raises(RetryAfter):
            await bot.send_message(SANNE, "Hoi")
        api.drop_next("sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(SANNE, "Hoi")
        api.drop_next("sendMessage", after_work=True)
        with pytest.raises(NetworkError):
            await bot.send_message(SANNE, "Toch aangekomen")
        api.delay_next("sendMessage", 1)
        with pytest.raises(TimedOut):
            await bot.send_message(SANNE, "Hoi", read_timeout=0.05)
    texts = [each.text for each in api.messages(SANNE)]
    assert texts[:1] == ["Toch aangekomen"]


@pytest.mark.parametrize("way", WAYS)
async def test_wrong_token(api: BotApi, way: str) -> None:
    async with bot_for(way, api, token="1:other") as bot:
        with pytest.raises(InvalidToken):
            await bot.initialize()


async def test_other_bodies_over_http(api: BotApi) -> None:
    with ServedBotApi(api) as served:
        async with httpx.AsyncClient(base_url=f"{served.base_url}{TOKEN}") as client:
            hello: dict[str, str | int] = {"chat_id": SANNE, "text": "Hoi"}
            assert (await client.post("/sendMessage", json=hello)).status_code == 200
            assert (await client.post("/sendMessage", data=hello)).status_code == 200
            assert (await client.get("/SENDMESSAGE", params=hello)).status_code == 200
            json_header = {"content-type": "application/json"}
            for body in (b"[]", b"{", b"\xff"):
                reply = await client.post("/sendMessage", content=body, headers=json_header)
                assert reply.status_code == 400
            assert (await client.post("/sendTelepathy")).status_code == 404
    assert len(api.messages(SANNE)) == 3
