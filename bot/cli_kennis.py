"""`koersbot kennis …`: the tools of those who keep the content right. They open no database."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from bot.cli_base import JSON_HELP, Refused, refusals_shown
from bot.settings import load_settings
from knowledge import editing, reference, register, termijnen
from knowledge.classifier import LEARNED, NotLearned, load_learned, save_learned
from knowledge.layers import Layers
from knowledge.loader import ContentError, KnowledgeBase, Problem, load, load_with_places
from knowledge.reading_level import B1_FROM
from knowledge.review import due_for_review
from knowledge.stats import ContentStats, content_stats

SHOWN = 10
"""How many cards a list for people names; `--json` names them all."""


@click.group()
def kennis() -> None:
    """De kennisbank."""


@kennis.command("check")
@refusals_shown
def kennis_check() -> None:
    """Controleer alle kaarten, normen en eigen mappen."""
    overlays = load_settings().overlays
    knowledge, layers = load_with_places(overlays)
    rows = register.load_register()
    if not overlays and (stale := learned_behind(knowledge)):
        raise Refused(stale)
    problems = [
        *editing.problems(knowledge, layers, rows, today=date.today()),  # noqa: DTZ011 - the editor's own day
        *register.problems(knowledge if not overlays else load(), rows),
        *_failed_examples(layers, knowledge),
    ]
    if problems:
        raise ContentError(sorted(problems, key=lambda one: (str(one.file), one.line)))
    stats = content_stats(knowledge)
    answered = len(stats.topics) - len(stats.without_card)
    phrasings = sum(topic.phrasings for topic in stats.topics.values())
    click.echo(
        f"De kennisbank klopt: {len(knowledge.cards)} kaarten over {answered} van "
        f"{len(knowledge.topics)} onderwerpen, {phrasings} vragen, {len(knowledge.norms)} normen, "
        f"{len(knowledge.terms)} begrippen."
    )


@kennis.command("stats")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def kennis_stats(as_json: bool) -> None:
    """Tel de kaarten per onderwerp, status en regio, en meet hoe leesbaar ze zijn."""
    knowledge = load(load_settings().overlays)
    stats = content_stats(knowledge)
    due = due_for_review(knowledge)
    if as_json:
        click.echo(json.dumps(_stats_json(knowledge, stats), ensure_ascii=False))
        return
    click.echo("onderwerp                        kaarten  vragen  zonder titelwoord")
    for topic, one in stats.topics.items():
        click.echo(f"{topic:32} {one.cards:7} {one.phrasings:7} {one.without_title_word:18}")
    click.echo("")
    for title, counts in (
        ("per status", stats.by_status),
        ("per regio", stats.by_region),
        ("vragen per schrijver", stats.by_voice),
    ):
        click.echo(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    level = stats.level
    click.echo(
        f"leesbaarheid: {level.words_per_sentence:.1f} woorden per zin, "
        f"Flesch-Douma {level.score:.0f} (B1 vanaf {B1_FROM:.0f})"
    )
    _echo_some("moeilijker dan B1", [f"{card} ({score:.0f})" for card, score in stats.hard])
    _echo_some("onderwerpen zonder kaart", list(stats.without_card))
    _echo_some("onderwerpen met weinig vragen", list(stats.thin))
    _echo_some("oude versies", list(stats.ended))
    _echo_some("opnieuw nalezen", [f"{one.kind} {one.id}: {one.why}" for one in due])
    click.echo(f"nog nooit nagelezen: {stats.never_reviewed} kaarten")
    _echo_some("contacten die je organisatie nog invult", list(stats.not_filled_in))


@kennis.command("list")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@refusals_shown
def kennis_list(as_json: bool) -> None:
    """Noem alle kaarten, normen en gidsen."""
    knowledge = load(load_settings().overlays)
    cards = [
        {
            "id": card.id,
            "topic": card.topic,
            "title": card.title,
            "status": card.status.value,
            "region": card.region,
        }
        for card in knowledge.cards.values()
    ]
    listed = {
        "cards": cards,
        "norms": [
            {"id": norm.id, "version": norm.version}
            for versions in knowledge.norms.values()
            for norm in versions
        ],
        "guides": [],
    }
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    for card in cards:
        click.echo(f"{card['topic']}: {card['title']} ({card['id']})")


@kennis.command("docs")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs/reference"),
    show_default=True,
    help="De map waarin de bladzijden komen.",
)
@refusals_shown
def kennis_docs(folder: Path) -> None:
    """Maak de naslagbladzijden over de kennisbank opnieuw."""
    if not folder.is_dir():
        raise Refused(f"De map {folder} bestaat niet; maak hem of kies een andere met --to.")
    for name, text in reference.pages(load(), register.load_register()).items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(str(folder / name))


@kennis.command("leer")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=LEARNED,
    help="De map waarin het model komt; zonder deze optie die van Koersbot zelf.",
)
@refusals_shown
def kennis_leer(folder: Path) -> None:
    """Leer de manieren van vragen opnieuw. Doe dit na elke verandering in de vragen."""
    if not folder.is_dir():
        raise Refused(f"De map {folder} bestaat niet; maak hem of kies een andere met --to.")
    try:
        from knowledge import learning  # noqa: PLC0415 - running the bot does not need scikit-learn
    except ImportError as error:
        raise Refused(
            "Leren kan hier niet: installeer eerst scikit-learn, met pip install 'koersbot[leren]'."
        ) from error
    click.echo("Leren duurt een paar minuten.")
    learned = learning.learn(load())
    save_learned(learned, folder)
    limits = learned.calibration
    click.echo(f"zeker vanaf {limits.sure_from}, kies vanaf {limits.choose_from}")
    for name, value in limits.measured.items():
        click.echo(f"{name}: {value}")


def learned_behind(knowledge: KnowledgeBase) -> str | None:
    """What is not learned yet, as a sentence that says what to do; None when all is."""
    try:
        learned = load_learned()
    except NotLearned as error:
        return str(error)
    changed = sorted(learned.changed([*knowledge.cards.values(), *knowledge.outside.values()]))
    if not changed:
        return None
    named = ", ".join(changed[:SHOWN])
    return (
        f"{len(changed)} kaarten of groepen zijn veranderd sinds het leren ({named}); "
        "draai: koersbot kennis leer"
    )


def _stats_json(knowledge: KnowledgeBase, stats: ContentStats) -> dict[str, object]:
    return {
        "cards": len(knowledge.cards),
        "norms": len(knowledge.norms),
        "terms": len(knowledge.terms),
        "topics": {
            topic: {
                "cards": one.cards,
                "phrasings": one.phrasings,
                "without_title_word": one.without_title_word,
            }
            for topic, one in stats.topics.items()
        },
        "topics_without_card": list(stats.without_card),
        "status": stats.by_status,
        "region": stats.by_region,
        "phrasings": stats.by_voice,
        "reading": {
            "words_per_sentence": round(stats.level.words_per_sentence, 1),
            "flesch_douma": round(stats.level.score, 1),
            "b1_from": B1_FROM,
            "below_b1": dict(stats.hard),
        },
        "ended": list(stats.ended),
        "due_for_review": [
            {
                "kind": one.kind,
                "id": one.id,
                "source": one.source,
                "read": one.read.isoformat(),
                "newer": one.newer.isoformat(),
                "why": one.why,
            }
            for one in due_for_review(knowledge)
        ],
        "never_reviewed": stats.never_reviewed,
        "contacts_not_filled_in": list(stats.not_filled_in),
    }


def _echo_some(title: str, names: list[str]) -> None:
    if not names:
        return
    more = f" en {len(names) - SHOWN} meer" if len(names) > SHOWN else ""
    click.echo(f"{title} ({len(names)}): " + ", ".join(names[:SHOWN]) + more)


def _failed_examples(layers: Layers, knowledge: KnowledgeBase) -> list[Problem]:
    """Worked examples that the engine does not agree with."""
    wrong = []
    for found in layers.norms.values():
        norm = found.entry
        for index, example in enumerate(norm.examples):
            due = termijnen.for_norm(norm, start=example.start, calendar=knowledge.calendar).due
            if due.on != example.end:
                wrong.append(
                    found.problem(
                        f"norm '{norm.id}' versie {norm.version}: {example.start} geeft {due.on}, "
                        f"het voorbeeld zegt {example.end}; zoek uit wie gelijk heeft",
                        "voorbeelden",
                        index,
                    )
                )
    return wrong
