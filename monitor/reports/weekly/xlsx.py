"""The report as a workbook: a contents sheet, a sheet for each table with frozen heads, native charts, and
every figure of the frame."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.reports.weekly.frame import WeeklyReport
from monitor.reports.weekly.paper import Cell, Chart, Form, Heading, Look, Paper, Para, Table
from monitor.settings.texts import Texts

FORMATS = {
    Form.COUNT: "#,##0", Form.SHARE: "0.0%", Form.HOURS: "#,##0.0", Form.YUAN: "#,##0.00",
}  # fmt: skip
FONT = {"zh": "宋体", "en": "Calibri"}


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
        base = {"font_name": FONT[paper.language], "font_size": 11, "valign": "top"}
        self._text = book.add_format({**base, "text_wrap": True})
        self._bold = book.add_format({**base, "bold": True})
        self._title = book.add_format({**base, "bold": True, "font_size": 18})
        self._head = book.add_format(
            {**base, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#EDF1F4"}
        )
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
        contents.write_string(0, 0, self._paper.title, self._title)
        contents.write_string(1, 0, self._paper.subtitle, self._bold)
        row = 2
        for line in (*self._paper.about, self._paper.foot):
            contents.write_string(row, 0, line, self._bold if line == self._paper.about[0] else None)
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
            row += 1
        contents.activate()

    def _sheet(self, wanted: str) -> Any:
        """A sheet under a name that Excel takes: 31 characters, none of []:*?/\\, each once."""
        plain = "".join("·" if letter in "[]:*?/\\'" else letter for letter in wanted).strip()[:31]
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
        for place, head in enumerate(table.heads):
            sheet.write_string(0, place, head, self._head)
        for row, cells in enumerate(table.rows, 1):
            for place, cell in enumerate(cells):
                self._cell(sheet, row, place, cell)
        for place in range(len(table.heads)):
            texts = [table.heads[place], *(row[place].text for row in table.rows[:200])]
            sheet.set_column(place, place, min(60, max(9, 2 + max(_wide(text) for text in texts))))
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.heads) - 1)
        if table.note:
            sheet.write_string(len(table.rows) + 2, 0, table.note)
        return str(sheet.get_name())

    def _cell(self, sheet: Any, row: int, place: int, cell: Cell) -> None:
        if cell.number is None or cell.form is None:
            sheet.write_string(row, place, cell.text, self._text)
        else:
            sheet.write_number(row, place, cell.number, self._forms[cell.form])

    def _chart(self, chart: Chart) -> str:
        sheet = self._sheet(chart.title)
        name = sheet.get_name()
        form = self._forms[Form.SHARE if chart.percent else Form.HOURS]
        if chart.look is Look.HEAT:
            self._heat(sheet, chart)
            return str(name)
        funnel = chart.look is Look.FUNNEL
        labels = chart.labels if not funnel else tuple(f"{size:g}" for size in chart.curve_x)
        heads = [self._texts.get("weekly.heads.figure") if not funnel else chart.x_title]
        for place, head in enumerate(
            [*heads, *(one.name for one in (chart.series[1:] if funnel else chart.series))]
        ):
            sheet.write_string(0, place, head, self._head)
        for row, label in enumerate(labels, 1):
            if funnel:
                sheet.write_number(row, 0, float(label))
            else:
                sheet.write_string(row, 0, label, self._text)
        for place, one in enumerate(chart.series[1:] if funnel else chart.series, 1):
            for row, value in enumerate(one.values, 1):
                if value is not None and value == value:
                    sheet.write_number(row, place, value, form)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(chart.series), 14)
        drawn = self._funnel(sheet, chart) if funnel else self._drawn(name, chart)
        drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
        axis = {"name": chart.y_title, "num_format": "0%" if chart.percent else "0.0"}
        if chart.look is Look.BARS:
            drawn.set_x_axis(axis | {"max": 1})
            drawn.set_y_axis({"reverse": True})
        else:
            drawn.set_y_axis(axis | ({"max": 1} if chart.percent else {"min": 0}))
        drawn.set_legend({"position": "bottom"})
        drawn.set_size({"width": 860, "height": 400})
        sheet.insert_chart(1, len(chart.series) + 5, drawn)
        return str(name)

    def _drawn(self, name: str, chart: Chart) -> Any:
        bars = chart.look is Look.BARS
        drawn = self._book.add_chart(
            {"type": "bar", "subtype": "percent_stacked"} if bars else {"type": "line"}
        )
        for place, _one in enumerate(chart.series, 1):
            drawn.add_series(
                {
                    "name": [name, 0, place],
                    "categories": [name, 1, 0, len(chart.labels), 0],
                    "values": [name, 1, place, len(chart.labels), place],
                    **({} if bars else {"marker": {"type": "circle" if place == 1 else "none", "size": 5}}),
                }
            )
        return drawn

    def _funnel(self, sheet: Any, chart: Chart) -> Any:
        name, at = sheet.get_name(), len(chart.series) + 1
        heads = (self._texts.get("weekly.heads.station"), chart.x_title, chart.y_title)
        for place, head in enumerate(heads):
            sheet.write_string(0, at + place, head, self._head)
        rows = list(zip(chart.labels, chart.x, chart.series[0].values, strict=True))
        for row, (label, size, value) in enumerate(rows, 1):
            sheet.write_string(row, at, label, self._text)
            sheet.write_number(row, at + 1, size)
            if value is not None:
                sheet.write_number(row, at + 2, value, self._forms[Form.SHARE])
        drawn = self._book.add_chart({"type": "scatter", "subtype": "straight"})
        for place, _one in enumerate(chart.series[1:], 1):
            drawn.add_series(
                {
                    "name": [name, 0, place],
                    "categories": [name, 1, 0, len(chart.curve_x), 0],
                    "values": [name, 1, place, len(chart.curve_x), place],
                    "marker": {"type": "none"},
                }
            )
        drawn.add_series(
            {
                "name": chart.series[0].name,
                "categories": [name, 1, at + 1, len(rows), at + 1],
                "values": [name, 1, at + 2, len(rows), at + 2],
                "marker": {"type": "circle", "size": 7},
                "line": {"none": True},
                "data_labels": {"custom": [{"value": label} for label, _, _ in rows], "value": True},
            }
        )
        drawn.set_x_axis({"name": chart.x_title, "min": 0})
        return drawn

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
        sheet.set_column(1, 1, 40)
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


def _wide(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
