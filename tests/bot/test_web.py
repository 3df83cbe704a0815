"""/healthz and the webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.app import build_application, build_services
from bot.demo.botapi import BotApi
from bot.demo.request import StandInRequest
from bot.demo.world import TOKEN, DemoClock
from bot.settings import Settings
from bot.web import MAX_BODY, SECRET_HEADER, build_web
from storage import access, heartbeat
from storage.access import Role
from storage.db import Database

SECRET = "a-long-secret-of-the-webhook"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Site:
    def __init__(self, client: httpx.AsyncClient, api: BotApi, database: Database) -> None:
        self.client, self.api, self.database = client, api, database
        self.clock: DemoClock


@pytest.fixture
async def site(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    clock = DemoClock(NOW, frozen=True)
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path,
        mode="webhook",
        webhook_url="https://bot.example.org/telegram",
        webhook_secret=SECRET,  # type: ignore[arg-type]
        listen_port=8443,
    )
    services = build_services(settings, database=sqlite_database, clock=clock)
    api = BotApi(TOKEN, now=clock.now)
    api.add_person(1, "Sanne")
    application = build_application(
        settings,
        services,
        token=TOKEN,
        request=StandInRequest(api),
        get_updates_request=StandInRequest(api),
    )
    async with application:
        transport = httpx.ASGITransport(app=build_web(settings, services, application))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            made = Site(client, api, sqlite_database)
            made.clock = clock
            yield made


def start_update(token: str) -> dict[str, object]:
    text = f"/start {token}"
    return {
        "update_id": 1,
        "message": {
            "message_id": 5,
            "date": int(NOW.timestamp()),
            "chat": {"id": 1, "type": "private", "first_name": "Sanne"},
            "from": {"id": 1, "is_bot": False, "first_name": "Sanne"},
            "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        },
    }


async def test_an_update_is_done_when_the_webhook_answers(site: Site) -> None:
    issued = site.database.write(access.invite, now=NOW, role=Role.BEHEERDER, team=None)
    answer = await site.client.post(
        "/telegram", json=start_update(issued.token), headers={SECRET_HEADER: SECRET}
    )
    assert answer.status_code == 200
    assert "Welkom Sanne" in site.api.messages(1)[-1].text


@pytest.mark.parametrize("given", [{}, {SECRET_HEADER: "fout"}, {SECRET_HEADER: ""}])
async def test_without_the_secret_nothing_happens(site: Site, given: dict[str, str]) -> None:
    answer = await site.client.post("/telegram", json=start_update("x"), headers=given)
    assert answer.status_code == 403
    assert site.api.messages(1) == []


@pytest.mark.parametrize(
    ("body", "status"), [(b"geen json", 400), (b"[]", 400), (b"x" * (MAX_BODY + 1), 413)]
)
async def test_a_body_that_is_no_update_is_refused(site: Site, body: bytes, status: int) -> None:
    answer = await site.client.post("/telegram", content=body, headers={SECRET_HEADER: SECRET})
    assert answer.status_code == status


async def test_health_is_red_when_the_sweep_falls_silent(site: Site) -> None:
    assert (await site.client.get("/healthz")).status_code == 503
    site.database.write(heartbeat.beat, now=NOW)
    assert (await site.client.get("/healthz")).status_code == 200
    site.clock.put_forward(NOW + timedelta(minutes=3))
    answer = await site.client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "reason": "sweep"}
