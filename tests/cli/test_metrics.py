"""`fangxing metrics` and `fangxing lake`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli import run
from monitor.metrics.catalog import METRICS
from monitor.metrics.week import week_figures
from monitor.settings.environment import load_settings
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.factories import SHANGHAI, at, candidate, deliver

WEST = "14042301"


@pytest.fixture(autouse=True)
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One case on time and one late at a station, both due in the week of 22 July 2024."""
    monkeypatch.setenv("FANGXING_DATA_DIR", str(tmp_path))
    database = Database(load_settings().database_with_secrets())
    upgrade(database)
    rows = [
        candidate("confirmed", at("2024-07-22 08:00"), station=WEST, case_no="A"),
        candidate("released", at("2024-07-22 20:00"), station=WEST, case_no="A"),
        candidate("confirmed", at("2024-07-23 08:00"), station=WEST, case_no="B"),
        candidate("released", at("2024-07-25 08:00"), station=WEST, case_no="B"),
    ]
    deliver(database, rows, at("2024-07-26 08:00"))
    database.dispose()


def test_json_has_the_shape_that_other_programs_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["metrics", "compliance", "--by", "week", "--by", "station", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"metric", "definition", "as_of", "filters", "rows"}
    (row,) = told["rows"]
    assert (row["period"], row["station"], row["k"], row["n"], row["rate"]) == ("2024-W30", WEST, 1, 2, 0.5)
    assert row["low"] == pytest.approx(0.0945, abs=1e-4)


def test_as_of_a_day_is_what_was_known_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["metrics", "compliance", "--as-of", "2024-07-25", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == []
    assert run(["metrics", "compliance", "--as-of", "2024-07-26", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["n"] == 2


@pytest.mark.parametrize(
    ("asked", "code", "named"),
    [
        (["--as-of", "2024-07-25"], "before_receipt", "2024-07-26 08:00"),
        (["--from", "2024-09-01", "--as-of", "2024-08-01"], "future", "2024-09-01"),
        (["--to", "2024-07-21"], "before_data", "2024-07-22"),
        (["--from", "2024-07-26", "--as-of", "2024-08-01"], "after_data", "2024-07-23"),
        (["--station", "14042302"], "no_data", ""),
    ],
)
@pytest.mark.parametrize("metric", ["compliance", "hours", "hours_of_week", "variants"])
def test_an_answer_of_nothing_says_why(
    metric: str, asked: list[str], code: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["metrics", metric, *asked, "--format", "json"]) == 0
    nothing = json.loads(capsys.readouterr().out)["nothing"]
    assert nothing["code"] == code and named in nothing["said"]
    assert run(["metrics", metric, *asked]) == 0
    assert nothing["said"] in capsys.readouterr().out
    # A table for other programs stays one: the reason is told beside it.
    assert run(["metrics", metric, *asked, "--format", "csv"]) == 0
    said = capsys.readouterr()
    assert nothing["said"] not in said.out and said.err.strip() == nothing["said"]


def test_where_the_period_lies_in_the_data_nothing_of_it_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["metrics", "compliance", "--from", "2024-07-22", "--to", "2024-07-22"]
    assert run([*asked, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["nothing"]["code"] == "none"
    assert run(["metrics", "reconciliation"]) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_a_table_and_a_csv(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["metrics", name]) == 0
    assert capsys.readouterr().out.strip()
    assert run(["metrics", name, "--format", "csv"]) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ["nothing"],
        ["compliance", "--by", "nothing"],
        ["hours", "--by", "station"],
        ["compliance", "--from", "22.7."],
        ["compliance", "--from", "2024-07-23", "--to", "2024-07-22"],
        ["compliance", "--as-of", "then"],
        ["compliance", "--station", "99999999"],
    ],
)
def test_wrong_use_is_told_in_a_sentence(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["metrics", *wrong]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_lake_that_was_changed_by_hand_is_found_and_written_anew(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["lake", "check"]) == 1  # there is none yet
    assert run(["lake", "rebuild"]) == 0
    assert run(["lake", "check"]) == 0
    capsys.readouterr()
    one = next(load_settings().lake.glob("case_versions/*.parquet"))
    one.write_bytes(one.read_bytes()[:-10])
    assert run(["lake", "check"]) == 1
    assert one.name in capsys.readouterr().out
    one.unlink()
    # A metric mends it by itself.
    assert run(["metrics", "compliance"]) == 0
    assert run(["lake", "check"]) == 0


def test_spark_without_java_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert run(["metrics", "compliance", "--engine", "spark"]) == 1
    said = capsys.readouterr().err
    assert "Java 17" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("moment", "kn"),
    [("2024-07-23 07:59", (0, 0)), ("2024-07-23 12:00", (1, 1)), ("2024-07-26 12:00", (1, 2))],
)
def test_the_board_shows_the_week_that_the_command_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, moment: str, kn: tuple[int, int]
) -> None:
    now = at(moment)
    monkeypatch.setattr("monitor.cli.installation.now", lambda: now)
    database = Database(load_settings().database_with_secrets())
    # What a station tells at once is known at once: the board knows no other way.
    shown = week_figures(database, [WEST], now, SHANGHAI)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE case_versions SET known_from = 0 WHERE known_to IS NULL")
    database.dispose()
    week = ["--from", "2024-07-22", "--to", "2024-07-28", "--station", WEST]
    assert run(["metrics", "compliance", *week, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    counted = (rows[0]["k"], rows[0]["n"]) if rows else (0, 0)
    assert (shown.k, shown.n) == counted == kn
