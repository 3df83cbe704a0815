"""Read the content, lay overlays on top, cross-check it -> KnowledgeBase (immutable).

An overlay is a folder of the same shape; what it names by an id that is already there replaces the
national entry. Every error names file, line and remedy; all are collected, none stops at the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.calendar import Calendar
from knowledge.models import (
    CalendarRules,
    Card,
    Kader,
    Ladder,
    Norm,
    Source,
    SourceRef,
    Topic,
)
from knowledge.refusals import UnknownNorm

NATIONAL = Path(__file__).parent / "content"
"""The content that comes with Koersbot."""

MAX_FILE_BYTES = 512 * 1024

ModelT = TypeVar("ModelT", bound=BaseModel)
Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in the content: where, what, and what to do about it (in Dutch)."""

    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class ContentError(Exception):
    """The content cannot be used. `problems` holds every reason, in order of file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class KnowledgeBase:
    """All content, checked. Norms hold every version, newest first."""

    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    cards: Mapping[str, Card]
    norms: Mapping[str, tuple[Norm, ...]]
    kaders: Mapping[str, Kader]
    ladders: Mapping[str, Ladder]
    calendar: Calendar

    def norm_on(self, norm_id: str, day: date) -> Norm:
        """The version of a norm that holds on `day`.

        Raises:
            UnknownNorm: there is no such norm, or no version of it holds on that day.
        """
        for norm in self.norms.get(norm_id, ()):
            if norm.validity.holds_on(day):
                return norm
        if norm_id in self.norms:
            raise UnknownNorm("norm-niet-geldig", norm=norm_id, dag=day)
        raise UnknownNorm("norm-onbekend", norm=norm_id, bekend=", ".join(sorted(self.norms)))

    def norm_version(self, norm_id: str, version: int) -> Norm:
        """A norm in the version a termijn was started with.

        Raises:
            UnknownNorm: the content no longer holds that version; content must keep ended ones.
        """
        for norm in self.norms.get(norm_id, ()):
            if norm.version == version:
                return norm
        raise UnknownNorm("norm-versie-weg", norm=norm_id, versie=version)

    def norms_for(self, kader: str, day: date) -> tuple[Norm, ...]:
        """The norms that a zaak of this kader gets by itself, valid on `day`, in order of id."""
        return tuple(
            norm
            for versions in self.norms.values()
            for norm in versions
            if kader in norm.kaders and norm.validity.holds_on(day)
        )

    @cached_property
    def cards_by_topic(self) -> Mapping[str, tuple[Card, ...]]:
        """Every topic with its cards."""
        return {
            topic: tuple(card for card in self.cards.values() if card.topic == topic)
            for topic in self.topics
        }


def load(overlays: Iterable[Path] = (), *, national: Path = NATIONAL) -> KnowledgeBase:
    """Read the national content and the overlays.

    Raises:
        ContentError: anything is missing, misspelt, doubled or points nowhere.
    """
    reading = _Reading()
    for folder in (national, *overlays):
        reading.read_folder(folder)
    if reading.problems:
        raise ContentError(reading.sorted_problems())
    knowledge = reading.knowledge_base()
    reading.problems += _cross_check(reading, knowledge)
    if reading.problems:
        raise ContentError(reading.sorted_problems())
    return knowledge


@dataclass(frozen=True, slots=True)
class _Found(Generic[ModelT]):
    entry: ModelT
    file: Path
    line: int

    def problem(self, what: str) -> Problem:
        return Problem(file=self.file, line=self.line, what=what)


class _Reading:
    """What has been read so far, by kind and id, with the place it came from."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.topics: dict[str, _Found[Topic]] = {}
        self.sources: dict[str, _Found[Source]] = {}
        self.cards: dict[str, _Found[Card]] = {}
        self.norms: dict[tuple[str, int], _Found[Norm]] = {}
        self.kaders: dict[str, _Found[Kader]] = {}
        self.ladders: dict[str, _Found[Ladder]] = {}
        self.calendar: _Found[CalendarRules] | None = None

    def sorted_problems(self) -> list[Problem]:
        return sorted(self.problems, key=lambda problem: (str(problem.file), problem.line))

    def read_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self.problems.append(
                Problem(file=folder, line=1, what="deze map bestaat niet; maak hem of haal hem weg")
            )
            return
        self._keep(self.topics, self._list(folder / "topics.yaml", Topic), _by_id)
        self._keep(self.sources, self._list(folder / "sources.yaml", Source), _by_id)
        self._keep(self.kaders, self._list(folder / "kaders.yaml", Kader), _by_id)
        self._keep(self.ladders, self._list(folder / "ladders.yaml", Ladder), _by_id)
        self._keep(self.cards, self._files(folder / "cards", Card), _by_id)
        self._keep(self.norms, self._files(folder / "norms", Norm), _by_version)
        for found in self._entries(folder / "calendar.yaml", CalendarRules, as_list=False):
            self.calendar = found

    def knowledge_base(self) -> KnowledgeBase:
        if self.calendar is None:
            raise ContentError(
                [Problem(file=NATIONAL / "calendar.yaml", line=1, what="de kalender ontbreekt")]
            )
        norms: dict[str, list[Norm]] = {}
        for found in sorted(self.norms.values(), key=lambda item: -item.entry.version):
            norms.setdefault(found.entry.id, []).append(found.entry)
        return KnowledgeBase(
            topics=_entries_of(self.topics),
            sources=_entries_of(self.sources),
            cards=_entries_of(self.cards),
            norms=MappingProxyType({key: tuple(norms[key]) for key in sorted(norms)}),
            kaders=_entries_of(self.kaders),
            ladders=_entries_of(self.ladders),
            calendar=Calendar(self.calendar.entry),
        )

    def _keep(self, into: dict, found: Iterable[_Found], key) -> None:  # type: ignore[no-untyped-def, type-arg]
        seen: set[object] = set()
        for item in found:
            name = key(item.entry)
            if name in seen:
                self.problems.append(
                    item.problem(f"'{name}' staat hier twee keer; haal er een weg")
                )
            seen.add(name)
            into[name] = item

    def _list(self, file: Path, model: type[ModelT]) -> Iterator[_Found[ModelT]]:
        return self._entries(file, model, as_list=True)

    def _files(self, folder: Path, model: type[ModelT]) -> Iterator[_Found[ModelT]]:
        for file in sorted(folder.glob("*.yaml")):
            for found in self._entries(file, model, as_list=False):
                name = str(getattr(found.entry, "id", ""))
                if not (file.stem == name or file.stem.startswith(f"{name}.v")):
                    self.problems.append(
                        found.problem(
                            f"het bestand heet anders dan id '{name}'; noem het {name}.yaml"
                        )
                    )
                yield found

    def _entries(
        self, file: Path, model: type[ModelT], *, as_list: bool
    ) -> Iterator[_Found[ModelT]]:
        if not file.exists():
            return
        try:
            node, data = _parse(file)
        except _UnreadableError as error:
            self.problems.append(Problem(file=file, line=error.line, what=error.what))
            return
        if not as_list:
            pairs: list[tuple[yaml.Node, object]] = [(node, data)]
        elif isinstance(data, list):
            pairs = list(zip(node.value, data, strict=True))
        else:
            self.problems.append(Problem(file=file, line=1, what="hier hoort een lijst te staan"))
            return
        for part, value in pairs:
            try:
                entry = model.model_validate(value)
            except ValidationError as error:
                self.problems += _problems_of(error, part, file)
            else:
                yield _Found(entry, file, part.start_mark.line + 1)


class _UnreadableError(Exception):
    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


def _parse(file: Path) -> tuple[yaml.Node, object]:
    """The YAML tree of a file (for line numbers) and its value. One parse, no aliases."""
    if file.stat().st_size > MAX_FILE_BYTES:
        raise _UnreadableError(
            1, f"het bestand is groter dan {MAX_FILE_BYTES // 1024} kB; splits het"
        )
    loader = Loader(file.read_bytes())
    try:
        node = loader.get_single_node()
        if node is None:
            raise _UnreadableError(1, "het bestand is leeg")
        _refuse_tricks(node, set())
        return node, loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "onleesbaar"
        line = mark.line + 1 if mark else 1
        raise _UnreadableError(
            line, f"geen geldige YAML ({reason}); controleer inspringing en aanhalingstekens"
        ) from None
    except ValueError as error:
        raise _UnreadableError(
            1, f"een waarde is onmogelijk ({error}); controleer de datums"
        ) from None
    finally:
        loader.dispose()


def _refuse_tricks(node: yaml.Node, seen: set[int]) -> None:
    """Refuse what hides an error: a key given twice, and aliases (a small file that grows huge)."""
    if id(node) in seen:
        raise _UnreadableError(
            node.start_mark.line + 1, "gebruik geen verwijzingen (& en *); schrijf het uit"
        )
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys = Counter(key.value for key, _ in node.value)
        for key, value in node.value:
            if keys[key.value] > 1:
                raise _UnreadableError(
                    key.start_mark.line + 1, f"'{key.value}' staat er twee keer; haal er een weg"
                )
            _refuse_tricks(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_tricks(value, seen)


def _problems_of(error: ValidationError, node: yaml.Node, file: Path) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        where = ".".join(str(part) for part in detail["loc"]) or "bestand"
        yield Problem(
            file=file,
            line=_line_of(node, detail["loc"]),
            what=f"'{where}': {_remedy(detail['type'], detail['msg'], detail.get('ctx') or {})}",
        )


def _line_of(node: yaml.Node, path: Sequence[int | str]) -> int:
    line: int = node.start_mark.line + 1
    for part in path:
        child = None
        if isinstance(node, yaml.MappingNode):
            child = next((value for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            child = node.value[part] if part < len(node.value) else None
        if child is None:
            break
        node, line = child, child.start_mark.line + 1
    return line


def _remedy(kind: str, message: str, context: Mapping[str, object]) -> str:
    remedies = {
        "missing": "ontbreekt; vul het in",
        "extra_forbidden": "deze sleutel bestaat niet; controleer de spelling",
        "string_too_long": f"is te lang; kort het in tot {context.get('max_length')} tekens",
        "string_too_short": f"is te kort (minstens {context.get('min_length')} tekens)",
        "too_short": "mag niet leeg zijn; geef er minstens een paar",
        "enum": f"kies uit: {context.get('expected')}",
        "literal_error": f"kies uit: {context.get('expected')}",
        "string_pattern_mismatch": "alleen kleine letters, cijfers en streepjes",
    }
    if kind.startswith("date"):
        return "geen bestaande datum; schrijf jjjj-mm-dd"
    return remedies.get(kind, message.removeprefix("Value error, "))


def _cross_check(reading: _Reading, knowledge: KnowledgeBase) -> Iterator[Problem]:
    yield from _check_cards(reading, knowledge)
    yield from _check_norms(reading, knowledge)
    assert reading.calendar is not None  # noqa: S101 - knowledge_base() refused it otherwise
    for decree in reading.calendar.entry.decrees:
        yield from _dead_sources(reading.calendar, [decree.source], knowledge)


def _check_cards(reading: _Reading, knowledge: KnowledgeBase) -> Iterator[Problem]:
    first_use: dict[str, str] = {}
    for found in reading.cards.values():
        card = found.entry
        if card.topic not in knowledge.topics:
            yield found.problem(
                f"onderwerp '{card.topic}' bestaat niet; kies er een uit topics.yaml"
            )
        if card.norm and card.norm not in knowledge.norms:
            yield found.problem(f"norm '{card.norm}' bestaat niet; kies er een uit norms/")
        for related in card.related:
            if related not in knowledge.cards:
                yield found.problem(
                    f"verwante kaart '{related}' bestaat niet; haal hem weg of maak hem"
                )
        yield from _dead_sources(found, card.sources, knowledge)
        for phrasing in card.phrasings:
            other = first_use.setdefault(" ".join(phrasing.lower().split()), card.id)
            if other != card.id:
                yield found.problem(
                    f"de vraag '{phrasing}' staat ook bij '{other}'; kies één kaart"
                )


def _check_norms(reading: _Reading, knowledge: KnowledgeBase) -> Iterator[Problem]:
    used = {card.norm for card in knowledge.cards.values()}
    for found in reading.norms.values():
        norm = found.entry
        if norm.ladder not in knowledge.ladders:
            yield found.problem(
                f"ladder '{norm.ladder}' bestaat niet; kies er een uit ladders.yaml"
            )
        for kader_id in norm.kaders:
            kader = knowledge.kaders.get(kader_id)
            if kader is None:
                yield found.problem(f"kader '{kader_id}' bestaat niet; kies er een uit kaders.yaml")
            elif norm.start_event not in (kader.asks, *kader.also):
                yield found.problem(
                    f"kader '{kader_id}' kent de dag '{norm.start_event.value}' niet; "
                    "zet hem in kaders.yaml"
                )
        if not norm.kaders and norm.id not in used:
            yield found.problem(
                "geen kader en geen kaart gebruikt deze norm; koppel hem of haal hem weg"
            )
        yield from _dead_sources(found, norm.sources, knowledge)
        for reading_ in norm.other_readings:
            if reading_.source not in knowledge.sources:
                yield found.problem(
                    f"bron '{reading_.source}' bestaat niet; zet hem in sources.yaml"
                )


def _dead_sources(
    found: _Found[ModelT], sources: Iterable[SourceRef], knowledge: KnowledgeBase
) -> Iterator[Problem]:
    for ref in sources:
        if ref.source not in knowledge.sources:
            yield found.problem(f"bron '{ref.source}' bestaat niet; zet hem in sources.yaml")


def _by_id(entry: Topic | Source | Card | Kader | Ladder) -> str:
    return entry.id


def _by_version(norm: Norm) -> tuple[str, int]:
    return norm.id, norm.version


def _entries_of(found: Mapping[str, _Found[ModelT]]) -> Mapping[str, ModelT]:
    return MappingProxyType({key: item.entry for key, item in found.items()})
