"""Zaken: open one in three taps, look at them, and what can be done with one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from handlers.actions import (
    Cancel,
    ChooseKader,
    ChooseOwner,
    ChooseTeam,
    Confirm,
    FillDay,
    ShowTermijn,
    ShowZaak,
)
from handlers.bereken import from_kader
from handlers.bevestigen import confirm_rows
from handlers.context import Reply, Services, Turn, say
from handlers.dagen import day_message
from handlers.render import Button, Message, grid
from handlers.work_actions import (
    AcceptOffer,
    AskClose,
    ChooseGezin,
    ChooseReceiver,
    ChooseWrongDay,
    MoreOfZaak,
    ReopenZaak,
    ShowDuties,
    ShowHappenings,
    ShowVisit,
    WithdrawOffer,
)
from knowledge import zaakcode
from knowledge.norm_models import Kader
from knowledge.openings import Opening
from knowledge.refusals import Refusal
from storage import access, drafts, gezin, handover, team_duties, zaken
from storage.access import Permission
from storage.zaak_views import TermijnView, ZaakView

MAX_LISTED = 8


async def start_opening(turn: Turn) -> Reply:
    """`/zaak`: ask for the kader; a code or number instead shows that zaak.

    Raises:
        LabelRefused: what was typed is no code, and why it must not stand for a zaak.
    """
    if turn.text.strip():
        return await show_by_code(turn, zaakcode.label(turn.text, turn.services.rules.zaak_pattern))
    teams = turn.actor.teams(Permission.OPEN_ZAAK)
    if not teams:
        raise Refusal("geen-team")
    data = {"team": teams[0]} if len(teams) == 1 else {}
    nonce = await turn.services.db.run_write(
        drafts.start, now=turn.now, actor=turn.actor, kind=drafts.OPEN, data=data
    )
    if len(teams) == 1:
        return say(_kader_message(turn.services, nonce))
    return say(await _team_message(turn, nonce, teams))


async def offer_opening(turn: Turn, opening: Opening) -> Reply:
    """A zaak that was typed in one line: with a day it only needs a confirmation."""
    teams = turn.actor.teams(Permission.OPEN_ZAAK)
    if len(teams) != 1:
        return await start_opening(replace(turn, text=""))
    kader, day = opening.kader, opening.day
    if day is not None and day > turn.today:
        day = None  # asked for again: what starts a zaak has happened
    data = {"team": teams[0], "kader": kader.id} | ({"day": day.isoformat()} if day else {})
    nonce = await turn.services.db.run_write(
        drafts.start, now=turn.now, actor=turn.actor, kind=drafts.OPEN, data=data
    )
    if day is None:
        return say(_first_day_message(turn, kader, nonce))
    drafted = drafts.Conversation(kind=drafts.OPEN, nonce=nonce, data=data)
    if wants_label(turn, drafted):
        return say(_label_message(turn.services, drafted))
    return say(confirm_message(turn, drafted, day))


async def choose_team(turn: Turn, action: ChooseTeam) -> Reply:
    """Opening: the team is known, ask for the kader."""
    if action.team not in turn.actor.teams(Permission.OPEN_ZAAK):
        raise Refusal("mag-niet")
    await turn.services.db.run_write(
        drafts.fill,
        now=turn.now,
        actor=turn.actor,
        nonce=action.nonce,
        answers={"team": action.team},
    )
    return Reply(edit=_kader_message(turn.services, action.nonce))


async def choose_kader(turn: Turn, action: ChooseKader) -> Reply:
    """Opening: the kader is known, ask for its day."""
    kader = turn.services.knowledge.kaders.get(action.kader)
    if kader is None:
        raise Refusal("kader-onbekend")
    await turn.services.db.run_write(
        drafts.fill, now=turn.now, actor=turn.actor, nonce=action.nonce, answers={"kader": kader.id}
    )
    return Reply(edit=_first_day_message(turn, kader, action.nonce))


async def open_confirmed(turn: Turn, action: Confirm) -> Reply:
    """Opening: confirmed. The screen shows the termijnen; a second tap changes nothing."""
    services = turn.services
    opened, new = await services.db.run_write(
        zaken.open_drafted_zaak,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        nonce=action.nonce,
    )
    toast = "zaak-geopend" if new else "zaak-was-geopend"
    return Reply(
        edit=await zaak_message(turn, opened, new=True),
        toast=services.texts.phrase("meldingen", toast, opened.code),
    )


async def show_zaak(turn: Turn, action: ShowZaak) -> Reply:
    """A zaak with its termijnen, as a new message: the one it was asked from stays."""
    shown = await turn.services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    return say(await zaak_message(turn, shown))


async def show_by_code(turn: Turn, code: str) -> Reply:
    """A zaak by its typed code."""
    shown = await turn.services.db.run_read(zaken.zaak_by_code, actor=turn.actor, code=code)
    return say(await zaak_message(turn, shown))


async def list_zaken(turn: Turn) -> Reply:
    """`/zaken`: the open zaken this person sees, most pressing first."""
    services = turn.services
    found = await services.db.run_read(zaken.zaken, actor=turn.actor)
    offered = await services.db.run_read(handover.offers_to, actor=turn.actor)
    closed = await services.db.run_read(zaken.closed_zaken, actor=turn.actor)
    if not (found or offered or closed):
        raise Refusal("geen-open-zaken")
    found.sort(key=lambda one: (_first_due(one) or date.max, one.code))
    shown = found[:MAX_LISTED]
    leads = turn.actor.may(Permission.SEE_TEAM)
    text = services.texts.screen(
        "zaken",
        titel="Open zaken" if leads else "Je zaken",
        vandaag=turn.today,
        meer=len(found) - len(shown),
        aangeboden=[one.code for one in offered],
        gesloten=[one.code for one in closed],
        zaken=[
            {
                "code": one.code,
                "kader": kader_title(services, one.kader),
                "eigenaar": one.owner,
                "eerste": _first_open(services, one),
            }
            for one in shown
        ],
    )
    buttons = [
        services.texts.button("overnemen-zaak", one.code, action=AcceptOffer(zaak=one.id))
        for one in offered
    ]
    buttons += [
        services.texts.button(
            "zaak", one.code, kader_title(services, one.kader), action=ShowZaak(zaak=one.id)
        )
        for one in shown
    ]
    return say(Message(text=text, rows=grid(buttons)))


def _first_day_message(turn: Turn, kader: Kader, nonce: str) -> Message:
    return day_message(
        turn.services.texts,
        nonce=nonce,
        today=turn.today,
        step=kader.title,
        question=kader.events[kader.asks],
    )


def confirm_message(turn: Turn, drafted: drafts.Conversation, day: date) -> Message:
    """The chosen day, written out, and the organisation's number if there is one; to confirm."""
    services, texts = turn.services, turn.services.texts
    kader = services.knowledge.kaders[drafted.data["kader"]]
    text = texts.screen(
        "bevestig",
        kader=kader.title,
        vraag=kader.events[kader.asks],
        dag=day,
        nummer=drafted.data.get("code"),
        voorbij=[
            {"titel": computed.norm.title, "due_on": computed.due.on}
            for computed in from_kader(services.knowledge, kader.id, day)
            if computed.due.on < turn.today
        ],
    )
    return Message(text=text, rows=confirm_rows(texts, drafted.nonce, "bevestigen"))


def opening_question(turn: Turn, drafted: drafts.Conversation) -> str:
    """The question that opening a zaak asks: its first day."""
    kader = turn.services.knowledge.kaders[drafted.data["kader"]]
    return kader.events[kader.asks]


async def opening_day(turn: Turn, drafted: drafts.Conversation, day: date) -> Reply:
    """Opening: the day is known; ask for the organisation's own number, else confirm."""
    services = turn.services
    filled = await services.db.run_write(
        drafts.fill,
        now=turn.now,
        actor=turn.actor,
        nonce=drafted.nonce,
        answers={"day": day.isoformat()},
    )
    if wants_label(turn, filled):
        return Reply(edit=_label_message(services, filled))
    return Reply(edit=confirm_message(turn, filled, day))


def wants_label(turn: Turn, drafted: drafts.Conversation) -> bool:
    """Whether this conversation waits for the organisation's own number."""
    opening = drafted.kind == drafts.OPEN and "day" in drafted.data
    return opening and turn.services.rules.zaak_pattern is not None and "code" not in drafted.data


async def label_typed(turn: Turn, drafted: drafts.Conversation) -> Reply:
    """Opening: the organisation's own number.

    Raises:
        LabelRefused: it is none, or says of whom it is.
    """
    services = turn.services
    filled = await services.db.run_write(
        drafts.fill,
        now=turn.now,
        actor=turn.actor,
        nonce=drafted.nonce,
        answers={"code": zaakcode.label(turn.text, services.rules.zaak_pattern)},
    )
    return say(confirm_message(turn, filled, date.fromisoformat(filled.data["day"])))


async def zaak_message(turn: Turn, shown: ZaakView, *, new: bool = False) -> Message:
    """A zaak with its termijnen and what can be done with it."""
    services, texts = turn.services, turn.services.texts
    knowledge = services.knowledge
    missing = _questions(services, shown) if shown.closed_at is None else {}
    kept_by = await services.db.run_read(zaken.kept_by, zaak_id=shown.id, today=turn.today)
    beside: list[str] = []
    if shown.gezin_id is not None and shown.closed_at is None:
        beside = await services.db.run_read(gezin.codes_beside, actor=turn.actor, zaak_id=shown.id)
    text = texts.screen(
        "zaak",
        code=shown.code,
        gesproken=zaakcode.spoken(shown.code),
        nieuw=new,
        kader=kader_title(services, shown.kader),
        eigenaar=shown.owner,
        bij=kept_by,
        gevraagd=shown.offered_to,
        gezin=beside,
        gesloten=services.rules.today(shown.closed_at) if shown.closed_at else None,
        vandaag=turn.today,
        dagen=[
            {
                "naam": knowledge.events[event].title if event in knowledge.events else event,
                "dag": day,
                "maand": event in knowledge.events and knowledge.events[event].month_only,
            }
            for event, day in shown.days.items()
        ],
        termijnen=[termijn_data(services, one) for one in shown.termijnen if one.is_open],
        klaar=[termijn_data(services, one) for one in shown.termijnen if one.done_on is not None],
        ontbreekt=[knowledge.events[event].title for event in missing],
    )
    if shown.closed_at is not None:
        reopen = texts.button("heropen-zaak", action=ReopenZaak(zaak=shown.id))
        return Message(text=text, rows=((reopen,),))
    buttons = [
        texts.button(
            "termijn",
            knowledge.norm_version(one.norm_id, one.norm_version).title,
            one.due_on,
            action=ShowTermijn(termijn=one.id),
        )
        for one in shown.termijnen
        if one.is_open
    ]
    buttons += [
        Button(
            label=texts.label("dag-invullen", knowledge.events[event].title),
            action=FillDay(zaak=shown.id, event=event),
        )
        for event in missing
    ]
    rows = grid(buttons)
    if shown.of_team:
        return Message(
            text=text,
            rows=(*rows, (texts.button("teamtaken", action=ShowDuties(team=shown.team_id)),)),
        )
    if shown.owner_id is None and shown.team_id in turn.actor.whole_teams(Permission.ASSIGN):
        rows += ((texts.button("toewijzen", action=ChooseOwner(zaak=shown.id)),),)
    rows += (
        (
            texts.button("bezoek", action=ShowVisit(zaak=shown.id)),
            texts.button("er-is-iets", action=ShowHappenings(zaak=shown.id)),
        ),
        (texts.button("meer", action=MoreOfZaak(zaak=shown.id)),),
    )
    return Message(text=text, rows=rows)


async def more(turn: Turn, action: MoreOfZaak) -> Reply:
    """What else can be done with a zaak."""
    services, texts = turn.services, turn.services.texts
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    buttons = [texts.button("dag-verbeteren", action=ChooseWrongDay(zaak=shown.id))]
    if shown.offered_to_id is not None:
        buttons.append(texts.button("overdracht-intrekken", action=WithdrawOffer(zaak=shown.id)))
    elif shown.owner_id is not None:
        buttons.append(texts.button("overdragen", action=ChooseReceiver(zaak=shown.id)))
    if shown.team_id in turn.actor.whole_teams(Permission.ASSIGN):
        buttons.append(texts.button("toewijzen", action=ChooseOwner(zaak=shown.id)))
    buttons.append(texts.button("gezin", action=ChooseGezin(zaak=shown.id)))
    buttons.append(texts.button("zaak-sluiten", action=AskClose(zaak=shown.id)))
    text = texts.screen("zaak_meer", code=shown.code, gevraagd=shown.offered_to)
    return say(Message(text=text, rows=grid(buttons)))


def show_button(services: Services, shown: ZaakView) -> Button:
    """The button that shows this zaak."""
    return services.texts.button("open-zaak", shown.code, action=ShowZaak(zaak=shown.id))


def termijn_data(services: Services, termijn: TermijnView) -> dict[str, object]:
    """A termijn as the texts need it."""
    norm = services.knowledge.norm_version(termijn.norm_id, termijn.norm_version)
    # On the same day an agreement of the organisation says more than another way of counting.
    earliest = min(
        termijn.explanation.others,
        key=lambda other: (other.due.on, other.organisation is None),
        default=None,
    )
    return {
        "titel": norm.title,
        "zaak_code": termijn.zaak_code,
        "due_on": termijn.due_on,
        "warn_on": termijn.warn_on,
        "done_on": termijn.done_on,
        "done_by": termijn.done_by,
        "lezing": earliest.reading if earliest else "",
        "afspraak": earliest.organisation if earliest else None,
        "stil_sinds": termijn.paused_on,
        "vervallen": termijn.ended_why,
        "reden": _reason(services, termijn.late_reason),
        "was": termijn.changes[0].old_due_on
        if any(change.old_due_on != termijn.due_on for change in termijn.changes)
        else None,
        "wijzigingen": termijn.changes,
        "kracht": norm.force.value,
        "van_team": termijn.of_team,
    }


def _reason(services: Services, reason: str | None) -> str | None:
    known = services.knowledge.reasons.get(reason) if reason else None
    return known.text if known is not None else reason


def kader_title(services: Services, kader_id: str) -> str:
    """The name of a kader; of the duties of a team their own name."""
    if kader_id == team_duties.TEAM:
        return services.texts.phrase("meldingen", "taken-van-het-team")
    kader = services.knowledge.kaders.get(kader_id)
    return kader.title if kader else kader_id


def _kader_message(services: Services, nonce: str) -> Message:
    buttons = [
        Button(label=kader.title, action=ChooseKader(nonce=nonce, kader=kader.id))
        for kader in services.knowledge.kaders.values()
    ]
    stop = services.texts.button("stoppen", action=Cancel(nonce=nonce))
    return Message(text=services.texts.screen("kader_kiezen"), rows=(*grid(buttons, 2), (stop,)))


async def _team_message(turn: Turn, nonce: str, teams: tuple[int, ...]) -> Message:
    names = await turn.services.db.run_read(access.team_names, team_ids=teams)
    buttons = [
        Button(label=names[team], action=ChooseTeam(nonce=nonce, team=team)) for team in teams
    ]
    stop = turn.services.texts.button("stoppen", action=Cancel(nonce=nonce))
    return Message(text=turn.services.texts.screen("team_kiezen"), rows=(*grid(buttons), (stop,)))


def _questions(services: Services, shown: ZaakView) -> dict[str, str]:
    """The days this zaak misses, each with the question that asks for it."""
    kader = services.knowledge.kaders.get(shown.kader)
    if kader is None:
        return {}
    return {event: kader.events[event] for event in kader.also if event not in shown.days}


def _label_message(services: Services, drafted: drafts.Conversation) -> Message:
    kader = services.knowledge.kaders[drafted.data["kader"]]
    stop = services.texts.button("stoppen", action=Cancel(nonce=drafted.nonce))
    text = services.texts.screen("zaaknummer", kader=kader.title)
    return Message(text=text, rows=((stop,),))


def _first_due(one: ZaakView) -> date | None:
    return min((t.due_on for t in one.termijnen if t.is_open), default=None)


def _first_open(services: Services, one: ZaakView) -> dict[str, object] | None:
    due = [termijn for termijn in one.termijnen if termijn.is_open]
    return termijn_data(services, due[0]) if due else None
