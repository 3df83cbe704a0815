"""Being away with a substitute, and the days of the week somebody works."""

from __future__ import annotations

from datetime import date

from handlers.bevestigen import confirm_rows
from handlers.context import Reply, Turn, say
from handlers.dagen import day_message
from handlers.render import WEEKDAYS, Button, Message, grid
from handlers.work_actions import (
    AwayFor,
    ChooseSubstitute,
    ComeBack,
    SetRoster,
    ShowRoster,
)
from storage import absence, drafts, zaak_views
from storage.drafts import Conversation

MAX_LISTED = 12
NOBODY = 0


async def start(turn: Turn) -> Reply:
    """`/afwezig`: what is written down, and when one is away next."""
    return await start_for(turn, AwayFor(person=turn.actor.person_id))


async def start_for(turn: Turn, action: AwayFor) -> Reply:
    """From which day is this person away? Absences that run or come can be ended."""
    services, texts = turn.services, turn.services.texts
    known = await services.db.run_read(
        absence.absences, actor=turn.actor, today=turn.today, person_ids=[action.person]
    )
    names = await services.db.run_read(zaak_views.first_names, [action.person])
    data = {"person": action.person, "naam": names[action.person]}
    nonce = await services.db.run_write(
        drafts.start, now=turn.now, actor=turn.actor, kind=drafts.AWAY, data=data
    )
    drafted = Conversation(kind=drafts.AWAY, nonce=nonce, data=data)
    asked = day_message(
        texts,
        nonce=nonce,
        today=turn.today,
        question=day_question(turn, drafted),
        title=texts.phrase("meldingen", "afwezig-titel", _who(turn, drafted)),
        ahead=True,
    )
    if not known:
        return say(asked)
    rows = grid(
        [
            texts.button("weer-terug", one.from_day, one.until_day, action=ComeBack(absence=one.id))
            for one in known
        ]
    )
    text = texts.screen("afwezig", wie=_who(turn, drafted), vandaag=turn.today, afwezig=known)
    return Reply(send=(Message(text=text, rows=rows), asked))


def day_question(turn: Turn, drafted: Conversation) -> str:
    """The question that this conversation asks: the first day, then the last."""
    if "from" in drafted.data:
        return turn.services.texts.phrase(
            "meldingen", "afwezig-tot", date.fromisoformat(drafted.data["from"])
        )
    return turn.services.texts.phrase("meldingen", "afwezig-vanaf")


async def day_chosen(turn: Turn, drafted: Conversation, day: date) -> Reply:
    """The first day, or the last: then who stands in."""
    services, texts = turn.services, turn.services.texts
    first = "from" not in drafted.data
    filled = await services.db.run_write(
        drafts.fill,
        now=turn.now,
        actor=turn.actor,
        nonce=drafted.nonce,
        answers={"from" if first else "until": day.isoformat()},
    )
    if first:
        return Reply(
            edit=day_message(
                texts,
                nonce=drafted.nonce,
                today=turn.today,
                question=day_question(turn, filled),
                title=texts.phrase("meldingen", "afwezig-titel", _who(turn, filled)),
                month=day,
                ahead=True,
            )
        )
    person_id = int(filled.data["person"])
    ids = await services.db.run_read(absence.substitutes, person_id)
    names = await services.db.run_read(zaak_views.first_names, ids)
    work = await services.db.run_read(absence.open_work, person_id=person_id)
    buttons = [
        Button(
            label=texts.label("vervanger", names[one]),
            action=ChooseSubstitute(nonce=drafted.nonce, person=one),
        )
        for one in sorted(ids, key=lambda one: names[one])[:MAX_LISTED]
    ]
    buttons.append(
        texts.button("geen-vervanger", action=ChooseSubstitute(nonce=drafted.nonce, person=NOBODY))
    )
    text = texts.screen("vervanger_kiezen", wie=_who(turn, filled), zaken=work, **_days(filled))
    return Reply(edit=Message(text=text, rows=grid(buttons, 2)))


async def choose_substitute(turn: Turn, action: ChooseSubstitute) -> Reply:
    """Who stands in is known: show all of it, to be confirmed."""
    services, texts = turn.services, turn.services.texts
    names = await services.db.run_read(zaak_views.first_names, [action.person])
    filled = await services.db.run_write(
        drafts.fill,
        now=turn.now,
        actor=turn.actor,
        nonce=action.nonce,
        answers={"substitute": action.person},
    )
    text = texts.screen(
        "afwezig_bevestigen",
        wie=_who(turn, filled),
        vervanger=names.get(action.person),
        **_days(filled),
    )
    rows = confirm_rows(texts, action.nonce, "klopt-bewaar")
    return Reply(edit=Message(text=text, rows=rows))


async def away_confirmed(turn: Turn, drafted: Conversation) -> Reply:
    """Keep the absence."""
    services, data = turn.services, drafted.data
    kept = await services.db.run_write(
        absence.away,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        person_id=int(data["person"]),
        from_day=date.fromisoformat(data["from"]),
        until_day=date.fromisoformat(data["until"]),
        substitute_id=int(data["substitute"]) or None,
    )
    await services.db.run_write(drafts.drop, actor=turn.actor)
    text = services.texts.screen(
        "afwezig", wie=_who(turn, drafted), vandaag=turn.today, afwezig=[kept]
    )
    back = services.texts.button(
        "weer-terug", kept.from_day, kept.until_day, action=ComeBack(absence=kept.id)
    )
    return Reply(
        edit=Message(text=text, rows=((back,),)),
        toast=services.texts.phrase("meldingen", "afwezig-bewaard"),
    )


async def come_back(turn: Turn, action: ComeBack) -> Reply:
    """Back again (or not going): the absence ends."""
    services = turn.services
    await services.db.run_write(
        absence.back,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        absence_id=action.absence,
    )
    return Reply(edit=Message(text=services.texts.screen("weer_terug")))


async def my_roster(turn: Turn) -> Reply:
    """`/rooster`: on which days of the week one works."""
    return await show_roster(turn, ShowRoster(person=turn.actor.person_id))


async def show_roster(turn: Turn, action: ShowRoster) -> Reply:
    """On which days of the week this person works."""
    days = await turn.services.db.run_read(
        absence.roster, actor=turn.actor, person_id=action.person
    )
    return say(await _roster_message(turn, action.person, days))


async def set_roster(turn: Turn, action: SetRoster) -> Reply:
    """These are the days now."""
    days = await turn.services.db.run_write(
        absence.set_roster,
        now=turn.now,
        actor=turn.actor,
        person_id=action.person,
        roster=action.roster,
    )
    return Reply(
        edit=await _roster_message(turn, action.person, days),
        toast=turn.services.texts.phrase("meldingen", "rooster-bewaard"),
    )


async def _roster_message(turn: Turn, person_id: int, days: int) -> Message:
    texts = turn.services.texts
    names = await turn.services.db.run_read(zaak_views.first_names, [person_id])
    own = person_id == turn.actor.person_id
    text = texts.screen(
        "rooster",
        wie=None if own else names[person_id],
        dagen=[name for number, name in enumerate(WEEKDAYS) if days & 1 << number],
    )
    buttons = [
        Button(
            label=texts.label("roosterdag", name, bool(days & 1 << number)),
            action=SetRoster(person=person_id, roster=days ^ 1 << number),
        )
        for number, name in enumerate(WEEKDAYS)
    ]
    return Message(text=text, rows=grid(buttons, 2))


def _who(turn: Turn, drafted: Conversation) -> str | None:
    """The first name of somebody else; None for oneself."""
    own = drafted.data["person"] == turn.actor.person_id
    return None if own else str(drafted.data["naam"])


def _days(drafted: Conversation) -> dict[str, date]:
    return {
        "vanaf": date.fromisoformat(drafted.data["from"]),
        "tot": date.fromisoformat(drafted.data["until"]),
    }
