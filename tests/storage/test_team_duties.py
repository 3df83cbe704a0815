"""The recurring duties of a team: who starts and stops them, and that they come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from knowledge.refusals import Refusal
from storage import (
    gezin,
    handover,
    leaving,
    team_duties,
    termijnen,
    zaak_days,
    zaak_rows,
    zaken,
)
from storage.access import Actor, Role
from storage.keeping import Why
from storage.refusals import Conflict, NotAllowed, NotFound
from storage.zaak_views import TermijnView, ZaakView
from tests.storage.office import MONDAY, NINE, Office, at, changes, running, the, together

TALK, AUDIT = "team-accountgesprek", "team-audit"
LAST_TIME = date(2026, 11, 2)


def refused(office: Office, operation: Callable[[], object], kind: type[Refusal]) -> Refusal:
    """What this is refused with; and nothing may be left behind."""
    before = office.counts()
    with pytest.raises(kind) as caught:
        operation()
    assert office.counts() == before
    return caught.value


def start(
    office: Office, norm_id: str = TALK, day: date = LAST_TIME, actor: Actor | None = None
) -> TermijnView:
    return office.do(
        team_duties.start_duty,
        actor or office.thea,
        team_id=office.noord,
        norm_id=norm_id,
        day=day,
    )


def stop(office: Office, termijn: TermijnView, actor: Actor | None = None) -> TermijnView:
    return office.do(team_duties.stop_duty, actor or office.thea, termijn_id=termijn.id)


def duties(office: Office, actor: Actor | None = None) -> ZaakView:
    found = office.database.read(
        team_duties.duties, actor=actor or office.thea, team_id=office.noord
    )
    assert found is not None
    return found


def test_a_duty_counts_from_the_last_time(office: Office) -> None:
    read = office.database.read
    assert read(team_duties.duties, actor=office.thea, team_id=office.noord) is None
    talk = start(office)
    assert (talk.start_on, talk.due_on) == (LAST_TIME, date(2027, 2, 2))
    row = duties(office)
    assert row.of_team
    assert row.owner is None
    assert [one.id for one in row.termijnen] == [talk.id]
    assert duties(office, office.gerda) == row
    assert office.actions(f"team:{office.noord}")[-1][1] == "team_duties_begun"


def test_every_duty_of_the_content_can_be_started(office: Office) -> None:
    known = office.rules.knowledge.team_norms(MONDAY)
    assert len(known) > 3
    for norm in known:
        day = MONDAY if norm.start_event == "geplande-dag" else LAST_TIME
        assert start(office, norm.id, day).norm_id == norm.id
    assert len(office.sql("SELECT id FROM zaak WHERE of_team")) == 1


def test_an_agreed_day_is_the_day_itself_or_the_working_day_before(office: Office) -> None:
    assert start(office, AUDIT, date(2026, 12, 19)).due_on == date(2026, 12, 18)


def test_started_twice_from_one_day_it_is_one_duty(office: Office) -> None:
    first = start(office)
    before = office.counts()
    assert start(office) == first
    assert office.counts() == before
    attempt = partial(start, office, day=date(2026, 11, 9))
    refusal = refused(office, attempt, Conflict)
    assert (refusal.text_id, refusal.parameters) == ("taak-loopt-al", {"dag": date(2027, 2, 2)})


def test_a_duty_that_recurs_starts_its_next_round_and_an_agreed_day_does_not(
    office: Office,
) -> None:
    talk, audit = start(office), start(office, AUDIT, MONDAY)
    for one in (talk, audit):
        office.done(one, on=MONDAY, now=NINE, actor=office.thea)
    row = duties(office)
    following = the(row, TALK)
    assert (following.start_on, following.due_on) == (MONDAY, date(2027, 2, 23))
    assert running(row, AUDIT) == []
    office.undo(talk, now=NINE, actor=office.thea)
    assert the(duties(office), TALK).id == talk.id


def test_a_duty_that_was_stopped_is_over_and_can_begin_again(office: Office) -> None:
    talk = start(office)
    assert stop(office, talk).ended_why == "replaced"
    assert office.next_look(talk) is None
    attempt = partial(stop, office, talk)
    assert refused(office, attempt, Conflict).text_id == "termijn-vervallen"
    again = start(office)
    assert (again.id, again.is_open) == (talk.id, True)
    assert office.next_look(again) is not None


def test_only_duties_are_started_and_stopped_here(office: Office) -> None:
    zaak = office.open()
    for norm_id in ("eerste-contact", "team-niets"):
        attempt = partial(start, office, norm_id)
        assert refused(office, attempt, NotFound).text_id == "taak-onbekend"
    attempt = partial(stop, office, zaak.termijnen[0])
    assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"
    attempt = partial(start, office, TALK, MONDAY + timedelta(days=1))
    assert refused(office, attempt, Conflict).text_id == "start-in-toekomst"


@pytest.mark.parametrize("who", ["sanne", "zeno", "bas"])
def test_it_is_for_who_leads_the_team(office: Office, who: str) -> None:
    talk = start(office)
    other: Actor = getattr(office, who)
    refused(office, partial(start, office, AUDIT, MONDAY, other), NotAllowed)
    refused(office, partial(stop, office, talk, other), NotFound)
    refused(office, partial(office.done, talk, on=MONDAY, now=NINE, actor=other), NotFound)
    with pytest.raises(NotAllowed):
        office.database.read(team_duties.duties, actor=other, team_id=office.noord)


def test_the_row_of_a_team_is_no_zaak(office: Office) -> None:
    start(office)
    row, zaak = duties(office), office.open()
    assert [one.id for one in office.database.read(zaken.zaken, actor=office.thea)] == [zaak.id]
    tries: list[Callable[[], object]] = [
        partial(office.assign, row, office.omar),
        partial(office.do, zaken.close_zaak, office.thea, zaak_id=row.id),
        partial(office.do, handover.offer, office.thea, zaak_id=row.id, to=office.omar.person_id),
        partial(office.do, gezin.link, office.thea, zaak_id=zaak.id, other_id=row.id),
    ]
    for attempt in tries:
        assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"


def test_the_lead_is_reminded_and_nobody_else(office: Office) -> None:
    talk = start(office)
    told: list[str] = []
    while (now := office.next_look(talk)) is not None:
        told += [f"{name} {tone}" for name, tone in office.told(now)]
    assert told == ["Thea vroeg", "Thea bijna", "Thea vandaag", "Gerda te-laat"]
    assert at(date(2027, 2, 2), "08:30", office.rules) > NINE


def test_two_who_start_the_first_duty_at_once_make_one_row(office: Office) -> None:
    tom = office.hire("Tom", Role.TEAMLEIDER)
    results = together(
        partial(start, office), partial(start, office, actor=office.gerda),
        partial(start, office, actor=tom),
    )  # fmt: skip
    assert len(office.sql("SELECT id FROM zaak WHERE of_team")) == 1
    assert len(office.sql("SELECT id FROM termijn")) == 1
    assert not [one for one in results if isinstance(one, Exception)], results


def test_a_yearly_plan_comes_back_every_year(office: Office) -> None:
    plan = start(office, "team-jaarplan", date(2026, 9, 22))
    for _ in range(2):  # pressed twice
        office.done(plan, on=MONDAY, now=NINE, actor=office.thea)
    following = the(duties(office), "team-jaarplan")
    assert (following.start_on, following.due_on) == (MONDAY, date(2027, 11, 23))
    assert len(duties(office).termijnen) == 2
    # While a round runs, another day starts none.
    attempt = partial(start, office, "team-jaarplan", date(2026, 10, 1))
    assert refused(office, attempt, Conflict).text_id == "taak-loopt-al"


def test_undone_it_may_be_done_again_on_another_day_or_the_same(office: Office) -> None:
    talk = start(office)
    for day in (MONDAY, date(2026, 11, 20), MONDAY):
        office.done(talk, on=day, now=NINE, actor=office.thea)
        assert the(duties(office), TALK).start_on == day
        office.undo(talk, now=NINE, actor=office.thea)
        assert the(duties(office), TALK) == talk


def test_done_before_a_day_that_was_agreed(office: Office) -> None:
    audit = start(office, AUDIT, date(2026, 12, 19))
    for ahead in (date(2026, 11, 16), MONDAY):
        office.done(audit, on=ahead, now=NINE, actor=office.thea)
        office.undo(audit, now=NINE, actor=office.thea)
    # And the next one is agreed anew.
    office.done(audit, on=MONDAY, now=NINE, actor=office.thea)
    assert start(office, AUDIT, date(2027, 3, 1)).due_on == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("norm_id", "day", "why"),
    [
        (TALK, MONDAY - zaak_rows.OLDEST_START - timedelta(days=1), "start-te-lang-geleden"),
        (AUDIT, MONDAY + zaak_rows.FARTHEST_END + timedelta(days=1), "einde-te-ver-weg"),
    ],
)
def test_an_impossible_day_leaves_no_row(office: Office, norm_id: str, day: date, why: str) -> None:
    assert refused(office, partial(start, office, norm_id, day), Conflict).text_id == why


def test_what_was_done_is_not_stopped(office: Office) -> None:
    talk = start(office)
    office.done(talk, on=MONDAY, now=NINE, actor=office.thea)
    assert refused(office, partial(stop, office, talk), Conflict).text_id == "termijn-al-klaar"


def test_stopped_and_started_from_another_day_one_round_runs(office: Office) -> None:
    stop(office, start(office))
    assert start(office, day=date(2026, 11, 9)).due_on == date(2027, 2, 9)
    assert len(running(duties(office), TALK)) == 1


def test_a_lead_extends_a_duty(office: Office) -> None:
    talk = start(office)
    after = office.do(termijnen.extend, office.thea, termijn_id=talk.id, to=date(2027, 3, 1))
    assert changes(after) == [("extended", date(2027, 2, 2), date(2027, 3, 1))]


def test_each_team_has_its_own(office: Office) -> None:
    talk = start(office)
    south = office.do(
        team_duties.start_duty, office.zeno, team_id=office.zuid, norm_id=TALK, day=LAST_TIME
    )
    assert south.zaak_id != talk.zaak_id
    assert [one.id for one in duties(office).termijnen] == [talk.id]
    refused(office, partial(stop, office, south), NotFound)


def test_what_happens_in_a_zaak_does_not_happen_in_a_team(office: Office) -> None:
    start(office)
    row, zaak = duties(office), office.open()
    team: dict[str, Any] = {"zaak_id": row.id}
    tries: list[tuple[Callable[[], object], type[Refusal]]] = [
        (partial(office.do, gezin.link, office.thea, **team, other_id=zaak.id), NotFound),
        (partial(office.happens, row, "uitspraak", MONDAY, actor=office.thea), NotFound),
        (partial(office.do, termijnen.visited, office.thea, **team, on=MONDAY), NotFound),
        (
            partial(
                office.do, zaak_days.start_norm, office.thea, **team,
                norm_id="hoger-beroep", day=MONDAY,
            ),
            Conflict,
        ),
        # Nor does a duty start in a zaak.
        (
            partial(
                office.do, zaak_days.start_norm, zaak_id=zaak.id, norm_id=TALK, day=LAST_TIME
            ),
            Conflict,
        ),
    ]  # fmt: skip
    for attempt, kind in tries:
        refused(office, attempt, kind)


def test_the_lead_keeps_it_and_does_not_leave_it_behind(office: Office) -> None:
    talk = office.do(
        team_duties.start_duty, office.zeno, team_id=office.zuid, norm_id=TALK, day=LAST_TIME
    )
    keeper = office.database.read(zaken.kept_by, zaak_id=talk.zaak_id, today=MONDAY)
    assert keeper is not None
    assert (keeper.first_name, keeper.why) == ("Zeno", Why.LEAD)
    go = partial(office.do, leaving.leave, office.bas, person_id=office.zeno.person_id)
    assert refused(office, go, Conflict).text_id == "laatste-teamleider"
    office.hire("Zita", Role.TEAMLEIDER, "Zuid")
    assert go() == "Zeno"
    keeper = office.database.read(zaken.kept_by, zaak_id=talk.zaak_id, today=MONDAY)
    assert keeper is not None
    assert keeper.first_name == "Zita"


def test_one_duty_started_at_once_from_two_days_runs_once(office: Office) -> None:
    start(office, "team-jaarplan")
    results = together(
        partial(start, office), partial(start, office, TALK, date(2026, 11, 9), office.gerda)
    )
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "TermijnView"], results
    assert len(running(duties(office), TALK)) == 1
