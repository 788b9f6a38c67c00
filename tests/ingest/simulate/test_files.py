"""The files, read again with other tools than those of the program."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import openpyxl
import pytest

from ingest.made_up import MARK
from ingest.mapping.pages import load_pages
from ingest.simulate import simulate
from ingest.simulate.dialects import template
from ingest.template import head_of
from monitor.settings.texts import Texts
from tests.ingest.simulate.conftest import NOW, Simulated


def rows_of(path: Path, encoding: str, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def files(simulated: Simulated, source: str) -> list[Path]:
    found = [one.path for one in simulated.summary.files if one.source == source]
    assert found
    return found


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("first", "second"):
        simulate(tmp_path / name, stations=5, days=12, seed=3, until=NOW)
        paths = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append({path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in paths})
    assert len(written[0]) > 10
    assert written[0] == written[1]


def test_another_seed_writes_another_county(tmp_path: Path) -> None:
    for seed in (3, 4):
        simulate(tmp_path / str(seed), stations=1, days=12, seed=seed, until=NOW)
    assert (tmp_path / "3/truth.json").read_bytes() != (tmp_path / "4/truth.json").read_bytes()


def test_rows_and_times_of_the_gbk_export_are_those_of_the_truth(simulated: Simulated) -> None:
    for path in files(simulated, "sim-gbk"):
        rows = rows_of(path, "gbk")
        told = simulated.file(path.name)
        assert len(rows) == told["rows"]
        for head, activity in (("认定时间", "confirmed"), ("告知时间", "notified"), ("放行时间", "released")):
            assert sum(bool(row[head]) for row in rows) == told["activities"][activity]


def test_later_gbk_exports_hold_more_cases(simulated: Simulated) -> None:
    sizes = [len(rows_of(path, "gbk")) for path in files(simulated, "sim-gbk")]
    assert len(sizes) == 5
    assert sizes == sorted(sizes) and sizes[-1] > sizes[0]


@pytest.mark.parametrize(
    ("source", "encoding", "delimiter", "label"),
    [
        ("sim-police", "gb18030", ",", "环节"),
        ("sim-treasury", "utf-8-sig", ",", "业务类型"),
        ("sim-unload", "utf-8", "\t", "环节"),
        ("sim-weighing", "utf-8", ",", "checkType"),
    ],
)
def test_rows_of_event_files_are_those_of_the_truth(
    simulated: Simulated, source: str, encoding: str, delimiter: str, label: str
) -> None:
    for path in files(simulated, source):
        rows = rows_of(path, encoding, delimiter)
        assert len(rows) == simulated.file(path.name)["rows"]
        assert all(row[label] for row in rows)


def test_the_treasury_file_begins_with_a_byte_order_mark_and_holds_codes_of_20_digits(
    simulated: Simulated,
) -> None:
    path = files(simulated, "sim-treasury")[0]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert all(re.fullmatch(r"\d{20}", row["缴款码"]) for row in rows_of(path, "utf-8-sig"))


def test_the_filled_template_has_a_row_for_every_case_told_of(simulated: Simulated) -> None:
    for path in files(simulated, "ledger-template"):
        sheet = openpyxl.load_workbook(path)["放行台账"]
        heads = [cell.value for cell in sheet[3]]
        told = simulated.file(path.name)
        rows = list(sheet.iter_rows(min_row=4, values_only=True))
        assert len(rows) == told["rows"]
        for head, activity in (("称重时间", "weighed"), ("缴款时间", "paid"), ("放行时间", "released")):
            place = heads.index(head)
            assert sum(row[place] is not None for row in rows) == told["activities"][activity]


def test_the_ledger_by_hand_looks_like_one(simulated: Simulated) -> None:
    path = files(simulated, "sim-merged")[-1]
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["2026年10月", "2026年11月"]
    numbered = 0
    texts: list[str] = []
    for sheet in book:
        assert sheet["A1"].value == f"襄垣县治超台账 {sheet.title}"
        assert any("单位:吨/元" in str(cell.value) for cell in sheet[2])
        first = [row[0].value for row in sheet.iter_rows(min_row=5)]
        numbered += sum(isinstance(value, int) for value in first)
        assert "小计" in first
        assert str(first[-1]).startswith("填表人")
        assert any(row.hidden for row in sheet.row_dimensions.values())
        assert any(str(merged).startswith("I3:K3") for merged in sheet.merged_cells.ranges)
        texts += [
            cell.value for row in sheet.iter_rows(min_row=5) for cell in row if isinstance(cell.value, str)
        ]
    assert numbered == simulated.file(path.name)["rows"]
    assert any(re.fullmatch(r"[０-９]+[：．][０-９]+", text) for text in texts)


def test_the_off_site_table_knows_no_hours(simulated: Simulated) -> None:
    path = files(simulated, "sim-offsite")[0]
    text = path.read_text("utf-8")
    assert text.count("<tr>") - 2 == simulated.file(path.name)["rows"] > 20
    assert not re.search(r"\d{1,2}:\d{2}", text)


def test_the_truth_counts_what_the_summary_says(simulated: Simulated) -> None:
    summary, truth = simulated.summary, simulated.truth
    assert summary.cases == len(truth["cases"]) > 150
    assert summary.events == sum(one["new"] for one in truth["files"])
    assert sum(summary.defects.values()) == len(truth["defects"])
    assert {one.path.name for one in summary.files} == {one["file"] for one in truth["files"]}
    ways = truth["ways"]
    assert {path.name for path, _ in summary.ways.files} == {one["file"] for one in ways["files"]}
    assert {path.name for path in summary.out.iterdir()} == {
        *(one["file"] for one in (*truth["files"], *ways["files"])),
        "truth.json", MARK, ways["view"]["database"], "pushes",
    }  # fmt: skip


def test_names_and_numbers_of_people_stand_under_personal_alone(simulated: Simulated) -> None:
    case = dict(simulated.truth["cases"][0])
    people = set(case.pop("personal").values())
    assert len(people) == 5
    assert not [value for value in people if value in str(case)]


def test_nothing_was_written_down_after_the_end(simulated: Simulated) -> None:
    end = simulated.truth["until"]
    assert max(event["told_at"] for case in simulated.truth["cases"] for event in case["events"]) <= end


def test_less_than_a_day_or_a_station_is_refused(county: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        simulate(county, stations=0, days=5, seed=1, until=NOW)


def test_the_filled_template_has_the_heads_of_the_blank_one() -> None:
    texts = Texts("zh")
    columns = load_pages()["ledger-template"].columns
    assert {name: head_of(name, texts) for name in columns} == template.COLUMNS
