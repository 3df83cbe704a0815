"""Every norm gives what its worked examples say, and every norm is used by something reachable."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.loader import KnowledgeBase, load
from knowledge.norm_models import Direction, Norm, Roll, Unit, WorkedExample
from knowledge.refusals import UnknownNorm
from knowledge.termijnen import MAX_AMOUNT, for_norm

CONTENT = load()
NORMS = [norm for versions in CONTENT.norms.values() for norm in versions]
EXAMPLES = [
    pytest.param(norm, example, id=f"{norm.id}.v{norm.version}-{example.start}")
    for norm in NORMS
    for example in norm.examples
]

# The norms the product was asked for. Who changes one of these changes what people are told.
ASKED_FOR = {
    "vaste-jeugdbeschermer": (5, Unit.WERKDAGEN, Roll.NONE, "kennisgeving"),
    "eerste-contact": (5, Unit.WERKDAGEN, Roll.NONE, "kennisgeving"),
    "gedragen-koers": (6, Unit.WEKEN, Roll.NONE, "kennisgeving"),
    "drang-zonder-vto": (3, Unit.MAANDEN, Roll.NONE, "start-drang"),
    "drang-totaal": (6, Unit.MAANDEN, Roll.NONE, "start-drang"),
    "ots-einde": (12, Unit.MAANDEN, Roll.NONE, "ingang-maatregel"),
}
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("norm", "example"), EXAMPLES)
def test_a_worked_example_comes_out(norm: Norm, example: WorkedExample) -> None:
    found = for_norm(norm, start=example.start, calendar=CONTENT.calendar)
    assert found.due.on == example.end, example.why


@pytest.mark.parametrize("norm_id", ASKED_FOR)
def test_a_norm_that_was_asked_for_exists_and_counts_as_agreed(norm_id: str) -> None:
    amount, unit, roll, event = ASKED_FOR[norm_id]
    norm = CONTENT.norm_on(norm_id, TODAY)
    assert (norm.amount, norm.unit, norm.roll, norm.start_event) == (amount, unit, roll, event)
    assert norm.direction is Direction.VOORUIT


def test_every_norm_is_reached_by_a_kader_or_a_card() -> None:
    by_card = {norm for card in CONTENT.cards.values() for norm in card.norms}
    by_kader = {norm.id for kader in CONTENT.kaders for norm in CONTENT.norms_for(kader, TODAY)}
    for_team = {norm.id for norm in NORMS if norm.concerns == "team"}
    assert set(CONTENT.norms) <= by_card | by_kader | for_team


@pytest.mark.parametrize("norm_id", ASKED_FOR)
def test_a_norm_that_was_asked_for_is_on_a_card_too(norm_id: str) -> None:
    assert norm_id in {norm for card in CONTENT.cards.values() for norm in card.norms}


def test_every_kader_gets_at_least_one_norm_that_starts_on_the_day_it_asks() -> None:
    for kader in CONTENT.kaders.values():
        starts = {norm.start_event for norm in CONTENT.norms_for(kader.id, TODAY)}
        assert kader.asks in starts, kader.id


def test_every_ladder_is_used() -> None:
    assert set(CONTENT.ladders) == {norm.ladder for norm in NORMS}


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: f"{norm.id}.v{norm.version}")
def test_a_norm_and_its_readings_can_be_computed_at_all(norm: Norm) -> None:
    for amount, unit in [
        (norm.amount, norm.unit),
        *((other.amount, other.unit) for other in norm.other_readings),
    ]:
        assert amount <= MAX_AMOUNT[unit]


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: f"{norm.id}.v{norm.version}")
def test_warnings_follow_the_earliest_defensible_reading(norm: Norm) -> None:
    for example in norm.examples:
        found = for_norm(norm, start=example.start, calendar=CONTENT.calendar)
        days = [found.due.on, *(other.due.on for other in found.others)]
        assert found.warn_on == min(days)
        assert len(found.others) == len(norm.other_readings)


def test_five_days_or_five_working_days_warns_on_five_days() -> None:
    norm = CONTENT.norm_on("vaste-jeugdbeschermer", TODAY)
    found = for_norm(norm, start=date(2026, 4, 29), calendar=CONTENT.calendar)
    assert found.due.on == date(2026, 5, 7)
    assert [(other.reading, other.due.on) for other in found.others] == [
        ("5 kalenderdagen", date(2026, 5, 4))
    ]
    assert found.warn_on == date(2026, 5, 4)


def test_an_unknown_norm_day_or_version_is_refused(knowledge: KnowledgeBase) -> None:
    with pytest.raises(UnknownNorm) as unknown:
        knowledge.norm_on("bestaat-niet", TODAY)
    assert unknown.value.text_id == "norm-onbekend"
    with pytest.raises(UnknownNorm) as too_early:
        knowledge.norm_on("gedragen-koers", date(2021, 12, 9))
    assert too_early.value.text_id == "norm-niet-geldig"
    with pytest.raises(UnknownNorm) as gone:
        knowledge.norm_version("gedragen-koers", 99)
    assert gone.value.text_id == "norm-versie-weg"


def test_a_norm_holds_from_its_first_day(knowledge: KnowledgeBase) -> None:
    norm = knowledge.norm_on("gedragen-koers", date(2021, 12, 10))
    assert knowledge.norm_version("gedragen-koers", norm.version) is norm
    assert norm not in knowledge.norms_for("ots", date(2021, 12, 9))
    assert norm in knowledge.norms_for("ots", date(2021, 12, 10))
