"""Make and check a meaningless case code: `K7-4291N`.

A letter, a digit, four digits and a check character, from an alphabet without look-alikes. The
check character finds any single wrong character and any swap of neighbours (a weighted sum modulo a
prime, the idea of the ISBN-10). The code says nothing about the child, the team or the date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from knowledge.privacy import PersonalData, personal_data
from knowledge.refusals import Refusal

MAX_LABEL = 24
"""Characters that a case number may have."""

LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"  # no I, O, Q, U: they read as 1, 0, O, V
DIGITS = "0123456789"
CHECK = "0123456789ABCDEFGHJKLMNPRSTVWXY"  # 31 characters, a prime, so every slip shows
_VALUE = {character: value for value, character in enumerate(DIGITS + LETTERS)}
_FORM = re.compile(r"^([A-Z])(\d)-?(\d{4})([A-Z0-9])$")

SPOKEN = {
    "A": "alfa", "B": "bravo", "C": "charlie", "D": "delta", "E": "echo", "F": "foxtrot",
    "G": "golf", "H": "hotel", "J": "juliet", "K": "kilo", "L": "lima", "M": "mike",
    "N": "november", "P": "papa", "R": "romeo", "S": "sierra", "T": "tango", "V": "victor",
    "W": "whisky", "X": "x-ray", "Y": "yankee", "Z": "zulu",
    "0": "nul", "1": "een", "2": "twee", "3": "drie", "4": "vier",
    "5": "vijf", "6": "zes", "7": "zeven", "8": "acht", "9": "negen",
}  # fmt: skip


def make(choose: Callable[[str], str]) -> str:
    """A new code; `choose` picks one character from a string (pass a cryptographic choice)."""
    body = choose(LETTERS) + "".join(choose(DIGITS) for _ in range(5))
    return f"{body[:2]}-{body[2:]}{_check(body)}"


def parse(text: str) -> str | None:
    """The code in its one written form, or None when `text` is no valid code."""
    match = _FORM.match(text.strip().upper().replace(" ", ""))
    if match is None:
        return None
    body = "".join(match.groups()[:3])
    known = all(character in _VALUE for character in body)
    return f"{body[:2]}-{body[2:]}{match[4]}" if known and match[4] == _check(body) else None


class LabelRefused(Refusal):
    """A label that must not stand for a zaak: it says of whom it is, or it is no case number."""


_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d{2})|(?:19|20)\d{6})(?!\d)")
_BSN_DIGITS = (8, 9)


def label(text: str, pattern: re.Pattern[str] | None) -> str:
    """The code or the organisation's own number that `text` is, in its one written form.

    `pattern` is what the organisation's numbers look like; without it only our own codes are taken.
    A number that could be a BSN or a birth date is refused also when it fits the pattern: whoever
    reads it cannot know that it is none.

    Raises:
        LabelRefused: with the reason.
    """
    code = parse(text)
    if code is not None:
        return code
    plain = unicodedata.normalize("NFKC", text).strip()
    for kind in personal_data(plain):
        reason = "label-bsn" if kind is PersonalData.BSN else "label-persoonsgegeven"
        raise LabelRefused(reason)
    if _DATE.search(plain):
        raise LabelRefused("label-geboortedatum")
    if not any(character.isdigit() for character in plain):
        raise LabelRefused("label-naam")
    if pattern is None:
        raise LabelRefused("label-geen-code")
    written = plain.upper()
    for candidate in (plain, written):
        if len(candidate) <= MAX_LABEL and pattern.fullmatch(candidate):
            return candidate
    raise LabelRefused("label-past-niet")


def looks_like(text: str, pattern: re.Pattern[str] | None) -> str | None:
    """The code or number that a line of text plainly is, and nothing else; None when it is none."""
    try:
        return label(text, pattern)
    except LabelRefused:
        return None


def spoken(code: str) -> str:
    """The code as said over the phone: "kilo zeven vier twee negen een november"."""
    return " ".join(SPOKEN.get(character, character) for character in code if character.isalnum())


def _check(body: str) -> str:
    total = sum((place + 2) * _VALUE[character] for place, character in enumerate(body))
    return CHECK[total % len(CHECK)]
