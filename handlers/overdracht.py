"""Whose a zaak is: chosen by the lead, or offered to a colleague who accepts or refuses."""

from __future__ import annotations

from datetime import date

from handlers.actions import Assign, ChooseOwner, ShowZaak
from handlers.context import Reply, Services, Turn, say
from handlers.render import Message, Rows, grid
from handlers.work_actions import (
    AcceptOffer,
    ChooseReceiver,
    Offer,
    RefuseOffer,
    WithdrawOffer,
)
from handlers.zaken import kader_title, zaak_message
from storage import handover, notices, zaken
from storage.notices import ClaimedNotice
from storage.zaak_views import ZaakView


async def choose_owner(turn: Turn, action: ChooseOwner) -> Reply:
    """Who could take this zaak, with the work each has now."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    people = await services.db.run_read(
        handover.colleagues, actor=turn.actor, team_id=shown.team_id
    )
    buttons = [
        services.texts.button(
            "collega",
            person.first_name,
            person.open_zaken,
            action=Assign(zaak=shown.id, person=person.person_id),
        )
        for person in people
        if person.person_id != shown.owner_id
    ]
    text = services.texts.screen("eigenaar_kiezen", code=shown.code, collegas=buttons)
    return say(Message(text=text, rows=grid(buttons)))


async def assign(turn: Turn, action: Assign) -> Reply:
    """Give the zaak to the chosen jeugdbeschermer."""
    services = turn.services
    shown = await services.db.run_write(
        handover.assign,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
        to=action.person,
    )
    toast = services.texts.phrase("meldingen", "toegewezen", shown.owner)
    return Reply(edit=await zaak_message(turn, shown), toast=toast)


async def choose_receiver(turn: Turn, action: ChooseReceiver) -> Reply:
    """Which colleague is asked to take this zaak over?"""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    people = await services.db.run_read(handover.receivers, actor=turn.actor, zaak_id=action.zaak)
    buttons = [
        services.texts.button(
            "vraag-collega",
            person.first_name,
            action=Offer(zaak=shown.id, person=person.person_id),
        )
        for person in people
    ]
    text = services.texts.screen("ontvanger_kiezen", code=shown.code, collegas=buttons)
    return say(Message(text=text, rows=grid(buttons, 2)))


async def offer(turn: Turn, action: Offer) -> Reply:
    """Ask this colleague; until they accept the zaak stays where it is."""
    services = turn.services
    shown = await services.db.run_write(
        handover.offer,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
        to=action.person,
    )
    toast = services.texts.phrase("meldingen", "overdracht-gevraagd", shown.offered_to)
    return Reply(edit=await zaak_message(turn, shown), toast=toast)


async def accept(turn: Turn, action: AcceptOffer) -> Reply:
    """Take it over: it is yours from now on."""
    services = turn.services
    shown = await services.db.run_write(
        handover.accept,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
    )
    toast = services.texts.phrase("meldingen", "overgenomen", shown.code)
    return Reply(edit=await zaak_message(turn, shown), toast=toast)


async def refuse(turn: Turn, action: RefuseOffer) -> Reply:
    """Say no; who asked hears so."""
    services = turn.services
    shown = await services.db.run_write(
        handover.refuse,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
    )
    return Reply(edit=Message(text=services.texts.screen("overdracht_geweigerd", code=shown.code)))


async def withdraw(turn: Turn, action: WithdrawOffer) -> Reply:
    """Take the question back."""
    services = turn.services
    shown = await services.db.run_write(
        handover.withdraw,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
    )
    toast = services.texts.phrase("meldingen", "overdracht-ingetrokken")
    return Reply(edit=await zaak_message(turn, shown), toast=toast)


def owner_notice_message(
    services: Services,
    notice: ClaimedNotice,
    zaak: ZaakView | None,
    *,
    other: str | None,
    until: date | None,
    repeat: bool,
    had_moeten: str | None,
) -> Message:
    """What is told about who does a zaak.

    `other` is the first name of who is away, `until` the last day of that.
    """
    texts = services.texts
    text = texts.screen(
        "over_een_zaak",
        soort=notice.kind,
        code=zaak.code if zaak else None,
        kader=kader_title(services, zaak.kader) if zaak else None,
        open_termijnen=sum(one.is_open for one in zaak.termijnen) if zaak else 0,
        eerste=min((one.due_on for one in zaak.termijnen if one.is_open), default=None)
        if zaak
        else None,
        eigenaar=zaak.owner if zaak else None,
        ander=other,
        tot=until,
        loopt_nog=zaak is not None and zaak.offered_to_id == notice.person_id,
        had_moeten=had_moeten,
        herhaling=repeat,
    )
    rows: Rows = ()
    if notice.kind == notices.OFFERED and zaak and zaak.offered_to_id == notice.person_id:
        rows = (
            (
                texts.button("overnemen", action=AcceptOffer(zaak=zaak.id)),
                texts.button("niet-overnemen", action=RefuseOffer(zaak=zaak.id)),
            ),
        )
    elif zaak is not None and zaak.owner_id == notice.person_id:
        rows = ((texts.button("open-zaak", zaak.code, action=ShowZaak(zaak=zaak.id)),),)
    return Message(text=text, rows=rows)
