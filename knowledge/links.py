"""Does everything that the content names exist, and is everything in it used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from knowledge.calendar import Calendar
from knowledge.layers import Layers
from knowledge.models import Card, SourceRef
from knowledge.norm_models import Force, Norm, Roll
from knowledge.refusals import ImpossibleDate
from knowledge.search import normalise
from knowledge.statutory import Exempt, exempt
from knowledge.termijnen import for_norm
from knowledge.yaml_files import Found, ModelT, Problem


def problems(layers: Layers) -> Iterator[Problem]:
    """Every dead link, doubled question and unused norm, each at its place with its remedy."""
    yield from _cards(layers)
    yield from _phrasings(layers)
    yield from _norms(layers)
    yield from _kaders(layers)
    yield from _regions(layers)
    yield from _terms(layers)
    for contact in layers.contacts.values():
        yield from _sources(layers, contact, contact.entry.sources)
    assert layers.calendar is not None  # noqa: S101 - settle() reported it otherwise
    for index, decree in enumerate(layers.calendar.entry.decrees):
        yield from _dead(
            layers.calendar,
            layers.sources,
            decree.source.source,
            SOURCE,
            "besluiten",
            index,
            "bron",
        )


SOURCE = "bron '{}' bestaat niet; zet hem in sources.yaml"
TOPIC = "onderwerp '{}' bestaat niet; kies er een uit topics.yaml"
CARD = "kaart '{}' bestaat niet; haal hem weg of maak hem"
REGION = "regio '{}' bestaat niet; zet hem in regions.yaml"
EVENT = "gebeurtenis '{}' bestaat niet; zet hem in events.yaml"
KADER = "kader '{}' bestaat niet; kies er een uit kaders.yaml"


def _cards(layers: Layers) -> Iterator[Problem]:
    norm_ids = {norm_id for norm_id, _ in layers.norms}
    for found in layers.cards.values():
        card = found.entry
        yield from _dead(found, layers.topics, card.topic, TOPIC, "topic")
        yield from _dead(found, layers.regions, card.region, REGION, "regio")
        for index, norm in enumerate(card.norms):
            if norm not in norm_ids:
                yield found.problem(
                    f"norm '{norm}' bestaat niet; kies er een uit norms/", "normen", index
                )
        for index, contact in enumerate(card.contacts):
            if not _off(layers, found, "contacts", contact):
                yield from _dead(
                    found,
                    layers.contacts,
                    contact,
                    "contact '{}' bestaat niet; zet hem in contacts.yaml",
                    "contacten",
                    index,
                )
        for index, related in enumerate(card.related):
            if not _off(layers, found, "cards", related):
                yield from _dead(found, layers.cards, related, "verwante " + CARD, "verwant", index)
        if card.replaced_by and not _off(layers, found, "cards", card.replaced_by):
            yield from _dead(found, layers.cards, card.replaced_by, CARD, "vervangen_door")
        yield from _sources(layers, found, card.sources)
        yield from _reviews(found, card)


def _off(layers: Layers, found: Found[ModelT], kind: str, name: str) -> bool:
    """A national entry may name what an organisation switched off; its own entries may not."""
    return found.layer == 0 and name in layers.off[kind]


def _reviews(found: Found[Card], card: Card) -> Iterator[Problem]:
    own = {ref.source for ref in card.sources}
    for index, review in enumerate(card.reviews):
        if review.source not in own:
            yield found.problem(
                f"bron '{review.source}' is geen bron van deze kaart; "
                "noem de bron die is nagelezen",
                "beoordeeld",
                index,
                "bron",
            )


def _phrasings(layers: Layers) -> Iterator[Problem]:
    """One way of asking belongs to one card, and what is not ours is no question of a card."""
    first_use: dict[str, str] = {}
    for found in layers.cards.values():
        card = found.entry
        lists = [("vragen",), *(("vragen_van", voice.value) for voice in card.voices)]
        for path, lines in zip(lists, [card.own_phrasings, *card.voices.values()], strict=True):
            for index, phrasing in enumerate(lines):
                yield from _doubled(found, first_use, phrasing, card.id, *path, index)
    for group in layers.outside.values():
        for index, phrasing in enumerate(group.entry.phrasings):
            yield from _doubled(group, first_use, phrasing, group.entry.id, "vragen", index)


def _doubled(
    found: Found[ModelT], first_use: dict[str, str], phrasing: str, owner: str, *path: str | int
) -> Iterator[Problem]:
    other = first_use.setdefault(normalise(phrasing), owner)
    if other != owner:
        yield found.problem(f"de vraag '{phrasing}' staat ook bij '{other}'; kies één kaart", *path)


def _norms(layers: Layers) -> Iterator[Problem]:
    used = {norm for found in layers.cards.values() for norm in found.entry.norms}
    happening = {event for found in layers.kaders.values() for event in found.entry.happenings}
    for found in layers.norms.values():
        norm = found.entry
        if norm.ladder not in layers.ladders:
            switched = (
                " en is uitgezet; vervang hem" if norm.ladder in layers.off["ladders"] else ""
            )
            yield found.problem(
                f"ladder '{norm.ladder}' bestaat niet{switched}; kies er een uit ladders.yaml",
                "ladder",
            )
        yield from _dead(found, layers.regions, norm.region, REGION, "regio")
        yield from _dead(found, layers.events, norm.start_event, EVENT, "gebeurtenis")
        if norm.ends_on is not None:
            yield from _dead(found, layers.events, norm.ends_on, EVENT, "einde_volgens")
        if norm.gives is not None:
            yield from _dead(found, layers.events, norm.gives, EVENT, "geeft")
        yield from _kaders_of(layers, found)
        reached = (
            norm.kaders
            or norm.id in used
            or norm.concerns == "team"
            or norm.stricter_than is not None  # reached through the norm it lies over
            or norm.start_event in happening
        )
        if not reached:
            yield found.problem(
                "geen kader en geen kaart gebruikt deze norm; koppel hem of haal hem weg"
            )
        yield from _sources(layers, found, norm.sources)
        yield from _readings(layers, found, norm)
        yield from _rolling_on(found)
        yield from _stricter(layers, found)


def _kaders_of(layers: Layers, found: Found[Norm]) -> Iterator[Problem]:
    norm = found.entry
    for index, kader_id in enumerate(norm.kaders):
        kader = layers.kaders.get(kader_id)
        if kader is None:
            yield from _dead(found, layers.kaders, kader_id, KADER, "kaders", index)
            continue
        if norm.start_event not in kader.entry.events:
            yield found.problem(
                f"kader '{kader_id}' kent de dag '{norm.start_event}' niet; zet hem in kaders.yaml",
                "kaders",
                index,
            )
        known = {*kader.entry.events, *kader.entry.happenings}
        if norm.ends_on in layers.events and norm.ends_on not in known:
            yield found.problem(
                f"kader '{kader_id}' kent de dag '{norm.ends_on}' niet; zet hem in kaders.yaml",
                "einde_volgens",
            )


def _readings(layers: Layers, found: Found[Norm], norm: Norm) -> Iterator[Problem]:
    for index, reading in enumerate(norm.other_readings):
        yield from _dead(found, layers.sources, reading.source, SOURCE, "twijfel", index)


NOT_ROLLING_ON = {
    Exempt.TERUG: "wie terugrekent, schuift niet door naar later (Algemene termijnenwet, "
    "art. 1 lid 2); kies none of previous",
    Exempt.LANG: "een termijn die zo lang is, schuift niet door (Algemene termijnenwet, "
    "art. 4 onder a); kies none",
    Exempt.VRIJHEIDSBENEMING: "een termijn van vrijheidsbeneming schuift niet door (Algemene "
    "termijnenwet, art. 4 onder c); kies none",
}


def _rolling_on(found: Found[Norm]) -> Iterator[Problem]:
    """A legal norm that rolls on although the act leaves it alone gives a day that is too late."""
    norm = found.entry
    if norm.force is not Force.WET or norm.roll is not Roll.NEXT:
        return
    why = exempt(norm.amount, norm.unit, norm.direction, deprives_liberty=norm.deprives_liberty)
    if why is not None:
        yield found.problem(NOT_ROLLING_ON[why], "afronden")


def _stricter(layers: Layers, found: Found[Norm]) -> Iterator[Problem]:
    norm = found.entry
    if norm.stricter_than is None:
        return
    versions = [item.entry for item in layers.norms.values() if item.entry.id == norm.stricter_than]
    if not versions or norm.stricter_than in layers.off["norms"]:
        gone = "is uitgezet" if versions else "bestaat niet"
        yield found.problem(
            f"norm '{norm.stricter_than}' {gone}; kies een andere of haal 'strenger_dan' weg",
            "strenger_dan",
        )
        return
    over = max(versions, key=lambda version: version.version)
    same = True
    if norm.start_event != over.start_event:
        same = False
        yield found.problem(
            f"telt vanaf een andere dag dan norm '{over.id}'; neem '{over.start_event}' over",
            "gebeurtenis",
        )
    if norm.direction is not over.direction:
        same = False
        yield found.problem(
            f"telt een andere kant op dan norm '{over.id}'; neem '{over.direction.value}' over",
            "richting",
        )
    if same and (start := _first_later(layers, norm, over)) is not None:
        yield found.problem(
            f"geeft bij begindag {start:%d-%m-%Y} een latere datum dan norm '{over.id}'; "
            "maak hem korter of haal 'strenger_dan' weg",
            "strenger_dan",
        )


def _first_later(layers: Layers, norm: Norm, over: Norm) -> date | None:
    """The first start of both norms' worked examples from which `norm` ends after `over`."""
    assert layers.calendar is not None  # noqa: S101 - settle() reported it otherwise
    calendar = Calendar(layers.calendar.entry)
    for start in sorted({example.start for example in (*norm.examples, *over.examples)}):
        try:
            own = for_norm(norm, start=start, calendar=calendar).due.on
            other = for_norm(over, start=start, calendar=calendar).due.on
        except ImpossibleDate:
            continue  # an example at the far end of the calendar; the norm's own tests say so
        if own > other:
            return start
    return None


def _kaders(layers: Layers) -> Iterator[Problem]:
    for found in layers.kaders.values():
        kader = found.entry
        for event in kader.events:
            yield from _dead(found, layers.events, event, EVENT, "dagen", event)
        for index, event in enumerate(kader.happenings):
            yield from _dead(found, layers.events, event, EVENT, "gebeurtenissen", index)
            if event in layers.events and layers.events[event].entry.question is None:
                yield found.problem(
                    f"gebeurtenis '{event}' heeft geen 'vraag'; schrijf er een in events.yaml",
                    "gebeurtenissen",
                    index,
                )
        for event, becomes in kader.becomes.items():
            if event not in kader.happenings:
                yield found.problem(
                    f"gebeurtenis '{event}' staat niet bij 'gebeurtenissen'; zet hem erbij",
                    "wordt",
                    event,
                )
            yield from _dead(found, layers.kaders, becomes, KADER, "wordt", event)


def _regions(layers: Layers) -> Iterator[Problem]:
    for found in layers.regions.values():
        if found.entry.within is not None:
            yield from _dead(found, layers.regions, found.entry.within, REGION, "binnen")


def _terms(layers: Layers) -> Iterator[Problem]:
    first_use: dict[str, str] = {}
    for found in layers.terms.values():
        term = found.entry
        yield from _dead(found, layers.topics, term.topic, TOPIC, "topic")
        if term.card is not None and not _off(layers, found, "cards", term.card):
            yield from _dead(found, layers.cards, term.card, CARD, "kaart")
        if term.source is not None:
            yield from _dead(found, layers.sources, term.source.source, SOURCE, "bron")
        for name in (term.term, *term.also):
            other = first_use.setdefault(normalise(name) or name, term.id)
            if other != term.id:
                yield found.problem(f"'{name}' staat ook bij '{other}'; kies één begrip", "ook")


def _sources(layers: Layers, found: Found[ModelT], refs: Iterable[SourceRef]) -> Iterator[Problem]:
    for index, ref in enumerate(refs):
        yield from _dead(found, layers.sources, ref.source, SOURCE, "bronnen", index)


def _dead(
    found: Found[ModelT], known: Mapping[str, object], name: str, what: str, *path: str | int
) -> Iterator[Problem]:
    if name not in known:
        yield found.problem(what.format(name), *path)
