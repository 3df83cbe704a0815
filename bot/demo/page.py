"""The phone page: three people, their chats with the bot, and a clock that can be moved.

It is meant for one laptop. It therefore answers only to 127.0.0.1 and localhost, and takes a change
only from its own page: another site in the same browser can neither read it nor steer it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from telegram.constants import MessageLimit

from bot.demo.botapi import BotApi, ShownMessage
from bot.demo.dutch import day_and_time, day_separator, long_date
from bot.demo.entities import utf16_length
from bot.demo.guard import LocalOnly

STATIC = Path(__file__).parent / "static"
LONG_POLL = 20.0
"""Seconds a page waits for news before it asks again."""
MAX_BODY = 64 * 1024
MORNING = time(8, 30)
FURTHEST_STEP = timedelta(days=366)
"""A clock set years ahead by a slip of the thumb would run every job in between."""

EXAMPLES = (
    "Hoe lang mag drang zonder vto duren?",
    "Stappen van de meldcode",
    "/bereken 6 weken vanaf 3 april",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody in the demo; `hint` says in one sentence what can be tried as this person."""

    user_id: int
    first_name: str
    role_label: str
    hint: str


class DemoControl(Protocol):
    """What the page needs of the running demo."""

    @property
    def api(self) -> BotApi:
        """The stand-in the bot talks to."""

    @property
    def people(self) -> Sequence[DemoPerson]:
        """The people whose phones are shown, in order."""

    @property
    def timezone(self) -> ZoneInfo:
        """The time zone in which the clock is shown."""

    def now(self) -> datetime:
        """Return the moment of the demo, aware and in UTC."""

    async def move_clock(self, to: datetime) -> None:
        """Move the clock forward, and do what is due; raises ValueError with a Dutch sentence."""


class _Refused(Exception):
    """A request that cannot be carried out; the sentence is for the person at the page."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def demo_app(control: DemoControl, *, examples: Sequence[str] = EXAMPLES) -> Starlette:
    """Return the app of the page; `examples` are offered as questions to start with."""
    page = _Page(control, examples)
    return Starlette(
        routes=[
            Route("/", page.index),
            Route("/api/state", page.state),
            Route("/api/say", page.answered(page.say), methods=["POST"]),
            Route("/api/press", page.answered(page.press), methods=["POST"]),
            Route("/api/clock", page.answered(page.clock), methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(LocalOnly)],
    )


class _Page:
    """The handlers, with one thing to remember: up to where every chat was read."""

    def __init__(self, control: DemoControl, examples: Sequence[str]) -> None:
        self._control = control
        self._examples = list(examples)
        self._read_up_to: dict[int, int] = {}

    async def index(self, request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def state(self, request: Request) -> Response:
        try:
            # Without a person it is the first: the page does not know yet who there are.
            first = self._control.people[0].user_id
            person = self._person(request.query_params.get("person", first))
            after = int(request.query_params.get("after", -1))
        except _Refused as refused:
            return JSONResponse({"error": refused.sentence}, refused.status)
        except ValueError:
            return JSONResponse({"error": "Dit verzoek klopt niet."}, HTTPStatus.BAD_REQUEST)
        version = await self._control.api.wait_change(after, LONG_POLL)
        return JSONResponse({"version": version, **self._shown(person)})

    def answered(
        self, action: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Wrap an action: body in, JSON out, and a refusal as a Dutch sentence."""

        async def handler(request: Request) -> Response:
            try:
                return JSONResponse(await action(await _body(request)))
            except _Refused as refused:
                return JSONResponse({"error": refused.sentence}, refused.status)

        return handler

    async def say(self, body: dict[str, Any]) -> dict[str, Any]:
        person, text = self._person(body.get("person")), body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise _Refused(HTTPStatus.BAD_REQUEST, "Typ eerst een bericht.")
        if utf16_length(text.strip()) > MessageLimit.MAX_TEXT_LENGTH:
            raise _Refused(
                HTTPStatus.BAD_REQUEST,
                f"Je bericht is te lang. Er passen {MessageLimit.MAX_TEXT_LENGTH:d} tekens in.",
            )
        return {"message_id": self._control.api.say(person.user_id, text)}

    async def press(self, body: dict[str, Any]) -> dict[str, Any]:
        person, data = self._person(body.get("person")), body.get("data")
        message_id = body.get("message_id")
        if not isinstance(data, str) or type(message_id) is not int:
            raise _Refused(HTTPStatus.BAD_REQUEST, "Deze knop bestaat niet.")
        return {"query_id": self._control.api.press(person.user_id, message_id, data)}

    async def clock(self, body: dict[str, Any]) -> dict[str, Any]:
        now = self._control.now().astimezone(self._control.timezone)
        # In UTC, because two times in one zone compare by the hands of the clock: in the night the
        # clocks go back, an hour later would not seem later.
        to = _wanted_moment(body, now).astimezone(UTC)
        if to <= now.astimezone(UTC):
            raise _Refused(HTTPStatus.BAD_REQUEST, "De klok kan alleen vooruit.")
        if to - now.astimezone(UTC) > FURTHEST_STEP:
            raise _Refused(HTTPStatus.BAD_REQUEST, "Ga hooguit één jaar tegelijk vooruit.")
        try:
            await self._control.move_clock(to)
        except ValueError as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        # Other windows show the same clock.
        self._control.api.touch()
        return {"clock": self._clock_shown()}

    def _person(self, given: object) -> DemoPerson:
        for person in self._control.people:
            if str(given) == str(person.user_id):
                return person
        raise _Refused(HTTPStatus.NOT_FOUND, "Deze persoon doet niet mee in de proef.")

    def _shown(self, person: DemoPerson) -> dict[str, Any]:
        api = self._control.api
        messages = api.messages(person.user_id)
        if messages:
            self._read_up_to[person.user_id] = messages[-1].message_id
        today = self._control.now().astimezone(self._control.timezone).date()
        return {
            "clock": self._clock_shown(),
            "bot": {"username": api.username},
            "person": person.user_id,
            "people": [self._person_shown(each) for each in self._control.people],
            "messages": [
                _message_shown(each, self._control.timezone, today=today) for each in messages
            ],
            "toasts": [
                {
                    "number": each.number,
                    "query_id": each.query_id,
                    "text": each.text,
                    "alert": each.show_alert,
                }
                for each in api.toasts(person.user_id)
            ],
            "commands": api.commands(person.user_id),
            "examples": self._examples,
        }

    def _person_shown(self, person: DemoPerson) -> dict[str, Any]:
        read = self._read_up_to.get(person.user_id, 0)
        unread = [
            each
            for each in self._control.api.messages(person.user_id)
            if each.from_bot and each.message_id > read
        ]
        return {
            "user_id": person.user_id,
            "first_name": person.first_name,
            "role_label": person.role_label,
            "hint": person.hint,
            "unread": len(unread),
        }

    def _clock_shown(self) -> dict[str, str]:
        now = self._control.now().astimezone(self._control.timezone)
        return {
            "at": now.isoformat(timespec="minutes"),
            "local": f"{now:%Y-%m-%dT%H:%M}",
            "date": long_date(now.date()),
            "time": f"{now:%H:%M}",
            "text": day_and_time(now),
        }


def _message_shown(message: ShownMessage, timezone: ZoneInfo, *, today: date) -> dict[str, Any]:
    at = message.at.astimezone(timezone)
    return {
        "id": message.message_id,
        "from_bot": message.from_bot,
        "text": message.text,
        "entities": [each.as_json() for each in message.entities],
        "buttons": [
            [{"label": each.label, "data": each.data, "url": each.url} for each in row]
            for row in message.buttons
        ],
        "day": at.date().isoformat(),
        "day_label": day_separator(at.date(), today),
        "time": f"{at:%H:%M}",
        "at": at.isoformat(timespec="seconds"),
        "edited": message.edited_at is not None,
        "media": message.media,
        "file_name": message.file_name,
        "file_size": message.file_size,
    }


async def _body(request: Request) -> dict[str, Any]:
    """Read a bounded JSON object."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MAX_BODY:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Dit verzoek is te groot.")
    try:
        body = json.loads(received)
    except ValueError as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, "Dit verzoek klopt niet.") from error
    if not isinstance(body, dict):
        raise _Refused(HTTPStatus.BAD_REQUEST, "Dit verzoek klopt niet.")
    return body


def _wanted_moment(body: dict[str, Any], now: datetime) -> datetime:
    """Return the moment that was asked for; `now` carries the time zone of the clock on the page.

    A day later is the same time on the next day, also when the clocks change in between.
    """
    step, to = body.get("step"), body.get("to")
    if step == "uur":
        return (now.astimezone(UTC) + timedelta(hours=1)).astimezone(now.tzinfo)
    if step == "dag":
        return now + timedelta(days=1)
    if step == "ochtend":
        day = now.date() if now.time() < MORNING else now.date() + timedelta(days=1)
        return datetime.combine(day, MORNING, now.tzinfo)
    if step is not None or not isinstance(to, str):
        raise _Refused(HTTPStatus.BAD_REQUEST, "Kies een dag en een tijd.")
    try:
        moment = datetime.fromisoformat(to)
    except ValueError as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, "Dit is geen dag en tijd.") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo)
