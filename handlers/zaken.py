"""Zaken: open one in three taps, look at them, fill in a day, choose a jeugdbeschermer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from handlers.actions import (
    Assign,
    Cancel,
    ChooseKader,
    ChooseOwner,
    ChooseTeam,
    Confirm,
    FillDay,
    ShowTermijn,
    ShowZaak,
)
from handlers.context import Reply, Services, Turn, say
from handlers.dagen import day_message
from handlers.render import Button, Message, grid
from knowledge import zaakcode
from knowledge.norm_models import Kader
from knowledge.openings import Opening
from knowledge.refusals import Refusal
from storage import access, drafts, zaken
from storage.access import Permission
from storage.zaak_views import TermijnView, ZaakView

MAX_LISTED = 8


async def start_opening(turn: Turn) -> Reply:
    """`/zaak`: ask for the kader; a valid code instead shows that zaak."""
    code = zaakcode.parse(turn.text) if turn.text.strip() else None
    if code is not None:
        return await show_by_code(turn, code)
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
        edit=zaak_message(turn, opened, new=True),
        toast=services.texts.phrase("meldingen", toast, opened.code),
    )


async def fill_day(turn: Turn, action: FillDay) -> Reply:
    """A zaak misses a day: ask for it."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    question = _questions(services, shown).get(action.event)
    if question is None:
        raise Refusal("dag-hoort-niet-bij-kader")
    nonce = await services.db.run_write(
        drafts.start,
        now=turn.now,
        actor=turn.actor,
        kind=drafts.DAY,
        data={"zaak": shown.id, "event": action.event, "code": shown.code, "question": question},
    )
    return say(
        day_message(
            services.texts,
            nonce=nonce,
            today=turn.today,
            title=f"Zaak {shown.code}",
            question=question,
            ahead=services.knowledge.events[action.event].may_be_ahead,
        )
    )


async def fill_day_confirmed(turn: Turn, action: Confirm) -> Reply:
    """The missing day is confirmed: the termijnen that count from it start."""
    services = turn.services
    drafted = await services.db.run_read(
        drafts.get, actor=turn.actor, nonce=action.nonce, kind=drafts.DAY
    )
    shown = await services.db.run_write(
        zaken.record_day,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=drafted.data["zaak"],
        event=drafted.data["event"],
        day=date.fromisoformat(drafted.data["day"]),
    )
    return Reply(
        edit=zaak_message(turn, shown), toast=services.texts.phrase("meldingen", "dag-bewaard")
    )


async def show_zaak(turn: Turn, action: ShowZaak) -> Reply:
    """A zaak with its termijnen, as a new message: the one it was asked from stays."""
    shown = await turn.services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    return say(zaak_message(turn, shown))


async def show_by_code(turn: Turn, code: str) -> Reply:
    """A zaak by its typed code."""
    shown = await turn.services.db.run_read(zaken.zaak_by_code, actor=turn.actor, code=code)
    return say(zaak_message(turn, shown))


async def list_zaken(turn: Turn) -> Reply:
    """`/zaken`: the open zaken this person sees, most pressing first."""
    services = turn.services
    found = await services.db.run_read(zaken.zaken, actor=turn.actor)
    if not found:
        raise Refusal("geen-open-zaken")
    found.sort(key=lambda one: (_first_due(one) or date.max, one.code))
    shown = found[:MAX_LISTED]
    leads = turn.actor.may(Permission.SEE_TEAM)
    text = services.texts.screen(
        "zaken",
        titel="Open zaken" if leads else "Je zaken",
        vandaag=turn.today,
        meer=len(found) - len(shown),
        zaken=[
            {
                "code": one.code,
                "kader": _kader_title(services, one.kader),
                "eigenaar": one.owner,
                "eerste": _first_open(services, one),
            }
            for one in shown
        ],
    )
    buttons = [
        services.texts.button(
            "zaak", one.code, _kader_title(services, one.kader), action=ShowZaak(zaak=one.id)
        )
        for one in shown
    ]
    return say(Message(text=text, rows=grid(buttons)))


async def choose_owner(turn: Turn, action: ChooseOwner) -> Reply:
    """Who could take this zaak, with the work each has now."""
    services = turn.services
    shown = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=action.zaak)
    people = await services.db.run_read(zaken.colleagues, actor=turn.actor, team_id=shown.team_id)
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
        zaken.assign,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        zaak_id=action.zaak,
        to=action.person,
    )
    toast = services.texts.phrase("meldingen", "toegewezen", shown.owner)
    return Reply(edit=zaak_message(turn, shown), toast=toast)


def _first_day_message(turn: Turn, kader: Kader, nonce: str) -> Message:
    return day_message(
        turn.services.texts,
        nonce=nonce,
        today=turn.today,
        step=kader.title,
        question=kader.events[kader.asks],
    )


def confirm_message(turn: Turn, drafted: drafts.Conversation, day: date) -> Message:
    """The chosen day, written out, to be confirmed."""
    services, texts = turn.services, turn.services.texts
    if drafted.kind == drafts.OPEN:
        kader = services.knowledge.kaders[drafted.data["kader"]]
        text = texts.screen("bevestig", kader=kader.title, vraag=kader.events[kader.asks], dag=day)
        yes = texts.button("bevestigen", action=Confirm(nonce=drafted.nonce))
    else:
        text = texts.screen(
            "bevestig_dag",
            titel=f"Zaak {drafted.data['code']}",
            vraag=drafted.data["question"],
            dag=day,
        )
        yes = texts.button("bewaar-dag", action=Confirm(nonce=drafted.nonce))
    stop = texts.button("stoppen", action=Cancel(nonce=drafted.nonce))
    return Message(text=text, rows=((yes,), (stop,)))


def zaak_message(turn: Turn, shown: ZaakView, *, new: bool = False) -> Message:
    """A zaak with its termijnen and what can be done with it."""
    services, texts = turn.services, turn.services.texts
    knowledge = services.knowledge
    missing = _questions(services, shown)
    text = texts.screen(
        "zaak",
        code=shown.code,
        gesproken=zaakcode.spoken(shown.code),
        nieuw=new,
        kader=_kader_title(services, shown.kader),
        eigenaar=shown.owner,
        vandaag=turn.today,
        dagen=[
            {"naam": knowledge.events[event].title, "dag": day} for event, day in shown.days.items()
        ],
        termijnen=[termijn_data(services, termijn) for termijn in shown.termijnen],
        ontbreekt=[knowledge.events[event].title for event in missing],
    )
    rows = [
        texts.button(
            "termijn",
            knowledge.norm_version(termijn.norm_id, termijn.norm_version).title,
            termijn.due_on,
            action=ShowTermijn(termijn=termijn.id),
        )
        for termijn in shown.termijnen
    ]
    rows += [
        Button(
            label=texts.label("dag-invullen", knowledge.events[event].title),
            action=FillDay(zaak=shown.id, event=event),
        )
        for event in missing
    ]
    if shown.team_id in turn.actor.whole_teams(Permission.ASSIGN):
        rows.append(texts.button("toewijzen", action=ChooseOwner(zaak=shown.id)))
    return Message(text=text, rows=grid(rows))


def termijn_data(services: Services, termijn: TermijnView) -> dict[str, object]:
    """A termijn as the texts need it."""
    norm = services.knowledge.norm_version(termijn.norm_id, termijn.norm_version)
    earliest = min(termijn.explanation.others, key=lambda other: other.due.on, default=None)
    return {
        "titel": norm.title,
        "zaak_code": termijn.zaak_code,
        "due_on": termijn.due_on,
        "warn_on": termijn.warn_on,
        "done_on": termijn.done_on,
        "done_by": termijn.done_by,
        "lezing": earliest.reading if earliest else "",
    }


def _kader_title(services: Services, kader_id: str) -> str:
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


def _first_due(one: ZaakView) -> date | None:
    return min((t.due_on for t in one.termijnen if t.done_on is None), default=None)


def _first_open(services: Services, one: ZaakView) -> dict[str, object] | None:
    due = [termijn for termijn in one.termijnen if termijn.done_on is None]
    return termijn_data(services, due[0]) if due else None
