"""House tests: promises that hold for everything, also for what is added tomorrow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from jinja2 import nodes

from bot.app import SystemClock, build_services
from bot.logs import FIELDS
from bot.settings import PREFIX, Settings
from handlers.render import TEXTS, build_texts
from handlers.routing import COMMANDS, table
from knowledge.loader import KnowledgeBase
from knowledge.refusals import Refusal
from storage.db import Database

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "storage", "knowledge")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            yield file, ast.parse(file.read_text(encoding="utf-8"))


def log_calls() -> Iterator[tuple[Path, str, set[str]]]:
    for file, tree in sources():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
            ):
                event = node.args[0]
                assert isinstance(event, ast.Constant), f"{file}: a log event is a fixed name"
                yield file, str(event.value), {kw.arg or "**" for kw in node.keywords}


def test_every_handler_passes_through_route(sqlite_database: Database) -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    services = build_services(settings, database=sqlite_database, clock=SystemClock())
    handlers = table(services)
    assert len(handlers) > len(COMMANDS)
    for handler in handlers:
        assert getattr(handler.callback, "__koersbot_routed__", False), handler


def test_every_setting_stands_in_env_example_and_the_reference_and_nothing_else_does() -> None:
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(KOERSBOT_\w+)=", example, re.MULTILINE)) == settings
    reference = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    for name in settings:
        assert name in reference, name


def test_every_log_event_is_published_and_every_field_allowed() -> None:
    published = (ROOT / "docs/reference/logs.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)`", published, re.MULTILINE))
    used = {event for _, event, _ in log_calls()}
    assert used <= listed, used - listed
    for file, event, fields in log_calls():
        assert fields <= FIELDS, f"{file}: {event} has {fields - FIELDS}"


def test_every_refusal_has_its_sentence_and_every_sentence_its_refusal() -> None:
    template = (TEXTS / "weigering.j2").read_text(encoding="utf-8")
    written = set(re.findall(r"{% macro (\w+)\(p\)", template))
    raised: set[str] = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value.replace("-", "_")
                if name in written:
                    raised.add(name)
    assert raised == written, written - raised


def test_a_refusal_is_one_or_two_sentences_without_exclamation() -> None:
    texts = build_texts()
    template = (TEXTS / "weigering.j2").read_text(encoding="utf-8")
    for name in re.findall(r"{% macro (\w+)\(p\)", template):
        filled: dict[str, object] = dict.fromkeys(re.findall(r"p\.(\w+)", template), "x")
        days = re.findall(r"p\.(\w+) \| dag", template)
        filled |= dict.fromkeys(days, date(2026, 11, 23))
        text = texts.refusal(Refusal(name, **filled))
        assert text.endswith("."), text
        assert "!" not in text, text


def test_every_template_compiles_and_is_used() -> None:
    texts = build_texts()
    code = "\n".join(file.read_text(encoding="utf-8") for file, _ in sources())
    templates = "\n".join(file.read_text(encoding="utf-8") for file in TEXTS.glob("*.j2"))
    for name, tree in texts.names():
        assert isinstance(tree, nodes.Template)
        used = f'"{name}"' in code or f'"{name}.j2"' in templates
        assert used, f"{name}.j2 is used by nothing"


def test_every_label_and_announcement_is_used() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file, _ in sources())
    for file in ("knoppen", "meldingen"):
        text = (TEXTS / f"{file}.j2").read_text(encoding="utf-8")
        for name in re.findall(r"{% macro (\w+)\(", text):
            assert f'"{name.replace("_", "-")}"' in code, f"{file}: {name} is used by nothing"


def test_every_command_has_its_line_in_the_menu() -> None:
    texts = build_texts()
    for command in COMMANDS:
        assert texts.phrase("opdrachten", command.name)


def test_every_norm_is_used_and_has_a_ladder(knowledge: KnowledgeBase) -> None:
    on_cards = {norm for card in knowledge.cards.values() for norm in card.norms}
    for norm_id, versions in knowledge.norms.items():
        for_team = all(norm.concerns == "team" for norm in versions)
        reached = for_team or norm_id in on_cards or any(norm.kaders for norm in versions)
        assert reached, norm_id
        assert all(norm.ladder in knowledge.ladders for norm in versions)


def test_every_kader_opens_with_at_least_one_termijn(knowledge: KnowledgeBase) -> None:
    for kader in knowledge.kaders.values():
        norms = knowledge.norms_for(kader.id, date(2026, 11, 23))
        assert any(norm.start_event == kader.asks for norm in norms), kader.id


@pytest.mark.parametrize("name", ["print", "input", "breakpoint"])
def test_nothing_prints_or_asks(name: str) -> None:
    for file, tree in sources():
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            assert not (called and node.func.id == name), file  # type: ignore[attr-defined]


def test_the_project_stands_alone() -> None:
    outside = re.compile(r"\.\./shared|/work/|/root/|/tmp/")
    for room in (*ROOMS, "tests", "docs", "bench"):
        for file in sorted((ROOT / room).rglob("*")):
            if file.is_file() and file.suffix in {".py", ".md", ".yaml", ".j2", ".toml"}:
                if file == Path(__file__):
                    continue
                found = outside.search(file.read_text(encoding="utf-8"))
                assert found is None, f"{file} names {found}"


def test_dutch_identifiers_stand_in_the_glossary() -> None:
    glossary = (ROOT / "docs/begrippen.md").read_text(encoding="utf-8").lower()
    modules = {file.stem for file, _ in sources()}
    dutch = {"zaken", "termijnen", "vragen", "gesprek", "dagen", "welkom", "bereken", "zaakcode"}
    for name in dutch & modules | {"kader", "norm", "jeugdbeschermer", "teamleider", "kennis"}:
        assert name in glossary, name
