"""The web server: API and pages on one FastAPI application, bound to loopback until there is sign-in."""

from __future__ import annotations

import gc
import getpass
import hashlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware

from dashboard.app import ASSETS, build_dash
from dashboard.services import Services
from ingest.drop import Drops
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.actions.payment_address import note_addresses
from monitor.api.guard import Guard
from monitor.api.problem import Problem, answer_away, answer_problems
from monitor.api.record import record_routes
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings, personal_key
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.deliveries import Sender, enter_interrupted
from monitor.store.marks import SIMULATED, mark_of
from monitor.store.migrate import upgrade

if TYPE_CHECKING:
    from monitor.jobs.scheduler import Scheduler
    from monitor.metrics.source import LakeSource

LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]", "::1"]
"""Names under which a loopback server may be asked; others would be a page elsewhere reaching in."""


@dataclass(frozen=True)
class Installation:
    """One installation put together: where it writes, how it reads, what it is configured with."""

    settings: Settings
    database: Database
    intake: Intake
    simulated: bool

    @cached_property
    def drops(self) -> Drops:
        """Where files wait that were dropped on a page."""
        return Drops(self.settings.data_dir / "dropped")

    @cached_property
    def lake(self) -> LakeSource:
        """The copy of the database that metrics read."""
        from monitor.lake.judging import judging
        from monitor.metrics.source import LakeSource

        configuration = self.intake.configuration
        judged_by, memory = judging(configuration), self.settings.lake_memory * 2**20
        return LakeSource(self.database, self.settings.lake, configuration.zone_of, judged_by, memory)

    @cached_property
    def reports(self) -> Path:
        """Where weekly reports are kept."""
        return self.settings.data_dir / "reports"

    @property
    def services(self) -> Services:
        """What every page is given."""
        return Services(
            configuration=self.intake.configuration,
            database=self.database,
            now=self.intake.moment,
            simulated=self.simulated,
            version=program_version(self.intake.configuration.digest),
            texts={language: texts(language, self.settings.config_dir) for language in ("zh", "en")},
            language=self.settings.language,
            sources=self.intake.pages,
            actor=local_user(),
            intake=self.intake,
            drops=self.drops,
            config_dir=self.settings.config_dir,
            lake=self.lake,
            reports=self.reports,
        )


def now() -> int:
    """The time now in microseconds UTC."""
    return time.time_ns() // 1000


def local_user() -> str:
    """Who runs the program: until there is sign-in, the one who writes."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"


def local_host() -> str:
    """The machine's name, as the place where a write came from."""
    return socket.gethostname()


def program_version(configuration: str) -> str:
    """Changes with the program, its assets or its configuration: open pages then reload."""
    parts = hashlib.sha256(configuration.encode())
    for file in sorted(ASSETS.rglob("*")):
        if file.is_file():
            parts.update(file.read_bytes())
    return f"{version('fangxing')}-{parts.hexdigest()[:8]}"


def install(settings: Settings) -> Installation:
    """Open the database in its newest layout and read the configuration. Raises ConfigError."""
    configuration = load_configuration(settings)
    pages = load_pages(settings.config_dir)
    database = Database(settings.database_with_secrets())
    upgrade(database)
    intake = Intake(database, configuration, pages, personal_key(settings), now)
    with database.write() as connection:
        enter_interrupted(connection, now())
    note_addresses(database, configuration, Sender(local_user(), local_host()), now=now())
    with database.read() as connection:
        simulated = mark_of(connection, SIMULATED) is not None
    return Installation(settings, database, intake, simulated)


def create_app(installation: Installation) -> FastAPI:
    """The application: routes of the API first, because the pages answer whatever is left."""
    from monitor.api.cases import cases_router
    from monitor.api.exports import exports_router
    from monitor.api.flags import flags_router
    from monitor.api.gauges import gauges_router
    from monitor.api.health import health_router
    from monitor.api.link import link_router
    from monitor.api.metrics import metrics_router
    from monitor.api.notice import notice_router
    from monitor.api.push import push_routes
    from monitor.api.rebasings import rebasings_router
    from monitor.api.reconciliation import reconciliation_router
    from monitor.api.reports import reports_router
    from monitor.api.upload import upload_routes
    from monitor.api.weighings import weighings_router

    services = installation.services
    app = FastAPI(
        title="Fangxing",
        version=version("fangxing"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    answer_problems(app)
    answer_away(app, services.texts[services.language])
    # First what is asked most: routes are tried in this order.
    app.include_router(push_routes(installation.intake, local_user()))
    app.include_router(health_router(services))
    app.include_router(gauges_router(services))
    app.include_router(flags_router(services))
    app.include_router(cases_router(services))
    app.include_router(exports_router(services))
    app.include_router(weighings_router(services))
    app.include_router(metrics_router(services, installation.lake))
    app.include_router(rebasings_router(services, local_user()))
    app.include_router(reconciliation_router(services))
    app.include_router(reports_router(services, installation.reports))
    app.include_router(notice_router(services))
    app.include_router(link_router(services))
    app.include_router(record_routes(installation.intake, local_user()))
    installation.drops.sweep(installation.intake.moment())
    app.include_router(upload_routes(installation.drops, installation.intake.moment))

    @app.api_route(
        "/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    async def unknown(rest: str) -> Response:
        raise Problem(404, "unknown_path", f"/api/{rest}: see /api/v1/openapi.json")

    dash = build_dash(app, services)
    policy = "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' " + " ".join(dash.csp_hashes()),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )

    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    app.add_middleware(Guard, headers=headers)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS)
    return app


def settle() -> None:
    """Leave what was loaded at the start out of every later garbage collection.

    Looking through it again and again was two thirds of the time of the slowest refreshes of the board.
    """
    gc.collect()
    gc.freeze()


def serve(installation: Installation, *, ready: Callable[[str], None] | None = None) -> None:
    """Run until stopped. `ready` is told the address once the server answers.

    Raises OSError where the port is taken.
    """
    import uvicorn

    settings = installation.settings
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.host, settings.port))
    app = create_app(installation)
    keeper = installation.lake.kept(now)
    keeper.start()
    jobs = started_jobs(installation)
    settle()
    if ready is not None:
        shown = f"[{settings.host}]" if family is socket.AF_INET6 else settings.host
        ready(f"http://{shown}:{listening.getsockname()[1]}/")
    try:
        uvicorn.Server(
            uvicorn.Config(
                app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3
            )
        ).run(sockets=[listening])
    finally:
        keeper.stop()
        if jobs is not None:
            jobs.stop()


def started_jobs(installation: Installation) -> Scheduler | None:
    """The jobs of the configuration, running; None where there are none or `FANGXING_JOBS` is off.

    A demo runs those alone that touch nothing of a station: no file of it goes into a made-up county.
    """
    if installation.settings.jobs == "off":
        return None
    from monitor.jobs.job import configured_jobs
    from monitor.jobs.scheduler import Scheduler
    from monitor.jobs.weekly import Reports
    from monitor.jobs.worker import Worker

    words = texts(installation.settings.language, installation.settings.config_dir)
    sender = Sender(local_user(), f"jobs@{local_host()}")
    reports = Reports(installation.lake, installation.reports)
    jobs = configured_jobs(
        installation.intake, sender, words, simulated=installation.simulated, reports=reports
    )
    if not jobs:
        return None
    scheduler = Scheduler(Worker(installation.database, jobs, now))
    scheduler.start()
    return scheduler
