"""Differences between statements, decisions and payments, a page at a time; the filter is in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.views.cases import page_of
from monitor.cases.event import DAY
from monitor.rules.outcome import DIFFERENCES
from monitor.store.difference_list import (
    DifferenceFilter,
    OfKind,
    differences_page,
    last_step,
    owners,
)
from monitor.store.differences import CLOSED, OPEN, Difference, StepDone, difference, steps_of
from monitor.store.statements import LinePlace, last_line, line_places

if TYPE_CHECKING:
    from monitor.store.database import Database

ROWS = 10
STATES = (OPEN, CLOSED, "all")


@dataclass(frozen=True, slots=True)
class DifferenceAsk:
    """What an address asks of the list. `owner` may be `NOBODY`; `chosen` is the id of the one that is open
    to be worked on; what nobody offers is left out."""

    kind: str | None
    state: str
    owner: str | None
    page: int
    chosen: int | None

    def told(self, **changed: str | int | None) -> dict[str, str | int | None]:
        """The parameters of an address with some chosen otherwise; another filter begins with page 1."""
        filters: dict[str, str | int | None] = {
            "kind": self.kind, "state": None if self.state == OPEN else self.state, "owner": self.owner,
        }  # fmt: skip
        kept = filters | {"page": self.page if self.page > 1 else None} if "page" not in changed else filters
        if changed.keys() & filters.keys():
            kept = filters
        return {**kept, **changed}


def difference_ask(query: Mapping[str, str]) -> DifferenceAsk:
    """What an address asks for."""
    kind, state, chosen = query.get("kind"), query.get("state"), query.get("difference", "")
    is_id = chosen.isascii() and chosen.isdecimal() and len(chosen) < 16
    return DifferenceAsk(
        kind if kind in [str(one) for one in DIFFERENCES] else None,
        state if state in STATES else OPEN,
        query.get("owner") or None,
        page_of(query),
        int(chosen) if is_id else None,
    )


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A difference and where its line of a statement stands; `days`: whole days since it began."""

    difference: Difference
    days: int
    place: LinePlace | None


@dataclass(frozen=True, slots=True)
class DifferencesView:
    """A page of the list. `kinds`, `n_open`: open ones of the station, whatever else the filter says.
    `history`: of the one that is worked on. `any_line`: whether a statement ever came. `last`: the last step
    of any of them."""

    asked: DifferenceAsk
    lines: tuple[DifferenceLine, ...]
    total: int
    kinds: tuple[OfKind, ...]
    owners: tuple[str, ...]
    history: tuple[StepDone, ...]
    any_line: bool
    last: int

    @property
    def n_open(self) -> int:
        """Open ones of the station."""
        return sum(one.n for one in self.kinds)

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.total // ROWS))


def differences_view(
    database: Database, station: str | None, asked: DifferenceAsk, now: int
) -> DifferencesView:
    """Reads one page. One that is worked on stands first where the page does not hold it (any more)."""
    stations = None if station is None else [station]
    chosen = DifferenceFilter(
        stations, [asked.kind] if asked.kind else None, None if asked.state == "all" else asked.state,
        asked.owner,
    )  # fmt: skip
    with database.read() as connection:
        page = differences_page(connection, chosen, limit=ROWS, offset=(asked.page - 1) * ROWS)
        kinds = differences_page(connection, DifferenceFilter(stations), limit=1).open_kinds
        found = list(page.differences)
        if asked.chosen is not None and all(one.id != asked.chosen for one in found):
            other = difference(connection, asked.chosen)
            found[:0] = [] if other is None else [other]
        places = line_places(connection, [_line_of(one) for one in found if one.line is not None])
        history = [] if asked.chosen is None else steps_of(connection, asked.chosen)
        return DifferencesView(
            asked,
            tuple(
                DifferenceLine(
                    one,
                    max(0, (one.closed_at or now) - one.since) // DAY,
                    places.get(_line_of(one)) if one.line is not None else None,
                )
                for one in found
            ),
            page.total,
            tuple(kinds),
            tuple(owners(connection)),
            tuple(history),
            last_line(connection) > 0,
            last_step(connection),
        )


def _line_of(one: Difference) -> bytes:
    """The identity of its line: a change of a line has its number behind it."""
    return bytes.fromhex(one.subject.partition("+")[0])
