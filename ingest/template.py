"""The ledger that a station without a system fills in: an XLSX whose heads the page `ledger-template` knows.

Heads and explanations are texts (`template`), choices come from the code sets of the page, so that whatever
can be chosen is also read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.mapping.page import Column
from ingest.mapping.pages import SourcePages
from monitor.settings.stations import SiteType, Stations
from monitor.settings.texts import Texts

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

PAGE = "ledger-template"

ROWS = 1_000
"""Rows prepared for filling in: a year of a county station."""

HEAD = 2
"""Row of the head, counted from 0; above it a title and a line that says how to begin."""

EXAMPLE: dict[str, Any] = {
    "check_no": "JC20240701001",
    "plate": "晋D12345",
    "axles": 6,
    "gross": 52_300,
    "limit": 49_000,
    "approved_load": 32_000,
    "tare": 17_000,
    "length": 17_900,
    "width": 2_540,
    "height": 3_960,
    "weighed": dt.time(8, 12),
    "confirmed": dt.time(8, 30),
    "handed_over": dt.time(8, 50),
    "accepted": dt.time(9, 5),
    "notified_fine": 1_500,
    "decided": dt.time(10, 40),
    "fine": 1_500,
    "paid": dt.time(11, 2),
    "amount": 1_500,
    "unloading": dt.time(11, 30),
    "unloaded": dt.time(13, 10),
    "reweighed": dt.time(13, 20),
    "reweigh": 48_900,
    "violation_removed": dt.time(13, 25),
    "released": dt.time(13, 40),
}
"""What the example row shows; times are of `EXAMPLE_DAY`."""

EXAMPLE_DAY = dt.date(2024, 7, 1)

FORMATS = {"datetime": "yyyy-mm-dd hh:mm", "mass": "#,##0", "length": "#,##0", "money": "0.00", "count": "0"}
"""Number formats by kind of column; all others are text, which keeps 20-digit codes whole."""

WIDTHS = {"datetime": 17, "mass": 11, "length": 11, "money": 11, "count": 7}


def write_template(path: Path, texts: Texts, stations: Stations, pages: SourcePages) -> None:
    """Write the workbook: the ledger, an explanation of each column, and the hidden lists of choices.

    Raises OSError where the file cannot be written.
    """
    import xlsxwriter

    columns = pages[PAGE].columns
    choices = choices_of(columns, pages, stations, texts)
    with xlsxwriter.Workbook(str(path)) as book:
        looks = _looks(book)
        ledger = book.add_worksheet(texts.get("template.sheet"))
        _ledger(ledger, looks, columns, choices, texts)
        _notes(book.add_worksheet(texts.get("template.notes_sheet")), looks, columns, choices, texts)
        _choices(book.add_worksheet(texts.get("template.choices_sheet")), choices)


def choices_of(
    columns: Mapping[str, Column], pages: SourcePages, stations: Stations, texts: Texts
) -> dict[str, list[str]]:
    """Column → what can be chosen there: stations by name, codes by their first label, in English by code."""
    zh = texts.language == "zh"
    held = [one for one in stations.values() if one.site_type is not SiteType.REGISTER]
    chosen = {"station": [one.name.in_language(texts.language) for one in held]}
    for name, column in columns.items():
        codes = "plate_colours" if column.kind == "plate_colour" else column.codes
        if codes is None:
            continue
        labels: dict[str, str] = {}
        for written, meaning in pages.codes.of(codes).items():
            labels.setdefault(meaning, written if zh else meaning)
        chosen[name] = list(labels.values())
    return chosen


@dataclass(frozen=True, slots=True)
class _Looks:
    title: Format
    hint: Format
    head: Format
    needed: Format
    example: Format
    wrapped: Format
    cells: dict[str, Format]
    example_cells: dict[str, Format]


def _looks(book: Workbook) -> _Looks:
    grey = {"font_color": "#767676", "italic": True}
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1}
    formats = {**FORMATS, "text": "@"}
    return _Looks(
        book.add_format({"bold": True, "font_size": 16}),
        book.add_format({"font_color": "#505050"}),
        book.add_format({**head, "bg_color": "#E8ECF0"}),
        book.add_format({**head, "bg_color": "#FFE9B8"}),
        book.add_format(grey),
        book.add_format({"text_wrap": True, "valign": "top"}),
        {kind: book.add_format({"num_format": code}) for kind, code in formats.items()},
        {kind: book.add_format({**grey, "num_format": code}) for kind, code in formats.items()},
    )


def _ledger(
    sheet: Worksheet,
    looks: _Looks,
    columns: Mapping[str, Column],
    choices: Mapping[str, list[str]],
    texts: Texts,
) -> None:
    sheet.write(0, 0, texts.get("template.title"), looks.title)
    sheet.write(1, 0, texts.get("template.hint"), looks.hint)
    sheet.set_row(HEAD, 34)
    sheet.write(HEAD, 0, texts.get("template.number"), looks.head)
    sheet.write(HEAD + 1, 0, texts.get("template.example"), looks.example)
    sheet.set_column(0, 0, 7)
    for position, (name, column) in enumerate(columns.items(), 1):
        kind = column.kind if column.kind in FORMATS else "text"
        sheet.set_column(position, position, WIDTHS.get(kind, 15), looks.cells[kind])
        sheet.write(HEAD, position, head_of(name, texts), looks.needed if column.required else looks.head)
        _example(sheet, looks, position, name, kind, choices, texts)
        _validate(
            sheet,
            position,
            column,
            choices.get(name),
            list(choices).index(name) if name in choices else 0,
            texts,
        )
    # the head, and who the row is about, stay in sight
    sheet.freeze_panes(HEAD + 1, 3)
    sheet.autofilter(HEAD, 0, HEAD + ROWS, len(columns))
    sheet.set_landscape()
    sheet.repeat_rows(HEAD)


def head_of(name: str, texts: Texts) -> str:
    """The head of a column as it is written, its unit included."""
    return texts.get(f"template.heads.{name}")


def _example(
    sheet: Worksheet,
    looks: _Looks,
    position: int,
    name: str,
    kind: str,
    choices: Mapping[str, list[str]],
    texts: Texts,
) -> None:
    look = looks.example_cells[kind]
    value = EXAMPLE.get(name)
    if name == "case_no":
        sheet.write(HEAD + 1, position, texts.get("template.example_case"), look)
    elif name in choices:
        sheet.write(HEAD + 1, position, choices[name][0] if choices[name] else "", look)
    elif isinstance(value, dt.time):
        sheet.write_datetime(HEAD + 1, position, dt.datetime.combine(EXAMPLE_DAY, value), look)
    elif value is not None:
        sheet.write(HEAD + 1, position, value, look)


def _validate(
    sheet: Worksheet, position: int, column: Column, chosen: list[str] | None, place: int, texts: Texts
) -> None:
    first, last = HEAD + 2, HEAD + 1 + ROWS
    if chosen:
        from xlsxwriter.utility import xl_rowcol_to_cell

        top, bottom = (xl_rowcol_to_cell(row, place, True, True) for row in (0, len(chosen) - 1))
        sheet.data_validation(first, position, last, position, {
            "validate": "list",
            "source": f"='{texts.get('template.choices_sheet')}'!{top}:{bottom}",
            "error_title": texts.get("template.not_a_choice_title"),
            "error_message": texts.get("template.not_a_choice"),
        })  # fmt: skip
    elif column.kind == "datetime":
        sheet.data_validation(first, position, last, position, {
            "validate": "date",
            "criteria": ">=",
            "value": dt.date(2000, 1, 1),
            "error_type": "warning",
            "input_message": texts.get("template.time_hint"),
            "error_title": texts.get("template.not_a_time_title"),
            "error_message": texts.get("template.not_a_time"),
        })  # fmt: skip


def _notes(
    sheet: Worksheet,
    looks: _Looks,
    columns: Mapping[str, Column],
    choices: Mapping[str, list[str]],
    texts: Texts,
) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 70, looks.wrapped)
    sheet.set_column(2, 2, 50, looks.wrapped)
    rows: list[Iterable[str]] = [[texts.get("template.notes_title"), texts.get("template.notes_rules"), ""]]
    rows.append(
        [
            texts.get("template.notes_head"),
            texts.get("template.notes_what"),
            texts.get("template.notes_choices"),
        ]
    )
    rows += [
        (head_of(name, texts), texts.get(f"template.notes.{name}"), " · ".join(choices.get(name, [])))
        for name in columns
    ]
    for number, row in enumerate(rows):
        for position, text in enumerate(row):
            look = looks.head if number == 1 else looks.wrapped
            sheet.write(number, position, text, look)
    sheet.freeze_panes(2, 1)


def _choices(sheet: Worksheet, choices: Mapping[str, list[str]]) -> None:
    for position, chosen in enumerate(choices.values()):
        sheet.write_column(0, position, chosen)
    sheet.hide()
