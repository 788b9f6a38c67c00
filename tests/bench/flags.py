"""A scan of flags over many open cases: where nothing is due, where some are, and where all are at once.

    python tests/bench/flags.py OPEN CLOSED [ROUNDS]

prints seconds, on the clock and of the processor: the first look at every case; a scan with nothing to do; a
scan before which a hundredth of the cases changed; and one in which every case has come to a threshold.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from monitor.alerts.scan import Scanned, scan
from monitor.cases.event import HOUR, SECOND
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.changes import note_changed
from monitor.store.database import Database, ask
from monitor.store.migrate import upgrade
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


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
