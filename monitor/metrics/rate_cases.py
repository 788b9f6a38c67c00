"""The cases of a rate with their hours: what `hours`, `stages` and `held_after_removal` look at."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics import compliance
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine

INSIDE = (compliance.ON_TIME, compliance.LATE)
"""Places of the cases within n."""


def rate_cases(engine: Engine, ask: Ask) -> ir.Table:
    """The cases within n of the 24-hour rate, with `end_at` (the release, else `as_of`) and `held_us`.

    `timed` is whether start and end are known to the hour: only then do the hours of a case mean anything.
    """
    members = compliance.members(engine, ask)
    return with_hours(members.filter(_.place.isin(INSIDE)), ask.as_of)


def with_hours(cases: ir.Table, as_of: int) -> ir.Table:
    """Cases, whatever their place, with the `end_at`, `held_us` and `timed` of `rate_cases`."""
    ended = cases.mutate(
        end_at=ibis.coalesce(_.released_at, as_of),
        timed=_.confirmed_until.isnull() & _.released_until.isnull(),
    )
    return ended.mutate(held_us=_.end_at - _.confirmed_at)
