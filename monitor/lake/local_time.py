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
    by_zone: dict[ZoneInfo, list[str]] = {}
    for station in names.unique():
        by_zone.setdefault(zone_of(station), []).append(station)
    found = pd.Series(pd.NaT, index=utc.index, dtype="datetime64[us]")
    for zone, own in by_zone.items():
        here = slice(None) if len(by_zone) == 1 else names.isin(own)
        found[here] = utc[here].dt.tz_convert(zone).dt.tz_localize(None)
    return found


def months(local: pd.Series) -> pa.Array:
    """YYYY-MM."""
    return _of_day(local, "%Y-%m")


def dates(local: pd.Series) -> pa.Array:
    """YYYY-MM-DD."""
    return _of_day(local, "%Y-%m-%d")


def weeks(local: pd.Series) -> pa.Array:
    """ISO weeks, YYYY-Www."""
    return _of_day(local, "%G-W%V")


def _of_day(local: pd.Series, form: str) -> pa.Array:
    """Each day is put into words once."""
    places, days = pd.factorize(local.dt.normalize())
    told = pa.array([f"{day:{form}}" for day in days.to_pydatetime()], pa.string())
    return told.take(pa.array(places, mask=places < 0))


def hours_of_week(local: pd.Series) -> pa.Array:
    """0 (Monday 00:00 to 00:59) to 167."""
    return pa.array((local.dt.day_of_week * 24 + local.dt.hour).astype("Int16"), pa.int16())
