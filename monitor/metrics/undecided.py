"""Cases with money but no decision on record: a person should look at them, and no decision tells of them."""

from __future__ import annotations

from typing import NamedTuple

from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import cases_known, in_days

ASKED_OR_PAID = ("pay_requested", "paid", "pay_confirmed")


class Undecided(NamedTuple):
    """A case and the first local day, YYYY-MM-DD, of those asked for on which money was told of it."""

    case_id: int
    date: str


def members(engine: Engine, ask: Ask) -> ir.Table:
    """Cases of which money was asked for, paid or arrived on the days asked for."""
    told = in_days(engine.table("payments"), ask, "date")
    told = told.filter(
        told.known_from <= ask.as_of,
        told.known_to.isnull() | (told.known_to > ask.as_of),
        told.activity.isin(ASKED_OR_PAID),
        (told.amount_fen >= 0).fill_null(True),
    )
    undecided = cases_known(engine, ask).filter(_.decided_at.isnull())
    return told.semi_join(undecided, "case_id").group_by("case_id").agg(date=_.date.min())


def undecided_money(engine: Engine, ask: Ask) -> list[Undecided]:
    """The cases, the oldest money first."""
    rows = answer(engine, ask, "undecided_money", members)
    return sorted((Undecided(row["case_id"], row["date"]) for row in rows), key=lambda one: one[::-1])
