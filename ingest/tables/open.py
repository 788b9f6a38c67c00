"""Any table a station exports, as sheets of rows. What a file is, its content says; its name is not asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from .cell import bounded_text
from .delimited import RefusedRow, stream_source
from .fault import TableError
from .limits import DEFAULT, Limits
from .sheet import Sheet, SheetRow
from .source import Source, source_of

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PARQUET = b"PAR1"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER = (
    (b"%PDF", "PDF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"),
    (b"{\\rtf", "RTF"), (b"SQLite format 3", "SQLite"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x1f\x8b", "gzip in gzip"),
)  # fmt: skip
_MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|meta|body|table|div|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<\?xml|\s*<Workbook\b")
_MHTML = re.compile(rb"(?i)(?:mime-version:|.{0,200}content-type:\s*multipart/related)")
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")


class Kind(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    HTML = "html"
    JSON_LINES = "json_lines"
    XES = "xes"
    PARQUET = "parquet"
    DELIMITED = "delimited"


def kind_of(path: Path, limits: Limits = DEFAULT) -> Kind:
    """What the file is, or `not_a_file`, `empty_file`, `unknown_format`."""
    return _kind(source_of(path, limits))


def _kind(source: Source) -> Kind:
    head = source.head()
    if head.startswith(_ZIP):
        return Kind.XLSX
    if head.startswith(_OLE):
        return Kind.XLS
    if head.startswith(_PARQUET):
        return Kind.PARQUET
    if head.startswith(b"PARE"):
        raise TableError("encrypted", {"kind": "Parquet"})
    for magic, name in _OTHER:
        if head.startswith(magic):
            raise TableError("unknown_format", {"found": name})
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        # UTF-16 or binary: without its zero bytes the Latin part of UTF-16 reads as ASCII
        plain = (
            head[2:].replace(b"\0", b"")
            if head[:2] in (b"\xff\xfe", b"\xfe\xff")
            else head.replace(b"\0", b"")
        )
    elif _CONTROL.search(head):
        raise TableError("unknown_format", {"found": "binary"})
    if not plain.strip():
        raise TableError("empty_file", {"file": source.path.name})
    if _MARKUP.match(plain):
        return Kind.HTML
    if plain.lstrip().startswith(b"<"):
        from .xes import is_xes

        if is_xes(plain):
            return Kind.XES
    if _XML.match(plain):
        raise TableError("unknown_format", {"found": "XML"})
    if _MHTML.match(plain):
        raise TableError("unknown_format", {"found": "MHTML"})
    return Kind.JSON_LINES if plain.lstrip().startswith(b"{") else Kind.DELIMITED


def open_tables(path: Path, limits: Limits = DEFAULT) -> Iterator[Sheet]:
    """The sheets of the file, one after the other; read the rows of one before asking for the next.

    XLSX, XLS, HTML tables and delimited text, each also as gzip. Raises `TableError` for what is no such file
    or cannot be read to its end; a single bad row comes as a `SheetRow` with a `fault`. JSON lines are
    `open_json_lines`'s, event logs `open_xes`'s, Parquet is `open_parquet`'s. Call it in a child
    (`run_isolated`): a spreadsheet can ask for any amount of memory.
    """
    source = source_of(path, limits)
    kind = _kind(source)
    # the parsers load when a file needs them: the child for a CSV starts without any
    if kind is Kind.XLSX:
        from . import xlsx

        yield from xlsx.sheets_of(source)
    elif kind is Kind.XLS:
        from . import xls

        yield from xls.sheets_of(source)
    elif kind is Kind.HTML:
        from . import html

        yield from html.sheets_of(source)
    elif kind is Kind.JSON_LINES:
        raise TableError("unknown_format", {"found": "JSON"})
    elif kind is Kind.XES:
        raise TableError("unknown_format", {"found": "XES"})
    elif kind is Kind.PARQUET:
        raise TableError("unknown_format", {"found": "Parquet"})
    else:
        yield _delimited(source)


def _delimited(source: Source) -> Sheet:
    stream = stream_source(source)
    limit = source.limits.cell_chars

    def rows() -> Iterator[SheetRow]:
        blanks: list[int] = []
        for number, row in stream.rows:
            if isinstance(row, RefusedRow):
                cells = tuple(bounded_text(cell, limit) for cell in row.cells)
                found = SheetRow(number, cells, fault=row.fault)
            else:
                while row and not row[-1].strip():
                    row.pop()
                if not row:
                    blanks.append(number)
                    continue
                found = SheetRow(number, tuple(bounded_text(cell, limit) for cell in row))
            for blank in blanks:
                yield SheetRow(blank, ())
            blanks.clear()
            yield found

    return Sheet(None, rows(), kind="delimited", encoding=stream.encoding, delimiter=stream.delimiter)
