"""question -> Answer(sure | choose | none). Never an invention: a card, a choice, or nothing.

`sure` needs a high score and a clear lead over everything of another topic; a close second makes it
a choice. Below the lower threshold, or where a subject outside our field fits better, it is "weet
ik niet", with its own words where that subject has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.glossary import Glossary
from knowledge.loader import KnowledgeBase
from knowledge.models import NATIONAL_REGION, Card, Outside, OutsideKind, Term
from knowledge.search import Hit, Search, normalise

SURE_FROM = 0.58
SURE_LEAD = 0.12
CHOOSE_FROM = 0.30
MAX_OPTIONS, MAX_NEARBY = 3, 2
"""Fitted by eye on questions of other writers: nothing out of scope sure, few questions unheard."""

VERBATIM, VERBATIM_LEAD = 0.93, 0.05
"""Asked in the very words of a known question: a neighbour with one other word is no rival then."""

OWN_REGION, ASKED_REGION, OTHER_REGION = 1.1, 1.2, 0.85
"""Among cards of one topic that of the person's own region goes before the national one, and one of
another region steps back, unless the question names that region."""


class Kind(StrEnum):
    """The three outcomes of a question."""

    SURE = "sure"
    CHOOSE = "choose"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A card that may be meant, with the confidence that it is (0 to 1)."""

    card: Card
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the knowledge base says to a question.

    `card` is set only when `kind` is sure. `options` are ranked and never repeat a card: for
    `choose` what is offered, for `none` the nearest there is, which nobody is shown. `read_as` is
    the known way of asking that fitted best. `term` is the glossary's entry when its meaning was
    asked; it is sure, and `card` is the one that explains it, if any. `refusal` is the subject
    outside our field that was asked about, when that has words of its own.
    """

    kind: Kind
    card: Card | None
    options: tuple[Option, ...]
    confidence: float
    read_as: str | None
    term: Term | None = None
    refusal: Outside | None = None

    @property
    def nearby(self) -> tuple[Card, ...]:
        """Cards that come near a subject outside our field, at most two."""
        near = [option.card for option in self.options if option.confidence >= CHOOSE_FROM]
        return tuple(near[:MAX_NEARBY])

    @property
    def topic(self) -> str | None:
        """The topic that is surely meant."""
        if self.card is not None:
            return self.card.topic
        return self.term.topic if self.term else None

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that may be meant, best first."""
        found = [option.card.topic for option in self.options]
        return tuple(dict.fromkeys([self.topic, *found] if self.topic else found))


class Answerer:
    """Answers questions from the content. Pure: the same question always gets the same answer."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._search = Search(knowledge.cards.values(), knowledge.outside.values())
        self._glossary = Glossary(knowledge.terms.values())
        self._region_names = [
            (f" {normalise(name)} ", region.id)
            for region in knowledge.regions.values()
            for name in (region.title, *region.also)
        ]

    def answer(self, text: str, *, region: str | None = None) -> Answer:
        """The answer to `text` for somebody of `region` (None: no region of their own).

        A card of another region than the person's is still shown when nothing nearer fits; it says
        of which region it is.
        """
        term = self._glossary.find(text)
        if term is not None:
            return self._meaning(term)
        hits = self._by_region(self._search.rank(text), region, self.regions_in(text))
        cards = [hit for hit in hits if isinstance(hit.of, Card)]
        options = tuple(
            Option(card=hit.of, confidence=round(min(hit.score, 1.0), 3))
            for hit in cards[:MAX_OPTIONS]
            if isinstance(hit.of, Card)
        )
        best = hits[0] if hits else None
        kind = _kind(hits)
        sure = options[0].card if kind is Kind.SURE else None
        return Answer(
            kind=kind,
            card=sure,
            options=options,
            confidence=options[0].confidence if options else 0.0,
            read_as=best.phrasing if best and sure else None,
            refusal=_refusal(best),
        )

    def regions_in(self, text: str) -> frozenset[str]:
        """The regions that a question names."""
        padded = f" {normalise(text)} "
        return frozenset(region for name, region in self._region_names if name in padded)

    def _meaning(self, term: Term) -> Answer:
        card = self._knowledge.cards.get(term.card) if term.card else None
        return Answer(
            kind=Kind.SURE,
            card=card,
            options=(Option(card=card, confidence=1.0),) if card else (),
            confidence=1.0,
            read_as=None,
            term=term,
        )

    def _by_region(
        self, hits: Sequence[Hit], region: str | None, asked: frozenset[str]
    ) -> list[Hit]:
        own = set(self._knowledge.regions_of(region))
        named = {
            other
            for other in self._knowledge.regions
            if asked & set(self._knowledge.regions_of(other))
        }

        def weight(of: Card | Outside) -> float:
            if not isinstance(of, Card) or of.region == NATIONAL_REGION:
                return 1.0
            if of.region in named:
                return ASKED_REGION
            return OWN_REGION if of.region in own else OTHER_REGION

        # Region decides between cards of one topic, never between topics: their places in the
        # ranking stay, only who stands on which of them changes.
        by_topic: dict[str, list[Hit]] = {}
        for hit in hits:
            by_topic.setdefault(_subject(hit), []).append(hit)
        waiting = {
            subject: iter(sorted(own_hits, key=lambda hit: -hit.score * weight(hit.of)))
            for subject, own_hits in by_topic.items()
        }
        placed = [(place.score, next(waiting[_subject(place)])) for place in hits]
        return [Hit(of=hit.of, score=score, phrasing=hit.phrasing) for score, hit in placed]


def build_answerer(knowledge: KnowledgeBase) -> Answerer:
    """The answerer over this content."""
    return Answerer(knowledge)


def _kind(hits: Sequence[Hit]) -> Kind:
    if not hits or hits[0].score < CHOOSE_FROM or isinstance(hits[0].of, Outside):
        return Kind.NONE
    best = hits[0]
    subject = _subject(best)
    rival = next((hit.score for hit in hits if _subject(hit) != subject), 0.0)
    lead = VERBATIM_LEAD if best.score >= VERBATIM else SURE_LEAD
    if best.score >= SURE_FROM and best.score - rival >= lead:
        return Kind.SURE
    return Kind.CHOOSE


def _subject(hit: Hit) -> str:
    return hit.of.topic if isinstance(hit.of, Card) else hit.of.id


def _refusal(best: Hit | None) -> Outside | None:
    if best is None or best.score < CHOOSE_FROM or not isinstance(best.of, Outside):
        return None
    return best.of if best.of.kind is OutsideKind.WEIGERING else None
