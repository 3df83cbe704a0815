"""Opening a zaak is done before a thumb leaves the screen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS, SERIES = 40, 3
AT_MOST = 30.0
"""Milliseconds, for the median, with the wait for the disk."""


def test_opening_a_zaak_takes_at_most_thirty_milliseconds(tmp_path: Path) -> None:
    # A series in which other programs took the processor says nothing: it is run again.
    medians: list[float] = []
    while len(medians) < SERIES and min(medians, default=AT_MOST + 1) > AT_MOST:
        medians.append(median_of_opening(tmp_path))
    assert min(medians) <= AT_MOST, medians


def median_of_opening(folder: Path) -> float:
    """Measure as an operator would, in a program of its own: nothing watches every line there."""
    watching = ("COV_", "COVERAGE_")
    said = subprocess.run(
        [sys.executable, "bench/opening.py", "--rounds", str(ROUNDS), "--folder", str(folder)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(watching)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    found = re.search(r"^opening +([\d.]+)", said, re.MULTILINE)
    assert found, said
    return float(found[1])
