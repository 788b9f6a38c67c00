"""What the simulator planted in fines is found by way of its files and the queries of one case."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.rules.assess import assess
from monitor.rules.book import rule_book
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import load_settings
from monitor.store.cases import case_file
from monitor.store.database import Database
from monitor.store.decisions import case_decisions
from monitor.store.tables import case_versions

from .conftest import Fangxing

Key = tuple[str, str]
FLAGGED = 0.01
"""No more of the clean cases."""


def found() -> dict[Key, set[str]]:
    """Codes of findings by case, of every case that was decided."""
    settings = load_settings()
    configuration = load_configuration(settings)
    database, book = Database(settings.database_with_secrets()), rule_book(configuration)
    v = case_versions.c
    query = select(v.station, v.case_no).where(v.known_to.is_(None), v.decided_at.is_not(None))
    with database.read() as connection:
        keys = [(station, case_no) for station, case_no in connection.execute(query)]
    told: dict[Key, set[str]] = {}
    for key in keys:
        file = case_file(database, key)
        assert file is not None
        decisions = case_decisions(database, file, configuration.zone_of(key[0]))
        told[key] = {finding.code for one in decisions for finding in assess(one, book).findings}
    database.dispose()
    return told


@pytest.mark.full
@pytest.mark.parametrize(("seed", "days", "stations"), [(1, 90, 3), (2, 200, 6), (3, 200, 6), (4, 200, 6)])
def test_every_planted_finding_is_found_and_few_clean_cases_are_flagged(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, days: int, stations: int
) -> None:
    out = tmp_path / "sim"
    until = "2026-11-01T08:00"
    ran = fangxing(
        "simulate", "--out", out, "--days", days, "--stations", stations, "--seed", seed, "--until", until
    )
    assert ran.code == 0, ran.err
    if (out / "config").is_dir():
        monkeypatch.setenv("FANGXING_CONFIG_DIR", str(out / "config"))
    assert fangxing("ingest", out, "--backfill", "--json").code == 0
    fines: dict[str, Any] = json.loads((out / "truth.json").read_text(encoding="utf-8"))["fines"]
    told = found()
    planted = [one for one in fines["planted"] if one["truth"] == "finding"]
    assert len(Counter(one["kind"] for one in planted)) >= 5
    assert [one for one in planted if one["code"] not in told.get((one["station"], one["case_no"]), ())] == []
    clean = set(fines["clean"])
    judged = {key: codes for key, codes in told.items() if key[1] in clean}
    assert len(judged) > 50
    flagged = {key: codes for key, codes in judged.items() if codes}
    assert len(flagged) <= FLAGGED * len(judged), flagged
