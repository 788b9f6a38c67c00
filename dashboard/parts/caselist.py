"""The list of cases: filter, grid for the desk, cards for the phone, and the links to take it along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import dash_ag_grid as dag
import dash_mantine_components as dmc

from dashboard.parts.behind import behind_words
from dashboard.parts.casehead import SIGNS, step_name
from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.rows import case_address, link
from dashboard.views.cases import CARDS, ListView, search_of
from dashboard.views.moments import countdown, hours_minutes, local
from monitor.cases.activity import Authority
from monitor.reports.case_query import STATES

if TYPE_CHECKING:
    from monitor.cases.summary import Summary
    from monitor.settings.stations import Stations
    from monitor.settings.texts import Texts

GRID = "fx-cases-grid"
BLOCK = 100
"""Rows that the grid asks for at a time."""


def filter_form(asked: Mapping[str, str], stations: Stations, words: Texts) -> Node:
    """The fields, filled from the address. Which fields there are: `FIELD_IDS`."""
    codes = [{"value": "", "label": words.get("cases.filter.all_stations")}]
    codes += [
        {"value": code, "label": station.short.in_language(words.language)}
        for code, station in stations.items()
    ]
    states = [{"value": "", "label": words.get("cases.filter.all_states")}]
    states += [{"value": state, "label": words.get(f"cases.state.{state}")} for state in STATES]
    authorities = [{"value": "", "label": words.get("cases.filter.all_authorities")}]
    authorities += [
        {"value": name, "label": words.get(f"authorities.{name}")} for name in ("transport", "police")
    ]
    return div(
        [
            _choice("station", codes, asked, words, searchable=len(codes) > 8),
            _choice("state", states, asked, words),
            _day("from", asked, words),
            _day("to", asked, words),
            _choice("authority", authorities, asked, words),
            dmc.TextInput(
                id="fx-cases-text",
                label=words.get("cases.filter.text"),
                placeholder=words.get("cases.filter.text_hint"),
                value=asked.get("text", ""),
                debounce=400,
                size="xs",
                className="fx-filter-text",
            ),
            dmc.Checkbox(
                id="fx-cases-findings",
                label=words.get("cases.filter.findings"),
                checked=asked.get("findings") in ("1", "true"),
                size="xs",
                className="fx-filter-check",
            ),
        ],
        "fx-filter",
        role="search",
        aria_label=words.get("cases.filter.label"),
    )


FIELD_IDS = {
    "station": ("fx-cases-station", "value"),
    "state": ("fx-cases-state", "value"),
    "from": ("fx-cases-from", "value"),
    "to": ("fx-cases-to", "value"),
    "authority": ("fx-cases-authority", "value"),
    "text": ("fx-cases-text", "value"),
    "findings": ("fx-cases-findings", "checked"),
}
"""Parameter of the address → the field and its property that hold it."""


def _choice(
    name: str, options: list[dict[str, str]], asked: Mapping[str, str], words: Texts, searchable: bool = False
) -> Any:
    return dmc.Select(
        id=f"fx-cases-{name}",
        label=words.get(f"cases.filter.{name}"),
        data=options,
        value=asked.get(name, ""),
        searchable=searchable,
        allowDeselect=False,
        size="xs",
        className=f"fx-filter-{name}",
        comboboxProps={"withinPortal": True},
    )


def _day(name: str, asked: Mapping[str, str], words: Texts) -> Any:
    """The browser's own field for a day: it knows the reader's calendar and keyboard."""
    return dmc.TextInput(
        id=f"fx-cases-{name}",
        label=words.get(f"cases.filter.{name}"),
        value=asked.get(name, ""),
        debounce=600,
        size="xs",
        className="fx-filter-day",
        attributes={"input": {"type": "date"}},
    )


def grid(words: Texts, stations: Stations) -> Any:
    """The grid of the desk. It asks for rows as it is scrolled; the browser never holds the whole list."""

    def titled(name: str, *texts: str) -> dict[str, Any]:
        """A column that is wide enough for its longest text."""
        return {"field": name, "width": _width(texts)}

    names = [station.short.in_language(words.language) for station in stations.values()]
    day = words.get("cases.day_only", day="00-00")
    marks = tuple(f"{words.get(f'case.mark.{mark.value}')}    " for mark in SIGNS)
    authorities = tuple(words.get(f"authorities.{one.value}") for one in Authority)
    findings = words.get("cases.columns.findings")
    columns: list[dict[str, Any]] = [
        {**titled("state", *marks), "cellRenderer": "FxState", "pinned": "left"},
        {"field": "case_no", "cellRenderer": "FxCase", "width": 168, "pinned": "left"},
        *([titled("station", *names)] if len(names) > 1 else []),
        {"field": "plate", "width": 102},
        titled("confirmed", "00-00 00:00", day),
        titled("deadline", "00-00 00:00", day),
        titled("released", "00-00 00:00", day),
        {"field": "hours", "width": 66, "type": "rightAligned"},
        {**titled("over_kg", "00,000", words.get("cases.within")), "type": "rightAligned"},
        {"field": "over_percent", "width": 62, "type": "rightAligned"},
        {"field": "waiting", "width": 140, "minWidth": 140 if words.language == "zh" else 190, "flex": 1},
        titled("authority", *authorities),
        {**titled("findings", findings), "type": "rightAligned"},
    ]
    for column in columns:
        column["headerName"] = words.get(f"cases.columns.{column['field']}")
    loading, none = words.get("cases.grid.loading"), words.get("cases.grid.none")
    return dag.AgGrid(
        id=GRID,
        className="fx-case-grid",
        rowModelType="infinite",
        columnDefs=columns,
        defaultColDef={"sortable": False, "resizable": True, "suppressMovable": True, "wrapHeaderText": True,
                       "autoHeaderHeight": True},
        getRowId="params.data.address",
        dashGridOptions={
            "cacheBlockSize": BLOCK,
            "maxBlocksInCache": 10,
            "infiniteInitialRowCount": 1,
            "rowHeight": 36,
            "animateRows": False,
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
            "localeText": {
                "loadingOoo": loading,
                "noRowsToShow": none,
                "loadingError": words.get("cases.grid.failed"),
            },
        },
        style={"height": None, "width": "100%"},
    )  # fmt: skip


def grid_row(one: Summary, stations: Stations, now: int, words: Texts) -> dict[str, Any]:
    """One case as the grid shows it: all text, nothing to compute in the browser."""
    station = stations.get(one.station)
    zone = ZoneInfo("UTC") if station is None else station.tz
    waiting = one.waiting
    return {
        "address": case_address((one.station, one.case_no)),
        "sign": SIGNS[one.mark],
        "mark": one.mark.value,
        "state": words.get(f"case.mark.{one.mark.value}"),
        "case_no": one.case_no,
        "station": one.station if station is None else station.short.in_language(words.language),
        "plate": one.plate or "—",
        "confirmed": moment(one.confirmed_at, one.confirmed_until, zone, now, words),
        "deadline": moment(one.deadline_at, one.deadline_until, zone, now, words),
        "released": moment(one.released_at, one.released_until, zone, now, words),
        "hours": "—" if one.taken is None else hours_minutes(one.taken),
        "over_kg": _over(one, words),
        "over_percent": f"{100 * one.over_share:.1f}" if one.over_share and one.over_share > 0 else "—",
        "waiting": "—" if waiting is None else waits(one, words),
        "authority": "—" if one.authority is None else words.find(f"authorities.{one.authority}") or "—",
        "findings": str(one.findings) if one.findings else "",
    }


def _over(one: Summary, words: Texts) -> str:
    """Kilograms over the limit; within it that is said, because less than nothing is no excess."""
    if one.over_kg is None:
        return "—"
    return f"{one.over_kg:,}" if one.over_kg > 0 else words.get("cases.within")


def _width(texts: Sequence[str]) -> int:
    """Pixels for the longest text; a Chinese character is as wide as two others."""
    longest = max(sum(1.9 if ord(letter) > 0x2E80 else 1 for letter in text) for text in texts)
    return min(max(54, round(19 + 6.9 * longest)), 190)


def waits(one: Summary, words: Texts) -> str:
    """What is waited for and who owes it."""
    if one.waiting is None:
        return ""
    owner = words.get(f"board.owner.{one.waiting.owner.value}")
    return f"{step_name(one.waiting.step, one.failures, words)} · {owner}"


def moment(at: int | None, until: int | None, zone: ZoneInfo, now: int, words: Texts) -> str:
    """Day and time, the year where it is another one; only the day, and said to be so, without an hour."""
    if at is None:
        return "—"
    there, this_year = local(at, zone), local(now, zone).year
    if until is not None:
        day = f"{there:%m-%d}" if there.year == this_year else f"{there:%y-%m-%d}"
        return words.get("cases.day_only", day=day)
    return f"{there:%m-%d %H:%M}" if there.year == this_year else f"{there:%y-%m-%d %H:%M}"


def head(view: ListView, now: int, zone: ZoneInfo, words: Texts) -> Node:
    """How many, in which order, and the links that take the list along with the same filter."""
    search = search_of(view.asked)
    key = "cases.total_one" if view.total == 1 else "cases.total"
    mark = behind_words(view.asked, now, zone, words)
    read = words.get("cases.sorted", time=f"{local(now, zone):%H:%M}")
    files = [
        element(
            "a",
            words.get(f"cases.export.{kind}"),
            "fx-btn",
            href=f"/api/v1/cases.{kind}{search}",
            download="",
        )
        for kind in ("csv", "xlsx")
    ]
    return div(
        [
            element("p", [element("b", words.get(key, n=f"{view.total:,}")), " · ", read], "fx-list-total"),
            *([] if mark is None else [element("p", mark, "fx-list-behind")]),
            *([link(words.get("cases.filter.clear"), "/cases", "fx-btn fx-quiet")] if view.asked else []),
            link(words.get("weighings.link"), "/weighings", "fx-btn fx-quiet"),
            div(files, "fx-list-files", role="group", aria_label=words.get("cases.export.label")),
        ],
        "fx-list-head",
    )


def trouble(view: ListView, words: Texts) -> Node | None:
    """In words: a parameter that cannot be read, no such cases, or no cases at all."""
    if view.bad is not None:
        bad = view.bad
        said = words.get("cases.filter.bad", name=bad.name, value=bad.value, accepted=bad.accepted)
        return div(
            [
                element("p", said),
                link(words.get("cases.filter.clear"), "/cases", "fx-btn"),
            ],
            "fx-card fx-not-found",
            role="alert",
        )
    if view.total:
        return None
    key = ("title", "text") if view.filtered else ("nothing", "nothing_text")
    parts: list[Any] = [
        element("h2", words.get(f"cases.none.{key[0]}")),
        element("p", words.get(f"cases.none.{key[1]}")),
    ]
    if view.filtered:
        parts.append(link(words.get("cases.filter.clear"), "/cases", "fx-btn"))
    return div(parts, "fx-card fx-not-found")


def cards(view: ListView, stations: Stations, now: int, words: Texts) -> list[Node]:
    """The same list for the phone, a page at a time."""
    if not view.lines:
        return []
    items = [element("li", _card(one, stations, now, words)) for one in view.lines]
    last = view.first + len(view.lines)
    page = view.first // CARDS + 1
    turns: list[Node] = []
    if view.first:
        before = search_of(view.asked, page - 1)
        turns.append(link(words.get("cases.pages.before"), f"/cases{before}", "fx-btn"))
    at = words.get("cases.pages.at", first=view.first + 1, last=last, n=f"{view.total:,}")
    turns.append(span(at, "fx-mut"))
    if last < view.total:
        after = search_of(view.asked, page + 1)
        turns.append(link(words.get("cases.pages.after"), f"/cases{after}", "fx-btn"))
    return [
        element("ol", items, "fx-case-cards"),
        element("nav", turns, "fx-turns", aria_label=words.get("cases.pages.label")),
    ]


def _card(one: Summary, stations: Stations, now: int, words: Texts) -> Node:
    station = stations.get(one.station)
    zone = ZoneInfo("UTC") if station is None else station.tz
    name = one.station if station is None else station.short.in_language(words.language)
    if one.remaining is not None:
        figure = span(countdown(one.remaining), "fx-time")
    else:
        figure = span("—" if one.taken is None else hours_minutes(one.taken), "fx-time")
    about = [words.get(f"case.mark.{one.mark.value}")]
    if one.waiting is not None:
        about.append(waits(one, words))
    elif one.released_at is not None:
        told = moment(one.released_at, one.released_until, zone, now, words)
        about.append(f"{words.get('cases.columns.released')} {told}")
    if one.over_kg is not None and one.over_kg > 0:
        about.append(words.get("case.detail.over", weight=f"{one.over_kg:,}"))
    return div(
        [
            shape(SIGNS[one.mark]),
            div(
                [
                    element(
                        "b",
                        link(
                            one.plate or words.get("board.no_plate"),
                            case_address((one.station, one.case_no)),
                            "fx-stretched fx-plain",
                        ),
                    ),
                    div(f"{name} · {one.case_no}", "fx-caption"),
                    div(" · ".join(about), "fx-caption"),
                ]
            ),
            figure,
        ],
        f"fx-card fx-case-card fx-is-{one.mark.value.replace('_', '-')}",
    )
