"""The Flow page in words and cards: what was found, the figure below it, and its numbers to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.parts import flow_charts as charts
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.rows import case_address, link
from dashboard.parts.sentence import Speech
from dashboard.parts.shell import failed_part
from dashboard.views import flow_findings as found
from dashboard.views.flow import (
    LIMIT_HOURS,
    VEHICLES,
    WEEKS,
    AgesPart,
    FlowAsk,
    FlowView,
    HoursPart,
    StagesPart,
    Weekly,
)
from dashboard.views.moments import clock_time
from dashboard.views.snapshot import Failure

if TYPE_CHECKING:
    from monitor.metrics.throughput import HourOfWeek
    from monitor.settings.board import Board
    from monitor.settings.stations import Station


def choices(asked: FlowAsk, stations: list[Station], speech: Speech) -> list[Node]:
    """Period, station and kind of vehicle, each a link that keeps the rest."""
    words = speech.words
    told: list[list[tuple[str, str, bool]]] = [
        [
            (words.get("flow.weeks", n=n), asked.address(weeks=n), n == asked.weeks)
            for n in WEEKS
        ]
    ]  # fmt: skip
    if len(stations) > 1:
        names: list[tuple[str | None, str]] = [(None, words.get("board.all"))]
        names += [(one.code, one.short.in_language(words.language)) for one in stations]
        told.append([(name, asked.address(station=code), code == asked.station) for code, name in names])
    kinds: list[tuple[str | None, str]] = [(None, words.get("flow.all_vehicles"))]
    kinds += [(kind, words.get(f"vehicles.{kind}")) for kind in VEHICLES]
    told.append([(name, asked.address(vehicle=kind), kind == asked.vehicle) for kind, name in kinds])
    return [
        div([link(text, href, "fx-here" if here else "") for text, href, here in group], "fx-seg-control")
        for group in told
    ]


def page(view: FlowView, speech: Speech, board: Board) -> list[Node]:
    """The headline, then the cards; one that failed says so and the others live on."""
    words = speech.words
    if view.asked.unknown is not None:
        return [div(words.get("flow.unknown_station", code=view.asked.unknown), "fx-card fx-flow-none")]
    few = board.few_n
    made: list[tuple[str, Any, Any]] = [
        ("stages", view.stages, lambda: _stages(view, speech, few)),
        ("hours", view.hours, lambda: _hours(view, speech, few)),
        ("rate", view.weekly, lambda: _rate(view, speech, board)),
        ("week", view.week_hours, lambda: _week(view, speech)),
        ("ages", view.ages, lambda: _ages(view, speech, few)),
    ]
    cards = []
    for name, part, draw in made:
        body = _failed(part, view, speech) if isinstance(part, Failure) else draw()
        cards.append(div(body, f"fx-flow-{name}"))
    return [_head(view, speech, board), div(cards, "fx-flow-cards")]


def _failed(failure: Failure, view: FlowView, speech: Speech) -> Node:
    return failed_part(speech.words, failure.reason, clock_time(view.now, speech.zone))


def _card(title: str, caption: str, body: list[Any], foot: str | None = None) -> Node:
    below = [] if foot is None else [element("p", foot, "fx-flow-foot")]
    return element(
        "section",
        [element("h2", title), element("p", caption, "fx-caption"), *body, *below],
        "fx-card",
        aria_label=title,
    )


def _head(view: FlowView, speech: Speech, board: Board) -> Node:
    words, rate = speech.words, view.rate
    if isinstance(rate, Failure):
        return _failed(rate, view, speech)
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
    beside = [words.get("flow.head.interval", low=round(100 * low), high=round(100 * high))]
    beside += [words.get(f"flow.beside.{name}", n=count) for name, count in rate.beside.items() if count]
    target = found.target_finding((low, high), rate.n, board.few_n, board.target.share)
    unconfirmed = [] if board.target.confirmed else [span(words.get("config.example"), "fx-badge fx-example")]
    return div(
        [
            element("b", [link(said, view.cases(), "fx-flow-plain")]),
            span(words.get("flow.join").join(beside), "fx-mut"),
            span([speech.say(target), *unconfirmed], "fx-flow-target"),
        ],
        "fx-card fx-flow-head",
    )


def _stages(view: FlowView, speech: Speech, few: int) -> Node:
    part, words = view.stages, speech.words
    assert isinstance(part, StagesPart)
    if not part.stages:
        return _card(words.get("flow.stages.neutral"), words.get("flow.none"), [])
    hours = sum(one.hours for one in part.stages)
    n = part.stages[0].n
    foot = words.get("flow.stages.law")
    if part.after is not None and part.after.cases:
        after = part.after
        foot = (
            words.get(
                "flow.stages.after",
                hours=f"{after.hours:,.0f}",
                percent=round(100 * (after.share or 0)),
                median=f"{after.median or 0:.1f}",
                k=after.cases,
                n=after.n,
            )
            + foot
        )
    return _card(
        speech.say(found.stages_finding(part.stages, few)),
        words.get("flow.stages.caption", n=n, hours=f"{hours:,.0f}"),
        [
            charts.stage_bar(part.stages, words, view.cases()),
            charts.stage_table(part.stages, words, view.cases()),
            charts.csv_link(
                "stages",
                words,
                ["stage", "hours", "share", "cases", "n", "median_hours", "p90_hours"],
                [[s.stage.value, s.hours, s.share, s.cases, s.n, s.median, s.p90] for s in part.stages],
            ),
        ],
        foot,
    )  # fmt: skip


def _hours(view: FlowView, speech: Speech, few: int) -> Node:
    part, words = view.hours, speech.words
    assert isinstance(part, HoursPart)
    hours = part.hours
    if hours is None or hours.n == 0:
        return _card(words.get("flow.hours.neutral"), words.get("flow.none"), [])
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
    return _card(
        speech.say(found.hours_finding(part.test)),
        caption,
        [
            charts.histogram(part, words, view, LIMIT_HOURS),
            charts.csv_link(
                "hours",
                words,
                ["hour", "on_time", "late", "still_held"],
                [[one.low, one.on_time, one.late, one.held] for one in hours.bins],
            ),
        ],
        speech.say(found.hours_note(part.test)),
    )


def _rate(view: FlowView, speech: Speech, board: Board) -> Node:
    part, words = view.weekly, speech.words
    assert isinstance(part, Weekly)
    complete = part.weeks[:-1] if part.running else part.weeks
    title = speech.say(found.rate_finding(part.chart, complete))
    if not part.weeks:
        return _card(title, words.get("flow.none"), [])
    caption = words.get("flow.rate.no_centre")
    if part.centre is not None:
        caption = words.get(
            "flow.rate.centre",
            percent=round(100 * part.centre),
            first=part.base[0].rsplit("W", 1)[-1],
            last=part.base[-1].rsplit("W", 1)[-1],
            n=len(part.base),
        )
    return _card(
        title,
        caption,
        [
            div(
                [
                    charts.icons(part, board.target.share, words),
                    charts.weekly(part, board, words, view.asked.station),
                ],
                "fx-flow-weekly",
            ),
            charts.csv_link(
                "weeks",
                words,
                ["week", "k", "n"],
                [[week, k, n] for week, (k, n) in zip(part.weeks, part.counts, strict=True)],
            ),
        ],
        words.get("flow.rate.foot"),
    )


def _week(view: FlowView, speech: Speech) -> Node:
    hours, words = view.week_hours, speech.words
    assert not isinstance(hours, Failure)
    arrived, arrivals, released, releases = found.night_counts(hours)
    if not arrivals and not releases:
        return _card(words.get("flow.week.neutral"), words.get("flow.none"), [])

    def grid(kind: str, counts: list[int]) -> list[Node]:
        return [element("h3", words.get(f"flow.week.{kind}")), charts.heat_map(counts, words, kind, view)]

    return _card(
        speech.say(found.week_hours_finding(hours)),
        words.get("flow.week.caption", a=arrived, m=arrivals, b=released, n=releases),
        [
            *grid("arrivals", _column(hours, "arrivals")),
            *grid("releases", _column(hours, "releases")),
            charts.heat_legend(words),
            charts.csv_link(
                "hours-of-week",
                words,
                ["hour_of_week", "confirmed", "released"],
                [[one.hour, one.arrivals, one.releases] for one in hours],
            ),
        ],
    )


def _column(hours: tuple[HourOfWeek, ...], name: str) -> list[int]:
    return [getattr(one, name) for one in hours]


def _ages(view: FlowView, speech: Speech, few: int) -> Node:
    part, words = view.ages, speech.words
    assert isinstance(part, AgesPart)
    past = sum(one.past_limit is True for one in part.ages)
    if not part.ages:
        return _card(speech.say(found.ages_finding(part.ages)), words.get("flow.ages.nothing"), [])
    lines = [
        (one, part.plates.get((one.station, one.case_no)), case_address((one.station, one.case_no)))
        for one in part.ages
    ]
    foot = words.get("flow.ages.few", n=len(part.ages)) if len(part.ages) < few else None
    return _card(
        speech.say(found.ages_finding(part.ages)),
        words.get("flow.ages.caption", k=past, n=len(part.ages)),
        [charts.ages(lines, words, LIMIT_HOURS)],
        foot,
    )
