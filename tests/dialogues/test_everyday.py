"""Everyday use: cards and their buttons, sums, lists, help, several teams."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.demo.world import ELS, KARIM, SANNE
from storage import access
from storage.access import Role
from tests.dialogues.conftest import Chat
from tests.dialogues.test_journey import open_ots

FEEDBACK = ("Hier had ik iets aan", "Dit klopt niet")


async def test_a_card_turns_to_its_steps_cautions_and_source_and_back(chat: Chat) -> None:
    first = await chat.says(ELS, "hoe lang mag drang zonder vto duren")
    assert "[Stappen] | [Let op] | [Bron]" in first
    assert "Zet in mijn termijnen" not in first  # Els opens no zaken
    assert "1. " in await chat.presses(ELS, "Stappen")
    assert "• " in await chat.presses(ELS, "Let op")
    assert "§ 3.1 Drang" in await chat.presses(ELS, "Bron")
    assert "hoogstens 3 maanden" in await chat.presses(ELS, "Terug naar het antwoord")


async def test_a_card_with_danger_always_ends_with_who_to_call(chat: Chat) -> None:
    for part in ("meldcode stap 5 beslissen", "acute onveiligheid wat is dat"):
        await chat.says(ELS, part)
    dangerous = [c for c in chat.world.services.knowledge.cards.values() if c.danger]
    assert dangerous
    shown = await chat.says(ELS, dangerous[0].title)
    assert "Bel 112" in shown
    assert "0800-2000" in shown


async def test_an_unclear_question_gives_a_choice_and_none_of_these_says_who_knows(
    chat: Chat,
) -> None:
    offered = await chat.says(SANNE, "verzoek tot onderzoek")
    assert "Ik weet niet zeker welke vraag je bedoelt" in offered
    assert 2 <= len(chat.labels(SANNE)) <= 4
    assert "gedragswetenschapper" in await chat.presses(SANNE, "Geen van deze")


async def test_an_unknown_subject_is_an_honest_no(chat: Chat) -> None:
    assert (await chat.says(SANNE, "recept voor appeltaart")).startswith("Dat weet ik niet.")
    assert (await chat.says(SANNE, "/vraag recept voor appeltaart")).startswith("Dat weet ik niet")


async def test_a_card_computes_its_norm_from_a_day_tapped_or_typed(chat: Chat) -> None:
    await chat.says(SANNE, "hoe lang mag drang zonder vto duren")
    asked = await chat.presses(SANNE, "Bereken de datum")
    assert "Vanaf welke dag reken ik?" in asked
    assert "maandag 22 februari 2027" in await chat.presses(SANNE, "Gisteren")
    await chat.says(SANNE, "hoe lang mag drang zonder vto duren")
    await chat.presses(SANNE, "Bereken de datum")
    await chat.presses(SANNE, "« oktober")
    typed = await chat.says(SANNE, "20 november 2026")
    assert "Waarom zaterdag 20 februari 2027?" in typed
    assert "Geldt voor: Rotterdam Rijnmond" in typed
    assert "Waarom" not in await chat.says(SANNE, "21 november 2026")


async def test_sums_by_command_and_as_plain_text(chat: Chat) -> None:
    assert "Schrijf een som achter /bereken" in await chat.says(ELS, "/bereken")
    for text in ("/bereken 6 weken vanaf 3 april 2026", "6 weken vanaf 3 april 2026"):
        answer = await chat.says(ELS, text)
        assert answer.startswith("vrijdag 15 mei 2026")
        assert "geen werkdag (gelijkgesteld met een feestdag)" in answer
        assert "Er is niets bewaard" in answer


async def test_help_shows_what_this_person_may_and_its_buttons_start_it(chat: Chat) -> None:
    assert "/zaak" not in await chat.says(ELS, "/help")
    assert "om 8.00 uur" in await chat.says(KARIM, "/help")
    await chat.says(SANNE, "/help")
    await chat.presses(SANNE, "Mijn zaken")
    assert "geen zaken open" in chat.toast(SANNE)
    assert "Welk kader" in await chat.presses(SANNE, "Zaak openen")


async def test_privacy_says_what_is_kept(chat: Chat) -> None:
    assert "Wat ik niet bewaar" in await chat.says(SANNE, "/privacy")


async def test_a_card_starts_a_zaak(chat: Chat) -> None:
    await chat.says(SANNE, "hoe lang mag drang zonder vto duren")
    assert "Welk kader" in await chat.presses(SANNE, "Zet in mijn termijnen")


async def test_a_zaak_is_found_by_its_code_in_any_spelling(chat: Chat) -> None:
    code = (await open_ots(chat)).split()[1]
    for text in (code, code.lower(), code.replace("-", ""), f"/zaak {code}"):
        assert f"Zaak {code}" in await chat.says(SANNE, text)


async def test_lists_put_what_presses_first(chat: Chat) -> None:
    await open_ots(chat)
    first = await open_ots(chat, day="20")
    code = first.split()[1]
    assert f"zaak {code}" in (await chat.says(SANNE, "/termijnen")).split("2. ")[0]
    assert (await chat.says(SANNE, "/zaken")).splitlines()[2].startswith(code)
    assert "Open zaken" in await chat.says(KARIM, "/zaken")


async def test_a_lead_of_two_teams_chooses_the_team(chat: Chat) -> None:
    db, now = chat.world.services.db, chat.world.now()
    db.write(access.add_team, now=now, name="Team Zuid")
    issued = db.write(access.invite, now=now, role=Role.TEAMLEIDER, team="Team Zuid")
    assert "teamleider van Team Zuid" in await chat.says(KARIM, f"/start {issued.token}")
    assert "Van welk team" in await chat.says(KARIM, "/digest")
    assert "Team Zuid" in await chat.presses(KARIM, "Team Zuid")
    assert "Bij welk team hoort de zaak?" in await chat.says(KARIM, "/zaak")
    await chat.presses(KARIM, "Team Zuid")
    await chat.presses(KARIM, "OTS")
    await chat.presses(KARIM, "Vandaag")
    await chat.presses(KARIM, "Klopt, open de zaak")
    assert "Zonder jeugdbeschermer: 1" in await latest_digest(chat)
    await chat.until(2026, 11, 24, 8, 0)
    mornings = [m.text for m in chat.from_bot(KARIM) if "dinsdag 24 november" in m.text]
    assert sorted(text.split(" ·")[0] for text in mornings) == ["Team Noord", "Team Zuid"]


async def test_an_old_conversation_can_still_be_confirmed_but_typed_days_are_questions_again(
    chat: Chat,
) -> None:
    await open_ots(chat)
    await chat.presses(SANNE, "Vul in: Ingang van de maatregel")
    await chat.presses(SANNE, "20")
    await chat.until(2026, 11, 23, 10, 0)
    assert "Ingang van de maatregel: vrijdag 20 november 2026" in await chat.presses(
        SANNE, "Klopt, bewaar deze dag"
    )
    await chat.presses(SANNE, "Eerste contact")
    await chat.presses(SANNE, "Gedaan op andere dag")
    await chat.until(2026, 11, 23, 11, 0)
    assert "Afgehandeld" not in await chat.says(SANNE, "23 november")


async def test_a_quiet_morning_is_one_line(chat: Chat) -> None:
    await chat.until(2026, 11, 24, 8, 0)
    assert chat.screen(KARIM).splitlines() == [
        "Team Noord · dinsdag 24 november 2026",
        "Niets vraagt vandaag je aandacht. 0 zaken open.",
    ]


async def test_after_a_weekend_of_silence_everybody_gets_one_bundle_that_says_it_is_late(
    chat: Chat,
) -> None:
    await open_ots(chat)
    await chat.until(2026, 11, 25, 9, 0)
    before = len(chat.from_bot(SANNE))
    # Nothing runs from Wednesday to Monday: the clock jumps past every moment in between.
    chat.world.clock.put_forward(datetime(2026, 11, 30, 9, 0, tzinfo=UTC))
    await chat.world.sweeper.sweep(chat.world.now())
    assert len(chat.from_bot(SANNE)) == before + 1
    shown = chat.screen(SANNE)
    assert "Vandaag: Vaste jeugdbeschermer" in shown
    assert "had maandag 30 november 2026 om 8.30 uur moeten komen" in shown


async def latest_digest(chat: Chat) -> str:
    await chat.says(KARIM, "/digest")
    return await chat.presses(KARIM, "Team Zuid")


async def test_an_abbreviation_alone_gives_its_meaning_and_the_card(chat: Chat) -> None:
    meaning = await chat.says(SANNE, "MUHP?")
    assert meaning.startswith("MUHP: machtiging tot uithuisplaatsing")
    assert len(chat.labels(SANNE)) == 1 + len(FEEDBACK)
    card = await chat.presses(SANNE, chat.labels(SANNE)[0])
    assert "Bron:" in card
    assert (await chat.says(SANNE, "wat betekent gws")).startswith("GW'er")


async def test_what_koersbot_does_not_do_is_said_with_who_does(chat: Chat) -> None:
    refused = await chat.says(SANNE, "moet ik dit gezin melden of niet, zeg jij het maar")
    assert "Ik geef geen advies over één gezin" in refused
    assert "Wie het wel weet: Je gedragswetenschapper" in refused
    assert "Bel 112" in refused
    assert "Hier gaan mijn kaarten wel over:" in refused
    near = [label for label in chat.labels(SANNE) if label not in FEEDBACK]
    assert 1 <= len(near) <= 2
    assert "Bron:" in await chat.presses(SANNE, chat.labels(SANNE)[0])
    assert "Bel 112" not in await chat.says(SANNE, "hoeveel verdient een jeugdbeschermer")


async def test_a_card_names_whom_to_call_and_what_is_not_filled_in_yet(chat: Chat) -> None:
    card = await chat.says(SANNE, "wie bel ik bij crisis buiten kantoortijd")
    assert "Wie bel je:" in card
    assert "vraag het nummer aan je teamleider" in card
    assert "Veilig Thuis, 0800-2000" in card


async def test_the_end_of_a_measure_is_typed_and_may_lie_ahead(chat: Chat) -> None:
    await chat.says(SANNE, "/zaak")
    await chat.presses(SANNE, "OTS")
    await chat.presses(SANNE, "Vandaag")
    await chat.presses(SANNE, "Klopt, open de zaak")
    asked = await chat.presses(SANNE, "Vul in: Einde van de maatregel")
    assert "typ de datum, bijvoorbeeld 12 maart 2027." in asked
    assert "[24]" in asked  # tomorrow can be tapped too
    assert "Gisteren" not in asked
    await chat.says(SANNE, "20 november 2027")
    zaak = await chat.presses(SANNE, "Klopt, bewaar deze dag")
    assert "Einde van de maatregel volgens de beschikking: zaterdag 20 november 2027" in zaak
    assert "Verlenging OTS aangevraagd: vrijdag 24 september 2027" in zaak
