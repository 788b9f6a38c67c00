"""Defects are planted in the share asked for, once a case, and never in a vehicle that still stands there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ingest.simulate.plan import KINDS, make_plan
from ingest.simulate.world import World, build
from tests.ingest.simulate.conftest import NOW, Simulated


def county(seed: int = 4) -> World:
    return build(stations=4, days=120, seed=seed, until=NOW)


def test_each_kind_has_its_share_and_none_is_missing() -> None:
    plan = make_plan(county())
    assert {(share.kind, share.place) for share in plan.shares} == {(kind.name, kind.place) for kind in KINDS}
    for share in plan.shares:
        asked = round(share.share * share.eligible)
        assert share.planted == max(1, asked), share


def test_a_share_can_be_asked_for() -> None:
    plan = make_plan(county(), {"second_confirmation": 0.1, "row_gone": 0})
    by_kind = {share.kind: share for share in plan.shares}
    second = by_kind["second_confirmation"]
    assert second.planted == round(0.1 * second.eligible) > 10
    assert by_kind["row_gone"].planted == 0


def test_no_case_carries_two() -> None:
    plan = make_plan(county())
    carried = Counter(case_no for cases in plan.by_place.values() for case_no in cases)
    assert max(carried.values()) == 1


def test_vehicles_that_stand_there_carry_none() -> None:
    world = county()
    held = {case.case_no for case in world.cases if case.open_at(NOW)}
    plan = make_plan(replace(world), dict.fromkeys((kind.name for kind in KINDS), 1.0))
    assert len(held) == 7
    assert held.isdisjoint(case_no for cases in plan.by_place.values() for case_no in cases)


def test_every_planned_defect_stands_in_a_file(simulated: Simulated) -> None:
    planted = sum(share["planted"] for share in simulated.truth["shares"])
    assert planted == len(simulated.truth["defects"])
    assert {share["kind"] for share in simulated.truth["shares"] if share["planted"]} == {
        defect["kind"] for defect in simulated.truth["defects"]
    }
