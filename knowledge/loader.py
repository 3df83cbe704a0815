"""Read the content, lay overlays on top, cross-check it -> KnowledgeBase (immutable).

An overlay is a folder of the same shape, of one organisation. What it names by an id that is there
already replaces the national entry; `uit.yaml` switches entries off. The national files stay as
they are. Two overlays that say something of the same id contradict each other, which is an error.
Every error names file, line and remedy; all are collected, none stops at the first.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from knowledge import links
from knowledge.calendar import Calendar
from knowledge.layers import Layers
from knowledge.models import (
    Card,
    Contact,
    Figure,
    Outside,
    Reason,
    Region,
    Source,
    Term,
    Topic,
)
from knowledge.norm_models import Event, Kader, Ladder, Norm
from knowledge.refusals import UnknownNorm
from knowledge.yaml_files import MAX_FILE_BYTES, ContentError, Problem

__all__ = [
    "EXAMPLE",
    "EXAMPLE_REGION",
    "MAX_FILE_BYTES",
    "NATIONAL",
    "ContentError",
    "KnowledgeBase",
    "Problem",
    "load",
    "load_with_places",
]

NATIONAL = Path(__file__).parent / "content"
"""The content that comes with Koersbot."""

EXAMPLE = Path(__file__).parent / "voorbeeld"
"""The overlay of a fictional organisation: an example to copy, and what the demo shows."""

EXAMPLE_REGION = "brugland"


@dataclass(frozen=True)
class KnowledgeBase:
    """All content, checked. Norms hold every version, newest first.

    What an organisation switched off is gone, but for norms: running termijnen keep the version
    they started with, so a norm that is off stays and starts nothing new (`norms_off`).
    """

    topics: Mapping[str, Topic]
    regions: Mapping[str, Region]
    events: Mapping[str, Event]
    sources: Mapping[str, Source]
    cards: Mapping[str, Card]
    norms: Mapping[str, tuple[Norm, ...]]
    norms_off: frozenset[str]
    kaders: Mapping[str, Kader]
    ladders: Mapping[str, Ladder]
    figures: Mapping[str, Figure]
    terms: Mapping[str, Term]
    contacts: Mapping[str, Contact]
    reasons: Mapping[str, Reason]
    outside: Mapping[str, Outside]
    calendar: Calendar

    def norm_on(self, norm_id: str, day: date) -> Norm:
        """The version of a norm that holds on `day`.

        Raises:
            UnknownNorm: there is no such norm, or no version of it holds on that day.
        """
        if norm_id in self.norms_off or norm_id not in self.norms:
            known = ", ".join(sorted(set(self.norms) - self.norms_off))
            raise UnknownNorm("norm-onbekend", norm=norm_id, bekend=known)
        for norm in self.norms[norm_id]:
            if norm.validity.holds_on(day):
                return norm
        raise UnknownNorm("norm-niet-geldig", norm=norm_id, dag=day)

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
        """The norms that a zaak of this kader gets by itself on `day`, in order of id.

        Of each norm the newest version that holds, so that an organisation's own one, which has the
        higher number, goes before the national one. A norm that lies over another is not among
        them: it gives no termijn of its own (`stricter_for`).
        """
        return tuple(
            norm
            for norm in self._in_force(day)
            if kader in norm.kaders and norm.stricter_than is None
        )

    def norms_from(self, event: str, kader: str, day: date) -> tuple[Norm, ...]:
        """The norms that start when `event` is recorded on `day` in a zaak of this kader.

        Those that name the kader, and those that name none where the kader knows the event as
        something that may happen; in order of id, versions as in `norms_for`.
        """
        happens = kader in self.kaders and event in self.kaders[kader].happenings
        return tuple(
            norm
            for norm in self._in_force(day)
            if norm.start_event == event
            and norm.stricter_than is None
            and (kader in norm.kaders or (happens and not norm.kaders))
        )

    def stricter_for(self, norm_id: str, day: date) -> tuple[Norm, ...]:
        """An organisation's own norms that lie over this one on `day`, in order of id."""
        return tuple(norm for norm in self._in_force(day) if norm.stricter_than == norm_id)

    def team_norms(self, day: date) -> tuple[Norm, ...]:
        """The norms that a team has to meet on `day`, in order of id."""
        return tuple(norm for norm in self._in_force(day) if norm.concerns == "team")

    def _in_force(self, day: date) -> Iterator[Norm]:
        """Of each norm that is not off the newest version that holds on `day`, in order of id."""
        for norm_id, versions in self.norms.items():
            newest = next((norm for norm in versions if norm.validity.holds_on(day)), None)
            if newest is not None and norm_id not in self.norms_off:
                yield newest

    def regions_of(self, region: str | None) -> tuple[str, ...]:
        """A person's own region and the larger ones around it, nearest first; none without one."""
        around = []
        while region is not None and region in self.regions and region not in around:
            around.append(region)
            region = self.regions[region].within
        return tuple(around)

    @cached_property
    def cards_by_topic(self) -> Mapping[str, tuple[Card, ...]]:
        """Every topic with its cards."""
        return {
            topic: tuple(card for card in self.cards.values() if card.topic == topic)
            for topic in self.topics
        }

    @cached_property
    def always_reachable(self) -> tuple[Contact, ...]:
        """Whom to call when danger can play, in the order of the file."""
        return tuple(contact for contact in self.contacts.values() if contact.always)


def load(overlays: Iterable[Path] = (), *, national: Path = NATIONAL) -> KnowledgeBase:
    """Read the national content and the overlays.

    Raises:
        ContentError: anything is missing, misspelt, doubled, contradictory or points nowhere.
    """
    return load_with_places(overlays, national=national)[0]


def load_with_places(
    overlays: Iterable[Path] = (), *, national: Path = NATIONAL
) -> tuple[KnowledgeBase, Layers]:
    """The same, with the place of every entry, for tools that tell an editor where to look.

    Raises:
        ContentError: as `load`.
    """
    with _collector_paused():
        layers = Layers()
        for folder in (national, *overlays):
            layers.read(folder)
        layers.settle(national)
        if layers.problems:
            raise ContentError(layers.sorted_problems())
        knowledge = _knowledge_base(layers)
        layers.problems += links.problems(layers)
    if layers.problems:
        raise ContentError(layers.sorted_problems())
    return knowledge, layers


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Reading makes some hundred thousand small objects that all stay while it lasts.

    Python's garbage collector would walk them again and again for nothing: a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _knowledge_base(layers: Layers) -> KnowledgeBase:
    assert layers.calendar is not None  # noqa: S101 - settle() reported it otherwise
    norms: dict[str, list[Norm]] = {}
    for found in sorted(layers.norms.values(), key=lambda item: -item.entry.version):
        norms.setdefault(found.entry.id, []).append(found.entry)
    return KnowledgeBase(
        topics=layers.entries(layers.topics),
        regions=layers.entries(layers.regions),
        events=layers.entries(layers.events),
        sources=layers.entries(layers.sources),
        cards=MappingProxyType({key: layers.card(found) for key, found in layers.cards.items()}),
        norms=MappingProxyType({key: tuple(norms[key]) for key in sorted(norms)}),
        norms_off=frozenset(layers.off["norms"]),
        kaders=layers.entries(layers.kaders),
        ladders=layers.entries(layers.ladders),
        figures=layers.entries(layers.figures),
        terms=layers.entries(layers.terms),
        contacts=layers.entries(layers.contacts),
        reasons=layers.entries(layers.reasons),
        outside=layers.entries(layers.outside),
        calendar=Calendar(layers.calendar.entry),
    )
