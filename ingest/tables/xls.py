"""XLS (Excel 97–2003) through xlrd, with formats, hidden rows and merges. Read whole: the format allows no
less."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.biffh import error_text_from_code

from .cell import EMPTY, Cell, ErrorCell, bounded_text
from .fault import TableError
from .limits import Limits
from .number_format import Shows, cell_of_number, shows
from .sheet import MergedRange, Sheet, bounded_rows
from .source import Source

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
# what xlrd lets through from its own depths on files that are cut or not workbooks at all
_DAMAGE = (
    xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, IndexError, KeyError, AssertionError, ValueError,
    TypeError, AttributeError, NotImplementedError, UnicodeDecodeError, OverflowError,
)  # fmt: skip


def sheets_of(source: Source) -> Iterator[Sheet]:
    content = source.whole()
    if _ENCRYPTED_PACKAGE in content:
        raise TableError("encrypted", {"kind": "XLSX"})
    book = _opened(content)
    for index in range(book.nsheets):
        sheet = _loaded(book, index)
        yield Sheet(
            name=sheet.name,
            rows=bounded_rows(_raw_rows(book, sheet, source.limits), source.limits),
            merges=tuple(
                MergedRange(top + 1, bottom, left, right - 1)
                for top, bottom, left, right in sheet.merged_cells
            ),
            hidden=sheet.visibility != 0,
            kind="xls",
        )
        book.unload_sheet(index)


def _opened(content: bytes) -> Any:
    try:
        return xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            ragged_rows=True,
            on_demand=True,
            logfile=io.StringIO(),
        )
    except _DAMAGE as error:
        if "encrypted" in str(error).lower():
            raise TableError("encrypted", {"kind": "XLS"}) from error
        if "find workbook" in str(error):
            raise TableError("unknown_format", {"found": "OLE"}) from error
        raise TableError("truncated_xls") from error


def _loaded(book: Any, index: int) -> Any:
    try:
        return book.sheet_by_index(index)
    except _DAMAGE as error:
        raise TableError("truncated_xls") from error


def _raw_rows(book: Any, sheet: Any, limits: Limits) -> Iterator[tuple[int, list[Cell], bool]]:
    shown = [
        shows(
            style.format_key,
            format_.format_str if (format_ := book.format_map.get(style.format_key)) else None,
        )
        for style in book.xf_list
    ]
    for row in range(sheet.nrows):
        info = sheet.rowinfo_map.get(row)
        hidden = bool(info is not None and (info.hidden or info.height == 0))
        values, kinds = sheet.row_values(row), sheet.row_types(row)
        cells = [
            _cell(value, kind, sheet, row, column, shown, book.datemode == 1, limits)
            for column, (value, kind) in enumerate(zip(values, kinds, strict=True))
        ]
        yield row + 1, cells, hidden


def _cell(
    value: Any,
    kind: int,
    sheet: Any,
    row: int,
    column: int,
    shown: list[Shows],
    from_1904: bool,
    limits: Limits,
) -> Cell:
    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return EMPTY
    if isinstance(value, str):
        return bounded_text(value, limits.cell_chars)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return Cell(bool(value))
    if kind == xlrd.XL_CELL_ERROR:
        return Cell(ErrorCell(error_text_from_code.get(value, "#ERROR")))
    style = sheet.cell_xf_index(row, column)
    return cell_of_number(float(value), shown[style] if style < len(shown) else Shows.NUMBER, from_1904)
