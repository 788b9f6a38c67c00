"""A job, and the jobs that a configuration asks for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from ingest.folder import Refused, WatchedFolder
from ingest.intake import Intake
from monitor.alerts.message import clock_names
from monitor.alerts.outbox import Delivery
from monitor.alerts.watching import Watched
from monitor.alerts.ways import log_alone, send_by
from monitor.jobs.calendar import check_calendar
from monitor.jobs.flags import raise_flags, send_messages
from monitor.jobs.outcome import Outcome
from monitor.jobs.view import view_poll
from monitor.jobs.weekly import Reports, weekly_report
from monitor.payments.reconcile import reconcile
from monitor.settings.cadence import Cadence
from monitor.settings.jobs import FolderWatch, Kind, PlannedJob
from monitor.settings.texts import Texts
from monitor.store.deliveries import Sender

Run = Callable[[], Outcome]


@dataclass(frozen=True)
class Job:
    """Something to do at the times of a cadence. Doing it twice must do no more than doing it once.

    `grace` in microseconds: due longer ago than this it is not caught up; None, however late.
    """

    name: str
    cadence: Cadence
    run: Run
    grace: int | None = None

    def due(self, now: int, last: int | None) -> int | None:
        """The due time to run for, or None. Of several that were missed the last one stands for all.

        `last` is the due time of the last run; a job that never ran is due at once.
        """
        due = self.cadence.last(now)
        return due if last is None or last < due else None

    def is_too_late(self, due: int, now: int) -> bool:
        """Whether what was due then is no longer caught up."""
        return self.grace is not None and now - due > self.grace


def configured_jobs(
    intake: Intake, sender: Sender, words: Texts, *, simulated: bool = False, reports: Reports | None = None
) -> list[Job]:
    """The jobs of the configuration; in a demo those alone that touch nothing of a station, and without
    `reports` none that makes them."""
    configuration = intake.configuration
    every = configuration.jobs.planned(configuration.zone, simulated=simulated)
    plans = [plan for plan in every if plan.kind is not Kind.WEEKLY_REPORT or reports is not None]
    watched = Watched(
        {name: page.expect_seconds for name, page in intake.pages.items() if page.expect_seconds},
        [plan.name for plan in plans if plan.kind is not Kind.ALERTS],
    )
    return [
        Job(
            plan.name,
            plan.cadence,
            _run_of(plan, intake, sender, words, watched, simulated, reports),
            plan.grace,
        )
        for plan in plans
    ]


def _run_of(
    plan: PlannedJob,
    intake: Intake,
    sender: Sender,
    words: Texts,
    watched: Watched,
    simulated: bool,
    reports: Reports | None,
) -> Run:
    configuration = intake.configuration
    match plan.kind:
        case Kind.FOLDER | Kind.ANY_FOLDER:
            return folder_look(configuration.jobs.watches[plan.name], intake, sender, words)
        case Kind.VIEW:
            return view_poll(plan.name, configuration.jobs.views[plan.name], intake, sender)
        case Kind.CALENDAR:
            ahead = int(plan.told["days"])
            return lambda: check_calendar(configuration.calendar, ahead, configuration.zone, intake.moment)
        case Kind.RECONCILIATION:
            return lambda: Outcome(reconcile(intake.database, configuration, intake.moment()).lines)
        case Kind.ALERTS:
            return lambda: raise_flags(intake.database, configuration, watched, intake.moment())
        case Kind.SENDING:
            way = log_alone if simulated else send_by
            feeds = {name: page.feed for name, page in intake.pages.items()}
            names = clock_names(feeds, watched.jobs, configuration.alerts.channels, words)
            delivery = Delivery(intake.database, configuration, words, intake.moment, way, names=names)
            return lambda: send_messages(delivery)
        case Kind.WEEKLY_REPORT:
            if reports is None:
                raise LookupError("no folder for reports")
            return lambda: weekly_report(intake, reports, plan.cadence, words, simulated=simulated)
        case _:
            assert_never(plan.kind)


def folder_look(
    watch: FolderWatch,
    intake: Intake,
    sender: Sender,
    words: Texts,
    wait: Callable[[float], None] = time.sleep,
) -> Run:
    """A look at a watched folder."""

    def explain(file: str, refused: Refused) -> str:
        return note(words, file, refused)

    folder = WatchedFolder(intake, watch, sender, explain, wait)

    def run() -> Outcome:
        taken = folder.look()
        if taken.failed:
            return Outcome(taken.rows, "files_failed", {"n": str(len(taken.failed))})
        if taken.stuck:
            return Outcome(taken.rows, "files_changed", {"n": str(len(taken.stuck))})
        return Outcome(taken.rows)

    return run


def note(words: Texts, file: str, refused: Refused) -> str:
    """What lies beside a refused file: its name, the reason, what would be accepted. No value of a cell."""
    # What was found in place of a head may be a row of people.
    told = {**refused.params, "file": file, "found": "–"}
    key = f"jobs.refused.{refused.code}"
    text = words.find(key) or words.find(f"reasons.{refused.code}") or refused.code
    why = text.format_map(_Known(told))
    lines = [words.get("jobs.note.file", file=file), words.get("jobs.note.reason", reason=why)]
    if refused.accepted and refused.accepted not in why:
        lines.append(words.get("jobs.note.accepted", accepted=refused.accepted))
    return "\n".join([*lines, words.get("jobs.note.again"), ""])


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"
