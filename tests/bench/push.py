"""Events a second that a running server takes in over HTTP: in batches of 100 and one by one, durable.

    python tests/bench/push.py [EVENTS]

The server is a process of its own, as `fangxing serve` is; clients wait for each answer before they send the
next. What one connection gets is what one push costs; of several, those that wait are committed together.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median

import httpx
import orjson

ROUNDS = 3
BATCH = 100
CONNECTIONS = 16
BARE = 500
STATION = "14042302"
ACTIVITIES = ("weighed", "confirmed", "unloading", "unloaded", "released")


@contextmanager
def served() -> Iterator[int]:
    """A server with an empty database; gives its port."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {**os.environ, "FANGXING_DATA_DIR": folder, "FANGXING_PORT": str(port)}
        command = [sys.executable, "-c", "from monitor.cli import main; main()", "serve"]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        try:
            while not answers(address):
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()
            server.wait(20)


def answers(address: str) -> bool:
    """Whether the server is there yet."""
    try:
        return httpx.get(f"{address}/healthz").is_success
    except httpx.TransportError:
        return False


def told(first: int, count: int) -> list[dict[str, str]]:
    """Events of cases of five."""
    return [
        {
            "station": STATION,
            "case_no": f"P-{number // 5}",
            "activity": ACTIVITIES[number % 5],
            "occurred_at": f"2024-07-24T{8 + number % 5:02}:00:00+08:00",
            "plate": f"晋D{number // 5 % 100_000:05}",
        }
        for number in range(first, first + count)
    ]


def push(port: int, first: int, events: int, size: int) -> None:
    """Push events over one connection, so many at a time; each push has its key."""
    connection = HTTPConnection("127.0.0.1", port)
    bodies = [orjson.dumps(told(start, size)) for start in range(first, first + events, size)]
    for number, body in enumerate(bodies):
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"{first}-{number}"}
        connection.request("POST", "/api/v1/events", body, headers)
        answer = connection.getresponse().read()
        assert orjson.loads(answer)["events"] == size, answer
    connection.close()


def rate(port: int, connections: int, first: int, events: int, size: int) -> float:
    """Events a second over several connections at once."""
    each = events // connections
    with ThreadPoolExecutor(connections) as clients:
        begin = time.perf_counter()
        sent = [clients.submit(push, port, first + n * each, each, size) for n in range(connections)]
        for one in sent:
            one.result()
        return each * connections / (time.perf_counter() - begin)


def commits() -> float:
    """Durable commits a second of one row each by SQLite alone, on the same disk."""
    with tempfile.TemporaryDirectory() as folder:
        bare = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
        bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (n INTEGER)")
        begin = time.perf_counter()
        for number in range(BARE):
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO t VALUES (?)", (number,))
            bare.execute("COMMIT")
        return BARE / (time.perf_counter() - begin)


def main(events: int) -> None:
    """Measure and print the rows of the README's table."""
    batches, singles, together, bare = [], [], [], []
    few = events // 10
    with served() as port:
        # What is bound and compiled at the first push of all is not what the next ones cost.
        rate(port, 1, 0, 200, 1)
        first = 1_000
        for _ in range(ROUNDS):
            batches.append(rate(port, 1, first, events, BATCH))
            singles.append(rate(port, 1, first + events, few, 1))
            together.append(rate(port, CONNECTIONS, first + events + few, few, 1))
            bare.append(commits())
            first += 2 * (events + few)
    print(f"| push, batches of {BATCH}, one connection | {median(batches):,.0f} events/s | ≥ 5,000 |")
    print(f"| push, one event at a time, one connection | {median(singles):,.0f} events/s | ≥ 500 |")
    print(f"| the same, {CONNECTIONS} connections | {median(together):,.0f} events/s | |")
    print(f"| one row at a time by SQLite alone, as durable | {median(bare):,.0f} rows/s | |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
