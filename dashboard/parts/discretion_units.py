"""Stations, teams and officers by their codes, with their numbers; nothing is said of small ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.parts.element import Node, div, element
from dashboard.parts.rows import link
from dashboard.views.discretion import UNITS

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.discretion import DiscretionView
    from dashboard.views.discretion_units import Funnel, UnitTold
    from monitor.settings.texts import Texts

WHOLE = 12
"""Rows shown at once; the others when asked for."""
COLUMNS = ("unit", "upper", "expected", "outside", "effect", "says")


def unit_choice(view: DiscretionView, words: Texts) -> Node:
    """Of which units the funnel is."""
    return div(
        [
            link(
                words.get(f"discretion.unit_of.{unit}"),
                view.asked.address(by=unit),
                "fx-here" if unit == view.unit else "",
            )
            for unit in UNITS
        ],
        "fx-seg-control fx-flow-split",
        role="group",
        aria_label=words.get("discretion.units.choose"),
    )


def unit_cells(unit: UnitTold, speech: Speech) -> list[str]:
    """A row of the table in words, by `COLUMNS`."""
    words, line = speech.words, unit.line
    judged = unit.state != "few" and line.expected_above is not None
    effect = "—"
    if line.effect is not None and line.low is not None and line.high is not None:
        effect = f"{100 * line.effect:+.0f} ({100 * line.low:+.0f} … {100 * line.high:+.0f})"
    return [
        unit.label(speech),
        f"{unit.k}/{unit.n}",
        f"{100 * (line.expected_above or 0):.0f}%" if judged else "—",
        f"{line.k or 0}/{line.n or 0}",
        effect,
        words.get(f"discretion.units.says_{unit.state}"),
    ]


def unit_table(funnel: Funnel, view: DiscretionView, speech: Speech) -> Node:
    """In the order of codes: a table is no ranking."""
    words = speech.words
    heads = [words.get(f"discretion.units.{name}") for name in COLUMNS]

    def table(units: tuple[UnitTold, ...]) -> Node:
        rows = []
        for unit in units:
            told = unit_cells(unit, speech)
            cells: list[Any] = list(told)
            cells[1] = link(told[1], view.behind(unit.cell), "fx-flow-plain") if unit.n else told[1]
            if unit.line.k:
                name = unit.cell.replace("~free~", "~outside~")
                cells[3] = link(told[3], view.behind(name), "fx-flow-plain")
            rows.append(
                element(
                    "tr",
                    [
                        element("td", cell, f"fx-disc-c-{column}", data_label=head)
                        for cell, column, head in zip(cells, COLUMNS, heads, strict=True)
                    ],
                )
            )
        head = [
            element("th", one, f"fx-disc-c-{name}", scope="col")
            for one, name in zip(heads, COLUMNS, strict=True)
        ]
        return element(
            "table",
            [element("thead", element("tr", head)), element("tbody", rows)],
            "fx-table fx-disc-units-table",
        )

    if len(funnel.units) <= WHOLE:
        return div(table(funnel.units), "fx-disc-scroll")
    more = element("summary", words.get("discretion.units.all", n=len(funnel.units)))
    return element("details", [more, div(table(funnel.units), "fx-disc-scroll")], "fx-more")
