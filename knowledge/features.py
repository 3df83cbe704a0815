"""Text -> the pieces it is recognised by: runs of three to five letters, words and pairs of words.

Runs of letters carry what whole words miss: slips of the thumb, inflection and compounds. They stay
within one word and its edges. Pairs of words carry a little of the order.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from knowledge.search import normalise

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

RUNS = (3, 4, 5)
"""Lengths of the runs of letters."""

KNOWN_FROM = 0.3
"""Share of the runs of a text; nonsense and other alphabets stay below it."""

_SYMBOLS = " abcdefghijklmnopqrstuvwxyz0123456789"
_CODE = np.zeros(256, np.int64)
_CODE[[ord(symbol) for symbol in _SYMBOLS]] = np.arange(len(_SYMBOLS))
_LENGTH_STEP = 10**8  # above 37 to the power 5: runs of another length never share an id
_WORDS_FROM = 1 << 33
_PAIRS_FROM = 1 << 34


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of some texts: entry i says that text `row[i]` holds piece `id[i]` once."""

    row: Ids
    id: Ids


@dataclass(frozen=True, slots=True)
class Weighted:
    """Texts as sparse vectors: text `row[i]` has `value[i]` at place `place[i]` of a vocabulary."""

    row: Ids
    place: Ids
    value: Floats


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces that are known, in order of id, and how much the rarity of each counts."""

    ids: Ids
    rarity: Floats

    def weigh(self, texts: Sequence[str]) -> Weighted:
        """Texts as vectors over this vocabulary; pieces that are not in it are left out.

        Letters and words each have length one, so that a long word does not drown the others.
        """
        found = pieces(texts)
        place = np.minimum(np.searchsorted(self.ids, found.id), len(self.ids) - 1)
        known = self.ids[place] == found.id
        keys, times = np.unique(found.row[known] * len(self.ids) + place[known], return_counts=True)
        row, at = np.divmod(keys, len(self.ids))
        value = (1 + np.log(times)) * self.rarity[at]
        part = row * 2 + (self.ids[at] >= _WORDS_FROM)
        length = np.sqrt(np.bincount(part, weights=value * value, minlength=2 * len(texts)))
        return Weighted(row, at, (value / length[part]).astype(np.float32))

    def knows(self, text: str) -> bool:
        """Whether enough runs of letters of a text are known to say anything about it."""
        runs = np.unique(np.concatenate([one.id for one in _runs([normalise(text)])]))
        place = np.minimum(np.searchsorted(self.ids, runs), len(self.ids) - 1)
        known = self.ids[place] == runs
        return bool(known.size) and bool(known.mean() >= KNOWN_FROM)


def pieces(texts: Sequence[str]) -> Pieces:
    """Every piece of these texts, as often as it occurs. Texts are normalised first."""
    plain = [normalise(text) for text in texts]
    found = [*_runs(plain), _words(plain)]
    return Pieces(
        np.concatenate([one.row for one in found]), np.concatenate([one.id for one in found])
    )


def vocabulary(texts: Sequence[str], *, at_least: int) -> Vocabulary:
    """The pieces that occur in at least so many of these texts."""
    found = pieces(texts)
    once = np.unique(np.stack([found.id, found.row]), axis=1)[0]
    ids, seen_in = np.unique(once, return_counts=True)
    kept = seen_in >= at_least
    rarity = np.log((1 + len(texts)) / (1 + seen_in[kept])) + 1
    return Vocabulary(ids[kept], rarity.astype(np.float32))


def _runs(plain: Sequence[str]) -> list[Pieces]:
    edged = [f" {text} ".encode("ascii") for text in plain]
    row = np.repeat(np.arange(len(edged)), [len(text) for text in edged])
    code = _CODE[np.frombuffer(b"".join(edged), np.uint8)]
    found = []
    for length in RUNS:
        count = max(len(code) - length + 1, 0)
        run = np.zeros(count, np.int64)
        for step in range(length):
            run = run * len(_SYMBOLS) + code[step : count + step]
        whole = row[:count] == row[length - 1 : length - 1 + count]
        for step in range(1, length - 1):
            whole &= code[step : count + step] != 0
        found.append(Pieces(row[:count][whole], run[whole] + length * _LENGTH_STEP))
    return found


def _words(plain: Sequence[str]) -> Pieces:
    rows, ids = [], []
    for row, text in enumerate(plain):
        split = text.split()
        ids += [_WORDS_FROM + zlib.crc32(word.encode()) for word in split]
        ids += [_PAIRS_FROM + zlib.crc32(" ".join(pair).encode()) for pair in pairwise(split)]
        rows += [row] * (2 * len(split) - 1 if split else 0)
    return Pieces(np.array(rows, np.int64), np.array(ids, np.int64))
