"""What runs by itself, `config/jobs.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from monitor.settings.cadence import Cadence
from monitor.settings.entry import Entry, typed
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.scheduled import Scheduled, TimeOfDay
from monitor.settings.views import DatabaseView
from monitor.settings.yamlfile import Document

CALENDAR_CHECK = "calendar-check"
"""The name of the job that looks whether the calendar of the coming year is there."""

RECONCILIATION = "reconciliation"
"""The name of the job that holds statements against decisions and payments."""

ALERTS = "alerts"
"""The name of the job that raises flags."""

SENDING = "sending"
"""The name of the job that sends the messages of flags."""

WEEKLY_REPORT = "weekly-report"
"""The name of the job that makes the report of the week before."""


class FolderWatch(Scheduled):
    """A folder into which a system of the station puts files."""

    folder: str
    source: str | None = None
    """The page that reads every file of the folder; without it the file's name decides."""
    settled_seconds: Annotated[int, Field(ge=1, le=600)] = 5
    """A file is taken once its size and time of change stayed the same for this long."""
    backfill: bool = False

    @field_validator("folder")
    @classmethod
    def _absolute(cls, folder: str) -> str:
        # The server and `fangxing work` may be started from different places.
        if not Path(folder).expanduser().is_absolute():
            raise PydanticCustomError("not_absolute", "{folder} is not absolute", {"folder": folder})
        return folder

    @property
    def path(self) -> Path:
        return Path(self.folder).expanduser()


class CalendarCheck(Scheduled):
    """Whether the calendar of the coming year is there."""

    USUALLY: ClassVar[str] = "1d"

    warn_days: Annotated[int, Field(ge=1, le=365)] = 60
    """From so many days before the year begins its absence is told."""


class Reconciling(Scheduled):
    """Holding statements against decisions and payments; where nothing came since, it costs nothing."""

    USUALLY: ClassVar[str] = "10m"


class Flagging(Scheduled):
    """Raising flags; where nothing changed and nothing is due, it costs next to nothing."""

    USUALLY: ClassVar[str] = "5s"


class Sending(Scheduled):
    """Sending what waits; where nothing does, it costs next to nothing."""

    USUALLY: ClassVar[str] = "3s"


class WeeklyReporting(Scheduled):
    """Making the report of the week before."""

    at: TimeOfDay | None = "mon 08:00"


class Kind(StrEnum):
    """What a job does; each has its sentence in the texts, `jobs.kind`."""

    FOLDER = "folder"
    ANY_FOLDER = "any_folder"
    """A folder whose files are told apart by their names."""
    VIEW = "view"
    CALENDAR = "calendar"
    RECONCILIATION = "reconciliation"
    ALERTS = "alerts"
    SENDING = "sending"
    WEEKLY_REPORT = "weekly_report"


@dataclass(frozen=True)
class PlannedJob:
    """A job as the configuration asks for it.

    `told` fills the fields of the sentence of its kind. `outside`: it reads or moves
    what belongs to a station's other systems, so that a demo with made-up data leaves it alone.
    """

    name: str
    kind: Kind
    cadence: Cadence
    grace: int | None
    told: Mapping[str, str]
    outside: bool = True


class Jobs(Entry):
    """`jobs.yaml`."""

    watches: dict[str, FolderWatch] = Field(default_factory=dict)
    views: dict[str, DatabaseView] = Field(default_factory=dict)
    calendar_check: CalendarCheck | None = None
    reconciliation: Reconciling | None = None
    alerts: Flagging | None = None
    sending: Sending | None = None
    weekly_report: WeeklyReporting | None = None

    def planned(self, zone: ZoneInfo, *, simulated: bool = False) -> list[PlannedJob]:
        """Every job by kind and name, times of day in `zone`; in a demo none that reaches outside."""
        return [job for job in self._planned(zone) if not (simulated and job.outside)]

    def _planned(self, zone: ZoneInfo) -> Iterator[PlannedJob]:
        for name, watch in sorted(self.watches.items()):
            told = {"folder": watch.folder, "source": watch.source or ""}
            kind = Kind.FOLDER if watch.source else Kind.ANY_FOLDER
            yield PlannedJob(name, kind, watch.cadence(zone), watch.grace_micros, told)
        for name, view in sorted(self.views.items()):
            told = {"source": view.source}
            yield PlannedJob(
                name, Kind.VIEW, view.cadence(zone), view.grace_micros, told, outside=not view.made_up
            )
        check = self.calendar_check
        if check is not None:
            told = {"days": str(check.warn_days)}
            yield PlannedJob(
                CALENDAR_CHECK, Kind.CALENDAR, check.cadence(zone), check.grace_micros, told, outside=False
            )
        again = self.reconciliation
        if again is not None:
            cadence, grace = again.cadence(zone), again.grace_micros
            yield PlannedJob(RECONCILIATION, Kind.RECONCILIATION, cadence, grace, {}, outside=False)
        flags = self.alerts
        if flags is not None:
            yield PlannedJob(ALERTS, Kind.ALERTS, flags.cadence(zone), flags.grace_micros, {}, outside=False)
        out = self.sending
        if out is not None:
            # A demo has it too: there everything goes into the log.
            yield PlannedJob(SENDING, Kind.SENDING, out.cadence(zone), out.grace_micros, {}, outside=False)
        report = self.weekly_report
        if report is not None:
            # Not in a demo, whose first minutes belong to its pages: there reports are made when asked for.
            cadence, grace = report.cadence(zone), report.grace_micros
            yield PlannedJob(WEEKLY_REPORT, Kind.WEEKLY_REPORT, cadence, grace, {})


def read_jobs(document: Document) -> Jobs:
    """The jobs of a document. Raises ConfigError, also where two take each other's files or name."""
    try:
        jobs = typed(Jobs, document)
    except ConfigError as error:
        raise ConfigError([_without_urls(one) for one in error.problems]) from None
    problems = [*_shared_folders(jobs, document), *_shared_names(jobs, document), *_views(jobs, document)]
    if problems:
        raise ConfigError(problems)
    return jobs


def _shared_folders(jobs: Jobs, document: Document) -> Iterator[ConfigProblem]:
    owners: dict[Path, str] = {}
    for name, watch in jobs.watches.items():
        owner = owners.setdefault(watch.path, name)
        if owner != name:
            yield document.problem(("watches", name, "folder"), "shared_folder", owner=owner)


def _shared_names(jobs: Jobs, document: Document) -> Iterator[ConfigProblem]:
    """Runs are entered under the name of their job: two of one name would take each other's turns."""
    owners = {
        CALENDAR_CHECK: "calendar_check", RECONCILIATION: "reconciliation", ALERTS: "alerts",
        SENDING: "sending", WEEKLY_REPORT: "weekly_report",
    }  # fmt: skip
    for section, entries in (("watches", jobs.watches), ("views", jobs.views)):
        for name in entries:
            owner = owners.setdefault(name, f"{section}.{name}")
            if owner != f"{section}.{name}":
                yield document.problem((section, name), "shared_job_name", value=name, owner=owner)


def _views(jobs: Jobs, document: Document) -> Iterator[ConfigProblem]:
    for name, view in jobs.views.items():
        for path, code, params in view.faults():
            yield document.problem(("views", name, *path), code, **params)


def _without_urls(problem: ConfigProblem) -> ConfigProblem:
    """A problem of a view without what was written there: a URL in the wrong place may hold a password."""
    if not problem.key.startswith("views"):
        return problem
    shown = {name: "…" if "://" in value else value for name, value in problem.params.items()}
    return replace(problem, params=shown)
