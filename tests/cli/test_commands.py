"""The commands as scripts see them: JSON forms, exit codes, and one readable reason."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from knowledge.loader import NATIONAL


@pytest.fixture
def koersbot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Koersbot:
    monkeypatch.setenv("KOERSBOT_DATA_DIR", str(tmp_path / "data"))
    return Koersbot()


class Koersbot:
    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    def json(self, *arguments: str) -> dict[str, object]:
        result = self(*arguments, "--json")
        assert result.exit_code == 0, result.output
        value: dict[str, object] = json.loads(result.stdout)
        return value


COMMANDS = [
    "demo", "run", "ask", "eval", "privacy", "bereken", "kennis check", "kennis list", "team add",
    "invite", "tick", "db upgrade",
    "doctor",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(koersbot: Koersbot, command: str) -> None:
    result = koersbot(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_a_sure_answer_as_json(koersbot: Koersbot) -> None:
    answer = koersbot.json("ask", "hoe lang mag drang zonder vto duren")
    assert set(answer) == {"q", "kind", "topic", "card", "options", "confidence", "ms"}
    assert (answer["kind"], answer["topic"]) == ("sure", "drang.zonder-vto")
    assert answer["card"] == "drang-zonder-vto-duur"


def test_an_unknown_subject_as_json(koersbot: Koersbot) -> None:
    answer = koersbot.json("ask", "recept voor appeltaart")
    assert (answer["kind"], answer["topic"], answer["card"]) == ("none", None, None)
    assert answer["options"] == []


def test_a_file_of_questions_gives_one_answer_a_line(koersbot: Koersbot, tmp_path: Path) -> None:
    file = tmp_path / "vragen.jsonl"
    file.write_text('{"q": "wat is een ots"}\n\n{"q": "🙂"}\n', encoding="utf-8")
    result = koersbot("ask", "--file", str(file))
    assert [json.loads(line)["q"] for line in result.stdout.splitlines()] == [
        "wat is een ots",
        "🙂",
    ]


def test_a_readable_answer_names_its_source(koersbot: Koersbot) -> None:
    said = koersbot("ask", "hoe lang mag drang zonder vto duren").stdout
    assert "hoogstens 3 maanden" in said
    assert "Bron: Jaarplan 2016" in said


def test_a_sum_as_json(koersbot: Koersbot) -> None:
    result = koersbot.json(
        "bereken", "--start", "2026-04-29", "--amount", "5", "--unit", "werkdagen"
    )
    assert result["end"] == "2026-05-07"
    assert result["uncertain"] is False
    assert "Niet meegeteld: za 2 mei, zo 3 mei, di 5 mei (Bevrijdingsdag)." in str(
        result["explanation"]
    )


def test_a_rolled_sum_and_an_uncertain_one(koersbot: Koersbot) -> None:
    rolled = koersbot.json(
        "bereken", "--start", "2026-04-02", "--amount", "6", "--unit", "weken", "--roll", "next"
    )
    assert rolled["end"] == "2026-05-18"
    beyond = koersbot.json(
        "bereken", "--start", "2029-05-01", "--amount", "5", "--unit", "werkdagen"
    )
    assert beyond["uncertain"] is True


def test_a_norm_as_json_names_version_source_and_other_readings(koersbot: Koersbot) -> None:
    result = koersbot.json("bereken", "--norm", "vaste-jeugdbeschermer", "--start", "2026-11-23")
    assert (result["end"], result["norm"], result["version"]) == (
        "2026-11-30",
        "vaste-jeugdbeschermer",
        1,
    )
    assert result["warn_on"] == "2026-11-28"
    assert "Besluit Jeugdwet" in str(result["source"])


def test_a_file_of_sums_names_the_refused_ones_and_does_the_rest(
    koersbot: Koersbot, tmp_path: Path
) -> None:
    file = tmp_path / "sommen.jsonl"
    file.write_text(
        '{"start": "2026-04-29", "amount": 5, "unit": "werkdagen"}\n'
        '{"start": "2026-02-31", "amount": 5, "unit": "werkdagen"}\n'
        '{"start": "2026-11-23", "norm": "gedragen-koers"}\n'
        '{"start": "2026-11-23", "amount": "vijf", "unit": "werkdagen"}\n'
        '{"start": "2026-11-23", "amount": 5, "unit": "eeuwen"}\n',
        encoding="utf-8",
    )
    result = koersbot("bereken", "--file", str(file))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row.get("end") for row in rows] == ["2026-05-07", None, "2027-01-04", None, None]
    assert result.exit_code == 1
    assert "3 sommen geweigerd" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (
            ("bereken", "--start", "2026-02-31", "--amount", "5", "--unit", "dagen"),
            1,
            "bestaat niet",
        ),
        (("bereken", "--start", "2026-02-01", "--amount", "0", "--unit", "dagen"), 1, "dit aantal"),
        (
            ("bereken", "--start", "1850-02-01", "--amount", "1", "--unit", "dagen"),
            1,
            "tussen 2000",
        ),
        (("bereken", "--start", "2026-02-01", "--norm", "weg"), 1, "ken ik niet"),
        (("bereken", "--start", "2010-01-01", "--norm", "gedragen-koers"), 1, "gold niet op"),
        (("bereken", "--amount", "5"), 2, "Geef --start"),
        (("bereken", "--start", "2026-02-01", "--amount", "5", "--unit", "eeuwen"), 2, "eeuwen"),
        (("ask",), 2, "precies één"),
        (("ask", "--file", "/bestaat/niet"), 1, "niet te lezen"),
        (("invite", "--role", "koning"), 2, "koning"),
        (("invite", "--role", "beheerder"), 1, "koersbot db upgrade"),
        (("tick",), 1, "KOERSBOT_TELEGRAM_TOKEN ontbreekt"),
        (("run",), 1, "KOERSBOT_TELEGRAM_TOKEN ontbreekt"),
    ],
)
def test_what_is_refused_says_why(
    koersbot: Koersbot, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    result = koersbot(*arguments)
    assert result.exit_code == code, result.output
    assert reason.lower() in result.stderr.lower()
    assert "Traceback" not in result.output


def test_from_an_empty_machine_to_an_invitation(koersbot: Koersbot) -> None:
    assert "van leeg naar versie" in koersbot("db", "upgrade").stdout
    assert "was al bij" in koersbot("db", "upgrade").stdout
    assert koersbot("team", "add", "Team Oost").exit_code == 0
    assert "Er is al een team" in koersbot("team", "add", "Team Oost").stderr
    made = koersbot.json("invite", "--role", "teamleider", "--team", "Team Oost")
    assert set(made) == {"token", "link", "expires"}
    assert len(str(made["token"])) == 32
    assert "bestaat niet" in koersbot("invite", "--role", "teamleider", "--team", "X").stderr
    assert "hoort bij een team" in koersbot("invite", "--role", "teamleider").stderr


def test_content_that_is_broken_is_named_by_file_and_line(
    koersbot: Koersbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "De kennisbank klopt" in koersbot("kennis", "check").stdout
    cards = tmp_path / "eigen" / "cards"
    cards.mkdir(parents=True)
    (cards / "kapot.yaml").write_text("id: kapot\ntopic: [\n", encoding="utf-8")
    monkeypatch.setenv("KOERSBOT_KNOWLEDGE_DIRS", str(tmp_path / "eigen"))
    for command in (("kennis", "check"), ("ask", "wat is een ots"), ("doctor",)):
        result = koersbot(*command)
        assert result.exit_code == 1
        assert "kapot.yaml:" in result.output
        assert "geen geldige YAML" in result.output


def test_a_worked_example_that_is_wrong_is_found(
    koersbot: Koersbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    norms = tmp_path / "eigen" / "norms"
    norms.mkdir(parents=True)
    text = (NATIONAL / "norms" / "gedragen-koers.yaml").read_text(encoding="utf-8")
    text = text.replace("versie: 1", "versie: 101").replace("aantal: 6", "aantal: 7")
    (norms / "gedragen-koers.yaml").write_text(text, "utf-8")
    monkeypatch.setenv("KOERSBOT_KNOWLEDGE_DIRS", str(tmp_path / "eigen"))
    result = koersbot("kennis", "check")
    assert result.exit_code == 1
    assert "het voorbeeld zegt" in result.stderr


def test_the_doctor_names_each_thing_that_is_wrong(koersbot: Koersbot) -> None:
    result = koersbot("doctor")
    assert result.exit_code == 1
    assert "FOUT   database: versie leeg; draai: koersbot db upgrade" in result.stdout
    assert "goed   kennisbank:" in result.stdout
    assert "FOUT   Telegram: KOERSBOT_TELEGRAM_TOKEN ontbreekt" in result.stdout


def test_the_demo_never_starts_with_a_real_token(
    koersbot: Koersbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOERSBOT_TELEGRAM_TOKEN", "1234:echt")
    result = koersbot("demo", "--no-browser", "--port", "0")
    assert result.exit_code == 1
    assert "start niet met een echt token" in result.stderr


def test_a_labelled_set_is_scored(koersbot: Koersbot, tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    rows = [
        {"q": "hoe lang mag drang zonder vto duren", "kind": "in", "topics": ["drang.zonder-vto"]},
        {"q": "hoe lang mag drang zonder vto duren", "kind": "in", "topics": ["drang.duur"]},
        {"q": "recept voor appeltaart", "kind": "out"},
        {"q": "hoe lang mag drang zonder vto duren", "kind": "near", "topics": []},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    scores = koersbot.json("eval", str(file))
    assert (scores["in"], scores["sure_right"], scores["sure_wrong"]) == (2, 1, 1)
    assert (scores["near_out"], scores["near_out_sure"]) == (2, 1)
    assert scores["top1"] == 1


def test_personal_data_in_a_file_is_told_line_by_line(koersbot: Koersbot, tmp_path: Path) -> None:
    file = tmp_path / "regels.jsonl"
    file.write_text('{"text": "bsn 111222333"}\n{"text": "0800-2000"}\n', encoding="utf-8")
    said = [
        json.loads(line) for line in koersbot("privacy", "--file", str(file)).stdout.splitlines()
    ]
    assert said == [
        {"text": "bsn 111222333", "pii": True, "types": ["bsn"]},
        {"text": "0800-2000", "pii": False, "types": []},
    ]


def test_everything_there_is_can_be_listed(koersbot: Koersbot) -> None:
    listed = koersbot.json("kennis", "list")
    assert set(listed) == {"cards", "norms", "guides"}
    cards = listed["cards"]
    assert isinstance(cards, list)
    assert set(cards[0]) == {"id", "topic", "title", "status", "region"}
    assert {"id": "gedragen-koers", "version": 1} in listed["norms"]  # type: ignore[operator]


def explained(result: dict[str, object]) -> str:
    lines = result["explanation"]
    assert isinstance(lines, list)
    return "\n".join(lines)


def test_a_sum_in_words_is_computed_and_says_how_it_was_read(koersbot: Koersbot) -> None:
    result = koersbot.json("bereken", "6 weken vanaf 3 april 2026")
    assert (result["end"], result["start"]) == ("2026-05-15", "2026-04-03")
    assert result["read_as"] == "6 weken vanaf vrijdag 3 april 2026"
    assert "door naar maandag 18 mei 2026 (Algemene termijnenwet, art. 1)" in explained(result)
    back = koersbot("bereken", "8 weken voor 12 maart 2027").stdout
    assert back.startswith("Zo lees ik het: 8 weken terug vanaf vrijdag 12 maart 2027.\n2027-01-15")


def test_a_norm_or_a_kader_in_words(koersbot: Koersbot) -> None:
    norm = koersbot.json("bereken", "vaste jeugdbeschermer 23 november 2026")
    assert (norm["end"], norm["norm"]) == ("2026-11-30", "vaste-jeugdbeschermer")
    kader = koersbot.json("bereken", "ots 23 november 2026")
    assert (kader["kader"], kader["start"]) == ("ots", "2026-11-23")
    found = kader["termijnen"]
    assert isinstance(found, list)
    ends = {one["norm"]: one["end"] for one in found}
    assert ends["vaste-jeugdbeschermer"] == "2026-11-30"
    assert ends["gedragen-koers"] == "2027-01-04"
    assert "Gedragen koers vastgesteld" in koersbot("bereken", "ots 23 november 2026").stdout


def test_a_day_that_can_be_two_is_refused_with_both(koersbot: Koersbot) -> None:
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    far = today + timedelta(days=150)  # neither this one nor the one a year earlier is near
    if (far.month, far.day) == (2, 29):
        far += timedelta(days=1)
    result = koersbot("bereken", f"6 weken vanaf {far.day}-{far.month}")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert str(far.year) in result.stderr
    assert str(far.year - 1) in result.stderr
    assert result.stderr.count(".") == 1


@pytest.mark.parametrize(
    ("arguments", "end", "said"),
    [
        ("2026-04-04 6 weken", "2026-05-18", "Algemene termijnenwet, art. 1"),
        ("2026-04-03 4 dagen", "2026-04-08", "minstens 2 gewone dagen (Algemene termijnenwet, art"),
        ("2026-01-31 13 weken", "2026-05-02", "langer dan twaalf weken (Algemene termijnenwet, ar"),
        ("2026-02-01 91 dagen", "2026-05-03", "langer dan 90 dagen"),
        ("2026-01-02 4 maanden", "2026-05-02", "langer dan drie maanden"),
        ("2025-05-03 1 jaren", "2026-05-03", "een termijn in jaren"),
        (
            "2026-12-05 1 weken --back",
            "2026-11-28",
            "teruggerekend (Algemene termijnenwet, art. 1 l",
        ),
    ],
)
def test_a_term_by_law_and_why_it_moves_or_not(
    koersbot: Koersbot, arguments: str, end: str, said: str
) -> None:
    start, amount, unit, *more = arguments.split()
    result = koersbot.json(
        "bereken", "--start", start, "--amount", amount, "--unit", unit, "--wet", *more
    )
    assert result["end"] == end
    assert said in explained(result)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--start", "2026-01-01", "--amount", "5", "--unit", "dagen", "--wet", "--roll", "next"),
        ("6 weken vanaf vandaag", "--start", "2026-01-01"),
        ("6 weken vanaf vandaag", "--wet"),
    ],
)
def test_options_that_contradict_each_other_are_a_usage_error(
    koersbot: Koersbot, arguments: tuple[str, ...]
) -> None:
    assert koersbot("bereken", *arguments).exit_code == 2


def test_the_explanation_of_a_norm_names_version_source_and_other_readings(
    koersbot: Koersbot,
) -> None:
    said = explained(
        koersbot.json("bereken", "--norm", "vaste-jeugdbeschermer", "--start", "2029-04-30")
    )
    for part in (
        "Start: maandag 30 april 2029. Die dag telt niet mee.",
        "Eerste dag die telt: dinsdag 1 mei 2029.",
        "5 werkdagen verder: maandag 7 mei 2029.",
        "Niet meegeteld: za 5 mei (Bevrijdingsdag), zo 6 mei",
        "Onzeker: voor 2029",
        "Andere lezing: 5 kalenderdagen geeft zaterdag 5 mei 2029.",
        "Norm: vaste-jeugdbeschermer, versie 1.",
        "Bron: Besluit Jeugdwet",
    ):
        assert part in said
