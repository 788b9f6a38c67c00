"""`fangxing serve` and `fangxing work` as processes of their own keep the lake, also when killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from monitor.lake.check import check
from monitor.lake.manifest import read_manifest
from monitor.store.database import Database
from tests.engines import database_url_on
from tests.factories import SHANGHAI
from tests.lake.test_keeper import seconds_until

PROGRAM = [sys.executable, "-c", "from monitor.cli import main; main()"]
STATION = "14042302"
START_SECONDS = 60

pytestmark = pytest.mark.timeout(300)


class Place:
    """An installation: its folder, its database, and how its programs are told of them."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.lake = folder / "lake"
        self.environment = {**os.environ, "FANGXING_DATA_DIR": str(folder), "FANGXING_LANGUAGE": "en"}
        if url is not None:
            self.environment["FANGXING_DATABASE_URL"] = url
        self.url = url or f"sqlite:///{folder / 'fangxing.db'}"

    def events(self) -> int:
        """Rows of events that the lake holds, read as any other program would, past the server."""
        manifest = read_manifest(self.lake)
        parts = () if manifest is None else manifest.parts.values()
        return sum(part.rows for part in parts if part.place.table == "events")

    @contextmanager
    def serving(self) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
        """A server of its own; killed at the end where it still runs."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [*PROGRAM, "serve", "--port", str(port)]
        running = subprocess.Popen(command, env=self.environment)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                seconds_until(lambda: running.poll() is not None or answers(client), START_SECONDS)
                assert running.poll() is None, "the server did not start"
                yield running, client
        finally:
            running.kill()
            running.wait()

    @contextmanager
    def working(self) -> Iterator[None]:
        """`fangxing work`, stopped as a service manager stops it."""
        running = subprocess.Popen([*PROGRAM, "work"], env=self.environment)
        try:
            yield
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) == 0
        finally:
            running.kill()
            running.wait()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.TransportError:
        return False


def push(client: httpx.Client, number: int) -> None:
    told = {"station": STATION, "case_no": f"A-{number}", "activity": "confirmed"}
    moment = f"2024-{1 + number % 3:02d}-11T08:00:00+08:00"
    answer = client.post("/api/v1/events", json=[{**told, "occurred_at": moment}])
    assert [one["verdict"] for one in answer.json()["verdicts"]] == ["new"]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with database_url_on(request.param) as url:
        yield Place(tmp_path / "data", url)


def holds(place: Place, events: int) -> Callable[[], bool]:
    return lambda: place.events() == events


def agrees(place: Place) -> None:
    database = Database(place.url)
    found = check(database, place.lake, lambda _: SHANGHAI)
    database.dispose()
    assert (found.faults, found.behind) == ([], 0)


@pytest.mark.parametrize(
    "place", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)], indirect=True
)
def test_a_server_tells_a_push_within_ten_seconds_also_after_it_was_killed(place: Place) -> None:
    with place.serving() as (process, client):
        push(client, 1)
        seconds_until(holds(place, 1))
        push(client, 2)
        # Before the lake follows or while it does: wherever it stands, the next one goes on from there.
        process.kill()
        process.wait()
    next(place.lake.glob("events/*.parquet")).unlink()
    with place.serving() as (_, client):
        seconds_until(holds(place, 2))
        push(client, 3)
        seconds_until(holds(place, 3))
        seconds_until(lambda: client.get("/healthz").json()["lake"]["status"] == "ok")
        health = client.get("/healthz").json()["lake"]
        assert (health["mended"], health["problem"]) == ("file_missing", None)
        rows = client.get("/api/v1/metrics/throughput", params={"by": "month"}).json()["rows"]
        assert len(rows) == 3
    agrees(place)


@pytest.mark.full
@pytest.mark.parametrize("place", ["sqlite", "postgresql"], indirect=True)
def test_two_servers_and_a_worker_keep_one_lake(place: Place) -> None:
    with place.serving() as (first, one), place.serving() as (_, other), place.working():
        for number in range(12):
            push(one if number % 2 else other, number)
            time.sleep(0.1)
        seconds_until(holds(place, 12))
        first.kill()
        first.wait()
        push(other, 12)
        seconds_until(holds(place, 13))
    agrees(place)


def test_a_lake_that_cannot_be_written_is_told_by_health_metrics_and_pages(tmp_path: Path) -> None:
    place = Place(tmp_path / "data", None)
    place.lake.parent.mkdir()
    place.lake.write_text("a file where the folder should be")
    with place.serving() as (_, client):
        seconds_until(lambda: client.get("/healthz").json()["lake"]["problem"] == "disk")
        answer = client.get("/api/v1/metrics/compliance")
        assert (answer.status_code, answer.json()["code"]) == (503, "lake_disk")
        assert "FANGXING_LAKE_DIR" in answer.json()["detail"]
        cases = client.get("/api/v1/cases", params={"behind": "rate.all", "period": "2024-01-01/2024-02-01"})
        assert (cases.status_code, cases.json()["code"]) == (503, "lake_disk")
        assert client.get("/readyz").is_success
        place.lake.unlink()
        seconds_until(lambda: client.get("/healthz").json()["lake"]["status"] == "ok")
        assert client.get("/api/v1/metrics/compliance").is_success
