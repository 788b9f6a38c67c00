"""CSV and its kin, streamed: encoding and delimiter found, broken rows refused alone."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from .encoding import encoding_of
from .fault import RowFault, TableError
from .limits import DEFAULT, Limits
from .sheet import HEAD_ROWS
from .source import HEAD, Source, source_of

DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 60
_LONGEST_RECORD = 16 * 1024 * 1024

FEW_LINES, MANY_LINES, BLOCK_CHARS = 64, 500, 512 * 1024
"""Lines read at a time: the first few, then up to so many, but no more text than this."""


class RefusedRow(NamedTuple):
    """A row that cannot be read as it stands. `cells` is what could be told of it, cut to 100 characters
    each."""

    fault: RowFault
    cells: list[str]


@dataclass(frozen=True, slots=True)
class CsvStream:
    """`rows` counts records from 1 as a spreadsheet program would, blank ones included (an empty list)."""

    encoding: str
    delimiter: str
    rows: Iterator[tuple[int, list[str] | RefusedRow]]


def stream_csv(
    path: Path, limits: Limits = DEFAULT, *, encoding: str | None = None, delimiter: str | None = None
) -> CsvStream:
    """Rows of a delimited text file (plain or gzip) as lists of text, in constant memory.

    Encoding and delimiter are found unless given. The field limit of `csv` is one for the whole process and
    is set here: call this in the child, or with the same limits throughout.
    """
    return stream_source(source_of(path, limits), encoding=encoding, delimiter=delimiter)


def stream_source(source: Source, *, encoding: str | None = None, delimiter: str | None = None) -> CsvStream:
    encoding = encoding or encoding_of(source)
    head = source.head()
    text = head.decode(encoding, errors="ignore")
    hint = _separator_hint(text)
    delimiter = delimiter or hint or delimiter_of(text, complete=len(head) < HEAD)
    return CsvStream(encoding, delimiter, _rows(source, encoding, delimiter, skip=hint is not None))


def _separator_hint(head: str) -> str | None:
    """Excel's own first line `sep=;`, which it reads and does not show."""
    line = head.partition("\n")[0].strip().strip('"')
    return line[4] if len(line) == 5 and line.lower().startswith("sep=") else None


def delimiter_of(head: str, *, complete: bool = True) -> str:
    """The delimiter that splits most rows of the sample into the same number of cells; comma where none does.

    Title rows above the head have one cell in any reading, so they favour no candidate.
    """
    lines = head.splitlines(keepends=True)
    if not complete and len(lines) > 1:
        lines.pop()
    csv.field_size_limit(HEAD)
    best, best_score = ",", (0, 0)
    for candidate in DELIMITERS:
        sample = islice(csv.reader(lines, delimiter=candidate), _SAMPLE_ROWS)
        widths = Counter(len(row) for row in sample if len(row) > 1)
        if widths:
            width, rows = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
            best, best_score = max((best, best_score), (candidate, (rows, width)), key=lambda pair: pair[1])
    return best


def _rows(
    source: Source, encoding: str, delimiter: str, *, skip: bool
) -> Iterator[tuple[int, list[str] | RefusedRow]]:
    return chain.from_iterable(_blocks(source, encoding, delimiter, skip=skip))


def _blocks(
    source: Source, encoding: str, delimiter: str, *, skip: bool
) -> Iterator[list[tuple[int, list[str] | RefusedRow]]]:
    """Rows by the block of lines: `csv` takes a list of lines faster than it asks for one after the other."""
    limits = source.limits
    csv.field_size_limit(limits.cell_chars)
    with source.open() as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        if skip:
            next(text)
        lines = _Lines(text)
        number = 0
        while block := lines.block():
            try:
                rows = list(csv.reader(block, delimiter=delimiter, strict=True))
            except csv.Error:
                # A cell that goes on in the next block, or a row that is broken: line by line.
                lines.back.extend(block)
                for one in _one_by_one(lines, number, delimiter, limits):
                    number = one[0]
                    yield [one]
                continue
            first, number = number + 1, number + len(rows)
            if number > limits.rows or max(map(len, rows), default=0) > limits.columns:
                yield from ([one] for one in _judged_all(rows, first, limits))
            else:
                yield list(zip(range(first, number + 1), rows, strict=True))
        if lines.broken is not None:
            raise lines.broken


def _judged_all(
    rows: list[list[str]], first: int, limits: Limits
) -> Iterator[tuple[int, list[str] | RefusedRow]]:
    for number, row in enumerate(rows, first):
        _counted(number, limits)
        yield number, _too_wide(number, row, limits) if len(row) > limits.columns else row


def _counted(number: int, limits: Limits) -> None:
    if number > limits.rows:
        raise TableError("too_many_rows", {"limit": str(limits.rows)})


def _one_by_one(
    lines: _Lines, number: int, delimiter: str, limits: Limits
) -> Iterator[tuple[int, list[str] | RefusedRow]]:
    """The rows that begin in the lines given back, behind row `number`."""
    while lines.back:
        reader = csv.reader(lines.feed(), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                number += 1
                _counted(number, limits)
                lines.pending.clear()
                yield number, _too_wide(number, row, limits) if len(row) > limits.columns else row
                if not lines.back:
                    break
        except csv.Error:
            number += 1
            _counted(number, limits)
            yield number, lines.recovered(number, delimiter, limits)


class _Lines:
    """Physical lines, by the block, or remembered until the record they belong to is complete."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self._size = FEW_LINES
        self.back: deque[str] = deque()
        self.pending: list[str] = []
        self.broken: Exception | None = None

    def block(self) -> list[str]:
        """The next lines, about as many characters at a time; none at the end, or where reading breaks off
        (`broken` says how)."""
        if self.broken is not None:
            return []
        block = list(self.back)
        self.back.clear()
        try:
            block.extend(islice(self._text, self._size))
        except Exception as error:  # noqa: BLE001  (raised once the lines before it are read)
            self.broken = error
        if block:
            longest = max(map(len, block)) + 1
            self._size = max(1, min(MANY_LINES, self._size * 4, BLOCK_CHARS // longest))
        return block

    def feed(self) -> Iterator[str]:
        """Line after line, those given back first."""
        back, pending = self.back, self.pending
        while back:
            pending.append(back.popleft())
            yield pending[-1]
        if self.broken is not None:
            raise self.broken
        for line in self._text:
            pending.append(line)
            yield line

    def recovered(self, number: int, delimiter: str, limits: Limits) -> list[str] | RefusedRow:
        """The record `csv` gave up on: a long cell, a quote never closed, or text after a closing quote.

        A cell that ends is read to its end and its row refused. A quote that does not end within what a
        record may hold takes its first line with it, and reading resumes on the next one: a stray quote must
        not swallow the file.
        """
        held = list(self.pending)
        self.pending.clear()
        size = sum(map(len, held))
        lenient = csv.reader(self._more(held, size), delimiter=delimiter, strict=True)
        csv.field_size_limit(_LONGEST_RECORD)
        try:
            row = next(lenient)
        except csv.Error:
            first, rest = held[0], held[1:]
            self.back.extendleft(reversed(rest))
            row = next(csv.reader([first], delimiter=delimiter))
            if not _ends_open(first, delimiter):
                return _judged(number, row, limits)
            return RefusedRow(RowFault("open_quote", {"row": str(number)}), _short(row))
        finally:
            csv.field_size_limit(limits.cell_chars)
        return _judged(number, row, limits)

    def _more(self, held: list[str], size: int) -> Iterator[str]:
        """The lines held, then further ones as they are asked for, which are then held as well."""
        yield from list(held)
        while size <= _LONGEST_RECORD:
            line = self.back.popleft() if self.back else next(self._text, None)
            if line is None:
                return
            size += len(line)
            held.append(line)
            yield line


def _ends_open(line: str, delimiter: str) -> bool:
    try:
        next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _judged(number: int, row: list[str], limits: Limits) -> list[str] | RefusedRow:
    longest = max(range(len(row)), key=lambda column: len(row[column]), default=None)
    if longest is not None and len(row[longest]) > limits.cell_chars:
        return RefusedRow(
            RowFault(
                "cell_too_long",
                {
                    "row": str(number),
                    "column": str(longest + 1),
                    "length": str(len(row[longest])),
                    "limit": str(limits.cell_chars),
                },
            ),
            _short(row),
        )
    return _too_wide(number, row, limits) if len(row) > limits.columns else row


def _too_wide(number: int, row: list[str], limits: Limits) -> RefusedRow:
    params = {"row": str(number), "columns": str(len(row)), "limit": str(limits.columns)}
    if number <= HEAD_ROWS:
        raise TableError("too_many_columns", params)
    return RefusedRow(RowFault("too_many_columns", params), _short(row[: limits.columns]))


def _short(row: list[str]) -> list[str]:
    return [cell[:100] for cell in row]
