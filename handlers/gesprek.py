"""The conversation that runs: a chosen or typed day, confirm, stop. Its state is a draft row.

Each kind of conversation says what it asks and what its answer does (`TALKS`); nothing lives in
memory between two updates.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from handlers import (
    afwezig,
    bereken,
    bezoek,
    gebeurtenissen,
    teamtaken,
    termijnen,
    uitstel,
    zaken,
)
from handlers.actions import Cancel, ChooseDay, Confirm, TurnMonth
from handlers.context import Reply, Turn
from handlers.dagen import day_message
from handlers.render import Message
from knowledge import dates
from storage import drafts
from storage.drafts import Conversation


def _never(_turn: Turn, _drafted: Conversation) -> bool:
    return False


def _always(_turn: Turn, _drafted: Conversation) -> bool:
    return True


def _norm_question(turn: Turn, drafted: Conversation) -> str:
    norm = turn.services.knowledge.norm_on(drafted.data["norm"], turn.today)
    return turn.services.texts.phrase("meldingen", "vanaf-welke-dag", norm.counts_from)


def _norm_may_be_ahead(turn: Turn, drafted: Conversation) -> bool:
    norm = turn.services.knowledge.norm_on(drafted.data["norm"], turn.today)
    return turn.services.knowledge.events[norm.start_event].may_be_ahead


async def _norm_day(turn: Turn, drafted: Conversation, day: date) -> Reply:
    message = bereken.norm_message(turn.services, drafted.data["norm"], day)
    await turn.services.db.run_write(drafts.drop, actor=turn.actor)
    return Reply(edit=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One kind of conversation.

    `question` asks for its day; `on_day` takes it; `on_confirm` does what was shown. `ahead` says
    whether the day may still have to come.
    """

    question: Callable[[Turn, Conversation], str]
    on_day: Callable[[Turn, Conversation, date], Awaitable[Reply]]
    on_confirm: Callable[[Turn, Conversation], Awaitable[Reply]] | None = None
    ahead: Callable[[Turn, Conversation], bool] = _never


TALKS: Mapping[str, Talk] = MappingProxyType(
    {
        drafts.OPEN: Talk(question=zaken.opening_question, on_day=zaken.opening_day),
        drafts.DAY: Talk(
            question=gebeurtenissen.day_question,
            on_day=gebeurtenissen.day_chosen,
            on_confirm=gebeurtenissen.day_confirmed,
            ahead=gebeurtenissen.may_be_ahead,
        ),
        drafts.CORRECT: Talk(
            question=gebeurtenissen.day_question,
            on_day=gebeurtenissen.correction_chosen,
            on_confirm=gebeurtenissen.correction_confirmed,
            ahead=gebeurtenissen.may_be_ahead,
        ),
        drafts.START: Talk(
            question=gebeurtenissen.norm_question,
            on_day=gebeurtenissen.norm_day_chosen,
            on_confirm=gebeurtenissen.norm_confirmed,
            ahead=gebeurtenissen.may_be_ahead,
        ),
        drafts.DONE: Talk(question=termijnen.done_question, on_day=termijnen.done_on_chosen_day),
        drafts.VISIT: Talk(question=bezoek.day_question, on_day=bezoek.day_chosen),
        drafts.NORM: Talk(question=_norm_question, on_day=_norm_day, ahead=_norm_may_be_ahead),
        drafts.EXTEND: Talk(
            question=uitstel.extend_question,
            on_day=uitstel.extend_chosen,
            on_confirm=uitstel.extend_confirmed,
            ahead=_always,
        ),
        drafts.PAUSE: Talk(
            question=uitstel.pause_question,
            on_day=uitstel.pause_chosen,
            on_confirm=uitstel.pause_confirmed,
        ),
        drafts.RESUME: Talk(
            question=uitstel.resume_question,
            on_day=uitstel.resume_chosen,
            on_confirm=uitstel.resume_confirmed,
        ),
        drafts.AWAY: Talk(
            question=afwezig.day_question,
            on_day=afwezig.day_chosen,
            on_confirm=afwezig.away_confirmed,
            ahead=_always,
        ),
        drafts.DUTY: Talk(
            question=teamtaken.day_question,
            on_day=teamtaken.day_chosen,
            on_confirm=teamtaken.duty_confirmed,
            ahead=gebeurtenissen.may_be_ahead,
        ),
    }
)
"""Every kind of conversation that asks for a day."""


async def choose_day(turn: Turn, action: ChooseDay) -> Reply:
    """A day was tapped."""
    drafted = await turn.services.db.run_read(drafts.get, actor=turn.actor, nonce=action.nonce)
    talk = TALKS[drafted.kind]
    return await talk.on_day(turn, drafted, action.day)


async def typed_answer(turn: Turn) -> Reply | None:
    """What was typed answers the conversation that runs; None when this text is no answer to it.

    Raises:
        ImpossibleDate: it has the form of a day that does not exist.
        LabelRefused: it should be a case number, and is none.
    """
    drafted = await turn.services.db.run_read(drafts.listening, now=turn.now, actor=turn.actor)
    if drafted is None or drafted.kind not in TALKS:
        return None
    if drafted.kind == drafts.OPEN and "kader" not in drafted.data:
        return None
    if zaken.wants_label(turn, drafted):
        return _sent(await zaken.label_typed(turn, drafted))
    talk = TALKS[drafted.kind]
    ahead = talk.ahead(turn, drafted)
    day = dates.parse_day(
        turn.text,
        today=turn.today,
        past=not ahead,
        ahead=ahead,
        calendar=turn.services.knowledge.calendar,
    )
    if day is None:
        return None
    return _sent(await talk.on_day(turn, drafted, day))


async def turn_month(turn: Turn, action: TurnMonth) -> Reply:
    """Show another month."""
    drafted = await turn.services.db.run_read(drafts.get, actor=turn.actor, nonce=action.nonce)
    talk = TALKS[drafted.kind]
    return Reply(
        edit=day_message(
            turn.services.texts,
            nonce=action.nonce,
            today=turn.today,
            question=talk.question(turn, drafted),
            month=action.month,
            ahead=talk.ahead(turn, drafted),
        )
    )


async def confirm(turn: Turn, action: Confirm) -> Reply:
    """What the conversation shows is right."""
    drafted = await turn.services.db.run_read(drafts.find, actor=turn.actor, nonce=action.nonce)
    talk = TALKS.get(drafted.kind) if drafted is not None else None
    if drafted is not None and talk is not None and talk.on_confirm is not None:
        return await talk.on_confirm(turn, drafted)
    # Also without a draft: a second tap finds the zaak that the first one opened.
    return await zaken.open_confirmed(turn, action)


async def cancel(turn: Turn, action: Cancel) -> Reply:
    """Stop. Nothing was kept but the draft, and that goes."""
    drafted = await turn.services.db.run_read(drafts.find, actor=turn.actor, nonce=action.nonce)
    if drafted is not None:
        await turn.services.db.run_write(drafts.drop, actor=turn.actor)
    return Reply(edit=Message(text=turn.services.texts.screen("gestopt")))


def _sent(reply: Reply) -> Reply:
    """The reply to something typed: there is no pressed message to replace."""
    if reply.edit is None:
        return reply
    return replace(reply, edit=None, send=(reply.edit, *reply.send))
