"""Server time of the Flow page and of `/api/v1/metrics/...` over a lake of made-up cases.

    python tests/bench/pages.py [CASES] [ROUNDS] [FOLDER]

Every round is another minute and another question, so that no page is one that was drawn before. FOLDER keeps
the lake for the next time. Milliseconds, median and 95th percentile.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from fastapi import FastAPI
from fastapi.testclient import TestClient
from made_lake import NOW, made_lake

from dashboard.pages.flow import page_of
from dashboard.services import Services
from dashboard.views.flow_ask import flow_ask
from monitor.api.metrics import metrics_router
from monitor.api.problem import answer_problems
from monitor.lake.manifest import read_manifest
from monitor.metrics.catalog import METRICS
from monitor.metrics.columns import COUNTED
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.resident import Resident
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.migrate import upgrade

MINUTE = 60_000_000


class Standing:
    """The made-up lake in the place of the one beside a database."""

    version = "1"
    standing = None

    def __init__(self, engine: LakeEngine) -> None:
        self._engine = engine

    def engine(self, now: int) -> LakeEngine:
        """The engine over the lake."""
        return self._engine

    whole = engine

    def ask(self, now: int, work):  # type: ignore[no-untyped-def]
        """What `work` finds."""
        return work(self._engine)


def spent_as(taken: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(taken)
    late = ordered[round(0.95 * (len(ordered) - 1))]
    return f"{1000 * median(ordered):.0f} ms, p95 {1000 * late:.0f} ms"


def main(cases: int = 1_000_000, rounds: int = 40, folder: str | None = None) -> None:
    """Measure, and print rows for the README."""
    with tempfile.TemporaryDirectory() as scratch:
        lake = Path(folder or f"{scratch}/lake")
        manifest = read_manifest(lake) or made_lake(lake, cases)
        settings = Settings(data_dir=Path(scratch))
        database = Database(f"sqlite:///{scratch}/db")
        upgrade(database)
        # As a server has it once it has been asked before.
        resident = Resident(lake, settings.lake_memory * 2**20)
        for table in COUNTED:
            resident.fill(manifest, table)
        standing = Standing(LakeEngine(lake, manifest, resident=resident))
        clock = [NOW]
        services = Services(
            configuration=load_configuration(settings), database=database,
            now=lambda: clock[0], simulated=True, version="1", texts={"zh": texts("zh"), "en": texts("en")},
            lake=standing,
        )  # fmt: skip
        app = FastAPI()
        answer_problems(app)
        app.include_router(metrics_router(services, standing))
        page, api = page_of(services).kept, TestClient(app)
        drawn, answered, busy, worked = [], [], [], []
        # Every question is asked once before: a query is written once for all that follow.
        for number in range(-3 * len(METRICS), rounds):
            if number == 0:
                # As a server does after its first questions.
                gc.collect()
                gc.freeze()
            clock[0] = NOW + number * MINUTE
            asked = flow_ask({"weeks": ("4", "13", "26")[number % 3]}, services.configuration.stations)
            begin, spent = time.perf_counter(), time.process_time()
            page.draw(asked, "zh", clock[0])
            between, spent = time.perf_counter(), time.process_time() - spent
            begun = time.process_time()
            name = list(METRICS)[number % len(METRICS)]
            since = f"2023-{1 + number % 9:02d}-01"
            told = api.get(f"/api/v1/metrics/{name}", params={"from": since, "to": "2023-12-31"})
            assert told.status_code == 200, told.text
            if number >= 0:
                drawn.append(between - begin)
                busy.append(spent)
                answered.append(time.perf_counter() - between)
                worked.append(time.process_time() - begun)
        database.dispose()
    print(f"| the Flow page drawn anew, lake of {cases:,} cases | {spent_as(drawn)} | p95 ≤ 150 ms |")
    print(f"| the same, processor time | {spent_as(busy)} | |")
    print(f"| `/api/v1/metrics/…` of some months there | {spent_as(answered)} | p95 ≤ 150 ms |")
    print(f"| the same, processor time | {spent_as(worked)} | |")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]), *sys.argv[3:4])
