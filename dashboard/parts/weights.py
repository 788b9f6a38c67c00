"""Weights against the limit: bars of divs on one axis, its beginning written out; no gauge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, span

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.weights import Rule, Weights


def weights(view: Weights, speech: Speech) -> Node:
    """The card: what was weighed, and why the limit is what it is."""
    words = speech.words
    bars = []
    if view.first_kg is not None:
        bars.append(_bar(view, view.first_kg, words.get("case.weights.first", kg=f"{view.first_kg:,}")))
    if view.reweigh_kg is not None:
        bars.append(_bar(view, view.reweigh_kg, words.get("case.weights.reweigh", kg=f"{view.reweigh_kg:,}")))
    marks = [span(_tonnes(view.low_kg, speech), "fx-w-end"), span(_tonnes(view.high_kg, speech), "fx-w-end")]
    inside: list[Node] = [*bars]
    if view.limit_kg is not None:
        inside.append(div(None, "fx-w-limit", style={"left": f"{view.position(view.limit_kg)}%"}))
    axis: list[Node] = [*marks]
    if view.limit_kg is not None:
        text = words.get("case.weights.limit", kg=f"{view.limit_kg:,}")
        axis.insert(1, span(text, "fx-w-limit-name", style={"--fx-at": f"{view.position(view.limit_kg)}%"}))
    spoken = words.get(
        "case.weights.spoken",
        first=_known(view.first_kg),
        limit=_known(view.limit_kg),
        reweigh=_known(view.reweigh_kg),
    )
    parts: list[Node] = [
        element("h2", _title(view, speech)),
        element("p", words.get("case.weights.about"), "fx-caption"),
        element("figure", [div(inside, "fx-w-bars"), div(axis, "fx-w-axis")], "fx-weights", role="img",
                aria_label=spoken),
    ]  # fmt: skip
    if view.low_kg > 0:
        parts.append(element("p", words.get("case.weights.cut", n=view.low_kg // 1000), "fx-w-cut"))
    parts.append(_why(view, speech))
    return element("section", parts, "fx-card fx-case-weights")


def _title(view: Weights, speech: Speech) -> str:
    words = speech.words
    if view.over_kg is None or view.over_share is None:
        return words.get("case.weights.unknown")
    if view.over_kg > 0:
        percent = f"{100 * view.over_share:.1f}"
        return words.get("case.weights.title", over=f"{view.over_kg:,}", percent=percent)
    if view.over_kg == 0:
        return words.get("case.weights.exact")
    return words.get("case.weights.within", under=f"{-view.over_kg:,}")


def _bar(view: Weights, kg: int, text: str) -> Node:
    """Up to the limit grey, over it hatched; the words stand over the bar."""
    end = view.position(kg)
    limit = end if view.limit_kg is None else view.position(view.limit_kg)
    parts = [span(text, "fx-w-name"), div(None, "fx-w-done", style={"width": f"{min(end, limit)}%"})]
    if end > limit:
        over = {"left": f"{limit}%", "width": f"{end - limit:.2f}%"}
        parts.append(div(None, "fx-w-over", style=over))
    return div(parts, "fx-w-bar")


def _why(view: Weights, speech: Speech) -> Node:
    words = speech.words
    if view.limit_kg is None:
        title = words.get("case.weights.why_unknown")
    else:
        title = words.get("case.weights.why", kg=f"{view.limit_kg:,}")
    text: list[Node | str] = []
    if view.rule is not None:
        text += _rule(view.rule, speech)
    text.append(_recorded(view, speech))
    return div([element("b", title), element("p", text)], "fx-why")


def _recorded(view: Weights, speech: Speech) -> str:
    words = speech.words
    if view.recorded_kg is None:
        return words.get("case.weights.no_rule" if view.rule is None else "case.weights.none_recorded")
    if view.rule is None:
        return words.get("case.weights.only_recorded")
    if view.rule.kg == view.recorded_kg:
        return words.get("case.weights.same")
    return words.get("case.weights.differs", recorded=f"{view.recorded_kg:,}", rule=f"{view.rule.kg:,}")


def _rule(applied: Rule, speech: Speech) -> list[Node | str]:
    """The rule in words with its text, and whether anybody has held it against that text."""
    words, rule = speech.words, applied.rule
    kind = "any" if rule.vehicle is None else rule.vehicle.value
    vehicle = words.get(f"case.weights.vehicle.{kind}")
    if rule.axles is not None:
        vehicle = words.get("case.weights.axles", n=rule.axles, vehicle=vehicle)
    if rule.axles_from is not None:
        vehicle = words.get("case.weights.axles_from", n=rule.axles_from, vehicle=vehicle)
    if rule.drive_axles is not None:
        vehicle += words.get("case.weights.drive_axles", n=rule.drive_axles)
    if rule.suspension is not None:
        vehicle += words.get(f"case.weights.suspension.{rule.suspension.value}")
    source = applied.source
    said = words.get(
        "case.weights.rule",
        vehicle=vehicle,
        title=speech.named(None if source is None else source.title, rule.source),
        article="" if source is None else source.article,
        document="" if source is None else source.document,
    )
    if rule.confirmed:
        return [said]
    key = "case.gate.example" if rule.example else "case.weights.unconfirmed"
    return [said, span(words.get(key), "fx-badge fx-example"), " "]


def _tonnes(kg: int, speech: Speech) -> str:
    return speech.words.get("case.weights.tonnes", n=kg // 1000)


def _known(kg: int | None) -> str:
    return "—" if kg is None else f"{kg:,}"
