"""Personal data by its form. Every number and address here is made up to fit or to miss a form."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.privacy import PersonalData, personal_data

BSN, IBAN = PersonalData.BSN, PersonalData.IBAN
EMAIL, PHONE = PersonalData.EMAIL, PersonalData.PHONE
ADDRESS, BIRTH_DATE = PersonalData.ADDRESS, PersonalData.BIRTH_DATE


def passes_eleven_test(digits: str) -> bool:
    """The eleven-test as it is printed: 9, 8, ... 2 and minus 1."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0 and int(digits) > 0


def passing(prefix: str) -> str:
    """The first number of nine digits from `prefix` on that passes."""
    first = int(prefix.ljust(9, "0"))
    return next(
        f"{number:09d}"
        for number in range(first, first + 100)
        if passes_eleven_test(f"{number:09d}")
    )


NINE = passing("9876")
EIGHT = passing("01234")[1:]
FAILING = f"{int(NINE) + 1:09d}"


def test_the_made_up_numbers_are_what_they_are_meant_to_be() -> None:
    assert passes_eleven_test(NINE)
    assert passes_eleven_test(f"0{EIGHT}")
    assert not passes_eleven_test(FAILING)


@pytest.mark.parametrize(
    "text",
    [
        NINE,
        f"bsn {NINE}",
        f"bsn:{NINE}",
        f"BSN={NINE}.",
        f"het nummer ({NINE}) staat erin",
        f"{NINE[:3]}.{NINE[3:6]}.{NINE[6:]}",
        f"{NINE[:4]}.{NINE[4:6]}.{NINE[6:]}",
        f"{NINE[:3]} {NINE[3:6]} {NINE[6:]}",
        EIGHT,
        f"{EIGHT[:4]}.{EIGHT[4:6]}.{EIGHT[6:]}",
        f"{EIGHT[:2]} {EIGHT[2:5]} {EIGHT[5:]}",
        f"twee op een rij {FAILING} en {NINE}",
    ],
)
def test_a_bsn_is_seen(text: str) -> None:
    assert personal_data(text) == (BSN,)


@pytest.mark.parametrize(
    "text",
    [
        FAILING,
        f"{FAILING[:3]}.{FAILING[3:6]}.{FAILING[6:]}",
        "000000000",
        "00000000",
        f"{NINE}1",
        f"1{NINE}",
        NINE[:7],
        f"zaak-{NINE}",
        f"€ {NINE[:3]}.{NINE[3:6]},{NINE[6:8]}",
    ],
)
def test_a_number_that_fails_the_eleven_test_or_the_form_is_no_bsn(text: str) -> None:
    assert BSN not in personal_data(text)


@given(number=st.integers(10_000_000, 999_999_999))
def test_nine_digits_are_a_bsn_exactly_when_they_pass_the_eleven_test(number: int) -> None:
    digits = f"{number:09d}"
    assert (BSN in personal_data(f"het is {digits} zei zij")) is passes_eleven_test(digits)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("NL91ABNA0417164300", {IBAN}),
        ("nl91abna0417164300", {IBAN}),
        ("NL91ABNA0417164300 op naam van iemand", {IBAN}),
        ("geld naar NL91ABNA0417164300, graag", {IBAN}),
        ("rekening NL91 ABNA 0417 1643 00 graag", {IBAN, PHONE}),  # "0417 1643 00" is both
        ("anna@voorbeeld.nl", {EMAIL}),
        ("mail naar A.B+zaak@post.voorbeeld.nl.", {EMAIL}),
        ("06-12345678", {PHONE}),
        ("0612345678", {PHONE}),
        ("06 12 34 56 78", {PHONE}),
        ("+31 6 12345678", {PHONE}),
        ("+31 (0)6 12345678", {PHONE}),
        ("0031612345678", {PHONE}),
        ("010-1234567", {PHONE}),
        ("bel 010 123 45 67 even", {PHONE}),
        ("tel:0612345678", {PHONE}),
        ("1234 AB 12", {ADDRESS}),
        ("1234AB12", {ADDRESS}),
        ("Dorpsstraat, 1234 ab, nr. 5", {ADDRESS}),
        ("wonen op 2026 EN 3", {ADDRESS}),
        ("geb. 12-3-2014", {BIRTH_DATE}),
        ("geboren op 12 maart 2014", {BIRTH_DATE}),
        ("Geboortedatum: 12-03-2014", {BIRTH_DATE}),
        ("gebdatum 1/2/14", {BIRTH_DATE}),
    ],
)
def test_personal_data_is_seen_by_its_form(text: str, kinds: set[PersonalData]) -> None:
    assert set(personal_data(text)) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "bel Veilig Thuis: 0800-2000",
        "0800 2000 is dag en nacht open",
        "08002000",
        "bij gevaar 112, geen spoed 0900-8844",
        "Kindertelefoon 0800-0432",
        "12-3-2026",
        "2026-03-12",
        "op 12 maart 2026",
        "tussen 5 mei 2026 en 3 juni 2026",
        "op 23 november 2026 om 10 uur",
        "begin 2026 in 12 weken",
        "van 2015 tm 2026 is 11 jaar",
        "6 weken vanaf 3 april 2026",
        "5 werkdagen na 23 december",
        "uiterlijk 07-05-2026, warn 04-05-2026",
        "€ 1.250,00 of 12.500 euro",
        "87 procent, 15,2 zaken, 1 op 10",
        "K7-429F",
        "zaak k7429f is te laat",
        "artikel 4.2.2",
        "art. 1:264 lid 3 BW, ECLI:NL:HR:2017:2225",
        "Stb. 2014, 105",
        "postcode 1234 AB",
        "NL92ABNA0417164300",  # the check digits are wrong
        "@koersbot afwegingskader",
        "wat is de geboortedatum-regel",
        "geboren in 2014",
        "het kind is 12 jaar",
        "hoe lang mag drang zonder vto duren",
        "",
        "🙂",
    ],
)
def test_what_is_no_personal_data_passes(text: str) -> None:
    assert personal_data(text) == ()


# Known to go wrong, and listed so that both a new mistake and a repaired one are noticed.
MISSED = {
    "BSN" + NINE: BSN,  # glued to a word
    "geboren 2014-03-12": BIRTH_DATE,  # year first
    "(010) 1234567": PHONE,  # the area code in brackets
}
FALSE_ALARMS = {
    "20261123": BSN,  # a date without signs that happens to pass the eleven-test
}


def test_exactly_the_known_mistakes_are_made() -> None:
    assert {text for text, kind in MISSED.items() if kind not in personal_data(text)} == set(MISSED)
    assert {text: personal_data(text) for text in FALSE_ALARMS} == {
        text: (kind,) for text, kind in FALSE_ALARMS.items()
    }


def test_kinds_are_named_once_and_in_a_fixed_order() -> None:
    text = f"anna@voorbeeld.nl, bob@voorbeeld.nl, bsn {NINE} en {NINE}, 0612345678"
    assert personal_data(text) == (BSN, EMAIL, PHONE)


@given(text=st.text())
def test_no_text_raises(text: str) -> None:
    found = personal_data(text)
    assert list(found) == [kind for kind in PersonalData if kind in set(found)]


@pytest.mark.parametrize("text", ["1" * 20_000, "a." * 10_000 + "@", "NL91" * 5_000, "0 " * 10_000])
def test_a_long_text_is_checked_in_under_half_a_second(text: str) -> None:
    started = time.perf_counter()
    personal_data(text)
    assert time.perf_counter() - started < 0.5
