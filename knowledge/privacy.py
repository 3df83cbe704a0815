"""Does this text carry personal data that can be recognised by its form, and of what kind.

Seen here: BSN (eleven-test), IBAN, e-mail, phone number, postcode with house number, and a date of
birth that says so. Names are not recognised by this module; therefore nothing a person types in
free text is stored anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from stdnum import iban
from stdnum.nl import bsn


class PersonalData(StrEnum):
    """Kinds of personal data, as they are named to the sender."""

    BSN = "bsn"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "telefoon"
    ADDRESS = "adres"
    BIRTH_DATE = "geboortedatum"


# Public numbers that everybody may write: Veilig Thuis, police, children's helpline.
PUBLIC_NUMBERS = frozenset({"08002000", "112", "09008844", "08000432"})

_BSN = re.compile(r"(?<![\w,/-])\d(?:[ .]?\d){7,8}(?![\w/-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(r"(?<!\w)(?:\+31|0031|0)[ -]?(?:\(0\))?\d(?:[ -]?\d){7,8}(?!\w)")
# "5 mei 2026 en 3 juni" and "2026 om 10 uur" have the form of a postcode; the word gives them away.
_ADDRESS = re.compile(
    r"\b[1-9]\d{3}(?!(?-i: (?:al|en|er|ik|in|is|ja|je|na|nu|of|om|op|te|tm|we|ze) ))"
    r" ?(?!SA|SD|SS)[A-Z]{2},? ?(?:nr\.? ?)?\d{1,5}\b",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"\b(?:geb(?:\.|oren)?|geboortedatum|geb\.?datum|gebdat\w*)\b\W{0,3}(?:op |is )?"
    r"\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3,9})[-/. ]\d{2,4}",
    re.IGNORECASE,
)


def personal_data(text: str) -> tuple[PersonalData, ...]:
    """The kinds of personal data in `text`, each once, in a fixed order. Never raises."""
    found = set(_kinds(text))
    return tuple(kind for kind in PersonalData if kind in found)


def _kinds(text: str) -> Iterator[PersonalData]:
    for match in _IBAN.finditer(text):
        # Words after the number look like more of it: any beginning that is one, counts.
        run = match[0].replace(" ", "")
        if any(iban.is_valid(run[:length]) for length in range(15, len(run) + 1)):
            yield PersonalData.IBAN
    for match in _BSN.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= 8 and digits not in PUBLIC_NUMBERS and bsn.is_valid(digits.zfill(9)):
            yield PersonalData.BSN
    for match in _PHONE.finditer(text):
        if re.sub(r"\D", "", match[0]) not in PUBLIC_NUMBERS:
            yield PersonalData.PHONE
    for pattern, kind in (
        (_EMAIL, PersonalData.EMAIL),
        (_ADDRESS, PersonalData.ADDRESS),
        (_BIRTH, PersonalData.BIRTH_DATE),
    ):
        if pattern.search(text):
            yield kind
