"""question -> Answer(sure | choose | none). Never an invention: a card, a choice, or nothing.

`sure` needs a high score and a clear lead over every card of another topic; a close second makes it
a choice. Below the lower threshold it is "weet ik niet".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from knowledge.models import Card
from knowledge.search import Hit, Search

SURE_FROM = 0.58
SURE_LEAD = 0.12
CHOOSE_FROM = 0.30
MAX_OPTIONS = 3
"""Fitted by eye on questions of other writers: nothing out of scope sure, few questions unheard."""
NATIONAL_REGION = "landelijk"


class Kind(StrEnum):
    """The three outcomes of a question."""

    SURE = "sure"
    CHOOSE = "choose"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A card that may be meant, with the confidence that it is (0 to 1)."""

    card: Card
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the knowledge base says to a question.

    `card` is set only when `kind` is sure. `options` are ranked and never repeat a card: for
    `choose` what is offered, for `none` the nearest there is, which nobody is shown. `read_as` is
    the known way of asking that fitted best.
    """

    kind: Kind
    card: Card | None
    options: tuple[Option, ...]
    confidence: float
    read_as: str | None


class Answerer:
    """Answers questions from the cards. Pure: the same question always gets the same answer."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._search = Search(cards)

    def answer(self, text: str, *, region: str | None = None) -> Answer:
        """The answer to `text` for somebody of `region` (None: no region of their own).

        A card of another region than the person's is still shown when nothing nearer fits; it says
        of which region it is.
        """
        hits = _own_region_first(self._search.rank(text), region)
        options = tuple(
            Option(card=hit.card, confidence=round(min(hit.score, 1.0), 3))
            for hit in hits[:MAX_OPTIONS]
        )
        best = hits[0] if hits else None
        kind = _kind(hits)
        return Answer(
            kind=kind,
            card=best.card if best and kind is Kind.SURE else None,
            options=options,
            confidence=options[0].confidence if options else 0.0,
            read_as=best.phrasing if best and kind is Kind.SURE else None,
        )


def build_answerer(cards: Iterable[Card]) -> Answerer:
    """The answerer over these cards."""
    return Answerer(cards)


def _kind(hits: list[Hit]) -> Kind:
    if not hits or hits[0].score < CHOOSE_FROM:
        return Kind.NONE
    best = hits[0]
    rival = next((hit.score for hit in hits if hit.card.topic != best.card.topic), 0.0)
    if best.score >= SURE_FROM and best.score - rival >= SURE_LEAD:
        return Kind.SURE
    return Kind.CHOOSE


def _own_region_first(hits: list[Hit], region: str | None) -> list[Hit]:
    """Cards of other regions step back a little when the person has a region of their own."""
    if region is None:
        return hits
    near = {region, NATIONAL_REGION}
    return sorted(hits, key=lambda hit: -hit.score * (1.0 if hit.card.region in near else 0.9))
