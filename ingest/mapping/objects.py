"""Rows that come as objects (JSON lines, the Record page, a push, a quarantined row) instead of under a head.

The names of an object are its heads: they are found, and their units told, exactly as in a table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ingest.candidate import Refusal, RowResult
from ingest.tables.cell import Cell, bounded_text
from ingest.tables.delimited import RefusedRow
from ingest.tables.limits import DEFAULT, Limits
from ingest.tables.sheet import SheetRow

from .batch import NONE, Batch, Landed, Warned
from .codes import CodeSets
from .column import Persons, bind, fixed_station, warnings_of
from .events import EventMapper
from .head import Head, HeadRow, find_head, heading, names_of, required, squeezed
from .ledger import LedgerMapper
from .page import SourcePage
from .place import StationDirectory
from .quick import Places, nothing
from .reading import Reading
from .statement import StatementMapper

SHAPES = 256
"""Sets of names remembered; producers that drop empty values send a few, an attack sends many."""

Shape = tuple[tuple[str, ...], str | None, str | None]
"""Names of the object, units and station told from outside."""


class ObjectMapper:
    """Maps objects by a page; each set of names is bound once."""

    def __init__(
        self,
        page: SourcePage,
        codes: CodeSets,
        stations: StationDirectory,
        persons: Persons,
        limits: Limits = DEFAULT,
        file_name: str = "",
    ) -> None:
        self._page = page
        self._codes = codes
        self._stations = stations
        self._persons = persons
        self._limits = limits
        self._file_name = file_name
        self._shapes: dict[Shape, _Bound | Refusal] = {}
        self._texts: dict[tuple[str, ...], tuple[Callable[[int, list[str]], Landed | None], list[str]]] = {}
        self._warnings: list[Warned] = []
        self._passed_over: set[tuple[str, str]] = set()

    def map(
        self, number: int, found: Mapping[str, Any], units: str | None = None, station: str | None = None
    ) -> RowResult:
        """One object. `units` (JSON: column of the page → unit) and `station` are what stood outside the row
        when it was read from a table. Names inside an object called `data` count as its own."""
        flat = dict(found)
        if isinstance(found.get("data"), dict):
            flat |= flat.pop("data")
        bound = self._bound((tuple(flat), units, station))
        if isinstance(bound, Refusal):
            return RowResult(number, None, None, None, [], [bound], None, False, {})
        cells = tuple(self._cell(flat.get(name)) for name in bound.names)
        return bound.map(SheetRow(number, cells))

    def quick(self, number: int, names: tuple[str, ...], texts: tuple[str, ...]) -> Landed | None:
        """An object of texts alone as one event, or None where `map` has to look closely."""
        found = self._texts.get(names)
        if found is None:
            bound = self._bound((names, None, None))
            if isinstance(bound, Refusal):
                return None
            if len(self._texts) >= SHAPES:
                self._texts.clear()
            # names that must be there and are not stand behind those that are
            found = self._texts[names] = bound.quick, [""] * (len(bound.names) - len(names))
        quick, missing = found
        return quick(number, [*texts, *missing])

    def places(self, names: tuple[str, ...]) -> Places | None:
        """Where in an object of these names stands what decides its event; None where `quick` has to say.
        Places beyond the names are of what must be there and is not."""
        bound = self._bound((names, None, None))
        return None if isinstance(bound, Refusal) else bound.places

    def _bound(self, shape: Shape) -> _Bound | Refusal:
        bound = self._shapes.get(shape)
        if bound is None:
            if len(self._shapes) >= SHAPES:
                self._shapes.clear()
            bound = self._shapes[shape] = self._bind(*shape)
        return bound

    def unreadable(self, number: int, row: RefusedRow) -> RowResult:
        """A line that is no object."""
        fault = row.fault
        refusal = Refusal(None, None, fault.code, fault.params.get("limit", ""), fault.params, None)
        return RowResult(number, None, None, None, [], [refusal], None, False, {})

    def take_warnings(self) -> list[Warned]:
        """Those since the last call."""
        warnings, self._warnings = self._warnings, []
        return warnings

    def _bind(self, names: tuple[str, ...], units: str | None, station: str | None) -> _Bound | Refusal:
        complete = self._with_required(names)
        head = find_head([HeadRow(0, complete)], self._page)
        if not isinstance(head, Head):
            reason, params, accepted = (
                ("no_head", {}, "") if head is None else (head.reason, head.params, head.accepted)
            )
            return Refusal(None, None, reason, accepted, params, None)
        if units:
            told = {str(name): str(unit) for name, unit in json.loads(units).items()}
            head = replace(head, units={**head.units, **told})
        fixed = station or fixed_station(self._page, None, self._file_name)
        reader = bind(self._page, head, self._codes, self._stations, self._persons, None, fixed)
        for warned in warnings_of(reader):
            key = (warned.reason, json.dumps(warned.params, sort_keys=True))
            if key not in self._passed_over and len(self._passed_over) < SHAPES:
                self._passed_over.add(key)
                self._warnings.append(warned._replace(row=None))
        if self._page.kind == "events":
            events = EventMapper(reader, self._codes)
            quick = events.quick()
            if quick is None:
                return _Bound(complete, events.map, nothing)
            return _Bound(complete, events.map, quick.mapper(), quick.places())
        if self._page.kind == "statement":
            return _Bound(complete, StatementMapper(reader).map, nothing)
        return _Bound(complete, LedgerMapper(reader).map, nothing)

    def _with_required(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names with those added that must be there, so that a missing one is a blank cell of its row."""
        known = {key for name in names for key in heading(name).keys}
        wanted = required(self._page)
        if self._page.events:
            wanted += [name for event in self._page.events for name in event.at.columns][:1]
        missing = []
        for name in wanted:
            aliases = names_of(name, self._page.columns[name])
            if not any(squeezed(alias) in known for alias in aliases):
                missing.append(aliases[0])
        return (*names, *missing)

    def _cell(self, value: Any) -> Cell:
        if value is None or isinstance(value, bool | int | float):
            return Cell(value)
        # a list where one value belongs is text that fits no parser but a note's
        return bounded_text(value if isinstance(value, str) else str(value), self._limits.cell_chars)


class _Bound(NamedTuple):
    """The names of a shape, those that are missing behind, and how its rows are mapped."""

    names: tuple[str, ...]
    map: Callable[[SheetRow], RowResult]
    quick: Callable[[int, list[str]], Landed | None]
    places: Places | None = None


def map_objects(how: Reading, objects: Iterable[Mapping[str, Any]]) -> Batch:
    """Objects at hand (a tap on the Record page, a push) as one batch, numbered from 1, in this process."""
    persons = Persons(how.person_key)
    mapper = mapper_of(how, persons)
    rows = [mapper.map(number, found) for number, found in enumerate(objects, 1)]
    return Batch(None, NONE, rows, persons.take(), mapper.take_warnings(), [])


def mapper_of(how: Reading, persons: Persons) -> ObjectMapper:
    page = SourcePage.model_validate(how.page)
    directory = StationDirectory(how.stations)
    return ObjectMapper(page, CodeSets(how.codes), directory, persons, file_name=how.file_name or "")
