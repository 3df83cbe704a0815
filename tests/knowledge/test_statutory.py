"""What the Algemene termijnenwet does with a term, and with a norm."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.loader import load
from knowledge.norm_models import Direction, Force, Norm, Roll, Unit
from knowledge.refusals import ImpossibleDate
from knowledge.statutory import LONGEST, Exempt, exempt
from knowledge.termijnen import DueDate, compute, for_norm, statutory

KNOWLEDGE = load()
CALENDAR = KNOWLEDGE.calendar
LEGAL = KNOWLEDGE.norm_on("hoger-beroep", date(2026, 11, 23))  # 3 maanden, wet, next


def by_law(start: date, amount: int, unit: Unit, **more: object) -> DueDate:
    return statutory(start=start, amount=amount, unit=unit, calendar=CALENDAR, **more)  # type: ignore[arg-type]


def norm(**changes: object) -> Norm:
    return LEGAL.model_copy(update=changes)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # Art. 1 lid 1: Saturday, Ascension Day with the Friday by decree, Good Friday, 5 May.
        (date(2026, 4, 4), 6, Unit.WEKEN, date(2026, 5, 18)),
        (date(2026, 4, 2), 6, Unit.WEKEN, date(2026, 5, 18)),
        (date(2026, 3, 20), 2, Unit.WEKEN, date(2026, 4, 7)),
        (date(2026, 2, 5), 3, Unit.MAANDEN, date(2026, 5, 6)),
        # Art. 2: after Good Friday and Easter Monday one ordinary day is not enough.
        (date(2026, 4, 3), 4, Unit.DAGEN, date(2026, 4, 8)),
        (date(2026, 12, 24), 4, Unit.DAGEN, date(2026, 12, 29)),
        # Below three days art. 2 does not speak.
        (date(2026, 4, 3), 2, Unit.DAGEN, date(2026, 4, 7)),
        # Art. 4: exactly so long is still in the act, one more is not.
        (date(2026, 2, 1), 90, Unit.DAGEN, date(2026, 5, 4)),
        (date(2026, 2, 1), 91, Unit.DAGEN, date(2026, 5, 3)),
        (date(2026, 2, 7), 12, Unit.WEKEN, date(2026, 5, 4)),
        (date(2026, 2, 7), 13, Unit.WEKEN, date(2026, 5, 9)),
        (date(2026, 2, 2), 3, Unit.MAANDEN, date(2026, 5, 4)),
        (date(2026, 1, 2), 4, Unit.MAANDEN, date(2026, 5, 2)),
        (date(2025, 5, 3), 1, Unit.JAREN, date(2026, 5, 3)),
    ],
)
def test_the_end_of_a_term_by_law(start: date, amount: int, unit: Unit, end: date) -> None:
    found = by_law(start, amount, unit)
    assert found.on == end
    assert (found.exempt is Exempt.LANG) is (amount > LONGEST[unit])


def test_what_is_counted_back_or_about_liberty_never_moves() -> None:
    saturday = date(2026, 11, 28)
    back = by_law(date(2026, 12, 5), 1, Unit.WEKEN, direction=Direction.TERUG)
    liberty = by_law(date(2026, 11, 21), 1, Unit.WEKEN, deprives_liberty=True)
    assert (back.on, back.exempt) == (saturday, Exempt.TERUG)
    assert (liberty.on, liberty.exempt) == (saturday, Exempt.VRIJHEIDSBENEMING)
    with pytest.raises(ImpossibleDate):
        by_law(saturday, 0, Unit.DAGEN)


starts = st.dates(date(2015, 1, 1), date(2035, 12, 31))
calendar_units = st.sampled_from([Unit.DAGEN, Unit.WEKEN, Unit.MAANDEN, Unit.JAREN])


@given(start=starts, amount=st.integers(1, 130), unit=st.sampled_from(Unit))
@settings(deadline=None, max_examples=300)
def test_the_act_never_makes_a_term_shorter_and_ends_it_on_a_working_day(
    start: date, amount: int, unit: Unit
) -> None:
    amount = min(amount, 12) if unit in (Unit.MAANDEN, Unit.JAREN) else amount
    plain = compute(start=start, amount=amount, unit=unit, calendar=CALENDAR)
    found = by_law(start, amount, unit)
    if found.exempt:
        assert found.on == plain.on
    else:
        assert found.on >= plain.on
        assert CALENDAR.is_working_day(found.on)


@given(
    start=starts,
    amount=st.integers(1, 130),
    unit=calendar_units,
    direction=st.sampled_from(Direction),
    liberty=st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_a_legal_norm_that_rolls_on_does_what_the_act_does(
    start: date, amount: int, unit: Unit, direction: Direction, liberty: bool
) -> None:
    amount = min(amount, 12) if unit in (Unit.MAANDEN, Unit.JAREN) else amount
    legal = norm(amount=amount, unit=unit, direction=direction, deprives_liberty=liberty)
    found = for_norm(legal, start=start, calendar=CALENDAR).due
    assert found == by_law(
        start, amount, unit, direction=direction, deprives_liberty=liberty
    )  # fmt: skip
    assert found.exempt is exempt(amount, unit, direction, deprives_liberty=liberty)


def test_what_is_no_law_rolls_as_it_says() -> None:
    long = norm(amount=13, unit=Unit.WEKEN, force=Force.ORGANISATIE)
    found = for_norm(long, start=date(2026, 2, 7), calendar=CALENDAR).due
    assert (found.on, found.exempt) == (date(2026, 5, 11), None)
    safe = norm(amount=2, direction=Direction.TERUG, roll=Roll.PREVIOUS)
    back = for_norm(safe, start=date(2027, 1, 28), calendar=CALENDAR).due
    assert (back.on, back.roll, back.exempt) == (date(2026, 11, 27), Roll.PREVIOUS, None)


@pytest.mark.parametrize(
    ("day", "roll", "due"),
    [
        (date(2026, 11, 27), Roll.NEXT, date(2026, 11, 27)),
        (date(2026, 11, 28), Roll.NONE, date(2026, 11, 28)),
        (date(2026, 11, 28), Roll.NEXT, date(2026, 11, 30)),
        (date(2026, 11, 28), Roll.PREVIOUS, date(2026, 11, 27)),
    ],
)
@pytest.mark.parametrize("force", Force)
def test_an_agreed_day_is_the_day_itself_rolled(
    day: date, roll: Roll, due: date, force: Force
) -> None:
    agreed = norm(amount=0, unit=Unit.DAGEN, roll=roll, force=force)
    found = for_norm(agreed, start=day, calendar=CALENDAR).due
    assert (found.on, found.first_day, found.amount) == (due, day, 0)
    assert found.ordinary_days == 0


# --- an organisation's own, stricter norm ---


def stricter(amount: int, unit: Unit) -> Norm:
    return norm(
        id="eigen", version=3, amount=amount, unit=unit, roll=Roll.NONE,
        force=Force.ORGANISATIE, organisation="Voorbeeld 2026",
    )  # fmt: skip


def test_a_stricter_norm_stands_beside_the_legal_date_and_is_warned_on() -> None:
    start = date(2026, 11, 2)
    found = for_norm(LEGAL, start=start, calendar=CALENDAR, stricter=[stricter(4, Unit.WEKEN)])
    assert found.due.on == date(2027, 2, 2)
    (own,) = found.others
    assert (own.due.on, own.organisation) == (date(2026, 11, 30), "Voorbeeld 2026")
    assert (own.norm_id, own.norm_version) == ("eigen", 3)
    assert found.warn_on == date(2026, 11, 30)


def test_an_agreement_that_gives_a_later_day_moves_nothing() -> None:
    start = date(2026, 11, 2)
    found = for_norm(LEGAL, start=start, calendar=CALENDAR, stricter=[stricter(5, Unit.MAANDEN)])
    assert found.others[0].due.on > found.due.on
    assert found.warn_on == found.due.on == date(2027, 2, 2)


@given(start=starts, amount=st.integers(1, 60), unit=st.sampled_from([Unit.DAGEN, Unit.WERKDAGEN]))
@settings(deadline=None, max_examples=100)
def test_an_agreement_never_moves_the_legal_date_and_never_makes_a_warning_later(
    start: date, amount: int, unit: Unit
) -> None:
    alone = for_norm(LEGAL, start=start, calendar=CALENDAR)
    both = for_norm(LEGAL, start=start, calendar=CALENDAR, stricter=[stricter(amount, unit)])
    assert both.due == alone.due
    assert both.warn_on <= alone.warn_on
