"""What the address of a page of figures asks for, and addresses that ask for something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode

from dashboard.views.moments import local
from monitor.cases.event import SECOND
from monitor.reports.case_query import BadQuery, instant

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEKS = (4, 13, 26)
USUAL = 13
VEHICLES = ("truck", "combination")
SPLITS = ("authority", "hour", "weekday")
"""What the hours of the stages may be told apart by."""


@dataclass(frozen=True, slots=True)
class FlowAsk:
    """What an address asks for.

    `since` and `until` are local days, the last one included; both None mean the last `weeks`. `as_of` is in
    microseconds UTC, None is now. `by` tells the stages apart. `unknown` is a station that nobody knows,
    `bad` a parameter that cannot be read.
    """

    weeks: int
    station: str | None
    vehicle: str | None
    unknown: str | None = None
    since: date | None = None
    until: date | None = None
    as_of: int | None = None
    by: str | None = None
    bad: BadQuery | None = None
    path: str = "/flow"
    """The page that was asked."""

    @property
    def name(self) -> str:
        """What texts and files call the page: `flow`, `payments`, `discretion`."""
        return self.path.lstrip("/")

    def address(self, path: str | None = None, /, **changed: str | int | None) -> str:
        """The page, or a file of it, with some things chosen otherwise; other weeks leave chosen days."""
        told: dict[str, str | int | None] = {
            "weeks": self.weeks, "station": self.station, "vehicle": self.vehicle,
            "from": None if self.since is None else self.since.isoformat(),
            "to": None if self.until is None else self.until.isoformat(),
            "by": self.by,
            "as_of": None if self.as_of is None else moment_text(self.as_of),
        }  # fmt: skip
        if "weeks" in changed:
            told |= {"from": None, "to": None}
        told |= changed
        if told["weeks"] == USUAL or (told["from"] and told["to"]):
            told["weeks"] = None
        kept = {name: value for name, value in told.items() if value}
        return (path or self.path) + ("?" + urlencode(kept) if kept else "")

    def behind(self, cell: str, days: tuple[date, date], as_of: int, station: str | None = None) -> str:
        """The list of exactly the cases behind a mark of these days; `station` where it is of one of them."""
        rest = _asked_of_cases(days, station or self.station, self.vehicle, as_of)
        return f"/cases?behind={quote_plus(cell)}&{rest}"

    def days(self, today: date) -> tuple[date, date]:
        """First and last local day; `weeks` begin with a Monday and end with `today`."""
        if self.since is not None and self.until is not None:
            return self.since, self.until
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(days=7 * (self.weeks - 1)), today

    def today(self, now: int, zone: ZoneInfo) -> date:
        """The local day of the moment that is asked for."""
        return local(now if self.as_of is None else self.as_of, zone).date()


@lru_cache(maxsize=64)
def _asked_of_cases(days: tuple[date, date], station: str | None, vehicle: str | None, as_of: int) -> str:
    # A page has some hundred marks that ask for the same but for their cell.
    since, until = days
    told = {
        "period": f"{since}/{until}", "station": station, "vehicle": vehicle, "as_of": moment_text(as_of),
    }  # fmt: skip
    return urlencode({name: value for name, value in told.items() if value})


def moment_text(at: int) -> str:
    """An instant as an address carries it, to the microsecond."""
    whole = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return f"{whole:%Y-%m-%dT%H:%M:%S}" + (f".{at % SECOND:06d}" if at % SECOND else "") + "Z"


def flow_ask(
    query: Mapping[str, str],
    stations: Mapping[str, object],
    path: str = "/flow",
    splits: Sequence[str] = SPLITS,
) -> FlowAsk:
    """What an address asks for; a number of weeks, a vehicle or a split (of `splits`) nobody offers is the
    usual one."""
    text = query.get("weeks", "")
    weeks = int(text) if text.isdecimal() and int(text) in WEEKS else USUAL
    station = query.get("station") or None
    vehicle, by = query.get("vehicle"), query.get("by")
    known = station is None or station in stations
    since = until = as_of = bad = None
    try:
        since, until = _days(query)
        as_of = instant(query, 0) or None
    except BadQuery as error:
        bad = error
    return FlowAsk(
        weeks,
        station if known else None,
        vehicle if vehicle in VEHICLES else None,
        None if known else station,
        since,
        until,
        as_of,
        by if by in splits else None,
        bad,
        path,
    )


def _days(query: Mapping[str, str]) -> tuple[date | None, date | None]:
    found: list[date | None] = []
    for name in ("from", "to"):
        text = query.get(name, "")
        try:
            found.append(date.fromisoformat(text) if text else None)
        except ValueError:
            raise BadQuery(name, text, "YYYY-MM-DD") from None
    since, until = found
    if (since is None) != (until is None):
        raise BadQuery("from" if since is None else "to", "", "YYYY-MM-DD")
    if since is not None and until is not None and until < since:
        raise BadQuery("to", until.isoformat(), f"≥ {since.isoformat()}")
    return since, until
