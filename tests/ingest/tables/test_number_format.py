"""The number format decides what a number in a spreadsheet is."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.tables.cell import Cell, ErrorCell, Precision
from ingest.tables.number_format import Shows, cell_of_number, shows

at = dt.datetime.fromisoformat


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("General", Shows.NUMBER),
        ("G/通用格式", Shows.NUMBER),
        ('G/通用格式"吨"', Shows.NUMBER),
        ("0.00", Shows.NUMBER),
        ("#,##0.00_ ;[Red]-#,##0.00 ", Shows.NUMBER),
        ("0.00E+00", Shows.NUMBER),
        ('0"m"', Shows.NUMBER),
        ("[$¥-804]#,##0.00", Shows.NUMBER),
        ("@", Shows.TEXT),
        ("yyyy-mm-dd", Shows.DAY),
        ("yyyy/m/d;@", Shows.DAY),
        ('yyyy"年"m"月"d"日"', Shows.DAY),
        ('[$-804]yyyy"年"m"月"d"日"dddd', Shows.DAY),
        ("[DBNum1][$-804]yyyy年m月d日", Shows.DAY),
        ("e/m/d", Shows.DAY),
        ("yyyy-mm", Shows.MONTH),
        ("yyyy-mm-dd hh:mm", Shows.MOMENT),
        ("yyyy\\-mm\\-dd\\ hh:mm:ss", Shows.MOMENT),
        ("yyyy-mm-dd hh:mm:ss.000", Shows.MOMENT),
        ('m"月"d"日" 上午/下午h"时"', Shows.MOMENT),
        ("h:mm", Shows.TIME),
        ("h:mm AM/PM", Shows.TIME),
        ("mm:ss.0", Shows.TIME),
        ('h"时"mm"分"', Shows.TIME),
        ("[h]:mm", Shows.ELAPSED),
    ],
)
def test_a_format_code_says_what_is_shown(code: str, expected: Shows) -> None:
    assert shows(164, code) is expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, Shows.NUMBER),
        (14, Shows.DAY),
        (22, Shows.MOMENT),
        (20, Shows.TIME),
        (46, Shows.ELAPSED),
        # only Chinese Excel and WPS write these, and they do not spell them out
        (31, Shows.DAY),
        (58, Shows.DAY),
        (57, Shows.MONTH),
        (33, Shows.TIME),
    ],
)
def test_a_built_in_format_is_known_by_its_number(number: int, expected: Shows) -> None:
    assert shows(number, None) is expected


# 2024-07-01 is day 45474 of the 1900 calendar (45292 is 2024-01-01, 182 days before).
@pytest.mark.parametrize(
    ("number", "shown", "expected"),
    [
        (45474.0, Shows.DAY, Cell(dt.date(2024, 7, 1), Precision.DAY)),
        (45474.0, Shows.MOMENT, Cell(at("2024-07-01T00:00"), Precision.MOMENT)),
        (45474.75, Shows.MOMENT, Cell(at("2024-07-01T18:00"), Precision.MOMENT)),
        (45474.0, Shows.MONTH, Cell(dt.date(2024, 7, 1), Precision.MONTH)),
        (0.5, Shows.TIME, Cell(dt.time(12), Precision.TIME)),
        (1.0, Shows.ELAPSED, Cell(dt.timedelta(hours=24), Precision.TIME)),
        (0.25, Shows.ELAPSED, Cell(dt.time(6), Precision.TIME)),
        (45474.5, Shows.TIME, Cell(at("2024-07-01T12:00"), Precision.MOMENT)),
        (45474.0, Shows.NUMBER, Cell(45474)),
        (49.5, Shows.NUMBER, Cell(49.5)),
        (-1.0, Shows.DAY, Cell(ErrorCell("####"))),
        (3_000_000.0, Shows.DAY, Cell(ErrorCell("####"))),
        (60.0, Shows.DAY, Cell(ErrorCell("####"))),
        (59.0, Shows.DAY, Cell(dt.date(1900, 2, 28), Precision.DAY)),
        (61.0, Shows.DAY, Cell(dt.date(1900, 3, 1), Precision.DAY)),
    ],
)
def test_a_serial_number_becomes_what_its_format_shows(number: float, shown: Shows, expected: Cell) -> None:
    assert cell_of_number(number, shown, from_1904=False) == expected
    assert type(cell_of_number(number, shown, from_1904=False).value) is type(expected.value)


def test_a_second_survives_the_floating_point_of_its_day_count() -> None:
    seconds = 13 * 3600 + 4 * 60 + 59
    cell = cell_of_number(45474 + seconds / 86400, Shows.MOMENT, from_1904=False)
    assert cell.value == at("2024-07-01T13:04:59")


def test_the_1904_calendar_counts_from_its_own_first_day() -> None:
    assert cell_of_number(44012.0, Shows.DAY, from_1904=True).value == dt.date(2024, 7, 1)
    assert cell_of_number(0.0, Shows.DAY, from_1904=True).value == dt.date(1904, 1, 1)


def test_a_number_too_long_for_a_cell_stays_inexact() -> None:
    assert isinstance(cell_of_number(14042320240701000012.0, Shows.NUMBER, from_1904=False).value, float)
