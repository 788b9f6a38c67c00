"""Corrections and late news between two moments, worked out by hand."""

from __future__ import annotations

import pytest

from monitor.metrics.ask import Ask
from monitor.metrics.corrections import corrections
from tests.metrics.case_versions import at, engine, version

THEN, BETWEEN, NOW = "2024-07-22T08:00", at("2024-07-23T00:00"), "2024-07-29T08:00"


def test_a_changed_value_is_corrected_a_past_one_came_late_and_going_on_is_neither() -> None:
    start = "2024-07-20T08:00"
    rows = [
        # released at another hour than was said
        version(1, start, "2024-07-20T20:00", known_to=BETWEEN),
        version(1, start, "2024-07-20T22:00", known_from=BETWEEN),
        # released before the earlier moment, told after it
        version(2, start, known_to=BETWEEN),
        version(2, start, "2024-07-21T07:00", known_from=BETWEEN),
        # released after it: it went on
        version(3, start, known_to=BETWEEN),
        version(3, start, "2024-07-22T20:00", known_from=BETWEEN),
        # the fine is another one; the decision was taken back
        version(4, start, fine_fen=100_000, decided_at=start, known_to=BETWEEN),
        version(4, start, fine_fen=50_000, known_from=BETWEEN),
        # new since, and unchanged
        version(5, "2024-07-23T08:00", known_from=BETWEEN),
        version(6, start, "2024-07-20T20:00"),
    ]
    found = {
        one.field: (one.corrected, one.late) for one in corrections(engine(*rows), Ask(at(NOW)), at(THEN))
    }
    told = {field: counts for field, counts in found.items() if counts != (0, 0)}
    assert told == {"released_at": (1, 1), "fine_fen": (1, 0), "decided_at": (1, 0)}
    assert corrections(engine(*rows), Ask(at(NOW)), at(THEN))[0].of == 4


def test_before_anything_was_corrected_there_is_nothing_and_moments_the_wrong_way_round_are_refused() -> None:
    rows = [version(1, "2024-07-20T08:00")]
    assert all(one.corrected == one.late == 0 for one in corrections(engine(*rows), Ask(at(NOW)), at(THEN)))
    with pytest.raises(ValueError, match="earlier"):
        corrections(engine(*rows), Ask(at(THEN)), at(NOW))
