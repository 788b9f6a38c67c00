"""The Discretion page of a simulated county: marks open as many cases as they say, small units stay unjudged,
findings lead to their cases and are marked as looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from dashboard.address import read_search
from dashboard.pages.discretion import findings, page_of
from dashboard.parts import discretion as parts
from dashboard.parts.behind import behind_words
from dashboard.parts.casefine import fine_cards
from dashboard.parts.discretion_files import FIGURES, TABLES, file_of
from dashboard.parts.discretion_noted import noted_card, told_once
from dashboard.parts.figure_cards import refused
from dashboard.parts.sentence import Speech
from dashboard.views.case_fine import CaseFines, case_fines
from dashboard.views.cases import list_view
from dashboard.views.discretion import (
    ActsPart,
    DiscretionView,
    HeadPart,
    PointsPart,
    discretion_view,
)
from dashboard.views.discretion_noted import (
    STATES,
    NotedAsk,
    NotedPart,
    NotedRow,
    every_noted,
    noted_ask,
    noted_part,
)
from dashboard.views.figure_view import period_of
from dashboard.views.snapshot import Failure, zone_of
from monitor.actions.looking import NotLookedError, look
from monitor.cases.event import HOUR, SECOND
from monitor.metrics.cells import case_ids
from monitor.metrics.fine_points import fine_rows
from monitor.metrics.repeat_offenders import members
from monitor.payments.look import payments_to_look_at
from monitor.rules.assessment import Value
from monitor.server import create_app
from monitor.store.deliveries import Sender
from tests.browser.served import MOMENT, PAYS_FIRST, Clock, Served, event, served_county, served_empty
from tests.dashboard.links import addresses


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = served_county(tmp_path_factory.mktemp("discretion"), lambda: MOMENT, days=45)
    yield served
    served.close()


def view_of(served: Served, **query: str) -> DiscretionView:
    services = served.installation.services
    view = discretion_view(services, page_of(services).asked(query), MOMENT)
    assert view.whole, view
    return view


def speech_of(served: Served, language: str = "zh") -> Speech:
    services = served.installation.services
    return Speech(services.texts[language], zone_of(services, None), 2026)


def drawn(served: Served, language: str = "zh", **query: str) -> list[Any]:
    view, speech = view_of(served, **query), speech_of(served, language)
    return refused(view.asked, speech) or parts.page(view, speech, served.installation.services.configuration)


def cells(nodes: list[Any]) -> dict[str, str]:
    """Cell → the address that opens its cases."""
    found = {read_search(one.partition("?")[2]).get("behind"): one for one in addresses(nodes)}
    return {cell: address for cell, address in found.items() if cell}


def total(served: Served, address: str) -> int:
    services = served.installation.services
    query = read_search(address.partition("?")[2])
    found = list_view(
        services.database, services.configuration, query, MOMENT, first=0, count=1, lake=services.lake
    )
    assert found.bad is None, address
    return found.total


def expected(cell: str, view: DiscretionView) -> int:
    """The cases that the mark of a cell stands for, read off the figure."""
    figure, _dot, rest = cell.partition(".")
    of: Any = view
    if figure == "fine_points":
        dots = [dot for part in of.points.values() for dot in part.dots if dot.cell == cell]
        return int(dots[0].n)
    if figure == "fine_places":
        alike, _, part = rest.rpartition("~")
        return sum(one.n for one in of.places if one.alike == alike and part in ("all", str(one.part)))
    if figure == "fine_units":
        kind, which, *_, name = rest.split("~")
        [line] = [
            one for one in of.lines.of(kind)
            if one.name == name and one.station in (None, rest.split("~")[2])
        ]  # fmt: skip
        return int(line.free if which == "free" else line.k)
    if figure == "exemptions":
        kind, _, what = rest.partition(".")
        [met] = [one for one in of.acts.exempted if one.exemption == kind]
        return int({"": met.n, "spared": met.k, "fined": met.fined}[what])
    head = of.head
    return int({"assessed": head.n, "unassessed": head.unassessed, "spared": head.spared}[rest])


@pytest.mark.parametrize("query", [{}, {"by": "officer"}, {"by": "station", "weeks": "4"}])
def test_the_list_behind_every_kind_of_mark_holds_the_cases_that_the_mark_counts(
    served: Served, query: dict[str, str]
) -> None:
    view = view_of(served, **query)
    found = cells(drawn(served, **query))
    kinds: dict[str, list[str]] = {}
    for cell in found:
        kinds.setdefault(re.split(r"[.~]", cell)[0], []).append(cell)
    assert {"fines", "fine_places", "fine_units", "exemptions", "repeats"} <= set(kinds)
    # Repeats count vehicles, which the next test holds against their lists.
    del kinds["repeats"]
    for some in kinds.values():
        for cell in {some[0], some[len(some) // 2], some[-1]}:
            listed, counted = total(served, found[cell]), expected(cell, view)
            # A case with two decisions is in a list once.
            assert counted - 2 <= listed <= counted, cell
            assert listed, cell


def test_vehicles_by_their_acts_open_the_cases_of_as_many_vehicles(served: Served) -> None:
    services, view = served.installation.services, view_of(served)
    assert isinstance(view.acts, ActsPart)
    assert services.lake is not None
    ask = period_of(services, view.asked, MOMENT).ask
    engine = services.lake.engine(MOMENT)
    cells_shown, kept = cells(drawn(served)), members(engine, ask)
    rows = {row["case_id"]: row["plate"] for row in engine.rows(kept.select("case_id", "plate"))}
    for band in view.acts.repeats:
        cell = f"repeats.{band.acts}"
        assert (cell in cells_shown) is (band.k > 0)
        if band.k:
            ids = case_ids(engine, ask, (), cell)
            assert len({rows[one] for one in ids}) == band.k
            assert total(served, cells_shown[cell]) == len(ids)


def test_what_a_list_behind_a_mark_holds_is_said_in_both_languages(served: Served) -> None:
    services = served.installation.services
    view = view_of(served)
    told = {**cells(drawn(served)), "findings.below_band": view.behind("findings.below_band")}
    dot = next(dot for part in view.points.values() if isinstance(part, PointsPart) for dot in part.dots)
    told[dot.cell] = view.behind(dot.cell)
    for cell, address in told.items():
        query = read_search(address.partition("?")[2])
        for language in ("zh", "en"):
            said = behind_words(query, MOMENT, zone_of(services, None), services.texts[language])
            assert said is not None
            assert cell not in said


def test_every_fine_is_counted_inside_or_outside_or_named_as_not_assessed(served: Served) -> None:
    view = view_of(served)
    head = view.head
    assert isinstance(head, HeadPart)
    own = [part for part in view.points.values() if isinstance(part, PointsPart)]
    assert sum(part.inside for part in own) == head.inside
    assert sum(part.n for part in own) == head.n
    assert sum(sum(part.missing.values()) for part in own) <= head.unassessed
    for part in own:
        assert part.drawn <= part.n


def test_a_rule_without_room_is_said_to_have_none_and_an_example_is_marked(served: Served) -> None:
    page = str(drawn(served))
    assert "无裁量空间" in page
    assert "示例" in page
    assert "太少,不作判断" in page
    assert "case_id" not in page


@pytest.mark.parametrize("unit", ["team", "station", "officer"])
def test_units_stand_in_the_order_of_their_codes_and_small_ones_stay_unjudged(
    served: Served, unit: str
) -> None:
    services = served.installation.services
    funnel = parts.the_funnel(view_of(served, by=unit), services.configuration)
    names = [(one.line.station or "", one.line.name) for one in funnel.units]
    assert names == sorted(names)
    speech = speech_of(served)
    for one in funnel.units:
        if one.n < services.configuration.board.few_n:
            assert one.state == "few"
            assert "太少" in one.said(speech)
        if unit == "officer":
            assert one.label(speech).isdecimal()
    head, rows = _csv(served, "units", by=unit)
    assert "fine_fen" not in head
    assert len(rows) == len(funnel.units)


def _csv(served: Served, figure: str, **query: str) -> tuple[list[str], list[str]]:
    services = served.installation.services
    file = file_of(figure, "csv", view_of(served, **query), speech_of(served), services)
    lines = file.content.decode("utf-8-sig").splitlines()
    return lines[0].split(","), lines[1:]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_is_taken_along_as_numbers_and_as_a_picture(served: Served, language: str) -> None:
    services = served.installation.services
    for figure in TABLES:
        head, rows = _csv(served, figure)
        assert head
        assert rows, figure
    view = view_of(served)
    for figure in FIGURES:
        picture = file_of(figure, "svg", view, speech_of(served, language), services)
        ElementTree.fromstring(picture.content)
    page = str(drawn(served, language))
    for figure in FIGURES:
        assert f"/discretion/{figure}.csv" in page


def test_files_are_handed_out_and_what_there_is_not_is_not(served: Served) -> None:
    with TestClient(create_app(served.installation), base_url="http://localhost") as client:
        assert client.get("/discretion/police.csv?weeks=4").status_code == 200
        assert client.get("/discretion/units.svg?by=officer").status_code == 200
        assert client.get("/discretion/findings.csv").status_code == 200
        assert client.get("/discretion/findings.svg").status_code == 404
        assert client.get("/discretion/money.csv").status_code == 404
        assert client.get("/discretion/police.csv?station=nowhere").status_code == 404


def test_a_period_without_decisions_and_a_bad_address_are_said_in_words(served: Served) -> None:
    early = str(drawn(served, **{"from": "2020-01-01", "to": "2020-02-01"}))
    assert "这段时间没有处罚决定" in early
    assert "没有 nowhere 这个站" in str(drawn(served, station="nowhere"))
    assert "读不懂" in str(drawn(served, **{"from": "yesterday", "to": "2026-11-01"}))
    assert findings(served.installation.services, {"station": "nowhere"}) == []


def test_findings_are_filtered_lead_to_their_cases_and_tell_article_and_numbers(served: Served) -> None:
    services = served.installation.services
    asked = page_of(services).asked({})
    whole = noted_part(services, asked, NotedAsk(), MOMENT)
    assert whole.total == whole.counts["open"] > 0
    ages = [row.age for row in whole.rows]
    assert ages == sorted(ages, reverse=True)
    for row in whole.rows:
        assert row.findings, row
        assert row.plate is None or "**" in row.plate
    code = whole.rows[0].code
    some = noted_part(services, asked, noted_ask({"finding": code, "state": "nonsense", "page": "x"}), MOMENT)
    assert {row.code for row in some.rows} == {code}
    assert some.total == whole.codes[code]
    page = findings(services, {"finding": code})
    assert f"/case/{some.rows[0].station}/{some.rows[0].case_no}" in list(addresses(page))
    assert "第" in str(page)
    assert noted_part(services, asked, NotedAsk(page=9999), MOMENT).rows == ()


def test_a_finding_that_was_looked_at_leaves_the_list_with_its_reason_and_may_come_back(
    served: Served,
) -> None:
    services = served.installation.services
    asked = page_of(services).asked({})
    [first, *_] = [row for row in every_noted(services, asked, MOMENT) if row.same is None]
    key = (first.station, first.case_no, first.code)
    sender = Sender("王", "discretion")
    look(services.database, sender, key, "材料已补", now=MOMENT)
    seen = noted_part(services, asked, NotedAsk(state="seen"), MOMENT)
    assert [(row.station, row.case_no, row.code) for row in seen.rows] == [key]
    assert seen.counts["open"] == seen.counts["all"] - 1
    assert "王 11-24 看过:材料已补" in str(findings(services, {"state": "seen"})).replace("2026-", "")
    look(services.database, sender, key, "不是这件", now=MOMENT + 1, done=False)
    assert noted_part(services, asked, NotedAsk(), MOMENT + 1).counts["seen"] == 0


PAYING = ("cash_without_ground", "fine_and_collection_by_one", "paid_twice")


def test_findings_of_payments_are_listed_as_their_cases_tell_them(served: Served) -> None:
    services = served.installation.services
    asked = page_of(services).asked({})
    ask = period_of(services, asked, MOMENT).ask
    told = {
        (one.key, finding.code)
        for one in payments_to_look_at(services.database, services.configuration, MOMENT)
        for finding in one.payment.findings
    }
    rows = [row for row in every_noted(services, asked, MOMENT) if row.same is None]
    listed = {((row.station, row.case_no), row.code) for row in rows}
    decided = {
        (row["station"], row["case_no"])
        for authority in ("police", "transport")
        for row in fine_rows(services.lake.engine(MOMENT), ask, authority)  # type: ignore[union-attr]
    }
    assert {one for one in told if one[0] in decided} <= listed
    assert {one for one in listed if one[1] in PAYING} <= told
    [first, *_] = [row for row in rows if row.code == "cash_without_ground"]
    part = noted_part(services, asked, NotedAsk("cash_without_ground"), MOMENT)
    assert part.total == len([row for row in rows if row.code == first.code]) == part.codes[first.code]
    assert all(row.findings and {one.code for one in row.findings} == {first.code} for row in part.rows)
    page = str(findings(services, {"finding": "cash_without_ground"}))
    assert "现场收缴未记依据" in page
    assert "行政处罚法 第六十八条;行政处罚法 第六十九条" in page
    english = str(noted_card(part, asked, speech_of(served, "en"), services.configuration))
    assert "Administrative Penalty Law 第六十八条" in english
    key = (first.station, first.case_no, first.code)
    look(services.database, Sender("王", "discretion"), key, "票据已补", now=MOMENT)
    after = noted_part(services, asked, NotedAsk("cash_without_ground"), MOMENT)
    assert after.total == part.total - 1
    look(services.database, Sender("王", "discretion"), key, "再看", now=MOMENT + 1, done=False)


def test_money_of_a_case_without_a_decision_is_listed_until_the_decision_is_told(served: Served) -> None:
    services = served.installation.services
    asked, which = page_of(services).asked({}), NotedAsk("paid_without_decision")
    # The date of its decision is the 30th of February: it waits in quarantine.
    [before] = noted_part(services, asked, which, MOMENT).rows
    later = MOMENT + SECOND
    spot = {"amount_fen": 200_000, "channel": "cash_on_spot"}
    served.tell(
        event("detained", MOMENT - 30 * HOUR, "MONEY-1", plate="晋D80009"),
        event("paid", MOMENT - 29 * HOUR, "MONEY-1", **spot),
    )
    part = noted_part(services, asked, which, later)
    row = part.rows[-1]
    assert (row.case_no, row.age, row.plate, row.decisions) == ("MONEY-1", 1, "晋D·8**09", ())
    page = str(noted_card(part, asked, speech_of(served), services.configuration))
    assert "有缴款,未见处罚决定" in page
    assert "/MONEY-1" in page
    assert "金额 2,000" in page
    assert "行政处罚法 第六十七条" in page
    # What else its payments leave to look at is listed with it.
    listed = {one.code for one in every_noted(services, asked, later) if one.case_no == "MONEY-1"}
    assert listed == {"paid_without_decision", "cash_without_ground"}
    ask, engine, *_ = period_of(services, asked, later)
    assert len(case_ids(engine, ask, (), "findings.paid_without_decision")) == 2
    assert noted_part(services, replace(asked, as_of=MOMENT), which, later).rows == (before,)
    served.tell(event("decided", MOMENT - 30 * HOUR, "MONEY-1", outcome="fine", fine_fen=200_000))
    assert noted_part(services, asked, which, later).rows == (before,)


def test_a_finding_whose_decision_changed_after_somebody_looked_is_listed_again(served: Served) -> None:
    services, later = served.installation.services, MOMENT + 10 * SECOND
    asked, sender = page_of(services).asked({}), Sender("王", "discretion")

    def row(now: int) -> NotedRow:
        every = every_noted(services, asked, now)
        return next(one for one in every if (one.station, one.case_no, one.code) == key)

    key = next(
        (one.station, one.case_no, one.code)
        for one in every_noted(services, asked, MOMENT)
        if one.code == "below_band"
    )
    look(services.database, sender, key, "材料已补", now=MOMENT)
    assert row(MOMENT).seen is not None
    served.tell(event("decision_changed", MOMENT - HOUR, key[1], key[0], fine_fen=100))
    # What was seen was another version: the word stays on record, and the finding waits for somebody again.
    again = row(later)
    assert again.look is not None and again.look.reason == "材料已补" and again.seen is None
    part = NotedPart(NotedAsk(), (again,), 1, {}, dict.fromkeys(STATES, 1))
    page = str(noted_card(part, asked, speech_of(served), services.configuration))
    assert "之后这个决定有改动,要再看一遍。" in page and "标为看过" in page
    # A list that was made before tells nobody what it is now.
    with pytest.raises(NotLookedError, match="changed"):
        look(services.database, sender, key, "x", now=later, listed_at=MOMENT)
    look(services.database, sender, key, "再看过", now=later, listed_at=later)
    assert row(later).seen is not None and row(MOMENT).seen is not None


def test_a_floor_and_a_ceiling_that_are_the_same_are_said_once() -> None:
    fine, low, high = Value("fine_fen", 1, "fen"), Value("low_fen", 5, "fen"), Value("high_fen", 5, "fen")
    other = [Value("other_low_fen", 5, "fen"), Value("other_high_fen", 6, "fen")]
    assert told_once([fine, low, high, *other]) == [fine, Value("exact_fen", 5, "fen"), *other]
    assert told_once([low]) == [low]


@pytest.fixture
def uniform(tmp_path: Path) -> Iterator[Served]:
    """Fourteen trucks up to 30 % over at one station, each fined 300 yuan; five had corrected it at once."""
    served = served_empty(tmp_path, Clock())
    day = 24 * HOUR
    for n in range(14):
        when, case_no = served.clock() - (3 + 2 * n) * day, f"UNI-{n}"
        factors = {"factors": "主动卸载"} if n % 3 == 0 else {}
        served.tell(
            event(
                "confirmed", when, case_no, plate=f"晋D82{n:03d}", vehicle="truck", authority="police",
                gross_kg=33_000 + 100 * n, limit_kg=31_000, approved_load_kg=18_000, tare_kg=13_000,
            ),
            event(
                "decided", when + HOUR, case_no, outcome="fine", fine_fen=30_000, authority="police",
                procedure="ordinary", **factors,
            ),
        )  # fmt: skip
    yield served
    served.close()


def test_uniform_fines_are_a_line_that_opens_its_cases_and_is_marked_as_looked_at(uniform: Served) -> None:
    services = uniform.installation.services
    asked, now = page_of(services).asked({}), uniform.clock() + SECOND
    view = discretion_view(services, asked, now)
    drawn = str(parts.page(view, speech_of(uniform), services.configuration))
    assert "落在幅度的哪一段:1 档情节不同、罚款相同,请看是否该有差别" in drawn
    assert drawn.count("城西 14/14 件同额,请看是否该有差别") == 1
    [row] = noted_part(services, asked, NotedAsk("uniform_fines"), now).rows
    assert row.same is not None
    assert row.cases is not None
    assert (row.station, row.same.k, row.same.n, total(uniform, row.cases)) == (PAYS_FIRST, 14, 14, 14)
    nodes = findings(services, {"finding": "uniform_fines"})
    asked_of = row.cases.partition("&as_of")[0]
    assert any(one.startswith(asked_of) for one in addresses(nodes))
    assert "情节不同,罚款相同" in str(nodes)
    # What the page sends back names the line again, though tiers have the separator in their names.
    station, code, name = row.key.split("|", 2)
    look(services.database, Sender("王", "discretion"), (station, name, code), "逐件核过", now=now)
    assert noted_part(services, asked, NotedAsk("uniform_fines"), now).total == 0


def test_a_case_tells_rule_band_findings_and_its_nearest_like_cases(served: Served) -> None:
    services = served.installation.services
    every = every_noted(services, page_of(services).asked({}), MOMENT)
    row = next(row for row in every if row.code == "below_band")
    told = case_fines(services, (row.station, row.case_no), MOMENT)
    assert isinstance(told, CaseFines)
    assert not isinstance(told.like, Failure)
    assert row.code in {one.code for fine in told.fines for one in fine.assessment.findings}
    speech = speech_of(served)
    page = str(fine_cards(told, MOMENT, speech, services.configuration))
    assert speech.words.get(f"rules.findings.{row.code}") in page
    for like in told.like:
        assert len(like.nearest) <= 10
        assert row.case_no not in {one.case_no for one in like.nearest if one.station == row.station}
    english = str(fine_cards(told, MOMENT, speech_of(served, "en"), services.configuration))
    assert "To look at" in english


def test_a_case_without_a_decision_says_nothing_of_fines(served: Served) -> None:
    services = served.installation.services
    undecided = next(one for one in served.cases() if one.decided_at is None)
    assert case_fines(services, (undecided.station, undecided.case_no), MOMENT) is None
