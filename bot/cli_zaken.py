"""`koersbot zaken …`: zaken from a file and back. What stands in a cell is never shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot import app as wiring
from bot.cli_base import JSON_HELP, Refused, refusals_shown
from bot.settings import Settings, load_settings
from bot.zaak_files import FileRefused, check_target, read_file, write_file
from handlers.render import build_texts, plain
from knowledge.loader import load
from storage import transfer
from storage.rules import Rules
from storage.sheet_rows import RefusedRow, Sheet
from storage.transfer import RowsRefused

TEAM_HELP = "Naam van het team."


@click.group()
def zaken() -> None:
    """Zaken overzetten, uit en naar een bestand."""


@zaken.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--team", "team_name", required=True, help=TEAM_HELP)
@click.option("--door", help="Voornaam of nummer van wie dit doet, als er meer teamleiders zijn.")
@click.option("--bevestig", is_flag=True, help="Open de zaken. Zonder dit zie je alleen wat kan.")
@click.option(
    "--sla-geweigerde-over", "skip", is_flag=True, help="Open de andere rijen wel, met --bevestig."
)
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def zaken_import(
    file: Path, team_name: str, door: str | None, bevestig: bool, skip: bool, as_json: bool
) -> None:
    """Open zaken uit een CSV- of Excel-bestand.

    Kolommen: kader en datum (verplicht), zaaknummer, jeugdbeschermer, en dagen zoals
    ingang-maatregel of einde-maatregel. Kaders: ots, vots, voogdij, jeugdreclassering,
    drang-zonder-vto en drang-met-vto.

    Zonder --bevestig wordt er niets bewaard.
    """
    settings = load_settings()
    now, rules = datetime.now(UTC), _rules(settings)
    sheet = _read(file)
    database = wiring.open_database(settings)
    try:
        team_id = database.read(transfer.team_named, name=team_name)
        actor = database.read(transfer.lead_of, team_id=team_id, named=door)
        if not bevestig:
            reading = database.read(
                transfer.judge, now=now, rules=rules, team_id=team_id, sheet=sheet
            )
            _show_preview(len(reading.accepted), reading.refused, as_json=as_json)
            return
        imported = database.write(
            transfer.bring_in,
            now=now,
            actor=actor,
            rules=rules,
            team_id=team_id,
            sheet=sheet,
            skip_refused=skip,
        )
    except RowsRefused as refusal:
        if as_json:
            click.echo(_json(confirmed=True, opened=[], refused=refusal.rows))
        reason = plain(build_texts().refusal(refusal))
        raise Refused("\n".join([*_lines(refusal.rows), reason])) from None
    finally:
        database.close()
    if as_json:
        opened = [{"row": one.number, "code": one.code} for one in imported.opened]
        click.echo(_json(confirmed=True, opened=opened, refused=imported.refused))
        return
    for one in imported.opened:
        click.echo(f"Rij {one.number}: zaak {one.code} is geopend.")
    for line in _lines(imported.refused):
        click.echo(line)
    click.echo(f"{_counted(len(imported.opened), 'zaak', 'zaken')} geopend.")


@zaken.command("export")
@click.option("--team", "team_name", required=True, help=TEAM_HELP)
@click.option(
    "-o", "--output", "file", required=True, type=click.Path(path_type=Path),
    help="Het bestand: een naam die eindigt op .csv of .xlsx.",
)  # fmt: skip
@click.option("--overschrijf", is_flag=True, help="Vervang een bestand dat er al is.")
@refusals_shown
def zaken_export(team_name: str, file: Path, overschrijf: bool) -> None:
    """Zet de open zaken van een team in een bestand dat 'zaken import' kan lezen."""
    settings = load_settings()
    rules = _rules(settings)
    try:
        check_target(file, overwrite=overschrijf)
        database = wiring.open_database(settings)
        try:
            team_id = database.read(transfer.team_named, name=team_name)
            sheet = database.write(
                transfer.take_out, now=datetime.now(UTC), rules=rules, team_id=team_id
            )
        finally:
            database.close()
        write_file(file, sheet, overwrite=overschrijf)
    except FileRefused as refused:
        raise Refused(str(refused)) from None
    click.echo(f"{_counted(len(sheet.rows), 'zaak staat', 'zaken staan')} nu in {file}.")


def _rules(settings: Settings) -> Rules:
    return Rules(
        knowledge=load(settings.overlays),
        timezone=settings.zone,
        zaak_pattern=settings.case_numbers,
    )


def _read(file: Path) -> Sheet:
    try:
        return read_file(file)
    except FileRefused as refused:
        raise Refused(str(refused)) from None


def _show_preview(can: int, refused: Sequence[RefusedRow], *, as_json: bool) -> None:
    if as_json:
        click.echo(_json(confirmed=False, would_open=can, refused=refused))
        return
    for line in _lines(refused):
        click.echo(line)
    rows = len({row.number for row in refused})
    click.echo(
        f"{_counted(can, 'rij kan', 'rijen kunnen')} een zaak worden, "
        f"{_counted(rows, 'rij is', 'rijen zijn')} geweigerd."
    )
    click.echo("Er is niets bewaard; open de zaken met --bevestig.")


def _json(*, refused: Sequence[RefusedRow], **more: Any) -> str:
    texts = build_texts()
    told = [
        {"row": row.number, "column": row.column, "reason": plain(texts.refusal(row.refusal))}
        for row in refused
    ]
    return json.dumps({**more, "refused": told}, ensure_ascii=False)


def _lines(refused: Sequence[RefusedRow]) -> list[str]:
    texts = build_texts()
    return [
        f"Rij {row.number}, kolom {row.column}: {plain(texts.refusal(row.refusal))}"
        for row in refused
    ]


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
