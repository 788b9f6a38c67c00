"""`fangxing template source`: a page guessed for an export that nobody configured."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from .conftest import Fangxing

ROWS = (
    "案件编号,检测站,车牌号码,总重{unit},认定时间,放行时间,天气",
    "C-1,城西,晋D81234,52.3,2026-11-20 08:00,2026-11-20 13:00,晴",
    "C-2,城西,晋D81235,61.0,2026-11-21 09:00,2026-11-21 12:30,雨",
)


def export(folder: Path, unit: str) -> Path:
    path = folder / "西站_20261123.csv"
    path.write_text("\n".join(ROWS).format(unit=unit), encoding="gbk")
    return path


def test_the_guessed_page_reads_the_file_once_it_is_saved(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export(tmp_path, "(吨)")
    ran = fangxing("template", "source", path)
    assert (ran.code, ran.err.strip()) == (0, "Left out, since nobody knows these heads: 天气")
    (tmp_path / "bureau/sources").mkdir(parents=True)
    (tmp_path / "bureau/sources/west.yaml").write_text(ran.out, encoding="utf-8")
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(tmp_path / "bureau"))
    assert fangxing("config", "check").code == 0
    assert fangxing("ingest", path, "--json").object["totals"] == {
        "read": 3, "events": 4, "duplicates": 0, "revisions": 0, "quarantined": 0, "cases": 2,
    }  # fmt: skip
    assert "claimed by west" in fangxing("template", "source", path).err


def test_a_unit_that_is_not_told_stays_open_and_is_no_page(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = fangxing("template", "source", export(tmp_path, ""))
    assert "“总重” names no unit" in ran.err
    assert yaml.safe_load(ran.out)["columns"]["gross_kg"]["unit"] is None
    (tmp_path / "bureau/sources").mkdir(parents=True)
    (tmp_path / "bureau/sources/west.yaml").write_text(ran.out, encoding="utf-8")
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(tmp_path / "bureau"))
    checked = fangxing("config", "check")
    assert checked.code == 1 and "gross_kg" in checked.out


def test_what_is_no_table_is_said(fangxing: Fangxing, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7")
    ran = fangxing("template", "source", path)
    assert ran.code == 1 and "PDF" in ran.err
