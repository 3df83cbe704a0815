"""Lets python-telegram-bot talk to the stand-in in process, without a socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.demo.botapi import BotApi
from bot.demo.params import Upload
from bot.demo.replies import ConnectionDropped

DEFAULT_READ_TIMEOUT = 5.0
"""Seconds, the same as the library's own request class."""


class StandInRequest(BaseRequest):
    """A request class that hands every call to a `BotApi`.

    Give one to `request` and another to `get_updates_request`, or the same to both: it keeps no
    connection. Parameters pass in the form in which they would cross a wire, so that the stand-in
    sees the same in process and over HTTP.
    """

    def __init__(self, api: BotApi, *, read_timeout: float | None = DEFAULT_READ_TIMEOUT) -> None:
        self._api = api
        self._read_timeout = read_timeout

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer when a call does not say; None waits for ever."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Do nothing: there is no connection to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is no connection to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Carry out one call; raises TimedOut and NetworkError as a real connection would."""
        seconds = self._read_timeout
        if read_timeout is None or isinstance(read_timeout, int | float):
            seconds = read_timeout
        token, name = _token_and_method(url)
        try:
            async with asyncio.timeout(seconds):
                reply = await self._api.call_with_token(token, name, _parameters(request_data))
        except TimeoutError as error:
            raise TimedOut from error
        except ConnectionDropped as error:
            raise NetworkError(f"stand-in: {error}") from error
        return reply.status, json.dumps(reply.body).encode()


def _token_and_method(url: str) -> tuple[str, str]:
    head, _, name = url.partition("?")[0].rpartition("/")
    return head.rpartition("/")[2].removeprefix("bot"), name


def _parameters(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    parameters: dict[str, Any] = dict(request_data.json_parameters)
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        size = len(content if isinstance(content, bytes) else content.read())
        parameters[name] = Upload(filename=filename, size=size, mime_type=mime_type)
    return parameters
