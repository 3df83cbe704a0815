"""Counts over the content, for its editors: what there is, what is thin, what reads badly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.editing import card_texts
from knowledge.loader import KnowledgeBase
from knowledge.models import Card
from knowledge.reading_level import B1_FROM, ReadingLevel, reading_level
from knowledge.search import words

FEW_PHRASINGS = 40
"""Ways of asking under which a topic is found badly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStats:
    """One topic: its cards, its ways of asking, and how many share no word with their title."""

    cards: int
    phrasings: int
    without_title_word: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentStats:
    """The counts that `koersbot kennis stats` shows. `hard` are cards below B1, hardest first."""

    topics: Mapping[str, TopicStats]
    by_status: Mapping[str, int]
    by_region: Mapping[str, int]
    by_voice: Mapping[str, int]
    level: ReadingLevel
    hard: tuple[tuple[str, float], ...]
    ended: tuple[str, ...]
    never_reviewed: int
    not_filled_in: tuple[str, ...]

    @property
    def without_card(self) -> tuple[str, ...]:
        """Topics that no card answers."""
        return tuple(topic for topic, stats in self.topics.items() if not stats.cards)

    @property
    def thin(self) -> tuple[str, ...]:
        """Topics with few ways of asking."""
        return tuple(
            topic for topic, stats in self.topics.items() if stats.phrasings < FEW_PHRASINGS
        )


def card_level(card: Card) -> ReadingLevel:
    """The reading level of all a card says, but for its title and what sources say."""
    total = ReadingLevel(sentences=0, words=0, syllables=0)
    for path, text in card_texts(card):
        if path[0] in {"antwoord", "stappen", "let_op", "wie_beslist"}:
            total += reading_level(text)
    return total


def content_stats(knowledge: KnowledgeBase) -> ContentStats:
    """Count everything once."""
    cards = knowledge.cards.values()
    levels = {card.id: card_level(card) for card in cards}
    total = ReadingLevel(sentences=0, words=0, syllables=0)
    for level in levels.values():
        total += level
    places = frozenset(
        word
        for region in knowledge.regions.values()
        for name in (region.title, *region.also)
        for word in words(name)
    )
    voices = Counter({"redactie": sum(len(card.own_phrasings) for card in cards)})
    for card in cards:
        for voice, lines in card.voices.items():
            voices[voice.value] += len(lines)
    return ContentStats(
        topics={
            topic: TopicStats(
                cards=len(own),
                phrasings=sum(len(card.phrasings) for card in own),
                without_title_word=sum(shares_no_title_word(card, places) for card in own),
            )
            for topic, own in knowledge.cards_by_topic.items()
        },
        by_status=dict(Counter(card.status.value for card in cards)),
        by_region=dict(Counter(card.region for card in cards).most_common()),
        by_voice=dict(voices),
        level=total,
        hard=tuple(
            sorted(
                (
                    (card, round(level.score, 1))
                    for card, level in levels.items()
                    if level.score < B1_FROM
                ),
                key=lambda pair: pair[1],
            )
        ),
        ended=tuple(card.id for card in cards if card.replaced_by is not None),
        never_reviewed=sum(not card.reviews for card in cards),
        not_filled_in=tuple(
            contact.id for contact in knowledge.contacts.values() if not contact.filled_in
        ),
    )


def shares_no_title_word(card: Card, places: frozenset[str] = frozenset()) -> int:
    """How many ways of asking share no word that carries meaning with the card's title.

    Years, article numbers and names of regions (`places`) do not count as shared: who asks for an
    old rule or another region has to name it.
    """
    title = {word for word in words(card.title) if not any(map(str.isdigit, word))} - places
    return sum(not title & set(words(line)) for line in card.phrasings)
