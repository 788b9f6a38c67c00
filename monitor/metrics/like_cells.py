"""Cells of like cases by unit or month: counts, and the sums that a regression needs, worked out where the
rows are.

The facts of a case that may move a fine within its band: by how much it was over (of the approved load where
that is told, else of the limit), repeats in the rolling year, whether a mitigating or an aggravating
circumstance is recorded, the simple procedure, and a citizen as party.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.decisions import decisions_known, held_against_band, told_or_zero
from monitor.metrics.engine import Engine, answer

if TYPE_CHECKING:
    import numpy as np

FACTS = ("over", "repeats", "mitigating", "aggravating", "simple", "citizen")
MOST_REPEATS = 4
"""More repeats weigh no more: the fourth act has consequences of its own."""


@dataclass(frozen=True)
class Cells:
    """A row per cell: its like cases (`alike`) and the names of its unit, counts of all that were held
    against a band, and sums over those inside a band with room (`free` of them): position y, facts x."""

    alike: Sequence[str]
    unit: Sequence[tuple[str, ...]]
    n: np.ndarray
    outside: np.ndarray
    free: np.ndarray
    above_middle: np.ndarray
    y: np.ndarray
    yy: np.ndarray
    x: np.ndarray
    xy: np.ndarray
    xx: np.ndarray

    def joined(self, name: Any) -> Cells:
        """Cells of one `name(unit)` and one `alike` taken together."""
        import numpy as np

        places: dict[tuple[str, tuple[str, ...]], int] = {}
        into = [
            places.setdefault((alike, name(unit)), len(places))
            for alike, unit in zip(self.alike, self.unit, strict=True)
        ]

        def summed(values: np.ndarray) -> np.ndarray:
            found = np.zeros((len(places), *values.shape[1:]), values.dtype)
            np.add.at(found, into, values)
            return found

        return Cells(
            [alike for alike, _ in places], [unit for _, unit in places], summed(self.n),
            summed(self.outside), summed(self.free), summed(self.above_middle), summed(self.y),
            summed(self.yy), summed(self.x), summed(self.xy), summed(self.xx),
        )  # fmt: skip


def with_facts(decisions: ir.Table) -> ir.Table:
    """Decisions held against a band with `y` and the facts as numbers, 0 where there is no room."""
    numbers: Mapping[str, ibis.Deferred] = {
        "over": _.compared_share.fill_null(0.0),
        "repeats": ibis.least(ibis.coalesce(_.prior_acts, 0), MOST_REPEATS).cast("float64"),
        "mitigating": told_or_zero(_.mitigating > 0),
        "aggravating": told_or_zero(_.aggravating > 0),
        "simple": told_or_zero(_.procedure == "simple"),
        "citizen": told_or_zero(_.party == "citizen"),
    }
    facts = {f"x{at}": _.free.ifelse(numbers[name], 0.0) for at, name in enumerate(FACTS)}
    return decisions.mutate(y=_.free.ifelse(_.position, 0.0), **facts)


def cells(engine: Engine, ask: Ask, by: Sequence[str], units: Callable[[ir.Table], ir.Table]) -> Cells:
    """The cells of what is asked, by `alike` and columns that `units` may add; a decision that lacks one of
    those is in none."""
    import numpy as np

    size = len(FACTS)
    pairs = [(one, two) for one in range(size) for two in range(one, size)]
    figures = {
        "n": _.count(), "outside": _.outside.sum(), "free": _.free.sum(),
        "above_middle": (_.free & (_.position > 0.5)).fill_null(False).sum(),
        "y": _.y.sum(), "yy": (_.y * _.y).sum(),
        **{f"sx{at}": _[f"x{at}"].sum() for at in range(size)},
        **{f"sxy{at}": (_[f"x{at}"] * _.y).sum() for at in range(size)},
        **{f"sxx{one}_{two}": (_[f"x{one}"] * _[f"x{two}"]).sum() for one, two in pairs},
    }  # fmt: skip

    def build(engine: Engine, ask: Ask) -> ir.Table:
        facts = units(with_facts(held_against_band(decisions_known(engine, ask))))
        for name in by:
            facts = facts.filter(facts[name].notnull())
        return facts.group_by(["alike", *by]).agg(**figures)

    rows = answer(engine, ask, ("like_cells", tuple(by)), build)
    rows.sort(key=lambda row: (row["alike"], *(row[name] for name in by)))

    def column(name: str) -> np.ndarray:
        return np.array([row[name] for row in rows], "float64")

    xx = np.zeros((len(rows), size, size))
    for one, two in pairs:
        xx[:, one, two] = xx[:, two, one] = column(f"sxx{one}_{two}")
    x, xy = (
        np.array([[row[f"{kind}{at}"] for at in range(size)] for row in rows], "float64").reshape(-1, size)
        for kind in ("sx", "sxy")
    )
    return Cells(
        [row["alike"] for row in rows], [tuple(row[name] for name in by) for row in rows], column("n"),
        column("outside"), column("free"), column("above_middle"), column("y"), column("yy"), x, xy, xx,
    )  # fmt: skip
