"""Which cards and norms have to be read again, and why: evidence, not a bare date.

Evidence is a newer text of a source than the one that was read. A card stays due until a review
says that somebody held it against that text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.loader import KnowledgeBase
from knowledge.models import Review, SourceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class DueForReview:
    """Something made from an older text than the newest known. `kind` is `kaart` or `norm`."""

    kind: str
    id: str
    source: str
    read: date
    newer: date
    why: str


def due_for_review(knowledge: KnowledgeBase) -> tuple[DueForReview, ...]:
    """Every card and norm with a source of which a newer text is known, in order of kind and id."""
    return tuple(_due(knowledge))


def _due(knowledge: KnowledgeBase) -> Iterator[DueForReview]:
    for card in knowledge.cards.values():
        yield from _older(knowledge, "kaart", card.id, card.sources, card.reviews)
    for versions in knowledge.norms.values():
        yield from _older(knowledge, "norm", versions[0].id, versions[0].sources, ())


def _older(
    knowledge: KnowledgeBase,
    kind: str,
    entry_id: str,
    refs: Iterable[SourceRef],
    reviews: Iterable[Review],
) -> Iterator[DueForReview]:
    seen: dict[str, date] = {}
    for review in reviews:
        read = review.text_of or review.on
        seen[review.source] = max(read, seen.get(review.source, read))
    for ref in refs:
        newer = knowledge.sources[ref.source].newer
        read = max(ref.text_of or ref.read_on, seen.get(ref.source, date.min))
        if newer is not None and read < newer.text_of:
            yield DueForReview(
                kind=kind,
                id=entry_id,
                source=ref.source,
                read=read,
                newer=newer.text_of,
                why=newer.what,
            )
