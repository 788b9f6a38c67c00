"""A delivered file, read by its page in a process of its own, batch after batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import islice
from operator import itemgetter
from pathlib import Path

from ingest.candidate import RowResult
from ingest.identity import identities
from ingest.tables.cell import bounded_text
from ingest.tables.delimited import RefusedRow, stream_csv
from ingest.tables.fault import TableError
from ingest.tables.limits import DEFAULT, Limits
from ingest.tables.open import Kind, kind_of, open_tables
from ingest.tables.sheet import Sheet, SheetRow, spread
from ingest.tables.xes_told import PlainTrace, Told
from monitor.cases.weighing import Weighings

from .batch import Batch, Landed, SheetProblem, Warned, rows_of
from .codes import CodeSets
from .column import Persons, SheetReader, bind, fixed_station, warnings_of
from .events import EventMapper
from .head import Head, HeadProblem, HeadRow, find_head
from .ledger import LedgerMapper
from .objects import ObjectMapper
from .page import SourcePage
from .place import StationDirectory
from .quick import nothing
from .quick_traces import QuickTraces
from .reading import Reading
from .row import set_aside
from .statement import StatementMapper
from .values import text_of
from .weighings import QuickWeighings

ROWS = 2_000
"""Rows in a batch."""

BLOCK = 500
"""Rows turned into columns at a time: as many as stay in the processor's cache."""


def read_isolated(path: Path, how: Reading, limits: Limits = DEFAULT) -> Iterator[Batch]:
    """`read_delivery` in a child process with limits; it begins at once. Raises `TableError` as it does."""
    from ingest.tables.child import run_isolated

    one_by_one = replace(limits, batch=1)
    return _each(run_isolated(read_delivery, path, how, limits, limits=one_by_one))


def _each(parts: Iterator[list[Batch]]) -> Iterator[Batch]:
    for batches in parts:
        yield from batches


def read_delivery(path: Path, how: Reading, limits: Limits = DEFAULT) -> Iterator[Batch]:
    """Every row of the file, as batches; what is wrong with a sheet stands in its batch's `problems`.

    Raises `TableError` for what is no file, can't be read on, or has the head on no sheet (`no_head`, with
    what would be accepted). Batches before a late `TableError` are good as they are.
    """
    job = _Job(path, how, limits)
    if job.kind is Kind.DELIMITED:
        yield from job.delimited()
    elif job.kind is Kind.JSON_LINES:
        yield from job.json_lines()
    elif job.kind is Kind.XES:
        yield from job.xes()
    elif job.kind is Kind.PARQUET:
        yield from job.parquet()
    else:
        yield from job.workbook()


class _Job:
    """One file being read."""

    def __init__(self, path: Path, how: Reading, limits: Limits) -> None:
        self.path = path
        self.page = SourcePage.model_validate(how.page)
        self.codes = CodeSets(how.codes)
        self.stations = StationDirectory(how.stations)
        self.persons = Persons(how.person_key)
        self.file_name = how.file_name or path.name
        self.limits = limits
        self.kind = kind_of(path, limits)

    # ------------------------------------------------------------------ delimited text

    def delimited(self) -> Iterator[Batch]:
        """CSV and its kin, without making cells of texts that were met before."""
        stream = stream_csv(self.path, self.limits)
        rows = iter(stream.rows)
        top: list[tuple[int, list[str] | RefusedRow]] = []
        for numbered in rows:
            top.append(numbered)
            if len(top) > self.page.head + 2:
                break
        head = find_head([_head_row(_sheet_row(*one, self.limits)) for one in top], self.page)
        if not isinstance(head, Head):
            raise _no_head(head, self.page)
        reader = self.reader(head, None)
        above = [_sheet_row(*one, self.limits) for one in top if one[0] <= head.last_row]
        yield self.batch(None, [], [_heading_row(row, head, None) for row in above], warnings_of(reader))
        rest = [one for one in top if one[0] > head.last_row]
        if self.page.kind == "events":
            events = EventMapper(reader, self.codes)
            if (weighings := events.weighings()) is not None:
                for source in (iter(rest), rows):
                    yield from self._blocks(source, events.map, weighings)
                return
        map_row, quick = self.mapper(reader)
        for source in (iter(rest), rows):
            yield from self._batches(source, map_row, quick)

    def _blocks(
        self,
        source: Iterator[tuple[int, list[str] | RefusedRow]],
        map_row: Callable[[SheetRow], RowResult],
        weighings: QuickWeighings,
    ) -> Iterator[Batch]:
        """Blocks of weighings; their rows need not be looked at one by one."""
        broken: TableError | None = None
        found, others = Weighings.none(), []
        while broken is None:
            rows: list[tuple[int, list[str] | RefusedRow]] = []
            try:
                rows.extend(islice(source, BLOCK))
            except TableError as error:
                # what was read before the file broke off is good
                broken = error
            if not rows:
                break
            texts: list[tuple[int, list[str]]] = []
            strange: list[tuple[int, list[str] | RefusedRow]] = []
            for row in rows:
                (texts if type(row[1]) is list else strange).append(row)  # type: ignore[arg-type]
            more, left = weighings.block(texts)
            found.add(more)
            strange += left
            strange.sort(key=itemgetter(0))
            others += [map_row(_sheet_row(number, cells, self.limits)) for number, cells in strange]
            if len(found.rows) + len(others) >= ROWS:
                yield self.batch(None, [], others)._replace(weighings=found)
                found, others = Weighings.none(), []
        if found.rows or others:
            yield self.batch(None, [], others)._replace(weighings=found)
        if broken is not None:
            raise broken

    def _batches(
        self,
        source: Iterator[tuple[int, list[str] | RefusedRow]],
        map_row: Callable[[SheetRow], RowResult],
        quick: Callable[[int, list[str]], Landed | None],
    ) -> Iterator[Batch]:
        landed: list[Landed] = []
        others: list[RowResult] = []
        land = landed.append
        try:
            for number, cells in source:
                if type(cells) is list and (one := quick(number, cells)) is not None:
                    land(one)
                else:
                    others.append(map_row(_sheet_row(number, cells, self.limits)))
                if len(landed) + len(others) >= ROWS:
                    yield self.batch(None, landed, others)
                    landed, others = [], []
                    land = landed.append
        except TableError:
            # what was read before the file broke off is good
            if landed or others:
                yield self.batch(None, landed, others)
            raise
        if landed or others:
            yield self.batch(None, landed, others)

    # ------------------------------------------------------------------ Parquet

    def parquet(self) -> Iterator[Batch]:
        """A row a row; the names of its columns are the heads."""
        from ingest.tables.parquet import open_parquet

        with open_parquet(self.path, self.limits) as table:
            head = find_head([HeadRow(0, table.heads)], self.page)
            if not isinstance(head, Head):
                raise _no_head(head, self.page)
            reader = self.reader(head, None)
            for column in reader.columns.values():
                if (kind := table.nested.get(column.heading)) is not None:
                    raise TableError("nested_column", {"column": column.heading, "kind": kind})
            warned = [one._replace(row=None) for one in warnings_of(reader)]
            yield self.batch(None, [], [], warned)
            yield from self._batches(table.rows, *self.mapper(reader))

    # ------------------------------------------------------------------ JSON lines

    def json_lines(self) -> Iterator[Batch]:
        """A line an object; its names are the heads."""
        from ingest.tables.json_lines import open_json_lines

        objects = ObjectMapper(
            self.page, self.codes, self.stations, self.persons, self.limits, self.file_name
        )
        rows: list[RowResult] = []
        for number, found in open_json_lines(self.path, self.limits):
            if isinstance(found, RefusedRow):
                rows.append(objects.unreadable(number, found))
            else:
                rows.append(objects.map(number, found))
            if len(rows) >= ROWS:
                yield self.batch(None, [], rows, objects.take_warnings())
                rows = []
        if rows:
            yield self.batch(None, [], rows, objects.take_warnings())

    # ------------------------------------------------------------------ event logs

    def xes(self) -> Iterator[Batch]:
        """An event an object, as its attributes name it; texts alone, so the quick way is open to it."""
        from ingest.tables.xes import read_parts

        objects = ObjectMapper(
            self.page, self.codes, self.stations, self.persons, self.limits, self.file_name
        )
        traces = QuickTraces(objects)
        landed: list[Landed] = []
        rows: list[RowResult] = []
        try:
            for first, found in read_parts(self.path, self.limits):
                events: Iterable[Told | RefusedRow] = ()
                if not isinstance(found, PlainTrace):
                    events = (found,)
                elif (known := traces.landed(first, found)) is not None:
                    landed += known
                else:
                    events = found.told()
                for number, one in enumerate(events, first):
                    if isinstance(one, RefusedRow):
                        rows.append(objects.unreadable(number, one))
                    elif (event := objects.quick(number, *one)) is not None:
                        landed.append(event)
                    else:
                        rows.append(objects.map(number, dict(zip(*one, strict=True))))
                if len(landed) + len(rows) >= ROWS:
                    yield self.batch(None, landed, rows, objects.take_warnings())
                    landed, rows = [], []
        except TableError:
            # what was read before the file broke off is good
            if landed or rows:
                yield self.batch(None, landed, rows, objects.take_warnings())
            raise
        if landed or rows:
            yield self.batch(None, landed, rows, objects.take_warnings())

    # ------------------------------------------------------------------ workbooks

    def workbook(self) -> Iterator[Batch]:
        """Spreadsheets and HTML: every sheet on which the head is found, or that the page names."""
        found_any = False
        first_problem: HeadProblem | None = None
        for sheet in open_tables(self.path, self.limits):
            name = sheet.name
            if name is not None and any(fnmatchcase(name, p) for p in self.page.passed_over):
                continue
            if self.page.sheets and not any(fnmatchcase(name or "", p) for p in self.page.sheets):
                yield self.batch(name, [], [], [Warned(name, None, "sheet_not_named", {"sheet": name or ""})])
                continue
            rows, top = sheet.rows, []
            for row in rows:
                top.append(row)
                if len(top) > self.page.head + 2:
                    break
            if not any(row.cells for row in top):
                continue
            head = find_head([_head_row(row) for row in spread(top, sheet.merges)], self.page)
            if head is None:
                warned = [Warned(name, None, "no_head_on_sheet", {"sheet": name or ""})]
                yield self.batch(name, [], [], warned)
                continue
            if isinstance(head, HeadProblem):
                first_problem = first_problem or head
                params = {**head.params, "accepted": head.accepted}
                problem = SheetProblem(name, head.row, head.reason, params, head.accepted)
                yield self.batch(name, [], [], [], [problem])
                continue
            found_any = True
            yield from self._sheet(sheet, head, top, rows)
        if not found_any and first_problem is None:
            raise _no_head(None, self.page)

    def _sheet(
        self, sheet: Sheet, head: Head, top: list[SheetRow], rows: Iterator[SheetRow]
    ) -> Iterator[Batch]:
        reader = self.reader(head, sheet.name)
        map_row, _ = self.mapper(reader)
        warned = warnings_of(reader)
        if sheet.hidden:
            warned.append(Warned(sheet.name, None, "hidden_sheet", {"sheet": sheet.name or ""}))
        others = [_heading_row(row, head, sheet.name) for row in top if row.number <= head.last_row]
        yield self.batch(sheet.name, [], others, warned)
        others = []
        body = (row for part in ((r for r in top if r.number > head.last_row), rows) for row in part)
        # cells merged downwards say the same for each of their rows; merged sideways they are titles
        below = [merge for merge in sheet.merges if merge.first_row > head.last_row]
        for row in spread(body, below):
            others.append(map_row(row))
            if len(others) >= ROWS:
                yield self.batch(sheet.name, [], others)
                others = []
        if others:
            yield self.batch(sheet.name, [], others)

    # ------------------------------------------------------------------ parts

    def reader(self, head: Head, sheet: str | None) -> SheetReader:
        fixed = fixed_station(self.page, sheet, self.file_name)
        return bind(self.page, head, self.codes, self.stations, self.persons, sheet, fixed)

    def mapper(
        self, reader: SheetReader
    ) -> tuple[Callable[[SheetRow], RowResult], Callable[[int, list[str]], Landed | None]]:
        if self.page.kind == "events":
            events = EventMapper(reader, self.codes)
            quick = events.quick()
            return events.map, nothing if quick is None else quick.mapper()
        if self.page.kind == "statement":
            return StatementMapper(reader).map, nothing
        return LedgerMapper(reader).map, nothing

    def batch(
        self,
        sheet: str | None,
        landed: list[Landed],
        rows: list[RowResult],
        warnings: list[Warned] | None = None,
        problems: list[SheetProblem] | None = None,
    ) -> Batch:
        told = rows_of(landed)
        known = identities(self.page.name, False, told.told) if landed else None
        return Batch(
            sheet, told, rows, self.persons.take(), warnings or [], problems or [], identities=known
        )


def _sheet_row(number: int, cells: list[str] | RefusedRow, limits: Limits) -> SheetRow:
    if isinstance(cells, RefusedRow):
        texts = tuple(bounded_text(text, limits.cell_chars) for text in cells.cells)
        return SheetRow(number, texts, fault=cells.fault)
    return SheetRow(number, tuple(bounded_text(text, limits.cell_chars) for text in cells))


def _head_row(row: SheetRow) -> HeadRow:
    return HeadRow(row.number, tuple(text_of(cell) for cell in row.cells))


def _heading_row(row: SheetRow, head: Head, sheet: str | None) -> RowResult:
    if not any(text_of(cell) for cell in row.cells):
        return set_aside(row, sheet, "blank")
    return set_aside(row, sheet, "title" if row.number < head.first_row else "head")


def _no_head(problem: HeadProblem | None, page: SourcePage) -> TableError:
    if problem is not None:
        row = {} if problem.row is None else {"row": str(problem.row)}
        return TableError(problem.reason, {**problem.params, **row, "accepted": problem.accepted})
    accepted = " · ".join(" / ".join(c.names or (n,)) for n, c in page.columns.items())
    return TableError("no_head", {"rows": str(page.head), "accepted": accepted[:1000]})
