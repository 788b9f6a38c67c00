"""The county that the simulator makes up, exported and read elsewhere, all by the command line.

What an export leaves out: versions of events that were corrected or voided, when and by whom they were told,
and digests of personal values. Nothing that the present version of a case says comes of those. OCEL, which
this program only writes, is read by pm4py in tests/outside.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cases.state import CaseState
from monitor.cli import run
from monitor.store.cases import CaseFilter, each_case
from monitor.store.database import Database


def states(folder: Path) -> dict[tuple[str, str], CaseState]:
    database = Database(f"sqlite:///{folder / 'fangxing.db'}")
    found = {(one.station, one.case_no): one for one in each_case(database, CaseFilter(), 0)}
    database.dispose()
    return found


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    files = folder / "files"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FANGXING_DATA_DIR", str(folder))
        options = ("--stations", "3", "--days", "5", "--seed", "11", "--until", "2024-07-20")
        assert run(["simulate", "--out", str(files), *options]) == 0
        assert run(["ingest", str(files)]) == 0
    return folder


@pytest.mark.parametrize("form", ["csv", "xes", "parquet"])
def test_it_gives_the_same_cases_elsewhere(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    out = tmp_path / f"fangxing-events.{form}"
    monkeypatch.setenv("FANGXING_DATA_DIR", str(county))
    assert run(["export", "events", "--format", form, "--plates", "--out", str(out)]) == 0
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("FANGXING_DATA_DIR", str(elsewhere))
    assert run(["ingest", str(out), "--strict"]) == 0
    before, after = states(county), states(elsewhere)
    assert len(before) > 30
    assert set(before) == set(after)
    differing = {
        key: [name for name in CaseState._fields if getattr(one, name) != getattr(after[key], name)]
        for key, one in before.items()
        if one != after[key]
    }
    assert differing == {}
