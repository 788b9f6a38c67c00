"""Variants: in which orders of activities cases went."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine
from monitor.metrics.histories import Histories, cell_names, histories
from monitor.metrics.payment_channels import in_order


@dataclass(frozen=True, slots=True)
class Variant:
    """k of the n cases of a cell had just these `activities` by now (codes in their order, ` > ` between)."""

    cell: dict[str, str | None]
    activities: str
    k: int
    n: int


def variants(engine: Engine, ask: Ask) -> list[Variant]:
    """By the breakdown, the most frequent first; a case lies on the local day of its first event.

    Activities of one instant, or known to the same day alone, are read in their usual order, as when a case
    is folded. An open case counts with what happened so far. Raises UnknownBreakdown.
    """
    names = cell_names(ask)
    told = histories(engine, ask)
    paths = _paths(told)
    found = []
    for cell, places in sorted(told.by_cell().items(), key=lambda one: in_order(list(one[0]))):
        chosen = paths if told.cells is None else paths.take(pa.array(places))
        counted = chosen.value_counts()
        values, counts = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
        rows = [
            Variant(
                dict(zip(names, cell, strict=True)),
                " > ".join(told.names[one] for one in path),
                k,
                len(places),
            )
            for path, k in zip(values, counts, strict=True)
        ]
        found += sorted(rows, key=lambda row: (-row.k, row.activities))
    return found


def _paths(told: Histories) -> pa.Array:
    """A byte string per case, a byte per activity; the columns are its memory."""
    return pa.Array.from_buffers(
        pa.large_binary(),
        len(told.begins) - 1,
        [None, pa.py_buffer(told.begins), pa.py_buffer(told.activity)],
    )
