"""The list of weighings: its filter in the address, plates masked, and what a person should look at."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import plotly
import pytest

from dashboard.address import read_search
from dashboard.pages import weighings as page
from dashboard.views.weighings import asked_of, before_of, doubts, search_of, weighings_view
from monitor.store.weighing_list import Weighing
from tests.county import NOW, County
from tests.factories import at, terms


def sent(component: Any) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def weighing(**told: Any) -> Weighing:
    one = Weighing(
        at("2024-11-26 08:00"), 1, "14042301", "C-1", False, "晋D12345", 6, 48_000, 49_000, None, False, {}
    )
    return one._replace(**told)


def test_filter_and_page_go_through_the_address_and_back() -> None:
    asked = {"station": "14042301", "from": "2024-11-20", "which": "over"}
    search = search_of(asked, (1_700_000_000_000_000, 42))
    query = read_search(search)
    assert (asked_of(query), before_of(query)) == (asked, (1_700_000_000_000_000, 42))
    assert [before_of({"before": text}) for text in ("", "1", "a-b", "1-2-3", "-1-2", "9" * 20 + "-1")] == [
        None
    ] * 6


@pytest.mark.parametrize(
    ("name", "value"), [("which", "heavy"), ("from", "yesterday"), ("station", "nowhere")]
)
def test_what_cannot_be_read_is_said_and_shows_nothing(told: County, name: str, value: str) -> None:
    view = weighings_view(told.database, told.configuration, {name: value}, NOW)
    assert view.bad is not None
    assert (view.bad.name, view.weighings) == (name, ())


def test_the_list_masks_plates_and_leads_to_the_cases(told: County) -> None:
    text = sent(page.drawn(told.services, {}))
    assert "fx-weighings" in text
    assert "晋D12345" not in text
    assert "/case/" in text


def test_another_limit_an_uncertified_scale_and_axles_that_do_not_add_up_are_shown() -> None:
    assert doubts(weighing(data={"rule_kg": 49_000}), terms()) == []
    odd = weighing(
        data={"rule_kg": 46_000, "scale": "W1", "gross_kg": 48_000, "axle_weights_kg": [20_000, 20_000]}
    )
    under = replace(terms(), certified=lambda scale, moment: False)
    assert doubts(odd, under) == ["limit_differs", "scale_uncertified", "axle_sum_differs"]
