"""`fangxing doctor`: what this machine and this installation lack, one line each."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from monitor.cli.answer import Code
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from monitor.settings.environment import Settings
    from monitor.store.database import Database
    from monitor.store.jobs import JobState

LOW_DISK = 2_000_000_000
PROGRAM_BEGAN = 1_704_067_200_000_000
"""2024-01-01: a clock before it was never set."""

FONT_NAMES = (
    "cjk",
    "hansans",
    "hanserif",
    "wqy",
    "simsun",
    "simhei",
    "msyh",
    "pingfang",
    "notosanssc",
    "song",
)


class Mark(StrEnum):
    FINE = "fine"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True)
class Look:
    """One thing looked at: the text `cli.doctor.<key>` with its fields."""

    mark: Mark
    key: str
    params: dict[str, Any] = field(default_factory=dict)


def register(app: typer.Typer) -> None:
    app.command("doctor", help=say("cli.help.doctor"))(doctor)


def doctor() -> None:
    wrong = False
    for look in looks():
        wrong |= look.mark is Mark.WRONG
        typer.echo(f"{say(f'cli.mark.{look.mark}')} {say(f'cli.doctor.{look.key}', **look.params)}")
    if wrong:
        raise typer.Exit(Code.FAILED)


def looks() -> Iterator[Look]:
    """Everything looked at. What cannot even be asked because of an earlier fault is left out."""
    from monitor.settings.environment import load_settings
    from monitor.settings.problem import ConfigError

    yield from _program()
    yield _fonts()
    try:
        settings = load_settings()
    except ConfigError as error:
        for problem in error.problems:
            yield Look(Mark.WRONG, "config", {"problem": problem.sentence(words())})
        return
    yield from _configuration()
    yield from _folder(settings)
    for look in (_key, _database, _jobs, _views, _port, _clock):
        yield from _asked(look, settings)


def _asked(look: Callable[[Settings], Iterator[Look]], settings: Settings) -> Iterator[Look]:
    """One look; what keeps it from looking is the finding."""
    from sqlalchemy.exc import SQLAlchemyError

    from monitor.settings.problem import ConfigError

    try:
        yield from look(settings)
    except ConfigError as error:
        for problem in error.problems:
            yield Look(Mark.WRONG, "config", {"problem": problem.sentence(words())})
    except SQLAlchemyError as error:
        detail = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        yield Look(Mark.WRONG, "no_database", {"database": settings.database, "detail": detail})
    except OSError as error:
        told = {"file": error.filename or "-", "detail": error.strerror or type(error).__name__}
        yield Look(Mark.WRONG, "file", told)


def _program() -> Iterator[Look]:
    from importlib.metadata import version

    told = {
        "program": version("fangxing"),
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    old = sys.version_info < (3, 11)
    yield Look(Mark.WRONG if old else Mark.FINE, "program", told)
    parts = ("sqlalchemy", "dash", "plotly", "fastapi", "pandas", "lxml")
    yield Look(Mark.FINE, "parts", {"parts": " · ".join(f"{part} {version(part)}" for part in parts)})


def _fonts() -> Look:
    """A font with Chinese characters. Browsers elsewhere bring their own; printed papers need one here."""
    import subprocess

    finder = shutil.which("fc-list")
    if finder is not None:
        found = subprocess.run(
            [finder, ":lang=zh", "family"], capture_output=True, text=True, timeout=30, check=False
        )
        families = sorted({line.split(",")[0].strip() for line in found.stdout.splitlines() if line.strip()})
    else:
        folders = (
            Path("/usr/share/fonts"), Path("/Library/Fonts"), Path("/System/Library/Fonts"),
            Path("C:/Windows/Fonts"), Path.home() / ".fonts", Path.home() / ".local/share/fonts",
        )  # fmt: skip
        files = (file for folder in folders if folder.is_dir() for file in folder.rglob("*.[to]t[fc]"))
        families = sorted({f.name for f in files if any(name in f.name.lower() for name in FONT_NAMES)})
    if not families:
        return Look(Mark.WARN, "no_font")
    return Look(Mark.FINE, "font", {"font": families[0], "n": len(families)})


def _configuration() -> Iterator[Look]:
    from monitor.cli.config import config_problems

    problems = config_problems()
    for problem in problems:
        yield Look(Mark.WRONG, "config", {"problem": problem.sentence(words())})
    if not problems:
        yield Look(Mark.FINE, "config_fine")
        yield from _examples()


def _examples() -> Iterator[Look]:
    from monitor.cli.installation import configured
    from monitor.settings.environment import load_settings

    names = [name.in_language(words().language) for name in configured(load_settings()).examples]
    if names:
        yield Look(Mark.WARN, "examples", {"names": " · ".join(names)})


def _folder(settings: Settings) -> Iterator[Look]:
    folder = settings.data_dir
    existing = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(existing).free
    told = {"folder": folder, "gb": f"{free / 1_000_000_000:.1f}"}
    yield Look(Mark.FINE if free >= LOW_DISK else Mark.WARN, "disk", told)


def _key(settings: Settings) -> Iterator[Look]:
    from monitor.settings.environment import KEY_FILE, personal_key

    file = settings.data_dir / KEY_FILE
    if not file.exists():
        yield Look(Mark.FINE, "key_later", {"file": file})
        return
    personal_key(settings)
    yield Look(Mark.FINE, "key", {"file": file})


def _database(settings: Settings) -> Iterator[Look]:
    from monitor.store.migrate import newest_revision

    with _existing_database(settings) as (database, stands):
        if database is None:
            yield Look(Mark.FINE, "database_later", {"database": settings.database})
            return
    told = {"database": settings.database, "stands": stands or "-", "newest": newest_revision()}
    yield Look(Mark.FINE, "database", told) if stands == told["newest"] else Look(Mark.WARN, "layout", told)


@contextmanager
def _existing_database(settings: Settings) -> Iterator[tuple[Database | None, str | None]]:
    """The database with its layout, None where it is yet to be made. Makes no file and migrates nothing."""
    from sqlalchemy.engine import make_url

    from monitor.store.database import Database
    from monitor.store.migrate import revision_of

    url = make_url(settings.database)
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    if file is not None and not file.expanduser().exists():
        yield None, None
        return
    database = Database(settings.database_with_secrets())
    try:
        with database.read() as connection:
            stands = revision_of(connection)
        yield database, stands
    finally:
        database.dispose()


def _jobs(settings: Settings) -> Iterator[Look]:
    """Which jobs there are, who runs them, and how the last run of each went."""
    from monitor.cli.installation import configured, now
    from monitor.store.jobs import current_leader, job_states
    from monitor.store.marks import SIMULATED, mark_of
    from monitor.store.migrate import newest_revision

    configuration = configured(settings)
    with _existing_database(settings) as (database, stands):
        if database is None or stands != newest_revision():
            plans, states, leader = configuration.jobs.planned(configuration.zone), {}, None
        else:
            with database.read() as connection:
                simulated = mark_of(connection, SIMULATED) is not None
            plans = configuration.jobs.planned(configuration.zone, simulated=simulated)
            states = job_states(database, [plan.name for plan in plans])
            leader = current_leader(database, now())
    if not plans:
        yield Look(Mark.FINE, "no_jobs")
        return
    told = {"n": len(plans), "names": " · ".join(_called(plan.name) for plan in plans)}
    if leader is None:
        yield Look(Mark.WARN, "jobs_unattended", told)
    else:
        yield Look(Mark.FINE, "jobs_led", {**told, "host": leader.host, "pid": leader.pid})
    for plan in plans:
        yield _job(plan.name, states.get(plan.name), settings)


def _job(name: str, state: JobState | None, settings: Settings) -> Look:
    from monitor.cli.work import problem_of
    from monitor.store.jobs import FAILURES_SHOWN, Result

    called = {"name": _called(name)}
    if state is None or state.last is None:
        return Look(Mark.FINE, "job_never", called)
    last = state.last
    said = say(f"jobs.result.{last.result}")
    told = {**called, "time": _shown(last.started, settings.zone), "result": said, "rows": last.rows}
    if problem := problem_of(last):
        told["result"] = f"{said}: {problem}" if words().language == "en" else f"{said}:{problem}"
    if state.failures >= FAILURES_SHOWN and state.since is not None:
        since = _shown(state.since, settings.zone)
        return Look(Mark.WRONG, "job_failing", {**told, "n": state.failures, "since": since})
    fine = last.result in (Result.DONE, Result.RUNNING) and not last.problem
    return Look(Mark.FINE if fine else Mark.WARN, "job", told)


def _called(job: str) -> str:
    return words().find(f"jobs.called.{job}") or job


def _views(settings: Settings) -> Iterator[Look]:
    """Asks each configured view for its columns, by the role and within the time that its polls have."""
    from ingest.view import ViewPoll
    from ingest.view_fault import ViewProblem
    from monitor.cli.installation import dry_intake, sender
    from monitor.cli.reason import sentence

    intake = dry_intake(settings)
    for name, view in sorted(intake.configuration.jobs.views.items()):
        if view.source not in intake.pages:
            continue
        try:
            columns = ViewPoll(intake, name, view, sender()).look()
        except ViewProblem as problem:
            yield Look(
                Mark.WRONG, "view_wrong", {"name": name, "problem": sentence(problem.code, problem.params)}
            )
        else:
            yield Look(Mark.FINE, "view", {"name": name, "database": view.shown, "n": len(columns)})


def _port(settings: Settings) -> Iterator[Look]:
    from monitor.cli.serve import is_free

    told = {"host": settings.host, "port": settings.port}
    if is_free(settings.host, settings.port):
        yield Look(Mark.FINE, "port", told)
    else:
        yield Look(Mark.WARN, "port_taken", told)


def _clock(settings: Settings) -> Iterator[Look]:
    from monitor.cli.installation import now

    moment = now()
    told = {"time": _shown(moment, settings.zone), "zone": settings.zone}
    yield Look(Mark.WRONG, "clock_unset", told) if moment < PROGRAM_BEGAN else Look(Mark.FINE, "clock", told)


def _shown(moment: int, zone: str) -> str:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    local = datetime.fromtimestamp(moment / 1_000_000, UTC).astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M:%S}"
