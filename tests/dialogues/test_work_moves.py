"""Work that moves: events, courts, visits, hand-over, absence, closing; on both databases."""

from __future__ import annotations

import re

from bot.demo.world import BAS, ELS, KARIM, MILAN, SANNE, DemoClock, Member, demo_world
from bot.settings import Settings
from storage.db import Database
from tests.dialogues.conftest import MONDAY_MORNING, Chat


async def open_zaak(chat: Chat, line: str, who: Member = SANNE) -> str:
    """Open a zaak in one line of text; gives its code."""
    assert "Klopt dit?" in await chat.says(who, line)
    shown = await chat.presses(who, "Klopt, open de zaak")
    found = re.match(r"Zaak (\S+)", shown)
    assert found, shown
    return found[1]


async def test_an_end_in_the_court_order_replaces_the_computed_one_and_the_old_stays_visible(
    both: Chat,
) -> None:
    await open_zaak(both, "nieuwe ots 20 november")
    await both.presses(SANNE, "Vul in: Ingang")
    shown = await both.presses(SANNE, "20")
    assert "Dit begint dan:" in shown
    assert "Einde van de OTS: zaterdag 20 november 2027" in shown
    await both.presses(SANNE, "Klopt, bewaar deze dag")
    await both.presses(SANNE, "Vul in: Einde")
    shown = await both.says(SANNE, "1 november 2027")
    assert "Einde van de OTS: was zaterdag 20 november 2027, wordt maandag 1 november" in shown
    zaak = await both.presses(SANNE, "Klopt, bewaar deze dag")
    assert "Einde van de OTS: maandag 1 november 2027, was zaterdag 20 november 2027" in zaak
    assert "Verlenging OTS aangevraagd: maandag 6 september 2027" in zaak
    await both.presses(SANNE, "Einde van de OTS")
    why = await both.presses(SANNE, "Waarom deze datum?")
    assert why.startswith("Waarom maandag 1 november 2027?")
    assert "Volgens de beschikking door Sanne: was zaterdag 20 november 2027" in why


async def test_a_vto_moves_the_zaak_to_another_kader_and_says_so_first(both: Chat) -> None:
    await open_zaak(both, "nieuwe drang zonder vto 20 november")
    await both.presses(SANNE, "Er is iets gebeurd")
    await both.presses(SANNE, "Verzoek tot onderzoek")
    shown = await both.presses(SANNE, "Vandaag")
    assert "De zaak gaat dan over naar: drang met VTO" in shown
    zaak = await both.presses(SANNE, "Klopt, bewaar deze dag")
    assert "· drang met VTO" in zaak
    assert "Besluit over drang zonder VTO" not in zaak
    assert "Grens voor alle drang" in zaak


async def test_a_termijn_stands_still_without_reminders_and_runs_on_later(both: Chat) -> None:
    await open_zaak(both, "nieuwe drang met vto 20 november")
    await both.presses(SANNE, "Er is iets gebeurd")
    await both.presses(SANNE, "Verzoek tot onderzoek")
    await both.presses(SANNE, "Vandaag")
    zaak = await both.presses(SANNE, "Klopt, bewaar deze dag")
    assert "Besluit van De Brug over hulp tijdens het onderzoek: maandag 21 december 2026" in zaak
    await both.presses(SANNE, "Besluit van De Brug")
    await both.presses(SANNE, "Meer")
    await both.presses(SANNE, "Stil laten staan")
    await both.presses(SANNE, "Gezin is tijdelijk")
    await both.presses(SANNE, "Vandaag")
    assert "Staat stil sinds" in await both.presses(SANNE, "Klopt, bewaar dit")
    before = len(both.from_bot(SANNE))
    await both.until(2026, 12, 15, 10)
    assert len(both.from_bot(SANNE)) == before  # the ladder would have warned on 7 and 14 December
    await both.presses(SANNE, "Weer laten lopen")
    shown = await both.says(SANNE, "3 december")
    assert "van maandag 23 november 2026 tot en met woensdag 2 december 2026" in shown
    shown = await both.presses(SANNE, "Klopt, bewaar dit")
    assert "Heeft stilgestaan door Sanne: was maandag 21 december 2026, werd woensdag 30" in shown
    assert "stond stil" in await both.presses(SANNE, "Waarom deze datum?")


async def test_a_wrong_start_shows_old_and_new_dates_before_anything_changes(both: Chat) -> None:
    await open_zaak(both, "nieuwe drang zonder vto 20 november")
    await both.presses(SANNE, "Meer")
    await both.presses(SANNE, "Een dag verbeteren")
    await both.presses(SANNE, "Start van de drang")
    shown = await both.says(SANNE, "18 november")
    change = "was zaterdag 20 februari 2027, wordt donderdag 18 februari 2027"
    assert f"Besluit over drang zonder VTO: {change}" in shown
    assert "zaterdag 20 februari 2027" in await both.says(KARIM, "/termijnen")
    zaak = await both.presses(SANNE, "Klopt, bewaar deze dag")
    assert "Start van de drang: woensdag 18 november 2026" in zaak
    assert "donderdag 18 februari 2027, was zaterdag 20 februari 2027" in zaak


async def test_before_and_after_a_visit_takes_two_taps(both: Chat) -> None:
    await open_zaak(both, "nieuwe ots 20 november")
    before = await both.says(SANNE, "/bezoek")
    assert "Klaar als je met kind en ouders hebt gesproken." in before
    after = await both.presses(SANNE, "Na het bezoek: vandaag")
    assert "Klaar: Eerste contact met kind en ouders." in after
    assert "Dit staat nog open:" in after
    again = await both.presses(SANNE, "Bekijk zaak")
    assert again.count("Contact met kind en ouders: maandag 23 november 2026") == 1


async def test_a_colleague_is_asked_says_no_then_yes_and_nothing_is_ownerless(both: Chat) -> None:
    code = await open_zaak(both, "nieuwe ots 20 november")
    for answer, owner in (("Nee", "Sanne"), ("Ja, ik neem over", "Milan")):
        await both.says(SANNE, code)
        await both.presses(SANNE, "Meer")
        await both.presses(SANNE, "Overdragen")
        asked = await both.presses(SANNE, "Vraag Milan")
        assert "Jeugdbeschermer: Sanne" in asked
        assert "Gevraagd om over te nemen: Milan" in asked
        local = both.world.now().astimezone(both.world.timezone)
        await both.until(local.year, local.month, local.day, local.hour + 1)
        assert f"Wil je zaak {code} overnemen?" in both.screen(MILAN)
        message, data = both.find(MILAN, "Ja, ik neem over")
        await both.presses(MILAN, answer)
        assert f"Jeugdbeschermer: {owner}" in await both.says(KARIM, code)
        await both.until(local.year, local.month, local.day, local.hour + 2)
        heard = "niet overgenomen" if owner == "Sanne" else "is overgenomen door Milan"
        assert heard in both.screen(SANNE)
    assert "ken ik niet" in await both.says(SANNE, code)
    both.api.press(MILAN.user_id, message.message_id, data)  # from an old screen, once more
    await both.world.settled()
    assert "is voorbij" in both.toast(MILAN)


async def test_a_substitute_has_the_zaken_only_as_long_as_the_absence_lasts(both: Chat) -> None:
    code = await open_zaak(both, "nieuwe ots 20 november")
    assert "ken ik niet" in await both.says(MILAN, code)
    await both.says(SANNE, "/afwezig")
    await both.presses(SANNE, "Vandaag")
    await both.says(SANNE, "27 november")
    await both.presses(SANNE, "Milan")
    assert "Milan neemt waar" in await both.presses(SANNE, "Klopt, bewaar dit")
    assert "Milan neemt waar" in await both.says(MILAN, code)
    assert "afwezig tot en met vrijdag 27 november 2026" in both.screen(MILAN)
    await both.presses(MILAN, "Eerste contact")
    assert "door Milan" in await both.presses(MILAN, "Gedaan op vandaag")
    await both.until(2026, 11, 28, 9)
    assert "ken ik niet" in await both.says(MILAN, code)


async def test_who_leaves_first_gives_the_work_away(both: Chat) -> None:
    code = await open_zaak(both, "nieuwe ots 20 november")
    await both.says(KARIM, "/team")
    await both.presses(KARIM, "Sanne")
    assert "nog 1 open zaak" in await both.presses(KARIM, "Gaat weg uit het team")
    await both.presses(KARIM, "Alle zaken aan een collega geven")
    await both.presses(KARIM, "Milan")
    await both.presses(KARIM, "Gaat weg uit het team")
    assert "kan niet meer bij Koersbot" in await both.presses(KARIM, "Ja, sluit de toegang")
    assert "genodigden" in await both.says(SANNE, "/zaken")
    assert "Jeugdbeschermer: Milan" in await both.says(MILAN, code)


async def test_a_lead_makes_two_zaken_one_gezin_with_one_casusregisseur(both: Chat) -> None:
    first = await open_zaak(both, "nieuwe ots 20 november")
    second = await open_zaak(both, "nieuwe voogdij 20 november", MILAN)
    await both.says(SANNE, first)
    await both.presses(SANNE, "Meer")
    assert "geen andere zaak" in await both.presses(SANNE, "Zelfde gezin")
    await both.says(KARIM, first)
    await both.presses(KARIM, "Meer")
    await both.presses(KARIM, "Zelfde gezin")
    linked = await both.presses(KARIM, second)
    assert f"Zelfde gezin: {second}. Eén gezin heeft één casusregisseur: Sanne." in linked
    assert "Jeugdbeschermer: Sanne" in await both.says(SANNE, second)
    assert "ken ik niet" in await both.says(MILAN, second)


async def test_a_closed_zaak_is_silent_and_comes_back_as_it_was(both: Chat) -> None:
    code = await open_zaak(both, "nieuwe ots 20 november")
    await both.presses(SANNE, "Meer")
    await both.presses(SANNE, "Zaak sluiten")
    assert "Gesloten op" in await both.presses(SANNE, "Ja, sluit de zaak")
    before = len(both.from_bot(SANNE))
    await both.until(2026, 11, 26, 9)
    assert len(both.from_bot(SANNE)) == before
    assert f"Gesloten, de laatste eerst: {code}" in await both.says(SANNE, "/zaken")
    await both.says(SANNE, code)
    zaak = await both.presses(SANNE, "Zaak weer openen")
    assert "Eerste contact met kind en ouders: vrijdag 27 november 2026" in zaak


async def test_late_with_a_reason_and_extended_by_the_lead_only_for_the_law(both: Chat) -> None:
    code = await open_zaak(both, "nieuwe ots 3 november")
    await both.presses(SANNE, "Vaste jeugdbeschermer")
    more = await both.presses(SANNE, "Meer")
    assert "termijn uit de wet" in more
    assert "[Verlengen]" not in more
    await both.presses(SANNE, "Reden dat het te laat is")
    shown = await both.presses(SANNE, "Ziekte of verlof")
    assert "Reden dat het te laat is: Ziekte of verlof van de jeugdbeschermer." in shown
    await both.says(KARIM, code)
    await both.presses(KARIM, "Vaste jeugdbeschermer")
    await both.presses(KARIM, "Meer")
    await both.presses(KARIM, "Verlengen")
    await both.says(KARIM, "30 november")
    shown = await both.presses(KARIM, "Klopt, bewaar dit")
    assert "Verlengd door Karim: was dinsdag 10 november 2026, werd maandag 30 november" in shown


async def test_a_duty_of_the_team_comes_round_again(both: Chat) -> None:
    await both.says(KARIM, "/team")
    assert "Er loopt nog geen taak." in await both.presses(KARIM, "Taken van het team")
    await both.presses(KARIM, "Begin: Risico")
    await both.says(KARIM, "1 oktober")
    await both.presses(KARIM, "Klopt, bewaar deze dag")
    await both.presses(KARIM, "Gedaan op vandaag")
    duties = await both.presses(KARIM, "Taken van het team")
    assert "Risico-inventarisatie van het team gedaan: dinsdag 23 februari 2027" in duties
    assert "gedaan op maandag 23 november 2026" in duties


async def test_the_beheerder_sees_that_nothing_would_move(both: Chat) -> None:
    await open_zaak(both, "nieuwe ots 20 november")
    assert "Alle open termijnen kloppen" in await both.says(BAS, "/beheer")


async def test_a_name_a_birth_date_or_a_bsn_is_no_label(both: Chat) -> None:
    assert "lijkt op een naam" in await both.says(SANNE, "/zaak jaimy")
    assert "lijkt op een geboortedatum" in await both.says(SANNE, "/zaak 12-03-2015")
    assert "een BSN" in await both.says(SANNE, "/zaak 111222333")


async def test_an_unknown_person_for_this_work_is_refused_at_every_door(both: Chat) -> None:
    for command in ("/bezoek", "/afwezig", "/rooster", "/team", "/beheer"):
        assert "niet doen" in await both.says(ELS, command)


async def test_working_days_are_tapped_and_one_day_stays(both: Chat) -> None:
    shown = await both.says(SANNE, "/rooster")
    assert "maandag, dinsdag, woensdag, donderdag, vrijdag" in shown
    for day in ("maandag", "dinsdag", "woensdag", "donderdag"):
        await both.presses(SANNE, f"✓ {day}")
    assert "Je werkdagen\nvrijdag" in both.screen(SANNE)
    await both.presses(SANNE, "✓ vrijdag")
    assert "minstens één dag" in both.toast(SANNE)


async def test_the_beheerder_sees_old_and_new_and_only_a_confirmation_moves_them(
    both: Chat,
) -> None:
    code = await open_zaak(both, "nieuwe drang met vto 20 november")
    # As if the norm or the calendar gave another day when this zaak was opened.
    with both.world.services.db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE termijn SET due_on = '2027-05-18', warn_on = '2027-05-18'"
            " WHERE norm_id = 'drang-totaal'"
        )
    shown = await both.says(BAS, "/beheer")
    assert f"{code} · Grens voor alle drang" in shown
    assert "was dinsdag 18 mei 2027, wordt donderdag 20 mei 2027" in shown
    assert "dinsdag 18 mei 2027" in await both.says(SANNE, code)
    assert "1 termijn is herrekend" in await both.presses(BAS, "Herreken 1 termijn")
    assert "donderdag 20 mei 2027, was dinsdag 18 mei 2027" in await both.says(SANNE, code)
    assert "Alle open termijnen kloppen" in await both.says(BAS, "/beheer")


async def test_an_organisation_with_its_own_numbers_types_one(
    sqlite_database: Database, settings: Settings
) -> None:
    numbered = settings.model_copy(update={"zaak_pattern": "JB-[0-9]{6}"})
    clock = DemoClock(MONDAY_MORNING, frozen=True)
    async with demo_world(
        numbered, sqlite_database, clock=clock, seconds_between_rounds=3600
    ) as world:
        chat = Chat(world)
        assert "Typ het zaaknummer" in await chat.says(SANNE, "nieuwe ots 20 november")
        assert "lijkt op een naam" in await chat.says(SANNE, "jaimy")
        assert "past niet" in await chat.says(SANNE, "JB-12")
        assert "Zaaknummer: JB-123456" in await chat.says(SANNE, "jb-123456")
        assert "Zaak JB-123456 · OTS" in await chat.presses(SANNE, "Klopt, open de zaak")
        assert "Zaak JB-123456 · OTS" in await chat.says(SANNE, "JB-123456")
        await chat.says(SANNE, "nieuwe ots 19 november")
        await chat.says(SANNE, "JB-123456")
        await chat.presses(SANNE, "Klopt, open de zaak")
        assert "is al van een zaak" in chat.toast(SANNE)
