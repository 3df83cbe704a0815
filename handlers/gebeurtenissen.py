"""What happens in a zaak: fill in a day, correct one, start a norm; each with its consequences."""

from __future__ import annotations

from datetime import date

from handlers.actions import FillDay
from handlers.bereken import from_norm
from handlers.bevestigen import to_confirm
from handlers.context import Reply, Services, Turn, say
from handlers.dagen import day_message
from handlers.render import Button, Message, grid
from handlers.work_actions import (
    AddNorm,
    AddNorms,
    ChooseWrongDay,
    CorrectDay,
    ShowHappenings,
    StartNorm,
)
from handlers.zaken import start_opening, zaak_message
from knowledge.norm_models import Event
from knowledge.refusals import Refusal, UnknownNorm
from storage import drafts, zaak_days, zaken
from storage.drafts import Conversation
from storage.zaak_days import Move
from storage.zaak_views import TermijnView, ZaakView

MAX_ZAKEN = 10


async def show_happenings(turn: Turn, action: ShowHappenings) -> Reply:
    """What may have happened in this zaak: each with a button."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    kader = services.knowledge.kaders.get(shown.kader)
    events = kader.happenings if kader is not None else ()
    if not events:
        raise Refusal("niets-te-melden")
    buttons = [
        Button(
            label=services.texts.label("gebeurtenis", services.knowledge.events[event].title),
            action=FillDay(zaak=shown.id, event=event),
        )
        for event in events
    ]
    text = services.texts.screen("wat_is_er_gebeurd", code=shown.code)
    return say(Message(text=text, rows=grid(buttons)))


async def fill_day(turn: Turn, action: FillDay) -> Reply:
    """Something happened, or a zaak misses a day: ask for it."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    question = _question(services, shown, action.event)
    if question is None:
        raise Refusal("dag-hoort-niet-bij-kader")
    return await _ask(
        turn,
        drafts.DAY,
        {"zaak": shown.id, "event": action.event, "code": shown.code,
         "question": question},
        title=f"Zaak {shown.code}",
    )  # fmt: skip


async def choose_wrong_day(turn: Turn, action: ChooseWrongDay) -> Reply:
    """Which day of this zaak is not right?"""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    buttons = [
        Button(
            label=services.texts.label("dag-van", services.knowledge.events[event].title, day),
            action=CorrectDay(zaak=shown.id, event=event),
        )
        for event, day in shown.days.items()
        if event in services.knowledge.events and event != zaak_days.VISIT
    ]
    text = services.texts.screen("welke_dag_verbeteren", code=shown.code)
    return say(Message(text=text, rows=grid(buttons)))


async def correct_day(turn: Turn, action: CorrectDay) -> Reply:
    """This day is not right: ask for the right one."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    if action.event not in shown.days or action.event not in services.knowledge.events:
        raise Refusal("dag-hoort-niet-bij-kader")
    question = services.texts.phrase(
        "meldingen",
        "welke-dag-klopt",
        services.knowledge.events[action.event].title,
        shown.days[action.event],
    )
    return await _ask(
        turn,
        drafts.CORRECT,
        {"zaak": shown.id, "event": action.event, "code": shown.code,
         "question": question},
        title=f"Zaak {shown.code}",
    )  # fmt: skip


async def add_norm(turn: Turn, action: AddNorm) -> Reply:
    """A card's norm in one's own termijnen: in which zaak?"""
    services = turn.services
    norm = services.knowledge.norm_on(action.norm, turn.today)
    found = await services.db.run_read(zaken.zaken, actor=turn.actor)
    if not found:
        return await start_opening(turn)
    if len(found) == 1:
        return await start_norm(turn, StartNorm(zaak=found[0].id, norm=norm.id))
    buttons = [
        Button(
            label=services.texts.label("zaak", one.code, _kader_title(services, one)),
            action=StartNorm(zaak=one.id, norm=norm.id),
        )
        for one in found[:MAX_ZAKEN]
    ]
    text = services.texts.screen(
        "in_welke_zaak", titel=norm.title, meer=max(0, len(found) - MAX_ZAKEN)
    )
    return say(Message(text=text, rows=grid(buttons)))


async def add_norms(turn: Turn, action: AddNorms) -> Reply:
    """A card has several norms: which one?"""
    services = turn.services
    card = services.knowledge.cards.get(action.card)
    if card is None:
        raise Refusal("kaart-weg")
    buttons = [
        Button(label=norm.title, action=AddNorm(norm=norm.id))
        for norm in (services.knowledge.norms[norm_id][0] for norm_id in card.norms)
        if norm.concerns == "zaak" and norm.id not in services.knowledge.norms_off
    ]
    return say(Message(text=services.texts.screen("welke_norm"), rows=grid(buttons)))


async def start_norm(turn: Turn, action: StartNorm) -> Reply:
    """This norm in this zaak: ask from which day it counts."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    norm = services.knowledge.norm_on(action.norm, turn.today)
    return await _ask(
        turn,
        drafts.START,
        {"zaak": shown.id, "code": shown.code, "norm": norm.id,
         "event": norm.start_event,
         "question": services.texts.phrase("meldingen", "vanaf-welke-dag", norm.counts_from)},
        title=f"{norm.title} · zaak {shown.code}",
    )  # fmt: skip


def day_question(turn: Turn, drafted: Conversation) -> str:
    """The question that this conversation asks."""
    return str(drafted.data["question"])


norm_question = day_question


def may_be_ahead(turn: Turn, drafted: Conversation) -> bool:
    """Whether the day asked for may still have to come."""
    event = turn.services.knowledge.events.get(str(drafted.data.get("event")))
    return event is not None and event.may_be_ahead


async def day_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """The day something happened: show what follows from it, to be confirmed."""
    services, event = turn.services, str(drafted.data["event"])
    kept = zaak_days.kept_day(services.rules, event, day)
    shown = await services.db.run_read(
        zaken.zaak, actor=turn.actor, zaak_id=int(drafted.data["zaak"])
    )
    kader = services.knowledge.kaders.get(shown.kader)
    to = kader.becomes.get(event) if kader is not None else None
    # The zaak changes kader first: what begins is what the new one knows.
    follows = [
        {"titel": norm.title, "due_on": from_norm(services.knowledge, norm.id, kept).due.on}
        for norm in services.knowledge.norms_from(event, to or shown.kader, kept)
    ]
    text = _day_text(
        turn,
        drafted,
        dag=kept,
        maand=_month_only(services, event),
        volgt=follows,
        wordt=services.knowledge.kaders[to].title if to else None,
        schuift=[
            _to_ordered(services, one, kept)
            for one in shown.termijnen
            if one.is_open
            and services.knowledge.norm_version(one.norm_id, one.norm_version).ends_on == event
        ],
    )
    return await to_confirm(turn, drafted, kept, text)


async def day_confirmed(turn: Turn, drafted: Conversation) -> Reply:
    """The day is right: keep it."""
    services = turn.services
    shown = await services.db.run_write(
        zaak_days.record_day,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=int(drafted.data["zaak"]),
        event=str(drafted.data["event"]),
        day=date.fromisoformat(drafted.data["day"]),
    )
    return await _kept(turn, shown)


async def correction_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """The right day: show the old and new date of every termijn, to be confirmed."""
    services, event = turn.services, str(drafted.data["event"])
    kept = zaak_days.kept_day(services.rules, event, day)
    moves = await services.db.run_read(
        zaak_days.correction,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=int(drafted.data["zaak"]),
        event=event,
        day=kept,
    )
    text = _day_text(
        turn,
        drafted,
        dag=kept,
        maand=_month_only(services, event),
        schuift=[_moved(services, move) for move in moves],
    )
    return await to_confirm(turn, drafted, kept, text)


async def correction_confirmed(turn: Turn, drafted: Conversation) -> Reply:
    """The correction is right: every termijn moves as was shown."""
    services = turn.services
    shown = await services.db.run_write(
        zaak_days.correct_day,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=int(drafted.data["zaak"]),
        event=str(drafted.data["event"]),
        day=date.fromisoformat(drafted.data["day"]),
    )
    return await _kept(turn, shown)


async def norm_day_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """The day a norm starts from: show its date, to be confirmed."""
    services = turn.services
    computed = from_norm(services.knowledge, str(drafted.data["norm"]), day)
    text = _day_text(
        turn,
        drafted,
        dag=day,
        volgt=[{"titel": computed.norm.title, "due_on": computed.due.on}],
    )
    return await to_confirm(turn, drafted, day, text)


async def norm_confirmed(turn: Turn, drafted: Conversation) -> Reply:
    """Start the norm in the zaak."""
    services = turn.services
    shown = await services.db.run_write(
        zaak_days.start_norm,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=int(drafted.data["zaak"]),
        norm_id=str(drafted.data["norm"]),
        day=date.fromisoformat(drafted.data["day"]),
    )
    return await _kept(turn, shown)


async def _ask(turn: Turn, kind: str, data: dict[str, object], *, title: str) -> Reply:
    services = turn.services
    nonce = await services.db.run_write(
        drafts.start, now=turn.now, actor=turn.actor, kind=kind, data=data
    )
    drafted = Conversation(kind=kind, nonce=nonce, data=data)
    return say(
        day_message(
            services.texts,
            nonce=nonce,
            today=turn.today,
            title=title,
            question=day_question(turn, drafted),
            ahead=may_be_ahead(turn, drafted),
        )
    )


def _day_text(turn: Turn, drafted: Conversation, **data: object) -> str:
    """The screen that shows a day with its consequences."""
    nothing = {"maand": False, "volgt": [], "wordt": None, "schuift": []}
    return turn.services.texts.screen(
        "bevestig_dag",
        titel=f"Zaak {drafted.data['code']}",
        vraag=drafted.data["question"],
        **(nothing | data),
    )


async def _kept(turn: Turn, shown: ZaakView) -> Reply:
    await turn.services.db.run_write(drafts.drop, actor=turn.actor)
    return Reply(
        edit=await zaak_message(turn, shown),
        toast=turn.services.texts.phrase("meldingen", "dag-bewaard"),
    )


def _to_ordered(services: Services, one: TermijnView, day: date) -> dict[str, object]:
    """A termijn whose end the court ordered: that day goes before the computed one."""
    norm = services.knowledge.norm_version(one.norm_id, one.norm_version)
    return {"titel": norm.title, "oud": one.due_on, "nieuw": day, "blijft": False}


def _moved(services: Services, move: Move) -> dict[str, object]:
    try:
        title = services.knowledge.norm_version(move.norm_id, move.norm_version).title
    except UnknownNorm:
        title = move.norm_id
    return {"titel": title, "oud": move.old_due_on, "nieuw": move.new_due_on, "blijft": move.stays}


def _question(services: Services, shown: ZaakView, event: str) -> str | None:
    """The question that asks for the day of an event in this zaak; None when it asks for none."""
    kader = services.knowledge.kaders.get(shown.kader)
    if kader is None:
        return None
    if event in kader.also and event not in shown.days:
        return kader.events[event]
    if event in kader.happenings:
        known: Event = services.knowledge.events[event]
        return known.question or kader.events.get(event)
    return None


def _month_only(services: Services, event: str) -> bool:
    known = services.knowledge.events.get(event)
    return known is not None and known.month_only


def _kader_title(services: Services, shown: ZaakView) -> str:
    kader = services.knowledge.kaders.get(shown.kader)
    return kader.title if kader else shown.kader
