"""A poll of a database view, as a run of a job."""

from __future__ import annotations

from collections.abc import Callable

from ingest.intake import Intake
from ingest.view import ViewPoll
from ingest.view_fault import ViewProblem
from monitor.jobs.outcome import Outcome, Problem
from monitor.settings.views import DatabaseView
from monitor.store.deliveries import Sender


def view_poll(name: str, view: DatabaseView, intake: Intake, sender: Sender) -> Callable[[], Outcome]:
    """The run: reads what changed since the one before."""
    poller = ViewPoll(intake, name, view, sender)

    def run() -> Outcome:
        try:
            polled = poller.poll()
        except ViewProblem as problem:
            raise Problem(problem.code, problem.params, problem.rows) from None
        if polled.new_columns:
            return Outcome(polled.rows, "view_columns_new", {"columns": " · ".join(polled.new_columns)})
        if polled.unmarked:
            told = {"n": str(polled.unmarked), "column": view.watermark}
            return Outcome(polled.rows, "view_unmarked", told)
        return Outcome(polled.rows)

    return run
