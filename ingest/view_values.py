"""What a database hands over, as the pages read it, and the watermark by which a view is read on.

Nothing is made up: a date stays a date and gets no hour, a time without a zone gets that of the page where
it is read, and digits of a decimal are those of the database.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from monitor.settings.views import DatabaseView

Plain = str | int | float | bool | None
Value = dt.datetime | dt.date | int | float | Decimal | str
"""A watermark as the database's driver gives and takes it."""

BEGINNING = {"time": "1970-01-01 00:00:00", "number": "0", "text": ""}
PACKED = "%Y%m%d%H%M%S"


def plain(value: Any) -> Plain:
    """A value of a driver as a cell that every page can read."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        # NUMBER(1) is the code 1; 500.00 stays as the database writes it, as an export of it would.
        whole = value.is_finite() and value.as_tuple().exponent == 0
        return int(value) if whole else format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        return _text_of_bytes(bytes(value))
    if isinstance(value, dict | list):
        return orjson.dumps(value, default=str).decode()
    return str(value)


def as_texts(told: Sequence[Plain]) -> tuple[str, ...] | None:
    """A row as an export would write it; None where a value has more than one way to be written."""
    texts: list[str] = []
    for value in told:
        if type(value) is str:
            texts.append(value)
        elif value is None:
            texts.append("")
        elif type(value) is int:
            texts.append(str(value))
        else:
            return None
    return tuple(texts)


def _text_of_bytes(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.hex()
    return text if text.isprintable() else raw.hex()


def kind_of(value: Any) -> str:
    """What sort of value stands in a column; another one than before is a change of the view."""
    for kind, types in _KINDS:
        if isinstance(value, types):
            return kind
    return type(value).__name__


_KINDS: tuple[tuple[str, Any], ...] = (
    ("boolean", bool), ("number", int | float | Decimal), ("text", str), ("time", dt.datetime),
    ("date", dt.date), ("clock", dt.time | dt.timedelta), ("bytes", bytes | bytearray | memoryview),
)  # fmt: skip


class NotAWatermark(ValueError):
    """A value that cannot be one of this kind."""


class Order(NamedTuple):
    """The watermark of a view: how its values compare and go back."""

    view: DatabaseView
    zone: ZoneInfo
    """Of times that name none."""

    def key(self, value: Any) -> Any:
        """What values are compared by. Raises NotAWatermark."""
        kind = self.view.watermark_kind
        if kind == "time":
            return self._moment(value)
        if kind == "number" and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return value
        if kind == "text" and isinstance(value, str):
            return value
        raise NotAWatermark(kind_of(value))

    def beginning(self, is_text: bool) -> Value:
        """What the first poll asks from. `is_text`: this database keeps times as text."""
        told = self.view.start if self.view.start is not None else BEGINNING[self.view.watermark_kind]
        if self.view.watermark_kind == "number":
            return int(told)
        if self.view.watermark_kind == "text" or is_text:
            return told
        return dt.datetime.fromisoformat(told)

    def latest(self, now: int, is_text: bool) -> Value:
        """What asks for nothing but the columns, and costs a database with an index no more than that."""
        if self.view.watermark_kind != "time":
            return self.beginning(is_text)
        local = dt.datetime.fromtimestamp(now // 1_000_000, self.zone).replace(tzinfo=None)
        return local.isoformat(" ") if is_text else local

    def lowered(self, value: Value) -> Value:
        """The value less the overlap, in the form it has in the database."""
        if isinstance(value, int | float | Decimal):
            return value - self.view.overlap_number
        if self.view.watermark_kind == "text":
            return value
        overlap = self.view.overlap_time
        if isinstance(value, dt.datetime):
            return value - overlap
        if isinstance(value, dt.date):
            return value - dt.timedelta(days=-(-overlap // dt.timedelta(days=1)))
        return _alike(value, _read(value) - overlap)

    def capped(self, value: Value, now: int) -> Value:
        """The value, but no time later than now: one row from the future must not hide all that follow."""
        if self.view.watermark_kind != "time" or isinstance(value, int | float | Decimal):
            return value
        present = dt.datetime.fromtimestamp(now // 1_000_000, dt.UTC)
        if self._moment(value) <= present:
            return value
        local = present.astimezone(self.zone).replace(tzinfo=None)
        if isinstance(value, dt.datetime):
            return present.astimezone(value.tzinfo) if value.tzinfo else local
        if isinstance(value, dt.date):
            return local.date()
        written = _read(value)
        return _alike(value, present.astimezone(written.tzinfo) if written.tzinfo else local)

    def _moment(self, value: Any) -> dt.datetime:
        if isinstance(value, str):
            value = _read(value)
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            value = dt.datetime.combine(value, dt.time())
        if not isinstance(value, dt.datetime):
            raise NotAWatermark(kind_of(value))
        aware: dt.datetime = value.replace(tzinfo=self.zone) if value.tzinfo is None else value
        return aware


def _read(text: str) -> dt.datetime:
    """A time written so that its text sorts as the times do."""
    try:
        return dt.datetime.strptime(text, PACKED) if _is_packed(text) else dt.datetime.fromisoformat(text)  # noqa: DTZ007
    except ValueError:
        raise NotAWatermark("text") from None


def _is_packed(text: str) -> bool:
    return len(text) == 14 and text.isdigit()


def _alike(like: str, moment: dt.datetime) -> str:
    """A moment in the form of another, because they are compared as texts."""
    if _is_packed(like):
        return moment.strftime(PACKED)
    if len(like) == 10:
        return moment.date().isoformat()
    found = re.fullmatch(r".{10}(.)\d\d:?\d\d(:?\d\d)?([.,]\d+)?(Z|[+-][\d:]+)?", like)
    if found is None:
        raise NotAWatermark("text")
    separator, seconds, fraction, offset = found.groups()
    text = moment.strftime("%Y-%m-%d") + separator + moment.strftime("%H:%M:%S" if seconds else "%H:%M")
    if fraction:
        text += fraction[0] + f"{moment.microsecond:06d}".ljust(len(fraction) - 1, "0")[: len(fraction) - 1]
    if offset == "Z":
        return text + "Z"
    if offset:
        written = moment.strftime("%z")
        text += written if ":" not in offset else f"{written[:3]}:{written[3:]}"
    return text


def as_told(value: Value) -> tuple[str, str]:
    """A watermark as it is kept: its kind and its text."""
    if isinstance(value, dt.datetime):
        return "datetime", value.isoformat()
    if isinstance(value, dt.date):
        return "date", value.isoformat()
    return type(value).__name__, str(value)


def from_told(told: tuple[str, str]) -> Value:
    """A watermark as it was kept, to be given back to the database."""
    kind, text = told
    made: dict[str, Any] = {
        "datetime": dt.datetime.fromisoformat, "date": dt.date.fromisoformat, "int": int, "float": float,
        "Decimal": Decimal, "str": str,
    }  # fmt: skip
    value: Value = made[kind](text)
    return value
