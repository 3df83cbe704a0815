"""`koersbot demo`: the whole product on this laptop, in the browser, without Telegram."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import webbrowser
from pathlib import Path

from bot.app import StartRefused
from bot.demo.page import demo_app
from bot.demo.world import DemoClock, demo_world, open_example_zaken, with_example
from bot.settings import Settings
from bot.web import serve
from storage.db import build_database

HOST = "127.0.0.1"


async def run_demo(settings: Settings, *, port: int, open_browser: bool) -> None:
    """Run the demo until it is stopped. Its database is thrown away afterwards.

    Raises:
        StartRefused: a real token is set: the demo never comes near a real bot.
        ContentError, PortTaken: it cannot start.
    """
    if settings.telegram_token is not None:
        raise StartRefused(
            "De demo start niet met een echt token; "
            "haal KOERSBOT_TELEGRAM_TOKEN weg en probeer opnieuw"
        )
    with tempfile.TemporaryDirectory(prefix="koersbot-demo-") as folder:
        database = build_database(f"sqlite:///{Path(folder) / 'demo.sqlite'}")
        try:
            async with demo_world(with_example(settings), database, clock=DemoClock()) as world:
                await open_example_zaken(world)
                async with serve(demo_app(world), HOST, port) as served_at:
                    address = f"http://{HOST}:{served_at}/"
                    sys.stdout.write(f"De demo staat klaar: {address} (stop met Ctrl+C)\n")
                    sys.stdout.flush()
                    if open_browser:
                        await asyncio.to_thread(webbrowser.open, address)
                    await _until_stopped()
                    world.api.release_polls()  # or open pages would hold up the end
        finally:
            database.close()


async def _until_stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    await stop.wait()
