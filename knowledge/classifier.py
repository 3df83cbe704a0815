"""What was learned from all ways of asking: how well each card fits a question, as a probability.

`knowledge/learned/` holds a linear model (weights.npz) and how its scores become probabilities
(calibration.json). `koersbot kennis leer` makes both from the content (knowledge/learning.py);
nothing here learns. Without them the answerer falls back on shared words alone.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.features import Floats, Ids, Vocabulary
from knowledge.models import Card, Outside

LEARNED = Path(__file__).parent / "learned"
WEIGHTS, CALIBRATION = "weights.npz", "calibration.json"

STEPS = 31
"""Weights are kept in so many steps either side of zero, a scale a label; measured: no loss."""


class Calibration(BaseModel):
    """How scores become a probability, and what is sure enough. All fitted on writers unseen.

    Probabilities are from 0 to 1; the bias and the slopes are in log-odds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outside_bias: float = Field(description="added to the score of not being ours")
    sure_from: float = Field(ge=0, le=1, description="from here a card is shown by itself")
    sure_lead: float = Field(ge=0, le=1, description="and so far before the next topic")
    choose_from: float = Field(ge=0, le=1, description="from here a choice is offered")
    words_score: float = Field(description="shared words: slope of the score of the best")
    words_lead: float = Field(description="shared words: slope of its lead")
    words_bias: float = Field(description="shared words: the constant")
    measured: Mapping[str, float] = Field(
        default={}, description="shares on writers unseen, at these thresholds"
    )


WORDS_ONLY = Calibration(
    outside_bias=0.0,
    sure_from=0.9,
    sure_lead=0.5,
    choose_from=0.3,
    words_score=6.0,
    words_lead=6.0,
    words_bias=-3.0,
)
"""When nothing was learned: shared words alone."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A linear model over the pieces of a question, one label a card or subject outside our field.

    `weights` has a row a piece and a column a label. `prints` says of which ways of asking a label
    was learned, so that a card that changed since is known.
    """

    vocabulary: Vocabulary
    labels: tuple[str, ...]
    prints: tuple[int, ...]
    weights: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    calibration: Calibration

    def scores(self, text: str) -> Floats:
        """How well each label fits, in log-odds, in the order of `labels`."""
        found = self.vocabulary.weigh([text])
        rows = self.weights[found.place].astype(np.float32)
        return np.asarray(found.value @ rows * self.scale + self.bias, np.float32)

    def changed(self, current: Iterable[Card | Outside]) -> frozenset[str]:
        """The cards and subjects that are new, or are asked otherwise than was learned."""
        then = dict(zip(self.labels, self.prints, strict=True))
        return frozenset(one.id for one in current if then.get(one.id) != fingerprint(one))


class NotLearned(Exception):
    """There is no usable model; `str()` says in Dutch why and what to do."""


def fingerprint(of: Card | Outside) -> int:
    """A number that changes when the ways of asking this do."""
    return zlib.crc32("\n".join(sorted(asked(of))).encode())


def asked(of: Card | Outside) -> tuple[str, ...]:
    """Every text that leads to this card or subject."""
    return (of.title, *of.phrasings) if isinstance(of, Card) else of.phrasings


def load_learned(folder: Path = LEARNED) -> Learned:
    """The model and its calibration from a folder.

    Raises:
        NotLearned: a file is missing or is not what it should be.
    """
    try:
        calibration = Calibration.model_validate_json((folder / CALIBRATION).read_bytes())
        # Opened here: numpy leaves a damaged file open.
        with (
            (folder / WEIGHTS).open("rb") as file,
            np.load(file, allow_pickle=False) as kept,
        ):
            return Learned(
                vocabulary=Vocabulary(_ids(kept["gaps"]), kept["rarity"].astype(np.float32)),
                labels=tuple(str(label) for label in kept["labels"]),
                prints=tuple(int(number) for number in kept["prints"]),
                weights=kept["weights"],
                scale=kept["scale"],
                bias=kept["bias"],
                calibration=calibration,
            )
    except _UNREADABLE as error:
        raise NotLearned(
            f"Het geleerde model in {folder} ontbreekt of is beschadigd; "
            "maak het opnieuw met: koersbot kennis leer"
        ) from error


_UNREADABLE = (
    OSError, EOFError, KeyError, ValueError, ValidationError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def save_learned(learned: Learned, folder: Path) -> None:
    """Write the model and its calibration. The same model gives the same bytes."""
    np.savez_compressed(
        folder / WEIGHTS,
        gaps=np.diff(learned.vocabulary.ids, prepend=0),
        rarity=learned.vocabulary.rarity.astype(np.float16),
        labels=np.array(learned.labels),
        prints=np.array(learned.prints, np.uint32),
        weights=learned.weights,
        scale=learned.scale,
        bias=learned.bias,
    )
    (folder / CALIBRATION).write_text(
        learned.calibration.model_dump_json(indent=2) + "\n", encoding="utf-8"
    )


def quantised(weights: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.int8], Floats]:
    """Weights (pieces by labels) in few steps, and the size of a step for each label."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / STEPS
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


def _ids(gaps: Ids) -> Ids:
    return np.cumsum(gaps, dtype=np.int64)
