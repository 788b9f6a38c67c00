"""A cell of a figure in words: what a list that was opened from a mark holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboard.parts.flow_stages import authority_name
from dashboard.parts.sentence import Speech
from dashboard.views.flow_findings import week_number
from monitor.reports.case_query import BadQuery, instant, period

if TYPE_CHECKING:
    from monitor.settings.texts import Texts

PAYMENTS = ("paid", "payment_failures", "payment_time", "payment_outages", "waiting")
_CUT = re.compile(
    r"(channel\.(?P<channel>\w+)|(?P<what>\w+))"
    r"(\.authority\.(?P<authority>\w+))?(\.hour\.(?P<hour>\d+))?(\.(?P<days>work|off))?"
)
_OUTAGE = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)\.(?P<hour>\d+)|hour\.(?P<any>\d+)")


def behind_words(asked: Mapping[str, str], now: int, zone: ZoneInfo, words: Texts) -> str | None:
    """The mark, its period and as of when; None for a list that was not opened from one."""
    cell = asked.get("behind")
    if not cell:
        return None
    speech = Speech(words, zone)
    try:
        since, until = period(asked)
        at = instant(asked, now)
    except BadQuery:
        return cell
    days = words.get("flow.days", since=since, until=until) if since is not None else ""
    if cell.startswith("ages."):
        days = ""
    as_of = words.get("flow.as_of", at=speech.moment(at))
    vehicle = asked.get("vehicle")
    kind = None if vehicle is None else words.find(f"flow.vehicle.{vehicle}")
    parts = [part for part in (_mark(cell, words), days, kind, as_of) if part]
    return words.get("flow.behind.line", what=" · ".join(parts))


def _mark(cell: str, words: Texts) -> str:
    figure, _dot, rest = cell.partition(".")
    fixed = words.find(f"flow.behind.{figure}.{rest}")
    if fixed is not None:
        return fixed
    if figure == "weeks":
        return words.get("flow.behind.week", week=week_number(rest.partition(".")[0]))
    if figure == "gaps":
        return words.get("flow.behind.gap")
    if figure == "stages":
        return _stage(rest, words)
    if figure in FINES:
        return _fine(figure, rest, words) or cell
    if figure in PAYMENTS:
        return _payment(figure, rest, words) or cell
    hours = re.fullmatch(r"(\w+)\.(\d+)(\+|-\d+)?", rest)
    if figure == "hours" and hours is not None:
        kind, low, end = hours.groups()
        high = "…" if end == "+" else end[1:] if end else int(low) + 1
        return words.get(f"flow.behind.hours.{kind}", low=low, high=high)
    if figure in ("arrivals", "releases") and rest.isdecimal():
        day, hour = divmod(int(rest), 24)
        name = words.get(f"board.week.{day % 7 + 1}")
        return words.get(f"flow.behind.{figure}.at", day=name, hour=hour)
    return cell


def _stage(rest: str, words: Texts) -> str:
    name, *apart = rest.split(".")
    stage = words.find(f"flow.stage.{name}") or name
    if len(apart) != 2:
        return stage
    by, value = apart
    if by == "authority":
        return f"{stage} · {authority_name(None if value == 'unknown' else value, words)}"
    if by == "hour":
        return f"{stage} · {words.get('flow.behind.at_hour', hour=value)}"
    return f"{stage} · {words.get(f'board.week.{int(value) + 1}')}"


FINES = ("fines", "fine_points", "fine_places", "fine_units", "findings", "exemptions", "repeats")


def _fine(figure: str, rest: str, words: Texts) -> str | None:
    """A cell of the figures of fines."""
    if figure == "fines":
        what, _, authority = rest.partition(".")
        said = words.find(f"discretion.behind.fines.{what}")
        return f"{said} · {authority_name(authority, words)}" if said and authority else said
    if figure == "findings":
        name = words.find(f"rules.findings.{rest}") or rest
        return words.get("discretion.behind.finding", name=name)
    if figure == "exemptions":
        kind, _, what = rest.partition(".")
        name = words.find(f"rules.exemptions.{kind}") or kind
        said = words.find(f"discretion.behind.exemptions.{what or 'met'}")
        return f"{name} · {said}" if said else None
    if figure == "repeats":
        if rest == "unread":
            return words.get("discretion.behind.repeats.unread")
        key = "discretion.behind.repeats.from" if rest.endswith("+") else "discretion.behind.repeats.times"
        return words.get(key, acts=rest.rstrip("+"))
    if figure == "fine_places":
        part = rest.rpartition("~")[2]
        if part == "all":
            return words.get("discretion.behind.place_all")
        return words.get("discretion.behind.place", part=int(part) + 1) if part.isdecimal() else None
    if figure == "fine_units":
        kind, _, told = rest.partition("~")
        name = told.partition("~")[2].replace("~", " ")
        unit = words.find(f"discretion.unit_of.{kind}") or kind
        return words.get("discretion.behind.unit", kind=unit, name=name)
    told_apart = rest.split(".")
    kind_said = words.find(f"discretion.kind.{told_apart[3]}") if len(told_apart) == 6 else None
    if kind_said is None:
        return None
    authority = authority_name(told_apart[0], words)
    return words.get("discretion.behind.point", authority=authority, what=kind_said)


def _payment(figure: str, rest: str, words: Texts) -> str | None:
    """A cell of the figures of payments: what, by which channel, of whose fines, at which hour."""
    fixed = words.find(f"payments.behind.{figure}.{rest}")
    if fixed is not None:
        return fixed
    name = words.find(f"payments.behind.{figure}") or figure
    outage = _OUTAGE.fullmatch(rest)
    if outage is not None:
        hour = words.get("payments.behind.hour", hour=outage["hour"] or outage["any"])
        return " · ".join([name, *([outage["date"]] if outage["date"] else []), hour])
    cut = _CUT.fullmatch(rest)
    if cut is None:
        return None
    what, channel = cut["what"], cut["channel"]
    parts = [name]
    if channel is not None:
        parts.append(words.find(f"channels.{channel}") or channel)
    elif what != "all":
        parts.append(words.find(f"payments.way.{what}") or words.find(f"payments.behind.{what}") or what)
    if cut["authority"] is not None:
        unknown = cut["authority"] == "unknown"
        parts.append(words.get("payments.unknown") if unknown else authority_name(cut["authority"], words))
    if cut["hour"] is not None:
        parts.append(words.get("payments.behind.hour", hour=cut["hour"]))
    if cut["days"] is not None:
        parts.append(words.get(f"payments.hours.days.{cut['days']}"))
    return " · ".join(parts)
