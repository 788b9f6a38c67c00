"""Events, payments and weighings of cases as the lake holds them, each with the span of its validity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from monitor.cases.validity import ValidSpan
from monitor.lake.local_time import ZoneOf, dates, hours_of_week, local_times, weeks


class CaseSpans(NamedTuple):
    """The events of a case with their spans, and the month its rows lie in."""

    case_id: int
    station: str
    case_no: str
    month: str
    spans: Sequence[ValidSpan]


class Described(NamedTuple):
    """What a version of a case says of its vehicle: `limit_kg` is the limit that applies, `rule_kg` that of
    the rules, the same where none was recorded."""

    known_from: int
    known_to: int | None
    vehicle: str | None
    axles: int | None
    limit_kg: int | None
    rule_kg: int | None


EVENTS = pa.schema(
    [
        ("case_id", pa.int64()), ("station", pa.string()), ("case_no", pa.string()), ("month", pa.string()),
        ("activity", pa.string()), ("occurred_at", pa.int64()), ("occurred_until", pa.int64()),
        ("recorded_at", pa.int64()), ("received_at", pa.int64()), ("known_from", pa.int64()),
        ("known_to", pa.int64()), ("source", pa.string()), ("backfill", pa.bool_()), ("data", pa.string()),
        ("date", pa.string()), ("week", pa.string()), ("hour", pa.int16()),
    ]
)  # fmt: skip
"""`date`, `week`, `hour` (of the week): local ones of `occurred_at`; no hour where only the day is known.
`backfill`: it counts as known before it was received."""

PAYMENTS = pa.schema(
    [
        *(EVENTS.field(name) for name in EVENTS.names if name not in ("data", "source", "backfill")),
        pa.field("authority", pa.string()), pa.field("payment_code", pa.string()),
        pa.field("channel", pa.string()), pa.field("amount_fen", pa.int64()),
    ]
)  # fmt: skip
"""What was told of the money: one row per request, failure, payment, arrival, refund, deferral, surcharge."""

WEIGHINGS = pa.schema(
    [
        ("case_id", pa.int64()), ("station", pa.string()), ("case_no", pa.string()), ("month", pa.string()),
        ("occurred_at", pa.int64()), ("known_from", pa.int64()), ("known_to", pa.int64()),
        ("date", pa.string()), ("week", pa.string()), ("hour", pa.int16()), ("first", pa.bool_()),
        ("plate_read", pa.bool_()), ("vehicle", pa.string()), ("axles", pa.int64()),
        ("gross_kg", pa.int64()), ("limit_kg", pa.int64()), ("rule_kg", pa.int64()),
    ]
)  # fmt: skip
"""`first`: a first weighing, not a re-check. `limit_kg` as it was recorded, `rule_kg` by the rules."""

MONEY = ("pay_requested", "pay_failed", "paid", "pay_confirmed", "refunded", "deferred", "surcharged")
SCALES = ("weighed", "reweighed")


def event_table(cases: Iterable[CaseSpans], zone_of: ZoneOf) -> pa.Table:
    """Every event of the cases as a table of `EVENTS`."""
    rows = [
        (
            case.case_id, case.station, case.case_no, case.month, event.activity, event.occurred_at,
            event.occurred_until, event.recorded_at, event.received_at, known_from, known_to, event.source,
            event.known_at < event.received_at, event.data,
        )
        for case in cases
        for event, known_from, known_to in case.spans
    ]  # fmt: skip
    return _with_local(rows, EVENTS, zone_of)


def payment_table(events: pa.Table) -> pa.Table:
    """Those of a table of `EVENTS` that are about money."""
    chosen = _of(events, MONEY)
    data = [orjson.loads(text) if text else {} for text in chosen["data"].to_pylist()]
    told: dict[str, Any] = {name: chosen[name] for name in PAYMENTS.names if name in chosen.column_names}
    for name in ("authority", "payment_code", "channel", "amount_fen"):
        told[name] = pa.array([one.get(name) for one in data], PAYMENTS.field(name).type)
    return pa.table([told[name] for name in PAYMENTS.names], schema=PAYMENTS)


def weighing_table(events: pa.Table, described: Mapping[int, Sequence[Described]]) -> pa.Table:
    """Those of a table of `EVENTS` that are weighings; `described` by case, in the order of their spans.

    What a first weighing leaves out, its case tells: so a weighing has a row per span in which both say the
    same. A re-check is held against the limit that it was told with.
    """
    chosen = _of(events, SCALES)
    rows: list[dict[str, Any]] = []
    for place, event in enumerate(chosen.select(_OF_WEIGHING).to_pylist()):
        data = orjson.loads(event["data"]) if event["data"] else {}
        own = {name: data.get(name) for name in ("vehicle", "axles", "gross_kg", "limit_kg")}
        own["first"] = event["activity"] == "weighed"
        own["plate_read"] = data.get("plate") is not None and not data.get("plate_unread")
        pieces = _pieces(own, event["known_from"], event["known_to"], described.get(event["case_id"], ()))
        rows += [{**piece, "place": place} for piece in pieces]
    repeated = chosen.take(pa.array([row["place"] for row in rows], pa.int64()))
    told = {name: repeated[name] for name in WEIGHINGS.names if name in repeated.column_names}
    for name in _TOLD_OF_WEIGHING:
        told[name] = pa.array([row[name] for row in rows], WEIGHINGS.field(name).type)
    return pa.table([told[name] for name in WEIGHINGS.names], schema=WEIGHINGS)


_OF_WEIGHING = ["case_id", "activity", "known_from", "known_to", "data"]
_TOLD_OF_WEIGHING = (
    "known_from", "known_to", "first", "plate_read", "vehicle", "axles", "gross_kg", "limit_kg", "rule_kg",
)  # fmt: skip


def _pieces(
    own: Mapping[str, Any], known_from: int, known_to: int | None, described: Sequence[Described]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for case in described if own["first"] else ():
        begin = max(known_from, case.known_from)
        ends = [end for end in (known_to, case.known_to) if end is not None]
        end = min(ends, default=None)
        if end is not None and begin >= end:
            continue
        told = {
            **own, "rule_kg": case.rule_kg,
            **{name: own[name] if own[name] is not None else getattr(case, name)
               for name in ("vehicle", "axles", "limit_kg")},
        }  # fmt: skip
        if found and found[-1]["known_to"] == begin and told.items() <= found[-1].items():
            found[-1]["known_to"] = end
        else:
            found.append({**told, "known_from": begin, "known_to": end})
    return found or [{**own, "rule_kg": None, "known_from": known_from, "known_to": known_to}]


def descriptions(versions: pa.Table) -> dict[int, list[Described]]:
    """What the versions of each case (a table of them, by case and time) say of its vehicle and its limit."""
    found: dict[int, list[Described]] = {}
    for row in versions.select(["case_id", "known_from", "known_to", *_DESCRIBING]).to_pylist():
        told = row["limit_kg"]
        rule = None if row["limit_rule"] in (None, "recorded") else told
        if row["findings"] and _DIFFERS in row["findings"]:
            findings = orjson.loads(row["findings"])
            rule = next(int(dict(params)["rule_kg"]) for code, _, params in findings if code == _DIFFERS)
        one = Described(row["known_from"], row["known_to"], row["vehicle"], row["axles"], told, rule)
        found.setdefault(row["case_id"], []).append(one)
    return found


_DESCRIBING = ("vehicle", "axles", "limit_kg", "limit_rule", "findings")
_DIFFERS = "limit_differs"


def _of(events: pa.Table, activities: Sequence[str]) -> pa.Table:
    import pyarrow.compute as pc

    return events.filter(pc.is_in(events["activity"], pa.array(activities)))


def _with_local(rows: Sequence[Sequence[Any]], schema: pa.Schema, zone_of: ZoneOf) -> pa.Table:
    """Rows of the columns before `date`, and their local dates, weeks and hours."""
    width = schema.names.index("date")
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in range(width)]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=False)]
    at = schema.names.index("occurred_at")
    local = local_times(columns[schema.names.index("station")], columns[at], zone_of)
    exact = [
        moment if until is None else None
        for moment, until in zip(columns[at], columns[schema.names.index("occurred_until")], strict=True)
    ]
    hours = hours_of_week(local_times(columns[schema.names.index("station")], exact, zone_of))
    return pa.table([*arrays, dates(local), weeks(local), hours], schema=schema)
