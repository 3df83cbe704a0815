"""What reaches the bot: long poll, offsets, presses, edits, blocks, and scripted faults."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any, get_args

import pytest
from telegram import Bot, Update

from bot.demo.botapi import BotApi, ConnectionDropped
from bot.demo.phone import MediaKind
from bot.demo.request import StandInRequest

if TYPE_CHECKING:
    from tests.demo.conftest import Clock

TOKEN = "4242:stand-in"
SANNE, OMAR = 11, 12


async def updates(api: BotApi, **params: Any) -> list[dict[str, Any]]:
    reply = await api.call("getUpdates", params)
    assert reply.body["ok"], reply.body
    return list(reply.body["result"])


async def sent(api: BotApi, text: str = "Hoi", **more: Any) -> int:
    reply = await api.call("sendMessage", {"chat_id": SANNE, "text": text, **more})
    return int(reply.body["result"]["message_id"])


async def test_updates_stay_until_confirmed(api: BotApi) -> None:
    for text in ("een", "twee", "drie"):
        api.say(SANNE, text)
    first, second, third = await updates(api)
    assert [each["message"]["text"] for each in (first, second, third)] == ["een", "twee", "drie"]
    assert await updates(api, limit=1) == [first]
    assert await updates(api, offset=second["update_id"]) == [second, third]
    assert await updates(api) == [second, third]
    assert await updates(api, offset=-1) == [third]
    assert await updates(api, offset=third["update_id"] + 1) == []
    assert api.pending_updates() == 0


async def test_a_poll_waits_for_what_comes(api: BotApi) -> None:
    poll = asyncio.create_task(updates(api, timeout=5))
    await asyncio.sleep(0.01)
    assert not poll.done()
    api.say(SANNE, "hallo")
    async with asyncio.timeout(1):
        (update,) = await poll
    assert update["message"]["from"]["first_name"] == "Sanne"


async def test_a_poll_comes_back_empty_handed_in_time(api: BotApi) -> None:
    started = time.monotonic()
    assert await updates(api, timeout=1) == []
    assert 0.9 < time.monotonic() - started < 3


async def test_a_newer_poll_ends_the_older(api: BotApi) -> None:
    older = asyncio.create_task(api.call("getUpdates", {"timeout": 5}))
    await asyncio.sleep(0.01)
    newer = asyncio.create_task(api.call("getUpdates", {"timeout": 5}))
    async with asyncio.timeout(1):
        reply = await older
    assert reply.status == 409
    assert reply.body["description"] == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    api.say(SANNE, "hallo")
    assert len((await newer).body["result"]) == 1


async def test_a_cancelled_poll_leaves_no_trace(api: BotApi) -> None:
    poll = asyncio.create_task(updates(api, timeout=5))
    await asyncio.sleep(0.01)
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    api.say(SANNE, "hallo")
    assert len(await updates(api)) == 1


async def test_speaking_from_another_thread_wakes_the_poll(api: BotApi) -> None:
    poll = asyncio.create_task(updates(api, timeout=5))
    await asyncio.sleep(0.01)
    await asyncio.to_thread(api.say, SANNE, "uit een andere draad")
    async with asyncio.timeout(1):
        assert len(await poll) == 1


def test_a_poll_in_another_loop_is_woken(api: BotApi) -> None:
    got: list[Any] = []
    thread = threading.Thread(target=lambda: got.extend(asyncio.run(updates(api, timeout=5))))
    thread.start()
    api.say(SANNE, "hallo")
    thread.join(2)
    assert [each["message"]["text"] for each in got] == ["hallo"]


def test_many_threads_at_once(api: BotApi) -> None:
    threads = [
        threading.Thread(target=lambda: [api.say(SANNE, "x") for _ in range(50)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = asyncio.run(updates(api))
    ids = [each["message"]["message_id"] for each in api._state.updates]
    assert len(found) == 100
    assert len(ids) == len(set(ids)) == 400


async def test_commands_are_marked(api: BotApi) -> None:
    api.say(SANNE, "/start abc_123")
    (update,) = await updates(api)
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert update["message"]["chat"] == {"id": SANNE, "type": "private", "first_name": "Sanne"}


async def test_a_press_and_its_answer(api: BotApi) -> None:
    markup = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}
    message_id = await sent(api, "Zeker?", reply_markup=markup)
    assert api.messages(SANNE)[0].buttons[0][0].data == "ja"
    query_id = api.press(SANNE, message_id, "ja")
    (update,) = await updates(api)
    query = update["callback_query"]
    assert (query["id"], query["data"]) == (query_id, "ja")
    assert query["message"]["text"] == "Zeker?"
    answer = {"callback_query_id": query_id, "text": "Klaar", "show_alert": "true"}
    assert (await api.call("answerCallbackQuery", answer)).body["ok"]
    assert (await api.call("answerCallbackQuery", answer)).body["ok"]
    (toast,) = api.toasts(SANNE)
    assert (toast.text, toast.show_alert, toast.query_id) == ("Klaar", True, query_id)


async def test_a_press_on_a_message_that_is_gone(api: BotApi) -> None:
    api.press(SANNE, 999, "verzonnen")
    (update,) = await updates(api)
    message = update["callback_query"]["message"]
    assert (message["date"], message["message_id"]) == (0, 999)
    async with Bot(TOKEN, request=StandInRequest(api)) as bot:
        query = Update.de_json(update, bot).callback_query
        assert query is not None
        assert query.message is not None
        assert query.message.is_accessible is False


async def test_editing_and_taking_back(api: BotApi, clock: Clock) -> None:
    message_id = api.say(SANNE, "voor")
    clock.forward(minutes=1)
    api.edit(SANNE, message_id, "na")
    _, update = await updates(api)
    assert update["edited_message"]["text"] == "na"
    assert update["edited_message"]["edit_date"] == update["edited_message"]["date"] + 60
    assert api.messages(SANNE)[0].edited_at == clock.now()
    api.delete_own(SANNE, message_id)
    assert api.messages(SANNE) == []
    assert len(await updates(api)) == 2
    with pytest.raises(LookupError):
        api.edit(SANNE, message_id, "te laat")
    with pytest.raises(LookupError):
        api.delete_own(SANNE, await sent(api))


async def test_blocking(api: BotApi) -> None:
    api.block(SANNE)
    api.block(SANNE)
    with pytest.raises(ValueError, match="unblock"):
        api.say(SANNE, "hoi")
    api.unblock(SANNE)
    blocked, unblocked = (each["my_chat_member"] for each in await updates(api))
    assert blocked["new_chat_member"]["status"] == "kicked"
    assert (unblocked["old_chat_member"]["status"], unblocked["new_chat_member"]["status"]) == (
        "kicked",
        "member",
    )


async def test_every_update_is_readable_for_the_library(api: BotApi) -> None:
    for kind in get_args(MediaKind):
        api.send_media(SANNE, kind, caption="bijschrift" if kind == "photo" else "")
    api.say_in_group(OMAR, -7, "hoi")
    api.block(OMAR)
    api.inline(SANNE, "vto")
    api.press(SANNE, await sent(api), "ja")
    found = await updates(api)
    async with Bot(TOKEN, request=StandInRequest(api)) as bot:
        read = [Update.de_json(each, bot) for each in found]
    media = [each.message for each in read[: len(get_args(MediaKind))]]
    for kind, message in zip(get_args(MediaKind), media, strict=True):
        assert message is not None
        assert getattr(message, kind)
    assert read[len(media)].my_chat_member is not None
    assert read[len(media) + 1].effective_chat is not None
    assert read[-2].inline_query is not None


def test_mistakes_of_the_caller(api: BotApi) -> None:
    with pytest.raises(LookupError):
        api.say(404, "hoi")
    with pytest.raises(ValueError, match="empty"):
        api.say(SANNE, "  ")
    with pytest.raises(ValueError, match="negative"):
        api.say_in_group(SANNE, 7, "hoi")


async def test_menu_of_commands_narrowest_scope_first(api: BotApi) -> None:
    async def put(name: str, **scope: Any) -> None:
        commands = [{"command": name, "description": "uitleg"}]
        assert (await api.call("setMyCommands", {"commands": commands, **scope})).body["ok"]

    assert api.commands(SANNE) == []
    await put("overal")
    await put("team", scope={"type": "chat", "chat_id": SANNE})
    await put("nederlands", scope={"type": "all_private_chats"}, language_code="nl")
    assert api.commands(SANNE) == [{"command": "team", "description": "uitleg"}]
    assert api.commands(OMAR) == [{"command": "nederlands", "description": "uitleg"}]
    own = {"scope": {"type": "chat", "chat_id": SANNE}}
    assert len((await api.call("getMyCommands", own)).body["result"]) == 1
    await api.call("deleteMyCommands", own)
    assert api.commands(SANNE) == [{"command": "nederlands", "description": "uitleg"}]


async def test_the_version_rises_and_can_be_awaited(api: BotApi) -> None:
    before = api.version
    assert await api.wait_change(before, 0.01) == before
    waiting = asyncio.create_task(api.wait_change(before, 5))
    await asyncio.sleep(0)
    api.touch()
    assert await waiting == before + 1
    assert await api.wait_change(before, 5) == before + 1


class TestFaults:
    async def test_refusals_then_normal(self, api: BotApi) -> None:
        api.fail_next(
            "sendMessage",
            status=429,
            description="Too Many Requests: retry after 7",
            retry_after=7,
            times=2,
        )
        hello = {"chat_id": SANNE, "text": "Hoi"}
        replies = [await api.call("sendmessage", hello) for _ in range(3)]
        assert [each.status for each in replies] == [429, 429, 200]
        assert replies[0].body["parameters"] == {"retry_after": 7}
        assert len(api.messages(SANNE)) == 1
        assert [name for name, _ in api.calls] == ["sendMessage"] * 3
        assert api.calls[0][1] == hello

    async def test_a_dropped_line_before_and_after_the_work(self, api: BotApi) -> None:
        api.drop_next("sendMessage")
        api.drop_next("sendMessage", after_work=True)
        with pytest.raises(ConnectionDropped):
            await sent(api, "kwijt")
        with pytest.raises(ConnectionDropped):
            await sent(api, "aangekomen")
        await sent(api, "gewoon")
        assert [each.text for each in api.messages(SANNE)] == ["aangekomen", "gewoon"]

    async def test_a_delay(self, api: BotApi) -> None:
        api.delay_next("getMe", 0.05)
        started = time.monotonic()
        await api.call("getMe", {})
        assert time.monotonic() - started >= 0.05
