"""`fangxing export`: to a file that can be ingested again, and never anything personal."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from .conftest import EventFile, Fangxing

ROW = "城西,A1,confirmed,2024-07-01 08:30,52300,晋D12345,张三"


@pytest.mark.parametrize("form", ["csv", "xes", "ocel"])
def test_an_export_holds_no_name_and_no_digest_of_one(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path, form: str
) -> None:
    assert fangxing("ingest", event_file(ROW), "--strict").code == 0
    out = tmp_path / f"fangxing-events.{form}"
    ran = fangxing("export", "events", "--format", form, "--out", out, "--plates")
    assert (ran.code, out.name in ran.err) == (0, True)
    content = out.read_text("utf-8-sig")
    assert "晋D12345" in content and "52300" in content
    assert "张三" not in content and "digest" not in content
    assert list(tmp_path.glob(".*.part")) == []


def test_days_and_stations_choose_the_cases(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path
) -> None:
    fangxing("ingest", event_file(ROW, "北关,B1,confirmed,2024-07-03 09:00"))
    out = tmp_path / "cases.csv"

    def exported(*options: str) -> set[str]:
        assert fangxing("export", "cases", "--out", out, *options).code == 0
        return {line.split(",")[1] for line in out.read_text("utf-8-sig").splitlines()[1:]}

    assert exported() == {"A1", "B1"}
    assert exported("--from", "2024-07-02") == {"B1"}
    assert exported("--to", "2024-07-01") == {"A1"}
    assert exported("--station", "北关") == {"B1"}


def test_what_is_no_day_is_wrong_use_and_leaves_no_file(fangxing: Fangxing, tmp_path: Path) -> None:
    out = tmp_path / "cases.csv"
    ran = fangxing("export", "cases", "--out", out, "--from", "yesterday")
    assert (ran.code, "2024-07-01" in ran.err, out.exists()) == (2, True, False)
    ran = fangxing("export", "cases", "--format", "xes")
    assert (ran.code, "csv, parquet" in ran.err) == (2, True)


def test_parquet_of_both_is_written_whole_or_not_at_all(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fangxing("ingest", event_file(ROW), "--strict").code == 0
    for subject in ("events", "cases"):
        out = tmp_path / f"fangxing-{subject}.parquet"
        assert fangxing("export", subject, "--format", "parquet", "--out", out).code == 0
        [row] = pq.read_table(out).to_pylist()
        assert (row["case_no"], row["gross_kg"], row["plate"]) == ("A1", 52_300, "晋D·1**45")
        assert not any("digest" in name for name in row)
    before = out.read_bytes()

    def broken(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr("monitor.reports.export.forms.write", broken)
    assert fangxing("export", "cases", "--format", "parquet", "--out", out).code == 1
    assert out.read_bytes() == before
    assert list(tmp_path.glob(".*.part")) == []
