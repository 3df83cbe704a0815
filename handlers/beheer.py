"""For the beheerder: what a changed norm or calendar would do to termijnen that run."""

from __future__ import annotations

from handlers.context import Reply, Services, Turn, say
from handlers.render import Message, Rows
from handlers.work_actions import (
    ApplyRecounts,
    ShowRecounts,
)
from knowledge.refusals import UnknownNorm
from storage import norm_changes
from storage.norm_changes import Recount

PER_PAGE = 12


async def show(turn: Turn) -> Reply:
    """`/beheer`: what can be managed; today which open termijnen the content of now would move."""
    return say(await _message(turn, 0))


async def show_recounts(turn: Turn, action: ShowRecounts) -> Reply:
    """Another page of what would move."""
    return Reply(edit=await _message(turn, action.page))


async def apply_recounts(turn: Turn, action: ApplyRecounts) -> Reply:
    """Move what was shown."""
    services = turn.services
    moved = await services.db.run_write(
        norm_changes.apply,
        now=turn.now,
        actor=turn.actor,
        rules=services.rules,
        fingerprint=action.fingerprint,
    )
    return Reply(edit=Message(text=services.texts.screen("herrekend", aantal=moved)))


async def _message(turn: Turn, page: int) -> Message:
    services, texts = turn.services, turn.services.texts
    found = await services.db.run_read(norm_changes.preview, actor=turn.actor, rules=services.rules)
    shown = found.found[page * PER_PAGE : (page + 1) * PER_PAGE]
    text = texts.screen(
        "beheer",
        aantal=len(found.found),
        eerste=page * PER_PAGE + 1,
        laatste=page * PER_PAGE + len(shown),
        horizon=services.knowledge.calendar.horizon,
        schuift=[_data(services, one) for one in shown],
    )
    rows: Rows = ()
    if len(found.found) > (page + 1) * PER_PAGE:
        rows += ((texts.button("volgende", action=ShowRecounts(page=page + 1)),),)
    if page:
        rows += ((texts.button("vorige", action=ShowRecounts(page=page - 1)),),)
    if found.found:
        apply = ApplyRecounts(fingerprint=found.fingerprint)
        rows += ((texts.button("herreken", len(found.found), action=apply),),)
    return Message(text=text, rows=rows)


def _data(services: Services, one: Recount) -> dict[str, object]:
    try:
        title = services.knowledge.norm_version(one.norm_id, one.new_version).title
    except UnknownNorm:
        title = one.norm_id
    return {
        "titel": title,
        "code": one.zaak_code,
        "oud": one.old_due_on,
        "nieuw": one.new_due_on,
        "oude_vroegste": one.old_warn_on,
        "nieuwe_vroegste": one.new_warn_on,
        "oude_versie": one.old_version,
        "nieuwe_versie": one.new_version,
    }
