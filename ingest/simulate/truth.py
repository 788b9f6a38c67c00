"""The truth file: what happened, what was planted where, and what each file tells."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .case import SimCase
from .moments import DAY, HOUR, iso, local
from .plan import Plan
from .telling import Planted, Written
from .world import World, told_of

LIMIT = 24 * HOUR
"""The bureau's goal, in force at every simulated station."""

DAY_ONLY = {"date_only_confirmation": "confirmed", "date_only_release": "released"}


def case_kinds(plan: Plan) -> dict[str, str]:
    """Case number → kind of the defect it carries."""
    return {case_no: kind for place in plan.by_place.values() for case_no, kind in place.items()}


def _possible(at: int, day_only: bool) -> tuple[int, int]:
    """First and last instant at which it can have happened, as far as the files tell."""
    if not day_only:
        return at, at
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    start = int(midnight.timestamp()) * 1_000_000
    return start, start + DAY - 1


def verdict_told(case: SimCase, kind: str | None, until: int) -> str:
    """What clock A must say once every file is loaded: worked out from the truth and the planted defect."""
    if not case.site.holds:
        return "not_held"
    if kind == "released_before_confirmed":
        return "implausible"
    released = case.released_at(until)
    if released is None:
        return "running"
    start = _possible(case.confirmed_at, kind == "date_only_confirmation")
    end = _possible(released, kind == "date_only_release")
    shortest, longest = end[0] - start[1], end[1] - start[0]
    if longest <= LIMIT:
        return "released_on_time"
    return "released_late" if shortest > LIMIT else "undetermined"


def _case(case: SimCase, kind: str | None, until: int) -> dict[str, Any]:
    car, party = case.vehicle, case.party
    released = case.released_at(until)
    return {
        "station": case.site.code,
        "case_no": case.case_no,
        "check_no": case.check_no,
        "authority": case.authority,
        "custody": case.site.holds,
        "story": case.story,
        "vehicle": asdict(car),
        "personal": asdict(party),
        "events": [
            {"activity": step.activity, "at": iso(step.at), "told_at": iso(step.told_at), "data": step.data}
            for step in case.steps
            if step.told_at <= until
        ],
        "confirmed_at": iso(case.confirmed_at),
        "deadline_at": iso(case.confirmed_at + LIMIT) if case.site.holds else None,
        "released_at": None if released is None else iso(released),
        "hours": None if released is None else round((released - case.confirmed_at) / HOUR, 4),
        "defect": kind,
        "verdict_told": verdict_told(case, kind, until),
    }


def write_truth(
    path: Path,
    world: World,
    plan: Plan,
    written: Sequence[Written],
    planted: Sequence[Planted],
    beside: Mapping[str, Any],
) -> None:
    """Write everything as JSON: instants in RFC 3339, weights kg, money fen. Whatever stands under `personal`
    would be personal data if anybody were real. `beside` is what more there is to know, by name."""
    kinds = case_kinds(plan)
    told = {
        "simulated": True,
        "seed": world.seed,
        "since": iso(world.since),
        "until": iso(world.until),
        "stations": [
            {"code": s.code, "name": s.name, "short": s.short, "dialect": s.dialect, "source": s.source,
             "needs": sorted(s.needs)}
            for s in world.sites
        ],
        "cases": [
            _case(case, kinds.get(case.case_no), world.until)
            for case in world.cases if told_of(case, world.until)
        ],
        "shares": [asdict(share) for share in plan.shares],
        "defects": [asdict(one) for one in planted],
        "files": [asdict(one) for one in written],
        **beside,
    }  # fmt: skip
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
