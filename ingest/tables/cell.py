"""One cell as the file holds it: its value, and how much of an instant its number format claims."""

from __future__ import annotations

import datetime as dt
import unicodedata
from enum import StrEnum
from typing import NamedTuple


class Precision(StrEnum):
    """What the number format of a spreadsheet cell shows of a date. A midnight shown with hours is a
    moment."""

    MONTH = "month"
    DAY = "day"
    MOMENT = "moment"
    TIME = "time"


class ErrorCell(NamedTuple):
    """A spreadsheet error (`#N/A`), or a formula saved without its result (`uncalculated`)."""

    code: str


class LongCell(NamedTuple):
    """A cell over the limit: its length in characters and how it starts. Its row is refused."""

    length: int
    start: str


Value = (
    str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | ErrorCell | LongCell | None
)


class Cell(NamedTuple):
    """`value`: text as written (digits not folded, spaces kept), a number, a naive date, datetime or time,
    a `timedelta` for elapsed formats (`[h]:mm`) and clock formats from 24:00 on, or a marker.

    `precision` is set for dates and times alone. `datetime` is a `date` to Python: test for it first.
    """

    value: Value
    precision: Precision | None = None


EMPTY = Cell(None)
LONG_CELL_START = 100


def bounded_text(text: str, limit: int) -> Cell:
    """The text as a cell, or a marker where it is longer than any cell may be. Empty text is an empty
    cell."""
    if not text:
        return EMPTY
    if len(text) > limit:
        return Cell(LongCell(len(text), text[:LONG_CELL_START]))
    return Cell(text)


def is_blank(cell: Cell) -> bool:
    """True for nothing and for text of spaces alone (no-break and full-width ones too)."""
    value = cell.value
    return value is None or (isinstance(value, str) and not value.strip())


def fold_width(text: str) -> str:
    """The text with full-width digits, letters, signs and spaces in their usual width, other characters kept.

    Folding is by width alone (NFKC would also turn `①` into `1`, `㎏` into `kg` and `²` into `2`, which
    changes what a cell says). The no-break space becomes a space.
    """
    if text.isascii():
        return text
    folded = []
    for char in text:
        if unicodedata.decomposition(char).startswith(("<wide>", "<narrow>", "<noBreak> 0020")):
            folded.append(unicodedata.normalize("NFKC", char))
        else:
            folded.append(char)
    return "".join(folded)
