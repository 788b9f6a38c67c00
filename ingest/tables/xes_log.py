"""What a parser hears of an event log, put together as events."""

from __future__ import annotations

from xml.parsers import expat

from .fault import TableError
from .number import plain_number
from .xes_told import CASE, Fault, PlainTrace, Told

DEEPEST = 256
"""Attributes within attributes; no log has five."""

_SHAPES = 256
_OTHER, _FLOAT, _EVENT, _TRACE, _LOG_ELEMENT = range(5)
_KINDS = {"float": _FLOAT, "event": _EVENT, "trace": _TRACE, "log": _LOG_ELEMENT}

Pairs = list[tuple[str, str]]
"""Names and texts of attributes."""


def _told(pairs: Pairs) -> Told:
    names, texts = zip(*pairs, strict=True) if pairs else ((), ())
    return Told(names, texts)


class _Tags(dict[str, int]):
    """What an element is, by its name with any prefix."""

    def __missing__(self, tag: str) -> int:
        kind = _KINDS.get(tag.rpartition(":")[2], _OTHER)
        if len(self) < _SHAPES:
            self[tag] = kind
        return kind


class LogListener:
    """Hears a log. Events gather until their trace ends: its attributes may stand behind them."""

    def __init__(self, parser: expat.XMLParserType, file_name: str, columns: int) -> None:
        self._parser = parser
        self._file_name = file_name
        self._columns = columns
        self._ready: list[Told | Fault | PlainTrace] = []
        self._judged: dict[tuple[str, ...], Fault | None] = {}
        self._whole: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = {}
        """Names of a trace and of an event, both without a fault → all of them."""
        self.traces = 0
        """Traces that have ended."""
        self.between = False
        """Whether the trace that ended last stood in the log, and nothing was begun since."""
        self._listen()

    def taken(self) -> list[Told | Fault | PlainTrace]:
        """Events and plain traces that are whole, since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def admits(self, names: tuple[str, ...]) -> bool:
        """Whether an event may have attributes of these names: none twice, and not too many."""
        return self._fault(names) is None

    def plain_trace(self, trace: PlainTrace) -> None:
        """A trace that was known by its form."""
        self._ready.append(trace)

    def _listen(self) -> None:
        """Called for every element, so all that changes is held in closures."""
        parser = self._parser
        kinds = _Tags()
        place = _OTHER
        """The component at hand: log, trace or event."""
        level = 0
        """Elements open below it."""
        in_trace = False
        top: str | None = None
        pairs: Pairs = []
        of_trace = pairs
        waiting: list[Pairs] = []
        above: list[str | None] = []
        below: dict[str, str] = {}

        def begin(tag: str, attributes: list[str]) -> None:
            nonlocal place, level, in_trace, top, pairs, of_trace
            kind = kinds[tag]
            if level:
                if kind >= _EVENT:
                    raise self._misplaced(tag)
                nested(attributes)
            elif kind < _EVENT:
                level = 1
                top = None
                self.between = False
                if place == _LOG_ELEMENT:
                    return
                told = dict(zip(attributes[::2], attributes[1::2], strict=True))
                top, text = told.get("key"), told.get("value")
                if top is not None and text is not None:
                    pairs.append((top, plain_number(text) if kind == _FLOAT else text))
            elif kind == _EVENT and place in (_TRACE, _LOG_ELEMENT):
                place = _EVENT
                pairs = []
            elif kind == _TRACE and place == _LOG_ELEMENT:
                place = _TRACE
                in_trace = True
                pairs = of_trace = []
            elif kind == _LOG_ELEMENT and place == _OTHER:
                place = _LOG_ELEMENT
            else:
                raise self._misplaced(tag)

        def end(tag: str) -> None:
            nonlocal place, level, in_trace, pairs
            if level:
                level -= 1
                if level:
                    above.pop()
                elif below:
                    pairs.extend(below.items())
                    below.clear()
            elif place == _EVENT:
                if in_trace:
                    waiting.append(pairs)
                    place = _TRACE
                    pairs = of_trace
                else:
                    self._emit((), (), [_told(pairs)])
                    place = _LOG_ELEMENT
            elif place == _TRACE:
                self._emit(*_told(pairs), [_told(event) for event in waiting])
                waiting.clear()
                place = _LOG_ELEMENT
                in_trace = False
                self.traces += 1
                self.between = True
            else:
                place = _OTHER
                self.between = False

        def nested(attributes: list[str]) -> None:
            nonlocal level
            if level == DEEPEST:
                raise TableError("broken_xml", {"line": ""})
            if level == 1:
                above[:] = (top,)
            level += 1
            told = dict(zip(attributes[::2], attributes[1::2], strict=True))
            parent, name, text = above[-1], told.get("key"), told.get("value")
            path = parent if name is None or parent is None else f"{parent}/{name}"
            above.append(path)
            if path is None or text is None or len(below) > self._columns:
                return
            free, count = path, 1
            while free in below:
                count += 1
                free = f"{path}/{count}"
            below[free] = text

        def doctype(*_: object) -> None:
            raise TableError("xml_doctype", {"file": self._file_name})

        parser.ordered_attributes = True
        parser.StartElementHandler = begin
        parser.EndElementHandler = end
        parser.StartDoctypeDeclHandler = doctype

    def _emit(self, names: tuple[str, ...], texts: tuple[str, ...], events: list[Told]) -> None:
        """Events of one trace, with its attributes before theirs."""
        shared = tuple([CASE + name for name in names])
        broken = self._fault(shared)
        judged, whole = self._judged, self._whole
        ready = self._ready
        new = tuple.__new__
        for own, told in events:
            both = whole.get((shared, own))
            if both is not None:
                ready.append(new(Told, (both, texts + told)))
                continue
            fault = broken or (judged[own] if own in judged else self._fault(own))
            if fault is not None:
                ready.append(fault)
                continue
            both = shared + own
            if (judged[both] if both in judged else self._fault(both)) is None:
                if len(whole) >= _SHAPES:
                    whole.clear()
                whole[shared, own] = both
                ready.append(Told(both, texts + told))
            else:
                # an event that names an attribute of its trace says it anew; both together may be too many
                joined = dict(zip(shared, texts, strict=True)) | dict(zip(own, told, strict=True))
                ready.append(Told(tuple(joined), tuple(joined.values())))

    def _fault(self, names: tuple[str, ...]) -> Fault | None:
        judged = self._judged
        if names not in judged:
            if len(judged) >= _SHAPES:
                judged.clear()
            judged[names] = self._judge(names)
        return judged[names]

    def _judge(self, names: tuple[str, ...]) -> Fault | None:
        if len(set(names)) < len(names):
            return Fault("attribute_twice", {}, " · ".join(dict.fromkeys(names)))
        if len(names) > self._columns:
            params = {"columns": str(len(names)), "limit": str(self._columns)}
            return Fault("too_many_columns", params, " · ".join(names[:5]))
        return None

    def _misplaced(self, tag: str) -> TableError:
        return TableError("misplaced_element", {"line": "", "element": tag[:40]})
