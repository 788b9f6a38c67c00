"""A lake of made-up cases, written straight as Parquet in the lake's own layout.

Five years of months and twelve stations. A case has three versions (confirmed, decided, released), four
events and one weighing; hours to release have the long tail that real ones have, and the cases of the last
hours are still held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from monitor.lake.files import put
from monitor.lake.manifest import Manifest, Part, Place, write_manifest
from monitor.lake.tables import SCHEMAS
from monitor.metrics.gates import GateSpan
from monitor.settings.stations import Need

HOUR, DAY = 3_600_000_000, 86_400_000_000
FIRST, LAST = (2019, 1), (2023, 12)
STATIONS = tuple(str(14_042_300 + place) for place in range(12))
EAST = 8 * HOUR
"""Local times are those of Shanghai, without a change of clocks."""
_EPOCH = date(1970, 1, 1)

GATES = tuple(
    GateSpan(station, 0, 2**62, frozenset(needs))
    for station, needs in zip(STATIONS, [(Need.REMOVAL,), tuple(Need)] * 6, strict=True)
)
"""Half of the stations wait for the removal alone, half for everything."""


def _instant(year: int, month: int) -> int:
    """The first moment of a local month."""
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1_000_000 - EAST


MONTHS = [(year, month) for year in range(FIRST[0], LAST[0] + 1) for month in range(1, 13)]
NOW = _instant(LAST[0] + 1, 1)
EARLIER = NOW - 400 * DAY


def _texts(keys: np.ndarray, name: Any) -> pa.Array:
    """A text for each key, named once per distinct one."""
    distinct, places = np.unique(keys, return_inverse=True)
    told = [name(int(key)) for key in distinct]
    return pa.DictionaryArray.from_arrays(pa.array(places.astype("int32")), pa.array(told, pa.string()))


def _dates(at: np.ndarray) -> pa.Array:
    return _texts((at + EAST) // DAY, lambda day: (_EPOCH + timedelta(days=day)).isoformat())


def _weeks(at: np.ndarray) -> pa.Array:
    return _texts((at + EAST) // DAY, lambda day: (_EPOCH + timedelta(days=day)).strftime("%G-W%V"))


def _hours(at: np.ndarray) -> pa.Array:
    # 1 January 1970 was a Thursday.
    return pa.array((((at + EAST) // HOUR + 3 * 24) % 168).astype("int16"))


def _when(condition: np.ndarray, values: Any) -> pa.Array:
    """The values where a condition holds, nothing elsewhere."""
    if isinstance(values, np.ndarray):
        return pa.array(values, mask=~condition)
    import pyarrow.compute as pc

    return pc.if_else(pa.array(condition), values, pa.scalar(None, values.type))


def _table(name: str, rows: int, told: Mapping[str, Any]) -> pa.Table:
    arrays = []
    for field in SCHEMAS[name]:
        value = told.get(field.name)
        array = pa.nulls(rows, field.type) if value is None else pa.array(value)
        arrays.append(array.cast(field.type))
    return pa.table(arrays, schema=SCHEMAS[name])


class _Month:
    """The cases of one month, drawn."""

    def __init__(self, first_id: int, cases: int, year: int, month: int, seed: int) -> None:
        draw = np.random.default_rng(seed)
        self.name = f"{year}-{month:02d}"
        self.cases = cases
        begin = _instant(year, month)
        after = _instant(year + month // 12, month % 12 + 1)
        self.ids = np.arange(first_id, first_id + cases)
        self.start = np.sort(draw.integers(begin, after, cases))
        self.u, self.v, self.w = (draw.random(cases) for _ in range(3))
        hours = np.clip(draw.lognormal(2.5, 0.55, cases), 0.5, 400)
        self.done = self.start + (hours * HOUR).astype("int64")
        self.span = self.done - self.start
        self.place = draw.integers(0, len(STATIONS), cases)

    def part(self, share: np.ndarray | float) -> np.ndarray:
        """The instant at a share of each case's span."""
        return self.start + (share * self.span).astype("int64")

    def case_versions(self) -> pa.Table:
        """Three versions of each case, without those that are not known yet."""
        decided = self.part(0.3)
        known_from = np.concatenate([self.start, decided, self.done])
        known_to = np.concatenate([decided, self.done, np.full(self.cases, 2**62)])
        step = np.repeat([0, 1, 2], self.cases)
        there = known_from <= NOW
        at = np.tile(np.arange(self.cases), 3)[there]
        known_from, known_to, step = known_from[there], known_to[there], step[there]
        start, done, u, v, w = (one[at] for one in (self.start, self.done, self.u, self.v, self.w))
        held, ended, late = w >= 0.03, step == 2, done > start + DAY
        verdict = np.where(~held, 0, np.where(~ended, 1, np.where(late, 3, 2)))
        names = ["not_held", "running", "released_on_time", "released_late"]
        paid, arrived = self.part(0.3 + 0.3 * self.v)[at], self.part(0.6 + 0.3 * self.v)[at]
        removed = self.part(0.2 + 0.5 * self.v)[at]
        return _table(
            "case_versions",
            len(at),
            {
                "id": self.ids[at] * 3 + step, "case_id": self.ids[at], "known_from": known_from,
                "known_to": _when(known_to <= NOW, known_to), "station": self.stations(at),
                "case_no": pa.array(self.ids[at]).cast(pa.string()),
                "verdict": _texts(verdict, names.__getitem__), "custody": held,
                "events": 2 + 2 * step, "first_at": start - HOUR // 3, "last_at": known_from,
                "vehicle": _texts(self.ids[at] % 3, ["truck", "combination", "low_speed"].__getitem__),
                "axles": 2 + self.ids[at] % 5, "gross_kg": 50_000 + (v * 30_000).astype("int64"),
                "limit_kg": np.full(len(at), 49_000), "confirmed_at": start,
                "limit_s": np.full(len(at), 86_400), "deadline_at": _when(held, start + DAY),
                "released_at": _when(ended, done), "accepted_at": _when(step > 0, start + HOUR),
                "police_decided_at": _when(step > 0, start + ((1 + 30 * v) * HOUR).astype("int64")),
                "detained_at": start, "handed_in_at": _when(ended, start + (28 * u * HOUR).astype("int64")),
                "authority": _when(step > 0, _texts(v < 0.6, ["transport", "police"].__getitem__)),
                "decided_at": _when(step > 0, self.part(0.3)[at]),
                "outcome": _when(step > 0, _texts(u > 0.9, ["fine", "warning"].__getitem__)),
                "paid_at": _when(ended & (u <= 0.9), paid),
                "pay_confirmed_at": _when(ended & (u <= 0.9), arrived),
                "pay_failures": np.zeros(len(at), "int64"), "removed_at": _when(ended, removed),
                "removed_derived": v < 0.5, "withdrawn_at": _when(ended & (w > 0.98), done),
                "paused_us": np.where(v > 0.9, HOUR, 0), "start_date": _dates(start),
                "start_week": _weeks(start), "deadline_date": _when(held, _dates(start + DAY)),
                "deadline_week": _when(held, _weeks(start + DAY)),
                "released_date": _when(ended, _dates(done)), "released_week": _when(ended, _weeks(done)),
                "month": pa.repeat(self.name, len(at)), "first_date": _dates(start - HOUR // 3),
                "first_week": _weeks(start - HOUR // 3), "start_hour": _hours(start),
                "released_hour": _when(ended, _hours(done)),
                "placed_date": _dates(np.where(held, start + DAY, start - HOUR // 3)),
                "placed_week": _weeks(np.where(held, start + DAY, start - HOUR // 3)),
            },
        )  # fmt: skip

    def stations(self, at: np.ndarray) -> pa.Array:
        """The station of each row."""
        return _texts(self.place[at], STATIONS.__getitem__)

    def events(self) -> pa.Table:
        """Weighed, confirmed, decided, released, recorded a while after they happened."""
        at = np.repeat(np.arange(self.cases), 4)
        step = np.tile([0, 1, 2, 3], self.cases)
        occurred = self.start[at] + step * (self.span[at] // 3)
        recorded = occurred + (self.v[at] * self.u[at] * 4 * HOUR).astype("int64")
        there = recorded <= NOW
        at, step, occurred, recorded = at[there], step[there], occurred[there], recorded[there]
        names = ["weighed", "confirmed", "decided", "released"]
        return _table(
            "events",
            len(at),
            {
                "case_id": self.ids[at], "station": self.stations(at),
                "case_no": pa.array(self.ids[at]).cast(pa.string()),
                "month": pa.repeat(self.name, len(at)), "activity": _texts(step, names.__getitem__),
                "occurred_at": occurred, "recorded_at": recorded, "received_at": recorded + 60_000_000,
                "known_from": recorded,
                "source": pa.repeat("events", len(at)), "backfill": np.zeros(len(at), bool),
                "date": _dates(occurred), "week": _weeks(occurred), "hour": _hours(occurred),
            },
        )  # fmt: skip

    def payments(self) -> pa.Table:
        """Asked for, and paid a while later."""
        at, step = np.repeat(np.arange(self.cases), 2), np.tile([0, 1], self.cases)
        occurred = self.start[at] + (step + 1) * (self.span[at] // 3)
        there = occurred <= NOW
        at, step, occurred = at[there], step[there], occurred[there]
        channels = ["wechat", "alipay", "bank_transfer", "cash"]
        return _table(
            "payments",
            len(at),
            {
                "case_id": self.ids[at], "station": self.stations(at),
                "case_no": pa.array(self.ids[at]).cast(pa.string()),
                "month": pa.repeat(self.name, len(at)),
                "activity": _texts(step, ["pay_requested", "paid"].__getitem__),
                "occurred_at": occurred, "recorded_at": occurred, "received_at": occurred + 60_000_000,
                "known_from": occurred, "date": _dates(occurred), "week": _weeks(occurred),
                "hour": _hours(occurred), "authority": pa.repeat("police", len(at)),
                "payment_code": pa.array(self.ids[at]).cast(pa.string()),
                "channel": _texts(self.ids[at] % 4, channels.__getitem__),
                "amount_fen": np.full(len(at), 50_000),
            },
        )  # fmt: skip

    def weighings(self) -> pa.Table:
        """One first weighing of each."""
        at, start = np.arange(self.cases), self.start
        return _table(
            "weighings",
            self.cases,
            {
                "case_id": self.ids, "station": self.stations(at),
                "case_no": pa.array(self.ids).cast(pa.string()),
                "month": pa.repeat(self.name, self.cases), "occurred_at": start, "known_from": start,
                "date": _dates(start), "week": _weeks(start),
                "hour": _hours(start), "first": np.ones(self.cases, bool), "plate_read": self.w < 0.97,
                "vehicle": _texts(self.ids % 3, ["truck", "combination", "low_speed"].__getitem__),
                "axles": 2 + self.ids % 5, "gross_kg": 30_000 + (self.v * 30_000).astype("int64"),
                "limit_kg": np.full(self.cases, 49_000), "rule_kg": np.full(self.cases, 49_000),
            },
        )  # fmt: skip


TABLES = ("case_versions", "events", "weighings")


def made_lake(
    folder: Path,
    cases: int,
    tables: tuple[str, ...] = TABLES,
    decisions: Callable[[int, int, int], pa.Table] | None = None,
) -> Manifest:
    """Write a lake of so many cases; its manifest is on the disk too. `decisions` gives those of a month, by
    the id of its first case, how many there are, and its first instant."""
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[Place, Part] = {}
    done = 0
    for number, (year, month) in enumerate(MONTHS, 1):
        until = cases * number // len(MONTHS)
        of_month = _Month(done + 1, until - done, year, month, seed=number)
        for table in tables:
            put(folder, parts, Place(table, of_month.name, "cases"), getattr(of_month, table)())
        if decisions is not None:
            rows = decisions(done + 1, until - done, _instant(year, month))
            put(folder, parts, Place("decisions", of_month.name, "cases"), rows)
        done = until
    manifest = Manifest(parts, NOW)
    write_manifest(folder, manifest)
    return manifest
