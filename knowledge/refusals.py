"""Expected refusals: a text id and its parameters, turned into one Dutch sentence by `handlers/`.

A `Refusal` is never a bug. It says that what was asked cannot be done; the text behind `text_id`
(`handlers/texts/weigering.j2`) says what to do instead. Storage adds its own kinds on top of these.
"""

from __future__ import annotations


class Refusal(Exception):
    """Something that cannot be done, for a reason the person may know.

    Attributes:
        text_id: the key of the sentence in `handlers/texts/weigering.j2`.
        parameters: what that sentence needs; never personal data.
    """

    def __init__(self, text_id: str, **parameters: object) -> None:
        super().__init__(text_id)
        self.text_id = text_id
        self.parameters = parameters


class ImpossibleDate(Refusal):
    """A date that does not exist, cannot be read, or lies outside what the calendar can carry."""


class UnknownNorm(Refusal):
    """A norm id that the knowledge base does not have on that date."""
