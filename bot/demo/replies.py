"""What the Bot API answers, and the refusals in Telegram's own wording."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ApiReply:
    """One answer: the HTTP status and the JSON body that goes with it."""

    status: int
    body: Json

    @classmethod
    def done(cls, result: object) -> ApiReply:
        """Return the answer to a call that was carried out."""
        return cls(HTTPStatus.OK, {"ok": True, "result": result})

    @classmethod
    def refused(cls, status: int, description: str, *, retry_after: int | None = None) -> ApiReply:
        """Return the answer to a call that was not carried out; `retry_after` is in seconds."""
        body: Json = {"ok": False, "error_code": int(status), "description": description}
        if retry_after is not None:
            body["parameters"] = {"retry_after": retry_after}
        return cls(int(status), body)


class RefusedCall(Exception):
    """A method refuses; `call` turns it into an `ApiReply`."""

    def __init__(self, status: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.reply = ApiReply.refused(status, description, retry_after=retry_after)


class ConnectionDropped(ConnectionError):
    """The scripted line failure: the caller hears nothing, as with a broken network."""


def bad_request(description: str) -> RefusedCall:
    """Return a refusal with status 400 and Telegram's prefix."""
    return RefusedCall(HTTPStatus.BAD_REQUEST, f"Bad Request: {description}")


def forbidden(description: str) -> RefusedCall:
    """Return a refusal with status 403 and Telegram's prefix."""
    return RefusedCall(HTTPStatus.FORBIDDEN, f"Forbidden: {description}")


def conflict(description: str) -> RefusedCall:
    """Return a refusal with status 409 and Telegram's prefix."""
    return RefusedCall(HTTPStatus.CONFLICT, f"Conflict: {description}")


def too_many(retry_after: int) -> RefusedCall:
    """Return the refusal of a caller who goes too fast; `retry_after` is in seconds."""
    return RefusedCall(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"Too Many Requests: retry after {retry_after}",
        retry_after=retry_after,
    )
