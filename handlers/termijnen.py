"""Termijnen: look at one, why its date, done on a day, undone; and the reminder itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers.actions import (
    Done,
    DoneOtherDay,
    ShowTermijn,
    ShowZaak,
    UndoDone,
    WhyThisDate,
)
from handlers.bereken import why_text
from handlers.context import Reply, Services, Turn, say
from handlers.dagen import day_message
from handlers.render import Button, Message, grid, moment_text
from handlers.work_actions import (
    ChooseReason,
    MoreOfTermijn,
    Resume,
    ShowDuties,
)
from handlers.zaken import kader_title, termijn_data
from knowledge.termijnen import NormDueDate, OtherDueDate
from storage import drafts, notices, zaak_views, zaken
from storage import termijnen as kept_termijnen
from storage.zaak_views import TermijnView

MAX_LISTED = 10
SAID_LATE_AFTER = timedelta(minutes=30)
"""How late a reminder may be before it says so."""


async def list_termijnen(turn: Turn) -> Reply:
    """`/termijnen`: the open termijnen this person sees, first due first."""
    services = turn.services
    found = [
        termijn
        for zaak in await services.db.run_read(zaken.zaken, actor=turn.actor)
        for termijn in zaak.termijnen
        if termijn.is_open and termijn.paused_on is None
    ]
    found.sort(key=lambda termijn: (termijn.due_on, termijn.id))
    shown = found[:MAX_LISTED]
    data = [termijn_data(services, termijn) for termijn in shown]
    text = services.texts.screen(
        "termijnen", termijnen=data, vandaag=turn.today, meer=len(found) - len(shown)
    )
    buttons = [
        services.texts.button("nummer-bekijk", number, action=ShowTermijn(termijn=termijn.id))
        for number, termijn in enumerate(shown, start=1)
    ]
    return say(Message(text=text, rows=grid(buttons, 2)))


async def show_termijn(turn: Turn, action: ShowTermijn) -> Reply:
    """One termijn with its buttons, as a new message."""
    shown = await turn.services.db.run_read(
        kept_termijnen.termijn, actor=turn.actor, termijn_id=action.termijn
    )
    return say(await termijn_message(turn, shown))


async def why(turn: Turn, action: WhyThisDate) -> Reply:
    """Why the due date is what it is, as it was computed at the start."""
    shown = await turn.services.db.run_read(
        kept_termijnen.termijn, actor=turn.actor, termijn_id=action.termijn
    )
    norm = turn.services.knowledge.norm_version(shown.norm_id, shown.norm_version)
    computed = NormDueDate(
        norm=norm,
        due=shown.explanation.due,
        others=tuple(
            OtherDueDate(
                reading=other.reading,
                source=other.source,
                due=other.due,
                organisation=other.organisation,
            )
            for other in shown.explanation.others
        ),
    )
    text = why_text(
        turn.services,
        computed,
        code=shown.zaak_code,
        due_on=shown.due_on,
        changes=shown.changes,
    )
    return say(Message(text=text))


async def done(turn: Turn, action: Done) -> Reply:
    """Handled today or yesterday, counted from the press."""
    on = turn.today - timedelta(days=action.days_ago)
    return await _mark_done(turn, action.termijn, on)


async def done_other_day(turn: Turn, action: DoneOtherDay) -> Reply:
    """Handled on another day: ask which."""
    services = turn.services
    shown = await services.db.run_read(
        kept_termijnen.termijn, actor=turn.actor, termijn_id=action.termijn
    )
    nonce = await services.db.run_write(
        drafts.start,
        now=turn.now,
        actor=turn.actor,
        kind=drafts.DONE,
        data={"termijn": shown.id},
    )
    title = services.knowledge.norm_version(shown.norm_id, shown.norm_version).title
    return say(
        day_message(
            services.texts,
            nonce=nonce,
            today=turn.today,
            title=f"{title} · zaak {shown.zaak_code}",
            question=services.texts.phrase("meldingen", "welke-dag-gedaan"),
        )
    )


def done_question(turn: Turn, _drafted: drafts.Conversation) -> str:
    """The question that this conversation asks."""
    return turn.services.texts.phrase("meldingen", "welke-dag-gedaan")


async def done_on_chosen_day(turn: Turn, drafted: drafts.Conversation, on: date) -> Reply:
    """Handled on the day that was chosen; it can be undone, so it is not asked again."""
    reply = await _mark_done(turn, int(drafted.data["termijn"]), on)
    await turn.services.db.run_write(drafts.drop, actor=turn.actor)
    return reply


async def undo(turn: Turn, action: UndoDone) -> Reply:
    """Take back a "gedaan"."""
    shown = await turn.services.db.run_write(
        kept_termijnen.undo_done,
        now=turn.now,
        actor=turn.actor,
        rules=turn.services.rules,
        termijn_id=action.termijn,
    )
    return Reply(
        edit=await _pressed_message(turn, shown),
        toast=turn.services.texts.phrase("meldingen", "ongedaan"),
    )


def should_have_come(
    services: Services, wanted_at: datetime | None, sent_at: datetime | None
) -> str | None:
    """When a message should have come, in words; None when it is in time."""
    if wanted_at is None or sent_at is None or sent_at - wanted_at <= SAID_LATE_AFTER:
        return None
    return moment_text(wanted_at, services.rules.timezone)


def reminder_message(
    services: Services,
    found: Sequence[TermijnView],
    zaken_by_id: dict[int, zaak_views.ZaakHead],
    *,
    person_id: int,
    today: date,
    wanted_at: datetime | None = None,
    sent_at: datetime | None = None,
    repeat: bool = False,
    may_handle: bool = True,
) -> Message:
    """The morning message about these termijnen, from how they stand now.

    Who may not handle them (a beheerder, when nobody of the team can be reached) gets no buttons.

    The same data always gives the same message, so that a sent one can be kept true by editing.
    `wanted_at` and `sent_at` (UTC) let it say that it comes late.
    """
    text = services.texts.screen(
        "termijn",
        herinnering=True,
        vandaag=today,
        termijnen=[
            _shown(services, termijn, zaken_by_id[termijn.zaak_id], today, person_id)
            for termijn in found
        ],
        had_moeten=should_have_come(services, wanted_at, sent_at),
        herhaling=repeat,
        niemand_bereikbaar=not may_handle,
    )
    if not may_handle:
        return Message(text=text)
    if len(found) == 1:
        return Message(text=text, rows=_rows(services, found[0]))
    rows = [
        tuple(
            button
            for button in (
                services.texts.button(
                    "nummer-gedaan", number, action=Done(termijn=termijn.id, days_ago=0)
                )
                if termijn.is_open and termijn.paused_on is None
                else None,
                services.texts.button(
                    "nummer-bekijk", number, action=ShowTermijn(termijn=termijn.id)
                ),
            )
            if button is not None
        )
        for number, termijn in enumerate(found, start=1)
    ]
    return Message(text=text, rows=tuple(rows))


async def _mark_done(turn: Turn, termijn_id: int, on: date) -> Reply:
    shown = await turn.services.db.run_write(
        kept_termijnen.mark_done,
        now=turn.now,
        actor=turn.actor,
        rules=turn.services.rules,
        termijn_id=termijn_id,
        on=on,
    )
    return Reply(
        edit=await _pressed_message(turn, shown),
        toast=turn.services.texts.phrase("meldingen", "gedaan", on),
    )


async def _pressed_message(turn: Turn, shown: TermijnView) -> Message:
    """The message a button stood in, as it should read now: a reminder, else the termijn itself."""
    db, services = turn.services.db, turn.services
    ids = await db.run_read(
        notices.message_showing,
        person_id=turn.actor.person_id,
        channel_message_id=turn.message_id,
    )
    if shown.id not in ids:
        return await termijn_message(turn, shown)
    found = await db.run_read(zaak_views.termijnen_by_id, ids)
    heads = await db.run_read(zaak_views.heads, [termijn.zaak_id for termijn in found])
    return reminder_message(
        services, found, heads, person_id=turn.actor.person_id, today=turn.today
    )


async def termijn_message(turn: Turn, shown: TermijnView) -> Message:
    """One termijn with its buttons."""
    services = turn.services
    zaak = await services.db.run_read(zaken.zaak, actor=turn.actor, zaak_id=shown.zaak_id)
    head = zaak_views.ZaakHead(kader=zaak.kader, owner_id=zaak.owner_id, owner=zaak.owner)
    text = services.texts.screen(
        "termijn",
        herinnering=False,
        vandaag=turn.today,
        termijnen=[_shown(services, shown, head, turn.today, turn.actor.person_id)],
        had_moeten=None,
        herhaling=False,
        niemand_bereikbaar=False,
    )
    return Message(text=text, rows=_rows(services, shown))


def _shown(
    services: Services,
    termijn: TermijnView,
    zaak: zaak_views.ZaakHead,
    today: date,
    person_id: int,
) -> dict[str, object]:
    calendar = services.knowledge.calendar
    others = None if zaak.owner_id == person_id else zaak.owner
    nobody = services.texts.phrase("meldingen", "nog-geen-jeugdbeschermer")
    return termijn_data(services, termijn) | {
        "kader": kader_title(services, zaak.kader),
        "voor_wie": nobody if zaak.owner_id is None and not termijn.of_team else others,
        "nog": _left(services, today, termijn.due_on),
        "laatste_werkdag": calendar.working_day_on_or_before(termijn.warn_on) == today,
    }


def _left(services: Services, today: date, due_on: date) -> str:
    calendar = services.knowledge.calendar
    days, day = 0, today
    while day < due_on and days <= 10:
        day = calendar.shift_working_days(day, 1)
        days += day <= due_on
    return services.texts.phrase("meldingen", "nog-werkdagen", days, (due_on - today).days)


def _rows(services: Services, termijn: TermijnView) -> tuple[tuple[Button, ...], ...]:
    texts = services.texts
    look = (
        texts.button("waarom", action=WhyThisDate(termijn=termijn.id)),
        texts.button("teamtaken", action=ShowDuties(team=termijn.team_id))
        if termijn.of_team
        else texts.button("open-zaak", termijn.zaak_code, action=ShowZaak(zaak=termijn.zaak_id)),
    )
    late = (texts.button("reden-te-laat", action=ChooseReason(termijn=termijn.id)),)
    if termijn.ended_why is not None:
        return (look,)
    if termijn.done_on is not None:
        undo_row = (texts.button("ongedaan", action=UndoDone(termijn=termijn.id)),)
        if termijn.done_on > termijn.due_on and termijn.late_reason is None:
            return undo_row, late, look
        return undo_row, look
    if termijn.paused_on is not None:
        return (texts.button("hervatten", action=Resume(termijn=termijn.id)),), look
    return (
        (
            texts.button("gedaan-vandaag", action=Done(termijn=termijn.id, days_ago=0)),
            texts.button("gedaan-gisteren", action=Done(termijn=termijn.id, days_ago=1)),
        ),
        (
            texts.button("gedaan-andere-dag", action=DoneOtherDay(termijn=termijn.id)),
            texts.button("meer", action=MoreOfTermijn(termijn=termijn.id)),
        ),
        look,
    )
