"""Make and check a meaningless case code: `K7-4291N`.

A letter, a digit, four digits and a check character, from an alphabet without look-alikes. The
check character finds any single wrong character and any swap of neighbours (a weighted sum modulo a
prime, the idea of the ISBN-10). The code says nothing about the child, the team or the date.
"""

from __future__ import annotations

import re
from collections.abc import Callable

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


def spoken(code: str) -> str:
    """The code as said over the phone: "kilo zeven vier twee negen een november"."""
    return " ".join(SPOKEN[character] for character in code if character != "-")


def _check(body: str) -> str:
    total = sum((place + 2) * _VALUE[character] for place, character in enumerate(body))
    return CHECK[total % len(CHECK)]
