"""How long a thread keeps Python while another waits for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_SECONDS = 0.0002
_lock = Lock()
_loads = 0
_usual = 0.0


@contextmanager
def short_turns() -> Iterator[None]:
    """While a delivery is written, threads take turns much more often as they would.

    The one that brings rows to the database needs Python for a moment between two statements; by the usual
    turns it waits for it five times as long as a statement takes, and the database is idle meanwhile.
    """
    global _loads, _usual
    with _lock:
        if not _loads:
            _usual = sys.getswitchinterval()
            sys.setswitchinterval(min(_SECONDS, _usual))
        _loads += 1
    try:
        yield
    finally:
        with _lock:
            _loads -= 1
            if not _loads:
                sys.setswitchinterval(_usual)
