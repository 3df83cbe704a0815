"""Questions that got no answer -> what may be kept of them, and what is asked most.

Kept are only words that the content itself uses: a name, a number or an address is none of those
and becomes a gap. What is left cannot tell who was meant, and still says what was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledge.loader import KnowledgeBase
from knowledge.search import normalise

GAP = "…"
"""Stands for words that were left out."""

MAX_KEPT = 240
"""Characters of a question that are kept at most."""

KEPT_WORDS_AT_LEAST = 2
ALIKE_FROM = 75.0
"""rapidfuzz token_set_ratio from which two questions are shown as one."""


class Cleaner:
    """Leaves of a text only the words that the cards and terms use. Build once; no state."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        texts = [
            text
            for card in knowledge.cards.values()
            for text in (card.title, card.answer, *card.steps, *card.cautions)
        ]
        texts += [
            text
            for term in knowledge.terms.values()
            for text in (term.term, term.in_full or "", term.meaning)
        ]
        self._words = frozenset(word for text in texts for word in normalise(text).split())

    def clean(self, text: str) -> str | None:
        """What may be kept of `text`; None when too little is left to learn from."""
        kept: list[str] = []
        for word in normalise(text).split():
            said = word if word in self._words and not word.isdigit() else GAP
            if said != GAP or kept[-1:] != [GAP]:
                kept.append(said)
        if sum(word != GAP for word in kept) < KEPT_WORDS_AT_LEAST:
            return None
        return " ".join(kept)[:MAX_KEPT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Questions that look alike: the one to show, and how many there are."""

    words: str
    count: int


def clusters(texts: Iterable[str]) -> Sequence[Cluster]:
    """Cleaned questions, those that look alike as one, the most asked first."""
    found: list[list[str]] = []
    for text in sorted(texts, key=lambda one: (-len(one), one)):
        near = process.extractOne(
            text,
            [group[0] for group in found],
            scorer=fuzz.token_set_ratio,
            score_cutoff=ALIKE_FROM,
        )
        if near is None:
            found.append([text])
        else:
            found[near[2]].append(text)
    shown = [Cluster(words=min(group, key=len), count=len(group)) for group in found]
    return sorted(shown, key=lambda cluster: (-cluster.count, cluster.words))
