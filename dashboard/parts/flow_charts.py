"""Figures of the Flow page, of plain elements: every mark is a link, every number a text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.rows import link
from dashboard.views.flow import FlowView, HoursPart, Weekly, cases_address, week_days
from dashboard.views.flow_findings import last_signal

if TYPE_CHECKING:
    from monitor.metrics.open_ages import OpenAge
    from monitor.metrics.stages import StageShare
    from monitor.settings.board import Board
    from monitor.settings.texts import Texts

LAST_BIN = 36
"""Hours from which on cases stand in one bar."""
STEPS = ((15, 5), (10, 4), (6, 3), (3, 2), (1, 1))
"""Least count of each shade of the heat maps."""
LABEL_LEAST = 0.06
"""A share below this has no room for its label in the bar."""


def csv_link(name: str, words: Texts, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Node:
    """The numbers of a figure as a file, made of what is on the page."""
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return element(
        "a",
        words.get("flow.csv"),
        "fx-flow-csv",
        href="data:text/csv;charset=utf-8," + quote("\ufeff" + text.getvalue()),
        download=f"{name}.csv",
    )


def mark(text: str, href: str, class_: str, style: dict[str, str], said: str) -> Node:
    """A mark that opens its cases. `said` is read out and shown on pointing."""
    props = {
        "children": [text, span(said, "fx-hidden-text")], "href": href, "className": class_, "style": style,
        "title": said,
    }  # fmt: skip
    return {"type": "Link", "namespace": "dash_core_components", "props": props}


def stage_bar(stages: Sequence[StageShare], words: Texts, href: str) -> Node:
    """The whole of the hours, cut by what they waited for."""
    return div(
        [
            mark(
                f"{round(100 * (one.share or 0))}%" if (one.share or 0) >= LABEL_LEAST else "",
                href,
                f"fx-flow-stage fx-flow-{one.stage.value}",
                {"width": f"{100 * (one.share or 0):.3f}%"},
                f"{words.get(f'flow.stage.{one.stage.value}')} {round(100 * (one.share or 0))}%",
            )
            for one in stages
            if one.hours > 0
        ],
        "fx-flow-bar",
    )


def stage_table(stages: Sequence[StageShare], words: Texts, href: str) -> Node:
    """What, who owes it, hours, share, median and 90 % quantile, cases."""
    longest = max((one.p90 or 0 for one in stages), default=0) or 1
    names = ("what", "owner", "hours", "share", "range", "quantiles", "cases")
    numeric = {"hours", "share", "quantiles", "cases"}
    head = [
        element(
            "th",
            words.get(f"flow.columns.{name}"),
            f"fx-flow-c-{name}" + (" fx-num" if name in numeric else ""),
        )
        for name in names
    ]
    rows = []
    for one in stages:
        code = one.stage.value
        drawn, told = None, "—"
        if one.median is not None and one.p90 is not None:
            told = f"{one.median:.1f} / {one.p90:.1f}"
            low, high = 100 * one.median / longest, 100 * one.p90 / longest
            drawn = div(
                [
                    div(None, "fx-flow-line", style={"left": f"{low:.1f}%", "width": f"{high - low:.1f}%"}),
                    div(None, "fx-flow-dot", style={"left": f"{low:.1f}%"}),
                ],
                "fx-flow-range",
            )
        cells = [
            element(
                "td",
                [
                    element("i", None, f"fx-flow-key fx-flow-{code}", aria_hidden="true"),
                    link(words.get(f"flow.stage.{code}"), href, "fx-flow-plain"),
                ],
                "fx-flow-c-what",
            ),
            element("td", words.get(f"flow.owner.{code}"), "fx-mut fx-flow-c-owner"),
            element("td", f"{one.hours:,.0f}", "fx-num"),
            element("td", "—" if one.share is None else f"{round(100 * one.share)}%", "fx-num"),
            element("td", drawn, "fx-flow-c-range"),
            element("td", told, "fx-num fx-flow-c-quantiles"),
            element("td", f"{one.cases}/{one.n}", "fx-num fx-mut"),
        ]
        rows.append(element("tr", cells))
    return element(
        "table", [element("thead", element("tr", head)), element("tbody", rows)], "fx-table fx-flow-table"
    )


def histogram(part: HoursPart, words: Texts, view: FlowView, limit: float) -> Node:
    """Cases per hour to and past the limit; the expected course only where the test found a pile."""
    assert part.hours is not None
    counts: dict[int, list[int]] = {}
    for one in part.hours.bins:
        into = counts.setdefault(min(one.low, LAST_BIN), [0, 0, 0])
        for place, count in enumerate((one.on_time, one.late, one.held)):
            into[place] += count
    top = _round_up(max((sum(three) for three in counts.values()), default=1))
    smooth = dict(part.test.curve) if part.test.answer.value == "piled_up" else {}
    columns = []
    for low in range(LAST_BIN + 1):
        marks: list[Node] = []
        names = (("late", "released_late"), ("held", "open"), ("on_time", "released_on_time"))
        late_first = counts.get(low, [0, 0, 0])
        for (name, state), count in zip(names, (late_first[1], late_first[2], late_first[0]), strict=True):
            if count:
                window = " fx-flow-window" if name == "on_time" and limit - 2 <= low < limit else ""
                window = window if smooth else ""
                said = words.get(f"flow.hours.mark_{name}", low=low, high=low + 1, n=count)
                height = {"height": f"{100 * count / top:.2f}%"}
                marks.append(
                    mark("", view.cases(state=state), f"fx-flow-bin fx-flow-b-{name}{window}", height, said)
                )
        if low in smooth:
            marks.append(
                div(None, "fx-flow-smooth", style={"bottom": f"{min(100, 100 * smooth[low] / top):.2f}%"})
            )
        columns.append(div(marks, "fx-flow-column"))
    ticks = [
        span(f"{hour}", "fx-flow-tick", style={"left": f"{100 * hour / (LAST_BIN + 1):.3f}%"})
        for hour in range(0, LAST_BIN + 1, 4)
    ]
    grid = [
        div(
            span(f"{round(top * step / 4)}", "fx-flow-y"),
            "fx-flow-gridline",
            style={"bottom": f"{25 * step}%"},
        )
        for step in range(5)
    ]
    line = div(
        span(words.get("flow.hours.limit", hours=round(limit)), "fx-flow-limit-word"),
        "fx-flow-limit",
        style={"left": f"{100 * limit / (LAST_BIN + 1):.3f}%"},
    )
    return div(
        [
            div([*grid, div(columns, "fx-flow-columns"), line], "fx-flow-plot"),
            div(ticks, "fx-flow-axis"),
            element("p", words.get("flow.hours.axis"), "fx-caption fx-flow-axis-name"),
            div(
                [
                    span(
                        [
                            element("i", None, f"fx-flow-key fx-flow-b-{name}"),
                            words.get(f"flow.hours.key_{name}"),
                        ]
                    )
                    for name in ("on_time", "late", "held")
                ],
                "fx-flow-legend",
            ),
        ],
        "fx-flow-figure",
    )  # fmt: skip


def _round_up(most: int) -> int:
    """A round number of cases, a multiple of four, that is not under the most."""
    for step in (4, 8, 20, 40, 60, 80, 100, 200, 400, 800, 1000, 2000, 4000, 10_000):
        if most <= step:
            return step
    return -(-most // 10_000) * 10_000


def icons(part: Weekly, target: float, words: Texts) -> Node:
    """How the rate varies, and whether its ordinary variation stays above the target."""
    variation = assurance = "few"
    judged = [] if part.chart is None else [point for point in part.chart.points if point.judged]
    if part.chart is not None and judged:
        signal = last_signal(part.chart)
        variation = "ordinary" if signal is None else "better" if signal.side.value == "above" else "worse"
        low, high = judged[-1].low or 0.0, judged[-1].high or 1.0
        assurance = "steady" if low >= target else "never" if high < target else "mixed"

    def one(kind: str, name: str) -> Node:
        return div(
            [
                shape(f"{kind}-{name}"),
                div(
                    [
                        element("b", words.get(f"flow.{kind}.{name}")),
                        span(words.get(f"flow.{kind}.{name}_why"), "fx-mut"),
                    ]
                ),
            ],
            "fx-flow-icon",
        )

    return div([one("variation", variation), one("assurance", assurance)], "fx-flow-icons")


def weekly(part: Weekly, board: Board, words: Texts, station: str | None) -> Node:
    """k of n by week; limits and lines between points only for weeks that are large enough to be judged."""
    points = () if part.chart is None else part.chart.points
    shares = [k / n for k, n in part.counts]
    floor = min([*shares, board.target.share, *[point.low or 0.0 for point in points if point.judged]])
    floor = max(0.0, int(floor * 10 - 0.001) / 10)
    width = 100 / len(shares)

    def height(share: float) -> str:
        return f"{100 * (share - floor) / (1 - floor):.2f}%"

    signal = None if part.chart is None else last_signal(part.chart)
    drawn: list[Node] = []
    for index, (week, (k, n)) in enumerate(zip(part.weeks, part.counts, strict=True)):
        point = points[index] if index < len(points) else None
        left = f"{width * (index + 0.5):.3f}%"
        if point is not None and point.judged and point.low is not None and point.high is not None:
            drawn.append(
                div(None, "fx-flow-band", style={
                    "left": f"{width * index:.3f}%", "width": f"{width:.3f}%", "bottom": height(point.low),
                    "height": f"{100 * (point.high - point.low) / (1 - floor):.2f}%",
                })
            )  # fmt: skip
        kind = "running" if point is None else "few" if not point.judged else "ordinary"
        if signal is not None and signal.since <= index <= signal.at and point is not None and point.judged:
            kind = "better" if signal.side.value == "above" else "worse"
        monday, sunday = week_days(week)
        said = words.get(f"flow.rate.mark_{kind}", week=int(week[-2:]), k=k, n=n)
        drawn.append(
            mark(
                "",
                cases_address(station, monday, sunday),
                f"fx-flow-point fx-flow-p-{kind}",
                {"left": left, "bottom": height(k / n)},
                said,
            )
        )
    lines = [
        div(
            span(words.get("flow.rate.target", percent=round(100 * board.target.share)), "fx-flow-line-word"),
            "fx-flow-target-line",
            style={"bottom": height(board.target.share)},
        )
    ]
    if part.centre is not None and part.centre >= floor:
        lines.append(div(None, "fx-flow-centre", style={"bottom": height(part.centre)}))
    ends = [
        span(f"{round(100 * share)}%", "fx-flow-y fx-flow-end", style={"bottom": height(share)})
        for share in (floor, 1.0)
    ]
    under = [
        span([element("b", str(int(week[-2:]))), span(f"{k}/{n}")], "fx-flow-week-name")
        for week, (k, n) in zip(part.weeks, part.counts, strict=True)
    ]
    columns = {"gridTemplateColumns": f"repeat({len(shares)}, minmax(0, 1fr))"}
    return div(
        div(
            [
                div([*ends, *lines, *drawn], "fx-flow-plot fx-flow-rate-plot"),
                div(under, "fx-flow-week-names", style=columns),
            ],
            "fx-flow-rate-in",
            style={"minWidth": f"{56 + 34 * len(shares)}px"},
        ),
        "fx-flow-figure fx-flow-scroll",
        tabIndex=0,
        role="group",
        aria_label=words.get("flow.rate.neutral"),
    )


def heat_map(counts: Sequence[int], words: Texts, kind: str, view: FlowView) -> Node:
    """Seven days of 24 hours in five steps."""
    cells: list[Node] = []
    days = [words.get(f"board.week.{day}") for day in range(1, 8)]
    for day, name in enumerate(days):
        cells.append(span(words.get(f"flow.day.{day + 1}"), "fx-flow-day"))
        for hour in range(24):
            count = counts[24 * day + hour]
            said = words.get(f"flow.week.mark_{kind}", day=name, hour=hour, n=count)
            step = next((step for least, step in STEPS if count >= least), 0)
            if count:
                cells.append(mark("", view.cases(), f"fx-flow-cell fx-flow-s{step}", {}, said))
            else:
                cells.append(span(None, "fx-flow-cell fx-flow-s0"))
    axis = [span(None)] + [span(str(hour) if hour % 3 == 0 else "", "fx-flow-hour") for hour in range(24)]
    return div([*cells, *axis], "fx-flow-heat")


def heat_legend(words: Texts) -> Node:
    names = ("0", "1–2", "3–5", "6–9", "10–14", "15+")
    keys = [
        span([element("i", None, f"fx-flow-key fx-flow-s{step}"), name]) for step, name in enumerate(names)
    ]
    return div([*keys, span(words.get("flow.week.unit"))], "fx-flow-legend")


def ages(lines: Sequence[tuple[OpenAge, str | None, str]], words: Texts, limit: float) -> Node:
    """A line per vehicle from its confirmation until now, and the limit through all of them."""
    longest = max((one.hours or 0.0 for one, _, _ in lines), default=0.0)
    axis = max(26.4, longest * 1.05)
    rows = []
    for one, plate, href in lines:
        name = plate or words.get("board.no_plate")
        kind = "unknown" if one.past_limit is None else "late" if one.past_limit else "running"
        sign = {"unknown": "ring-dashed", "late": "octagon", "running": "ring"}[kind]
        age = words.get("flow.ages.no_start")
        if one.hours is not None:
            minutes = int(one.hours * 60)
            age = f"{minutes // 60}:{minutes % 60:02d}"
            if one.past_limit is False and limit - one.hours <= 4:
                kind, sign = "near", "triangle"
        width = {"width": f"{100 * (one.hours or 0.0) / axis:.2f}%"}
        track = div(
            [
                div(None, f"fx-flow-age fx-flow-a-{kind}", style=width),
                div(None, "fx-flow-age-limit", style={"left": f"{100 * limit / axis:.2f}%"}),
            ],
            "fx-flow-track",
        )
        rows.append(
            div(
                [shape(sign), link(name, href, "fx-flow-plain"), track, span(age, "fx-num")],
                "fx-flow-age-row",
            )
        )
    note = div(words.get("flow.hours.limit", hours=round(limit)), "fx-caption fx-flow-axis-name")
    return div([*rows, note], "fx-flow-ages-list")
