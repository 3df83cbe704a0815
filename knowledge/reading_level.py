"""How hard a Dutch text is to read: words a sentence, and the formula of Flesch fitted to Dutch.

Flesch-Douma (W.H. Douma, "De leesbaarheid van landbouwbladen", Wageningen 1960):
206,84 - 0,93 x words per sentence - 77 x syllables per word. Higher is easier. 60 or more is what
this house calls B1; the formula measures length only, so a person still has to read the text.

Syllables are counted as groups of vowels. The Dutch library that is at hand, textstat, brings nltk
and setuptools into the program for this one sum; pyphen breaks lines and never splits off a single
letter, so it undercounts ("ouder" would be right, "idee" and "actie" not).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

B1_FROM = 60.0
"""Flesch-Douma from which a text counts as B1 here."""

LONGEST_SENTENCE = 30
"""Words a sentence on a card may have; a longer one is cut in two."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:-]\d+)*", re.UNICODE)
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")
# "ie", "ij", "aai", "eeuw": one sound. A diaeresis starts a new one: "ideeën", "coördinatie".
_VOWELS = re.compile(r"(?:aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|ei|ij|au|ou|eu|oe|ui|[aeiouy])")
_NEW_SYLLABLE = str.maketrans({"ë": "|e", "ï": "|i", "ö": "|o", "ü": "|u", "ä": "|a"})
_ABBREVIATION = re.compile(r"^[A-Z][A-Z0-9]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLevel:
    """What was counted in a text. `score` is Flesch-Douma, higher is easier."""

    sentences: int
    words: int
    syllables: int

    @property
    def words_per_sentence(self) -> float:
        """Mean length of a sentence."""
        return self.words / max(self.sentences, 1)

    @property
    def score(self) -> float:
        """Flesch-Douma; 100 for a text without words."""
        if not self.words:
            return 100.0
        return 206.84 - 0.93 * self.words_per_sentence - 77 * self.syllables / self.words

    def __add__(self, other: ReadingLevel) -> ReadingLevel:
        return ReadingLevel(
            sentences=self.sentences + other.sentences,
            words=self.words + other.words,
            syllables=self.syllables + other.syllables,
        )


def reading_level(text: str) -> ReadingLevel:
    """Count a text of whole sentences. Headings and list items are sentences of their own."""
    parts = sentences(text)
    words = [word for part in parts for word in _WORD.findall(part)]
    return ReadingLevel(
        sentences=len(parts), words=len(words), syllables=sum(map(syllables, words))
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with at least one word. A colon ends one: a list follows."""
    return [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]


def word_count(sentence: str) -> int:
    """The words of a sentence."""
    return len(_WORD.findall(sentence))


def syllables(word: str) -> int:
    """The syllables of a Dutch word, at least one. An abbreviation is spelt: one a letter."""
    if _ABBREVIATION.match(word):
        return len(word)
    if word[:1].isdigit():
        return 1  # read as one unit: "5", "0800-2000"
    spread = word.lower().translate(_NEW_SYLLABLE)
    plain = unicodedata.normalize("NFKD", spread).encode("ascii", "ignore").decode()
    return max(1, len(_VOWELS.findall(plain)))
