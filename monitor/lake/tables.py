"""All rows of some cases, for each table of the lake, and the month in which they lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from monitor.cases.validity import validity
from monitor.lake.case_rows import SCHEMA, STORED, case_table
from monitor.lake.decision_rows import DECISIONS, decisions_of
from monitor.lake.event_rows import (
    EVENTS,
    PAYMENTS,
    WEIGHINGS,
    CaseSpans,
    descriptions,
    event_table,
    payment_table,
    weighing_table,
)
from monitor.lake.judging import Judging
from monitor.lake.local_time import ZoneOf, local_times, months
from monitor.store.changes import versions_of
from monitor.store.database import ask
from monitor.store.log import events_of

SCHEMAS = {
    "case_versions": SCHEMA,
    "events": EVENTS,
    "payments": PAYMENTS,
    "weighings": WEIGHINGS,
    "decisions": DECISIONS,
}
TOLD = ("case_versions", "events", "payments", "weighings")
"""The tables whose rows follow from their own case alone."""

CASES_AT_ONCE = 20_000


def tables_of(connection: Connection, case_ids: Sequence[int], zone_of: ZoneOf) -> dict[str, pa.Table]:
    """Every row of some cases, for each table of `TOLD`; all rows of a case lie in one month."""
    parts = [
        _tables(connection, case_ids[first : first + CASES_AT_ONCE], zone_of)
        for first in range(0, max(1, len(case_ids)), CASES_AT_ONCE)
    ]
    return {table: pa.concat_tables([part[table] for part in parts]) for table in TOLD}


def decided(
    connection: Connection, case_ids: Sequence[int], zone_of: ZoneOf, judged_by: Judging | None
) -> pa.Table:
    """Every row of `decisions` of some cases; none where there are no rules to hold them against."""
    if judged_by is None:
        return DECISIONS.empty_table()
    parts = [
        decisions_of(connection, case_ids[first : first + CASES_AT_ONCE], zone_of, judged_by)
        for first in range(0, max(1, len(case_ids)), CASES_AT_ONCE)
    ]
    return pa.concat_tables(parts)


def _tables(connection: Connection, case_ids: Sequence[int], zone_of: ZoneOf) -> dict[str, pa.Table]:
    names = ", ".join(f'"{name}"' for name in STORED)
    rows: list[Sequence[Any]] = list(versions_of(connection, case_ids, names))
    versions = case_table(rows, zone_of)
    # The month of a case is that of its latest version: those before it go with it.
    ids, own_months = versions["case_id"].to_pylist(), versions["month"].to_pylist()
    latest = dict(zip(ids, own_months, strict=True))
    month = pa.array([latest[case_id] for case_id in ids], pa.string())
    versions = versions.set_column(versions.column_names.index("month"), "month", month)
    named = zip(versions["station"].to_pylist(), versions["case_no"].to_pylist(), strict=True)
    keys = dict(zip(ids, named, strict=True))
    known = events_of(connection, list(latest))
    spans = []
    for case_id, month in latest.items():
        station, case_no = keys[case_id]
        spans.append(CaseSpans(case_id, station, case_no, month, validity(*known[case_id])))
    events = event_table(spans, zone_of)
    return {
        "case_versions": versions,
        "events": events,
        "payments": payment_table(events),
        "weighings": weighing_table(events, descriptions(versions)),
    }


def months_in_turn(
    connection: Connection, case_ids: Sequence[int], zone_of: ZoneOf
) -> Iterator[tuple[int, str]]:
    """Each version's case and its own month, by case and by when it was known; the last is the case's month.

    Of versions before it: where a case may have lain until it was corrected.
    """
    for first in range(0, len(case_ids), CASES_AT_ONCE):
        rows: list[Sequence[Any]] = list(
            versions_of(connection, case_ids[first : first + CASES_AT_ONCE], _BEGUN)
        )
        if rows:
            ids, stations, begun = zip(*rows, strict=True)
            yield from zip(ids, months(local_times(stations, begun, zone_of)).to_pylist(), strict=True)


_BEGUN = "case_id, station, coalesce(confirmed_at, first_at)"


def cases_by_month(connection: Connection, zone_of: ZoneOf) -> dict[str, list[int]]:
    """Every case that has versions, by its month."""
    ids = [row[0] for row in ask(connection, "SELECT id FROM cases ORDER BY id")]
    latest = dict(months_in_turn(connection, ids, zone_of))
    found: dict[str, list[int]] = {}
    for case_id, month in latest.items():
        found.setdefault(month, []).append(case_id)
    return found


def last_case(connection: Connection) -> int:
    """The highest id of a case; 0 where there is none."""
    [(found,)] = ask(connection, "SELECT coalesce(max(id), 0) FROM cases")
    return int(found)
