"""Event files: each row is one event or one refusal, whichever way it is written."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.mapping.page import SourcePage

from .conftest import KEY, Deliver, instant

HEAD = "station,case_no,activity,occurred_at,gross_kg,plate"


def test_a_row_is_one_event(deliver: Deliver) -> None:
    told = deliver("events", f"{HEAD}\nS1,A1,confirmed,2024-07-01 08:30,52300,晋D12345\n")
    (event,) = told.candidates
    assert event._asdict() == {
        "station": "S1",
        "case_no": "A1",
        "activity": "confirmed",
        "occurred_at": instant("2024-07-01T08:30+08:00"),
        "occurred_until": None,
        "recorded_at": None,
        "revision": None,
        "event_id": None,
        "ordinal": 0,
        "data": '{"gross_kg":52300,"plate":"晋D12345"}',
    }
    assert told.aside == ["head"]


@pytest.mark.parametrize("label", ["confirmed", "检测认定", "认定", " CONFIRMED "])
def test_an_activity_is_named_by_code_or_label(deliver: Deliver, label: str) -> None:
    assert deliver("events", f"{HEAD}\nS1,A1,{label},2024-07-01,,\n").event("confirmed").case_no == "A1"


def test_tabs_and_json_lines_say_the_same_as_commas(deliver: Deliver) -> None:
    commas = deliver("events", f"{HEAD}\nS1,A1,放行,2024-07-01 08:30,,\n")
    tabs = deliver("events", f"{HEAD}\nS1,A1,放行,2024-07-01 08:30,,\n".replace(",", "\t"))
    line = {
        "station": "S1",
        "case_no": "A1",
        "activity": "released",
        "occurred_at": "2024-07-01T08:30:00+08:00",
    }
    objects = deliver("events", json.dumps(line) + "\n\n" + json.dumps({**line, "case_no": "A2"}))
    assert commas.candidates == tabs.candidates == objects.candidates[:1]
    assert objects.rows[1].row == 3


def test_json_names_carry_their_units_and_data_may_stand_inside(deliver: Deliver) -> None:
    line = {"station": "S1", "case_no": "A1", "activity": "weighed", "occurred_at": "2024-07-01T08:30:00Z"}
    told = deliver("events", "\n".join(json.dumps(one) for one in (
        {**line, "gross_kg": 52300},
        {**line, "gross_t": 52.3},
        {**line, "data": {"gross_kg": 52300}},
        {**line, "gross": 52300},
    )))  # fmt: skip
    assert [one.data for one in told.candidates] == ['{"gross_kg":52300}'] * 3
    assert [(row.row, row.refusals[0].reason) for row in told.rows if row.refusals] == [(4, "unit_unknown")]


def test_a_broken_json_line_or_one_without_a_needed_name_is_refused_alone(deliver: Deliver) -> None:
    line = {"station": "S1", "case_no": "A1", "activity": "weighed", "occurred_at": "2024-07-01T08:30:00Z"}
    short = {name: value for name, value in line.items() if name != "case_no"}
    told = deliver(
        "events", "\n".join([json.dumps(line), "{broken", json.dumps(short), "[1]", json.dumps(line)])
    )
    assert [r.reason for r in told.refusals] == ["broken_json", "missing_case_no", "not_an_object"]
    assert len(told.candidates) == 2


@pytest.mark.parametrize(
    ("row", "reason", "column", "activity"),
    [
        (",A1,放行,2024-07-01,,", "missing_station", "station", None),
        ("东关,A1,放行,2024-07-01,,", "unknown_station", "station", None),
        ("S1,,放行,2024-07-01,,", "missing_case_no", "case_no", None),
        ("S1,A1,,2024-07-01,,", "missing_activity", "activity", None),
        ("S1,A1,飞走,2024-07-01,,", "unknown_activity", "activity", None),
        ("S1,A1,放行,,,", "missing_time", "occurred_at", "released"),
        ("S1,A1,放行,2024-02-30,,", "impossible_date", "occurred_at", "released"),
        ("S1,A1,放行,2024-07-01,-5,", "negative", "gross_kg", "released"),
        ("S1,A1,放行,2024-07-01,,,x", "beyond_head", "7", None),
    ],
)
def test_a_bad_row_is_one_refusal_with_its_place_and_its_text_kept(
    deliver: Deliver, row: str, reason: str, column: str, activity: str | None
) -> None:
    told = deliver("events", f"{HEAD}\nS1,A0,放行,2024-07-01,,\n{row}\nS1,A2,放行,2024-07-01,,\n")
    (refusal,) = told.refusals
    assert (refusal.reason, refusal.column, refusal.activity) == (reason, column, activity)
    assert [one.case_no for one in told.candidates] == ["A0", "A2"]
    (refused,) = [result for result in told.rows if result.refusals]
    assert refused.row == 3
    assert refused.raw is not None
    assert set(refused.raw) - {"@units"} == set(HEAD.split(","))


def test_ids_revisions_and_recorded_times_are_carried(deliver: Deliver) -> None:
    told = deliver(
        "events",
        "event_id,revision,recorded_at,station,case_no,activity,occurred_at\n"
        "e-1,3,2024-07-01 09:00,S1,A1,放行,2024-07-01 08:30\n"
        "e-2,,2024-07-01,S1,A1,放行,2024-07-01 08:30\n",
    )
    first, second = told.candidates
    assert (first.event_id, first.revision, first.recorded_at) == (
        "e-1",
        3,
        instant("2024-07-01T09:00+08:00"),
    )
    # recorded some time that day: not later than its end
    assert second.recorded_at == instant("2024-07-02T00:00+08:00") - 1
    assert second.revision is None


def test_the_quick_way_and_the_slow_way_agree(deliver: Deliver) -> None:
    """Full-width case numbers take the slow way; folded, both ways must give the same event."""
    rows = [
        "S1,{},放行,2024-07-01 08:30,52300,晋D12345",
        "城西站,{},认定,2024年7月1日,52.3t,无牌车",
        "S1,{},复检,20240701083000,48900,",
    ]
    quick = deliver("events", "\n".join([HEAD, *(row.format("A1") for row in rows)]))
    slow = deliver("events", "\n".join([HEAD, *(row.format("Ａ１") for row in rows)]))
    assert quick.quick == 3
    assert slow.quick == 0
    assert quick.candidates == slow.candidates
    assert len(quick.candidates) == 3


def test_chinese_case_numbers_take_the_quick_way(deliver: Deliver) -> None:
    told = deliver("events", f"{HEAD}\nS1,襄超〔2024〕1号,放行,2024-07-01 08:30,,\n")
    assert told.quick == 1


def test_every_personal_value_leaves_a_digest_of_kind_and_value(deliver: Deliver) -> None:
    told = deliver(
        "events",
        "station,case_no,activity,occurred_at,驾驶员姓名,身份证号\nS1,A1,放行,2024-07-01,张三,14042319800101001x\n",
    )
    expected = hmac.new(KEY, b"id_number:14042319800101001X", hashlib.sha256).hexdigest()[:32]
    assert told.data("released")["driver_id_digest"] == expected
    assert {(p.kind, p.value) for p in told.persons} == {
        ("name", "张三"),
        ("id_number", "14042319800101001x"),
    }


def test_fixed_data_and_data_of_one_activity_come_from_the_page(
    deliver: Deliver, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from("""
title: {zh: 事件, en: events}
feed: {zh: 事件, en: events}
kind: events
station: {code: S1}
case_no: case
columns:
  case: {}
  what: {}
  when: {kind: datetime}
  sum: {kind: money, unit: yuan}
activity: {column: what, codes: {警告: {activity: decided, set: {outcome: warning}}, 缴款: paid}}
at: when
data_of: {paid: {amount_fen: sum}, decided: {fine_fen: sum}}
""")
    told = deliver(page, "case,what,when,sum\nA1,警告,2024-07-01,0\nA1,缴款,2024-07-02,200\n")
    assert [one.data for one in told.candidates] == [
        '{"fine_fen":0,"outcome":"warning"}',
        '{"amount_fen":20000}',
    ]
    assert {one.station for one in told.candidates} == {"S1"}


ROAD = Path(__file__).parents[3].parent / "shared" / "data" / "road_traffic_fines.csv.gz"


@pytest.mark.skipif(not ROAD.exists(), reason="the public log is not beside the repository")
def test_the_public_log_maps_whole(deliver: Deliver, how: Callable[[str], object]) -> None:
    from ingest.mapping.read import read_delivery
    from ingest.mapping.reading import Reading

    by_page = how("road-traffic-fines")
    assert isinstance(by_page, Reading)
    events: set[tuple[str, str, int, str]] = set()
    cases: set[str] = set()
    instalments: dict[tuple[str, int], int] = {}
    read = paid = amount = exact = refused = 0
    for batch in read_delivery(ROAD, by_page):
        read += batch.read
        refused += sum(bool(row.refusals) for row in batch.rows)
        for _, case_no, activity, at, until, *_, data in batch.landed.told:
            cases.add(case_no)
            events.add((case_no, activity, at, data))
            exact += until is None
            if activity == "paid":
                paid += 1
                amount += json.loads(data)["amount_fen"]
                instalments[case_no, at] = instalments.get((case_no, at), 0) + 1
    assert (read, refused, exact) == (561_471, 0, 0)
    assert (len(events), len(cases)) == (561_470, 150_370)
    assert (paid, amount) == (77_601, 360_146_453)
    assert sum(n - 1 for n in instalments.values() if n > 1) == 30
