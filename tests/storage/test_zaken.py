"""Zaken and termijnen: what may be done, by whom, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from knowledge.refusals import Refusal
from storage import drafts, handover, termijnen, zaak_days, zaak_rows, zaken
from storage.access import Actor, Role
from storage.refusals import Conflict, DraftGone, NotAllowed, NotFound
from storage.zaak_views import TermijnView, ZaakView
from tests.storage.office import MONDAY, NINE, Office, at, by_norm, moment, together

TUESDAY = date(2026, 11, 24)
TUESDAY_NINE = NINE + timedelta(days=1)


def refused(office: Office, operation: Callable[[], object], kind: type[Refusal]) -> Refusal:
    """What this is refused with; and nothing may be left behind."""
    before = office.counts()
    with pytest.raises(kind) as caught:
        operation()
    assert office.counts() == before
    return caught.value


# Opening


def test_an_ots_of_monday_gets_its_termijnen_with_their_explanation(office: Office) -> None:
    zaak = office.open()
    dates = {termijn.norm_id: (termijn.due_on, termijn.warn_on) for termijn in zaak.termijnen}
    assert dates == {
        "vaste-jeugdbeschermer": (date(2026, 11, 30), date(2026, 11, 28)),
        "eerste-contact": (date(2026, 11, 30), date(2026, 11, 30)),
        "gedragen-koers": (date(2027, 1, 4), date(2027, 1, 4)),
    }
    assert [termijn.due_on for termijn in zaak.termijnen] == sorted(
        termijn.due_on for termijn in zaak.termijnen
    )
    assert zaak.days == {"kennisgeving": MONDAY}
    first = by_norm(zaak, "vaste-jeugdbeschermer")
    assert first.norm_version == 1
    assert first.start_on == MONDAY
    assert first.explanation.due.first_day == TUESDAY
    assert [skipped.name for skipped in first.explanation.due.skipped] == ["zaterdag", "zondag"]
    (other,) = first.explanation.others
    assert other.reading == "5 kalenderdagen"
    assert other.due.on == date(2026, 11, 28)


def test_what_was_stored_is_what_was_shown(office: Office) -> None:
    opened = office.open()
    assert office.database.read(zaken.zaak, actor=office.sanne, zaak_id=opened.id) == opened


def test_opening_is_written_in_the_journal(office: Office) -> None:
    zaak = office.open()
    sanne = office.sanne.person_id
    assert office.actions(f"zaak:{zaak.id}") == [
        (sanne, "zaak_opened"),
        (sanne, "zaak_day_recorded"),
    ]
    for termijn in zaak.termijnen:
        assert office.actions(f"termijn:{termijn.id}") == [(sanne, "termijn_started")]
    assert zaak.code not in str(office.sql("SELECT * FROM journal"))


def test_what_a_jeugdbeschermer_opens_is_theirs(office: Office) -> None:
    zaak = office.open()
    assert (zaak.owner_id, zaak.owner) == (office.sanne.person_id, "Sanne")


@pytest.mark.parametrize("who", ["thea", "gerda"])
def test_what_a_lead_opens_has_no_owner_yet(office: Office, who: str) -> None:
    zaak = office.open(getattr(office, who))
    assert (zaak.owner_id, zaak.owner) == (None, None)


def test_every_kader_of_the_content_can_be_opened(office: Office) -> None:
    for kader in office.rules.knowledge.kaders:
        assert office.open(kader=kader).termijnen


def test_the_day_is_judged_where_the_people_are(office: Office) -> None:
    just_after_midnight = at(TUESDAY, "00:30", office.rules)
    assert just_after_midnight.date() == MONDAY  # in UTC
    assert office.open(day=TUESDAY, now=just_after_midnight).days == {"kennisgeving": TUESDAY}


def test_a_start_in_the_future_is_refused(office: Office) -> None:
    refusal = refused(office, lambda: office.open(day=TUESDAY), Conflict)
    assert refusal.text_id == "start-in-toekomst"


def test_a_start_too_long_ago_is_refused(office: Office) -> None:
    oldest = MONDAY - zaak_rows.OLDEST_START
    refusal = refused(office, lambda: office.open(day=oldest - timedelta(days=1)), Conflict)
    assert refusal.text_id == "start-te-lang-geleden"
    assert office.open(day=oldest).termijnen


def test_an_unknown_kader_is_refused(office: Office) -> None:
    refusal = refused(office, lambda: office.open(kader="adoptie"), NotFound)
    assert refusal.text_id == "kader-onbekend"


@pytest.mark.parametrize("who", ["sanne", "thea", "gerda", "bas"])
def test_nobody_opens_a_zaak_in_a_team_they_are_not_in(office: Office, who: str) -> None:
    refused(office, lambda: office.open(getattr(office, who), team_id=office.zuid), NotAllowed)


# Opening from a conversation


def conversation(office: Office, *, day: date = MONDAY) -> str:
    data = {"kader": "ots", "team": office.noord, "day": day.isoformat()}
    return office.database.write(
        drafts.start, now=NINE, actor=office.sanne, kind=drafts.OPEN, data=data
    )


def confirm(office: Office, nonce: str, actor: Actor | None = None) -> tuple[ZaakView, bool]:
    return office.database.write(
        zaken.open_drafted_zaak,
        now=NINE,
        actor=actor or office.sanne,
        rules=office.rules,
        nonce=nonce,
    )


def test_confirming_opens_the_zaak_and_ends_the_conversation(office: Office) -> None:
    nonce = conversation(office)
    zaak, new = confirm(office, nonce)
    assert new
    assert len(zaak.termijnen) == 3
    assert office.counts()["draft"] == 0


def test_confirming_twice_gives_the_same_zaak(office: Office) -> None:
    nonce = conversation(office)
    first, _ = confirm(office, nonce)
    before = office.counts()
    again, new = confirm(office, nonce)
    assert (again, new) == (first, False)
    assert office.counts() == before


def test_confirming_twice_at_once_gives_one_zaak(office: Office) -> None:
    nonce = conversation(office)
    results = together(*[partial(confirm, office, nonce)] * 2)
    assert [type(result) for result in results] == [tuple, tuple], results
    assert sorted(result[1] for result in results if isinstance(result, tuple)) == [False, True]
    assert len({result[0].id for result in results if isinstance(result, tuple)}) == 1
    assert office.counts()["zaak"] == 1


def test_somebody_elses_conversation_cannot_be_confirmed(office: Office) -> None:
    nonce = conversation(office)
    confirm(office, nonce)
    refused(office, lambda: confirm(office, nonce, office.omar), DraftGone)


def test_a_conversation_that_is_over_opens_nothing(office: Office) -> None:
    refused(office, lambda: confirm(office, "unknown"), DraftGone)


def test_a_refused_conversation_stays_so_that_it_can_be_mended(office: Office) -> None:
    nonce = conversation(office, day=TUESDAY)
    refused(office, lambda: confirm(office, nonce), Conflict)
    assert office.database.read(drafts.get, actor=office.sanne, nonce=nonce).kind == drafts.OPEN


# A day that comes later


def record(
    office: Office,
    zaak: ZaakView,
    *,
    event: str = "ingang-maatregel",
    day: date = MONDAY,
    actor: Actor | None = None,
) -> ZaakView:
    return office.database.write(
        zaak_days.record_day,
        now=NINE,
        actor=actor or office.sanne,
        rules=office.rules,
        zaak_id=zaak.id,
        event=event,
        day=day,
    )


def test_the_start_of_the_measure_starts_the_end_of_the_ots(office: Office) -> None:
    zaak = office.open()
    day = date(2026, 11, 20)
    after = record(office, zaak, day=day)
    assert after.days == {"kennisgeving": MONDAY, "ingang-maatregel": day}
    assert {t.norm_id for t in after.termijnen} - {t.norm_id for t in zaak.termijnen} == {
        "ots-einde",
        "passende-hulp",
    }
    assert by_norm(after, "ots-einde").due_on == date(2027, 11, 20)


def test_an_end_that_is_still_to_come_starts_what_is_counted_back_from_it(office: Office) -> None:
    zaak = office.open()
    after = record(office, zaak, event="einde-maatregel", day=date(2027, 11, 19))
    ask = by_norm(after, "ots-verlenging-aanvragen")
    assert ask.due_on == date(2027, 9, 24)
    assert by_norm(after, "ots-niet-verlengen-raad").due_on == date(2027, 9, 17)
    # Met before its "start", which is the end of the measure.
    done = office.database.write(
        termijnen.mark_done,
        now=NINE,
        actor=office.sanne,
        rules=office.rules,
        termijn_id=ask.id,
        on=MONDAY,
    )
    assert done.done_on == MONDAY


def test_an_end_too_far_ahead_is_a_slip_in_the_year(office: Office) -> None:
    zaak = office.open()
    attempt = partial(record, office, zaak, event="einde-maatregel", day=date(2036, 11, 19))
    assert refused(office, attempt, Conflict).text_id == "einde-te-ver-weg"


def test_a_day_is_filled_in_once(office: Office) -> None:
    zaak = office.open()
    record(office, zaak)
    again = partial(record, office, zaak, day=date(2026, 11, 20))
    assert refused(office, again, Conflict).text_id == "dag-al-ingevuld"


def test_of_two_who_fill_in_a_day_at_once_one_is_first(office: Office) -> None:
    zaak = office.open()
    results = together(
        partial(record, office, zaak), partial(record, office, zaak, actor=office.thea)
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "ZaakView"]
    assert office.counts()["zaak_day"] == 2


def test_a_day_that_the_kader_does_not_know_is_refused(office: Office) -> None:
    ots, voogdij = office.open(), office.open(kader="voogdij")
    wrong = [
        partial(record, office, ots, event="start-drang"),
        partial(record, office, ots, event="kennisgeving"),
        partial(record, office, voogdij),
    ]
    for attempt in wrong:
        assert refused(office, attempt, NotFound).text_id == "dag-hoort-niet-bij-kader"


def test_a_later_day_too_lies_neither_in_the_future_nor_too_long_ago(office: Office) -> None:
    zaak = office.open()
    too_old = MONDAY - zaak_rows.OLDEST_START - timedelta(days=1)
    for day, text_id in ((TUESDAY, "start-in-toekomst"), (too_old, "start-te-lang-geleden")):
        attempt = partial(record, office, zaak, day=day)
        assert refused(office, attempt, Conflict).text_id == text_id


# Assigning


def test_a_lead_gives_a_zaak_to_somebody_of_the_team(office: Office) -> None:
    zaak = office.open(office.thea)
    after = office.assign(zaak, office.omar)
    assert (after.owner_id, after.owner) == (office.omar.person_id, "Omar")
    assert office.actions(f"zaak:{zaak.id}")[-1] == (office.thea.person_id, "zaak_assigned")


def test_assigning_to_who_has_it_changes_nothing(office: Office) -> None:
    zaak = office.open()
    before = office.counts()
    office.assign(zaak, office.sanne)
    assert office.counts() == before


@pytest.mark.parametrize("who", ["zuri", "gerda", "thea", "bas"])
def test_a_zaak_goes_to_nobody_but_a_jeugdbeschermer_of_the_team(office: Office, who: str) -> None:
    zaak = office.open()
    attempt = partial(office.assign, zaak, getattr(office, who))
    assert refused(office, attempt, Conflict).text_id == "geen-jeugdbeschermer-van-team"


def test_a_zaak_goes_to_nobody_who_cannot_be_reached(office: Office) -> None:
    zaak = office.open(office.thea)
    office.lose_channel(office.omar)
    office.leave(office.sanne)
    for gone in (office.omar, office.sanne):
        refused(office, partial(office.assign, zaak, gone), Conflict)


# Done


def done(
    office: Office,
    termijn: TermijnView,
    on: date,
    *,
    now: datetime = TUESDAY_NINE,
    actor: Actor | None = None,
) -> TermijnView:
    return office.done(termijn, on=on, now=now, actor=actor)


@pytest.mark.parametrize("on", [MONDAY, TUESDAY])
def test_done_is_written_down_for_today_or_an_earlier_day(office: Office, on: date) -> None:
    termijn = office.open().termijnen[0]
    after = done(office, termijn, on)
    assert (after.done_on, after.done_at, after.done_by) == (on, TUESDAY_NINE, "Sanne")
    assert office.actions(f"termijn:{termijn.id}")[-1] == (office.sanne.person_id, "termijn_done")
    assert office.next_look(termijn) is None


def test_done_in_the_future_is_refused(office: Office) -> None:
    termijn = office.open().termijnen[0]
    attempt = partial(done, office, termijn, TUESDAY, now=NINE)
    assert refused(office, attempt, Conflict).text_id == "gedaan-in-toekomst"


def test_done_before_the_start_is_refused(office: Office) -> None:
    termijn = office.open().termijnen[0]
    attempt = partial(done, office, termijn, MONDAY - timedelta(days=1))
    refusal = refused(office, attempt, Conflict)
    assert (refusal.text_id, refusal.parameters) == ("gedaan-voor-start", {"start": MONDAY})


def test_done_twice_on_the_same_day_changes_nothing(office: Office) -> None:
    termijn = office.open().termijnen[0]
    first = done(office, termijn, MONDAY)
    before = office.counts()
    again = done(office, termijn, MONDAY, now=TUESDAY_NINE + timedelta(hours=1), actor=office.thea)
    assert again == first
    assert office.counts() == before


def test_done_twice_on_two_days_names_who_was_first_and_when(office: Office) -> None:
    termijn = office.open().termijnen[0]
    done(office, termijn, MONDAY)
    attempt = partial(done, office, termijn, TUESDAY, actor=office.thea)
    refusal = refused(office, attempt, Conflict)
    assert refusal.text_id == "al-afgehandeld"
    assert refusal.parameters == {"dag": MONDAY, "door": "Sanne"}


def test_of_two_who_are_done_at_once_one_is_first(office: Office) -> None:
    termijn = office.open().termijnen[0]
    results = together(
        partial(done, office, termijn, MONDAY),
        partial(done, office, termijn, TUESDAY, actor=office.thea),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "TermijnView"]
    actions = [action for _, action in office.actions(f"termijn:{termijn.id}")]
    assert actions == ["termijn_started", "termijn_done"]


def test_a_double_tap_at_once_is_one_done(office: Office) -> None:
    termijn = office.open().termijnen[0]
    first, second = together(*[partial(done, office, termijn, MONDAY)] * 2)
    assert first == second
    actions = [action for _, action in office.actions(f"termijn:{termijn.id}")]
    assert actions == ["termijn_started", "termijn_done"]


def test_a_lead_writes_down_what_somebody_of_the_team_did(office: Office) -> None:
    termijn = office.open().termijnen[0]
    assert done(office, termijn, MONDAY, actor=office.thea).done_by == "Thea"


# Undone


def test_done_is_taken_back_within_a_day(office: Office) -> None:
    termijn = office.open().termijnen[0]
    looked_at = office.next_look(termijn)
    done(office, termijn, MONDAY)
    after = office.undo(termijn, now=TUESDAY_NINE + termijnen.UNDO_WITHIN)
    assert after == termijn
    assert office.next_look(termijn) == looked_at
    actions = [action for _, action in office.actions(f"termijn:{termijn.id}")]
    assert actions == ["termijn_started", "termijn_done", "termijn_undone"]


def test_after_a_day_done_stays_done(office: Office) -> None:
    termijn = office.open().termijnen[0]
    done(office, termijn, MONDAY)
    late = TUESDAY_NINE + termijnen.UNDO_WITHIN + timedelta(seconds=1)
    attempt = partial(office.undo, termijn, now=late)
    assert refused(office, attempt, Conflict).text_id == "ongedaan-te-laat"


def test_what_is_open_cannot_be_taken_back(office: Office) -> None:
    termijn = office.open().termijnen[0]
    attempt = partial(office.undo, termijn, now=NINE)
    assert refused(office, attempt, Conflict).text_id == "niets-ongedaan-te-maken"


def test_undone_and_done_again_on_another_day(office: Office) -> None:
    termijn = office.open().termijnen[0]
    done(office, termijn, MONDAY)
    office.undo(termijn, now=TUESDAY_NINE)
    assert done(office, termijn, TUESDAY).done_on == TUESDAY


def test_of_two_who_undo_at_once_one_takes_it_back(office: Office) -> None:
    termijn = office.open().termijnen[0]
    done(office, termijn, MONDAY)
    results = together(
        partial(office.undo, termijn, now=TUESDAY_NINE),
        partial(office.undo, termijn, now=TUESDAY_NINE, actor=office.thea),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "TermijnView"]
    actions = [action for _, action in office.actions(f"termijn:{termijn.id}")]
    assert actions == ["termijn_started", "termijn_done", "termijn_undone"]


# For whose eyes

STRANGERS = ["omar", "zuri", "zeno", "bas"]


@pytest.mark.parametrize("who", STRANGERS)
def test_a_zaak_of_others_is_as_absent_as_one_that_does_not_exist(office: Office, who: str) -> None:
    zaak = office.open()
    stranger: Actor = getattr(office, who)
    termijn = zaak.termijnen[0]
    absent = 4040

    def answers(zaak_id: int, termijn_id: int, code: str) -> list[tuple[type, str, dict[str, Any]]]:
        read, write, rules = office.database.read, office.database.write, office.rules
        attempts: list[Callable[[], object]] = [
            lambda: read(zaken.zaak, actor=stranger, zaak_id=zaak_id),
            lambda: read(zaken.zaak_by_code, actor=stranger, code=code),
            lambda: read(termijnen.termijn, actor=stranger, termijn_id=termijn_id),
            lambda: write(
                zaak_days.record_day,
                now=NINE,
                actor=stranger,
                rules=rules,
                zaak_id=zaak_id,
                event="ingang-maatregel",
                day=MONDAY,
            ),
            lambda: write(
                handover.assign,
                now=NINE,
                actor=stranger,
                rules=rules,
                zaak_id=zaak_id,
                to=stranger.person_id,
            ),
            lambda: write(
                termijnen.mark_done,
                now=NINE,
                actor=stranger,
                rules=rules,
                termijn_id=termijn_id,
                on=MONDAY,
            ),
            lambda: write(
                termijnen.undo_done, now=NINE, actor=stranger, rules=rules, termijn_id=termijn_id
            ),
        ]
        caught = [refused(office, attempt, NotFound) for attempt in attempts]
        return [(type(refusal), refusal.text_id, refusal.parameters) for refusal in caught]

    here = answers(zaak.id, termijn.id, zaak.code)
    assert here == answers(absent, absent, "A1-000X")
    assert {text_id for _, text_id, _ in here} == {"zaak-onbekend"}


def test_a_closed_zaak_is_not_there(office: Office) -> None:
    zaak = office.open()
    office.sql("UPDATE zaak SET closed_at = :now", now=NINE)
    read = office.database.read
    refused(office, lambda: read(zaken.zaak, actor=office.sanne, zaak_id=zaak.id), NotFound)
    refused(office, partial(done, office, zaak.termijnen[0], MONDAY), NotFound)
    assert read(zaken.zaken, actor=office.sanne) == []


def test_a_jeugdbeschermer_sees_their_own_zaken_and_a_lead_all_of_the_team(office: Office) -> None:
    hers, his, nobodys = office.open(), office.open(office.omar), office.open(office.thea)
    office.open(office.zuri, team_id=office.zuid)

    def seen(actor: Actor) -> list[int]:
        return [zaak.id for zaak in office.database.read(zaken.zaken, actor=actor)]

    assert seen(office.sanne) == [hers.id]
    assert seen(office.omar) == [his.id]
    assert seen(office.thea) == seen(office.gerda) == [hers.id, his.id, nobodys.id]
    assert seen(office.bas) == []


def test_who_gave_a_zaak_away_does_not_see_it_any_more(office: Office) -> None:
    zaak = office.open()
    office.assign(zaak, office.omar)
    assert office.database.read(zaken.zaken, actor=office.sanne) == []
    refused(
        office,
        lambda: office.database.read(zaken.zaak, actor=office.sanne, zaak_id=zaak.id),
        NotFound,
    )


def test_a_zaak_is_found_by_its_code(office: Office) -> None:
    zaak = office.open()
    for actor in (office.sanne, office.thea):
        assert office.database.read(zaken.zaak_by_code, actor=actor, code=zaak.code) == zaak


def test_codes_differ(office: Office) -> None:
    assert len({office.open().code for _ in range(20)}) == 20


def test_a_code_in_use_is_not_given_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = iter(["A1-0001", "A1-0001", "A1-0002"])
    monkeypatch.setattr(zaken.zaakcode, "make", lambda _: next(codes))
    assert [office.open().code for _ in range(2)] == ["A1-0001", "A1-0002"]


# Colleagues


def test_a_lead_sees_who_has_how_many_zaken_least_first(office: Office) -> None:
    office.open()
    office.open()
    office.open(office.omar)
    office.hire("Anna", Role.JEUGDBESCHERMER)

    def colleagues(session: Session) -> list[tuple[str, int]]:
        found = handover.colleagues(session, actor=office.thea, team_id=office.noord)
        return [(person.first_name, person.open_zaken) for person in found]

    assert office.database.read(colleagues) == [("Anna", 0), ("Omar", 1), ("Sanne", 2)]


@pytest.mark.parametrize("who", ["sanne", "zeno", "bas"])
def test_nobody_else_sees_the_colleagues_of_a_team(office: Office, who: str) -> None:
    def look() -> object:
        actor = getattr(office, who)
        return office.database.read(handover.colleagues, actor=actor, team_id=office.noord)

    refused(office, look, NotAllowed)


def test_moments_of_a_zaak_are_kept_in_utc(office: Office) -> None:
    office.open(now=NINE.astimezone(office.rules.timezone))
    assert moment(office.sql("SELECT opened_at FROM zaak")[0][0]) == NINE
    assert NINE.tzinfo is UTC
