"""The server is killed at every step of a push, and at any moment: repeated pushes count each event once."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from monitor.server import install
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.deliveries import recent_deliveries
from monitor.store.refold import refold
from monitor.store.tables import events
from tests.long import is_full

PATH = "/api/v1/events"

BEFORE_COMMIT = (
    "ingest.push.kept_answer",
    "ingest.accept.open_delivery",
    "ingest.append.insert_events",
    "ingest.append.append_versions",
    "ingest.accept.record_counts",
    "ingest.push.keep_answer",
)
COMMITTED = "ingest.push.Pushes._written"
"""What a push goes through, in this order; the process is killed right after it."""

SERVER = """
import importlib, os, signal, sys
from ingest.push import Pushes
from monitor.server import install, serve
from monitor.settings.environment import Settings

armed = False
send = Pushes.send

def arming(self, push, told):
    global armed
    armed = armed or push.key == sys.argv[1]
    send(self, push, told)

Pushes.send = arming
for step in sys.argv[2:]:
    name = step.removeprefix("ingest.").split(".")
    owner = importlib.import_module("ingest." + name[0])
    for part in name[1:-1]:
        owner = getattr(owner, part)
    real = getattr(owner, name[-1])
    def dying(*args, _real=real, **named):
        given = _real(*args, **named)
        if armed:
            os.kill(os.getpid(), signal.SIGKILL)
        return given
    setattr(owner, name[-1], dying)
serve(install(Settings()))
"""


class Served:
    """A server as a process of its own, and a client of it."""

    def __init__(self, process: subprocess.Popen[bytes], client: httpx.Client) -> None:
        self.process = process
        self.client = client

    def push(self, rows: Sequence[dict[str, Any]], key: str) -> httpx.Response:
        return self.client.post(PATH, json=rows, headers={"Idempotency-Key": key})


@contextmanager
def served(folder: Path, key: str = "", step: str = "") -> Iterator[Served]:
    """A server that kills itself after a step of the push with this key."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "FANGXING_DATA_DIR": str(folder), "FANGXING_PORT": str(port)}
    with (
        subprocess.Popen(
            [sys.executable, "-c", SERVER, key, *filter(None, [step])], env=environment
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        try:
            while not answers(client):
                assert process.poll() is None, "the server did not start"
                time.sleep(0.05)
            yield Served(process, client)
        finally:
            process.kill()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.TransportError:
        return False


def row(number: int) -> dict[str, Any]:
    at = f"2024-11-26T{number // 60 % 24:02}:{number % 60:02}:00+08:00"
    told = {
        "station": "14042302",
        "case_no": f"A-{number // 4}",
        "occurred_at": at,
        "driver": f"张{number % 7}",
    }
    return {**told, "activity": ("weighed", "confirmed", "unloaded", "released")[number % 4]}


def told(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["verdict"] for one in answer.json()["verdicts"]]


def each_once(folder: Path, count: int) -> None:
    """So many events are there, each once, and every case is what its events make of it."""
    installation = install(Settings(data_dir=folder))
    with installation.database.read() as connection:
        found = connection.execute(select(func.count(), func.count(events.c.identity.distinct()))).one()
        assert tuple(found) == (count, count)
        assert refold(connection, installation.intake.terms, repair=False).differing == []
        assert {one.status for one in recent_deliveries(connection, 10_000)} == {"done"}


@pytest.mark.timeout(600)
def test_killed_between_two_steps_a_repeated_push_counts_once_and_has_one_answer(tmp_path: Path) -> None:
    steps = [*BEFORE_COMMIT, COMMITTED] if is_full() else [BEFORE_COMMIT[-1], COMMITTED]
    lost: list[tuple[str, list[dict[str, Any]], bool]] = []
    for place, step in enumerate([*steps, ""]):
        with served(tmp_path, f"k-{place}", step) as server:
            for key, rows, landed in lost:
                held = recorded(tmp_path)
                answer = server.push(rows, key)
                # The answer is that of the first time, whether its transaction was committed or not.
                assert told(answer) == ["new", "new"]
                assert recorded(tmp_path) - held == (0 if landed else 2)
                assert server.push(rows, key).content == answer.content
            lost = []
            if step:
                rows = [row(2 * place), row(2 * place + 1)]
                with pytest.raises(httpx.TransportError):
                    server.push(rows, f"k-{place}")
                assert server.process.wait(10) == -9
                lost.append((f"k-{place}", rows, step == COMMITTED))
    each_once(tmp_path, 2 * len(steps))


def recorded(folder: Path) -> int:
    database = Database(f"sqlite:///{folder / 'fangxing.db'}")
    with database.read() as connection:
        found = int(connection.execute(select(func.count()).select_from(events)).scalar_one())
    database.dispose()
    return found


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_killed_forty_times_at_any_moment_while_several_clients_push_each_event_counts_once(
    tmp_path: Path,
) -> None:
    chance = random.Random(20241126)
    clients, kills = 4, 40
    done = threading.Event()
    address: list[str] = [""]
    sent = [0] * clients

    def sending(client: int) -> None:
        """Goes on with a push, by its key, until it has an answer."""
        size = (1, 1, 7, 100)[client]
        while not done.is_set():
            number = sent[client]
            first = client * 1_000_000 + number * size
            rows = [{**row(one), "case_no": f"C{client}-{one // 4}"} for one in range(first, first + size)]
            try:
                with httpx.Client(base_url=address[0], timeout=10) as http:
                    answer = http.post(PATH, json=rows, headers={"Idempotency-Key": f"{client}-{number}"})
            except httpx.TransportError:
                time.sleep(0.02)
                continue
            assert set(told(answer)) == {"new"}
            sent[client] = number + 1

    threads = [threading.Thread(target=sending, args=(client,), daemon=True) for client in range(clients)]
    try:
        for kill in range(kills + 1):
            with served(tmp_path) as server:
                address[0] = str(server.client.base_url)
                if not kill:
                    for thread in threads:
                        thread.start()
                time.sleep(chance.uniform(0.1, 1.5))
                if kill == kills:
                    done.set()
                    for thread in threads:
                        thread.join()
    finally:
        # Where a server does not come up again, its clients end with the test.
        done.set()
    each_once(tmp_path, sum(number * size for number, size in zip(sent, (1, 1, 7, 100), strict=True)))
    assert min(sent) > kills
