"""A crash between any two steps of a watched folder: the next look finishes, each event is there once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.store.database import Database
from tests.jobs.conftest import HEAD, Inbox, events
from tests.store.reading import count

STEPS = ["looked", "claimed", "ingested", "noted", "moved"]

WORKER = """
import os, signal, sys
from pathlib import Path
from ingest.folder import WatchedFolder
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.jobs import FolderWatch
from monitor.store.database import Database
from monitor.store.deliveries import Sender

folder, data, at = sys.argv[1:]
def step(name):
    if name == at:
        os.kill(os.getpid(), signal.SIGKILL)
configuration = load_configuration(Settings(data_dir=Path(data)))
database = Database(f"sqlite:///{data}/fangxing.db")
intake = Intake(database, configuration, load_pages(), b"a key of this test", lambda: 1_782_954_000_000_000)
watch = FolderWatch(folder=folder, source="events", settled_seconds=1)
print("ready", flush=True)
WatchedFolder(intake, watch, Sender("local", "test"), lambda *_: "", lambda _: None, step).look()
"""


class Crash(BaseException):
    """Nothing in the program catches it, as nothing catches a loss of power."""


def finished(inbox: Inbox, database: Database, cases: int) -> None:
    assert inbox.within(".") == []
    assert inbox.within("working") == []
    assert inbox.within("done") == ["a.csv"]
    assert inbox.within("failed") == ["b.csv", "b.csv.problem.txt"]
    assert count(database) == cases


def fill(inbox: Inbox) -> None:
    inbox.put("a.csv", events("C1", "C2"))
    inbox.put("b.csv", "nothing,that,is\na,head,here\n")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", [1, 2])
def test_after_a_crash_at_any_step_the_next_look_finishes(
    inbox: Inbox, database: Database, step: str, nth: int
) -> None:
    fill(inbox)
    told: list[str] = []

    def crash(name: str) -> None:
        told.append(name)
        if told.count(step) == nth and name == step:
            raise Crash

    happens_once = step in ("looked", "noted")
    if happens_once and nth == 2:
        inbox.look(step=crash)
    else:
        with pytest.raises(Crash):
            inbox.look(step=crash)
    inbox.look()
    finished(inbox, database, cases=2)


def killed(inbox: Inbox, data: Path, step: str) -> int:
    command = [sys.executable, "-c", WORKER, str(inbox.folder), str(data), step]
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode


@pytest.mark.parametrize("step", ["claimed", "ingested", "noted", "moved"])
def test_a_process_that_was_killed_leaves_everything_to_the_next(
    inbox: Inbox, database: Database, tmp_path: Path, step: str
) -> None:
    fill(inbox)
    assert killed(inbox, tmp_path, step) == -9
    inbox.look()
    finished(inbox, database, cases=2)


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_a_hundred_kills_at_any_moment_lose_and_double_nothing(
    inbox: Inbox, database: Database, tmp_path: Path
) -> None:
    chance = random.Random(20240701)
    cases = [f"C{number}" for number in range(30_000)]
    for kill in range(100):
        inbox.put(f"{kill}.csv", events(*cases[kill * 300 : (kill + 1) * 300]))
        command = [sys.executable, "-c", WORKER, str(inbox.folder), str(tmp_path), "never"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            running.stdout.readline()
            time.sleep(chance.uniform(0, 0.4))
            running.kill()
    inbox.look()
    assert inbox.within("working") == []
    assert len(inbox.within("done")) == 100
    assert inbox.within("failed") == []
    assert count(database) == len(cases)


def test_a_new_file_of_the_name_waits_for_the_one_left_by_a_crash(inbox: Inbox, database: Database) -> None:
    inbox.put("a.csv", events("C1"))

    def crash(name: str) -> None:
        if name == "claimed":
            raise Crash

    with pytest.raises(Crash):
        inbox.look(step=crash)
    inbox.put("a.csv", HEAD + events("C2").removeprefix(HEAD))
    inbox.look()
    assert inbox.within("done") == ["a.2.csv", "a.csv"]
    assert count(database) == 2
