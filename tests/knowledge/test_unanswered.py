"""Of a question without an answer only words of the content are kept."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.loader import load
from knowledge.search import normalise
from knowledge.unanswered import GAP, MAX_KEPT, Cleaner, clusters

CONTENT = load()
CLEANER = Cleaner(CONTENT)
ALL_WORDS = " ".join(
    normalise(text)
    for card in CONTENT.cards.values()
    for text in (card.title, card.answer, *card.steps, *card.cautions)
) + " ".join(
    normalise(f"{term.term} {term.in_full or ''} {term.meaning}") for term in CONTENT.terms.values()
)


def test_names_and_numbers_become_gaps() -> None:
    cleaned = CLEANER.clean("vto voor Jaimy de Groot geboren 03-04-2015, moeder belt 0612345678")
    assert cleaned is not None
    for part in ("jaimy", "2015", "0612345678"):
        assert part not in cleaned
    assert cleaned.startswith("vto voor")
    assert GAP in cleaned


def test_too_little_is_nothing() -> None:
    assert CLEANER.clean("jaimy xqzt") is None
    assert CLEANER.clean("") is None


@given(st.text(max_size=400))
@settings(deadline=None, max_examples=200)
def test_every_word_that_is_kept_is_one_of_ours(text: str) -> None:
    kept = CLEANER.clean(text)
    known = set(ALL_WORDS.split())
    assert kept is None or len(kept) <= MAX_KEPT
    for word in (kept or "").split():
        assert word == GAP or word in known


def test_what_looks_alike_is_shown_once_and_the_most_asked_first() -> None:
    found = clusters(
        ["mag een stagiair mee op huisbezoek", "stagiair mee op huisbezoek", "loket voor fietsen"]
    )
    assert [(one.words, one.count) for one in found] == [
        ("stagiair mee op huisbezoek", 2),
        ("loket voor fietsen", 1),
    ]
    assert clusters([]) == []
