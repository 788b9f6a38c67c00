"""Pushes of real clients to a real server on a socket: cut off, slow, without length, many at once."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
import uvicorn
from sqlalchemy import func, select

from monitor.server import Installation, create_app, install
from monitor.settings.environment import Settings
from monitor.store.deliveries import recent_deliveries
from monitor.store.tables import events

PATH = "/api/v1/events"
KIND = {"Content-Type": "application/json"}


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return install(Settings(data_dir=tmp_path))


@pytest.fixture
def port(installation: Installation) -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(installation), log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def client(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield client


def row(case_no: str, activity: str = "confirmed", clock: str = "08:00") -> dict[str, Any]:
    at = f"2024-11-26T{clock}:00+08:00"
    return {"station": "14042302", "case_no": case_no, "activity": activity, "occurred_at": at}


def verdicts(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["verdict"] for one in answer.json()["verdicts"]]


def recorded(installation: Installation) -> int:
    with installation.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def begun(port: int, *headers: str) -> socket.socket:
    """A connection on which a push has begun."""
    opened = socket.create_connection(("127.0.0.1", port))
    lines = (f"POST {PATH} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers, "", "")
    opened.sendall("\r\n".join(lines).encode())
    return opened


def rest_of(opened: socket.socket) -> str:
    opened.settimeout(30)
    gathered = b""
    while part := opened.recv(65_536):
        gathered += part
    return gathered.decode()


def test_a_client_that_vanishes_in_mid_body_leaves_nothing_and_its_repeat_counts_once(
    installation: Installation, port: int, client: httpx.Client
) -> None:
    body = json.dumps([row("A-1"), row("A-1", "weighed", "07:00")]).encode()
    with begun(port, "Idempotency-Key: k", f"Content-Length: {len(body)}") as half:
        half.sendall(body[: len(body) // 2])
    first = client.post(PATH, content=body, headers={**KIND, "Idempotency-Key": "k"})
    again = client.post(PATH, content=body, headers={**KIND, "Idempotency-Key": "k"})
    assert verdicts(first) == ["new", "new"]
    assert again.content == first.content
    assert recorded(installation) == 2


def test_a_client_that_leaves_before_its_answer_gets_it_when_it_repeats(
    installation: Installation, port: int, client: httpx.Client
) -> None:
    body = json.dumps([row("A-1")]).encode()
    with begun(port, "Idempotency-Key: k", f"Content-Length: {len(body)}") as hasty:
        hasty.sendall(body)
    while not recorded(installation):
        time.sleep(0.01)
    assert verdicts(client.post(PATH, content=body, headers={**KIND, "Idempotency-Key": "k"})) == ["new"]
    assert recorded(installation) == 1


def test_a_body_without_length_is_taken_in_pieces(installation: Installation, client: httpx.Client) -> None:
    body = json.dumps([row(f"A-{number}") for number in range(50)]).encode()
    pieces = (body[start : start + 100] for start in range(0, len(body), 100))
    assert verdicts(client.post(PATH, content=pieces, headers=KIND)) == ["new"] * 50
    assert recorded(installation) == 50


def test_a_body_without_length_is_refused_once_it_is_too_long(
    installation: Installation, client: httpx.Client
) -> None:
    with patch("monitor.api.push.MOST_BYTES", 100_000):
        answer = client.post(PATH, content=(b" " * 10_000 for _ in range(100)), headers=KIND)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert recorded(installation) == 0


def test_a_slow_client_is_let_go_and_holds_up_nobody(
    installation: Installation, port: int, client: httpx.Client
) -> None:
    with patch("monitor.api.record.PATIENCE_S", 1), closing(begun(port, "Content-Length: 99")) as slow:
        slow.sendall(b"[{")
        assert verdicts(client.post(PATH, json=[row("A-1")])) == ["new"]
        told = rest_of(slow)
    assert told.startswith("HTTP/1.1 408 ")
    assert '"too_slow"' in told
    assert recorded(installation) == 1


def test_many_clients_at_once_get_each_its_own_answer(
    installation: Installation, client: httpx.Client
) -> None:
    def send(number: int) -> httpx.Response:
        rows = [row(f"A-{number}"), row("SHARED", "weighed", f"07:{number % 60:02}")]
        return client.post(PATH, json=rows, headers={"Idempotency-Key": f"k-{number}"})

    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(send, range(64)))
    told = [answer.json() for answer in answers]
    assert [(one["read"], one["landed"] + one["unchanged"]) for one in told] == [(2, 2)] * 64
    assert len({one["delivery"] for one in told}) == 64
    assert sum(one["events"] for one in told) == recorded(installation) == 64 + 60
    with installation.database.read() as connection:
        entered = recent_deliveries(connection, 100)
    assert {one.delivery_id: one.counts.events for one in entered} == {
        one["delivery"]: one["events"] for one in told
    }
    assert [send(number).content for number in range(64)] == [answer.content for answer in answers]
