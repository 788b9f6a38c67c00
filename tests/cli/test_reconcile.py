"""`fangxing reconcile`: a statement is loaded, held against the cases, and its differences worked through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli import run
from monitor.cli.words import words

STATEMENT = (
    "流水号,缴款码,金额(元),缴款时间,入账时间,缴款渠道\n"
    "L1,C1,2000,2024-07-01 10:00,2024-07-02 08:00,扫码\n"
    "L2,C2,20,2024-07-01 10:00,2024-07-02 08:00,扫码\n"
)
EVENTS = (
    "站点,案件号,活动,时间,缴款码,罚款(元),金额(元)\n"
    "14042302,A-1,生成缴款码,2024-07-01 09:30,C1,,2000\n"
    "14042302,A-1,缴款,2024-07-01 10:00,C1,,2000\n"
)


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FANGXING_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FANGXING_LANGUAGE", "en")
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "七月对账单.csv").write_text(STATEMENT)
    assert run(["ingest", str(tmp_path / "events.csv"), "--source", "events"]) == 0
    assert run(["ingest", str(tmp_path / "七月对账单.csv")]) == 0
    capsys.readouterr()


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run(["reconcile", *arguments, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_statement_is_reconciled_as_soon_as_it_has_landed(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys)["unchanged"] is True
    listed = told(capsys, "list")
    assert listed["total"] == 1
    (one,) = listed["differences"]  # type: ignore[misc]
    assert (one["kind"], one["line"], one["code"], one["found_fen"], one["state"]) == (
        "unknown_code", "L2", "C2", 2000, "open",
    )  # fmt: skip
    assert run(["reconcile"]) == 0
    assert capsys.readouterr().out.strip() == words().get("cli.reconcile.unchanged")


def test_a_difference_is_assigned_closed_with_a_reason_and_opened_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["reconcile", "assign", "1", "--owner", "李"]) == 0
    assert run(["reconcile", "close", "1", "--reason", " "]) == 2
    assert run(["reconcile", "close", "1", "--reason", "transferred"]) == 0
    capsys.readouterr()
    assert told(capsys, "list")["total"] == 0
    assert told(capsys, "list", "--state", "closed")["total"] == 1
    assert run(["reconcile", "reopen", "1", "--reason", "mistaken"]) == 0
    assert run(["reconcile", "show", "1"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("found", "assigned", "transferred", "mistaken", "李"))
    assert run(["reconcile", "list"]) == 0
    assert "C2" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", [["show", "9"], ["list", "--kind", "matched"], ["close", "9", "--reason", "x"]]
)
def test_wrong_use_is_told(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reconcile", *wrong]) == 2
    assert capsys.readouterr().err.strip()


def test_the_metric_is_asked_like_every_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["metrics", "reconciliation", "--by", "station", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["station"], row["k"], row["n"], row["open"]) for row in rows] == [
        (None, 0, 1, 1),
        ("14042302", 1, 1, 0),
    ]
    for form in ("table", "csv"):
        assert run(["metrics", "reconciliation", "--format", form]) == 0
        assert "unknown_code" in capsys.readouterr().out
    assert run(["metrics", "reconciliation", "--by", "vehicle"]) == 2
