"""A changed norm or calendar: shown before it moves anything, and then it moves exactly that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

from knowledge.calendar import Calendar
from knowledge.loader import EXAMPLE, load
from knowledge.norm_models import Norm
from knowledge.refusals import Refusal
from storage import journal, norm_changes, team_duties, termijnen, zaak_days, zaak_views, zaken
from storage.db import Database
from storage.norm_changes import Recounts
from storage.refusals import Conflict, NotAllowed
from storage.rules import Rules
from storage.zaak_views import TermijnView
from tests.storage.office import MONDAY, NINE, Office, at, by_norm, changes, the, together

COURSE = "gedragen-koers"
DUE, SOONER = date(2027, 1, 4), date(2026, 12, 28)  # six weeks after Monday, and five


def refused(office: Office, operation: Callable[[], object], kind: type[Refusal]) -> Refusal:
    """What this is refused with; and nothing may be left behind."""
    before = office.counts()
    with pytest.raises(kind) as caught:
        operation()
    assert office.counts() == before
    return caught.value


def with_norms(rules: Rules, new: Mapping[str, tuple[Norm, ...]]) -> Rules:
    norms = MappingProxyType({**rules.knowledge.norms, **new})
    return replace(rules, knowledge=replace(rules.knowledge, norms=norms))


def changed(rules: Rules, norm_id: str = COURSE, **fields: Any) -> Rules:
    """The same content with a next version of a norm, which holds since the same day."""
    newest = rules.knowledge.norms[norm_id][0]
    following = newest.model_copy(update={"version": newest.version + 1, **fields})
    return with_norms(rules, {norm_id: (following, *rules.knowledge.norms[norm_id])})


def five_weeks(rules: Rules) -> Rules:
    return changed(rules, amount=5)


def another_holiday(rules: Rules, day: date) -> Rules:
    """The same content with one more day on a par with a holiday."""
    known = rules.knowledge.calendar.rules
    *before, last = known.decrees
    decree = last.model_copy(update={"days": (*last.days, day)})
    calendar = Calendar(known.model_copy(update={"decrees": (*before, decree)}))
    return replace(rules, knowledge=replace(rules.knowledge, calendar=calendar))


def preview(office: Office, rules: Rules) -> Recounts:
    return office.database.read(norm_changes.preview, actor=office.bas, rules=rules)


def apply(office: Office, rules: Rules, fingerprint: str | None = None, **options: Any) -> int:
    fingerprint = fingerprint or preview(office, rules).fingerprint
    return office.do(
        norm_changes.apply, office.bas, rules=rules, fingerprint=fingerprint, **options
    )


def moved(office: Office, rules: Rules) -> list[tuple[str, str, date, date]]:
    return [
        (one.zaak_code, one.norm_id, one.old_due_on, one.new_due_on)
        for one in preview(office, rules).found
    ]


# Shown


def test_without_a_change_nothing_would_move(office: Office) -> None:
    office.open()
    office.happens(office.open(), "ingang-maatregel", date(2026, 11, 20))
    assert preview(office, office.rules).found == ()
    assert apply(office, office.rules) == 0


def test_a_changed_norm_is_shown_with_old_and_new_and_moves_nothing_yet(office: Office) -> None:
    zaak, south = office.open(), office.open(office.zuri, team_id=office.zuid)
    before = office.counts()
    shown = preview(office, five_weeks(office.rules))
    assert office.counts() == before
    assert office.shown(zaak) == zaak
    assert {(one.zaak_code, one.norm_id) for one in shown.found} == {
        (zaak.code, COURSE),
        (south.code, COURSE),
    }
    for one in shown.found:
        assert (one.old_version, one.new_version) == (1, 2)
        assert (one.old_due_on, one.new_due_on) == (DUE, SOONER)
        assert (one.old_warn_on, one.new_warn_on) == (DUE, SOONER)


def test_one_more_holiday_moves_what_counts_working_days(office: Office) -> None:
    zaak = office.open()
    rules = another_holiday(office.rules, date(2026, 11, 26))
    assert moved(office, rules) == [
        (zaak.code, "eerste-contact", date(2026, 11, 30), date(2026, 12, 1)),
        (zaak.code, "vaste-jeugdbeschermer", date(2026, 11, 30), date(2026, 12, 1)),
    ]
    assert apply(office, rules) == 2
    contact = by_norm(office.shown(zaak), "eerste-contact")
    assert contact.due_on == date(2026, 12, 1)
    assert contact.norm_version == 1
    assert [one.day for one in contact.explanation.due.skipped] == [
        date(2026, 11, day) for day in (26, 28, 29)
    ]


@pytest.mark.parametrize("who", ["sanne", "thea", "gerda", "zeno"])
def test_only_a_beheerder_sees_or_does_this(office: Office, who: str) -> None:
    office.open()
    actor, rules = getattr(office, who), five_weeks(office.rules)
    look = partial(office.database.read, norm_changes.preview, actor=actor, rules=rules)
    refused(office, look, NotAllowed)
    known = preview(office, rules).fingerprint
    attempt = partial(office.do, norm_changes.apply, actor, rules=rules, fingerprint=known)
    refused(office, attempt, NotAllowed)


# Applied


def test_applying_moves_exactly_what_was_shown_with_ledger_and_journal(office: Office) -> None:
    zaak, other = office.open(), office.open(office.omar)
    rules = five_weeks(office.rules)
    shown = preview(office, rules)
    now = NINE + timedelta(days=1)
    assert apply(office, rules, shown.fingerprint, now=now) == len(shown.found) == 2
    for before in (zaak, other):
        after = office.shown(before)
        course = by_norm(after, COURSE)
        assert (course.due_on, course.warn_on, course.norm_version) == (SOONER, SOONER, 2)
        assert changes(course) == [("recounted", DUE, SOONER)]
        assert (course.changes[0].by, course.changes[0].at) == ("Bas", now)
        assert course.explanation.due.on == SOONER
        assert course.explanation.due.amount == 5
        assert [one for one in after.termijnen if one.norm_id != COURSE] == [
            one for one in before.termijnen if one.norm_id != COURSE
        ]
        assert office.actions(f"termijn:{course.id}")[-1] == (
            office.bas.person_id,
            "termijn_recounted",
        )
    assert office.actions("norms") == [(office.bas.person_id, "norms_recounted")]
    assert office.database.read(journal.first_broken_line) is None
    # What was moved is not shown again.
    assert preview(office, rules).found == ()


def test_a_duty_of_a_team_moves_too(office: Office) -> None:
    duty = office.do(
        team_duties.start_duty,
        office.thea,
        team_id=office.noord,
        norm_id="team-jaarplan",
        day=date(2026, 9, 22),
    )
    rules = changed(office.rules, "team-jaarplan", amount=6)
    assert moved(office, rules) == [
        (duty.zaak_code, "team-jaarplan", date(2027, 9, 22), date(2027, 3, 22))
    ]
    apply(office, rules)
    assert found(office, duty).due_on == date(2027, 3, 22)


def test_the_other_way_too_it_may_become_later(office: Office) -> None:
    zaak = office.open()
    rules = changed(office.rules, amount=8)
    apply(office, rules)
    assert by_norm(office.shown(zaak), COURSE).due_on == date(2027, 1, 18)


def test_a_next_version_that_gives_the_same_day_is_taken_over(office: Office) -> None:
    zaak = office.open()
    rules = changed(office.rules, title="Gedragen koers vastgesteld")
    assert moved(office, rules) == [(zaak.code, COURSE, DUE, DUE)]
    look = office.next_look(by_norm(zaak, COURSE))
    apply(office, rules)
    after = by_norm(office.shown(zaak), COURSE)
    assert (after.norm_version, after.due_on) == (2, DUE)
    assert office.next_look(after) == look


def test_what_changed_since_it_was_shown_must_be_looked_at_again(office: Office) -> None:
    zaak = office.open()
    rules = five_weeks(office.rules)
    shown = preview(office, rules).fingerprint
    office.open(office.omar)
    attempt = partial(apply, office, rules, shown)
    assert refused(office, attempt, Conflict).text_id == "herrekenen-veranderd"
    # The content changed once more.
    attempt = partial(apply, office, changed(office.rules, amount=4), shown)
    assert refused(office, attempt, Conflict).text_id == "herrekenen-veranderd"
    # Less is left than was shown.
    again = preview(office, rules).fingerprint
    office.done(by_norm(zaak, COURSE), on=MONDAY, now=NINE)
    attempt = partial(apply, office, rules, again)
    assert refused(office, attempt, Conflict).text_id == "herrekenen-veranderd"
    assert by_norm(office.shown(zaak), COURSE).due_on == DUE


def test_applied_twice_it_is_done_once(office: Office) -> None:
    zaak = office.open()
    rules = five_weeks(office.rules)
    shown = preview(office, rules).fingerprint
    apply(office, rules, shown)
    refused(office, partial(apply, office, rules, shown), Conflict)
    assert changes(by_norm(office.shown(zaak), COURSE)) == [("recounted", DUE, SOONER)]


def test_of_two_who_apply_at_once_one_moves_it(office: Office) -> None:
    zaken_there = [office.open() for _ in range(5)]
    rules = five_weeks(office.rules)
    shown = preview(office, rules).fingerprint
    results = together(*[partial(apply, office, rules, shown)] * 2)
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "int"], results
    for zaak in zaken_there:
        assert changes(by_norm(office.shown(zaak), COURSE)) == [("recounted", DUE, SOONER)]


def test_applied_while_somebody_extends_the_ledger_stays_whole(office: Office) -> None:
    course = by_norm(office.open(), COURSE)
    rules = five_weeks(office.rules)
    shown = preview(office, rules).fingerprint
    later = date(2027, 1, 18)
    results = together(
        partial(apply, office, rules, shown),
        partial(office.do, termijnen.extend, rules=rules, termijn_id=course.id, to=later),
    )
    unexpected = [
        one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)
    ]
    assert not unexpected, results
    told = changes(found(office, course))
    assert told[-1] == ("extended", told[-1][1], later)
    old = DUE
    for _, before, after in told:
        assert before == old
        old = after
    assert found(office, course).due_on == later


# What stays


def found(office: Office, termijn: TermijnView) -> TermijnView:
    """A termijn as it is now."""
    return office.database.read(zaak_views.termijnen_by_id, [termijn.id])[0]


def test_what_is_done_ended_or_closed_stays(office: Office) -> None:
    done, closed, kept = office.open(), office.open(), office.open()
    office.done(by_norm(done, COURSE), on=MONDAY, now=NINE)
    office.do(zaken.close_zaak, zaak_id=closed.id)
    rules = five_weeks(office.rules)
    assert moved(office, rules) == [(kept.code, COURSE, DUE, SOONER)]
    assert apply(office, rules) == 1
    for zaak in (done, closed):
        course = by_norm(office.shown(zaak), COURSE)
        assert (course.due_on, course.norm_version, course.changes) == (DUE, 1, ())
    # Open again, it is shown too.
    office.do(zaken.reopen_zaak, zaak_id=closed.id)
    assert moved(office, rules) == [(closed.code, COURSE, DUE, SOONER)]


def test_a_date_that_a_person_set_stays_with_the_new_explanation_beside_it(office: Office) -> None:
    course = by_norm(office.open(), COURSE)
    later = date(2027, 1, 18)
    office.do(termijnen.extend, termijn_id=course.id, to=later)
    rules = five_weeks(office.rules)
    (shown,) = preview(office, rules).found
    assert (shown.old_due_on, shown.new_due_on, shown.new_version) == (later, later, 2)
    apply(office, rules)
    after = found(office, course)
    assert (after.due_on, after.warn_on, after.norm_version) == (later, later, 2)
    assert after.explanation.due.on == SOONER
    # Also when the next version happens to give just that day, and the one after that does not.
    eight = changed(rules, amount=8)
    apply(office, eight)
    assert found(office, course).explanation.due.on == later
    apply(office, changed(eight, amount=9))
    assert found(office, course).due_on == later


@pytest.mark.parametrize("ordered", [date(2027, 8, 20), date(2027, 11, 20)])
def test_an_end_that_a_court_set_stays_also_when_it_is_the_computed_one(
    office: Office, ordered: date
) -> None:
    zaak = office.happens(office.open(), "ingang-maatregel", date(2026, 11, 20))
    end = the(office.happens(zaak, "einde-maatregel", ordered), "ots-einde")
    assert end.due_on == ordered
    apply(office, changed(office.rules, "ots-einde", amount=9))
    assert found(office, end).due_on == ordered


@pytest.mark.parametrize("ordered", [date(2027, 8, 20), date(2027, 11, 20)])
def test_so_it_does_when_the_start_of_the_measure_was_wrong(office: Office, ordered: date) -> None:
    zaak = office.happens(office.open(), "ingang-maatregel", date(2026, 11, 20))
    zaak = office.happens(zaak, "einde-maatregel", ordered)
    values: dict[str, Any] = {
        "zaak_id": zaak.id,
        "event": "ingang-maatregel",
        "day": date(2026, 11, 18),
    }
    shown = {one.norm_id: one for one in office.do(zaak_days.correction, **values)}
    assert (shown["ots-einde"].stays, shown["ots-einde"].new_due_on) == (True, ordered)
    assert the(office.do(zaak_days.correct_day, **values), "ots-einde").due_on == ordered


def test_what_stands_still_stays_and_moves_once_it_runs_on(
    database: Database, example_rules: Rules
) -> None:
    office = Office(database, example_rules)
    drang = office.open(kader="drang-zonder-vto")
    decision = the(office.happens(drang, "vto-ingediend", MONDAY), "brug-intern-besluit")
    thursday = date(2026, 11, 26)
    office.do(
        termijnen.pause,
        now=at(thursday, "09:00", office.rules),
        termijn_id=decision.id,
        first=thursday,
        reason="gezin-buitenland",
    )
    rules = changed(office.rules, "brug-intern-besluit", amount=6)
    assert preview(office, rules).found == ()
    monday = date(2026, 11, 30)
    office.do(
        termijnen.resume,
        now=at(monday, "09:00", office.rules),
        termijn_id=decision.id,
        on=monday,
    )
    four_days_later = date(2026, 12, 25)
    assert moved(office, rules) == [
        (drang.code, "brug-intern-besluit", four_days_later, date(2027, 1, 8))
    ]
    apply(office, rules, now=at(monday, "09:01", office.rules))
    after = found(office, decision)
    assert after.due_on == date(2027, 1, 8)
    assert len(after.explanation.due.pauses) == 1


def test_what_runs_by_a_norm_that_is_off_or_not_valid_any_more_keeps_its_date(
    office: Office,
) -> None:
    course = by_norm(office.open(), COURSE)
    knowledge = replace(office.rules.knowledge, norms_off=frozenset({COURSE}))
    assert preview(office, replace(office.rules, knowledge=knowledge)).found == ()
    later = office.rules.knowledge.norms[COURSE][0]
    validity = later.validity.model_copy(update={"valid_from": date(2027, 1, 1)})
    assert later.validity.holds_on(MONDAY)
    assert not validity.holds_on(MONDAY)
    after = later.model_copy(update={"version": 2, "amount": 5, "validity": validity})
    rules = with_norms(office.rules, {COURSE: (after, later)})
    assert preview(office, rules).found == ()
    assert found(office, course).norm_version == 1


# What is told of it


@pytest.fixture(scope="session")
def example_rules(rules: Rules) -> Rules:
    """The content with that of the made-up organisation over it."""
    return Rules(knowledge=load((EXAMPLE,)), timezone=rules.timezone)


def test_after_it_moved_the_ladder_of_the_new_day_is_walked(office: Office) -> None:
    course = office.keep_only(office.open(), COURSE)
    rules = five_weeks(office.rules)
    december = at(date(2026, 12, 17), "09:00", rules)
    assert office.told(december) == [("Sanne", "vroeg")]  # ten working days before 4 January
    apply(office, rules, now=december)
    office.rules = rules
    heard = []
    while (now := office.next_look(course)) is not None:
        heard.append((now.date(), office.told(now)))
    assert heard[:3] == [
        (date(2026, 12, 18), [("Sanne", "bijna")]),
        (date(2026, 12, 24), [("Sanne", "bijna"), ("Thea", "bijna")]),
        (SOONER, [("Sanne", "vandaag"), ("Thea", "vandaag")]),
    ]


def test_a_day_on_which_is_warned_that_comes_sooner_is_told_in_time(
    database: Database, example_rules: Rules
) -> None:
    office = Office(database, example_rules)
    national = example_rules.knowledge.norms["passende-hulp"][-1]
    assert national.version == 1
    before = with_norms(example_rules, {"passende-hulp": (national,)})
    office.rules = before
    zaak = office.happens(office.open(day=date(2026, 11, 20)), "ingang-maatregel", MONDAY)
    for other in zaak.termijnen:
        if other.norm_id not in ("passende-hulp", "ots-einde"):
            office.done(other, on=MONDAY, now=NINE)
    help_ = the(zaak, "passende-hulp")
    assert (help_.due_on, help_.warn_on) == (date(2027, 2, 23), date(2027, 2, 23))
    # An agreement of ten weeks comes over it: due stays, warned is on 1 February.
    over = example_rules.knowledge.norms["passende-hulp"][0].model_copy(
        update={"id": "brug-passende-hulp", "stricter_than": "passende-hulp", "kaders": ()}
    )
    rules = with_norms(before, {"brug-passende-hulp": (over,)})
    (shown,) = preview(office, rules).found
    assert (shown.old_due_on, shown.new_due_on) == (date(2027, 2, 23), date(2027, 2, 23))
    assert (shown.old_warn_on, shown.new_warn_on) == (date(2027, 2, 23), date(2027, 2, 1))
    apply(office, rules)
    office.rules = rules
    assert found(office, help_).explanation.others[-1].organisation is not None
    first = office.next_look(help_)
    assert first == at(date(2027, 1, 4), "08:30", rules)  # twenty working days before
