"""The bureau's own database: an SQLite file with a view of what was published and copied to other counties.

Rows carry the time of their last change, and some become visible long after it: a transaction that stayed
open, a copy that lagged behind. Who asks only for what is newer than the newest row seen never gets those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import create_engine

from ..case import SimCase
from ..moments import HOUR, MINUTE, iso, local, spread, whole_minute, within_hours
from ..world import World

SOURCE = "sim-view"
FILE = "公示抄告.sqlite"
VIEW = "v_events"
WATERMARK = "updated_at"
QUERY = f"SELECT event_id, site_code, case_no, activity, occurred_at, updated_at FROM {VIEW}"
LATEST = 40 * MINUTE
"""A row is visible at most so long after its last change."""

_LAYOUT = (
    "CREATE TABLE published (event_id TEXT PRIMARY KEY, site_code TEXT NOT NULL, case_no TEXT NOT NULL, "
    "activity TEXT NOT NULL, occurred_at TEXT NOT NULL, updated_at TEXT NOT NULL, remark TEXT)",
    "CREATE INDEX by_update ON published (updated_at)",
    f"CREATE VIEW {VIEW} AS "
    "SELECT event_id, site_code, case_no, activity, occurred_at, updated_at FROM published",
)
_PUT = (
    "INSERT INTO published (event_id, site_code, case_no, activity, occurred_at, updated_at) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO UPDATE "
    "SET occurred_at = excluded.occurred_at, updated_at = excluded.updated_at"
)


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A row as it is from one change of it on. Instants in microseconds."""

    event_id: str
    station: str
    case_no: str
    activity: str
    at: int
    updated_at: int
    visible_at: int
    corrects: bool
    """Whether the same event was in the view before with another time."""

    @property
    def late(self) -> bool:
        return self.visible_at - self.updated_at > MINUTE

    def values(self) -> tuple[str, ...]:
        return (
            self.event_id,
            self.station,
            self.case_no,
            self.activity,
            text(self.at),
            text(self.updated_at),
        )


def text(at: int) -> str:
    """`2026-11-26 14:32:00`, the county's time: how the bureau's database keeps instants."""
    return f"{local(at):%Y-%m-%d %H:%M:%S}"


def view_rows(world: World) -> list[ViewRow]:
    """Every state of every row in the order of becoming visible, those after the end of the world too."""
    found: list[ViewRow] = []
    for site in world.sites:
        if site.holds and site.dialect != "template":
            for case in world.of(site):
                found += _of_case(case)
    return sorted(found, key=lambda one: (one.visible_at, one.event_id))


def _of_case(case: SimCase) -> list[ViewRow]:
    decided = case.last("decided")
    if decided is None:
        return []
    rng = Random(f"view/{case.case_no}")
    rows: list[ViewRow] = []
    for activity, median in (("copied_home", 30), ("published", 70)):
        at = within_hours(decided.at + spread(rng, median * 60, 0.4), 9.0, 17.0, weekdays_only=True)
        at = whole_minute(at)
        updated = at + rng.randint(1, 9) * MINUTE
        lag = rng.randint(12 * MINUTE, LATEST) if rng.random() < 0.12 else rng.randint(0, MINUTE)
        event_id = f"GS-{case.case_no}-{activity}"
        row = ViewRow(
            event_id, case.site.code, case.case_no, activity, at, updated, updated + lag, corrects=False
        )
        rows.append(row)
        if rng.random() < 0.08:
            updated += 5 * HOUR + rng.randint(1, 59) * MINUTE
            rows.append(
                ViewRow(event_id, case.site.code, case.case_no, activity, at - 20 * MINUTE, updated,
                        updated, corrects=True)
            )  # fmt: skip
    return rows


def create(path: Path) -> None:
    """The empty database with its view."""
    _run(path, [(statement, None) for statement in _LAYOUT])


def fill(path: Path, rows: Sequence[ViewRow]) -> None:
    """Put rows in, in the order in which they became visible."""
    if rows:
        _run(path, [(_PUT, [row.values() for row in rows])])


def _run(path: Path, statements: Sequence[tuple[str, list[tuple[str, ...]] | None]]) -> None:
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.begin() as connection:
            for statement, values in statements:
                connection.exec_driver_sql(statement, values)
    finally:
        engine.dispose()


def polled(path: Path) -> dict[str, object]:
    """The entry under `views` of `jobs.yaml` that reads it."""
    return {
        "url": f"sqlite:///{path.absolute().as_posix()}",
        "query": f"{QUERY} WHERE {WATERMARK} >= :since ORDER BY {WATERMARK}",
        "source": SOURCE,
        "watermark": WATERMARK,
        "every": "1m",
        "backfill": True,
        "made_up": True,
    }


def as_told(row: ViewRow) -> dict[str, object]:
    """The row in the truth file."""
    return {
        "event_id": row.event_id, "station": row.station, "case_no": row.case_no, "activity": row.activity,
        "occurred_at": iso(row.at), "updated_at": iso(row.updated_at), "visible_at": iso(row.visible_at),
        "late": row.late, "becomes": "revision" if row.corrects else "event",
    }  # fmt: skip
