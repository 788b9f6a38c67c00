"""Which of the weighings that came are no case and go to the compact log, and which are told as events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import compress, count, repeat
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from ingest.gathered import Gathered
from ingest.letter import Letter
from ingest.mapping.batch import landed_of
from monitor.cases.activity import Activity
from monitor.cases.event import SECOND
from monitor.cases.revision import Merge
from monitor.cases.weighing import COLUMNS, Weighings, limit_or_bound, numbered
from monitor.store.casebook import TermsOf
from monitor.store.log import CaseKey
from monitor.store.weighings import Lying, Numbers, add_weighings, by_station, lying, rise, spoken_for

_WEIGHED = Activity.WEIGHED.value
_QUARTER = 900 * SECOND
"""Local days and hours begin at whole quarters of an hour everywhere."""

_NAMES_A_NUMBER = '"check_no":"'


class Part(NamedTuple):
    """Weighings with all that can be told of them without the database.

    `columns` are those of the compact log behind the times of receipt and knowledge; `over` are the places of
    those over the limit, as it was recorded or by the rules.
    """

    weighings: Weighings
    keys: list[CaseKey]
    numbers: Numbers
    columns: list[list[Any]]
    over: list[int]

    def some(self, places: Sequence[int]) -> list[list[Any]]:
        """The columns of some of them alone."""
        return [[column[place] for place in places] for column in self.columns]

    def without(self, places: Collection[int]) -> list[list[Any]]:
        """The columns of all but some of them, which are few."""
        last_first = sorted(places, reverse=True)
        kept = [column[:] for column in self.columns]
        for column in kept:
            for place in last_first:
                del column[place]
        return kept

    @classmethod
    def whole(cls, parts: Sequence[Part]) -> Part:
        """Parts one after the other as one."""
        if len(parts) == 1:
            return parts[0]
        weighings = Weighings.none()
        keys: list[CaseKey] = []
        numbers: dict[str, set[str]] = {}
        columns: list[list[Any]] = [[] for _ in parts[0].columns]
        over: list[int] = []
        for part in parts:
            over += [len(keys) + place for place in part.over]
            keys += part.keys
            weighings.add(part.weighings)
            for station, mine in part.numbers.items():
                numbers.setdefault(station, set()).update(mine)
            for column, more in zip(columns, part.columns, strict=True):
                column += more
        return cls(weighings, keys, numbers, columns, over)


class Settled(NamedTuple):
    """At `stations`, `rows` go to the compact log, `duplicates` lay there already. `named` are (case, check
    number) where a case names one that is not its own. `laid` tells that the rows went already."""

    rows: list[tuple[Any, ...]]
    duplicates: int
    named: set[tuple[CaseKey, str]]
    stations: set[str]
    laid: bool = False

    def keys(self) -> Iterator[CaseKey]:
        """Station and check number of each."""
        return ((row[2], row[3]) for row in self.rows)

    def told(self) -> Iterator[tuple[str, str, str]]:
        """Station, check number and activity of each."""
        return ((row[2], row[3], _WEIGHED) for row in self.rows)


class Settler:
    """Settles the weighings of one delivery."""

    def __init__(self, terms: TermsOf, letter: Letter, source_id: int, delivery_id: int) -> None:
        self._terms = terms
        self._letter = letter
        self._source_id = source_id
        self._delivery_id = delivery_id
        self._when: dict[tzinfo, _Local] = {}
        self._rules: dict[tuple[str, str | None, int | None, str], tuple[int | None, int]] = {}

    # ------------------------------------------------------------------ before the transaction

    def part(self, weighings: Weighings, sheets: list[str | None]) -> Part:
        """What can be told of some weighings by themselves."""
        size = len(weighings.rows)
        stations, ats = weighings.stations, weighings.ats
        local = self._local(stations, ats)
        limits = self._limits(weighings, local[0])
        rules = [rule for rule, _ in limits]
        columns: list[list[Any]] = [
            stations, weighings.check_nos, ats, *local, *weighings[4:10], rules,
            weighings.rest, [self._source_id] * size, [self._delivery_id] * size, sheets, weighings.rows,
        ]  # fmt: skip
        over = [
            place
            for place, (gross, limit, (rule, bound)) in enumerate(
                zip(weighings.gross_kg, weighings.limit_kg, limits, strict=True)
            )
            if gross is not None
            and (gross > limit or (rule is not None and gross > rule) if limit is not None else gross > bound)
        ]
        keys = list(zip(stations, weighings.check_nos, strict=True))
        return Part(weighings, keys, by_station(keys), columns, over)

    def _local(self, stations: list[str], ats: list[int]) -> list[list[Any]]:
        """Local dates, ISO weeks and hours."""
        zones = {station: self._terms(station).zone for station in set(stations)}
        known = {zone: self._when.setdefault(zone, _Local(zone)) for zone in zones.values()}
        quarters = [at // _QUARTER for at in ats]
        if len(known) == 1:
            # Stations of one country mostly have one clock.
            (when,) = known.values()
            found = [when[quarter] for quarter in quarters]
        else:
            times = [known[zones[station]] for station in stations]
            found = [when[quarter] for when, quarter in zip(times, quarters, strict=True)]
        return list(map(list, zip(*found, strict=True)))

    def _limits(self, weighings: Weighings, dates: list[str]) -> list[tuple[int | None, int]]:
        """The limits by the rules, and what is over any of them; those change at the turn of a local day."""
        keys = list(zip(weighings.stations, weighings.vehicles, weighings.axles, dates, strict=True))
        rules = self._rules
        try:
            return [rules[key] for key in keys]
        except KeyError:
            for key, at in zip(keys, weighings.ats, strict=True):
                if key not in rules:
                    rules[key] = limit_or_bound(self._terms(key[0]), key[1], key[2], at)
            return [rules[key] for key in keys]

    # ------------------------------------------------------------------ within it

    def settle(self, connection: Connection, waiting: Gathered, parts: list[Part], first: int) -> Settled:
        """Tell what is no case and goes to the compact log, received from `first` on: `lay` sends it there.

        What is to be told as events is left in `told`, in the order of the rows. Where a weighing lay in the
        compact log and anything else is told of its number now, it rises.
        """
        if not self._letter.ledger and not self._letter.distinct:
            parts = [*parts, *self._taken_out(waiting)]
        named = set(_named(waiting.told))
        told: set[CaseKey] = set(map(itemgetter(0, 1), waiting.told))
        told |= {(key[0], number) for key, number in named}
        if not parts:
            if told:
                rise(connection, lying(connection, by_station(told)), self._terms)
            return Settled([], 0, named, set())
        part = Part.whole(parts)
        told |= {part.keys[place] for place in part.over}
        busy = self._busy(connection, part, told)
        fresh, again, other = _sorted_out(part, busy, lying(connection, part.numbers))
        told |= {part.keys[place] for place in other}
        self._give_back(waiting, part, sorted({*busy, *other}))
        rows = self._rows(first, fresh)
        if other:
            # What one of these rows told of a number is to rise for what another tells of it.
            add_weighings(connection, rows)
        if told:
            rise(connection, lying(connection, by_station(told)), self._terms)
        return Settled(rows, again, named, set(part.numbers), laid=bool(other))

    @staticmethod
    def _busy(connection: Connection, part: Part, told: set[CaseKey]) -> set[int]:
        """Places of the weighings of whose number anything else is told, or was."""
        taken = spoken_for(connection, part.numbers)
        if taken or not told.isdisjoint(part.keys):
            taken |= told
            return {place for place, key in enumerate(part.keys) if key in taken}
        return set()

    def _rows(self, first: int, fresh: list[list[Any]]) -> list[tuple[Any, ...]]:
        known: Iterable[int] = repeat(first)
        if self._letter.backfill:
            known = [min(first, at) for at in fresh[2]]
        return list(zip(count(first), known, *fresh, strict=False))

    @staticmethod
    def lay(connection: Connection, settled: Settled) -> None:
        """Send what is settled to the compact log, after all that is asked: a question would wait."""
        if not settled.laid:
            add_weighings(connection, settled.rows)

    def heard(self, settled: Settled) -> Merge:
        """What went to the compact log, as the events it would be."""
        source = self._letter.source
        return Merge([Lying._make(row).event(source) for row in settled.rows], 0, 0, [])

    def _taken_out(self, waiting: Gathered) -> list[Part]:
        """Move the candidates that are first weighings and name no case into columns."""
        if _WEIGHED not in map(itemgetter(2), waiting.told):
            return []
        mine = [one[2] == _WEIGHED and _is_first_weighing(one) for one in waiting.told]
        if not any(mine):
            return []
        weighings = Weighings.none()
        sheets: list[str | None] = []
        for one, place in zip(compress(waiting.told, mine), compress(waiting.tracks, mine), strict=True):
            data = orjson.loads(one[9])
            del data["check_no"]
            values = [data.pop(key, None) for key in COLUMNS]
            rest = orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()
            found = (waiting.numbers[place], one[0], one[1], one[3], *values, rest)
            weighings.add(Weighings._make([value] for value in found))
            sheets.append(waiting.sheets[place])
        waiting.choose(place for place, one in enumerate(mine) if not one)
        waiting.rows -= len(sheets)
        return [self.part(weighings, sheets)]

    @staticmethod
    def _give_back(waiting: Gathered, part: Part, back: list[int]) -> None:
        """Tell some of the weighings as events, among the others in the order of their rows."""
        if not back:
            return
        chosen = Weighings._make([column[place] for place in back] for column in part.weighings)
        first = len(waiting.numbers)
        waiting.numbers += chosen.rows
        waiting.sheets += [part.columns[-2][place] for place in back]
        waiting.tell([row[1:] for row in landed_of(chosen)])
        waiting.tracks += range(first, first + len(back))
        waiting.rows += len(back)
        waiting.choose(
            sorted(range(len(waiting.told)), key=lambda place: waiting.numbers[waiting.tracks[place]])
        )


class _Local(dict[int, tuple[str, str, int]]):
    """Quarters of an hour since 1970 → the local date, ISO week and hour they lie in."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def __missing__(self, quarter: int) -> tuple[str, str, int]:
        local = datetime.fromtimestamp(quarter * _QUARTER // SECOND, UTC).astimezone(self._zone)
        year, week, _ = local.isocalendar()
        self[quarter] = found = f"{local:%Y-%m-%d}", f"{year:04d}-W{week:02d}", local.hour
        return found


def _sorted_out(
    part: Part, busy: set[int], known: dict[CaseKey, Lying]
) -> tuple[list[list[Any]], int, set[int]]:
    """Columns of what is to be laid, how many lie there already, and places of those that say something else
    than the one that lies under their number."""
    if not known and len(set(part.keys)) == len(part.keys):
        if not busy:
            return part.columns, 0, set()
        return part.without(busy), 0, set()
    contents = {key: one.content for key, one in known.items()}
    fresh: list[int] = []
    other: set[int] = set()
    changed: set[CaseKey] = set()
    again = 0
    for place, (key, row) in enumerate(zip(part.keys, zip(*part.columns, strict=True), strict=True)):
        if place in busy:
            continue
        content = Lying(0, 0, *row).content
        if key in changed:
            other.add(place)
        elif key not in contents:
            contents[key] = content
            fresh.append(place)
        elif contents[key] == content:
            again += 1
        else:
            changed.add(key)
            other.add(place)
    return part.some(fresh), again, other


def _is_first_weighing(told: tuple[Any, ...]) -> bool:
    """Whether a weighing told is one that its check number names and that says nothing of another case."""
    station, case_no, _, _, until, recorded, revision, event_id, _, data = told
    return bool(
        until is recorded is revision is None
        and event_id == numbered(station, case_no)
        and _NAMES_A_NUMBER in data
        and orjson.loads(data)["check_no"] == case_no
    )


def _named(told: Sequence[tuple[Any, ...]]) -> Iterator[tuple[CaseKey, str]]:
    """Cases and check numbers of theirs that are not their own number."""
    if _NAMES_A_NUMBER not in "\n".join(map(itemgetter(9), told)):
        # Most deliveries, told at a glance.
        return
    for one in told:
        data = one[9]
        if _NAMES_A_NUMBER in data:
            number = orjson.loads(data)["check_no"]
            if number != one[1]:
                yield (one[0], one[1]), number
