"""Who is away, who stands in meanwhile, and who keeps a zaak on a day: never nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from knowledge.refusals import Refusal
from storage import absence, access, keeping, leaving, zaken
from storage.absence import AbsenceView
from storage.access import Actor, Role
from storage.keeping import Why
from storage.refusals import Conflict, NotAllowed, NotFound
from storage.zaak_views import ZaakView
from tests.storage.office import MONDAY, NINE, Office, at, by_norm, moment, together

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (24, 25, 26, 27))


def refused(office: Office, operation: Callable[[], object], kind: type[Refusal]) -> Refusal:
    """What this is refused with; and nothing may be left behind."""
    before = office.counts()
    with pytest.raises(kind) as caught:
        operation()
    assert office.counts() == before
    return caught.value


def away(
    office: Office, who: Actor, first: date = TUESDAY, last: date = THURSDAY, *,
    substitute: Actor | None = None, by: Actor | None = None, now: datetime = NINE,
) -> AbsenceView:  # fmt: skip
    return office.do(
        absence.away,
        by or who,
        now=now,
        person_id=who.person_id,
        from_day=first,
        until_day=last,
        substitute_id=substitute.person_id if substitute else None,
    )


def keeper(office: Office, zaak: ZaakView, day: date) -> tuple[str, Why] | None:
    found = office.database.read(zaken.kept_by, zaak_id=zaak.id, today=day)
    return (found.first_name, found.why) if found else None


def seen(office: Office, who: Actor, day: date) -> list[int]:
    """The zaken somebody sees on a day."""
    found = office.database.read(zaken.zaken, actor=office.today(who, day))
    return [one.id for one in found]


# Standing in


def test_a_substitute_sees_and_handles_as_long_as_the_absence_holds(office: Office) -> None:
    zaak = office.open()
    first, second, third = zaak.termijnen
    away(office, office.sanne, substitute=office.omar)
    for day in (MONDAY, FRIDAY):
        assert seen(office, office.omar, day) == []
        stranger = office.today(office.omar, day)
        now = at(day, "10:00", office.rules)
        attempt = partial(office.done, first, on=MONDAY, now=now, actor=stranger)
        assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"
    for day, termijn in ((TUESDAY, first), (THURSDAY, second)):
        assert seen(office, office.omar, day) == [zaak.id]
        now = at(day, "10:00", office.rules)
        done = office.done(termijn, on=day, now=now, actor=office.today(office.omar, day))
        assert done.done_by == "Omar"
    # It stays Sanne's, who can do it herself as well.
    assert office.shown(zaak).owner == "Sanne"
    assert seen(office, office.sanne, WEDNESDAY) == [zaak.id]
    now = at(WEDNESDAY, "10:00", office.rules)
    assert office.done(third, on=MONDAY, now=now).done_by == "Sanne"


def test_the_channel_gives_the_same_actor(office: Office) -> None:
    away(office, office.sanne, substitute=office.omar)
    for day, people in ((MONDAY, set()), (TUESDAY, {office.sanne.person_id})):
        found = office.database.read(access.actor_by_channel, office.omar.channel_id, today=day)
        assert found is not None
        assert found.stands_in_for == people
    assert office.omar.stands_in_for == frozenset()  # without a day nobody stands in


def test_only_in_a_team_they_share(office: Office) -> None:
    invitation = office.database.write(
        access.invite, now=NINE, role=Role.JEUGDBESCHERMER, team="Zuid"
    )
    both = office.database.write(
        access.accept_invitation,
        now=NINE,
        token=invitation.token,
        channel_id=office.sanne.channel_id,
        first_name="Sanne",
        first_digest_at=NINE,
    )
    here, there = office.open(both), office.open(both, team_id=office.zuid)
    away(office, both, substitute=office.omar)
    assert seen(office, office.omar, TUESDAY) == [here.id]
    attempt = partial(
        office.done,
        there.termijnen[0],
        on=MONDAY,
        now=at(TUESDAY, "10:00", office.rules),
        actor=office.today(office.omar, TUESDAY),
    )
    refused(office, attempt, NotFound)
    assert keeper(office, here, TUESDAY) == ("Omar", Why.SUBSTITUTE)
    assert keeper(office, there, TUESDAY) == ("Zeno", Why.LEAD)


def test_standing_in_is_not_passed_on(office: Office) -> None:
    zaak = office.open()
    tom = office.hire("Tom", Role.JEUGDBESCHERMER)
    away(office, office.sanne, substitute=office.omar)
    away(office, office.omar, substitute=tom)
    assert seen(office, tom, TUESDAY) == []
    assert keeper(office, zaak, TUESDAY) == ("Thea", Why.LEAD)


def test_a_substitute_hears_that_they_stand_in(office: Office) -> None:
    made = away(office, office.sanne, substitute=office.omar)
    assert (made.first_name, made.substitute) == ("Sanne", "Omar")
    (row,) = office.notices()
    assert (row["kind"], row["person_id"]) == ("substitute", office.omar.person_id)
    assert row["about_id"] == office.sanne.person_id
    assert moment(row["due_at"]) == NINE


def test_who_takes_it_on_themselves_is_not_told(office: Office) -> None:
    invitation = office.database.write(access.invite, now=NINE, role=Role.TEAMLEIDER, team="Noord")
    lead = office.database.write(
        access.accept_invitation,
        now=NINE,
        token=invitation.token,
        channel_id=office.omar.channel_id,
        first_name="Omar",
        first_digest_at=NINE,
    )
    away(office, office.sanne, substitute=lead, by=lead)
    assert office.notices() == []


# Who keeps a zaak


def test_without_a_substitute_the_lead_keeps_it_and_after_that_the_owner(office: Office) -> None:
    zaak = office.open()
    away(office, office.sanne)
    assert [keeper(office, zaak, day) for day in (MONDAY, TUESDAY, THURSDAY, FRIDAY)] == [
        ("Sanne", Why.OWNER),
        ("Thea", Why.LEAD),
        ("Thea", Why.LEAD),
        ("Sanne", Why.OWNER),
    ]
    found = office.database.read(zaken.kept_by, zaak_id=zaak.id, today=TUESDAY)
    assert found is not None
    assert found.away_until == THURSDAY


def test_who_keeps_it_when_more_people_are_away(office: Office) -> None:
    zaak = office.open()
    away(office, office.sanne, substitute=office.omar)
    assert keeper(office, zaak, WEDNESDAY) == ("Omar", Why.SUBSTITUTE)
    away(office, office.omar, WEDNESDAY, WEDNESDAY)
    assert keeper(office, zaak, TUESDAY) == ("Omar", Why.SUBSTITUTE)
    assert keeper(office, zaak, WEDNESDAY) == ("Thea", Why.LEAD)
    away(office, office.thea, WEDNESDAY, WEDNESDAY)
    assert keeper(office, zaak, WEDNESDAY) == ("Gerda", Why.LEAD)
    away(office, office.gerda, WEDNESDAY, WEDNESDAY)
    assert keeper(office, zaak, WEDNESDAY) == ("Thea", Why.LEAD)  # somebody has to
    for lead in (office.thea, office.gerda):
        office.leave(lead)
    assert keeper(office, zaak, WEDNESDAY) == ("Sanne", Why.OWNER)
    office.leave(office.sanne)
    assert keeper(office, zaak, WEDNESDAY) is None


def test_a_zaak_of_nobody_is_kept_by_the_lead(office: Office) -> None:
    zaak = office.open(office.thea)
    assert keeper(office, zaak, MONDAY) == ("Thea", Why.LEAD)
    assert office.database.read(zaken.kept_by, zaak_id=4040, today=MONDAY) is None


def test_where_the_substitute_left_the_lead_keeps_it(office: Office) -> None:
    zaak = office.open()
    away(office, office.sanne, substitute=office.omar)
    office.do(leaving.leave, office.thea, person_id=office.omar.person_id)
    assert keeper(office, zaak, TUESDAY) == ("Thea", Why.LEAD)
    (shown,) = office.database.read(
        absence.absences,
        actor=office.sanne,
        today=MONDAY,
        person_ids=[office.sanne.person_id],
    )
    assert shown.substitute is None


# One absence over another, and back


def listed(office: Office, who: Actor, today: date = MONDAY) -> list[tuple[date, date]]:
    found = office.database.read(
        absence.absences, actor=who, today=today, person_ids=[who.person_id]
    )
    return [(one.from_day, one.until_day) for one in found]


def test_of_absences_on_one_day_the_newest_holds(office: Office) -> None:
    zaak = office.open()
    away(office, office.sanne, substitute=office.omar)
    away(office, office.sanne, date(2026, 12, 7), date(2026, 12, 11))
    away(office, office.sanne, THURSDAY, date(2026, 12, 2))
    assert listed(office, office.sanne) == [
        (THURSDAY, date(2026, 12, 2)),
        (date(2026, 12, 7), date(2026, 12, 11)),
    ]
    assert seen(office, office.omar, TUESDAY) == []
    assert keeper(office, zaak, TUESDAY) == ("Sanne", Why.OWNER)
    assert keeper(office, zaak, THURSDAY) == ("Thea", Why.LEAD)
    actions = [action for _, action in office.actions(f"person:{office.sanne.person_id}")]
    assert actions[-4:] == ["absence_made", "absence_made", "absence_ended", "absence_made"]


def test_of_two_who_arrange_it_at_once_one_holds(office: Office) -> None:
    results = together(
        partial(away, office, office.sanne),
        partial(away, office, office.sanne, by=office.thea),
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    assert listed(office, office.sanne) == [(TUESDAY, THURSDAY)]


def test_who_is_back_has_their_zaken_again(office: Office) -> None:
    zaak = office.open()
    made = away(office, office.sanne, substitute=office.omar)
    now = at(WEDNESDAY, "08:00", office.rules)
    office.do(absence.back, now=now, absence_id=made.id)
    assert keeper(office, zaak, WEDNESDAY) == ("Sanne", Why.OWNER)
    assert seen(office, office.omar, WEDNESDAY) == []
    assert listed(office, office.sanne) == []
    attempt = partial(office.do, absence.back, now=now, absence_id=made.id)
    assert refused(office, attempt, NotFound).text_id == "afwezigheid-onbekend"


def test_an_absence_that_is_over_is_not_ended(office: Office) -> None:
    made = away(office, office.sanne)
    now = at(FRIDAY, "08:00", office.rules)
    attempt = partial(office.do, absence.back, now=now, absence_id=made.id)
    assert refused(office, attempt, NotFound).text_id == "afwezigheid-onbekend"
    assert listed(office, office.sanne, FRIDAY) == []


def test_until_when_somebody_is_away(office: Office) -> None:
    def until(day: date) -> date | None:
        return office.database.read(keeping.away_until, office.sanne.person_id, day=day)

    assert until(MONDAY) is None
    away(office, office.sanne)
    away(office, office.sanne, date(2026, 12, 7), date(2026, 12, 11))
    assert [until(day) for day in (MONDAY, TUESDAY, THURSDAY, FRIDAY)] == [
        THURSDAY,
        THURSDAY,
        THURSDAY,
        date(2026, 12, 11),
    ]
    assert until(date(2026, 12, 12)) is None


# What is possible, and for whom


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (THURSDAY, TUESDAY, "afwezig-omgekeerd"),
        (date(2026, 11, 2), date(2026, 11, 20), "afwezig-omgekeerd"),
        (TUESDAY, TUESDAY + timedelta(days=367), "afwezig-te-lang"),
        (MONDAY + timedelta(days=367), MONDAY + timedelta(days=368), "afwezig-te-lang"),
    ],
)
def test_days_that_cannot_be(office: Office, first: date, last: date, why: str) -> None:
    attempt = partial(away, office, office.sanne, first, last)
    assert refused(office, attempt, Conflict).text_id == why


def test_an_illness_that_began_last_week_can_still_be_written_down(office: Office) -> None:
    assert away(office, office.sanne, date(2026, 11, 18), MONDAY).until_day == MONDAY


def test_who_can_stand_in(office: Office) -> None:
    people = office.database.read(absence.substitutes, office.sanne.person_id)
    assert people == [office.omar.person_id]
    for who in (office.sanne, office.thea, office.zuri, office.bas):
        attempt = partial(away, office, office.sanne, substitute=who)
        assert refused(office, attempt, Conflict).text_id == "vervanger-kan-niet"
    office.lose_channel(office.omar)
    attempt = partial(away, office, office.sanne, substitute=office.omar)
    assert refused(office, attempt, Conflict).text_id == "vervanger-kan-niet"


def test_nobody_stands_in_who_is_away_themselves(office: Office) -> None:
    away(office, office.omar, MONDAY, FRIDAY)
    attempt = partial(away, office, office.sanne, substitute=office.omar)
    refusal = refused(office, attempt, Conflict)
    assert (refusal.text_id, refusal.parameters) == ("vervanger-is-afwezig", {"tot": FRIDAY})
    # On some of the days they are in.
    later = away(office, office.sanne, last=date(2026, 12, 2), substitute=office.omar)
    assert later.substitute == "Omar"


def test_who_may_arrange_it_for_whom(office: Office) -> None:
    made = away(office, office.sanne, by=office.thea)
    assert away(office, office.thea, by=office.gerda).first_name == "Thea"
    for by in (office.omar, office.zeno, office.bas):
        refused(office, partial(away, office, office.sanne, by=by), NotAllowed)
        attempt = partial(office.do, absence.back, by, absence_id=made.id)
        refused(office, attempt, NotAllowed)
        with pytest.raises(NotAllowed):
            office.database.read(
                absence.absences, actor=by, today=MONDAY, person_ids=[office.sanne.person_id]
            )
    office.do(absence.back, office.gerda, absence_id=made.id)


def test_of_somebody_who_left_nothing_is_arranged(office: Office) -> None:
    office.do(leaving.leave, office.thea, person_id=office.omar.person_id)
    refused(office, partial(away, office, office.omar, by=office.thea), NotAllowed)


# The days of the week


def test_a_roster_is_kept_and_only_by_oneself_or_the_lead(office: Office) -> None:
    def change(roster: int, by: Actor) -> int:
        return office.database.write(
            absence.set_roster, now=NINE, actor=by, person_id=office.sanne.person_id, roster=roster
        )

    def look(by: Actor) -> int:
        return office.database.read(absence.roster, actor=by, person_id=office.sanne.person_id)

    assert look(office.sanne) == 31  # from Monday to Friday
    assert change(7, office.sanne) == 7
    assert look(office.thea) == 7
    before = office.counts()
    assert change(7, office.sanne) == 7
    assert office.counts() == before
    assert change(31, office.thea) == 31
    for by in (office.omar, office.zeno, office.bas):
        refused(office, partial(change, 1, by), NotAllowed)
        with pytest.raises(NotAllowed):
            look(by)
    for nonsense in (0, -1, 128):
        attempt = partial(change, nonsense, office.sanne)
        assert refused(office, attempt, Conflict).text_id == "rooster-leeg"
    actions = [action for _, action in office.actions(f"person:{office.sanne.person_id}")]
    assert actions.count("roster_changed") == 2


def test_how_much_open_work_somebody_has(office: Office) -> None:
    def work(session: Session) -> int:
        return absence.open_work(session, person_id=office.sanne.person_id)

    zaak = office.open()
    office.open()
    office.open(office.omar)
    assert office.database.read(work) == 2
    office.do(zaken.close_zaak, zaak_id=zaak.id)
    assert office.database.read(work) == 1
    assert by_norm(zaak, "eerste-contact").is_open
