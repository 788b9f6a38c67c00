"""A difference as API and command line tell it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor.cases.event import DAY, SECOND
from monitor.store.differences import Difference


def difference_told(one: Difference, now: int) -> dict[str, Any]:
    """Instants as RFC 3339 in UTC, amounts in fen, the age in whole days since it began."""
    told = one._asdict()
    params = dict(told.pop("params"))
    for name in ("posted_at", "paid_at"):
        if name in params:
            params[name] = _instant(params[name])
    del told["subject"]
    return {
        **told,
        "since": _instant(one.since),
        "closed_at": _instant(one.closed_at),
        "closed_itself": one.state == "closed" and not one.closed_by,
        "age_days": max(0, now - one.since) // DAY,
        "details": params,
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at / SECOND, UTC).isoformat()
