"""Events a second that a running server takes in over HTTP: in batches of 100 and one by one, durable.

    python tests/bench/push.py [EVENTS]

One client with one connection; the server is a process of its own, as `fangxing serve` is.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import httpx
import orjson

ROUNDS = 3
BATCH = 100
STATION = "14042302"
ACTIVITIES = ("weighed", "confirmed", "unloading", "unloaded", "released")


@contextmanager
def served() -> Iterator[str]:
    """A server with an empty database; gives its address."""
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
            yield address
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


def rate(client: httpx.Client, first: int, events: int, size: int) -> float:
    """Events a second in pushes of `size`."""
    bodies = [orjson.dumps(told(start, size)) for start in range(first, first + events, size)]
    begin = time.perf_counter()
    for number, body in enumerate(bodies):
        answer = client.post(
            "/api/v1/events",
            content=body,
            headers={"Content-Type": "application/json", "Idempotency-Key": f"{first}-{number}"},
        )
        assert answer.json()["events"] == size, answer.text
    return events / (time.perf_counter() - begin)


def main(events: int) -> None:
    """Measure and print the rows of the README's table."""
    batches, singles = [], []
    with served() as address, httpx.Client(base_url=address) as client:
        first = 0
        for _ in range(ROUNDS):
            batches.append(rate(client, first, events, BATCH))
            first += events
            singles.append(rate(client, first, events // 20, 1))
            first += events // 20
    print(f"| push, batches of {BATCH}, each with its key | {median(batches):,.0f} events/s | ≥ 5,000 |")
    print(f"| push, one event at a time, each with its key | {median(singles):,.0f} events/s | ≥ 500 |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
