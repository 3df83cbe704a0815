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
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

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
    knowledge = reading.knowledge_base(national)
    reading.problems += _cross_check(reading, knowledge)
    if reading.problems:
        raise ContentError(reading.sorted_problems())
    return knowledge


@dataclass(frozen=True, slots=True)
class _Found(Generic[ModelT]):
    entry: ModelT
    file: Path
    node: yaml.Node

    def problem(self, what: str, *path: int | str) -> Problem:
        """`what`, at the line of the key that `path` leads to (the entry's first when none)."""
        return Problem(file=self.file, line=_line_of(self.node, path), what=what)


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

    def knowledge_base(self, national: Path) -> KnowledgeBase:
        if self.calendar is None:
            raise ContentError(
                [Problem(file=national / "calendar.yaml", line=1, what="de kalender ontbreekt")]
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
                yield _Found(entry, file, part)


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
        _refuse_impossible(node, loader)
        return node, loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "onleesbaar"
        line = mark.line + 1 if mark else 1
        raise _UnreadableError(
            line, f"geen geldige YAML ({reason}); controleer inspringing en aanhalingstekens"
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
        for key, _ in node.value:
            # "{{ naam }}" is a mapping as a key; "<<" takes over keys without showing them
            if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
                raise _UnreadableError(
                    key.start_mark.line + 1, "een sleutel moet een woord zijn; schrijf het uit"
                )
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


def _refuse_impossible(node: yaml.Node, loader: Any) -> None:
    """Refuse a value that looks like a date or number and is none, on its own line."""
    if isinstance(node, yaml.ScalarNode):
        try:
            loader.construct_object(node)
        except ValueError:
            raise _UnreadableError(
                node.start_mark.line + 1,
                f"'{node.value[:40]}' bestaat niet; controleer de datum (jjjj-mm-dd) of het getal",
            ) from None
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _refuse_impossible(key, loader)
            _refuse_impossible(value, loader)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_impossible(value, loader)


def _problems_of(error: ValidationError, node: yaml.Node, file: Path) -> Iterator[Problem]:
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and _has_deeper(details, detail["loc"]):
            continue  # pydantic leaves refused parts out of the count; the list is not too short
        where = ".".join(str(part) for part in detail["loc"]) or "bestand"
        yield Problem(
            file=file,
            line=_line_of(node, detail["loc"]),
            what=f"'{where}': {_remedy(detail['type'], detail['msg'], detail.get('ctx') or {})}",
        )


def _has_deeper(details: Iterable[ErrorDetails], path: tuple[int | str, ...]) -> bool:
    return any(
        len(detail["loc"]) > len(path) and detail["loc"][: len(path)] == path for detail in details
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
        "enum": f"kies uit: {context.get('expected')}".replace(" or ", " of "),
        "literal_error": f"kies uit: {context.get('expected')}".replace(" or ", " of "),
        "model_type": "hier horen sleutels met waarden te staan (sleutel: waarde)",
        "dict_type": "hier horen sleutels met waarden te staan (sleutel: waarde)",
        "tuple_type": "hier hoort een lijst te staan; zet elk deel op een regel met een streepje",
        "string_type": "hier hoort tekst te staan; zet de waarde tussen aanhalingstekens",
        "greater_than_equal": f"is te klein; kies {context.get('ge')} of meer",
        "less_than_equal": f"is te groot; kies {context.get('le')} of minder",
        "string_pattern_mismatch": "alleen kleine letters, cijfers en streepjes",
    }
    if kind.startswith("date"):
        return "geen bestaande datum; schrijf jjjj-mm-dd"
    if kind.startswith("int"):
        return "hier hoort een heel getal te staan"
    if kind.startswith("bool"):
        return "kies true of false"
    if kind.startswith("url"):
        return "geen volledig webadres; begin met https://"
    return remedies.get(kind, message.removeprefix("Value error, "))


def _cross_check(reading: _Reading, knowledge: KnowledgeBase) -> Iterator[Problem]:
    yield from _check_cards(reading, knowledge)
    yield from _check_norms(reading, knowledge)
    assert reading.calendar is not None  # noqa: S101 - knowledge_base() refused it otherwise
    for index, decree in enumerate(reading.calendar.entry.decrees):
        if decree.source.source not in knowledge.sources:
            yield reading.calendar.problem(
                f"bron '{decree.source.source}' bestaat niet; zet hem in sources.yaml",
                "besluiten",
                index,
                "bron",
            )


def _check_cards(reading: _Reading, knowledge: KnowledgeBase) -> Iterator[Problem]:
    first_use: dict[str, str] = {}
    for found in reading.cards.values():
        card = found.entry
        if card.topic not in knowledge.topics:
            yield found.problem(
                f"onderwerp '{card.topic}' bestaat niet; kies er een uit topics.yaml", "topic"
            )
        if card.norm and card.norm not in knowledge.norms:
            yield found.problem(f"norm '{card.norm}' bestaat niet; kies er een uit norms/", "norm")
        for index, related in enumerate(card.related):
            if related not in knowledge.cards:
                yield found.problem(
                    f"verwante kaart '{related}' bestaat niet; haal hem weg of maak hem",
                    "verwant",
                    index,
                )
        yield from _dead_sources(found, card.sources, knowledge)
        for index, phrasing in enumerate(card.phrasings):
            other = first_use.setdefault(" ".join(phrasing.lower().split()), card.id)
            if other != card.id:
                yield found.problem(
                    f"de vraag '{phrasing}' staat ook bij '{other}'; kies één kaart",
                    "vragen",
                    index,
                )


def _check_norms(reading: _Reading, knowledge: KnowledgeBase) -> Iterator[Problem]:
    used = {card.norm for card in knowledge.cards.values()}
    for found in reading.norms.values():
        norm = found.entry
        if norm.ladder not in knowledge.ladders:
            yield found.problem(
                f"ladder '{norm.ladder}' bestaat niet; kies er een uit ladders.yaml", "ladder"
            )
        for index, kader_id in enumerate(norm.kaders):
            kader = knowledge.kaders.get(kader_id)
            if kader is None:
                yield found.problem(
                    f"kader '{kader_id}' bestaat niet; kies er een uit kaders.yaml", "kaders", index
                )
            elif norm.start_event not in (kader.asks, *kader.also):
                yield found.problem(
                    f"kader '{kader_id}' kent de dag '{norm.start_event.value}' niet; "
                    "zet hem in kaders.yaml",
                    "kaders",
                    index,
                )
        if not norm.kaders and norm.id not in used:
            yield found.problem(
                "geen kader en geen kaart gebruikt deze norm; koppel hem of haal hem weg"
            )
        yield from _dead_sources(found, norm.sources, knowledge)
        for index, reading_ in enumerate(norm.other_readings):
            if reading_.source not in knowledge.sources:
                yield found.problem(
                    f"bron '{reading_.source}' bestaat niet; zet hem in sources.yaml",
                    "twijfel",
                    index,
                )


def _dead_sources(
    found: _Found[ModelT], sources: Iterable[SourceRef], knowledge: KnowledgeBase
) -> Iterator[Problem]:
    for index, ref in enumerate(sources):
        if ref.source not in knowledge.sources:
            yield found.problem(
                f"bron '{ref.source}' bestaat niet; zet hem in sources.yaml", "bronnen", index
            )


def _by_id(entry: Topic | Source | Card | Kader | Ladder) -> str:
    return entry.id


def _by_version(norm: Norm) -> tuple[str, int]:
    return norm.id, norm.version


def _entries_of(found: Mapping[str, _Found[ModelT]]) -> Mapping[str, ModelT]:
    return MappingProxyType({key: item.entry for key, item in found.items()})
