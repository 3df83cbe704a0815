"""What an abbreviation or term means: found by every spelling, and never instead of a question."""

from __future__ import annotations

import pytest

from knowledge.answering import Answerer, Kind
from knowledge.glossary import Glossary
from knowledge.loader import KnowledgeBase
from knowledge.search import normalise


@pytest.fixture
def glossary(knowledge: KnowledgeBase) -> Glossary:
    return Glossary(knowledge.terms.values())


def test_there_are_enough_terms_with_their_misspellings(knowledge: KnowledgeBase) -> None:
    terms = knowledge.terms.values()
    assert len(terms) >= 400
    assert sum(len(term.also) for term in terms) >= 2_000
    assert sum(term.in_full is not None for term in terms) >= 120


def test_a_meaning_rests_on_a_card_or_a_source(knowledge: KnowledgeBase) -> None:
    everyday = [term.id for term in knowledge.terms.values() if term.everyday]
    assert len(everyday) < 0.1 * len(knowledge.terms)


def test_every_single_word_spelling_finds_its_term(
    knowledge: KnowledgeBase, glossary: Glossary
) -> None:
    for term in knowledge.terms.values():
        for name in (term.term, *term.also):
            if " " not in normalise(name):
                assert glossary.find(name) is term, name
            assert glossary.find(f"wat betekent {name}?") is term, name


@pytest.mark.parametrize(
    ("asked", "term_id"),
    [
        ("MUHP?", "muhp"),
        ("m.u.h.p.", "muhp"),
        ("waar staat vto voor", "vto"),
        ("Wat betekent OTS eigenlijk?", "ots"),
        ("afkorting rvdk", "rvdk"),
    ],
)
def test_a_meaning_is_found_however_it_is_asked(
    glossary: Glossary, asked: str, term_id: str
) -> None:
    found = glossary.find(asked)
    assert found is not None
    assert found.id == term_id


@pytest.mark.parametrize(
    "question",
    [
        "wat is een ots",
        "drang vto",
        "hoe lang duurt een ots",
        "",
        "?",
        "wat betekent",
        "ots of vots",
    ],
)
def test_a_question_is_left_to_the_cards(glossary: Glossary, question: str) -> None:
    assert glossary.find(question) is None


def test_a_meaning_is_a_sure_answer_of_its_topic(answerer: Answerer) -> None:
    answer = answerer.answer("MUHP")
    assert answer.kind is Kind.SURE
    assert answer.topic == "maatregel.uithuisplaatsing"
    assert answer.topics[0] == answer.topic
    assert answer.card is not None
