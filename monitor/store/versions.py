"""Case versions as rows, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Row

from monitor.cases.event import SECOND
from monitor.cases.state import CaseState, Finding, Pause
from monitor.store.bulk import append_rows
from monitor.store.tables import CALENDAR_COLUMNS, STATE_COLUMNS, case_versions

_INSERT_COLUMNS = (
    "case_id",
    "known_from",
    "known_to",
    "station",
    "case_no",
    *STATE_COLUMNS,
    *CALENDAR_COLUMNS,
)
if CaseState._fields[:2] != ("station", "case_no") or STATE_COLUMNS[-3:] != (
    "days",
    "pauses",
    "findings",
):
    raise AssertionError("a state begins with station and number and ends with days, pauses and findings")


def version_row(
    case_id: int, known_from: int, known_to: int | None, state: CaseState, zone: ZoneInfo
) -> tuple[Any, ...]:
    """One row of `case_versions` in the order of `insert_versions`."""
    return (
        case_id,
        known_from,
        known_to,
        *state[:-3],
        orjson.dumps(state.days).decode() if state.days else None,
        orjson.dumps(state.pauses, default=tuple).decode() if state.pauses else None,
        orjson.dumps(state.findings, default=tuple).decode() if state.findings else None,
        *(_calendar(state, zone) if state.custody else _NO_CALENDAR),
    )


_NO_CALENDAR = (None,) * len(CALENDAR_COLUMNS)


def local_day(at: int | None, zone: ZoneInfo) -> tuple[str | None, str | None]:
    """Local date (YYYY-MM-DD) and ISO week (YYYY-Www) of an instant."""
    if at is None:
        return None, None
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)
    year, week, _ = local.isocalendar()
    return local.strftime("%Y-%m-%d"), f"{year:04d}-W{week:02d}"


def _calendar(state: CaseState, zone: ZoneInfo) -> tuple[str | None, ...]:
    return (
        *local_day(state.confirmed_at, zone),
        *local_day(state.deadline_at, zone),
        *local_day(state.released_at, zone),
    )


def insert_versions(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows made by `version_row`."""
    append_rows(connection, "case_versions", _INSERT_COLUMNS, rows)


def states(rows: Iterable[Row[Any]]) -> list[CaseState]:
    """Case states from rows that hold the columns of `STATE`."""
    return [state_of(row) for row in rows]


STATE = tuple(case_versions.c[name] for name in ("station", "case_no", *STATE_COLUMNS))
"""The columns a query selects to get a case's state."""


def state_of(row: Sequence[Any]) -> CaseState:
    """The state from one row whose first columns are those of `STATE`."""
    values = list(row[: len(STATE)])
    days, pauses, findings = values[-3:]
    values[-3] = tuple(orjson.loads(days)) if days else ()
    values[-2] = tuple(Pause(*pause) for pause in orjson.loads(pauses)) if pauses else ()
    values[-1] = tuple(_finding(item) for item in orjson.loads(findings)) if findings else ()
    return CaseState._make(values)


def _finding(item: list[Any]) -> Finding:
    code, at, params = item
    return Finding(code, at, tuple((key, value) for key, value in params))
