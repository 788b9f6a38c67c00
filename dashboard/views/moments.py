"""Instants and spans as people read them: 15:44, tomorrow 04:10, 3:20, 2 minutes ago."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.cases.event import DAY, HOUR, SECOND

if TYPE_CHECKING:
    from monitor.settings.texts import Texts

MINUTE = 60 * SECOND


def local(at: int, zone: ZoneInfo) -> datetime:
    """The local time of an instant in microseconds."""
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)


def hours_minutes(span: int) -> str:
    """A span (microseconds) as h:mm, whole minutes that have passed."""
    minutes = max(0, span) // MINUTE
    return f"{minutes // 60}:{minutes % 60:02d}"


def countdown(remaining: int) -> str:
    """Time to a deadline as h:mm, +h:mm past it.

    Rounded up before and down after, so that it fits the clock on the wall (15:44 − 14:32 = 1:12) and 0:00 is
    never shown while time is left.
    """
    if remaining < 0:
        return "+" + hours_minutes(-remaining)
    return hours_minutes(-(-remaining // MINUTE) * MINUTE)


def spoken(span: int, words: Texts) -> str:
    """A span in words, for a screen reader."""
    minutes = abs(span) // MINUTE
    if minutes < 60:
        return words.get("board.spoken.minutes", m=minutes)
    return words.get("board.spoken.hours", h=minutes // 60, m=minutes % 60)


def began_on(at: int, zone: ZoneInfo, words: Texts, *, short: bool = False) -> str:
    """Since which day, of a wait whose hour nobody told."""
    there = local(at, zone)
    key = "board.waited_day_short" if short else "board.waited_day"
    return words.get(key, month=there.month, day=there.day)


def clock_time(at: int, zone: ZoneInfo) -> str:
    """HH:MM on the local clock."""
    return f"{local(at, zone):%H:%M}"


def when(at: int, now: int, zone: ZoneInfo, words: Texts) -> str:
    """The time of day of an instant, with its day where that is not today."""
    there, here = local(at, zone), local(now, zone)
    time = f"{there:%H:%M}"
    days = (there.date() - here.date()).days
    if days == 0:
        return time
    if days == 1:
        return words.get("board.tomorrow", time=time)
    return words.get("board.day", month=there.month, day=there.day, time=time)


def when_briefly(at: int, now: int, zone: ZoneInfo, words: Texts) -> str:
    """The time of day of an instant of today, else only its day: five characters in a narrow list."""
    there = local(at, zone)
    if there.date() == local(now, zone).date():
        return f"{there:%H:%M}"
    return words.get("board.day_short", month=there.month, day=there.day)


def ago(span: int, words: Texts) -> str:
    """How long ago: seconds under a minute, then minutes, hours, days."""
    if span < SECOND:
        return words.get("board.ago.now")
    if span < MINUTE:
        return words.get("board.ago.seconds", n=span // SECOND)
    if span < HOUR:
        return words.get("board.ago.minutes", n=span // MINUTE)
    if span < 2 * DAY:
        return words.get("board.ago.hours", n=span // HOUR)
    return words.get("board.ago.days", n=span // DAY)


def length(span: int, words: Texts) -> str:
    """A span by its largest unit: minutes under two hours, hours under two days, then days."""
    if span < 2 * HOUR:
        return words.get("board.span.minutes", n=span // MINUTE)
    if span < 2 * DAY:
        return words.get("board.span.hours", n=span // HOUR)
    return words.get("board.span.days", n=span // DAY)
