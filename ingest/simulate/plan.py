"""Which case carries which planted defect: a known share of those where the defect can stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from .case import SimCase
from .moments import DAY
from .world import World

Fits = Callable[[SimCase], bool]


class Kind(NamedTuple):
    """A kind of defect: where it stands (a dialect or an event file) and which cases can carry it."""

    name: str
    place: str
    share: float
    fits: Fits


def _has(*activities: str) -> Fits:
    return lambda case: all(case.first(name) is not None for name in activities)


def _transport(case: SimCase) -> bool:
    return case.authority == "transport"


def _no_evidence(case: SimCase) -> bool:
    held = ("detained", "unloading", "cargo_transferred", "unloaded", "reweighed")
    return not any(case.first(name) for name in held)


def _unclear_limit(case: SimCase) -> bool:
    return case.vehicle.axles in (3, 4)


KINDS = (
    Kind("impossible_date", "merged", 0.02, lambda c: _transport(c) and _has("decided")(c)),
    Kind("absurd_weight", "merged", 0.02, _has("reweighed")),
    Kind("missing_case_no", "merged", 0.02, lambda c: True),
    Kind("duplicate_row", "merged", 0.02, lambda c: True),
    Kind("corrected_row", "merged", 0.02, _has("reweighed")),
    Kind("date_only_confirmation", "merged", 0.02, lambda c: True),
    Kind("date_only_release", "merged", 0.02, lambda c: True),
    Kind("limit_unknown", "merged", 0.05, _unclear_limit),
    Kind("released_before_confirmed", "merged", 0.2, _no_evidence),
    Kind("impossible_date", "gbk", 0.03, _has("filed")),
    Kind("hour_24", "gbk", 0.03, lambda c: _transport(c) and _has("notified")(c)),
    Kind("negative_weight", "gbk", 0.03, lambda c: True),
    Kind("unknown_station", "gbk", 0.02, lambda c: True),
    Kind("missing_case_no", "gbk", 0.02, lambda c: True),
    Kind("corrected_row", "gbk", 0.05, lambda c: True),
    Kind("row_gone", "gbk", 0.03, lambda c: True),
    Kind("future_time", "gbk", 0.03, lambda c: _transport(c) and _has("notified")(c)),
    Kind("limit_differs", "gbk", 0.05, lambda c: c.vehicle.axles == 6),
    Kind("absurd_weight", "template", 0.02, _has("reweighed")),
    Kind("impossible_date", "template", 0.02, _has("notified")),
    Kind("late_entry", "template", 0.03, lambda c: True),
    Kind("unknown_station", "police", 0.02, _has("accepted")),
    Kind("unknown_activity", "police", 0.02, _has("accepted")),
    Kind("duplicate_row", "police", 0.02, _has("accepted")),
    Kind("corrected_row", "police", 0.02, _has("accepted")),
    Kind("late_entry", "police", 0.04, _has("accepted")),
    Kind("missing_case_no", "treasury", 0.01, _has("paid", "released")),
    Kind("duplicate_row", "treasury", 0.02, _has("paid", "released")),
    Kind("second_confirmation", "unload", 0.02, _has("unloading", "released")),
    Kind("several_releases", "unload", 0.02, _has("unloading", "released")),
    Kind("reweigh_heavier", "unload", 0.02, _has("reweighed", "released")),
    Kind("unknown_activity", "unload", 0.01, _has("unloading", "released")),
    Kind("unit_missing", "unload", 0.02, _has("reweighed", "released")),
)
"""At the four shipped stations over four months every kind has cases to stand on."""

LEDGERS = ("merged", "gbk", "template")
COVERED: dict[str, Fits] = {
    "police": lambda case: case.authority == "police",
    "treasury": lambda case: case.site.dialect in ("merged", "gbk"),
    "unload": lambda case: case.site.dialect in ("merged", "gbk"),
}
"""Which cases an event file tells of."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many cases could have carried a kind, the share asked for, and how many carry it."""

    kind: str
    place: str
    eligible: int
    share: float
    planted: int


@dataclass(slots=True)
class Plan:
    """Case number → kind of defect, by place; and the shares."""

    by_place: dict[str, dict[str, str]] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)

    def kind(self, place: str, case_no: str) -> str | None:
        return self.by_place.get(place, {}).get(case_no)

    def cases(self, place: str, kind: str) -> list[str]:
        """Case numbers that carry a kind at a place."""
        return [case_no for case_no, one in self.by_place.get(place, {}).items() if one == kind]


def exports_of(dialect: str, world: World) -> list[int]:
    """When such a ledger was exported: gbk in each of the last weeks, the others twice; last at the end."""
    every, most = (7 * DAY, 5) if dialect == "gbk" else (5 * DAY, 2)
    if dialect == "offsite":
        most = 1
    found = [world.until]
    while len(found) < most and found[-1] - every > world.since + 2 * DAY:
        found.append(found[-1] - every)
    return found[::-1]


def uncut(case: SimCase, exports: Sequence[int]) -> bool:
    """Whether every export shows the case either not at all or complete, so that its row never changes."""
    first = case.first("confirmed")
    last = max(step.told_at for step in case.steps)
    return first is not None and all(first.told_at > at or last <= at for at in exports)


def make_plan(world: World, shares: Mapping[str, float] | None = None) -> Plan:
    """Choose the cases. A case carries one defect at most, and none that still stands at a station does.

    `shares` replaces the share of kinds by name; 0 plants none of it. Of others at least one
    is planted where a case is free.
    """
    rng = Random(f"{world.seed}/plan")
    plan = Plan()
    taken: set[str] = set()
    exports = {dialect: exports_of(dialect, world) for dialect in LEDGERS}
    for kind in KINDS:
        share = kind.share if shares is None else shares.get(kind.name, kind.share)
        able = [case for case in world.cases if _able(case, kind, world, exports)]
        count = min(len(able), max(1, round(share * len(able)))) if share > 0 and able else 0
        free = [case for case in able if case.case_no not in taken]
        chosen = rng.sample(free, min(count, len(free)))
        for case in chosen:
            taken.add(case.case_no)
            plan.by_place.setdefault(kind.place, {})[case.case_no] = kind.name
        plan.shares.append(Share(kind.name, kind.place, len(able), share, len(chosen)))
    return plan


def _able(case: SimCase, kind: Kind, world: World, exports: Mapping[str, Sequence[int]]) -> bool:
    if case.story or not case.site.holds or not kind.fits(case):
        return False
    if any(step.told_at > world.until for step in case.steps if step.activity in ("released", "confirmed")):
        return False
    if kind.place not in LEDGERS:
        complete = max(step.told_at for step in case.steps if step.activity != "closed") <= world.until
        return complete and COVERED[kind.place](case)
    if case.site.dialect != kind.place or not uncut(case, exports[kind.place]):
        return False
    if kind.name in ("row_gone", "corrected_row") and kind.place == "gbk":
        if kind.name == "row_gone" and min(s.at for s in case.steps) <= exports["gbk"][0]:
            # The first row of a ledger may be gone because the ledger now begins later: nobody can tell.
            return False
        # needs an export that still has it, or has it wrong, and a later one
        return len(exports["gbk"]) > 1 and max(s.told_at for s in case.steps) <= exports["gbk"][-2]
    return True
