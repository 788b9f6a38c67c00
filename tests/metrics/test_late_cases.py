"""Late cases one by one, worked out by hand."""

from __future__ import annotations

import pytest

from monitor.metrics.ask import Ask
from monitor.metrics.gates import GateSpan
from monitor.metrics.late_cases import late_cases
from monitor.settings.stations import Need
from tests.metrics.case_versions import at, engine, version

GATES = (GateSpan("S1", 0, 2**62, frozenset({Need.DECISION, Need.REMOVAL})),)


def test_hours_of_a_late_case_are_told_by_what_it_waited_for_with_the_codes_of_its_suspensions() -> None:
    closed = f'[{at("2024-07-22T20:00")},{at("2024-07-22T23:00")},"weather"]'
    pause = f'[{closed},[{at("2024-07-23T01:00")},null,"weather"]]'
    rows = [
        version(1, "2024-07-22T08:00", "2024-07-22T20:00"),
        version(
            2, "2024-07-22T08:00", "2024-07-23T14:00", pauses=pause,
            decided_at="2024-07-22T18:00", removed_at="2024-07-23T10:00",
        ),
        version(3, "2024-07-22T07:00"),
        version(
            4, "2024-07-22T09:00", "2024-07-24T00:00", released_until="2024-07-24T23:59", days='["released"]',
        ),
    ]  # fmt: skip
    first, second, third = late_cases(engine(*rows), Ask(at("2024-07-25T07:00")), GATES)
    assert (first.case_no, first.released, first.hours) == ("3", False, 72.0)
    assert first.stages == {"decision": 72.0, "removal": 0, "payment": 0, "arrival": 0, "release": 0}
    assert (second.case_no, second.released, second.hours, second.reasons) == ("2", True, 30.0, ("weather",))
    assert second.stages == {"decision": 10.0, "removal": 16.0, "payment": 0, "arrival": 0, "release": 4.0}
    assert second.hours == pytest.approx(sum(second.stages.values()))
    assert (third.case_no, third.released, third.hours, third.stages) == ("4", True, None, None)
