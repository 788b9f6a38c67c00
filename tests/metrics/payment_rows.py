"""Small builders of cases with their money, through the lake's own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.cases.event import Event
from monitor.cases.validity import validity
from monitor.lake.case_rows import case_table
from monitor.lake.event_rows import CaseSpans, event_table, payment_table
from monitor.metrics.engine import MemoryEngine
from tests.factories import SHANGHAI, case
from tests.metrics.case_versions import Version, version


def engine_of(cases: Mapping[int, Sequence[Event]], **told: Any) -> MemoryEngine:
    """An engine over cases by number, of station S1, and the money in their events."""
    versions = [_version(number, events, **told) for number, events in cases.items()]
    spans = [
        CaseSpans(number, "S1", str(number), "2026-11", validity(events)) for number, events in cases.items()
    ]
    return MemoryEngine(
        {
            "case_versions": case_table(list[Sequence[Any]](versions), lambda _: SHANGHAI),
            "payments": payment_table(event_table(spans, lambda _: SHANGHAI)),
        }
    )


def _version(number: int, events: Sequence[Event], **told: Any) -> Version:
    state = case(*events)._asdict()
    kept = {name: state[name] for name in ("authority", "vehicle", "fine_fen", "decided_at", "withdrawn_at")}
    return version(number, None, first_at=state["first_at"], **{**kept, **told})
