"""Sources and whether they still speak: what was last heard of each against how often it should come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.cases.activity import Activity
from monitor.cases.event import DAY, HOUR, SECOND

if TYPE_CHECKING:
    from ingest.mapping.page import SourcePage
    from monitor.settings.entry import Name
    from monitor.store.board import FeedSeen

UNITS = {"m": 60 * SECOND, "h": HOUR, "d": DAY}


@dataclass(frozen=True, slots=True)
class Feed:
    """One source. `every` is the span within which something should come, None where nothing is promised;
    spans and instants in microseconds. `label` is None for a source without a page."""

    source: str
    label: Name | None
    last_at: int
    every: int | None
    silent: bool
    brings: frozenset[str]


def span_of(text: str | None) -> int | None:
    """`30m`, `12h`, `7d` as microseconds."""
    found = re.fullmatch(r"(\d+)\s*([mhd])", text or "")
    return None if found is None else int(found[1]) * UNITS[found[2]]


def feeds_view(seen: Mapping[str, FeedSeen], pages: Mapping[str, SourcePage], now: int) -> tuple[Feed, ...]:
    """Every source that ever delivered, in the order of the configuration. One that promised nothing is never
    silent; one that never delivered is not missed, since nobody has set it up."""
    order = {name: position for position, name in enumerate(pages)}
    feeds = []
    for name in sorted(seen, key=lambda one: (order.get(one, len(order)), one)):
        page, last_at = pages.get(name), seen[name].last_at
        every = None if page is None else span_of(page.expect_every)
        feeds.append(
            Feed(
                name,
                None if page is None else page.feed,
                last_at,
                every,
                every is not None and now - last_at > every,
                frozenset() if page is None else activities_of(page),
            )
        )
    return tuple(feeds)


def activities_of(page: SourcePage) -> frozenset[str]:
    """The activities that a source can bring; an event file that uses the shared codes can bring any."""
    if page.kind == "ledger":
        return frozenset(event.activity.value for event in page.events)
    if page.kind == "statement":
        return frozenset()
    if page.activity is None or isinstance(page.activity.codes, str):
        return frozenset(activity.value for activity in Activity)
    return frozenset(code.activity.value for code in page.activity.codes.values())


def silent_activities(feeds: tuple[Feed, ...]) -> frozenset[str]:
    """Activities that some source would bring, and every source that would is silent."""
    brought = frozenset[str]().union(*(feed.brings for feed in feeds if feed.silent))
    return brought.difference(*(feed.brings for feed in feeds if not feed.silent))
