"""XLSX, streamed from its XML: what a cell shows, which rows are hidden, what is merged.

openpyxl gives hidden rows and merges only when it holds the whole workbook in memory, calamine gives no
hidden rows and no number formats (a day and a midnight come out alike). The parts needed are few and read
here.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lxml import etree

from .cell import EMPTY, Cell, ErrorCell, Precision, bounded_text
from .fault import TableError
from .limits import MEBIBYTE, Limits
from .number_format import Shows, cell_of_number, shows
from .sheet import MergedRange, Sheet, SheetRow, bounded_rows
from .source import Source, opened_zip

_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}
# lxml answers bytes in no encoding with OSError, zipfile a compression it lacks with NotImplementedError
_DAMAGE = (
    etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, IndexError,
    NotImplementedError,
)  # fmt: skip
_LOCATION = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9:$]+)[\"']")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RELATION_ID = re.compile(r"\{http.*/relationships\}id")
_UNCALCULATED = Cell(ErrorCell("uncalculated"))
_TRUE = ("1", "true", "on")


def sheets_of(source: Source) -> Iterator[Sheet]:
    """The worksheets in the order of their tabs; chart sheets are left out."""
    with source.seekable() as file, opened_zip(file, source.limits) as archive:
        book = _Workbook(archive)
        for name, state, part in book.worksheets():
            yield Sheet(
                name=name,
                rows=_rows(book, part, source.limits),
                merges=_merges(archive, part),
                hidden=state in ("hidden", "veryHidden"),
                kind="xlsx",
            )


class _Workbook:
    """What all sheets share: text, formats, the calendar, and where the parts are."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.parts = {name.replace("\\", "/").lstrip("/").lower(): name for name in archive.namelist()}
        self.path = self._workbook_path()
        root = self._tree(self.path)
        self.from_1904 = any(node.get("date1904") in _TRUE for node in root.iterfind("{*}workbookPr"))
        self._sheets = list(root.iterfind("{*}sheets/{*}sheet"))
        self._relations = self._relations_of(self.path)
        self.texts = self._shared_texts()
        self.formats = self._formats()

    def worksheets(self) -> Iterator[tuple[str, str, str]]:
        """Name, state and part of each."""
        for node in self._sheets:
            relation = next((v for k, v in node.attrib.items() if _RELATION_ID.fullmatch(k)), "")
            kind, part = self._relations.get(relation, ("", ""))
            if kind == "worksheet" and part in self.parts:
                yield node.get("name", ""), node.get("state", "visible"), self.parts[part]

    def _workbook_path(self) -> str:
        for kind, part in self._relations_of("").values():
            if kind == "officeDocument" and part in self.parts:
                return part
        raise TableError("unknown_format", {"found": _zip_kind(self.archive)})

    def _relations_of(self, part: str) -> dict[str, tuple[str, str]]:
        """Identifier → kind and part, for the part at this path ("" for the package)."""
        folder, base = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        if path not in self.parts:
            return {}
        found = {}
        for node in self._tree(path):
            if not isinstance(node.tag, str) or node.get("TargetMode") == "External":
                continue
            target = node.get("Target", "").replace("\\", "/")
            full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = node.get("Type", "").rpartition("/")[2]
            found[node.get("Id", "")] = (kind, posixpath.normpath(full).lower())
        return found

    def _tree(self, part: str) -> Any:
        with _damage_named(), self.archive.open(self.parts[part]) as file:
            return etree.parse(file, etree.XMLParser(**_SAFE)).getroot()

    def _related(self, kind: str) -> str | None:
        return next((p for k, p in self._relations.values() if k == kind and p in self.parts), None)

    def _shared_texts(self) -> list[str]:
        part = self._related("sharedStrings")
        if part is None:
            return []
        with _damage_named(), self.archive.open(self.parts[part]) as file:
            texts = []
            for _, node in etree.iterparse(file, tag="{*}si", **_SAFE):
                texts.append(_text_of(node))
                _forget(node)
            return texts

    def _formats(self) -> list[Shows]:
        """What each cell style shows, by the style's number."""
        part = self._related("styles")
        if part is None:
            return []
        root = self._tree(part)
        codes = {
            int(node.get("numFmtId", "0")): node.get("formatCode", "")
            for node in root.iterfind("{*}numFmts/{*}numFmt")
        }
        ids = (int(node.get("numFmtId", "0")) for node in root.iterfind("{*}cellXfs/{*}xf"))
        return [shows(number, codes.get(number)) for number in ids]


def _zip_kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:200]:
        return "ODS"
    for start, kind in (("word/", "DOCX"), ("ppt/", "PPTX")):
        if any(name.startswith(start) for name in names):
            return kind
    return "ZIP"


@contextmanager
def _damage_named() -> Iterator[None]:
    """A part cut short, altered, or pointing at what is not there makes the workbook a damaged one."""
    try:
        yield
    except _DAMAGE as error:
        raise TableError("truncated_xlsx") from error


def _forget(node: Any) -> None:
    """Let go of a node that was read, and of what stood before it, so that memory stays flat."""
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]


def _text_of(node: Any) -> str:
    """Text of a string item; phonetic guides (`rPh`) are reading aids, not text."""
    parts = []
    for child in node:
        tag = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if tag == "t":
            parts.append(child.text or "")
        elif tag == "r":
            parts.extend(text.text or "" for text in child.iterfind("{*}t"))
    text = "".join(parts)
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _merges(archive: zipfile.ZipFile, part: str) -> tuple[MergedRange, ...]:
    """Merged ranges stand behind the rows in the file, and are needed before them."""
    found: list[MergedRange] = []
    rest = b""
    with _damage_named(), archive.open(part) as file:
        while chunk := file.read(MEBIBYTE):
            data = rest + chunk
            end = 0
            for match in _MERGE.finditer(data):
                end = match.end()
                merge = _range_of(match[1].decode("ascii"))
                if merge is not None:
                    found.append(merge)
            rest = data[max(end, len(data) - 256) :]
    return tuple(found)


def _range_of(reference: str) -> MergedRange | None:
    ends = [_LOCATION.fullmatch(end) for end in reference.replace("$", "").split(":")]
    first, last = ends[0], ends[-1]
    if first is None or last is None:
        return None
    return MergedRange(int(first[2]), int(last[2]), _column_of(first[1]), _column_of(last[1]))


def _column_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _rows(book: _Workbook, part: str, limits: Limits) -> Iterator[SheetRow]:
    return bounded_rows(_raw_rows(book, part, limits), limits)


def _raw_rows(book: _Workbook, part: str, limits: Limits) -> Iterator[tuple[int, list[Cell], bool]]:
    if book.archive.fp is None:
        raise RuntimeError("the rows of a sheet are read while the iterator of its sheets is alive")
    with _damage_named(), book.archive.open(part) as file:
        number = 0
        read_cells = _cell_reader(book, limits)
        for _, row in etree.iterparse(file, tag="{*}row", **_SAFE):
            stated = row.get("r")
            number = int(stated) if stated else number + 1
            # a row of no height is hidden too, however it came about
            hidden = row.get("hidden") in _TRUE or (row.get("ht") or "1").strip("0.") == ""
            yield number, read_cells(row), hidden
            _forget(row)


def _cell_reader(book: _Workbook, limits: Limits) -> Callable[[Any], list[Cell]]:
    columns: dict[str, int] = {}
    texts, formats, from_1904 = book.texts, book.formats, book.from_1904
    text_cells = [bounded_text(text, limits.cell_chars) for text in texts]

    def read(row: Any) -> list[Cell]:
        cells: list[Cell] = []
        position = -1
        for node in row:
            position += 1
            reference = node.get("r")
            if reference:
                letters = reference.rstrip("0123456789")
                found = columns.get(letters)
                if found is None:
                    found = columns[letters] = _column_of(letters)
                position = found
            if not len(node):
                continue
            cell = value_of(node)
            if cell is EMPTY:
                continue
            if position > len(cells):
                cells.extend([EMPTY] * (position - len(cells)))
            if position == len(cells):
                cells.append(cell)
            else:
                cells[position] = cell
        return cells

    def value_of(node: Any) -> Cell:
        raw: str | None = None
        formula = False
        kind = node.get("t", "n")
        for child in node:
            tag = child.tag
            if tag.endswith("}v"):
                raw = child.text or ""
            elif tag.endswith("}f"):
                formula = True
            elif tag.endswith("}is"):
                return bounded_text(_text_of(child), limits.cell_chars)
        if raw is None or (kind == "n" and not raw.strip()):
            # written by a program that does not calculate; Excel would show a number here
            return _UNCALCULATED if formula else EMPTY
        if kind == "s":
            return text_cells[int(raw)]
        if kind == "n":
            return number_of(raw, node.get("s"))
        if kind == "b":
            return Cell(raw.strip() in _TRUE)
        if kind == "e":
            return Cell(ErrorCell(raw))
        if kind == "d":
            return _iso(raw)
        return bounded_text(raw, limits.cell_chars)

    def number_of(raw: str, style: str | None) -> Cell:
        index = int(style) if style else 0
        shown = formats[index] if index < len(formats) else Shows.NUMBER
        try:
            number = float(raw)
        except ValueError:
            # some exporters leave the type out on text
            return bounded_text(raw, limits.cell_chars)
        return cell_of_number(number, shown, from_1904)

    return read


def _iso(raw: str) -> Cell:
    """A date that the file itself spells out (`t="d"`, strict XLSX)."""
    text = raw.strip().removesuffix("Z")
    try:
        if "T" in text:
            return Cell(dt.datetime.fromisoformat(text).replace(tzinfo=None), Precision.MOMENT)
        return Cell(dt.date.fromisoformat(text), Precision.DAY)
    except ValueError:
        return Cell(text)
