"""`fangxing ingest` and `fangxing serve` as processes of their own, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from monitor.cases.state import CaseState
from monitor.store.database import Database
from monitor.store.log import CaseKey
from tests.engines import ENGINES, database_url_on
from tests.store.reading import current

PROGRAM = [sys.executable, "-c", "from monitor.cli import main; main()"]
STATION = "14042302"
HEAD = "station,case_no,activity,occurred_at,gross_kg,plate,driver"
KEY = {"Idempotency-Key": "one"}

pytestmark = pytest.mark.timeout(300)


def hours_ago(hours: float) -> str:
    return (NOON - timedelta(hours=hours)).isoformat()


NOON = datetime.now(ZoneInfo("Asia/Shanghai")).replace(microsecond=0)


def file_in(folder: Path) -> Path:
    rows = [
        f"{STATION},A-1,weighed,{hours_ago(3)},61400,晋D12345,",
        f"{STATION},A-1,confirmed,{hours_ago(2.5)},61400,晋D12345,王小明",
        f"{STATION},A-2,confirmed,{hours_ago(2)},52000,晋D54321,",
        f"{STATION},A-2,released,yesterday,,,",
    ]
    file = folder / "events.csv"
    file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return file


def told(activity: str, hours: float) -> dict[str, Any]:
    return {"station": STATION, "case_no": "A-1", "activity": activity, "occurred_at": hours_ago(hours)}


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[httpx.Client]:
    """A server of its own, stopped as a service manager stops it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen([*PROGRAM, "serve", "--port", str(port)], env=environment)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            until = time.monotonic() + 120
            while time.monotonic() < until:
                try:
                    if client.get("/readyz").status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.2)
            yield client
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) in (0, -signal.SIGTERM)
    finally:
        running.kill()
        running.wait()


def board(client: httpx.Client) -> str:
    """What an open Watch page is sent at its next tick."""
    outputs = ["fx-board.children", "fx-board-key.data", "fx-stamp.children"]
    inputs = [("fx-tick", "n_intervals", 1), ("fx-location", "search", ""), ("fx-acted", "data", None)]
    answer = client.post(
        "/_dash-update-component",
        json={
            "output": f"..{'...'.join(outputs)}..",
            "outputs": [dict(zip(("id", "property"), one.split("."), strict=True)) for one in outputs],
            "inputs": [{"id": i, "property": p, "value": v} for i, p, v in inputs],
            "changedPropIds": ["fx-tick.n_intervals"],
            "state": [{"id": "fx-board-key", "property": "data", "value": None}],
        },
    )
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.json(), ensure_ascii=False)


def lived(engine: str, folder: Path) -> dict[CaseKey, CaseState]:
    """A day of an installation on this engine, and the cases it ends with."""
    folder.mkdir()
    with database_url_on(engine) as url:
        environment = {**os.environ, "FANGXING_DATA_DIR": str(folder / "data"), "FANGXING_LANGUAGE": "en"}
        if url is not None:
            environment["FANGXING_DATABASE_URL"] = url
        ingest = [*PROGRAM, "ingest", str(file_in(folder)), "--source", "events", "--json"]
        done = subprocess.run(ingest, env=environment, capture_output=True, text=True, check=True)
        totals = json.loads(done.stdout)["totals"]
        assert (totals["events"], totals["quarantined"], totals["cases"]) == (3, 1, 2)
        with serving(environment) as client:
            shown = board(client)
            assert "A-1" in shown
            assert "A-2" in shown
            pushed = [told("unloaded", 2), told("released", 1)]
            first = client.post("/api/v1/events", json=pushed, headers=KEY).json()
            assert [one["verdict"] for one in first["verdicts"]] == ["new", "new"]
            assert client.post("/api/v1/events", json=pushed, headers=KEY).json() == first
            listed = client.get("/api/v1/cases", params={"station": STATION}).json()
            assert {one["case_no"] for one in listed["cases"]} == {"A-1", "A-2"}
            assert client.get("/api/v1/cases/A-1", params={"station": STATION}).status_code == 200
            assert client.get("/healthz").json()["status"] == "ok"
        database = Database(url or f"sqlite:///{folder / 'data' / 'fangxing.db'}")
        try:
            return current(database)
        finally:
            database.dispose()


@pytest.mark.full
def test_an_installation_lives_the_same_day_on_both_engines(tmp_path: Path) -> None:
    first, second = (lived(engine, tmp_path / engine) for engine in ENGINES)
    assert first == second
    assert first[(STATION, "A-1")].released_at is not None
    assert first[(STATION, "A-2")].released_at is None
