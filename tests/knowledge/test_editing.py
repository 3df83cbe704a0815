"""What an editor is told: each mistake at its own line, with what to do about it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from knowledge import editing, reference, register
from knowledge.loader import KnowledgeBase, Problem, load, load_with_places
from knowledge.register import Register, load_register
from knowledge.review import due_for_review
from knowledge.stats import B1_FROM, content_stats
from knowledge.yaml_files import ContentError
from tests.knowledge.overlays import CARD, NORM, Overlay, line_of, swapped

TODAY = date(2026, 11, 25)
DOCS = Path(__file__).parents[2] / "docs" / "reference"
ROWS = load_register()


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    return Overlay(tmp_path / "organisatie")


def told(overlay: Overlay, *, today: date = TODAY) -> list[Problem]:
    """What the editor of this overlay is told about it."""
    knowledge, layers = load_with_places([overlay.folder])
    return [
        problem
        for problem in editing.problems(knowledge, layers, ROWS, today=today)
        if problem.file.is_relative_to(overlay.folder)
    ]


def test_the_national_content_has_nothing_to_mend() -> None:
    knowledge, layers = load_with_places()
    assert list(editing.problems(knowledge, layers, ROWS, today=TODAY)) == []
    assert list(register.problems(knowledge, ROWS)) == []


def test_our_own_card_and_norm_have_nothing_to_mend(overlay: Overlay) -> None:
    overlay.card()
    overlay.norm()
    assert told(overlay) == []


LONG = "Dit is een zin die maar doorgaat " + "en doorgaat " * 14 + "."
MISTAKES = [
    pytest.param(
        CARD + "geldig: {van: 2020-01-01, tot: 2025-12-31}\n", "geldig",
        "gold tot en met 31-12-2025; noem de kaart die ervoor in de plaats kwam", id="expired",
    ),
    pytest.param(
        swapped("alleen in een test bestaat.", "van de QXZ komt."), "antwoord",
        "afkorting 'QXZ' staat niet in glossary.yaml", id="abbreviation",
    ),
    pytest.param(
        CARD + f"let_op:\n  - Kort.\n  - {LONG}\n", "doorgaat",
        "woorden is te lang; maak er meer zinnen van", id="long-sentence",
    ),
    pytest.param(
        swapped("  - waarom bestaat de proefkaart", "  - mail naar iemand@voorbeeld.nl"),
        "iemand@", "een persoonsgegeven te staan (email)", id="mail-in-a-question",
    ),
    pytest.param(
        swapped("wie_beslist: De test.", "wie_beslist: Bel 06-12345678."), "wie_beslist",
        "een persoonsgegeven te staan (telefoon)", id="phone",
    ),
    pytest.param(
        CARD + "feiten: [geen-feit]\n", "feiten", "feit 'geen-feit' staat niet in het register",
        id="fact",
    ),
    pytest.param(
        CARD + 'systemen: ["004-99"]\n', "systemen", "rij '004-99' staat niet in het register",
        id="row",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "says"), MISTAKES)
def test_a_mistake_is_told_once_at_its_line(
    overlay: Overlay, text: str, at: str, says: str
) -> None:
    file = overlay.card(text)
    (problem,) = told(overlay)
    assert problem.file == file
    assert at in file.read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert says in problem.what


def test_a_card_that_ended_is_fine_once_it_names_its_successor(overlay: Overlay) -> None:
    overlay.card(CARD + "geldig: {tot: 2025-12-31}\nvervangen_door: vto-wat-is\n")
    assert told(overlay) == []


def test_a_card_ends_on_a_day_and_not_before_it(overlay: Overlay) -> None:
    overlay.card(CARD + "geldig: {tot: 2026-11-25}\n")
    assert told(overlay, today=date(2026, 11, 25)) == []
    assert len(told(overlay, today=date(2026, 11, 26))) == 1


def test_an_abbreviation_of_the_organisations_own_is_explained_by_its_own_glossary(
    overlay: Overlay,
) -> None:
    overlay.card(swapped("alleen in een test bestaat.", "van de QXZ komt."))
    overlay.write(
        "glossary.yaml",
        "- {id: qxz, term: QXZ, uitleg: Een test., topic: vto.wat-is, kaart: proef}\n",
    )
    assert told(overlay) == []


def test_a_norm_is_read_as_strictly_as_a_card(overlay: Overlay) -> None:
    file = overlay.norm(swapped("telt_vanaf: de start van de test", "telt_vanaf: de QXZ", NORM))
    (problem,) = told(overlay)
    assert problem.line == line_of(file, "telt_vanaf")


def test_a_topic_without_a_card_is_told_for_the_content_itself(tmp_path: Path) -> None:
    overlay = Overlay(tmp_path / "organisatie")
    overlay.write("topics.yaml", "- {id: nieuw.onderwerp, titel: Nieuw, omvang: Iets nieuws}\n")
    (problem,) = told(overlay)
    assert "heeft geen kaart" in problem.what


# --- the register of facts and rows ---


def test_every_row_and_fact_is_in_the_register_once() -> None:
    assert len(ROWS.systems) == 215
    assert len(ROWS.facts) == 606


def test_a_fact_or_row_that_nothing_serves_is_told(knowledge: KnowledgeBase) -> None:
    used = register.facts_used(knowledge)
    fact = next(
        f for f, row in ROWS.facts.items() if used.get(f) and row.entry.status == "verified"
    )
    only = [card for card in knowledge.cards if fact in knowledge.cards[card].facts]
    rest = {key: card for key, card in knowledge.cards.items() if key not in only}
    without = KnowledgeBase(**{**vars_of(knowledge), "cards": rest, "norms": {}})
    missing = {problem.what.split("'")[1] for problem in register.problems(without, ROWS)}
    assert fact in missing


def vars_of(knowledge: KnowledgeBase) -> dict[str, object]:
    return {name: getattr(knowledge, name) for name in KnowledgeBase.__dataclass_fields__}


def test_a_reason_beside_something_that_serves_it_is_told(knowledge: KnowledgeBase) -> None:
    served = next(iter(register.systems_served(knowledge)))
    row = ROWS.systems[served]
    spoilt = type(row)(row.entry.model_copy(update={"reason": "zomaar"}), row.file, row.node, 0)
    problems = register.problems(knowledge, Register(ROWS.facts, {served: spoilt}))
    assert [problem.what for problem in problems if served in problem.what]


def test_a_row_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feiten.yaml").write_text("- {id: een, status: memory}\n" * 2, encoding="utf-8")
    with pytest.raises(ContentError) as refusal:
        load_register(tmp_path)
    assert "'een' staat hier twee keer" in str(refusal.value)


# --- the pages made from the content ---


@pytest.mark.parametrize("name", ["kennis-vorm.md", "systemen.md", "feiten.md"])
def test_a_reference_page_is_up_to_date(knowledge: KnowledgeBase, name: str) -> None:
    made = reference.pages(knowledge, ROWS)
    assert (DOCS / name).read_text(encoding="utf-8") == made[name], "run: koersbot kennis docs"


def test_every_row_and_fact_has_what_serves_it_or_a_reason(knowledge: KnowledgeBase) -> None:
    pages = reference.pages(knowledge, ROWS)
    for name, count in (("systemen.md", 215), ("feiten.md", 606)):
        rows = re.findall(r"^\| (?!rij|feit|---)(.+) \|$", pages[name], re.MULTILINE)
        assert len(rows) == count
        for row in rows:
            last = row.split(" | ")[-1]
            assert re.match(r"(kaart|norm|ladder|cijfer|niet: \w)", last), row


def test_every_key_of_a_card_stands_in_the_reference(knowledge: KnowledgeBase) -> None:
    page = reference.forms_page()
    for key in ("vragen_van", "vervangen_door", "beoordeeld", "normen", "contacten", "systemen"):
        assert f"| `{key}` |" in page


# --- review on evidence ---


def newer(overlay: Overlay, text_of: str) -> None:
    overlay.write(
        "sources.yaml",
        "- id: eigen\n  titel: Eigen plan\n  uitgever: Wij\n"
        f"  nieuwer: {{tekst_van: {text_of}, wat: het plan van dit jaar}}\n",
    )


def own_card(more: str = "") -> str:
    return CARD.replace("bron: jeugdwet", "bron: eigen") + more


def due(overlay: Overlay) -> list[str]:
    return [one.id for one in due_for_review(overlay.load()) if one.source == "eigen"]


def test_a_card_is_due_when_a_newer_text_than_the_one_read_is_known(overlay: Overlay) -> None:
    overlay.card(own_card())
    newer(overlay, "2026-11-23")
    assert due(overlay) == ["proef"]
    newer(overlay, "2026-11-22")
    assert due(overlay) == []


def test_a_review_counts_when_it_read_the_newer_text(overlay: Overlay) -> None:
    newer(overlay, "2026-12-01")
    review = (
        "beoordeeld:\n  - {{op: 2026-12-05, door: jurist, bron: eigen, tekst_van: {}, "
        "uitkomst: klopt nog, bewijs: artikel 1 is hetzelfde}}\n"
    )
    overlay.card(own_card(review.format("2026-11-22")))
    assert due(overlay) == ["proef"]
    overlay.card(own_card(review.format("2026-12-01")))
    assert due(overlay) == []


def test_a_review_without_evidence_is_refused(overlay: Overlay) -> None:
    overlay.card(
        own_card(
            "beoordeeld:\n  - {op: 2026-12-05, door: jurist, bron: eigen, uitkomst: klopt nog}\n"
        )
    )
    newer(overlay, "2026-12-01")
    assert "'beoordeeld.0.bewijs': ontbreekt" in overlay.problem().what


# --- numbers ---


def test_the_content_reads_at_b1(knowledge: KnowledgeBase) -> None:
    stats = content_stats(knowledge)
    assert stats.level.score >= B1_FROM
    assert stats.level.words_per_sentence <= 12
    assert stats.without_card == ()
    assert sum(topic.cards for topic in stats.topics.values()) == len(knowledge.cards)


def test_a_hard_card_is_named(overlay: Overlay) -> None:
    overlay.card(
        swapped(
            "Dit is een antwoord dat alleen in een test bestaat.",
            "Verantwoordelijkheidsverdeling informatieverstrekkingsverplichting "
            "jeugdbeschermingsmaatregelen overeenkomstig subsidiariteitsoverwegingen.",
        )
    )
    assert "proef" in dict(content_stats(overlay.load()).hard)


def test_loading_twice_gives_equal_content() -> None:
    assert load().cards == load().cards
