"""HTML tables, which many systems write and name .xls. Each table is a sheet; spans are merges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from .cell import EMPTY, Cell, bounded_text
from .encoding import encoding_of
from .fault import TableError
from .limits import Limits
from .sheet import MergedRange, Sheet, SheetRow, bounded_rows
from .source import Source

_HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
# HTML, 4.9.11: larger spans are cut by browsers as well
_WIDEST, _TALLEST = 1_000, 65_534


def sheets_of(source: Source) -> Iterator[Sheet]:
    """The tables of the page that hold rows. The encoding is found from the bytes; what the page claims of
    itself is wrong as often as not."""
    encoding = encoding_of(source)
    root = _parsed(source.whole().decode(encoding))
    found = False
    for table in root.iter("table") if root is not None else ():
        rows, merges = _grid(table, source.limits)
        if rows:
            found = True
            yield Sheet(
                name=_caption(table),
                rows=_bounded(rows, source.limits),
                merges=merges,
                hidden=_is_hidden(table),
                kind="html",
                encoding=encoding,
            )
    if not found:
        raise TableError("unknown_format", {"found": "HTML"})


def _bounded(rows: list[tuple[int, list[Cell], bool]], limits: Limits) -> Iterator[SheetRow]:
    return bounded_rows(rows, limits)


def _parsed(text: str) -> Any:
    # parsed from UTF-8 bytes: lxml refuses text that declares an encoding of its own
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise TableError("unknown_format", {"found": "HTML"}) from error
    # past a limit of its own the parser stops and gives what it has: rows would be missing without a word
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        raise TableError("broken_html")
    return root


def _caption(table: Any) -> str | None:
    caption = table.find("caption")
    return (_text(caption).strip() or None) if caption is not None else None


def _is_hidden(node: Any) -> bool:
    return node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))


def _grid(table: Any, limits: Limits) -> tuple[list[tuple[int, list[Cell], bool]], tuple[MergedRange, ...]]:
    """Rows of this table, without those of tables inside it, each cell in the column where it is drawn."""
    rows: list[tuple[int, list[Cell], bool]] = []
    merges: list[MergedRange] = []
    taken: dict[int, int] = {}
    """Column → the last row that a cell above reaches down to."""
    for number, row in enumerate(_own_rows(table), 1):
        cells: list[Cell] = []
        column = 0
        for node in row:
            if node.tag not in ("td", "th"):
                continue
            while taken.get(column, 0) >= number:
                column += 1
            wide, tall = _span(node, "colspan", _WIDEST), _span(node, "rowspan", _TALLEST)
            if column + wide > len(cells):
                cells.extend([EMPTY] * (column + wide - len(cells)))
            cells[column] = bounded_text(_trimmed(_text(node)), limits.cell_chars)
            if wide > 1 or tall > 1:
                merges.append(MergedRange(number, number + tall - 1, column, column + wide - 1))
                if tall > 1:
                    taken.update(dict.fromkeys(range(column, column + wide), number + tall - 1))
            column += wide
            if column > limits.columns + _WIDEST:
                raise TableError(
                    "too_many_columns",
                    {"row": str(number), "columns": str(column), "limit": str(limits.columns)},
                )
        rows.append((number, cells, _is_hidden(row)))
    return rows, tuple(merges)


def _own_rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _span(node: Any, name: str, most: int) -> int:
    stated = (node.get(name) or "1").strip()
    return min(max(int(stated), 1), most) if stated.isascii() and stated.isdigit() else 1


def _text(node: Any) -> str:
    """Text as drawn: `br` breaks the line, scripts and tables inside are left out."""
    parts = [_SPACES.sub(" ", node.text or "")]
    for child in node:
        if child.tag == "br":
            parts.append("\n")
        elif isinstance(child.tag, str) and child.tag not in ("script", "style", "table"):
            parts.append(_text(child))
        parts.append(_SPACES.sub(" ", child.tail or ""))
    return "".join(parts)


def _trimmed(text: str) -> str:
    return "\n".join(line.strip(" \xa0") for line in text.split("\n")).strip("\n")
