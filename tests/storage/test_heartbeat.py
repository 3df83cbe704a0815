"""When a job last finished its round."""

from __future__ import annotations

from datetime import timedelta

from storage import heartbeat
from storage.db import Database
from tests.storage.office import NINE


def test_a_job_that_never_ran_has_no_heartbeat(database: Database) -> None:
    assert database.read(heartbeat.last) is None


def test_the_last_round_counts_a_job_at_a_time(database: Database) -> None:
    database.write(heartbeat.beat, now=NINE)
    database.write(heartbeat.beat, now=NINE + timedelta(minutes=1))
    database.write(heartbeat.beat, now=NINE + timedelta(minutes=2), name="backup")
    assert database.read(heartbeat.last) == NINE + timedelta(minutes=1)
    assert database.read(heartbeat.last, name="backup") == NINE + timedelta(minutes=2)
