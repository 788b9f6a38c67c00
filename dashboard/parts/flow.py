"""The Flow page in words and cards: what was found, the figure below it, and its files to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.parts import flow_charts as charts
from dashboard.parts import flow_stages, flow_weekly
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.figure_cards import Made, card, cards, failed, nothing, unread
from dashboard.parts.rows import link
from dashboard.parts.sentence import Speech
from dashboard.views import flow_findings as found
from dashboard.views.flow import (
    LIMIT_HOURS,
    AgesPart,
    FlowView,
    HoursPart,
    StagesPart,
    Weekly,
)
from dashboard.views.snapshot import Failure
from monitor.metrics.rate_chart import Kind

if TYPE_CHECKING:
    from monitor.metrics.throughput import HourOfWeek
    from monitor.settings.board import Board


def page(view: FlowView, speech: Speech, board: Board) -> list[Node]:
    """The headline, then the cards; one that failed says so and the others live on."""
    away = unread(view.rate, view, speech)
    if away is not None:
        return away
    few = board.few_n
    made: list[Made] = [
        ("stages", view.stages, lambda: _stages(view, speech, few)),
        ("hours", view.hours, lambda: _hours(view, speech, few)),
        ("rate", view.weekly, lambda: _rate(view, speech, board)),
        ("week", view.week_hours, lambda: _week(view, speech)),
        ("ages", view.ages, lambda: _ages(view, speech, few)),
    ]
    head = _head(view, speech, board)
    if view.empty and not isinstance(view.extent, Failure):
        head = nothing(view, speech)
        held = isinstance(view.ages, AgesPart) and view.ages.ages
        made = made[-1:] if held else []
    return [head, cards(made, "fx-flow", view, speech)]


def _head(view: FlowView, speech: Speech, board: Board) -> Node:
    words, rate = speech.words, view.rate
    if isinstance(rate, Failure):
        return failed(rate, view, speech)
    if rate is None or rate.n == 0:
        return div(words.get("flow.head.none", n=view.asked.weeks), "fx-card fx-flow-head")
    fields = {"weeks": view.asked.weeks, "k": rate.k, "n": rate.n}
    low, high = rate.low or 0.0, rate.high or 0.0
    enough = rate.n >= board.few_n
    said = (
        words.get("flow.head.rate", **fields, percent=round(100 * rate.k / rate.n))
        if enough
        else words.get("flow.head.few", **fields)
    )
    beside: list[Any] = [words.get("flow.head.interval", low=round(100 * low), high=round(100 * high))]
    for name, count in rate.beside.items():
        if count:
            said_beside = words.get(f"flow.beside.{name}", n=count)
            beside += [
                words.get("flow.join"),
                link(said_beside, view.behind(f"rate.{name}"), "fx-flow-plain"),
            ]
    target = found.target_finding((low, high), rate.n, board.few_n, board.target.share)
    unconfirmed = [] if board.target.confirmed else [span(words.get("config.example"), "fx-badge fx-example")]
    return div(
        [
            element("b", [link(said, view.behind("rate.all"), "fx-flow-plain")]),
            span(beside, "fx-mut"),
            span([speech.say(target), *unconfirmed], "fx-flow-target"),
        ],
        "fx-card fx-flow-head",
    )


def _stages(view: FlowView, speech: Speech, few: int) -> Node:
    part, words = view.stages, speech.words
    assert isinstance(part, StagesPart)
    if not part.stages:
        return card(words.get("flow.stages.neutral"), words.get("flow.none"), [])
    hours = sum(one.hours for one in part.stages)
    n = part.stages[0].n
    foot: list[Any] = [words.get("flow.stages.law")]
    if part.after is not None and part.after.cases:
        after = part.after
        said = words.get(
            "flow.stages.after",
            hours=f"{after.hours:,.0f}",
            percent=round(100 * (after.share or 0)),
            median=f"{after.median or 0:.1f}",
            k=after.cases,
            n=after.n,
        )
        foot = [link(said, view.behind("removal.known"), "fx-flow-plain"), *foot]
    return card(
        speech.say(found.stages_finding(part.stages, few)),
        words.get("flow.stages.caption", n=n, hours=f"{hours:,.0f}"),
        [
            flow_stages.stage_bar(part.stages, words, view),
            flow_stages.stage_table(part.stages, words, view),
            flow_stages.split_choice(view, words),
            *flow_stages.told_apart(part, words, view),
            charts.file_links(view, "stages", words),
        ],
        foot,
    )


def _hours(view: FlowView, speech: Speech, few: int) -> Node:
    part, words = view.hours, speech.words
    assert isinstance(part, HoursPart)
    hours = part.hours
    if hours is None or hours.n == 0:
        return card(words.get("flow.hours.neutral"), words.get("flow.none"), [])
    numbers = {
        name: "—" if value is None else f"{value:.1f}"
        for name, value in (("median", hours.median), ("p90", hours.p90), ("longest", hours.longest))
    }
    key = "flow.hours.caption" if hours.n >= few else "flow.hours.caption_few"
    caption = (
        words.get(key, n=hours.n, **numbers)
        if hours.n >= few
        else words.get(key, n=hours.n, longest=numbers["longest"])
    )
    if hours.untimed:
        caption += words.get("flow.join") + words.get("flow.hours.untimed", n=hours.untimed)
    return card(
        speech.say(found.hours_finding(part.test)),
        caption,
        [
            charts.histogram(part, words, view, LIMIT_HOURS),
            charts.file_links(view, "hours", words),
        ],
        speech.say(found.hours_note(part.test)),
    )


def _rate(view: FlowView, speech: Speech, board: Board) -> Node:
    part, words = view.weekly, speech.words
    assert isinstance(part, Weekly)
    title = speech.say(found.rate_finding(part.chart))
    if not part.weeks:
        return card(title, words.get("flow.none"), [])
    target = board.target.share
    share = flow_weekly.rate_plot(part, board, view, words)
    plots: list[Any] = [flow_weekly.drawn(share, words, words.get("flow.rate.neutral"), target)]
    if part.chart.kind in (Kind.GAPS, Kind.HOURS):
        axis = words.get("flow.gaps.axis" if part.chart.kind is Kind.GAPS else "flow.single.axis")
        single = flow_weekly.single_plot(part, view, words)
        plots += [
            element("h3", axis, "fx-flow-second"),
            flow_weekly.drawn(single, words, axis, target),
        ]
    said = flow_weekly.notes(part, speech)
    running = flow_weekly.running_gap(part)
    if running:
        said.append(words.get("flow.gaps.running", n=running))
    notes = [element("ul", [element("li", one) for one in said], "fx-flow-notes")] if said else []
    return card(
        title,
        flow_weekly.caption(part, speech),
        [
            div([flow_weekly.icons(part, target, words), div([*plots, *notes])], "fx-flow-weekly"),
            charts.file_links(view, "rate", words),
        ],
        words.get("flow.rate.foot"),
    )


def _week(view: FlowView, speech: Speech) -> Node:
    hours, words = view.week_hours, speech.words
    assert not isinstance(hours, Failure)
    arrived, arrivals, released, releases = found.night_counts(hours)
    if not arrivals and not releases:
        return card(words.get("flow.week.neutral"), words.get("flow.none"), [])

    def grid(kind: str, counts: list[int]) -> list[Node]:
        return [element("h3", words.get(f"flow.week.{kind}")), charts.heat_map(counts, words, kind, view)]

    return card(
        speech.say(found.week_hours_finding(hours)),
        words.get("flow.week.caption", a=arrived, m=arrivals, b=released, n=releases),
        [
            *grid("arrivals", _column(hours, "arrivals")),
            *grid("releases", _column(hours, "releases")),
            charts.heat_legend(words),
            charts.file_links(view, "week", words),
        ],
    )


def _column(hours: tuple[HourOfWeek, ...], name: str) -> list[int]:
    return [getattr(one, name) for one in hours]


def _ages(view: FlowView, speech: Speech, few: int) -> Node:
    part, words = view.ages, speech.words
    assert isinstance(part, AgesPart)
    past = sum(one.past_limit is True for one in part.ages)
    if not part.ages:
        return card(speech.say(found.ages_finding(part.ages)), words.get("flow.ages.nothing"), [])
    past_list = view.behind("ages.past" if past else "ages.all")
    foot = words.get("flow.ages.few", n=len(part.ages)) if len(part.ages) < few else None
    return card(
        speech.say(found.ages_finding(part.ages)),
        link(words.get("flow.ages.caption", k=past, n=len(part.ages)), past_list, "fx-flow-plain"),
        [charts.ages(part, words, LIMIT_HOURS), charts.file_links(view, "ages", words)],
        foot,
    )
