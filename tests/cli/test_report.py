"""`fangxing report weekly`."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli import run
from monitor.settings.environment import load_settings
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.factories import at, candidate, deliver

WEST = "14042301"


@pytest.fixture(autouse=True)
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """One case on time and one late, both due in 2024-W30, received after the week."""
    monkeypatch.setenv("FANGXING_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FANGXING_LANGUAGE", "en")
    (tmp_path / "data").mkdir()
    database = Database(load_settings().database_with_secrets())
    upgrade(database)
    rows = [
        candidate("confirmed", at("2024-07-22 08:00"), station=WEST, case_no="A"),
        candidate("released", at("2024-07-22 20:00"), station=WEST, case_no="A"),
        candidate("confirmed", at("2024-07-23 08:00"), station=WEST, case_no="B"),
        candidate("released", at("2024-07-25 08:00"), station=WEST, case_no="B"),
    ]
    deliver(database, rows, at("2024-07-26 08:00"))
    return database


def asked(*more: str) -> int:
    return run(["report", "weekly", "--week", "2024-W30", "--as-of", "2024-07-29T08:00", *more])


def test_the_files_are_written_and_made_again_after_a_correction_the_figures_are_the_same(
    tmp_path: Path, held: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert asked("--out", str(first)) == 0
    told = capsys.readouterr()
    assert told.out.split() == [
        str(first / f"fangxing-2024-W30-all.{form}") for form in ("html", "xlsx", "docx", "pdf")
    ]
    late = candidate("released", at("2024-07-23 20:00"), station=WEST, case_no="B")
    deliver(held, [late], at("2024-07-30 08:00"))
    assert asked("--out", str(second), "--format", "html") == 0
    assert capsys.readouterr().err == told.err
    name = "fangxing-2024-W30-all.html"
    assert (first / name).read_bytes() == (second / name).read_bytes()
    # What somebody may have gone on writing in is never written over.
    assert asked("--out", str(second), "--format", "html") == 1
    assert name in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--week", "2024-30"], 2, "no week"),
        (["--week", "2124-W30"], 2, "not come"),
        (["--week", "2001-W30"], 2, "before all data"),
        (["--week", "2024-W30", "--as-of", "2124-01-01"], 2, "not come"),
        (["--week", "2024-W30", "--as-of", "2024-07-25"], 2, "nothing had been received"),
        (["--week", "2024-W30", "--format", "doc"], 2, "no format"),
        (["--week", "2024-W40", "--as-of", "2024-08-01"], 2, "had not come at 2024-08-01"),
        (["--week", "2024-W30", "--station", "nowhere"], 2, "14042301 Xiangyuan West Inspection Station"),
        (["--week", "2024-W30", "--station", "14042302"], 1, "The stations asked for have no data"),
    ],
)
def test_what_cannot_be_reported_is_told_in_a_sentence(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", "weekly", *arguments]) == code
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1


def test_without_any_data_there_is_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FANGXING_DATA_DIR", str(tmp_path / "empty"))
    assert run(["report", "weekly", "--week", "2024-W30"]) == 1
    assert "no data" in capsys.readouterr().err
