"""`koersbot …`: what operators, scripts and trials rely on. Exit 0 done, 1 refused, 2 wrong usage.

What is refused is one readable Dutch line (or list) on standard error; never a traceback.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime

import click

from bot import app as wiring
from bot.cli_base import JSON_HELP, Refused, refusals_shown
from bot.cli_kennis import kennis
from bot.cli_knowledge import ask, bereken, evaluate, privacy
from bot.cli_zaken import zaken
from bot.doctor import diagnose
from bot.logs import configure_logs
from bot.settings import Settings, SettingsError, load_settings
from storage import access, schema
from storage.access import Role
from storage.db import build_database


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


for command in (ask, evaluate, bereken, privacy, kennis, zaken):
    main.add_command(command)


def _moment(text: str, settings: Settings) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("--at is geen tijdstip; schrijf bijvoorbeeld 2026-11-30T08:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)


def _invitation_link(settings: Settings, token: str) -> str | None:
    """The link that opens the bot with the token; None when Telegram cannot be asked for it."""
    try:
        username = asyncio.run(wiring.bot_username(settings))
    except (SettingsError, wiring.StartRefused):
        return None
    return f"https://t.me/{username}?start={token}"
