"""What a person should look at in a case, and the rows of which files it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, element, span

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.case import FileRow, RefusedCell
    from dashboard.views.said import Said

WHOLE = 6
"""Rows shown at once; the others when asked for."""


def findings(found: Sequence[Said], speech: Speech, *, beside: bool = False) -> Node:
    """Neutral words with the numbers used; it judges nobody. `beside`: there are findings about its fines,
    which stand with them."""
    words = speech.words
    if not found:
        return element(
            "section",
            [
                element("h2", words.get("findings.none_in_records" if beside else "findings.none_title")),
                element("p", words.get("findings.none"), "fx-caption"),
            ],
            "fx-card fx-case-findings",
        )
    return element(
        "section",
        [
            element("h2", words.get("findings.title", n=len(found))),
            element("p", words.get("findings.about"), "fx-caption"),
            element("ul", [element("li", speech.say(one)) for one in found], "fx-findings"),
        ],
        "fx-card fx-case-findings",
    )


def files(rows: Sequence[FileRow], refused: Sequence[RefusedCell], speech: Speech) -> Node:
    """Rows by file, newest first, and the cells that were not taken."""
    words = speech.words
    brought = len({row.delivery_id for row in rows})
    parts: list[Node] = [
        element("h2", words.get("case.files.title", files=brought, rows=len(rows))),
        element("p", words.get("case.files.about"), "fx-caption"),
        _rows(rows[:WHOLE], speech),
    ]
    if len(rows) > WHOLE:
        more = element("summary", words.get("case.files.more", n=len(rows) - WHOLE))
        parts.append(element("details", [more, _rows(rows[WHOLE:], speech)], "fx-more"))
    if refused:
        parts.append(element("h3", words.get("case.files.refused_title", n=len(refused)), "fx-refused-title"))
        parts.append(_refused(refused, speech))
    return element("section", parts, "fx-card fx-case-files")


def place(sheet: str | None, row: int, speech: Speech) -> str:
    """Where in a file."""
    if sheet:
        return speech.words.get("case.files.sheet_row", sheet=sheet, row=row)
    return speech.words.get("case.files.row", row=row)


def table(heads: Sequence[str], rows: Sequence[Sequence[Node | str]], name: str = "") -> Node:
    """A plain table whose cells carry their heads, for the phone."""
    head = element("thead", element("tr", [element("th", text, scope="col") for text in heads]))
    body = [
        element(
            "tr",
            [element("td", cell, data_label=text) for text, cell in zip(heads, row, strict=True)],
        )
        for row in rows
    ]
    return element("table", [head, element("tbody", body)], f"fx-table fx-stacks {name}".strip())


def _rows(rows: Sequence[FileRow], speech: Speech) -> Node:
    words = speech.words
    heads = [words.get(f"case.files.{name}") for name in ("file", "place", "received", "told")]
    return table(
        heads,
        [
            [
                element("span", [row.file, element("small", speech.named(row.source_label, row.source))]),
                place(row.sheet, row.row, speech),
                speech.moment(row.received_at),
                words.get("case.joint").join(
                    words.find(f"activities.{one}") or one for one in row.activities
                ),
            ]
            for row in rows
        ],
    )


def _refused(cells: Sequence[RefusedCell], speech: Speech) -> Node:
    words = speech.words
    heads = [words.get(f"case.files.{name}") for name in ("file", "column", "value", "reason", "accepted")]
    rows: list[list[Node | str]] = []
    for cell in cells:
        why: list[Node | str] = [speech.reason(cell.reason, {**cell.params, "accepted": cell.accepted})]
        if cell.activity is not None:
            activity = words.find(f"activities.{cell.activity}") or cell.activity
            why.append(element("small", words.get("case.files.lost", activity=activity)))
        rows.append(
            [
                element("span", [cell.file, element("small", place(cell.sheet, cell.row, speech))]),
                cell.column or words.get("case.files.whole_row"),
                span(cell.value or "—", "fx-cell-value"),
                element("span", why),
                cell.accepted or "—",
            ]
        )
    return table(heads, rows, "fx-refused")
