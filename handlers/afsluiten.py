"""Closing a zaak and opening it again; zaken of one gezin."""

from __future__ import annotations

from handlers.actions import ShowZaak
from handlers.context import Reply, Turn, say
from handlers.render import Message, grid
from handlers.work_actions import (
    AskClose,
    ChooseGezin,
    CloseZaak,
    LinkGezin,
    ReopenZaak,
    UnlinkGezin,
)
from handlers.zaken import kader_title, termijn_data, zaak_message
from storage import gezin, zaken
from storage.access import Permission

MAX_LISTED = 10


async def ask_close(turn: Turn, action: AskClose) -> Reply:
    """What closing means for this zaak, to be confirmed."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    still_open = [termijn_data(services, one) for one in shown.termijnen if one.is_open]
    text = services.texts.screen("zaak_sluiten", code=shown.code, termijnen=still_open)
    rows = (
        (services.texts.button("sluit-zaak", action=CloseZaak(zaak=shown.id)),),
        (services.texts.button("open-zaak", shown.code, action=ShowZaak(zaak=shown.id)),),
    )
    return say(Message(text=text, rows=rows))


async def close(turn: Turn, action: CloseZaak) -> Reply:
    """Close the zaak; it can be opened again from the same message."""
    services = turn.services
    shown = await services.db.run_write(
        zaken.close_zaak,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
    )
    return Reply(
        edit=await zaak_message(turn, shown),
        toast=services.texts.phrase("meldingen", "zaak-gesloten", shown.code),
    )


async def reopen(turn: Turn, action: ReopenZaak) -> Reply:
    """Open a closed zaak again, with the termijnen that were open."""
    services = turn.services
    shown = await services.db.run_write(
        zaken.reopen_zaak,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
    )
    return Reply(
        edit=await zaak_message(turn, shown),
        toast=services.texts.phrase("meldingen", "zaak-heropend", shown.code),
    )


async def choose_gezin(turn: Turn, action: ChooseGezin) -> Reply:
    """Which other zaak is of the same gezin?"""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    leads = shown.team_id in turn.actor.whole_teams(Permission.ASSIGN)
    others = [
        one
        for one in await services.db.run_read(zaken.zaken, actor=turn.actor)
        if one.id != shown.id
        and one.team_id == shown.team_id
        and (leads or one.owner_id == shown.owner_id)
        and (one.gezin_id is None or one.gezin_id != shown.gezin_id)
    ]
    buttons = [
        services.texts.button(
            "zelfde-gezin",
            one.code,
            kader_title(services, one.kader),
            one.owner if one.owner_id != shown.owner_id else None,
            action=LinkGezin(zaak=shown.id, other=one.id),
        )
        for one in others[:MAX_LISTED]
    ]
    if shown.gezin_id is not None:
        buttons.append(services.texts.button("los-gezin", action=UnlinkGezin(zaak=shown.id)))
    text = services.texts.screen(
        "gezin_kiezen",
        code=shown.code,
        eigenaar=shown.owner,
        zaken=others,
        meer=max(0, len(others) - MAX_LISTED),
    )
    return say(Message(text=text, rows=grid(buttons)))


async def link(turn: Turn, action: LinkGezin) -> Reply:
    """These zaken are of one gezin, with one casusregisseur."""
    services = turn.services
    together = await services.db.run_write(
        gezin.link,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
        other_id=action.other,
    )
    shown = next(one for one in together if one.id == action.zaak)
    return Reply(
        edit=await zaak_message(turn, shown),
        toast=services.texts.phrase("meldingen", "gezin-gekoppeld", shown.owner),
    )


async def unlink(turn: Turn, action: UnlinkGezin) -> Reply:
    """This zaak is of no gezin any more."""
    services = turn.services
    shown = await services.db.run_write(
        gezin.unlink,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
    )
    return Reply(
        edit=await zaak_message(turn, shown),
        toast=services.texts.phrase("meldingen", "gezin-losgemaakt"),
    )
