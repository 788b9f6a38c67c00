"""Events and cases as CSV that spreadsheets open: UTF-8 with BOM, a row an event or a case."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from monitor.cases.plate import masked_plate
from monitor.cases.state import CaseState
from monitor.reports.case_list import BOM, FORMULA
from monitor.store.cases import each_case

from .told import Export, each_told, keys_told, moment, zone_of

EVENT_HEADS = ("station", "case_no", "activity", "occurred_at", "recorded_at", "revision", "event_id")
"""Heads before those of the data, which have the names of its keys."""
ROWS_AT_ONCE = 500


def events_csv(export: Export) -> Iterator[bytes]:
    """Every valid event; the heads are those that the page `xes` reads."""
    keys = sorted({key for kinds in keys_told(export).values() for key in kinds})
    return csv_parts([*EVENT_HEADS, *keys], _event_rows(export, keys))


def cases_csv(export: Export) -> Iterator[bytes]:
    """Every case with all that is known of it now. Instants as RFC 3339, lists as JSON."""
    heads = [name for name in CaseState._fields if not name.endswith("_until")]
    return csv_parts(heads, _case_rows(export, heads))


def _event_rows(export: Export, keys: Sequence[str]) -> Iterator[list[object]]:
    for case in each_told(export):
        for one in case.events:
            yield [
                *case.key,
                one.event.activity,
                one.occurred,
                one.recorded,
                one.event.revision,
                one.event_id,
                *(one.data.get(key) for key in keys),
            ]


def _case_rows(export: Export, heads: Sequence[str]) -> Iterator[list[object]]:
    for state in each_case(export.database, export.chosen, export.now):
        zone = zone_of(export, state.station)
        row: list[object] = []
        for head in heads:
            value = getattr(state, head)
            if head == "plate" and not export.plates:
                value = masked_plate(value)
            elif head.endswith("_at") and value is not None:
                until = getattr(state, f"{head.removesuffix('_at')}_until", None)
                day_only = until is not None or value in state.days
                value = moment(value, zone)[:10] if day_only else moment(value, zone)
            elif head == "days":
                value = " ".join(moment(day, zone)[:10] for day in state.days)
            elif isinstance(value, tuple):
                value = json.dumps(value, ensure_ascii=False) if value else None
            row.append(value)
        yield row


def csv_parts(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The bytes of a CSV file, some rows at a time."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(heads)
    yield BOM
    for place, row in enumerate(rows, 1):
        writer.writerow([_plain(cell) for cell in row])
        if place % ROWS_AT_ONCE == 0:
            yield written.getvalue().encode()
            written.seek(0)
            written.truncate()
    yield written.getvalue().encode()


def _plain(cell: object) -> object:
    """A cell that a spreadsheet takes for text, never for a formula."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
