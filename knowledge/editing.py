"""What an editor has to mend, beyond what stops the bot from loading: each at its place.

Loading refuses what cannot be used. This adds what makes a card bad: a validity that has ended,
an abbreviation nobody explains, personal data, a sentence that is too long, a fact that does not
exist. It needs to know which day it is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from datetime import date

from knowledge.layers import Layers
from knowledge.loader import KnowledgeBase
from knowledge.models import Card
from knowledge.norm_models import Norm
from knowledge.privacy import personal_data
from knowledge.reading_level import LONGEST_SENTENCE, sentences, word_count
from knowledge.register import Register
from knowledge.search import normalise
from knowledge.yaml_files import Found, ModelT, Problem

Texts = Iterator[tuple[tuple[str | int, ...], str]]

_ABBREVIATION = re.compile(r"\b[A-Z][A-Z0-9&]*[A-Z][A-Z0-9]*\b(?:'er|'ers)?")
_CASE_NUMBER = re.compile(r"\bECLI:\S+")


def problems(
    knowledge: KnowledgeBase, layers: Layers, register: Register, *, today: date
) -> Iterator[Problem]:
    """Everything an editor has to mend on `today`, in no particular order."""
    explained = {
        normalise(name) for term in knowledge.terms.values() for name in (term.term, *term.also)
    }
    for card in layers.cards.values():
        yield from _ended(card, today)
        yield from _text_problems(card, card_texts(card.entry), explained)
        yield from _phrasings(card)
        yield from _unknown(card, "feiten", card.entry.facts, register.facts, "feit")
        yield from _unknown(card, "systemen", card.entry.systems, register.systems, "rij")
    for norm in layers.norms.values():
        yield from _text_problems(norm, norm_texts(norm.entry), explained)
        yield from _unknown(norm, "feiten", norm.entry.facts, register.facts, "feit")
        yield from _unknown(norm, "systemen", norm.entry.systems, register.systems, "rij")
    for ladder in layers.ladders.values():
        yield from _unknown(ladder, "systemen", ladder.entry.systems, register.systems, "rij")
    for figure in layers.figures.values():
        yield from _unknown(figure, "systemen", figure.entry.systems, register.systems, "rij")
    for term in layers.terms.values():
        yield from _personal(term, ("uitleg",), term.entry.meaning)
    for group in layers.outside.values():
        for index, line in enumerate(group.entry.phrasings):
            yield from _personal(group, ("vragen", index), line)
    for topic in knowledge.topics:
        # An organisation may switch off the last card of a topic; the content itself may not.
        if knowledge.cards_by_topic[topic] or layers.off["cards"]:
            continue
        yield layers.topics[topic].problem(
            f"onderwerp '{topic}' heeft geen kaart; maak er een of schrijf er een"
        )


def card_texts(card: Card) -> Texts:
    """Every text of a card that people read, with its place."""
    yield ("titel",), card.title
    yield ("antwoord",), card.answer
    for index, step in enumerate(card.steps):
        yield ("stappen", index), step
    for index, caution in enumerate(card.cautions):
        yield ("let_op", index), caution
    yield ("wie_beslist",), card.decides
    for index, ref in enumerate(card.sources):
        if ref.says:
            yield ("bronnen", index, "zegt"), ref.says
    for index, review in enumerate(card.reviews):
        yield ("beoordeeld", index, "bewijs"), review.evidence


def norm_texts(norm: Norm) -> Texts:
    """Every text of a norm that people read, with its place."""
    yield ("titel",), norm.title
    yield ("telt_vanaf",), norm.counts_from
    yield ("welke_dag_telt",), norm.day_count
    for index, exception in enumerate(norm.exceptions):
        yield ("uitzonderingen", index), exception
    for index, reading in enumerate(norm.other_readings):
        yield ("twijfel", index, "lezing"), reading.reading
    for index, ref in enumerate(norm.sources):
        if ref.says:
            yield ("bronnen", index, "zegt"), ref.says


def _ended(found: Found[Card], today: date) -> Iterator[Problem]:
    until = found.entry.validity.valid_until
    if until is not None and until < today and found.entry.replaced_by is None:
        yield found.problem(
            f"gold tot en met {until:%d-%m-%Y}; noem de kaart die ervoor in de plaats kwam "
            "('vervangen_door') of haal deze weg",
            "geldig",
        )


def _text_problems(found: Found[ModelT], texts: Texts, explained: set[str]) -> Iterator[Problem]:
    for path, text in texts:
        for abbreviation in dict.fromkeys(_ABBREVIATION.findall(_CASE_NUMBER.sub("", text))):
            if normalise(abbreviation) not in explained:
                yield found.problem(
                    f"afkorting '{abbreviation}' staat niet in glossary.yaml; zet haar erin",
                    *path,
                )
        for sentence in sentences(text):
            if word_count(sentence) > LONGEST_SENTENCE:
                yield found.problem(
                    f"een zin van {word_count(sentence)} woorden is te lang; "
                    f"maak er meer zinnen van (hoogstens {LONGEST_SENTENCE} woorden)",
                    *path,
                )
        yield from _personal(found, path, text)


def _phrasings(found: Found[Card]) -> Iterator[Problem]:
    card = found.entry
    for index, line in enumerate(card.own_phrasings):
        yield from _personal(found, ("vragen", index), line)
    for voice, lines in card.voices.items():
        for index, line in enumerate(lines):
            yield from _personal(found, ("vragen_van", voice.value, index), line)


def _personal(found: Found[ModelT], path: tuple[str | int, ...], text: str) -> Iterator[Problem]:
    kinds = personal_data(text)
    if kinds:
        named = ", ".join(kind.value for kind in kinds)
        yield found.problem(
            f"hier lijkt een persoonsgegeven te staan ({named}); haal het weg", *path
        )


def _unknown(
    found: Found[ModelT], key: str, ids: tuple[str, ...], known: Container[str], what: str
) -> Iterator[Problem]:
    for index, name in enumerate(ids):
        if name not in known:
            yield found.problem(
                f"{what} '{name}' staat niet in het register; controleer de spelling", key, index
            )
