"""question -> Answer(sure | choose | none). Never an invention: a card, a choice, or nothing.

Every topic gets the chance that it is meant: from what was learned of all ways of asking
(classifier.py), from the very words where they are known, and from shared words (search.py) for
cards that changed since the learning, such as those of an organisation's own. `sure` needs a high
chance and a clear lead; below the lower threshold, or where a subject outside our field is more
likely than any topic, it is "weet ik niet", with its own words where that subject has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.chances import Chances, Found, Option
from knowledge.classifier import Learned, NotLearned, load_learned
from knowledge.glossary import Glossary
from knowledge.loader import KnowledgeBase
from knowledge.models import NATIONAL_REGION, Card, Outside, Term
from knowledge.search import MAX_QUESTION, normalise

PART_FROM = 0.6
"""From this chance a part of a question is a question of its own."""

OWN_REGION, ASKED_REGION, OTHER_REGION = 1.0, 3.0, -2.0
"""Log-odds. Among cards of one topic that of the person's own region goes before the national one,
and one of another region steps back, unless the question names that region."""


class Kind(StrEnum):
    """The three outcomes of a question."""

    SURE = "sure"
    CHOOSE = "choose"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the knowledge base says to a question.

    `card` is set only when `kind` is sure. `options` are ranked, first the best card of each
    topic, then more of the best topic: for `choose` what is offered, for `none` the nearest there
    is, which nobody is shown. `read_as` is
    the known way of asking that fitted best. `term` is the glossary's entry when its meaning was
    asked; it is sure, and `card` is the one that explains it, if any. `refusal` is the subject
    outside our field that was asked about, or small talk, when that has words of its own.
    `two_parts` says that the question asks two things: the options are the cards of both.
    `nearby` are cards that share words with a refused subject.
    """

    kind: Kind
    card: Card | None
    options: tuple[Option, ...]
    confidence: float
    read_as: str | None
    term: Term | None = None
    refusal: Outside | None = None
    two_parts: bool = False
    nearby: tuple[Card, ...] = ()

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

    def __init__(self, knowledge: KnowledgeBase, learned: Learned | None = None) -> None:
        self._knowledge = knowledge
        self._chances = Chances(knowledge, learned)
        self._glossary = Glossary(knowledge.terms.values())
        self._region_names = [
            (f" {normalise(name)} ", region.id)
            for region in knowledge.regions.values()
            for name in (region.title, *region.also)
        ]

    def answer(self, text: str, *, region: str | None = None, after: str | None = None) -> Answer:
        """The answer to `text` for somebody of `region` (None: no region of their own).

        `after` is the id of the card they saw just before: "en bij voogdij?" is read in its light.
        A card of another region than the person's is still shown when nothing nearer fits; it says
        of which region it is.
        """
        term = self._glossary.find(text)
        if term is not None:
            return self._meaning(term)
        regions = self._region_weights(text, region)
        light = self._knowledge.cards.get(after) if after and follows_on(text) else None
        found = self._chances.of(text, regions, light)
        answer = self._from(found, text)
        if parts := two_parts(text):
            both = [self._from(self._chances.of(part, regions), part) for part in parts]
            return _both(both, sure=answer.kind is Kind.SURE) or answer
        return answer

    def _from(self, found: Found, text: str) -> Answer:
        options = found.options()
        kind = self._kind(found, options)
        sure = options[0].card if kind is Kind.SURE else None
        refusal = found.reply if kind is Kind.NONE else None
        named = refusal is not None and refusal.who_knows is not None
        return Answer(
            kind=kind,
            card=sure,
            options=options,
            confidence=options[0].confidence if options else 0.0,
            read_as=self._chances.read_as(text, sure) if sure else None,
            refusal=refusal,
            nearby=self._chances.nearby(text) if named else (),
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

    def _kind(self, found: Found, options: Sequence[Option]) -> Kind:
        limits = self._chances.calibration
        best, second = (*sorted(found.topics.values(), reverse=True), 0.0, 0.0)[:2]
        lead = best - max(second, found.outside)
        if options and best >= limits.sure_from and lead >= limits.sure_lead:
            return Kind.SURE
        if best < limits.choose_from or found.outside > sum(found.topics.values()):
            return Kind.NONE
        return Kind.CHOOSE

    def _region_weights(self, text: str, region: str | None) -> Mapping[str, float]:
        """How much each region counts for this person and this question, in log-odds."""
        own = set(self._knowledge.regions_of(region))
        asked_for = self.regions_in(text)
        weights = {NATIONAL_REGION: 0.0}
        for other in self._knowledge.regions:
            if other == NATIONAL_REGION:
                continue
            if asked_for & set(self._knowledge.regions_of(other)):
                weights[other] = ASKED_REGION
            else:
                weights[other] = OWN_REGION if other in own else OTHER_REGION
        return weights


def build_answerer(knowledge: KnowledgeBase) -> Answerer:
    """The answerer over this content, with what was learned if that is there."""
    try:
        return Answerer(knowledge, load_learned())
    except NotLearned:
        return Answerer(knowledge)


_FOLLOWS = re.compile(
    r"^(?:en|maar|of|ook)\b|^(?:hoe zit (?:dat|het)|geldt (?:dat|dit|het)|wat als|is dat|mag dat|"
    r"moet dat|kan dat|waarom|binnen hoeveel|hoe lang dan|en dan|bij welke|voor welke)\b"
)
MAX_FOLLOWING = 9
"""Words; a longer text says itself what it is about."""


def follows_on(text: str) -> bool:
    """Whether a text only makes sense after something else."""
    plain = normalise(text)
    return bool(_FOLLOWS.match(plain)) and len(plain.split()) <= MAX_FOLLOWING


_NEXT_QUESTION = re.compile(
    r"[?;]\s+|,?\s+(?:en|of|maar) (?:ook |dan |verder )?"
    r"(?=(?:hoe|wat|wie|waar|wanneer|welke|waarom|mag|moet|kan|hoeveel|hoelang|binnen)\b)",
    re.IGNORECASE,
)
MIN_PART = 3


def two_parts(text: str) -> tuple[str, str] | None:
    """The two questions that a text asks one after the other; None when it asks one."""
    parts = [part for part in _NEXT_QUESTION.split(text[:MAX_QUESTION]) if part and part.strip()]
    if len(parts) != 2 or any(len(part.split()) < MIN_PART for part in parts):
        return None
    return parts[0], parts[1]


def _both(answers: Sequence[Answer], *, sure: bool) -> Answer | None:
    """A choice of the cards of both parts; None when one has none or both have the same.

    Where the whole is `sure` of one card, both parts must be sure of theirs.
    """
    if sure and any(answer.kind is not Kind.SURE for answer in answers):
        return None
    if any(answer.confidence < PART_FROM or answer.kind is Kind.NONE for answer in answers):
        return None
    options = tuple(answer.options[0] for answer in answers)
    if len({option.card.topic for option in options}) < len(options):
        return None
    return Answer(
        kind=Kind.CHOOSE,
        card=None,
        options=options,
        confidence=min(option.confidence for option in options),
        read_as=None,
        two_parts=True,
    )
