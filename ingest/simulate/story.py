"""The vehicles that stand at the stations when a demonstration begins, each waiting for something else.

Told relative to the start, in hours from confirmation: one is overdue for want of a truck to take its load,
one waits for the treasury, one could not pay twice, one stands in the queue for the scale, one waits for the
police, one unloads, one was just confirmed. What each does next comes in the minutes and hours after.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from .case import SimCase
from .moments import HOUR, MINUTE, SECOND, local, whole_minute
from .paper import decide
from .party import party
from .payment import payment_code
from .penalties import allowed, police_points
from .sites import NORTH, RIVER, WEST, Site
from .vehicles import LIMITS, Vehicle

Beats = tuple[tuple[float, str], ...]


class Part(NamedTuple):
    """One vehicle of the story. `age` is hours since confirmation at the start; `beats` are (hours since
    confirmation, activity); `after` are (minutes after the start, activity)."""

    site: Site
    plate: str
    colour: str
    kind: str
    axles: int
    over_kg: int
    authority: str
    age: float
    beats: Beats
    after: Beats


_POLICE: Beats = ((0.2, "detained"), (0.8, "handed_in"), (1.0, "handed_over"))

PARTS = (
    Part(WEST, "晋D83521", "yellow", "combination", 6, 18_600, "transport", 25.67,
         ((0.6, "filed"), (2.1, "notified"), (5.2, "decided"), (5.5, "pay_requested"), (19.45, "paid"),
          (19.57, "pay_confirmed"), (19.5, "unloading")),
         ((31, "cargo_transferred"), (44, "reweighed"), (52, "released"))),
    Part(RIVER, "冀EK4207", "yellow", "combination", 6, 9_300, "transport", 22.8,
         ((0.5, "filed"), (2.4, "notified"), (8.0, "decided"), (8.4, "pay_requested"), (4.1, "unloading"),
          (9.2, "unloaded"), (12.5, "reweighed"), (19.46, "paid")),
         ((24, "pay_confirmed"), (36, "released"))),
    Part(WEST, "晋D17845", "yellow", "truck", 4, 12_400, "police", 20.2,
         (*_POLICE, (9.7, "accepted"), (3.2, "unloading"), (7.6, "unloaded"), (9.0, "reweighed"),
          (17.6, "decided"), (17.83, "pay_requested"), (18.7, "pay_failed"), (19.5, "pay_failed")),
         ((3, "paid"), (11, "released"))),
    Part(NORTH, "豫A628D3", "yellow", "combination", 6, 22_900, "transport", 15.1,
         ((0.7, "filed"), (3.0, "notified"), (6.1, "unloading"), (10.2, "decided"), (10.5, "pay_requested"),
          (13.05, "unloaded")),
         ((5, "reweighed"), (14, "released"), (170, "paid"))),
    Part(WEST, "晋D36590", "yellow", "truck", 3, 7_800, "police", 10.37,
         (*_POLICE, (2.1, "unloading"), (4.9, "unloaded"), (5.25, "accepted"), (6.4, "reweighed")),
         ((17, "decided"), (21, "pay_requested"), (46, "paid"), (58, "released"))),
    Part(RIVER, "陕K95216", "yellow", "combination", 5, 15_200, "transport", 4.95,
         ((0.4, "filed"), (1.2, "notified"), (1.85, "unloading"), (3.0, "decided"), (3.3, "pay_requested"),
          (4.1, "paid"), (4.6, "pay_confirmed")),
         ((27, "unloaded"), (41, "reweighed"), (55, "released"))),
    Part(NORTH, "晋DD51728", "yellow_green", "truck", 2, 4_100, "transport", 1.2,
         ((0.5, "filed"),),
         ((1, "unloading"), (8, "notified"), (39, "unloaded"), (50, "reweighed"), (63, "released"))),
)  # fmt: skip


def story_cases(seed: int, until: int, places: Sequence[Site]) -> list[SimCase]:
    """The story's vehicles at the simulated stations, as of `until`."""
    here = {site.code for site in places}
    return [
        _told(Random(f"{seed}/story/{number}"), part, number, until)
        for number, part in enumerate(PARTS) if part.site.code in here
    ]  # fmt: skip


def _told(rng: Random, part: Part, number: int, until: int) -> SimCase:
    limit = LIMITS[part.kind, part.axles]
    tare = round(limit * 0.34 / 20) * 20
    start = whole_minute(until - round(part.age * HOUR))
    moment = local(start)
    gross = limit + part.over_kg
    car = Vehicle(part.plate, part.colour, part.kind, part.axles, limit, gross, tare, limit - tare)
    case = SimCase(
        part.site,
        case_no=f"{part.site.prefix}{moment:%Y%m%d}-{91 + number}",
        check_no=f"{part.site.code}{moment:%Y%m%d%H%M%S}{91 + number}",
        slip_no=f"XZ{moment:%Y%m%d}{91 + number:03d}",
        vehicle=car,
        party=party(rng),
        authority=part.authority,
        story=True,
    )
    code = payment_code(rng)
    case.add("weighed", start - 220 * SECOND, 0, gross_kg=car.gross_kg)
    case.add("confirmed", start, MINUTE)
    for hours, activity in part.beats:
        at = whole_minute(start + round(hours * HOUR))
        case.add(activity, at, MINUTE, **_data(case, activity, code, number, local(at).year))
    for minutes, activity in part.after:
        at = whole_minute(until) + round(minutes * MINUTE)
        case.add(activity, at, 5 * SECOND, **_data(case, activity, code, number, local(at).year))
    decide(case)
    case.settle()
    return case


def _data(case: SimCase, activity: str, code: str, number: int, year: int) -> dict[str, Any]:
    police = case.authority == "police"
    band = allowed(case.vehicle, case.authority)
    fine = band.low + (band.high - band.low) * 6 // 10
    channel = "police_12123" if police else "nontax_qr"
    if activity == "decided":
        told: dict[str, Any] = {"outcome": "fine", "fine_fen": fine, "authority": case.authority}
        if police:
            decision_no = f"1404231{year % 100:02d}{9_000_001 + number}"
            return {**told, "points": police_points(case.vehicle), "decision_no": decision_no}
        return {**told, "decision_no": f"晋襄交超罚〔{year}〕{9_001 + number}号"}
    if activity == "reweighed":
        return {"gross_kg": case.vehicle.limit_kg - 360}
    if activity == "pay_failed":
        return {"payment_code": code, "amount_fen": fine, "channel": channel, "reason": "限额不足"}
    if activity == "paid":
        return {"payment_code": code, "amount_fen": fine, "channel": channel}
    if activity in ("pay_requested", "pay_confirmed"):
        return {"payment_code": code, "amount_fen": fine}
    return {"ground": "道路交通安全法第九十二条"} if activity == "detained" else {}
