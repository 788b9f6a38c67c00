"""The quick way of weighings says what the careful one says, row by row, and leaves the rest to it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.candidate import Candidate
from ingest.mapping.codes import CodeSets
from ingest.mapping.column import Persons
from ingest.mapping.objects import ObjectMapper
from ingest.mapping.page import SourcePage
from ingest.mapping.pages import load_pages
from ingest.mapping.place import StationDirectory
from ingest.mapping.read import read_delivery
from ingest.mapping.reading import Reading, reading
from ingest.tables.delimited import stream_csv
from ingest.tables.limits import DEFAULT
from tests.bench.weighings import NAMES, STATIONS, rows

ROWS = [[str(value) for value in row] for row in rows(300)]
ODD = (
    "", " ", "0", "-1", "1", "2", "99999999", "61.4t", "61400kg", "6.0", "６１４００", "1,200", "无牌车",
    "晋D12345 ", "晋d12345", "晋D·12345", "2024-07-01 08:30:60", "2024-07-01T08:30:05", "2024/7/1 8:30",
    "2024-07-01", "昨天", "5000,,6000", "[5000, 6000]", "05000,6000", "5000;6000", "#N/A", "初检", "\u3000x",
    "12E+10", "黄", "9", "14042399", "汽车列车", "a" * 70, "x\ty",
)  # fmt: skip


@pytest.fixture(scope="module")
def how() -> Reading:
    pages = load_pages()
    return reading(pages["weighings"], pages.codes, {code: [code] for code in STATIONS}, b"key")


def quickly(
    how: Reading, file: Path
) -> tuple[dict[int, Candidate], dict[int, list[tuple[str | None, str]]], int]:
    """Events and refusals by row, and how many events came as columns."""
    found: dict[int, Candidate] = {}
    refused: dict[int, list[tuple[str | None, str]]] = {}
    columns = 0
    for batch in read_delivery(file, how):
        columns += len(batch.weighings.rows) if batch.weighings else 0
        for row in batch.results():
            if row.candidates:
                (found[row.row],) = row.candidates
            if row.refusals:
                refused[row.row] = [(one.column, one.reason) for one in row.refusals]
    return found, refused, columns


def carefully(
    how: Reading, file: Path
) -> tuple[dict[int, Candidate], dict[int, list[tuple[str | None, str]]]]:
    page = SourcePage.model_validate(how.page)
    mapper = ObjectMapper(page, CodeSets(how.codes), StationDirectory(how.stations), Persons(b"key"), DEFAULT)
    found: dict[int, Candidate] = {}
    refused: dict[int, list[tuple[str | None, str]]] = {}
    for number, cells in list(stream_csv(file).rows)[1:]:
        assert isinstance(cells, list)
        row = mapper.map(number, dict(zip(NAMES, cells, strict=True)))
        if row.candidates:
            (found[number],) = row.candidates
        if row.refusals:
            refused[number] = [(one.column, one.reason) for one in row.refusals]
    return found, refused


def written(file: Path, told: list[list[str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([list(NAMES), *told])
    return file


def test_good_rows_come_as_columns_and_say_the_same(how: Reading, tmp_path: Path) -> None:
    file = written(tmp_path / "weighings.csv", ROWS)
    found, refused, columns = quickly(how, file)
    assert (found, refused) == carefully(how, file)
    assert columns == sum(row[2] == "1" for row in ROWS) > 250


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 39), st.integers(0, len(NAMES) - 1), st.sampled_from(ODD)),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_whatever_stands_in_a_cell_the_quick_way_says_what_the_careful_one_does(
    how: Reading, tmp_path_factory: pytest.TempPathFactory, odd: list[tuple[int, int, str]]
) -> None:
    told = [list(row) for row in ROWS[:40]]
    for row, column, text in odd:
        told[row][column] = text
    file = written(tmp_path_factory.getbasetemp() / "odd.csv", told)
    found, refused, _ = quickly(how, file)
    assert (found, refused) == carefully(how, file)


def test_an_error_of_a_spreadsheet_is_no_check_number(how: Reading, tmp_path: Path) -> None:
    told = [list(row) for row in ROWS[:40]]
    told[3][NAMES.index("checkNo")] = "#N/A"
    found, refused, _ = quickly(how, written(tmp_path / "w.csv", told))
    assert 5 not in found
    assert ("checkNo", "error_cell") in refused[5]


def test_a_cell_of_two_lines_at_the_end_of_a_block_and_a_broken_row_lose_nothing(
    how: Reading, tmp_path: Path
) -> None:
    told = [[str(cell) for cell in row] for row in rows(1_200)]
    for place in (*range(55, 70), *range(300, 330), *range(550, 600)):
        told[place][3] = "1\n"
    file = written(tmp_path / "weighings.csv", told)
    file.write_text(file.read_text(encoding="utf-8") + '"never closed,1,2\n' + "x,y\n", encoding="utf-8")
    found, refused, columns = quickly(how, file)
    bad_times = {number for number, row in enumerate(told, 2) if row[5] == "昨天"}
    assert len(found) == 1_200 - len(bad_times)
    assert set(refused) == bad_times | {1_202, 1_203}
    assert columns > 1_000
