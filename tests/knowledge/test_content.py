"""The content loads and covers what was asked; every mistake in it is named once, at its place."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.loader import MAX_FILE_BYTES, NATIONAL, ContentError, KnowledgeBase, Problem, load
from knowledge.models import CardStatus
from tests.knowledge.overlays import CARD, NORM, Overlay, line_of, swapped

LOADED_WITHIN = 0.5
"""Seconds for all content, measured on one core of the machine that runs the tests."""

REQUIRED_TOPICS = [
    "meldcode.overzicht", "meldcode.stap-1", "meldcode.stap-2", "meldcode.stap-3",
    "meldcode.stap-4", "meldcode.stap-5", "veilig-thuis.contact", "drang.met-vto",
    "drang.zonder-vto", "vto.wat-is", "vto.inhoud", "termijn.vaste-jeugdbeschermer",
    "termijn.gedragen-koers", "maatregel.ots",
]  # fmt: skip


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    return Overlay(tmp_path / "organisatie")


@pytest.fixture
def national(tmp_path: Path) -> Path:
    """A copy of the national content that a test may spoil."""
    return Path(shutil.copytree(NATIONAL, tmp_path / "content"))


def without(key: str, text: str) -> str:
    """`text` without a key and what hangs under it."""
    kept, dropping = [], False
    for line in text.splitlines(keepends=True):
        dropping = line.startswith(f"{key}:") or (dropping and line.startswith(" "))
        if not dropping:
            kept.append(line)
    return "".join(kept)


# English that would mean a library speaks instead of us. YAML's own reason stands in brackets.
ENGLISH = re.compile(r"\b(?:should|input|valid [a-z]+ or|field|must be|extra inputs|the)\b", re.I)


def readable(problem: Problem) -> None:
    ours = re.sub(r"\([^)]*\)", "", problem.what)
    assert not ENGLISH.search(ours), problem.what
    assert "Traceback" not in str(problem)
    assert "\n" not in str(problem)
    assert str(problem) == f"{problem.file}:{problem.line}: {problem.what}"


# --- the national content ---


def test_the_content_loads_with_the_cards_that_were_asked_for(knowledge: KnowledgeBase) -> None:
    assert len(knowledge.cards) >= 14


@pytest.mark.parametrize("topic", REQUIRED_TOPICS)
def test_a_required_topic_has_a_card(knowledge: KnowledgeBase, topic: str) -> None:
    assert knowledge.cards_by_topic[topic]


def test_every_card_that_can_mean_danger_is_marked(knowledge: KnowledgeBase) -> None:
    dangerous = {"meldcode", "veilig-thuis", "crisis"}
    unmarked = [
        card.id
        for card in knowledge.cards.values()
        if card.topic.split(".")[0] in dangerous and not card.danger
    ]
    assert unmarked == []


def test_loading_everything_takes_less_than_half_a_second() -> None:
    """In a process of its own: what measures the tests' coverage would be measured too."""
    measure = (
        "import time; from knowledge.loader import load; began = time.perf_counter(); load(); "
        "print(time.perf_counter() - began)"
    )
    took = [
        float(
            subprocess.run([sys.executable, "-c", measure], capture_output=True, check=True).stdout
        )
        for _ in range(3)
    ]
    assert min(took) < LOADED_WITHIN


def test_our_own_card_and_norm_are_right_so_that_each_test_below_spoils_one_thing(
    overlay: Overlay,
) -> None:
    overlay.card()
    overlay.norm()
    loaded = overlay.load()
    assert loaded.cards["proef"].title == "Een proefkaart over niets"
    assert loaded.norms["proefnorm"][0].amount == 5


# --- what a card must have ---


@pytest.mark.parametrize("key", ["topic", "bronnen", "vragen", "antwoord", "wie_beslist"])
def test_a_card_without_a_required_key_is_refused(national: Path, key: str) -> None:
    file = national / "cards" / "vto-wat-is.yaml"
    file.write_text(without(key, file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ContentError) as refusal:
        load(national=national)
    (problem,) = refusal.value.problems
    assert (problem.file, problem.line) == (file, 1)
    assert problem.what == f"'{key}': ontbreekt; vul het in"


def test_a_source_without_the_date_it_was_read_is_refused(national: Path) -> None:
    file = national / "cards" / "vto-wat-is.yaml"
    text, count = re.subn(r", gelezen: 2026-11-22", "", file.read_text(encoding="utf-8"), count=1)
    assert count == 1
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as refusal:
        load(national=national)
    (problem,) = refusal.value.problems
    assert problem.file == file
    assert "gelezen" not in text.splitlines()[problem.line - 1]
    assert text.splitlines()[problem.line - 1].lstrip().startswith("- {bron:")
    assert problem.what == "'bronnen.0.gelezen': ontbreekt; vul het in"


@pytest.mark.parametrize("key", ["vragen", "bronnen"])
def test_an_empty_list_is_refused_like_a_missing_one(overlay: Overlay, key: str) -> None:
    file = overlay.card(without(key, CARD) + f"{key}: []\n")
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, f"{key}:"))
    assert "mag niet leeg zijn" in problem.what


# --- one mistake, one problem, in Dutch, at its place ---

MISTAKES = [
    pytest.param(swapped("titel: Een", "titel: : [ Een"), "titel", "geen geldige YAML", id="yaml"),
    pytest.param(CARD + "\tx: 1\n", "\tx", "geen geldige YAML", id="tab"),
    pytest.param(
        swapped("status:", "topic: vto.inhoud\nstatus:"),
        "topic: vto.wat-is", "'topic' staat er twee keer", id="key-twice",
    ),
    pytest.param(
        without("verwant", CARD) + "verwant: &a [vto-wat-is]\nfeiten: *a\n",
        "&a", "gebruik geen verwijzingen", id="alias",
    ),
    pytest.param(
        CARD + "<<: {regio: landelijk}\n", "<<", "een sleutel moet een woord zijn", id="merge-key"
    ),
    pytest.param(
        CARD + "regio: {{ regio }}\n", "{{", "een sleutel moet een woord zijn", id="braces"
    ),
    pytest.param(
        CARD + "regiio: landelijk\n", "regiio", "controleer de spelling", id="unknown-key"
    ),
    pytest.param(
        swapped("topic: vto.wat-is", "topic: vto.wat-was"),
        "topic", "onderwerp 'vto.wat-was' bestaat niet", id="unknown-topic",
    ),
    pytest.param(
        swapped("bron: jeugdwet", "bron: jeugwet"),
        "bron: jeugwet", "bron 'jeugwet' bestaat niet", id="unknown-source",
    ),
    pytest.param(
        CARD + "normen: [geen-norm]\n", "normen:", "norm 'geen-norm' bestaat niet", id="norm"
    ),
    pytest.param(
        swapped("verwant: [vto-wat-is]", "verwant:\n  - vto-wat-is\n  - weg"),
        "- weg", "verwante kaart 'weg' bestaat niet", id="unknown-related",
    ),
    pytest.param(
        swapped("  - waarom bestaat de proefkaart", "  - Hoe lang mag DRANG zonder  vto duren"),
        "DRANG", "staat ook bij 'drang-zonder-vto-duur'", id="phrasing-of-another-card",
    ),
    pytest.param(
        swapped("gelezen: 2026-11-22", "gelezen: 2026-02-30"),
        "gelezen", "'2026-02-30' bestaat niet", id="impossible-date",
    ),
    pytest.param(
        swapped("gelezen: 2026-11-22", "gelezen: gisteren"),
        "gelezen", "geen bestaande datum", id="no-date",
    ),
    pytest.param(
        swapped("status: vastgesteld", "status: zeker"), "status", "kies uit: ", id="unknown-status"
    ),
    pytest.param(
        swapped("verwant: [vto-wat-is]", "verwant: vto-wat-is"),
        "verwant", "hier hoort een lijst", id="text-for-list",
    ),
    pytest.param(
        swapped("titel: Een proefkaart over niets", "titel: 5"),
        "titel", "hier hoort tekst", id="number-for-text",
    ),
    pytest.param(CARD + "gevaar: misschien\n", "gevaar", "kies true of false", id="no-yes-or-no"),
    pytest.param(
        swapped("alleen in een test bestaat.", "bestaat. " * 80),
        "antwoord:", "kort het in tot 600 tekens", id="answer-too-long",
    ),
    pytest.param(
        swapped("status: vastgesteld", "status: !!python/name:os.system vastgesteld"),
        "status", "geen geldige YAML", id="tag",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "says"), MISTAKES)
def test_a_mistake_in_a_card_is_one_problem_at_its_own_line(
    overlay: Overlay, text: str, at: str, says: str
) -> None:
    file = overlay.card(text)
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, at))
    assert says in problem.what
    readable(problem)


NORM_MISTAKES = [
    pytest.param("ladder: korte-termijn", "ladder: geen", "ladder 'geen' bestaat", id="ladder"),
    pytest.param("kaders: [ots]", "kaders: [otss]", "kader 'otss' bestaat niet", id="kader"),
    pytest.param(
        "gebeurtenis: kennisgeving", "gebeurtenis: start-drang",
        "kent de dag 'start-drang' niet", id="event",
    ),
    pytest.param("eenheid: dagen\nt", "eenheid: uren\nt", "kies uit: ", id="unit"),
    pytest.param("aantal: 5", "aantal: -1", "is te klein; kies 0 of meer", id="less"),
    pytest.param("afronden: none", "afronden: none\neinde_volgens: weg",
                 "gebeurtenis 'weg' bestaat niet", id="end"),
    pytest.param("afronden: none", "afronden: none\neinde_volgens: bezoek",
                 "kader 'ots' kent de dag 'bezoek' niet", id="end-of-another-kader"),
    pytest.param("afronden: none", "afronden: none\ngeeft: weg",
                 "gebeurtenis 'weg' bestaat niet", id="gives"),
    pytest.param("kaders: [ots]", "kaders: []\nstrenger_dan: weg",
                 "norm 'weg' bestaat niet", id="stricter"),
    pytest.param("aantal: 5", "aantal: 9999", "is te groot; kies hoogstens 3660", id="too-much"),
    pytest.param("aantal: 5", "aantal: vijf", "hier hoort een heel getal", id="word"),
    pytest.param("kaders: [ots]", "kaders: []", "geen kader en geen kaart gebruikt", id="unused"),
    pytest.param("geldig: {van: 2026-01-01}", "geldig: {van: 2026-01-01, tot: 2025-01-01}",
                 "'tot' ligt voor 'van'", id="backwards"),
    pytest.param("bron: jeugdwet, plaats", "bron: weg, plaats", "bron 'weg' bestaat", id="source"),
    pytest.param("telling, bron: jeugdwet", "telling, bron: weg", "bron 'weg' bestaat", id="doubt"),
]  # fmt: skip
ELSEWHERE = {
    "gebeurtenis 'weg' bestaat niet": ": weg",
    "kader 'ots' kent de dag 'bezoek' niet": "einde_volgens:",
    "norm 'weg' bestaat niet": "strenger_dan:",
    "kent de dag 'start-drang' niet": "kaders:",  # said where the kader is named
    "geen kader en geen kaart gebruikt": "id: proefnorm",
}


@pytest.mark.parametrize(("old", "new", "says"), NORM_MISTAKES)
def test_a_mistake_in_a_norm_is_one_problem_at_its_own_line(
    overlay: Overlay, old: str, new: str, says: str
) -> None:
    file = overlay.norm(swapped(old, new, NORM))
    problem = overlay.problem()
    at = ELSEWHERE.get(says, new.splitlines()[0])
    number = next(
        number for number, line in enumerate(file.read_text().splitlines(), start=1) if at in line
    )
    assert (problem.file, problem.line) == (file, number)
    assert says in problem.what
    readable(problem)


LEGAL = NORM.replace("kracht: organisatie", "kracht: wet").replace(
    "afronden: none", "afronden: next"
)


@pytest.mark.parametrize(
    ("amount", "unit", "more", "article"),
    [
        (90, "dagen", "", None),
        (91, "dagen", "", "art. 4 onder a"),
        (12, "weken", "", None),
        (13, "weken", "", "art. 4 onder a"),
        (3, "maanden", "", None),
        (4, "maanden", "", "art. 4 onder a"),
        (1, "jaren", "", "art. 4 onder a"),
        (200, "werkdagen", "", None),
        (5, "dagen", "richting: terug\n", "art. 1 lid 2"),
        (5, "dagen", "vrijheidsbeneming: true\n", "art. 4 onder c"),
    ],
)
def test_a_legal_norm_does_not_roll_on_where_the_act_leaves_it_alone(
    overlay: Overlay, amount: int, unit: str, more: str, article: str | None
) -> None:
    text = LEGAL.replace("aantal: 5\neenheid: dagen", f"aantal: {amount}\neenheid: {unit}")
    file = overlay.norm(text + more)
    if article is None:
        assert overlay.load().norms["proefnorm"][0].amount == amount
        return
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, "afronden:"))
    assert article in problem.what
    readable(problem)


def test_a_norm_of_an_organisation_may_roll_on_however_long_it_is(overlay: Overlay) -> None:
    text = LEGAL.replace("kracht: wet", "kracht: organisatie").replace("aantal: 5", "aantal: 200")
    overlay.norm(text)
    assert overlay.load().norms["proefnorm"][0].amount == 200


def test_nothing_is_only_possible_in_days(overlay: Overlay) -> None:
    overlay.norm(NORM.replace("aantal: 5\neenheid: dagen", "aantal: 0\neenheid: dagen"))
    assert overlay.load().norms["proefnorm"][0].amount == 0
    overlay.norm(NORM.replace("aantal: 5\neenheid: dagen", "aantal: 0\neenheid: weken"))
    problem = overlay.problem()
    assert "kan alleen in dagen" in problem.what
    readable(problem)


def test_a_norm_that_a_kader_can_start_later_needs_no_card(overlay: Overlay) -> None:
    text = NORM.replace("kaders: [ots]", "kaders: []")
    overlay.norm(text.replace("gebeurtenis: kennisgeving", "gebeurtenis: vto-ingediend"))
    assert "proefnorm" in overlay.load().norms


KADER = """\
- id: proefkader
  titel: Proefkader
  vraagt: kennisgeving
  dagen: {kennisgeving: Welke dag?}
"""


@pytest.mark.parametrize(
    ("more", "at", "says"),
    [
        ("  gebeurtenissen: [uitspraak]\n  wordt: {uitspraak: ots}\n", "", ""),
        ("  gebeurtenissen:\n    - uitspraak\n    - weg\n", "- weg", "gebeurtenis 'weg' bestaat"),
        ("  gebeurtenissen:\n    - vorige-keer\n", "- vorige-keer", "heeft geen 'vraag'"),
        ("  gebeurtenissen: [uitspraak]\n  wordt: {uitspraak: weg}\n", "wordt", "'weg' bestaat"),
        ("  wordt: {uitspraak: ots}\n", "wordt", "staat niet bij 'gebeurtenissen'"),
    ],
)
def test_what_can_happen_in_a_kader_exists_and_is_asked_for(
    overlay: Overlay, more: str, at: str, says: str
) -> None:
    file = overlay.write("kaders.yaml", KADER + more)
    if not says:
        assert overlay.load().kaders["proefkader"].becomes == {"uitspraak": "ots"}
        return
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, line_of(file, at))
    assert says in problem.what
    readable(problem)


def test_a_norm_with_two_examples_is_refused(overlay: Overlay) -> None:
    overlay.norm("\n".join(NORM.splitlines()[:-1]) + "\n")
    assert "voorbeelden" in overlay.problem().what


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "het bestand is leeg", id="empty"),
        pytest.param(b"# later\n", "het bestand is leeg", id="only-a-comment"),
        pytest.param(b"hallo\n", "hier horen sleutels", id="a-word"),
        pytest.param(b"- een\n- twee\n", "hier horen sleutels", id="a-list"),
        pytest.param(b"titel: caf\xe9\n", "geen geldige YAML", id="latin-1"),
        pytest.param(b"titel: \x00\n", "geen geldige YAML", id="nul"),
        pytest.param(
            b"#" * (MAX_FILE_BYTES + 1),
            f"groter dan {MAX_FILE_BYTES // 1024} kB; splits het",
            id="too-large",
        ),
    ],
)
def test_a_file_that_is_no_card_at_all_is_one_problem(
    overlay: Overlay, data: bytes, says: str
) -> None:
    file = overlay.write("cards/proef.yaml", data)
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, 1)
    assert says in problem.what
    readable(problem)


def test_a_file_of_exactly_the_limit_is_read(overlay: Overlay) -> None:
    overlay.card(CARD + "#" * (MAX_FILE_BYTES - len(CARD.encode())))
    assert "proef" in overlay.load().cards


def test_a_file_must_be_named_after_its_id(overlay: Overlay) -> None:
    file = overlay.card(name="anders")
    problem = overlay.problem()
    assert (problem.file, problem.line) == (file, 1)
    assert problem.what == "het bestand heet anders dan id 'proef'; noem het proef.yaml"


def test_a_missing_overlay_folder_is_a_problem_and_an_empty_one_is_not(tmp_path: Path) -> None:
    missing = tmp_path / "weg"
    with pytest.raises(ContentError) as refusal:
        load([missing])
    (problem,) = refusal.value.problems
    assert problem.file == missing
    assert "deze map bestaat niet" in problem.what
    missing.mkdir()
    assert load([missing]).cards


def test_a_missing_calendar_is_named_in_the_folder_that_was_read(national: Path) -> None:
    (national / "calendar.yaml").unlink()
    with pytest.raises(ContentError) as refusal:
        load(national=national)
    (problem,) = refusal.value.problems
    assert problem.file == national / "calendar.yaml"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("topics.yaml", "id: a.b\n", "hier hoort een lijst te staan"),
        ("topics.yaml", "- {id: a.b, titel: Aa, omvang: Bb}\n- {id: a.b, titel: Aa, omvang: Bb}\n",
         "'a.b' staat hier twee keer"),
        ("sources.yaml", "- {id: x, titel: Aa, uitgever: Bb, adres: geen-adres}\n",
         "begin met https://"),
        ("ladders.yaml", "- {id: x, treden: [{dag: 1, naar: [eigenaar], toon: te-laat}]}\n",
         "niets op of voor de einddatum"),
        ("ladders.yaml", "- id: x\n  treden:\n    - {dag: 0, naar: [eigenaar], toon: vandaag}\n"
         "    - {dag: -1, naar: [eigenaar], toon: bijna}\n", "moeten oplopen"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_list_is_one_problem(
    overlay: Overlay, name: str, text: str, says: str
) -> None:
    file = overlay.write(name, text)
    problem = overlay.problem()
    assert problem.file == file
    assert says in problem.what
    readable(problem)


def test_a_fixed_holiday_that_is_no_day_is_refused(national: Path) -> None:
    file = national / "calendar.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(swapped("maand: 5, dag: 5", "maand: 2, dag: 30", text), encoding="utf-8")
    with pytest.raises(ContentError) as refusal:
        load(national=national)
    (problem,) = refusal.value.problems
    assert (problem.file, problem.line) == (file, line_of(file, "maand: 2"))
    assert "bestaat niet in elk jaar" in problem.what


def test_all_problems_of_all_files_are_named_in_order(overlay: Overlay) -> None:
    overlay.card(CARD + "regiio: landelijk\n")
    overlay.card("", name="leeg")
    overlay.card(
        swapped("id: proef", "id: derde")
        .replace("status: vastgesteld", "status: zeker")
        .replace("gelezen: 2026-11-22", "gelezen: ooit"),
        name="derde",
    )
    overlay.norm(swapped("aantal: 5", "aantal: -1", NORM))
    places = [(problem.file.name, problem.line) for problem in overlay.problems()]
    assert places == [
        ("derde.yaml", 7),
        ("derde.yaml", 11),
        ("leeg.yaml", 1),
        ("proef.yaml", 16),
        ("proefnorm.yaml", 4),
    ]


def test_all_dead_references_are_named_in_order(overlay: Overlay) -> None:
    overlay.card(
        CARD.replace("vto.wat-is", "vto.weg").replace("jeugdwet", "weg") + "normen: [weg]\n"
    )
    overlay.norm(swapped("ladder: korte-termijn", "ladder: weg", NORM))
    places = [(problem.file.name, problem.line) for problem in overlay.problems()]
    assert places == [("proef.yaml", 2), ("proef.yaml", 9), ("proef.yaml", 16),
                      ("proefnorm.yaml", 18)]  # fmt: skip


def test_loaded_content_cannot_be_changed(knowledge: KnowledgeBase) -> None:
    with pytest.raises(TypeError):
        knowledge.cards["x"] = knowledge.cards["vto-wat-is"]  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        knowledge.cards["vto-wat-is"].title = "Anders"  # type: ignore[misc]


# --- regions ---

OWN_REGIONS = [
    "noord-brabant", "rotterdam-rijnmond", "nissewaard", "west-brabant-west", "jb-west",
    "haaglanden", "midden-holland", "holland-rijnland", "zuid-holland-zuid", "groningen-drenthe",
    "drenthe",
]  # fmt: skip


@pytest.mark.parametrize("region", OWN_REGIONS)
def test_a_region_has_cards_of_its_own_that_name_their_organisation(
    knowledge: KnowledgeBase, region: str
) -> None:
    own = [card for card in knowledge.cards.values() if card.region == region]
    assert own
    assert all(card.organisation or card.validity.valid_from for card in own)


def test_what_holds_around_a_region_holds_in_it(knowledge: KnowledgeBase) -> None:
    assert knowledge.regions_of("nissewaard") == ("nissewaard", "rotterdam-rijnmond")
    assert knowledge.regions_of("haaglanden") == ("haaglanden", "jb-west")
    assert knowledge.regions_of(None) == ()
    assert knowledge.regions_of("atlantis") == ()


def test_a_regional_card_of_an_old_plan_never_passes_as_todays_national_rule(
    knowledge: KnowledgeBase,
) -> None:
    plans = {"jbrr-jaarplan-2016", "strategie-veiligheid-wbw-2018", "verbeteragenda-jbw-2020"}
    for card in knowledge.cards.values():
        if card.region == "landelijk" and {ref.source for ref in card.sources} <= plans:
            assert card.status is CardStatus.CONTROLEREN, card.id


def test_a_card_that_ended_leads_to_one_that_holds(knowledge: KnowledgeBase) -> None:
    ended = [card for card in knowledge.cards.values() if card.replaced_by]
    assert len(ended) >= 8
    for card in ended:
        assert card.replaced_by is not None
        assert knowledge.cards[card.replaced_by].replaced_by is None
        assert card.validity.valid_until is not None
