"""Keeps the demo page on this laptop, and its browser to this page."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class LocalOnly:
    """Refuses foreign hosts and foreign pages, and puts the protecting headers on every answer.

    The Host header is checked because a foreign name can be made to point to 127.0.0.1 (DNS
    rebinding). A change must be JSON, which another site cannot send without asking first, and must
    come from this page if the browser names an origin.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = _refusal(str(scope["method"]), Headers(scope=scope))
        await (refusal or self._app)(scope, receive, send_with_headers)


def _refusal(method: str, headers: Headers) -> JSONResponse | None:
    host = headers.get("host", "")
    name, _, port = host.partition(":")
    if name.lower() not in _LOCAL_NAMES or (port and not port.isdigit()):
        return _sentence("Deze pagina werkt alleen op dit apparaat.", HTTPStatus.FORBIDDEN)
    if method in _SAFE_METHODS:
        return None
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host.lower()}":
        return _sentence("Dit verzoek komt van een andere pagina.", HTTPStatus.FORBIDDEN)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return _sentence("Dit verzoek klopt niet.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return None


def _sentence(sentence: str, status: HTTPStatus) -> JSONResponse:
    return JSONResponse({"error": sentence}, status)
