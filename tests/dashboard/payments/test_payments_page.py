"""The Payments page of a simulated county: every kind of mark opens a list of as many cases as it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from dashboard.address import read_search
from dashboard.pages.payments import differences, page_of
from dashboard.parts import payments as parts
from dashboard.parts.behind import behind_words
from dashboard.parts.figure_cards import refused
from dashboard.parts.payments_files import FIGURES, file_of
from dashboard.parts.sentence import Speech
from dashboard.views.cases import list_view
from dashboard.views.payments import ChannelsPart, HoursPart, PaymentsView, TimesPart, payments_view
from dashboard.views.snapshot import Failure, Told, zone_of
from monitor.server import create_app
from monitor.settings.calendar import Calendar
from tests.browser.served import MOMENT, PAYS_FIRST, Served, served_county
from tests.dashboard.links import addresses

ALIKE = r"\d{4}-\d\d-\d\d|(?<=channel\.)\w+|(?<=authority\.)\w+|\d+"
"""What tells marks of one kind apart: days, channels, authorities and hours."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = served_county(tmp_path_factory.mktemp("payments"), lambda: MOMENT, days=21)
    yield served
    served.close()


def view_of(served: Served, **query: str) -> PaymentsView:
    services = served.installation.services
    view = payments_view(services, page_of(services).asked(query), MOMENT)
    assert view.whole, view
    return view


def drawn(served: Served, language: str = "zh", **query: str) -> list[Any]:
    return drawn_of(served, view_of(served, **query), language)


def drawn_of(served: Served, view: PaymentsView, language: str = "zh") -> list[Any]:
    services = served.installation.services
    speech = Speech(services.texts[language], zone_of(services, None), 2026)
    return refused(view.asked, speech) or parts.page(view, speech, services.configuration)


def cells(nodes: list[Any]) -> dict[str, list[str]]:
    """Kind of cell → the addresses of its marks."""
    found: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses(nodes)):
        cell = read_search(address.partition("?")[2]).get("behind")
        if cell:
            found.setdefault(re.sub(ALIKE, "#", cell), []).append(address)
    return found


def total(served: Served, address: str) -> int:
    services = served.installation.services
    query = read_search(address.partition("?")[2])
    found = list_view(
        services.database, services.configuration, query, MOMENT, first=0, count=1, lake=services.lake
    )
    assert found.bad is None, address
    return found.total


def expected(address: str, view: PaymentsView) -> int:
    """How many payments, attempts or hours the mark of an address counts, read off the figure."""
    query = read_search(address.partition("?")[2])
    figure, _dot, rest = query["behind"].partition(".")
    of: Any = view
    if figure == "waiting":
        return int(getattr(of.cost.cost, f"{rest}_cases"))
    if figure == "payment_outages" and rest.startswith("hour."):
        return sum(one.cases for one in of.failures.outages if f"hour.{one.hour}" == rest)
    if figure == "payment_outages":
        return int(next(
            o.cases for o in of.failures.outages
            if f"{o.date}.{o.hour}" == rest and o.station == query["station"]
        ))  # fmt: skip
    if figure == "payment_failures":
        name = None if rest == "all" else rest.removeprefix("channel.")
        return int(next(one.k for one in of.failures.failures if one.channel == name))
    if figure == "payment_time" and rest in ("all", "unpaid", "untimed"):
        overall = of.times.overall
        return int({"all": overall.n, "unpaid": overall.unpaid, "untimed": overall.untimed}[rest])
    hour = re.fullmatch(r"all(\.authority\.(\w+))?\.hour\.(\d+)(\.(work|off))?", rest)
    if hour is not None:
        [row] = [one for one in of.hours.rows if (one.authority, one.days) == (hour[2], hour[5])]
        return int(row.hours[int(hour[3])].n)
    if rest == "online":
        return int(of.channels.online.k)
    channel = re.fullmatch(r"channel\.(\w+)\.authority\.(\w+)", rest)
    assert channel is not None, rest
    key = (None if channel[2] == "unknown" else channel[2], channel[1])
    if figure == "payment_time":
        return int(next(s.n for s in of.times.spreads if (s.cell["authority"], s.cell["channel"]) == key))
    line = next(one for one in of.channels.lines if (one.authority, one.channel) == key)
    days = query["period"].split("/")
    if days == [view.since.isoformat(), view.until.isoformat()]:
        return int(line.k)
    week = next(n for n, (_, a, b) in enumerate(of.channels.weeks) if [str(a), str(b)] == days)
    return int(line.weeks[week][0])


@pytest.mark.parametrize(
    "query",
    [
        {"station": PAYS_FIRST, "weeks": "4", "vehicle": "combination"},
        pytest.param({}, marks=pytest.mark.full),
    ],
)
def test_the_list_behind_every_kind_of_mark_holds_the_cases_that_the_mark_counts(
    served: Served, query: dict[str, str]
) -> None:
    view = view_of(served, **query)
    of_kind = cells(drawn(served, **query))
    wanted = {"paid.channel.#.authority.#", "payment_time.channel.#.authority.#", "payment_time.all.hour.#",
              "payment_time.all", "waiting.payment", "waiting.removed"}  # fmt: skip
    wanted |= {"payment_time.all.hour.#.work", "payment_time.all.hour.#.off"}
    assert wanted <= set(of_kind)
    for kind, marks in of_kind.items():
        for address in {marks[0], marks[-1]}:
            counted, listed = expected(address, view), total(served, address)
            # A case may have several payments or attempts; it stands in the list once.
            assert 0 < listed <= counted, (kind, address)
            if kind.startswith("waiting"):
                assert listed == counted, address


def test_a_mark_says_in_words_what_it_is_on_the_list_it_opens(served: Served) -> None:
    services = served.installation.services
    zone = zone_of(services, None)
    for marks in cells(drawn(served)).values():
        for address in marks:
            query = read_search(address.partition("?")[2])
            said = behind_words(query, MOMENT, zone, services.texts["zh"])
            assert said is not None
            assert query["behind"] not in said
            assert re.search(r"[a-z]{3,}", said) is None, said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_comes_as_numbers_and_as_a_picture_that_says_what_it_is_of(
    served: Served, language: str
) -> None:
    services = served.installation.services
    view = view_of(served)
    speech = Speech(services.texts[language], zone_of(services, None))
    for figure in FIGURES:
        data = file_of(figure, "csv", view, speech, services)
        rows = data.content.decode("utf-8-sig").splitlines()
        assert len(rows) > 1, figure
        assert {len(row.split(",")) for row in rows} == {len(rows[0].split(","))}
        picture = file_of(figure, "svg", view, speech, services)
        text = " ".join(ElementTree.fromstring(picture.content).itertext())
        for said in ("2026-11-24", services.texts[language].get("flow.picture.simulated")):
            assert said in text, (figure, said)
        assert b"http://" not in picture.content.replace(b"http://www.w3.org/2000/svg", b"")


def test_the_law_and_the_source_of_the_estimate_stand_with_what_waiting_costs(served: Served) -> None:
    text = str(drawn(served))
    assert text.count("法律上放行不以缴款为前提") >= 2
    assert "估算:按一辆车停一天 800 元,出处:示例" in text
    assert "未经确认" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"station": "99999999"}, "没有 99999999 这个站"),
        ({"from": "2027-01-04", "to": "2027-01-10"}, "还没有到"),
        ({"from": "2020-01-06", "to": "2020-01-12"}, "在已有数据以前"),
        ({"as_of": "2020-01-06T12:00:00+08:00"}, "还没有收到任何数据;第一批"),
    ],
)
def test_a_page_with_nothing_to_draw_says_why_and_draws_no_figure(
    served: Served, query: dict[str, str], said: str
) -> None:
    nodes = str(drawn(served, **query))
    assert said in nodes
    assert "fx-pay-bars" not in nodes and "fx-pay-heat" not in nodes


def test_a_part_that_failed_says_so_and_the_others_live_on(served: Served) -> None:
    view = view_of(served)
    alone = str(drawn_of(served, replace(view, hours=Failure("ValueError: broken"))))
    assert "ValueError: broken" in alone and "fx-pay-bars" in alone and "fx-pay-heat" not in alone
    # What all read alike is said once.
    away = drawn_of(served, replace(view, channels=Failure(Told("lake.problem.disk_full"))))
    assert len(away) == 1 and "腾出空间" in str(away)


def test_working_days_and_days_off_make_up_all_and_are_not_guessed_without_a_calendar(served: Served) -> None:
    hours = view_of(served).hours
    assert isinstance(hours, HoursPart)
    every, work, off = hours.rows[:3]
    assert (every.days, work.days, off.days) == (None, "work", "off")
    for hour, one in every.hours.items():
        of_days = [row.hours[hour] for row in (work, off) if hour in row.hours]
        assert sum(part.n for part in of_days) == one.n
        assert sum(part.unpaid for part in of_days) == one.unpaid
    services = served.installation.services
    bare = replace(services, configuration=replace(services.configuration, calendar=Calendar()))
    view = payments_view(bare, page_of(services).asked({}), MOMENT)
    assert isinstance(view.hours, HoursPart)
    assert [row.days for row in view.hours.rows if row.days] == []
    assert "没有录入,不分工作日和休息日" in str(drawn_of(served, view))


def test_a_log_without_channels_reports_none_and_says_so(served: Served) -> None:
    view = view_of(served)
    assert isinstance(view.channels, ChannelsPart) and isinstance(view.times, TimesPart)
    untold = replace(view.channels, lines=(), online=None, before=None)
    nodes = str(drawn_of(served, replace(view, channels=untold, times=replace(view.times, spreads=()))))
    assert "没有一笔写明渠道,没有渠道可比" in nodes and "缴款码:已缴" in nodes
    assert "fx-pay-bars" not in nodes and "网上缴款" not in nodes


def test_routes_hand_out_files_and_know_no_other_figure(served: Served) -> None:
    with TestClient(create_app(served.installation), base_url="http://127.0.0.1") as client:
        picture = client.get("/payments/hours.svg?weeks=4")
        listed = client.get("/payments/differences.csv")
        missing = [client.get(f"/payments/{name}").status_code for name in (
            "moon.csv", "differences.svg", "hours.csv?station=nowhere",
        )]  # fmt: skip
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert listed.text.lstrip("\ufeff").startswith("id,kind,state,station,case_no")
    assert missing == [404, 404, 404]


def test_a_station_that_nobody_knows_has_no_list_of_differences(served: Served) -> None:
    node, _last = differences(served.installation.services, {"station": "99999999"})
    assert node is None
