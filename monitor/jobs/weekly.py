"""The job that makes the weekly report of the week before, as of the moment it is due."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.intake import Intake
from ingest.promised import promises_of
from monitor.jobs.outcome import Outcome, Problem
from monitor.metrics.away import LakeAway
from monitor.metrics.source import LakeSource
from monitor.settings.cadence import Cadence
from monitor.settings.texts import Texts


@dataclass(frozen=True)
class Reports:
    """From which copy of the data reports are made, and in which folder they are kept."""

    lake: LakeSource
    folder: Path


def weekly_report(
    intake: Intake, reports: Reports, cadence: Cadence, words: Texts, *, simulated: bool
) -> Outcome:
    """Make and keep it. However late it runs it is as of its due time, so that twice is no more than once.

    A week of which nothing is known has no report. Raises Problem where the lake or the folder is away.
    """
    from monitor.reports.weekly.kept import Shelf
    from monitor.reports.weekly.period import NoReport, Week
    from monitor.reports.weekly.weekly import weekly

    now, configuration = intake.moment(), intake.configuration
    due = cadence.last(now)
    week = Week.holding(due, configuration.zone).back(1)
    try:
        report = reports.lake.ask(
            now,
            lambda engine: weekly(
                engine, intake.database, configuration, promises_of(intake.pages), week,
                stations=None, as_of=due, now=now, simulated=simulated,
            ),
        )  # fmt: skip
    except NoReport:
        return Outcome()
    except LakeAway:
        raise Problem("report_without_lake", {"week": week.name}) from None
    try:
        kept = Shelf(reports.folder).keep(report, words, now)
    except OSError as error:
        told = {"week": week.name, "detail": error.strerror or type(error).__name__}
        raise Problem("report_not_written", told) from None
    if "pdf" not in kept.files:
        return Outcome(len(kept.files), "report_without_pdf", {"week": week.name})
    return Outcome(len(kept.files))
