"""Sums in the conversation: how they are read, what is asked back, and the explanation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.demo.world import ELS, SANNE
from handlers.bereken import explanation_lines, why_text
from handlers.render import build_texts
from knowledge.loader import KnowledgeBase
from knowledge.norm_models import Direction, Force, Norm, Roll, Unit
from knowledge.pauses import paused
from knowledge.termijnen import DueDate, Pause, compute, for_norm, statutory
from tests.dialogues.conftest import Chat

# The clock of these dialogues stands on Monday 23 November 2026.


async def test_a_sum_says_how_it_was_read_and_what_it_is_by_law(chat: Chat) -> None:
    for text in ("/bereken 6 weken vanaf 3 april 2026", "6 weken vanaf vrijdag 3 april"):
        answer = await chat.says(ELS, text)
        assert answer.splitlines()[1] == "Zo lees ik het: 6 weken vanaf vrijdag 3 april 2026."
        assert "Staat deze termijn in een wet? Dan schuift hij door naar maandag 18 mei" in answer
    long = await chat.says(ELS, "/bereken 13 weken vanaf 31 januari 2026")
    assert "Ook in een wet schuift hij niet op: hij is langer dan twaalf weken" in long
    back = await chat.says(ELS, "/bereken 1 week voor 5 december 2026")
    assert "Veilig is de laatste werkdag ervoor: vrijdag 27 november 2026" in back
    plain = await chat.says(ELS, "/bereken 6 weken vanaf 24 november 2026")
    assert "wet" not in plain


@pytest.mark.parametrize("command", ["/bereken ", ""])
async def test_a_day_that_can_be_two_is_asked_with_both_outcomes(chat: Chat, command: str) -> None:
    asked = await chat.says(ELS, f"{command}6 weken vanaf 3 april")
    assert "6 weken vanaf vrijdag 3 april 2026: vrijdag 15 mei 2026" in asked
    assert "6 weken vanaf zaterdag 3 april 2027: zaterdag 15 mei 2027" in asked
    assert chat.labels(ELS) == ["3 april 2026", "3 april 2027"]
    chosen = await chat.presses(ELS, "3 april 2027")
    assert chosen.startswith("zaterdag 15 mei 2027")
    assert "Zo lees ik het: 6 weken vanaf zaterdag 3 april 2027." in chosen
    # The question stays: the other reading is one tap away.
    assert (await chat.presses(ELS, "3 april 2026")).startswith("vrijdag 15 mei 2026")


async def test_a_norm_that_counts_from_a_day_to_come_is_asked_too(chat: Chat) -> None:
    asked = await chat.says(ELS, "/bereken ots verlenging aanvragen voor 12 maart")
    assert "Verlenging OTS aangevraagd, vanaf vrijdag 12 maart 2027" in asked
    chosen = await chat.presses(ELS, "12 maart 2027")
    assert "Waarom vrijdag 15 januari 2027?" in chosen
    assert "Zo lees ik het: Verlenging OTS aangevraagd, vanaf vrijdag 12 maart 2027." in chosen


async def test_a_kader_with_a_day_shows_every_termijn_and_keeps_nothing(chat: Chat) -> None:
    shown = await chat.says(SANNE, "/bereken ots 23 november 2026")
    assert "Zo lees ik het: OTS, vanaf maandag 23 november 2026" in shown
    assert "Vaste jeugdbeschermer toegewezen: maandag 30 november 2026" in shown
    assert "de vroegste datum is zaterdag 28 november 2026" in shown
    assert "Gedragen koers vastgesteld: maandag 4 januari 2027" in shown
    assert "Er is niets bewaard" in shown
    assert "geen zaken open" in await chat.says(SANNE, "/zaken")


async def test_a_norm_with_a_day_also_without_the_command(chat: Chat) -> None:
    for text in ("/bereken gedragen koers vanaf 12 maart", "gedragen koers vanaf 12 maart"):
        shown = await chat.says(ELS, text)
        assert "Waarom donderdag 23 april 2026?" in shown
        assert "Zo lees ik het: Gedragen koers vastgesteld, vanaf donderdag 12 maart 2026." in shown


async def test_what_cannot_be_is_said_in_one_line(chat: Chat) -> None:
    said = {
        "/bereken 6 weken vanaf maandag 12 maart 2026": "Het is donderdag 12 maart 2026, geen maan",
        "/bereken 6 weken vanaf 29 februari 2027": "29 februari bestaat niet in 2027.",
        "/bereken 6 weken vanaf 29 februari": "29 februari bestaat alleen in een schrikkeljaar.",
        "/bereken 0 weken vanaf 3 april": "Dit aantal kan ik niet gebruiken.",
        "/bereken 6 weken vanaf eind maart": "Deze som kan ik niet lezen.",
    }
    for text, start in said.items():
        assert (await chat.says(ELS, text)).startswith(start)


async def test_ordinary_questions_stay_questions(chat: Chat) -> None:
    for text in ("wat is een vto", "6 weken", "hoe lang mag drang zonder vto duren"):
        assert "Zo lees ik het" not in await chat.says(ELS, text)


# --- every line that makes a date checkable ---


def lines(knowledge: KnowledgeBase, due: DueDate) -> str:
    return "\n".join(explanation_lines(knowledge, build_texts(), due))


def test_what_every_explanation_holds(knowledge: KnowledgeBase) -> None:
    for unit in Unit:
        for direction in Direction:
            due = compute(
                start=date(2027, 6, 15), amount=2, unit=unit, direction=direction,
                calendar=knowledge.calendar,
            )  # fmt: skip
            said = lines(knowledge, due)
            assert "Start: dinsdag 15 juni 2027." in said
            assert "Eerste dag die telt:" in said
            assert ("terug:" if direction is Direction.TERUG else "verder") in said.replace(
                "terug, op hetzelfde dagnummer:", "terug:"
            )


def test_a_term_that_art_2_makes_longer_says_so(knowledge: KnowledgeBase) -> None:
    due = statutory(
        start=date(2026, 4, 3), amount=4, unit=Unit.DAGEN, calendar=knowledge.calendar
    )  # fmt: skip
    said = lines(knowledge, due)
    assert due.on == date(2026, 4, 8)
    assert (
        "minstens 2 gewone dagen (Algemene termijnenwet, art. 2). Daarom door naar woensdag" in said
    )
    assert "Geen werkdag: ." not in said


def test_a_term_that_stood_still_says_when_and_how_long(knowledge: KnowledgeBase) -> None:
    calendar = knowledge.calendar
    pauses = [
        Pause(first=date(2026, 11, 9), last=date(2026, 11, 20)),
        Pause(first=date(2026, 12, 1), last=date(2026, 12, 1)),
    ]
    weeks = paused(
        compute(
            start=date(2026, 11, 2), amount=6, unit=Unit.WEKEN, roll=Roll.NEXT, calendar=calendar
        ),
        pauses,
        calendar,
    )
    said = lines(knowledge, weeks)
    assert "6 weken verder: maandag 14 december 2026." in said
    assert (
        "De termijn stond stil van maandag 9 november 2026 tot en met vrijdag 20 november 2026 "
        "(12 dagen)."
    ) in said
    assert "De termijn stond stil op dinsdag 1 december 2026 (1 dag)." in said
    assert "Daarom eindigt hij op zondag 27 december 2026." in said
    assert "door naar maandag 28 december 2026" in said
    working = paused(
        compute(start=date(2026, 11, 2), amount=10, unit=Unit.WERKDAGEN, calendar=calendar),
        pauses[:1],
        calendar,
    )
    said = lines(knowledge, working)
    assert "(10 werkdagen)" in said
    assert "Niet meegeteld: za 7 nov, zo 8 nov, za 21 nov, zo 22 nov" in said


def test_an_agreed_day_says_that_nothing_was_counted(knowledge: KnowledgeBase) -> None:
    norm = knowledge.norm_on("hoger-beroep", date(2026, 11, 23))
    agreed = norm.model_copy(update={"amount": 0, "unit": Unit.DAGEN})
    due = for_norm(agreed, start=date(2026, 11, 28), calendar=knowledge.calendar).due
    said = lines(knowledge, due)
    assert said.startswith("Afgesproken dag: zaterdag 28 november 2026.")
    assert "door naar maandag 30 november 2026" in said


@pytest.mark.parametrize(("amount", "strict"), [(3, True), (60, False)])
async def test_the_why_screen_shows_an_agreement_beside_the_law(
    chat: Chat, amount: int, strict: bool
) -> None:
    services = chat.world.services
    knowledge = services.knowledge
    norm = knowledge.norm_on("vaste-jeugdbeschermer", date(2026, 11, 23))
    own: Norm = norm.model_copy(
        update={
            "id": "eigen", "unit": Unit.DAGEN, "amount": amount, "other_readings": (),
            "force": Force.ORGANISATIE, "organisation": "GI Brug & Land",
        }
    )  # fmt: skip
    start = date(2026, 11, 23)
    computed = for_norm(norm, start=start, calendar=knowledge.calendar, stricter=[own])
    said = why_text(services, computed, code=None)
    assert "Afspraak van GI Brug &amp; Land: " in said
    by_agreement = start + timedelta(days=amount)
    assert f"geeft {build_texts().environment.filters['dag'](by_agreement)}." in said
    assert "Wettelijk: maandag 30 november 2026." in said
    assert ("Die afspraak is strenger" in said) is strict
