"""What a report is made from: the engine over the lake, the database, the configuration, and its question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from monitor.metrics.ask import Ask, By
from monitor.metrics.catalog import Rules
from monitor.metrics.engine import Engine
from monitor.reports.weekly.period import BACK, Week
from monitor.settings.configuration import Configuration
from monitor.settings.entry import Name
from monitor.store.database import Database


@dataclass(frozen=True, slots=True)
class Promise:
    """A source of data: what people call it, and within how many microseconds something should come."""

    label: Name | None
    every: int | None


@dataclass(frozen=True)
class Source:
    """Everything a part of the report is worked out from. `as_of` is the moment it is about, `before`
    when the last report was due."""

    engine: Engine
    database: Database
    configuration: Configuration
    promises: Mapping[str, Promise]
    rules: Rules
    week: Week
    stations: tuple[str, ...] | None
    as_of: int
    before: int
    zone: ZoneInfo

    @property
    def few(self) -> int:
        return self.configuration.board.few_n

    def ask(self, *by: By, weeks: int = 1, as_of: int | None = None, until: date | None = None) -> Ask:
        """Of the week, or of so many that end with it; told apart by `by`."""
        since = self.week.back(weeks - 1).monday
        whole = Ask(self.as_of if as_of is None else as_of, self.stations, since, self.week.after, None, by)
        return whole if until is None else replace(whole, until=until)

    @property
    def names(self) -> list[str]:
        """The twelve weeks, the one of the report last."""
        return [self.week.back(back).name for back in range(BACK - 1, -1, -1)]
