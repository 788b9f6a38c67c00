"""What a file would become by a page, written nowhere: counts that add up, and the first rows to be shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ingest.candidate import Candidate, RowResult
from ingest.intake import Intake
from ingest.mapping.batch import SheetProblem, Warned
from ingest.mapping.page import SourcePage
from ingest.mapping.read import read_isolated
from ingest.mapping.statement import LINE
from ingest.tables.fault import TableError
from monitor.cases.event import SECOND
from monitor.cases.plate import masked_plate


@dataclass
class Rehearsed:
    """What a file would become. `shown` holds its first rows, `refused` the first rows with refusals."""

    file: str
    source: str | None
    zones: dict[str, ZoneInfo] = field(default_factory=dict)
    read: int = 0
    aside: int = 0
    hidden: int = 0
    events: int = 0
    refusals: int = 0
    rows_refused: int = 0
    landed: int = 0
    """Rows of which at least one event would land."""
    activities: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    cases: set[tuple[str, str]] = field(default_factory=set)
    shown: list[RowResult] = field(default_factory=list)
    refused: list[RowResult] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)
    reason: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the file goes on behind what was read."""

    @property
    def failed(self) -> bool:
        return self.reason is not None or (bool(self.problems) and not self.events)

    @staticmethod
    def totals(rehearsed: Sequence[Rehearsed]) -> dict[str, int]:
        """As of a real run into an empty database, where nothing is a duplicate yet."""
        return {
            "read": sum(one.read for one in rehearsed),
            "events": sum(one.events for one in rehearsed),
            "duplicates": 0,
            "revisions": 0,
            "quarantined": sum(one.refusals for one in rehearsed),
            "cases": len(set().union(*(one.cases for one in rehearsed))),
        }

    def time_of(self, candidate: Candidate) -> str:
        """Local time of the station; of a day alone its date."""
        zone = self.zones.get(candidate.station, ZoneInfo("UTC"))
        local = datetime.fromtimestamp(candidate.occurred_at // SECOND, UTC).astimezone(zone)
        return f"{local:%Y-%m-%d}" if candidate.occurred_until is not None else f"{local:%Y-%m-%d %H:%M:%S}"


def told_data(candidate: Candidate) -> dict[str, Any]:
    """The data of an event as it may be shown: plates masked, personal digests left out."""
    found: dict[str, Any] = json.loads(candidate.data) if candidate.data else {}
    for key in ("plate", "trailer"):
        if key in found:
            found[key] = masked_plate(str(found[key]))
    return {key: value for key, value in found.items() if not key.endswith("_digest")}


def rehearse(
    intake: Intake,
    path: Path,
    page: SourcePage,
    rows: int,
    *,
    most: int | None = None,
    name: str | None = None,
) -> Rehearsed:
    """Read a file by a page and keep its first `rows` rows, and as many with refusals, to be shown.

    With `most` reading stops once so many rows were read. `name` is the one it was delivered under.
    """
    zones = {code: station.tz for code, station in intake.configuration.stations.items()}
    told = Rehearsed(str(path), page.name, zones)
    try:
        with closing(read_isolated(path, intake.how(page, name), intake.limits)) as batches:  # type: ignore[type-var]
            for batch in batches:
                told.read += batch.read
                told.warned += batch.warnings
                told.problems += batch.problems
                told.refusals += len(batch.problems)
                for row in sorted(batch.results(), key=lambda row: row.row):
                    _count(told, row, rows)
                if most is not None and told.read >= most:
                    told.cut = True
                    break
    except TableError as error:
        told.reason, told.params = error.code, error.params
    return told


def _count(told: Rehearsed, row: RowResult, rows: int) -> None:
    told.hidden += row.hidden
    told.events += len(row.candidates)
    told.refusals += len(row.refusals)
    told.activities.update(one.activity for one in row.candidates)
    told.reasons.update(one.reason for one in row.refusals)
    told.cases.update((one.station, one.case_no) for one in row.candidates if one.activity != LINE)
    if row.candidates:
        told.landed += 1
    elif row.refusals:
        told.rows_refused += 1
    else:
        told.aside += 1
    if len(told.shown) < rows:
        told.shown.append(row)
    if row.refusals and len(told.refused) < rows:
        told.refused.append(row)
