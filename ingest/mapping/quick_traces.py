"""The quick way for whole traces of an event log, of forms that were met before.

What a trace tells is taken from its values where its form says they stand; an event is put together only
where its cells, but for case number and time, or its time were not met before.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from ingest.tables.xes_told import PlainTrace, TraceForm

from .batch import Landed
from .objects import ObjectMapper
from .quick import Told, plain

PLANS = 16_384
"""Events of forms for which it is remembered where to look."""

MET = 65_536
"""Sets of cells, and times, that are remembered before the memory starts anew."""

LONGEST = 1_000
"""Events of a trace that goes this way: as many as come together whatever a batch holds already."""

Instant = tuple[int, int | None]


class _Names(NamedTuple):
    """What events of the same names told before."""

    told: dict[Any, Told]
    instants: dict[str, Instant]


class _Event(NamedTuple):
    """Where in the values of a trace one of its events is told."""

    at: int
    rest: Callable[[list[str]], Any]
    names: _Names


class _Plan(NamedTuple):
    case_no: int
    events: list[_Event]


class QuickTraces:
    """Plain traces as events, by what `objects` makes of their first."""

    def __init__(self, objects: ObjectMapper) -> None:
        self._objects = objects
        self._plans: dict[TraceForm, _Plan | None] = {}
        self._planned = 0
        self._names: dict[tuple[str, ...], _Names] = {}
        self._remembered = 0

    def landed(self, first: int, trace: PlainTrace) -> list[Landed] | None:
        """The events of a trace, numbered from `first`, each as `ObjectMapper.quick` gives it; None where it
        gives none, or has to be asked for each."""
        form = trace.form
        if form not in self._plans:
            self._remember(form)
        plan = self._plans[form]
        if plan is None:
            return None
        values = trace.values
        case_no = values[plan.case_no]
        if not plain(case_no):
            return None
        # behind them what must be there and is not
        texts = [*values, ""]
        found: list[Landed] = []
        number = first
        for at, rest, (known, instants) in plan.events:
            told, when = known.get(rest(texts)), instants.get(texts[at])
            if told is None or when is None:
                names, begin, end = form.events[number - first]
                one = self._objects.quick(number, names, (*values[: form.own], *values[begin:end]))
                if one is None:
                    return None
                found.append(one)
                _, station, _, activity, begun, until, _, revision, _, _, data = one
                if told is None:
                    self._met(known, rest(texts), (station, activity, revision, data))
                if when is None:
                    self._met(instants, texts[at], (begun, until))
            else:
                station, activity, revision, data = told
                found.append(
                    (number, station, case_no, activity, when[0], when[1], None, revision, None, 0, data)
                )
            number += 1
        return found

    def _met(self, memory: dict[Any, Any], key: Any, value: Any) -> None:
        if self._remembered >= MET:
            for names in self._names.values():
                names.told.clear()
                names.instants.clear()
            self._remembered = 0
        memory[key] = value
        self._remembered += 1

    def _remember(self, form: TraceForm) -> None:
        if self._planned >= PLANS:
            # With what events told before: a log may give each of its events other names.
            self._plans.clear()
            self._names.clear()
            self._planned = self._remembered = 0
        self._plans[form] = self._plan(form)
        self._planned += len(form.events)

    def _plan(self, form: TraceForm) -> _Plan | None:
        if len(form.events) > LONGEST:
            return None
        events = []
        case_no = 0
        for names, first, _ in form.events:
            places = self._objects.places(names)
            if places is None or places.case_no >= form.own or places.at >= len(names):
                return None
            case_no = places.case_no
            own = range(form.own)
            moved = [
                p if p in own else p - form.own + first if p < len(names) else -1
                for p in (places.at, *places.rest)
            ]
            if names not in self._names:
                self._names[names] = _Names({}, {})
            events.append(_Event(moved[0], itemgetter(*moved[1:]), self._names[names]))
        return _Plan(case_no, events)
