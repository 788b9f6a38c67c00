"""`/api/v1/rebasings`: kept with a reason, listed as of a moment, taken back; no other site may write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from fastapi.testclient import TestClient

from monitor.server import create_app, install
from monitor.settings.environment import Settings
from tests.engines import ENGINES, database_url_on
from tests.factories import at

PATH = "/api/v1/rebasings"
NOW = at("2024-11-27 09:00")
WEST = "14042301"


@pytest.fixture(params=ENGINES)
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestClient]:
    with database_url_on(request.param) as url, patch("monitor.server.now", lambda: NOW):
        made = install(Settings(data_dir=tmp_path, database_url=url))
        yield TestClient(create_app(made), base_url="http://127.0.0.1", raise_server_exceptions=False)
        made.database.dispose()


def weeks(client: TestClient, **params: Any) -> list[str]:
    return [one["week"] for one in client.get(PATH, params=params).json()["rebasings"]]


def test_said_listed_and_taken_back(client: TestClient) -> None:
    sent = {"week": "2024-W38", "reason": " 开通扫码缴款 ", "station": WEST}
    (one,) = client.post(PATH, json=sent).json()["rebasings"]
    assert (one["week"], one["reason"], one["at"]) == (
        "2024-W38",
        "开通扫码缴款",
        "2024-11-27T01:00:00+00:00",
    )
    assert one["actor"]
    assert weeks(client, station=WEST) == ["2024-W38"] and weeks(client) == []
    assert weeks(client, station=WEST, as_of="2024-11-27T08:59:59+08:00") == []
    again = client.post(PATH, json=sent)
    assert (again.status_code, again.json()["code"]) == (409, "already")
    back = {**sent, "reason": "只是一周", "in_force": False}
    assert client.post(PATH, json=back).json()["rebasings"] == []
    assert client.post(PATH, json=back).json()["code"] == "not_there"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"week": "2024-38"}, "no_week"),
        ({"week": "2024-W49"}, "not_begun"),
        ({"reason": " "}, "no_reason"),
        ({"reason": "x" * 301}, "bad_parameter"),
        ({"station": "99999999"}, "unknown_station"),
    ],
)
def test_what_cannot_be_said_is_told(client: TestClient, changed: dict[str, str], code: str) -> None:
    answer = client.post(PATH, json={"week": "2024-W38", "reason": "扫码缴款", **changed})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert weeks(client) == []


def test_neither_a_form_nor_another_site_writes(client: TestClient) -> None:
    sent = {"week": "2024-W38", "reason": "x"}
    assert client.post(PATH, json=sent, headers={"origin": "http://elsewhere.example"}).status_code == 403
    assert client.post(PATH, data=sent).status_code in (415, 422)
    assert weeks(client) == []
    assert client.get(PATH, params={"station": "99999999"}).json()["code"] == "unknown_station"
    assert client.get(PATH, params={"as_of": "2024-11-27T08:00:00"}).json()["code"] == "no_offset"
