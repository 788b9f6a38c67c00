"""What stands in a column: how many of its cells are times, plates, numbers, stations; and samples of it with
everything personal covered. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.tables.cell import Cell
from monitor.cases.plate import masked_plate

from .guess_sheet import text_of_seen
from .page import UNITS_OF, Column
from .place import StationDirectory
from .refused import Bad
from .times import parse_clock, read_time
from .values import WORDS, code_key, decimal_of, plate_of

if TYPE_CHECKING:
    from .guess_words import Vocabulary

MEASURES = tuple(UNITS_OF)
"""Kinds of columns that need a unit."""
SAMPLES = 3
FEW = 12
"""A column of texts with more different ones than this may hold names; it is covered until told otherwise."""

_ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")
_PHONE = re.compile(r"(?<![\dA-Za-z])(?:(?:\+?86[- ]?)?1\d{10}|0\d{2,3}[- ]\d{7,8})(?!\d)")
_PLATE_INSIDE = re.compile(r"[\u4e00-\u9fff][A-Za-z][·. -]?[A-Za-z0-9]{4,5}[A-Za-z0-9挂学警港澳]")
_LONG_DIGITS = re.compile(r"\d{11,}[\dXx]?")
_HAN = re.compile(r"[\u4e00-\u9fff·]{2,}")


@dataclass(frozen=True)
class Shape:
    """Shares of the filled cells, 0 to 1."""

    cells: tuple[Cell, ...]
    texts: tuple[str, ...]
    """Distinct texts, most frequent first."""
    moments: float
    clocks: float
    midnights: bool
    """Every time is a local midnight: the source knows days."""
    numbers: float
    plates: float
    stations: float
    personal: float
    """ID numbers and phones."""

    @property
    def distinct(self) -> int:
        return len(self.texts)

    def share(self, column: Column, words: Vocabulary, *, named_only: bool = False) -> float:
        """The share of cells that a column of this kind could take."""
        if not self.cells:
            return 1.0
        match column.kind:
            case "count" | "mass" | "money" | "length" | "percent" | "speed":
                return self.numbers
            case "datetime" | "date":
                return self.moments
            case "time":
                return self.clocks
            case "plate":
                # a column headed as plates that holds 无牌车 throughout is still one
                return max(self.plates, 1.0 if self.numbers < 0.5 and not self.moments else 0.0)
            case "plate_colour":
                known = words.codes.of("plate_colours")
                coloured = _share_in(self.texts, known)
                return coloured if named_only else max(coloured, self.numbers)
            case "code":
                share = _share_in(self.texts, words.codes.of(column.codes or {}))
                return share if named_only else (1.0 if share > 0 else 0.0)
        return 1.0

    def unknown(self, column: Column, words: Vocabulary) -> list[str]:
        """Texts that the column's codes do not know: they would be refused."""
        if column.kind == "plate_colour":
            known = {**words.codes.of("plate_colours"), **words.codes.of(column.codes or {})}
        elif column.kind == "code":
            known = dict(words.codes.of(column.codes or {}))
        else:
            return []
        taken = {code_key(one) for one in (*known, *known.values())}
        return [text for text in self.texts if code_key(text) not in taken]

    @property
    def units(self) -> bool:
        """Whether every cell writes its own unit."""
        read = [decimal_of(cell) for cell in self.cells]
        written = [one[1] for one in read if isinstance(one, tuple) and not isinstance(one, Bad)]
        return bool(written) and all(any(unit in one for one in WORDS.values()) for unit in written)


def shape_of(cells: Sequence[Cell], stations: StationDirectory) -> Shape:
    """What the filled cells of a column are."""
    texts = Counter(text for cell in cells if (text := text_of_seen(cell)))
    read = [read_time(cell, serial=False) for cell in cells]
    days = [one for one in read if isinstance(one, dt.date)]
    hours = [one for one in days if isinstance(one, dt.datetime)]
    n = max(len(cells), 1)
    clocks = sum(
        isinstance(parse_clock(cell), dt.time) and not isinstance(one, dt.date)
        for cell, one in zip(cells, read, strict=True)
    )
    return Shape(
        tuple(cells),
        tuple(text for text, _ in texts.most_common()),
        len(days) / n,
        clocks / n,
        bool(hours) and len(hours) == len(days) and all(one.time() == dt.time(0) for one in hours),
        sum(isinstance(one := decimal_of(cell), tuple) and not isinstance(one, Bad) for cell in cells) / n,
        sum(count for text, count in texts.items() if plate_of(text)[1]) / n,
        sum(count for text, count in texts.items() if not isinstance(stations.find(text), Bad)) / n,
        sum(count for text, count in texts.items() if _ID_NUMBER.fullmatch(text) or _PHONE.fullmatch(text))
        / n,
    )


def _share_in(texts: Sequence[str], codes: object) -> float:
    assert isinstance(codes, dict)
    known = {code_key(one) for one in (*codes, *codes.values())}
    return sum(code_key(text) in known for text in texts) / max(len(texts), 1)


def samples(shape: Shape, *, personal: bool, known: bool) -> list[str]:
    """A few different cells as a person may see them. `personal`: the column holds names, IDs or phones;
    `known`: its meaning says that it does not. What is neither is covered where it could be names."""
    return [
        covered(text, personal=personal, doubtful=not known and len(shape.texts) > FEW)
        for text in shape.texts[:SAMPLES]
    ]


def covered(text: str, *, personal: bool = False, doubtful: bool = False) -> str:
    """A cell with plates, IDs, phones and, where asked, words covered."""
    if personal:
        return text[:1] + "**"
    plate, read = plate_of(text)
    if read:
        return masked_plate(plate) or ""
    shown = _PLATE_INSIDE.sub(lambda found: found[0][:2] + "**" + found[0][-2:], text)
    shown = _PHONE.sub(lambda found: found[0][:3] + "**" + found[0][-2:], shown)
    if _ID_NUMBER.fullmatch(shown):
        return shown[:6] + "**" + shown[-2:]
    if doubtful:
        shown = _LONG_DIGITS.sub(lambda found: found[0][:3] + "**", shown)
        shown = _HAN.sub(lambda found: found[0][:1] + "**", shown)
    return shown[:40]
