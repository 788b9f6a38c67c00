"""Decisions written down field by field, and what an assessment of them says."""

from __future__ import annotations

from typing import Any

from monitor.rules.assessment import Assessment
from monitor.rules.decision import Decision
from tests.factories import STATION, at

YUAN = 100
LIMIT = 49_000


def transport(over_kg: int | None = None, yuan: float | None = None, **told: Any) -> Decision:
    """A decision of the transport track on a six-axle combination that was this much over its limit."""
    fields: dict[str, Any] = {
        "station": STATION,
        "case_no": "1",
        "decided_at": at("2024-07-02 15:00"),
        "acted_at": at("2024-07-01 09:00"),
        "authority": "transport",
        "outcome": None if yuan is None else "fine",
        "fine_fen": None if yuan is None else round(yuan * YUAN),
    }
    if over_kg is not None:
        fields |= {"gross_kg": LIMIT + over_kg, "limit_kg": LIMIT}
    return Decision(**(fields | told))


def police(percent: float | None = None, yuan: float | None = None, **told: Any) -> Decision:
    """A police decision on a truck of 10,000 kg approved load that carried this much more."""
    loaded = {}
    if percent is not None:
        loaded = {
            "tare_kg": 8_000,
            "approved_load_kg": 10_000,
            "gross_kg": round(18_000 + 100 * percent),
            "limit_kg": 18_000,
        }
    return transport(None, yuan, **({"authority": "police"} | loaded | told))


def codes(assessment: Assessment) -> list[str]:
    """The codes of its findings, in order."""
    return [finding.code for finding in assessment.findings]


def values(assessment: Assessment, code: str) -> dict[str, Any]:
    """The numbers of the one finding of this code."""
    [finding] = [one for one in assessment.findings if one.code == code]
    return {value.name: value.value for value in finding.values}
