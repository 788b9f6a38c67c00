"""Whatever happens to a ledger, every row of it is accounted for, and untouched rows say what they said."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.candidate import Candidate, RowResult
from ingest.mapping.pages import SourcePages
from ingest.mapping.read import read_delivery
from ingest.mapping.reading import Reading, reading
from ingest.tables.fault import TableError
from tests.long import examples

from .conftest import KEY, STATIONS

HEAD = ["序号", "站点", "案件号", "车牌号", "总重(kg)", "检测认定时间", "复检时间", "放行时间", "备注"]
ROWS = [
    [str(n), "城西", f"A{n}", f"晋D1234{n}", "52300", f"2024-07-0{n} 08:30", f"2024-07-0{n} 15:00", "", "x"]
    for n in range(1, 6)
]
NASTY = st.sampled_from(
    [
        "",
        " ",
        "合计",
        "坏",
        "-5",
        "2024-02-30",
        "24:00",
        "#N/A",
        "1e9",
        "城西",
        "０",
        '"',
        "a\nb",
        "x" * 600,
        "审核人:李四",
    ]
)

Table = list[list[str]]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Table, set[str]]:
    """A ledger after some mishaps, and the case numbers of rows that none of them touched."""
    rows = [list(row) for row in ROWS]
    untouched = {row[2] for row in rows}
    for _ in range(draw(st.integers(0, 6))):
        number = draw(st.integers(0, len(rows) - 1))
        row = rows[number]
        untouched.discard(ROWS[number][2])
        match draw(st.sampled_from(["cell", "shift", "cut", "longer"])):
            case "cell":
                if row:
                    row[draw(st.integers(0, len(row) - 1))] = draw(NASTY)
            case "shift":
                row.insert(draw(st.integers(0, len(row))), draw(NASTY))
            case "cut":
                del row[draw(st.integers(0, len(row))) :]
            case "longer":
                row.append("x")
    table = [list(HEAD), *rows]
    for _ in range(draw(st.integers(0, 4))):
        extra = draw(
            st.sampled_from(
                [[], ["", "", ""], ["小计", "", "", "", "99"], ["填表人:", "", "张三"], HEAD, ["9"]]
            )
        )
        table.insert(draw(st.integers(1, len(table))), list(extra))
    for _ in range(draw(st.integers(0, 2))):
        table.insert(0, draw(st.sampled_from([["放行台账"], [], ["单位:公斤", "", "7月"]])))
    if draw(st.booleans()):
        front = draw(st.integers(1, 2))
        table = [[""] * front + row for row in table]
    return table, untouched


@pytest.fixture(scope="module")
def how(shipped: SourcePages) -> Reading:
    return reading(shipped["ledger-template"], shipped.codes, STATIONS, KEY)


def mapped(table: Table, how: Reading) -> list[RowResult]:
    text = io.StringIO()
    csv.writer(text).writerows(table)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return [row for batch in read_delivery(path, how) for row in batch.results()]


def by_case(rows: list[RowResult]) -> dict[str, list[Candidate]]:
    return {row.case_no: row.candidates for row in rows if row.case_no is not None and not row.refusals}


@settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutated())
def test_no_row_is_lost_silently(how: Reading, mishap: tuple[Table, set[str]]) -> None:
    table, untouched = mishap
    rows = mapped(table, how)
    filled = max(number for number, row in enumerate(table, 1) if any(cell.strip() for cell in row))
    numbers = [row.row for row in rows]
    # what is blank at the end of a file need not be told
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= filled
    for row in rows:
        is_aside = row.aside is not None
        assert is_aside != bool(row.candidates or row.refusals)
        assert bool(row.refusals) == (row.raw is not None)
    clean = by_case(mapped([HEAD, *ROWS], how))
    told = by_case(rows)
    for case_no in untouched:
        assert told[case_no] == clean[case_no]


@given(st.permutations(range(len(HEAD))))
@settings(
    max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_order_of_columns_means_nothing(how: Reading, order: list[int]) -> None:
    table = [[row[position] for position in order] for row in [HEAD, *ROWS]]
    assert by_case(mapped(table, how)) == by_case(mapped([HEAD, *ROWS], how))


@given(
    st.sets(st.sampled_from(range(1, len(HEAD))), min_size=1, max_size=4), st.sampled_from(["?", "列", ""])
)
@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_renamed_head_is_a_clear_refusal_or_loses_only_its_column(
    how: Reading, renamed: set[int], name: str
) -> None:
    head = [name and f"{name}{i}" if i in renamed else text for i, text in enumerate(HEAD)]
    try:
        rows = mapped([head, *ROWS], how)
    except TableError as refused:
        assert refused.code in ("missing_column", "no_head")
        assert refused.params["accepted"]
        assert renamed & {1, 2} or {5, 6, 7} <= renamed
        return
    assert not renamed & {1, 2}
    lost = {activity for position, activity in ((5, "confirmed"), (6, "reweighed")) if position in renamed}
    for row in rows[1:]:
        made = {one.activity for one in row.candidates}
        if lost < {"confirmed", "reweighed"}:
            assert made == {"confirmed", "reweighed"} - lost
        else:
            assert [one.reason for one in row.refusals] == ["no_event"]
