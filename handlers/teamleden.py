"""The people of a team, for their lead: load, absence, giving work away, leaving."""

from __future__ import annotations

from handlers.context import Reply, Turn, say
from handlers.render import WEEKDAYS, Button, Message, grid
from handlers.work_actions import (
    AskLeave,
    AwayFor,
    ChooseHeir,
    GiveAll,
    Leave,
    ShowDuties,
    ShowMember,
    ShowRoster,
    ShowTeam,
)
from knowledge.refusals import Refusal
from storage import absence, access, handover, leaving
from storage.access import Permission
from storage.leaving import TeamMember


async def show_teams(turn: Turn) -> Reply:
    """`/team`: the people of a team with their work; with several teams, ask which."""
    services = turn.services
    teams = turn.actor.whole_teams(Permission.SEE_TEAM)
    if not teams:
        raise Refusal("geen-team")
    if len(teams) == 1:
        return await show_team(turn, ShowTeam(team=teams[0]))
    names = await services.db.run_read(access.team_names, team_ids=teams)
    buttons = [Button(label=names[team], action=ShowTeam(team=team)) for team in teams]
    return say(Message(text=services.texts.screen("welk_team"), rows=grid(buttons)))


async def show_team(turn: Turn, action: ShowTeam) -> Reply:
    """Everybody of a team: their open zaken and whether they are away."""
    services, texts = turn.services, turn.services.texts
    members = await services.db.run_read(
        leaving.team_members, actor=turn.actor, team_id=action.team
    )
    away = await services.db.run_read(
        absence.absences,
        actor=turn.actor,
        today=turn.today,
        person_ids=[member.person_id for member in members],
    )
    names = await services.db.run_read(access.team_names, team_ids=[action.team])
    text = texts.screen(
        "team",
        team=names[action.team],
        leden=[
            _member_data(member)
            | {"afwezig": [one for one in away if one.person_id == member.person_id]}
            for member in members
        ],
        vandaag=turn.today,
    )
    buttons = [
        Button(
            label=texts.label("lid", member.first_name),
            action=ShowMember(team=action.team, person=member.person_id),
        )
        for member in members
    ]
    buttons.append(texts.button("teamtaken", action=ShowDuties(team=action.team)))
    return say(Message(text=text, rows=grid(buttons, 2)))


async def show_member(turn: Turn, action: ShowMember) -> Reply:
    """One person of a team, with what their lead can arrange."""
    services, texts = turn.services, turn.services.texts
    member = await _member(turn, action.team, action.person)
    away = await services.db.run_read(
        absence.absences, actor=turn.actor, today=turn.today, person_ids=[member.person_id]
    )
    text = texts.screen("teamlid", **_member_data(member), afwezig=away, vandaag=turn.today)
    who = member.person_id
    buttons = [
        texts.button("lid-afwezig", action=AwayFor(person=who)),
        texts.button("lid-rooster", action=ShowRoster(person=who)),
    ]
    if member.open_zaken:
        buttons.append(
            texts.button("lid-zaken-geven", action=ChooseHeir(team=action.team, person=who))
        )
    if who != turn.actor.person_id:
        buttons.append(texts.button("lid-vertrekt", action=AskLeave(team=action.team, person=who)))
    return say(Message(text=text, rows=grid(buttons)))


async def choose_heir(turn: Turn, action: ChooseHeir) -> Reply:
    """Who could take all zaken of this person, with the work each has now."""
    services, texts = turn.services, turn.services.texts
    member = await _member(turn, action.team, action.person)
    people = await services.db.run_read(handover.colleagues, actor=turn.actor, team_id=action.team)
    buttons = [
        texts.button(
            "collega",
            person.first_name,
            person.open_zaken,
            action=GiveAll(team=action.team, person=action.person, to=person.person_id),
        )
        for person in people
        if person.person_id != action.person
    ]
    text = texts.screen("alles_geven", **_member_data(member), collegas=buttons)
    return say(Message(text=text, rows=grid(buttons)))


async def give_all(turn: Turn, action: GiveAll) -> Reply:
    """Give all their zaken to this colleague."""
    services = turn.services
    moved = await services.db.run_write(
        leaving.give_all,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        person_id=action.person,
        to=action.to,
        team_id=action.team,
    )
    shown = await show_member(turn, ShowMember(team=action.team, person=action.person))
    return Reply(
        edit=shown.send[0],
        toast=services.texts.phrase("meldingen", "alles-gegeven", moved),
    )


async def ask_leave(turn: Turn, action: AskLeave) -> Reply:
    """What it means that this person leaves, to be confirmed; first their work needs an owner."""
    texts = turn.services.texts
    member = await _member(turn, action.team, action.person)
    buttons = []
    if member.open_zaken:
        buttons.append(
            texts.button(
                "lid-zaken-geven", action=ChooseHeir(team=action.team, person=action.person)
            )
        )
    else:
        buttons.append(texts.button("lid-vertrekt-echt", action=Leave(person=action.person)))
    text = texts.screen("teamlid_vertrekt", **_member_data(member))
    return say(Message(text=text, rows=grid(buttons)))


async def leave(turn: Turn, action: Leave) -> Reply:
    """They leave: their access ends."""
    services = turn.services
    name = await services.db.run_write(
        leaving.leave,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        person_id=action.person,
    )
    return Reply(edit=Message(text=services.texts.screen("teamlid_weg", naam=name)))


async def _member(turn: Turn, team_id: int, person_id: int) -> TeamMember:
    members = await turn.services.db.run_read(
        leaving.team_members, actor=turn.actor, team_id=team_id
    )
    for member in members:
        if member.person_id == person_id:
            return member
    raise Refusal("collega-niet-in-team")


def _member_data(member: TeamMember) -> dict[str, object]:
    return {
        "naam": member.first_name,
        "rollen": [role.value for role in member.roles],
        "zaken": member.open_zaken,
        "werkdagen": [name for number, name in enumerate(WEEKDAYS) if member.roster & 1 << number],
    }
