"""A strip: positioned divs over one axis, real text, one CSS file (strip.css)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, span
from dashboard.views.moments import hours_minutes
from dashboard.views.strip import Gap, Kind, Segment, Strip

if TYPE_CHECKING:
    from monitor.settings.texts import Texts

LANES = ("decision", "payment", "removal")
PLATE_WIDTH = 12.0
"""Per cent of the axis that the hours of a hatch need; narrower, they stand beside it."""
LONG_PLATE_WIDTH = 32.0
"""Per cent that they need with their words, on the wall."""
TICK_WIDTH = 4.0
GAP_WIDTH = 9.0
"""Per cent that the tick of a finished step and the word of a pause need."""


def strip(view: Strip | None, axis_hours: float, words: Texts) -> Node:
    """One strip; an empty one with a dotted axis where the start is not known to the minute."""
    names = div([span(words.get(f"board.lane.{lane}")) for lane in LANES], "fx-lane-names")
    if view is None:
        axis = div([div(None, "fx-lane") for _ in LANES], "fx-axis fx-axis-unknown")
        return div(
            [names, axis], "fx-strip", aria_hidden="true", style=_style(axis_hours, 100 * 24 / axis_hours)
        )
    inside = [div([_segment(one, view) for one in lane], "fx-lane") for lane in view.lanes]
    inside += [_gap(gap, words) for gap in view.gaps]
    if view.held is not None:
        inside.append(_held(view, words))
    if view.late is not None:
        name = "fx-late-zone fx-late-beyond" if view.beyond else "fx-late-zone"
        inside.append(div(None, name, style=_span(*view.late)))
    inside.append(div(None, "fx-limit-line"))
    inside.append(div(None, "fx-now-line", style={"left": f"{view.end}%"}))
    return div(
        [names, div(inside, "fx-axis")], "fx-strip", aria_hidden="true", style=_style(axis_hours, view.limit)
    )


def axis_head(axis_hours: float, limit_hours: float, words: Texts) -> Node:
    """The hours over the strips, every fourth of them, and the limit by name."""
    ticks = [
        span(str(hour), "fx-tick", style={"left": f"{100 * hour / axis_hours:.2f}%"})
        for hour in range(0, int(limit_hours), 4)
        if hour < limit_hours - 2
    ]
    limit = span(
        words.get("board.columns.limit", hours=f"{limit_hours:g}"),
        "fx-tick fx-tick-limit",
        style={"left": f"{100 * limit_hours / axis_hours:.2f}%"},
    )
    return div(
        [div(None, "fx-lane-names"), div([*ticks, limit], "fx-axis-head")],
        "fx-strip-head",
        aria_hidden="true",
    )


def legend(words: Texts, *, more: Sequence[str], lanes: bool, payment_holds: bool) -> Node:
    """What the textures mean, `more` only where they occur; the law where payment holds; the lanes."""
    keys = ("done", "wait", "open", "held", "late", *more)
    items: list[Node] = [
        element(
            "li",
            [
                element("i", None, f"fx-key fx-key-{key}", aria_hidden="true"),
                words.get(f"board.legend.{key}"),
            ],
        )
        for key in keys
    ]
    if payment_holds:
        items.append(element("li", words.get("board.lawful"), "fx-key-law"))
    if lanes:
        items += [element("li", words.get(f"board.lane_long.{lane}"), "fx-key-lane") for lane in LANES]
    return element("ul", items, "fx-legend", aria_label=words.get("board.legend.label"))


def _segment(one: Segment, view: Strip) -> Node:
    name = f"fx-seg fx-{one.kind.value}"
    if one.kind is Kind.WAIT and view.late is not None:
        name += " fx-flat"
    if one.over_held:
        name += " fx-over-held"
    tick = element("i", None, "fx-tickmark") if one.tick and one.width >= TICK_WIDTH else None
    return div(tick, name, style=_span(one.left, one.width))


def _gap(gap: Gap, words: Texts) -> Node:
    label = span(words.get("board.pause")) if gap.width >= GAP_WIDTH else None
    reason = words.find(f"record.reason.{gap.reason}") or gap.reason
    return div(
        label, "fx-gap", style=_span(gap.left, gap.width), title=words.get("board.paused", reason=reason)
    )


def _held(view: Strip, words: Texts) -> Node:
    time = hours_minutes(view.held or 0)
    if view.held_width < PLATE_WIDTH:
        style = {"left": f"{view.held_at + view.held_width / 2 + 1:.2f}%"}
        return span(time, "fx-held-plate fx-held-beside", style=style)
    style = {"left": f"{view.held_at:.2f}%"}
    if view.held_width < LONG_PLATE_WIDTH:
        return span(time, "fx-held-plate", style=style)
    long = words.get("board.held_plate", time=time)
    return span([span(time, "fx-held-short"), span(long, "fx-held-long")], "fx-held-plate", style=style)


def _span(left: float, width: float) -> dict[str, str]:
    return {"left": f"{left}%", "width": f"{width}%"}


def _style(axis_hours: float, limit: float) -> dict[str, str]:
    return {"--fx-limit-at": f"{limit:.2f}%", "--fx-tick-every": f"{400 / axis_hours:.3f}%"}
