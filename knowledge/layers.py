"""The national content and the overlays on it: what is read, what replaces what, what is off.

National entries are layer 0; every overlay is a layer of its own, all of the same height: none goes
before another, so two of them may not speak of the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from knowledge.models import (
    Card,
    Contact,
    Figure,
    Outside,
    Reason,
    ReasonKind,
    Region,
    Source,
    SwitchedOff,
    Term,
    Topic,
)
from knowledge.norm_models import CalendarRules, Event, Kader, Ladder, Norm
from knowledge.yaml_files import Found, ModelT, Problem, Reader

OWN_VERSIONS_FROM = 101
"""Versions of an organisation's own norms: never a number that a national version may get."""


KeyT = TypeVar("KeyT", str, tuple[str, int])


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


class Layers:
    """Everything read so far, by kind and id, with the place it came from."""

    def __init__(self) -> None:
        self._reader = Reader()
        self.topics: dict[str, Found[Topic]] = {}
        self.regions: dict[str, Found[Region]] = {}
        self.events: dict[str, Found[Event]] = {}
        self.sources: dict[str, Found[Source]] = {}
        self.cards: dict[str, Found[Card]] = {}
        self.norms: dict[tuple[str, int], Found[Norm]] = {}
        self.kaders: dict[str, Found[Kader]] = {}
        self.ladders: dict[str, Found[Ladder]] = {}
        self.figures: dict[str, Found[Figure]] = {}
        self.terms: dict[str, Found[Term]] = {}
        self.contacts: dict[str, Found[Contact]] = {}
        self.reasons: dict[str, Found[Reason]] = {}
        self.outside: dict[str, Found[Outside]] = {}
        self.calendar: Found[CalendarRules] | None = None
        self.off: dict[str, set[str]] = {
            kind: set() for kind in ("cards", "norms", "ladders", "contacts", "reasons")
        }
        self._switches: list[Found[SwitchedOff]] = []
        self._replaced: dict[str, Card] = {}

    @property
    def problems(self) -> list[Problem]:
        """Everything wrong so far, in the order it was met."""
        return self._reader.problems

    @problems.setter
    def problems(self, problems: list[Problem]) -> None:
        self._reader.problems = problems

    def sorted_problems(self) -> list[Problem]:
        """The problems in order of file and line."""
        return sorted(self.problems, key=lambda problem: (str(problem.file), problem.line))

    def read(self, folder: Path) -> None:
        """Read one folder: the national one first, then each overlay."""
        if not folder.is_dir():
            self.problems.append(
                Problem(file=folder, line=1, what="deze map bestaat niet; maak hem of haal hem weg")
            )
            return
        reader = self._reader
        self._keep(self.topics, reader.one_list(folder / "topics.yaml", Topic), _by_id)
        self._keep(self.regions, reader.one_list(folder / "regions.yaml", Region), _by_id)
        self._keep(self.events, reader.one_list(folder / "events.yaml", Event), _by_id)
        self._keep(self.sources, reader.one_list(folder / "sources.yaml", Source), _by_id)
        self._keep(self.kaders, reader.one_list(folder / "kaders.yaml", Kader), _by_id)
        self._keep(self.ladders, reader.one_list(folder / "ladders.yaml", Ladder), _by_id)
        self._keep(self.figures, reader.one_list(folder / "figures.yaml", Figure), _by_id)
        self._keep(self.terms, reader.one_list(folder / "glossary.yaml", Term), _by_id)
        self._keep(self.contacts, reader.one_list(folder / "contacts.yaml", Contact), _by_id)
        self._keep(self.reasons, reader.one_list(folder / "reasons.yaml", Reason), _by_id)
        self._keep(self.outside, reader.one_list(folder / "outside.yaml", Outside), _by_id)
        national_cards = dict(self.cards) if reader.layer else {}
        self._keep(self.cards, reader.folder(folder / "cards", Card), _by_id)
        for key, before in national_cards.items():
            if self.cards[key] is not before and before.layer == 0:
                self._replaced[key] = before.entry
        self._keep(self.norms, reader.folder(folder / "norms", Norm), _by_version)
        for found in reader.one(folder / "calendar.yaml", CalendarRules):
            if self.calendar is not None and self.calendar.layer:
                self.problems.append(
                    found.problem(
                        f"de kalender staat ook in {self.calendar.file}; "
                        "twee eigen mappen mogen niet hetzelfde vervangen"
                    )
                )
            self.calendar = found
        if reader.layer:
            self._switches += reader.one(folder / "uit.yaml", SwitchedOff)
        reader.layer += 1

    def settle(self, national: Path) -> None:
        """Switch off what the overlays switch off, and report what cannot be or contradicts."""
        if self.calendar is None and not self.problems:
            self.problems.append(
                Problem(file=national / "calendar.yaml", line=1, what="de kalender ontbreekt")
            )
        self._check_own_norms()
        for switch in self._switches:
            off = switch.entry
            self._switch_off(switch, "kaarten", off.cards, self.cards)
            self.off["cards"].update(off.cards)
            self._switch_off(switch, "ladders", off.ladders, self.ladders)
            self.off["ladders"].update(off.ladders)
            self._switch_off(switch, "contacten", off.contacts, self.contacts)
            self.off["contacts"].update(off.contacts)
            self._switch_off(switch, "redenen", off.reasons, self.reasons)
            self.off["reasons"].update(off.reasons)
            self._switch_norms_off(switch)
        for kind in ReasonKind:
            reasons = [found.entry.kind for found in self.reasons.values()]
            for switch in self._switches:
                if switch.entry.reasons and kind not in reasons:
                    self.problems.append(
                        switch.problem(
                            f"zo blijft er geen reden over voor '{kind.value}'; laat er een aan",
                            "redenen",
                        )
                    )

    def card(self, found: Found[Card]) -> Card:
        """A card as it is shown: without links to what an organisation switched off.

        A card that replaces a national one of the same topic is found by the same questions.
        """
        card = found.entry
        changes: dict[str, object] = {}
        replaced = self._replaced.get(card.id)
        if replaced is not None and replaced.topic == card.topic:
            asked = (*card.own_phrasings, *replaced.own_phrasings)
            changes["own_phrasings"] = tuple(dict.fromkeys(asked))
            changes["voices"] = card.voices or replaced.voices
        for field, off in (
            ("related", self.off["cards"]),
            ("norms", self.off["norms"]),
            ("contacts", self.off["contacts"]),
        ):
            kept = tuple(link for link in getattr(card, field) if link not in off)
            if len(kept) != len(getattr(card, field)):
                changes[field] = kept
        return card.model_copy(update=changes) if changes else card

    def entries(self, found: Mapping[str, Found[ModelT]]) -> Mapping[str, ModelT]:
        """The entries of one kind, read-only."""
        return MappingProxyType({key: item.entry for key, item in found.items()})

    def _keep(
        self,
        into: dict[KeyT, Found[ModelT]],
        found: Iterable[Found[ModelT]],
        key: Callable[[ModelT], KeyT],
    ) -> None:
        seen: set[KeyT] = set()
        for item in found:
            name = key(item.entry)
            if name in seen:
                self.problems.append(
                    item.problem(f"'{_named(name)}' staat hier twee keer; haal er een weg")
                )
            elif name in into and 0 < into[name].layer < item.layer:
                self.problems.append(
                    item.problem(
                        f"'{_named(name)}' staat ook in {into[name].file}; "
                        "twee eigen mappen mogen niet hetzelfde vervangen"
                    )
                )
            seen.add(name)
            into[name] = item

    def _check_own_norms(self) -> None:
        for found in self.norms.values():
            if found.layer and found.entry.version < OWN_VERSIONS_FROM:
                self.problems.append(
                    found.problem(
                        f"een eigen norm begint bij versie {OWN_VERSIONS_FROM}; "
                        "zo houden lopende termijnen de norm waarmee ze begonnen",
                        "versie",
                    )
                )

    def _switch_off(
        self,
        switch: Found[SwitchedOff],
        key: str,
        ids: tuple[str, ...],
        entries: dict[str, Found[ModelT]],
    ) -> None:
        for index, name in enumerate(ids):
            found = entries.get(name)
            if found is None:
                what = f"'{name}' bestaat niet of is al uitgezet; haal de regel weg"
            elif found.layer:
                what = f"'{name}' staat in {found.file} en staat hier uit; kies een van beide"
            elif isinstance(found.entry, Contact) and found.entry.always:
                what = f"'{name}' hoort er altijd te staan; vervang hem in plaats van uitzetten"
            else:
                del entries[name]
                continue
            self.problems.append(switch.problem(what, key, index))

    def _switch_norms_off(self, switch: Found[SwitchedOff]) -> None:
        for index, name in enumerate(switch.entry.norms):
            versions = [found for (norm, _), found in self.norms.items() if norm == name]
            own = next((found for found in versions if found.layer), None)
            if not versions or name in self.off["norms"]:
                what = f"'{name}' bestaat niet of is al uitgezet; haal de regel weg"
            elif own:
                what = f"'{name}' staat in {own.file} en staat hier uit; kies een van beide"
            else:
                self.off["norms"].add(name)
                continue
            self.problems.append(switch.problem(what, "normen", index))


def _by_id(entry: _HasId) -> str:
    return entry.id


def _by_version(norm: Norm) -> tuple[str, int]:
    return norm.id, norm.version


def _named(key: str | tuple[str, int]) -> str:
    return key if isinstance(key, str) else f"{key[0]} versie {key[1]}"
