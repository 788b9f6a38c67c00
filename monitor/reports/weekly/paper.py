"""The report in words: headings, sentences, tables and charts in their order, the same for every format.

A format writes what stands here and works nothing out, so that all of them say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What the number of a cell is."""

    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    YUAN = "yuan"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its words, and the number they were made from, where they are one number (a share as a
    fraction, money in yuan)."""

    text: str
    number: float | None = None
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1, 2 or 3 with its number (一、 （一） 1.)."""

    level: int
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; `strong` is what should be read first, `note` what may be read last."""

    text: str
    strong: bool = False
    note: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `key` names it in every format. `filter`: long enough that one looks something up in it."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    filter: bool = False


class Look(StrEnum):
    """How a chart is drawn."""

    LINES = "lines"
    BARS = "bars"
    FUNNEL = "funnel"
    HEAT = "heat"


@dataclass(frozen=True, slots=True)
class Series:
    """Values in the order of the chart's labels; None where there is none. `role` says what they are:
    value, centre, low, high, target, or a bar of its own."""

    name: str
    role: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data. LINES and BARS: values by label. FUNNEL: shares (`value`) over sizes (`x`), with the
    limits over `curve_x`. HEAT: 168 hours of the week. `percent`: values are shares."""

    key: str
    look: Look
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    x: tuple[float, ...] = ()
    curve_x: tuple[float, ...] = ()
    x_title: str = ""
    y_title: str = ""
    percent: bool = False


Block = Heading | Para | Table | Chart


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole report in one language. `about` stands below the title, `foot` at the end of each page."""

    language: str
    title: str
    subtitle: str
    about: tuple[str, ...]
    blocks: tuple[Block, ...]
    foot: str
    digest: str
    file_name: str


_TENS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 to 99 in Chinese numerals, as documents number their parts."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _TENS[ones]
    return ("" if tens == 1 else _TENS[tens]) + "十" + (_TENS[ones] if ones else "")


class Numbering:
    """Numbers headings as GB/T 9704 does in Chinese (一、 （一） 1.), by decimals in English."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._at = [0, 0, 0]

    def heading(self, level: int, text: str) -> Heading:
        """The next heading of a level."""
        self._at[level - 1] += 1
        self._at[level:] = [0] * (3 - level)
        if self._language != "zh":
            return Heading(level, ".".join(str(one) for one in self._at[:level]) + " ", text)
        told = (f"{chinese(self._at[0])}、", f"（{chinese(self._at[1])}）", f"{self._at[2]}.")
        return Heading(level, told[level - 1], text)


def rows(found: Sequence[Sequence[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of a table."""
    return tuple(tuple(row) for row in found)
