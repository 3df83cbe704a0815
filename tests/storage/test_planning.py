"""When and to whom something is told: a termijn walked through its ladder with a clock."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType

from sqlmodel import Session

from storage import planning
from storage.access import Role
from storage.rules import Rules
from storage.zaak_views import TermijnView
from tests.storage.office import MONDAY, NINE, Office, at, by_norm, moment, together

# "Eerste contact" of an OTS of Monday 23 November is due on Monday the 30th.
MINUS_3, MINUS_2, MINUS_1, THE_DAY = (date(2026, 11, day) for day in (25, 26, 27, 30))
PLUS_1, PLUS_3 = date(2026, 12, 1), date(2026, 12, 3)


def contact(office: Office, **opened: object) -> TermijnView:
    """An OTS with nothing but its first contact left to do."""
    zaak = office.open(**opened)  # type: ignore[arg-type]
    return office.keep_only(zaak, "eerste-contact", actor=opened.get("actor"))  # type: ignore[arg-type]


def walk(office: Office, termijn: TermijnView) -> list[tuple[date, list[tuple[str, str]]]]:
    """Plan and send at each moment the ladder asks for, until it asks for nothing any more."""
    heard = []
    while (now := office.next_look(termijn)) is not None:
        assert now == at(now.date(), "08:30", office.rules)
        heard.append((now.date(), office.told(now)))
    return heard


def morning(office: Office, day: date, clock: str = "08:30") -> datetime:
    return at(day, clock, office.rules)


# The ladder


def test_the_owner_the_lead_and_the_gebiedsmanager_are_told_in_turn(office: Office) -> None:
    assert walk(office, contact(office)) == [
        (MINUS_3, []),
        (MINUS_2, [("Sanne", "bijna")]),
        (MINUS_1, [("Sanne", "bijna"), ("Thea", "bijna")]),
        (THE_DAY, [("Sanne", "vandaag"), ("Thea", "vandaag")]),
        (PLUS_1, [("Sanne", "te-laat"), ("Thea", "te-laat")]),
        (PLUS_3, [("Gerda", "te-laat")]),
    ]


def test_without_an_owner_the_lead_is_warned_three_days_before(office: Office) -> None:
    heard = walk(office, contact(office, actor=office.thea))
    assert heard[:2] == [(MINUS_3, [("Thea", "vroeg")]), (MINUS_2, [("Thea", "bijna")])]
    assert {name for _, told in heard[:-1] for name, _ in told} == {"Thea"}
    assert heard[-1] == (PLUS_3, [("Gerda", "te-laat")])


def test_a_disputed_norm_announces_both_its_days(office: Office) -> None:
    termijn = office.keep_only(office.open(), "vaste-jeugdbeschermer")  # 28 or 30 November
    days = [day for day, told in walk(office, termijn) if ("Sanne", "vandaag") in told]
    assert days == [date(2026, 11, 27), date(2026, 11, 30)]


def test_who_leads_no_more_is_replaced_by_the_next_one_up(office: Office) -> None:
    termijn = contact(office)
    office.leave(office.thea)
    assert dict(walk(office, termijn))[THE_DAY] == [("Gerda", "vandaag"), ("Sanne", "vandaag")]


def test_where_nobody_is_gebiedsmanager_the_beheerder_is_told(office: Office) -> None:
    termijn = contact(office)
    office.leave(office.gerda)
    assert walk(office, termijn)[-1] == (PLUS_3, [("Bas", "te-laat")])


def test_everybody_in_a_role_is_told(office: Office) -> None:
    termijn = contact(office)
    office.hire("Tom", Role.TEAMLEIDER)
    assert dict(walk(office, termijn))[THE_DAY] == [
        ("Sanne", "vandaag"),
        ("Thea", "vandaag"),
        ("Tom", "vandaag"),
    ]


def test_an_owner_who_cannot_be_reached_is_replaced_by_the_lead(office: Office) -> None:
    termijn = contact(office)
    office.lose_channel(office.sanne)
    assert dict(walk(office, termijn))[MINUS_2] == [("Thea", "bijna")]


def test_that_there_was_nobody_to_tell_is_kept(office: Office) -> None:
    termijn = contact(office)
    for person in (office.sanne, office.thea, office.gerda, office.bas):
        office.leave(person)
    assert all(told == [] for _, told in walk(office, termijn))
    kept = office.notices(termijn)
    assert {(row["state"], row["failure"]) for row in kept} == {("failed", "nobody")}


def test_of_another_team_nobody_is_told(office: Office) -> None:
    termijn = contact(office, actor=office.zuri, team_id=office.zuid)
    told = {name for _, heard in walk(office, termijn) for name, _ in heard}
    assert told == {"Zuri", "Zeno", "Bas"}


# Missed, and twice


def test_of_several_moments_missed_each_hears_the_last(office: Office) -> None:
    termijn = contact(office)
    now = morning(office, date(2026, 12, 4), "10:00")
    assert office.told(now) == [("Gerda", "te-laat"), ("Sanne", "te-laat"), ("Thea", "te-laat")]
    assert office.next_look(termijn) is None
    wanted = {row["person_id"]: moment(row["wanted_at"]) for row in office.notices(termijn)}
    assert wanted == {
        office.sanne.person_id: morning(office, PLUS_1),
        office.thea.person_id: morning(office, PLUS_1),
        office.gerda.person_id: morning(office, PLUS_3),
    }


def test_planning_twice_gives_nothing_new(office: Office) -> None:
    termijn = contact(office)
    now = morning(office, MINUS_1)
    assert office.plan(now).notices == 2
    before = office.notices()
    assert office.plan(now).looked_at == 0
    office.sql("UPDATE termijn SET next_notice_at = :now WHERE id = :id", now=now, id=termijn.id)
    assert office.plan(now + timedelta(minutes=1)).notices == 0
    assert office.notices() == before


def test_two_who_plan_at_once_plan_once(office: Office) -> None:
    for _ in range(6):
        office.open()
    now = morning(office, THE_DAY)
    results = together(*[partial(office.plan, now)] * 2)
    assert not [result for result in results if isinstance(result, Exception)]
    keys = [(row["termijn_id"], row["recipient"], row["moment"]) for row in office.notices()]
    assert len(keys) == len(set(keys)) == 6 * (2 + 2)
    assert all(row["person_id"] is not None for row in office.notices())


def test_planning_takes_the_most_urgent_first_and_no_more_than_asked(office: Office) -> None:
    late, later = contact(office), contact(office, day=MONDAY, now=NINE + timedelta(days=1))
    office.sql(
        "UPDATE termijn SET next_notice_at = :now WHERE id = :id",
        now=morning(office, MINUS_2),
        id=later.id,
    )
    now = morning(office, THE_DAY)
    planned = office.database.write(planning.plan, now=now, rules=office.rules, limit=1)
    assert planned.looked_at == 1
    assert {row["termijn_id"] for row in office.notices()} == {late.id}


def test_who_opens_late_is_not_told_what_they_just_saw(office: Office) -> None:
    now = morning(office, date(2026, 11, 27), "09:00")
    termijn = contact(office, day=date(2026, 11, 20), now=now)  # due on the 27th
    assert office.told(now) == [("Thea", "vandaag")]
    hers = [row for row in office.notices(termijn) if row["recipient"] == "eigenaar"]
    assert [(row["state"], row["failure"]) for row in hers] == [("cancelled", "seen_at_opening")]


# Weekends and nights


def test_what_is_planned_in_a_weekend_waits_for_monday_and_keeps_its_wanted_moment(
    office: Office,
) -> None:
    termijn = contact(office)
    saturday = morning(office, date(2026, 11, 28), "13:00")
    assert office.told(saturday) == []
    for row in office.notices(termijn):
        assert moment(row["wanted_at"]) == morning(office, MINUS_1)
        assert moment(row["due_at"]) == morning(office, THE_DAY)
    assert office.told(morning(office, THE_DAY, "08:29")) == []


def test_what_is_planned_at_night_waits_for_the_morning(office: Office) -> None:
    termijn = contact(office)
    office.plan(morning(office, MINUS_2, "19:00"))
    assert [moment(row["due_at"]) for row in office.notices(termijn)] == [morning(office, MINUS_1)]
    other = contact(office)
    office.plan(morning(office, MINUS_2, "18:59"))
    assert [moment(row["due_at"]) for row in office.notices(other)] == [
        morning(office, MINUS_2, "18:59")
    ]


# What changes meanwhile


def test_when_done_what_waits_is_cancelled_and_nothing_more_is_planned(office: Office) -> None:
    termijn = contact(office)
    office.plan(morning(office, MINUS_1))
    now = morning(office, MINUS_1, "08:31")
    office.done(termijn, on=MINUS_1, now=now)
    assert {row["state"] for row in office.notices(termijn)} == {"cancelled"}
    before = office.notices()
    for day in (MINUS_1, THE_DAY, PLUS_1, PLUS_3):
        assert office.told(morning(office, day, "09:00")) == []
    assert office.notices() == before


def test_undone_after_it_was_told_the_rest_of_the_ladder_follows(office: Office) -> None:
    termijn = contact(office)
    office.told(morning(office, MINUS_2))
    office.done(termijn, on=MINUS_2, now=morning(office, MINUS_2, "09:00"))
    office.undo(termijn, now=morning(office, MINUS_2, "09:01"))
    assert office.told(morning(office, MINUS_2, "09:02")) == []
    assert office.told(morning(office, MINUS_1)) == [("Sanne", "bijna"), ("Thea", "bijna")]


def test_undone_before_it_was_told_the_warning_still_comes(office: Office) -> None:
    termijn = contact(office)
    office.plan(morning(office, MINUS_2))
    office.done(termijn, on=MINUS_2, now=morning(office, MINUS_2, "08:31"))
    office.undo(termijn, now=morning(office, MINUS_2, "08:32"))
    assert office.told(morning(office, MINUS_2, "08:33")) == [("Sanne", "bijna")]


def test_undone_after_a_late_opening_what_was_seen_is_still_not_told(office: Office) -> None:
    now = morning(office, date(2026, 11, 27), "09:00")
    termijn = contact(office, day=date(2026, 11, 20), now=now)
    office.plan(now)
    office.done(termijn, on=now.date(), now=now)
    office.undo(termijn, now=now)
    assert office.told(now) == [("Thea", "vandaag")]


def test_a_new_owner_is_told_what_still_waited_and_the_old_one_is_not(office: Office) -> None:
    zaak = office.open()
    termijn = office.keep_only(zaak, "eerste-contact")
    office.plan(morning(office, MINUS_2))
    office.assign(zaak, office.omar, now=morning(office, MINUS_2, "08:31"))
    assert office.told(morning(office, MINUS_2, "08:32")) == [("Omar", "bijna")]
    heard = walk(office, termijn)
    assert "Sanne" not in {name for _, told in heard for name, _ in told}
    assert dict(heard)[THE_DAY] == [("Omar", "vandaag"), ("Thea", "vandaag")]


def test_what_was_told_is_not_told_again_to_a_new_owner_but_the_message_is_mended(
    office: Office,
) -> None:
    zaak = office.open()
    termijn = office.keep_only(zaak, "eerste-contact")
    office.told(morning(office, MINUS_2))
    office.assign(zaak, office.omar, now=morning(office, MINUS_2, "09:00"))
    assert office.told(morning(office, MINUS_2, "09:01")) == []
    assert office.sql("SELECT count(*) FROM sent_message WHERE stale_at IS NOT NULL")[0][0] == 1
    assert dict(walk(office, termijn))[MINUS_1] == [("Omar", "bijna"), ("Thea", "bijna")]


def test_a_hand_over_while_planning_is_under_way_reaches_the_new_owner(office: Office) -> None:
    zaak = office.open()
    office.keep_only(zaak, "eerste-contact")
    now = morning(office, MINUS_2)
    planned, assigning = threading.Event(), threading.Event()

    def plan_slowly(session: Session) -> None:
        planning.plan(session, now=now, rules=office.rules)
        planned.set()
        assigning.wait(timeout=5)
        threading.Event().wait(0.3)  # let the hand-over get as far as it can

    def hand_over() -> None:
        planned.wait(timeout=5)
        assigning.set()
        office.assign(zaak, office.omar, now=now)

    results = together(lambda: office.database.write(plan_slowly), hand_over)
    assert results == [None, None]
    assert office.told(now + timedelta(minutes=1)) == [("Omar", "bijna")]


def test_once_it_has_an_owner_a_zaak_warns_the_owner(office: Office) -> None:
    zaak = office.open(office.thea)
    office.assign(zaak, office.omar)
    termijn = office.keep_only(zaak, "eerste-contact", actor=office.omar)
    assert walk(office, termijn)[:2] == [(MINUS_3, []), (MINUS_2, [("Omar", "bijna")])]


def test_a_termijn_whose_norm_version_is_gone_stops_nothing(office: Office) -> None:
    zaak = office.open()
    gone, kept = by_norm(zaak, "eerste-contact"), by_norm(zaak, "vaste-jeugdbeschermer")
    now = morning(office, THE_DAY)
    planned = office.plan(now, rules=without(office.rules, "eerste-contact"))
    assert planned.poisoned == 1
    assert office.notices(gone) == []
    assert len(office.notices(kept)) == 2
    assert office.next_look(gone) == now + planning.POISON_WAIT
    # Mended content makes up for it.
    assert office.plan(now + planning.POISON_WAIT).poisoned == 0
    assert len(office.notices(gone)) == 2


def test_a_ladder_that_is_gone_stops_nothing(office: Office) -> None:
    office.open()
    knowledge = replace(
        office.rules.knowledge,
        ladders=MappingProxyType(
            {
                key: it
                for key, it in office.rules.knowledge.ladders.items()
                if key != "korte-termijn"
            }
        ),
    )
    planned = office.plan(
        morning(office, THE_DAY), rules=replace(office.rules, knowledge=knowledge)
    )
    assert (planned.poisoned, planned.looked_at) == (2, 2)


def test_a_closed_zaak_is_silent(office: Office) -> None:
    termijn = contact(office)
    office.sql("UPDATE zaak SET closed_at = :now", now=NINE)
    assert office.told(morning(office, THE_DAY)) == []
    assert office.next_look(termijn) is None


def without(rules: Rules, norm_id: str) -> Rules:
    norms = {key: norm for key, norm in rules.knowledge.norms.items() if key != norm_id}
    return replace(rules, knowledge=replace(rules.knowledge, norms=MappingProxyType(norms)))


# Digests

FRIDAY = date(2026, 11, 27)


def digests(office: Office, now: datetime) -> int:
    return office.database.write(planning.plan_digests, now=now, rules=office.rules)


def next_digests(office: Office) -> set[datetime | None]:
    return {moment(row[0]) for row in office.sql("SELECT next_at FROM digest_schedule")}


def schedule(office: Office, day: date) -> None:
    office.sql("UPDATE digest_schedule SET next_at = :at", at=morning(office, day, "08:00"))


def test_a_digest_is_planned_once_a_morning_for_each_lead(office: Office) -> None:
    now = morning(office, date(2026, 11, 24), "08:00")
    assert digests(office, now - timedelta(seconds=1)) == 0
    assert digests(office, now) == 2
    assert digests(office, now) == 0
    assert digests(office, now + timedelta(hours=3)) == 0
    assert next_digests(office) == {morning(office, date(2026, 11, 25), "08:00")}
    heard = [(row["person_id"], row["team_id"], row["kind"]) for row in office.notices()]
    assert sorted(heard) == [
        (office.thea.person_id, office.noord, "digest"),
        (office.zeno.person_id, office.zuid, "digest"),
    ]
    assert {moment(row["due_at"]) for row in office.notices()} == {now}


def test_two_who_plan_digests_at_once_plan_one_each(office: Office) -> None:
    now = morning(office, date(2026, 11, 24), "08:00")
    results = together(*[partial(digests, office, now)] * 2)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert office.counts()["notice"] == 2


def test_after_friday_comes_monday(office: Office) -> None:
    schedule(office, FRIDAY)
    digests(office, morning(office, FRIDAY, "08:00"))
    assert next_digests(office) == {morning(office, THE_DAY, "08:00")}


def test_after_the_thursday_before_easter_comes_the_tuesday_after_it(office: Office) -> None:
    thursday, tuesday = date(2027, 3, 25), date(2027, 3, 30)  # and summer time began meanwhile
    schedule(office, thursday)
    digests(office, morning(office, thursday, "08:00"))
    assert next_digests(office) == {morning(office, tuesday, "08:00")}
    assert morning(office, tuesday, "08:00").hour == 6


def test_after_a_weekend_of_downtime_there_is_one_digest(office: Office) -> None:
    schedule(office, FRIDAY)
    now = morning(office, THE_DAY, "08:05")
    assert digests(office, now) == 2
    assert digests(office, now) == 0
    assert {moment(row["wanted_at"]) for row in office.notices()} == {
        morning(office, FRIDAY, "08:00")
    }
    assert next_digests(office) == {morning(office, PLUS_1, "08:00")}


def test_back_in_the_weekend_there_is_one_digest_on_monday(office: Office) -> None:
    for back in (
        morning(office, FRIDAY, "20:00"),
        morning(office, date(2026, 11, 28), "10:00"),
        morning(office, THE_DAY, "05:00"),
    ):
        office.sql("DELETE FROM notice")
        schedule(office, FRIDAY)
        digests(office, back)
        digests(office, morning(office, THE_DAY, "08:00"))
        heard = office.claim(morning(office, THE_DAY, "12:00"))
        assert sorted(notice.person_id for notice in heard) == [
            office.thea.person_id,
            office.zeno.person_id,
        ]
