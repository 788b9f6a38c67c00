"""What was told of the money, as it was known at a moment, with what the case says: where payments begin."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine
from monitor.metrics.known import Lean, cases_known, in_days


def money(
    engine: Engine, ask: Ask, activities: Sequence[str], *, of_days_with: str | None = None
) -> ir.Table:
    """A row per event of these activities that was known at `as_of` and had happened by then.

    `authority` is that of the case's decision, without one what the event itself tells; `fine_fen`, `vehicle`
    and `withdrawn` are the case's; `hour_of_day` 0 to 23, None where only the day is known. Negative amounts
    are left out: they are findings of their case, never money. With `of_days_with` only the cases in which an
    event of that activity was told of a day asked for, and of those all events.
    """
    payments = engine.counted("payments")
    if of_days_with is not None and (ask.since is not None or ask.until is not None):
        begun = in_days(payments.filter(_.activity == of_days_with), ask, "date")
        payments = payments.semi_join(begun.select("case_id"), "case_id")
    known = payments.filter(
        payments.known_from <= ask.as_of,
        payments.known_to.isnull() | (payments.known_to > ask.as_of),
        payments.occurred_at <= ask.as_of,
        payments.activity.isin(list(activities)),
        (payments.amount_fen >= 0).fill_null(True),
    )
    if ask.stations is not None:
        known = known.filter(known.station.isin(list(ask.stations)))
    known = known.rename(told_authority="authority")
    of_case = cases_known(Lean(engine), ask).select(
        of_case=_.case_id,
        vehicle=_.vehicle,
        fine_fen=_.fine_fen,
        withdrawn=_.withdrawn_at.notnull(),
        decided_by=_.decided_at.notnull().ifelse(_.authority, None),
    )
    # A case of another kind of vehicle is not asked for; one of which nothing is known still has its money.
    joined = known.join(
        of_case, known.case_id == of_case.of_case, how="left" if ask.vehicles is None else "inner"
    )
    return joined.mutate(
        authority=ibis.coalesce(_.decided_by, _.told_authority),
        hour_of_day=_.hour % 24,
    )
