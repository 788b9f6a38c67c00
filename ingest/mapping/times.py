"""Times as files write them → instants. Pure; every function says what it refuses.

A time without a zone is local time of the page's zone. Local times that a clock change makes ambiguous or
skips take the offset in force before the change (`fold=0`); the page can't know better, and an hour's doubt
once a year is left as it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingest.tables.cell import Cell, ErrorCell, Precision, fold_width

from .refused import Bad

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
EARLIEST, LATEST = 1980, 2099
"""Years outside are slips of the hand or spreadsheet zeros (1900-01-00), never a station's record."""

SERIAL_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a local day count without a zone

MOMENT_FORMS = (
    "2024-07-01 08:30[:00] · 2024/7/1 8:30 · 2024年7月1日8时30分 · 20240701083000"
    " · 2024-07-01T08:30:00+08:00 · 2024-07-01"
)
DATE_FORMS = "2024-07-01 · 2024/7/1 · 2024年7月1日 · 20240701"
TIME_FORMS = "08:30[:00] · 8时30分 · 0830"


class Span(NamedTuple):
    """An instant (`until` is None), or the local day it lies in, last microsecond included."""

    at: int
    until: int | None


_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[\sT]*(\d{2})(\d{2})(\d{2})?)?")
_CLOCK = re.compile(
    r"(?P<half>上午|下午|AM|PM|am|pm)?\s*"
    r"(?P<hour>\d{1,2})\s*(?::|时|點|点)\s*(?:(?P<minute>\d{1,2})\s*(?:分)?)?\s*"
    r"(?::?\s*(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?\s*(?:秒)?)?"
    r"\s*(?P<half_after>AM|PM|am|pm)?"
)
_PACKED_CLOCK = re.compile(r"(\d{2})(\d{2})(\d{2})?")
_OFFSET = re.compile(r"\s*(Z|z|[+-]\d{2}:?\d{2})$")


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def micros(moment: dt.datetime) -> int:
    """The instant of an aware datetime."""
    return (moment - EPOCH) // MICROSECOND


@lru_cache(maxsize=16384)
def day_span(day: dt.date, zone: ZoneInfo) -> Span:
    """The local day as an interval; 23 or 25 hours long where a clock change falls in it."""
    start = dt.datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + dt.timedelta(days=1)
    end = dt.datetime(following.year, following.month, following.day, tzinfo=zone)
    return Span(micros(start), micros(end) - 1)


def parse_date(cell: Cell) -> dt.date | Bad | None:
    """The day in a date cell; a datetime's day where its cell holds hours too."""
    found = read_time(cell, serial=False)
    if isinstance(found, dt.datetime):
        return found.date()
    if isinstance(found, dt.time):
        return Bad("not_a_date", DATE_FORMS)
    return found._replace(accepted=DATE_FORMS) if isinstance(found, Bad) else found


def parse_clock(cell: Cell) -> dt.time | Bad | None:
    """The time of day in a cell; of a datetime's cell its hours."""
    value = cell.value
    if isinstance(value, dt.datetime):
        return value.time()
    if isinstance(value, dt.time):
        return value
    if isinstance(value, dt.timedelta):
        if not dt.timedelta(0) <= value < dt.timedelta(days=1):
            return Bad("impossible_time", TIME_FORMS)
        return (SERIAL_ZERO + value).time()
    if value is None:
        return None
    if isinstance(value, str):
        text = fold_width(value).strip()
        if not text:
            return None
        found = _clock(text)
        if found is not None:
            return found
        if isinstance(read := _read_text(text), dt.datetime):
            return read.time()
    return Bad("not_a_time", TIME_FORMS)


def moment_parser(zone: ZoneInfo, *, day_only: bool, serial: bool) -> Callable[[Cell], Span | Bad | None]:
    """A parser of whole moments. `day_only`: the source knows no hours, so a midnight is the whole day, and
    any other hour is refused, because the page would lie about it."""

    def parse(cell: Cell) -> Span | Bad | None:
        return span_of(read_time(cell, serial=serial), zone, day_only=day_only)

    return parse


def span_of(
    found: dt.datetime | dt.date | dt.time | Bad | None, zone: ZoneInfo, *, day_only: bool
) -> Span | Bad | None:
    """What was read, as an instant or the interval of its local day."""
    if found is None or isinstance(found, Bad):
        return found
    if isinstance(found, dt.time):
        return Bad("time_without_date", MOMENT_FORMS)
    if not EARLIEST <= found.year <= LATEST:
        return Bad("year_out_of_range", f"{EARLIEST}–{LATEST}")
    if not isinstance(found, dt.datetime):
        return day_span(found, zone)
    aware = found.replace(tzinfo=zone) if found.tzinfo is None else found
    if not day_only:
        return Span(micros(aware), None)
    local = aware.astimezone(zone)
    if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
        return Bad("hour_in_day_column", DATE_FORMS)
    return day_span(local.date(), zone)


def joined(
    day: dt.date | None, clock: dt.time | None, zone: ZoneInfo, *, day_only: bool
) -> Span | Bad | None:
    """A date and a time of day from two columns. A date alone is the whole day, a time alone refused."""
    if day is None:
        return None if clock is None else Bad("time_without_date", DATE_FORMS)
    if clock is None:
        return span_of(day, zone, day_only=day_only)
    return span_of(dt.datetime.combine(day, clock), zone, day_only=day_only)


def read_time(cell: Cell, *, serial: bool) -> dt.datetime | dt.date | dt.time | Bad | None:
    """A naive or aware datetime, a date where no hour is given, None for blank; else why not."""
    value = cell.value
    if value is None:
        return None
    if isinstance(value, str):
        if len(value) >= 19 and value[4] == "-" and value[10] in " T":
            try:
                return dt.datetime.fromisoformat(value)
            except ValueError:
                pass  # the long way round finds the reason, or another form
        text = fold_width(value).strip()
        if not text:
            return None
        found = _read_text(text)
        if serial and isinstance(found, Bad) and (number := _plain_number(text)) is not None:
            return _serial(number)
        return found
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        if cell.precision is Precision.MONTH:
            return Bad("month_without_day", MOMENT_FORMS)
        return value
    if isinstance(value, dt.time):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if serial:
            return _serial(value)
        packed = str(value) if isinstance(value, int) else ""
        # 20240701 typed into a plain cell: eight or more digits are no serial number before the year 9999
        return _read_text(packed) if len(packed) in (8, 12, 14) else Bad("number_not_time", MOMENT_FORMS)
    if isinstance(value, ErrorCell):
        return Bad("error_cell", MOMENT_FORMS)
    return Bad("not_a_time", MOMENT_FORMS)


def _plain_number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,7}(\.\d+)?", text) else None


def _serial(number: float) -> dt.datetime | dt.date | Bad:
    """Days since 1899-12-30; whole ones are dates. Rounded to the millisecond against floating point."""
    if not 0 <= number < 2_958_466:
        return Bad("impossible_date", MOMENT_FORMS)
    moment = SERIAL_ZERO + dt.timedelta(milliseconds=round(number * 86_400_000))
    return moment.date() if float(number).is_integer() else moment


def _read_text(text: str) -> dt.datetime | dt.date | dt.time | Bad:
    zone: dt.tzinfo | None = None
    body = text
    if (match := _OFFSET.search(text)) and len(text) > 11:
        offset = match[1].replace(":", "")
        zone = dt.UTC
        if offset not in ("Z", "z"):
            minutes = int(offset[1:3]) * 60 + int(offset[3:])
            if minutes > 14 * 60:
                return Bad("impossible_time", MOMENT_FORMS)
            zone = dt.timezone(dt.timedelta(minutes=-minutes if offset[0] == "-" else minutes))
        body = text[: match.start()]
    if packed := _PACKED.fullmatch(body):
        year, month, day, hour, minute, second = (int(part) if part else None for part in packed.groups())
        clock = None if hour is None or minute is None else (hour, minute, second or 0, 0)
        return _build(year or 0, month or 0, day or 0, clock, zone)
    if not (match := _YEAR_FIRST.match(body)):
        alone = _clock(body)
        return alone if alone is not None else Bad("not_a_time", MOMENT_FORMS)
    rest = body[match.end() :].lstrip(" \tT,，")
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if not rest:
        if zone is not None:
            return Bad("not_a_time", MOMENT_FORMS)
        return _build(year, month, day, None, None)
    parts = _clock_parts(rest)
    if parts is None:
        return Bad("not_a_time", MOMENT_FORMS)
    return _build(year, month, day, parts, zone)


def _build(
    year: int, month: int, day: int, clock: tuple[int, int, int, int] | None, zone: dt.tzinfo | None
) -> dt.datetime | dt.date | Bad:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return Bad("impossible_date", MOMENT_FORMS)
    if clock is None:
        return date
    try:
        return dt.datetime(year, month, day, *clock, tzinfo=zone)
    except ValueError:
        return Bad("impossible_time", MOMENT_FORMS)


def _clock_parts(text: str) -> tuple[int, int, int, int] | None:
    if packed := _PACKED_CLOCK.fullmatch(text):
        return int(packed[1]), int(packed[2]), int(packed[3] or 0), 0
    match = _CLOCK.fullmatch(text)
    if match is None or (match["minute"] is None and ":" in text):
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    half = (match["half"] or match["half_after"] or "").lower()
    if half in ("下午", "pm") and hour < 12:
        hour += 12
    elif half in ("上午", "am") and hour == 12:
        hour = 0
    return hour, minute, second, int((match["fraction"] or "0").ljust(6, "0")[:6])


def _clock(text: str) -> dt.time | Bad | None:
    """A time of day, why it can't be one, or None where the text is none at all."""
    parts = _clock_parts(text)
    if parts is None:
        return None
    try:
        return dt.time(*parts)
    except ValueError:
        return Bad("impossible_time", TIME_FORMS)
