"""Numbers, codes and plates as files write them."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.mapping.refused import Bad
from ingest.mapping.values import code_parser, count_parser, measure_parser, plate_of, text_parser
from ingest.tables.cell import Cell, ErrorCell, LongCell


def reason(found: Any) -> str:
    assert isinstance(found, Bad), found
    return found.reason


@pytest.mark.parametrize(
    ("unit", "value", "kg"),
    [
        ("kg", "49300", 49_300),
        ("kg", 49300, 49_300),
        ("kg", 49300.0, 49_300),
        ("kg", "49,300", 49_300),
        ("kg", "４９３００", 49_300),
        ("kg", " 49300 公斤", 49_300),
        ("t", "49.3", 49_300),
        ("t", 49.3, 49_300),
        ("t", 12.34, 12_340),
        ("t", 12.340000000000002, 12_340),
        ("t", "12.3405", 12_340),
        ("t", "12.3415", 12_342),
        ("kg", "49.3吨", 49_300),
        (None, "49.3 t", 49_300),
        ("kg", "0", 0),
    ],
)
def test_masses_become_whole_kilograms(unit: str | None, value: Any, kg: int) -> None:
    assert measure_parser("mass", unit)(Cell(value)) == kg


@pytest.mark.parametrize(
    ("unit", "value", "why"),
    [
        ("kg", "-100", "negative"),
        ("kg", -0.6, "negative"),
        ("kg", "200001", "too_large"),
        ("t", "49300", "too_large"),
        (None, "49300", "unit_unknown"),
        ("kg", "49300 lb", "unit_unknown"),
        ("kg", "约49吨多", "not_a_number"),
        ("kg", "1,23,4", "not_a_number"),
        ("kg", "49300/49200", "not_a_number"),
        ("kg", "-0.4", "negative"),
        ("kg", float("nan"), "not_a_number"),
        ("kg", True, "not_a_number"),
        ("kg", ErrorCell("#DIV/0!"), "error_cell"),
        ("kg", "1e99", "too_large"),
    ],
)
def test_masses_that_cannot_be_are_refused(unit: str | None, value: Any, why: str) -> None:
    assert reason(measure_parser("mass", unit)(Cell(value))) == why


def test_bounds_of_the_page_hold_in_the_stored_unit() -> None:
    gross = measure_parser("mass", "t", 500, 150_000)
    assert gross(Cell("0.5")) == 500
    assert reason(gross(Cell("0.0493"))) == "too_small"
    assert reason(gross(Cell("150.001"))) == "too_large"


@pytest.mark.parametrize(
    ("unit", "value", "fen"),
    [
        ("yuan", "500", 50_000),
        ("yuan", "500.05", 50_005),
        ("yuan", 71.5, 7_150),
        ("yuan", "¥1,500.00", 150_000),
        ("wan_yuan", "0.35", 350_000),
        ("wan_yuan", 3, 3_000_000),
        ("fen", "12345", 12_345),
        ("yuan", "3万元", 3_000_000),
    ],
)
def test_money_becomes_whole_fen(unit: str, value: Any, fen: int) -> None:
    assert measure_parser("money", unit)(Cell(value)) == fen


def test_money_is_exact_and_never_negative() -> None:
    assert reason(measure_parser("money", "yuan")(Cell("0.005"))) == "part_of_a_fen"
    assert reason(measure_parser("money", "yuan")(Cell("-500"))) == "negative"


def test_lengths_and_percentages() -> None:
    assert measure_parser("length", "m")(Cell("18.1")) == 18_100
    assert measure_parser("length", "mm")(Cell("2.55m")) == 2_550
    assert measure_parser("percent", "percent")(Cell("12.5%")) == 1_250
    assert measure_parser("percent", "ratio")(Cell(0.125)) == 1_250


def test_counts_are_whole_and_may_carry_a_counter() -> None:
    axles = count_parser(2, 30)
    assert axles(Cell("6轴")) == 6
    assert axles(Cell(6.0)) == 6
    assert reason(axles(Cell("6.5"))) == "not_a_whole_number"
    assert reason(axles(Cell("1"))) == "too_small"
    assert reason(axles(Cell("六"))) == "not_a_number"


def test_codes_are_compared_without_width_spaces_or_case_and_others_are_refused_with_a_list() -> None:
    colour = code_parser({"蓝": "blue", "黄": "yellow", "0": "blue"})
    assert colour(Cell(" 黄 ")) == "yellow"
    assert colour(Cell("BLUE")) == "blue"
    assert colour(Cell("０")) == "blue"
    assert colour(Cell(0)) == "blue"
    found = colour(Cell("1"))
    assert reason(found) == "unknown_code"
    assert isinstance(found, Bad)
    assert found.accepted == "蓝 · 黄 · 0"


@pytest.mark.parametrize(
    ("written", "plate"),
    [
        ("晋D12345", "晋D12345"),
        ("晋d 12345", "晋D12345"),
        ("晋Ｄ·12345", "晋D12345"),
        ("晋D-12345", "晋D12345"),
        ("晋DD12345", "晋DD12345"),
        ("晋D1234挂", "晋D1234挂"),
    ],
)
def test_plates_lose_spaces_dots_and_width(written: str, plate: str) -> None:
    assert plate_of(written) == (plate, True)


@pytest.mark.parametrize("written", ["无牌车", "晋D123", "晋D1234567", "D12345", "晋D12?45"])
def test_what_is_no_plate_is_kept_as_it_stands_and_marked_unread(written: str) -> None:
    assert plate_of(written) == (written, False)


def test_text_is_trimmed_and_bounded() -> None:
    parse = text_parser(10)
    assert parse(Cell("  晋襄超〔2024〕1  ")) is not None
    assert parse(Cell(" a ")) == "a"
    assert parse(Cell(123.0)) == "123"
    assert parse(Cell(" ")) is None
    assert reason(parse(Cell("x" * 11))) == "too_long"
    assert reason(parse(Cell(LongCell(1_000_000, "x")))) == "too_long"
    assert reason(parse(Cell("a\x00b"))) == "control_characters"
    assert reason(parse(Cell("#N/A"))) == "error_cell"
