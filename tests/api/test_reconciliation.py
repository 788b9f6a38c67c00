"""`/api/v1/reconciliation`: a pushed statement shows its differences; bad parameters are named."""

from __future__ import annotations

import time
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

PATH = "/api/v1/reconciliation"
NOW = at("2024-07-12 08:00")


@pytest.fixture(params=ENGINES)
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestClient]:
    with database_url_on(request.param) as url, patch("monitor.server.now", lambda: NOW):
        made = install(Settings(data_dir=tmp_path, database_url=url))
        yield TestClient(create_app(made), base_url="http://127.0.0.1", raise_server_exceptions=False)
        made.database.dispose()


def found(client: TestClient, total: int, **params: Any) -> Any:
    """The answer, once the run behind the push is done."""
    until = time.monotonic() + 20
    while (answer := client.get(PATH, params=params).json())["total"] != total and time.monotonic() < until:
        time.sleep(0.05)
    assert answer["total"] == total
    return answer


def test_pushed_lines_are_reconciled_behind_the_answer(client: TestClient) -> None:
    line = {"line": "L20240701001", "payment_code": "C1", "amount(yuan)": 500, "posted_at": "2024-07-02"}
    sent = [line, {**line, "line": "L20240701002", "payment_code": "C2", "station": "14042302"}]
    assert client.post("/api/v1/statements", json=sent).status_code == 200
    answer = found(client, 2)
    assert answer["open"] == [{"kind": "unknown_code", "n": 2, "oldest": "2024-07-01T16:00:00+00:00"}]
    first = answer["differences"][0]
    assert (first["line"], first["found_fen"], first["age_days"]) == ("L20240701001", 50_000, 10)
    assert (first["since"], first["owner"], first["state"]) == ("2024-07-01T16:00:00+00:00", None, "open")
    assert "subject" not in first
    only = found(client, 1, station="14042302")
    assert [one["code"] for one in only["differences"]] == ["C2"]
    assert found(client, 0, kind="paid_twice")["open"][0]["n"] == 2
    assert len(found(client, 2, limit=1, offset=1)["differences"]) == 1
    (row,) = client.get("/api/v1/metrics/reconciliation").json()["rows"]
    assert (row["k"], row["n"], row["posted_fen"], row["open"]) == (0, 2, 100_000, 2)
    assert client.get("/api/v1/metrics/reconciliation", params={"by": "authority"}).status_code == 422


@pytest.mark.parametrize(
    "params",
    [{"station": "nowhere"}, {"kind": "matched"}, {"kind": "none"}, {"limit": 0}, {"from": "yesterday"}],
)
def test_a_parameter_that_cannot_be_is_a_problem(client: TestClient, params: dict[str, str]) -> None:
    answer = client.get(PATH, params=params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
