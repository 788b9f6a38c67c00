"""Where the hours went, as plain elements: the whole by stage, and by authority, hour or weekday."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, span
from dashboard.parts.flow_charts import mark, round_up
from dashboard.parts.rows import link
from dashboard.views.flow import FlowView, StagesPart
from dashboard.views.flow_ask import SPLITS

if TYPE_CHECKING:
    from monitor.metrics.stages import StageShare
    from monitor.metrics.stages_by_time import StageSlot
    from monitor.settings.texts import Texts

LABEL_LEAST = 0.06
"""A share below this has no room for its label in the bar."""


def stage_bar(stages: Sequence[StageShare], words: Texts, view: FlowView, cell: str = "") -> Node:
    """The whole of the hours, cut by what they waited for. `cell` is added to the address of each part."""
    drawn = []
    for one in stages:
        if one.hours <= 0:
            continue
        share = one.share or 0
        said = words.get(
            "flow.stages.mark",
            stage=words.get(f"flow.stage.{one.stage.value}"),
            hours=f"{one.hours:,.0f}",
            percent=round(100 * share),
            n=one.cases,
        )
        label = f"{round(100 * share)}%" if share >= LABEL_LEAST else ""
        class_ = f"fx-flow-stage fx-flow-{one.stage.value}"
        href = view.behind(f"stages.{one.stage.value}{cell}")
        drawn.append(mark(label, href, class_, {"width": f"{100 * share:.3f}%"}, said))
    return div(drawn, "fx-flow-bar")


def stage_table(stages: Sequence[StageShare], words: Texts, view: FlowView) -> Node:
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
                    link(words.get(f"flow.stage.{code}"), view.behind(f"stages.{code}"), "fx-flow-plain"),
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


def split_choice(view: FlowView, words: Texts) -> Node:
    """Whether the hours are told apart, and by what; the address carries it."""
    asked = view.asked
    offered: list[tuple[str | None, str]] = [(None, "none"), *((name, name) for name in SPLITS)]
    links = [
        link(
            words.get(f"flow.stages.split.{name}"),
            asked.address(by=by),
            "fx-here" if by == asked.by else "",
        )
        for by, name in offered
    ]
    label = words.get("flow.stages.split.label")
    return div(links, "fx-seg-control fx-flow-split", role="group", aria_label=label)


def told_apart(part: StagesPart, words: Texts, view: FlowView) -> list[Node]:
    """The same hours by authority as bars, or by hour or weekday as columns."""
    if part.apart:
        return _by_authority(part.apart, words, view)
    return _by_slot(part.slots, words, view) if part.slots and view.asked.by else []


def authority_name(code: str | None, words: Texts) -> str:
    """Who decides."""
    return words.get("flow.stages.unknown") if code is None else words.find(f"authorities.{code}") or code


def slot_name(by: str, slot: int, words: Texts) -> str:
    """An hour of the day, or the short name of a day."""
    return words.get(f"flow.day.{slot + 1}") if by == "weekday" else str(slot)


def _by_authority(stages: Sequence[StageShare], words: Texts, view: FlowView) -> list[Node]:
    drawn: list[Node] = []
    codes = list(dict.fromkeys(one.cell["authority"] for one in stages))
    for code in codes:
        own = [one for one in stages if one.cell["authority"] == code]
        line = words.get(
            "flow.stages.authority_line", n=own[0].n, hours=f"{sum(one.hours for one in own):,.0f}"
        )
        drawn.append(element("h3", [authority_name(code, words), " ", span(line, "fx-mut")]))
        drawn.append(stage_bar(own, words, view, f".authority.{code or 'unknown'}"))
    return drawn


def _by_slot(slots: Sequence[StageSlot], words: Texts, view: FlowView) -> list[Node]:
    by = view.asked.by or ""
    whole: dict[int, float] = {}
    for one in slots:
        whole[one.slot] = whole.get(one.slot, 0.0) + one.hours
    top = round_up(int(max(whole.values())) + 1)
    columns = []
    for slot in whole:
        marks = []
        for one in reversed([one for one in slots if one.slot == slot and one.hours > 0]):
            code = one.stage.value
            said = words.get(
                f"flow.stages.mark_{by}", slot=slot_name(by, slot, words), n=one.cases,
                stage=words.get(f"flow.stage.{code}"), hours=f"{one.hours:,.1f}",
            )  # fmt: skip
            href = view.behind(f"stages.{code}.{by}.{slot}")
            height = {"height": f"{100 * one.hours / top:.2f}%"}
            marks.append(mark("", href, f"fx-flow-bin fx-flow-{code}", height, said))
        columns.append(div(marks, "fx-flow-column"))
    under = [span(slot_name(by, slot, words) if by == "weekday" or slot % 3 == 0 else "") for slot in whole]
    grid = [
        div(
            span(f"{top * step / 2:,.0f}", "fx-flow-y"), "fx-flow-gridline", style={"bottom": f"{50 * step}%"}
        )
        for step in range(3)
    ]
    return [
        div(
            [
                div([*grid, div(columns, "fx-flow-columns")], "fx-flow-plot fx-flow-low"),
                div(under, "fx-flow-slots", style={"gridTemplateColumns": f"repeat({len(whole)}, 1fr)"}),
                element("p", words.get(f"flow.stages.{by}_axis"), "fx-caption fx-flow-axis-name"),
            ],
            "fx-flow-figure",
        )
    ]
