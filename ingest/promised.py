"""What each source of data promised: by its page, for reports that say which feeds are silent."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.mapping.page import SourcePage
from monitor.cases.event import SECOND
from monitor.reports.weekly.source import Promise


def promises_of(pages: Mapping[str, SourcePage]) -> dict[str, Promise]:
    """By the source's name."""
    return {
        name: Promise(page.feed, None if page.expect_seconds is None else page.expect_seconds * SECOND)
        for name, page in pages.items()
    }
