"""Why an answer holds nothing: what pages, command line and API say in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.cases.event import SECOND

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.metrics.ask import Ask
    from monitor.metrics.extent import Extent
    from monitor.settings.texts import Texts


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why there is nothing: `no_data` at all, `before_receipt` of anything (which began at `at`, microseconds
    UTC), a `future` period (from `day` on, YYYY-MM-DD), `before_data` (which begin with `day`), `after_data`
    (which end with it), or `none` of what is counted lies in the period."""

    code: str
    at: int | None = None
    day: str | None = None


FIELDS = {"before_receipt": "first", "future": "since", "before_data": "first", "after_data": "last"}
"""What the text `flow.nothing.<code>` calls the moment or the day that it names."""


def why_nothing(
    extent: Extent | None, since: date | None, last: date | None, today: date, as_of: int
) -> Nothing:
    """Of local days from `since` to `last`, both included, None open; `today` is the local day of `as_of`."""
    if extent is None:
        return Nothing("no_data")
    if as_of < extent.known_from:
        return Nothing("before_receipt", at=extent.known_from)
    if since is not None and since > today:
        return Nothing("future", day=since.isoformat())
    if last is not None and last.isoformat() < extent.first:
        return Nothing("before_data", day=extent.first)
    if since is not None and since.isoformat() > extent.last:
        return Nothing("after_data", day=extent.last)
    return Nothing("none")


def holds_nothing(metric: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an answer counts nothing; every hour of the week has a row, also where nothing happened."""
    if metric == "hours_of_week":
        return not any(row["arrivals"] or row["releases"] for row in rows)
    return not rows


def why_asked(extent: Extent | None, ask: Ask, zone: ZoneInfo) -> Nothing:
    """The same of a question; `zone` tells the local day of its moment."""
    today = datetime.fromtimestamp(ask.as_of // SECOND, UTC).astimezone(zone).date()
    last = None if ask.until is None else ask.until - timedelta(days=1)
    return why_nothing(extent, ask.since, last, today, ask.as_of)


def in_words(nothing: Nothing, texts: Texts, zone: ZoneInfo) -> str:
    """The sentence that pages say too, with its moment in a zone."""
    if nothing.code == "none":
        return texts.get("cli.metrics.none")
    told = nothing.day
    if nothing.at is not None:
        local = datetime.fromtimestamp(nothing.at // SECOND, UTC).astimezone(zone)
        told = f"{local:%Y-%m-%d %H:%M}"
    field = FIELDS.get(nothing.code)
    return texts.get(f"flow.nothing.{nothing.code}", **({} if field is None else {field: told}))
