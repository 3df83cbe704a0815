"""The stand-in over HTTP, for programs that run as they would in production."""

from __future__ import annotations

import json
import socket
import threading
import time
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.demo.botapi import BotApi
from bot.demo.params import Upload
from bot.demo.replies import ApiReply, ConnectionDropped

START_WITHIN = 10.0
"""Seconds in which the server thread must listen."""


def bot_api_app(api: BotApi) -> Starlette:
    """Return the app that answers `/bot<token>/<method>`, by GET and POST.

    Accepts query strings, forms, JSON, and multipart as httpx sends it for files.
    """

    async def answer(request: Request) -> Response:
        try:
            parameters = await _parameters(request)
        except ValueError:
            reply = ApiReply.refused(HTTPStatus.BAD_REQUEST, "Bad Request: can't parse the body")
            return JSONResponse(reply.body, reply.status)
        token, method = request.path_params["token"], request.path_params["method"]
        try:
            reply = await api.call_with_token(token, method, parameters)
        except ConnectionDropped:
            return _BrokenResponse()
        return JSONResponse(reply.body, reply.status)

    return Starlette(routes=[Route("/bot{token}/{method}", answer, methods=["GET", "POST"])])


class ServedBotApi:
    """Serves a `BotApi` on a free port of 127.0.0.1, from a thread of its own.

    Use it in a `with` block: `base_url` is what python-telegram-bot wants, ending in `/bot`. Inside
    the block the methods of the `BotApi` may be called from any thread.
    """

    def __init__(self, api: BotApi) -> None:
        self.api = api
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.base_url = f"http://127.0.0.1:{self.port}/bot"
        self._server = uvicorn.Server(
            uvicorn.Config(
                bot_api_app(api),
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> Self:
        self.api.reopen_polls()
        self._thread.start()
        deadline = time.monotonic() + START_WITHIN
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the stand-in did not start listening")
            time.sleep(0.005)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A bot that still waits in getUpdates would otherwise hold up the end.
        self.api.release_polls()
        self._server.should_exit = True
        self._thread.join(START_WITHIN)
        self._socket.close()


class _BrokenResponse(Response):
    """Promises a body and ends without one, so that the client sees its connection break."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _parameters(request: Request) -> dict[str, Any]:
    parameters: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json" and body:
        given = json.loads(body)
        if not isinstance(given, dict):
            raise ValueError("an object was expected")
        parameters.update(given)
    elif kind == "application/x-www-form-urlencoded":
        parameters.update(parse_qsl(body.decode(), keep_blank_values=True))
    elif kind == "multipart/form-data":
        parameters.update(_multipart(content_type, body))
    return parameters


def _multipart(content_type: str, body: bytes) -> dict[str, Any]:
    """Read a form with files; the parser of e-mail does, since both are MIME."""
    head = f"MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n".encode()
    parser = BytesParser(EmailMessage, policy=HTTP)
    parts: dict[str, Any] = {}
    for part in parser.parsebytes(head + body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(payload, bytes):
            raise ValueError("a part without a name")  # noqa: TRY004  # what came in is wrong
        filename = part.get_filename()
        if filename is None:
            parts[name] = payload.decode()
        else:
            parts[name] = Upload(
                filename=filename, size=len(payload), mime_type=part.get_content_type()
            )
    return parts
