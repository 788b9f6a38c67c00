"""Which cases a list holds, as an address says it: the same words on the page, in the API and in exports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.cases.activity import Authority
from monitor.cases.event import DAY, HOUR, SECOND
from monitor.metrics.ask import Ask
from monitor.metrics.cell_names import CELLS, UnknownCell
from monitor.settings.limits import VehicleClass
from monitor.store.cases import CaseFilter

if TYPE_CHECKING:
    from monitor.settings.stations import Stations

STATES = (
    "open",
    "overdue",
    "running",
    "released_on_time",
    "released_late",
    "undetermined",
    "no_deadline",
    "not_held",
    "implausible",
)
"""`open`: in custody, not released. `overdue`, `running`: those past their deadline, and the others of them.
The rest are what clock A says."""

FIELDS = (
    "station", "state", "from", "to", "authority", "text", "findings", "due_within", "vehicle", "behind",
    "period", "as_of",
)  # fmt: skip
"""The parameters of an address that choose cases; anything else in it is none of the list's business."""

LONGEST_TEXT = 64

Behind = Callable[[Ask, str], Sequence[int]]
"""What is asked and a cell of a figure → the `case_id`s behind it; raises UnknownCell."""


class BadQuery(ValueError):
    """A parameter that cannot be read: which, what it said, and what would be accepted."""

    def __init__(self, name: str, value: str, accepted: str) -> None:
        super().__init__(f"{name}={value!r}; accepted: {accepted}")
        self.name = name
        self.value = value
        self.accepted = accepted


def case_filter(
    asked: Mapping[str, str], stations: Stations, now: int, behind: Behind | None = None
) -> CaseFilter:
    """The filter an address asks for. Raises BadQuery.

    `station`: codes, joined by commas. `from`, `to`: local days (YYYY-MM-DD) of the first station asked for,
    both included, so the span is half-open: from 00:00 of the first to 00:00 of the day after the last.
    `due_within`: an ISO 8601 duration; cases in custody whose deadline comes before its end, overdue ones
    included. `text`: part of a case number or plate. `findings`: `1` keeps those with something to look at.
    `vehicle`: its kind. `behind`: a cell of a figure (`monitor.metrics.cell_names`), with the figure's own
    `period` (first and last day, joined by a slash) and `as_of` (RFC 3339 with offset, now by default): the
    list is then what the figure counted there. Without `behind` those two are refused.
    """
    chosen = _stations(asked.get("station", ""), stations)
    zone = _zone(chosen, stations)
    since, until = (_day(asked, name) for name in ("from", "to"))
    if since is not None and until is not None and until < since:
        raise BadQuery("to", until.isoformat(), f"≥ {since.isoformat()}")
    due_within = asked.get("due_within", "")
    return CaseFilter(
        stations=chosen,
        state=_one_of(asked, "state", STATES),
        since=None if since is None else _midnight(since, zone),
        until=None if until is None else _midnight(until + timedelta(days=1), zone),
        due_by=now + duration(due_within) if due_within else None,
        authority=_one_of(asked, "authority", tuple(one.value for one in Authority)),
        text=asked.get("text", "").strip()[:LONGEST_TEXT] or None,
        findings=_flag(asked, "findings"),
        vehicle=_one_of(asked, "vehicle", tuple(one.value for one in VehicleClass)),
        ids=_behind(asked, chosen, now, behind),
    )


def _behind(
    asked: Mapping[str, str], chosen: list[str] | None, now: int, behind: Behind | None
) -> Sequence[int] | None:
    cell = asked.get("behind", "")
    if not cell or behind is None:
        for name in ("behind", "period", "as_of"):
            if asked.get(name):
                raise BadQuery(name, asked[name], "behind=" + "; ".join(CELLS))
        return None
    since, until = period(asked)
    vehicle = asked.get("vehicle")
    question = Ask(
        instant(asked, now),
        None if chosen is None else tuple(chosen),
        since,
        None if until is None else until + timedelta(days=1),
        (vehicle,) if vehicle else None,
    )
    try:
        return behind(question, cell)
    except UnknownCell:
        raise BadQuery("behind", cell, "; ".join(CELLS)) from None


def period(asked: Mapping[str, str]) -> tuple[date | None, date | None]:
    """First and last day of `period`; both None without one. Raises BadQuery."""
    text = asked.get("period", "")
    if not text:
        return None, None
    first, slash, last = text.partition("/")
    try:
        since, until = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise BadQuery("period", text, "YYYY-MM-DD/YYYY-MM-DD") from None
    if not slash or until < since:
        raise BadQuery("period", text, "YYYY-MM-DD/YYYY-MM-DD")
    return since, until


def instant(asked: Mapping[str, str], now: int) -> int:
    """`as_of` in microseconds UTC, `now` without it. Raises BadQuery."""
    text = asked.get("as_of", "")
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError(text)
    except ValueError:
        raise BadQuery("as_of", text, "2026-11-26T14:32:00+08:00") from None
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W|(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?)"
)
_UNITS = {"weeks": 7 * DAY, "days": DAY, "hours": HOUR, "minutes": 60 * SECOND, "seconds": SECOND}


def duration(text: str, name: str = "due_within") -> int:
    """An ISO 8601 duration in microseconds. Raises BadQuery.

    Months and years have no fixed length, so they are not accepted.
    """
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groupdict().values()) or text.endswith("T"):
        raise BadQuery(name, text, "PT4H, PT90M, P1D, P1DT12H, P2W")
    return sum(int(count) * _UNITS[unit] for unit, count in found.groupdict().items() if count)


def _stations(text: str, stations: Stations) -> list[str] | None:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    for code in codes:
        if code not in stations:
            raise BadQuery("station", code, ", ".join(stations))
    return codes or None


def _zone(codes: list[str] | None, stations: Stations) -> ZoneInfo:
    first = next(iter(codes or stations), None)
    return ZoneInfo("UTC") if first is None else stations[first].tz


def _day(asked: Mapping[str, str], name: str) -> date | None:
    text = asked.get(name, "")
    if not text:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery(name, text, "YYYY-MM-DD") from None


def _midnight(day: date, zone: ZoneInfo) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND


def _one_of(asked: Mapping[str, str], name: str, known: tuple[str, ...]) -> str | None:
    text = asked.get(name, "")
    if not text:
        return None
    if text not in known:
        raise BadQuery(name, text, ", ".join(known))
    return text


def _flag(asked: Mapping[str, str], name: str) -> bool:
    text = asked.get(name, "")
    if text in ("", "0", "false"):
        return False
    if text in ("1", "true"):
        return True
    raise BadQuery(name, text, "1, 0")
