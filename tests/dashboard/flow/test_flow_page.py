"""The Flow page of a simulated county: every kind of mark opens a list of as many cases as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from dashboard.address import read_search
from dashboard.pages.flow import page_of
from dashboard.parts import flow as parts
from dashboard.parts.behind import behind_words
from dashboard.parts.figure_cards import refused
from dashboard.parts.flow_files import FIGURES, file_of
from dashboard.parts.sentence import Speech
from dashboard.services import Services
from dashboard.views.cases import list_view
from dashboard.views.flow import FlowView, flow_view
from dashboard.views.snapshot import zone_of
from monitor.actions.rebasing import rebase
from monitor.metrics.rate_chart import Kind
from monitor.server import create_app
from tests.browser.served import MOMENT, Served, served_county
from tests.dashboard.links import addresses
from tests.factories import SENDER

ALIKE = r"\d+|(?<=authority\.)\w+|(?<=stages\.)\w+(?=\.)"
"""What tells marks of one kind apart: numbers, authorities, and the stage where the hours are told apart."""


@dataclass
class Shown:
    """A page as it is drawn."""

    services: Services
    served: Served
    view: FlowView
    nodes: list[Any]

    @property
    def addresses(self) -> list[str]:
        return list(dict.fromkeys(addresses(self.nodes)))

    @property
    def cells(self) -> dict[str, str]:
        """Cell → the address that opens its cases."""
        found = {read_search(one.partition("?")[2]).get("behind"): one for one in self.addresses}
        return {cell: address for cell, address in found.items() if cell}

    def total(self, address: str) -> int:
        query = read_search(address.partition("?")[2])
        services = self.services
        found = list_view(
            services.database, services.configuration, query, MOMENT, first=0, count=1, lake=services.lake
        )
        assert found.bad is None
        return found.total


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = served_county(tmp_path_factory.mktemp("flow"), lambda: MOMENT, days=35)
    yield served
    served.close()


def shown(served: Served, **query: str) -> Shown:
    services = served.installation.services
    asked = page_of(services).asked(query)
    view = flow_view(services, asked, MOMENT)
    assert view.whole, view
    speech = Speech(services.texts["zh"], zone_of(services, asked.station))
    nodes = refused(asked, speech) or parts.page(view, speech, services.configuration.board)
    return Shown(services, served, view, nodes)


def expected(cell: str, view: FlowView) -> int:
    """The number that the mark of a cell shows, read off the figure and not off its cases."""
    figure, _dot, rest = cell.partition(".")
    name, *more = rest.split(".")
    of: Any = view
    if figure == "rate":
        beside = {"all": of.rate.n, "late": of.rate.n - of.rate.k, "on_time": of.rate.k, **of.rate.beside}
        return int(beside[name])
    if figure == "weeks":
        return int(dict(zip(of.weekly.weeks, of.weekly.counts, strict=True))[name][1])
    if figure == "gaps":
        [gap] = [one for one in of.weekly.gaps if one.number == int(name)]
        return int(gap.on_time + gap.ended)
    if figure == "stages" and not more:
        return int(next(one.cases for one in of.stages.stages if one.stage.value == name))
    if figure == "stages" and more[0] == "authority":
        wanted = None if more[1] == "unknown" else more[1]
        own = [s for s in of.stages.apart if (s.stage.value, s.cell["authority"]) == (name, wanted)]
        return int(own[0].cases)
    if figure == "stages":
        return int(next(s.cases for s in of.stages.slots if (s.stage.value, s.slot) == (name, int(more[1]))))
    if figure == "removal":
        return int(of.stages.after.cases)
    if figure == "hours" and "-" in rest:
        return int(of.hours.test.observed)
    if figure == "hours":
        low = int(more[0].rstrip("+"))
        bins = [b for b in of.hours.hours.bins if b.low == low or (rest.endswith("+") and b.low > low)]
        return sum(getattr(one, name) for one in bins)
    if figure in ("arrivals", "releases"):
        return int(getattr(of.week_hours[int(name)], figure))
    past = sum(one.past_limit is True for one in of.ages.ages)
    return past if name == "past" else len(of.ages.ages)


@pytest.mark.parametrize(
    "query",
    [
        {"by": "authority"},
        pytest.param(
            {"by": "weekday", "station": "14042302", "weeks": "4", "vehicle": "combination"},
            marks=pytest.mark.full,
        ),
        {"by": "hour", "from": "2026-10-19", "to": "2026-11-08", "as_of": "2026-11-10T12:00:00+08:00"},
    ],
)
def test_the_list_behind_every_kind_of_mark_has_as_many_cases_as_the_mark_says(
    served: Served, query: dict[str, str]
) -> None:
    page = shown(served, **query)
    alike: dict[str, list[str]] = {}
    for cell in page.cells:
        alike.setdefault(re.sub(ALIKE, "#", cell), []).append(cell)
    chosen = {cells[-1] for cells in alike.values()}
    assert {"stages.removal", "rate.all"} <= chosen
    assert any(cell.startswith("hours.") for cell in chosen)
    said = {cell: expected(cell, page.view) for cell in chosen}
    assert {cell: page.total(page.cells[cell]) for cell in chosen} == said
    assert all(said[cell] for cell in chosen if not cell.startswith(("ages.", "stages.")))


def test_a_mark_says_in_words_what_it_is_on_the_list_it_opens(served: Served) -> None:
    page = shown(served, by="hour")
    words = page.services.texts["zh"]
    zone = zone_of(page.services, None)
    for cell, address in page.cells.items():
        told = behind_words(read_search(address.partition("?")[2]), MOMENT, zone, words)
        assert told is not None
        assert cell not in told, f"{cell} stands in the list as it is"


def test_api_and_csv_hold_the_same_cases_as_the_list(served: Served) -> None:
    page = shown(served)
    address = page.cells["rate.all"]
    with TestClient(create_app(served.installation), base_url="http://127.0.0.1") as client:
        search = address.partition("?")[2]
        told = client.get(f"/api/v1/cases?{search}&limit=1").json()
        table = client.get(f"/api/v1/cases.csv?{search}").content.decode("utf-8-sig")
        refused = client.get("/api/v1/cases?behind=moon.all")
    count = expected("rate.all", page.view)
    assert (told["total"], len(table.splitlines()) - 1) == (count, count)
    assert (refused.status_code, refused.json()["parameter"]) == (422, "behind")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("by", ["authority", pytest.param("hour", marks=pytest.mark.full)])
def test_every_figure_comes_as_numbers_and_as_a_picture_that_says_what_it_is_of(
    served: Served, language: str, by: str
) -> None:
    page = shown(served, by=by, station="14042301")
    services = page.services
    speech = Speech(services.texts[language], zone_of(services, None))
    for figure in FIGURES:
        data = file_of(figure, "csv", page.view, speech, services)
        rows = data.content.decode("utf-8-sig").splitlines()
        assert len(rows) > 1, figure
        assert {len(row.split(",")) for row in rows} == {len(rows[0].split(","))}
        picture = file_of(figure, "svg", page.view, speech, services)
        drawing = ElementTree.fromstring(picture.content)
        text = " ".join(drawing.itertext())
        station = services.configuration.stations["14042301"].name.in_language(language)  # type: ignore[arg-type]
        for said in (station, "2026-11-24", services.texts[language].get("flow.picture.simulated")):
            assert said in text, (figure, said)
        assert b"http://" not in picture.content.replace(b"http://www.w3.org/2000/svg", b"")


def test_the_routes_hand_out_files_and_know_no_other_figure(served: Served) -> None:
    with TestClient(create_app(served.installation), base_url="http://127.0.0.1") as client:
        picture = client.get("/flow/hours.svg?weeks=4")
        data = client.get("/flow/week.csv")
        missing = client.get("/flow/moon.csv")
        station = client.get("/flow/week.csv?station=nowhere")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "attachment" in picture.headers["content-disposition"]
    assert "default-src 'self'" in picture.headers["content-security-policy"]
    assert len(data.text.splitlines()) == 169
    assert (missing.status_code, station.status_code) == (404, 404)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"station": "99999999"}, "没有 99999999 这个站"),
        ({"from": "2027-01-04", "to": "2027-01-10"}, "还没有到"),
        ({"from": "2020-01-06", "to": "2020-01-12"}, "在已有数据以前"),
        ({"as_of": "2020-01-06T12:00:00+08:00"}, "还没有收到任何数据;第一批"),
        ({"from": "x", "to": "2020-01-12"}, "读不懂"),
    ],
)
def test_a_page_with_nothing_to_draw_says_why_and_draws_no_figure(
    served: Served, query: dict[str, str], said: str
) -> None:
    page = shown(served, **query)
    assert said in str(page.nodes)
    assert "fx-flow-plot" not in str(page.nodes)
    assert "fx-flow-bar" not in str(page.nodes)


def test_limits_begin_anew_on_the_page_with_the_reason_and_only_on_that_chart(served: Served) -> None:
    before = shown(served).view.weekly
    assert not isinstance(before, Exception)
    chart = before.chart  # type: ignore[union-attr]
    assert chart.kind is not Kind.NONE
    week = chart.weeks[len(chart.weeks) // 2]
    rebase(
        served.installation.database, SENDER, None, week, "站内开通扫码缴款",
        now=MOMENT - 1, today=date(2026, 11, 24),
    )  # fmt: skip
    after = shown(served)
    assert "站内开通扫码缴款" in str(after.nodes)
    assert "fx-flow-break" in str(after.nodes)
    assert "站内开通扫码缴款" not in str(shown(served, station="14042301").nodes)
    earlier = shown(served, as_of="2026-11-20T12:00:00+08:00")
    assert "站内开通扫码缴款" not in str(earlier.nodes)
