"""The report as a workbook: a contents sheet, a sheet for each table with frozen heads, native charts, and
every figure of the frame."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitor.reports.weekly.frame import WeeklyReport
from monitor.reports.weekly.paper import Cell, Chart, Form, Heading, Look, Paper, Para, Table
from monitor.reports.weekly.xlsx_chart import bars, funnel, is_whole, lines
from monitor.settings.texts import Texts

FORMATS = {
    Form.COUNT: "#,##0", Form.SHARE: "0.0%", Form.HOURS: "#,##0.0", Form.YUAN: "#,##0.00",
}  # fmt: skip
FONT = {"zh": "宋体", "en": "Calibri"}
WIDEST = 68
"""Characters of the widest column: a digest fits it."""
LINE = 15.75
"""Height of a line in points."""
FIGURES = re.compile(r"[\d,.%–/—]+")
"""A text of figures alone: an interval, k of n, nothing."""


def xlsx_of(paper: Paper, report: WeeklyReport, texts: Texts) -> bytes:
    """The workbook."""
    import xlsxwriter

    out = io.BytesIO()
    # A text that begins with = is a text, and a digest that looks like a number is one too.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": f"{paper.title} {paper.subtitle}", "comments": paper.digest})
        _Book(book, paper, texts).write(report)
    return out.getvalue()


class _Book:
    def __init__(self, book: Any, paper: Paper, texts: Texts) -> None:
        self._book, self._paper, self._texts = book, paper, texts
        base = {"font_name": FONT[paper.language], "font_size": 11, "valign": "vcenter"}
        self._plain = book.add_format(base)
        self._text = book.add_format({**base, "text_wrap": True})
        self._figures = book.add_format({**base, "align": "right"})
        # Words that may follow a column of figures.
        self._words = book.add_format({**base, "text_wrap": True, "indent": 1})
        self._bold = book.add_format({**base, "bold": True})
        self._title = book.add_format({**base, "bold": True, "font_size": 18})
        head = {**base, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#EDF1F4"}
        self._head, self._figure_head = book.add_format(head), book.add_format({**head, "align": "right"})
        self._words_head = book.add_format({**head, "indent": 1})
        self._link = book.add_format({**base, "font_color": "#0B5CAD", "underline": 1})
        self._forms = {form: book.add_format({**base, "num_format": told}) for form, told in FORMATS.items()}
        self._names: set[str] = set()

    def write(self, report: WeeklyReport) -> None:
        contents = self._sheet(self._texts.get("weekly.xlsx.contents"))
        sheets: list[tuple[str, str]] = []
        said: list[tuple[str, bool]] = []
        for block in self._paper.blocks:
            match block:
                case Heading():
                    said.append((block.number + block.text, True))
                case Para():
                    said.append((block.text, False))
                case Table():
                    sheets.append((self._table(block), block.title))
                case Chart():
                    sheets.append((self._chart(block), block.title))
        sheets.append((self._all(report), self._texts.get("weekly.xlsx.all")))
        contents.set_column(0, 0, 34)
        contents.set_column(1, 1, 100)
        contents.set_row(0, 2 * LINE)
        contents.write_string(0, 0, self._paper.title, self._title)
        contents.write_string(1, 0, self._paper.subtitle, self._bold)
        row = 2
        for line in (*self._paper.about, self._paper.foot):
            contents.write_string(row, 0, line, self._bold if line == self._paper.about[0] else self._plain)
            row += 1
        row += 1
        contents.write_string(row, 0, self._texts.get("weekly.xlsx.sheet"), self._head)
        contents.write_string(row, 1, "", self._head)
        for name, title in sheets:
            row += 1
            contents.write_url(row, 0, f"internal:'{name}'!A1", self._link, name)
            contents.write_string(row, 1, title, self._text)
        row += 2
        for line, is_head in said:
            contents.write_string(row, 0 if is_head else 1, line, self._bold if is_head else self._text)
            if not is_head:
                _heighten(contents, row, [(line, 100)])
            row += 1
        contents.activate()

    def _sheet(self, wanted: str) -> Any:
        """A sheet under a name that Excel takes: 31 characters, none of []:*?/\\, each once."""
        whole = "".join("·" if letter in "[]:*?/\\'" else letter for letter in wanted.replace(": ", " · "))
        plain = whole.strip()[:31]
        if len(whole) > 31 and len(words := plain.rpartition(" ")[0]) > 15:
            plain = words  # not in the middle of one
        name, again = plain, 1
        while name.lower() in self._names:
            again += 1
            name = f"{plain[:28]} {again}"
        self._names.add(name.lower())
        sheet = self._book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _table(self, table: Table) -> str:
        sheet = self._sheet(table.title)
        widths = []
        for place, head in enumerate(table.heads):
            texts = [row[place].text for row in table.rows]
            figures = bool(texts) and all(row[place].number is not None for row in table.rows)
            figures |= place > 0 and any(row[place].number is not None for row in table.rows)
            figures |= place > 0 and bool(texts) and all(FIGURES.fullmatch(text) for text in texts)
            # Beside a head stands the button of its filter.
            wide = max(4 + _wide(head), *(2 + _wide(text) for text in texts[:200]), 9)
            widths.append(min(WIDEST, wide))
            sheet.set_column(place, place, widths[-1])
            words, words_head = (self._words, self._words_head) if place else (self._text, self._head)
            sheet.write_string(0, place, head, self._figure_head if figures else words_head)
            for row, cells in enumerate(table.rows, 1):
                self._cell(sheet, row, place, cells[place], self._figures if figures else words)
        for row, cells in enumerate(table.rows, 1):
            _heighten(sheet, row, [(cell.text, width) for cell, width in zip(cells, widths, strict=True)])
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.heads) - 1)
        if table.note:
            sheet.write_string(len(table.rows) + 2, 0, table.note, self._plain)
        return str(sheet.get_name())

    def _cell(self, sheet: Any, row: int, place: int, cell: Cell, words: Any) -> None:
        if cell.number is None or cell.form is None:
            sheet.write_string(row, place, cell.text, words)
        else:
            sheet.write_number(row, place, cell.number, self._forms[cell.form])

    def _chart(self, chart: Chart) -> str:
        sheet = self._sheet(chart.title)
        name = sheet.get_name()
        form = self._forms[Form.SHARE if chart.percent else Form.HOURS]
        if chart.look is Look.HEAT:
            self._heat(sheet, chart)
            return str(name)
        scattered = chart.look is Look.FUNNEL
        series = chart.series[1:] if scattered else chart.series
        sheet.write_string(0, 0, chart.x_title, self._figure_head if scattered else self._head)
        sheet.set_column(0, 0, 12)
        for row, label in enumerate(chart.curve_x if scattered else chart.labels, 1):
            if isinstance(label, float):
                sheet.write_number(row, 0, label, self._forms[Form.COUNT])
            else:
                sheet.write_string(row, 0, label, self._text)
        for place, one in enumerate(series, 1):
            whole = one.role == "value" and is_whole(chart)
            sheet.set_column(place, place, max(12, 4 + _wide(one.name)))
            sheet.write_string(0, place, one.name, self._figure_head)
            for row, value in enumerate(one.values, 1):
                if value is not None and value == value:
                    sheet.write_number(row, place, value, self._forms[Form.COUNT] if whole else form)
        sheet.freeze_panes(1, 1)
        at = len(series) + 2
        match chart.look:
            case Look.FUNNEL:
                self._dots(sheet, chart, at)
                drawn = funnel(self._book, name, chart, at)
                at += 4
            case Look.BARS:
                drawn = bars(self._book, name, chart)
            case _:
                drawn = lines(self._book, name, chart)
        sheet.insert_chart(1, at, drawn)
        return str(name)

    def _dots(self, sheet: Any, chart: Chart, at: int) -> None:
        """Name, size and share of each dot of a funnel."""
        names = (self._texts.get("weekly.heads.station"), *chart.labels)
        sheet.set_column(at, at, 2 + max(_wide(name) for name in names))
        sheet.write_string(0, at, names[0], self._head)
        sheet.write_string(0, at + 1, chart.x_title, self._figure_head)
        sheet.write_string(0, at + 2, chart.y_title, self._figure_head)
        rows = zip(chart.labels, chart.x, chart.series[0].values, strict=True)
        for row, (label, size, value) in enumerate(rows, 1):
            sheet.write_string(row, at, label, self._text)
            sheet.write_number(row, at + 1, size, self._forms[Form.COUNT])
            if value is not None:
                sheet.write_number(row, at + 2, value, self._forms[Form.SHARE])

    def _heat(self, sheet: Any, chart: Chart) -> None:
        days = self._texts.get("weekly.by_hour.days").split(",")
        sheet.write_string(0, 0, chart.y_title, self._head)
        for hour in range(24):
            sheet.write_number(0, 1 + hour, hour, self._head)
        for day, label in enumerate(days, 1):
            sheet.write_string(day, 0, label, self._text)
            for hour in range(24):
                sheet.write_number(day, 1 + hour, chart.series[0].values[24 * (day - 1) + hour] or 0)
        sheet.conditional_format(
            1, 1, 7, 24, {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#2874B8"}
        )
        sheet.set_column(1, 24, 5)
        sheet.freeze_panes(1, 1)

    def _all(self, report: WeeklyReport) -> str:
        sheet = self._sheet(self._texts.get("weekly.xlsx.all"))
        for place, head in enumerate(("path", "value")):
            key = "weekly.xlsx.path" if head == "path" else "weekly.heads.value"
            sheet.write_string(0, place, self._texts.get(key), self._head)
        for row, (path, value) in enumerate(_flat(report.data(), ""), 1):
            sheet.write_string(row, 0, path)
            if isinstance(value, bool):
                sheet.write_boolean(row, 1, value)
            elif isinstance(value, int | float) and abs(value) < 2**53:
                sheet.write_number(row, 1, value)
            elif value is not None:
                sheet.write_string(row, 1, str(value))
        sheet.set_column(0, 0, 60)
        sheet.set_column(1, 1, WIDEST)
        sheet.freeze_panes(1, 0)
        return str(sheet.get_name())


def _flat(told: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(told, Mapping):
        for key, value in told.items():
            yield from _flat(value, f"{path}.{key}" if path else str(key))
    elif isinstance(told, list):
        for place, value in enumerate(told):
            yield from _flat(value, f"{path}.{place}")
    else:
        yield path, told


def _heighten(sheet: Any, row: int, cells: Sequence[tuple[str, int]]) -> None:
    """Make room for texts that take several lines of their columns' widths: no program does so by itself."""
    lines = max(-(-_wide(text) // max(1, width - 2)) for text, width in cells)
    if lines > 1:
        sheet.set_row(row, LINE * lines)


def _wide(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
