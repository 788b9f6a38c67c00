"""How the other ways go on after the start: weighings that are pushed, rows that turn up in the view."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from ..moments import DAY, day_start
from ..sites import RIVER
from . import bureau_view, pushes
from .bureau_view import ViewRow
from .records import TOLL, record, row_of
from .traffic import Weighing, traffic
from .weighings import whole_kg


class Coming:
    """What comes after `began`, asked for as time goes on. Same arguments, same telling."""

    def __init__(self, seed: int, began: int, view: Path, rows: Iterable[ViewRow]) -> None:
        self._view = view
        self._rows = deque(rows)
        self._weighings = _weighings(seed, began)
        self._next = next(self._weighings)

    def show(self, until: int) -> int:
        """Let the view's rows become visible that do so by an instant; how many."""
        due = []
        while self._rows and self._rows[0].visible_at <= until:
            due.append(self._rows.popleft())
        bureau_view.fill(self._view, due)
        return len(due)

    def weighed(self, until: int) -> list[dict[str, Any]]:
        """The records that the station pushes, as of an instant."""
        due = []
        while self._next.told_at <= until:
            due.append(record(row_of(self._next), TOLL, whole_kg))
            self._next = next(self._weighings)
        return due


def _weighings(seed: int, began: int) -> Iterator[Weighing]:
    """What rolls over the scale at 河口, day after day without end."""
    since = began
    for number in count(1):
        end = day_start(began) + number * DAY
        yield from (
            one for one in traffic(seed, RIVER, since, end - 1, pushes.PER_DAY) if one.told_at > began
        )
        since = end
