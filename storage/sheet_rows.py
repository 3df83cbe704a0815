"""The rows of a sheet with zaken: what its columns mean, and what is wrong with a row.

Pure: what is known of colleagues, codes and earlier imports is handed in. A reason never holds
what stands in a cell, only which day, kader or column could be meant.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial
from typing import TypeVar

from knowledge import zaakcode
from knowledge.loader import KnowledgeBase
from knowledge.norm_models import Kader
from knowledge.refusals import Refusal
from storage import zaak_days, zaak_rows
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.sheet_names import Colleagues, folded

ZAAKNUMMER, KADER, DATUM, JEUGDBESCHERMER = "zaaknummer", "kader", "datum", "jeugdbeschermer"
FIXED = (ZAAKNUMMER, KADER, DATUM, JEUGDBESCHERMER)
"""The columns every sheet can have; the others are days, by the id or title of their event."""

MAX_CELL = 200
"""Characters in a cell that holds one thing."""
MAX_DAYS_CELL = 8000
"""Characters in a cell with days: a visit on every working day of two years fits."""

NONCE_PREFIX = "rij-"
"""How the opening nonce begins of a row without a number: the same row opens one zaak."""

FORMULA_SIGNS = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would compute. A quote before it makes it text."""

Cell = str | date
T = TypeVar("T")

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?", re.ASCII)
_DUTCH = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})|(\d{1,2})-(\d{4})", re.ASCII)
_BETWEEN_DAYS = re.compile(r"\s+en\s+|[,;\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row and its number as people see it: the header is mostly row 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A header and the rows under it that are not empty."""

    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """Why a row cannot be opened. `column` is a name of ours or the place of a nameless column."""

    number: int
    column: str
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A row that can be opened. `days` are in the order in which they happened."""

    number: int
    code: str | None
    kader: str
    day: date
    owner_id: int | None
    days: tuple[tuple[str, date], ...]
    nonce: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A sheet as it was read: the rows that can be opened and what is wrong with the others."""

    accepted: tuple[Incoming, ...]
    refused: tuple[RefusedRow, ...]


def events_of(kader: Kader) -> tuple[str, ...]:
    """The days that a row of this kader may have, besides the one it is opened with."""
    return (*kader.also, *kader.happenings, zaak_days.VISIT)


def happens_once(rules: Rules, kader: Kader, event: str) -> bool:
    """Whether a zaak of this kader has one day of this event, that never comes again."""
    ends = any(norm.ends_on == event for found in rules.knowledge.norms.values() for norm in found)
    return event in kader.events and not ends


def columns_of(sheet: Sheet, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """What each column is: a name of `FIXED`, the id of an event, or nothing for an empty header.

    A header that is not known is named by its place alone: it may be the first row of the data.

    Raises:
        Conflict: a column is unknown, there twice or missing; or there are no rows.
    """
    names = {folded(name): name for name in FIXED}
    for event in knowledge.events.values():
        names.setdefault(folded(event.title), event.id)
    names |= {folded(event): event for event in knowledge.events}
    found = [names.get(folded(_unquoted(head)), "") for head in sheet.header]
    unknown = [
        _place_and_guess(place, head, names)
        for place, (head, name) in enumerate(zip(sheet.header, found, strict=True))
        if head.strip() and not name
    ]
    if unknown:
        raise Conflict("import-kolom-onbekend", kolommen=" en ".join(unknown))
    for name, times in Counter(filter(None, found)).items():
        if times > 1:
            raise Conflict("import-kolom-dubbel", kolom=name)
    for name in (KADER, DATUM):
        if name not in found:
            raise Conflict("import-kolom-ontbreekt", kolom=name)
    if not sheet.rows:
        raise Conflict("import-geen-rijen")
    return tuple(found)


def read_rows(
    sheet: Sheet,
    *,
    now: datetime,
    rules: Rules,
    team_id: int,
    colleagues: Colleagues,
    codes: frozenset[str],
    nonces: frozenset[str],
) -> Reading:
    """Every row of the sheet: one that can be opened, or all that is wrong with it.

    `codes` and `nonces` are those of the zaken that are there already.

    Raises:
        Conflict: as `columns_of`.
    """
    columns = columns_of(sheet, rules.knowledge)
    reader = _Reader(columns, now=now, rules=rules, colleagues=colleagues)
    seen: set[str] = set()
    alike: Counter[str] = Counter()
    accepted: list[Incoming] = []
    refused: list[RefusedRow] = []
    for row in sheet.rows:
        read, wrong = reader.read(row)
        if read is None:
            refused += wrong
            continue
        if read.code is None:
            content = _content(read, team_id)
            alike[content] += 1
            nonce = _nonce(content, alike[content])
            reason = "import-staat-er-al" if nonce in nonces else None
            read = Incoming(
                number=read.number, code=None, kader=read.kader, day=read.day,
                owner_id=read.owner_id, days=read.days, nonce=nonce,
            )  # fmt: skip
        elif read.code in codes:
            reason = "import-nummer-in-gebruik"
        else:
            reason = "import-nummer-dubbel" if read.code in seen else None
            seen.add(read.code)
        if reason is not None:
            refused.append(
                RefusedRow(number=row.number, column=ZAAKNUMMER, refusal=Conflict(reason))
            )
        else:
            accepted.append(read)
    return Reading(accepted=tuple(accepted), refused=tuple(refused))


class _Reader:
    """Reads row after row; knows the columns, the kaders by every name, and the colleagues."""

    def __init__(
        self, columns: Sequence[str], *, now: datetime, rules: Rules, colleagues: Colleagues
    ) -> None:
        self._columns, self._now, self._rules = columns, now, rules
        self._colleagues = colleagues
        self._kaders: dict[str, Kader] = {}
        for kader in rules.knowledge.kaders.values():
            for name in kader.names:
                self._kaders.setdefault(folded(name), kader)
        for kader in rules.knowledge.kaders.values():
            self._kaders[folded(kader.id)] = kader

    def read(self, row: SheetRow) -> tuple[Incoming | None, list[RefusedRow]]:
        wrong: list[RefusedRow] = []
        cells: dict[str, Cell] = {}
        for place, cell in enumerate(row.cells):
            name = self._columns[place] if place < len(self._columns) else ""
            if cell == "":
                continue
            try:
                cells[name] = _checked(cell, name)
            except Refusal as refusal:
                wrong.append(_refused(row, name or place_of(place), refusal))
        if wrong:
            return None, wrong

        def tried(column: str, read: Callable[[Cell], T]) -> T | None:
            try:
                return read(cells.get(column, ""))
            except Refusal as refusal:
                wrong.append(_refused(row, column, refusal))
                return None

        code = tried(ZAAKNUMMER, self._code)
        owner_id = tried(JEUGDBESCHERMER, self._owner)
        kader = tried(KADER, self._kader)
        day = tried(DATUM, lambda cell: self._asked(kader, cell))
        days: list[tuple[str, date]] = []
        for event in (column for column in cells if column not in FIXED):
            found = tried(event, partial(self._days, event))
            days += [(event, one) for one in found or ()]
        days.sort(key=lambda one: (one[1], one[0]))
        if kader is not None:
            wrong += [_refused(row, event, why) for event, why in self._foreign(kader, days)]
        if wrong or kader is None or day is None:
            return None, wrong
        return Incoming(
            number=row.number, code=code, kader=kader.id, day=day, owner_id=owner_id,
            days=tuple(days),
        ), []  # fmt: skip

    def _owner(self, cell: Cell) -> int | None:
        return self._colleagues.named(str(cell)) if cell else None

    def _asked(self, kader: Kader | None, cell: Cell) -> date:
        day = _one_day(cell)
        if kader is not None:
            zaak_rows.check_day(self._rules, self._now, day, kader.asks)
        return day

    def _code(self, cell: Cell) -> str | None:
        if not cell:
            return None
        if not isinstance(cell, str):
            raise Conflict("import-nummer-is-dag")
        try:
            return zaakcode.label(cell, self._rules.zaak_pattern)
        except zaakcode.LabelRefused as refusal:
            raise Conflict(_LABELS[refusal.text_id]) from None

    def _kader(self, cell: Cell) -> Kader:
        found = self._kaders.get(folded(str(cell)))
        if found is None:
            raise NotFound("import-kader-onbekend" if cell else "import-kader-leeg")
        return found

    def _days(self, event: str, cell: Cell) -> list[date]:
        parts = [cell] if isinstance(cell, date) else _BETWEEN_DAYS.split(cell)
        known = self._rules.knowledge.events.get(event)
        read = _month if known is not None and known.month_only else _one_day
        days = {zaak_days.kept_day(self._rules, event, read(part)) for part in parts}
        for day in days:
            zaak_rows.check_day(self._rules, self._now, day, event)
        return sorted(days)

    def _foreign(self, kader: Kader, days: Sequence[tuple[str, date]]) -> list[tuple[str, Refusal]]:
        """The days that this kader does not know, or knows once; it changes on the way."""
        wrong: dict[str, Refusal] = {}
        times: Counter[str] = Counter()
        for event, _ in days:
            times[event] += 1
            if event == kader.asks:
                wrong.setdefault(event, Conflict("import-dag-in-datum"))
            elif event not in events_of(kader):
                wrong.setdefault(event, NotFound("import-dag-vreemd"))
            elif times[event] > 1 and happens_once(self._rules, kader, event):
                wrong.setdefault(event, Conflict("import-dag-eenmalig"))
            kader = self._rules.knowledge.kaders.get(kader.becomes.get(event, ""), kader)
        return list(wrong.items())


_LABELS = {
    "label-bsn": "import-nummer-bsn",
    "label-geboortedatum": "import-nummer-geboortedatum",
    "label-persoonsgegeven": "import-nummer-persoonsgegeven",
    "label-naam": "import-nummer-naam",
    "label-geen-code": "import-nummer-geen-code",
    "label-past-niet": "import-nummer-past-niet",
}


def place_of(place: int) -> str:
    """A column by its place, as a spreadsheet names it: "5 (E)"."""
    letters, left = "", place + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{place + 1} ({letters})"


def _place_and_guess(place: int, head: str, names: Mapping[str, str]) -> str:
    close = get_close_matches(folded(head[:MAX_CELL]), names, n=1, cutoff=0.8)
    return place_of(place) + (f" (bedoel je '{names[close[0]]}'?)" if close else "")


def _checked(cell: Cell, column: str) -> Cell:
    """The cell, as text without the quote that keeps a spreadsheet from computing it."""
    if not column:
        raise Conflict("import-cel-zonder-kolom")
    if not isinstance(cell, str):
        return cell
    if cell.lstrip().startswith("="):
        raise Conflict("import-formule")
    if len(cell) > (MAX_CELL if column in FIXED else MAX_DAYS_CELL):
        raise Conflict("import-cel-te-lang")
    return _unquoted(cell.strip())


def _unquoted(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text


def _one_day(cell: Cell) -> date:
    if isinstance(cell, date):
        return cell
    text = cell.strip()
    if not text:
        raise Conflict("import-dag-leeg")
    iso, dutch = _ISO.fullmatch(text), _DUTCH.fullmatch(text)
    try:
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if dutch is not None:
            return date(int(dutch[3]), int(dutch[2]), int(dutch[1]))
    except ValueError:
        raise Conflict("import-dag-bestaat-niet") from None
    raise Conflict("import-dag-onleesbaar")


def _month(cell: Cell) -> date:
    """The first day of a month; of a whole day too, because the day is not kept."""
    found = _MONTH.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return _one_day(cell)
    return _one_day(f"{found[1] or found[4]}-{int(found[2] or found[3]):02}-01")


def _refused(row: SheetRow, column: str, refusal: Refusal) -> RefusedRow:
    return RefusedRow(number=row.number, column=column, refusal=refusal)


def _content(row: Incoming, team_id: int) -> str:
    days = [f"{event}={day}" for event, day in row.days]
    return "\n".join((str(team_id), row.kader, str(row.day), str(row.owner_id or ""), *days))


def _nonce(content: str, occurrence: int) -> str:
    digest = hashlib.sha256(f"{content}\n#{occurrence}".encode()).hexdigest()
    return NONCE_PREFIX + digest[:20]
