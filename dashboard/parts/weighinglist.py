"""The list of weighings: filter, table for the desk and the phone, and the way to older ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc

from dashboard.parts.caselist import moment
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.rows import case_address, link
from dashboard.views.plate import masked_plate
from dashboard.views.weighings import WHICH, WeighingsView, doubts, search_of

if TYPE_CHECKING:
    from monitor.cases.terms import Terms
    from monitor.settings.stations import Stations
    from monitor.settings.texts import Texts
    from monitor.store.weighing_list import Weighing

PATH = "/weighings"
FIELD_IDS = {name: (f"fx-weighings-{name}", "value") for name in ("station", "which", "from", "to")}
COLUMNS = ("at", "station", "check_no", "plate", "axles", "gross", "limit", "over", "kind", "became")
NUMBERS = ("axles", "gross", "limit", "over")


def filter_form(asked: Mapping[str, str], stations: Stations, words: Texts) -> Node:
    """The fields, filled from the address."""
    codes = [{"value": "", "label": words.get("cases.filter.all_stations")}]
    codes += [
        {"value": code, "label": one.short.in_language(words.language)} for code, one in stations.items()
    ]
    kinds = [{"value": "", "label": words.get("weighings.which.all")}]
    kinds += [{"value": name, "label": words.get(f"weighings.which.{name}")} for name in WHICH]
    fields = [
        _choice("station", words.get("cases.filter.station"), codes, asked),
        _choice("which", words.get("weighings.which.label"), kinds, asked),
        _day("from", words.get("weighings.from"), asked),
        _day("to", words.get("cases.filter.to"), asked),
    ]
    return div(fields, "fx-filter", role="search", aria_label=words.get("cases.filter.label"))


def _choice(name: str, label: str, options: list[dict[str, str]], asked: Mapping[str, str]) -> Any:
    return dmc.Select(
        id=f"fx-weighings-{name}", label=label, data=options, value=asked.get(name, ""),
        allowDeselect=False, size="xs", className="fx-filter-state", comboboxProps={"withinPortal": True},
    )  # fmt: skip


def _day(name: str, label: str, asked: Mapping[str, str]) -> Any:
    return dmc.TextInput(
        id=f"fx-weighings-{name}", label=label, value=asked.get(name, ""), debounce=600, size="xs",
        className="fx-filter-day", attributes={"input": {"type": "date"}},
    )  # fmt: skip


def table(
    view: WeighingsView, stations: Stations, terms: Callable[[str], Terms], now: int, words: Texts
) -> list[Any]:
    """The weighings of one page, or in words why there are none."""
    if view.bad is not None or not view.weighings:
        return [_none(view, words)]
    heads = [
        element(
            "th", words.get(f"weighings.columns.{name}"), "fx-num" if name in NUMBERS else "", scope="col"
        )
        for name in COLUMNS
    ]
    rows = [_row(one, stations, terms, now, words) for one in view.weighings]
    turns = [link(words.get("weighings.newest"), PATH + search_of(view.asked), "fx-btn")]
    if view.next is not None:
        older = PATH + search_of(view.asked, view.next)
        turns.append(link(words.get("weighings.older"), older, "fx-btn"))
    body = element("table", [element("thead", element("tr", heads)), element("tbody", rows)], "fx-weighings")
    files = [
        element(
            "a",
            words.get(f"cases.export.{kind}"),
            "fx-btn",
            href=f"/api/v1/weighings.{kind}{search_of(view.asked)}",
            download="",
        )
        for kind in ("csv", "xlsx")
    ]
    taken = div(files, "fx-list-files", role="group", aria_label=words.get("cases.export.label"))
    return [
        div(taken, "fx-list-head"),
        div(body, "fx-card fx-weighings-frame"),
        element("nav", turns, "fx-turns fx-weighings-turns", aria_label=words.get("cases.pages.label")),
    ]


def _none(view: WeighingsView, words: Texts) -> Node:
    if view.bad is not None:
        bad = view.bad
        said = words.get("cases.filter.bad", name=bad.name, value=bad.value, accepted=bad.accepted)
        parts: list[Any] = [element("p", said)]
    else:
        key = "none" if view.asked else "nothing"
        parts = [
            element("h2", words.get(f"weighings.{key}")),
            element("p", words.get(f"weighings.{key}_text")),
        ]
    if view.asked:
        parts.append(link(words.get("cases.filter.clear"), PATH, "fx-btn"))
    return div(parts, "fx-card fx-not-found", role="alert" if view.bad is not None else None)


def _row(one: Weighing, stations: Stations, terms: Callable[[str], Terms], now: int, words: Texts) -> Node:
    station = stations.get(one.station)
    zone = ZoneInfo("UTC") if station is None else station.tz
    plate: str | None = words.get("board.no_plate")
    if one.plate is not None:
        plate = words.get("weighings.unread") if one.data.get("plate_unread") else masked_plate(one.plate)
    marks = doubts(one, None if station is None else terms(one.station))
    cells: dict[str, Any] = {
        "at": moment(one.at, None, zone, now, words),
        "station": one.station if station is None else station.short.in_language(words.language),
        "check_no": one.check_no,
        "plate": plate,
        "axles": "—" if one.axles is None else str(one.axles),
        "gross": _kg(one.gross_kg),
        "limit": _kg(one.limit_kg),
        "over": _kg(one.over_kg),
        "kind": words.get("weighings.again" if one.again else "weighings.first"),
        "became": [
            _became(one, words),
            *(span(words.get(f"weighings.doubt.{mark}"), "fx-caption") for mark in marks),
        ],
    }
    return element(
        "tr",
        [
            element(
                "td", cells[name], _class(name),
                **{"data-label": words.get(f"weighings.columns.{name}")},
            )
            for name in COLUMNS
        ],
        "fx-weighing-over" if one.over_kg else "",
    )  # fmt: skip


def _became(one: Weighing, words: Texts) -> Node:
    if one.case_no is None:
        return span(words.get("weighings.no_case"), "fx-mut")
    number = one.followed_by or one.case_no
    text = words.get("weighings.unconfirmed") if one.unconfirmed else words.get("weighings.case", case=number)
    return link(text, case_address((one.station, number)), "fx-weighing-case")


def _class(column: str) -> str:
    return "fx-num" if column in NUMBERS else ""


def _kg(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"
