"""What is done with termijnen: chains, ordered ends, extensions, suspensions, corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

from knowledge.loader import EXAMPLE, load
from knowledge.models import ReasonKind
from knowledge.norm_models import Unit
from knowledge.pauses import paused_norm
from knowledge.refusals import Refusal
from knowledge.termijnen import Pause, for_norm
from storage import termijnen, zaak_days, zaken
from storage.access import Actor
from storage.db import Database
from storage.refusals import Conflict, NotFound
from storage.rules import Rules
from storage.zaak_views import TermijnView, ZaakView
from tests.storage.office import MONDAY, NINE, Office, at, by_norm, changes, running, the, together

TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 11, day) for day in (24, 25, 27))
TUESDAY_NINE = NINE + timedelta(days=1)
DUE = date(2026, 11, 30)  # the first contact of an OTS of Monday


def refused(office: Office, operation: Callable[[], object], kind: type[Refusal]) -> Refusal:
    """What this is refused with; and nothing may be left behind."""
    before = office.counts()
    with pytest.raises(kind) as caught:
        operation()
    assert office.counts() == before
    return caught.value


def morning(office: Office, day: date, clock: str = "08:30") -> datetime:
    return at(day, clock, office.rules)


# Chains


def test_a_plan_that_is_fixed_starts_the_yearly_look_at_it(office: Office) -> None:
    zaak = office.happens(office.open(), "geen-familiegroepsplan", MONDAY)
    plan = the(zaak, "plan-van-aanpak-wettelijk")
    assert plan.due_on == date(2027, 1, 4)
    office.done(plan, on=TUESDAY, now=TUESDAY_NINE)
    after = office.shown(zaak)
    look = the(after, "plan-bijstellen")
    assert (look.start_on, look.due_on) == (TUESDAY, date(2027, 11, 24))
    assert after.days["plan-vastgesteld"] == TUESDAY
    assert (office.sanne.person_id, "termijn_started") in office.actions(f"termijn:{look.id}")


@pytest.mark.parametrize(
    ("kader", "event", "norm", "due"),
    [
        ("ots", "plan-vastgesteld", "plan-bijstellen", date(2027, 11, 24)),
        ("jeugdreclassering", "start-of-vorig-verslag", "jr-verslag", date(2027, 5, 24)),
    ],
)
def test_what_recurs_starts_exactly_one_next_round(
    office: Office, kader: str, event: str, norm: str, due: date
) -> None:
    zaak = office.happens(office.open(kader=kader), event, date(2026, 11, 2))
    first = the(zaak, norm)
    for _ in range(2):  # pressed twice
        office.done(first, on=TUESDAY, now=TUESDAY_NINE)
    after = office.shown(zaak)
    following = the(after, norm)
    assert (following.start_on, following.due_on) == (TUESDAY, due)
    assert len([one for one in after.termijnen if one.norm_id == norm]) == 2
    assert after.days[event] == TUESDAY
    # And the next one after that.
    later = TUESDAY_NINE + timedelta(days=30)
    office.done(following, on=later.date(), now=later)
    assert the(office.shown(zaak), norm).start_on == later.date()
    assert len([one for one in office.shown(zaak).termijnen if one.norm_id == norm]) == 3


def test_of_two_who_are_done_at_once_one_next_round_starts(office: Office) -> None:
    zaak = office.happens(office.open(), "plan-vastgesteld", date(2026, 11, 2))
    first = the(zaak, "plan-bijstellen")
    results = together(
        partial(office.done, first, on=MONDAY, now=NINE),
        partial(office.done, first, on=MONDAY, now=NINE, actor=office.thea),
    )
    assert [type(one).__name__ for one in results] == ["TermijnView", "TermijnView"]
    assert the(office.shown(zaak), "plan-bijstellen").start_on == MONDAY


def test_what_recurs_starts_anew_also_when_it_was_done_on_its_first_day(office: Office) -> None:
    zaak = office.happens(office.open(), "plan-vastgesteld", MONDAY)
    attempt = partial(office.done, the(zaak, "plan-bijstellen"), on=MONDAY, now=NINE)
    assert refused(office, attempt, Conflict).text_id == "gedaan-voor-start"
    assert running(office.shown(zaak), "plan-bijstellen")


def test_undone_the_next_round_is_gone_and_its_day_too(office: Office) -> None:
    zaak = office.happens(office.open(), "geen-familiegroepsplan", MONDAY)
    plan = the(zaak, "plan-van-aanpak-wettelijk")
    office.done(plan, on=TUESDAY, now=TUESDAY_NINE)
    office.undo(plan, now=TUESDAY_NINE)
    after = office.shown(zaak)
    assert by_norm(after, "plan-bijstellen").ended_why == "undone"
    assert running(after, "plan-bijstellen") == []
    assert "plan-vastgesteld" not in after.days
    assert the(after, "plan-van-aanpak-wettelijk").id == plan.id


def test_undone_what_it_replaced_is_back(office: Office) -> None:
    zaak = office.happens(office.open(), "plan-vastgesteld", date(2026, 11, 2))
    earlier = the(zaak, "plan-bijstellen")
    plan = the(office.happens(zaak, "geen-familiegroepsplan", MONDAY), "plan-van-aanpak-wettelijk")
    office.done(plan, on=TUESDAY, now=TUESDAY_NINE)
    replaced = office.shown(zaak)
    assert the(replaced, "plan-bijstellen").start_on == TUESDAY
    assert [one.ended_why for one in replaced.termijnen if one.id == earlier.id] == ["replaced"]
    office.undo(plan, now=TUESDAY_NINE)
    after = office.shown(zaak)
    assert the(after, "plan-bijstellen") == earlier
    assert after.days["plan-vastgesteld"] == date(2026, 11, 2)
    assert office.next_look(earlier) is not None


def test_undone_and_done_again_gives_the_next_round_again(office: Office) -> None:
    zaak = office.happens(office.open(), "geen-familiegroepsplan", MONDAY)
    plan = the(zaak, "plan-van-aanpak-wettelijk")
    for _ in range(2):
        office.done(plan, on=TUESDAY, now=TUESDAY_NINE)
        look = the(office.shown(zaak), "plan-bijstellen")
        assert look.due_on == date(2027, 11, 24)
        assert office.next_look(look) is not None
        office.undo(plan, now=TUESDAY_NINE)
    office.done(plan, on=MONDAY, now=TUESDAY_NINE)  # another day this time
    assert the(office.shown(zaak), "plan-bijstellen").due_on == date(2027, 11, 23)


def test_undone_and_done_again_its_next_round_still_warns(office: Office) -> None:
    zaak = office.open(office.thea)
    office.assign(zaak, office.sanne)
    zaak = office.happens(zaak, "geen-familiegroepsplan", date(2025, 12, 1))
    plan = the(zaak, "plan-van-aanpak-wettelijk")
    office.done(plan, on=date(2025, 12, 8), now=TUESDAY_NINE)
    look = the(office.shown(zaak), "plan-bijstellen")
    assert look.due_on == date(2026, 12, 8)  # so somebody is warned ten working days before
    office.plan(TUESDAY_NINE)
    assert {row["state"] for row in office.notices(look)} == {"planned"}
    office.undo(plan, now=TUESDAY_NINE)
    office.done(plan, on=date(2025, 12, 8), now=TUESDAY_NINE)
    office.plan(TUESDAY_NINE)
    names = office.names()
    waiting = [row for row in office.notices(look) if row["state"] == "planned"]
    assert sorted((names[row["person_id"]], row["tone"]) for row in waiting) == [
        ("Sanne", "bijna"),
        ("Thea", "bijna"),
    ]


def test_undo_is_refused_once_the_next_round_was_used(office: Office) -> None:
    zaak = office.happens(office.open(), "geen-familiegroepsplan", date(2026, 11, 16))
    plan = the(zaak, "plan-van-aanpak-wettelijk")
    office.done(plan, on=MONDAY, now=NINE)
    office.done(the(office.shown(zaak), "plan-bijstellen"), on=TUESDAY, now=TUESDAY_NINE)
    attempt = partial(office.undo, plan, now=TUESDAY_NINE)
    assert refused(office, attempt, Conflict).text_id == "opvolger-al-gebruikt"


# An end in a court order


def ordered(office: Office) -> ZaakView:
    """An OTS from 20 November 2026, which by the order ends on 20 August 2027."""
    zaak = office.happens(office.open(), "ingang-maatregel", date(2026, 11, 20))
    assert the(zaak, "ots-einde").due_on == date(2027, 11, 20)
    return office.happens(zaak, "einde-maatregel", date(2027, 8, 20))


def test_an_ordered_end_replaces_the_computed_one_and_the_old_date_stays(office: Office) -> None:
    zaak = ordered(office)
    end = the(zaak, "ots-einde")
    assert (end.due_on, end.warn_on) == (date(2027, 8, 20), date(2027, 8, 20))
    assert changes(end) == [("ordered", date(2027, 11, 20), date(2027, 8, 20))]
    assert end.changes[0].by == "Sanne"
    assert end.explanation.due.on == date(2027, 11, 20)
    assert office.actions(f"termijn:{end.id}")[-1] == (office.sanne.person_id, "termijn_ordered")
    assert the(zaak, "ots-verlenging-aanvragen").due_on == date(2027, 6, 25)
    assert the(zaak, "ots-niet-verlengen-raad").due_on == date(2027, 6, 18)


def test_an_ordered_end_that_was_known_first_holds_as_well(office: Office) -> None:
    zaak = office.happens(office.open(), "einde-maatregel", date(2027, 8, 20))
    end = the(office.happens(zaak, "ingang-maatregel", date(2026, 11, 20)), "ots-einde")
    assert end.due_on == date(2027, 8, 20)
    assert changes(end) == [("ordered", date(2027, 11, 20), date(2027, 8, 20))]


def test_an_ordered_end_that_is_the_computed_one_moves_nothing(office: Office) -> None:
    zaak = office.happens(office.open(), "ingang-maatregel", date(2026, 11, 20))
    after = office.happens(zaak, "einde-maatregel", date(2027, 11, 20))
    assert changes(the(after, "ots-einde")) == []


def test_a_later_end_is_an_extension_and_what_counts_back_gets_a_new_round(office: Office) -> None:
    zaak = ordered(office)
    asked = the(zaak, "ots-verlenging-aanvragen")
    office.done(asked, on=MONDAY, now=NINE)
    after = office.happens(zaak, "einde-maatregel", date(2028, 8, 18))
    end = the(after, "ots-einde")
    assert end.due_on == date(2028, 8, 18)
    assert changes(end) == [
        ("ordered", date(2027, 11, 20), date(2027, 8, 20)),
        ("extended", date(2027, 8, 20), date(2028, 8, 18)),
    ]
    assert after.days["einde-maatregel"] == date(2028, 8, 18)
    told = {
        (one.norm_id, one.start_on, one.done_on is not None, one.ended_why)
        for one in after.termijnen
        if one.norm_id in ("ots-verlenging-aanvragen", "ots-niet-verlengen-raad")
    }
    assert told == {
        ("ots-verlenging-aanvragen", date(2027, 8, 20), True, None),
        ("ots-verlenging-aanvragen", date(2028, 8, 18), False, None),
        ("ots-niet-verlengen-raad", date(2027, 8, 20), False, "replaced"),
        ("ots-niet-verlengen-raad", date(2028, 8, 18), False, None),
    }
    assert the(after, "ots-verlenging-aanvragen").due_on == date(2028, 6, 23)


@pytest.mark.parametrize("day", [date(2027, 8, 19), date(2027, 8, 20)])
def test_an_end_that_is_no_later_is_no_extension(office: Office, day: date) -> None:
    zaak = ordered(office)
    refusal = refused(office, partial(office.happens, zaak, "einde-maatregel", day), Conflict)
    assert (refusal.text_id, refusal.parameters) == ("einde-niet-later", {"dag": date(2027, 8, 20)})


def test_an_end_before_the_start_is_a_slip(office: Office) -> None:
    zaak = office.happens(office.open(), "ingang-maatregel", date(2026, 11, 20))
    early = date(2026, 11, 19)
    refusal = refused(office, partial(office.happens, zaak, "einde-maatregel", early), Conflict)
    assert (refusal.text_id, refusal.parameters["start"]) == (
        "gedaan-voor-start",
        early.replace(day=20),
    )
    office.happens(zaak, "einde-maatregel", date(2027, 8, 20))
    for attempt in (corrections, correct):
        refusal = refused(
            office, partial(attempt, office, zaak, "einde-maatregel", early), Conflict
        )
        assert refusal.text_id == "gedaan-voor-start"


def test_a_start_after_the_ordered_end_is_a_slip_too(office: Office) -> None:
    zaak = office.happens(office.open(), "ingang-maatregel", date(2026, 10, 1))
    end = date(2026, 11, 2)
    zaak = office.happens(zaak, "einde-maatregel", end)
    for attempt in (corrections, correct):
        refusal = refused(
            office, partial(attempt, office, zaak, "ingang-maatregel", date(2026, 11, 3)), Conflict
        )
        assert (refusal.text_id, refusal.parameters) == ("stilstand-na-einde", {"dag": end})
    assert the(correct(office, zaak, "ingang-maatregel", end), "ots-einde").due_on == end


# Kader and birthday


def test_once_the_vto_is_in_the_term_of_drang_without_it_ends(office: Office) -> None:
    zaak = office.open(kader="drang-zonder-vto")
    total = the(zaak, "drang-totaal")
    after = office.happens(zaak, "vto-ingediend", MONDAY)
    assert after.kader == "drang-met-vto"
    gone = by_norm(after, "drang-zonder-vto")
    assert gone.ended_why == "kader"
    assert office.next_look(gone) is None
    assert the(after, "drang-totaal") == total
    assert (office.sanne.person_id, "zaak_kader_changed") in office.actions(f"zaak:{zaak.id}")
    # A second one, and the same one twice, change nothing of that.
    for day in (MONDAY, TUESDAY, TUESDAY):
        again = office.happens(after, "vto-ingediend", day, now=TUESDAY_NINE)
        assert again.kader == "drang-met-vto"
        assert the(again, "drang-totaal") == total


def test_of_a_birthday_only_the_month_is_kept(office: Office) -> None:
    zaak = office.happens(office.open(), "achttien", date(2027, 5, 17))
    assert zaak.days["achttien"] == date(2027, 5, 1)
    assert the(zaak, "achttien-jaar").due_on == date(2027, 4, 30)
    before = office.counts()
    again = office.happens(zaak, "achttien", date(2027, 5, 9))
    assert office.counts() == before
    assert again == zaak
    kept = str([office.sql(f"SELECT * FROM {table}") for table in ("zaak_day", "termijn")])  # noqa: S608
    kept += str(office.sql("SELECT details FROM journal"))
    for trace in ("2027-05-17", "2027-05-09", "2027, 5, 17", "2027, 5, 9"):
        assert trace not in kept


def test_also_of_a_birthday_that_is_corrected_only_the_month_is_kept(office: Office) -> None:
    zaak = office.happens(office.open(), "achttien", date(2027, 5, 17))
    values: dict[str, Any] = {"zaak_id": zaak.id, "event": "achttien", "day": date(2027, 7, 12)}
    (move,) = office.do(zaak_days.correction, **values)
    assert move.new_due_on == date(2027, 6, 30)
    after = office.do(zaak_days.correct_day, **values)
    assert after.days["achttien"] == date(2027, 7, 1)
    assert the(after, "achttien-jaar").due_on == date(2027, 6, 30)
    assert "2027-07-12" not in str(office.sql("SELECT details FROM journal"))
    again = partial(office.do, zaak_days.correct_day, **{**values, "day": date(2027, 7, 20)})
    assert refused(office, again, Conflict).text_id == "dag-is-al-zo"


# Extension


def extend(
    office: Office,
    termijn: TermijnView,
    to: date,
    actor: Actor | None = None,
    now: datetime = NINE,
) -> TermijnView:
    return office.do(termijnen.extend, actor, now=now, termijn_id=termijn.id, to=to)


def test_a_jeugdbeschermer_extends_what_the_organisation_set(office: Office) -> None:
    course = by_norm(office.open(), "gedragen-koers")
    after = extend(office, course, date(2027, 1, 18))
    assert (after.due_on, after.warn_on) == (date(2027, 1, 18), date(2027, 1, 18))
    assert changes(after) == [("extended", date(2027, 1, 4), date(2027, 1, 18))]
    before = office.counts()
    assert extend(office, course, date(2027, 1, 18)) == after  # pressed twice
    assert office.counts() == before
    again = extend(office, course, date(2027, 2, 1))
    assert changes(again)[1:] == [("extended", date(2027, 1, 18), date(2027, 2, 1))]


@pytest.mark.parametrize("who", ["thea", "gerda"])
def test_a_term_of_the_law_is_extended_by_who_leads_the_team(office: Office, who: str) -> None:
    contact = by_norm(office.open(), "eerste-contact")
    attempt = partial(extend, office, contact, date(2026, 12, 7))
    assert refused(office, attempt, Conflict).text_id == "verlengen-wettelijk"
    after = extend(office, contact, date(2026, 12, 7), getattr(office, who))
    assert changes(after) == [("extended", DUE, date(2026, 12, 7))]


@pytest.mark.parametrize(
    ("to", "why"),
    [(date(2027, 1, 3), "verlengen-niet-later"), (date(2030, 1, 1), "verlengen-te-ver")],
)
def test_an_extension_is_later_and_not_too_far(office: Office, to: date, why: str) -> None:
    course = by_norm(office.open(), "gedragen-koers")
    assert refused(office, partial(extend, office, course, to), Conflict).text_id == why


def test_what_is_done_or_ended_is_not_extended(office: Office) -> None:
    zaak = office.open()
    course = by_norm(zaak, "gedragen-koers")
    office.done(course, on=MONDAY, now=NINE)
    attempt = partial(extend, office, course, date(2027, 1, 18))
    assert refused(office, attempt, Conflict).text_id == "termijn-al-klaar"
    drang = office.open(kader="drang-zonder-vto")
    gone = by_norm(office.happens(drang, "vto-ingediend", MONDAY), "drang-zonder-vto")
    attempt = partial(extend, office, gone, date(2027, 5, 1))
    assert refused(office, attempt, Conflict).text_id == "termijn-vervallen"


def test_after_an_extension_the_ladder_begins_anew(office: Office) -> None:
    contact = office.keep_only(office.open(), "eerste-contact")
    assert office.told(morning(office, date(2026, 11, 26))) == [("Sanne", "bijna")]
    assert office.told(morning(office, FRIDAY)) == [("Sanne", "bijna"), ("Thea", "bijna")]
    extend(office, contact, date(2026, 12, 14), office.thea, morning(office, FRIDAY, "09:00"))
    heard = []
    while (now := office.next_look(contact)) is not None:
        heard.append((now.date(), office.told(now)))
    days = [date(2026, 12, day) for day in (9, 10, 11, 14, 15, 17)]
    assert heard == list(
        zip(
            days,
            [
                [],
                [("Sanne", "bijna")],
                [("Sanne", "bijna"), ("Thea", "bijna")],
                [("Sanne", "vandaag"), ("Thea", "vandaag")],
                [("Sanne", "te-laat"), ("Thea", "te-laat")],
                [("Gerda", "te-laat")],
            ],
            strict=True,
        )
    )


def test_what_waited_for_the_old_date_is_not_told_any_more(office: Office) -> None:
    contact = office.keep_only(office.open(), "eerste-contact")
    office.plan(morning(office, FRIDAY))
    assert len(office.notices(contact)) == 2
    extend(office, contact, date(2026, 12, 14), office.thea, morning(office, FRIDAY, "08:31"))
    assert office.told(morning(office, FRIDAY, "08:32")) == []
    for day in (DUE, date(2026, 12, 1)):
        assert office.told(morning(office, day, "10:00")) == []


def test_a_message_that_shows_the_old_date_is_mended(office: Office) -> None:
    contact = office.keep_only(office.open(), "eerste-contact")
    office.told(morning(office, FRIDAY))
    extend(office, contact, date(2026, 12, 14), office.thea, morning(office, FRIDAY, "09:00"))
    stale = office.sql("SELECT count(*) FROM sent_message WHERE stale_at IS NOT NULL")
    assert stale[0][0] == 2


# Suspension


@pytest.fixture(scope="session")
def brug(rules: Rules) -> Rules:
    """The content with that of the made-up organisation over it."""
    return Rules(knowledge=load((EXAMPLE,)), timezone=rules.timezone)


@pytest.fixture
def bridge(database: Database, brug: Rules) -> Office:
    return Office(database, brug)


def suspendable(office: Office) -> TermijnView:
    """A term that may stand still, of four weeks from Monday: due on 21 December."""
    zaak = office.happens(office.open(kader="drang-zonder-vto"), "vto-ingediend", MONDAY)
    found = the(zaak, "brug-intern-besluit")
    assert found.due_on == date(2026, 12, 21)
    for other in zaak.termijnen:
        if other.id != found.id and other.is_open:
            office.done(other, on=MONDAY, now=NINE)
    return found


def pause(
    office: Office, termijn: TermijnView, first: date, reason: str = "gezin-buitenland",
    actor: Actor | None = None, now: datetime | None = None,
) -> TermijnView:  # fmt: skip
    return office.do(
        termijnen.pause,
        actor,
        now=now or morning(office, first),
        termijn_id=termijn.id,
        first=first,
        reason=reason,
    )


def resume(
    office: Office, termijn: TermijnView, on: date, now: datetime | None = None
) -> TermijnView:
    return office.do(termijnen.resume, now=now or morning(office, on), termijn_id=termijn.id, on=on)


def expected(office: Office, *pauses: tuple[date, date]) -> date:
    """What `knowledge.pauses` makes of it."""
    knowledge = office.rules.knowledge
    norm = knowledge.norm_on("brug-intern-besluit", MONDAY)
    computed = for_norm(norm, start=MONDAY, calendar=knowledge.calendar)
    stood_still = [Pause(first=first, last=last) for first, last in pauses]
    return paused_norm(computed, stood_still, knowledge.calendar).due.on


def test_a_term_that_stood_still_ends_as_many_days_later(bridge: Office) -> None:
    termijn = suspendable(bridge)
    still = pause(bridge, termijn, date(2026, 11, 26))
    assert (still.paused_on, still.due_on) == (date(2026, 11, 26), date(2026, 12, 21))
    assert bridge.next_look(termijn) is None
    runs = resume(bridge, termijn, date(2026, 12, 7))
    stood_still = (date(2026, 11, 26), date(2026, 12, 6))
    assert runs.due_on == expected(bridge, stood_still) == date(2027, 1, 1)
    assert runs.paused_on is None
    assert changes(runs) == [
        ("paused", date(2026, 12, 21), date(2026, 12, 21)),
        ("resumed", date(2026, 12, 21), date(2027, 1, 1)),
    ]
    assert [(one.reason, one.from_day, one.until_day) for one in runs.changes] == [
        ("gezin-buitenland", date(2026, 11, 26), None),
        (None, *stood_still),
    ]
    assert runs.explanation.due.on == date(2027, 1, 1)
    assert [(one.first, one.last) for one in runs.explanation.due.pauses] == [stood_still]
    told = [action for _, action in bridge.actions(f"termijn:{termijn.id}")]
    assert told == ["termijn_started", "termijn_paused", "termijn_resumed"]


def test_a_second_suspension_adds_to_the_first(bridge: Office) -> None:
    termijn = suspendable(bridge)
    pause(bridge, termijn, date(2026, 11, 26))
    resume(bridge, termijn, date(2026, 11, 30))
    pause(bridge, termijn, date(2026, 12, 3), "opname-of-detentie")
    runs = resume(bridge, termijn, date(2026, 12, 5))
    first = (date(2026, 11, 26), date(2026, 11, 29))
    second = (date(2026, 12, 3), date(2026, 12, 4))
    assert runs.due_on == expected(bridge, first, second) == date(2026, 12, 27)
    assert len(runs.explanation.due.pauses) == 2


def test_nothing_is_told_of_what_stands_still(bridge: Office) -> None:
    termijn = suspendable(bridge)
    pause(bridge, termijn, date(2026, 11, 26))
    for day in (7, 14, 18, 21, 22, 28):
        assert bridge.told(morning(bridge, date(2026, 12, day), "10:00")) == []
    assert bridge.notices(termijn) == []
    resume(bridge, termijn, date(2026, 12, 29))
    heard = []
    while (now := bridge.next_look(termijn)) is not None:
        heard.append((now.date(), bridge.told(now)))
    told = {day: [tone for _, tone in said] for day, said in heard}
    assert bridge.database.read(
        termijnen.termijn, actor=bridge.sanne, termijn_id=termijn.id
    ).due_on == date(2027, 1, 23)
    assert told[date(2027, 1, 22)] == ["vandaag", "vandaag"]  # the Friday before that Saturday


def test_what_waited_when_it_was_suspended_is_not_told(bridge: Office) -> None:
    termijn = suspendable(bridge)
    day = date(2026, 12, 7)  # ten working days before the end
    bridge.plan(morning(bridge, day))
    assert [row["state"] for row in bridge.notices(termijn)] == ["planned"]
    pause(bridge, termijn, day, now=morning(bridge, day, "08:31"))
    assert bridge.told(morning(bridge, day, "08:32")) == []


def test_a_date_set_by_hand_moves_by_the_days_it_stood_still(bridge: Office) -> None:
    termijn = suspendable(bridge)
    extend(bridge, termijn, date(2026, 12, 24))
    pause(bridge, termijn, date(2026, 11, 26))
    runs = resume(bridge, termijn, date(2026, 11, 30))
    assert (runs.due_on, runs.warn_on) == (date(2026, 12, 28), date(2026, 12, 28))


def test_a_suspension_that_takes_no_day_of_the_term_silences_nothing(
    database: Database, brug: Rules
) -> None:
    norm = brug.knowledge.norms["brug-intern-besluit"][0]
    in_working_days = norm.model_copy(update={"unit": Unit.WERKDAGEN, "amount": 20})
    norms = MappingProxyType({**brug.knowledge.norms, norm.id: (in_working_days,)})
    office = Office(database, replace(brug, knowledge=replace(brug.knowledge, norms=norms)))
    termijn = suspendable(office)
    saturday, monday = date(2026, 11, 28), date(2026, 11, 30)
    pause(office, termijn, saturday)
    runs = resume(office, termijn, monday)
    assert runs.due_on == termijn.due_on
    assert office.next_look(termijn) == morning(office, date(2026, 12, 7))
    assert office.told(morning(office, date(2026, 12, 7))) == [("Sanne", "vroeg")]


def test_who_suspends_what(bridge: Office) -> None:
    termijn = suspendable(bridge)
    contact = by_norm(bridge.open(), "eerste-contact")
    tries: list[tuple[Callable[[], object], type[Refusal], str]] = [
        (partial(pause, bridge, contact, TUESDAY), Conflict, "opschorten-kan-niet"),
        (partial(pause, bridge, termijn, TUESDAY, "team-vol"), NotFound, "reden-onbekend"),
        (partial(pause, bridge, termijn, TUESDAY, "vakantie"), NotFound, "reden-onbekend"),
        (partial(pause, bridge, termijn, TUESDAY, now=NINE), Conflict, "start-in-toekomst"),
        (partial(pause, bridge, termijn, date(2026, 11, 22)), Conflict, "opschorten-dag-past-niet"),
        (partial(pause, bridge, termijn, date(2026, 12, 22)), Conflict, "opschorten-dag-past-niet"),
        (
            partial(pause, bridge, termijn, TUESDAY, actor=bridge.omar),
            NotFound,
            "zaak-onbekend",
        ),
        (partial(resume, bridge, termijn, TUESDAY), Conflict, "termijn-loopt-al"),
    ]
    for operation, kind, text_id in tries:
        assert refused(bridge, operation, kind).text_id == text_id


def test_what_stands_still_waits_for_nothing_but_going_on(bridge: Office) -> None:
    termijn = suspendable(bridge)
    pause(bridge, termijn, date(2026, 11, 26))
    now = morning(bridge, date(2026, 12, 1))
    tries: list[tuple[Callable[[], object], str]] = [
        (partial(bridge.done, termijn, on=date(2026, 12, 1), now=now), "termijn-staat-stil"),
        (partial(extend, bridge, termijn, date(2027, 1, 18), now=now), "termijn-staat-stil"),
        (partial(pause, bridge, termijn, date(2026, 12, 1)), "termijn-staat-stil"),
        (partial(resume, bridge, termijn, date(2026, 11, 26), now=now), "hervatten-te-vroeg"),
        (partial(resume, bridge, termijn, date(2026, 12, 2), now=now), "start-in-toekomst"),
    ]
    for operation, text_id in tries:
        assert refused(bridge, operation, Conflict).text_id == text_id
    resume(bridge, termijn, date(2026, 12, 1))
    earlier = partial(pause, bridge, termijn, date(2026, 11, 30), now=now)
    assert refused(bridge, earlier, Conflict).text_id == "opschorten-dag-past-niet"


def test_a_zaak_that_was_closed_meanwhile_still_stands_still(bridge: Office) -> None:
    termijn = suspendable(bridge)
    still = pause(bridge, termijn, date(2026, 11, 26))
    now = morning(bridge, date(2026, 11, 30))
    bridge.do(zaken.close_zaak, now=now, zaak_id=termijn.zaak_id)
    later = now + timedelta(days=1)
    zaak = bridge.do(zaken.reopen_zaak, now=later, zaak_id=termijn.zaak_id)
    assert the(zaak, "brug-intern-besluit") == still
    assert bridge.next_look(termijn) is None
    runs = resume(bridge, termijn, date(2026, 12, 7))
    assert runs.due_on == date(2027, 1, 1)


# Late


def reason(
    office: Office, termijn: TermijnView, why: str, now: datetime, actor: Actor | None = None
) -> TermijnView:
    return office.do(termijnen.give_reason, actor, now=now, termijn_id=termijn.id, reason=why)


def test_why_something_is_late_comes_from_the_list(office: Office) -> None:
    contact = by_norm(office.open(), "eerste-contact")
    late = morning(office, date(2026, 12, 1))
    attempt = partial(reason, office, contact, "team-vol", morning(office, DUE))
    assert refused(office, attempt, Conflict).text_id == "termijn-niet-te-laat"
    for why in ("klopt-niet", "gezin-buitenland", "geen zin"):
        attempt = partial(reason, office, contact, why, late)
        assert refused(office, attempt, NotFound).text_id == "reden-onbekend"
    assert reason(office, contact, "team-vol", late).late_reason == "team-vol"
    before = office.counts()
    assert reason(office, contact, "team-vol", late).late_reason == "team-vol"
    assert office.counts() == before
    assert reason(office, contact, "wisseling", late, office.thea).late_reason == "wisseling"
    told = [action for _, action in office.actions(f"termijn:{contact.id}")]
    assert told == ["termijn_started", "termijn_late_reason", "termijn_late_reason"]


def test_every_reason_of_the_list_can_be_given(office: Office) -> None:
    contact = by_norm(office.open(), "eerste-contact")
    late = morning(office, date(2026, 12, 1))
    known = [
        one.id for one in office.rules.knowledge.reasons.values() if one.kind is ReasonKind.TE_LAAT
    ]
    assert len(known) > 5
    for why in known:
        assert reason(office, contact, why, late).late_reason == why


def test_done_on_time_is_not_late_and_done_late_is(office: Office) -> None:
    zaak, other = office.open(), office.open()
    now = morning(office, date(2026, 12, 3))
    on_time = office.done(by_norm(zaak, "eerste-contact"), on=DUE, now=now)
    attempt = partial(reason, office, on_time, "team-vol", now)
    assert refused(office, attempt, Conflict).text_id == "termijn-niet-te-laat"
    late = office.done(by_norm(other, "eerste-contact"), on=date(2026, 12, 1), now=now)
    assert reason(office, late, "team-vol", now).late_reason == "team-vol"
    assert office.undo(late, now=now).late_reason is None


# A visit


def visit(
    office: Office, zaak: ZaakView, on: date, now: datetime, actor: Actor | None = None
) -> tuple[ZaakView, tuple[int, ...]]:
    return office.do(termijnen.visited, actor, now=now, zaak_id=zaak.id, on=on)


def test_a_visit_is_the_first_contact_and_twice_is_once(office: Office) -> None:
    zaak = office.open()
    contact = by_norm(zaak, "eerste-contact")
    after, closed = visit(office, zaak, MONDAY, TUESDAY_NINE)
    assert closed == (contact.id,)
    assert by_norm(after, "eerste-contact").done_on == MONDAY
    assert after.days["bezoek"] == MONDAY
    assert [one.norm_id for one in after.termijnen if not one.is_open] == ["eerste-contact"]
    before = office.counts()
    assert visit(office, zaak, MONDAY, TUESDAY_NINE) == (after, ())
    assert office.counts() == before
    # Another visit is kept and closes nothing more.
    later, closed = visit(office, zaak, TUESDAY, TUESDAY_NINE)
    assert (later.days["bezoek"], closed) == (TUESDAY, ())
    assert by_norm(later, "eerste-contact").done_on == MONDAY


def test_of_two_visits_at_once_on_one_day_one_is_kept(office: Office) -> None:
    zaak = office.open()
    results = together(
        partial(visit, office, zaak, MONDAY, NINE),
        partial(visit, office, zaak, MONDAY, NINE, office.thea),
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    days = office.sql("SELECT count(*) FROM zaak_day WHERE event = 'bezoek'")
    assert days[0][0] == 1


def test_a_visit_before_the_start_is_no_first_contact(office: Office) -> None:
    zaak = office.open()
    after, closed = visit(office, zaak, date(2026, 11, 20), NINE)
    assert closed == ()
    assert by_norm(after, "eerste-contact").is_open


def test_a_visit_that_is_still_to_come_is_refused(office: Office) -> None:
    zaak = office.open()
    attempt = partial(visit, office, zaak, TUESDAY, NINE)
    assert refused(office, attempt, Conflict).text_id == "start-in-toekomst"
    attempt = partial(visit, office, zaak, MONDAY, NINE, office.omar)
    assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"


# A day that was wrong


def corrections(
    office: Office, zaak: ZaakView, event: str, day: date, actor: Actor | None = None
) -> list[zaak_days.Move]:
    return office.do(zaak_days.correction, actor, zaak_id=zaak.id, event=event, day=day)


def correct(
    office: Office, zaak: ZaakView, event: str, day: date, now: datetime = NINE
) -> ZaakView:
    return office.do(zaak_days.correct_day, now=now, zaak_id=zaak.id, event=event, day=day)


def test_what_a_correction_shows_is_what_it_does(office: Office) -> None:
    zaak = office.open()
    office.done(by_norm(zaak, "eerste-contact"), on=MONDAY, now=NINE)
    zaak = office.shown(zaak)
    before = office.counts()
    shown = corrections(office, zaak, "kennisgeving", date(2026, 11, 19))
    assert office.counts() == before
    assert office.shown(zaak) == zaak
    assert {(one.norm_id, one.old_due_on, one.new_due_on, one.stays) for one in shown} == {
        ("vaste-jeugdbeschermer", DUE, date(2026, 11, 26), False),
        ("eerste-contact", DUE, date(2026, 11, 26), False),
        ("gedragen-koers", date(2027, 1, 4), date(2026, 12, 31), False),
    }
    after = correct(office, zaak, "kennisgeving", date(2026, 11, 19))
    assert {one.id: one.due_on for one in after.termijnen} == {
        one.termijn_id: one.new_due_on for one in shown
    }
    assert {one.start_on for one in after.termijnen} == {date(2026, 11, 19)}
    assert after.days == {"kennisgeving": date(2026, 11, 19)}
    for one in after.termijnen:
        assert [kind for kind, _, _ in changes(one)] == ["corrected"]
        assert one.explanation.due.on == one.due_on
    first = by_norm(after, "vaste-jeugdbeschermer")
    assert first.warn_on == date(2026, 11, 24)  # five calendar days, the other reading
    assert office.actions(f"zaak:{zaak.id}")[-1] == (office.sanne.person_id, "zaak_day_corrected")


def test_after_a_correction_the_ladder_begins_anew(office: Office) -> None:
    zaak = office.open(day=date(2026, 11, 20))
    contact = office.keep_only(zaak, "eerste-contact")
    assert contact.due_on == FRIDAY
    assert office.told(morning(office, WEDNESDAY)) == [("Sanne", "bijna")]
    office.undo(by_norm(office.shown(zaak), "gedragen-koers"), now=NINE)
    with pytest.raises(Conflict):  # the fixed jeugdbeschermer was done on Monday
        correct(office, zaak, "kennisgeving", TUESDAY, morning(office, WEDNESDAY, "09:00"))
    correct(office, zaak, "kennisgeving", MONDAY, morning(office, WEDNESDAY, "09:00"))
    assert office.told(morning(office, date(2026, 11, 26))) == [("Sanne", "bijna")]


def test_what_was_done_before_the_new_start_keeps_the_day_from_moving(office: Office) -> None:
    zaak = office.open(day=date(2026, 11, 20))
    office.done(by_norm(zaak, "eerste-contact"), on=date(2026, 11, 20), now=NINE)
    for attempt in (corrections, correct):
        refusal = refused(office, partial(attempt, office, zaak, "kennisgeving", MONDAY), Conflict)
        assert refusal.text_id == "gedaan-voor-nieuwe-start"
        assert refusal.parameters == {"dag": date(2026, 11, 20)}


def test_a_date_set_by_hand_or_by_a_court_stays_when_the_start_was_wrong(office: Office) -> None:
    zaak = ordered(office)
    shown = {
        one.norm_id: one
        for one in corrections(office, zaak, "ingang-maatregel", date(2026, 11, 18))
    }
    assert shown["ots-einde"].stays
    assert shown["ots-einde"].new_due_on == date(2027, 8, 20)
    assert not shown["passende-hulp"].stays
    after = correct(office, zaak, "ingang-maatregel", date(2026, 11, 18))
    end = the(after, "ots-einde")
    assert (end.start_on, end.due_on) == (date(2026, 11, 18), date(2027, 8, 20))
    assert end.explanation.due.on == date(2027, 11, 18)
    assert the(after, "passende-hulp").due_on == date(2027, 2, 18)


def test_a_wrong_end_of_the_measure_is_corrected_in_everything(office: Office) -> None:
    zaak = ordered(office)
    shown = corrections(office, zaak, "einde-maatregel", date(2027, 5, 20))
    after = correct(office, zaak, "einde-maatregel", date(2027, 5, 20))
    assert {one.norm_id: one.new_due_on for one in shown} == {
        "ots-niet-verlengen-raad": date(2027, 3, 19),
        "ots-verlenging-aanvragen": date(2027, 3, 25),
        "ots-einde": date(2027, 5, 20),
    }
    for one in shown:
        assert the(after, one.norm_id).due_on == one.new_due_on
    assert the(after, "ots-einde").due_on == date(2027, 5, 20)


def test_what_cannot_be_corrected(office: Office) -> None:
    zaak = office.open()
    tries: list[tuple[Callable[[], object], type[Refusal], str]] = [
        (partial(correct, office, zaak, "kennisgeving", MONDAY), Conflict, "dag-is-al-zo"),
        (partial(correct, office, zaak, "kennisgeving", TUESDAY), Conflict, "start-in-toekomst"),
        (
            partial(correct, office, zaak, "ingang-maatregel", MONDAY),
            NotFound,
            "dag-hoort-niet-bij-kader",
        ),
        (
            partial(corrections, office, zaak, "kennisgeving", FRIDAY, office.omar),
            NotFound,
            "zaak-onbekend",
        ),
    ]
    for operation, kind, text_id in tries:
        assert refused(office, operation, kind).text_id == text_id


def test_a_suspended_term_keeps_the_day_from_moving(bridge: Office) -> None:
    termijn = suspendable(bridge)
    pause(bridge, termijn, date(2026, 11, 26))
    zaak = bridge.database.read(zaken.zaak, actor=bridge.sanne, zaak_id=termijn.zaak_id)
    attempt = partial(correct, bridge, zaak, "vto-ingediend", date(2026, 11, 20))
    assert refused(bridge, attempt, Conflict).text_id == "termijn-staat-stil"
    resume(bridge, termijn, date(2026, 11, 30))
    after = correct(bridge, zaak, "vto-ingediend", date(2026, 11, 20))
    assert the(after, "brug-intern-besluit").due_on == date(2026, 12, 22)  # 18th, and four days


def test_a_day_may_become_one_on_which_a_step_was_undone(office: Office) -> None:
    zaak = office.happens(office.open(), "plan-vastgesteld", date(2026, 11, 16))
    zaak = office.happens(zaak, "geen-familiegroepsplan", date(2026, 11, 16))
    plan = the(zaak, "plan-van-aanpak-wettelijk")
    office.done(plan, on=MONDAY, now=NINE)
    office.undo(plan, now=NINE)
    after = correct(office, zaak, "plan-vastgesteld", MONDAY)
    look = the(after, "plan-bijstellen")
    assert (look.start_on, look.due_on) == (MONDAY, date(2027, 11, 23))


# An organisation's own stricter norm


def test_a_stricter_norm_warns_earlier_and_leaves_the_legal_day(bridge: Office) -> None:
    first = by_norm(bridge.open(), "vaste-jeugdbeschermer")
    assert (first.due_on, first.warn_on) == (DUE, date(2026, 11, 26))
    assert [one.due.on for one in first.explanation.others if one.organisation] == [
        date(2026, 11, 26)
    ]
    assert not [
        one for one in bridge.open().termijnen if one.norm_id == "brug-vaste-jeugdbeschermer"
    ]
    # Late is only what is late by the law.
    attempt = partial(reason, bridge, first, "team-vol", morning(bridge, FRIDAY))
    assert refused(bridge, attempt, Conflict).text_id == "termijn-niet-te-laat"
