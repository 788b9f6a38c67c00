"""Cells as files write them → numbers in stored units, codes, plates. Pure; every refusal says why.

Each maker returns a parser of one column: `Cell` → a JSON value, `Bad`, or None for blank.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from ingest.tables.cell import Cell, ErrorCell, LongCell, Precision, fold_width

from .refused import Bad

Parsed = str | int | bool | Bad | None
Parser = Callable[[Cell], Parsed]

LONGEST_TEXT = 500
"""A note longer than this is a pasted document, not a cell of a ledger."""

SCALES: dict[str, Decimal] = {
    "kg": Decimal(1),
    "t": Decimal(1000),
    "fen": Decimal(1),
    "yuan": Decimal(100),
    "wan_yuan": Decimal(1_000_000),
    "mm": Decimal(1),
    "cm": Decimal(10),
    "m": Decimal(1000),
    "percent": Decimal(100),
    "ratio": Decimal(10_000),
    "kmh": Decimal(1),
}
"""Stored units in one unit of the file: kg, fen (the currency's minor unit), mm, hundredths of a percent,
km/h."""

WORDS: dict[str, dict[str, str]] = {
    "mass": {
        **dict.fromkeys(("kg", "kgs", "千克", "公斤", "㎏"), "kg"),
        **dict.fromkeys(("t", "吨", "噸", "ton", "tons", "tonne", "tonnes"), "t"),
    },
    "money": {
        **dict.fromkeys(("元", "圆", "人民币元", "yuan", "rmb", "cny", "eur"), "yuan"),
        **dict.fromkeys(("万元", "万", "wan_yuan"), "wan_yuan"),
        **dict.fromkeys(("分", "fen"), "fen"),
    },
    "length": {
        **dict.fromkeys(("mm", "毫米"), "mm"),
        **dict.fromkeys(("cm", "厘米", "公分"), "cm"),
        **dict.fromkeys(("m", "米"), "m"),
    },
    "percent": {
        **dict.fromkeys(("%", "百分比", "percent"), "percent"),
        **dict.fromkeys(("小数", "比值", "ratio"), "ratio"),
    },
    "speed": dict.fromkeys(("km/h", "kmh", "公里/小时", "千米/小时", "公里/时"), "kmh"),
}
"""What heads, titles and cells call the units, in lower case."""

CEILINGS = {
    "mass": 200_000, "money": 10_000_000_000, "length": 100_000, "count": 1_000_000, "percent": 1_000_000,
    "speed": 250,
}  # fmt: skip
"""Where a page sets no `max`: 200 t, 100 million yuan, 100 m, a million, 10,000 %, 250 km/h."""

EXAMPLES = {
    "mass": "49300 · 49.3 t",
    "money": "500 · 500.00",
    "length": "12000",
    "percent": "12.5",
    "speed": "4",
}

_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?)\s*(\D*)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")

_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
PLATE = re.compile(
    rf"[{_PROVINCES}][A-Z][A-Z0-9]{{4}}[A-Z0-9挂学警港澳]"
    rf"|[{_PROVINCES}][A-Z][A-Z0-9]{{6}}"
    r"|使[A-Z0-9]{6}|[A-Z0-9]{6}使|WJ[A-Z0-9京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]{5,6}"
)
_PLATE_NOISE = re.compile(r"[\s.·•‧・\-—_]+")


def text_of(cell: Cell) -> str:
    """The cell as text: folded to usual width, outer spaces cut, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip() if value.isascii() else fold_width(value).strip()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, dt.date) and cell.precision is Precision.MONTH:
        # the day is not in the file, only its first stands in for it
        return f"{value:%Y-%m}"
    if isinstance(value, ErrorCell):
        return value.code
    if isinstance(value, LongCell):
        return value.start
    return str(value)


def text_parser(longest: int = LONGEST_TEXT) -> Parser:
    """Any text; what a spreadsheet shows as an error, a long code that it took for a number and cut to 15
    digits, and what is far too long, are refused."""
    accepted = f"≤ {longest}"

    def parse(cell: Cell) -> Parsed:
        if isinstance(cell.value, ErrorCell):
            return Bad("error_cell", accepted)
        if isinstance(cell.value, float) and abs(cell.value) >= 1e15:
            return Bad("digits_lost", accepted)
        text = text_of(cell)
        if not text:
            return None
        if "E+" in text and _SCIENTIFIC.fullmatch(text):
            return Bad("digits_lost", accepted)
        if text.startswith("#") and _SHEET_ERROR.fullmatch(text):
            return Bad("error_cell", accepted)
        if len(text) > longest or isinstance(cell.value, LongCell):
            return Bad("too_long", accepted)
        if not text.isprintable() and _CONTROL.search(text):
            return Bad("control_characters", accepted)
        return text

    return parse


_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+")
"""A long number as a spreadsheet shows it; the digits it does not show are not in a CSV made from it."""

_SHEET_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|#+)")
"""A spreadsheet's errors, which a CSV made from it holds as text."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd]")


def code_key(text: str) -> str:
    """How codes are compared: usual width, no spaces, lower case."""
    return re.sub(r"\s+", "", fold_width(text)).lower()


def code_parser(codes: Mapping[str, str]) -> Parser:
    """What the file writes → what is meant. A meaning itself is accepted too; anything else is refused."""
    meant = {code_key(meaning): meaning for meaning in codes.values()}
    meant.update((code_key(written), meaning) for written, meaning in codes.items())
    accepted = " · ".join(dict.fromkeys(codes))

    def parse(cell: Cell) -> Parsed:
        text = text_of(cell)
        if not text:
            return None
        found = meant.get(code_key(text))
        return Bad("unknown_code", accepted) if found is None else found

    return parse


def decimal_of(cell: Cell) -> tuple[Decimal, str] | Bad | None:
    """A number and the unit written behind it, exactly. Floats are taken to 9 decimals, which undoes binary
    noise (12.340000000000002) and is finer than any scale or currency."""
    value = cell.value
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta | ErrorCell | LongCell):
        return Bad("error_cell" if isinstance(value, ErrorCell) else "not_a_number", "")
    if value is None:
        return None
    if isinstance(value, int):
        return Decimal(value), ""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return Bad("not_a_number", "")
        return Decimal(repr(round(value, 9))), ""
    text = fold_width(value).strip().lstrip("¥￥").strip()
    if not text:
        return None
    if "," in text:
        if not (grouped := _GROUPED.match(text)):
            return Bad("not_a_number", "")
        text = grouped[0].replace(",", "") + text[grouped.end() :]
    if not (match := _NUMBER.fullmatch(text)) or len(match[1]) > 30:
        return Bad("not_a_number", "")
    try:
        return Decimal(match[1]), match[2].strip().lower()
    except InvalidOperation:
        return Bad("not_a_number", "")


def measure_parser(kind: str, unit: str | None, low: int | None = None, high: int | None = None) -> Parser:
    """Mass → kg, money → fen, length → mm, percent → hundredths of a percent, as integers.

    `unit` is that of the column; one written in the cell itself wins, because it says what stands there. With
    neither the cell is refused. Parts of a kilogram, millimetre or hundredth of a percent are rounded half to
    even, since no scale knows them; parts of a fen are refused, since money is exact.
    """
    words = WORDS[kind]
    low = 0 if low is None else low
    high = CEILINGS[kind] if high is None else high
    accepted = EXAMPLES[kind]

    def parse(cell: Cell) -> Parsed:
        found = decimal_of(cell)
        if found is None:
            return None
        if isinstance(found, Bad):
            return found._replace(accepted=accepted)
        number, written = found
        own = unit if not written else words.get(written)
        if own is None:
            return Bad("unit_unknown", " · ".join(words), (("unit", written),))
        scaled = number * SCALES[own]
        if scaled < 0 <= low:
            return Bad("negative", f"{low}–{high}")
        whole = scaled.to_integral_value(ROUND_HALF_EVEN)
        if kind == "money" and whole != scaled:
            return Bad("part_of_a_fen", accepted)
        return bounded(int(whole), low, high)

    return parse


MOST_VALUES = 40
"""More axles than any vehicle has."""


def several_parser(single: Parser) -> Callable[[Cell], list[int] | Bad | None]:
    """Several measures in one cell, in their order: `6200,11000,11100`, also as a list of JSON. One bad value
    refuses the cell, since a list with a gap would say another axle."""

    def parse(cell: Cell) -> list[int] | Bad | None:
        text = text_of(cell).strip("[]").strip()
        if not text:
            return None
        parts = _BETWEEN.split(text)
        if len(parts) > MOST_VALUES:
            return Bad("too_long", f"≤ {MOST_VALUES}")
        values = [single(Cell(part)) for part in parts]
        bad = next((value for value in values if isinstance(value, Bad)), None)
        if bad is not None:
            return bad
        numbers = [value for value in values if isinstance(value, int)]
        return numbers if len(numbers) == len(parts) else Bad("not_a_number", "6200,11000")

    return parse


_BETWEEN = re.compile(r"\s*[,;|/、]\s*")


def count_parser(low: int | None = None, high: int | None = None) -> Parser:
    """A whole number such as axles or points; 6.0 is 6, and a counter word behind it is let pass (6轴)."""
    low = 0 if low is None else low
    high = CEILINGS["count"] if high is None else high

    def parse(cell: Cell) -> Parsed:
        found = decimal_of(cell)
        if found is None:
            return None
        if isinstance(found, Bad):
            return found._replace(accepted=f"{low}–{high}")
        number, written = found
        if number != number.to_integral_value() or written not in _COUNTERS:
            return Bad("not_a_whole_number", f"{low}–{high}")
        return bounded(int(number), low, high)

    return parse


_COUNTERS = frozenset({"", "轴", "分", "次", "人", "辆", "个", "axles", "points"})


def bounded(value: int, low: int, high: int) -> int | Bad:
    """The value, or why it is absurd."""
    if value < low:
        return Bad("negative" if value < 0 <= low else "too_small", f"{low}–{high}")
    return Bad("too_large", f"{low}–{high}") if value > high else value


def plate_of(text: str) -> tuple[str, bool]:
    """A plate without spaces, dots and full-width letters, and whether it has the form of one.

    A text that is no plate (无牌车, a part of one) is kept as it stands, because the vehicle was there all
    the same: the event lands and says `plate_unread`.
    """
    folded = fold_width(text).strip()
    plate = _PLATE_NOISE.sub("", folded).upper()
    if PLATE.fullmatch(plate):
        return plate, True
    return folded, False


def plate_parser() -> Parser:
    """The plate alone; whether it was read is asked of `plate_of` again where the event is put together."""
    plain = text_parser(40)

    def parse(cell: Cell) -> Parsed:
        text = plain(cell)
        return plate_of(text)[0] if isinstance(text, str) else text

    return parse
