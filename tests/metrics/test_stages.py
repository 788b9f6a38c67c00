"""Where the hours went, each case worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.metrics.ask import Ask, By
from monitor.metrics.gates import GateSpan
from monitor.metrics.held_after_removal import held_after_removal
from monitor.metrics.stages import Stage, stages
from monitor.settings.stations import Need
from tests.metrics.case_versions import Version, at, engine, version

EVERYTHING = GateSpan("S1", 0, 2**62, frozenset(Need))
LAW = GateSpan("S1", 0, 2**62, frozenset({Need.REMOVAL}))

WHOLE = version(
    1, "2024-07-22T08:00", "2024-07-22T20:00", decided_at="2024-07-22T11:00", removed_at="2024-07-22T16:00",
    paid_at="2024-07-22T14:00", pay_confirmed_at="2024-07-22T18:30",
)  # fmt: skip
"""12 h: decision 3, removal 5 (11 to 16), paid before that, arrival 2.5 (16 to 18:30), release 1.5."""


def hours(
    rows: list[Version], *gates: GateSpan, now: str = "2024-07-30T00:00", **told: Any
) -> dict[Stage, float]:
    found = stages(engine(*rows), Ask(at(now), **told), gates)
    return {share.stage: share.hours for share in found}


def test_each_hour_goes_to_the_earliest_thing_still_waited_for() -> None:
    assert hours([WHOLE], EVERYTHING) == {
        Stage.DECISION: 3.0, Stage.REMOVAL: 5.0, Stage.PAYMENT: 0.0, Stage.ARRIVAL: 2.5, Stage.RELEASE: 1.5,
    }  # fmt: skip


def test_what_the_gate_does_not_wait_for_takes_no_hour() -> None:
    assert hours([WHOLE], LAW) == {
        Stage.DECISION: 0.0, Stage.REMOVAL: 8.0, Stage.PAYMENT: 0.0, Stage.ARRIVAL: 0.0, Stage.RELEASE: 4.0,
    }  # fmt: skip
    assert hours([WHOLE]) == hours([WHOLE], LAW)  # no gate configured: the law's own


def test_a_gate_holds_for_cases_that_start_under_it() -> None:
    later = GateSpan("S1", at("2024-07-22T08:00") + 1, 2**62, frozenset(Need))
    elsewhere = GateSpan("S2", 0, 2**62, frozenset(Need))
    assert hours([WHOLE], later, elsewhere) == hours([WHOLE], LAW)


def test_what_is_never_done_is_waited_for_to_the_end_or_to_now() -> None:
    still = version(1, "2024-07-22T08:00", decided_at="2024-07-22T10:00")
    assert hours([still], EVERYTHING, now="2024-07-23T12:00") == {
        Stage.DECISION: 2.0, Stage.REMOVAL: 26.0, Stage.PAYMENT: 0.0, Stage.ARRIVAL: 0.0, Stage.RELEASE: 0.0,
    }  # fmt: skip


def test_a_step_done_after_the_release_takes_no_more_than_was_held() -> None:
    paid_later = version(
        1, "2024-07-22T08:00", "2024-07-22T12:00", decided_at="2024-07-22T09:00",
        removed_at="2024-07-22T10:00", paid_at="2024-08-01T00:00",
    )  # fmt: skip
    found = hours([paid_later], EVERYTHING)
    assert (found[Stage.PAYMENT], found[Stage.RELEASE]) == (2.0, 0.0)


def test_a_warning_leaves_nothing_to_pay() -> None:
    warned = version(
        1, "2024-07-22T08:00", "2024-07-22T12:00", decided_at="2024-07-22T09:00", outcome="warning",
        removed_at="2024-07-22T10:00",
    )  # fmt: skip
    found = hours([warned], EVERYTHING)
    assert (found[Stage.PAYMENT], found[Stage.ARRIVAL], found[Stage.RELEASE]) == (0.0, 0.0, 2.0)


def test_shares_add_up_and_quantiles_are_over_the_cases_that_waited() -> None:
    other = version(
        2, "2024-07-22T08:00", "2024-07-22T12:00", decided_at="2024-07-22T08:00",
        removed_at="2024-07-22T09:00", paid_at="2024-07-22T08:00", pay_confirmed_at="2024-07-22T08:00",
    )  # fmt: skip
    found = {
        one.stage: one for one in stages(engine(WHOLE, other), Ask(at("2024-07-30T00:00")), [EVERYTHING])
    }
    assert sum(one.share or 0 for one in found.values()) == pytest.approx(1)
    decision, removal = found[Stage.DECISION], found[Stage.REMOVAL]
    assert (decision.cases, decision.n, decision.median) == (1, 2, 3.0)
    # 5 h and 1 h: median 3, 90 % quantile by type 7 is 1 + 0.9 * 4.
    assert (removal.cases, removal.median, removal.p90) == (2, 3.0, pytest.approx(4.6))
    assert found[Stage.PAYMENT].median is None


def test_cases_with_a_step_known_only_by_its_day_are_left_out() -> None:
    by_day = version(2, "2024-07-22T08:00", "2024-07-22T12:00", days=f"[{at('2024-07-22T00:00')}]")
    assert hours([WHOLE, by_day], EVERYTHING) == hours([WHOLE], EVERYTHING)


def test_stations_are_told_apart() -> None:
    other = version(2, "2024-07-22T08:00", "2024-07-22T10:00", station="S2", removed_at="2024-07-22T09:00")
    found = stages(engine(WHOLE, other), Ask(at("2024-07-30T00:00"), by=(By.STATION,)), [EVERYTHING])
    assert [(one.cell["station"], one.hours) for one in found if one.stage is Stage.REMOVAL] == [
        ("S1", 5.0), ("S2", 1.0),
    ]  # fmt: skip


def test_held_after_removal_counts_from_the_removal_to_the_release() -> None:
    unknown = version(2, "2024-07-22T08:00", "2024-07-22T12:00")
    derived = version(
        3, "2024-07-22T08:00", "2024-07-22T10:00", removed_at="2024-07-22T09:00", removed_derived=True
    )
    (found,) = held_after_removal(engine(WHOLE, unknown, derived), Ask(at("2024-07-30T00:00")))
    assert (found.hours, found.cases, found.derived, found.n) == (5.0, 2, 1, 3)
    assert found.share == pytest.approx(5 / 18)
    assert (found.median, found.longest) == (2.5, 4.0)
