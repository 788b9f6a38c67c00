"""The Discretion page in words and cards: what was found, the figure below it, its files to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.parts import discretion_charts as charts
from dashboard.parts.discretion_acts import acts_card
from dashboard.parts.discretion_places import place_rows
from dashboard.parts.discretion_rules import rule_card
from dashboard.parts.discretion_units import unit_choice, unit_table
from dashboard.parts.discretion_words import example_badge, set_text
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.figure_cards import Made, card, cards, failed, nothing, unread
from dashboard.parts.flow_charts import file_links
from dashboard.parts.rows import link
from dashboard.parts.sentence import Speech
from dashboard.views import discretion_findings as found
from dashboard.views.discretion import DiscretionView, HeadPart, LinesPart, PointsPart
from dashboard.views.discretion_rules import confirmed_of
from dashboard.views.discretion_units import Funnel, funnel_of
from dashboard.views.snapshot import Failure

if TYPE_CHECKING:
    from monitor.metrics.consistency import Line
    from monitor.settings.configuration import Configuration
    from monitor.settings.rulesets import Rules

POINTS = ("police", "transport")


def page(view: DiscretionView, speech: Speech, configuration: Configuration) -> list[Node]:
    """The headline, then the cards; one that failed says so and the others live on."""
    away = unread(view.head, view, speech)
    if away is not None:
        return away
    if view.empty and not isinstance(view.extent, Failure):
        return [nothing(view, speech), *rule_card(view, speech, configuration)]
    made: list[Made] = [
        ("police", view.points["police"], lambda: _points("police", view, speech, configuration)),
        ("places", view.places, lambda: _places(view, speech, configuration)),
        ("units", view.lines, lambda: _units(view, speech, configuration)),
        ("transport", view.points["transport"], lambda: _points("transport", view, speech, configuration)),
        ("time", view.lines, lambda: _time(view, speech)),
        ("acts", view.acts, lambda: acts_card(view, speech)),
    ]
    return [
        _head(view, speech, configuration),
        cards(made, "fx-disc", view, speech, "fx-disc-cards"),
        *rule_card(view, speech, configuration),
    ]


def _head(view: DiscretionView, speech: Speech, configuration: Configuration) -> Node:
    words, head = speech.words, view.head
    if isinstance(head, Failure):
        return failed(head, view, speech)
    few = configuration.board.few_n
    beside: list[Any] = []
    if head.n >= few:
        low, high = round(100 * head.low), round(100 * head.high)
        beside.append(words.get("flow.head.interval", low=low, high=high))
    for name, count in (("unassessed", head.unassessed), ("spared", head.spared)):
        if count:
            beside += [words.get("flow.join")] if beside else []
            said = words.get(f"discretion.head.{name}", n=count)
            beside.append(link(said, view.behind(f"fines.{name}"), "fx-flow-plain"))
    return div(
        [
            element("b", link(head_text(head, few, speech), view.behind("fines.assessed"), "fx-flow-plain")),
            span(beside, "fx-mut"),
            _sets(head, speech, configuration),
        ],
        "fx-card fx-flow-head",
    )


def head_text(head: HeadPart, few: int, speech: Speech) -> str:
    """k of n inside their band or of the amount of the formula."""
    key = "none" if not head.n else "few" if head.n < few else "inside"
    fields: dict[str, str | int] = {"k": head.inside, "n": head.n}
    if key == "inside":
        fields["percent"] = round(100 * head.inside / head.n)
    return speech.words.get(f"discretion.head.{key}", **fields if key != "none" else {})


def _sets(head: HeadPart, speech: Speech, configuration: Configuration) -> Node:
    words = speech.words
    told: list[Any] = [words.get("discretion.head.sets", n=len(head.sets))]
    sets = [confirmed_of(configuration.rules.sets, one) for one in head.sets]
    if any(one is not None and one[0].example for one in sets):
        told += [" ", example_badge(words)]
    return element("a", told, "fx-disc-sets", href="#fx-disc-rules")


def points_caption(part: PointsPart, speech: Speech, rules: Rules) -> list[Any]:
    """Which band is drawn, what is an example, what is not drawn."""
    words, band = speech.words, part.band
    if band is None:
        return [words.get("discretion.points.no_band")]
    said: list[Any] = [
        words.get(
            "discretion.points.band" if band.room else "discretion.points.line",
            rule_set=set_text(rules, band.rule_set, words),
        )
    ]  # fmt: skip
    if not band.room:
        said.append(words.get("flow.join") + words.get("discretion.points.no_room"))
    if any(box.further for box in band.boxes):
        said.append(words.get("flow.join") + words.get("discretion.points.dashed"))
    return said


def points_foot(part: PointsPart, speech: Speech, rules: Rules) -> str | None:
    """What is not in the figure, and why."""
    words = speech.words
    told = [
        words.get("discretion.points.missing", n=n, why=words.find(f"rules.why.{why}") or why)
        for why, n in sorted(part.missing.items())
    ]
    if part.band is not None and part.n > part.drawn:
        told.append(words.get("discretion.points.undrawn", n=part.n - part.drawn))
    if part.other_sets:
        sets = set_text(rules, "+".join(part.other_sets), words)
        told.append(words.get("discretion.points.other_sets", sets=sets))
    return words.get("flow.join").join(told) or None


def _points(authority: str, view: DiscretionView, speech: Speech, configuration: Configuration) -> Node:
    rules, few = configuration.rules, configuration.board.few_n
    part, words = view.points[authority], speech.words
    assert isinstance(part, PointsPart)
    title = speech.say(found.points_finding(part, few))
    caption = points_caption(part, speech, rules)
    if part.band is not None and part.band.example:
        caption += [" ", example_badge(words)]
    elif part.band is not None and not part.band.confirmed:
        caption += [" ", span(words.get("discretion.unconfirmed"), "fx-badge fx-example")]
    foot = points_foot(part, speech, rules)
    if not part.n or part.band is None:
        return card(title, words.get("discretion.points.none") if not part.n else caption, [], foot)
    return card(
        title,
        caption,
        [charts.scatter(part, view, speech), file_links(view, authority, words)],
        foot,
    )


def _places(view: DiscretionView, speech: Speech, configuration: Configuration) -> Node:
    words = speech.words
    assert not isinstance(view.places, Failure)
    lines = () if isinstance(view.lines, Failure) else view.lines.lines
    title = speech.say(found.places_finding(lines))
    rows = place_rows(view, speech, configuration)
    if not rows:
        return card(title, words.get("discretion.places.none"), [])
    foot: list[Any] = []
    for line in lines:
        if line.kind == "uniform":
            name = _station(line, speech, configuration)
            said = words.get("discretion.places.same", k=line.k, n=line.n, station=name)
            href = view.behind(f"fine_places.{line.name}~all", station=line.station)
            foot += [words.get("flow.join")] if foot else []
            foot.append(link(said, href, "fx-flow-plain"))
    return card(
        title,
        words.get("discretion.places.caption"),
        [*rows, file_links(view, "places", words)],
        foot or None,
    )


def _station(line: Line, speech: Speech, configuration: Configuration) -> str:
    known = configuration.stations.get(line.station or "")
    return speech.named(None if known is None else known.short, line.station or "")


def the_funnel(view: DiscretionView, configuration: Configuration) -> Funnel:
    """The funnel that the page shows."""
    lines = () if isinstance(view.lines, Failure) else view.lines.of(view.unit)
    names = {code: one.short for code, one in configuration.stations.items()}
    return funnel_of(lines, view.unit, names, configuration.board.few_n)


def _units(view: DiscretionView, speech: Speech, configuration: Configuration) -> Node:
    words = speech.words
    funnel = the_funnel(view, configuration)
    title = speech.say(found.units_finding(funnel))
    if not funnel.units:
        return card(title, words.get("discretion.units.nobody"), [unit_choice(view, words)])
    drawn = [charts.funnel(funnel, view, speech)] if funnel.centre is not None else []
    return card(
        title,
        words.get("discretion.units.caption"),
        [
            unit_choice(view, words),
            *drawn,
            unit_table(funnel, view, speech),
            file_links(view, "units", words),
        ],
        words.get("discretion.units.foot"),
    )


def _time(view: DiscretionView, speech: Speech) -> Node:
    words = speech.words
    assert isinstance(view.lines, LinesPart)
    said = [speech.say(one) for one in found.time_findings(view.lines)]
    title = words.get("discretion.time.title")
    if not said:
        return card(title, words.get("discretion.time.none"), [])
    return card(
        title,
        words.get("discretion.time.caption"),
        [
            element("ul", [element("li", one) for one in said], "fx-flow-notes"),
            file_links(view, "time", words),
        ],
    )
