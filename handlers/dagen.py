"""Choosing a day: the keyboard, and what a chosen day does in the conversation that runs."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.actions import Cancel, ChooseDay, TurnDays
from handlers.render import Button, Message, Texts, grid

DAYS_SHOWN = 12
COLUMNS = 3


def day_message(
    texts: Texts,
    *,
    nonce: str,
    today: date,
    question: str,
    title: str | None = None,
    step: str | None = None,
    until: date | None = None,
    ahead: bool = False,
) -> Message:
    """Ask for a day up to today: today and yesterday first, then the days before.

    `until` is the last day of the block that is shown; None means the first screen. A day that may
    be `ahead` (an end date in a court order) lies too far off for buttons: it is typed.
    """
    stop = texts.button("stoppen", action=Cancel(nonce=nonce))
    if ahead:
        text = texts.screen("dag_kiezen", stap=step, titel=title, vraag=question, typen=True)
        return Message(text=text, rows=((stop,),))
    last = until or today - timedelta(days=2)
    near = [
        Button(label=texts.label(name, day), action=ChooseDay(nonce=nonce, day=day))
        for name, day in (("vandaag", today), ("gisteren", today - timedelta(days=1)))
    ]
    days = [last - timedelta(days=back) for back in range(DAYS_SHOWN)]
    block = [
        Button(label=texts.label("dag", day), action=ChooseDay(nonce=nonce, day=day))
        for day in days
    ]
    turn = [
        texts.button(
            "eerder", action=TurnDays(nonce=nonce, until=last - timedelta(days=DAYS_SHOWN))
        )
    ]
    if until is not None and until < today - timedelta(days=2):
        later = min(today - timedelta(days=2), until + timedelta(days=DAYS_SHOWN))
        turn.append(texts.button("later", action=TurnDays(nonce=nonce, until=later)))
    return Message(
        text=texts.screen("dag_kiezen", stap=step, titel=title, vraag=question, typen=False),
        rows=(*grid(near), *grid(block, COLUMNS), tuple(turn), (stop,)),
    )
