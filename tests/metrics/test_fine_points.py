"""Points, parts of the band and findings by hand; every cell opens exactly the cases that it counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from monitor.metrics.ask import Ask
from monitor.metrics.cell_names import UnknownCell
from monitor.metrics.cells import case_ids
from monitor.metrics.engine import MemoryEngine
from monitor.metrics.fine_points import fine_rows, noted, placed, places, points
from tests.metrics.drawn_decisions import FIRST, rows_of

ALIKE = "police|example-police@2024-01-01|mass.up-to-50"
NOW = FIRST + 10**15
DAYS = Ask(NOW, since=date(2024, 1, 1), until=date(2024, 2, 1))


def row(number: int, yuan: int, **told: Any) -> dict[str, Any]:
    """A police fine in a band of 500 to 1,000 yuan, 40 % over the approved load."""
    place = "below" if yuan < 500 else "above" if yuan > 1000 else "middle"
    plain = {
        "case_id": number, "station": "S1", "case_no": f"C{number}", "known_from": FIRST, "alike": ALIKE,
        "decided_at": FIRST, "decided_date": "2024-01-02", "authority": "police", "outcome": "fine",
        "fine_fen": 100 * yuan, "low_fen": 50_000, "high_fen": 100_000, "place": place,
        "position": (yuan - 500) / 500, "load_over_share": 0.4, "load_over_kg": 4_000, "over_kg": 6_000,
        "rule_set": "example-police@2024-01-01", "example": True, "officers": ["01", "02"], "team": "1",
        "findings": [],
    }  # fmt: skip
    return {**plain, **told}


ROWS = [
    row(1, 500), row(2, 500), row(3, 1000), row(4, 700, station="S2", officers=["03"]),
    row(5, 450, findings=["below_band", "no_notice"]),
    row(6, 450, departure="explained", findings=["below_band"]),
    row(7, 1200, departure="without_reason", load_over_share=0.45),
    row(8, 800, place="unassessed", why="tare_missing", alike=None, position=None, load_over_share=None),
    row(9, 0, place="exempt", outcome="warning", alike=None, position=None),
    row(10, 900, decided_date="2024-02-01"),
    row(11, 900, known_to=FIRST + 1),
]  # fmt: skip


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine({"decisions": rows_of(ROWS)})


def opened(engine: MemoryEngine, cell: str) -> list[int]:
    return sorted(case_ids(engine, DAYS, (), cell))


def test_equal_fines_are_one_point_and_those_outside_are_told_by_their_reason(engine: MemoryEngine) -> None:
    dots = points(engine, DAYS, "police", "load_over_percent", 2_000)
    told = {(dot.kind, dot.fine_fen): dot for dot in dots}
    assert {key: dot.n for key, dot in told.items()} == {
        ("inside", 50_000): 2, ("inside", 70_000): 1, ("inside", 100_000): 1, ("below", 45_000): 1,
        ("below_explained", 45_000): 1, ("above", 120_000): 1,
    }  # fmt: skip
    assert told["above", 120_000].x == pytest.approx(0.45)
    assert (told["above", 120_000].station, told["above", 120_000].case_no) == ("S1", "C7")
    for dot in dots:
        assert len(opened(engine, dot.cell)) == dot.n
    assert opened(engine, told["inside", 50_000].cell) == [1, 2]
    assert points(engine, DAYS, "transport", "over_kg", 2_000) == []


def test_the_parts_of_the_band_are_fifths_with_the_ceiling_in_the_last(engine: MemoryEngine) -> None:
    assert [(one.part, one.n) for one in places(engine, DAYS)] == [(0, 2), (2, 1), (4, 1)]
    assert opened(engine, f"fine_places.{ALIKE}~0") == [1, 2]
    assert opened(engine, f"fine_places.{ALIKE}~all") == [1, 2, 3, 4]


def test_every_decision_of_the_days_is_in_one_place(engine: MemoryEngine) -> None:
    told = {(one.place, one.why, one.fined): one.n for one in placed(engine, DAYS)}
    assert told == {
        ("middle", None, True): 4, ("below", None, True): 2, ("above", None, True): 1,
        ("unassessed", "tare_missing", True): 1, ("exempt", None, False): 1,
    }  # fmt: skip
    assert opened(engine, "fines.assessed") == [1, 2, 3, 4, 5, 6, 7]
    assert opened(engine, "fines.outside.police") == [5, 6, 7]
    assert opened(engine, "fines.unassessed") == [8]
    assert opened(engine, "fines.spared") == [9]


def test_units_are_opened_by_their_names_an_officer_by_a_code(engine: MemoryEngine) -> None:
    assert opened(engine, "fine_units.station~free~S2") == [4]
    assert opened(engine, "fine_units.team~outside~S1~1") == [5, 6, 7]
    assert opened(engine, "fine_units.officer~free~02") == [1, 2, 3]
    assert opened(engine, "fine_units.officer~held~03") == [4]


def test_findings_are_told_one_by_one_and_opened_by_their_code(engine: MemoryEngine) -> None:
    told = [(one.case_no, one.code) for one in noted(engine, DAYS)]
    assert told == [("C5", "below_band"), ("C5", "no_notice"), ("C6", "below_band")]
    assert opened(engine, "findings.below_band") == [5, 6]


@pytest.mark.parametrize(
    "cell",
    [
        "fines.some", "fine_points.police.load_over_percent.0.inside.40.25",
        "fine_points.police.money.1.inside.1.1",
        "fine_points.police.load_over_percent.2000.rich.40.25", f"fine_places.{ALIKE}~5", "fine_places.x",
        "fine_units.person~free~x", "fine_units.station~rich~S1", "fine_units.station~free~", "findings.a b",
    ],
)  # fmt: skip
def test_a_cell_that_nobody_draws_is_refused(engine: MemoryEngine, cell: str) -> None:
    with pytest.raises(UnknownCell):
        opened(engine, cell)


def test_a_file_holds_each_decision_with_a_fine_of_the_authority(engine: MemoryEngine) -> None:
    rows = fine_rows(engine, DAYS, "police")
    assert [one["case_no"] for one in rows] == [f"C{n}" for n in (1, 2, 3, 5, 6, 7, 8, 9, 4)]
    assert rows[0]["low_fen"] == 50_000


def test_findings_of_payments_stand_beside_those_of_the_decision() -> None:
    rows = [
        row(1, 450, findings=["below_band"], payment_findings=["cash_without_ground", "paid_twice"]),
        row(2, 700, payment_findings=["paid_twice"]), row(3, 700),
        # Told twice, by the decision and by a payment: a finding of the case once.
        row(4, 700, findings=["factor_of_10000"], payment_findings=["factor_of_10000"]),
    ]  # fmt: skip
    engine = MemoryEngine({"decisions": rows_of(rows)})
    assert [(one.case_no, one.code) for one in noted(engine, DAYS)] == [
        ("C1", "below_band"), ("C1", "cash_without_ground"), ("C1", "paid_twice"), ("C2", "paid_twice"),
        ("C4", "factor_of_10000"),
    ]  # fmt: skip
    assert opened(engine, "findings.paid_twice") == [1, 2]
    assert opened(engine, "findings.factor_of_10000") == [4]
