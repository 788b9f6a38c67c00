"""The list of differences: by filter, page by page, each with its case, its line and its history."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from dashboard.pages.payments import differences
from dashboard.parts.differencelist import figures
from dashboard.parts.sentence import Speech
from dashboard.views.differences import (
    ROWS,
    DifferenceAsk,
    DifferencesView,
    difference_ask,
    differences_view,
)
from monitor.actions.differences import assign, close
from monitor.cases.event import DAY
from monitor.server import create_app, install
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.difference_list import NOBODY
from monitor.store.differences import Difference, Found, write_differences
from tests.dashboard.links import addresses
from tests.engines import ENGINES, database_on
from tests.factories import SENDER, SHANGHAI, at

NOW = at("2026-11-26 12:00")
WEST, NORTH = "14042301", "14042302"


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        yield database


def found(number: int, kind: str = "amount_differs", station: str = WEST, days: int = 3) -> Found:
    return Found(
        f"{number:032x}", kind, station, f"A-{number}", f"C{number}", f"L{number}", NOW - days * DAY,
        "2026-11-23", "2026-W48", 80_000, 8_000, {},
    )  # fmt: skip


def write(database: Database, *given: Found) -> None:
    with database.write() as connection:
        write_differences(connection, given, lambda subject: "matched", NOW)


def seen(database: Database, station: str | None = None, **query: str) -> DifferencesView:
    return differences_view(database, station, difference_ask(query), NOW)


def test_filters_keep_what_they_say_and_the_counts_of_kinds_stay(database: Database) -> None:
    write(database, found(1), found(2, "not_posted", NORTH), found(3, "not_posted"), found(4, "paid_twice"))
    assign(database, SENDER, 3, "赵", now=NOW)
    close(database, SENDER, 4, "已退", now=NOW)

    def ids(**query: str) -> list[int]:
        return [line.difference.id for line in seen(database, **query).lines]

    assert ids() == [1, 2, 3]
    assert (ids(kind="not_posted"), ids(state="closed"), ids(state="all")) == ([2, 3], [4], [1, 2, 3, 4])
    assert (ids(owner="赵"), ids(owner=NOBODY), ids(kind="moon")) == ([3], [1, 2], [1, 2, 3])
    one = seen(database, NORTH, kind="amount_differs")
    assert (one.total, one.n_open, one.owners) == (0, 1, ("赵",))
    assert {kind.kind: kind.n for kind in seen(database, kind="paid_twice").kinds} == {
        "amount_differs": 1, "not_posted": 2,
    }  # fmt: skip


def test_pages_hold_ten_and_the_one_that_is_worked_on_is_there_with_its_history(database: Database) -> None:
    write(database, *(found(n) for n in range(1, 13)))
    close(database, SENDER, 12, "已核", now=NOW + 2 * DAY)
    first, second = seen(database), seen(database, page="2")
    assert (len(first.lines), first.total, first.pages, len(second.lines)) == (ROWS, 11, 2, 1)
    worked = seen(database, difference="12")
    assert (worked.lines[0].difference.id, len(worked.lines)) == (12, ROWS + 1)
    assert [step.step for step in worked.history] == ["opened", "closed"]
    # Its age ends with its closing.
    assert worked.lines[0].days == 5
    assert seen(database, difference="99").history == ()
    assert worked.last == 13


def test_an_address_keeps_the_filter_and_another_filter_begins_with_its_first_page() -> None:
    asked = difference_ask({"kind": "not_posted", "owner": "赵", "page": "3", "state": "all"})
    assert asked == DifferenceAsk("not_posted", "all", "赵", 3, None)
    same = {"kind": "not_posted", "state": "all", "owner": "赵"}
    assert asked.told(difference=7) == {**same, "page": 3, "difference": 7}
    assert asked.told(kind="paid_twice") == {**same, "kind": "paid_twice"}
    assert asked.told(page=2) == {**same, "page": 2}
    assert difference_ask({"state": "lost", "difference": "1e9", "page": "x"}) == DifferenceAsk(
        None, "open", None, 1, None
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("amount_differs", ["应为 800 元", "对账单 80 元"]),
        ("paid_twice", ["多出 80 元"]),
        ("not_posted", ["已缴 800 元", "对账单 80 元"]),
    ],
)
def test_amounts_say_whose_they_are(kind: str, said: list[str]) -> None:
    told = found(1, kind)
    one = Difference(1, *told[:11], {}, None, "open", None, None, None)
    assert figures(one, Speech(texts("zh"), SHANGHAI, 2026)) == said


def test_a_line_of_a_statement_leads_to_its_delivery_and_row(tmp_path: Path) -> None:
    code = "140423000011112222"
    line = {"line": "L1", "payment_code": code, "amount(yuan)": 500, "posted_at": "2026-11-20"}
    with patch("monitor.server.now", lambda: NOW):
        made = install(Settings(data_dir=tmp_path))
        client = TestClient(create_app(made), base_url="http://127.0.0.1")
        before, _ = differences(made.services, {})
        assert "还没有收到财政的对账单" in str(before)
        assert client.post("/api/v1/statements", json=[line]).status_code == 200
        until = time.monotonic() + 20
        while not seen(made.database).lines and time.monotonic() < until:
            time.sleep(0.05)
        [told] = seen(made.database).lines
        assert told.place is not None and told.place.row >= 1
        node, _ = differences(made.services, {"difference": str(told.difference.id)})
        client.close()
        made.database.dispose()
    assert f"/data?delivery={told.place.delivery_id}" in list(addresses([node]))
    assert "…11112222" in str(node) and "找不到对应的案件" in str(node) and "没有对应的案件" in str(node)
