"""What the Data page says of deliveries: every row accounted for, refused cells with what would be taken."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import plotly
import pytest

from dashboard.pages import data as page
from dashboard.parts.deliverylist import sum_line
from dashboard.parts.sentence import Speech
from dashboard.views.deliveries import DeliveriesView, Status, adds_up, deliveries_view
from monitor.store.deliveries import Counts, recent_deliveries
from tests.county import NOW, WEST, County
from tests.factories import SHANGHAI


@pytest.fixture
def view(told: County) -> DeliveriesView:
    with told.database.read() as connection:
        return deliveries_view(recent_deliveries(connection, 50), told.services.sources)


def named(view: DeliveriesView, file: str) -> Any:
    return next(row for row in view.rows if row.file == file)


def sent(component: Any) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_the_newest_delivery_stands_first(view: DeliveriesView) -> None:
    assert view.rows[0].file == "坏文件.xlsx"
    received = [row.received_at for row in view.rows]
    assert received == sorted(received, reverse=True)


def test_a_delivery_with_refused_cells_was_taken_in_part(view: DeliveriesView) -> None:
    row = named(view, "交警移交 11-26.csv")
    assert (row.status, row.counts.refusals, row.counts.rows_landed) == (Status.PARTLY, 1, 3)
    assert named(view, "河口 11-26.csv").status is Status.DONE


def test_a_file_that_broke_off_says_why(view: DeliveriesView) -> None:
    row = named(view, "坏文件.xlsx")
    assert (row.status, row.problem) == (Status.FAILED, "truncated_xlsx")


def test_a_corrected_ledger_counts_new_duplicate_and_revised_events(view: DeliveriesView) -> None:
    counts = named(view, "放行台账 11-21.xlsx").counts
    # The weight and the release were corrected, the confirmation told again.
    assert (counts.mapped, counts.events, counts.duplicates, counts.revisions) == (3, 0, 1, 2)
    assert counts.rows_hidden == 1


def test_rows_that_are_no_data_are_counted_apart(view: DeliveriesView) -> None:
    counts = named(view, "放行台账 11-26.xlsx").counts
    assert (counts.rows_read, counts.rows_quarantined, counts.rows_aside) == (3, 1, 2)


def test_counts_add_up_only_when_rows_and_events_both_do() -> None:
    good = Counts(rows_read=4, rows_landed=1, rows_unchanged=1, rows_quarantined=1, rows_aside=1, mapped=3,
                  events=1, duplicates=1, revisions=1)  # fmt: skip
    assert adds_up(good)
    assert not adds_up(replace(good, rows_read=5))
    assert not adds_up(replace(good, duplicates=2))


def test_the_foot_names_the_file_that_does_not_add_up(told: County) -> None:
    with told.database.read() as connection:
        found = recent_deliveries(connection, 2)
    broken = found[1]._replace(counts=replace(found[1].counts, rows_read=99))
    speech = Speech(told.services.texts["zh"], SHANGHAI)
    wrong = sent(sum_line(deliveries_view([found[0], broken], {}).sum, speech))
    assert f"对不上:{broken.name}" in wrong
    assert "对得上:最近 2 份" in sent(sum_line(deliveries_view(found, {}).sum, speech))


def test_an_opened_delivery_shows_the_cell_and_leads_to_its_case(told: County, view: DeliveriesView) -> None:
    row = named(view, "放行台账 11-26.xlsx")
    text = sent(page.drawn(told.services, {"delivery": str(row.delivery_id)}, NOW))
    assert "-3 吨" in text and "台账 第 2 行" in text and "500–500000" in text
    assert f"/case/{WEST}/140423-1-20261126-050" in text
    assert "-3 吨" not in sent(page.drawn(told.services, {}, NOW))


def test_an_address_that_names_no_delivery_opens_none() -> None:
    assert page.delivery_asked({"delivery": "12"}) == 12
    assert page.delivery_asked({"delivery": "-1"}) is None
    assert page.delivery_asked({"delivery": "²"}) is None
    assert page.delivery_asked({}) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_drawn_in_both_languages(
    told: County, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "current_language", lambda _default: language)
    text = sent(page.layout(told.services, {}))
    assert told.services.texts[language].get("data.deliveries.status.failed") in text
    assert '"data.' not in text


def test_an_empty_installation_says_what_will_be_here(tmp_path: Any) -> None:
    empty = County(tmp_path)
    text = sent(page.layout(empty.services, {}))
    assert "还没有送来过文件" in text and "还没有来源" in text
