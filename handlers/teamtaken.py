"""The recurring duties of a team, for its lead."""

from __future__ import annotations

from datetime import date

from handlers.actions import ShowTermijn
from handlers.bereken import from_norm
from handlers.bevestigen import to_confirm
from handlers.context import Reply, Turn, say
from handlers.dagen import day_message
from handlers.render import Message, grid
from handlers.termijnen import termijn_message
from handlers.work_actions import (
    ShowDuties,
    StartDuty,
    StopDuty,
)
from handlers.zaken import termijn_data
from knowledge.refusals import Refusal
from storage import access, drafts, team_duties
from storage.drafts import Conversation


async def show(turn: Turn, action: ShowDuties) -> Reply:
    """The duties of a team: what is due when, and what was never started."""
    services, texts = turn.services, turn.services.texts
    kept = await services.db.run_read(team_duties.duties, actor=turn.actor, team_id=action.team)
    names = await services.db.run_read(access.team_names, team_ids=[action.team])
    running = [one for one in kept.termijnen if one.is_open] if kept else []
    done = [one for one in kept.termijnen if one.done_on is not None] if kept else []
    known = {one.norm_id for one in running}
    idle = [norm for norm in services.knowledge.team_norms(turn.today) if norm.id not in known]
    text = texts.screen(
        "teamtaken",
        team=names[action.team],
        vandaag=turn.today,
        taken=[termijn_data(services, one) for one in running],
        gedaan=[termijn_data(services, one) for one in done[-5:]],
        niet=[norm.title for norm in idle],
    )
    buttons = [
        texts.button(
            "termijn",
            services.knowledge.norm_version(one.norm_id, one.norm_version).title,
            one.due_on,
            action=ShowTermijn(termijn=one.id),
        )
        for one in running
    ]
    buttons += [
        texts.button(
            "taak-stop",
            services.knowledge.norm_version(one.norm_id, one.norm_version).title,
            action=StopDuty(termijn=one.id),
        )
        for one in running
    ]
    buttons += [
        texts.button("taak-begin", norm.title, action=StartDuty(team=action.team, norm=norm.id))
        for norm in idle
    ]
    return say(Message(text=text, rows=grid(buttons)))


async def start(turn: Turn, action: StartDuty) -> Reply:
    """From which day does this duty count?"""
    services = turn.services
    norm = next(
        (one for one in services.knowledge.team_norms(turn.today) if one.id == action.norm), None
    )
    if norm is None:
        raise Refusal("taak-onbekend")
    event = services.knowledge.events[norm.start_event]
    question = event.question or services.texts.phrase(
        "meldingen", "vanaf-welke-dag", norm.counts_from
    )
    data = {"team": action.team, "norm": norm.id, "event": event.id, "titel": norm.title,
            "question": question}  # fmt: skip
    nonce = await services.db.run_write(
        drafts.start, now=turn.now, actor=turn.actor, kind=drafts.DUTY, data=data
    )
    return say(
        day_message(
            services.texts,
            nonce=nonce,
            today=turn.today,
            title=norm.title,
            question=question,
            ahead=event.may_be_ahead,
        )
    )


def day_question(_turn: Turn, drafted: Conversation) -> str:
    """The question that this conversation asks."""
    return str(drafted.data["question"])


async def day_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """The day a duty counts from: show its date, to be confirmed."""
    computed = from_norm(turn.services.knowledge, str(drafted.data["norm"]), day)
    text = turn.services.texts.screen(
        "bevestig_dag",
        titel=str(drafted.data["titel"]),
        vraag=drafted.data["question"],
        dag=day,
        maand=False,
        volgt=[{"titel": computed.norm.title, "due_on": computed.due.on}],
        wordt=None,
        schuift=[],
    )
    return await to_confirm(turn, drafted, day, text)


async def duty_confirmed(turn: Turn, drafted: Conversation) -> Reply:
    """Start the duty."""
    services = turn.services
    shown = await services.db.run_write(
        team_duties.start_duty,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        team_id=int(drafted.data["team"]),
        norm_id=str(drafted.data["norm"]),
        day=date.fromisoformat(drafted.data["day"]),
    )
    await services.db.run_write(drafts.drop, actor=turn.actor)
    return Reply(
        edit=await termijn_message(turn, shown),
        toast=services.texts.phrase("meldingen", "taak-gestart"),
    )


async def stop(turn: Turn, action: StopDuty) -> Reply:
    """A team does not have this duty (any more)."""
    services = turn.services
    shown = await services.db.run_write(
        team_duties.stop_duty,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        termijn_id=action.termijn,
    )
    return Reply(
        edit=await termijn_message(turn, shown),
        toast=services.texts.phrase("meldingen", "taak-gestopt"),
    )
