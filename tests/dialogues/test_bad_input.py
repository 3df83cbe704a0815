"""What goes wrong gets one clear Dutch sentence, loses nothing and shows no traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.demo.world import ELS, KARIM, SANNE, Member
from storage import access
from storage.access import Role
from storage.tables import Person
from tests.dialogues.conftest import Chat
from tests.dialogues.test_journey import open_ots

STRANGER = Member(user_id=9999, first_name="Niemand", role=Role.JEUGDBESCHERMER, team=None, hint="")


async def test_a_stranger_learns_only_how_to_get_an_invitation(chat: Chat) -> None:
    chat.api.add_person(STRANGER.user_id, STRANGER.first_name)
    for text in ("/start", "/help", "hoe lang mag drang duren", "/zaken", "/onzin"):
        assert "alleen voor genodigden" in await chat.says(STRANGER, text)
    assert chat.labels(STRANGER) == []
    await open_ots(chat)
    message, data = chat.find(SANNE, "Vaste jeugdbeschermer")
    chat.api.press(STRANGER.user_id, message.message_id, data)
    await chat.world.settled()
    assert "alleen voor genodigden" in chat.toast(STRANGER)
    assert chat.api.commands(STRANGER.user_id) == [
        {"command": "start", "description": "Kom binnen met je uitnodiging"}
    ]


async def test_an_invitation_works_once_and_not_after_it_expired(chat: Chat) -> None:
    chat.api.add_person(STRANGER.user_id, STRANGER.first_name)
    db = chat.world.services.db
    early = db.write(access.invite, now=chat.world.now(), role=Role.KENNISBEHEERDER, team=None)
    used = db.write(access.invite, now=chat.world.now(), role=Role.KENNISBEHEERDER, team=None)
    await chat.world.move_clock(early.expires_at - timedelta(seconds=1))
    assert "Je bent binnen als kennisbeheerder" in await chat.says(STRANGER, f"/start {used.token}")
    assert not any(used.token in shown.text for shown in chat.api.messages(STRANGER.user_id))
    assert "werkt niet (meer)" in await chat.says(STRANGER, f"/start {used.token}")
    await chat.world.move_clock(early.expires_at + timedelta(seconds=1))
    assert "werkt niet (meer)" in await chat.says(STRANGER, f"/start {early.token}")
    assert "werkt niet (meer)" in await chat.says(STRANGER, "/start verzonnen")


@pytest.mark.parametrize(
    "data", ["", "zz9", "a1", "a1:1", "a1:x:0", "k1:weg:kort", "o1:n", "🙂", "a1:1:0:0"]
)
async def test_a_button_nobody_made_is_expired(chat: Chat, data: str) -> None:
    chat.api.press(SANNE.user_id, chat.from_bot(SANNE)[-1].message_id, data or "-")
    await chat.world.settled()
    assert chat.toast(SANNE).startswith(("Deze knop is verlopen", "Deze kaart is er niet meer"))


async def test_a_button_of_a_conversation_that_is_over_says_so(chat: Chat) -> None:
    await chat.says(SANNE, "/zaak")
    old, data = chat.find(SANNE, "OTS")
    await chat.says(SANNE, "/zaak")
    chat.api.press(SANNE.user_id, old.message_id, data)
    await chat.world.settled()
    assert "klaar of verlopen" in chat.toast(SANNE)


async def test_a_button_in_a_message_that_is_gone_still_works(chat: Chat) -> None:
    await open_ots(chat)
    await chat.presses(SANNE, "Vaste jeugdbeschermer")
    _, data = chat.find(SANNE, "Gedaan op vandaag")
    chat.api.press(SANNE.user_id, 424242, data)
    await chat.world.settled()
    assert "Afgehandeld op maandag 23 november 2026" in chat.toast(SANNE)
    assert "Afgehandeld op maandag 23 november 2026 door Sanne" in chat.screen(SANNE)


async def test_the_buttons_of_somebody_else_do_nothing(chat: Chat) -> None:
    zaak = await open_ots(chat)
    await chat.presses(SANNE, "Vaste jeugdbeschermer")
    message, data = chat.find(SANNE, "Gedaan op vandaag")
    chat.api.press(ELS.user_id, message.message_id, data)
    await chat.world.settled()
    assert chat.toast(ELS) == "Dit mag je met jouw rol niet doen. Vraag het aan je teamleider."
    code = zaak.split()[1]
    assert "Jeugdbeschermer: Sanne" in await chat.says(SANNE, code.lower())
    assert "Jeugdbeschermer: Sanne" not in await chat.says(ELS, code)


async def test_two_people_press_gedaan_at_once_and_the_second_hears_who_did_it(chat: Chat) -> None:
    await open_ots(chat, day="20")
    await chat.presses(SANNE, "Vaste jeugdbeschermer")
    await chat.says(KARIM, "/termijnen")
    await chat.presses(KARIM, "2. Bekijk")
    message, data = chat.find(KARIM, "Gedaan op gisteren")
    await chat.presses(SANNE, "Gedaan op vandaag")
    chat.api.press(KARIM.user_id, message.message_id, data)
    await chat.world.settled()
    expected = (
        "Dit was al afgehandeld op maandag 23 november 2026 door Sanne. Er is niets veranderd."
    )
    assert chat.toast(KARIM) == expected


async def test_a_very_long_message_is_refused_in_one_sentence(chat: Chat) -> None:
    reply = await chat.says(SANNE, "a" * 5000)
    assert reply == "Je bericht is te lang. Stel je vraag in hoogstens 500 tekens, zonder namen."


async def test_an_edited_message_is_not_answered_again(chat: Chat) -> None:
    await chat.says(SANNE, "hoe lang mag drang zonder vto duren")
    own = [shown for shown in chat.api.messages(SANNE.user_id) if not shown.from_bot][-1]
    chat.api.edit(SANNE.user_id, own.message_id, "wat is een ots")
    await chat.world.settled()
    assert "bewerkt bericht lees ik niet opnieuw" in chat.screen(SANNE)


@pytest.mark.parametrize("kind", ["photo", "voice", "video", "document", "contact", "location"])
async def test_what_is_no_text_is_refused_and_deleted(chat: Chat, kind: str) -> None:
    sent = chat.api.send_media(SANNE.user_id, kind)  # type: ignore[arg-type]
    await chat.world.settled()
    assert "Ik lees alleen tekst" in chat.screen(SANNE)
    assert sent not in [shown.message_id for shown in chat.api.messages(SANNE.user_id)]


async def test_personal_data_is_named_by_its_kind_and_can_be_deleted(chat: Chat) -> None:
    warning = await chat.says(SANNE, "kan ik 111222333 opzoeken")
    assert "In je bericht staat een BSN." in warning
    assert "111222333" not in warning
    await chat.presses(SANNE, "Verwijder mijn bericht")
    assert not any("111222333" in shown.text for shown in chat.api.messages(SANNE.user_id))
    assert chat.screen(SANNE) == "Je bericht is verwijderd."


async def test_a_message_older_than_two_days_cannot_be_deleted_and_that_is_said(chat: Chat) -> None:
    await chat.says(SANNE, "kan ik 111222333 opzoeken")
    await chat.until(2026, 11, 26, 12)
    await chat.presses(SANNE, "Verwijder mijn bericht")
    assert "tot 48 uur na het sturen" in "\n".join(m.text for m in chat.from_bot(SANNE))


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/bereken 6 weken vanaf 31 februari 2026", "Deze datum bestaat niet"),
        ("/bereken appel", "Deze som kan ik niet lezen"),
        ("/bereken 0 weken vanaf 3 april", "Dit aantal kan ik niet gebruiken"),
        ("/bereken 999999 jaren vanaf 3 april", "Dit aantal kan ik niet gebruiken"),
        ("/bereken 5 dagen vanaf 1-1-1850", "Deze datum kan ik niet gebruiken"),
        ("/onzin", "Deze opdracht ken ik niet"),
        ("/digest", "Dit mag je met jouw rol niet doen"),
    ],
)
async def test_an_impossible_request_says_what_to_do(chat: Chat, text: str, reply: str) -> None:
    assert (await chat.says(SANNE, text)).startswith(reply)


async def test_a_start_in_the_future_is_refused_and_the_conversation_goes_on(chat: Chat) -> None:
    await chat.says(SANNE, "/zaak")
    await chat.presses(SANNE, "OTS")
    await chat.says(SANNE, "24-11-2026")
    await chat.presses(SANNE, "Klopt, open de zaak")
    assert "Deze dag ligt in de toekomst" in chat.toast(SANNE)
    assert "19 november 2026" in await chat.says(SANNE, "19-11-2026")
    assert "Zaak" in await chat.presses(SANNE, "Klopt, open de zaak")


async def test_a_group_is_left_with_an_explanation(chat: Chat) -> None:
    chat.api.say_in_group(SANNE.user_id, -100, "hoi @koersbot")
    await chat.world.settled()
    calls = [name.lower() for name, _ in chat.api.calls]
    assert "leavechat" in calls


async def test_a_bug_shows_a_reference_and_nothing_else(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("zeer geheim")

    monkeypatch.setattr(type(chat.world.services.answerer), "answer", broken)
    reply = await chat.says(SANNE, "hoe lang mag drang duren")
    assert reply.startswith("Er ging iets mis aan mijn kant.")
    assert "geheim" not in reply


async def test_a_database_held_by_another_program_is_said_and_comes_back_by_itself(
    chat: Chat,
) -> None:
    file = chat.world.services.db.engine.url.database
    with closing(sqlite3.connect(str(file), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "Ik kan nu niet bij mijn geheugen" in await chat.says(SANNE, "wat is een ots")
        other.execute("ROLLBACK")
    assert "geen zaken open" in await chat.says(SANNE, "/zaken")


async def test_a_database_that_is_gone_is_said_too(chat: Chat) -> None:
    file = Path(str(chat.world.services.db.engine.url.database))
    chat.world.services.db.engine.dispose()
    with out_of_the_way(file):
        assert "Ik kan nu niet bij mijn geheugen" in await chat.says(SANNE, "/zaken")
    assert "geen zaken open" in await chat.says(SANNE, "/zaken")


@contextmanager
def out_of_the_way(file: Path) -> Iterator[None]:
    """The file is gone, and a folder stands in its place."""
    aside = file.with_suffix(".aside")
    file.rename(aside)
    file.mkdir()
    yield
    file.rmdir()
    aside.rename(file)


async def test_a_blocked_chat_tells_the_lead_instead_and_recovers(chat: Chat) -> None:
    await open_ots(chat)
    chat.api.block(SANNE.user_id)
    await chat.world.settled()
    await chat.until(2026, 11, 26, 8, 30)
    assert "Eerste contact" in "\n".join(m.text for m in chat.from_bot(KARIM))
    chat.api.unblock(SANNE.user_id)
    assert "OTS" in await chat.says(SANNE, "/zaken")
    await chat.until(2026, 11, 27, 8, 30)
    assert "Dit vraagt je aandacht" in chat.screen(SANNE)


async def test_telegram_refusing_for_a_while_delays_a_reminder_and_says_so(chat: Chat) -> None:
    await open_ots(chat)
    await chat.until(2026, 11, 25, 8, 15)
    chat.api.fail_next("sendMessage", status=500, description="Internal Server Error", times=8)
    await chat.until(2026, 11, 25, 8, 31)
    assert "Bijna" not in chat.screen(SANNE)
    await chat.until(2026, 11, 25, 11, 0)
    assert "had woensdag 25 november 2026 om 8.30 uur moeten komen" in chat.screen(SANNE)


async def test_every_person_sees_only_their_own_menu(chat: Chat) -> None:
    def menu(who: Member) -> list[str]:
        return [str(command["command"]) for command in chat.api.commands(who.user_id)]

    assert menu(ELS) == ["help", "vraag", "bereken", "privacy"]
    own_work = ["zaak", "zaken", "termijnen", "bezoek", "afwezig", "rooster"]
    assert menu(SANNE) == ["help", "vraag", "bereken", *own_work, "privacy"]
    assert set(menu(KARIM)) - set(menu(SANNE)) == {"team", "digest"}


async def test_a_reminder_that_may_have_arrived_says_so_when_it_comes_again(chat: Chat) -> None:
    await open_ots(chat)
    await chat.until(2026, 11, 25, 8, 15)
    chat.api.drop_next("sendMessage", after_work=True)
    await chat.until(2026, 11, 25, 9, 0)
    sent = [shown for shown in chat.from_bot(SANNE) if shown.text.startswith("Bijna")]
    assert 1 <= len(sent) <= 2
    assert len(sent) == 1 or "misschien kreeg je dit bericht al" in sent[-1].text


async def test_somebody_whose_access_ended_gets_no_reminder_and_the_lead_does(chat: Chat) -> None:

    await open_ots(chat)
    before = len(chat.from_bot(SANNE))
    db = chat.world.services.db

    def revoke(session: Session) -> None:
        person = session.exec(select(Person).where(Person.channel_id == SANNE.user_id)).one()
        person.revoked_at = chat.world.now()

    db.write(revoke)
    await chat.until(2026, 11, 25, 8, 30)
    assert len(chat.from_bot(SANNE)) == before
    assert "Bijna: Vaste jeugdbeschermer" in chat.screen(KARIM)
    assert "alleen voor genodigden" in await chat.says(SANNE, "/zaken")
