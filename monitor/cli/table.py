"""Short tables on a terminal, lined up for Chinese and Latin text alike, and CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import typer

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def show(heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: Sequence[int] = ()) -> None:
    """Print a table; the columns whose positions are in `numbers` stand to the right."""
    from rich.cells import cell_len

    texts = [tuple(heads), *(tuple("" if cell is None else str(cell) for cell in row) for row in rows)]
    widths = [max(cell_len(row[column]) for row in texts) for column in range(len(heads))]
    for row in texts:
        cells = []
        for column, text in enumerate(row):
            gap = " " * (widths[column] - cell_len(text))
            cells.append(gap + text if column in numbers else text + gap)
        typer.echo("  ".join(cells).rstrip())


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV whose cells a spreadsheet takes for text, never for a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    return written.getvalue()


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
