"""Syllables, sentences and Flesch-Douma: held against words counted by hand and the formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.reading_level import reading_level, sentences, syllables

COUNTED_BY_HAND = {
    "kind": 1, "ouders": 2, "jeugdbeschermer": 4, "gezin": 2, "melden": 2,
    "rechter": 2, "idee": 2, "ideeën": 3, "actie": 2, "coördinatie": 5, "uithuisplaatsing": 4,
    "onmiddellijk": 4, "nieuwe": 2, "leeuw": 1, "mooi": 1, "bloeien": 2, "draaien": 2,
    "egoïst": 3, "geïnformeerd": 4, "beïnvloeden": 4, "verzoek": 2, "huisverbod": 3, "termijn": 2,
    "kinderrechter": 4, "vrijwillig": 3, "beschikking": 3, "café": 2, "zo'n": 1, "ja": 1,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), COUNTED_BY_HAND.items())
def test_syllables_are_those_a_person_counts(word: str, count: int) -> None:
    assert syllables(word) == count


# Loan words are read as Dutch: one syllable too many. Who mends this, mends the list.
KNOWN_WRONG = {"teamleider": 4, "wijkteams": 3}


@pytest.mark.parametrize(("word", "count"), KNOWN_WRONG.items())
def test_loan_words_are_known_to_count_wrong(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(("word", "count"), [("OTS", 3), ("VTO", 3), ("5", 1), ("0800-2000", 1)])
def test_an_abbreviation_is_spelt_and_a_number_is_one_unit(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_score_is_the_formula_of_douma() -> None:
    level = reading_level("Het kind is thuis. De moeder belt de school.")
    assert (level.sentences, level.words, level.syllables) == (2, 9, 10)
    assert level.score == pytest.approx(206.84 - 0.93 * 4.5 - 77 * 10 / 9)


def test_short_plain_words_score_higher_than_long_ones() -> None:
    plain = reading_level("Bel je team. Zeg wat je zag. Schrijf op wat je doet.")
    official = reading_level(
        "Overeenkomstig bovenstaande verantwoordelijkheidsverdeling informeert de "
        "jeugdbeschermingsinstelling onverwijld belanghebbenden."
    )
    assert plain.score > 90
    assert official.score < 0


def test_an_empty_text_is_not_hard() -> None:
    assert reading_level("").score == 100


def test_a_list_is_not_one_long_sentence() -> None:
    assert len(sentences("Neem mee:\neen pas\neen plan\n- ")) == 3


@given(st.text(), st.text())
def test_two_texts_under_each_other_count_as_both(first: str, second: str) -> None:
    both = reading_level(f"{first}\n{second}")
    alone = reading_level(first) + reading_level(second)
    assert both == alone
