"""`koersbot …`: what operators, scripts and trials rely on. Exit 0 done, 1 refused, 2 wrong usage.

What is refused is one readable Dutch line (or list) on standard error; never a traceback.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar

import click

from bot import app as wiring
from bot.doctor import diagnose
from bot.logs import configure_logs
from bot.settings import Settings, SettingsError, load_settings
from bot.web import PortTaken
from handlers.bereken import explanation_lines
from handlers.context import Services
from handlers.render import build_texts, plain
from knowledge import termijnen
from knowledge.answering import Answer, Kind, build_answerer
from knowledge.loader import ContentError, KnowledgeBase, load
from knowledge.models import Roll, Unit
from knowledge.refusals import ImpossibleDate, Refusal
from storage import access, schema
from storage.access import Role
from storage.db import DatabaseUnavailable, build_database

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
        except (wiring.StartRefused, PortTaken) as error:
            raise Refused(str(error)) from None
        except Refusal as refusal:
            raise Refused(plain(build_texts().refusal(refusal))) from None

    return run


@click.group()
@click.version_option(package_name="koersbot")
def main() -> None:
    """Koersbot: procesvragen met bron, termijnen die kloppen, herinneringen die aankomen."""


@main.command()
@click.option("--port", default=8080, show_default=True, help="Poort op 127.0.0.1.")
@click.option("--no-browser", is_flag=True, help="Open geen browser.")
@refusals_shown
def demo(port: int, no_browser: bool) -> None:
    """Het hele product zonder Telegram, in de browser, met verzonnen gegevens."""
    from bot.demo.run import run_demo  # noqa: PLC0415 - only the demo needs it

    settings = load_settings()
    configure_logs(settings)
    asyncio.run(run_demo(settings, port=port, open_browser=not no_browser))


@main.command()
@refusals_shown
def run() -> None:
    """De bot, volgens de instellingen."""
    settings = load_settings()
    configure_logs(settings)
    asyncio.run(wiring.run(settings))


@main.command()
@click.argument("text", required=False)
@click.option("--file", "file", type=click.Path(path_type=Path), help='JSONL met "q" per regel.')
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def ask(text: str | None, file: Path | None, as_json: bool) -> None:
    """Beantwoord een vraag."""
    _exactly_one(text=text, file=file)
    settings = load_settings()
    knowledge = load(settings.overlays)
    answerer = build_answerer(knowledge.cards.values())

    def answered(question: str) -> dict[str, object]:
        started = time.perf_counter()
        answer = answerer.answer(question, region=settings.region)
        return _answer_json(question, answer, (time.perf_counter() - started) * 1000)

    if file is not None:
        for row in _rows(file):
            click.echo(json.dumps(answered(str(_field(row, "q", file))), ensure_ascii=False))
        return
    result = answered(text or "")
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    _print_answer(knowledge, result)


@main.command()
@click.option("--start", help="Startdag, jjjj-mm-dd.")
@click.option("--amount", type=int, help="Aantal.")
@click.option("--unit", type=click.Choice([unit.value for unit in Unit]), help="Eenheid.")
@click.option("--roll", type=click.Choice([roll.value for roll in Roll]), default="none")
@click.option("--norm", "norm_id", help="Id van een norm, in plaats van aantal en eenheid.")
@click.option("--file", "file", type=click.Path(path_type=Path), help="JSONL, één som per regel.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def bereken(
    start: str | None,
    amount: int | None,
    unit: str | None,
    roll: str,
    norm_id: str | None,
    file: Path | None,
    as_json: bool,
) -> None:
    """Reken een termijn uit en leg hem uit."""
    services = _pure_services(load_settings())
    if file is not None:
        _bereken_file(services, file)
        return
    if start is None or (norm_id is None) == (amount is None or unit is None):
        raise click.UsageError("Geef --start met --amount en --unit, of --start met --norm.")
    asked = {"start": start, "amount": amount, "unit": unit, "roll": roll, "norm": norm_id}
    result = _berekend(services, {key: value for key, value in asked.items() if value is not None})
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        click.echo(result["end"])
        click.echo("\n".join(str(line) for line in result["explanation"]))


@main.group()
def kennis() -> None:
    """De kennisbank."""


@kennis.command("check")
@refusals_shown
def kennis_check() -> None:
    """Controleer alle kaarten, normen en eigen mappen."""
    knowledge = load(load_settings().overlays)
    wrong = _failed_examples(knowledge)
    if wrong:
        raise Refused("\n".join(wrong))
    topics = {card.topic for card in knowledge.cards.values()}
    phrasings = sum(len(card.phrasings) for card in knowledge.cards.values())
    click.echo(
        f"De kennisbank klopt: {len(knowledge.cards)} kaarten over {len(topics)} van "
        f"{len(knowledge.topics)} onderwerpen, {phrasings} vragen, {len(knowledge.norms)} normen."
    )


@main.group()
def team() -> None:
    """Teams."""


@team.command("add")
@click.argument("name")
@refusals_shown
def team_add(name: str) -> None:
    """Maak een team."""
    database = wiring.open_database(load_settings())
    try:
        database.write(access.add_team, now=datetime.now(UTC), name=name)
    finally:
        database.close()
    click.echo(f"Team '{name}' is gemaakt.")


@main.command()
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--team", "team_name", help="Naam van het team.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def invite(role: str, team_name: str | None, as_json: bool) -> None:
    """Maak een uitnodiging voor één persoon, 72 uur geldig."""
    settings = load_settings()
    database = wiring.open_database(settings)
    try:
        issued = database.write(
            access.invite, now=datetime.now(UTC), role=Role(role), team=team_name
        )
    finally:
        database.close()
    link = _invitation_link(settings, issued.token)
    if as_json:
        expires = issued.expires_at.isoformat()
        click.echo(json.dumps({"token": issued.token, "link": link, "expires": expires}))
        return
    until = issued.expires_at.astimezone(settings.zone)
    click.echo(link or f"Laat de collega dit naar de bot sturen: /start {issued.token}")
    click.echo(f"Eén keer te gebruiken, tot {until:%d-%m-%Y %H:%M}.")


@main.command()
@click.option("--at", "at", help="Het moment, ISO 8601; zonder tijdzone is het plaatselijke tijd.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def tick(at: str | None, as_json: bool) -> None:
    """Doe één keer wat de klok vraagt: plannen, versturen, bijwerken."""
    settings = load_settings()
    configure_logs(settings)
    moment = _moment(at, settings) if at else None
    counts = asyncio.run(wiring.sweep_once(settings, at=moment))
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, count in counts.items():
        click.echo(f"{name}: {count}")


@main.group()
def db() -> None:
    """De database."""


@db.command("upgrade")
@refusals_shown
def db_upgrade() -> None:
    """Breng de database naar de nieuwste versie."""
    database = build_database(load_settings().database)
    try:
        before, after = schema.upgrade(database)
    finally:
        database.close()
    if before == after:
        click.echo(f"De database was al bij: versie {after}.")
    else:
        click.echo(f"De database is bijgewerkt van {before or 'leeg'} naar versie {after}.")


@main.command()
@refusals_shown
def doctor() -> None:
    """Zoek uit of alles werkt en zeg wat er mis is."""
    findings = asyncio.run(diagnose())
    for finding in findings:
        click.echo(str(finding))
    if any(finding.wrong for finding in findings):
        sys.exit(1)


def _pure_services(settings: Settings) -> Services:
    """Services for sums: an empty database in memory that nothing is kept in."""
    return wiring.build_services(
        settings, database=build_database("sqlite://"), clock=wiring.SystemClock()
    )


def _answer_json(question: str, answer: Answer, milliseconds: float) -> dict[str, object]:
    topics = list(dict.fromkeys(option.card.topic for option in answer.options))
    return {
        "q": question,
        "kind": answer.kind.value,
        "topic": answer.card.topic if answer.card else None,
        "card": answer.card.id if answer.card else None,
        "options": topics,
        "confidence": answer.confidence,
        "ms": round(milliseconds, 2),
    }


def _print_answer(knowledge: KnowledgeBase, result: dict[str, object]) -> None:
    if result["kind"] == Kind.SURE.value:
        card = knowledge.cards[str(result["card"])]
        sources = "; ".join(
            f"{knowledge.sources[ref.source].title}, {ref.locator} (gelezen {ref.read_on})"
            for ref in card.sources
        )
        click.echo(f"{card.title}\n\n{card.answer}\n\nBron: {sources}")
    elif result["kind"] == Kind.CHOOSE.value:
        options = result["options"]
        named = [str(topic) for topic in options] if isinstance(options, list) else []
        click.echo("Bedoel je: " + ", ".join(knowledge.topics[topic].title for topic in named))
    else:
        click.echo("Dat weet ik niet.")


def _berekend(services: Services, asked: dict[str, Any]) -> dict[str, Any]:
    """One sum as JSON.

    Raises:
        Refusal: an impossible date or amount, or an unknown norm.
    """
    start = _iso_day(asked.get("start"))
    if "norm" in asked:
        norm = services.knowledge.norm_on(str(asked["norm"]), start)
        computed = termijnen.for_norm(norm, start=start, calendar=services.knowledge.calendar)
        due = computed.due
        more = {
            "norm": norm.id,
            "version": norm.version,
            "warn_on": computed.warn_on.isoformat(),
            "readings": [
                {"reading": other.reading, "end": other.due.on.isoformat()}
                for other in computed.others
            ],
            "source": [
                {
                    "title": services.knowledge.sources[ref.source].title,
                    "locator": ref.locator,
                    "read_on": ref.read_on.isoformat(),
                }
                for ref in norm.sources
            ],
        }
    else:
        due = termijnen.compute(
            start=start,
            amount=_whole(asked.get("amount")),
            unit=_choice(Unit, asked.get("unit")),
            roll=_choice(Roll, asked.get("roll", "none")),
            calendar=services.knowledge.calendar,
        )
        more = {}
    return {
        "start": start.isoformat(),
        "end": due.on.isoformat(),
        "explanation": explanation_lines(services, due),
        "uncertain": due.uncertain,
        **more,
    }


def _bereken_file(services: Services, file: Path) -> None:
    refused = 0
    for row in _rows(file):
        try:
            result = _berekend(services, row)
        except Refusal as refusal:
            refused += 1
            result = {"error": plain(services.texts.refusal(refusal))}
        click.echo(json.dumps(result, ensure_ascii=False))
    if refused:
        raise Refused(f"{refused} sommen geweigerd; de reden staat in de regel zelf.")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
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


def _field(row: dict[str, Any], name: str, file: Path) -> object:
    if name not in row:
        raise Refused(f'{file}: een regel heeft geen "{name}"')
    return row[name]


def _iso_day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ImpossibleDate("datum-onleesbaar") from None


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Refusal("som-onleesbaar")


def _choice(kind: type[T], value: object) -> T:
    try:
        return kind(value)  # type: ignore[call-arg]
    except ValueError:
        raise Refusal("som-onleesbaar") from None


def _moment(text: str, settings: Settings) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("--at is geen tijdstip; schrijf bijvoorbeeld 2026-11-30T08:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)


def _failed_examples(knowledge: KnowledgeBase) -> list[str]:
    """Worked examples that the engine does not agree with."""
    return [
        f"norm '{norm.id}' versie {norm.version}: {example.start} geeft {due.on}, "
        f"het voorbeeld zegt {example.end}; zoek uit wie gelijk heeft"
        for versions in knowledge.norms.values()
        for norm in versions
        for example in norm.examples
        if (
            due := termijnen.for_norm(norm, start=example.start, calendar=knowledge.calendar).due
        ).on
        != example.end
    ]


def _invitation_link(settings: Settings, token: str) -> str | None:
    """The link that opens the bot with the token; None when Telegram cannot be asked for it."""
    try:
        username = asyncio.run(wiring.bot_username(settings))
    except (SettingsError, wiring.StartRefused):
        return None
    return f"https://t.me/{username}?start={token}"


def _exactly_one(**given: object) -> None:
    if sum(value is not None for value in given.values()) != 1:
        names = " of ".join(name.upper() if name == "text" else f"--{name}" for name in given)
        raise click.UsageError(f"Geef precies één van {names}.")
