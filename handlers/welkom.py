"""Coming in, help and privacy."""

from __future__ import annotations

from handlers.actions import DeleteMine, Start
from handlers.bereken import compute
from handlers.context import Reply, Services, Turn, say
from handlers.render import Message, Rows
from handlers.vragen import help_data
from handlers.zaken import list_zaken, start_opening
from knowledge import ladder
from knowledge.privacy import PersonalData
from knowledge.refusals import Refusal
from storage import access
from storage.access import Actor, Permission


async def accept(
    services: Services, *, token: str, channel_id: int, first_name: str
) -> tuple[Actor, Message]:
    """Let the bearer of an invitation in.

    Raises:
        InvitationRefused: the token does not work (any more).
    """
    now = services.clock.now()
    first_digest = ladder.next_morning(
        now,
        calendar=services.knowledge.calendar,
        timezone=services.rules.timezone,
        morning=ladder.DIGEST_MORNING,
    )
    actor = await services.db.run_write(
        access.accept_invitation,
        now=now,
        token=token,
        channel_id=channel_id,
        first_name=first_name,
        first_digest_at=first_digest,
    )
    latest = actor.held[-1]
    teams = [latest.team_id] if latest.team_id is not None else []
    names = await services.db.run_read(access.team_names, team_ids=teams)
    text = services.texts.screen(
        "welkom",
        naam=actor.first_name,
        rol=latest.role.value,
        team=names.get(latest.team_id) if latest.team_id is not None else None,
    )
    return actor, Message(text=text)


async def show_help(turn: Turn) -> Reply:
    """`/help`: what this person can do here."""
    texts = turn.services.texts
    rows: Rows = ()
    if turn.actor.may(Permission.OPEN_ZAAK):
        rows = (
            (
                texts.button("zaak-openen", action=Start(what="zaak")),
                texts.button("mijn-zaken", action=Start(what="zaken")),
            ),
        )
    return Reply(
        send=(Message(text=texts.screen("help", **help_data(turn.actor)), rows=rows),), menu=True
    )


async def show_privacy(turn: Turn) -> Reply:
    """`/privacy`: what is kept and what is not."""
    return say(Message(text=turn.services.texts.screen("privacy")))


async def start_from_button(turn: Turn, action: Start) -> Reply:
    """A button that starts what a command starts; with that command's own permission."""
    starts = {
        "zaak": (Permission.OPEN_ZAAK, start_opening),
        "zaken": (Permission.SEE_ZAKEN, list_zaken),
        "bereken": (Permission.ASK, compute),
    }
    if action.what not in starts:
        raise Refusal("knop-verlopen")
    permission, start = starts[action.what]
    if not turn.actor.may(permission):
        raise Refusal("mag-niet")
    return await start(turn)


async def delete_mine(turn: Turn, action: DeleteMine) -> Reply:
    """Delete the sender's own message that held personal data, and the warning's button."""
    texts = turn.services.texts
    return Reply(
        delete=action.message,
        edit=Message(text=texts.phrase("meldingen", "verwijderd")),
    )


def personal_data_message(
    services: Services, kinds: tuple[PersonalData, ...], message_id: int
) -> Message:
    """Say what kind of personal data was seen, and offer to delete the message."""
    texts = services.texts
    named = [texts.phrase("soorten", kind.value) for kind in kinds]
    delete = texts.button("verwijder-mijn-bericht", action=DeleteMine(message=message_id))
    return Message(text=texts.screen("persoonsgegevens", soorten=named), rows=((delete,),))
