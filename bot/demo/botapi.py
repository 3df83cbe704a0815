"""An in-memory Bot API: what the bot calls on one side, what people do on phones on the other.

`BotApi` takes the place of Telegram in the demo and in the tests. It refuses what Telegram refuses,
in Telegram's words.

Threads and event loops: everything is kept behind one short reentrant lock, so every method may be
called from any thread. Waiting (`getUpdates`, `wait_change`) happens outside the lock, each in its
own event loop, and is woken through `call_soon_threadsafe`. A test can thus `say` something from
its own thread while a server thread waits in `getUpdates`.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from bot.demo.faults import Fault, FaultScript, FloodGate
from bot.demo.methods import METHODS, SENDING, commands_shown_to
from bot.demo.params import decoded, integer
from bot.demo.phone import Phone
from bot.demo.polling import LongPoll
from bot.demo.replies import ApiReply, ConnectionDropped, Json, RefusedCall
from bot.demo.state import Button, ShownMessage, State, Toast, shown

__all__ = ["ApiReply", "BotApi", "Button", "ConnectionDropped", "ShownMessage", "Toast"]

KEPT_CALLS = 10_000
_GET_UPDATES = "getUpdates"
_SPELLING = {name.lower(): name for name in (*METHODS, _GET_UPDATES)}


class BotApi(Phone):
    """The stand-in for Telegram: `call` for the bot, and everything of `Phone` for people.

    `now` returns an aware UTC datetime and may be moved; `ticks` returns seconds and is used for
    the limits on speed only. With `strict_limits` the bot gets 429 when it sends too fast.
    """

    def __init__(
        self,
        token: str,
        *,
        now: Callable[[], datetime],
        username: str = "koersbot_demo_bot",
        strict_limits: bool = False,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        number = token.split(":", 1)[0]
        bot: Json = {
            "id": int(number) if number.isdigit() else 1,
            "is_bot": True,
            "first_name": "Koersbot",
            "username": username,
        }
        self._state = State(bot=bot, now=now)
        super().__init__(self._state)
        self.token = token
        self.username = username
        self.calls: deque[tuple[str, Json]] = deque(maxlen=KEPT_CALLS)
        self._poll = LongPoll(self._state)
        self._faults = FaultScript()
        self._gate = FloodGate(ticks) if strict_limits else None

    # What the bot calls.

    async def call_with_token(self, token: str, method: str, params: Mapping[str, Any]) -> ApiReply:
        """Answer a call that names its token, as over HTTP; a wrong one gets 401."""
        if token != self.token:
            return ApiReply.refused(HTTPStatus.UNAUTHORIZED, "Unauthorized")
        return await self.call(method, params)

    async def call(self, method: str, params: Mapping[str, Any]) -> ApiReply:
        """Carry out one Bot API method; its name may be in any case.

        Raises ConnectionDropped only where `drop_next` asked for it; every refusal is a reply.
        """
        name = _SPELLING.get(method.lower())
        if name is None:
            return ApiReply.refused(HTTPStatus.NOT_FOUND, "Not Found")
        fault = self._faults.next_for(name) or Fault()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        try:
            clean = decoded(params)
            with self._state.lock:
                self.calls.append((name, clean))
            if fault.drop and not fault.after_work:
                raise ConnectionDropped(f"{name}: scripted connection failure")
            if fault.reply is not None:
                return fault.reply
            reply = ApiReply.done(await self._carry_out(name, clean))
        except RefusedCall as refusal:
            reply = refusal.reply
        if fault.drop:
            raise ConnectionDropped(f"{name}: done, but the answer was lost as scripted")
        return reply

    async def _carry_out(self, name: str, params: Json) -> object:
        if name == _GET_UPDATES:
            return await self._poll.get_updates(params)
        with self._state.lock:
            if self._gate is not None and name in SENDING:
                self._gate.pass_through(integer(params, "chat_id"))
            return METHODS[name](self._state, params)

    # What goes wrong on purpose. Every call meets one scripted fault at most, first in first out.

    def fail_next(
        self,
        method: str,
        *,
        status: int,
        description: str,
        retry_after: int | None = None,
        times: int = 1,
    ) -> None:
        """Let the next calls of a method be refused like this, without any effect."""
        reply = ApiReply.refused(status, description, retry_after=retry_after)
        self._faults.add(method, Fault(reply=reply), times)

    def drop_next(self, method: str, times: int = 1, *, after_work: bool = False) -> None:
        """Let the line break at the next calls of a method.

        With `after_work` the call is carried out and only its answer is lost: the case in which a
        sender that repeats itself sends twice.
        """
        self._faults.add(method, Fault(drop=True, after_work=after_work), times)

    def delay_next(self, method: str, seconds: float, times: int = 1) -> None:
        """Let the next calls of a method wait first, in real seconds."""
        self._faults.add(method, Fault(delay=seconds), times)

    def release_polls(self) -> None:
        """Let everybody who waits return at once, now and until `reopen_polls`: a server closes."""
        self._poll.release()

    def reopen_polls(self) -> None:
        """Let `getUpdates` and `wait_change` wait again."""
        self._poll.reopen()

    # What a phone shows.

    @property
    def version(self) -> int:
        """A number that rises at every change."""
        return self._state.version

    def touch(self) -> None:
        """Raise the version although no message changed: the clock of the demo was moved."""
        self._state.changed()

    async def wait_change(self, after: int, timeout: float) -> int:  # noqa: ASYNC109
        """Wait until the version passes `after` or the seconds are over; return the version."""
        await self._state.bell.wait_until(
            lambda: self._state.version > after or self._poll.released, timeout
        )
        return self._state.version

    def messages(self, user_id: int) -> list[ShownMessage]:
        """Return the private chat of a person, oldest first; a group goes by its own id."""
        with self._state.lock:
            return [shown(each) for each in self._state.messages.get(user_id, {}).values()]

    def toasts(self, user_id: int) -> list[Toast]:
        """Return the answers to this person's presses, oldest first."""
        with self._state.lock:
            return list(self._state.person(user_id).toasts)

    def commands(self, user_id: int) -> list[Json]:
        """Return the command menu of a person: dicts with `command` and `description`."""
        with self._state.lock:
            return commands_shown_to(self._state, user_id)

    def inline_results(self, query_id: str) -> list[Json] | None:
        """Return what the bot answered to an inline question, or None while it has not."""
        with self._state.lock:
            return self._state.inline_queries[query_id].results

    def pending_updates(self) -> int:
        """Return how many updates the bot has not confirmed yet."""
        with self._state.lock:
            return len(self._state.updates)
