"""The Reports page: which were made, and making one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.metrics.away import LakeAway
from monitor.reports.weekly.kept import Kept, Shelf
from monitor.reports.weekly.period import NoReport, Week

if TYPE_CHECKING:
    from dashboard.services import Services

OFFERED = 26
"""Weeks that can be chosen, the running one first."""


@dataclass(frozen=True, slots=True)
class NotMade:
    """Why a report was not made: a text with its fields."""

    key: str
    params: dict[str, str]


def kept_reports(services: Services) -> list[Kept]:
    """Those on the shelf, the latest week first."""
    return [] if services.reports is None else Shelf(services.reports).all()


def weeks_offered(services: Services, now: int) -> list[str]:
    """Names of the weeks that can be asked for, the one before the running one first."""
    running = Week.holding(now, services.configuration.zone)
    return [*(running.back(back).name for back in range(1, OFFERED)), running.name]


def make_report(services: Services, week: str, station: str | None, language: str) -> Kept | NotMade:
    """Make the report of a week as of now and keep it."""
    from ingest.promised import promises_of
    from monitor.reports.weekly.weekly import weekly

    if services.lake is None or services.reports is None:
        return NotMade("weekly.page.no_lake", {})
    now, lake = services.now(), services.lake
    stations = None if station is None else [station]
    try:
        asked = Week.named(week)
        report = lake.ask(
            now,
            lambda engine: weekly(
                engine, services.database, services.configuration, promises_of(services.sources), asked,
                stations=stations, as_of=now, now=now, simulated=services.simulated,
            ),
        )  # fmt: skip
        return Shelf(services.reports).keep(report, services.texts[language], now)
    except NoReport as none:
        return NotMade(f"weekly.no_report.{none.code}", dict(none.params))
    except LakeAway:
        return NotMade("weekly.page.no_lake", {})
    except OSError as error:
        return NotMade("weekly.page.not_written", {"detail": error.strerror or type(error).__name__})
