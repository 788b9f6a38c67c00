"""A refresh of the board: queries, view, components and their JSON, with the cache that spares it left out.

    python tests/bench/board.py CLOSED HELD [ROUNDS]

prints milliseconds per refresh: median and 95th percentile.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from monitor.cases.event import HOUR, SECOND
from monitor.cases.state import CaseState, Verdict
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.log import add_cases, number_cases
from monitor.store.migrate import upgrade
from monitor.store.versions import insert_versions, version_row

HELD_STATIONS = ("14042301", "14042302", "14042303")
NOW = 1_795_000_000 * SECOND


def states(count: int, held: bool, random_: random.Random) -> list[CaseState]:
    """Made-up states: released ones spread over the years before, or held ones at every stage."""
    made = []
    for number in range(count):
        hours = random_.uniform(0.2, 26) if held else random_.uniform(30, 5 * 365 * 24)
        start = NOW - round(hours * HOUR)
        end = None if held else start + round(random_.uniform(4, 26) * HOUR)
        stage = random_.random()
        late = end is not None and end > start + 24 * HOUR
        verdict = Verdict.RUNNING if held else Verdict.LATE if late else Verdict.ON_TIME
        made.append(
            CaseState(
                station=HELD_STATIONS[number % 3],
                case_no=f"{'H' if held else 'C'}{number:08d}",
                verdict=verdict.value,
                custody=True,
                events=6,
                first_at=start,
                last_at=start + HOUR if end is None else end,
                plate=f"晋D{random_.randrange(10**5):05d}",
                plate_colour="yellow",
                axles=6,
                gross_kg=61_420,
                limit_kg=49_000,
                limit_rule="combination-6",
                confirmed_at=start,
                limit_s=86_400,
                deadline_at=start + 24 * HOUR,
                released_at=end,
                authority="police",
                decided_at=start + 2 * HOUR if stage > 0.3 else None,
                outcome="fine" if stage > 0.3 else None,
                pay_requested_at=start + 3 * HOUR if stage > 0.4 else None,
                paid_at=start + 4 * HOUR if stage > 0.6 else None,
                unloading_at=start + HOUR if stage > 0.2 else None,
                unloaded_at=start + 2 * HOUR if stage > 0.5 else None,
                removed_at=start + 3 * HOUR if stage > 0.8 else None,
            )
        )
    return made


def fill(database: Database, made: list[CaseState]) -> None:
    """Write the states as current versions."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Shanghai")
    for begin in range(0, len(made), 20_000):
        part = made[begin : begin + 20_000]
        with database.write() as connection:
            ids = number_cases(connection, [(one.station, one.case_no) for one in part])
            add_cases(connection, ids)
            insert_versions(
                connection,
                [version_row(ids[one.station, one.case_no], one.first_at, None, one, zone) for one in part],
            )
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def refreshes(database: Database, folder: Path, rounds: int) -> list[float]:
    """Milliseconds of each refresh."""
    import plotly.io.json as plotly_json

    import dashboard.app  # noqa: F401 - what the server loads weighs on its garbage collections
    from dashboard.parts.board import board
    from dashboard.services import Services
    from dashboard.views.snapshot import snapshot
    from ingest.mapping.pages import load_pages
    from monitor.server import settle
    from monitor.settings.configuration import load_configuration
    from monitor.settings.texts import texts

    settings = Settings(data_dir=folder)
    services = Services(
        configuration=load_configuration(settings),
        database=database,
        now=lambda: NOW,
        simulated=True,
        version="bench",
        texts={"zh": texts("zh", None), "en": texts("en", None)},
        sources=load_pages(None),
    )
    settle()
    times = []
    for turn in range(rounds):
        begin = time.perf_counter()
        view = snapshot(services, None, NOW + turn)
        nodes = board(view, services.texts["zh"], services.configuration, wall=False)
        plotly_json.to_json_plotly(nodes)
        times.append((time.perf_counter() - begin) * 1000)
        if not view.whole:
            raise SystemExit(f"a part of the board failed: {view}")
    return times


def main(closed: int, held: int, rounds: int = 60) -> dict[str, float]:
    """Build, measure, print."""
    random_ = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'bench.db'}")
        upgrade(database)
        fill(database, states(closed, held=False, random_=random_))
        fill(database, states(held, held=True, random_=random_))
        times = refreshes(database, folder, rounds + 5)[5:]
        database.dispose()
    result = {"closed": closed, "held": held, "median": median(times), "p95": quantiles(times, n=20)[-1]}
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
