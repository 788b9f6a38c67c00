"""The events of each case in the order in which they are read, as columns, for variants and durations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import pyarrow as pa
from ibis.expr import types as ir

from monitor.cases.activity import ORDER
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, columns
from monitor.metrics.known import Lean, cases_known, keys

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Histories:
    """Valid events, case by case, each case's by time and those of one instant in the order of activities.

    `begins`: where the events of each case begin, and the end of the last. Of each event `occurred_at`
    (microseconds UTC; of one known to the day its first instant), `by_day`, and `activity`, its place in
    `names`. `cells`: of each case the names of its cell, or None where nothing is told apart.
    """

    begins: np.ndarray
    occurred_at: np.ndarray
    by_day: np.ndarray
    activity: np.ndarray
    names: list[str]
    cells: list[tuple[str | None, ...]] | None

    def by_cell(self) -> dict[tuple[str | None, ...], np.ndarray]:
        """The places of the cases of each cell."""
        import numpy as np

        if self.cells is None:
            return {(): np.arange(len(self.begins) - 1)} if len(self.begins) > 1 else {}
        found: dict[tuple[str | None, ...], list[int]] = {}
        for place, cell in enumerate(self.cells):
            found.setdefault(cell, []).append(place)
        return {cell: np.array(places) for cell, places in found.items()}


def cell_names(ask: Ask) -> list[str]:
    """The names of a breakdown. Raises UnknownBreakdown."""
    return list(keys(ask, "first_date", "first_week"))


def _narrowed(ask: Ask) -> bool:
    return any(one is not None for one in (ask.stations, ask.since, ask.until, ask.vehicles))


def _cases(engine: Engine, ask: Ask) -> ir.Table:
    cases = cases_known(Lean(engine), ask, "first_date")
    named = {name: (cases[of] if isinstance(of, str) else of) for name, of in _keys(ask).items()}
    return cases.select("case_id", **named)


def _keys(ask: Ask) -> dict[str, str | ibis.Deferred]:
    return keys(ask, "first_date", "first_week")


def _events(engine: Engine, ask: Ask) -> ir.Table:
    events = engine.counted("events")
    known = events.filter(
        events.known_from <= ask.as_of,
        events.known_to.isnull() | (events.known_to > ask.as_of),
        events.occurred_at <= ask.as_of,
    )
    if _narrowed(ask):
        known = known.semi_join(cases_known(Lean(engine), ask, "first_date"), "case_id")
    return known.select("case_id", "activity", "occurred_at", by_day=known.occurred_until.notnull())


def histories(engine: Engine, ask: Ask) -> Histories:
    """Of the cases asked for, by the local day of their first event; what happened and was known by `as_of`.

    Raises UnknownBreakdown.
    """
    import numpy as np

    names = cell_names(ask)
    told = columns(engine, ask, "histories", _events)
    case = told["case_id"].to_numpy()
    own, known = _activities(told["activity"])
    of_event = _OfEvent(told["occurred_at"].to_numpy(), told["by_day"].to_numpy(), own)
    begins = _begins(case)
    firsts = np.sort(case[begins[:-1]], kind="stable")
    if (firsts[1:] == firsts[:-1]).any():
        # A lake has the rows of a case together; another engine may give them as it likes.
        order = np.argsort(case, kind="stable")
        case, of_event = case[order], _OfEvent(*(one[order] for one in of_event))
        begins = _begins(case)
    of_event = _in_time(begins, of_event)
    cells = None
    if names:
        cell_of = _cells(columns(engine, ask, "histories_cells", _cases), names)
        # A case whose events are known has a version; one that only began to be has no cell yet.
        cells = [cell_of.get(case_id, (None,) * len(names)) for case_id in case[begins[:-1]].tolist()]
    return Histories(begins, of_event.occurred_at, of_event.by_day, of_event.activity, known, cells)


def _begins(case: np.ndarray) -> np.ndarray:
    import numpy as np

    fresh = np.flatnonzero(case[1:] != case[:-1]) + 1
    return np.concatenate(([0], fresh, [len(case)])) if len(case) else np.zeros(1, "int64")


def _activities(told: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """Each activity as a byte, lower for one that is read first."""
    import numpy as np

    found = told.dictionary_encode().combine_chunks()
    said = found.dictionary.to_pylist()
    names = [*ORDER, *sorted(name for name in said if name not in ORDER)]
    if len(names) > 256:
        raise ValueError("more activities than a byte can tell apart")
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[name] for name in said], "uint8")[found.indices.to_numpy()], names


class _OfEvent(NamedTuple):
    occurred_at: np.ndarray
    by_day: np.ndarray
    activity: np.ndarray


def _in_time(begins: np.ndarray, told: _OfEvent) -> _OfEvent:
    import numpy as np

    occurred, _, own = told
    later = (occurred[1:] < occurred[:-1]) | ((occurred[1:] == occurred[:-1]) & (own[1:] < own[:-1]))
    later[begins[1:-1] - 1] = False
    if not later.any():
        return told
    # Most cases lie in order as they were told: only the others are put into it.
    number = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
    wrong = np.zeros(len(begins) - 1, bool)
    wrong[number[1:][later]] = True
    places = np.flatnonzero(wrong[number])
    order = places[np.lexsort((own[places], occurred[places], number[places]))]
    found = []
    for column in told:
        one = column.copy()
        one[places] = column[order]
        found.append(one)
    return _OfEvent(*found)


def _cells(cases: pa.Table, names: list[str]) -> dict[int, tuple[Any, ...]]:
    told = zip(*(cases[name].to_pylist() for name in names), strict=True)
    return dict(zip(cases["case_id"].to_pylist(), told, strict=True))
