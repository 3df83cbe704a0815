"""What the content was made from: the researched facts and the rows of the five policy documents.

The register is for editors: it says of every fact and row what serves it, or why nothing does. The
running bot never reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field

from knowledge.loader import NATIONAL, KnowledgeBase
from knowledge.models import ContentModel, FactId, Sentence, SystemId
from knowledge.norm_models import Norm
from knowledge.yaml_files import ContentError, Found, Problem, Reader

FOLDER = NATIONAL / "register"


class FactRow(ContentModel):
    """A researched fact. `reason` says why nothing rests on it."""

    id: FactId
    status: Literal["verified", "disputed", "memory"]
    reason: Sentence | None = Field(default=None, alias="reden")


class SystemRow(ContentModel):
    """A row of the policy documents. `reason` says why nothing serves it."""

    id: SystemId
    name: Sentence = Field(alias="naam")
    document: Sentence = Field(alias="document")
    reason: Sentence | None = Field(default=None, alias="reden")


_Row = TypeVar("_Row", FactRow, SystemRow)


@dataclass(frozen=True, slots=True)
class Register:
    """Every fact and every row, by id, with their place in the register's files."""

    facts: Mapping[str, Found[FactRow]]
    systems: Mapping[str, Found[SystemRow]]


def load_register(folder: Path = FOLDER) -> Register:
    """Read the register.

    Raises:
        ContentError: a row is misspelt or stands twice.
    """
    reader = Reader()
    facts = _rows(reader, list(reader.one_list(folder / "feiten.yaml", FactRow)))
    systems = _rows(reader, list(reader.one_list(folder / "systemen.yaml", SystemRow)))
    if reader.problems:
        raise ContentError(reader.problems)
    return Register(facts, systems)


def _rows(reader: Reader, found: Sequence[Found[_Row]]) -> dict[str, Found[_Row]]:
    rows: dict[str, Found[_Row]] = {}
    for item in found:
        if item.entry.id in rows:
            reader.problems.append(
                item.problem(f"'{item.entry.id}' staat hier twee keer; haal er een weg")
            )
        rows[item.entry.id] = item
    return rows


def facts_used(knowledge: KnowledgeBase) -> dict[str, list[str]]:
    """Every fact with what rests on it, such as `kaart vots`."""
    used: dict[str, list[str]] = {}
    for card in knowledge.cards.values():
        _add(used, card.facts, f"kaart {card.id}")
    for norm in _norms(knowledge):
        _add(used, norm.facts, f"norm {norm.id}")
    return used


def systems_served(knowledge: KnowledgeBase) -> dict[str, list[str]]:
    """Every row with what serves it, such as `kaart vots` or `cijfer te-laat`."""
    served: dict[str, list[str]] = {}
    for card in knowledge.cards.values():
        _add(served, card.systems, f"kaart {card.id}")
    for norm in _norms(knowledge):
        _add(served, norm.systems, f"norm {norm.id}")
    for ladder in knowledge.ladders.values():
        _add(served, ladder.systems, f"ladder {ladder.id}")
    for figure in knowledge.figures.values():
        _add(served, figure.systems, f"cijfer {figure.id}")
    return served


def problems(knowledge: KnowledgeBase, register: Register) -> Iterator[Problem]:
    """Facts and rows that nothing serves and no reason is given for, and reasons beside a use."""
    must_be_used = {
        fact_id: found
        for fact_id, found in register.facts.items()
        if found.entry.status != "memory" or found.entry.reason
    }
    yield from _unserved(must_be_used, facts_used(knowledge), "feit")
    yield from _unserved(register.systems, systems_served(knowledge), "rij")


def _unserved(
    rows: Mapping[str, Found[_Row]], served: Mapping[str, Sequence[str]], what: str
) -> Iterator[Problem]:
    for row_id, found in rows.items():
        by = served.get(row_id)
        if not by and not found.entry.reason:
            yield found.problem(
                f"{what} '{row_id}' wordt door niets gebruikt; gebruik het of geef een 'reden'"
            )
        elif by and found.entry.reason:
            yield found.problem(f"{what} '{row_id}' wordt gebruikt door {by[0]}; haal 'reden' weg")


def _norms(knowledge: KnowledgeBase) -> Iterator[Norm]:
    return (norm for versions in knowledge.norms.values() for norm in versions)


def _add(into: dict[str, list[str]], keys: Iterable[str], what: str) -> None:
    for key in keys:
        into.setdefault(key, []).append(what)
