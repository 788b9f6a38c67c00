"""What a decision is assessed by, beside weight and limit: who decided, by which procedure, on what grounds.

Drawn from sequences of their own, by case number, so that the county's course is what it would be without.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from .case import SimCase, Step
from .moments import DAY, HOUR, MINUTE, OFFSET, whole_minute
from .penalties import Allowed, allowed, exempt, simple_ceiling
from .vehicles import Vehicle

REVIEWS = (("legal_review", 300_000), ("committee", 2_000_000))
"""From which fine on the transport side has every case reviewed (法制审核), and discussed (集体讨论)."""

REVIEWED = {"legal_review": 4 * MINUTE, "committee": 2 * MINUTE}
"""How long before the decision."""

CORRECTED = "主动消除违法状态"
"""What is recorded where a first act goes without a penalty (首违不罚, 行政处罚法 art. 33)."""

MITIGATING = (CORRECTED, "主动配合")
AGGRAVATING = ("拒不卸载", "抗拒检查")

_TEAMS = {"transport": ("一班", "二班", "三班"), "police": ("交警一组", "交警二组")}
_PER_TEAM = 4


def describe(case: SimCase) -> None:
    """The facts of vehicle and operator: papers seldom lack, few loads are too long, wide or high."""
    rng = Random(f"facts/{case.case_no}")
    case.load_told = rng.random() >= 0.05
    case.party_kind = "organisation" if rng.random() < 0.8 else "citizen"
    if case.authority == "transport" and case.vehicle.over_kg > 1_000 and rng.random() < 0.05:
        case.vehicle = _oversized(rng, case.vehicle)


def _oversized(rng: Random, car: Vehicle) -> Vehicle:
    length, width, height = rng.randint(140, 178) * 100, 2_500, 3_900
    side = rng.randrange(3)
    if side == 0:
        length = rng.randint(183, 196) * 100
    elif side == 1:
        width = rng.randint(130, 149) * 20
    else:
        height = rng.randint(203, 222) * 20
    return replace(car, length_mm=length, width_mm=width, height_mm=height)


def vehicle_facts(case: SimCase) -> dict[str, Any]:
    """Facts of vehicle and operator as events carry them; what nobody saw or measured is left out."""
    car = case.vehicle
    facts: dict[str, Any] = {"party": case.party_kind}
    if case.load_told:
        facts |= {"approved_load_kg": car.approved_load_kg, "tare_kg": car.tare_kg}
    if case.party_kind == "organisation":
        facts["company"] = case.party.credit_code
    sizes = {"length_mm": car.length_mm, "width_mm": car.width_mm, "height_mm": car.height_mm}
    return facts | {name: mm for name, mm in sizes.items() if mm is not None}


def decide(case: SimCase, *, earlier_steps: bool = True) -> None:
    """What the last decision says of itself, its fine by the band and the circumstances, and with
    `earlier_steps` what went before it. Nothing where nothing was decided."""
    step = case.last("decided")
    if step is None:
        return
    rng = Random(f"decision/{case.case_no}")
    authority = str(step.data["authority"])
    team, officers = _officers(rng, case, authority, step.at)
    step.data.update(team=team, officers=officers)
    if not case.story:
        circumstances(rng, case, step, spare=earlier_steps)
    if authority == "police" and earlier_steps and not case.first("notified"):
        _before(case, step, "notified", rng.randint(6, 12) * MINUTE)
    fine = step.data.get("fine_fen")
    if fine is None:
        step.data["procedure"] = rng.choice(("simple", "ordinary"))
        return
    announce(case, fine)
    simple = fine <= simple_ceiling(authority, case.party_kind) and rng.random() < 0.5
    step.data["procedure"] = "simple" if simple else "ordinary"
    if not simple and earlier_steps:
        _ordinary(rng, case, step, fine)


def _ordinary(rng: Random, case: SimCase, step: Step, fine: int) -> None:
    if rng.random() < 0.15:
        _before(case, step, "stated", rng.randint(2, 5) * MINUTE)
    _reviewed(case, step, fine)


def _reviewed(case: SimCase, step: Step, fine: int) -> None:
    for activity, least in REVIEWS:
        if step.data["authority"] == "transport" and fine >= least and not case.first(activity):
            _before(case, step, activity, REVIEWED[activity])


def allowed_of(case: SimCase) -> Allowed:
    """The band of the case's own track."""
    return allowed(case.vehicle, case.authority)


def reprice(case: SimCase, fine_fen: int) -> None:
    """Another fine, announced, decided and asked for by the ordinary procedure, with the reviews it takes."""
    step = case.last("decided")
    assert step is not None
    step.data.update(fine_fen=fine_fen, procedure="ordinary")
    announce(case, fine_fen)
    for one in case.steps:
        if "amount_fen" in one.data:
            one.data["amount_fen"] = fine_fen
    _reviewed(case, step, fine_fen)
    case.settle()


def _before(case: SimCase, decided: Step, activity: str, ahead: int) -> None:
    """A step shortly before the decision, written down with it at the latest; never before its notice."""
    notice = case.first("notified") or case.first("accepted") or case.first("confirmed")
    assert notice is not None
    at = max(whole_minute(decided.at - ahead), min(notice.at + MINUTE, decided.at))
    case.steps.append(Step(activity, at, min(at + 5 * MINUTE, decided.told_at), {}))


def announce(case: SimCase, fine_fen: int) -> None:
    """The notice names the fine."""
    for step in case.all("notified"):
        step.data["fine_fen"] = fine_fen


def _officers(rng: Random, case: SimCase, authority: str, at: int) -> tuple[str, str]:
    """The team on duty, shifts of eight hours that change places every four days, and two of its officers."""
    teams = _TEAMS[authority]
    local = at + OFFSET
    place = (local // DAY // 4 + local % DAY // (8 * HOUR)) % len(teams)
    mark = "7" if authority == "police" else "1"
    numbers = sorted(rng.sample(range(1, _PER_TEAM + 1), 2))
    codes = [f"{mark}{case.site.code[-2:]}{place + 1}{number}" for number in numbers]
    return teams[place], ",".join(codes)


def circumstances(rng: Random, case: SimCase, step: Step, *, spare: bool) -> None:
    """What weighed for and against, with its evidence, and the penalty that follows. Without `spare` a fine
    stays one."""
    told = step.data
    may_go_without = exempt(case.vehicle, told["authority"])
    if may_go_without and rng.random() < 0.3 and (spare or told["outcome"] != "fine"):
        told.update(outcome="none", factors=CORRECTED, evidence=CORRECTED)
        told.pop("fine_fen", None)
        told.pop("points", None)
    if told["outcome"] != "fine":
        return
    band = allowed(case.vehicle, told["authority"])
    draw = rng.random()
    known: tuple[str, ...] = ()
    if band.room and draw < 0.55:
        known = (rng.choice(MITIGATING if draw < 0.3 else AGGRAVATING),)
        if may_go_without and known == (CORRECTED,):
            known = (MITIGATING[1],)
        told.update(factors="、".join(known), evidence="、".join(known))
    if known:
        told["fine_fen"] = within(rng, band, -1 if known[0] in MITIGATING else 1)
    elif told["authority"] == "transport":
        told["fine_fen"] = within(rng, band, 0)
    if not band.room and band.low >= 200_000 and draw < 0.03:
        _reduced(told, band)


def _reduced(told: dict[str, Any], band: Allowed) -> None:
    """Below the band with everything that this asks for: a reason, its evidence, and a review."""
    told.update(
        fine_fen=band.low * 8 // 10 // 10_000 * 10_000,
        factors=MITIGATING[0], evidence=MITIGATING[0],
        departure_reason="主动消除违法状态,依法减轻处罚",
        departure_evidence="卸载单、现场照片",
        departure_review="案件审查委员会集体讨论",
    )  # fmt: skip


def within(rng: Random, band: Allowed, place: int) -> int:
    """A fine in the low (-1), middle (0) or high (1) third of a band, in steps of 10 yuan."""
    if not band.room:
        return band.low
    third = (band.high - band.low) / 3
    low = band.low + third * (place + 1)
    return round(low + third * rng.choice((0.2, 0.4, 0.5, 0.6, 0.8))) // 1_000 * 1_000
