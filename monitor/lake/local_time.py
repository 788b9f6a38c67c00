"""Instants as the wall clocks of their stations show them, for many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

ZoneOf = Callable[[str], ZoneInfo]
"""Station code → its zone."""


def local_times(stations: Sequence[str], instants: Sequence[int | None], zone_of: ZoneOf) -> pd.Series:
    """Wall-clock times of instants (microseconds UTC) in the zones of their stations."""
    utc = pd.Series(pd.to_datetime(pd.array(instants, dtype="Int64"), unit="us", utc=True))
    names = pd.Series(stations, dtype=object)
    found = pd.Series(pd.NaT, index=utc.index, dtype="datetime64[us]")
    for station in names.unique():
        own = names == station
        found[own] = utc[own].dt.tz_convert(zone_of(station)).dt.tz_localize(None)
    return found


def months(local: pd.Series) -> pa.Array:
    """YYYY-MM."""
    return pa.array(local.dt.strftime("%Y-%m"), pa.string())


def dates(local: pd.Series) -> pa.Array:
    """YYYY-MM-DD."""
    return pa.array(local.dt.strftime("%Y-%m-%d"), pa.string())


def weeks(local: pd.Series) -> pa.Array:
    """ISO weeks, YYYY-Www."""
    return pa.array(local.dt.strftime("%G-W%V"), pa.string())


def hours_of_week(local: pd.Series) -> pa.Array:
    """0 (Monday 00:00 to 00:59) to 167."""
    return pa.array((local.dt.day_of_week * 24 + local.dt.hour).astype("Int16"), pa.int16())
