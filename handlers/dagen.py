"""Choosing a day: today, yesterday, a month of days to tap, or typed."""

from __future__ import annotations

from calendar import Calendar as MonthGrid
from datetime import date, timedelta

from handlers.actions import Cancel, ChooseDay, TurnMonth
from handlers.render import Button, Message, Texts

MONDAY_FIRST = MonthGrid(firstweekday=0)
FIRST_MONTHS_BACK, LAST_MONTHS_AHEAD = 36, 36
"""How far the keyboard turns; a day farther off is typed."""


def day_message(
    texts: Texts,
    *,
    nonce: str,
    today: date,
    question: str,
    title: str | None = None,
    step: str | None = None,
    month: date | None = None,
    ahead: bool = False,
) -> Message:
    """Ask for a day: today and yesterday first, then the days of a month.

    `month` is any day of the month to show; None is this month. Days to come can be tapped only
    where the day may lie `ahead`.
    """
    shown = (month or today).replace(day=1)
    near = [("vandaag", today)]
    if not ahead:
        near.append(("gisteren", today - timedelta(days=1)))
    rows = [
        tuple(
            Button(label=texts.label(name, day), action=ChooseDay(nonce=nonce, day=day))
            for name, day in near
        ),
        _turning(texts, nonce, shown, today, ahead=ahead),
    ]
    stay = TurnMonth(nonce=nonce, month=shown)
    rows.append(
        tuple(Button(label=texts.label("weekdag", number), action=stay) for number in range(7))
    )

    def can_be(day: date) -> bool:
        return day.month == shown.month and (ahead or day <= today)

    rows += [
        tuple(
            Button(label=str(day.day), action=ChooseDay(nonce=nonce, day=day))
            if can_be(day)
            else Button(label=texts.label("geen-dag"), action=stay)
            for day in week
        )
        for week in MONDAY_FIRST.monthdatescalendar(shown.year, shown.month)
        if any(can_be(day) for day in week)
    ]
    rows.append((texts.button("stoppen", action=Cancel(nonce=nonce)),))
    text = texts.screen("dag_kiezen", stap=step, titel=title, vraag=question, vooruit=ahead)
    return Message(text=text, rows=tuple(rows))


def _turning(
    texts: Texts, nonce: str, shown: date, today: date, *, ahead: bool
) -> tuple[Button, ...]:
    """The month before, the month that is shown, the month after; as far as it makes sense."""
    this = today.replace(day=1)
    before, after = _months(shown, -1), _months(shown, 1)
    earliest = _months(this, -FIRST_MONTHS_BACK)
    latest = _months(this, LAST_MONTHS_AHEAD) if ahead else this
    row = [Button(label=texts.label("maand", shown), action=TurnMonth(nonce=nonce, month=shown))]
    if before >= earliest:
        row.insert(0, texts.button("eerder", before, action=TurnMonth(nonce=nonce, month=before)))
    if after <= latest:
        row.append(texts.button("later", after, action=TurnMonth(nonce=nonce, month=after)))
    return tuple(row)


def _months(first: date, count: int) -> date:
    year, month0 = divmod(first.year * 12 + first.month - 1 + count, 12)
    return date(year, month0 + 1, 1)
