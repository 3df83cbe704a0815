"""Nothing that people typed, no name, no token and no address reaches a log."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from bot.logs import cleaned

ROOT = Path(__file__).parents[2]
START = """
import logging
import structlog
from bot.logs import configure_logs
from bot.settings import Settings
configure_logs(Settings(_env_file=None, log_format={form!r}))
log = structlog.get_logger("test")
"""


def logged(script: str, form: str) -> str:
    """What a program of its own with our logs says on standard error."""
    ended = subprocess.run(
        [sys.executable, "-c", START.format(form=form) + dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    return ended.stderr


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_field_that_is_not_on_the_list_is_dropped(form: str) -> None:
    said = logged(
        'log.warning("zaak_opened", person=7, name="Sanne", text="vto", code="K7-429D")', form
    )
    assert "zaak_opened" in said
    assert "7" in said
    for secret in ("Sanne", "vto", "K7-429D"):
        assert secret not in said


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_exception_shows_its_path_and_never_its_message_or_values(form: str) -> None:
    said = logged(
        """
        def answer(typed):
            raise ValueError(typed)
        try:
            answer("-".join(["wat", "iemand", "typte"]))
        except ValueError:
            log.exception("handler_failed", reference="abc123")
            logging.getLogger("elsewhere").exception("oeps")
        """,
        form,
    )
    assert said.count("builtins.ValueError") == 2
    assert "in answer" in said
    assert "wat-iemand-typte" not in said


@pytest.mark.parametrize("form", ["json", "console"])
def test_libraries_cannot_say_tokens_or_addresses(form: str) -> None:
    token = "12345678:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    said = logged(
        f"""
        logging.getLogger("telegram.ext").error("calling https://api.x/bot%s/getMe", {token!r})
        logging.getLogger("httpx").info("HTTP Request: POST https://api.x/bot%s/x", {token!r})
        """,
        form,
    )
    assert "calling" in said
    assert "HTTP Request" not in said
    assert token not in said
    assert "api.x" not in said
    assert cleaned("postgresql+psycopg://u:geheim@host/db weg") == "<adres> weg"


def test_a_json_line_is_one_object_with_its_event_and_moment() -> None:
    line = json.loads(logged('log.info("swept", planned=3)', "json"))
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "swept", "level": "info", "planned": 3}
