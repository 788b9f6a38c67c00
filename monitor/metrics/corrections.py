"""What is said of a case now and was said otherwise at an earlier moment: corrections, and what came late.

A case that went on is no correction. A value is corrected where it was known then and is another one, or
none, now. It came late where nothing was known then of something that had happened by then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine
from monitor.metrics.known import cases_known

INSTANTS = ("confirmed_at", "decided_at", "paid_at", "removed_at", "released_at")
VALUES = ("gross_kg", "limit_kg", "fine_fen", "outcome")
FIELDS = (*INSTANTS, *VALUES)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A field of which `corrected` cases say something else now, and `late` cases learned it too late.

    `of` cases became known or changed since the earlier moment at all.
    """

    field: str
    corrected: int
    late: int
    of: int


def members(engine: Engine, ask: Ask, before: int) -> ir.Table:
    """A row per case known at both moments that changed between them: per field `…_corrected`, `…_late`."""
    now = cases_known(engine, ask).filter(_.known_from > before)
    then = cases_known(engine, replace(ask, as_of=before)).select(
        "case_id", **{f"then_{name}": name for name in FIELDS}
    )
    both = now.join(then, "case_id")
    told: dict[str, ibis.Deferred] = {}
    for name in FIELDS:
        was, is_now = _[f"then_{name}"], _[name]
        told[f"{name}_corrected"] = was.notnull() & (is_now.isnull() | (was != is_now)).fill_null(False)
        late = was.isnull() & (is_now <= before) if name in INSTANTS else ibis.literal(False)
        told[f"{name}_late"] = late.fill_null(False) if name in INSTANTS else late
    return both.mutate(**told)


def corrections(engine: Engine, ask: Ask, before: int) -> list[Corrected]:
    """By field, those without a case included, between `before` and `ask.as_of`; days are not looked at.

    Raises ValueError where `before` is not earlier than `ask.as_of`.
    """
    if before >= ask.as_of:
        raise ValueError("corrections lie between an earlier and a later moment")
    counted = members(engine, ask, before).agg(
        of=_.count(),
        **{f"{name}_{what}": _[f"{name}_{what}"].sum() for name in FIELDS for what in ("corrected", "late")},
    )
    [row] = engine.rows(counted)
    return [
        Corrected(name, int(row[f"{name}_corrected"] or 0), int(row[f"{name}_late"] or 0), int(row["of"]))
        for name in FIELDS
    ]
