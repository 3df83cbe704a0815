"""question -> the chance of every topic that it is meant, and of being outside our field."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledge.classifier import WORDS_ONLY, Calibration, Learned, asked
from knowledge.loader import KnowledgeBase
from knowledge.models import Card, Outside
from knowledge.search import MAX_QUESTION, Hit, Search, lead_of, normalise, subject_of

MAX_OPTIONS = 3

HARDLY = 0.01
"""Options less likely than this are no options."""

LIKELY = 0.5
"""From here a subject outside our field is answered in its own words."""

VERBATIM = 0.99
"""The chance of what is asked for in the very words of a known question."""

MAX_NEARBY, NEARBY_FROM = 2, 0.3
"""So many cards are named beside a refusal, from this score of shared words."""

SUBJECT_SHARE, IN_LIGHT = 0.3, 1.5
"""A question that follows on another: how much the title before it counts, and (log-odds) how much
more likely a neighbour of that card is."""

WORDS_STEP = 8.0
"""Log-odds: what a whole point of shared words is worth between the cards of one topic."""

HIT_POWER = 4
"""How fast the chance of what shares fewer words falls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A card that may be meant, with the chance that its topic is meant (0 to 1)."""

    card: Card
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The chance of each topic, the cards of the best ones, and what is outside our field.

    `cards` holds the most likely topics in order, each with its best card first.
    """

    topics: Mapping[str, float]
    cards: Mapping[str, tuple[Card, ...]]
    outside: float
    subject: Outside | None

    @property
    def reply(self) -> Outside | None:
        """The subject outside our field, when it is likely and has words of its own."""
        likely = self.subject is not None and self.outside >= LIKELY
        return self.subject if likely and self.subject and self.subject.answer else None

    def options(self) -> tuple[Option, ...]:
        """The best card of each likely topic; room that is left is for more of the best topic."""
        likely = [topic for topic in self.cards if self.topics[topic] >= HARDLY]
        cards = [self.cards[topic][0] for topic in likely]
        if likely:
            cards += self.cards[likely[0]][1:]
        return tuple(
            Option(card=card, confidence=round(self.topics[card.topic], 3))
            for card in cards[:MAX_OPTIONS]
        )


class Chances:
    """Weighs every topic for a question. Build once; no state."""

    def __init__(self, knowledge: KnowledgeBase, learned: Learned | None) -> None:
        self._cards = dict(sorted(knowledge.cards.items()))
        self._outside = dict(sorted(knowledge.outside.items()))
        everything: dict[str, Card | Outside] = {**self._cards, **self._outside}
        self._by_topic = knowledge.cards_by_topic
        self._learned = learned
        self.calibration: Calibration = learned.calibration if learned else WORDS_ONLY
        self._places = {
            label: place
            for place, label in enumerate(learned.labels if learned else ())
            if label in everything
        }
        self._changed = learned.changed(everything.values()) if learned else frozenset(everything)
        self._search = Search(self._cards.values(), self._outside.values())
        self._known: dict[str, list[Card | Outside]] = {}
        for one in everything.values():
            for text in dict.fromkeys(map(normalise, asked(one))):
                self._known.setdefault(text, []).append(one)

    def of(self, text: str, regions: Mapping[str, float], light: Card | None = None) -> Found:
        """What `text` may mean, for somebody for whom the regions count so much (log-odds).

        In the `light` of a card, what comes near that card is more likely meant.
        """
        weighed = _Weighed()
        if self._learned and self._places:
            if self._learned.vocabulary.knows(text):
                self._by_learning(self._learned, text, weighed, light)
            else:
                weighed.subject = strange(text)
        if self._changed:
            self._by_shared_words(text, weighed)
        self._by_known_words(text, weighed)

        def order(card: Card) -> tuple[float, str]:
            return -weighed.scores[card.id] - regions.get(card.region, 0.0), card.id

        ranked = sorted(weighed.topics, key=lambda topic: (-weighed.topics[topic], topic))
        return Found(
            topics=weighed.topics,
            cards={
                topic: tuple(
                    sorted(
                        (card for card in self._by_topic[topic] if card.id in weighed.scores),
                        key=order,
                    )
                )
                for topic in ranked[:MAX_OPTIONS]
            },
            outside=weighed.outside,
            subject=self._outside.get(weighed.subject or ""),
        )

    def nearby(self, text: str) -> tuple[Card, ...]:
        """Cards that share many words with a text that is not ours."""
        near = [
            hit.of
            for hit in self._search.rank(text)
            if isinstance(hit.of, Card) and hit.score >= NEARBY_FROM
        ]
        return tuple(near[:MAX_NEARBY])

    def read_as(self, text: str, card: Card) -> str:
        """The editor's own way of asking this card that is nearest to `text`."""
        plain = normalise(text)
        return max(
            (card.title, *card.own_phrasings),
            key=lambda known: fuzz.token_set_ratio(plain, normalise(known)),
        )

    def _by_learning(
        self, learned: Learned, text: str, weighed: _Weighed, light: Card | None
    ) -> None:
        fitted = learned.scores(text)
        if light is not None:
            read_together = learned.scores(f"{light.title} {text}")
            fitted = (1 - SUBJECT_SHARE) * fitted + SUBJECT_SHARE * read_together
            near = {
                light.topic,
                *(self._cards[one].topic for one in light.related if one in self._cards),
            }
            for label, place in self._places.items():
                card = self._cards.get(label)
                if card is None:
                    fitted[place] -= IN_LIGHT
                elif card.topic in near:
                    fitted[place] += IN_LIGHT
        best: dict[str, float] = {}
        outside: dict[str, float] = {}
        for label, place in self._places.items():
            score = float(fitted[place])
            card = self._cards.get(label)
            if card is None:
                outside[label] = score + self.calibration.outside_bias
            else:
                weighed.scores[label] = score
                best[card.topic] = max(score, best.get(card.topic, -math.inf))
        weighed.subject = max(outside, key=outside.__getitem__, default=None)
        not_ours = outside[weighed.subject] if weighed.subject else -math.inf
        top = max(not_ours, *best.values(), -1e9)
        raised = {topic: math.exp(score - top) for topic, score in best.items()}
        total = sum(raised.values()) + math.exp(not_ours - top)
        weighed.topics = {topic: value / total for topic, value in raised.items()}
        weighed.outside = math.exp(not_ours - top) / total

    def _by_shared_words(self, text: str, weighed: _Weighed) -> None:
        """What was learned does not know of the cards that changed since: their words speak."""
        hits = self._search.rank(text)
        if not hits or hits[0].of.id not in self._changed:
            return
        best = hits[0]
        chance = self._words_chance(hits)
        weighed.step_back(chance)
        weighed.add(best.of, chance)
        if self._learned is None:
            weighed.share_rest([hit for hit in hits if hit.subject != best.subject])
        # Of the best one's own topic the cards are ranked by their words too, before learned ones.
        top = weighed.top_score()
        for hit in hits:
            if isinstance(hit.of, Card) and hit.of.id in self._changed:
                here = hit.subject == best.subject
                weighed.scores[hit.of.id] = (top if here else 0.0) + WORDS_STEP * hit.score

    def _words_chance(self, hits: list[Hit]) -> float:
        limits = self.calibration
        odds = (
            limits.words_score * hits[0].score
            + limits.words_lead * lead_of(hits)
            + limits.words_bias
        )
        return 1 / (1 + math.exp(-odds))

    def _by_known_words(self, text: str, weighed: _Weighed) -> None:
        known = self._known.get(normalise(text)) or self._known.get(self._search.corrected(text))
        if not known or not normalise(text):
            return
        weighed.step_back(VERBATIM)
        subjects = {subject_of(one) for one in known}
        top = weighed.top_score()
        for one in known:
            same = sum(subject_of(other) == subject_of(one) for other in known)
            weighed.add(one, VERBATIM / len(subjects) / same)
            if isinstance(one, Card):
                weighed.scores[one.id] = top + 1


OTHER_LANGUAGE, NONSENSE = "andere-landen-en-talen", "toetsenbord"
"""Subjects that are recognised by their letters when no word is."""


def strange(text: str) -> str | None:
    """The subject of a text without words of ours: another alphabet, or signs alone."""
    letters = [letter for letter in text[:MAX_QUESTION] if letter.isalpha()]
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters)
    if letters and latin * 2 < len(letters):
        return OTHER_LANGUAGE
    return NONSENSE if text.strip() else None


class _Weighed:
    """The chances while they are weighed: they always add up to one."""

    def __init__(self) -> None:
        self.topics: dict[str, float] = {}
        self.scores: dict[str, float] = {}
        self.outside = 1.0
        self.subject: str | None = None

    def step_back(self, chance: float) -> None:
        """Make room for something this likely."""
        self.topics = {topic: was * (1 - chance) for topic, was in self.topics.items()}
        self.outside *= 1 - chance

    def top_score(self) -> float:
        """The best score of any card so far."""
        return max(self.scores.values(), default=0.0)

    def share_rest(self, hits: Sequence[Hit]) -> None:
        """Divide what is still left for being outside among hits, much more to the better ones."""
        rest, self.outside = self.outside, 0.0 if hits else self.outside
        best_of = {hit.of.id: hit for hit in hits}.values()
        total = sum(hit.score**HIT_POWER for hit in best_of)
        for hit in best_of:
            self.add(hit.of, rest * hit.score**HIT_POWER / total)

    def add(self, of: Card | Outside, chance: float) -> None:
        """Give the room to a card's topic, or to a subject outside our field."""
        if isinstance(of, Card):
            self.topics[of.topic] = self.topics.get(of.topic, 0.0) + chance
            self.scores.setdefault(of.id, 0.0)
        else:
            self.outside += chance
            if chance >= LIKELY:
                self.subject = of.id
