"""The two tracks to a decision: police (holding, handing over, points) and transport (filing, notice)."""

from __future__ import annotations

from random import Random

from .case import SimCase
from .moments import HOUR, MINUTE, hour_of, local, spread, whole_minute, within_hours

_POLICE_OPENS, _POLICE_CLOSES = 8.5, 20.0
_OFFICE_OPENS, _OFFICE_CLOSES = 8.0, 21.0


def lag(rng: Random) -> int:
    """How long after an event it is written down, usually."""
    return rng.randint(1, 18) * MINUTE


def transport_fine(over_kg: int) -> int:
    """Fen: 500 yuan for each whole 1,000 kg over, at most 30,000 yuan; nothing up to 1,000 kg (art. 43)."""
    return 0 if over_kg <= 1_000 else min(30_000, 500 * (over_kg // 1_000)) * 100


def police_fine(rng: Random, case: SimCase) -> tuple[int, int]:
    """Fen and points: by the load over the approved load, and by the gross mass over its limit (art. 92)."""
    vehicle = case.vehicle
    load = vehicle.gross_kg - vehicle.tare_kg
    over_load = (load - vehicle.approved_load_kg) / vehicle.approved_load_kg
    fine = rng.choice((200, 300, 500)) if over_load <= 0.3 else rng.choice((500, 1_000, 1_500, 2_000))
    over = vehicle.over_kg / vehicle.limit_kg
    return fine * 100, 1 if over < 0.3 else 3 if over < 0.5 else 6


def police_track(rng: Random, case: SimCase, number: int) -> int:
    """Held, handed over, accepted, decided; what comes at night waits till morning. When it was decided."""
    at = whole_minute(case.confirmed_at)
    at = case.add("detained", at + rng.randint(6, 25) * MINUTE, lag(rng), ground="道路交通安全法第九十二条")
    at = case.add("handed_in", at + spread(rng, 45, 0.6), lag(rng))
    at = case.add("handed_over", at + rng.randint(5, 20) * MINUTE, lag(rng))
    at = within_hours(at + spread(rng, 20, 0.5), _POLICE_OPENS, _POLICE_CLOSES)
    at = case.add("accepted", whole_minute(at), lag(rng))
    at = within_hours(at + spread(rng, 135, 0.6), _POLICE_OPENS, 22.0)
    fine, points = police_fine(rng, case)
    decision_no = f"1404231{local(at).year % 100:02d}{number:07d}"
    return case.add(
        "decided", whole_minute(at), lag(rng),
        outcome="fine", fine_fen=fine, points=points, decision_no=decision_no, authority="police",
    )  # fmt: skip


def transport_track(rng: Random, case: SimCase, number: int) -> int:
    """Filed, told its grounds, decided in office hours; up to 1,000 kg over it is a warning."""
    at = whole_minute(case.confirmed_at)
    at = case.add("filed", at + rng.randint(15, 80) * MINUTE, lag(rng))
    at = within_hours(at + spread(rng, 60, 0.6), _OFFICE_OPENS, 23.0)
    at = case.add("notified", whole_minute(at), lag(rng))
    at = within_hours(at + spread(rng, 150, 0.55), _OFFICE_OPENS, _OFFICE_CLOSES)
    return decide_transport(case, whole_minute(at), lag(rng), number)


def decide_transport(case: SimCase, at: int, told_after: int, number: int) -> int:
    """The decision of the transport track, by the kilograms over."""
    fine = transport_fine(case.vehicle.over_kg)
    decision_no = f"晋襄交超罚〔{local(at).year}〕{number:04d}号"
    told = {"outcome": "fine", "fine_fen": fine} if fine else {"outcome": "warning"}
    return case.add("decided", at, told_after, decision_no=decision_no, authority="transport", **told)


def offsite_track(rng: Random, case: SimCase, number: int) -> int:
    """An off-site case: nobody is held, papers take days."""
    at = whole_minute(case.confirmed_at)
    at = within_hours(at + spread(rng, 3 * 24 * 60, 0.5), 9.0, 17.0, weekdays_only=True)
    at = case.add("filed", whole_minute(at), lag(rng))
    at = within_hours(at + spread(rng, 4 * 24 * 60, 0.5), 9.0, 17.0, weekdays_only=True)
    at = case.add("notified", whole_minute(at), lag(rng))
    at = within_hours(at + spread(rng, 6 * 24 * 60, 0.4), 9.0, 17.0, weekdays_only=True)
    return decide_transport(case, whole_minute(at), lag(rng), number)


def is_night(at: int) -> bool:
    """Hours in which transfer trucks are hard to find."""
    return hour_of(at) >= 21 or hour_of(at) < 6


LONG = 6 * HOUR
"""A suspension at its longest."""
