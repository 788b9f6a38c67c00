"""When a silence ends: after a span that is offered, or at a day and time of its station."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.views.moments import local
from monitor.cases.event import DAY, HOUR, SECOND

SPANS = (HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY)
"""How long a silence may be chosen to last, as far as that is allowed."""
CHOSEN = "at"
"""In the place of a span: the end is written beside it."""


def offered_spans(longest: int) -> list[int]:
    """The spans that are allowed where `longest` microseconds are."""
    return [span for span in SPANS if span <= longest]


def end_of(chosen: str, written: str, now: int, zone: ZoneInfo) -> int | None:
    """The end as a form tells it: whole hours from now, or a local day and time; None where it is neither.

    Of a time that the clock shows twice the first counts; of one that it skips, as much later as was skipped.
    """
    if chosen != CHOSEN:
        return now + int(chosen) * HOUR if chosen.isascii() and chosen.isdecimal() else None
    try:
        there = datetime.fromisoformat(written.strip())
        if "T" not in written or there.tzinfo is not None:
            return None
        return round(there.replace(tzinfo=zone).astimezone(UTC).timestamp()) * SECOND
    except (ValueError, OverflowError):
        return None


def first_end(now: int, longest: int, zone: ZoneInfo) -> datetime:
    """What stands in the field before anybody writes: a day from now, or as long as is allowed; to the
    minute, on the local clock."""
    return local(now + min(DAY, longest), zone).replace(second=0, microsecond=0, tzinfo=None)


def bounds(now: int, longest: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last end that is allowed, to the minute, on the local clock."""
    first = local(now, zone).replace(second=0, microsecond=0, tzinfo=None) + timedelta(minutes=1)
    return first, local(now + longest, zone).replace(second=0, microsecond=0, tzinfo=None)
