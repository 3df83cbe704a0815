"""`koersbot zaken import` and `export`: files in and out, one sentence for each thing refused."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import text

from bot import zaak_files
from bot.cli import main
from bot.zaak_files import FileRefused, read_sheet, write_file
from storage import access
from storage.access import Role
from storage.db import Database, build_database
from storage.sheet_rows import Sheet, SheetRow

DAY = (datetime.now(UTC) - timedelta(days=20)).date()
SECRET = "Jaimy-de-Boer"


class Bureau:
    """A database on disk with team Noord: Thea leads, Sanne works there."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        database.write(access.add_team, now=datetime.now(UTC), name="Noord")
        for number, (name, role) in enumerate(
            (("Thea", Role.TEAMLEIDER), ("Sanne", Role.JEUGDBESCHERMER)), start=1
        ):
            self.hire(number, name, role)

    def hire(self, channel: int, name: str, role: Role) -> None:
        now = datetime.now(UTC)
        made = self.database.write(access.invite, now=now, role=role, team="Noord")
        self.database.write(
            access.accept_invitation, now=now, token=made.token, channel_id=channel,
            first_name=name, first_digest_at=now,
        )  # fmt: skip

    def file(self, content: str | bytes, name: str = "zaken.csv") -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def bring(self, content: str | bytes, *options: str, name: str = "zaken.csv") -> Result:
        return run("zaken", "import", self.file(content, name), "--team", "Noord", *options)

    def zaken(self) -> int:
        with self.database.engine.begin() as connection:
            return int(connection.execute(text("SELECT count(*) FROM zaak")).scalar_one())


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert SECRET not in result.output
    return result


@pytest.fixture
def bureau(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_database: Database) -> Bureau:
    monkeypatch.setenv("KOERSBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'test.sqlite'}")
    return Bureau(tmp_path, sqlite_database)


def csv_of(*rows: str, sign: str = ";") -> str:
    return "\n".join(("zaaknummer;kader;datum;jeugdbeschermer", *rows)).replace(";", sign)


GOOD = f";ots;{DAY};Sanne"


def test_first_a_preview_then_the_zaken(bureau: Bureau) -> None:
    content = csv_of(GOOD, f";voogdij;{DAY:%d-%m-%Y};")
    preview = bureau.bring(content)
    assert preview.exit_code == 0
    assert "2 rijen kunnen een zaak worden, 0 rijen zijn geweigerd." in preview.stdout
    assert bureau.zaken() == 0
    done = bureau.bring(content, "--bevestig", "--json")
    told = json.loads(done.stdout)
    assert [one["row"] for one in told["opened"]] == [2, 3]
    assert bureau.zaken() == 2
    again = bureau.bring(content, "--bevestig")
    assert again.exit_code == 1
    assert "Rij 2, kolom zaaknummer: Deze zaak staat er al; haal de rij weg." in again.stderr
    assert bureau.zaken() == 2


def test_a_refused_row_stops_all_unless_it_may_be_passed_over(bureau: Bureau) -> None:
    content = csv_of(GOOD, f"{SECRET};ots;{DAY};", f";ots;{SECRET};", f";{SECRET};{DAY};{SECRET}")
    preview = json.loads(bureau.bring(content, "--json").stdout)
    assert preview["would_open"] == 1
    assert [(one["row"], one["column"]) for one in preview["refused"]] == [
        (3, "zaaknummer"), (4, "datum"), (5, "jeugdbeschermer"), (5, "kader"),
    ]  # fmt: skip
    refused = bureau.bring(content, "--bevestig")
    assert (refused.exit_code, refused.stdout, bureau.zaken()) == (1, "", 0)
    assert "3 rijen zijn geweigerd, dus er is niets geopend." in refused.stderr
    done = bureau.bring(content, "--bevestig", "--sla-geweigerde-over")
    assert done.exit_code == 0
    assert "1 zaak geopend." in done.stdout
    assert bureau.zaken() == 1


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_forms_of_csv(bureau: Bureau, sign: str, coding: str) -> None:
    bureau.hire(3, "Zoë", Role.JEUGDBESCHERMER)
    content = csv_of(f";OTS;{DAY};zoë", sign=sign).encode(coding)
    assert json.loads(bureau.bring(content, "--json").stdout)["would_open"] == 1


def excel(*rows: tuple[Any, ...], more: str | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if more is not None:
        book.create_sheet("nog een")["A1"] = more
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_excel_with_date_cells_and_a_formula(bureau: Bureau) -> None:
    content = excel(
        ("Kader", "Datum", "Jeugdbeschermer"),
        ("ots", datetime(DAY.year, DAY.month, DAY.day), "Sanne"),  # noqa: DTZ001 - as Excel has it
        (None, None, None),
        ("ots", "=TODAY()", None),
    )
    told = json.loads(bureau.bring(content, "--json", name="zaken.xlsx").stdout)
    assert told["would_open"] == 1
    assert [(one["row"], one["column"]) for one in told["refused"]] == [(4, "datum")]
    assert "formule" in told["refused"][0]["reason"]


@pytest.mark.parametrize("name", ["uit.csv", "uit.xlsx"])
def test_out_and_in_again(bureau: Bureau, name: str) -> None:
    content = csv_of(f"{GOOD};{DAY};{DAY + timedelta(days=365)}").replace(
        "beschermer\n", "beschermer;ingang-maatregel;einde-maatregel\n"
    )
    assert bureau.bring(content, "--bevestig").exit_code == 0
    target = bureau.folder / name
    out = ("zaken", "export", "--team", "Noord", "-o", str(target))
    assert "1 zaak staat nu in" in run(*out).stdout
    assert target.stat().st_mode & 0o077 == 0
    assert "bestaat al" in run(*out).stderr
    assert run(*out, "--overschrijf").exit_code == 0
    sheet = zaak_files.read_file(target)
    assert sheet.header == (
        "zaaknummer", "kader", "datum", "jeugdbeschermer", "ingang-maatregel", "einde-maatregel",
    )  # fmt: skip
    assert "nummer" in run("zaken", "import", str(target), "--team", "Noord", "--bevestig").stderr
    with bureau.database.engine.begin() as connection:
        connection.execute(text("UPDATE zaak SET code = 'weg', opening_nonce = 'weg'"))
    back = run("zaken", "import", str(target), "--team", "Noord", "--bevestig", "--json")
    assert json.loads(back.stdout)["opened"] == [{"row": 2, "code": sheet.rows[0].cells[0]}]


@pytest.mark.parametrize("name", ["uit.csv", "uit.xlsx"])
def test_no_cell_that_goes_out_is_a_formula(tmp_path: Path, name: str) -> None:
    cells = ("=1+1", "+31", "-2", "@x", date(2026, 1, 2))
    file = tmp_path / name
    write_file(file, Sheet(header=("a",) * 5, rows=(SheetRow(number=2, cells=cells),)),
               overwrite=False)  # fmt: skip
    kept = zaak_files.read_file(file).rows[0].cells
    assert kept[:4] == ("'=1+1", "'+31", "'-2", "'@x")
    if name.endswith("xlsx"):
        assert load_workbook(file).active["A2"].data_type == "s"


def packed(parts: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is leeg"),
        (b"\xef\xbb\xbf \r\n", "is leeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "geen CSV- of Excel"),
        (b"kader\x81;datum", "geen CSV- of Excel"),
        ("kader;datum".encode("utf-16"), "geen CSV- of Excel"),
        (b'kader;datum\n"' + b"x" * 200_000, "aanhalingstekens"),
        (b'kader;datum\n"ots;2026-11-02\nots;2026-11-02\n', "aanhalingstekens"),
        (b"x" * (5 * 1024 * 1024 + 1), "te groot"),
        (b"kader;datum\n" + b"ots;x\n" * 5001, "te veel rijen"),
        (b";".join([b"x"] * 65), "te veel kolommen"),
        (b"PK\x03\x04kapot", "geen CSV- of Excel"),
        (packed({"word/document.xml": b"<a/>"}), "geen CSV- of Excel"),
        (packed({"a.xml": bytes(51 * 1024 * 1024)}), "Uitgepakt"),
        (packed({"a.xml": b"x"}, zipfile.ZIP_LZMA), "geen CSV- of Excel"),
        (packed({"a.xml": b"<!DOCTYPE a>"}), "geen CSV- of Excel"),
        (OLE, "oud Excel-bestand"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "wachtwoord"),
        (excel(("kader",), more="x"), "meer bladen"),
        (b"kader;datum\n", "staan geen zaken"),
        (f"kader;datum;{SECRET}\nots;x;y".encode(), "Deze kolom ken ik niet: 3 (C)."),
    ],
)  # fmt: skip
def test_a_file_that_is_none_gives_one_sentence(
    bureau: Bureau, content: bytes, reason: str
) -> None:
    result = bureau.bring(content, "--bevestig")
    assert result.exit_code == 1
    assert reason in result.stderr
    assert result.stderr.count("\n") == 1
    assert bureau.zaken() == 0


def test_what_else_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    assert run("zaken", "import").exit_code == 2
    assert run("zaken", "export", "--team", "Noord").exit_code == 2
    file = bureau.file(csv_of(GOOD))
    assert "bestaat niet" in run("zaken", "import", file, "--team", "Oost").stderr
    assert "niet te lezen" in run("zaken", "import", "/weg.csv", "--team", "Noord").stderr
    assert "heet zo" in bureau.bring(csv_of(GOOD), "--door", "Sanne").stderr
    for name, reason in (("uit.doc", "eindigt op"), ("weg/uit.csv", "controleer de map")):
        result = run("zaken", "export", "--team", "Noord", "-o", str(tmp_path / name))
        assert (result.exit_code, reason in result.stderr) == (1, True)


@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.binary(max_size=200).map(lambda tail: excel(("kader", "datum"))[:-200] + tail),
        st.binary(max_size=200).map(lambda page: packed({"xl/workbook.xml": page})),
        st.dictionaries(
            st.sampled_from(["[Content_Types].xml", "xl/workbook.xml", "_rels/.rels"]),
            st.binary(max_size=60),
        ).map(packed),
    )
)
def test_any_bytes_give_a_sheet_or_a_sentence(content: bytes) -> None:
    said = "."
    try:
        read_sheet(content)
    except FileRefused as refused:
        said = str(refused)
    assert said.endswith(".")


def test_a_sqlite_preview_does_not_wait_for_a_writer(bureau: Bureau) -> None:
    other = build_database(str(bureau.database.engine.url))
    with other.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        assert bureau.bring(csv_of(GOOD)).exit_code == 0
    other.close()
