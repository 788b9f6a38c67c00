"""`jobs.yaml`: what is wrong is named with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.settings.cadence import Cadence, at, every
from monitor.settings.check import check_config
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.jobs import Kind

Write = Callable[[str, str], Path]


SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_until_a_bureau_says_so_the_look_for_the_coming_calendar_and_reconciling_run_alone() -> None:
    [job, again, flags, out, report] = load_configuration(Settings()).jobs.planned(SHANGHAI)
    assert (again.name, again.kind, again.cadence) == ("reconciliation", Kind.RECONCILIATION, every("10m"))
    assert (flags.name, flags.kind, flags.cadence) == ("alerts", Kind.ALERTS, every("5s"))
    assert (out.name, out.kind, out.cadence) == ("sending", Kind.SENDING, every("3s"))
    assert (report.name, report.kind, report.cadence) == (
        "weekly-report", Kind.WEEKLY_REPORT, at("mon 08:00", SHANGHAI),
    )  # fmt: skip
    assert (job.name, job.kind, job.told, job.outside) == (
        "calendar-check",
        Kind.CALENDAR,
        {"days": "60"},
        False,
    )


REST = "reconciliation: null\nalerts: null\nsending: null\nweekly_report: null\n"


def test_the_look_for_the_calendar_can_be_left_out_and_be_given_a_time(overlay: Write) -> None:
    folder = overlay("jobs.yaml", f"calendar_check: null\n{REST}")
    assert load_configuration(Settings(config_dir=folder)).jobs.planned(SHANGHAI) == []
    overlay("jobs.yaml", f"calendar_check: {{at: 07:30}}\n{REST}")
    [job] = load_configuration(Settings(config_dir=folder)).jobs.planned(SHANGHAI)
    assert job.cadence == at("07:30", SHANGHAI)


def test_a_demo_plans_no_job_that_reaches_outside(overlay: Write) -> None:
    folder = overlay("jobs.yaml", "watches:\n  a: {folder: /srv/in}\n")
    jobs = load_configuration(Settings(config_dir=folder)).jobs
    own = ["calendar-check", "reconciliation", "alerts", "sending"]
    assert [job.name for job in jobs.planned(SHANGHAI)] == ["a", *own, "weekly-report"]
    without = [job.name for job in jobs.planned(SHANGHAI, simulated=True)]
    assert without == own


@pytest.mark.parametrize(
    ("told", "cadence", "grace"),
    [
        ("", every("1m"), None),
        (", every: 90s", every("90s"), None),
        (", at: 18:05", at("18:05", SHANGHAI), None),
        (", at: mon 08:00, grace: 2h", at("mon 08:00", SHANGHAI), 7_200_000_000),
    ],
)
def test_a_job_runs_every_so_often_or_at_a_time(
    overlay: Write, told: str, cadence: Cadence, grace: int | None
) -> None:
    folder = overlay("jobs.yaml", f"watches:\n  a: {{folder: /srv/in{told}}}\n")
    job = load_configuration(Settings(config_dir=folder)).jobs.planned(SHANGHAI)[0]
    assert (job.cadence, job.grace) == (cadence, grace)


def test_a_watch_is_read(overlay: Write) -> None:
    folder = overlay("jobs.yaml", "watches:\n  a: {folder: /srv/in, source: events, every: 5m}\n")
    watch = load_configuration(Settings(config_dir=folder)).jobs.watches["a"]
    assert (watch.path, watch.source, watch.every, watch.backfill) == (
        Path("/srv/in"),
        "events",
        "5m",
        False,
    )


@pytest.mark.parametrize(
    ("lines", "line", "key", "message"),
    [
        (["  a:", "    folder: in"], 3, "watches.a.folder", "not_absolute"),
        (["  a:", "    folder: /in", "    every: soon"], 4, "watches.a.every", "wrong_form"),
        (["  a:", "    folder: /in", "    evry: 5m"], 4, "watches.a.evry", "unknown_key"),
        (["  a:", "    folder: /in", "    at: 25:00"], 4, "watches.a.at", "not_a_time"),
        (["  a:", "    folder: /in", "    at: monday 08:00"], 4, "watches.a.at", "not_a_time"),
        (["  a:", "    folder: /in", "    at: mon tue 08:00"], 4, "watches.a.at", "not_a_time"),
        (["  a:", "    folder: /in", "    at: 8"], 4, "watches.a.at", "not_a_time"),
        (["  a:", "    folder: /in", "    at: 08:00", "    every: 1m"], 2, "watches.a", "every_and_at"),
        (["  calendar-check:", "    folder: /in"], 2, "watches.calendar-check", "shared_job_name"),
        (["  a:", "    source: events"], 2, "watches.a.folder", "missing_key"),
        (
            ["  a:", "    folder: /in", "  b:", "    folder: /in/"],
            5,
            "watches.b.folder",
            "shared_folder",
        ),
        (
            ["  a:", "    folder: /in", "    settled_seconds: 0"],
            4,
            "watches.a.settled_seconds",
            "out_of_range",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(
    overlay: Write, lines: list[str], line: int, key: str, message: str
) -> None:
    folder = overlay("jobs.yaml", "\n".join(["watches:", *lines, ""]))
    [problem] = check_config(folder)
    assert (problem.line, problem.key, problem.message) == (line, key, message)
