"""What a spreadsheet's number format says about the number under it, and the instant a serial number means.

A date in a spreadsheet is a count of days; only the format tells a day from a midnight, and a weight from a
date.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum

from .cell import Cell, ErrorCell, Precision


class Shows(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    MONTH = "month"
    DAY = "day"
    MOMENT = "moment"
    TIME = "time"
    ELAPSED = "elapsed"


# ECMA-376 part 1, 18.8.30: formats known by number alone. 27–36 and 50–58 depend on the language and are
# given # as Chinese Excel and WPS show them; the file does not spell them out.
_BUILT_IN: dict[int, Shows] = {
    **dict.fromkeys((14, 15, 16, 28, 29, 30, 31, 51, 53, 54, 58), Shows.DAY),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), Shows.MONTH),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), Shows.TIME),
    22: Shows.MOMENT,
    46: Shows.ELAPSED,
    49: Shows.TEXT,
}

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKET = re.compile(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_HALVES = re.compile(r"am/pm|a/p|上午/下午", re.IGNORECASE)
_GENERAL = re.compile(r"g/通用格式|general", re.IGNORECASE)


def shows(format_id: int, code: str | None) -> Shows:
    """What cells of this format show. `code` is the format's text where the file gives one."""
    spelled = Shows.NUMBER if code is None else _shows_code(code)
    # a file may spell out a language-bound format as General; it is still shown as a date
    return _BUILT_IN.get(format_id, Shows.NUMBER) if spelled is Shows.NUMBER else spelled


def _shows_code(code: str) -> Shows:
    bare = _BRACKET.sub("", _LITERAL.sub("", code)).split(";")[0]
    if bare.strip() == "@":
        return Shows.TEXT
    if _ELAPSED.search(bare):
        return Shows.ELAPSED
    bare = _GENERAL.sub("", bare)
    letters = set(_HALVES.sub("", bare).lower())
    clock = bool(letters & set("hs")) or bool(_HALVES.search(bare))
    if letters & set("0#?") and not letters & set("yd") and not clock:
        return Shows.NUMBER
    # e and g write the year in Chinese and Japanese formats, aaa the weekday
    day = bool(letters & set("da"))
    if day or letters & set("yeg"):
        if clock:
            return Shows.MOMENT
        return Shows.DAY if day else Shows.MONTH
    if clock:
        return Shows.TIME
    return Shows.MONTH if "m" in letters else Shows.NUMBER


_DAY_MS = 86_400_000
# naive on purpose: a workbook names no zone, mapping gives it the source's
_EPOCH_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001
_EPOCH_1900_BEFORE_MARCH = dt.datetime(1899, 12, 31)  # noqa: DTZ001
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_1900 = 2_958_466


def cell_of_number(number: float, shown: Shows, from_1904: bool) -> Cell:
    """The number as the cell its format makes of it.

    Instants are rounded to the millisecond, which undoes the floating point of a day count and no more.
    A serial that is no date in its calendar (negative, after 9999, the 29 February 1900 that never was) is an
    error cell, as a person sees `####` there.
    """
    if shown is Shows.NUMBER or shown is Shows.TEXT:
        return Cell(int(number) if number.is_integer() and abs(number) < 1e15 else number)
    if shown is Shows.ELAPSED or (shown is Shows.TIME and 0 <= number < 1):
        span = dt.timedelta(milliseconds=round(number * _DAY_MS))
        if 0 <= number < 1 and span.days == 0:
            return Cell((_EPOCH_1904 + span).time(), Precision.TIME)
        return Cell(span, Precision.TIME)
    moment = _moment(number, from_1904)
    if moment is None:
        return Cell(ErrorCell("####"))
    if shown is Shows.DAY:
        return Cell(moment.date(), Precision.DAY)
    if shown is Shows.MONTH:
        return Cell(moment.date(), Precision.MONTH)
    # a clock format over a whole date and time hides the day, but the day is in the file
    return Cell(moment, Precision.MOMENT)


def _moment(number: float, from_1904: bool) -> dt.datetime | None:
    if not 0 <= number < _LAST_1900:
        return None
    span = dt.timedelta(milliseconds=round(number * _DAY_MS))
    if from_1904:
        # the last serials of the 1904 calendar would pass the year 9999
        return None if number >= _LAST_1900 - 1462 else _EPOCH_1904 + span
    if 60 <= number < 61:
        return None
    return (_EPOCH_1900_BEFORE_MARCH if number < 60 else _EPOCH_1900) + span
