"""Event logs in XES (IEEE 1849): one event after the other, its attributes as names and texts.

Attributes of the trace stand beside those of each of its events under `case:…` (`case:concept:name`), nested
ones behind the name of what they stand in (`parent/child`). A file with a DTD is refused whole: entities can
be declared there alone, and no log needs one.

Most traces are plain: attributes with a key and a value, in events, in a trace. Such a trace never reaches
the parser: without a whole element at the level of the log the rest is as well-formed as it was. It is known
by its form, what is left of it without its values: that is the same for trace after trace of a log and is
looked at once (`xes_form`). All else is read by expat.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from .delimited import RefusedRow
from .fault import RowFault, TableError
from .limits import DEFAULT, Limits
from .source import Source, source_of
from .xes_form import TraceForms
from .xes_log import LogListener
from .xes_told import Fault, PlainTrace, Told

_CHUNK = 512 * 1024
_LONGEST = 8 * 1024 * 1024
"""Characters in which a trace must end to be looked at as a plain one."""
_PROLOG = rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\s)*"
_LOG = re.compile(_PROLOG + rb"<(?:[\w.-]+:)?log[\s>/]", re.DOTALL)
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.-]+)[\"']")
_ENCODINGS = {
    **dict.fromkeys(("utf-8", "utf8", "ascii", "us-ascii"), "utf-8"),
    **dict.fromkeys(("gbk", "gb2312", "gb18030", "gb_2312-80", "cp936", "windows-936"), "gb18030"),
    "big5": "big5",
}
"""Encodings that are decoded here: UTF-8, and those that expat does not know. Others are left to it."""

_DIGITS = re.compile(r'[-+.0-9"]*+')
"""Floats that stand for themselves, a quote between two; one with an exponent is told anew."""
_END = "</trace>"


def is_xes(plain: bytes) -> bool:
    """Whether the start of a file, as ASCII, is that of an event log."""
    return _LOG.match(plain) is not None


def open_xes(path: Path, limits: Limits = DEFAULT) -> Iterator[tuple[int, dict[str, str] | RefusedRow]]:
    """Number (from 1, in the order of the file) and attributes of every event; raises as `read_events`."""
    for number, told in read_events(path, limits):
        yield number, dict(zip(*told, strict=True)) if isinstance(told, Told) else told


def read_events(path: Path, limits: Limits = DEFAULT) -> Iterator[tuple[int, Told | RefusedRow]]:
    """Number (from 1, in the order of the file) of every event, and what it tells.

    Raises `TableError`: `xml_doctype`, `broken_xml`, `misplaced_element` (what stood before it is good),
    `too_many_rows`.
    """
    for number, one in read_parts(path, limits):
        if isinstance(one, PlainTrace):
            yield from enumerate(one.told(), number)
        else:
            yield number, one


def read_parts(
    path: Path, limits: Limits = DEFAULT
) -> Iterator[tuple[int, Told | RefusedRow | PlainTrace]]:
    """The same, where the events of a plain trace come together, under the number of the first."""
    number = 1
    for found in _Reader(source_of(path, limits)).parts():
        for one in found:
            events = len(one.form.events) if isinstance(one, PlainTrace) else 1
            if number + events - 1 > limits.rows:
                if isinstance(one, PlainTrace):
                    yield from zip(range(number, limits.rows + 1), one.told(), strict=False)
                raise TableError("too_many_rows", {"limit": str(limits.rows)})
            if isinstance(one, Fault):
                fault = RowFault(one.code, {"row": str(number), **one.params})
                yield number, RefusedRow(fault, [one.start[:100]])
            else:
                yield number, one
            number += events


class _Reader:
    """A log being read: plain traces by their form, the rest by the parser."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rest = ""
        self._between = False
        """Whether what comes next stands between two traces, for certain."""
        self._skipped_lines = 0

    def parts(self) -> Iterator[list[Told | Fault | PlainTrace]]:
        """Events and plain traces, chunk by chunk of the file."""
        declared = _DECLARED.match(self._source.head().removeprefix(codecs.BOM_UTF8))
        named = "utf-8" if declared is None else declared[1].decode("ascii").lower()
        encoding = _ENCODINGS.get(named)
        if self._source.head().startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in self._source.head()[:4]:
            encoding = None
        decode = None if encoding is None else codecs.getincrementaldecoder(encoding)().decode
        self._parser = expat.ParserCreate(None if encoding is None else "utf-8")
        self._log = LogListener(self._parser, self._source.path.name, self._source.limits.columns)
        self._forms = TraceForms(self._log.admits)
        damage: Exception | None = None
        with self._source.open() as file:
            last = False
            while damage is None and not last:
                chunk = file.read(_CHUNK)
                last = not chunk
                try:
                    if decode is None:
                        self._parser.Parse(chunk, last)
                    else:
                        self._take(decode(chunk, last), last)
                except UnicodeDecodeError as error:
                    damage = self._up_to(error)
                except (expat.ExpatError, ValueError, LookupError, TableError) as error:
                    # no XML, not the encoding it says, one nobody knows; what was read before is good
                    damage = error
                yield self._log.taken()
        if damage is not None:
            raise self._named(damage) from damage

    def _up_to(self, error: UnicodeDecodeError) -> TableError:
        """Take what stands before bytes that are no text."""
        try:
            self._take(error.object[: error.start].decode(error.encoding), False)
        except (expat.ExpatError, TableError) as earlier:
            return self._named(earlier)
        line = self._parser.CurrentLineNumber + self._skipped_lines + self._rest.count("\n")
        return TableError("broken_xml", {"line": str(line)})

    def _named(self, damage: Exception) -> TableError:
        if isinstance(damage, TableError) and damage.params.get("line") != "":
            return damage
        line = damage.lineno if isinstance(damage, expat.ExpatError) else self._parser.CurrentLineNumber
        told = {"line": str(line + self._skipped_lines)}
        if isinstance(damage, TableError):
            return TableError(damage.code, {**damage.params, **told})
        return TableError("broken_xml", told)

    def _take(self, text: str, last: bool) -> None:
        """Text that follows what was taken before; what is no whole trace yet waits for more."""
        text = self._rest + text
        place = 0
        log = self._log
        while True:
            end = text.find(_END, place)
            if end < 0:
                break
            if self._between and self._plain(text[place:end]):
                self._skipped_lines += text.count("\n", place, end)
                place = end + len(_END)
                continue
            before = log.traces
            self._parser.Parse(text[place : end + len(_END)], False)
            place = end + len(_END)
            # the end of a trace may stand in a comment; told by the parser it is one
            self._between = log.traces > before and log.between
        self._rest = text[place:]
        if last or len(self._rest) > _LONGEST:
            self._parser.Parse(self._rest, last)
            self._rest, self._between = "", False

    def _plain(self, text: str) -> bool:
        """Take a trace that stands between two others, without its end; False where it is not a plain one."""
        parts = text.split('"')
        values = parts[3::4]
        parts[3::4] = [""] * len(values)
        form = self._forms['"'.join(parts)]
        if form is None:
            return False
        told = '"'.join(values)
        if not told.isprintable() or "<" in told or "&" in told:
            return False
        if form.floats and _DIGITS.fullmatch('"'.join([values[place] for place in form.floats])) is None:
            return False
        self._log.plain_trace(tuple.__new__(PlainTrace, (form, values)))
        return True
