"""One Starlette app: the webhook and /healthz."""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application

from bot.settings import Settings
from handlers.context import Services
from storage import heartbeat
from storage.db import DatabaseUnavailable

log = structlog.get_logger()

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
MAX_BODY = 1024 * 1024
SECONDS_TO_STOP = 5
SILENT_AFTER = timedelta(minutes=2)
"""How long ago the last round may be before /healthz turns red."""


class PortTaken(Exception):
    """Something else listens on the address to serve at."""

    def __init__(self, port: int) -> None:
        super().__init__(f"poort {port} is bezet; kies een andere")
        self.port = port


def build_web(
    settings: Settings, services: Services, application: Application[Any, Any, Any, Any, Any, Any]
) -> Starlette:
    """The app; the webhook is there only in webhook mode."""
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""

    async def healthz(_request: Request) -> Response:
        try:
            last = await services.db.run_read(heartbeat.last)
        except DatabaseUnavailable:
            return JSONResponse({"ok": False, "reason": "database"}, status_code=503)
        if settings.jobs == "on":
            silent = last is None or services.clock.now() - last > SILENT_AFTER
            if silent:
                return JSONResponse({"ok": False, "reason": "sweep"}, status_code=503)
        return JSONResponse({"ok": True})

    async def webhook(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            log.warning("webhook_refused")
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = Update.de_json(json.loads(body), application.bot)
        except (ValueError, KeyError, TypeError, AttributeError):
            return Response(status_code=400)
        # Processed before the answer: what was not done when we die, Telegram sends again.
        processor = application.update_processor
        await processor.process_update(update, application.process_update(update))
        return Response(status_code=200)

    routes = [Route("/healthz", healthz)]
    if settings.mode == "webhook":
        routes.append(Route("/telegram", webhook, methods=["POST"]))
    return Starlette(routes=routes)


@asynccontextmanager
async def serve(app: Starlette, host: str, port: int) -> AsyncIterator[int]:
    """Serve `app` in this event loop until the block ends; gives the port (0 asks for a free one).

    Raises:
        PortTaken: something else listens on that address.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=SECONDS_TO_STOP,
    )
    # Bound by us: uvicorn would end the whole program when the port is taken.
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise PortTaken(port) from None
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.01)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """A server that leaves signals to the program it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


async def _body(request: Request) -> bytes | None:
    size = 0
    chunks = []
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
