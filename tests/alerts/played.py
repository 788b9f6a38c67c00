"""A real HTTP server on loopback that plays the providers in their documented formats."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
OK = {
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}},
    "webhook": {},
}


@dataclass
class Played:
    """What was asked, and what is answered: `answer` is given the number of the request, from 1."""

    url: str
    answer: Callable[[int], Answer | float]
    """A number instead of an answer: silence for so many seconds."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    drip: bool = False


def said(body: Any, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON, or in bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, raw


@contextmanager
def played(answer: Callable[[int], Answer | float]) -> Iterator[Played]:
    """A server for the time of the block."""
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with turn:
                kept.bodies.append(json.loads(body))
                kept.headers.append({**dict(self.headers), "raw": body.decode()})
                kept.paths.append(self.path)
                given = kept.answer(len(kept.bodies))
            if not isinstance(given, tuple):
                self._be_silent(given)
                return
            status, headers, raw = given
            self.send_response(status)
            for name, value in {"Content-Length": str(len(raw)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def _be_silent(self, seconds: float) -> None:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(0.05)
                if kept.drip:
                    try:
                        self.wfile.write(b"H")
                    except OSError:
                        return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept = Played(f"http://127.0.0.1:{server.server_address[1]}/robot?key=SECRET-KEY", answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
