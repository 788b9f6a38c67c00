"""The list of cases: the filter in the address, rows for the grid, and words where there are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import plotly
import pytest

from dashboard.pages import cases as page
from dashboard.parts.caselist import FIELD_IDS, grid_row
from dashboard.views.cases import asked_of, list_view, page_of, search_of
from monitor.cases.summary import summary_of
from monitor.reports.case_list import COLUMNS, cells
from tests.county import BEFORE_START, CORRECTED, DAYS_ONLY, NORTH, NOW, PAYING, RING, WITHDRAWN, County
from tests.factories import state


def sent(component: Any) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def found(told: County, **query: str) -> list[tuple[str, str]]:
    view = list_view(told.database, told.configuration, query, NOW, first=0, count=50)
    assert view.bad is None
    return [(one.station, one.case_no) for one in view.lines]


def row(told: County, key: tuple[str, str], language: str = "zh") -> dict[str, Any]:
    view = list_view(told.database, told.configuration, {"text": key[1]}, NOW, first=0, count=5)
    return grid_row(view.lines[0], told.configuration.stations, NOW, told.services.texts[language])


def test_the_filter_goes_through_the_address_and_back() -> None:
    asked = {"station": NORTH, "from": "2026-11-20", "text": "晋D 1&2", "findings": "1"}
    search = search_of({**asked, "state": "", "lang": "en"})
    assert page.read_search(search) == asked
    assert asked_of(page.read_search(search)) == asked


def test_a_page_number_that_is_none_is_the_first_page() -> None:
    assert [page_of({"page": text}) for text in ("3", "0", "-2", "x", "²", "99999999")] == [3, 1, 1, 1, 1, 1]


def test_what_the_fields_say_becomes_the_address() -> None:
    values = {
        "station": NORTH,
        "state": None,
        "from": "",
        "to": None,
        "authority": "",
        "text": "x",
        "findings": True,
    }
    asked = page.asked_by([values[name] for name in FIELD_IDS])
    assert search_of(asked) == f"?station={NORTH}&text=x&findings=1"


def test_the_list_is_narrowed_by_station_state_text_and_findings(told: County) -> None:
    assert set(found(told, station=NORTH)) == {CORRECTED, DAYS_ONLY}
    assert found(told, state="overdue") == [WITHDRAWN]
    assert found(told, text="88K2") == [CORRECTED]
    assert set(found(told, findings="1")) == {CORRECTED, BEFORE_START}


def test_the_days_of_the_filter_are_local_and_both_included(told: County) -> None:
    # Confirmed on the 25th at 18:20 local time, on the 24th at 22:00, and the whole of the 24th.
    assert found(told, **{"from": "2026-11-25", "to": "2026-11-25"}) == [PAYING]
    assert set(found(told, **{"from": "2026-11-24", "to": "2026-11-24"})) == {WITHDRAWN, DAYS_ONLY}


def test_a_row_of_the_grid_is_masked_text_with_the_word_of_its_state(told: County) -> None:
    line = row(told, PAYING)
    assert line["plate"] == "晋D·1**45"
    assert (line["state"], line["sign"]) == ("临近时限", "triangle")
    assert (line["confirmed"], line["deadline"], line["released"]) == ("11-25 18:20", "11-26 18:20", "—")
    assert (line["hours"], line["over_kg"], line["over_percent"]) == ("20:12", "12,420", "25.3")
    assert line["waiting"] == "缴款失败 2 次 · 交警"
    assert line["address"] == f"/case/{PAYING[0]}/{PAYING[1]}"


@pytest.mark.parametrize(
    ("station", "gross_kg", "shown"),
    [
        (NORTH, 52_300, ("称重超限", "3,300", "6.7")),
        (NORTH, 49_000, ("称重未超限", "未超限", "—")),
        (NORTH, 46_800, ("称重未超限", "未超限", "—")),
        # off the site nobody confirms or holds on the spot
        (RING, 52_300, ("不扣车", "3,300", "6.7")),
    ],
)
def test_a_weighing_that_nothing_followed_is_shown_as_what_it_is(
    told: County, station: str, gross_kg: int, shown: tuple[str, str, str]
) -> None:
    weighed = state(station=station, verdict="not_held", custody=False, gross_kg=gross_kg, limit_kg=49_000)
    words = told.services.texts["zh"]
    line = grid_row(summary_of(weighed, told.configuration, NOW), told.configuration.stations, NOW, words)
    assert (line["state"], line["over_kg"], line["over_percent"]) == shown
    file = cells(summary_of(weighed, told.configuration, NOW), told.configuration.stations, words)
    assert file[0] == shown[0]
    assert file[COLUMNS.index("over_kg")] == max(gross_kg - 49_000, 0)


def test_a_day_is_shown_as_a_day_in_the_grid(told: County) -> None:
    line = row(told, DAYS_ONLY)
    assert (line["confirmed"], line["released"], line["hours"]) == ("11-24 仅日期", "11-25 仅日期", "—")


def test_the_export_links_carry_the_filter_of_the_page(told: County) -> None:
    text = sent(page.layout(told.services, {"state": "overdue", "text": "1124"}))
    assert "/api/v1/cases.csv?state=overdue&text=1124" in text
    assert "/api/v1/cases.xlsx?state=overdue&text=1124" in text


def test_the_phone_gets_cards_and_no_more_than_a_page_of_them(told: County) -> None:
    view = page.read(told.services, {}, 0, 3, NOW)
    assert (len(view.lines), view.total) == (3, 6)


def test_a_parameter_that_cannot_be_read_is_named_with_what_would_be_accepted(told: County) -> None:
    text = sent(page.drawn(told.services, {"from": "2026-13-01"})["trouble"])
    assert "from=2026-13-01" in text and "YYYY-MM-DD" in text


def test_no_matches_and_no_cases_at_all_are_told_apart(told: County, tmp_path: Path) -> None:
    assert "没有这样的案件" in sent(page.drawn(told.services, {"text": "zzz"})["trouble"])
    assert "还没有案件" in sent(page.drawn(County(tmp_path).services, {})["trouble"])
    assert page.drawn(told.services, {})["trouble"] is None
