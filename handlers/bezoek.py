"""Before and after a visit, in two taps: what this zaak asks, and that the contact was there."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.context import Reply, Turn, say
from handlers.dagen import day_message
from handlers.render import Button, Message, grid
from handlers.work_actions import (
    ShowVisit,
    Visited,
    VisitedOtherDay,
)
from handlers.zaken import kader_title, show_button, termijn_data
from knowledge.refusals import Refusal
from storage import drafts, termijnen, zaak_days, zaken
from storage.drafts import Conversation

MAX_LISTED = 10


async def choose_zaak(turn: Turn) -> Reply:
    """`/bezoek`: which zaak; with one zaak, at once what it asks."""
    services = turn.services
    found = [
        one
        for one in await services.db.run_read(zaken.zaken, actor=turn.actor)
        if one.owner_id == turn.actor.person_id or one.owner_id in turn.actor.stands_in_for
    ] or await services.db.run_read(zaken.zaken, actor=turn.actor)
    if not found:
        raise Refusal("geen-open-zaken")
    if len(found) == 1:
        return await show(turn, ShowVisit(zaak=found[0].id))
    found.sort(
        key=lambda one: min((t.due_on for t in one.termijnen if t.is_open), default=date.max)
    )
    buttons = [
        services.texts.button(
            "zaak", one.code, kader_title(services, one.kader), action=ShowVisit(zaak=one.id)
        )
        for one in found[:MAX_LISTED]
    ]
    text = services.texts.screen("bezoek_kiezen", meer=max(0, len(found) - MAX_LISTED))
    return say(Message(text=text, rows=grid(buttons)))


async def show(turn: Turn, action: ShowVisit) -> Reply:
    """Before the visit: what this zaak asks, and the buttons for after it."""
    services, texts = turn.services, turn.services.texts
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    text = texts.screen(
        "bezoek",
        code=shown.code,
        kader=kader_title(services, shown.kader),
        vandaag=turn.today,
        vorige=shown.days.get(zaak_days.VISIT),
        termijnen=[
            termijn_data(services, one)
            | {"klaar": services.knowledge.norm_version(one.norm_id, one.norm_version).met_by_visit}
            for one in shown.termijnen
            if one.is_open
        ],
    )
    yesterday = turn.today - timedelta(days=1)
    rows: tuple[tuple[Button, ...], ...] = (
        (
            texts.button("bezoek-vandaag", action=Visited(zaak=shown.id, days_ago=0)),
            texts.button("bezoek-gisteren", yesterday, action=Visited(zaak=shown.id, days_ago=1)),
        ),
        (texts.button("bezoek-andere-dag", action=VisitedOtherDay(zaak=shown.id)),),
        (show_button(services, shown),),
    )
    return say(Message(text=text, rows=rows))


async def visited(turn: Turn, action: Visited) -> Reply:
    """After the visit, today or yesterday."""
    return await _visited(turn, action.zaak, turn.today - timedelta(days=action.days_ago))


async def other_day(turn: Turn, action: VisitedOtherDay) -> Reply:
    """After a visit on another day: ask which."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    data = {"zaak": shown.id, "code": shown.code}
    nonce = await services.db.run_write(
        drafts.start, now=turn.now, actor=turn.actor, kind=drafts.VISIT, data=data
    )
    drafted = Conversation(kind=drafts.VISIT, nonce=nonce, data=data)
    return say(
        day_message(
            services.texts,
            nonce=nonce,
            today=turn.today,
            title=f"Zaak {shown.code}",
            question=day_question(turn, drafted),
        )
    )


def day_question(turn: Turn, _drafted: Conversation) -> str:
    """The question that this conversation asks."""
    return turn.services.texts.phrase("meldingen", "welke-dag-bezoek")


async def day_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """The visit was on this day."""
    reply = await _visited(turn, int(drafted.data["zaak"]), day)
    await turn.services.db.run_write(drafts.drop, actor=turn.actor)
    return reply


async def _visited(turn: Turn, zaak_id: int, on: date) -> Reply:
    services = turn.services
    shown, closed = await services.db.run_write(
        termijnen.visited,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=zaak_id,
        on=on,
    )
    text = services.texts.screen(
        "bezoek_geweest",
        code=shown.code,
        dag=on,
        vandaag=turn.today,
        klaar=[termijn_data(services, one) for one in shown.termijnen if one.id in closed],
        open=[termijn_data(services, one) for one in shown.termijnen if one.is_open],
    )
    return Reply(
        edit=Message(text=text, rows=((show_button(services, shown),),)),
        toast=services.texts.phrase("meldingen", "bezoek-bewaard", on),
    )
