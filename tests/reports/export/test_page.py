"""The page that reads exports knows every datum that a shipped page can bring into the log."""

from __future__ import annotations

from ingest.mapping.page import SourcePage
from ingest.mapping.pages import load_pages
from monitor.reports.export.told import PERSONAL


def keys(page: SourcePage) -> set[str]:
    """Keys of event data that a page fills from columns, or sets."""
    found = {str(path[-1]) for path, _ in page.fills()}
    found |= {key for event in page.events for key in event.set}
    if page.activity is not None and not isinstance(page.activity.codes, str):
        found |= {key for code in page.activity.codes.values() for key in code.set}
    return found


def test_every_datum_of_a_shipped_page_can_be_read_back() -> None:
    pages = load_pages()
    known = keys(pages["xes"])
    unknown = {
        name: lost
        for name, page in pages.items()
        # a statement is held against cases and makes no event
        if page.kind != "statement"
        and (lost := {key for key in keys(page) if not key.endswith(PERSONAL)} - known)
    }
    assert unknown == {}


def test_every_datum_of_a_weighing_can_be_read_back() -> None:
    pages = load_pages()
    known = keys(pages["weighings-exported"])
    unknown = {
        name: lost
        for name, page in pages.items()
        if page.numbered and name != "xes" and (lost := keys(page) - known)
    }
    assert len([page for page in pages.values() if page.numbered]) > 2
    assert unknown == {}
