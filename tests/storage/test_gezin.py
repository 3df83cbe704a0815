"""Zaken of one gezin: who may link them, and that they have one casusregisseur."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest

from knowledge.refusals import Refusal
from storage import access, gezin, handover, journal, zaken
from storage.access import Actor, Role
from storage.refusals import Conflict, NotFound
from storage.zaak_views import ZaakView
from tests.storage.office import MONDAY, NINE, Office, at, by_norm, together


def refused(office: Office, operation: Callable[[], object], kind: type[Refusal]) -> Refusal:
    """What this is refused with; and nothing may be left behind."""
    before = office.counts()
    with pytest.raises(kind) as caught:
        operation()
    assert office.counts() == before
    return caught.value


def link(
    office: Office, one: ZaakView, other: ZaakView, actor: Actor | None = None
) -> list[ZaakView]:
    return office.do(gezin.link, actor, zaak_id=one.id, other_id=other.id)


def beside(office: Office, zaak: ZaakView, actor: Actor | None = None) -> list[str]:
    return office.database.read(gezin.codes_beside, actor=actor or office.sanne, zaak_id=zaak.id)


def owners(office: Office, *each: ZaakView) -> list[str | None]:
    return [office.shown(one).owner for one in each]


def test_zaken_of_one_jeugdbeschermer_become_one_gezin(office: Office) -> None:
    one, other, apart = office.open(), office.open(), office.open()
    both = link(office, one, other)
    assert [each.id for each in both] == [one.id, other.id]
    assert len({each.gezin_id for each in both}) == 1
    assert office.shown(apart).gezin_id is None
    assert (beside(office, one), beside(office, other)) == ([other.code], [one.code])
    assert beside(office, apart) == []
    for each in (one, other):
        last = office.actions(f"zaak:{each.id}")[-1]
        assert last == (office.sanne.person_id, "zaak_linked")


def test_linking_twice_changes_nothing(office: Office) -> None:
    one, other = office.open(), office.open()
    both = link(office, one, other)
    before = office.counts()
    assert link(office, one, other) == both
    assert [each.id for each in link(office, other, one)] == [one.id, other.id]
    assert office.counts() == before


def test_two_gezinnen_become_one(office: Office) -> None:
    first, second, third, fourth = (office.open() for _ in range(4))
    link(office, first, second)
    link(office, third, fourth)
    all_of_them = link(office, fourth, first)
    assert [each.id for each in all_of_them] == [first.id, second.id, third.id, fourth.id]
    assert len({office.shown(each).gezin_id for each in (first, second, third, fourth)}) == 1


def test_where_they_had_different_ones_the_lead_chooses_the_first(office: Office) -> None:
    hers, his = office.open(), office.open(office.omar)
    attempt = partial(link, office, hers, his, office.sanne)
    assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"
    link(office, his, hers, office.thea)
    assert owners(office, hers, his) == ["Omar", "Omar"]
    assert (office.thea.person_id, "zaak_assigned") in office.actions(f"zaak:{hers.id}")


def test_a_substitute_with_zaken_of_both_may_not_choose(office: Office) -> None:
    hers, his = office.open(), office.open(office.omar)
    office.sql(
        "INSERT INTO absence (person_id, from_day, until_day, substitute_id, made_at, made_by) "
        "VALUES (:away, '2026-11-23', '2026-11-24', :substitute, :now, :away)",
        away=office.sanne.person_id,
        substitute=office.omar.person_id,
        now=NINE,
    )
    omar = office.today(office.omar, NINE.date())
    attempt = partial(link, office, his, hers, omar)
    assert refused(office, attempt, Conflict).text_id == "gezin-andere-jeugdbeschermer"


def test_what_is_not_linked(office: Office) -> None:
    one, other = office.open(), office.open()
    elsewhere = office.open(office.zuri, team_id=office.zuid)
    attempt = partial(link, office, one, one)
    assert refused(office, attempt, Conflict).text_id == "gezin-zelfde-zaak"
    for actor in (office.omar, office.zeno, office.bas):
        attempt = partial(link, office, one, other, actor)
        assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"
    attempt = partial(link, office, one, elsewhere, office.thea)
    assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"
    office.do(zaken.close_zaak, zaak_id=other.id)
    attempt = partial(link, office, one, other)
    assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"


def test_they_move_together(office: Office) -> None:
    one, other = office.open(), office.open()
    link(office, one, other)
    office.assign(other, office.omar)
    assert owners(office, one, other) == ["Omar", "Omar"]
    told = [told for told in office.heard(NINE) if told[1] == "assigned"]
    assert told == [("Omar", "assigned")]  # once for both


def test_a_zaak_that_leaves_the_gezin_keeps_its_owner_and_moves_alone(office: Office) -> None:
    one, other = office.open(), office.open()
    link(office, one, other)
    after = office.do(gezin.unlink, zaak_id=one.id)
    assert (after.gezin_id, after.owner) == (None, "Sanne")
    before = office.counts()
    office.do(gezin.unlink, zaak_id=one.id)  # twice
    assert office.counts() == before
    office.assign(other, office.omar)
    assert owners(office, one, other) == ["Sanne", "Omar"]
    assert beside(office, one) == []
    attempt = partial(office.do, gezin.unlink, office.omar, zaak_id=one.id)
    assert refused(office, attempt, NotFound).text_id == "zaak-onbekend"


def test_a_zaak_that_leaves_is_still_offered_alone(office: Office) -> None:
    one, other = office.open(), office.open()
    link(office, one, other)
    office.do(handover.offer, zaak_id=one.id, to=office.omar.person_id)
    office.do(gezin.unlink, zaak_id=other.id)
    office.do(handover.accept, office.omar, zaak_id=one.id)
    assert owners(office, one, other) == ["Omar", "Sanne"]


def test_closing_one_leaves_the_other_open_and_out_of_sight(office: Office) -> None:
    one, other = office.open(), office.open()
    link(office, one, other)
    office.do(zaken.close_zaak, zaak_id=one.id)
    assert by_norm(office.shown(other), "eerste-contact").is_open
    assert beside(office, other) == []


def test_an_offer_that_ran_is_over_when_they_are_linked(office: Office) -> None:
    one, other = office.open(), office.open()
    office.do(handover.offer, zaak_id=other.id, to=office.omar.person_id)
    link(office, one, other)
    assert office.shown(other).offered_to is None
    attempt = partial(office.do, handover.accept, office.omar, zaak_id=other.id)
    assert refused(office, attempt, Conflict).text_id == "overdracht-voorbij"


def test_two_who_link_at_once_make_one_gezin(office: Office) -> None:
    for _ in range(3):
        one, other = office.open(), office.open()
        results = together(
            partial(link, office, one, other), partial(link, office, other, one, office.thea)
        )
        assert not [each for each in results if isinstance(each, Exception)], results
        assert len({office.shown(each).gezin_id for each in (one, other)} - {None}) == 1


def test_linking_while_one_is_given_away_leaves_one_casusregisseur(office: Office) -> None:
    for _ in range(3):
        one, other = office.open(), office.open()
        together(
            partial(link, office, one, other, office.thea),
            partial(office.assign, other, office.omar),
        )
        assert len(set(owners(office, one, other))) == 1


def test_a_third_joins_and_two_gezinnen_of_more_become_one(office: Office) -> None:
    first, second, third, fourth, fifth = (office.open() for _ in range(5))
    link(office, first, second)
    link(office, third, first)
    assert beside(office, third) == sorted([first.code, second.code])
    link(office, fourth, fifth)
    assert len(link(office, fifth, second)) == 5
    assert beside(office, fourth) == sorted(each.code for each in (first, second, third, fifth))


def test_a_closed_zaak_goes_along_when_two_gezinnen_become_one(office: Office) -> None:
    first, second, third, closed = (office.open() for _ in range(4))
    link(office, first, second)
    link(office, third, closed)
    office.do(zaken.close_zaak, zaak_id=closed.id)
    link(office, first, third)
    office.assign(first, office.omar)
    later = NINE + timedelta(hours=1)
    office.do(zaken.reopen_zaak, office.thea, now=later, zaak_id=closed.id)
    assert owners(office, first, second, third, closed) == ["Omar"] * 4
    others = sorted(each.code for each in (first, second, third))
    assert beside(office, closed, office.omar) == others


def test_a_gezin_is_of_one_team(office: Office) -> None:
    def in_zuid_too(who: Actor, role: Role) -> Actor:
        issued = office.database.write(access.invite, now=NINE, role=role, team="Zuid")
        return office.database.write(
            access.accept_invitation,
            now=NINE,
            token=issued.token,
            channel_id=who.channel_id,
            first_name=who.first_name,
            first_digest_at=NINE,
        )

    sanne = in_zuid_too(office.sanne, Role.JEUGDBESCHERMER)
    thea = in_zuid_too(office.thea, Role.TEAMLEIDER)
    north, south = office.open(sanne), office.open(sanne, team_id=office.zuid)
    for actor in (sanne, thea):
        attempt = partial(link, office, north, south, actor)
        assert refused(office, attempt, Conflict).text_id == "gezin-ander-team"


def test_who_gets_zaken_by_linking_hears_so_once(office: Office) -> None:
    hers, his, his_too = office.open(), office.open(office.omar), office.open(office.omar)
    link(office, his, his_too, office.omar)
    assert office.heard(NINE) == []
    link(office, hers, his_too, office.thea)
    assert owners(office, hers, his, his_too) == ["Sanne"] * 3
    assert office.heard(NINE) == [("Sanne", "assigned")]


@pytest.mark.parametrize("hers_first", [True, False])
def test_a_zaak_of_nobody_gets_the_casusregisseur_of_the_other(
    office: Office, *, hers_first: bool
) -> None:
    hers, nobodys = office.open(), office.open(office.thea)
    pair = (hers, nobodys) if hers_first else (nobodys, hers)
    assert [each.owner for each in link(office, *pair, office.thea)] == ["Sanne", "Sanne"]
    assert office.heard(NINE) == [("Sanne", "assigned")]


def test_two_of_nobody_stay_with_the_lead_until_one_is_assigned(office: Office) -> None:
    one, other = office.open(office.thea), office.open(office.thea)
    assert [each.owner for each in link(office, one, other, office.thea)] == [None, None]
    assert office.heard(NINE) == []
    office.assign(other, office.omar)
    assert owners(office, one, other) == ["Omar", "Omar"]


def test_after_linking_the_warnings_go_to_the_casusregisseur(office: Office) -> None:
    hers, his = office.open(), office.open(office.omar)
    contact = office.keep_only(his, "eerste-contact", actor=office.omar)
    for termijn in hers.termijnen:
        office.done(termijn, on=MONDAY, now=NINE)
    thursday = at(date(2026, 11, 26), "08:30", office.rules)
    office.plan(thursday)
    assert [row["person_id"] for row in office.notices(contact)] == [office.omar.person_id]
    office.do(gezin.link, office.thea, now=thursday, zaak_id=hers.id, other_id=his.id)
    assert office.told(thursday) == [("Sanne", "bijna")]


def test_what_left_while_it_was_offered_is_withdrawn_for_itself(office: Office) -> None:
    one, other = office.open(), office.open()
    link(office, one, other)
    office.do(handover.offer, zaak_id=one.id, to=office.omar.person_id)
    office.do(gezin.unlink, zaak_id=other.id)
    office.do(handover.withdraw, zaak_id=other.id)
    assert office.shown(other).offered_to is None
    assert office.shown(one).offered_to == "Omar"
    # It may come back, which ends the offer of the other too.
    link(office, one, other)
    assert office.shown(one).offered_to is None


@pytest.mark.parametrize("who", ["omar", "zuri", "zeno", "bas"])
def test_which_zaken_are_of_one_gezin_is_not_for_other_eyes(office: Office, who: str) -> None:
    one, other = office.open(), office.open()
    link(office, one, other)
    stranger = getattr(office, who)
    refused(office, partial(beside, office, one, stranger), NotFound)
    refused(office, partial(office.do, gezin.unlink, stranger, zaak_id=one.id), NotFound)
    assert beside(office, one, office.thea) == [other.code]


def one_gezin(office: Office, *each: ZaakView) -> None:
    found = [office.shown(one).gezin_id for one in each]
    assert None not in found
    assert len(set(found)) == 1
    assert len(set(owners(office, *each))) == 1
    assert office.database.read(journal.first_broken_line) is None


def test_two_who_link_one_zaak_at_once_make_one_gezin(office: Office) -> None:
    for _ in range(3):
        one, two, three = (office.open() for _ in range(3))
        results = together(
            partial(link, office, one, two), partial(link, office, three, two, office.thea)
        )
        assert not [each for each in results if isinstance(each, Exception)], results
        one_gezin(office, one, two, three)


def test_two_who_join_the_same_gezinnen_at_once_both_succeed(office: Office) -> None:
    for _ in range(6):
        one, two, three, four = (office.open() for _ in range(4))
        link(office, one, four)
        link(office, two, three)
        results = together(
            partial(link, office, four, two), partial(link, office, one, three, office.thea)
        )
        assert not [each for each in results if isinstance(each, Exception)], results
        one_gezin(office, one, two, three, four)


def test_reopening_while_the_other_is_given_away_leaves_one_casusregisseur(office: Office) -> None:
    for _ in range(4):
        one, other = office.open(), office.open()
        link(office, one, other)
        later = NINE + timedelta(hours=1)
        office.do(zaken.close_zaak, now=later, zaak_id=other.id)
        results = together(
            partial(office.do, zaken.reopen_zaak, office.thea, now=later, zaak_id=other.id),
            partial(office.assign, one, office.omar),
        )
        assert not [each for each in results if isinstance(each, Exception)], results
        one_gezin(office, one, other)
