"""Another program reads our files: pm4py counts the cases, events and activities that we count.

It lives in an environment of its own, made here and gone afterwards; `PM4PY_PYTHON` names one that has it.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import run
from monitor.reports.export.choice import SUFFIXES, Form
from monitor.reports.export.told import Export, each_told
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import CaseFilter, each_case
from monitor.store.database import Database

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

READER = Path(__file__).with_name("pm4py_reads.py")
VERSION = "pm4py==2.7.23.11"
LOG = Path(__file__).resolve().parents[3] / "shared" / "data" / "road_traffic_fines.csv.gz"
CODES = {"Create Fine": "decided", "Payment": "paid", "Add penalty": "surcharged"}
"""Activities of the log that nothing else of it becomes."""
FORMS = (Form.XES, Form.OCEL)


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python that has pm4py."""
    if named := os.environ.get("PM4PY_PYTHON"):
        return named
    folder = tmp_path_factory.mktemp("pm4py")
    python = folder / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", VERSION],
    ):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"no environment with pm4py: {made.stderr.strip()[-200:]}")
    return str(python)


def counted(python: str, file: Path) -> dict[str, Any]:
    done = subprocess.run([python, str(READER), str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    # it greets on the same output
    found: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index("{") :])[0]
    return found


def exported(folder: Path, form: Form) -> Path:
    path = folder / f"fangxing-events.{SUFFIXES[form]}"
    assert run(["export", "events", "--format", form, "--out", str(path)]) == 0
    return path


def ours(folder: Path) -> tuple[int, int, dict[str, int]]:
    """Cases, events by their states, and events by activity."""
    settings = Settings(data_dir=folder)
    export = Export(
        Database(f"sqlite:///{folder / 'fangxing.db'}"),
        CaseFilter(),
        load_configuration(settings).stations,
        0,
    )
    states = list(each_case(export.database, CaseFilter(), 0))
    names = Counter(one.event.activity for case in each_told(export) for one in case.events)
    return len(states), sum(state.events for state in states), dict(sorted(names.items()))


def agrees(found: dict[str, Any], folder: Path, form: Form) -> None:
    cases, events, activities = ours(folder)
    assert (found["cases"], found["events"], found["activities"]) == (cases, events, activities)
    if form is Form.OCEL:
        assert found["events_of_a_case"] == events


def test_it_counts_what_the_simulated_county_holds(
    outside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGXING_DATA_DIR", str(tmp_path))
    files = tmp_path / "exports"
    assert run(["simulate", "--out", str(files), "--stations", "3", "--days", "14", "--seed", "3"]) == 0
    assert run(["ingest", str(files)]) == 0
    for form in FORMS:
        found = counted(outside, exported(tmp_path, form))
        assert found["cases"] > 100
        agrees(found, tmp_path, form)


@pytest.mark.skipif(not LOG.is_file(), reason="the public log is not at hand")
def test_it_counts_what_the_public_log_holds(
    outside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGXING_DATA_DIR", str(tmp_path))
    assert run(["ingest", str(LOG), "--source", "road-traffic-fines"]) == 0
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as file:
        names = Counter(row["concept:name"] for row in csv.DictReader(file))
    for form in FORMS:
        found = counted(outside, exported(tmp_path, form))
        assert (found["cases"], found["events"]) == (150_370, 561_470)
        assert {code: found["activities"][code] for code in CODES.values()} == {
            code: names[name] for name, code in CODES.items()
        }
        agrees(found, tmp_path, form)
