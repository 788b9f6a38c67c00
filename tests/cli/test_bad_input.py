"""Every kind of bad input through the command line: a clear answer, the right exit code, the rest lands."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from .conftest import HEAD, EventFile, Fangxing

GOOD = "城西,A1,confirmed,2024-07-01 08:00,52300"


def csv(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *rows)).encode() + b"\n"


def xlsx() -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number in range(200):
            sheet.write_row(number, 0, HEAD.split(",") if number == 0 else GOOD.split(","))
    return held.getvalue()


def bomb() -> bytes:
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx())) as plain,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in plain.namelist():
            body = plain.read(name)
            out.writestr(name, body + b" " * (64 << 20) if "sheet1" in name else body)
    return held.getvalue()


FILES: dict[str, tuple[str, Callable[[], bytes], tuple[str, ...]]] = {
    "empty": ("events.csv", bytes, ("events.csv", "empty")),
    "wrong encoding": (
        "events.csv",
        lambda: csv(*[GOOD] * 2000) + b"\xff\xfe\x00\xd8 \x81\xff\n" + csv(GOOD),
        ("events.csv", "encoding"),
    ),
    "truncated xlsx": ("x事件明细.xlsx", lambda: xlsx()[:-900], ("x事件明细.xlsx", "cut short")),
    "truncated gzip": (
        "events.csv.gz",
        lambda: gzip.compress(csv(*(f"城西,A{n},confirmed,2024-07-01 08:00" for n in range(9000))))[:-4000],
        ("events.csv.gz", "breaks off"),
    ),
    "zip bomb": ("x事件明细.xlsx", bomb, ("x事件明细.xlsx", "unpacks to too much")),
    "1,000 columns": (
        "events.csv",
        lambda: csv(",".join("x" * 1000), head=",".join(f"c{n}" for n in range(1000))),
        ("events.csv", "row 1", "1000 columns", "at most 400"),
    ),
    "a missing column": (
        "events.csv",
        lambda: csv("城西,confirmed,2024-07-01 08:00", head="station,activity,occurred_at"),
        ("events.csv", "case_no", "missing"),
    ),
    "a picture": ("events.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), ("events.csv", "PNG", "Accepted")),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_cannot_be_read_fails_with_its_name_and_reason(
    kind: str, fangxing: Fangxing, tmp_path: Path
) -> None:
    name, content, told = FILES[kind]
    file = tmp_path / name
    file.write_bytes(content())
    ran = fangxing("ingest", file, "--source", "events")
    assert ran.code == 1
    for part in told:
        assert part in ran.err
    assert "Traceback" not in ran.err


def test_what_is_no_file_fails_with_its_name(fangxing: Fangxing, tmp_path: Path) -> None:
    pipe = tmp_path / "events.csv"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path / "events-gone.csv"):
        ran = fangxing("ingest", path)
        assert ran.code == 1
        assert path.name in ran.err and "not a file" in ran.err


ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "unknown station": ("天上,A2,confirmed,2024-07-01 08:00", ("station", "天上", "城西")),
    "unknown activity": ("城西,A2,vanished,2024-07-01 08:00", ("activity", "vanished", "放行")),
    "30 February": ("城西,A2,confirmed,2024-02-30 08:00", ("occurred_at", "2024-02-30", "no such day")),
    "24:00:00": ("城西,A2,confirmed,2024-07-01 24:00:00", ("occurred_at", "24:00:00", "23:59:59")),
    "no time": ("城西,A2,confirmed,yesterday", ("occurred_at", "yesterday", "not a time")),
    "negative weight": ("城西,A2,weighed,2024-07-01 08:00,-3000", ("gross_kg", "-3000", "negative")),
    "absurd weight": ("城西,A2,weighed,2024-07-01 08:00,52300000", ("gross_kg", "52300000", "too large")),
    "no case number": ("城西,,confirmed,2024-07-01 08:00", ("case_no", "no case number")),
    "a million characters": (f"城西,A2,confirmed,{'9' * 1_000_000}", ("column 4", "1000000", "32767")),
}


@pytest.mark.parametrize("kind", ROWS)
def test_a_bad_cell_is_quarantined_with_its_place_and_the_rest_lands(
    kind: str, fangxing: Fangxing, event_file: EventFile
) -> None:
    row, told = ROWS[kind]
    file = event_file(GOOD, row, "城西,A3,confirmed,2024-07-01 10:00")
    ran = fangxing("ingest", file, "--strict", "--json")
    assert ran.code == 3
    assert ran.object["totals"]["events"] >= 2
    [first, *_] = ran.object["deliveries"][0]["first_quarantined"]
    assert first["row"] == 3
    line = next(one for one in fangxing("ingest", file, "--dry-run").out.splitlines() if "Quarantined" in one)
    for part in ("events.csv", "row 3", *told):
        assert part in line


def test_a_unit_that_cannot_be_told_is_refused_and_the_column_named(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    file = event_file(
        "城西,A1,weighed,2024-07-01 08:00,52300", head="station,case_no,activity,occurred_at,总重"
    )
    ran = fangxing("ingest", file, "--strict")
    assert ran.code == 3
    assert "总重" in ran.out and "unit" in ran.out and "kg" in ran.out
