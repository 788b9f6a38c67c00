"""Fines that are not as they should be, put into a world after it has run its course; and the truth of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from random import Random
from typing import Any

from .case import SimCase
from .fine_kinds import KINDS, FineKind, decided, fine_of, fined, unify
from .moments import DAY, HOUR, MINUTE, whole_minute
from .paper import allowed_of, decide, reprice
from .payment import pay
from .penalties import mass_fine
from .plan import Plan
from .sites import NORTH, WEST
from .tracks import decide_transport
from .world import World

UNIFORM_FEN = {50_000: 30_000, 100_000: 80_000, 150_000: 120_000, 200_000: 180_000}
"""Upper end of a band → the one fine that 北关 gives in it, whatever the circumstances."""

STRICT_TEAM = "交警一组"
"""At 城西 this team goes to the upper end of every band."""

FOURTH = 4
"""From this act of a vehicle within a rolling year on (公路安全保护条例 art. 66)."""


ENOUGH = 25
"""With fewer decisions nothing is planted: most of them are to be as they should."""


@dataclass(frozen=True, slots=True)
class FinePlanted:
    """A planted fault of one case. `truth`: where it must be found, as a finding of the decision (`finding`)
    or of the payment, or as a difference to the treasury's statement. `also` may be found beside it."""

    kind: str
    code: str
    truth: str
    station: str
    case_no: str
    payment_code: str | None
    also: tuple[str, ...] = ()


@dataclass(slots=True)
class Fines:
    """What was planted: in single cases, in groups of cases, and what the statement shows otherwise."""

    planted: list[FinePlanted] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    shown: dict[str, int] = field(default_factory=dict)
    """Payment code → the fen that the statement shows instead."""
    strangers: int = 0
    """Lines of the statement whose payment code nobody knows."""
    clean: list[str] = field(default_factory=list)
    """Cases with a decision and nothing planted, neither here nor in a ledger or event file."""

    def counts(self) -> dict[str, int]:
        """How many by kind; a group counts once."""
        kinds = [one.kind for one in self.planted] + [str(group["kind"]) for group in self.groups]
        found = Counter(kinds)
        if self.strangers:
            found["unknown_code"] = self.strangers
        return dict(found)

    def truth(self) -> dict[str, Any]:
        """For the truth file."""
        return {
            "planted": [asdict(one) for one in self.planted],
            "groups": self.groups,
            "clean": self.clean,
            "counts": self.counts(),
        }


def plant_fines(world: World, plan: Plan, shares: Mapping[str, float] | None) -> tuple[World, Fines]:
    """Choose cases and plant the faults. A case carries one at most; none that carries a defect of `plan`,
    stands at a station or is not over by the end. `shares` replaces shares by kind; 0 plants none.

    Returns the world with the second cases of acts that are fined twice.
    """
    return _Planting(world, plan, shares or {}).run()


class _Planting:
    def __init__(self, world: World, plan: Plan, shares: Mapping[str, float]) -> None:
        self._world = world
        self._shares = shares
        self._rng = Random(f"{world.seed}/fines")
        self._fines = Fines()
        taken = {case_no for place in plan.by_place.values() for case_no in place}
        self._whole = [
            case for case in world.cases
            if case.case_no not in taken and not case.story and case.last("decided") and self._over(case)
        ]  # fmt: skip
        self._taken: set[str] = set()
        self._grouped: set[str] = set()

    def _over(self, case: SimCase) -> bool:
        """Whether all of it was written down some hours before the end: a fault may take a while."""
        last = max(step.told_at for step in case.steps if step.activity != "closed")
        return last <= self._world.until - 2 * HOUR

    def run(self) -> tuple[World, Fines]:
        if len(self._whole) < ENOUGH:
            self._fines.clean = [case.case_no for case in self._whole]
            return self._world, self._fines
        self._uniform()
        self._strict()
        self._repeated()
        twice = list(self._twice())
        # those that few can carry choose first
        for kind in sorted(KINDS, key=lambda kind: len(self._able(kind))):
            for case in self._chosen(kind.name, kind.share, self._able(kind)):
                kind.plant(self._rng, case)
                case.settle()
                self._put(kind.name, kind.code, kind.truth, case, kind.also)
                self._show(kind, case)
        if self._share("unknown_code", 1.0) > 0 and any(case.all("pay_confirmed") for case in self._whole):
            self._fines.strangers = 1 + len(self._whole) // 150
        self._fines.clean = [case.case_no for case in self._whole if case.case_no not in self._taken]
        world = self._world
        if twice:
            cases = sorted([*world.cases, *twice], key=lambda case: (case.confirmed_at, case.case_no))
            world = replace(world, cases=tuple(cases))
        return world, self._fines

    def _share(self, name: str, usual: float) -> float:
        return self._shares.get(name, usual)

    def _chosen(self, name: str, usual: float, able: Sequence[SimCase]) -> list[SimCase]:
        share = self._share(name, usual)
        count = max(1, round(share * len(able))) if share > 0 else 0
        free = [case for case in able if case.case_no not in self._taken]
        chosen = self._rng.sample(free, min(count, len(free)))
        self._taken |= {case.case_no for case in chosen}
        return chosen

    def _able(self, kind: FineKind) -> list[SimCase]:
        """Cases that can carry a kind; money must lie within the statement and have had its time to turn up
        on it."""
        found = [case for case in self._whole if kind.fits(case)]
        if kind.code in ("above_band", "below_band"):
            return [case for case in found if case.case_no not in self._grouped]
        if kind.truth == "statement":
            begin, end = self._world.since + 5 * DAY, self._world.until - 14 * DAY
            return [case for case in found if all(begin < paid.at < end for paid in case.all("paid"))]
        return found

    def _put(self, kind: str, code: str, truth: str, case: SimCase, also: tuple[str, ...] = ()) -> None:
        asked = case.last("pay_requested")
        payment = None if asked is None else str(asked.data["payment_code"])
        self._fines.planted.append(
            FinePlanted(kind, code, truth, case.site.code, case.case_no, payment, also)
        )

    def _show(self, kind: FineKind, case: SimCase) -> None:
        """What the statement says of the payment where that is the fault."""
        fine = fine_of(case)
        shown = {
            "amount_differs": fine - self._rng.choice((10_000, 20_000, 50_000)),
            "amount_in_10000": fine // 10_000,
        }.get(kind.name)
        if shown is not None:
            self._fines.shown[str(case.all("pay_requested")[-1].data["payment_code"])] = shown

    def _with_room(self, site_code: str) -> list[SimCase]:
        """Every fine of the police at a station, whatever else may be wrong with its case."""
        return [
            case for case in self._world.cases
            if case.site.code == site_code and case.authority == "police" and not case.story
            and case.last("decided") and fined(case)
        ]  # fmt: skip

    def _group(self, kind: str, code: str, cases: Sequence[SimCase], **about: Any) -> None:
        self._grouped |= {case.case_no for case in cases}
        told = {"kind": kind, "code": code, "station": cases[0].site.code, **about}
        self._fines.groups.append({**told, "cases": [case.case_no for case in cases]})

    def _uniform(self) -> None:
        """一刀切: one fine for all in a band, although recorded circumstances weigh for and against."""
        cases = self._with_room(NORTH.code)
        if len(cases) < 2 or not self._share("uniform_fines", 1.0):
            return
        for case in cases:
            reprice(case, UNIFORM_FEN[allowed_of(case).high])
        self._group("uniform_fines", "uniform_fines", cases, authority="police")

    def _strict(self) -> None:
        cases = [case for case in self._with_room(WEST.code) if decided(case).data["team"] == STRICT_TEAM]
        if len(cases) < 2 or not self._share("strict_team", 1.0):
            return
        for case in cases:
            high = allowed_of(case).high
            reprice(case, high - self._rng.choice((0, 0, 1, 2)) * high // 40 // 1_000 * 1_000)
        self._group("strict_team", "strict_team", cases, authority="police", team=STRICT_TEAM)

    def _repeated(self) -> None:
        """The same vehicles again and again: some three times, some until the fourth act."""
        if not self._share("fourth_act", 1.0):
            return
        by_kind: dict[tuple[str, int], list[SimCase]] = {}
        for case in self._whole:
            car = case.vehicle
            plain = car.plate != "无牌车" and car.length_mm is None
            if case.authority == "transport" and case.site.holds and plain and fined(case):
                by_kind.setdefault((car.kind, car.axles), []).append(case)
        pools = sorted(by_kind.values(), key=len, reverse=True)
        wanted = [FOURTH, 3] + [FOURTH, 3, 2] * (len(self._whole) // 200)
        for size, pool in zip(wanted, [*pools[:3], *pools[:3], *pools[:3]], strict=False):
            free = [case for case in pool if case.case_no not in self._taken]
            # acts of different days, so that no two of them are one
            days = {case.confirmed_at // DAY: case for case in free}
            if len(days) < size:
                continue
            cases = sorted(
                (days[day] for day in self._rng.sample(sorted(days), size)), key=lambda one: one.confirmed_at
            )
            unify(cases)
            self._taken |= {case.case_no for case in cases}
            for case in cases[FOURTH - 1 :]:
                self._put("fourth_act", "fourth_act", "finding", case)

    def _twice(self) -> Iterator[SimCase]:
        """重复罚款: a second case for the act, on the transport track, under the same check number."""
        able = [
            case for case in self._whole
            if case.site.dialect in ("merged", "gbk") and fined(case) and case.vehicle.over_kg > 1_000
        ]  # fmt: skip
        for number, case in enumerate(self._chosen("double_fine", 0.012, able)):
            second = _second(self._rng, case, number)
            if decided(second).told_at > self._world.until:
                continue
            self._taken.add(second.case_no)
            for one in (case, second):
                self._put("double_fine", "double_fine", "finding", one)
            yield second


_SHARED = frozenset({"weighed", "confirmed", "unloading", "unloaded", "cargo_transferred", "reweighed",
                     "violation_removed", "released"})  # fmt: skip


def _second(rng: Random, case: SimCase, number: int) -> SimCase:
    """The case once more, filed by road administration."""
    first = decided(case)
    second = replace(
        case, case_no=f"{case.case_no[:-2]}{71 + number % 20}", authority="transport",
        steps=[step._replace(data=dict(step.data)) for step in case.steps if step.activity in _SHARED],
        vehicle=replace(case.vehicle, length_mm=None, width_mm=None, height_mm=None),
    )  # fmt: skip
    start = case.confirmed_at
    second.add("filed", start + 35 * MINUTE, 5 * MINUTE)
    second.add("notified", whole_minute(max(start + HOUR, first.at - 40 * MINUTE)), 5 * MINUTE)
    at = whole_minute(max(start + 2 * HOUR, first.at + 25 * MINUTE))
    decide_transport(second, at, 5 * MINUTE, 8_000_000 + number)
    decide(second)
    reprice(second, mass_fine(second.vehicle.over_kg))
    pay(rng, second, at, fine_of(second), waits_for_it=False)
    second.settle()
    return second
