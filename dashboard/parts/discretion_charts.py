"""Figures of the Discretion page, of plain elements: fines over their band, parts of the band, funnels."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from dashboard.parts.discretion_words import plain_yuan, yuan
from dashboard.parts.element import Node, div, span
from dashboard.parts.flow_charts import mark
from dashboard.parts.rows import case_address

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.discretion import DiscretionView, PointsPart
    from dashboard.views.discretion_rules import DrawnBand, Line
    from dashboard.views.discretion_units import Funnel
    from monitor.metrics.fine_points import Dot
    from monitor.settings.texts import Texts


class Frame(NamedTuple):
    """How far the axes of a figure of fines reach, in its measure and in fen, and where they are marked."""

    x_most: float
    y_most: float
    x_ticks: tuple[float, ...]
    y_ticks: tuple[float, ...]

    def left(self, x: float) -> float:
        """Where a value lies across, 0 to 1."""
        return min(1.0, max(0.0, x / self.x_most))

    def up(self, fen: float) -> float:
        """Where an amount lies upwards, 0 to 1."""
        return min(1.0, max(0.0, fen / self.y_most))


def frame_of(part: PointsPart, band: DrawnBand) -> Frame:
    """Wide enough for every point and every bounded tier."""
    share = band.measure.endswith("_percent")
    edges = [box.last for box in band.boxes if box.last is not None]
    starts = [box.first for box in band.boxes]
    far = max([dot.x for dot in part.dots] + [0.0])
    x_most = max([far * 1.04, *edges, *(1.25 * one for one in starts)]) or 1.0
    if band.lines:
        x_most = max(far * 1.06, 10_000.0 if not share else 0.5)
    heights = [dot.fine_fen for dot in part.dots] + [box.high_fen for box in band.boxes]
    heights += [line.fen(x_most, down=False) for line in band.lines]
    y_most = 1.06 * (max(heights, default=0) or 100_000)
    ticks = sorted({0.0, *edges, *starts}) if len(edges) > 1 else _ticks(x_most)
    return Frame(x_most, y_most, tuple(one for one in ticks if one <= x_most), _ticks(y_most))


def _ticks(most: float, about: int = 4) -> tuple[float, ...]:
    """Round numbers from 0 to at most `most`."""
    rough = most / about
    power = 10.0 ** (len(str(int(rough))) - 1) if rough >= 1 else 0.1
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough * 0.8)
    return tuple(step * place for place in range(int(most / step) + 1))


def x_text(x: float, measure: str) -> str:
    """A place of the x axis: a share in percent, a mass in tonnes."""
    return f"{100 * x:g}%" if measure.endswith("_percent") else f"{x / 1000:g}"


def dot_size(n: int) -> float:
    """Across, in pixels; more cases are somewhat larger."""
    return 7 + min(9.0, 2.2 * log2(n))


def dot_text(dot: Dot, measure: str, speech: Speech) -> str:
    """What a point says when it is pointed at."""
    words = speech.words
    x = f"{100 * dot.x:.1f}%" if measure.endswith("_percent") else f"{dot.x / 1000:.2f} t"
    key = "discretion.points.mark" if dot.n == 1 else "discretion.points.marks"
    return words.get(
        key, n=dot.n, x=x, fine=yuan(dot.fine_fen, speech), what=words.get(f"discretion.kind.{dot.kind}")
    )


def scatter(part: PointsPart, view: DiscretionView, speech: Speech) -> Node:
    """Points over the band: boxes where it leaves room, a stepped line where it does not."""
    band = part.band
    assert band is not None
    frame, words = frame_of(part, band), speech.words
    drawn: list[Node] = []
    for fen in frame.y_ticks:
        label = span(plain_yuan(fen), "fx-flow-y")
        drawn.append(div(label, "fx-flow-gridline", style={"bottom": f"{100 * frame.up(fen):.2f}%"}))
    for box in band.boxes:
        last = frame.x_most if box.last is None else box.last
        style = {
            "left": f"{100 * frame.left(box.first):.2f}%",
            "width": f"{100 * (frame.left(last) - frame.left(box.first)):.2f}%",
            "bottom": f"{100 * frame.up(box.low_fen):.2f}%",
            "height": f"{100 * (frame.up(box.high_fen) - frame.up(box.low_fen)):.2f}%",
        }
        # The second line of a tier that asks for more stands within the first.
        name = "fx-disc-box fx-disc-box-else" if box.further else "fx-disc-box"
        drawn.append(div(None, name, style=style))
    for line in band.lines:
        drawn.append(div(None, "fx-disc-line", style={"clipPath": polygon(line_area(line, frame))}))
    for dot in sorted(part.dots, key=lambda one: one.kind != "inside"):
        drawn.append(_dot(dot, frame, band, view, speech))
    ticks = [
        span(x_text(x, band.measure), "fx-flow-tick", style={"left": f"{100 * frame.left(x):.2f}%"})
        for x in frame.x_ticks
    ]
    return div(
        [
            span(words.get("discretion.points.y"), "fx-disc-unit"),
            div(drawn, "fx-flow-plot fx-disc-plot"),
            div(ticks, "fx-flow-axis"),
            div(words.get(f"discretion.axis.{band.measure}"), "fx-caption fx-flow-axis-name"),
            _legend(part, words),
        ],
        "fx-flow-figure fx-disc-figure",
    )


def _dot(dot: Dot, frame: Frame, band: DrawnBand, view: DiscretionView, speech: Speech) -> Node:
    href = case_address((dot.station, dot.case_no)) if dot.n == 1 else view.behind(dot.cell)
    size = dot_size(dot.n) if dot.kind == "inside" else max(13.0, dot_size(dot.n))
    style = {
        "left": f"{100 * frame.left(dot.x):.2f}%", "bottom": f"{100 * frame.up(dot.fine_fen):.2f}%",
        "width": f"{size:.0f}px", "height": f"{size:.0f}px",
    }  # fmt: skip
    name = "fx-disc-dot fx-disc-k-" + dot.kind.replace("_", " fx-disc-")
    return mark("", href, name, style, dot_text(dot, band.measure, speech))


def line_area(line: Line, frame: Frame) -> list[tuple[float, float]]:
    """The stripe between both readings of a part of a step, as points (across, up) between 0 and 1."""
    every = line.formula.every_kg
    lower: list[tuple[float, float]] = []
    upper: list[tuple[float, float]] = []
    steps = min(400, int(frame.x_most / every) + 1)
    for step in range(steps):
        begin, end = max(line.first, step * every), min((step + 1) * every, frame.x_most)
        if end <= begin:
            continue
        low, high = (line.fen(step * every + 1, down=down) for down in (True, False))
        lower += [(frame.left(begin), frame.up(low)), (frame.left(end), frame.up(low))]
        upper += [(frame.left(begin), frame.up(high)), (frame.left(end), frame.up(high))]
    thin = 0.006
    return [(x, max(0.0, y - thin)) for x, y in lower] + [(x, min(1.0, y + thin)) for x, y in reversed(upper)]


def polygon(points: Sequence[tuple[float, float]]) -> str:
    """Points (across, up) as a shape of CSS."""
    return "polygon(" + ", ".join(f"{100 * x:.2f}% {100 - 100 * y:.2f}%" for x, y in points) + ")"


def _legend(part: PointsPart, words: Texts) -> Node:
    count = {kind: sum(dot.n for dot in part.dots if dot.kind == kind) for kind in _KEYS}
    outside = count["below"] + count["above"]
    explained = count["below_explained"] + count["above_explained"]
    told: list[Node] = [_key("inside", words.get("discretion.points.key_inside", n=count["inside"]))]
    if outside:
        told.append(_key("above", words.get("discretion.points.key_outside", n=outside)))
    if explained:
        told.append(
            _key("above fx-disc-explained", words.get("discretion.points.key_explained", n=explained))
        )
    return div(told, "fx-flow-legend")


_KEYS = ("inside", "below", "above", "below_explained", "above_explained")


def _key(kind: str, said: str) -> Node:
    return span([span(None, f"fx-disc-dot fx-disc-key fx-disc-k-{kind}"), said])


def funnel(found: Funnel, view: DiscretionView, speech: Speech) -> Node:
    """Units by how many fines they decided: their share in the upper half, and the exact limits."""
    words = speech.words
    drawn: list[Node] = []
    for place in range(5):
        label = span(f"{25 * place}%", "fx-flow-y")
        drawn.append(div(label, "fx-flow-gridline", style={"bottom": f"{25 * place}%"}))
    for wide, name in ((0, "outer"), (1, "inner")):
        limits = [one.limits[wide] for one in found.course]
        across = [one.n / found.most for one in found.course]
        area = [(x, low) for x, (low, _) in zip(across, limits, strict=True)]
        area += [(x, high) for x, (_, high) in reversed(list(zip(across, limits, strict=True)))]
        if area:
            drawn.append(div(None, f"fx-disc-limits fx-disc-{name}", style={"clipPath": polygon(area)}))
    few = min(1.0, found.few / found.most)
    drawn.append(
        div(
            span(words.get("discretion.units.below", n=found.few), "fx-disc-few-word"),
            "fx-disc-few",
            style={"width": f"{100 * few:.2f}%"},
        )
    )
    if found.centre is not None:
        said = words.get("discretion.units.centre", percent=round(100 * found.centre))
        drawn.append(div(span(said), "fx-disc-centre", style={"bottom": f"{100 * found.centre:.2f}%"}))
    for unit in found.units:
        if not unit.n:
            continue
        style = {"left": f"{100 * unit.n / found.most:.2f}%", "bottom": f"{100 * unit.height:.2f}%"}
        said = unit.said(speech)
        drawn.append(mark("", view.behind(unit.cell), f"fx-disc-unitdot fx-disc-u-{unit.state}", style, said))
        if unit.state == "out":
            side = "fx-disc-name-left" if unit.n > 0.6 * found.most else ""
            drawn.append(div(unit.label(speech), f"fx-disc-name {side}", style=style))
    ticks = [
        span(f"{n:g}", "fx-flow-tick", style={"left": f"{100 * n / found.most:.2f}%"})
        for n in _ticks(found.most)
    ]
    return div(
        [
            div(drawn, "fx-flow-plot fx-disc-funnel"),
            div(ticks, "fx-flow-axis"),
            div(words.get("discretion.units.axis"), "fx-caption fx-flow-axis-name"),
        ],
        "fx-flow-figure fx-disc-figure",
    )
