"""The same lake asked by Spark and by DuckDB, and both against values worked out by hand."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.simulate import simulate
from monitor.cases.event import DAY, HOUR
from monitor.demo import prepare, tell_by_other_ways
from monitor.lake.judging import judging
from monitor.lake.refresh import rebuild
from monitor.metrics.ask import Ask, By
from monitor.metrics.catalog import METRICS, Rules, rows_of, rules_of
from monitor.metrics.known import UnknownBreakdown
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.spark_engine import SparkEngine, SparkMissing, require_spark
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.tables import metadata
from tests.factories import SHANGHAI, at, candidate, deliver
from tests.long import is_full

NOW = at("2026-11-26 14:32")


def spark(folder: Path) -> SparkEngine:
    pytest.importorskip("pyspark")
    try:
        require_spark()
    except SparkMissing as missing:
        pytest.skip(f"Spark cannot run here: {missing}")
    return SparkEngine(folder)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Rules]]:
    pytest.importorskip("pyspark")
    folder = tmp_path_factory.mktemp("county")
    summary = simulate(folder / "exports", stations=3, days=28, seed=5, until=NOW)
    (folder / "data").mkdir()
    installation = prepare(Settings(data_dir=folder / "data"), folder / "data", summary)
    tell_by_other_ways(installation.intake, summary)
    configuration = installation.intake.configuration
    rebuild(installation.database, folder / "lake", configuration.zone_of, NOW, judging(configuration))
    yield folder / "lake", rules_of(configuration, NOW)
    installation.database.dispose()


def same(mine: Any, other: Any) -> bool:
    """Integers, texts and nothing exactly; floats to 1e-9."""
    if isinstance(mine, dict):
        return mine.keys() == other.keys() and all(same(mine[key], other[key]) for key in mine)
    if isinstance(mine, list | tuple):
        return len(mine) == len(other) and all(map(same, mine, other))
    if isinstance(mine, float) and isinstance(other, float):
        return math.isclose(mine, other, rel_tol=1e-9, abs_tol=1e-12)
    return type(mine) is type(other) and bool(mine == other)


@pytest.mark.timeout(600)
def test_every_metric_is_the_same_on_spark(county: tuple[Path, Rules]) -> None:
    folder, rules = county
    engines = spark(folder), LakeEngine.open(folder)
    every = (
        Ask(NOW),
        Ask(NOW - 9 * DAY - 5 * HOUR, by=(By.STATION,)),
        Ask(NOW, by=(By.WEEK,), vehicles=("truck", "combination")),
        Ask(at("2020-01-01 00:00")),
    )
    asked = every if is_full() else every[1:2]
    compared = 0
    for name in METRICS:
        for question in asked:
            ask = question
            try:
                on_duckdb = rows_of(name, engines[1], ask, rules)
            except UnknownBreakdown:
                ask = replace(ask, by=())
                on_duckdb = rows_of(name, engines[1], ask, rules)
            on_spark = rows_of(name, engines[0], ask, rules)
            assert len(on_spark) == len(on_duckdb), (name, ask)
            for mine, other in zip(on_spark, on_duckdb, strict=True):
                assert same(mine, other), (name, ask, mine, other)
            compared += len(on_duckdb)
    assert compared > 150


def test_monday_half_past_two_belongs_to_monday_on_both(tmp_path: Path) -> None:
    # 02:30 of Monday 22 July in Shanghai is 18:30 of Sunday, still week 29, in UTC.
    database = Database(f"sqlite:///{tmp_path / 'db'}")
    metadata.create_all(database.engine)
    rows = [
        candidate("weighed", at("2024-07-22 02:30"), gross_kg=52_000, limit_kg=49_000),
        candidate("confirmed", at("2024-07-22 02:30")),
        candidate("released", at("2024-07-23 02:30")),
        candidate("confirmed", at("2024-07-22 02:30"), case_no="B"),
        candidate("released", at("2024-07-23 04:30"), case_no="B"),
    ]
    deliver(database, rows, at("2024-07-24 08:00"))
    rebuild(database, tmp_path / "lake", lambda _: SHANGHAI, NOW)
    by_week = Ask(at("2024-07-25 00:00"), by=(By.WEEK,))
    rules = Rules((), HOUR, DAY, DAY)
    for engine in (spark(tmp_path / "lake"), LakeEngine.open(tmp_path / "lake")):
        (rate,) = rows_of("compliance", engine, by_week, rules)
        # Released 24 h later to the second, and two hours after that.
        assert (rate["period"], rate["k"], rate["n"]) == ("2024-W30", 1, 2)
        (hours,) = rows_of("hours", engine, Ask(by_week.as_of), rules)
        assert (hours["median"], hours["p90"]) == (24.0, 26.0)
        week = rows_of("hours_of_week", engine, Ask(by_week.as_of), rules)
        assert [(one["hour"], one["arrivals"]) for one in week if one["arrivals"]] == [(2, 2)]
        assert [(one["hour"], one["releases"]) for one in week if one["releases"]] == [(26, 1), (28, 1)]
        (flow,) = rows_of("throughput", engine, by_week, rules)
        assert (flow["period"], flow["arrivals"], flow["releases"], flow["open_at_end"]) == (
            "2024-W30",
            2,
            2,
            0,
        )
        (whole,) = rows_of("throughput", engine, Ask(by_week.as_of), rules)
        assert (whole["arrivals"], whole["releases"]) == (2, 2)
        for name in ("throughput", "compliance", "overload_rate"):
            assert rows_of(name, engine, Ask(at("2024-07-20 00:00")), rules) == []
        (over,) = rows_of("overload_rate", engine, by_week, rules)
        assert (over["period"], over["k"], over["n"]) == ("2024-W30", 1, 1)
        assert over["median_over"] == pytest.approx(3 / 49, rel=1e-9)
    database.dispose()


def test_what_spark_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SparkMissing, match="no_java"):
        require_spark()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SparkMissing, match="no_pyspark"):
        require_spark()
