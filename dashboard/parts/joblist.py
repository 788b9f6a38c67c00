"""The jobs on the Data page: what each does, how it went, when it runs next, and running it now."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from dashboard.parts.casefile import table
from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.rows import link
from dashboard.views.jobs import JobsView, JobView, Standing
from dashboard.views.moments import MINUTE, length, when
from monitor.cases.event import DAY, SECOND
from monitor.settings.cadence import WEEKDAYS, At, Cadence
from monitor.settings.jobs import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.parts.sentence import Speech
    from ingest.mapping.page import SourcePage
    from monitor.lake.keeper import LakeStanding
    from monitor.settings.texts import Texts
    from monitor.store.jobs import JobRun

SIGNS = {
    Standing.NEVER: "ring-dashed",
    Standing.RUNNING: "ring",
    Standing.DONE: "tick-ring",
    Standing.WARNED: "triangle",
    Standing.MISSED: "cut",
    Standing.FAILED: "cut",
    Standing.FAILING: "octagon",
}


def jobs_band(view: JobsView, words: Texts) -> list[Node]:
    """What must not be overlooked: jobs that fail again and again, and that nobody runs any."""
    said = []
    if view.unattended:
        said.append(words.get("jobs.unattended"))
    if view.failing:
        names = words.get("case.joint").join(called(row.name, words) for row in view.failing)
        said.append(words.get("jobs.failing", jobs=names))
    return [element("p", " ".join(said), "fx-jobs-band", role="alert")] if said else []


def lake_band(standing: LakeStanding | None, now: int, speech: Speech) -> list[Node]:
    """What must not be overlooked of the copy that metrics read: that it cannot be kept; and for a day, that
    it was damaged and written anew."""
    said: list[Node] = []
    if standing is None:
        return said
    words = speech.words
    if standing.problem is not None:
        problem = words.get(f"lake.problem.{standing.problem}")
        said.append(element("p", problem, "fx-jobs-band", role="alert"))
    if standing.mended is not None and standing.mended_at is not None and now - standing.mended_at < DAY:
        why = words.get(f"cli.lake.differs.{standing.mended.code}", **standing.mended.params)
        mended = words.get("lake.mended", time=speech.moment(standing.mended_at), why=why)
        said.append(element("p", mended, "fx-card fx-lake-mended", role="status"))
    return said


def jobs_card(view: JobsView, sources: Mapping[str, SourcePage], now: int, speech: Speech) -> Node:
    """Every job of the configuration, one of them open with its last runs."""
    words = speech.words
    if not view.rows:
        return element(
            "section",
            [
                element("h2", words.get("jobs.title_none")),
                element("p", words.get("jobs.none"), "fx-caption"),
                element("pre", words.get("jobs.example"), "fx-job-example"),
            ],
            "fx-card fx-jobs",
        )
    key = "jobs.title_noted" if view.noted else "jobs.title"
    items = [element("li", _job(row, sources, now, speech), "fx-job-item") for row in view.rows]
    return element(
        "section",
        [
            element("h2", words.get(key, n=len(view.rows), noted=view.noted)),
            element("p", led_by(view, words), "fx-caption"),
            element("ul", items, "fx-job-list"),
        ],
        "fx-card fx-jobs",
    )


def called(job: str, words: Texts) -> str:
    """The name of a job: as the configuration has it, or of one that every installation has in words."""
    return words.find(f"jobs.called.{job}") or job


def led_by(view: JobsView, words: Texts) -> str:
    """Which process runs the jobs."""
    if view.leader is None:
        return words.get("jobs.led_by.nobody")
    if view.is_own:
        return words.get("jobs.led_by.this")
    return words.get("jobs.led_by.other", host=view.leader.host, pid=view.leader.pid)


def _job(row: JobView, sources: Mapping[str, SourcePage], now: int, speech: Speech) -> list[Node]:
    words = speech.words
    said = words.get(f"jobs.standing.{row.standing}", n=row.failures)
    sign = div([shape(SIGNS[row.standing]), span(said)], f"fx-job-status fx-is-{row.standing}")
    address = "/data" if row.is_open else f"/data?job={quote(row.name, safe='')}"
    about = f"{called(row.name, words)} · {how_often(row.cadence, speech)}"
    what = [link(_what(row, sources, speech), address, "fx-job-name"), div(about, "fx-caption")]
    if row.last is not None and row.last.problem is not None:
        what.append(element("p", problem_of(row.last, speech), "fx-job-problem"))
    if row.standing is Standing.FAILING and row.since is not None:
        what.append(div(words.get("jobs.since", time=speech.moment(row.since)), "fx-caption"))
    if row.kind is Kind.CALENDAR and row.last is not None and "year" in row.last.params:
        what.append(_how_to_enter(row.last.params["year"], words))
    parts = [
        div([sign, div(what, "fx-job-what"), _times(row, now, speech), _button(row, now, words)], "fx-job")
    ]
    if row.is_open:
        parts.append(_history(row, speech))
    return parts


def _what(row: JobView, sources: Mapping[str, SourcePage], speech: Speech) -> str:
    page = sources.get(row.told.get("source", ""))
    told = dict(row.told)
    if page is not None:
        told["source"] = speech.named(page.feed, page.name)
    return speech.filled(f"jobs.kind.{row.kind}", told)


def how_often(cadence: Cadence, speech: Speech) -> str:
    """Every so often, or at which time; the zone is said where it is not that of the page."""
    words = speech.words
    if not isinstance(cadence, At):
        return words.get("jobs.every", time=_span(cadence.micros, words))
    time = f"{cadence.time:%H:%M}"
    if cadence.zone != speech.zone:
        time = f"{time} {cadence.zone.key}"
    if cadence.weekday is None:
        return words.get("jobs.at.day", time=time)
    return words.get(f"jobs.at.{WEEKDAYS[cadence.weekday]}", time=time)


def _times(row: JobView, now: int, speech: Speech) -> Node:
    words, last = speech.words, row.last
    said: list[Node] = []
    if last is not None:
        said.append(
            div(words.get("jobs.last", time=when(last.started, now, speech.zone, words)), "fx-job-last")
        )
        facts = [words.get("jobs.took", time=_span(last.ended - last.started, words))] if last.ended else []
        facts.append(words.get("jobs.rows", n=f"{last.rows:,}"))
        if last.asked_by is not None:
            facts.append(words.get("jobs.asked_by", actor=last.asked_by))
        said.append(div(" · ".join(facts), "fx-caption"))
    if row.next_at is not None:
        said.append(div(words.get("jobs.next", time=when(row.next_at, now, speech.zone, words))))
    if row.request is not None:
        key = "jobs.waits" if row.waits(now) else "jobs.void"
        time = when(row.request.asked_at, now, speech.zone, words)
        said.append(div(words.get(key, actor=row.request.actor, time=time), "fx-job-asked"))
    return div(said, "fx-job-times")


def _button(row: JobView, now: int, words: Texts) -> Node:
    return element(
        "button",
        words.get("jobs.run_now"),
        "fx-btn fx-job-run",
        type="button",
        id={"type": "fx-job-run", "job": row.name},
        disabled=row.waits(now),
        aria_label=words.get("jobs.run_now_of", job=called(row.name, words)),
    )


def _history(row: JobView, speech: Speech) -> Node:
    words = speech.words
    if not row.runs:
        return div(element("p", words.get("jobs.no_runs"), "fx-caption"), "fx-delivery-open")
    heads = [
        words.get(f"jobs.heads.{name}") for name in ("started", "took", "result", "rows", "asked", "said")
    ]
    return div(table(heads, [_run(run, speech) for run in row.runs], "fx-job-runs"), "fx-delivery-open")


def _run(run: JobRun, speech: Speech) -> list[Node | str]:
    words = speech.words
    took = "—" if run.ended is None else _span(run.ended - run.started, words)
    return [
        speech.moment(run.started),
        took,
        words.get(f"jobs.result.{run.result}"),
        f"{run.rows:,}",
        run.asked_by or "—",
        problem_of(run, speech) if run.problem else "—",
    ]


def problem_of(run: JobRun, speech: Speech) -> str:
    """The problem of a run as a sentence; of an unknown one its code."""
    code = str(run.problem)
    key = f"jobs.problem.{code}"
    return speech.filled(key, speech.words.worded(code, run.params)) if key in speech.words else code


def _how_to_enter(year: str, words: Texts) -> Node:
    """Steps and a file to begin with, open on demand."""
    return element(
        "details",
        [
            element("summary", words.get("jobs.calendar.how")),
            element("p", words.get("jobs.calendar.steps", year=year)),
            element("pre", words.get("jobs.calendar.example", year=year), "fx-job-example"),
        ],
        "fx-caption fx-q-more",
    )


def _span(span: int, words: Texts) -> str:
    """A span by its largest unit, also of less than a minute."""
    if span < SECOND:
        return words.get("jobs.seconds", n=f"{max(0, span) / SECOND:.1f}")
    if span < MINUTE or (span < 2 * MINUTE and span % MINUTE):
        return words.get("jobs.seconds", n=span // SECOND)
    return length(span, words)


def answer(job: str, run: JobRun | None, waits: bool, speech: Speech) -> str:
    """What became of a request: waiting, running, ended and how, or taken by nobody."""
    words, job = speech.words, called(job, speech.words)
    if waits:
        return words.get("jobs.answer.waits", job=job)
    if run is None:
        return words.get("jobs.answer.void", job=job)
    if run.ended is None:
        return words.get("jobs.answer.running", job=job)
    result = words.get(f"jobs.result.{run.result}")
    said = words.get("jobs.answer.ended", job=job, result=result, rows=f"{run.rows:,}")
    return said if run.problem is None else f"{said} {problem_of(run, speech)}"
