"""A list of cases by filter, page by page. The filter stands in the address and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from monitor.cases.summary import Summary, summary_of
from monitor.reports.case_query import FIELDS, BadQuery, case_filter
from monitor.reports.figure_cases import behind_of
from monitor.store.cases import find_cases

if TYPE_CHECKING:
    from monitor.metrics.source import LakeSource
    from monitor.settings.configuration import Configuration
    from monitor.store.database import Database

CARDS = 20
"""Cases on one page of the phone."""


@dataclass(frozen=True, slots=True)
class ListView:
    """The cases [first, first + len(lines)) of `total`. `bad` is the parameter that could not be read."""

    lines: tuple[Summary, ...]
    first: int
    total: int
    asked: Mapping[str, str]
    bad: BadQuery | None

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.asked)


def asked_of(query: Mapping[str, str]) -> dict[str, str]:
    """What an address says of the filter, in the order of `FIELDS`; empty parameters are left out."""
    return {name: query[name].strip() for name in FIELDS if query.get(name, "").strip()}


def search_of(asked: Mapping[str, str], page: int = 1) -> str:
    """The part of an address behind the path: `?station=…&state=…`, empty for everything."""
    told = asked_of(asked)
    if page > 1:
        told["page"] = str(page)
    return "?" + urlencode(told) if told else ""


def page_of(query: Mapping[str, str]) -> int:
    """The page an address asks for, from 1; what is no such number is the first."""
    text = query.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 7 and int(text) > 0 else 1


def list_view(
    database: Database,
    configuration: Configuration,
    query: Mapping[str, str],
    now: int,
    *,
    first: int,
    count: int,
    lake: LakeSource | None = None,
) -> ListView:
    """Reads one stretch of the list. A parameter that cannot be read gives no cases, and says so."""
    asked = asked_of(query)
    try:
        chosen = case_filter(asked, configuration.stations, now, behind_of(lake, configuration, now))
    except BadQuery as bad:
        return ListView((), first, 0, asked, bad)
    page = find_cases(database, chosen, now, limit=count, offset=first)
    lines = tuple(summary_of(state, configuration, now) for state in page.cases)
    return ListView(lines, first, page.total, asked, None)
