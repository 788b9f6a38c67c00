"""Exemptions that were met, and vehicles by how often they were overloaded within a year: by hand."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.metrics.ask import Ask, By
from monitor.metrics.cell_names import UnknownCell
from monitor.metrics.cells import case_ids
from monitor.metrics.engine import MemoryEngine
from monitor.metrics.exemptions import exemptions
from monitor.metrics.known import UnknownBreakdown
from monitor.metrics.repeat_offenders import repeat_offenders
from monitor.metrics.small_numbers import wilson
from tests.metrics.drawn_decisions import FIRST, rows_of

NOW = FIRST + 10**15


def row(number: int, **told: Any) -> dict[str, Any]:
    plain = {
        "case_id": number, "station": "S1", "case_no": f"C{number}", "known_from": FIRST,
        "decided_at": FIRST, "decided_date": "2024-01-01", "decided_week": "2024-W01",
    }  # fmt: skip
    return {**plain, **told}


def opened(engine: MemoryEngine, cell: str) -> list[int]:
    return sorted(case_ids(engine, Ask(NOW), (), cell))


def test_of_those_that_met_an_exemption_how_many_went_without_a_fine() -> None:
    spared = {"outcome": "no_penalty", "place": "exempt"}
    fined = {"outcome": "fine", "fine_fen": 20_000, "place": "low"}
    rows = [
        *(row(n, exemption="minor", **spared) for n in range(9)),
        *(row(n, exemption="minor", **fined) for n in range(9, 12)),
        row(12, exemption="first", outcome="warning", fine_fen=0),
        row(13, exemption="first", station="S2", **fined),
        row(14, **fined),
    ]
    engine = MemoryEngine({"decisions": rows_of(rows)})
    first, minor = exemptions(engine, Ask(NOW), 12)
    assert (first.exemption, first.k, first.n, first.fined, first.share, first.few) == (
        "first", 1, 2, 1, None, True,
    )  # fmt: skip
    assert (minor.exemption, minor.k, minor.n, minor.fined, minor.share) == ("minor", 9, 12, 3, 0.75)
    assert (minor.low, minor.high) == wilson(9, 12)
    by_station = exemptions(engine, Ask(NOW, by=(By.STATION,)), 12)
    assert [(one.cell["station"], one.exemption, one.n) for one in by_station] == [
        ("S1", "first", 1), ("S1", "minor", 12), ("S2", "first", 1),
    ]  # fmt: skip
    assert exemptions(engine, Ask(FIRST - 1), 12) == []
    # Each count opens its cases.
    for one in (first, minor):
        cells = [f"exemptions.{one.exemption}{what}" for what in ("", ".spared", ".fined")]
        assert [len(opened(engine, cell)) for cell in cells] == [one.n, one.k, one.fined]
    assert opened(engine, "exemptions.first.fined") == [13]


def test_a_vehicle_stands_with_its_most_acts_and_a_plate_that_was_not_read_in_none() -> None:
    fined = {"outcome": "fine", "fine_fen": 100_000}
    rows = [
        *(row(n, plate="晋D81021", prior_acts=n, **fined) for n in range(5)),
        row(5, plate="晋D81022", prior_acts=0, **fined),
        row(6, plate="晋D81022", prior_acts=1, plate_colour="blue", outcome="warning"),
        row(7, plate="晋D81023", prior_acts=2, **fined),
        # Two vehicles with one number, by their colours.
        row(10, plate="晋D81025", prior_acts=2, plate_colour="yellow", **fined),
        row(11, plate="晋D81025", prior_acts=0, plate_colour="blue", **fined),
        # Spared: no act that counts.
        row(8, plate="晋D81024", prior_acts=0, outcome="no_penalty", fine_fen=0),
        row(9, plate=None, prior_acts=None, **fined),
    ]
    engine = MemoryEngine({"decisions": rows_of(rows)})
    bands = repeat_offenders(engine, Ask(NOW), 3)
    assert [(one.acts, one.k, one.n, one.unread) for one in bands] == [
        ("1", 1, 5, 1), ("2", 1, 5, 1), ("3", 2, 5, 1), ("4+", 1, 5, 1),
    ]  # fmt: skip
    assert [one.plates for one in bands] == [(), (), (), ("晋D·8**21",)]
    assert all("81021" not in str(one) for one in bands)
    # Each count opens the cases of its vehicles: as many vehicles as counted.
    cells = ("repeats.1", "repeats.2", "repeats.3", "repeats.4+")
    cases = {cell: opened(engine, cell) for cell in cells}
    assert cases == {
        "repeats.1": [11], "repeats.2": [5, 6], "repeats.3": [7, 10], "repeats.4+": [0, 1, 2, 3, 4],
    }  # fmt: skip
    vehicle = {told["case_id"]: (told["plate"], told["case_id"] == 11) for told in rows}
    counted = [len({vehicle[one] for one in some}) for some in cases.values()]
    assert counted == [one.k for one in bands]
    assert opened(engine, "repeats.unread") == [9]


@pytest.mark.parametrize("cell", ["exemptions.all", "exemptions.minor.x", "repeats.5", "repeats.4"])
def test_what_is_no_cell_of_exemptions_or_repeats_is_unknown(cell: str) -> None:
    with pytest.raises(UnknownCell):
        opened(MemoryEngine({"decisions": rows_of([row(1)])}), cell)


def test_fines_are_not_told_apart_by_hour() -> None:
    engine = MemoryEngine({"decisions": rows_of([row(1)])})
    for metric in (exemptions, repeat_offenders):
        with pytest.raises(UnknownBreakdown):
            metric(engine, Ask(NOW, by=(By.HOUR,)), 12)
