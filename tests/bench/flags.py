"""A scan of flags over many open cases: where nothing is due, where some are, and where all are at once.

    python tests/bench/flags.py OPEN CLOSED [ROUNDS]
    python tests/bench/flags.py reach OPEN FLAGS

prints seconds, on the clock and of the processor: the first look at every case; a scan with nothing to do; a
scan before which a hundredth of the cases changed; and one in which every case has come to a threshold.
`reach` prints the seconds from a threshold to the provider's hand, in true time: scans and sendings as often
as they are shipped, a webhook on loopback, each flag the first of its station in that minute.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from monitor.alerts.outbox import Delivery
from monitor.alerts.scan import Scanned, scan
from monitor.cases.event import HOUR, SECOND
from monitor.cases.state import CaseState, Verdict
from monitor.jobs.flags import send_messages
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.changes import note_changed
from monitor.store.database import Database, ask
from monitor.store.migrate import upgrade
from tests.alerts.flagged import configuration as flagged
from tests.alerts.played import played, said
from tests.alerts.sending import HEAD
from tests.bench.board import NOW, fill, states


def timed(work: Callable[[], Scanned]) -> tuple[float, float, Scanned]:
    """Seconds on the clock, of the processor, and what was done."""
    clock, used = time.perf_counter(), time.process_time()
    done = work()
    return time.perf_counter() - clock, time.process_time() - used, done


def main(open_cases: int, closed: int, rounds: int = 9) -> dict[str, object]:
    """Build, measure, print."""
    random_ = random.Random(7)
    configuration = load_configuration(Settings())
    with tempfile.TemporaryDirectory() as name:
        database = Database(f"sqlite:///{Path(name) / 'bench.db'}")
        upgrade(database)
        fill(database, states(closed, held=False, random_=random_))
        fill(database, states(open_cases, held=True, random_=random_))
        first = timed(lambda: scan(database, configuration, NOW))
        idle, few = [], []
        for turn in range(rounds):
            idle.append(timed(partial(scan, database, configuration, NOW + 5 * turn * SECOND)))
            with database.write() as connection:
                statement = "SELECT case_id FROM case_versions ORDER BY id DESC LIMIT ?"
                newest = ask(connection, statement, (open_cases,))
                note_changed(connection, [row[0] for row in random_.sample(newest, open_cases // 100)])
            few.append(timed(partial(scan, database, configuration, NOW + 5 * (turn + 1) * SECOND)))
        flood = timed(lambda: scan(database, configuration, NOW + 40 * HOUR))
        database.dispose()
    result: dict[str, object] = {
        "open": open_cases,
        "closed": closed,
        "first": first[:2],
        "raised_first": first[2].raised,
        "idle": [median(one[place] for one in idle) for place in (0, 1)],
        "few": [median(one[place] for one in few) for place in (0, 1)],
        "looked_at": median(one[2].cases for one in few),
        "flood": flood[:2],
        "raised_flood": flood[2].raised,
    }
    print(json.dumps(result))
    return result


EVERY = {"scan": 5.0, "send": 3.0}
"""Seconds between two runs, as `config/jobs.yaml` has them."""
APART, BEFORE = 3.7, 12.0
"""Seconds between two thresholds, and before the first of them."""


def reach(open_cases: int, flags: int) -> dict[str, object]:
    """From crossing a threshold to the provider, over so many flags at stations of their own."""
    codes = [f"X{n:03}" for n in range(flags)]
    configuration = flagged(_alerts(codes))
    crossed = {code: NOW + round((BEFORE + n * APART) * SECOND) for n, code in enumerate(codes)}
    seen: dict[str, int] = {}
    with played(lambda _: said({})) as hook, tempfile.TemporaryDirectory() as name:
        os.environ["TEST_HOOK"] = hook.url
        database = Database(f"sqlite:///{Path(name) / 'bench.db'}")
        upgrade(database)
        fill(database, states(open_cases, held=True, random_=random.Random(7)))
        fill(database, [_held(code, at - 12 * HOUR) for code, at in crossed.items()])
        scan(database, configuration, NOW)
        start = time.perf_counter()

        def moment() -> int:
            return NOW + round((time.perf_counter() - start) * SECOND)

        delivery = Delivery(database, configuration, texts("zh"), moment)
        ended = threading.Event()
        work = {
            "scan": lambda: scan(database, configuration, moment()),
            "send": lambda: send_messages(delivery),
        }
        loops = [threading.Thread(target=_again, args=(work[one], EVERY[one], ended)) for one in work]
        for loop in loops:
            loop.start()
        until = BEFORE + flags * APART + 20
        while len(seen) < flags and time.perf_counter() - start < until:
            for body in list(hook.bodies):
                for flag in body["flags"]:
                    seen.setdefault(flag["case_no"], moment())
            time.sleep(0.02)
        ended.set()
        for loop in loops:
            loop.join()
        database.dispose()
    took = sorted((seen[code] - at) / SECOND for code, at in crossed.items() if code in seen)
    result: dict[str, object] = {
        "open": open_cases,
        "flags": flags,
        "arrived": len(took),
        "median": round(median(took), 2),
        "longest": round(took[-1], 2),
    }
    print(json.dumps(result))
    return result


def _alerts(codes: list[str]) -> str:
    """Clock A alone, and nobody to tell but at the stations that are measured."""
    channel = '{kind: webhook, address: "${TEST_HOOK}", private_hosts: [127.0.0.1]}'
    levels = {code: [{"name": "duty", "recipients": ["duty"]}] for code in codes}
    return (
        f"{HEAD}\nchannels:\n  hook: {channel}\nrecipients:\n  duty: {{name: {{zh: duty}}, channel: hook}}\n"
        f"levels: {json.dumps(levels)}\n"
    )


def _held(station: str, at: int) -> CaseState:
    """A vehicle whose clock started then; its case is called as its station."""
    return CaseState(
        station=station, case_no=station, verdict=Verdict.RUNNING.value, custody=True, events=1, first_at=at,
        last_at=at, plate="晋D00001", confirmed_at=at, limit_s=86_400, deadline_at=at + 24 * HOUR,
    )  # fmt: skip


def _again(work: Callable[[], object], seconds: float, ended: threading.Event) -> None:
    while not ended.is_set():
        began = time.perf_counter()
        work()
        ended.wait(max(0.0, seconds - (time.perf_counter() - began)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["reach"]:
        reach(*(int(argument) for argument in sys.argv[2:]))
    else:
        main(*(int(argument) for argument in sys.argv[1:]))
