"""What happens after the demonstration has begun: the story goes on, and quick cases come and go beside it.

The quick cases live some forty minutes instead of half a day, so that whoever watches sees a case from
weighing to release; every 20 to 60 seconds one of them takes its next step.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from ingest.candidate import Candidate

from .case import SimCase, Step
from .moments import SECOND, local
from .paper import REVIEWS, decide, vehicle_facts
from .payment import payment_code
from .penalties import mass_fine
from .sites import Site, sites
from .story import story_cases
from .tracks import decide_transport, police_fine
from .world import opened

ACTIVE = 4
"""Quick cases at one time, beside the story's vehicles."""

EVERY = (20, 55)
"""Seconds between steps of the quick cases, shortest and longest."""

FIRST_NUMBER = 101
"""Quick cases count from here within a day, so that no number is that of another case."""

_POLICE = ("detained", "handed_in", "handed_over", "accepted", "unloading", "notified", "decided",
           "pay_requested", "unloaded", "paid", "reweighed", "pay_confirmed", "released")  # fmt: skip
_TRANSPORT = ("filed", "unloading", "notified", "decided", "unloaded", "pay_requested", "reweighed", "paid",
              "pay_confirmed", "released")  # fmt: skip
_WARNED = ("filed", "unloading", "notified", "unloaded", "decided", "reweighed", "released")

_BY_POLICE = frozenset({"detained", "handed_in", "handed_over", "accepted"})
_BY_TREASURY = frozenset({"pay_requested", "pay_failed", "paid", "pay_confirmed"})
_BY_YARD = frozenset({"unloading", "unloaded", "cargo_transferred", "reweighed"})


class Told(NamedTuple):
    """A candidate with the source that tells it and the instant at which it is told."""

    told_at: int
    source: str
    candidate: Candidate


class LiveFeed:
    """Events after `now` (microseconds), the `until` of the simulation that was loaded, of the same seed and
    number of stations; quick cases come to those of them that hold vehicles.

    Same seed and same `now`: same events with the same ids, so that whatever is told again is a duplicate.
    """

    def __init__(self, seed: int, now: int, stations: int = 4) -> None:
        places = sites(stations)
        quick = _quick(seed, now, [site for site in places if site.holds])
        self._events: Iterator[Told] = heapq.merge(_story(seed, now, places), quick, key=_when)
        self._ahead: Told | None = None

    def due(self, until: int) -> list[tuple[str, list[Candidate]]]:
        """What was told since the last call up to an instant: by source, each in the order of telling."""
        found: dict[str, list[Candidate]] = {}
        while (told := self._next()).told_at <= until:
            found.setdefault(told.source, []).append(told.candidate)
            self._ahead = None
        return list(found.items())

    def _next(self) -> Told:
        if self._ahead is None:
            self._ahead = next(self._events)
        return self._ahead


def _when(told: Told) -> int:
    return told.told_at


def source_of(site: Site, authority: str, activity: str) -> str:
    """The source page that tells an activity of a station."""
    if activity in _BY_POLICE or (activity in ("notified", "decided") and authority == "police"):
        return "sim-police"
    if activity in _BY_TREASURY:
        return "sim-treasury"
    if site.dialect != "template":
        if activity in _BY_YARD:
            return "sim-unload"
        if activity == "weighed":
            return "sim-weighing"
    return site.source


def told(case: SimCase, step: Step) -> Told:
    """A step as its source would tell it. Nothing personal: digests need a key that only the intake has."""
    data: dict[str, Any] = dict(step.data)
    car = case.vehicle
    if step.activity in ("weighed", "confirmed"):
        data |= {
            "plate": car.plate, "plate_colour": car.colour, "axles": car.axles, "gross_kg": car.gross_kg,
            "check_no": case.check_no,
        }  # fmt: skip
    if step.activity == "confirmed":
        data |= {"vehicle": car.kind, "limit_kg": car.limit_kg, "authority": case.authority}
        data |= vehicle_facts(case)
    if car.plate == "无牌车" and "plate" in data:
        data["plate_unread"] = True
    candidate = Candidate(
        station=case.site.code,
        case_no=case.case_no,
        activity=step.activity,
        occurred_at=step.at,
        occurred_until=None,
        recorded_at=step.told_at,
        revision=None,
        event_id=f"LIVE-{case.case_no}-{step.activity}-{step.at // SECOND}",
        ordinal=0,
        data=json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if data else "",
    )
    return Told(step.told_at, source_of(case.site, case.authority, step.activity), candidate)


def _story(seed: int, now: int, places: Sequence[Site]) -> Iterator[Told]:
    """The next steps of the vehicles that stand there at the start."""
    steps = [
        told(case, step)
        for case in story_cases(seed, now, places)
        for step in case.steps if step.told_at > now
    ]  # fmt: skip
    return iter(sorted(steps, key=_when))


class _Running:
    """A quick case on its way: the activities still to come."""

    def __init__(self, case: SimCase, number: int) -> None:
        self.case = case
        self.number = number
        self.code = ""
        self.stepped_at = 0
        if case.authority == "police":
            self.left = list(_POLICE)
        else:
            self.left = list(_TRANSPORT if case.vehicle.over_kg > 1_000 else _WARNED)
            fine = mass_fine(case.vehicle.over_kg)
            asked = [name for name, least in REVIEWS if fine >= least]
            self.left[self.left.index("decided") : self.left.index("decided")] = asked

    def step(self, rng: Random, at: int) -> Step:
        """The next activity, at an instant."""
        activity = self.left.pop(0)
        self.stepped_at = at
        if activity == "paid" and rng.random() < 0.2 and not self.case.all("pay_failed"):
            self.left.insert(0, activity)
            activity = "pay_failed"
        if activity == "reweighed" and rng.random() < 0.15 and not self.case.all("reweighed"):
            self.left[0:0] = ["unloading", "unloaded", "reweighed"]
            return self._put(activity, at, {"gross_kg": self.case.vehicle.limit_kg + rng.randint(3, 40) * 20})
        if activity == "decided" and self.case.authority == "transport":
            decide_transport(self.case, at, 0, self.number)
            return self._decided()
        self._put(activity, at, self._data(rng, activity, at))
        return self._decided() if activity == "decided" else self.case.steps[-1]

    def _decided(self) -> Step:
        """The decision just added, with what it says of itself; what goes before it had its own turn."""
        step = self.case.steps[-1]
        decide(self.case, earlier_steps=False)
        return step

    def _put(self, activity: str, at: int, data: dict[str, Any]) -> Step:
        self.case.add(activity, at, 0, **data)
        return self.case.steps[-1]

    def _data(self, rng: Random, activity: str, at: int) -> dict[str, Any]:
        case = self.case
        if activity == "decided":
            fine, points = police_fine(rng, case)
            decision_no = f"1404231{local(at).year % 100:02d}{8_000_000 + self.number:07d}"
            told = {"outcome": "fine", "fine_fen": fine, "points": points, "authority": "police"}
            return {**told, "decision_no": decision_no}
        if activity == "reweighed":
            return {"gross_kg": case.vehicle.limit_kg - rng.randint(2, 40) * 20}
        if activity == "pay_requested":
            self.code = payment_code(rng)
        if activity in _BY_TREASURY:
            decided = case.last("decided")
            assert decided is not None
            data: dict[str, Any] = {"payment_code": self.code, "amount_fen": decided.data["fine_fen"]}
            if activity in ("paid", "pay_failed"):
                data["channel"] = "police_12123" if case.authority == "police" else "nontax_qr"
            if activity == "pay_failed":
                data["reason"] = "支付超时"
            return data
        return {}


def _quick(seed: int, now: int, places: Sequence[Site]) -> Iterator[Told]:
    """Quick cases without end: every slot the case that waited longest takes its next step, or one begins."""
    rng = Random(f"{seed}/live/{now}")
    running: list[_Running] = []
    number = FIRST_NUMBER
    day = None
    at = now + rng.randint(8, 20) * SECOND
    begin_after = at
    while True:
        if len(running) < ACTIVE and at >= begin_after:
            today = local(at).date()
            number, day = (FIRST_NUMBER if day != today and day is not None else number), today
            one = _Running(_begun(rng, rng.choice(places), at, number), number)
            one.stepped_at = at
            number += 1
            running.append(one)
            yield from (told(one.case, step) for step in one.case.steps)
            begin_after = at + rng.randint(80, 200) * SECOND
        elif running:
            one = min(running, key=lambda each: each.stepped_at)
            yield told(one.case, one.step(rng, at))
            if not one.left:
                running.remove(one)
        at += rng.randint(*EVERY) * SECOND


def _begun(rng: Random, site: Site, at: int, number: int) -> SimCase:
    """A case weighed a moment ago and confirmed now, to the second: a screen shows it at once."""
    case = opened(rng, site, at, number)
    case.steps = []
    case.add("weighed", at - rng.randint(70, 240) * SECOND, 0, gross_kg=case.vehicle.gross_kg)
    case.steps[0] = case.steps[0]._replace(told_at=at)
    case.add("confirmed", at, 0)
    return case
