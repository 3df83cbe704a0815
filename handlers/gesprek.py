"""The conversation that runs: a chosen or typed day, confirm, stop. Its state is a draft row."""

from __future__ import annotations

from datetime import date

from handlers import bereken, termijnen, zaken
from handlers.actions import Cancel, ChooseDay, Confirm, TurnDays
from handlers.context import Reply, Turn
from handlers.dagen import day_message
from handlers.render import Message
from knowledge import dates
from storage import drafts


async def choose_day(turn: Turn, action: ChooseDay) -> Reply:
    """A day was tapped."""
    drafted = await turn.services.db.run_read(drafts.get, actor=turn.actor, nonce=action.nonce)
    return await _with_day(turn, drafted, action.day)


async def typed_day(turn: Turn) -> Reply | None:
    """A day was typed while a conversation asks for one; None when this text is no such thing.

    Raises:
        ImpossibleDate: it has the form of a day that does not exist.
    """
    drafted = await turn.services.db.run_read(drafts.listening, now=turn.now, actor=turn.actor)
    if drafted is None or (drafted.kind == drafts.OPEN and "kader" not in drafted.data):
        return None
    ahead = _may_be_ahead(turn, drafted)
    day = dates.parse_day(turn.text, today=turn.today, past=not ahead, ahead=ahead)
    if day is None:
        return None
    reply = await _with_day(turn, drafted, day)
    # Typed, so there is no pressed message to replace.
    return Reply(send=(reply.edit,) if reply.edit else reply.send)


async def turn_days(turn: Turn, action: TurnDays) -> Reply:
    """Show earlier or later days."""
    drafted = await turn.services.db.run_read(drafts.get, actor=turn.actor, nonce=action.nonce)
    return Reply(
        edit=day_message(
            turn.services.texts,
            nonce=action.nonce,
            today=turn.today,
            title=None,
            question=_question(turn, drafted),
            until=min(action.until, turn.today),
            ahead=_may_be_ahead(turn, drafted),
        )
    )


async def confirm(turn: Turn, action: Confirm) -> Reply:
    """What the conversation shows is right."""
    drafted = await turn.services.db.run_read(drafts.find, actor=turn.actor, nonce=action.nonce)
    if drafted is not None and drafted.kind == drafts.DAY:
        return await zaken.fill_day_confirmed(turn, action)
    # Also without a draft: a second tap finds the zaak that the first one opened.
    return await zaken.open_confirmed(turn, action)


async def cancel(turn: Turn, action: Cancel) -> Reply:
    """Stop. Nothing was kept but the draft, and that goes."""
    drafted = await turn.services.db.run_read(drafts.find, actor=turn.actor, nonce=action.nonce)
    if drafted is not None:
        await turn.services.db.run_write(drafts.drop, actor=turn.actor)
    return Reply(edit=Message(text=turn.services.texts.screen("gestopt")))


async def _with_day(turn: Turn, drafted: drafts.Conversation, day: date) -> Reply:
    if drafted.kind == drafts.NORM:
        message = bereken.norm_message(turn.services, drafted.data["norm"], day)
        await turn.services.db.run_write(drafts.drop, actor=turn.actor)
        return Reply(edit=message)
    if drafted.kind == drafts.DONE:
        return await termijnen.done_on_chosen_day(turn, drafted, day)
    await turn.services.db.run_write(
        drafts.fill,
        now=turn.now,
        actor=turn.actor,
        nonce=drafted.nonce,
        answers={"day": day.isoformat()},
    )
    return Reply(edit=zaken.confirm_message(turn, drafted, day))


def _may_be_ahead(turn: Turn, drafted: drafts.Conversation) -> bool:
    """Whether the day asked for may still have to come."""
    knowledge = turn.services.knowledge
    if drafted.kind == drafts.NORM:
        event = knowledge.norm_on(drafted.data["norm"], turn.today).start_event
    elif drafted.kind == drafts.DAY:
        event = str(drafted.data["event"])
    else:
        return False
    return event in knowledge.events and knowledge.events[event].may_be_ahead


def _question(turn: Turn, drafted: drafts.Conversation) -> str:
    services = turn.services
    if drafted.kind == drafts.OPEN:
        kader = services.knowledge.kaders[drafted.data["kader"]]
        return kader.events[kader.asks]
    if drafted.kind == drafts.DONE:
        return services.texts.phrase("meldingen", "welke-dag-gedaan")
    if drafted.kind == drafts.NORM:
        norm = services.knowledge.norm_on(drafted.data["norm"], turn.today)
        return services.texts.phrase("meldingen", "vanaf-welke-dag", norm.counts_from)
    return str(drafted.data["question"])
