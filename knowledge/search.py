"""Text -> ranked cards and subjects outside our field, by the words they share with how people ask.

Every phrasing is a bag of words weighted by how rare they are. A question's words are first matched
to the words known here, slips of the thumb included (rapidfuzz), then each phrasing is scored with
a weighted Dice coefficient: rare shared words count most, words without a partner count against.
A card scores as its best phrasing.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from knowledge.models import Card, Outside

MAX_QUESTION = 500
"""Characters of a question that are read. A longer text is a story, not a question."""

MAX_WORDS, MAX_CORRECTED = 40, 16
"""So many words are searched for; and a longer text is no known question with a slip in it."""

MAX_REMEMBERED = 4096
"""Words whose slips are remembered; the same few hundred come back in most questions."""

SAME_WORD = 82.0
"""rapidfuzz ratio from which two words count as one with a slip."""

RARE, COMMON = 2, 10
"""A word that so few ways of asking hold may be a slip of one that so many do."""

STRANGER_WEIGHT = 1.0
"""How much a word nobody here uses counts, as a share of the rarest known word."""

# Words that carry no subject in a process question.
EMPTY_WORDS = frozenset(
    {
        "de", "het", "een", "en", "of", "in", "op", "te", "van", "voor", "met", "dat", "die",
        "dit", "is", "zijn", "was", "ben", "er", "om", "aan", "bij", "naar", "als", "dan",
        "ook", "nog", "al", "maar", "wel", "ik", "je", "jij", "we", "wij", "ze", "zij", "u",
        "mijn", "jouw", "ons", "onze", "hun", "t", "n", "k", "ff", "even", "eens", "nou", "hoe",
        "wat", "wie", "waar", "wanneer", "welke", "waarom", "mag", "moet", "kan", "kun",
        "moeten", "kunnen", "mogen", "wordt", "worden", "heb", "heeft", "hebben", "doe", "doen",
        "doet", "dus", "zo", "iets", "iemand", "geen", "niet",
    }
)  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What was asked for and how well it fits: 0 is nothing shared, 1 is asked in these words."""

    of: Card | Outside
    score: float
    phrasing: str

    @property
    def subject(self) -> str:
        """The topic of a card, or the subject outside our field."""
        return subject_of(self.of)


@dataclass(frozen=True, slots=True)
class _Phrasing:
    of: Card | Outside
    text: str
    words: frozenset[str]
    weight: float


class Search:
    """An index over titles and ways of asking. Build once, ask often; no state.

    Subjects outside our field are ranked beside the cards: what they fit better is not ours.
    """

    def __init__(self, cards: Iterable[Card], outside: Iterable[Outside] = ()) -> None:
        texts: list[tuple[Card | Outside, str]] = [
            (card, text) for card in cards for text in (card.title, *card.phrasings)
        ]
        texts += [(group, text) for group in outside for text in group.phrasings]
        bags = [frozenset(words(text)) for _, text in texts]
        seen_in = Counter(word for bag in bags for word in bag)
        self._rarity = {word: math.log(1 + len(bags) / count) for word, count in seen_in.items()}
        self._vocabulary = sorted(self._rarity)
        self._common = [word for word in self._vocabulary if seen_in[word] >= COMMON]
        self._rare = frozenset(word for word, count in seen_in.items() if count <= RARE)
        self._stranger = STRANGER_WEIGHT * max(self._rarity.values(), default=1.0)
        self._phrasings = [
            _Phrasing(of, text, bag, sum(self._rarity[word] for word in bag))
            for (of, text), bag in zip(texts, bags, strict=True)
        ]
        self._places: dict[str, list[int]] = {word: [] for word in self._vocabulary}
        for place, phrasing in enumerate(self._phrasings):
            for word in phrasing.words:
                self._places[word].append(place)
        self._known_as = lru_cache(maxsize=MAX_REMEMBERED)(self._find_known)

    def rank(self, question: str) -> list[Hit]:
        """What fits, best first; what shares no word is left out."""
        asked = dict.fromkeys(words(question)[:MAX_WORDS])
        known = {word: self._known_as(word) for word in asked}
        asked_weight = sum(
            min((self._rarity[other] for other in same), default=self._stranger)
            for same in known.values()
        )
        best: dict[str, Hit] = {}
        for place, shared in self._shared(known.values()).items():
            phrasing = self._phrasings[place]
            score = 2 * shared / (asked_weight + phrasing.weight)
            if score > best.get(phrasing.of.id, _NOTHING).score:
                best[phrasing.of.id] = Hit(of=phrasing.of, score=score, phrasing=phrasing.text)
        return sorted(best.values(), key=lambda hit: (-hit.score, hit.of.id))

    def corrected(self, text: str) -> str:
        """`text` normalised, each slip of the thumb replaced by the known word nearest to it."""
        plain, found = normalise(text), []
        if plain.count(" ") >= MAX_CORRECTED:
            return plain
        for word in plain.split():
            same = self._known_as(word)
            found.append(
                max(
                    same,
                    key=lambda other: (same[other] - (other in self._rare), other),
                    default=word,
                )
            )
        return " ".join(found)

    def _shared(self, known: Iterable[Mapping[str, float]]) -> dict[int, float]:
        """The weight of the words each phrasing shares with the question, by its place."""
        shared: dict[int, float] = {}
        for same in known:
            here: dict[int, float] = {}
            for word, likeness in same.items():
                weight = self._rarity[word] * likeness
                for place in self._places[word]:
                    here[place] = max(weight, here.get(place, 0.0))
            for place, weight in here.items():
                shared[place] = shared.get(place, 0.0) + weight
        return shared

    def _find_known(self, word: str) -> Mapping[str, float]:
        known = {word: 1.0} if word in self._rarity else {}
        if (known and word not in self._rare) or len(word) < 4 or word.isdigit():
            return known  # a short word one letter off is another word
        # Ways of asking hold slips of the thumb too: a rare word may be one of a common word.
        others = self._common if known else self._vocabulary
        found = process.extract(word, others, scorer=fuzz.ratio, score_cutoff=SAME_WORD, limit=3)
        return {other: ratio / 100 for other, ratio, _ in found} | known


def lead_of(hits: Sequence[Hit]) -> float:
    """How far the best hit is before the next subject."""
    rival = next((hit.score for hit in hits if hit.subject != hits[0].subject), 0.0)
    return hits[0].score - rival


def subject_of(of: Card | Outside) -> str:
    """The topic of a card, or the id of a subject outside our field."""
    return of.topic if isinstance(of, Card) else of.id


def normalise(text: str) -> str:
    """Lower case, no diacritics, no punctuation, single spaces. Idempotent; never raises."""
    # Taken apart before it is lowered: a stylised capital has no lower case of its own. Cut again
    # after it, because one character can be taken apart into many.
    plain = unicodedata.normalize("NFKD", text[:MAX_QUESTION]).casefold()
    found = " ".join(_WORD.findall(plain.encode("ascii", "ignore").decode()))
    return found[:MAX_QUESTION].rstrip()


def words(text: str) -> list[str]:
    """The words of a text that carry its subject; all of them when none would be left."""
    every = normalise(text).split()
    return [word for word in every if word not in EMPTY_WORDS] or every


@dataclass(frozen=True, slots=True)
class _Nothing:
    score: float = 0.0


_NOTHING = _Nothing()
