"""A list of cases as the rows of a file: CSV for Excel, and XLSX. Plates stay masked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import xlsxwriter

from monitor.cases.event import HOUR, SECOND

if TYPE_CHECKING:
    from monitor.cases.summary import Summary
    from monitor.settings.stations import Stations
    from monitor.settings.texts import Texts

COLUMNS = (
    "state",
    "case_no",
    "station",
    "plate",
    "plate_colour",
    "confirmed",
    "deadline",
    "released",
    "hours",
    "held_hours",
    "gross_kg",
    "limit_kg",
    "over_kg",
    "over_percent",
    "waiting",
    "owner",
    "authority",
    "findings",
)
"""In this order; the heads are the texts `cases.columns.…`."""

MOST_ROWS = 1_048_575
"""Rows that a sheet holds under its head."""

BOM = b"\xef\xbb\xbf"
"""By this Excel knows that a CSV is UTF-8."""

Cell = str | int | float | date | datetime | None


def cells(one: Summary, stations: Stations, words: Texts) -> tuple[Cell, ...]:
    """A case in the order of `COLUMNS`: local times of its station, and dates where only the day is known."""
    station = stations.get(one.station)
    zone = ZoneInfo("UTC") if station is None else station.tz
    waiting = one.waiting
    return (
        words.get(f"case.mark.{one.mark.value}"),
        one.case_no,
        one.station if station is None else station.name.in_language(words.language),
        one.plate,
        _word(words, "colours", one.plate_colour),
        moment(one.confirmed_at, one.confirmed_until, zone),
        moment(one.deadline_at, one.deadline_until, zone),
        moment(one.released_at, one.released_until, zone),
        _hours(one.taken),
        _hours(one.held_after),
        one.gross_kg,
        one.limit_kg,
        None if one.over_kg is None else max(one.over_kg, 0),
        None if one.over_share is None else max(round(100 * one.over_share, 1), 0.0),
        None if waiting is None else words.get(f"board.step.{waiting.step.value}", n=one.failures),
        None if waiting is None else words.get(f"board.owner.{waiting.owner.value}"),
        _word(words, "authorities", one.authority),
        one.findings,
    )


def heads(words: Texts) -> list[str]:
    """The heads of the columns."""
    return [words.get(f"cases.columns.{name}") for name in COLUMNS]


def csv_parts(rows: Iterable[Sequence[Cell]], head: Sequence[str], at_once: int = 500) -> Iterator[bytes]:
    """UTF-8 with BOM, part by part, so that a long list is sent while it is read."""
    yield BOM
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(head)
    for place, row in enumerate(rows, 1):
        writer.writerow([_plain(cell) for cell in row])
        if place % at_once == 0:
            yield written.getvalue().encode()
            written.seek(0)
            written.truncate()
    yield written.getvalue().encode()


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _plain(cell: Cell) -> Any:
    """A cell that a spreadsheet takes for what it is, never for a formula."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


WIDTHS = {
    "state": 12, "case_no": 26, "station": 24, "plate": 12, "confirmed": 17, "deadline": 17, "released": 17,
    "waiting": 16, "authority": 12,
}  # fmt: skip


class Sheet(NamedTuple):
    """How the sheet of a list is called, the heads of its columns, and how wide they are, in characters."""

    name: str
    heads: Sequence[str]
    widths: Sequence[int]


def case_sheet(words: Texts) -> Sheet:
    """The sheet of a list of cases."""
    return Sheet(words.get("cases.export.sheet"), heads(words), [WIDTHS.get(name, 10) for name in COLUMNS])


class TooManyRows(ValueError):
    """More rows than a sheet has."""


def write_xlsx(
    path: Path,
    rows: Iterable[Sequence[Cell]],
    wanted: Sheet,
    words: Texts,
    about: Sequence[tuple[str, str]],
) -> int:
    """A workbook with the list and, on a second sheet, what it is (`about`). Returns how many rows it has.

    Written row by row, so that memory does not follow the length of the list. Raises TooManyRows.
    """
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
    try:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        at = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(wanted.name)
        for column, width in enumerate(wanted.widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 2)
        for column, text in enumerate(wanted.heads):
            sheet.write_string(0, column, text, head)
        count = 0
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS:
                raise TooManyRows(MOST_ROWS)
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(count, column, cell, at)
                elif isinstance(cell, date):
                    sheet.write_datetime(count, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(count, column, cell)
                elif cell is not None:
                    sheet.write_number(count, column, cell)
        sheet.autofilter(0, 0, max(count, 1), len(wanted.heads) - 1)
        _about(book, words, about)
    finally:
        book.close()
    return count


def _about(book: Any, words: Texts, about: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(words.get("cases.export.about"))
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    for row, (name, value) in enumerate(about):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value, wrapped)


def _word(words: Texts, section: str, code: str | None) -> str | None:
    return None if code is None else words.find(f"{section}.{code}") or code


def _hours(span: int | None) -> float | None:
    return None if span is None else round(span / HOUR, 2)


def moment(at: int | None, until: int | None, zone: ZoneInfo) -> date | datetime | None:
    """Local time without a zone, as cells have it; a date where only the day is known."""
    if at is None:
        return None
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone).replace(tzinfo=None)
    return local.date() if until is not None else local
