"""What all commands share: one readable reason instead of a traceback, and files of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar

import click

from bot.app import StartRefused
from bot.settings import SettingsError
from bot.web import PortTaken
from handlers.render import build_texts, plain
from knowledge.loader import ContentError
from knowledge.refusals import Refusal
from storage.db import DatabaseUnavailable

P = ParamSpec("P")
T = TypeVar("T")

JSON_HELP = "Schrijf JSON."


class Refused(click.ClickException):
    """Refused with a reason: exit 1, the reason on standard error."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the reason as it is."""
        click.echo(self.message, err=True)


def refusals_shown(command: Callable[P, T]) -> Callable[P, T]:
    """Turn what a command may refuse into one readable reason and exit 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except SettingsError as error:
            raise Refused("Controleer de instellingen:\n- " + "\n- ".join(error.lines)) from None
        except ContentError as error:
            raise Refused(f"Controleer de kennisbank:\n{error}") from None
        except DatabaseUnavailable as error:
            raise Refused(f"De database is niet te gebruiken: {error}") from None
        except (StartRefused, PortTaken) as error:
            raise Refused(str(error)) from None
        except Refusal as refusal:
            raise Refused(plain(build_texts().refusal(refusal))) from None

    return run


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects in a file, one a line; empty lines are passed over."""
    with _readable(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                row = None
            if not isinstance(row, dict):
                raise Refused(f"{file}:{number}: geen JSON-object; zet één object op elke regel")
            yield row


@contextmanager
def _readable(file: Path) -> Iterator[IO[str]]:
    try:
        with file.open(encoding="utf-8") as lines:
            yield lines
    except (OSError, UnicodeDecodeError):
        raise Refused(f"{file} is niet te lezen; controleer het pad") from None


def field(row: dict[str, Any], name: str, file: Path) -> object:
    """A field that every line must have."""
    if name not in row:
        raise Refused(f'{file}: een regel heeft geen "{name}"')
    return row[name]


def exactly_one(**given: object) -> None:
    """Wrong usage unless exactly one of these was given."""
    if sum(value is not None for value in given.values()) != 1:
        names = " of ".join(name.upper() if name == "text" else f"--{name}" for name in given)
        raise click.UsageError(f"Geef precies één van {names}.")
