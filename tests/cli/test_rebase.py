"""`fangxing rebase`: the same words as the form of the Flow page keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli import run
from monitor.settings.environment import load_settings
from monitor.store.database import Database
from monitor.store.rebasings import rebasings_of

WEST = "14042301"


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGXING_DATA_DIR", str(tmp_path))


def listed(capsys: pytest.CaptureFixture[str], *asked: str) -> list[tuple[str, str]]:
    capsys.readouterr()
    assert run(["rebase", "list", *asked, "--json"]) == 0
    return [(one["week"], one["reason"]) for one in json.loads(capsys.readouterr().out)["rebasings"]]


def test_limits_begin_anew_for_one_chart_and_are_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rebase", "begin", "2024-W38", "--station", WEST, "--reason", "开通扫码缴款"]) == 0
    assert listed(capsys, "--station", WEST) == [("2024-W38", "开通扫码缴款")]
    assert listed(capsys) == []
    assert listed(capsys, "--station", WEST, "--as-of", "2024-10-01") == []
    assert run(["rebase", "list", "--station", WEST]) == 0
    assert "开通扫码缴款" in capsys.readouterr().out
    database = Database(load_settings().database_with_secrets())
    [one] = rebasings_of(database, WEST, 2**62)
    database.dispose()
    assert one.actor and one.week == "2024-W38"
    assert run(["rebase", "back", "2024-W38", "--station", WEST, "--reason", "只是一周"]) == 0
    assert listed(capsys, "--station", WEST) == []


@pytest.mark.parametrize(
    "wrong",
    [
        ["begin", "2024-38", "--reason", "x"],
        ["begin", "2024-W38", "--reason", " "],
        ["begin", "2999-W01", "--reason", "x"],
        ["back", "2024-W38", "--reason", "x"],
        ["begin", "2024-W38", "--reason", "x", "--station", "99999999"],
    ],
)
def test_what_cannot_be_said_of_a_chart_is_told_in_a_sentence(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rebase", *wrong]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert listed(capsys) == []
