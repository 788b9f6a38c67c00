"""A week worked out by hand: two stations, seven cases, two versions of one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select, update

from monitor.lake.judging import judging
from monitor.metrics.source import LakeSource
from monitor.reports.weekly.frame import WeeklyReport
from monitor.reports.weekly.period import Week
from monitor.reports.weekly.source import Promise
from monitor.reports.weekly.weekly import weekly
from monitor.settings.configuration import Configuration, load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from monitor.store.quarantine import RETRIED, SUPERSEDED, Quarantined, put_in_quarantine
from monitor.store.tables import deliveries, quarantine
from tests.factories import at, candidate, deliver

WEST, NORTH = "14042301", "14042302"
WEEK = Week.named("2024-W30")
AS_OF = at("2024-07-29 08:00")
"""Monday after the week, when its report is due."""


Ending = tuple[str, int | None, str | None]


def refuse(database: Database, received: int, entries: Mapping[str, Ending | None]) -> None:
    """Quarantine of the delivery received then, by value, with how, when and by whom each was settled."""
    with database.write() as connection:
        delivery, source = connection.execute(
            select(deliveries.c.id, deliveries.c.source_id).where(deliveries.c.received_at == received)
        ).one()
        items = [
            Quarantined(None, row, "放行时间", value, "impossible_date", "", {}, "released", WEST, "B9", None)
            for row, value in enumerate(entries, 2)
        ]
        put_in_quarantine(connection, delivery, source, items, Counter(), received)
        for value, ending in entries.items():
            if ending is not None:
                told = dict(zip(("status", "settled_at", "settled_by"), ending, strict=True))
                connection.execute(update(quarantine).where(quarantine.c.value == value).values(told))


class Small:
    """The database of the week and what reports are made from."""

    def __init__(self, folder: Path, *, filled: bool = True) -> None:
        self.configuration: Configuration = load_configuration(Settings(data_dir=folder))
        self.database = Database(f"sqlite:///{folder / 'small.db'}")
        upgrade(self.database)
        zone, rules = self.configuration.zone_of, judging(self.configuration)
        self.lake = LakeSource(self.database, folder / "lake", zone, rules)
        if filled:
            self._fill()

    def tell(self, received: str, *rows: tuple[str, str, str, str]) -> None:
        """(station, case, activity, local time), received then."""
        told = [
            candidate(activity, at(when), station=one, case_no=case) for one, case, activity, when in rows
        ]
        deliver(self.database, told, at(received))

    def _fill(self) -> None:
        # The week before: due on Thursday 18 July, on time.
        self.tell(
            "2024-07-18 12:00",
            (WEST, "A1", "confirmed", "2024-07-17 08:00"),
            (WEST, "A1", "released", "2024-07-17 20:00"),
        )
        self.tell(
            "2024-07-26 09:00",
            (WEST, "B1", "confirmed", "2024-07-22 08:00"),  # 12 h, on time
            (WEST, "B1", "released", "2024-07-22 20:00"),
            (WEST, "B2", "confirmed", "2024-07-23 08:00"),  # 48 h, late
            (WEST, "B2", "decided", "2024-07-23 18:00"),
            (WEST, "B2", "violation_removed", "2024-07-24 08:00"),
            (WEST, "B2", "released", "2024-07-25 08:00"),
            (NORTH, "C1", "confirmed", "2024-07-24 00:00"),  # 20 h, on time
            (NORTH, "C1", "released", "2024-07-24 20:00"),
            (NORTH, "C2", "confirmed", "2024-07-25 00:00"),  # still held, due on the 26th
        )
        # On Tuesday somebody learns that A1 had left later than was said: 26 h.
        self.tell("2024-07-23 10:00", (WEST, "A1", "released", "2024-07-18 10:00"))
        refuse(
            self.database,
            at("2024-07-26 09:00"),
            {
                "waits": None,
                "mended": (RETRIED, at("2024-07-26 15:00"), "wang"),
                "replaced": (SUPERSEDED, at("2024-07-27 09:00"), None),
                "replaced too": (SUPERSEDED, at("2024-07-28 09:00"), None),
                "replaced, nobody knows when": (SUPERSEDED, None, None),
                "mended after": (RETRIED, at("2024-07-29 10:00"), "wang"),
                "replaced after": (SUPERSEDED, at("2024-07-29 11:00"), None),
            },
        )

    def report(
        self, as_of: int = AS_OF, now: int | None = None, week: Week = WEEK, **told: object
    ) -> WeeklyReport:
        """The report as of a moment; made at it unless `now` is later."""
        made = as_of if now is None else now
        return weekly(
            self.lake.engine(made), self.database, self.configuration,
            {"ledger": Promise(None, 3_600_000_000)}, week,
            stations=told.get("stations"), as_of=as_of, now=made,  # type: ignore[arg-type]
        )  # fmt: skip
