"""A watched folder under real rights, and a real file that is replaced while it is read."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from monitor.store.database import Database
from monitor.store.deliveries import recent_deliveries
from tests.jobs.conftest import Inbox, events
from tests.store.reading import count

LOOK = """
import ctypes, json, os, sys, tempfile
from pathlib import Path
from ingest.folder import FolderProblem, WatchedFolder
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.jobs.job import note
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.jobs import FolderWatch
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.migrate import upgrade

class Head(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]

class Caps(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]

if os.geteuid() == 0:
    # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: without them the rights of files hold for root as for anybody,
    # and the processes it starts do not get them back.
    libc = ctypes.CDLL(None, use_errno=True)
    head, caps = Head(0x20080522, 0), (Caps * 2)()
    done = [libc.prctl(24, capability, 0, 0, 0) for capability in (1, 2)]
    done.append(libc.capget(ctypes.byref(head), caps))
    caps[0].effective &= ~0b110
    caps[0].permitted &= ~0b110
    caps[0].inheritable &= ~0b110
    done.append(libc.capset(ctypes.byref(head), caps))
    if any(done):
        print(json.dumps({"cannot": os.strerror(ctypes.get_errno())}))
        sys.exit()

(folder,) = sys.argv[1:]
with tempfile.TemporaryDirectory() as data:
    database = Database(f"sqlite:///{data}/fangxing.db")
    upgrade(database)
    configuration = load_configuration(Settings(data_dir=Path(data)))
    intake = Intake(database, configuration, load_pages(), b"a key", lambda: 1_782_954_000_000_000)
    watch = FolderWatch(folder=folder, source="events", settled_seconds=1)
    explain = lambda file, refused: note(texts("en"), file, refused)
    try:
        taken = WatchedFolder(intake, watch, Sender("local", "test"), explain, lambda _: None).look()
        told = {"done": taken.done, "failed": taken.failed, "stuck": taken.stuck}
    except FolderProblem as problem:
        told = {"code": problem.code, **problem.params}
    print(json.dumps(told))
"""
"""A look by a process for which the rights of files hold, whoever runs the tests."""


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def look(folder: Path) -> dict[str, Any]:
    """What a look by such a process tells."""
    run = subprocess.run(
        [sys.executable, "-c", LOOK, str(folder)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    if "cannot" in found:
        pytest.skip(f"rights cannot be given up here: {found['cannot']}")
    return found


@pytest.mark.parametrize("mode", [0o000, 0o555], ids=["not to be entered", "not to be written to"])
def test_a_folder_without_rights_is_a_clear_answer_and_keeps_its_files(shared: Path, mode: int) -> None:
    (shared / "a.csv").write_text(events("C1"), encoding="utf-8")
    shared.chmod(mode)
    try:
        told = look(shared)
    finally:
        shared.chmod(0o755)
    assert (told["code"], told["folder"]) == ("folder_forbidden", str(shared))
    assert [path.name for path in shared.iterdir()] == ["a.csv"]


def test_a_file_without_rights_fails_with_its_reason_and_the_others_go_on(shared: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (shared / name).write_text(events(name), encoding="utf-8")
        (shared / name).chmod(0o644)
    (shared / "a.csv").chmod(0o200)
    told = look(shared)
    (shared / "failed" / "a.csv").chmod(0o600)
    assert told == {"done": ["b.csv"], "failed": ["a.csv"], "stuck": []}
    said = (shared / "failed" / "a.csv.problem.txt").read_text("utf-8")
    assert "a.csv" in said and "read" in said


def test_a_file_replaced_by_another_in_the_middle_of_reading_is_taken_in_as_the_other(
    inbox: Inbox, database: Database
) -> None:
    old = [f"OLD-{number}" for number in range(50_000)]
    new = [f"NEW-{number}" for number in range(500)]
    inbox.put("a.csv", events(*old))
    claimed = inbox.folder / "working" / "a.csv"
    other = inbox.folder / ".other"
    other.write_text(events(*new), encoding="utf-8")
    seen: list[int] = []

    def replace_while_read() -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and not seen:
            with database.read() as connection:
                (reading,) = recent_deliveries(connection, 1) or [None]
            # Part of it is committed and the delivery not ended: the reader is in the middle of the file.
            if reading is not None and reading.status == "loading" and reading.counts.events:
                seen.append(reading.counts.events)
                other.replace(claimed)

    replacing = threading.Thread(target=replace_while_read)
    replacing.start()
    taken = inbox.look()
    replacing.join()
    assert seen and seen[0] < len(old)
    assert (taken.done, taken.failed, taken.stuck) == (["a.csv"], [], [])
    assert (inbox.folder / "done" / "a.csv").read_text("utf-8") == events(*new)
    with database.read() as connection:
        last, first = recent_deliveries(connection, 5)
    assert (last.counts.rows_read, last.counts.events) == (len(new) + 1, len(new))
    for one in (first, last):
        counts = one.counts
        assert one.status == "done"
        assert counts.rows_read == (
            counts.rows_landed + counts.rows_unchanged + counts.rows_quarantined + counts.rows_aside
        )
    # The handle that was open still read the old file: all of it, and nothing of the two mixed.
    assert first.counts.events == len(old)
    assert count(database) == len(old) + len(new)
