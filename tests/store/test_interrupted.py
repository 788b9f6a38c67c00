"""A delivery whose process was killed does not stay `loading` for ever."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from monitor.cases.event import SECOND
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.deliveries import (
    ABANDONED_MICROS,
    Counts,
    DeliveryRow,
    Sender,
    delivery,
    enter_interrupted,
    open_delivery,
    record_counts,
)
from monitor.store.migrate import upgrade
from tests.factories import at, candidate, deliver

NOW = at("2024-11-30 09:00")

KILLED = """
import os, signal, sys
from ingest.accept import accept
from monitor.store.database import Database
from tests.factories import at, batch_of, candidate, letter, terms

def batches():
    yield batch_of([candidate("confirmed", at("2024-11-26 14:32"), case_no="C1")])
    os.kill(os.getpid(), signal.SIGKILL)

under = terms()
accept(Database(sys.argv[1]), lambda station: under, letter(), batches(), lambda: int(sys.argv[2]))
"""


def stands(database: Database, number: int) -> DeliveryRow:
    with database.read() as connection:
        found = delivery(connection, number)
    assert found is not None
    return found


def entered(database: Database, now: int) -> int:
    with database.write() as connection:
        return enter_interrupted(connection, now)


def test_a_killed_delivery_is_entered_as_failed_with_its_reason_in_words(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/killed.db"
    database = Database(url)
    upgrade(database)
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED, url, str(NOW)], cwd=root, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert stands(database, 1).status == "loading"
    assert entered(database, NOW + ABANDONED_MICROS // 2) == 0
    assert stands(database, 1).status == "loading"
    later = NOW + ABANDONED_MICROS + SECOND
    assert entered(database, later) == 1
    row = stands(database, 1)
    assert (row.status, row.problem, row.finished_at) == ("failed", "interrupted", later)
    for language in ("zh", "en"):
        assert texts(language).find("reasons.interrupted")
    again = deliver(database, [candidate("confirmed", at("2024-11-26 14:32"), case_no="C1")], later)
    assert (again.status, again.counts.rows_read) == ("done", 1)
    assert entered(database, later + ABANDONED_MICROS * 2) == 0


def test_one_that_lives_on_against_all_expectation_still_enters_how_it_ended(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/slow.db")
    upgrade(database)
    with database.write() as connection:
        opened = open_delivery(
            connection, source="ledger", name="slow.xlsx", sha256=None, size=None,
            sender=Sender("local", "test"), backfill=False, now=NOW,
        )  # fmt: skip
    assert entered(database, NOW + 2 * ABANDONED_MICROS) == 1
    with database.write() as connection:
        record_counts(
            connection, opened.delivery_id, Counts(), received_until=NOW, stations=(), status="done",
            finished_at=NOW + 3 * ABANDONED_MICROS,
        )  # fmt: skip
    row = stands(database, opened.delivery_id)
    assert (row.status, row.problem) == ("done", None)
