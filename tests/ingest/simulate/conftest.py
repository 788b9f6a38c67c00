"""One simulated county for the whole run: four stations, seven weeks."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ingest.simulate import SimulationSummary, simulate
from tests.long import seeds

NOW = int(dt.datetime(2026, 11, 26, 14, 32, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()) * 1_000_000
SEED = 7


@dataclass(frozen=True)
class Simulated:
    summary: SimulationSummary
    truth: dict[str, Any]

    def file(self, name: str) -> dict[str, Any]:
        return next(one for one in self.truth["files"] if one["file"] == name)

    def defects(self, **about: Any) -> list[dict[str, Any]]:
        return [one for one in self.truth["defects"] if all(one[key] == about[key] for key in about)]


@pytest.fixture(scope="session", params=seeds([SEED], [SEED, *range(101, 141)]))
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    out = tmp_path_factory.mktemp("county")
    summary = simulate(out, stations=4, days=50, seed=request.param, until=NOW)
    return Simulated(summary, json.loads(summary.truth.read_text("utf-8")))


@pytest.fixture
def now() -> int:
    return NOW


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return tmp_path / "county"
