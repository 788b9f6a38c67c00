"""Figures of the Flow page, of plain elements: every mark is a link, every number a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from dashboard.parts.casehead import step_name
from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.rows import case_address, link
from dashboard.views.flow import AgesPart, FlowView, HoursPart

if TYPE_CHECKING:
    from monitor.metrics.open_ages import OpenAge
    from monitor.settings.texts import Texts

LAST_BIN = 36
"""Hours from which on cases stand in one bar."""
NEAR_HOURS = 4
AGE_SIGNS = {"unknown": "ring-dashed", "late": "octagon", "near": "triangle", "running": "ring"}
STEPS = ((15, 5), (10, 4), (6, 3), (3, 2), (1, 1))
"""Least count of each shade of the heat maps."""


class Filed(Protocol):
    """A page whose figures can be taken along."""

    def file(self, figure: str, kind: str) -> str:
        """Where a figure is as a file."""


def file_links(view: Filed, figure: str, words: Texts, kinds: Sequence[str] = ("csv", "svg")) -> Node:
    """The numbers and the picture of a figure as files, as they are on the page."""
    return div(
        [
            element("a", words.get(f"flow.{kind}"), "fx-flow-file", href=view.file(figure, kind), download="")
            for kind in kinds
        ],
        "fx-flow-files",
        role="group",
        aria_label=words.get("flow.files"),
    )


def mark(text: Node | str, href: str, class_: str, style: dict[str, str], said: str) -> Node:
    """A mark that opens its cases. `said` is read out and shown on pointing."""
    props = {
        "children": [text, span(said, "fx-hidden-text")], "href": href, "className": class_, "style": style,
        "title": said,
    }  # fmt: skip
    return {"type": "Link", "namespace": "dash_core_components", "props": props}


def histogram(part: HoursPart, words: Texts, view: FlowView, limit: float) -> Node:
    """Cases per hour to and past the limit; the expected course only where the test found a pile."""
    assert part.hours is not None
    counts = binned(part)
    top = round_up(max((sum(three) for three in counts.values()), default=1))
    smooth = dict(part.test.curve) if part.test.answer.value == "piled_up" else {}
    columns = []
    for low in range(LAST_BIN + 1):
        marks: list[Node] = []
        on_time, late, held = counts.get(low, [0, 0, 0])
        for name, count in (("late", late), ("held", held), ("on_time", on_time)):
            if count:
                window = " fx-flow-window" if name == "on_time" and limit - 2 <= low < limit else ""
                window = window if smooth else ""
                end = "…" if low == LAST_BIN else low + 1
                said = words.get(f"flow.hours.mark_{name}", low=low, high=end, n=count)
                height = {"height": f"{100 * count / top:.2f}%"}
                more = "+" if low == LAST_BIN else ""
                href = view.behind(f"hours.{name}.{low}{more}")
                marks.append(mark("", href, f"fx-flow-bin fx-flow-b-{name}{window}", height, said))
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
    beside: list[Node] = []
    if part.late is not None and part.late[0]:
        k, n = part.late
        late_said = link(
            words.get("flow.hours.late", k=k, n=n), view.behind("rate.late"), "fx-flow-plain fx-flow-late"
        )
        beside.append(
            div(late_said, "fx-flow-beside", style={"left": f"{100 * limit / (LAST_BIN + 1):.3f}%"})
        )
    if smooth:
        window_said = [
            link(
                words.get("flow.hours.window", n=part.test.observed),
                view.behind("hours.released.22-24"),
                "fx-flow-plain",
            ),
            span(
                words.get("flow.hours.window_expected", expected=f"{part.test.expected or 0:.0f}"), "fx-mut"
            ),
        ]
        beside.append(
            div(
                window_said,
                "fx-flow-beside fx-flow-before",
                style={"right": f"{100 - 100 * (limit - 2) / (LAST_BIN + 1):.3f}%"},
            )
        )
    return div(
        [
            div([*grid, div(columns, "fx-flow-columns"), line, *beside], "fx-flow-plot"),
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


def binned(part: HoursPart) -> dict[int, list[int]]:
    """Released on time, released late and held by whole hours, all from `LAST_BIN` on in one."""
    counts: dict[int, list[int]] = {}
    for one in () if part.hours is None else part.hours.bins:
        into = counts.setdefault(min(one.low, LAST_BIN), [0, 0, 0])
        for place, count in enumerate((one.on_time, one.late, one.held)):
            into[place] += count
    return counts


def round_up(most: int) -> int:
    """A round number of cases, a multiple of four, that is not under the most."""
    for step in (4, 8, 20, 40, 60, 80, 100, 200, 400, 800, 1000, 2000, 4000, 10_000):
        if most <= step:
            return step
    return -(-most // 10_000) * 10_000


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
                cells.append(
                    mark(
                        "",
                        view.behind(f"{kind}.{24 * day + hour}"),
                        f"fx-flow-cell fx-flow-s{step}",
                        {},
                        said,
                    )
                )
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


def ages(part: AgesPart, words: Texts, limit: float) -> Node:
    """A line per vehicle from its confirmation until now, and the limit through all of them."""
    longest = max((one.hours or 0.0 for one in part.ages), default=0.0)
    axis = max(26.4, longest * 1.05)
    rows = [_age(one, part, words, limit, axis) for one in part.ages]
    note = div(words.get("flow.hours.limit", hours=round(limit)), "fx-caption fx-flow-axis-name")
    return div([*rows, note], "fx-flow-ages-list")


def age_kind(one: OpenAge, limit: float) -> str:
    """late, near (four hours to go or less), running, or unknown."""
    if one.past_limit is None:
        return "unknown"
    if one.past_limit:
        return "late"
    return "near" if one.hours is not None and limit - one.hours <= NEAR_HOURS else "running"


def age_text(one: OpenAge, words: Texts) -> str:
    """h:mm since confirmation, or that its start is not known."""
    if one.hours is None:
        return words.get("flow.ages.no_start")
    minutes = int(one.hours * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def age_name(one: OpenAge, part: AgesPart, words: Texts) -> str:
    """Plate and what is waited for; where the case is no longer held, its number."""
    known = part.known.get((one.station, one.case_no))
    if known is None:
        return one.case_no
    plate = known.plate or words.get("board.no_plate")
    if known.step is None:
        return plate
    return words.get("flow.ages.line", plate=plate, step=step_name(known.step, known.failures, words))


def _age(one: OpenAge, part: AgesPart, words: Texts, limit: float, axis: float) -> Node:
    kind = age_kind(one, limit)
    width = {"width": f"{100 * (one.hours or 0.0) / axis:.2f}%"}
    track = div(
        [
            div(None, f"fx-flow-age fx-flow-a-{kind}", style=width),
            div(None, "fx-flow-age-limit", style={"left": f"{100 * limit / axis:.2f}%"}),
        ],
        "fx-flow-track",
    )
    name = link(age_name(one, part, words), case_address((one.station, one.case_no)), "fx-flow-plain")
    return div([shape(AGE_SIGNS[kind]), name, track, span(age_text(one, words), "fx-num")], "fx-flow-age-row")
