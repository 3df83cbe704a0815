"""When a termijn does not run as it should: late with a reason, extended, suspended, resumed."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.bevestigen import to_confirm
from handlers.context import Reply, Turn, say
from handlers.dagen import day_message
from handlers.render import Button, Message, grid
from handlers.termijnen import termijn_message
from handlers.work_actions import (
    ChoosePause,
    ChooseReason,
    Extend,
    GiveReason,
    MoreOfTermijn,
    Pause,
    Resume,
)
from knowledge.models import ReasonKind
from knowledge.norm_models import Force
from knowledge.refusals import Refusal
from storage import drafts, termijnen
from storage.drafts import Conversation
from storage.zaak_views import TermijnView


async def more(turn: Turn, action: MoreOfTermijn) -> Reply:
    """What else can be done with this termijn."""
    services, texts = turn.services, turn.services.texts
    shown = await _termijn(turn, action.termijn)
    norm = services.knowledge.norm_version(shown.norm_id, shown.norm_version)
    buttons = []
    extendable = termijnen.may_extend(turn.actor, norm, shown.team_id)
    if shown.is_open and shown.paused_on is None:
        if extendable:
            buttons.append(texts.button("verlengen", action=Extend(termijn=shown.id)))
        if norm.suspendable:
            buttons.append(texts.button("opschorten", action=ChoosePause(termijn=shown.id)))
    if shown.is_open and shown.paused_on is not None:
        buttons.append(texts.button("hervatten", action=Resume(termijn=shown.id)))
    if (shown.done_on or turn.today) > shown.due_on and shown.ended_why is None:
        buttons.append(texts.button("reden-te-laat", action=ChooseReason(termijn=shown.id)))
    text = texts.screen(
        "termijn_meer",
        titel=norm.title,
        code=shown.zaak_code,
        wet=norm.force is Force.WET,
        opschorten=norm.suspendable,
        open=shown.is_open,
        knoppen=bool(buttons),
    )
    return say(Message(text=text, rows=grid(buttons)))


async def choose_reason(turn: Turn, action: ChooseReason) -> Reply:
    """Why is it late?"""
    return await _reasons(turn, action.termijn, ReasonKind.TE_LAAT, GiveReason)


async def give_reason(turn: Turn, action: GiveReason) -> Reply:
    """Keep the reason."""
    services = turn.services
    shown = await services.db.run_write(
        termijnen.give_reason,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        termijn_id=action.termijn,
        reason=action.reason,
    )
    return Reply(
        edit=await termijn_message(turn, shown),
        toast=services.texts.phrase("meldingen", "reden-bewaard"),
    )


async def extend(turn: Turn, action: Extend) -> Reply:
    """Until which day?"""
    shown = await _termijn(turn, action.termijn)
    norm = turn.services.knowledge.norm_version(shown.norm_id, shown.norm_version)
    if not termijnen.may_extend(turn.actor, norm, shown.team_id):
        raise Refusal("verlengen-wettelijk")
    return await _ask(turn, drafts.EXTEND, shown, {"oud": shown.due_on.isoformat()}, ahead=True)


def extend_question(turn: Turn, drafted: Conversation) -> str:
    """The question that extending asks."""
    return turn.services.texts.phrase(
        "meldingen", "verlengen-tot", date.fromisoformat(drafted.data["oud"])
    )


async def extend_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """Show old and new, to be confirmed."""
    old = date.fromisoformat(drafted.data["oud"])
    if day <= old:
        raise Refusal("verlengen-niet-later", dag=old)
    return await _to_confirm(turn, drafted, day, "verlengen", oud=old, nieuw=day)


async def extend_confirmed(turn: Turn, drafted: Conversation) -> Reply:
    """Extend it; the old date stays visible."""
    services = turn.services
    shown = await services.db.run_write(
        termijnen.extend,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        termijn_id=int(drafted.data["termijn"]),
        to=date.fromisoformat(drafted.data["day"]),
    )
    return await _kept(turn, shown, "verlengd")


async def choose_pause(turn: Turn, action: ChoosePause) -> Reply:
    """Why does it stand still?"""
    return await _reasons(turn, action.termijn, ReasonKind.OPSCHORTING, Pause)


async def pause(turn: Turn, action: Pause) -> Reply:
    """From which day does it stand still?"""
    shown = await _termijn(turn, action.termijn)
    return await _ask(turn, drafts.PAUSE, shown, {"reason": action.reason})


def pause_question(turn: Turn, _drafted: Conversation) -> str:
    """The question that suspending asks."""
    return turn.services.texts.phrase("meldingen", "stilstand-vanaf")


async def pause_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """Show it, to be confirmed."""
    return await _to_confirm(turn, drafted, day, "opschorten", dag=day)


async def pause_confirmed(turn: Turn, drafted: Conversation) -> Reply:
    """Suspend it: no warnings until it runs on."""
    services = turn.services
    shown = await services.db.run_write(
        termijnen.pause,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        termijn_id=int(drafted.data["termijn"]),
        first=date.fromisoformat(drafted.data["day"]),
        reason=str(drafted.data["reason"]),
    )
    return await _kept(turn, shown, "opgeschort")


async def resume(turn: Turn, action: Resume) -> Reply:
    """From which day does it run on?"""
    shown = await _termijn(turn, action.termijn)
    if shown.paused_on is None:
        raise Refusal("termijn-loopt-al")
    return await _ask(turn, drafts.RESUME, shown, {"sinds": shown.paused_on.isoformat()})


def resume_question(turn: Turn, drafted: Conversation) -> str:
    """The question that resuming asks."""
    since = date.fromisoformat(drafted.data["sinds"])
    return turn.services.texts.phrase("meldingen", "hervatten-vanaf", since)


async def resume_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """Show for how long it stood still, to be confirmed."""
    since = date.fromisoformat(drafted.data["sinds"])
    if day <= since:
        raise Refusal("hervatten-te-vroeg", dag=since)
    return await _to_confirm(
        turn, drafted, day, "hervatten", dag=day, sinds=since, tot=day - timedelta(days=1)
    )


async def resume_confirmed(turn: Turn, drafted: Conversation) -> Reply:
    """Let it run on; the due date moves."""
    services = turn.services
    shown = await services.db.run_write(
        termijnen.resume,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        termijn_id=int(drafted.data["termijn"]),
        on=date.fromisoformat(drafted.data["day"]),
    )
    return await _kept(turn, shown, "hervat")


async def _termijn(turn: Turn, termijn_id: int) -> TermijnView:
    return await turn.services.db.run_read(
        termijnen.termijn, actor=turn.actor, termijn_id=termijn_id
    )


async def _reasons(
    turn: Turn, termijn_id: int, kind: ReasonKind, chosen: type[GiveReason] | type[Pause]
) -> Reply:
    """The reasons of a kind, so that nobody has to type; each button is a `chosen`."""
    shown = await _termijn(turn, termijn_id)
    buttons = [
        Button(label=reason.text, action=chosen(termijn=shown.id, reason=reason.id))
        for reason in turn.services.knowledge.reasons.values()
        if reason.kind is kind
    ]
    text = turn.services.texts.screen(
        "reden_kiezen", titel=_title(turn, shown), code=shown.zaak_code, soort=kind.value
    )
    return say(Message(text=text, rows=grid(buttons)))


def _title(turn: Turn, shown: TermijnView) -> str:
    return turn.services.knowledge.norm_version(shown.norm_id, shown.norm_version).title


async def _ask(
    turn: Turn, kind: str, shown: TermijnView, more_data: dict[str, str], *, ahead: bool = False
) -> Reply:
    services = turn.services
    data: dict[str, object] = {
        "termijn": shown.id, "code": shown.zaak_code, "titel": _title(turn, shown), **more_data,
    }  # fmt: skip
    nonce = await services.db.run_write(
        drafts.start, now=turn.now, actor=turn.actor, kind=kind, data=data
    )
    drafted = Conversation(kind=kind, nonce=nonce, data=data)
    questions = {
        drafts.EXTEND: extend_question,
        drafts.PAUSE: pause_question,
        drafts.RESUME: resume_question,
    }
    return say(
        day_message(
            services.texts,
            nonce=nonce,
            today=turn.today,
            title=f"{data['titel']} · zaak {shown.zaak_code}",
            question=questions[kind](turn, drafted),
            month=shown.due_on if ahead and shown.due_on > turn.today else None,
            ahead=ahead,
        )
    )


async def _to_confirm(
    turn: Turn, drafted: Conversation, day: date, kind: str, **data: object
) -> Reply:
    nothing = {"oud": None, "nieuw": None, "dag": None, "sinds": None, "tot": None}
    text = turn.services.texts.screen(
        "bevestig_uitstel",
        soort=kind,
        titel=drafted.data["titel"],
        code=drafted.data["code"],
        **(nothing | data),
    )
    return await to_confirm(turn, drafted, day, text, yes="klopt-bewaar")


async def _kept(turn: Turn, shown: TermijnView, toast: str) -> Reply:
    await turn.services.db.run_write(drafts.drop, actor=turn.actor)
    return Reply(
        edit=await termijn_message(turn, shown),
        toast=turn.services.texts.phrase("meldingen", toast, shown.due_on),
    )
