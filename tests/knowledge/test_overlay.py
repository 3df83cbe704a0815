"""An organisation lays its own content over the national one; contradictions are told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge import editing
from knowledge.answering import Kind, build_answerer
from knowledge.loader import (
    EXAMPLE,
    EXAMPLE_REGION,
    NATIONAL,
    ContentError,
    KnowledgeBase,
    load,
    load_with_places,
)
from knowledge.refusals import UnknownNorm
from knowledge.register import load_register
from knowledge.termijnen import for_norm
from tests.knowledge.overlays import CARD, NORM, Overlay, line_of, swapped

TODAY = date(2026, 11, 25)


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    return Overlay(tmp_path / "organisatie")


# --- adding and replacing ---


def test_an_overlay_adds_a_card_and_a_norm(overlay: Overlay, knowledge: KnowledgeBase) -> None:
    overlay.card()
    overlay.norm()
    loaded = overlay.load()
    assert set(loaded.cards) - set(knowledge.cards) == {"proef"}
    assert loaded.norm_on("proefnorm", TODAY).version == 101
    assert "proefnorm" in {norm.id for norm in loaded.norms_for("ots", TODAY)}


def test_a_card_with_the_same_id_replaces_the_national_one_and_is_found_by_the_same_questions(
    overlay: Overlay, knowledge: KnowledgeBase
) -> None:
    national = knowledge.cards["vto-wat-is"]
    text = swapped("id: proef", "id: vto-wat-is").replace("verwant: [vto-wat-is]\n", "")
    overlay.card(text, name="vto-wat-is")
    loaded = overlay.load()
    assert set(loaded.cards) == set(knowledge.cards)
    own = loaded.cards["vto-wat-is"]
    assert own.title == "Een proefkaart over niets"
    assert own.voices == national.voices
    assert "hoe groen is een proefkaart" in own.phrasings
    assert knowledge.cards["vto-wat-is"] is national


def test_a_card_that_is_about_something_else_does_not_take_over_the_questions(
    overlay: Overlay,
) -> None:
    text = swapped("id: proef", "id: vto-wat-is").replace("verwant: [vto-wat-is]\n", "")
    overlay.card(text.replace("topic: vto.wat-is", "topic: vto.inhoud"), name="vto-wat-is")
    assert overlay.load().cards["vto-wat-is"].voices == {}


def test_an_own_version_of_a_norm_goes_before_the_national_one_that_running_termijnen_keep(
    overlay: Overlay, knowledge: KnowledgeBase
) -> None:
    own = (
        NORM.replace("id: proefnorm", "id: gedragen-koers")
        .replace("titel: Een proefnorm", "titel: Koers binnen vijf dagen")
        .replace("kaders: [ots]", "kaders: [ots, voogdij]")
    )
    overlay.norm(own, name="gedragen-koers")
    loaded = overlay.load()
    assert loaded.norm_on("gedragen-koers", TODAY).title == "Koers binnen vijf dagen"
    assert (
        loaded.norm_version("gedragen-koers", 1).title
        == knowledge.norm_version("gedragen-koers", 1).title
    )
    for kader in ("ots", "voogdij"):
        versions = [n.version for n in loaded.norms_for(kader, TODAY) if n.id == "gedragen-koers"]
        assert versions == [101]
    # A kader that the own version leaves out gets no older one in its place.
    assert "gedragen-koers" not in {n.id for n in loaded.norms_for("jeugdreclassering", TODAY)}


def test_an_own_norm_needs_a_version_that_no_national_norm_can_get(overlay: Overlay) -> None:
    file = overlay.norm(swapped("versie: 101", "versie: 2", NORM))
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, "versie:"))
    assert "begint bij versie 101" in problem.what


def test_lists_are_replaced_and_added_to_by_id(overlay: Overlay, knowledge: KnowledgeBase) -> None:
    overlay.write(
        "contacts.yaml",
        "- {id: crisisdienst, naam: Onze crisisdienst, nummer: 0800-1111, waarvoor: Crisis}\n"
        "- {id: nieuw, naam: Nog iemand, waarvoor: Iets}\n",
    )
    overlay.write("reasons.yaml", "- {id: eigen, soort: te-laat, tekst: Een eigen reden}\n")
    overlay.write(
        "ladders.yaml",
        "- id: korte-termijn\n  treden:\n    - {dag: 0, naar: [eigenaar], toon: vandaag}\n",
    )
    loaded = overlay.load()
    assert loaded.contacts["crisisdienst"].filled_in
    assert not knowledge.contacts["crisisdienst"].filled_in
    assert set(loaded.contacts) - set(knowledge.contacts) == {"nieuw"}
    assert set(loaded.reasons) - set(knowledge.reasons) == {"eigen"}
    assert len(loaded.ladders["korte-termijn"].rungs) == 1


# --- a stricter norm that lies over another ---

STRICTER = (
    NORM.replace("kaders: [ots]\n", "strenger_dan: vaste-jeugdbeschermer\n")
    .replace("eenheid: dagen\nt", "eenheid: werkdagen\nt")
    .replace("aantal: 5\neenheid: werkdagen", "aantal: 3\neenheid: werkdagen")
)


def test_a_stricter_norm_gives_no_termijn_of_its_own_and_is_found_by_the_other(
    overlay: Overlay, knowledge: KnowledgeBase
) -> None:
    overlay.norm(STRICTER)
    loaded = overlay.load()
    assert [norm.id for norm in loaded.stricter_for("vaste-jeugdbeschermer", TODAY)] == [
        "proefnorm"
    ]
    assert loaded.stricter_for("vaste-jeugdbeschermer", date(2025, 12, 31)) == ()
    assert loaded.stricter_for("eerste-contact", TODAY) == ()
    for kader in loaded.kaders:
        assert loaded.norms_for(kader, TODAY) == knowledge.norms_for(kader, TODAY)
        assert loaded.norms_from("kennisgeving", kader, TODAY) == knowledge.norms_from(
            "kennisgeving", kader, TODAY
        )


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("gebeurtenis: kennisgeving", "gebeurtenis: ingang-maatregel", "gebeurtenis:",
         "neem 'kennisgeving' over"),
        ("afronden: none", "richting: terug\nafronden: none", "richting:",
         "neem 'vooruit' over"),
        ("aantal: 3", "aantal: 6", "strenger_dan:", "een latere datum dan"),
        ("eenheid: werkdagen", "eenheid: weken", "strenger_dan:", "een latere datum dan"),
        ("strenger_dan: vaste-jeugdbeschermer", "strenger_dan: weg", "strenger_dan:",
         "norm 'weg' bestaat niet"),
        ("strenger_dan: vaste-jeugdbeschermer", "strenger_dan: proefnorm", "id: proefnorm",
         "ligt over een andere norm"),
        ("ladder:", "kaders: [ots]\nladder:", "id: proefnorm", "zelf geen 'kaders'"),
    ],
)  # fmt: skip
def test_a_stricter_norm_that_is_none_is_told_at_its_line(
    overlay: Overlay, old: str, new: str, at: str, says: str
) -> None:
    file = overlay.norm(swapped(old, new, STRICTER))
    problem = overlay.problem()
    first = next(n for n, line in enumerate(file.read_text().splitlines(), 1) if at in line)
    assert (problem.file, problem.line) == (file, first)
    assert says in problem.what


def test_a_norm_that_is_as_strict_is_allowed(overlay: Overlay) -> None:
    overlay.norm(swapped("aantal: 3", "aantal: 5", STRICTER))
    assert overlay.load().stricter_for("vaste-jeugdbeschermer", TODAY)


def test_a_stricter_norm_over_one_that_is_switched_off_is_told(overlay: Overlay) -> None:
    file = overlay.norm(STRICTER)
    overlay.write("uit.yaml", "normen: [vaste-jeugdbeschermer]\n")
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, "strenger_dan:"))
    assert "is uitgezet" in problem.what


def test_a_norm_that_is_off_starts_nothing_for_a_zaak_or_a_team(overlay: Overlay) -> None:
    overlay.write("uit.yaml", "normen: [muhp-vervalt, team-jaarplan]\n")
    loaded = overlay.load()
    started = {norm.id for norm in loaded.norms_from("ingang-machtiging", "ots", TODAY)}
    assert started == {"muhp-einde"}
    assert "team-jaarplan" not in {norm.id for norm in loaded.team_norms(TODAY)}


# --- switching off ---


def test_what_is_switched_off_is_gone_and_no_national_card_points_to_it(
    overlay: Overlay, knowledge: KnowledgeBase
) -> None:
    pointing = next(card for card in knowledge.cards.values() if "vto-wat-is" in card.related)
    reason = next(iter(knowledge.reasons))
    overlay.write(
        "uit.yaml",
        "kaarten: [vto-wat-is]\nnormen: [gedragen-koers]\ncontacten: [leck]\n"
        f"redenen: [{reason}]\n",
    )
    loaded = overlay.load()
    assert "vto-wat-is" not in loaded.cards
    assert "vto-wat-is" not in loaded.cards[pointing.id].related
    assert "leck" not in loaded.contacts
    assert reason not in loaded.reasons
    assert all("gedragen-koers" not in card.norms for card in loaded.cards.values())
    assert all("leck" not in card.contacts for card in loaded.cards.values())


def test_a_norm_that_is_off_starts_nothing_but_keeps_what_runs(
    overlay: Overlay, knowledge: KnowledgeBase
) -> None:
    overlay.write("uit.yaml", "normen: [gedragen-koers]\n")
    loaded = overlay.load()
    assert "gedragen-koers" not in {norm.id for norm in loaded.norms_for("ots", TODAY)}
    with pytest.raises(UnknownNorm) as off:
        loaded.norm_on("gedragen-koers", TODAY)
    assert off.value.text_id == "norm-onbekend"
    running = knowledge.norm_on("gedragen-koers", TODAY)
    assert loaded.norm_version("gedragen-koers", running.version) == running


def test_a_switched_off_card_is_never_answered(overlay: Overlay, knowledge: KnowledgeBase) -> None:
    question = knowledge.cards["drang-zonder-vto-duur"].title
    assert build_answerer(knowledge).answer(question).kind is Kind.SURE
    overlay.write("uit.yaml", "kaarten: [drang-zonder-vto-duur]\n")
    answer = build_answerer(overlay.load()).answer(question)
    assert "drang-zonder-vto-duur" not in [option.card.id for option in answer.options]


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("kaarten:\n  - bestaat-niet\n", "- bestaat-niet", "bestaat niet of is al uitgezet"),
        ("normen:\n  - bestaat-niet\n", "- bestaat-niet", "bestaat niet of is al uitgezet"),
        ("contacten:\n  - veilig-thuis\n", "- veilig-thuis", "hoort er altijd te staan"),
        ("contacten:\n  - alarmnummer\n", "- alarmnummer", "hoort er altijd te staan"),
        ("kaarten: [vto-wat-is, vto-wat-is]\n", "kaarten", "bestaat niet of is al uitgezet"),
        ("kaart: [vto-wat-is]\n", "kaart", "deze sleutel bestaat niet"),
    ],
)
def test_what_cannot_be_switched_off_is_told(
    overlay: Overlay, text: str, at: str, says: str
) -> None:
    file = overlay.write("uit.yaml", text)
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, at))
    assert says in problem.what


def test_a_ladder_that_a_norm_needs_is_replaced_and_not_switched_off(overlay: Overlay) -> None:
    overlay.write("uit.yaml", "ladders: [einde-maatregel]\n")
    problems = overlay.problems()
    assert problems
    assert all("is uitgezet; vervang hem" in problem.what for problem in problems)


def test_one_reason_of_a_kind_has_to_stay(overlay: Overlay, knowledge: KnowledgeBase) -> None:
    off = [reason.id for reason in knowledge.reasons.values() if reason.kind.value == "opschorting"]
    overlay.write("uit.yaml", f"redenen: [{', '.join(off)}]\n")
    assert "geen reden over voor 'opschorting'" in overlay.problem().what


# --- contradictions and dead links ---


def test_an_overlay_may_not_switch_off_what_it_brings(overlay: Overlay) -> None:
    overlay.card()
    file = overlay.write("uit.yaml", "kaarten:\n  - proef\n")
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, 2)
    assert "kies een van beide" in problem.what


def test_two_overlays_may_not_speak_of_the_same_card_or_list_entry(tmp_path: Path) -> None:
    folders = []
    for name in ("eerst", "daarna"):
        overlay = Overlay(tmp_path / name)
        overlay.card(swapped("over niets", f"van {name}"))
        overlay.write("contacts.yaml", f"- {{id: crisisdienst, naam: Van {name}, waarvoor: X1}}\n")
        folders.append(overlay.folder)
    with pytest.raises(ContentError) as refusal:
        load(folders)
    problems = refusal.value.problems
    assert [problem.file.name for problem in problems] == ["proef.yaml", "contacts.yaml"]
    assert all("twee eigen mappen mogen niet hetzelfde vervangen" in p.what for p in problems)


def test_two_overlays_that_speak_of_different_things_both_count(tmp_path: Path) -> None:
    first, second = Overlay(tmp_path / "regio"), Overlay(tmp_path / "organisatie")
    first.card()
    second.norm()
    loaded = load([first.folder, second.folder])
    assert "proef" in loaded.cards
    assert "proefnorm" in loaded.norms


def test_an_own_card_may_not_point_to_what_is_switched_off(overlay: Overlay) -> None:
    file = overlay.card()
    overlay.write("uit.yaml", "kaarten: [vto-wat-is]\n")
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, "verwant"))
    assert "verwante kaart 'vto-wat-is' bestaat niet" in problem.what


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("contacten: [niemand]", "contact 'niemand' bestaat niet"),
        ("regio: atlantis", "regio 'atlantis' bestaat niet"),
        ("vervangen_door: weg", "kaart 'weg' bestaat niet"),
        (
            "beoordeeld: [{op: 2026-11-01, door: jurist, bron: bw-boek-1, uitkomst: klopt nog, "
            "bewijs: nagelezen}]",
            "is geen bron van deze kaart",
        ),
    ],
)
def test_a_dead_link_of_a_card_is_told_at_its_line(overlay: Overlay, line: str, says: str) -> None:
    file = overlay.card(CARD + line + "\n")
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, line))
    assert says in problem.what


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("regions.yaml", "- {id: x, titel: Xx, binnen: weg}\n", "regio 'weg' bestaat niet"),
        ("glossary.yaml", "- {id: x, term: XYZ, uitleg: Iets, topic: weg.weg, algemeen: true}\n",
         "onderwerp 'weg.weg' bestaat niet"),
        ("glossary.yaml",
         "- {id: x, term: XYZ, uitleg: Iets, topic: vto.wat-is, kaart: weg}\n",
         "kaart 'weg' bestaat niet"),
        ("glossary.yaml", "- {id: x, term: XYZ, uitleg: Iets, topic: vto.wat-is}\n",
         "geef 'kaart' of 'bron'"),
        ("kaders.yaml",
         "- {id: x, titel: Xx, vraagt: weg, dagen: {weg: Welke dag?}}\n",
         "gebeurtenis 'weg' bestaat niet"),
        ("kaders.yaml", "- {id: x, titel: Xx, vraagt: kennisgeving, dagen: {}}\n",
         "precies één vraag"),
        ("outside.yaml", "- {id: x, soort: weigering, titel: Xx, vragen: [iets heel anders]}\n",
         "'wie_wel' hoort bij"),
    ],
)  # fmt: skip
def test_a_dead_link_in_a_list_is_told(overlay: Overlay, name: str, text: str, says: str) -> None:
    file = overlay.write(name, text)
    problem = overlay.problem()
    assert problem.file == file
    assert says in problem.what


def test_a_question_of_a_card_cannot_also_be_one_that_is_not_ours(overlay: Overlay) -> None:
    overlay.card()
    overlay.write(
        "outside.yaml",
        "- {id: x, soort: ver, titel: Xx, vragen: [Hoe groen is een PROEFKAART?]}\n",
    )
    assert "staat ook bij 'proef'" in overlay.problem().what


def test_the_national_files_are_never_written(overlay: Overlay) -> None:
    before = {file: file.stat().st_mtime_ns for file in NATIONAL.rglob("*.yaml")}
    overlay.card()
    overlay.write("uit.yaml", "kaarten: [vto-inhoud]\n")
    overlay.load()
    assert {file: file.stat().st_mtime_ns for file in NATIONAL.rglob("*.yaml")} == before


# --- the example that comes with Koersbot ---


def test_the_example_is_whole_and_has_nothing_to_mend() -> None:
    loaded, layers = load_with_places([EXAMPLE])
    assert list(editing.problems(loaded, layers, load_register(), today=TODAY)) == []


def test_the_example_shows_every_way_of_making_it_your_own(knowledge: KnowledgeBase) -> None:
    loaded = load([EXAMPLE])
    assert set(loaded.cards) - set(knowledge.cards)
    assert loaded.cards["crisisdienst-bereiken"].region == EXAMPLE_REGION
    assert set(knowledge.cards) - set(loaded.cards)
    assert loaded.norm_on("passende-hulp", TODAY).version == 101
    (stricter,) = loaded.stricter_for("vaste-jeugdbeschermer", TODAY)
    assert stricter.amount < loaded.norm_on("vaste-jeugdbeschermer", TODAY).amount
    (own,) = loaded.norms_from("vto-ingediend", "drang-zonder-vto", TODAY)
    assert own.suspendable
    assert loaded.norm_on("team-intervisie", TODAY).recurring
    assert not knowledge.norm_on("team-intervisie", TODAY).recurring
    assert loaded.ladders["team-taak"] != knowledge.ladders["team-taak"]
    assert set(loaded.reasons) - set(knowledge.reasons)
    assert set(knowledge.reasons) - set(loaded.reasons)
    assert set(loaded.terms) - set(knowledge.terms)
    assert [contact for contact in loaded.contacts.values() if not contact.filled_in] == []


def test_somebody_of_the_example_gets_its_own_card_first() -> None:
    answerer = build_answerer(load([EXAMPLE]))
    answer = answerer.answer("wie bel ik bij crisis buiten kantoortijd", region=EXAMPLE_REGION)
    assert answer.card is not None
    assert answer.card.organisation == "Jeugdbescherming De Brug (verzonnen)"
    # The questions of the national card still find the one that took its place.
    assert answerer.answer("nummer crisisdienst jeugd").options[0].card is answer.card


def test_the_worked_examples_of_the_example_come_out() -> None:
    loaded = load([EXAMPLE])
    own = [norm for versions in loaded.norms.values() for norm in versions if norm.version > 100]
    assert {norm.id for norm in own} == {
        "brug-intern-besluit", "brug-vaste-jeugdbeschermer", "passende-hulp", "team-intervisie",
    }  # fmt: skip
    for norm in own:
        for example in norm.examples:
            due = for_norm(norm, start=example.start, calendar=loaded.calendar).due
            assert due.on == example.end, example.why
