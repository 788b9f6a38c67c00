"""What a message says: a line for each flag, as many as the provider takes, and how many there are in all.

Plates are masked: until people sign in, nobody is known to be allowed more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.alerts.providers.target import Message
from monitor.cases.event import SECOND
from monitor.cases.plate import masked_plate
from monitor.settings.alert_delivery import AlertChannel
from monitor.settings.entry import Name
from monitor.settings.texts import Texts

SHOWN_NUMBER = 12
"""Characters of a message's number that its text shows: two messages with one are the same."""
SENDING = "sending:"
"""Before the name of a way out that fails, in the place of a clock."""
_THRESHOLD = re.compile(r"(left|over)-(\d+)([smhd])")
LONGEST_NAME = 80
"""Characters of a case number or of a name in a line; more is cut, so that one line always fits."""


@dataclass(frozen=True, slots=True)
class Told:
    """A flag as a message tells it. `due_at`: the true instant, microseconds. `link`: where it is taken over,
    None where there is no such page."""

    case_no: str | None
    plate: str | None
    clock: str
    threshold: str
    due_at: int
    link: str | None = None


def compose(
    told: Sequence[Told],
    station: str,
    number: str,
    zone: ZoneInfo,
    words: Texts,
    longest: int,
    names: Mapping[str, str] | None = None,
) -> Message:
    """The message of flags of one station (its name; empty for what belongs to none), no longer than
    `longest` bytes. What finds no room is counted: "and 13 more". `names`: as `clock_name`."""
    ordered = sorted(told, key=lambda one: (one.due_at, one.case_no or ""))
    place = station or words.get("delivery.no_station")
    title = words.get("delivery.title", station=place, n=len(ordered))
    foot = words.get("delivery.number", number=number[:SHOWN_NUMBER])
    lines: list[str] = []
    for one in ordered:
        tried = [*lines, _entry(one, zone, words, names)]
        if _size(_text(title, tried, len(ordered) - len(tried), foot, words)) > longest:
            break
        lines = tried
    text = _text(title, lines, len(ordered) - len(lines), foot, words)
    return Message(title, text, tuple(_data(one, zone) for one in ordered))


def what(clock: str, threshold: str, words: Texts, names: Mapping[str, str] | None = None) -> str:
    """What a flag is about, in words: a clock and how far it is. `names`: as `clock_name`."""
    kind, named = clock.partition(":")[0], clock_name(clock, words, names)
    found = _THRESHOLD.fullmatch(threshold)
    if found is not None:
        side, n, unit = found.groups()
        return words.get(f"delivery.{side}", what=named, span=words.get(f"delivery.span.{unit}", n=n))
    said = _AT_THE_LIMIT.get(kind)
    return named if said is None else words.get(said, what=named)


def clock_names(
    feeds: Mapping[str, Name | None], jobs: Iterable[str], channels: Mapping[str, AlertChannel], words: Texts
) -> dict[str, str]:
    """What feeds, jobs and channels are called, by their clocks; of what has no name its key is said."""
    told = {f"feed:{key}": name.in_language(words.language) for key, name in feeds.items() if name}
    told |= {f"{SENDING}{key}": channel_name(key, one, words) for key, one in channels.items()}
    return told | {f"job:{job}": words.find(f"jobs.called.{job}") or job for job in jobs}


def channel_name(name: str, channel: AlertChannel, words: Texts) -> str:
    """A channel by its kind; with its own name where that says more."""
    kind = words.get(f"flags.channels.{channel.kind}")
    return kind if name == channel.kind else words.get("flags.channel", kind=kind, name=name)


def clock_name(clock: str, words: Texts, names: Mapping[str, str] | None = None) -> str:
    """What a clock is called. `names`: what feeds and jobs are called, by their clocks."""
    kind, _, name = clock.partition(":")
    name = (names or {}).get(clock, name)
    named = words.find(f"delivery.clock.{clock.replace(':', '.')}")
    if named is not None:
        return named
    named = words.find(f"delivery.clock_of.{kind}") or words.get("delivery.clock_of.other")
    # Of a payment channel the station is said beside it.
    name = name.rpartition(":")[2] if kind == "channel" else name
    shown = next((told for one in _NAMES.get(kind, ()) if (told := words.find(f"{one}.{name}"))), None)
    return named.replace("{name}", (shown or name or kind)[:LONGEST_NAME])


_NAMES = {"finding": ("delivery.finding", "rules.findings"), "channel": ("channels",)}
"""Where the names of such clocks have their words."""


def briefly(clock: str, threshold: str, words: Texts) -> str:
    """The same in few words, for a row of the board, which is about clock A."""
    found = _THRESHOLD.fullmatch(threshold)
    if clock == "a" and found is not None:
        side, n, unit = found.groups()
        return words.get(f"delivery.brief.{side}", span=words.get(f"delivery.span.{unit}", n=n))
    return words.find(f"delivery.brief.{clock.replace(':', '.')}") or what(clock, threshold, words)


_AT_THE_LIMIT = {**dict.fromkeys(("a", "b", "c", "legal"), "delivery.due"), "step": "delivery.took_long"}
"""How clocks say that their limit is reached; the others say by themselves what is the matter."""


def _entry(one: Told, zone: ZoneInfo, words: Texts, names: Mapping[str, str] | None) -> str:
    moment = datetime.fromtimestamp(one.due_at / SECOND, zone)
    about = what(one.clock, one.threshold, words, names)
    when = words.get("delivery.when", month=moment.month, day=moment.day, time=moment.strftime("%H:%M"))
    case = " ".join(part for part in ((one.case_no or "")[:LONGEST_NAME], masked_plate(one.plate)) if part)
    line = words.get("delivery.line", case=case, what=about, when=when) if case else f"{about} {when}"
    line = " ".join(line.split())
    return line if one.link is None else f"{line}\n{words.get('delivery.take', link=one.link)}"


def _text(title: str, lines: Sequence[str], left: int, foot: str, words: Texts) -> str:
    more = [words.get("delivery.more", n=left)] if left else []
    return "\n".join([title, *lines, *more, foot])


def _size(text: str) -> int:
    return len(text.encode())


def _data(one: Told, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "case_no": one.case_no,
        "plate": masked_plate(one.plate),
        "clock": one.clock,
        "threshold": one.threshold,
        "due_at": datetime.fromtimestamp(one.due_at / SECOND, UTC).astimezone(zone).isoformat(),
        "link": one.link,
    }
