"""Every norm gives what its worked examples say, and every norm is used by something reachable."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.calendar import easter_sunday
from knowledge.loader import KnowledgeBase, load
from knowledge.norm_models import Norm, WorkedExample
from knowledge.refusals import UnknownNorm
from knowledge.termijnen import MAX_AMOUNT, for_norm

CONTENT = load()
NORMS = [norm for versions in CONTENT.norms.values() for norm in versions]
EXAMPLES = [
    pytest.param(norm, example, id=f"{norm.id}.v{norm.version}-{example.start}")
    for norm in NORMS
    for example in norm.examples
]

CONTRACT = json.loads(
    (Path(__file__).parent.parent / "data" / "norms.json").read_text(encoding="utf-8")
)
"""The norms the product was asked for. Who changes one of these changes what people are told."""

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("norm", "example"), EXAMPLES)
def test_a_worked_example_comes_out(norm: Norm, example: WorkedExample) -> None:
    found = for_norm(norm, start=example.start, calendar=CONTENT.calendar)
    assert found.due.on == example.end, example.why


@pytest.mark.parametrize("asked", CONTRACT, ids=lambda asked: asked["id"])
def test_a_norm_that_was_asked_for_exists_and_counts_as_agreed(asked: dict[str, Any]) -> None:
    norm = CONTENT.norm_on(asked["id"], TODAY)
    assert {
        "id": norm.id,
        "amount": norm.amount,
        "unit": norm.unit.value,
        "roll": norm.roll.value,
        "count": norm.direction.value,
        "kaders": list(norm.kaders),
        "soort": norm.force.value,
        "recurring": norm.concerns == "team" and norm.recurring,
    } == asked


FRIDAY = 4

# What the worked examples of every norm have to show.
SHOWN = {
    "runs across Easter": lambda first, last: any(
        first < easter_sunday(year) < last for year in range(first.year, last.year + 1)
    ),
    "runs across 5 May": lambda first, last: any(
        first < date(year, 5, 5) < last for year in range(first.year, last.year + 1)
    ),
    "runs across the turn of the year": lambda first, last: first.year < last.year,
}


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: f"{norm.id}.v{norm.version}")
@pytest.mark.parametrize("shows", SHOWN)
def test_every_norm_has_a_worked_example_that(norm: Norm, shows: str) -> None:
    if CONTENT.events[norm.start_event].month_only and shows == "runs across 5 May":
        return  # it starts on the first of a month and counts one day back
    spans = [sorted((example.start, example.end)) for example in norm.examples]
    assert any(SHOWN[shows](first, last) for first, last in spans)


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: f"{norm.id}.v{norm.version}")
def test_every_norm_shows_a_friday_and_what_it_is_to_be_one_day_off(norm: Norm) -> None:
    assert any(example.why.startswith("één ernaast") for example in norm.examples)
    assert any(example.start.weekday() == FRIDAY for example in norm.examples)
    assert len(norm.examples) >= 10
    assert norm.day_count
    assert norm.validity.valid_from


def test_every_norm_is_reached_by_a_kader_or_a_card() -> None:
    by_card = {norm for card in CONTENT.cards.values() for norm in card.norms}
    by_kader = {norm.id for kader in CONTENT.kaders for norm in CONTENT.norms_for(kader, TODAY)}
    for_team = {norm.id for norm in CONTENT.team_norms(TODAY)}
    assert set(CONTENT.norms) <= by_card | by_kader | for_team


# What no zaak of a GI starts: others keep these, or a zaak is long gone by then.
STARTS_IN_NO_ZAAK = {
    "dossier-bewaren", "gesloten-klacht-beroep", "raad-na-burgemeester", "vt-beoordeling",
    "vt-dossier-bewaren", "vt-informeren", "vt-onderzoek", "vt-start-onderzoek", "vt-vernietigen",
}  # fmt: skip


def test_every_other_norm_starts_in_some_zaak_when_its_event_is_recorded() -> None:
    starting = {
        norm.id
        for kader in CONTENT.kaders.values()
        for event in (*kader.events, *kader.happenings)
        for norm in CONTENT.norms_from(event, kader.id, TODAY)
    }
    for_team = {norm.id for norm in CONTENT.team_norms(TODAY)}
    assert set(CONTENT.norms) - starting - for_team == STARTS_IN_NO_ZAAK


# On no card: duties of a team that its own digest and calendar hold.
NO_CARD = {"team-accountgesprek"}


@pytest.mark.parametrize("norm_id", [asked["id"] for asked in CONTRACT])
def test_a_norm_that_was_asked_for_is_on_a_card_too(norm_id: str) -> None:
    if norm_id in NO_CARD:
        return
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


# --- what starts when something happens ---


@pytest.mark.parametrize(
    ("event", "kader", "starts"),
    [
        ("kennisgeving", "vots", {"vaste-jeugdbeschermer", "eerste-contact"}),
        ("ingang-maatregel", "vots", {"vots-einde"}),
        ("einde-maatregel", "vots", set()),
        ("einde-maatregel", "ots", {"ots-verlenging-aanvragen", "ots-niet-verlengen-raad"}),
        ("einde-ots-twee-jaar", "ots", {"uhp-twee-jaar-advies-raad"}),
        ("ingang-machtiging", "ots", {"muhp-einde", "muhp-vervalt"}),
        ("ingang-machtiging", "drang-zonder-vto", set()),
        ("aanwijzing-verzonden", "voogdij", set()),
        ("uitspraak", "jeugdreclassering", set()),
        ("ingang-huisverbod", "drang-met-vto", {"huisverbod"}),
        ("huisverbod-opgelegd-verlengd", "drang-met-vto", {"huisverbod-verlengd"}),
        ("achttien", "jeugdreclassering", {"achttien-jaar"}),
        ("vto-ingediend", "drang-zonder-vto", set()),
        ("laatste-dossierwijziging", "ots", set()),
        ("geplande-dag", "ots", set()),
        ("kennisgeving", "bestaat-niet", set()),
    ],
)
def test_an_event_starts_the_norms_of_its_kader(event: str, kader: str, starts: set[str]) -> None:
    assert {norm.id for norm in CONTENT.norms_from(event, kader, TODAY)} == starts


def test_what_starts_at_opening_starts_from_its_own_events_too() -> None:
    for kader in CONTENT.kaders.values():
        by_itself = set(CONTENT.norms_for(kader.id, TODAY))
        events = (*kader.events, *kader.happenings)
        from_events = {n for event in events for n in CONTENT.norms_from(event, kader.id, TODAY)}
        assert by_itself <= from_events


def test_a_norm_starts_nothing_before_it_holds() -> None:
    assert not CONTENT.norms_from("kennisgeving", "ots", date(2014, 12, 31))
    first = CONTENT.norms_from("kennisgeving", "ots", date(2015, 1, 1))
    assert {norm.id for norm in first} == {"vaste-jeugdbeschermer", "eerste-contact"}


def test_the_duties_of_a_team_start_in_no_zaak() -> None:
    for_team = CONTENT.team_norms(TODAY)
    assert {norm.id for norm in for_team} >= {"team-jaarplan", "team-intervisie", "team-audit"}
    assert {norm.start_event for norm in for_team} == {"vorige-keer", "geplande-dag"}
    assert "team-audit" not in {norm.id for norm in CONTENT.team_norms(date(2025, 3, 11))}
    for kader in CONTENT.kaders.values():
        assert not {"vorige-keer", "geplande-dag"} & {*kader.events, *kader.happenings}


def test_a_norm_that_is_met_gives_the_day_that_the_next_one_counts_from() -> None:
    gives = {norm.id: norm.gives for norm in NORMS if norm.gives}
    assert gives == {
        "jr-verslag": "start-of-vorig-verslag",
        "plan-bijstellen": "plan-vastgesteld",
        "plan-van-aanpak-wettelijk": "plan-vastgesteld",
    }
    for event in gives.values():
        assert any(norm.start_event == event for norm in NORMS)


def test_the_end_in_a_court_order_can_be_filled_in_where_it_goes_before_the_computed_day() -> None:
    ends = {norm.id: norm.ends_on for norm in NORMS if norm.ends_on}
    assert ends == {
        "muhp-einde": "einde-machtiging",
        "ots-einde": "einde-maatregel",
        "vots-einde": "einde-maatregel",
    }
    for kader in CONTENT.kaders.values():
        known = {*kader.events, *kader.happenings}
        for event in known:
            for norm in CONTENT.norms_from(event, kader.id, TODAY):
                assert norm.ends_on is None or norm.ends_on in known
    assert all(CONTENT.events[event].may_be_ahead for event in ends.values())


def test_only_contact_is_met_by_a_visit() -> None:
    assert [norm.id for norm in NORMS if norm.met_by_visit] == ["eerste-contact"]


def test_only_what_is_certainly_about_liberty_says_so() -> None:
    assert [norm.id for norm in NORMS if norm.deprives_liberty] == ["gesloten-spoed-einde"]
    for doubtful in ("gesloten-plan", "gesloten-evaluatie"):
        assert CONTENT.norm_on(doubtful, TODAY).other_readings


def test_no_national_norm_stands_still_or_lies_over_another() -> None:
    assert not [norm.id for norm in NORMS if norm.suspendable or norm.stricter_than]


def test_a_zaak_moves_to_another_kader_when_the_request_has_gone_to_the_board() -> None:
    moves = {
        (kader.id, event): becomes
        for kader in CONTENT.kaders.values()
        for event, becomes in kader.becomes.items()
    }
    assert moves == {("drang-zonder-vto", "vto-ingediend"): "drang-met-vto"}


def test_of_an_eighteenth_birthday_only_the_month_is_kept() -> None:
    assert [event.id for event in CONTENT.events.values() if event.month_only] == ["achttien"]
    norm = CONTENT.norm_on("achttien-jaar", TODAY)
    assert all(example.start.day == 1 for example in norm.examples)
