"""The numbers of the morning digest, on a few fixed days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from storage import figures
from storage.figures import DigestItem, TeamDigest
from tests.storage.office import MONDAY, NINE, Office, by_norm

# Opened on Monday 23 November: contact and jeugdbeschermer due on the 30th (the latter by one
# reading on the 28th), the koers on 4 January.
DUE = date(2026, 11, 30)


def digest(office: Office, today: date, team_id: int | None = None) -> TeamDigest:
    return office.database.read(figures.team_digest, team_id=team_id or office.noord, today=today)


def norms(items: tuple[DigestItem, ...]) -> list[str]:
    return [item.norm_id for item in items]


def test_nothing_open_is_quiet(office: Office) -> None:
    found = digest(office, MONDAY)
    assert (found.team, found.open_zaken, found.handled, found.on_time) == ("Noord", 0, 0, 0)
    assert found.quiet


@pytest.mark.parametrize(
    ("today", "late", "coming"),
    [
        # A week ahead of the earliest defensible date is just too early...
        (date(2026, 11, 21), [], []),
        # ... a day later one of the two readings comes into sight, then the other norm.
        (date(2026, 11, 22), [], ["vaste-jeugdbeschermer"]),
        (date(2026, 11, 24), [], ["eerste-contact", "vaste-jeugdbeschermer"]),
        # On the day itself nothing is late, whatever the stricter reading says.
        (DUE, [], ["eerste-contact", "vaste-jeugdbeschermer"]),
        (date(2026, 12, 1), ["eerste-contact", "vaste-jeugdbeschermer"], []),
        (date(2026, 12, 29), ["eerste-contact", "vaste-jeugdbeschermer"], ["gedragen-koers"]),
    ],
)
def test_what_is_late_and_what_is_coming_never_overlap(
    office: Office, today: date, late: list[str], coming: list[str]
) -> None:
    office.open()
    found = digest(office, today)
    assert (norms(found.late), norms(found.coming)) == (late, coming)


def test_an_item_names_the_zaak_and_who_has_it(office: Office) -> None:
    zaak = office.open()
    item = digest(office, DUE).coming[0]
    assert item == DigestItem(
        termijn_id=by_norm(zaak, "eerste-contact").id,
        zaak_id=zaak.id,
        zaak_code=zaak.code,
        norm_id="eerste-contact",
        due_on=DUE,
        owner="Sanne",
    )


def test_zaken_without_an_owner_are_named_apart(office: Office) -> None:
    office.open()
    unowned = office.open(office.thea)
    found = digest(office, DUE)
    assert [(zaak.zaak_id, zaak.kader, zaak.opened_at) for zaak in found.unowned] == [
        (unowned.id, "ots", NINE)
    ]
    assert found.open_zaken == 2
    assert {item.owner for item in found.coming if item.zaak_id == unowned.id} == {None}


def test_what_was_handled_in_the_seven_days_before_counts_as_on_time_or_not(
    office: Office,
) -> None:
    def handled(on: date) -> None:
        zaak = office.open()
        now = datetime.combine(on, NINE.timetz())
        office.done(by_norm(zaak, "eerste-contact"), on=on, now=now)

    handled(DUE - timedelta(days=3))  # too long ago for a digest of 5 December
    handled(DUE - timedelta(days=2))  # the first day that counts
    handled(DUE)  # on the day itself is on time
    handled(DUE + timedelta(days=1))  # too late
    handled(DUE + timedelta(days=5))  # today does not count yet
    found = digest(office, DUE + timedelta(days=5))
    assert (found.handled, found.on_time) == (3, 2)


def test_what_was_handled_is_not_late_or_coming(office: Office) -> None:
    zaak = office.open()
    for termijn in zaak.termijnen:
        office.done(termijn, on=MONDAY, now=NINE)
    found = digest(office, date(2026, 12, 1))
    assert (found.late, found.coming, found.open_zaken) == ((), (), 1)
    assert found.quiet


def test_another_team_does_not_count(office: Office) -> None:
    zaak = office.open(office.zuri, team_id=office.zuid)
    office.done(zaak.termijnen[0], on=MONDAY, now=NINE, actor=office.zuri)
    assert digest(office, DUE) == TeamDigest(
        team_id=office.noord,
        team="Noord",
        today=DUE,
        late=(),
        coming=(),
        unowned=(),
        open_zaken=0,
        handled=0,
        on_time=0,
    )
    theirs = digest(office, DUE, office.zuid)
    assert (theirs.team, theirs.open_zaken, theirs.handled) == ("Zuid", 1, 1)


def test_a_closed_zaak_does_not_count(office: Office) -> None:
    zaak = office.open(office.thea)
    office.done(zaak.termijnen[0], on=MONDAY, now=NINE, actor=office.thea)
    office.sql("UPDATE zaak SET closed_at = :now", now=NINE)
    found = digest(office, DUE)
    assert (found.open_zaken, found.handled, found.unowned) == (0, 0, ())
    assert found.quiet
