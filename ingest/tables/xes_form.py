"""Traces of an event log without their values: the same for trace after trace, and looked at once each.

A regular expression admits nothing that is not well-formed, and of that only attributes with a key and a
value, in events, in a trace.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from .xes_told import CASE, TraceForm

Seen = TypeVar("Seen")
Form = TypeVar("Form")

_CHAR = r'[^"<&\x00-\x1f\ud800-\udfff\ufffe\uffff]'
_BLANK = r"[ \t\r\n]*+"
_NO_VALUE = ' value=""'
_PLAIN_ATTRIBUTE = rf'<(?:string|date|int|boolean|id|float) key="{_CHAR}*+"{_NO_VALUE}{_BLANK}/>{_BLANK}'
_PLAIN_EVENT = rf"{_BLANK}<event>{_BLANK}((?:{_PLAIN_ATTRIBUTE})*+)"
_FIRST_EVENT = re.compile(rf"{_BLANK}<trace>{_BLANK}((?:{_PLAIN_ATTRIBUTE})*+){_PLAIN_EVENT}")
_NEXT_EVENT = re.compile(_PLAIN_EVENT)
_NAME = re.compile(r'<(\w+) key="([^"]*)"')
_FORMS, _REMEMBERED = 4_096, 16_384
"""Forms of events, and of traces, that are remembered, and the length of those."""
_EVENT_END = "</event>"


class _Remembered(dict[Seen, "Form | None"], Generic[Seen, Form]):
    """Forms by what is left of a text without its values; None stands for what only the parser can judge."""

    def __missing__(self, seen: Seen) -> Form | None:
        form, length = self._looked_at(seen)
        if len(self) >= _FORMS:
            self.clear()
        if length < _REMEMBERED:
            self[seen] = form
        return form

    @abstractmethod
    def _looked_at(self, seen: Seen) -> tuple[Form | None, int]:
        """The form, and the length of what was looked at."""


class _EventForm(NamedTuple):
    """An event, the first of its trace or another, without its values."""

    own: tuple[str, ...]
    """Names of the attributes of the trace, where it begins with this event."""
    names: tuple[str, ...]
    floats: tuple[int, ...]
    """Which of the values must be plain numbers."""


class _EventForms(_Remembered[tuple[str, bool], _EventForm]):
    """By the text of an event, and whether its trace begins with it."""

    def _looked_at(self, seen: tuple[str, bool]) -> tuple[_EventForm | None, int]:
        text, first = seen
        found = (_FIRST_EVENT if first else _NEXT_EVENT).fullmatch(text)
        if found is None:
            return None, len(text)
        *own, event = (_NAME.findall(part) for part in found.groups())
        of_trace = own[0] if own else []
        kinds = [kind for kind, _ in (*of_trace, *event)]
        form = _EventForm(
            tuple([name for _, name in of_trace]),
            tuple([name for _, name in event]),
            tuple([place for place, kind in enumerate(kinds) if kind == "float"]),
        )
        return form, len(text)


class TraceForms(_Remembered[str, TraceForm]):
    """By the text of a trace without its end. `admits` says whether an event may have attributes of these
    names."""

    def __init__(self, admits: Callable[[tuple[str, ...]], bool]) -> None:
        super().__init__()
        self._admits = admits
        self._events = _EventForms()

    def _looked_at(self, seen: str) -> tuple[TraceForm | None, int]:
        return self._form(seen), len(seen)

    def _form(self, text: str) -> TraceForm | None:
        *texts, rest = text.split(_EVENT_END)
        if not texts or rest.strip(" \t\r\n"):
            return None
        shared: tuple[str, ...] = ()
        own = place = 0
        events: list[tuple[tuple[str, ...], int, int]] = []
        floats: list[int] = []
        for event in texts:
            form = self._events[event, not events]
            if form is None:
                return None
            floats += [place + one for one in form.floats]
            if not events:
                shared, own = tuple([CASE + name for name in form.own]), len(form.own)
                place = own
            names = shared + form.names
            if not self._admits(names) or not self._admits(form.names):
                return None
            events.append((names, place, place + len(form.names)))
            place += len(form.names)
        return TraceForm(own, tuple(events), tuple(floats))
