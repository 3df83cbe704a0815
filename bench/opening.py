"""How long opening a zaak takes on SQLite, beside an empty insert on the same file.

    .venv/bin/python bench/opening.py [--rounds 200] [--folder FOLDER]

Each round first inserts one row in one write transaction (the yardstick: what the disk asks for a
change that is safe), then opens a zaak of kader OTS through `open_drafted_zaak`, as a tap on
"openen" does. The file lies in FOLDER: put it on the disk that the bot runs on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent))

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


def measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every round: the empty insert, and the opening of a zaak."""
    from knowledge.loader import load
    from storage import access, drafts, heartbeat, schema, zaken
    from storage.db import build_database
    from storage.rules import Rules

    rules = Rules(knowledge=load(), timezone=ZoneInfo("Europe/Amsterdam"))
    database = build_database(f"sqlite:///{folder / 'opening.sqlite'}")
    schema.upgrade(database)
    team = database.write(access.add_team, now=START, name="Noord")
    role = access.Role.JEUGDBESCHERMER
    invitation = database.write(access.invite, now=START, role=role, team="Noord")
    actor = database.write(
        access.accept_invitation,
        now=START,
        token=invitation.token,
        channel_id=1,
        first_name="Sanne",
        first_digest_at=START,
    )
    answers = {"kader": "ots", "team": team, "day": DAY.isoformat()}
    took: dict[str, list[float]] = {"empty insert": [], "opening": []}
    for number in range(rounds):
        now = START + timedelta(minutes=number)
        insert = timed(database.write, heartbeat.beat, now=now, name=f"round-{number}")
        nonce = database.write(drafts.start, now=now, actor=actor, kind=drafts.OPEN, data=answers)
        opening = timed(
            database.write,
            zaken.open_drafted_zaak,
            now=now,
            actor=actor,
            rules=rules,
            nonce=nonce,
        )
        took["empty insert"].append(insert)
        took["opening"].append(opening)
    database.close()
    return took


def timed(operation: Callable[..., Any], *args: Any, **kwargs: Any) -> float:
    """How many milliseconds this takes."""
    began = time.perf_counter()
    operation(*args, **kwargs)
    return (time.perf_counter() - began) * 1000


def p95(took: Sequence[float]) -> float:
    """The time that nineteen out of twenty stay within."""
    return sorted(took)[int(len(took) * 0.95)]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        took = measure(Path(folder), asked.rounds)
    sys.stdout.write(f"{asked.rounds} rounds on SQLite, milliseconds\n")
    sys.stdout.write(f"{'':14}{'median':>10}{'p95':>10}\n")
    for name, times in took.items():
        sys.stdout.write(f"{name:14}{median(times):>10.1f}{p95(times):>10.1f}\n")
    times = {name: median(values) for name, values in took.items()}
    sys.stdout.write(f"opening / empty insert: {times['opening'] / times['empty insert']:.1f}\n")


if __name__ == "__main__":
    main()
