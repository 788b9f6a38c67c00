"""Weighings that are no case, of one month, as the lake holds them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
from sqlalchemy import Connection

from monitor.cases.event import DAY, SECOND
from monitor.lake.event_rows import WEIGHINGS
from monitor.store.database import ask

_QUERY = """
SELECT station, check_no, at, known_at, local_date, iso_week, local_hour, plate, vehicle, axles, gross_kg,
       limit_kg, rule_kg, rest
FROM weighings WHERE at >= ? AND at < ? AND local_date >= ? AND local_date < ? ORDER BY at, received_at
"""
_UNREAD = '"plate_unread":true'


def passed_table(connection: Connection, month: str) -> pa.Table:
    """First weighings of a local month (YYYY-MM) that are no case, as a table of `WEIGHINGS`."""
    year, number = int(month[:4]), int(month[5:])
    after = f"{year + number // 12:04d}-{number % 12 + 1:02d}"
    begin, end = (_midnight(one) for one in (month, after))
    # By the index on the instant; a local date is never more than a day away from that in UTC.
    rows = ask(connection, _QUERY, (begin - DAY, end + DAY, month, after))
    columns = list(zip(*rows, strict=True)) if rows else [()] * 14
    station, check_no, at, known_at, day, week, hour, plate, vehicle, axles, gross, limit, rule, rest = (
        columns
    )
    weekday = {text: date.fromisoformat(text).weekday() for text in set(day)}
    size = len(rows)
    told = {
        "case_id": [None] * size, "station": station, "case_no": check_no, "month": [month] * size,
        "occurred_at": at, "known_from": known_at, "known_to": [None] * size, "date": day, "week": week,
        "hour": [weekday[text] * 24 + local for text, local in zip(day, hour, strict=True)],
        "first": [True] * size,
        "plate_read": [p is not None and _UNREAD not in text for p, text in zip(plate, rest, strict=True)],
        "vehicle": vehicle, "axles": axles, "gross_kg": gross, "limit_kg": limit, "rule_kg": rule,
    }  # fmt: skip
    return pa.table([pa.array(told[f.name], f.type) for f in WEIGHINGS], schema=WEIGHINGS)


def _midnight(month: str) -> int:
    """The first instant of a month in UTC, in microseconds."""
    return int(datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC).timestamp()) * SECOND
