"""`/api/v1/events` and `/api/v1/weighings`: a verdict per row, safe to repeat, whatever a client sends."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from monitor.api.push import MOST_BYTES
from monitor.api.rows import MOST_ROWS
from monitor.server import Installation, create_app, install
from monitor.settings.environment import Settings
from monitor.store.deliveries import recent_deliveries
from monitor.store.idempotency import KEPT, Kept, keep_answer, kept_answer
from monitor.store.tables import events, idempotency, people
from tests.engines import ENGINES, database_url_on

STATION = "14042302"
PATH = "/api/v1/events"
NOW = round(datetime.fromisoformat("2024-11-26T14:32:00+08:00").timestamp() * 1_000_000)


@pytest.fixture(params=ENGINES)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    with database_url_on(request.param) as url, patch("monitor.server.now", lambda: NOW):
        made = install(Settings(data_dir=tmp_path, database_url=url))
        yield made
        made.database.dispose()


@pytest.fixture
def client(installation: Installation) -> TestClient:
    return TestClient(create_app(installation), base_url="http://127.0.0.1", raise_server_exceptions=False)


def row(activity: str, at: str = "08:00", **told: Any) -> dict[str, Any]:
    plain = {"station": STATION, "case_no": "A-1", "occurred_at": f"2024-11-26T{at}:00+08:00"}
    return {**plain, "activity": activity, **told}


def push(client: TestClient, rows: Any, key: str | None = None, path: str = PATH) -> Any:
    answer = client.post(path, json=rows, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def verdicts(answer: Any) -> list[str]:
    return [one["verdict"] for one in answer["verdicts"]]


def recorded(installation: Installation) -> int:
    with installation.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def problem(client: TestClient, body: bytes | str, kind: str = "application/json", **headers: str) -> Any:
    answer = client.post(PATH, content=body, headers={"Content-Type": kind, **headers})
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


def test_each_row_has_its_verdict_and_the_counts_add_up(client: TestClient) -> None:
    push(client, [row("weighed", "07:00", event_id="w-1", gross_kg=61_400)])
    sent = [
        row("confirmed"),
        row("weighed", "07:00", event_id="w-1", gross_kg=61_400),
        row("weighed", "07:00", event_id="w-1", gross_kg=62_000),
        row("vanished"),
        row("paid", "09:00", amount=500),
    ]
    answer = push(client, sent)
    assert verdicts(answer) == ["new", "duplicate", "revision", "quarantined", "quarantined"]
    strange, unitless = answer["verdicts"][3:]
    assert (strange["row"], strange["reason"], strange["column"]) == (4, "unknown_activity", "activity")
    assert "检测认定" in strange["accepted"]
    assert (unitless["reason"], unitless["column"]) == ("unit_unknown", "amount")
    told = {name: answer[name] for name in ("read", "landed", "unchanged", "quarantined", "aside")}
    assert told == {"read": 5, "landed": 2, "unchanged": 1, "quarantined": 2, "aside": 0}
    assert (answer["events"], answer["revisions"], answer["duplicates"]) == (1, 1, 1)


def test_a_single_object_and_json_lines_are_pushes_too(client: TestClient) -> None:
    assert verdicts(push(client, row("confirmed"))) == ["new"]
    assert verdicts(client.post(
        PATH, content=json.dumps(row("released", "09:00"), indent=1),
        headers={"Content-Type": "application/json"},
    ).json()) == ["new"]  # fmt: skip
    lines = "\n".join(json.dumps(one) for one in (row("confirmed"), row("unloaded", "08:30"))) + "\n"
    answer = client.post(PATH, content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert verdicts(answer.json()) == ["duplicate", "new"]


def test_the_same_key_and_body_are_given_the_first_answer_again(
    client: TestClient, installation: Installation
) -> None:
    first = push(client, [row("confirmed")], "key-1")
    assert push(client, [row("confirmed")], "key-1") == first
    assert verdicts(first) == ["new"]
    with installation.database.read() as connection:
        assert len(recent_deliveries(connection)) == 1


def test_a_key_used_for_another_body_or_source_is_a_problem(client: TestClient) -> None:
    push(client, [row("confirmed")], "key-1")
    key = {"Idempotency-Key": "key-1"}
    assert problem(client, json.dumps([row("released", "09:00")]), **key) == (422, "key_used")
    sent = client.post("/api/v1/weighings", json=[row("confirmed")], headers=key)
    assert (sent.status_code, sent.json()["code"]) == (422, "key_used")


def test_a_key_is_free_again_after_seven_days(installation: Installation) -> None:
    kept = Kept(b"x" * 32, "{}")
    with installation.database.write() as connection:
        keep_answer(connection, "a", "k", kept, NOW)
        assert kept_answer(connection, "a", "k", NOW + KEPT - 1) == kept
        assert kept_answer(connection, "a", "k", NOW + KEPT) is None
        other = Kept(b"y" * 32, "{}")
        keep_answer(connection, "a", "k", other, NOW + KEPT)
        assert kept_answer(connection, "a", "k", NOW + KEPT) == other
        assert connection.execute(select(func.count()).select_from(idempotency)).scalar_one() == 1


@pytest.mark.parametrize(
    "step",
    [
        "ingest.push.kept_answer",
        "ingest.accept.open_delivery",
        "ingest.append.insert_events",
        "ingest.append.append_versions",
        "ingest.accept.remember_people",
        "ingest.accept.record_counts",
        "ingest.push.keep_answer",
    ],
)
def test_a_push_that_fails_at_any_step_leaves_nothing_and_its_repeat_is_taken_in(
    client: TestClient, installation: Installation, step: str
) -> None:
    sent = [row("confirmed", plate="晋D81021"), row("weighed", "07:00", driver="张三")]
    with patch(step, side_effect=OSError("the disk is full")):
        failed = client.post(PATH, json=sent, headers={"Idempotency-Key": "key-1"})
    assert failed.status_code == 500
    assert recorded(installation) == 0
    first = push(client, sent, "key-1")
    assert verdicts(first) == ["new", "new"]
    assert push(client, sent, "key-1") == first
    assert recorded(installation) == 2
    with installation.database.read() as connection:
        done = [one for one in recent_deliveries(connection) if one.status == "done"]
        persons = connection.execute(select(func.count()).select_from(people)).scalar_one()
    assert (len(done), persons) == (1, 1)


def test_a_push_that_fails_is_entered_as_failed(client: TestClient, installation: Installation) -> None:
    with patch("ingest.append.insert_events", side_effect=OSError("the disk is full")):
        assert client.post(PATH, json=[row("confirmed")]).status_code == 500
    with installation.database.read() as connection:
        [entry] = recent_deliveries(connection)
    assert (entry.status, entry.problem, entry.counts.rows_read) == ("failed", "OSError", 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (422, "empty")),
        (b"[{", (422, "not_json")),
        (b'{"a": 1}\n{"a":\n', (422, "not_json")),
        (b"[1]", (422, "wrong_form")),
        (b'"text"', (422, "wrong_form")),
        (b"[" * 100_000, (422, "not_json")),
        (b'[{"a":' + b"[" * 500 + b"]" * 500 + b"}]", (422, "too_deep")),
        (b'[{"data":{"a":{"b":{}}}}]', (422, "too_deep")),
        (b"\xff\xfe", (422, "not_json")),
        (json.dumps([{"a": "晋"}], ensure_ascii=False).encode("gbk"), (422, "not_json")),
        (json.dumps([{"a": "晋"}]).encode("utf-16"), (422, "not_json")),
        (b'[{"a": "\\ud800"}]', (422, "not_json")),
        (b'[{"a": NaN}]', (422, "not_json")),
        (b'[{"a": -Infinity}]', (422, "not_json")),
        (b'[{"a": 1e999}]', (422, "not_json")),
        (b'[{"a": 1e300}]', (422, "number_too_large")),
        (b'[{"a": 123456789012345678901}]', (422, "number_too_large")),
        (b'[{"data": {"a": 123456789012345678901}}]', (422, "number_too_large")),
        (b'[{"a": 1, "b": 2, "a": 3}]', (422, "repeated_name")),
        (b'{"b": {"a": 1, "a" : 1}}', (422, "repeated_name")),
        (b"[" + b",".join([b"{}"] * (MOST_ROWS + 1)) + b"]", (413, "too_many_rows")),
        (b" " * (MOST_BYTES + 1), (413, "too_large")),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_that_is_no_batch_is_a_problem_and_leaves_nothing(
    client: TestClient, installation: Installation, body: bytes, expected: tuple[int, str]
) -> None:
    assert problem(client, body) == expected
    with installation.database.read() as connection:
        assert recent_deliveries(connection) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'[{"a": 1},\n {"a": }]', "line 2 column 8"),
        (b'{"a": 1}\n{"a": 1,}', "Line 2"),
        (b'[{"a": 1}, 5]', "Row 2"),
        (b'[{"a": 1}, {"b": 1e17}]', "Row 2, 'b'"),
        (b'[{"a": 1}, {"a": 2, "a": 3}]', "Row 2 has the name 'a' twice"),
        (b'{"a": 1}\n\n{"a": 2, "a": 3}', "Row 2 has the name 'a' twice"),
        (b'[{"a": 1}, {"a": [[{}]]}]', "Row 2"),
    ],
)
def test_a_problem_names_the_place(client: TestClient, body: bytes, place: str) -> None:
    answer = client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert place in answer.json()["detail"]


def test_a_name_within_a_text_is_no_name(client: TestClient) -> None:
    body = json.dumps([row("confirmed", note='"note": "\\"note":', plate="晋D:1")])
    answer = client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert verdicts(answer.json()) == ["new"]


def test_a_byte_order_mark_is_passed_over(client: TestClient) -> None:
    body = b"\xef\xbb\xbf" + json.dumps([row("confirmed")]).encode()
    answer = client.post(PATH, content=body, headers={"Content-Type": "application/json; charset=UTF-8"})
    assert verdicts(answer.json()) == ["new"]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_a_compressed_body_is_refused_unread(client: TestClient, coding: str) -> None:
    body = gzip.compress(json.dumps([row("confirmed")]).encode())
    assert problem(client, body, **{"Content-Encoding": coding}) == (415, "wrong_coding")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("text/plain", "not_json"),
        ("application/x-www-form-urlencoded", "not_json"),
        ("multipart/form-data; boundary=x", "not_json"),
        ("", "not_json"),
        ("application/json; charset=gbk", "wrong_charset"),
    ],
)
def test_another_media_type_is_refused(client: TestClient, kind: str, code: str) -> None:
    assert problem(client, json.dumps([row("confirmed")]), kind) == (415, code)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, (403, "other_site")),
        ({"Origin": "http://elsewhere.example"}, (403, "other_site")),
        ({"Idempotency-Key": "with space"}, (400, "wrong_key")),
        ({"Idempotency-Key": "k" * 201}, (400, "wrong_key")),
    ],
)
def test_other_sites_and_wrong_keys_are_refused(
    client: TestClient, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert problem(client, json.dumps([row("confirmed")]), **headers) == expected


def test_an_unknown_source_is_named(client: TestClient) -> None:
    answer = client.post(f"{PATH}?source=nobody", json=[row("confirmed")])
    assert answer.status_code == 404
    assert "weighings" in answer.json()["detail"]


def test_ten_thousand_rows_are_one_push(client: TestClient, installation: Installation) -> None:
    sent = [row("weighed", case_no=f"A-{number}") for number in range(MOST_ROWS)]
    answer = push(client, sent)
    assert set(verdicts(answer)) == {"new"}
    assert (answer["landed"], answer["cases"], recorded(installation)) == (MOST_ROWS,) * 3


def test_a_weighing_of_the_exchange_is_pushed_by_its_own_names(client: TestClient) -> None:
    plain = {"siteCode": STATION, "checkNo": "C-1", "checkTime": "2024-11-26 08:00:00", "plateNumColor": 1}
    first = {**plain, "checkType": 1, "sumWeight": 61_400, "plateNum": "晋D81021", "lane": 2}
    again = {**plain, "checkType": 2, "sumWeight": 48_900, "checkTime": "2024-11-26 10:00:00"}
    sent = [first, again, {**plain, "checkType": 3}]
    answer = push(client, sent, path="/api/v1/weighings")
    assert verdicts(answer) == ["new", "new", "quarantined"]
    assert answer["verdicts"][2]["reason"] == "unknown_activity"
    assert (answer["source"], answer["cases"]) == ("weighings", 1)


def test_the_description_of_the_api_says_what_a_push_is(client: TestClient) -> None:
    told = client.get("/api/v1/openapi.json").json()["paths"][PATH]["post"]
    assert told["requestBody"]["content"]["application/json"]["schema"]["maxItems"] == MOST_ROWS
    assert [one["name"] for one in told["parameters"]] == ["source", "idempotency-key"]
    assert "application/json" in told["responses"]["200"]["content"]


def test_lines_of_a_statement_are_answered_one_by_one_and_make_no_case(client: TestClient) -> None:
    line = {"line": "L20240701001", "payment_code": "C1", "amount(yuan)": 500, "posted_at": "2024-07-02"}
    sent = [line, {**line, "line": "L20240701002", "amount(yuan)": -1}]
    answer = push(client, sent, path="/api/v1/statements")
    assert [one["verdict"] for one in answer["verdicts"]] == ["new", "quarantined"]
    assert answer["verdicts"][1]["reason"] == "negative"
    assert (answer["source"], answer["events"], answer["cases"]) == ("treasury-statement", 1, 0)
    again = push(client, [{**line, "amount(yuan)": 400}], path="/api/v1/statements")
    assert [one["verdict"] for one in again["verdicts"]] == ["revision"]
