"""The jobs of the Data page (数据): how they stand, and asking the process that leads to run one now.

No page of its own: `dashboard.pages.data` draws it among the rest. A request goes through the database, so
that it does not matter whether this server or `fangxing work` runs the jobs.
"""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update

from dashboard.language import current_language
from dashboard.parts.element import Node, element
from dashboard.parts.joblist import answer, called, jobs_band, jobs_card
from dashboard.parts.sentence import Speech
from dashboard.views.jobs import JobsView, jobs_view
from dashboard.views.moments import local
from dashboard.views.snapshot import zone_of
from monitor.store.deliveries import Sender
from monitor.store.jobs import (
    KEPT_RUNS,
    Leader,
    Result,
    ask_for_run,
    current_leader,
    job_states,
    recent_runs,
)

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.settings.jobs import PlannedJob

ASKED_TICK = 1500
"""Milliseconds between looks while the reader waits for a run they asked for."""


def frame() -> list[Any]:
    """What is not drawn anew: the answer to a request, and the look for its outcome."""
    return [
        element("p", None, "fx-q-answer fx-jobs-answer", id="fx-jobs-answer", role="status"),
        dcc.Store(id="fx-jobs-asked"),
        dcc.Interval(id="fx-jobs-tick", interval=ASKED_TICK, disabled=True),
    ]


def planned(services: Services) -> list[PlannedJob]:
    """The jobs of the configuration that this installation runs."""
    configuration = services.configuration
    return configuration.jobs.planned(configuration.zone, simulated=services.simulated)


def view_of(services: Services, query: dict[str, str], now: int) -> JobsView:
    """How the jobs stand now; `?job=` opens one of them."""
    jobs, opened = planned(services), query.get("job")
    known = any(job.name == opened for job in jobs)
    runs = recent_runs(services.database, opened, KEPT_RUNS) if known else []
    states = job_states(services.database, [job.name for job in jobs])
    here = Leader(socket.gethostname(), os.getpid())
    leader = current_leader(services.database, now)
    return jobs_view(jobs, states, leader, here, now, opened if known else None, runs)


def drawn(services: Services, view: JobsView, now: int) -> tuple[list[Node], Node]:
    """The band for the top of the page, where there is need of one, and the card."""
    speech = speech_of(services, now)
    return jobs_band(view, speech.words), jobs_card(view, services.sources, now, speech)


def drawn_key(view: JobsView, now: int) -> str:
    """Changes when what is drawn of the jobs may have."""
    rows = (
        f"{row.name}:{row.last and (row.last.run_id, row.last.result)}:{row.request}:{row.waits(now)}"
        for row in view.rows
    )
    return f"{view.leader}/{view.is_own}/" + "/".join(rows)


def speech_of(services: Services, now: int) -> Speech:
    """The reader's words, on the installation's clock."""
    zone = zone_of(services, None)
    return Speech(services.texts[current_language(services.language)], zone, local(now, zone).year)


def asked(services: Services, job: str) -> dict[str, Any]:
    """Ask for a run of a job. What the page remembers of it: the request, or why there is none."""
    now = services.now()
    if all(one.name != job for one in planned(services)):
        return {"job": job, "refused": "unknown"}
    if current_leader(services.database, now) is None:
        return {"job": job, "refused": "nobody"}
    request = ask_for_run(services.database, job, Sender(services.actor, socket.gethostname()), now)
    return {"job": job, "at": request.asked_at}


def told(services: Services, held: dict[str, Any]) -> tuple[str, bool]:
    """What became of a request, and whether that is its end."""
    now = services.now()
    speech = speech_of(services, now)
    job = held["job"]
    if "refused" in held:
        return speech.words.get(f"jobs.answer.{held['refused']}", job=called(job, speech.words)), True
    state = job_states(services.database, [job])[job]
    is_open = state.request is not None and state.request.asked_at == held["at"]
    waits = is_open and state.request is not None and not state.request.is_void(now)
    run = None if is_open else state.last
    ended = not waits and (run is None or run.result is not Result.RUNNING)
    return answer(job, run, waits, speech), ended


def register(app: Dash, services: Services) -> None:
    """The buttons, and the answer until the run has ended."""

    @app.callback(
        Output("fx-jobs-asked", "data"),
        Input({"type": "fx-job-run", "job": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    async def ask(_clicks: list[int | None]) -> Any:
        pressed = ctx.triggered_id
        # A button that has just been drawn has not been pressed.
        if not isinstance(pressed, dict) or not ctx.triggered[0]["value"]:
            return no_update
        return await asyncio.to_thread(asked, services, pressed["job"])

    @app.callback(
        Output("fx-jobs-answer", "children"),
        Output("fx-jobs-tick", "disabled"),
        Input("fx-jobs-asked", "data"),
        Input("fx-jobs-tick", "n_intervals"),
        State("fx-jobs-answer", "children"),
        prevent_initial_call=True,
    )
    async def follow(held: dict[str, Any] | None, _ticks: int | None, said: str | None) -> tuple[Any, ...]:
        if held is None:
            return no_update, no_update
        text, ended = await asyncio.to_thread(told, services, held)
        return (no_update if text == said else text), ended
