"""In which part of their band fines lie, tier by tier; where a rule leaves no room, that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dashboard.parts.discretion_words import example_badge, like_text, yuan
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.flow_charts import mark
from dashboard.parts.rows import link
from dashboard.views.discretion_rules import LikeTold, like_told
from dashboard.views.snapshot import Failure
from monitor.metrics.fine_points import PARTS

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.discretion import DiscretionView
    from monitor.metrics.consistency import Line
    from monitor.settings.configuration import Configuration


class PlaceRow(NamedTuple):
    """Like cases: how many in each fifth of their band (`free` in all), k of n inside it, and what the metric
    notes of them."""

    alike: str
    like: LikeTold
    parts: tuple[int, ...]
    free: int
    line: Line | None


def rows_of(view: DiscretionView, configuration: Configuration) -> list[PlaceRow]:
    """Every tier with decisions, by authority and tier."""
    assert not isinstance(view.places, Failure)
    counted: dict[str, list[int]] = {}
    for one in view.places:
        counted.setdefault(one.alike, [0] * PARTS)[one.part] += one.n
    lines = {} if isinstance(view.lines, Failure) else {line.name: line for line in view.lines.of("tier")}
    found = []
    for alike in [*lines, *(one for one in counted if one not in lines)]:
        parts = tuple(counted.get(alike, [0] * PARTS))
        like = like_told(configuration.rules, alike)
        found.append(PlaceRow(alike, like, parts, sum(parts), lines.get(alike)))
    return sorted(found, key=lambda one: (one.like.authority != "police", _start(one), one.alike))


def _start(row: PlaceRow) -> tuple[int, ...]:
    """Tiers stand in the order of what they begin with."""
    return tuple(reach.first for tier in row.like.tiers for reach in tier.reaches)


def place_rows(view: DiscretionView, speech: Speech, configuration: Configuration) -> list[Node]:
    """A row per tier: its name, five bars, k of n in the highest."""
    few = configuration.board.few_n
    return [_row(one, view, speech, few) for one in rows_of(view, configuration)]


def band_text(row: PlaceRow, speech: Speech) -> str:
    """What the tiers allow together, as they stand in the rules."""
    words = speech.words
    fines = [tier.tier.fine for tier in row.like.tiers]
    known = [one for one in fines if one is not None]
    if not known or len(known) != len(row.like.keys):
        return words.get("discretion.places.formula")
    low, high = sum(one.low_fen for one in known), sum(one.high_fen for one in known)
    return words.get("discretion.places.band", low=f"{low / 100:,.0f}", high=yuan(high, speech))


def _row(row: PlaceRow, view: DiscretionView, speech: Speech, few: int) -> Node:
    words = speech.words
    badge = [" ", example_badge(words)] if row.like.example else []
    name = div(
        [element("b", like_text(row.like, speech)), span([band_text(row, speech), *badge], "fx-mut")],
        "fx-disc-tier",
    )
    whole = view.behind(f"fine_places.{row.alike}~all")
    if row.line is not None and row.line.note == "no_discretion":
        said = words.get("discretion.places.no_discretion")
        return div([name, div(said, "fx-disc-said"), span(f"{row.line.k}/{row.line.n}", "fx-num")],
                   "fx-disc-place")  # fmt: skip
    if row.free < few:
        n = row.free or (row.line.n if row.line is not None else 0)
        told = div(words.get("discretion.few"), "fx-disc-said fx-disc-dotted")
        count = words.get("discretion.places.cases", n=n)
        shown = link(count, whole, "fx-flow-plain fx-num") if row.free else span(count, "fx-num")
        return div([name, told, shown], "fx-disc-place")
    top = max(row.parts)
    uniform = row.line is not None and row.line.note == "uniform_fines"
    bars = []
    for part, n in enumerate(row.parts):
        said = words.get("discretion.places.mark", low=20 * part, high=20 * part + 20, n=n)
        style = {"height": f"{100 * n / top:.1f}%"}
        class_ = "fx-disc-bar fx-flow-window" if uniform and n == top else "fx-disc-bar fx-flow-b-on_time"
        bar = mark("", view.behind(f"fine_places.{row.alike}~{part}"), class_, style, said) if n else None
        bars.append(div([bar] if bar else [], "fx-disc-barplace"))
    return div(
        [
            name,
            div(bars, "fx-disc-bars"),
            link(f"{row.parts[-1]}/{row.free}", whole, "fx-flow-plain fx-num"),
        ],
        "fx-disc-place",
    )
