"""Decisions drawn at random as rows of the lake: like cases whose fines follow the facts, with or without
a unit that is stricter, a circumstance that counts, or a day from which fines are higher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from monitor.lake.decision_rows import DECISIONS
from tests.factories import at

HOUR, DAY = 3_600_000_000, 86_400_000_000
FIRST = at("2024-01-01 00:00")
EAST = 8 * HOUR
ALIKE = tuple(
    f"police|example-police@2024-01-01|mass.{tier}" for tier in ("up-to-30", "up-to-50", "up-to-100")
)
BANDS = ((20_000, 50_000), (50_000, 100_000), (100_000, 150_000))
NO_ROOM = "transport|national-transport@2021-08-11|mass.every-tonne"


def drawn(
    n: int,
    seed: int,
    *,
    stations: int = 6,
    teams: int = 3,
    officers: int = 4,
    strict: Mapping[str, float] | None = None,
    mitigating: float = -0.15,
    drift: float = 0.0,
    outside: float = 0.03,
    days: int = 360,
    first_id: int = 1,
    since: int = FIRST,
    shuffled_spread: bool = True,
) -> pa.Table:
    """n decisions. `strict`: what a station (`S1`), team (`S1/1`) or officer adds to the place in the band;
    `mitigating`: what a mitigating circumstance adds; `drift`: what is added in the second half of the time.
    Each station has its own mix of tiers and weights and its own spread, so that only a comparison that
    accounts for them is fair. A third of the decisions fall under a rule without room."""
    draw = np.random.default_rng(seed)
    strict = strict or {}
    station = draw.integers(0, stations, n)
    team = draw.integers(0, teams, n)
    one, two = draw.integers(0, officers, n), draw.integers(0, officers, n)
    lean = draw.uniform(-0.4, 0.4, stations)
    tier = np.clip((draw.random(n) + lean[station]) * 3, 0, 2).astype(int)
    free = draw.random(n) < 2 / 3
    acted = since + (draw.random(n) * days * DAY).astype("int64")
    within = np.clip(draw.random(n) + lean[station] / 2, 0, 1)
    over_share = np.array([0.0, 0.3, 0.5])[tier] + within * np.array([0.3, 0.2, 0.5])[tier]
    prior = draw.choice(5, n, p=[0.7, 0.15, 0.08, 0.04, 0.03])
    eased = draw.random(n) < 0.3
    worse = draw.random(n) < 0.08
    spread = draw.uniform(0.05, 0.18, stations)[station] if shuffled_spread else 0.1
    place = (
        0.35 + 0.25 * within + 0.04 * prior + mitigating * eased + 0.1 * worse + draw.normal(0, 1, n) * spread
    )
    names = [f"S{s + 1}" for s in station]
    squads = [str(t + 1) for t in team]
    codes = [f"{s + 1:02d}{t + 1}{o + 1:02d}" for s, t, o in zip(station, team, one, strict=True)]
    beside = [f"{s + 1:02d}{t + 1}{o + 1:02d}" for s, t, o in zip(station, team, two, strict=True)]
    if strict:
        place = place + np.array(
            [
                strict.get(s, 0.0) + strict.get(f"{s}/{t}", 0.0) + max(strict.get(c, 0.0) for c in {a, b})
                for s, t, a, b in zip(names, squads, codes, beside, strict=True)
            ]
        )
    place = np.clip(place + drift * (acted > since + days * DAY // 2), 0, 1)
    low, high = np.array(BANDS)[tier].T
    fine = np.where(free, np.round((low + place * (high - low)) / 1_000) * 1_000, 150_000).astype("int64")
    wrong = draw.random(n) < outside
    fine = np.where(wrong, np.where(free, high, 150_000) + 20_000, fine)
    low, high = np.where(free, low, 150_000), np.where(free, high, 150_000)
    position = np.where(free, (fine - low) / np.maximum(high - low, 1), np.nan)
    thirds = np.array(["low", "middle", "high"])[np.clip((np.nan_to_num(position) * 3).astype(int), 0, 2)]
    places = np.where(wrong, "above", np.where(free, thirds, "no_discretion"))
    date = np.datetime_as_string(((acted + EAST) // DAY).astype("datetime64[D]"))
    told: dict[str, Any] = {
        "case_id": np.arange(first_id, first_id + n), "station": names,
        "case_no": [f"C{number}" for number in range(first_id, first_id + n)],
        "month": [day[:7] for day in date], "known_from": acted + DAY, "decided_at": acted + HOUR,
        "decided_date": date, "decided_month": [day[:7] for day in date], "acted_at": acted,
        "authority": np.where(free, "police", "transport"), "outcome": ["fine"] * n, "fine_fen": fine,
        "act": [f"C{number}" for number in range(first_id, first_id + n)],
        "axles": draw.integers(2, 7, n), "gross_kg": 49_000 + (over_share * 31_000).astype("int64"),
        "limit_kg": np.full(n, 49_000), "over_kg": (over_share * 31_000).astype("int64"),
        "over_share": over_share * 31 / 49, "procedure": ["ordinary"] * n,
        "officers": [[a, b] if a != b else [a] for a, b in zip(codes, beside, strict=True)],
        "team": squads, "factors": [["corrected"] if e else [] for e in eased], "prior_acts": prior,
        "rule_set": np.where(free, "example-police@2024-01-01", "national-transport@2021-08-11"),
        "low_fen": low, "high_fen": high, "place": places,
        "position": pa.array(position, from_pandas=True), "example": np.full(n, True),
        "findings": [["above_band"] if w else [] for w in wrong],
        "plate": [f"晋D{number % max(1, n // 2):05d}" for number in range(n)],
        "party": ["organisation"] * n, "load_over_kg": (over_share * 31_000).astype("int64"),
        "load_over_share": over_share,
        "compared_kg": (over_share * 31_000).astype("int64"), "compared_share": over_share,
        "mitigating": eased.astype(int), "aggravating": worse.astype(int),
        "alike": np.where(free, np.array(ALIKE)[tier], NO_ROOM),
    }  # fmt: skip
    return table_of(told, n)


def table_of(told: Mapping[str, Any], n: int) -> pa.Table:
    """Columns of `DECISIONS`, those that are not told empty."""
    return pa.table(
        [
            pa.nulls(n, field.type) if field.name not in told else pa.array(told[field.name]).cast(field.type)
            for field in DECISIONS
        ],
        schema=DECISIONS,
    )


def rows_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Decisions written down field by field."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=DECISIONS)
