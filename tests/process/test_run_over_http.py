"""The real `koersbot run` process over HTTP, against the stand-in: the whole conversation."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from bot.demo.botapi import BotApi
from bot.demo.server import ServedBotApi
from bot.demo.state import ShownMessage
from handlers.render import day_text
from knowledge.loader import KnowledgeBase

pytestmark = pytest.mark.process

TOKEN = "7654321:a-token-for-the-stand-in-only-0000"
JEUGDBESCHERMER, LEAD = 501, 502
PATIENCE = 20.0


class Installation:
    """An installation of its own: settings, database and the commands of `koersbot`."""

    def __init__(self, folder: Path, base_url: str, **settings: str) -> None:
        self.environment = {
            **os.environ,
            "KOERSBOT_TELEGRAM_TOKEN": TOKEN,
            "KOERSBOT_TELEGRAM_BASE_URL": base_url,
            "KOERSBOT_DATA_DIR": str(folder),
            "KOERSBOT_LOG_FORMAT": "json",
            **settings,
        }
        self.folder = folder

    def koersbot(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        log = (self.folder / "log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env=self.environment,
            cwd=self.folder,
            stderr=log,
            text=True,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
            log.close()
            assert process.returncode == 0, self.log()

    def log(self) -> str:
        return (self.folder / "log").read_text()


class Phone:
    """One person's phone at the stand-in."""

    def __init__(self, api: BotApi, user_id: int, first_name: str) -> None:
        self.api, self.user_id = api, user_id
        api.add_person(user_id, first_name)

    def says(self, text: str, until: str) -> ShownMessage:
        self.api.say(self.user_id, text)
        return self.sees(until)

    def presses(self, label: str, until: str) -> ShownMessage:
        for message in reversed(self.messages()):
            for row in message.buttons:
                for button in row:
                    if button.label.startswith(label):
                        self.api.press(self.user_id, message.message_id, button.data or "")
                        return self.sees(until)
        raise AssertionError(f"no button {label!r} among {self.messages()}")

    def sees(self, text: str) -> ShownMessage:
        return eventually(
            lambda: next((m for m in reversed(self.messages()) if text in m.text), None),
            lambda: f"{text!r} never came; last: {self.messages()[-1:]}",
        )

    def messages(self) -> list[ShownMessage]:
        return [shown for shown in self.api.messages(self.user_id) if shown.from_bot]


def eventually(
    found: Callable[[], ShownMessage | None], otherwise: Callable[[], str]
) -> ShownMessage:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if (result := found()) is not None:
            return result
        time.sleep(0.02)
    raise AssertionError(otherwise())


@pytest.fixture
def api() -> BotApi:
    return BotApi(TOKEN, now=lambda: datetime.now(UTC))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def test_the_whole_road_over_http(
    api: BotApi, tmp_path: Path, database_url: str, knowledge: KnowledgeBase
) -> None:
    with ServedBotApi(api) as served:
        here = Installation(tmp_path, served.base_url, KOERSBOT_DATABASE_URL=database_url)
        assert here.koersbot("db", "upgrade").returncode == 0
        assert here.koersbot("team", "add", "Team Zuid").returncode == 0
        assert here.koersbot("doctor").returncode == 0

        sanne, karim = Phone(api, JEUGDBESCHERMER, "Sanne"), Phone(api, LEAD, "Karim")
        with here.running():
            for phone, role in ((sanne, "jeugdbeschermer"), (karim, "teamleider")):
                made = here.koersbot("invite", "--role", role, "--team", "Team Zuid", "--json")
                invitation = json.loads(made.stdout)
                assert invitation["link"].endswith(f"?start={invitation['token']}")
                phone.says(f"/start {invitation['token']}", "Welkom")

            card = sanne.says("hoe lang mag drang zonder vto duren", "hoogstens 3 maanden")
            assert "Bron: Jaarplan 2016" in card.text

            sanne.says("/zaak", "Welk kader")
            sanne.presses("OTS", "Op welke dag kreeg je GI bericht")
            sanne.presses("Vandaag", "Klopt dit?")
            zaak = sanne.presses("Klopt, open de zaak", "Termijnen")
            assert "Vaste jeugdbeschermer toegewezen" in zaak.text
            assert "Gedragen koers vastgesteld" in zaak.text
            sanne.presses("Vaste jeugdbeschermer", "Einddatum")
            sanne.presses("Waarom deze datum?", "Start:")

            # The morning before the due date: the same work the jobs do, at that moment.
            today = datetime.now(UTC).astimezone().date()
            due = knowledge.calendar.shift_working_days(today, 5)
            before = knowledge.calendar.shift_working_days(due, -1)
            counts = json.loads(here.koersbot("tick", "--at", f"{before}T08:30", "--json").stdout)
            assert counts["planned"] >= 1
            sanne.sees("Dit vraagt je aandacht")
            sanne.presses("1. Gedaan op vandaag", "Afgehandeld op")

            morning = knowledge.calendar.working_day_on_or_after(before + timedelta(days=1))
            here.koersbot("tick", "--at", f"{morning}T08:00", "--json")
            digest = karim.sees(f"Team Zuid · {day_text(morning)}")
            assert "Vaste jeugdbeschermer" in digest.text or "Eerste contact" in digest.text
    log = here.log()
    assert TOKEN not in log
    assert "Sanne" not in log
    assert "drang" not in log


def test_start_to_first_answer_in_three_seconds_and_within_350_mb(
    api: BotApi, tmp_path: Path
) -> None:
    with ServedBotApi(api) as served:
        here = Installation(tmp_path, served.base_url)
        here.koersbot("db", "upgrade")
        made = here.koersbot("invite", "--role", "aandachtsfunctionaris", "--json")
        els = Phone(api, 503, "Els")
        els.api.say(els.user_id, f"/start {json.loads(made.stdout)['token']}")
        started = time.monotonic()
        with here.running() as process:
            els.sees("Welkom")
            els.says("hoe lang mag drang zonder vto duren", "hoogstens 3 maanden")
            seconds = time.monotonic() - started
            megabytes = psutil.Process(process.pid).memory_info().rss / 2**20
    assert seconds < 3.0
    assert megabytes < 350


def test_killed_in_the_middle_it_goes_on_where_it_was(api: BotApi, tmp_path: Path) -> None:
    with ServedBotApi(api) as served:
        here = Installation(tmp_path, served.base_url)
        here.koersbot("db", "upgrade")
        here.koersbot("team", "add", "Team Zuid")
        made = here.koersbot("invite", "--role", "jeugdbeschermer", "--team", "Team Zuid", "--json")
        sanne = Phone(api, JEUGDBESCHERMER, "Sanne")
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env=here.environment,
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
        )
        sanne.says(f"/start {json.loads(made.stdout)['token']}", "Welkom")
        sanne.says("/zaak", "Welk kader")
        sanne.presses("OTS", "Op welke dag")
        process.kill()
        process.wait()
        with here.running():
            sanne.presses("Vandaag", "Klopt dit?")
            zaak = sanne.presses("Klopt, open de zaak", "Termijnen")
    assert "Vaste jeugdbeschermer toegewezen" in zaak.text


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"KOERSBOT_TELEGRAM_TOKEN": "1:fout"}, "Telegram weigert dit token"),
        ({"KOERSBOT_TELEGRAM_TOKEN": ""}, "KOERSBOT_TELEGRAM_TOKEN ontbreekt"),
        (
            {"KOERSBOT_DATABASE_URL": "postgresql+psycopg://u:geheim@127.0.0.1:1/x"},
            "er luistert niets op dat adres",
        ),
        ({"KOERSBOT_DATABASE_URL": "zomaar iets"}, "het adres van de database is niet te lezen"),
        ({"KOERSBOT_MODE": "telepathie"}, "KOERSBOT_MODE: kies uit"),
        ({"KOERSBOT_TIMEZONE": "Mars/Olympus"}, "geen bekende tijdzone"),
        ({"KOERSBOT_KNOWLEDGE_DIRS": "/is/er/niet"}, "deze map bestaat niet"),
        ({"KOERSBOT_LISTEN_PORT": "abc"}, "KOERSBOT_LISTEN_PORT: moet een getal zijn"),
        ({"KOERSBOT_TELEGRAM_BASE_URL": "http://127.0.0.1:1"}, "eindigt op /bot"),
    ],
)
def test_what_makes_starting_impossible_is_one_readable_reason(
    api: BotApi, tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    with ServedBotApi(api) as served:
        here = Installation(tmp_path, served.base_url)
        here.koersbot("db", "upgrade")
        here.environment |= settings
        ended = here.koersbot("run")
    assert ended.returncode == 1
    assert reason in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "geheim" not in ended.stderr


def test_a_database_that_was_never_prepared_says_which_command_to_run(
    api: BotApi, tmp_path: Path
) -> None:
    with ServedBotApi(api) as served:
        ended = Installation(tmp_path, served.base_url).koersbot("run")
    assert ended.returncode == 1
    assert "koersbot db upgrade" in ended.stderr
