"""Tiers as boxes over measures: that each value lies in exactly one, and in which.

The bounds of all boxes cut each measure into pieces within which nothing changes; the grid of these pieces is
looked at cell by cell, so what it says of overlaps and gaps holds for every value.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from monitor.settings.measure import HIGHEST, LOWEST, Reach

Box = Mapping[str, Reach]
"""A reach for each measure that bounds it; any other may have every value."""

MOST_CELLS = 200_000
"""A table of tiers that people wrote stays far below it."""


class TooManyCells(ValueError):
    """The bounds cut the measures into more cells than can be looked at."""


class Overlap(NamedTuple):
    """Two tiers that hold the same values; `where` names some."""

    later: int
    earlier: int
    where: tuple[Reach, ...]


class Gap(NamedTuple):
    """Values that no tier holds, between two tiers, or beyond one (`above` or `below` None)."""

    below: int | None
    above: int | None
    where: tuple[Reach, ...]


class Grid(NamedTuple):
    """Which tier holds which values.

    `starts` are the first places of the pieces of each measure; `tiers` the position of the tier of each
    cell, the last measure running fastest, −1 where there is none.
    """

    measures: tuple[str, ...]
    starts: tuple[tuple[int, ...], ...]
    tiers: tuple[int, ...]

    def find(self, places: Sequence[int | None]) -> int | None:
        """The tier of these places, one for each measure; None (unknown) may be any.

        −1 where no tier holds them; None where the unknown ones would decide between tiers.
        """
        cell = 0
        for place, starts in zip(places, self.starts, strict=True):
            if place is None:
                return self._any(places)
            piece = bisect_right(starts, place) - 1
            if piece < 0:
                return -1
            cell = cell * len(starts) + piece
        return self.tiers[cell]

    def _any(self, places: Sequence[int | None]) -> int | None:
        """`find` where some place is not known: the tiers of all pieces that it may lie in."""
        cells = [0]
        for place, starts in zip(places, self.starts, strict=True):
            pieces: Iterable[int] = range(len(starts))
            if place is not None:
                pieces = (bisect_right(starts, place) - 1,)
                if pieces[0] < 0:
                    return -1
            cells = [cell * len(starts) + piece for cell in cells for piece in pieces]
        found = {self.tiers[cell] for cell in cells}
        return found.pop() if len(found) == 1 else None


class Laid(NamedTuple):
    """A grid, and what is wrong with it."""

    grid: Grid
    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]


def laid_out(tiers: Sequence[Sequence[Box]]) -> Laid:
    """The grid of some tiers, each one or several boxes. Raises TooManyCells."""
    measures = tuple(sorted({measure for boxes in tiers for box in boxes for measure in box}))
    starts = tuple(_starts(measure, tiers) for measure in measures)
    count = 1
    for pieces in starts:
        count *= len(pieces)
    if count > MOST_CELLS:
        raise TooManyCells(count)
    cells = [-1] * count
    found: dict[tuple[int, int], Overlap] = {}
    for position, boxes in enumerate(tiers):
        for box in boxes:
            for pieces in product(*_pieces(box, measures, starts)):
                cell = _cell(pieces, starts)
                other = cells[cell]
                if other in (-1, position):
                    cells[cell] = position
                elif (position, other) not in found:
                    found[position, other] = Overlap(position, other, _where(pieces, measures, starts))
    grid = Grid(measures, starts, tuple(cells))
    return Laid(grid, tuple(found.values()), tuple(_gaps(grid)))


def _starts(measure: str, tiers: Sequence[Sequence[Box]]) -> tuple[int, ...]:
    cuts = {LOWEST[measure]}
    for boxes in tiers:
        for box in boxes:
            if measure in box:
                cuts |= {box[measure].first, box[measure].last + 1}
    return tuple(sorted(cut for cut in cuts if LOWEST[measure] <= cut <= HIGHEST))


def _pieces(box: Box, measures: Sequence[str], starts: Sequence[tuple[int, ...]]) -> Iterator[range]:
    """The pieces of each measure that a box holds."""
    for measure, cuts in zip(measures, starts, strict=True):
        if measure not in box:
            yield range(len(cuts))
        else:
            _, first, last = box[measure]
            yield range(cuts.index(first), bisect_right(cuts, last))


def _cell(pieces: Sequence[int], starts: Sequence[tuple[int, ...]]) -> int:
    cell = 0
    for piece, cuts in zip(pieces, starts, strict=True):
        cell = cell * len(cuts) + piece
    return cell


def _where(
    pieces: Sequence[int], measures: Sequence[str], starts: Sequence[tuple[int, ...]]
) -> tuple[Reach, ...]:
    return tuple(
        Reach(measure, cuts[piece], cuts[piece + 1] - 1 if piece + 1 < len(cuts) else HIGHEST)
        for piece, measure, cuts in zip(pieces, measures, starts, strict=True)
    )


def _gaps(grid: Grid) -> Iterator[Gap]:
    """One gap for each pair of tiers between which some cell is empty."""
    seen: set[tuple[int | None, int | None]] = set()
    for pieces in product(*(range(len(cuts)) for cuts in grid.starts)):
        if grid.tiers[_cell(pieces, grid.starts)] != -1:
            continue
        sides = _neighbours(grid, pieces)
        if sides not in seen:
            seen.add(sides)
            yield Gap(*sides, _where(pieces, grid.measures, grid.starts))


def _neighbours(grid: Grid, pieces: tuple[int, ...]) -> tuple[int | None, int | None]:
    """The tiers next to an empty cell: along the measure on which both sides have one, else what there is."""
    best: tuple[int | None, int | None] = (None, None)
    for place in range(len(pieces)):
        below = _next(grid, pieces, place, -1)
        above = _next(grid, pieces, place, 1)
        if below is not None and above is not None:
            return below, above
        if best == (None, None):
            best = (below, above)
    return best


def _next(grid: Grid, pieces: tuple[int, ...], place: int, step: int) -> int | None:
    piece = pieces[place] + step
    while 0 <= piece < len(grid.starts[place]):
        tier = grid.tiers[_cell((*pieces[:place], piece, *pieces[place + 1 :]), grid.starts)]
        if tier != -1:
            return tier
        piece += step
    return None
