"""Commands over the content alone: ask, eval, bereken, privacy. They open no database."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.cli_base import JSON_HELP, Refused, exactly_one, field, refusals_shown, rows
from bot.settings import load_settings
from handlers.bereken import (
    explanation_lines,
    from_kader,
    from_norm,
    norm_lines,
    read_as,
    statutory_line,
)
from handlers.render import Texts, build_texts, plain
from knowledge import dates, sums, termijnen
from knowledge.answering import Answer, Answerer, Kind, build_answerer
from knowledge.loader import KnowledgeBase, load
from knowledge.norm_models import Direction, Roll, Unit
from knowledge.privacy import personal_data
from knowledge.refusals import ImpossibleDate, Refusal
from knowledge.sums import KaderAsked, NormAsked, Sum
from knowledge.termijnen import NormDueDate

T = TypeVar("T")

FIRST, FEW = 1, 3
"""How far down a ranking an evaluation looks."""


@click.command()
@click.argument("text", required=False)
@click.option("--file", "file", type=click.Path(path_type=Path), help='JSONL met "q" per regel.')
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def ask(text: str | None, file: Path | None, as_json: bool) -> None:
    """Beantwoord een vraag."""
    exactly_one(text=text, file=file)
    settings = load_settings()
    knowledge = load(settings.overlays)
    answerer = build_answerer(knowledge)

    def answered(question: str) -> dict[str, object]:
        started = time.perf_counter()
        answer = answerer.answer(question, region=settings.region)
        return _answer_json(question, answer, (time.perf_counter() - started) * 1000)

    if file is not None:
        for row in rows(file):
            click.echo(json.dumps(answered(str(field(row, "q", file))), ensure_ascii=False))
        return
    if as_json:
        click.echo(json.dumps(answered(text or ""), ensure_ascii=False))
        return
    _print_answer(knowledge, answerer.answer(text or "", region=settings.region))


@click.command()
@click.argument("text", required=False)
@click.option("--start", help="Startdag, jjjj-mm-dd.")
@click.option("--amount", type=int, help="Aantal.")
@click.option("--unit", type=click.Choice([unit.value for unit in Unit]), help="Eenheid.")
@click.option("--roll", type=click.Choice([roll.value for roll in Roll]), default="none")
@click.option("--back", is_flag=True, help="Tel terug vanaf de dag.")
@click.option("--wet", "by_law", is_flag=True, help="Reken zoals voor een termijn in een wet.")
@click.option("--norm", "norm_id", help="Id van een norm, in plaats van aantal en eenheid.")
@click.option("--file", "file", type=click.Path(path_type=Path), help="JSONL, één som per regel.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def bereken(
    text: str | None,
    start: str | None,
    amount: int | None,
    unit: str | None,
    roll: str,
    back: bool,
    by_law: bool,
    norm_id: str | None,
    file: Path | None,
    as_json: bool,
) -> None:
    """Reken een termijn uit en leg hem uit.

    TEXT is een som in woorden, zoals "6 weken vanaf 3 april 2027" of "ots 12 maart".
    """
    settings = load_settings()
    knowledge, texts = load(settings.overlays), build_texts()
    if file is not None:
        _bereken_file(knowledge, texts, file)
        return
    if by_law and roll != Roll.NONE:
        raise click.UsageError("--wet bepaalt zelf of de datum doorschuift; laat --roll weg.")
    if text is not None:
        if start or amount is not None or unit or norm_id or back or by_law:
            raise click.UsageError("Geef de som in woorden, of met opties; niet allebei.")
        today = datetime.now(settings.zone).date()
        result = _from_text(knowledge, texts, text, today)
    else:
        if start is None or (norm_id is None) == (amount is None or unit is None):
            raise click.UsageError(
                "Geef --start met --amount en --unit, --start met --norm, of een som in woorden."
            )
        asked = {"start": start, "amount": amount, "unit": unit, "roll": roll, "norm": norm_id}
        asked |= {"back": back, "wet": by_law}
        result = _berekend(
            knowledge, texts, {key: value for key, value in asked.items() if value is not None}
        )
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    if "read_as" in result:
        click.echo(f"Zo lees ik het: {result['read_as']}.")
    for found in result.get("termijnen", [result]):
        click.echo(f"{found['end']} {found['title']}" if "termijnen" in result else found["end"])
        click.echo("\n".join(str(line) for line in found["explanation"]))


def _answer_json(question: str, answer: Answer, milliseconds: float) -> dict[str, object]:
    return {
        "q": question,
        "kind": answer.kind.value,
        "topic": answer.topic,
        "card": answer.card.id if answer.card else None,
        "options": list(answer.topics),
        "confidence": answer.confidence,
        "ms": round(milliseconds, 2),
    }


def _print_answer(knowledge: KnowledgeBase, answer: Answer) -> None:
    if answer.term is not None:
        full = f" ({answer.term.in_full})" if answer.term.in_full else ""
        click.echo(f"{answer.term.term}{full}: {answer.term.meaning}")
    elif answer.card is not None:
        card = answer.card
        sources = "; ".join(
            f"{knowledge.sources[ref.source].title}, {ref.locator} (gelezen {ref.read_on})"
            for ref in card.sources
        )
        click.echo(f"{card.title}\n\n{card.answer}\n\nBron: {sources}")
    elif answer.kind is Kind.CHOOSE:
        named = ", ".join(knowledge.topics[topic].title for topic in answer.topics)
        click.echo(f"Bedoel je: {named}")
    elif answer.refusal is not None:
        click.echo(answer.refusal.answer)
        if answer.refusal.who_knows:
            click.echo(f"\nWie het wel weet: {answer.refusal.who_knows}")
    else:
        click.echo("Dat weet ik niet.")


def _berekend(knowledge: KnowledgeBase, texts: Texts, asked: dict[str, Any]) -> dict[str, Any]:
    """One sum as JSON.

    Raises:
        Refusal: an impossible date or amount, or an unknown norm.
    """
    start = _iso_day(asked.get("start"))
    if "norm" in asked:
        return _norm_json(knowledge, texts, from_norm(knowledge, str(asked["norm"]), start))
    amount, unit = _whole(asked.get("amount")), _choice(Unit, asked.get("unit"))
    roll = _choice(Roll, asked.get("roll", "none"))
    direction = Direction.TERUG if asked.get("back") is True else Direction.VOORUIT
    if asked.get("wet") is True:
        due = termijnen.statutory(
            start=start,
            amount=amount,
            unit=unit,
            direction=direction,
            calendar=knowledge.calendar,
        )
    else:
        due = termijnen.compute(
            start=start,
            amount=amount,
            unit=unit,
            roll=roll,
            direction=direction,
            calendar=knowledge.calendar,
        )
    return {
        "start": start.isoformat(),
        "end": due.on.isoformat(),
        "explanation": explanation_lines(knowledge, texts, due),
        "uncertain": due.uncertain,
    }


def _norm_json(knowledge: KnowledgeBase, texts: Texts, computed: NormDueDate) -> dict[str, Any]:
    norm, due = computed.norm, computed.due
    return {
        "start": due.start.isoformat(),
        "end": due.on.isoformat(),
        "explanation": norm_lines(knowledge, texts, computed),
        "uncertain": due.uncertain,
        "norm": norm.id,
        "title": norm.title,
        "version": norm.version,
        "warn_on": computed.warn_on.isoformat(),
        "readings": [
            {"reading": other.reading, "end": other.due.on.isoformat()}
            | ({"organisation": other.organisation} if other.organisation else {})
            for other in computed.others
        ],
        "source": [
            {
                "title": knowledge.sources[ref.source].title,
                "locator": ref.locator,
                "read_on": ref.read_on.isoformat(),
            }
            for ref in norm.sources
        ],
    }


def _from_text(knowledge: KnowledgeBase, texts: Texts, text: str, today: date) -> dict[str, Any]:
    """What a sum in words gives, as JSON. Nobody can be asked here which day is meant.

    Raises:
        Refusal: it is no sum, or its day can be read in more than one way.
    """
    asked = sums.parse(text, knowledge=knowledge, today=today)
    if asked is None:
        raise Refusal("som-onleesbaar")
    if len(asked.days) > 1:
        raise dates.ambiguous(asked.days)
    day = asked.days[0]
    said = {"read_as": read_as(knowledge, texts, asked)}
    if isinstance(asked, NormAsked):
        return _norm_json(knowledge, texts, from_norm(knowledge, asked.norm, day)) | said
    if isinstance(asked, KaderAsked):
        found = from_kader(knowledge, asked.kader, day)
        return {
            "start": day.isoformat(),
            "kader": asked.kader,
            "termijnen": [_norm_json(knowledge, texts, computed) for computed in found],
            **said,
        }
    return _sum_json(knowledge, texts, asked) | said


def _sum_json(knowledge: KnowledgeBase, texts: Texts, asked: Sum) -> dict[str, Any]:
    due = termijnen.compute(
        start=asked.days[0],
        amount=asked.amount,
        unit=asked.unit,
        direction=asked.direction,
        calendar=knowledge.calendar,
    )
    by_law = statutory_line(knowledge, texts, due)
    return {
        "start": due.start.isoformat(),
        "end": due.on.isoformat(),
        "explanation": [*explanation_lines(knowledge, texts, due), *([by_law] if by_law else [])],
        "uncertain": due.uncertain,
    }


def _bereken_file(knowledge: KnowledgeBase, texts: Texts, file: Path) -> None:
    refused = 0
    for row in rows(file):
        try:
            result = _berekend(knowledge, texts, row)
        except Refusal as refusal:
            refused += 1
            result = {"error": plain(texts.refusal(refusal))}
        click.echo(json.dumps(result, ensure_ascii=False))
    if refused:
        raise Refused(f"{refused} sommen geweigerd; de reden staat in de regel zelf.")


def _iso_day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ImpossibleDate("datum-onleesbaar") from None


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Refusal("som-onleesbaar")


def _choice(kind: type[T], value: object) -> T:
    try:
        return kind(value)  # type: ignore[call-arg]
    except ValueError:
        raise Refusal("som-onleesbaar") from None


@click.command("eval")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def evaluate(file: Path, as_json: bool) -> None:
    """Meet de antwoorden op een bestand met vragen en hun onderwerp."""
    settings = load_settings()
    answerer = build_answerer(load(settings.overlays))
    scored = _scores(answerer, [dict(row) for row in rows(file)], file, settings.region)
    if as_json:
        click.echo(json.dumps(scored))
        return
    for name, value in scored.items():
        click.echo(f"{name}: {value}")


@click.command()
@click.option("--file", "file", required=True, type=click.Path(path_type=Path), help="JSONL.")
@refusals_shown
def privacy(file: Path) -> None:
    """Zeg van elke regel met "text" of er persoonsgegevens in staan; het antwoord is JSON."""
    for row in rows(file):
        text = str(field(row, "text", file))
        kinds = [kind.value for kind in personal_data(text)]
        click.echo(
            json.dumps({"text": text, "pii": bool(kinds), "types": kinds}, ensure_ascii=False)
        )


def _scores(
    answerer: Answerer, asked: Sequence[dict[str, Any]], file: Path, region: str | None
) -> dict[str, float | int]:
    """Counts over labelled questions: `kind` is in, near or out, `topics` are the right ones."""
    counts = dict.fromkeys(
        ("in", "top1", "top3", "sure_right", "sure_wrong", "near_out", "near_out_sure"), 0
    )
    milliseconds = []
    for row in asked:
        started = time.perf_counter()
        answer = answerer.answer(str(field(row, "q", file)), region=region)
        milliseconds.append((time.perf_counter() - started) * 1000)
        sure = answer.kind is Kind.SURE
        if row.get("kind", "in") != "in":
            counts["near_out"] += 1
            counts["near_out_sure"] += sure
            continue
        right = set(row.get("topics") or ())
        ranked = answer.topics
        hit = answer.topic in right
        counts["in"] += 1
        counts["top1"] += bool(right & set(ranked[:FIRST]))
        counts["top3"] += bool(right & set(ranked[:FEW]))
        counts["sure_right"] += sure and hit
        counts["sure_wrong"] += sure and not hit
    milliseconds.sort()

    def percentile(share: float) -> float:
        place = min(int(len(milliseconds) * share), len(milliseconds) - 1)
        return round(milliseconds[place], 2) if milliseconds else 0.0

    return {**counts, "p50_ms": percentile(0.5), "p95_ms": percentile(0.95)}
