"""What a surcharge would come to by the law's rate: an estimate beside what was recorded.

Source: 行政处罚法 (2021) 第七十二条, 第七十三条: a share of the fine for every day after the due date, never
more than the fine, and nothing for days of review or suit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from monitor.settings.entry import latest_in_force
from monitor.settings.payments import Payments

WHOLE = 10_000
"""Hundredths of a per cent in a whole."""


class Span(NamedTuple):
    """Local days, both ends included."""

    first: date
    last: date


class Surcharge(NamedTuple):
    """An estimate in fen over `days` days late, without `paused` days of review or suit; `capped` where the
    cap holds it; `article` is where the rate comes from."""

    fen: int
    days: int
    paused: int
    capped: bool
    article: str


def estimated(
    owed: int,
    due: date,
    last: date,
    paid: Iterable[tuple[date, int]],
    pauses: Sequence[Span],
    terms: Payments,
) -> Surcharge | None:
    """The surcharge of a fine (fen) due on `due` and paid in full, or still unpaid, on `last`.

    None where it is not late or no rate is in force on the day after it was due.
    """
    late = (last - due).days
    rule = latest_in_force(terms.surcharge, due + timedelta(days=1)) if late > 0 else None
    if rule is None:
        return None
    days = [due + timedelta(days=place) for place in range(1, late + 1)]
    counted = [day for day in days if not any(span.first <= day <= span.last for span in pauses)]
    if rule.base == "fine":
        bases = owed * len(counted)
    else:
        by_day = sorted(paid)
        # What comes on a day lessens the days after it.
        bases = sum(max(0, owed - sum(fen for on, fen in by_day if on < day)) for day in counted)
    cap = owed * rule.cap // WHOLE
    fen = bases * rule.per_day // WHOLE
    return Surcharge(
        min(fen, cap), len(counted), late - len(counted), fen >= cap, terms.article_of(rule.source)
    )
