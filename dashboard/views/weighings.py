"""A page of weighings by filter. The filter stands in the address and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from monitor.cases.terms import Terms
from monitor.cases.weight import axle_sum_differs
from monitor.reports.case_query import BadQuery
from monitor.reports.weighing_rows import FIELDS, WHICH, weighing_filter
from monitor.store.weighing_list import Place, Weighing, find_weighings

__all__ = ["FIELDS", "WHICH"]

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.store.database import Database

ROWS = 50
"""Weighings on one page."""


@dataclass(frozen=True, slots=True)
class WeighingsView:
    """One page, newest first; `bad` is the parameter that could not be read, `next` where the next begins."""

    weighings: tuple[Weighing, ...]
    asked: Mapping[str, str]
    next: Place | None
    bad: BadQuery | None


def asked_of(query: Mapping[str, str]) -> dict[str, str]:
    """What an address says of the filter."""
    return {name: query[name].strip() for name in FIELDS if query.get(name, "").strip()}


def search_of(asked: Mapping[str, str], before: Place | None = None) -> str:
    """The part of an address behind the path."""
    told = asked_of(asked)
    if before is not None:
        told["before"] = f"{before[0]}-{before[1]}"
    return "?" + urlencode(told) if told else ""


def before_of(query: Mapping[str, str]) -> Place | None:
    """Where the page of an address begins; None for the newest."""
    parts = query.get("before", "").split("-")
    if len(parts) == 2 and all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
        return int(parts[0]), int(parts[1])
    return None


def weighings_view(
    database: Database, configuration: Configuration, query: Mapping[str, str], now: int
) -> WeighingsView:
    """Reads one page. A parameter that cannot be read gives no weighings, and says so."""
    asked = asked_of(query)
    try:
        chosen = weighing_filter(asked, configuration.stations, now)
    except BadQuery as bad:
        return WeighingsView((), asked, None, bad)
    page = find_weighings(database, chosen, before=before_of(query), limit=ROWS)
    return WeighingsView(tuple(page.weighings), asked, page.next, None)


def doubts(one: Weighing, terms: Terms | None) -> list[str]:
    """What a person should look at: `limit_differs`, `scale_uncertified`, `axle_sum_differs`."""
    found = []
    rule = one.data.get("rule_kg")
    if one.limit_kg is not None and rule is not None and rule != one.limit_kg:
        found.append("limit_differs")
    if terms is None:
        return found
    scale = one.data.get("scale") or one.data.get("lane")
    if scale is not None and terms.certified(str(scale), one.at) is False:
        found.append("scale_uncertified")
    if axle_sum_differs(one.data, terms.axle_sum_tolerance):
        found.append("axle_sum_differs")
    return found
