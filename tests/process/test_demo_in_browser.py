"""`koersbot demo` in a real browser: a question, a zaak, a reminder and a digest, by clicking."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

pytestmark = [pytest.mark.browser, pytest.mark.process]

BROWSER_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The address of a running demo, started as a user starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser"],
        env={**os.environ, "KOERSBOT_DATA_DIR": str(tmp_path)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert address, line
    yield address[0]
    process.send_signal(signal.SIGINT)
    with process.stdout:
        assert process.wait(15) == 0


class Screen:
    """The phone in the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def is_(self, who: str) -> None:
        await self.page.get_by_test_id(f"persoon-{who}").click()

    async def says(self, text: str) -> None:
        await self.page.get_by_test_id("invoer").fill(text)
        await self.page.get_by_test_id("verstuur").click()

    def message(self, text: str) -> Locator:
        return self.page.get_by_test_id("bericht").filter(has_text=text).last

    async def sees(self, text: str) -> Locator:
        await expect(self.message(text)).to_be_visible(timeout=10_000)
        return self.message(text)

    async def presses(self, label: str) -> None:
        await self.page.get_by_test_id("knop").filter(has_text=label).last.click()


async def test_the_journey_by_clicking(demo: str, chromium: str) -> None:
    problems: list[str] = []
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(demo)
        screen = Screen(page)
        await screen.is_("sanne")

        await screen.says("hoe lang mag drang zonder vto duren")
        card = await screen.sees("hoogstens 3 maanden")
        await expect(card).to_contain_text("Bron: Jaarplan 2016")

        await screen.says("/zaak")
        await screen.sees("Welk kader")
        await page.get_by_test_id("knop").filter(has_text=re.compile("^OTS$")).last.click()
        await screen.sees("Op welke dag kreeg je GI bericht van de OTS?")
        await screen.presses("Vandaag (")
        await screen.sees("Klopt dit?")
        await screen.presses("Klopt, open de zaak")
        zaak = await screen.sees("Onthoud de code")
        await expect(zaak).to_contain_text("Vaste jeugdbeschermer toegewezen")
        await expect(zaak).to_contain_text("Gedragen koers vastgesteld")
        title = await zaak.locator("strong, b").first.inner_text()
        code = title.removeprefix("Zaak ").strip()
        await screen.presses("Vaste jeugdbeschermer toegewezen")
        await screen.sees("Einddatum")
        await screen.presses("Waarom deze datum?")
        await screen.sees("Die dag telt niet mee")

        await _mornings_pass(screen, until=f"Zaak {code}", of="Bijna")
        await screen.presses("Gedaan op vandaag")
        await screen.sees("Afgehandeld op")
        await screen.is_("karim")
        await screen.sees("Team Noord ·")
        await browser.close()
    assert problems == []


async def _mornings_pass(screen: Screen, *, until: str, of: str) -> None:
    """Put the clock to the next morning until a reminder of this zaak is there."""
    for _ in range(8):
        await screen.page.get_by_test_id("klok-ochtend").click()
        await screen.page.wait_for_timeout(700)
        reminder = screen.page.get_by_test_id("bericht").filter(has_text=until).filter(has_text=of)
        if await reminder.count():
            return
    raise AssertionError("no reminder came")
