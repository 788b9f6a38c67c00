"""A county as deliveries told it, for pages, API and exports: each case is here for one thing it shows.

Seen on Thursday 26 November 2026 at 14:32 local time. Times are written by day of November and clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dashboard.services import Services
from ingest.accept import Letter, accept
from ingest.candidate import Candidate, Refusal, RowResult
from ingest.mapping.batch import NONE, Batch
from ingest.mapping.pages import load_pages
from ingest.tables.fault import TableError
from monitor.cases.event import SECOND
from monitor.cases.terms import terms_of
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, Sender
from monitor.store.tables import metadata
from tests.factories import at, candidate, day

NOW = at("2026-11-26 14:32")
WEST, NORTH, RIVER, RING = "14042301", "14042302", "14042303", "14042331"
"""Release after payment; after removal alone; after the treasury's word; off-site."""

PAYING = (WEST, "140423-1-20261125-006")
"""Held after removal because paying failed twice; a late entry; a refused cell."""
CORRECTED = (NORTH, "140423-2-20261120-001")
"""Corrected by a later ledger, one release voided, two confirmations, recorded limit unlike the rule."""
DAYS_ONLY = (NORTH, "140423-2-20261124-009")
"""A ledger that knows only days."""
BEFORE_START = (RIVER, "140423-3-20261126-002")
"""Released before it was confirmed."""
WITHDRAWN = (RIVER, "140423-3-20261124-001")
"""Withdrawn and still there, paused for three hours, overdue."""
OFF_SITE = (RING, "140423-31-20261126-001")
SENDER = Sender("wang", "192.0.2.20")


def when(text: str) -> int:
    """`26 14:32` → that instant in November 2026."""
    number, clock = text.split()
    return at(f"2026-11-{int(number):02d} {clock}")


def told(
    key: tuple[str, str], activity: str, moment: str, recorded: str | None = None, **data: object
) -> Candidate:
    """An event of a case; `moment` without a clock is a day."""
    source_id = data.pop("event_id", None)
    happened = when(moment) if " " in moment else day(f"2026-11-{int(moment):02d}")
    return candidate(
        activity, happened, station=key[0], case_no=key[1],
        recorded=None if recorded is None else when(recorded),
        event_id=None if source_id is None else str(source_id), **data,
    )  # fmt: skip


class County:
    """A database that is filled by `accept` alone, and the services of pages and API on it."""

    def __init__(self, folder: Path, database: Database | None = None) -> None:
        self.configuration = load_configuration(Settings(data_dir=folder))
        self.database = database or Database(f"sqlite:///{folder / 'county.db'}")
        if database is None:
            metadata.create_all(self.database.engine)
        tolerance = 300 * SECOND
        stations = self.configuration.stations
        self._terms = {
            code: terms_of(one, self.configuration.limits, tolerance) for code, one in stations.items()
        }
        self.time = NOW
        self.services = Services(
            configuration=self.configuration,
            database=self.database,
            now=lambda: self.time,
            simulated=True,
            version="county-1",
            texts={"zh": texts("zh"), "en": texts("en")},
            sources=load_pages(),
            actor="wang",
        )

    def deliver(
        self,
        name: str,
        received: str,
        *rows: list[Candidate],
        source: str = "events",
        sheet: str | None = None,
        refused: tuple[tuple[str, str], Refusal] | None = None,
        aside: int = 0,
        hidden: bool = False,
        ledger: bool = False,
    ) -> DeliveryRow:
        """One file. `refused` is a cell of the first row, or, without rows, the only one."""
        results = [
            RowResult(number, sheet, row[0].station, row[0].case_no, row, [], None, hidden, None)
            for number, row in enumerate(rows, 2)
        ]
        if refused is not None:
            key, refusal = refused
            first = results.pop(0) if results else RowResult(2, sheet, *key, [], [], None, False, None)
            results.insert(0, first._replace(refusals=[refusal], raw={}))
        results += [
            RowResult(99 + place, sheet, None, None, [], [], "subtotal", False, None)
            for place in range(aside)
        ]
        letter = Letter(source, name, SENDER, ledger=ledger)
        batch = Batch(sheet, NONE, results, [], [], [])
        return accept(self.database, self._terms.__getitem__, letter, [batch], lambda: when(received))

    def fail(self, name: str, received: str) -> None:
        """A file that broke off while it was read."""

        def broken() -> Iterator[Batch]:
            raise TableError("truncated_xlsx", {})
            yield

        try:
            accept(
                self.database, self._terms.__getitem__, Letter("ledger-template", name, SENDER, ledger=True),
                broken(), lambda: when(received),
            )  # fmt: skip
        except TableError:
            return
        raise AssertionError("the file was taken")


def county(folder: Path, database: Database | None = None) -> County:
    """The county, filled: in a database of the newest layout, or in one of its own on SQLite."""
    made = County(folder, database)
    _corrected(made)
    _days_only(made)
    _withdrawn(made)
    _paying(made)
    _before_start(made)
    made.deliver(
        "外环 11-26.csv",
        "26 11:40",
        [
            told(
                OFF_SITE,
                "confirmed",
                "26 11:32",
                plate="晋D5K300",
                vehicle="combination",
                axles=6,
                gross_kg=52000,
            )
        ],
    )
    made.deliver(
        "放行台账 11-26.xlsx", "26 14:20", aside=2, sheet="台账", source="ledger-template", ledger=True,
        refused=((WEST, "140423-1-20261126-050"),
                 Refusal("总重", "-3 吨", "out_of_range", "500–500000", {"value": "-3 吨"}, "weighed")),
    )  # fmt: skip
    made.fail("坏文件.xlsx", "26 14:25")
    return made


def _paying(made: County) -> None:
    vehicle = {"plate": "晋D12345", "plate_colour": "yellow", "vehicle": "combination", "axles": 6}
    key = PAYING
    made.deliver(
        "称重系统 11-25.csv", "25 17:53",
        [told(key, "weighed", "25 17:52", "25 17:52", **vehicle, gross_kg=61420, scale="W1")],
    )  # fmt: skip
    made.deliver(
        "放行台账 11-25.xlsx", "25 18:25",
        [told(key, "confirmed", "25 18:20", "25 18:24", limit_kg=49000),
         told(key, "detained", "25 18:20", "25 18:24")],
        sheet="台账", source="ledger-template", ledger=True,
    )  # fmt: skip
    made.deliver(
        "交警移交 11-25.csv", "25 19:16",
        [told(key, "handed_over", "25 18:55", "25 18:58", slip_no="JJ-1125-06", authority="police")],
        [told(key, "handed_in", "25 18:55", "25 18:58")],
        [told(key, "accepted", "25 19:12", "25 19:15")],
        [told(key, "filed", "25 19:12", "25 19:15", officers=["H-11", "H-14"], driver_digest="3f7a")],
    )  # fmt: skip
    made.deliver(
        "卸载复检 11-26.csv", "26 03:21",
        [told(key, "unloading", "25 20:05", "25 20:06")],
        [told(key, "unloaded", "25 23:10", "25 23:12", slip_no="XZ-1125-04")],
        [told(key, "reweighed", "26 03:18", "26 03:19", gross_kg=48360)],
        [told(key, "violation_removed", "26 03:20", "26 03:20")],
    )  # fmt: skip
    made.deliver(
        "交警移交 11-26.csv", "26 12:08",
        [told(key, "served", "26 12:05", "26 12:06", note="直接送达")],
        [told(key, "notified", "26 08:40", "26 11:58")],
        [told(key, "decided", "26 11:54", "26 11:58", authority="police", outcome="fine", fine_fen=100_000,
              points=1, decision_no="襄交警决字〔2026〕1125-06号")],
        refused=(key, Refusal("法制审核时间", "2026-11-31 11:00", "impossible_date", "2026-11-30 11:00",
                              {"value": "2026-11-31 11:00"}, "legal_review")),
    )  # fmt: skip
    made.deliver(
        "缴款平台 11-26.jsonl", "26 13:47",
        [told(key, "pay_requested", "26 12:10", "26 12:10", payment_code="14042320261155307712")],
        [told(key, "pay_failed", "26 12:31", "26 12:31", channel="police_12123", reason="查不到决定")],
        [told(key, "pay_failed", "26 13:46", "26 13:46", channel="police_12123", reason="查不到决定")],
    )  # fmt: skip


def _corrected(made: County) -> None:
    key = CORRECTED
    vehicle = {
        "plate": "冀B88K21",
        "plate_colour": "yellow",
        "vehicle": "truck",
        "axles": 4,
        "limit_kg": 30000,
    }
    made.deliver(
        "放行台账 11-20.xlsx", "21 12:00",
        [told(key, "weighed", "20 09:00", "20 09:01", **vehicle, gross_kg=38600),
         told(key, "confirmed", "20 09:20", "20 09:30"),
         told(key, "unloading", "20 10:00", "20 10:05"),
         told(key, "reweighed", "20 15:00", "20 15:00", gross_kg=29600),
         told(key, "released", "21 10:10", "21 10:11")],
        sheet="台账", source="ledger-template", ledger=True,
    )  # fmt: skip
    made.deliver(
        "放行台账 11-21.xlsx", "21 18:05",
        [told(key, "weighed", "20 09:00", "21 18:01", **vehicle, gross_kg=38900),
         told(key, "confirmed", "20 09:20", "20 09:30"),
         told(key, "released", "21 09:40", "21 18:01")],
        sheet="台账", source="ledger-template", ledger=True, hidden=True,
    )  # fmt: skip
    made.deliver(
        "事件.csv", "21 19:00",
        [told(key, "released", "21 09:50", "21 09:51", event_id="e-77")],
        [told(key, "voided", "21 11:00", "21 11:01", event_id="e-78", voids="e-77")],
        [told(key, "confirmed", "20 09:25", "20 09:26", event_id="e-79")],
    )  # fmt: skip


def _days_only(made: County) -> None:
    made.deliver(
        "放行台账 11-25 北关.xlsx", "25 09:30",
        [told(DAYS_ONLY, "confirmed", "24", plate="豫A0M332", vehicle="truck", axles=2, gross_kg=21000),
         told(DAYS_ONLY, "released", "25")],
        sheet="台账", source="ledger-template", ledger=True,
    )  # fmt: skip


def _withdrawn(made: County) -> None:
    key = WITHDRAWN
    made.deliver(
        "河口 11-24.csv", "25 12:10",
        [told(key, "confirmed", "24 22:00", "24 22:05", plate="晋DD52810", vehicle="combination", axles=6,
              gross_kg=88200, authority="transport")],
        [told(key, "suspended", "25 01:00", "25 01:05", reason="scale_down")],
        [told(key, "resumed", "25 04:00", "25 04:05")],
        [told(key, "withdrawn", "25 12:00", "25 12:05")],
    )  # fmt: skip


def _before_start(made: County) -> None:
    key = BEFORE_START
    made.deliver(
        "河口 11-26.csv", "26 10:10",
        [told(key, "confirmed", "26 10:00", "26 10:01", plate="晋M7Q010", vehicle="truck", axles=3,
              gross_kg=31200)],
        [told(key, "released", "26 08:00", "26 10:05")],
    )  # fmt: skip
