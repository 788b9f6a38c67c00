"""`fangxing work`: the jobs alone, without pages; with `--once` everything due, then the end."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code, tell
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.jobs.worker import Worker
    from monitor.lake.keeper import Keeper
    from monitor.store.jobs import JobRun


def register(app: typer.Typer) -> None:
    app.command("work", help=say("cli.help.work"))(work)


def work(once: Annotated[bool, typer.Option("--once", help=say("cli.help.work_once"))] = False) -> None:
    from monitor.cli.installation import now, open_intake, sender
    from monitor.cli.lake import brought_up
    from monitor.jobs.job import configured_jobs
    from monitor.jobs.weekly import Reports
    from monitor.jobs.worker import Worker
    from monitor.lake.judging import judging
    from monitor.metrics.source import LakeSource
    from monitor.settings.environment import load_settings
    from monitor.store.jobs import Result
    from monitor.store.marks import SIMULATED, mark_of

    settings = load_settings()
    intake = open_intake(settings)
    with intake.database.read() as connection:
        simulated = mark_of(connection, SIMULATED) is not None
    configuration = intake.configuration
    lake = LakeSource(intake.database, settings.lake, configuration.zone_of, judging(configuration))
    reports = Reports(lake, settings.data_dir / "reports")
    jobs = configured_jobs(intake, sender(), words(), simulated=simulated, reports=reports)
    worker = Worker(intake.database, jobs, now)
    if not worker.jobs:
        raise Answer("no_jobs", Code.WRONG_USE)
    if once:
        runs = _run_once(worker)
        brought_up(intake.database, settings.lake, configuration, now())
        if any(run.result == Result.FAILED for run in runs):
            raise typer.Exit(Code.FAILED)
    else:
        _run_on(worker, lake.kept(now))


def _run_once(worker: Worker) -> Sequence[JobRun]:
    with worker.leading() as led:
        if not led:
            raise Answer("another_leads", holder=worker.leader().rsplit(":", 1)[0])
        runs = worker.run_due()
    if not runs:
        typer.echo(say("cli.work.nothing_due"))
    else:
        show_runs(runs)
    return runs


def _run_on(worker: Worker, keeper: Keeper) -> None:
    from monitor.jobs.scheduler import Scheduler

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    scheduler = Scheduler(worker)
    scheduler.start()
    keeper.start()
    tell(say("cli.work.ready", n=len(worker.jobs)))
    stop.wait()
    keeper.stop()
    scheduler.stop()


def show_runs(runs: Sequence[JobRun]) -> None:
    """A line per run: job, rows, result, and what a person should know."""
    heads = [say(f"cli.work.heads.{head}") for head in ("job", "rows", "result", "problem")]
    rows = [(run.job, f"{run.rows:,}", say(f"jobs.result.{run.result}"), problem_of(run)) for run in runs]
    table.show(heads, rows, numbers=[1])


def problem_of(run: JobRun) -> str:
    """The problem of a run as a sentence; empty where there is none."""
    if run.problem is None:
        return ""
    return say(f"jobs.problem.{run.problem}", **words().worded(run.problem, run.params))
