"""The rate by week and its control chart, as plain elements: every point a link to its cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.flow_charts import mark
from dashboard.parts.rows import case_address
from dashboard.parts.sentence import Speech
from dashboard.views.flow import FlowView, Weekly
from dashboard.views.flow_findings import current_signal, is_better, signal_notes, week_number
from dashboard.views.said import Said
from monitor.metrics.rate_chart import Kind

if TYPE_CHECKING:
    from monitor.metrics.control_chart import Point
    from monitor.metrics.rate_chart import RateChart
    from monitor.settings.board import Board
    from monitor.settings.texts import Texts

MOST_LABELS = 26
"""Points that find room for their labels side by side."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point to draw: where its cases are, how it is drawn, what is said of it; `height` in [0, 1]."""

    href: str
    kind: str
    said: str
    height: float
    under: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart ready to be drawn, on the page or in a picture. `bands` and `centres` are of single points, in
    [0, 1], None where nothing is drawn; `breaks`: at which points limits begin anew, and why. `target` is the
    height of the target line. `ends`: what the lower and the upper end of the axis are."""

    dots: tuple[Dot, ...]
    bands: tuple[tuple[float, float] | None, ...]
    centres: tuple[float | None, ...]
    breaks: tuple[tuple[int, str], ...]
    target: float | None
    ends: tuple[str, str]


def status(part: Weekly, target: float) -> tuple[str, str]:
    """Variation and assurance, by the chart: few, ordinary, better or worse; few, steady, mixed or never.

    Against the target only a chart of shares can be held.
    """
    points = part.chart.chart.points
    judged = [point for point in points if point.judged]
    if not judged:
        return "few", "few"
    signal = current_signal(part.chart)
    way = "ordinary" if signal is None else "better" if is_better(part.chart.kind, signal) else "worse"
    if part.chart.kind is not Kind.SHARE:
        return way, "few"
    low, high = judged[-1].low or 0.0, judged[-1].high or 1.0
    return way, "steady" if low >= target else "never" if high < target else "mixed"


def icons(part: Weekly, target: float, words: Texts) -> Node:
    """How the rate varies, and whether its ordinary variation stays above the target."""

    def one(kind: str, name: str) -> Node:
        said = [
            element("b", words.get(f"flow.{kind}.{name}")),
            span(words.get(f"flow.{kind}.{name}_why"), "fx-mut"),
        ]
        return div([shape(f"{kind}-{name}"), div(said)], "fx-flow-icon")

    variation, assurance = status(part, target)
    return div([one("variation", variation), one("assurance", assurance)], "fx-flow-icons")


def caption(part: Weekly, speech: Speech) -> str:
    """Where the limits come from; where none can be drawn, that."""
    words, chart = speech.words, part.chart
    if not chart.stretches:
        return words.get("flow.rate.no_centre" if not part.weeks else "flow.rate.centre_none")
    last = chart.stretches[-1]
    point = chart.chart.points[last.first]
    base = chart.weeks[last.first : last.first + last.base]
    if chart.kind is Kind.SHARE:
        return words.get(
            "flow.rate.centre",
            percent=round(100 * last.centre),
            first=week_number(base[0]),
            last=week_number(base[-1]),
            n=last.base,
        )
    if chart.kind is Kind.GAPS:
        high = "—" if point.high is None else f"{point.high:.0f}"
        return words.get("flow.rate.centre_gaps", centre=f"{last.centre:.1f}", high=high)
    return words.get(
        "flow.rate.centre_hours",
        centre=f"{last.centre:.1f}",
        low=f"{point.low or 0:.1f}",
        high=f"{point.high or 0:.1f}",
    )


def notes(part: Weekly, speech: Speech) -> list[str]:
    """The last signals in words, and since when and why limits began anew."""
    return [speech.say(one) for one in signal_notes(part.chart, values(part, speech.words))] + [
        speech.say(
            Said(
                "flow.rate.rebased",
                {
                    "week": week_number(one.rebased.since),
                    "reason": one.rebased.reason,
                    "actor": one.rebased.actor,
                    "at": speech.day(one.rebased.at),
                },
            )
        )
        for one in part.chart.stretches
        if one.rebased is not None
    ]


def values(part: Weekly, words: Texts) -> list[str]:
    """What each point of the chart is, in words."""
    if part.chart.kind is Kind.SHARE:
        return [f"{k}/{n}" for k, n in part.counts]
    name = "flow.gaps.value" if part.chart.kind is Kind.GAPS else "flow.single.value"
    form = ".0f" if part.chart.kind is Kind.GAPS else ".1f"
    return [words.get(name, n=f"{point.value:{form}}") for point in part.chart.chart.points]


def rate_plot(part: Weekly, board: Board, view: FlowView, words: Texts) -> Plot:
    """k of n by week; limits only where the chart is one of shares and the week is large enough."""
    is_share = part.chart.kind is Kind.SHARE
    points = part.chart.chart.points if is_share else ()
    shares = [k / n for k, n in part.counts]
    floor = min([*shares, board.target.share, *[point.low or 0.0 for point in points if point.judged]])
    floor = max(0.0, int(floor * 10 - 0.001) / 10)

    def height(share: float) -> float:
        return (share - floor) / (1 - floor) if floor < 1 else 1.0

    dots, bands, centres = [], [], []
    last = len(part.weeks) - 1
    for index, (week, (k, n)) in enumerate(zip(part.weeks, part.counts, strict=True)):
        point = points[index] if index < len(points) else None
        judged = point is not None and point.judged
        kind = "running" if part.running and index == last else "few"
        if judged:
            kind = kind_of(part.chart, index)
        said = words.get(f"flow.rate.mark_{kind}", week=week_number(week), k=k, n=n)
        href = view.behind(f"weeks.{week}", (part.since, part.until))
        dots.append(Dot(href, kind, said, height(k / n), (str(week_number(week)), f"{k}/{n}")))
        bands.append(band(point, height) if judged else None)
        centre = None if point is None else height(point.centre)
        centres.append(centre if centre is not None and centre >= 0 else None)
    ends = (f"{round(100 * floor)}%", "100%")
    breaks = broken(part, words) if is_share else ()
    return Plot(tuple(dots), tuple(bands), tuple(centres), breaks, height(board.target.share), ends)


def single_plot(part: Weekly, view: FlowView, words: Texts) -> Plot:
    """The chart of gaps between late ones, or of the hours of single cases; a logarithmic axis for hours."""
    found, points = part.chart, part.chart.chart.points
    is_gaps = found.kind is Kind.GAPS
    top = max([point.value for point in points] + [point.high or 0.0 for point in points]) or 1.0
    least = min([point.value for point in points] + [point.low or top for point in points]) or 0.1

    def height(value: float) -> float:
        if is_gaps:
            return value / (1.05 * top)
        span_ = log(1.05 * top / (0.9 * least))
        return min(1.0, max(0.0, log(max(value, 0.9 * least) / (0.9 * least)) / span_))

    closed = [one for one in part.gaps if one.number and one.ended]
    dots = []
    for index, point in enumerate(points):
        week = week_number(found.weeks[index])
        kind = kind_of(found, index) if point.judged else "few"
        if is_gaps:
            href = view.behind(f"gaps.{closed[index].number}", (part.since, part.ended))
            said = words.get("flow.gaps.mark", week=week, n=f"{point.value:.0f}")
        else:
            one = part.cases[index]
            href = case_address((one.station, one.case_no))
            said = words.get("flow.single.mark", week=week, n=f"{point.value:.1f}")
        value = f"{point.value:.0f}" if is_gaps else f"{point.value:.1f}"
        dots.append(Dot(href, kind, said, height(point.value), (str(week), value)))
    ends = ("0", f"{1.05 * top:.0f}") if is_gaps else (f"{0.9 * least:.1f}", f"{1.05 * top:.0f}")
    bands = tuple(band(point, height) if point.judged else None for point in points)
    return Plot(
        tuple(dots), bands, tuple(height(point.centre) for point in points), broken(part, words), None, ends
    )


def kind_of(found: RateChart, index: int) -> str:
    """better or worse where a rule takes the point in, else ordinary."""
    for signal in reversed(found.chart.signals):
        if signal.since <= index <= signal.at:
            return "better" if is_better(found.kind, signal) else "worse"
    return "ordinary"


def band(point: Point | None, height: Callable[[float], float]) -> tuple[float, float] | None:
    """The limits of a point as heights."""
    if point is None or (point.low is None and point.high is None):
        return None
    low = 0.0 if point.low is None else max(0.0, height(point.low))
    return low, 1.0 if point.high is None else min(1.0, height(point.high))


def broken(part: Weekly, words: Texts) -> tuple[tuple[int, str], ...]:
    """Where limits begin anew, and why."""
    return tuple((one.first, one.rebased.reason) for one in part.chart.stretches if one.rebased is not None)


def drawn(plot: Plot, words: Texts, label: str, target: float) -> Node:
    """The chart; on a narrow screen it is pushed sideways."""
    width = 100 / max(1, len(plot.dots))

    def percent(height: float) -> str:
        return f"{100 * height:.2f}%"

    parts: list[Node] = []
    for index, dot in enumerate(plot.dots):
        left = {"left": f"{width * index:.3f}%", "width": f"{width:.3f}%"}
        limits, centre = plot.bands[index], plot.centres[index]
        if limits is not None:
            style = {**left, "bottom": percent(limits[0]), "height": percent(limits[1] - limits[0])}
            parts.append(div(None, "fx-flow-band", style=style))
        if centre is not None:
            parts.append(div(None, "fx-flow-centre", style={**left, "bottom": percent(centre)}))
        place = {"left": f"{width * (index + 0.5):.3f}%", "bottom": percent(dot.height)}
        parts.append(mark("", dot.href, f"fx-flow-point fx-flow-p-{dot.kind}", place, dot.said))
    for index, reason in plot.breaks:
        line = div(
            span(reason, "fx-flow-break-word"), "fx-flow-break", style={"left": f"{width * index:.3f}%"}
        )
        parts.append(line)
    if plot.target is not None:
        # Points at the top of the plot must not lie on the word.
        below = " fx-flow-below" if plot.target > 0.85 else ""
        told = words.get("flow.rate.target", percent=round(100 * target))
        word = span(told, f"fx-flow-line-word{below}")
        parts.append(div(word, "fx-flow-target-line", style={"bottom": percent(plot.target)}))
    ends = [
        span(text, "fx-flow-y fx-flow-end", style={"bottom": percent(place)})
        for text, place in zip(plot.ends, (0.0, 1.0), strict=True)
    ]
    # With more points than there is room for, only some are labelled; each says itself on pointing.
    some = -(-max(1, len(plot.dots)) // MOST_LABELS)
    under = [
        span(
            [element("b", dot.under[0]), span(dot.under[1])] if index % some == 0 else None,
            "fx-flow-week-name",
        )
        for index, dot in enumerate(plot.dots)
    ]
    columns = {"gridTemplateColumns": f"repeat({max(1, len(plot.dots))}, minmax(0, 1fr))"}
    return div(
        div(
            [
                div([*ends, *parts], "fx-flow-plot fx-flow-rate-plot"),
                div(under, "fx-flow-week-names", style=columns),
            ],
            "fx-flow-rate-in",
            style={"minWidth": f"{56 + 34 * min(len(plot.dots), MOST_LABELS)}px"},
        ),
        "fx-flow-figure fx-flow-scroll",
        tabIndex=0,
        role="group",
        aria_label=label,
    )


def running_gap(part: Weekly) -> int | None:
    """On-time cases since the last late one, where gaps are charted."""
    if part.chart.kind is not Kind.GAPS or not part.gaps or part.gaps[-1].ended:
        return None
    return part.gaps[-1].on_time
