"""The last step of a conversation: what was chosen, written out, to be confirmed or stopped."""

from __future__ import annotations

from datetime import date

from handlers.actions import Cancel, Confirm
from handlers.context import Reply, Turn
from handlers.render import Message, Rows, Texts
from storage import drafts
from storage.drafts import Conversation


def confirm_rows(texts: Texts, nonce: str, yes: str) -> Rows:
    """The buttons under what is to be confirmed; `yes` names the label that confirms."""
    return (
        (texts.button(yes, action=Confirm(nonce=nonce)),),
        (texts.button("stoppen", action=Cancel(nonce=nonce)),),
    )


async def to_confirm(
    turn: Turn, drafted: Conversation, day: date, text: str, *, yes: str = "bewaar-dag"
) -> Reply:
    """Keep the chosen day in the conversation, and show `text` to be confirmed.

    Raises:
        DraftGone: the conversation is over.
    """
    await turn.services.db.run_write(
        drafts.fill,
        now=turn.now,
        actor=turn.actor,
        nonce=drafted.nonce,
        answers={"day": day.isoformat()},
    )
    rows = confirm_rows(turn.services.texts, drafted.nonce, yes)
    return Reply(edit=Message(text=text, rows=rows))
