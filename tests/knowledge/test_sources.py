"""Nothing is copied from a source: no run of twelve words of one stands in the content."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from knowledge.editing import card_texts, norm_texts
from knowledge.loader import KnowledgeBase

RUN = 12
RUNS = frozenset(
    (Path(__file__).parent.parent / "data" / "source-runs.txt").read_text(encoding="utf-8").split()
)
"""The first 48 bits of the SHA-256 of every run of twelve words in the five policy documents and in
the quotes that the facts rest on. The texts themselves are not ours to ship."""


QUOTES = frozenset(
    tuple(line.split())
    for line in (Path(__file__).parent.parent / "data" / "source-quotes.txt")
    .read_text(encoding="utf-8")
    .splitlines()
)
"""Shorter quotes that facts rest on, of eight to eleven words, whole: how many words, and the hash.
Shorter ones are names of things ("gedragen koers binnen 6 weken")."""


def runs(text: str, length: int = RUN) -> Iterator[tuple[str, str]]:
    """Every run of so many words, with its hash. Words are letters and digits, no diacritics."""
    plain = unicodedata.normalize("NFKD", text).casefold().encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    for at in range(len(words) - length + 1):
        run = " ".join(words[at : at + length])
        yield run, hashlib.sha256(run.encode()).hexdigest()[:12]


def texts(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    for card in knowledge.cards.values():
        for _, text in card_texts(card):
            yield card.id, text
        for line in card.phrasings:
            yield card.id, line
    for versions in knowledge.norms.values():
        for norm in versions:
            for _, text in norm_texts(norm):
                yield norm.id, text
    for term in knowledge.terms.values():
        yield term.id, term.meaning
    for group in knowledge.outside.values():
        yield group.id, group.answer or ""


def test_a_copied_sentence_would_be_found() -> None:
    assert len(RUNS) > 20_000
    assert len(QUOTES) > 100
    assert all(re.fullmatch(r"[0-9a-f]{12}", run) for run in (*RUNS, *(q for _, q in QUOTES)))
    # Twelve words are one run, thirteen are two; capitals, accents and commas make no difference.
    twelve = "een twee drie vier vijf zes zeven acht negen tien elf twaalf"
    assert len(list(runs(twelve))) == 1
    assert len(list(runs(f"{twelve} dertien"))) == 2
    assert dict(runs(twelve)) == dict(runs(twelve.replace("een", "Éen,", 1)))


def test_no_twelve_words_in_a_row_come_from_a_source(knowledge: KnowledgeBase) -> None:
    copied = {
        (owner, run)
        for owner, text in texts(knowledge)
        for run, hashed in runs(text)
        if hashed in RUNS
    }
    assert copied == set()


def test_no_quote_of_a_source_stands_in_the_content(knowledge: KnowledgeBase) -> None:
    copied = {
        (owner, run)
        for length in {count for count, _ in QUOTES}
        for owner, text in texts(knowledge)
        for run, hashed in runs(text, int(length))
        if (length, hashed) in QUOTES
    }
    assert copied == set()
