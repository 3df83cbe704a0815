"""The team lead's digest: what goes wrong this week, with the buttons to prevent it."""

from __future__ import annotations

from datetime import datetime

from handlers.actions import ChooseOwner, ShowDigest, ShowTermijn
from handlers.context import Reply, Services, Turn, say
from handlers.render import Button, Message, grid
from handlers.termijnen import should_have_come
from knowledge.refusals import Refusal
from storage import access, figures
from storage.access import Permission
from storage.figures import DigestItem, TeamDigest

MAX_LISTED = 8
MAX_BUTTONS = 6


async def show_digests(turn: Turn) -> Reply:
    """`/digest`: the digest of a team as it is now; with several teams, ask which."""
    services = turn.services
    teams = turn.actor.whole_teams(Permission.SEE_TEAM)
    if not teams:
        raise Refusal("geen-team")
    if len(teams) == 1:
        return say(await _digest(turn, teams[0]))
    names = await services.db.run_read(access.team_names, team_ids=teams)
    buttons = [Button(label=names[team], action=ShowDigest(team=team)) for team in teams]
    return say(Message(text=services.texts.screen("welk_team"), rows=grid(buttons)))


async def show_digest(turn: Turn, action: ShowDigest) -> Reply:
    """The digest of one team as it is now."""
    turn.actor.require(Permission.SEE_TEAM, team_id=action.team)
    return say(await _digest(turn, action.team))


def digest_message(
    services: Services,
    digest: TeamDigest,
    *,
    wanted_at: datetime | None = None,
    sent_at: datetime | None = None,
    repeat: bool = False,
) -> Message:
    """A digest as a message: attention first, what went well in one line."""
    texts, knowledge = services.texts, services.knowledge

    def item(found: DigestItem) -> dict[str, object]:
        versions = knowledge.norms.get(found.norm_id)
        return {
            "titel": versions[0].title if versions else found.norm_id,
            "code": found.zaak_code,
            "due_on": found.due_on,
            "eigenaar": found.owner,
        }

    text = texts.screen(
        "digest",
        team=digest.team,
        vandaag=digest.today,
        rustig=digest.quiet,
        te_laat=[item(found) for found in digest.late],
        komend=[item(found) for found in digest.coming],
        zonder=[
            {
                "code": found.code,
                "kader": knowledge.kaders[found.kader].title,
                "days_open": (digest.today - services.rules.today(found.opened_at)).days,
            }
            for found in digest.unowned
        ],
        hoogste=MAX_LISTED,
        open_zaken=digest.open_zaken,
        afgehandeld=digest.handled,
        op_tijd=digest.on_time,
        had_moeten=should_have_come(services, wanted_at, sent_at),
        herhaling=repeat,
    )
    pressing = [
        texts.button(
            "toewijzen-zaak", found.code, action=ChooseOwner(zaak=found.zaak_id)
        )
        for found in digest.unowned
    ] + [
        texts.button(
            "termijn", f"{found.zaak_code} · {item(found)['titel']}", found.due_on,
            action=ShowTermijn(termijn=found.termijn_id),
        )
        for found in (*digest.late, *digest.coming)
    ]  # fmt: skip
    return Message(text=text, rows=grid(pressing[:MAX_BUTTONS]))


async def _digest(turn: Turn, team_id: int) -> Message:
    digest = await turn.services.db.run_read(figures.team_digest, team_id=team_id, today=turn.today)
    return digest_message(turn.services, digest)
