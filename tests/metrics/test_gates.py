"""Gates of configured stations as spans of starts."""

from __future__ import annotations

from datetime import date

from monitor.metrics.gates import gate_spans
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.stations import Gate, Need
from tests.factories import at

STATIONS = load_configuration(Settings()).stations


def test_a_gate_holds_from_its_local_midnight_until_the_next_one() -> None:
    station = STATIONS["14042301"].model_copy(
        update={
            "gates": (
                Gate.model_validate(
                    {"from": date(2024, 1, 1), "until": date(2024, 7, 21), "needs": ["removal"]}
                ),
                Gate.model_validate(
                    {"from": date(2024, 7, 22), "needs": ["removal", "decision"], "example": True}
                ),
            )
        }
    )
    found = gate_spans({"14042301": station})
    assert [(span.since, sorted(span.needs)) for span in found] == [
        (at("2024-01-01 00:00"), [Need.REMOVAL]),
        (at("2024-07-22 00:00"), [Need.DECISION, Need.REMOVAL]),
    ]
    assert found[0].until == found[1].since


def test_a_site_without_a_gate_has_no_span() -> None:
    assert gate_spans({"14042331": STATIONS["14042331"]}) == ()
    assert {span.station for span in gate_spans(STATIONS)} >= {"14042301", "14042302"}
