"""Zaken from a sheet and back, on both databases."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import termijnen, transfer, zaak_days, zaken
from storage.access import Role
from storage.db import Database, build_database
from storage.refusals import Conflict, NotAllowed, NotFound
from storage.rules import Rules
from storage.sheet_rows import Reading, Sheet, SheetRow
from storage.transfer import Imported, RowsRefused
from tests.storage.office import MONDAY, NINE, Office

HEADER = ("zaaknummer", "kader", "datum", "jeugdbeschermer")
SECRET = "Jaimy de Boer"


def sheet(*rows: tuple[Any, ...], header: tuple[str, ...] = HEADER) -> Sheet:
    numbered = (SheetRow(number=number, cells=row) for number, row in enumerate(rows, start=2))
    return Sheet(header=header, rows=tuple(numbered))


def judge(office: Office, given: Sheet, rules: Rules | None = None) -> Reading:
    return office.database.read(
        transfer.judge, now=NINE, rules=rules or office.rules, team_id=office.noord, sheet=given
    )


def bring_in(office: Office, given: Sheet, **options: Any) -> Imported:
    wanted: dict[str, Any] = {"actor": office.thea, "rules": office.rules} | options
    return office.database.write(
        transfer.bring_in, now=NINE, team_id=office.noord, sheet=given, **wanted
    )


def reasons(reading: Reading) -> list[tuple[int, str, str]]:
    return [(one.number, one.column, one.refusal.text_id) for one in reading.refused]


def take_out(office: Office) -> Sheet:
    return office.database.write(
        transfer.take_out, now=NINE, rules=office.rules, team_id=office.noord
    )


def test_a_preview_changes_nothing(office: Office) -> None:
    before = office.counts()
    reading = judge(office, sheet(("", "OTS", "23-11-2026", "sanne"), ("", "x", "", "")))
    assert len(reading.accepted) == 1
    assert office.counts() == before


def test_rows_become_zaken_with_their_termijnen_and_owner(office: Office) -> None:
    header = (*HEADER, "Ingang van de Maatregel", "einde-maatregel")
    given = sheet(
        ("", "Ondertoezicht stelling", MONDAY, " SANNE ", "2026-11-20", date(2027, 11, 20)),
        ("", "voogdij", "2026-11-23"),
        header=header,
    )
    done = bring_in(office, given)
    assert [row.number for row in done.opened] == [2, 3]
    found = office.database.read(zaken.zaken, actor=office.thea)
    assert [(one.code, one.kader, one.owner) for one in found] == [
        (done.opened[0].code, "ots", "Sanne"),
        (done.opened[1].code, "voogdij", None),
    ]
    assert found[0].days["ingang-maatregel"] == date(2026, 11, 20)
    assert found[0].days["einde-maatregel"] == date(2027, 11, 20)
    assert len(office.actions(f"zaak:{found[0].id}")) == 4
    assert office.actions(f"team:{office.noord}")[-1] == (office.thea.person_id, "zaken_imported")


def test_the_round_trip_keeps_codes_kaders_days_and_owners(
    office: Office, tmp_path: Path, sqlite_template: Path
) -> None:
    office.hire("Kim", Role.JEUGDBESCHERMER)
    first = office.open(office.sanne)
    drang = office.open(office.thea, kader="drang-zonder-vto", day=date(2026, 9, 1))
    for zaak_id, event, day in (
        (first.id, "einde-maatregel", date(2027, 5, 1)),
        (first.id, "einde-maatregel", date(2027, 11, 1)),
        (first.id, "plan-vastgesteld", MONDAY),
        (first.id, "achttien", date(2031, 5, 1)),
        (drang.id, "vto-ingediend", date(2026, 10, 1)),
        (drang.id, "calamiteit-bekend", MONDAY),
    ):
        office.database.write(
            zaak_days.record_day, now=NINE, actor=office.thea, rules=office.rules,
            zaak_id=zaak_id, event=event, day=day,
        )  # fmt: skip
    for day in (date(2026, 9, 3), date(2026, 10, 5)):
        office.database.write(
            termijnen.visited, now=NINE, actor=office.thea, rules=office.rules,
            zaak_id=drang.id, on=day,
        )  # fmt: skip
    out = take_out(office)
    file = tmp_path / "other.sqlite"
    file.write_bytes(sqlite_template.read_bytes())
    database = build_database(f"sqlite:///{file}")
    try:
        other = Office(database, office.rules)
        bring_in(other, out)
        assert take_out(other) == out
        assert stood(database, other) == stood(office.database, office)
    finally:
        database.close()
    assert office.actions(f"team:{office.noord}")[-1] == (None, "zaken_exported")


def stood(database: Database, office: Office) -> list[tuple[Any, ...]]:
    found = database.read(zaken.zaken, actor=office.thea)
    return [
        (one.code, one.kader, one.owner, one.days, sorted(
            (termijn.norm_id, termijn.start_on, termijn.due_on)
            for termijn in one.termijnen if termijn.is_open
        ))
        for one in found
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (("111222333", "ots", MONDAY), "zaaknummer", "import-nummer-bsn"),
        (("12-03-2015", "ots", MONDAY), "zaaknummer", "import-nummer-geboortedatum"),
        (("a.b9@voorbeeld.nl", "ots", MONDAY), "zaaknummer", "import-nummer-persoonsgegeven"),
        ((SECRET, "ots", MONDAY), "zaaknummer", "import-nummer-naam"),
        (("JB-000001", "ots", MONDAY), "zaaknummer", "import-nummer-geen-code"),
        ((MONDAY, "ots", MONDAY), "zaaknummer", "import-nummer-is-dag"),
        (("", "", MONDAY), "kader", "import-kader-leeg"),
        (("", SECRET, MONDAY), "kader", "import-kader-onbekend"),
        (("", "ots", ""), "datum", "import-dag-leeg"),
        (("", "ots", "23-11-26"), "datum", "import-dag-onleesbaar"),
        (("", "ots", "31-02-2026"), "datum", "import-dag-bestaat-niet"),
        (("", "ots", "24-11-2026"), "datum", "start-in-toekomst"),
        (("", "ots", "2001-11-24"), "datum", "start-te-lang-geleden"),
        (("", "ots", MONDAY, "Zuri"), "jeugdbeschermer", "import-collega-onbekend"),
        (("", "ots", MONDAY, "=1+1"), "jeugdbeschermer", "import-formule"),
        (("", "ots", MONDAY, "x" * 300), "jeugdbeschermer", "import-cel-te-lang"),
        (("", "ots", MONDAY, "", SECRET), "ingang-maatregel", "import-dag-onleesbaar"),
        (("", "voogdij", MONDAY, "", MONDAY), "ingang-maatregel", "import-dag-vreemd"),
        (
            ("", "ots", MONDAY, "", "2026-11-01 en 2026-11-02"),
            "ingang-maatregel",
            "import-dag-eenmalig",
        ),
        (("", "ots", MONDAY, "", "", MONDAY), "kennisgeving", "import-dag-in-datum"),
        (("", "ots", MONDAY, "", "", "", SECRET), "7 (G)", "import-cel-zonder-kolom"),
    ],
)
def test_a_bad_row_is_named_and_opens_nothing(
    office: Office, row: tuple[Any, ...], column: str, reason: str
) -> None:
    good = ("", "ots", MONDAY, "Omar")
    given = sheet(good, row, header=(*HEADER, "ingang-maatregel", "kennisgeving"))
    reading = judge(office, given)
    assert reasons(reading) == [(3, column, reason)]
    assert SECRET not in repr(reading.refused[0].refusal.parameters)
    before = office.counts()
    with pytest.raises(RowsRefused) as refused:
        bring_in(office, given)
    assert [one.number for one in refused.value.rows] == [3]
    assert office.counts() == before
    assert len(bring_in(office, given, skip_refused=True).opened) == 1


def test_two_colleagues_with_one_name(office: Office) -> None:
    namesake = office.hire("Sanne", Role.JEUGDBESCHERMER)
    reading = judge(office, sheet(("", "ots", MONDAY, "Sanne")))
    assert reasons(reading) == [(2, "jeugdbeschermer", "import-collega-dubbel")]
    numbers = f"{office.sanne.person_id}, {namesake.person_id}"
    assert reading.refused[0].refusal.parameters == {"nummers": numbers}
    office.open(namesake)
    named = take_out(office).rows[0].cells[3]
    assert named == f"Sanne ({namesake.person_id})"
    reading = judge(
        office,
        sheet(("", "ots", MONDAY, named), ("", "ots", MONDAY, f"Omar ({namesake.person_id})")),
    )
    assert [one.owner_id for one in reading.accepted] == [namesake.person_id]
    assert reasons(reading) == [(3, "jeugdbeschermer", "import-collega-onbekend")]


def test_a_name_with_signs_that_no_sheet_takes(office: Office) -> None:
    office.sql(
        "UPDATE person SET first_name = :name WHERE id = :id",
        name="San\x07ne\u200b", id=office.sanne.person_id,
    )  # fmt: skip
    office.open()
    assert take_out(office).rows[0].cells[3] == "Sanne"
    (row,) = judge(office, sheet(("", "ots", MONDAY, "sanne"))).accepted
    assert row.owner_id == office.sanne.person_id


def test_many_visits_go_out_and_come_back(office: Office) -> None:
    days = [MONDAY - timedelta(days=9 * number) for number in range(60)]
    cell = " en ".join(day.isoformat() for day in days)
    given = sheet(("", "ots", days[-1], "", cell), header=(*HEADER, "bezoek"))
    bring_in(office, given)
    out = take_out(office)
    assert out.header[-1] == "bezoek"
    assert len(str(out.rows[0].cells[-1]).split(" en ")) == 60
    nameless = sheet(("", *out.rows[0].cells[1:]), header=out.header)
    assert reasons(judge(office, nameless)) == [(2, "zaaknummer", "import-staat-er-al")]


@pytest.mark.parametrize("cell", ["2031-05", "5-2031", "2031-05-13", date(2031, 5, 13)])
def test_of_a_birthday_only_the_month_is_read(office: Office, cell: Any) -> None:
    given = sheet(("", "ots", MONDAY, "", cell), header=(*HEADER, "achttien"))
    (row,) = judge(office, given).accepted
    assert row.days == (("achttien", date(2031, 5, 1)),)
    wrong = sheet(("", "ots", MONDAY, "", "2031-13"), header=(*HEADER, "achttien"))
    assert reasons(judge(office, wrong)) == [(2, "achttien", "import-dag-bestaat-niet")]


def test_the_same_sheet_twice_opens_nothing_new(office: Office) -> None:
    rules = replace(office.rules, zaak_pattern=re.compile("JB-[0-9]{6}"))
    given = sheet(
        ("", "ots", MONDAY), ("", "ots", MONDAY), ("JB-000001", "ots", MONDAY),
        ("jb-000001 ", "vots", MONDAY),
    )  # fmt: skip
    assert reasons(judge(office, given, rules)) == [(5, "zaaknummer", "import-nummer-dubbel")]
    assert len(bring_in(office, given, rules=rules, skip_refused=True).opened) == 3
    again = bring_in(office, given, rules=rules, skip_refused=True)
    assert again.opened == ()
    assert [one.refusal.text_id for one in again.refused] == [
        "import-staat-er-al", "import-staat-er-al",
        "import-nummer-in-gebruik", "import-nummer-in-gebruik",
    ]  # fmt: skip
    longest = office.sql("SELECT max(length(opening_nonce)) FROM zaak")[0][0]
    assert longest == 24


def test_what_fails_halfway_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    before, open_zaak, tries = office.counts(), zaken.open_zaak, iter(range(9))

    def second_fails(*args: Any, **options: Any) -> Any:
        if next(tries) == 1:
            raise Conflict("zaaknummer-in-gebruik", nummer="x")
        return open_zaak(*args, **options)

    monkeypatch.setattr(zaken, "open_zaak", second_fails)
    with pytest.raises(RowsRefused):
        bring_in(office, sheet(("", "ots", MONDAY), ("", "vots", MONDAY)))
    assert office.counts() == before


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (("kader", "datum", SECRET), "import-kolom-onbekend"),
        (("kader", "datum", "Datum "), "import-kolom-dubbel"),
        (("kader",), "import-kolom-ontbreekt"),
        (("datum",), "import-kolom-ontbreekt"),
    ],
)
def test_a_header_that_cannot_be_read(office: Office, header: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Conflict) as refused:
        judge(office, sheet(("ots", MONDAY), header=header))
    assert refused.value.text_id == reason
    assert SECRET not in repr(refused.value.parameters)


def test_an_unknown_column_is_told_what_it_may_mean(office: Office) -> None:
    with pytest.raises(Conflict) as refused:
        judge(office, sheet(("ots", MONDAY), header=("kadr", "datum")))
    assert refused.value.parameters["kolommen"] == "1 (A) (bedoel je 'kader'?)"


def test_a_sheet_without_rows(office: Office) -> None:
    with pytest.raises(Conflict, match="import-geen-rijen"):
        judge(office, sheet())


def test_who_acts(office: Office) -> None:
    def lead(named: str | None = None) -> str:
        found = office.database.read(transfer.lead_of, team_id=office.noord, named=named)
        return found.first_name

    assert (lead(), lead("thea ")) == ("Thea", "Thea")
    with pytest.raises(NotFound, match="import-door-onbekend"):
        lead("Sanne")
    office.hire("Tom", Role.TEAMLEIDER)
    with pytest.raises(Conflict, match="import-kies-teamleider"):
        lead()
    assert lead("Tom") == "Tom"
    namesake = office.hire("tom", Role.TEAMLEIDER)
    with pytest.raises(Conflict, match="import-kies-teamleider") as refused:
        lead("Tom")
    assert f"{namesake.person_id} (tom)" in str(refused.value.parameters["namen"])
    assert lead(str(namesake.person_id)) == "tom"
    office.leave(namesake)
    office.leave(office.thea)
    assert lead() == "Tom"
    with pytest.raises(NotFound, match="team-onbekend"):
        office.database.read(transfer.team_named, name="Oost")


def test_a_lead_of_another_team_brings_nothing_in(office: Office) -> None:
    with pytest.raises(NotAllowed):
        bring_in(office, sheet(("", "ots", MONDAY)), actor=office.zeno)
