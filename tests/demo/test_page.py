"""The phone page: its API, what it refuses, and one walk through it in a real browser."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import uvicorn
from playwright.async_api import async_playwright, expect

from bot.demo.botapi import BotApi
from bot.demo.dutch import day_separator
from bot.demo.page import MAX_BODY, DemoPerson, demo_app

HERE = "http://127.0.0.1:8080"
SANNE, OMAR = 11, 12
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PEOPLE = (
    DemoPerson(user_id=SANNE, first_name="Sanne", role_label="Jeugdbeschermer", hint="Vraagt."),
    DemoPerson(user_id=OMAR, first_name="Omar", role_label="Teamleider", hint="Kijkt mee."),
)


@dataclass
class FakeControl:
    """Stands in for the running demo; its bot repeats what people say."""

    at: datetime = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)
    people: tuple[DemoPerson, ...] = PEOPLE
    timezone: ZoneInfo = AMSTERDAM
    api: BotApi = field(init=False)

    def __post_init__(self) -> None:
        self.api = BotApi("1:demo", now=self.now)
        for person in self.people:
            self.api.add_person(person.user_id, person.first_name)

    def now(self) -> datetime:
        return self.at

    async def move_clock(self, to: datetime) -> None:
        if to.astimezone(self.timezone).year > 2026:
            raise ValueError("De proef houdt op aan het eind van het jaar.")
        self.at = to

    async def bot_says(self, text: str, *buttons: str, to: int = SANNE) -> None:
        params: dict[str, Any] = {"chat_id": to, "text": text, "parse_mode": "HTML"}
        if buttons:
            keys = [[{"text": each, "callback_data": each.lower()} for each in buttons]]
            params["reply_markup"] = {"inline_keyboard": keys}
        assert (await self.api.call("sendMessage", params)).body["ok"]

    async def echo(self) -> None:
        offset = 0
        while True:
            reply = await self.api.call("getUpdates", {"offset": offset, "timeout": 20})
            for update in reply.body["result"]:
                offset = update["update_id"] + 1
                if "callback_query" in update:
                    query = update["callback_query"]
                    answer = {"callback_query_id": query["id"], "text": "Genoteerd"}
                    await self.api.call("answerCallbackQuery", answer)
                    await self.api.call(
                        "editMessageText",
                        {
                            "chat_id": query["from"]["id"],
                            "message_id": query["message"]["message_id"],
                            "text": "Afgerond",
                        },
                    )
                elif "message" in update:
                    message = update["message"]
                    await self.bot_says(
                        f"Je zei: <b>{message['text']}</b>", "Gedaan", to=message["chat"]["id"]
                    )


@pytest.fixture
def control() -> FakeControl:
    return FakeControl()


@pytest.fixture
async def client(control: FakeControl) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(demo_app(control))
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        yield client


async def state(client: httpx.AsyncClient, person: int = SANNE, after: int = -1) -> dict[str, Any]:
    reply = await client.get("/api/state", params={"person": person, "after": after})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def test_the_page_and_its_parts_are_served_with_protecting_headers(
    client: httpx.AsyncClient,
) -> None:
    for path, words in (
        ("/", "Dit is een proefomgeving. Alle namen en zaken zijn verzonnen."),
        ("/static/demo.js", "use strict"),
        ("/static/demo.css", ":focus-visible"),
        ("/static/icon.svg", "<svg"),
    ):
        reply = await client.get(path)
        assert reply.status_code == 200
        assert words in reply.text
        assert reply.headers["content-security-policy"].startswith("default-src 'self';")
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
    page = (await client.get("/")).text
    assert "://" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert "innerHTML" not in (await client.get("/static/demo.js")).text


@pytest.mark.parametrize(
    "host", ["koersbot.voorbeeld.nl", "127.0.0.1.voorbeeld.nl", "127.0.0.1:80x", "192.168.1.5:8080"]
)
async def test_foreign_hosts_are_refused(client: httpx.AsyncClient, host: str) -> None:
    for path in ("/", "/api/state?person=11", "/static/demo.js"):
        reply = await client.get(path, headers={"host": host})
        assert reply.status_code == 403
        assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:8080"])
async def test_local_hosts_are_served(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://voorbeeld.nl"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "http://localhost:8080"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
    ],
)
@pytest.mark.parametrize("path", ["/api/say", "/api/press", "/api/clock"])
async def test_changes_from_elsewhere_are_refused(
    client: httpx.AsyncClient,
    control: FakeControl,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    body = {"person": SANNE, "text": "x", "message_id": 1, "data": "x", "step": "uur"}
    version = control.api.version
    reply = await client.post(path, json=body, headers=headers)
    assert reply.status_code == status
    assert reply.json()["error"]
    assert control.api.version == version


async def test_its_own_page_may_change_things(client: httpx.AsyncClient) -> None:
    body = {"person": SANNE, "text": "hoi"}
    assert (await client.post("/api/say", json=body, headers={"origin": HERE})).status_code == 200


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("/api/say", b'{"person": 11, "text": "' + b"x" * MAX_BODY + b'"}', 413),
        ("/api/say", b'{"person": 11, "text": "' + b"x" * 4097 + b'"}', 400),
        ("/api/say", b'{"person": 11, "text": "  "}', 400),
        ("/api/say", b'{"person": 11, "text": 5}', 400),
        ("/api/say", b'{"person": 99, "text": "x"}', 404),
        ("/api/say", b'{"text": "x"}', 404),
        ("/api/say", b"[]", 400),
        ("/api/say", b"{", 400),
        ("/api/say", b"\xff", 400),
        ("/api/press", b'{"person": 11, "message_id": "1", "data": "x"}', 400),
        ("/api/press", b'{"person": 11, "message_id": true, "data": "x"}', 400),
        ("/api/press", b'{"person": 11, "message_id": 1}', 400),
        ("/api/clock", b"{}", 400),
        ("/api/clock", b'{"step": "jaar"}', 400),
        ("/api/clock", b'{"to": "morgen"}', 400),
        ("/api/clock", b'{"to": "2026-11-23T09:14"}', 400),
        ("/api/clock", b'{"to": "2026-11-22T09:14"}', 400),
        ("/api/clock", b'{"to": "2028-11-23T09:14"}', 400),
        ("/api/clock", b'{"to": "2027-01-01T09:14"}', 400),
    ],
)
async def test_what_cannot_be_done(
    client: httpx.AsyncClient, control: FakeControl, path: str, content: bytes, status: int
) -> None:
    headers = {"content-type": "application/json"}
    reply = await client.post(path, content=content, headers=headers)
    assert reply.status_code == status
    assert reply.json()["error"].endswith(".")
    assert control.api.messages(SANNE) == []
    assert control.at == FakeControl.at


async def test_saying_and_pressing_reach_the_bot(
    client: httpx.AsyncClient, control: FakeControl
) -> None:
    said = await client.post("/api/say", json={"person": SANNE, "text": "/start abc"})
    await control.bot_says("Hoi <b>Sanne</b>", "Ja")
    message_id = control.api.messages(SANNE)[1].message_id
    pressed = await client.post(
        "/api/press", json={"person": SANNE, "message_id": message_id, "data": "ja"}
    )
    say, press = (await control.api.call("getUpdates", {})).body["result"]
    assert say["message"]["message_id"] == said.json()["message_id"]
    assert press["callback_query"]["id"] == pressed.json()["query_id"]


async def test_the_state_shows_the_phone_of_one_person(
    client: httpx.AsyncClient, control: FakeControl
) -> None:
    control.at -= timedelta(days=1)
    await control.bot_says("Hoi <b>Sanne</b>", "Ja")
    control.at += timedelta(days=1)
    await control.bot_says("Een")
    await control.bot_says("Hoi Omar", to=OMAR)
    commands = [{"command": "hulp", "description": "Wat kan ik vragen?"}]
    await control.api.call("setMyCommands", {"commands": commands})
    shown = await state(client)
    assert shown["clock"]["text"] == "maandag 23 november 2026, 09:14"
    assert shown["clock"]["local"] == "2026-11-23T09:14"
    assert shown["version"] == control.api.version
    assert shown["commands"] == commands
    assert len(shown["examples"]) == 3
    first, second = shown["messages"]
    assert (first["text"], first["day_label"], first["time"]) == ("Hoi Sanne", "Gisteren", "09:14")
    assert first["entities"] == [{"type": "bold", "offset": 4, "length": 5}]
    assert first["buttons"] == [[{"label": "Ja", "data": "ja", "url": None}]]
    assert (second["day_label"], second["edited"]) == ("Vandaag", False)
    assert [each["unread"] for each in shown["people"]] == [0, 1]
    assert [each["unread"] for each in (await state(client, OMAR))["people"]] == [0, 0]
    await control.bot_says("Twee")
    assert [each["unread"] for each in (await state(client, OMAR))["people"]] == [1, 0]


async def test_a_state_without_person_is_of_the_first(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/state")).json()["person"] == SANNE
    assert (await client.get("/api/state?person=99")).status_code == 404
    assert (await client.get("/api/state?after=x")).status_code == 400


async def test_the_state_waits_for_a_change(
    client: httpx.AsyncClient, control: FakeControl
) -> None:
    before = await state(client)
    waiting = asyncio.create_task(state(client, after=before["version"]))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await control.bot_says("Nieuws")
    async with asyncio.timeout(1):
        assert [each["text"] for each in (await waiting)["messages"]] == ["Nieuws"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"step": "uur"}, "maandag 23 november 2026, 10:14"),
        ({"step": "dag"}, "dinsdag 24 november 2026, 09:14"),
        ({"step": "ochtend"}, "dinsdag 24 november 2026, 08:30"),
        ({"to": "2026-12-05T07:00"}, "zaterdag 5 december 2026, 07:00"),
        ({"to": "2026-12-05T07:00:00+00:00"}, "zaterdag 5 december 2026, 08:00"),
    ],
)
async def test_moving_the_clock(
    client: httpx.AsyncClient, control: FakeControl, body: dict[str, str], text: str
) -> None:
    version = control.api.version
    reply = await client.post("/api/clock", json=body)
    assert reply.json()["clock"]["text"] == text
    assert control.at.tzinfo is UTC
    assert control.api.version > version


@pytest.mark.parametrize(
    ("start", "step", "text"),
    [
        # The clocks go back on 25 October 2026: a day later is the same time on the clock.
        ("2026-10-24T09:00:00+02:00", "dag", "zondag 25 oktober 2026, 09:00"),
        ("2026-10-25T02:30:00+02:00", "uur", "zondag 25 oktober 2026, 02:30"),
        ("2026-11-23T08:29:00+01:00", "ochtend", "maandag 23 november 2026, 08:30"),
        ("2026-11-23T08:30:00+01:00", "ochtend", "dinsdag 24 november 2026, 08:30"),
    ],
)
async def test_steps_of_the_clock(
    client: httpx.AsyncClient, control: FakeControl, start: str, step: str, text: str
) -> None:
    control.at = datetime.fromisoformat(start)
    reply = await client.post("/api/clock", json={"step": step})
    assert reply.json()["clock"]["text"] == text


async def test_a_refusal_of_the_clock_is_shown_as_it_is(client: httpx.AsyncClient) -> None:
    reply = await client.post("/api/clock", json={"to": "2027-02-01T08:00"})
    assert reply.status_code == 400
    assert reply.json() == {"error": "De proef houdt op aan het eind van het jaar."}


def test_words_between_days() -> None:
    today = datetime(2026, 1, 2, tzinfo=UTC).date()
    days = [today - timedelta(days=number) for number in range(3)]
    assert [day_separator(each, today) for each in days] == [
        "Vandaag",
        "Gisteren",
        "Woensdag 31 december 2025",
    ]
    later = today + timedelta(days=3)
    assert day_separator(later, today) == "Maandag 5 januari"


@asynccontextmanager
async def served(control: FakeControl) -> AsyncIterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        demo_app(control), lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    # uvicorn takes the signals of the whole process, which are the test runner's here.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    running = asyncio.create_task(server.serve(sockets=[listener]))
    echo = asyncio.create_task(control.echo())
    while not server.started:  # noqa: ASYNC110  # uvicorn offers no event to wait for
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        echo.cancel()
        control.api.release_polls()
        server.should_exit = True
        await running
        listener.close()


BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
async def test_a_walk_in_the_browser(
    control: FakeControl, size: tuple[int, int], chromium: str
) -> None:
    problems: list[str] = []
    await control.bot_says("<i>1 < 2</i>".replace("<", "&lt;") + " &amp; <b>klaar</b>")
    await control.bot_says("Hoi Omar", to=OMAR)
    async with served(control) as address, async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
        page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        await page.goto(address)
        messages = page.get_by_test_id("bericht")
        await expect(messages).to_have_count(1)
        await expect(messages.locator(".text")).to_have_text("<i>1 < 2</i> & klaar")
        await expect(page.get_by_test_id("klok")).to_have_text("maandag 23 november 2026, 09:14")

        await page.get_by_test_id("invoer").fill("Hallo daar")
        await page.get_by_test_id("invoer").press("Enter")
        await expect(messages).to_have_count(3)
        answer = messages.last
        await expect(answer).to_contain_text("Je zei: Hallo daar")
        await expect(answer.locator("strong")).to_have_text("Hallo daar")
        await expect(answer).to_be_in_viewport()
        message_id = control.api.messages(SANNE)[-1].message_id
        assert await answer.get_attribute("data-message-id") == str(message_id)

        await answer.get_by_test_id("knop").click()
        await expect(answer).to_contain_text("Afgerond")
        await expect(answer).to_contain_text("bewerkt")
        await expect(page.locator("#toast")).to_have_text("Genoteerd")

        if not await page.get_by_test_id("klok-ochtend").is_visible():
            await page.locator("#clock-toggle").click()
        await page.get_by_test_id("klok-ochtend").click()
        await expect(page.get_by_test_id("klok")).to_have_text("dinsdag 24 november 2026, 08:30")

        omar = page.get_by_test_id("persoon-omar")
        await expect(omar).to_contain_text("1 nieuw bericht")
        await omar.click()
        await expect(messages).to_have_count(1)
        await expect(messages).to_contain_text("Hoi Omar")
        await expect(omar.locator(".badge")).to_be_hidden()
        await page.get_by_test_id("voorbeeld").first.click()
        await page.get_by_test_id("verstuur").click()
        await expect(messages).to_have_count(3)

        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide
        await browser.close()
    assert problems == []
    assert all(each.startswith(address) for each in requests)
