"""The ways of asking: enough of them, of several hands, and none taken from where we measure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.loader import KnowledgeBase
from knowledge.models import Voice
from knowledge.search import normalise, words
from knowledge.stats import content_stats

DATA = Path(__file__).parent.parent / "data"
QUESTIONS = json.loads((DATA / "dev-question-hashes.json").read_text(encoding="utf-8"))

AT_LEAST = 60
HANDS_AT_LEAST = 4
NOT_OURS_AT_LEAST = 600

# Phrasings that share five words in a row with a development question, all of them everyday words
# ("om naar de raad te"). None is such a question. Who adds one here, looks at it first.
SHARED_RUNS: set[tuple[str, str]] = set()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def every_line(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Whatever an answer is found by, with the id of what it belongs to."""
    for card in knowledge.cards.values():
        for text in (card.title, *card.phrasings):
            yield card.id, text
    for group in knowledge.outside.values():
        for text in group.phrasings:
            yield group.id, text


def test_every_topic_can_be_asked_for_in_sixty_ways(knowledge: KnowledgeBase) -> None:
    topics = content_stats(knowledge).topics
    few = {topic: one.phrasings for topic, one in topics.items() if one.phrasings < AT_LEAST}
    assert few == {}


def test_half_of_the_ways_of_asking_share_no_word_with_the_title(knowledge: KnowledgeBase) -> None:
    topics = content_stats(knowledge).topics
    literal = {
        topic: one for topic, one in topics.items() if one.without_title_word * 2 < one.phrasings
    }
    assert literal == {}


def test_every_topic_is_asked_for_by_several_hands(knowledge: KnowledgeBase) -> None:
    for topic, cards in knowledge.cards_by_topic.items():
        hands = {voice for card in cards for voice in card.voices}
        assert len(hands) >= HANDS_AT_LEAST, topic


@pytest.mark.parametrize("voice", Voice)
def test_every_hand_wrote_for_every_topic(knowledge: KnowledgeBase, voice: Voice) -> None:
    counts = Counter[str]()
    for card in knowledge.cards.values():
        counts[card.topic] += len(card.voices.get(voice, ()))
    assert {topic for topic in knowledge.topics if counts[topic] < 5} == set()


def test_what_is_not_ours_is_known_in_hundreds_of_ways(knowledge: KnowledgeBase) -> None:
    lines = [line for group in knowledge.outside.values() for line in group.phrasings]
    assert len(lines) >= NOT_OURS_AT_LEAST


# --- nothing may be learned from the questions by which answers are measured ---


def test_the_hashes_were_made_with_todays_normalise() -> None:
    canary: dict[str, str] = QUESTIONS["canary"]
    assert sha256(normalise(canary["text"])) == canary["sha256"]


def collisions(
    knowledge: KnowledgeBase, key: str, parts: Callable[[str], list[str]]
) -> set[tuple[str, str]]:
    known = set(QUESTIONS[key])
    assert known
    return {
        (owner, text)
        for owner, text in every_line(knowledge)
        if any(part in known for part in parts(text))
    }


def test_no_phrasing_is_a_development_question(knowledge: KnowledgeBase) -> None:
    assert collisions(knowledge, "questions", lambda text: [sha256(normalise(text))]) == set()


def test_no_other_phrasing_shares_five_words_in_a_row_with_one(knowledge: KnowledgeBase) -> None:
    def runs(text: str) -> list[str]:
        parts = normalise(text).split()
        return [sha256(" ".join(parts[at : at + 5])) for at in range(len(parts) - 4)]

    assert collisions(knowledge, "runs_of_five", runs) == SHARED_RUNS


def near(text: str) -> list[str]:
    """What a question keeps when its words change place or one of them is left out."""
    bag = sorted(set(words(text)))
    kept = [bag] if len(bag) >= 3 else []
    if len(bag) >= 4:
        kept += [bag[:at] + bag[at + 1 :] for at in range(len(bag))]
    return [sha256(" ".join(part))[:16] for part in kept]


def test_nearly_equal_means_the_same_words_but_one() -> None:
    question = "hoe lang duurt een spoedplaatsing zonder machtiging"
    same_but_one = set(near(question)) & set(near("spoedplaatsing zonder machtiging: hoe lang?"))
    assert same_but_one
    assert not set(near(question)) & set(near("hoe lang duurt een machtiging"))


def test_no_phrasing_is_nearly_a_development_question(knowledge: KnowledgeBase) -> None:
    assert collisions(knowledge, "near", near) == set()
