"""Refusals that storage adds: what cannot be done with what is kept."""

from __future__ import annotations

from knowledge.refusals import Refusal


class NotAllowed(Refusal):
    """The acting person may not do this, or not here. Says nothing about what is there."""

    def __init__(self) -> None:
        super().__init__("mag-niet")


class NotFound(Refusal):
    """What was asked for is not there, or not for this person's eyes: one and the same text."""


class Conflict(Refusal):
    """Somebody was first, or the moment has passed."""


class InvitationRefused(Refusal):
    """A token that does not exist, was used, or has expired: one and the same text."""

    def __init__(self) -> None:
        super().__init__("uitnodiging-ongeldig")


class DraftGone(Refusal):
    """The conversation a button belongs to is over, or a newer one took its place."""

    def __init__(self) -> None:
        super().__init__("gesprek-verlopen")
