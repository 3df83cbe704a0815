"""Files with zaken, CSV or Excel: from bytes to a sheet and back. Judges only the form.

A file may come from anywhere: what it holds is bounded before it is opened, formulas are not
computed, and no message names what stands in it.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from storage.sheet_rows import FORMULA_SIGNS, Cell, Sheet, SheetRow

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 64
MAX_PARTS = 2000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DOCTYPES = tuple("<!DOCTYPE".encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_DELIMITERS = ";,\t"

NO_SHEET = "Dit is geen CSV- of Excel-bestand; bewaar het als .csv of .xlsx en probeer het opnieuw."
TOO_BIG = "Dit bestand is te groot; splits het in bestanden van hoogstens 5 MB."
UNPACKS_TOO_BIG = "Uitgepakt is dit bestand te groot; bewaar alleen het blad met de zaken."
TOO_MANY_ROWS = "In dit bestand staan te veel rijen; splits het in bestanden van hoogstens 5000."
TOO_WIDE = "In dit bestand staan te veel kolommen; laat alleen de kolommen staan die je nodig hebt."
EMPTY = "Dit bestand is leeg; zet in de bovenste rij de namen van de kolommen."
LOCKED = "Dit bestand is beveiligd met een wachtwoord; bewaar het zonder wachtwoord."
OLD_EXCEL = "Dit is een oud Excel-bestand; bewaar het als .xlsx en probeer het opnieuw."
MORE_SHEETS = "In dit bestand staan meer bladen; bewaar alleen het blad met de zaken."
QUOTES = "In dit CSV-bestand kloppen de aanhalingstekens niet; bewaar het opnieuw uit Excel."


class FileRefused(Exception):
    """A file that cannot be read or written. The message is one Dutch sentence."""


def read_file(path: Path) -> Sheet:
    """The sheet in a file, at most `MAX_BYTES` of it.

    Raises:
        FileRefused: as `read_sheet`, or the file itself cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        raise FileRefused("Dit bestand is niet te lezen; controleer het pad.") from None
    return read_sheet(content)


def read_sheet(content: bytes) -> Sheet:
    """The header and the rows that are not empty.

    Raises:
        FileRefused: it is too big, empty, locked, or no CSV or Excel file.
    """
    if len(content) > MAX_BYTES:
        raise FileRefused(TOO_BIG)
    if content.startswith(_OLE):
        raise FileRefused(LOCKED if _ENCRYPTED in content else OLD_EXCEL)
    rows = _excel_rows(content) if content.startswith(_ZIP) else _csv_rows(content)
    header: tuple[str, ...] | None = None
    kept: list[SheetRow] = []
    for number, cells in enumerate(rows, start=1):
        if number > MAX_ROWS * 10:
            raise FileRefused(TOO_MANY_ROWS)
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise FileRefused(TOO_WIDE)
        if header is None:
            header = tuple(str(cell) for cell in cells)
        else:
            kept.append(SheetRow(number=number, cells=tuple(cells)))
        if len(kept) > MAX_ROWS:
            raise FileRefused(TOO_MANY_ROWS)
    if header is None:
        raise FileRefused(EMPTY)
    return Sheet(header=header, rows=tuple(kept))


def write_file(path: Path, sheet: Sheet, *, overwrite: bool) -> None:
    """Put a sheet in a file, whole or not at all, that only its owner may read.

    Raises:
        FileRefused: the name ends in neither .csv nor .xlsx, the file is there already (and must
            not be overwritten), or it cannot be written.
    """
    check_target(path, overwrite=overwrite)
    content = _as_excel(sheet) if path.suffix.lower() == ".xlsx" else _as_csv(sheet)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        try:
            os.replace(file.name, path)  # noqa: PTH105 - the name of an open file, no Path
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    except OSError:
        raise FileRefused("Dit bestand is niet te schrijven; controleer de map.") from None


def check_target(path: Path, *, overwrite: bool) -> None:
    """Pass when a sheet can be written here.

    Raises:
        FileRefused: as `write_file`.
    """
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise FileRefused("Geef het bestand een naam die eindigt op .csv of .xlsx.")
    if path.exists() and not overwrite:
        raise FileRefused("Dit bestand bestaat al; kies een andere naam of geef --overschrijf mee.")
    if path.is_dir() or not path.parent.is_dir():
        raise FileRefused("Dit bestand is niet te schrijven; controleer de map.")


def _csv_rows(content: bytes) -> Iterator[list[Cell]]:
    text = _decoded(content)
    if not text.strip():
        raise FileRefused(EMPTY)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) <= len("sep=;"):
        text = rest
    try:
        # Strict: a quote that is not closed would swallow the rows after it.
        for row in csv.reader(
            io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
        ):
            yield [cell if cell.strip() else "" for cell in row]
    except csv.Error:
        raise FileRefused(QUOTES) from None


def _decoded(content: bytes) -> str:
    for coding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return text
    raise FileRefused(NO_SHEET)


def _delimiter(text: str) -> str:
    """The sign that the header has most of; a spreadsheet of here writes a semicolon."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=header.count)


def _excel_rows(content: bytes) -> Iterator[list[Cell]]:
    _check_zip(content)
    # The library warns of a strange date with what stands in its cell.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield from _opened(content)
        except FileRefused:
            raise
        except Exception:  # a broken file breaks the library in its own ways
            raise FileRefused(NO_SHEET) from None


def _opened(content: bytes) -> Iterator[list[Cell]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - only these commands need it

    workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        first, *others = workbook.worksheets
        for sheet in (first, *others):
            sheet.reset_dimensions()  # a file may lie about its size
        for sheet in others:
            rows = sheet.iter_rows(values_only=True)
            if any(value is not None for row in rows for value in row):
                raise FileRefused(MORE_SHEETS)
        for row in first.iter_rows(values_only=True):
            yield [_cell(value) for value in row]
    finally:
        workbook.close()


def _check_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            wrong = _wrong_with(packed)
    except Exception:  # a broken archive breaks the library in its own ways
        raise FileRefused(NO_SHEET) from None
    if wrong is not None:
        raise FileRefused(wrong)


def _wrong_with(packed: zipfile.ZipFile) -> str | None:
    parts = packed.infolist()
    if len(parts) > MAX_PARTS or sum(one.file_size for one in parts) > MAX_UNPACKED:
        return UNPACKS_TOO_BIG
    if any(one.flag_bits & 0x1 for one in parts):
        return LOCKED
    # These two never unpack to more than the size that was said and summed above.
    if any(one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in parts):
        return NO_SHEET
    # An entity can make much of little; a spreadsheet has none.
    contents = (packed.read(one) for one in parts)
    return NO_SHEET if any(sign in one for one in contents for sign in _DOCTYPES) else None


def _cell(value: object) -> Cell:
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value.isoformat()
    if isinstance(value, (str, date)):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (bool, int, float)):
        return str(value)
    return "="  # a formula over more cells, or another thing that is no value


def _as_csv(sheet: Sheet) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in _rows(sheet):
        writer.writerow([one.isoformat() if isinstance(one, date) else one for one in row])
    return text.getvalue().encode("utf-8-sig")


def _as_excel(sheet: Sheet) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - only these commands need it

    workbook = Workbook(write_only=True)
    page = workbook.create_sheet("zaken")
    for row in _rows(sheet):
        page.append([one if one != "" else None for one in row])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _rows(sheet: Sheet) -> Iterable[list[Cell]]:
    yield list(sheet.header)
    for row in sheet.rows:
        yield [_harmless(cell) for cell in row.cells]


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell
