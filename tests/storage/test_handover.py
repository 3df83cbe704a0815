"""Whose a zaak is: asked, given, closed, reopened, and what happens when somebody leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import pytest

from knowledge.refusals import Refusal
from storage import access, gezin, handover, leaving, notices, zaken
from storage.access import Actor, Role
from storage.refusals import Conflict, InvitationRefused, NotAllowed, NotFound
from storage.zaak_views import ZaakView
from tests.storage.office import MONDAY, NINE, Office, at, by_norm, moment, the, together

LATER = NINE + timedelta(hours=1)


def refused(office: Office, operation: Callable[[], object], kind: type[Refusal]) -> Refusal:
    """What this is refused with; and nothing may be left behind."""
    before = office.counts()
    with pytest.raises(kind) as caught:
        operation()
    assert office.counts() == before
    return caught.value


def ended(results: list[object]) -> list[str]:
    """How things that were done at once ended."""
    return sorted(type(one).__name__ for one in results)


def offer(office: Office, zaak: ZaakView, to: Actor, actor: Actor | None = None) -> ZaakView:
    return office.do(handover.offer, actor, zaak_id=zaak.id, to=to.person_id)


def accept(office: Office, zaak: ZaakView, actor: Actor, now: datetime = NINE) -> ZaakView:
    return office.do(handover.accept, actor, now=now, zaak_id=zaak.id)


def refuse(office: Office, zaak: ZaakView, actor: Actor) -> ZaakView:
    return office.do(handover.refuse, actor, zaak_id=zaak.id)


def withdraw(office: Office, zaak: ZaakView, actor: Actor | None = None) -> ZaakView:
    return office.do(handover.withdraw, actor, zaak_id=zaak.id)


def close(
    office: Office, zaak: ZaakView, actor: Actor | None = None, now: datetime = NINE
) -> ZaakView:
    return office.do(zaken.close_zaak, actor, now=now, zaak_id=zaak.id)


def reopen(
    office: Office, zaak: ZaakView, actor: Actor | None = None, now: datetime = LATER
) -> ZaakView:
    return office.do(zaken.reopen_zaak, actor, now=now, zaak_id=zaak.id)


def leave(office: Office, who: Actor, by: Actor | None = None) -> str:
    return office.do(leaving.leave, by or office.thea, person_id=who.person_id)


# Asking a colleague


def test_a_zaak_stays_where_it_is_until_who_was_asked_accepts(office: Office) -> None:
    zaak = office.open()
    asked = offer(office, zaak, office.omar)
    assert (asked.owner, asked.offered_to) == ("Sanne", "Omar")
    assert office.heard(NINE) == [("Omar", "offered")]
    read = office.database.read
    assert [one.id for one in read(handover.offers_to, actor=office.omar)] == [zaak.id]
    assert read(handover.offered, actor=office.omar, zaak_id=zaak.id) == asked
    assert read(zaken.zaken, actor=office.omar) == []
    taken = accept(office, zaak, office.omar)
    assert (taken.owner, taken.offered_to) == ("Omar", None)
    assert office.heard(NINE) == [("Sanne", "accepted")]
    assert read(handover.offers_to, actor=office.omar) == []
    assert read(zaken.zaken, actor=office.sanne) == []
    assert [action for _, action in office.actions(f"zaak:{zaak.id}")][-2:] == [
        "zaak_offered",
        "zaak_handed_over",
    ]


def test_asking_twice_is_asking_once(office: Office) -> None:
    zaak = office.open()
    first = offer(office, zaak, office.omar)
    before = office.counts()
    assert offer(office, zaak, office.omar) == first
    assert office.counts() == before


def test_a_refused_zaak_stays_and_who_asked_hears_so(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar, office.thea)
    office.heard(NINE)
    after = refuse(office, zaak, office.omar)
    assert (after.owner, after.offered_to) == ("Sanne", None)
    assert office.heard(NINE) == [("Thea", "refused")]
    attempt = partial(accept, office, zaak, office.omar)
    assert refused(office, attempt, Conflict).text_id == "overdracht-voorbij"


def test_a_question_that_is_withdrawn_in_time_is_never_asked(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar)
    after = withdraw(office, zaak)
    assert (after.owner, after.offered_to) == ("Sanne", None)
    assert office.heard(NINE) == []
    for late in (accept, refuse):
        attempt = partial(late, office, zaak, office.omar)
        assert refused(office, attempt, Conflict).text_id == "overdracht-voorbij"
    attempt = partial(withdraw, office, zaak)
    assert refused(office, attempt, Conflict).text_id == "overdracht-loopt-niet"


def test_who_was_given_the_zaak_meanwhile_makes_the_question_void(office: Office) -> None:
    zaak = office.open()
    tom = office.hire("Tom", Role.JEUGDBESCHERMER)
    offer(office, zaak, office.omar)
    after = office.assign(zaak, tom)
    assert (after.owner, after.offered_to) == ("Tom", None)
    attempt = partial(accept, office, zaak, office.omar)
    assert refused(office, attempt, Conflict).text_id == "overdracht-voorbij"


def test_who_is_asked_and_by_whom(office: Office) -> None:
    zaak, nobodys = office.open(), office.open(office.thea)
    tom = office.hire("Tom", Role.JEUGDBESCHERMER)
    office.lose_channel(tom)
    tries: list[tuple[Callable[[], object], type[Refusal], str]] = [
        (partial(offer, office, zaak, office.sanne), Conflict, "overdracht-aan-zelfde"),
        (partial(offer, office, zaak, office.thea), Conflict, "geen-jeugdbeschermer-van-team"),
        (partial(offer, office, zaak, office.zuri), Conflict, "geen-jeugdbeschermer-van-team"),
        (partial(offer, office, zaak, tom), Conflict, "geen-jeugdbeschermer-van-team"),
        (partial(offer, office, zaak, office.omar, office.omar), NotFound, "zaak-onbekend"),
        (partial(offer, office, nobodys, office.omar, office.thea), NotFound, "zaak-onbekend"),
        (partial(accept, office, zaak, office.omar), Conflict, "overdracht-voorbij"),
    ]
    for operation, kind, text_id in tries:
        assert refused(office, operation, kind).text_id == text_id
    office.database.write(access.channel_back, tom.person_id, now=NINE)
    offer(office, zaak, tom)
    refusal = refused(office, partial(offer, office, zaak, office.omar), Conflict)
    assert (refusal.text_id, refusal.parameters) == ("overdracht-loopt-al", {"naam": "Tom"})


def test_who_could_take_it_over_is_shown_by_name_without_who_has_it(office: Office) -> None:
    zaak = office.open()
    office.hire("Anna", Role.JEUGDBESCHERMER)
    people = office.database.read(handover.receivers, actor=office.sanne, zaak_id=zaak.id)
    assert [one.first_name for one in people] == ["Anna", "Omar"]


def test_after_a_hand_over_the_warnings_go_to_the_new_owner(office: Office) -> None:
    zaak = office.open()
    contact = office.keep_only(zaak, "eerste-contact")
    day = at(date(2026, 11, 26), "08:30", office.rules)
    office.plan(day)
    assert [row["person_id"] for row in office.notices(contact)] == [office.sanne.person_id]
    offer(office, zaak, office.omar)
    accept(office, zaak, office.omar, day)
    assert office.told(day + timedelta(minutes=1)) == [("Omar", "bijna")]


# Who cannot be reached


def test_an_offer_to_who_cannot_be_reached_comes_back(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar)
    (claimed,) = office.claim(NINE)
    assert (claimed.kind, claimed.zaak_id) == ("offered", zaak.id)
    office.cannot_bring(claimed)
    after = office.shown(zaak)
    assert (after.owner, after.offered_to) == ("Sanne", None)
    assert office.heard(NINE) == [("Sanne", "refused")]
    assert office.actions(f"zaak:{zaak.id}")[-1] == (None, "zaak_offer_refused")
    assert offer(office, zaak, office.hire("Tom", Role.JEUGDBESCHERMER)).offered_to == "Tom"


def test_an_answer_that_cannot_be_brought_changes_nothing(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar)
    office.heard(NINE)
    accept(office, zaak, office.omar)
    (claimed,) = office.claim(NINE)
    office.cannot_bring(claimed)
    assert office.shown(zaak).owner == "Omar"
    assert office.heard(NINE) == []


def test_an_offer_that_was_answered_while_it_was_under_way_stays_answered(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar)
    (claimed,) = office.claim(NINE)
    accept(office, zaak, office.omar)
    office.cannot_bring(claimed)
    assert office.shown(zaak).owner == "Omar"
    assert office.heard(NINE) == [("Sanne", "accepted")]


# Together with those of the same gezin


def linked(office: Office) -> tuple[ZaakView, ZaakView]:
    one, other = office.open(), office.open()
    office.do(gezin.link, zaak_id=one.id, other_id=other.id)
    return one, other


def test_zaken_of_one_gezin_are_offered_and_taken_together(office: Office) -> None:
    one, other = linked(office)
    offer(office, one, office.omar)
    assert [office.shown(each).offered_to for each in (one, other)] == ["Omar", "Omar"]
    assert office.heard(NINE) == [("Omar", "offered")]  # once
    accept(office, other, office.omar)
    assert [office.shown(each).owner for each in (one, other)] == ["Omar", "Omar"]
    assert [office.shown(each).offered_to for each in (one, other)] == [None, None]


def test_an_offer_of_a_gezin_is_withdrawn_from_any_of_its_zaken(office: Office) -> None:
    one, other = linked(office)
    offer(office, one, office.omar)
    withdraw(office, other)
    assert office.heard(NINE) == []
    assert [office.shown(each).offered_to for each in (one, other)] == [None, None]


def test_two_who_assign_zaken_of_one_gezin_at_once_both_succeed(office: Office) -> None:
    one, other = linked(office)
    tom = office.hire("Tom", Role.JEUGDBESCHERMER)
    for _ in range(5):
        results = together(
            partial(office.assign, one, office.omar), partial(office.assign, other, tom)
        )
        assert ended(results) == ["ZaakView", "ZaakView"]
        owners = {office.shown(each).owner for each in (one, other)}
        assert len(owners) == 1
        assert owners <= {"Omar", "Tom"}


# Two at once


def test_of_two_accepts_at_once_one_takes_it(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar)
    results = together(*[partial(accept, office, zaak, office.omar)] * 2)
    assert ended(results) == ["Conflict", "ZaakView"]
    actions = [action for _, action in office.actions(f"zaak:{zaak.id}")]
    assert actions.count("zaak_handed_over") == 1
    assert [told for told in office.heard(NINE) if told[1] == "accepted"] == [("Sanne", "accepted")]


def test_accept_against_withdraw_one_of_them_holds(office: Office) -> None:
    for _ in range(4):
        zaak = office.open()
        offer(office, zaak, office.omar)
        taken, back = together(
            partial(accept, office, zaak, office.omar), partial(withdraw, office, zaak)
        )
        assert isinstance(taken, ZaakView) != isinstance(back, ZaakView)
        after = office.shown(zaak)
        assert after.offered_to is None
        assert after.owner == ("Omar" if isinstance(taken, ZaakView) else "Sanne")


def test_of_two_assigns_at_once_the_last_holds_and_both_are_told(office: Office) -> None:
    zaak = office.open(office.thea)
    tom = office.hire("Tom", Role.JEUGDBESCHERMER)
    results = together(partial(office.assign, zaak, office.omar), partial(office.assign, zaak, tom))
    assert ended(results) == ["ZaakView", "ZaakView"]
    rows = office.sql("SELECT details FROM journal WHERE action = 'zaak_assigned' ORDER BY id")
    assert len(rows) == 2
    assert office.shown(zaak).owner in ("Omar", "Tom")
    assert [told for told in office.heard(NINE) if told[1] == "assigned"] == [
        ("Omar", "assigned"),
        ("Tom", "assigned"),
    ]


def test_done_against_close(office: Office) -> None:
    for _ in range(4):
        zaak = office.open()
        contact = by_norm(zaak, "eerste-contact")
        done, closed = together(
            partial(office.done, contact, on=MONDAY, now=NINE),
            partial(close, office, zaak, office.thea),
        )
        assert isinstance(closed, ZaakView)
        after = by_norm(office.shown(zaak), "eerste-contact")
        if isinstance(done, NotFound):  # closed already
            assert (after.done_on, after.ended_why) == (None, "closed")
        else:
            assert (after.done_on, after.ended_why) == (MONDAY, None)


def test_of_two_closes_at_once_one_closes(office: Office) -> None:
    zaak = office.open()
    results = together(partial(close, office, zaak), partial(close, office, zaak, office.thea))
    assert ended(results) == ["NotFound", "ZaakView"]
    actions = [action for _, action in office.actions(f"zaak:{zaak.id}")]
    assert actions.count("zaak_closed") == 1
    assert len(office.sql("SELECT id FROM journal WHERE action = 'termijn_ended'")) == 3


def test_accept_against_close(office: Office) -> None:
    for _ in range(4):
        zaak = office.open()
        offer(office, zaak, office.omar)
        together(
            partial(accept, office, zaak, office.omar), partial(close, office, zaak, office.thea)
        )
        after = office.shown(zaak)
        assert after.closed_at is not None
        assert after.offered_to is None


# Closing and reopening


def test_a_closed_zaak_says_nothing_and_its_open_termijnen_end(office: Office) -> None:
    zaak = office.open()
    office.done(by_norm(zaak, "gedragen-koers"), on=MONDAY, now=NINE)
    day = at(date(2026, 11, 27), "08:30", office.rules)
    office.plan(day)
    assert office.notices()
    after = close(office, zaak, now=day)
    assert {one.norm_id: one.ended_why for one in after.termijnen} == {
        "vaste-jeugdbeschermer": "closed",
        "eerste-contact": "closed",
        "gedragen-koers": None,
    }
    assert office.told(day) == []
    assert office.told(at(date(2026, 12, 3), "10:00", office.rules)) == []
    read = office.database.read
    assert read(zaken.zaken, actor=office.sanne) == []
    assert [one.id for one in read(zaken.closed_zaken, actor=office.sanne)] == [zaak.id]
    assert read(zaken.closed_zaken, actor=office.omar) == []
    assert read(zaken.zaak_by_code, actor=office.sanne, code=zaak.code) == after
    for attempt in (
        partial(office.assign, zaak, office.omar),
        partial(offer, office, zaak, office.omar),
        partial(office.done, zaak.termijnen[0], on=MONDAY, now=NINE),
        partial(office.happens, zaak, "ingang-maatregel", MONDAY),
        partial(close, office, zaak),
    ):
        assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"


def test_reopened_exactly_what_the_closing_ended_is_back_and_warns(office: Office) -> None:
    zaak = office.open()
    office.done(by_norm(zaak, "vaste-jeugdbeschermer"), on=MONDAY, now=NINE)
    office.happens(zaak, "einde-maatregel", date(2027, 8, 20))
    office.happens(zaak, "einde-maatregel", date(2027, 11, 19))  # replaces what counts back
    before = office.shown(zaak)
    day = at(date(2026, 11, 27), "08:30", office.rules)
    assert office.told(day) == [("Sanne", "bijna"), ("Thea", "bijna")]
    closed_on = at(date(2026, 11, 27), "09:00", office.rules)
    close(office, zaak, now=closed_on)
    after = reopen(office, zaak, now=closed_on + timedelta(hours=1))
    assert after == before
    contact = the(after, "eerste-contact")
    assert office.told(at(date(2026, 11, 27), "11:00", office.rules)) == []  # was told already
    thirtieth = at(date(2026, 11, 30), "08:30", office.rules)
    assert office.told(thirtieth) == [("Sanne", "vandaag"), ("Thea", "vandaag")]
    assert office.next_look(contact) is not None


def test_what_waited_at_the_closing_is_told_after_reopening(office: Office) -> None:
    zaak = office.open()
    office.keep_only(zaak, "eerste-contact")
    day = at(date(2026, 11, 27), "08:30", office.rules)
    office.plan(day)
    close(office, zaak, now=day)
    assert office.told(day) == []
    reopen(office, zaak, now=day + timedelta(minutes=5))
    assert office.told(day + timedelta(minutes=6)) == [("Sanne", "bijna"), ("Thea", "bijna")]


def test_closed_twice_only_the_last_closing_is_taken_back(office: Office) -> None:
    zaak = office.open()
    close(office, zaak)
    reopen(office, zaak)
    office.done(by_norm(zaak, "eerste-contact"), on=MONDAY, now=LATER)
    close(office, zaak, now=LATER + timedelta(hours=1))
    after = reopen(office, zaak, now=LATER + timedelta(hours=2))
    assert {one.norm_id for one in after.termijnen if one.is_open} == {
        "vaste-jeugdbeschermer",
        "gedragen-koers",
    }


def test_an_open_zaak_is_not_reopened_and_not_by_others(office: Office) -> None:
    zaak = office.open()
    attempt = partial(reopen, office, zaak)
    assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"
    close(office, zaak)
    for stranger in (office.omar, office.zeno, office.bas):
        attempt = partial(reopen, office, zaak, stranger)
        assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"


def test_of_two_who_reopen_at_once_one_does(office: Office) -> None:
    zaak = office.open()
    close(office, zaak)
    results = together(partial(reopen, office, zaak), partial(reopen, office, zaak, office.thea))
    assert ended(results) == ["NotFound", "ZaakView"]


def test_an_owner_who_left_is_no_owner_of_what_is_reopened(office: Office) -> None:
    zaak = office.open()
    close(office, zaak)
    leave(office, office.sanne)
    assert reopen(office, zaak, office.thea).owner is None


def test_closing_ends_an_offer(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar)
    assert close(office, zaak).offered_to is None
    assert reopen(office, zaak).offered_to is None
    assert office.database.read(handover.offers_to, actor=office.omar) == []
    assert office.heard(NINE) == []  # what was not asked yet is not asked any more


def test_of_a_gezin_one_zaak_is_closed_and_reopened_with_who_has_the_rest(office: Office) -> None:
    one, other = linked(office)
    close(office, one)
    office.assign(other, office.omar)
    assert office.shown(one).owner == "Sanne"
    assert reopen(office, one, office.thea).owner == "Omar"


# Leaving


def test_nobody_leaves_work_without_an_owner(office: Office) -> None:
    first, second = office.open(), office.open()
    refusal = refused(office, partial(leave, office, office.sanne), Conflict)
    assert refusal.text_id == "werk-zonder-eigenaar"
    assert refusal.parameters == {"naam": "Sanne", "codes": sorted([first.code, second.code])}
    given = office.do(
        leaving.give_all,
        office.thea,
        person_id=office.sanne.person_id,
        to=office.omar.person_id,
        team_id=office.noord,
    )
    assert given == 2
    assert [office.shown(each).owner for each in (first, second)] == ["Omar", "Omar"]
    assert office.heard(NINE) == [("Omar", "assigned")]  # one message for all
    assert leave(office, office.sanne) == "Sanne"
    assert leave(office, office.sanne) == "Sanne"  # twice does nothing more
    left = office.actions(f"person:{office.sanne.person_id}")
    assert left.count((office.thea.person_id, "person_left")) == 1


def test_a_closed_zaak_keeps_nobody(office: Office) -> None:
    close(office, office.open())
    assert leave(office, office.sanne) == "Sanne"


def test_giving_all_is_for_the_lead_and_to_a_jeugdbeschermer(office: Office) -> None:
    office.open()

    def give(to: Actor, by: Actor) -> int:
        return office.do(
            leaving.give_all,
            by,
            person_id=office.sanne.person_id,
            to=to.person_id,
            team_id=office.noord,
        )

    for by in (office.sanne, office.omar, office.zeno, office.bas):
        refused(office, partial(give, office.omar, by), NotAllowed)
    for to in (office.sanne, office.thea, office.zuri):
        attempt = partial(give, to, office.thea)
        assert refused(office, attempt, Conflict).text_id == "geen-jeugdbeschermer-van-team"


def test_who_may_let_somebody_go(office: Office) -> None:
    for by in (office.omar, office.sanne, office.zeno):
        refused(office, partial(leave, office, office.sanne, by), NotAllowed)
    refused(office, partial(leave, office, office.thea, office.thea), NotAllowed)
    assert leave(office, office.sanne, office.gerda) == "Sanne"
    assert leave(office, office.omar, office.bas) == "Omar"


def test_who_is_also_in_another_team_is_let_go_by_who_leads_both(office: Office) -> None:
    invitation = office.database.write(
        access.invite, now=NINE, role=Role.JEUGDBESCHERMER, team="Zuid"
    )
    office.database.write(
        access.accept_invitation,
        now=NINE,
        token=invitation.token,
        channel_id=office.sanne.channel_id,
        first_name="Sanne",
        first_digest_at=NINE,
    )
    refused(office, partial(leave, office, office.sanne), NotAllowed)
    assert leave(office, office.sanne, office.bas) == "Sanne"


def test_the_last_lead_of_a_team_with_work_stays(office: Office) -> None:
    zaak = office.open()
    leave(office, office.gerda, office.bas)
    refusal = refused(office, partial(leave, office, office.thea, office.bas), Conflict)
    assert (refusal.text_id, refusal.parameters) == ("laatste-teamleider", {"naam": "Thea"})
    office.hire("Tom", Role.TEAMLEIDER)
    assert leave(office, office.thea, office.bas) == "Thea"
    assert office.shown(zaak).owner == "Sanne"


def test_the_last_lead_of_a_team_without_work_may_go(office: Office) -> None:
    assert leave(office, office.zeno, office.bas) == "Zeno"


def test_of_two_last_leads_who_leave_at_once_one_stays(office: Office) -> None:
    office.open()
    results = together(
        partial(leave, office, office.thea, office.bas),
        partial(leave, office, office.gerda, office.bas),
    )
    assert ended(results) == ["Conflict", "str"]


def test_leaving_against_being_given_a_zaak_leaves_nothing_without_an_owner(
    office: Office,
) -> None:
    for number in range(4):
        somebody = office.hire(f"Tom{number}", Role.JEUGDBESCHERMER)
        zaak = office.open(office.thea)
        gone, given = together(
            partial(leave, office, somebody), partial(office.assign, zaak, somebody)
        )
        assert isinstance(gone, str) != isinstance(given, ZaakView)
        owner = office.shown(zaak).owner_id
        assert owner == (None if isinstance(gone, str) else somebody.person_id)


def test_leaving_against_opening_leaves_nothing_without_an_owner(office: Office) -> None:
    for number in range(4):
        somebody = office.hire(f"Tom{number}", Role.JEUGDBESCHERMER)
        gone, opened = together(partial(leave, office, somebody), partial(office.open, somebody))
        assert isinstance(gone, str) != isinstance(opened, ZaakView)


def test_what_who_leaves_had_not_answered_goes_back(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar)
    office.heard(NINE)
    leave(office, office.omar)
    after = office.shown(zaak)
    assert (after.owner, after.offered_to) == ("Sanne", None)
    assert office.heard(NINE) == [("Sanne", "refused")]


def test_what_who_leaves_had_asked_stays_asked(office: Office) -> None:
    zaak = office.open()
    offer(office, zaak, office.omar, office.gerda)
    office.heard(NINE)
    leave(office, office.gerda, office.bas)
    assert accept(office, zaak, office.omar).owner == "Omar"


def test_whoever_was_let_go_can_do_nothing_any_more(office: Office) -> None:
    leave(office, office.omar)
    read = office.database.read
    assert read(access.actor_by_channel, office.omar.channel_id) is None
    assert read(access.actor_by_id, office.omar.person_id, today=MONDAY) is None
    zaak = office.open()
    attempt = partial(offer, office, zaak, office.omar)
    assert refused(office, attempt, Conflict).text_id == "geen-jeugdbeschermer-van-team"
    attempt = partial(office.assign, zaak, office.omar)
    assert refused(office, attempt, Conflict).text_id == "geen-jeugdbeschermer-van-team"
    people = read(handover.receivers, actor=office.sanne, zaak_id=zaak.id)
    assert "Omar" not in [one.first_name for one in people]
    team = read(leaving.team_members, actor=office.thea, team_id=office.noord)
    assert [one.first_name for one in team] == ["Gerda", "Sanne", "Thea"]
    invitation = office.database.write(
        access.invite, now=NINE, role=Role.JEUGDBESCHERMER, team="Noord"
    )
    with pytest.raises(InvitationRefused):
        office.database.write(
            access.accept_invitation,
            now=NINE,
            token=invitation.token,
            channel_id=office.omar.channel_id,
            first_name="Omar",
            first_digest_at=NINE,
        )


def test_a_lead_who_leaves_gets_no_digest_any_more(office: Office) -> None:
    leave(office, office.thea, office.bas)
    rows = office.sql("SELECT person_id FROM digest_schedule")
    assert [row[0] for row in rows] == [office.zeno.person_id]


def test_a_team_as_its_lead_sees_it(office: Office) -> None:
    office.open()
    close(office, office.open())
    members = office.database.read(leaving.team_members, actor=office.thea, team_id=office.noord)
    assert [(one.first_name, one.roles, one.open_zaken) for one in members] == [
        ("Gerda", (Role.GEBIEDSMANAGER,), 0),
        ("Omar", (Role.JEUGDBESCHERMER,), 0),
        ("Sanne", (Role.JEUGDBESCHERMER,), 1),
        ("Thea", (Role.TEAMLEIDER,), 0),
    ]
    for other in (office.sanne, office.zeno, office.bas):
        with pytest.raises(NotAllowed):
            office.database.read(leaving.team_members, actor=other, team_id=office.noord)


def test_who_is_told_and_when(office: Office) -> None:
    evening = at(MONDAY, "20:00", office.rules)
    zaak = office.open()
    office.do(handover.offer, now=evening, zaak_id=zaak.id, to=office.omar.person_id)
    (row,) = [one for one in office.notices() if one["kind"] == notices.OFFERED]
    assert moment(row["due_at"]) == at(date(2026, 11, 24), "08:30", office.rules)
