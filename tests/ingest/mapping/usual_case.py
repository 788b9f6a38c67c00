"""One case as a ledger tells it, and the events that it is."""

from __future__ import annotations

from typing import Any

from .conftest import Delivered, instant

HEAD = [
    "序号",
    "站点",
    "案件号",
    "车牌号",
    "车牌颜色",
    "总重(kg)",
    "限重(kg)",
    "检测认定时间",
    "复检时间",
    "复检总重(kg)",
    "放行时间",
]
ROW = [
    1,
    "城西",
    "襄超〔2024〕1",
    "晋D12345",
    "黄",
    52300,
    49000,
    "2024-07-01 08:30",
    "2024-07-01 15:00",
    48900,
    "2024-07-01 16:10",
]


def changed(**by_head: Any) -> list[Any]:
    """The usual row with some cells replaced."""
    row = list(ROW)
    for head, value in by_head.items():
        (position,) = [i for i, name in enumerate(HEAD) if name.startswith(head)]
        row[position] = value
    return row


def as_csv(*rows: list[Any], encoding: str = "utf-8") -> bytes:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def assert_the_usual_case(told: Delivered) -> None:
    assert [one.activity for one in told.candidates] == ["confirmed", "reweighed", "released"]
    assert {one.station for one in told.candidates} == {"S1"}
    assert {one.case_no for one in told.candidates} == {"襄超〔2024〕1"}
    assert told.event("confirmed").occurred_at == instant("2024-07-01T08:30+08:00")
    assert told.event("released").occurred_at == instant("2024-07-01T16:10+08:00")
    assert told.data("confirmed") == {
        "plate": "晋D12345", "plate_colour": "yellow", "gross_kg": 52_300, "limit_kg": 49_000,
    }  # fmt: skip
    assert told.data("reweighed") == {"gross_kg": 48_900}
    assert told.event("released").data == ""
    assert told.refusals == []
