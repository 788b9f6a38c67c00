"""The Reports page (报告): the form that makes a report, and the list of those made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from dashboard.parts.casefile import table
from dashboard.parts.element import Node, div, element
from dashboard.parts.sentence import Speech

if TYPE_CHECKING:
    from monitor.reports.weekly.kept import Kept
    from monitor.settings.stations import Station

ORDER = ("html", "xlsx", "docx", "pdf")


def form(weeks: Sequence[str], stations: Sequence[Station], speech: Speech) -> Node:
    """Week, station, and the button."""
    words = speech.words
    dated = [{"value": week, "label": week} for week in weeks]
    named = [{"value": "", "label": words.get("weekly.all_stations")}]
    named += [{"value": one.code, "label": one.name.in_language(words.language)} for one in stations]
    return element(
        "section",
        [
            element("h2", words.get("weekly.page.make")),
            element("p", words.get("weekly.page.make_text"), "fx-caption"),
            div(
                [
                    _select("fx-report-week", "week", dated, weeks[0], words),
                    _select("fx-report-station", "station", named, "", words),
                    element(
                        "button", words.get("weekly.page.make"), "fx-btn fx-primary", id="fx-report-make",
                        type="button", n_clicks=0,
                    ),
                ],
                "fx-report-form",
            ),
            element("p", None, "fx-report-answer", id="fx-report-answer", role="status"),
        ],
        "fx-card",
    )  # fmt: skip


def _select(name: str, key: str, options: list[dict[str, str]], value: str, words: Any) -> Any:
    return dmc.Select(
        id=name, label=words.get(f"weekly.page.{key}"), data=options, value=value, allowDeselect=False,
        searchable=False, comboboxProps={"withinPortal": True},
    )  # fmt: skip


def listed(kept: Sequence[Kept], names: dict[str, str], speech: Speech) -> Node:
    """The reports, the latest week first, with what each is of and its files."""
    words = speech.words
    if not kept:
        return element(
            "section",
            [
                element("h2", words.get("weekly.page.nothing")),
                element("p", words.get("weekly.page.nothing_text"), "fx-caption"),
            ],
            "fx-card",
        )
    heads = [words.get(f"weekly.page.{name}") for name in ("week", "station", "as_of", "made_at", "files")]
    rows: list[list[Node | str]] = [
        [
            one.week,
            stations_of(one, names, words),
            speech.moment(one.as_of),
            speech.moment(one.made_at),
            div([_file(one, form, words) for form in ORDER if form in one.files], "fx-report-files"),
        ]
        for one in kept
    ]
    return element("section", [element("h2", words.get("weekly.page.list")), table(heads, rows)], "fx-card")


def stations_of(one: Kept, names: dict[str, str], words: Any) -> str:
    """Which stations a report is of."""
    if one.stations is None:
        return str(words.get("weekly.all_stations"))
    return str(words.get("weekly.join")).join(names.get(code, code) for code in one.stations)


def _file(one: Kept, form: str, words: Any) -> Node:
    opened = form == "html"
    said = words.get("weekly.page.open" if opened else f"weekly.page.formats.{form}")
    return element(
        "a",
        said,
        "fx-btn",
        href=f"/reports/{one.key}/{'view' if opened else form}",
        target="_blank" if opened else None,
        rel="noopener" if opened else None,
        aria_label=f"{said} {one.week}",
    )
