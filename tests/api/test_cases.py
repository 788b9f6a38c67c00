"""`GET /api/v1/cases` and one case: units, offsets, filters, masked plates, and problems in RFC 9457."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.cases import cases_router
from monitor.api.problem import answer_problems
from tests.county import CORRECTED, DAYS_ONLY, NORTH, OFF_SITE, PAYING, RIVER, WEST, WITHDRAWN, County, county
from tests.county import told as event


def numbers(answer: dict) -> list[str]:  # type: ignore[type-arg]
    return [case["case_no"] for case in answer["cases"]]


def test_a_case_in_the_list_has_its_instants_with_offset_and_its_units(reader: TestClient) -> None:
    [case] = reader.get("/api/v1/cases", params={"text": PAYING[1]}).json()["cases"]
    assert case["confirmed"] == {"at": "2026-11-25T18:20:00+08:00", "day": None}
    assert (case["gross_kg"], case["limit_kg"], case["over_kg"]) == (61420, 49000, 12420)
    assert (case["taken_s"], case["remaining_s"]) == (72_720, 13_680)
    assert case["held_after_removal_s"] == 40_320
    assert case["waiting"] == {
        "step": "pay_again",
        "owner": "police",
        "since": {"at": "2026-11-26T12:10:00+08:00", "day": None},
    }


def test_plates_are_masked_in_list_and_case_and_digests_are_left_out(reader: TestClient) -> None:
    answers = [
        reader.get("/api/v1/cases").text,
        *(reader.get(f"/api/v1/cases/{key[1]}").text for key in (PAYING, CORRECTED, WITHDRAWN)),
    ]
    for text in answers:
        assert "晋D12345" not in text and "冀B88K21" not in text and "digest" not in text
    assert "晋D·1**45" in answers[0]


def test_a_day_is_a_day_and_never_an_instant(reader: TestClient) -> None:
    case = reader.get(f"/api/v1/cases/{DAYS_ONLY[1]}").json()
    assert case["case"]["confirmed"] == {"at": None, "day": "2026-11-24"}
    assert case["events"][0]["occurred"] == {"at": None, "day": "2026-11-24"}
    assert case["case"]["taken_s"] is None


def test_due_within_takes_an_iso_duration_and_includes_the_overdue(reader: TestClient) -> None:
    assert numbers(reader.get("/api/v1/cases", params={"due_within": "PT3H"}).json()) == [WITHDRAWN[1]]
    due = reader.get("/api/v1/cases", params={"due_within": "PT4H"}).json()
    assert set(numbers(due)) == {PAYING[1], WITHDRAWN[1]}


def test_stations_may_be_repeated_or_joined(reader: TestClient) -> None:
    repeated = reader.get("/api/v1/cases", params={"station": [WEST, NORTH]}).json()
    joined = reader.get("/api/v1/cases", params={"station": f"{WEST},{NORTH}"}).json()
    assert repeated["total"] == joined["total"] == 3


def test_pages_follow_one_another_without_gap_or_overlap(reader: TestClient) -> None:
    whole = numbers(reader.get("/api/v1/cases").json())
    parts = [
        numbers(reader.get("/api/v1/cases", params={"limit": 2, "offset": offset}).json())
        for offset in (0, 2, 4)
    ]
    assert [number for part in parts for number in part] == whole
    assert len(whole) == 6


def test_a_parameter_that_cannot_be_read_is_a_problem_that_names_it(reader: TestClient) -> None:
    for name, value, accepted in (
        ("due_within", "4h", "PT4H"),
        ("state", "late", "overdue"),
        ("from", "2026-02-30", "YYYY-MM-DD"),
        ("station", "999", WEST),
        ("findings", "yes", "1, 0"),
    ):
        answer = reader.get("/api/v1/cases", params={name: value})
        assert answer.status_code == 422, name
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["parameter"], problem["value"]) == (name, value)
        assert accepted in problem["accepted"]


def test_one_case_tells_every_version_of_its_events_and_which_count(reader: TestClient) -> None:
    case = reader.get(f"/api/v1/cases/{CORRECTED[1]}").json()
    releases = [
        (e["occurred"]["at"][11:16], e["valid"]) for e in case["events"] if e["activity"] == "released"
    ]
    assert releases == [("09:40", True), ("09:50", False), ("10:10", False)]
    assert [clock["name"] for clock in case["clocks"]] == ["a", "b", "c"]
    assert {"code": "limit_differs", "recorded_kg": "30000", "rule_kg": "31000"} in [
        {"code": one["code"], **one["params"]} for one in case["findings"]
    ]


def test_refused_cells_are_listed_without_their_content(reader: TestClient) -> None:
    case = reader.get(f"/api/v1/cases/{PAYING[1]}").json()
    [cell] = case["refused"]
    assert (cell["column"], cell["reason"], cell["accepted"]) == (
        "法制审核时间", "impossible_date", "2026-11-30 11:00",
    )  # fmt: skip
    assert "2026-11-31" not in json.dumps(case)


def test_an_unknown_case_is_404_and_says_where_the_number_is_known(reader: TestClient) -> None:
    answer = reader.get("/api/v1/cases/nope")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_case")
    elsewhere = reader.get(f"/api/v1/cases/{PAYING[1]}", params={"station": NORTH})
    assert (elsewhere.status_code, elsewhere.json()["stations"]) == (404, [WEST])


def test_a_number_that_two_stations_use_needs_the_station(tmp_path: Path) -> None:
    made = county(tmp_path)
    made.deliver("河口 2.csv", "26 14:30", [event((RIVER, OFF_SITE[1]), "confirmed", "26 14:00")])
    app = FastAPI()
    answer_problems(app)
    app.include_router(cases_router(made.services))
    client = TestClient(app)
    answer = client.get(f"/api/v1/cases/{OFF_SITE[1]}")
    assert answer.status_code == 409
    assert answer.json()["stations"] == sorted([RIVER, OFF_SITE[0]])
    named = client.get(f"/api/v1/cases/{OFF_SITE[1]}", params={"station": RIVER})
    assert named.json()["case"]["station"] == RIVER


def test_the_description_of_the_api_has_units_and_parameters(told: County, reader: TestClient) -> None:
    app = FastAPI()
    app.include_router(cases_router(told.services))
    described = app.openapi()
    names = {one["name"] for one in described["paths"]["/api/v1/cases"]["get"]["parameters"]}
    assert {"station", "state", "from", "to", "due_within", "authority", "text", "findings"} <= names
    line = described["components"]["schemas"]["CaseLine"]["properties"]
    assert "ratio" in line["over_share"]["description"]


def test_a_wait_that_began_on_a_day_begins_on_that_day(tmp_path: Path) -> None:
    made = County(tmp_path)
    made.deliver("北关.csv", "26 14:30", [event((NORTH, "1"), "confirmed", "26", gross_kg=50_000)])
    app = FastAPI()
    app.include_router(cases_router(made.services))
    [case] = TestClient(app).get("/api/v1/cases").json()["cases"]
    assert case["waiting"]["since"] == {"at": None, "day": "2026-11-26"}
