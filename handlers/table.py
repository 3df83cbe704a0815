"""What every command and button does, and what a person needs for it. `routing` lets nothing else
through: what is not here does not exist.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from handlers import (
    actions,
    afsluiten,
    afwezig,
    beheer,
    bereken,
    bezoek,
    gebeurtenissen,
    gesprek,
    kennis,
    overdracht,
    team,
    teamleden,
    teamtaken,
    termijnen,
    uitstel,
    vragen,
    welkom,
    work_actions,
    zaken,
)
from handlers.action import Action
from handlers.context import Reply, Turn
from knowledge import openings, sums, zaakcode
from knowledge.refusals import Refusal
from storage.access import Permission

Answering = Callable[[Turn], Awaitable[Reply]]
Pressing = Callable[[Turn, Any], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command: its handler and what a person needs for it."""

    name: str
    handle: Answering
    permission: Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button's action does, and what a person needs for it."""

    handle: Pressing
    permission: Permission


async def plain_text(turn: Turn) -> Reply:
    """Text without a command: an answer to a running question, a code, a sum, a zaak to open, else
    a question."""
    reply = await gesprek.typed_answer(turn)
    if reply is not None:
        return reply
    code = zaakcode.looks_like(turn.text, turn.services.rules.zaak_pattern)
    if code is not None and turn.actor.may(Permission.SEE_ZAKEN):
        return await zaken.show_by_code(turn, code)
    # A kader with a day opens a zaak; only /bereken computes it.
    asked = sums.parse(
        turn.text, knowledge=turn.services.knowledge, today=turn.today, by_command=False
    )
    if asked is not None:
        return Reply(send=(bereken.asked_message(turn.services, asked),))
    if turn.actor.may(Permission.OPEN_ZAAK):
        opening = openings.parse(
            turn.text,
            kaders=turn.services.knowledge.kaders.values(),
            today=turn.today,
            calendar=turn.services.knowledge.calendar,
        )
        if opening is not None:
            return await zaken.offer_opening(turn, opening)
    return await vragen.ask(turn)


async def unknown_command(_turn: Turn) -> Reply:
    """A slash command that is not there."""
    raise Refusal("opdracht-onbekend")


async def edited_message(_turn: Turn) -> Reply:
    """An edited message is not read again: what it said before was answered."""
    raise Refusal("bewerkt-bericht")


COMMANDS = (
    Command(name="help", handle=welkom.show_help, permission=Permission.ASK),
    Command(name="vraag", handle=vragen.ask, permission=Permission.ASK),
    Command(name="bereken", handle=bereken.compute, permission=Permission.ASK),
    Command(name="zaak", handle=zaken.start_opening, permission=Permission.OPEN_ZAAK),
    Command(name="zaken", handle=zaken.list_zaken, permission=Permission.SEE_ZAKEN),
    Command(name="termijnen", handle=termijnen.list_termijnen, permission=Permission.SEE_ZAKEN),
    Command(name="bezoek", handle=bezoek.choose_zaak, permission=Permission.SEE_ZAKEN),
    Command(name="team", handle=teamleden.show_teams, permission=Permission.SEE_TEAM),
    Command(name="digest", handle=team.show_digests, permission=Permission.SEE_TEAM),
    Command(name="afwezig", handle=afwezig.start, permission=Permission.SEE_ZAKEN),
    Command(name="rooster", handle=afwezig.my_roster, permission=Permission.SEE_ZAKEN),
    Command(name="kennis", handle=kennis.show_unanswered, permission=Permission.KEEP_CONTENT),
    Command(name="beheer", handle=beheer.show, permission=Permission.MANAGE),
    Command(name="privacy", handle=welkom.show_privacy, permission=Permission.ASK),
)
"""In the order of the menu."""

PRESSES: Mapping[type[Action], Press] = MappingProxyType(
    {
        actions.ShowCard: Press(handle=vragen.show_card, permission=Permission.ASK),
        actions.ChooseCard: Press(handle=vragen.choose_card, permission=Permission.ASK),
        actions.AskFeedback: Press(handle=vragen.ask_feedback, permission=Permission.ASK),
        actions.GiveFeedback: Press(handle=vragen.give_feedback, permission=Permission.ASK),
        actions.NoneOfThese: Press(handle=vragen.none_of_these, permission=Permission.ASK),
        actions.ComputeNorm: Press(handle=bereken.ask_start, permission=Permission.ASK),
        actions.ComputeFrom: Press(handle=bereken.compute_from, permission=Permission.ASK),
        actions.ChooseKader: Press(handle=zaken.choose_kader, permission=Permission.OPEN_ZAAK),
        actions.ChooseTeam: Press(handle=zaken.choose_team, permission=Permission.OPEN_ZAAK),
        actions.ChooseDay: Press(handle=gesprek.choose_day, permission=Permission.ASK),
        actions.TurnMonth: Press(handle=gesprek.turn_month, permission=Permission.ASK),
        actions.Confirm: Press(handle=gesprek.confirm, permission=Permission.OPEN_ZAAK),
        actions.Cancel: Press(handle=gesprek.cancel, permission=Permission.ASK),
        actions.ShowZaak: Press(handle=zaken.show_zaak, permission=Permission.SEE_ZAKEN),
        actions.ShowTermijn: Press(handle=termijnen.show_termijn, permission=Permission.SEE_ZAKEN),
        actions.WhyThisDate: Press(handle=termijnen.why, permission=Permission.SEE_ZAKEN),
        actions.Done: Press(handle=termijnen.done, permission=Permission.HANDLE_TERMIJN),
        actions.DoneOtherDay: Press(
            handle=termijnen.done_other_day, permission=Permission.HANDLE_TERMIJN
        ),
        actions.UndoDone: Press(handle=termijnen.undo, permission=Permission.HANDLE_TERMIJN),
        actions.FillDay: Press(
            handle=gebeurtenissen.fill_day, permission=Permission.HANDLE_TERMIJN
        ),
        actions.ChooseOwner: Press(handle=overdracht.choose_owner, permission=Permission.ASSIGN),
        actions.Assign: Press(handle=overdracht.assign, permission=Permission.ASSIGN),
        work_actions.MoreOfZaak: Press(handle=zaken.more, permission=Permission.SEE_ZAKEN),
        work_actions.ShowHappenings: Press(
            handle=gebeurtenissen.show_happenings, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.ChooseWrongDay: Press(
            handle=gebeurtenissen.choose_wrong_day, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.CorrectDay: Press(
            handle=gebeurtenissen.correct_day, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.AddNorm: Press(
            handle=gebeurtenissen.add_norm, permission=Permission.OPEN_ZAAK
        ),
        work_actions.AddNorms: Press(
            handle=gebeurtenissen.add_norms, permission=Permission.OPEN_ZAAK
        ),
        work_actions.StartNorm: Press(
            handle=gebeurtenissen.start_norm, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.ChooseReceiver: Press(
            handle=overdracht.choose_receiver, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.Offer: Press(handle=overdracht.offer, permission=Permission.HANDLE_TERMIJN),
        work_actions.AcceptOffer: Press(
            handle=overdracht.accept, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.RefuseOffer: Press(
            handle=overdracht.refuse, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.WithdrawOffer: Press(
            handle=overdracht.withdraw, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.AskClose: Press(
            handle=afsluiten.ask_close, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.CloseZaak: Press(handle=afsluiten.close, permission=Permission.HANDLE_TERMIJN),
        work_actions.ReopenZaak: Press(
            handle=afsluiten.reopen, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.ChooseGezin: Press(
            handle=afsluiten.choose_gezin, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.LinkGezin: Press(handle=afsluiten.link, permission=Permission.HANDLE_TERMIJN),
        work_actions.UnlinkGezin: Press(
            handle=afsluiten.unlink, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.ShowVisit: Press(handle=bezoek.show, permission=Permission.SEE_ZAKEN),
        work_actions.Visited: Press(handle=bezoek.visited, permission=Permission.HANDLE_TERMIJN),
        work_actions.VisitedOtherDay: Press(
            handle=bezoek.other_day, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.MoreOfTermijn: Press(
            handle=uitstel.more, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.ChooseReason: Press(
            handle=uitstel.choose_reason, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.GiveReason: Press(
            handle=uitstel.give_reason, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.Extend: Press(handle=uitstel.extend, permission=Permission.HANDLE_TERMIJN),
        work_actions.ChoosePause: Press(
            handle=uitstel.choose_pause, permission=Permission.HANDLE_TERMIJN
        ),
        work_actions.Pause: Press(handle=uitstel.pause, permission=Permission.HANDLE_TERMIJN),
        work_actions.Resume: Press(handle=uitstel.resume, permission=Permission.HANDLE_TERMIJN),
        work_actions.AwayFor: Press(handle=afwezig.start_for, permission=Permission.SEE_ZAKEN),
        work_actions.ChooseSubstitute: Press(
            handle=afwezig.choose_substitute, permission=Permission.SEE_ZAKEN
        ),
        work_actions.ComeBack: Press(handle=afwezig.come_back, permission=Permission.SEE_ZAKEN),
        work_actions.ShowRoster: Press(handle=afwezig.show_roster, permission=Permission.SEE_ZAKEN),
        work_actions.SetRoster: Press(handle=afwezig.set_roster, permission=Permission.SEE_ZAKEN),
        work_actions.ShowTeam: Press(handle=teamleden.show_team, permission=Permission.SEE_TEAM),
        work_actions.ShowMember: Press(
            handle=teamleden.show_member, permission=Permission.SEE_TEAM
        ),
        work_actions.ChooseHeir: Press(handle=teamleden.choose_heir, permission=Permission.ASSIGN),
        work_actions.GiveAll: Press(handle=teamleden.give_all, permission=Permission.ASSIGN),
        work_actions.AskLeave: Press(handle=teamleden.ask_leave, permission=Permission.ASSIGN),
        work_actions.Leave: Press(handle=teamleden.leave, permission=Permission.ASSIGN),
        work_actions.ShowDuties: Press(handle=teamtaken.show, permission=Permission.SEE_TEAM),
        work_actions.StartDuty: Press(handle=teamtaken.start, permission=Permission.ASSIGN),
        work_actions.StopDuty: Press(handle=teamtaken.stop, permission=Permission.ASSIGN),
        work_actions.ShowRecounts: Press(handle=beheer.show_recounts, permission=Permission.MANAGE),
        work_actions.ApplyRecounts: Press(
            handle=beheer.apply_recounts, permission=Permission.MANAGE
        ),
        actions.ShowDigest: Press(handle=team.show_digest, permission=Permission.SEE_TEAM),
        actions.DeleteMine: Press(handle=welkom.delete_mine, permission=Permission.ASK),
        actions.Start: Press(handle=welkom.start_from_button, permission=Permission.ASK),
    }
)
