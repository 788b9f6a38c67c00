"""The two tracks to a decision: police (holding, handing over, points) and transport (filing, notice)."""

from __future__ import annotations

from random import Random

from .case import SimCase
from .moments import HOUR, MINUTE, hour_of, local, spread, whole_minute, within_hours
from .paper import decide
from .penalties import allowed, load_share, mass_fine, police_points

_POLICE_OPENS, _POLICE_CLOSES = 8.5, 20.0
_OFFICE_OPENS, _OFFICE_CLOSES = 8.0, 21.0


def lag(rng: Random) -> int:
    """How long after an event it is written down, usually."""
    return rng.randint(1, 18) * MINUTE


def police_fine(rng: Random, case: SimCase) -> tuple[int, int]:
    """Fen and points: a usual amount of the band, before circumstances move it (art. 92)."""
    band = allowed(case.vehicle, "police")
    usual = (0, 33, 100) if load_share(case.vehicle) <= 0.3 else (0, 40, 60, 100)
    fine = band.low + (band.high - band.low) * rng.choice(usual) // 100
    return fine // 5_000 * 5_000, police_points(case.vehicle)


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
    at = case.add(
        "decided", whole_minute(at), lag(rng),
        outcome="fine", fine_fen=fine, points=points, decision_no=decision_no, authority="police",
    )  # fmt: skip
    decide(case)
    return at


def transport_track(rng: Random, case: SimCase, number: int) -> int:
    """Filed, told its grounds, decided in office hours; up to 1,000 kg over it is a warning."""
    at = whole_minute(case.confirmed_at)
    at = case.add("filed", at + rng.randint(15, 80) * MINUTE, lag(rng))
    at = within_hours(at + spread(rng, 60, 0.6), _OFFICE_OPENS, 23.0)
    at = case.add("notified", whole_minute(at), lag(rng))
    at = within_hours(at + spread(rng, 150, 0.55), _OFFICE_OPENS, _OFFICE_CLOSES)
    at = decide_transport(case, whole_minute(at), lag(rng), number)
    decide(case)
    return at


def decide_transport(case: SimCase, at: int, told_after: int, number: int) -> int:
    """The decision of the transport track, by the kilograms over."""
    fine = mass_fine(case.vehicle.over_kg)
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
    at = decide_transport(case, whole_minute(at), lag(rng), number)
    decide(case)
    return at


def is_night(at: int) -> bool:
    """Hours in which transfer trucks are hard to find."""
    return hour_of(at) >= 21 or hour_of(at) < 6


LONG = 6 * HOUR
"""A suspension at its longest."""
