"""`koersbot doctor`: checks everything the bot needs, and says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.app import StartRefused, bot_username
from bot.settings import Settings, SettingsError, load_settings
from bot.web import SILENT_AFTER
from knowledge.classifier import NotLearned, load_learned
from knowledge.loader import ContentError, KnowledgeBase, load
from storage import heartbeat, schema
from storage.db import Database, DatabaseUnavailable, build_database, check_reachable

YEARS_AHEAD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor. `wrong` must be mended; otherwise `note` asks for attention."""

    what: str
    text: str
    wrong: bool = False
    note: bool = False

    def __str__(self) -> str:
        mark = "FOUT  " if self.wrong else "LET OP" if self.note else "goed  "
        return f"{mark} {self.what}: {self.text}"


async def diagnose() -> list[Finding]:
    """Every finding, in the order in which things are needed."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return [Finding(what="instellingen", text=line, wrong=True) for line in error.lines]
    return [
        Finding(what="instellingen", text="in orde"),
        *_database(settings),
        *_content(settings),
        await _telegram(settings),
    ]


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        database = build_database(settings.database)
    except DatabaseUnavailable as error:
        yield Finding(what="database", text=str(error), wrong=True)
        return
    try:
        check_reachable(database)
        at = schema.current(database)
        if at == schema.head():
            yield Finding(what="database", text=f"bereikbaar, versie {at}")
            yield _sweep(database)
        else:
            yield Finding(
                what="database",
                text=f"versie {at or 'leeg'}; draai: koersbot db upgrade",
                wrong=True,
            )
    except DatabaseUnavailable as error:
        yield Finding(what="database", text=str(error), wrong=True)
    finally:
        database.close()


def _sweep(database: Database) -> Finding:
    last = database.read(heartbeat.last)
    if last is None:
        return Finding(what="herinneringen", text="er is nog geen ronde gedraaid", note=True)
    silent = datetime.now(UTC) - last
    if silent > SILENT_AFTER:
        minutes = silent // timedelta(minutes=1)
        return Finding(
            what="herinneringen",
            text=f"stil sinds {last:%d-%m-%Y %H:%M} UTC ({minutes} minuten); draait de bot nog?",
            note=True,
        )
    return Finding(what="herinneringen", text="de laatste ronde was kort geleden")


def _content(settings: Settings) -> Iterator[Finding]:
    try:
        knowledge = load(settings.overlays)
    except ContentError as error:
        for problem in error.problems:
            yield Finding(what="kennisbank", text=str(problem), wrong=True)
        return
    yield Finding(
        what="kennisbank", text=f"{len(knowledge.cards)} kaarten, {len(knowledge.norms)} normen"
    )
    yield _learned(knowledge)
    if settings.region is not None and settings.region not in knowledge.regions:
        yield Finding(
            what="regio",
            text=f"'{settings.region}' staat niet in regions.yaml; kies een id uit die lijst",
            wrong=True,
        )
    empty = [contact.id for contact in knowledge.contacts.values() if not contact.filled_in]
    if empty:
        yield Finding(
            what="contacten",
            text=f"nog niet ingevuld: {', '.join(empty)}; zet ze in contacts.yaml van je eigen map",
            note=True,
        )
    horizon = knowledge.calendar.horizon
    short = horizon < datetime.now(UTC).year + YEARS_AHEAD
    advice = "; vul het nieuwe besluit aan in calendar.yaml" if short else ""
    yield Finding(
        what="kalender",
        text=f"gelijkgestelde dagen bekend tot en met {horizon}{advice}",
        note=short,
    )


def _learned(knowledge: KnowledgeBase) -> Finding:
    try:
        learned = load_learned()
    except NotLearned as error:
        text = f"{error}. Tot dan wordt alleen op woorden gezocht: minder vaak zeker."
        return Finding(what="antwoorden", text=text, note=True)
    changed = learned.changed([*knowledge.cards.values(), *knowledge.outside.values()])
    if changed:
        return Finding(
            what="antwoorden",
            text=f"{len(changed)} kaarten zijn niet geleerd, zoals eigen kaarten; "
            "die worden op woorden gevonden",
        )
    return Finding(what="antwoorden", text="alle manieren van vragen zijn geleerd")


async def _telegram(settings: Settings) -> Finding:
    try:
        username = await bot_username(settings)
    except SettingsError as error:
        return Finding(what="Telegram", text=error.lines[0], wrong=True)
    except StartRefused as error:
        return Finding(what="Telegram", text=str(error), wrong=True)
    return Finding(what="Telegram", text=f"bereikbaar als @{username}")
