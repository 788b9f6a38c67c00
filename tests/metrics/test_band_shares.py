"""Shares inside the band and what stands beside, counted by hand."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from monitor.lake.decision_rows import DECISIONS
from monitor.metrics.ask import Ask, By
from monitor.metrics.band_shares import band_shares, findings_told
from monitor.metrics.engine import MemoryEngine


def decision(number: int, place: str | None, week: str = "2024-W30", **told: Any) -> dict[str, Any]:
    return {
        "case_id": number, "station": "S1", "case_no": str(number), "known_from": 0, "outcome": "fine",
        "decided_date": "2024-07-22", "decided_week": week, "place": place, "example": False, "findings": [],
        **told,
    }  # fmt: skip


def test_inside_of_those_held_against_a_band_and_departures_by_what_is_on_record() -> None:
    rows = [
        decision(1, "low"),
        decision(2, "no_discretion", example=True),
        decision(3, "above", departure="explained", findings=["above_band"]),
        decision(4, "below", departure="without_reason", findings=["below_band", "departure_without_reason"]),
        decision(5, None, week="2024-W31"),
        decision(6, None, week="2024-W31", outcome="warning"),
    ]
    engine = MemoryEngine({"decisions": pa.Table.from_pylist(rows, DECISIONS)})
    first, second = band_shares(engine, Ask(1, by=(By.WEEK,)))
    assert (first.k, first.n, first.explained, first.unexplained, first.example) == (2, 4, 1, 1, 1)
    assert first.low == pytest.approx(0.15, abs=0.005)
    assert (second.cell, second.k, second.n, second.unassessed, second.low) == (
        {"period": "2024-W31"},
        0,
        0,
        1,
        None,
    )
    assert findings_told(engine, Ask(1)) == {"above_band": 1, "below_band": 1, "departure_without_reason": 1}
    assert band_shares(engine, Ask(-1)) == [] and findings_told(engine, Ask(-1)) == {}
