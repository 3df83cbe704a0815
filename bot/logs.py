"""Structured logs as events with an allow-list: what is not on it does not reach a log.

Never in a log: message text, names, codes of zaken, tokens, database URLs. httpx at INFO prints the
bot's token in its URLs and python-telegram-bot at DEBUG prints whole updates, so their levels are
fixed here whatever the setting says.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from bot.settings import Settings

FIELDS = frozenset(
    {
        "event", "level", "timestamp", "logger",
        "attempts", "cards", "claimed", "copies", "deleted", "digests", "edited", "failed",
        "kind", "kinds", "messages", "mode", "norms", "notice", "person", "planned", "poisoned",
        "port", "postponed", "reference", "revision", "seconds", "sent", "termijn", "text_id",
        "update", "version", "why", "exception",
    }
)  # fmt: skip
"""Every field a log line may have: ids, counts and kinds."""

QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "uvicorn", "alembic", "asyncio", "tzlocal")

_TOKEN = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{20,}")
_URL = re.compile(r"\b[a-z][a-z0-9+]*://\S+")


def configure_logs(settings: Settings) -> None:
    """Send all logs to standard error, in the form and from the level the settings ask for."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        frames_only,
        only_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[*shared, scrub],
        )
    )
    logging.raiseExceptions = False  # a failing log line would print its values
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def frames_only(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn an exception into its kind and the lines of code it came through.

    Not its message, and never local values: either may hold what somebody typed.
    """
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given else None
    if isinstance(given, BaseException):
        error = given
    if error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        event["exception"] = f"{frames}{type(error).__module__}.{type(error).__qualname__}"
    return event


def only_allowed(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list."""
    for key in [key for key in event if key not in FIELDS and not key.startswith("_")]:
        del event[key]
    return event


def scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Clean the free text of libraries' own log lines."""
    event["event"] = cleaned(str(event.get("event", "")))
    return event


def cleaned(text: str) -> str:
    """`text` without tokens and addresses."""
    return _URL.sub("<adres>", _TOKEN.sub("<token>", text))
