"""The whole road, once: a question, a zaak, a reminder and a digest."""

from __future__ import annotations

from bot.demo.world import ELS, KARIM, SANNE
from tests.dialogues.conftest import Chat


async def test_a_question_a_zaak_a_reminder_and_a_digest(chat: Chat) -> None:
    answer = await chat.says(SANNE, "hoe lang mag drang zonder vto duren")
    assert "hoogstens 3 maanden" in answer
    assert "Bron: Jaarplan 2016" in answer
    assert "Wie beslist:" in answer

    assert "Welk kader" in await chat.says(SANNE, "/zaak")
    assert "Op welke dag kreeg je GI bericht" in await chat.presses(SANNE, "OTS")
    confirm = await chat.presses(SANNE, "Vandaag (ma 23 nov)")
    assert "maandag 23 november 2026" in confirm
    zaak = await chat.presses(SANNE, "Klopt, open de zaak")
    assert "Vaste jeugdbeschermer toegewezen: maandag 30 november 2026" in zaak
    assert "Vroegste datum: zaterdag 28 november 2026" in zaak
    assert "Gedragen koers vastgesteld: maandag 4 januari 2027" in zaak

    await chat.presses(SANNE, "Vaste jeugdbeschermer toegewezen")
    why = await chat.presses(SANNE, "Waarom deze datum?")
    assert "5 werkdagen verder: maandag 30 november 2026" in why
    assert "Niet meegeteld: za 28 nov, zo 29 nov" in why
    assert "5 kalenderdagen geeft zaterdag 28 november 2026" in why
    assert "Besluit Jeugdwet" in why

    await chat.until(2026, 11, 27, 8, 29)
    assert "over 1 werkdag" not in chat.screen(SANNE)
    await chat.until(2026, 11, 27, 8, 30)
    reminder = chat.screen(SANNE)
    assert "Dit vraagt je aandacht" in reminder
    assert "Vandaag: Vaste jeugdbeschermer toegewezen" in reminder
    assert "[2. Gedaan op vandaag]" in reminder

    done = await chat.presses(SANNE, "2. Gedaan op vandaag")
    assert chat.toast(SANNE) == "Afgehandeld op vrijdag 27 november 2026."
    assert "Afgehandeld op vrijdag 27 november 2026 door Sanne." in done
    assert "[2. Gedaan op vandaag]" not in done

    await chat.until(2026, 11, 30, 8, 0)
    digest = chat.screen(KARIM)
    assert "Team Noord · maandag 30 november 2026" in digest
    assert "Komende 7 dagen: 1" in digest
    assert "Eerste contact met kind en ouders" in digest
    assert "Goed gegaan: 1 van 1 termijn op tijd" in digest

    assert "genodigden" not in await chat.says(ELS, "stappen meldcode op een rij")


async def test_once_done_nothing_about_that_termijn_arrives_again(chat: Chat) -> None:
    await open_ots(chat)
    await chat.presses(SANNE, "Vaste jeugdbeschermer toegewezen")
    await chat.presses(SANNE, "Gedaan op vandaag")
    await chat.presses(SANNE, "Bekijk zaak")
    await chat.presses(SANNE, "Eerste contact")
    await chat.presses(SANNE, "Gedaan op vandaag")
    said = len(chat.from_bot(SANNE))
    await chat.until(2026, 12, 4, 18)
    assert len(chat.from_bot(SANNE)) == said
    assert not any("Vaste jeugdbeschermer" in m.text for m in chat.from_bot(KARIM))


async def test_a_lead_sees_who_handled_it_in_the_message_that_was_sent_before(chat: Chat) -> None:
    await open_ots(chat)
    await chat.until(2026, 11, 27, 8, 45)
    assert "Vandaag: Vaste jeugdbeschermer toegewezen" in chat.screen(KARIM)
    await chat.presses(SANNE, "2. Gedaan op vandaag")
    await chat.world.sweeper.sweep(chat.world.now())
    shown = chat.screen(KARIM)
    assert "Afgehandeld op vrijdag 27 november 2026 door Sanne." in shown
    assert chat.from_bot(KARIM)[-1].edited_at is not None


async def test_what_is_late_says_so_to_the_person_and_the_lead(chat: Chat) -> None:
    await open_ots(chat)
    await chat.until(2026, 12, 1, 8, 30)
    assert "Te laat: Vaste jeugdbeschermer toegewezen" in chat.screen(SANNE)
    assert "Te laat: de einddatum was maandag 30 november 2026." in chat.screen(KARIM)
    await chat.until(2026, 12, 2, 8, 0)
    assert "Te laat: 2" in chat.screen(KARIM)


async def test_a_gedaan_can_be_undone_and_then_reminds_again(chat: Chat) -> None:
    await open_ots(chat)
    await chat.presses(SANNE, "Eerste contact")
    await chat.presses(SANNE, "Gedaan op vandaag")
    reopened = await chat.presses(SANNE, "Ongedaan maken")
    assert "Einddatum: maandag 30 november 2026" in reopened
    assert chat.toast(SANNE) == "De termijn staat weer open."
    await chat.until(2026, 11, 26, 8, 30)
    assert "Eerste contact" in chat.screen(SANNE)


async def test_gedaan_on_another_day_by_keyboard_and_by_typing(chat: Chat) -> None:
    await open_ots(chat, day="20")
    await chat.presses(SANNE, "Eerste contact")
    await chat.presses(SANNE, "Gedaan op andere dag")
    assert "Afgehandeld op zaterdag 21 november 2026" in await chat.presses(SANNE, "21")
    await chat.presses(SANNE, "Bekijk zaak")
    await chat.presses(SANNE, "Vaste jeugdbeschermer")
    await chat.presses(SANNE, "Gedaan op andere dag")
    assert "voor de start" in await chat.says(SANNE, "19 november")
    assert "in de toekomst" in await chat.says(SANNE, "24-11-2026")
    assert "bestaat niet" in await chat.says(SANNE, "31-2-2026")
    assert "Afgehandeld op zondag 22 november 2026" in await chat.says(SANNE, "gisteren")


async def test_the_day_a_measure_starts_is_filled_in_later(chat: Chat) -> None:
    zaak = await open_ots(chat)
    assert "Ingang van de maatregel is nog niet ingevuld" in zaak
    await chat.presses(SANNE, "Vul in: Ingang van de maatregel")
    await chat.says(SANNE, "20 november")
    zaak = await chat.presses(SANNE, "Klopt, bewaar deze dag")
    assert "Ingang van de maatregel: vrijdag 20 november 2026" in zaak
    assert "zaterdag 20 november 2027" in zaak


async def test_a_lead_opens_a_zaak_and_chooses_who_does_it(chat: Chat) -> None:
    await chat.says(KARIM, "/zaak")
    await chat.presses(KARIM, "OTS")
    await chat.presses(KARIM, "Vandaag")
    zaak = await chat.presses(KARIM, "Klopt, open de zaak")
    assert "Jeugdbeschermer: nog niemand" in zaak
    digest = await chat.says(KARIM, "/digest")
    assert "Zonder jeugdbeschermer: 1" in digest
    people = [label for label in chat.labels(KARIM) if label.endswith("jeugdbeschermer kiezen")]
    await chat.presses(KARIM, people[0])
    assert chat.labels(KARIM) == ["Milan (0 zaken)", "Sanne (0 zaken)"]
    assert "Jeugdbeschermer: Sanne" in await chat.presses(KARIM, "Sanne")
    assert chat.toast(KARIM) == "Sanne is nu de jeugdbeschermer."
    assert "· OTS" in await chat.says(SANNE, "/zaken")


async def test_a_day_on_the_keyboard_turns_back_and_forth(chat: Chat) -> None:
    await chat.says(SANNE, "/zaak")
    await chat.presses(SANNE, "drang zonder VTO")
    assert "[24]" not in chat.screen(SANNE)  # tomorrow cannot have happened
    earlier = await chat.presses(SANNE, "« oktober")
    assert "[oktober 2026]" in earlier
    assert "[31]" in earlier
    assert "[november 2026]" in await chat.presses(SANNE, "november »")
    assert "november »" not in chat.labels(SANNE)
    assert "Er is niets bewaard" in await chat.presses(SANNE, "Stoppen")
    assert "geen zaken open" in await chat.says(SANNE, "/zaken")


async def test_a_double_tap_on_confirm_opens_one_zaak(chat: Chat) -> None:
    await chat.says(SANNE, "/zaak")
    await chat.presses(SANNE, "OTS")
    await chat.presses(SANNE, "Vandaag")
    message, data = chat.find(SANNE, "Klopt, open de zaak")
    chat.api.press(SANNE.user_id, message.message_id, data)
    chat.api.press(SANNE.user_id, message.message_id, data)
    await chat.world.settled()
    assert "was al geopend" in chat.toast(SANNE)
    await chat.says(SANNE, "/zaken")
    assert len(chat.labels(SANNE)) == 1


async def open_ots(chat: Chat, day: str = "Vandaag") -> str:
    await chat.says(SANNE, "/zaak")
    await chat.presses(SANNE, "OTS")
    await chat.presses(SANNE, day)
    return await chat.presses(SANNE, "Klopt, open de zaak")
