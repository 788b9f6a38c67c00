"""The simulated county: its cases from first weighing to closing, by one seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .arrivals import arrivals
from .case import SimCase
from .moments import DAY, MINUTE, SECOND, local, spread, whole_minute, within_hours
from .paper import describe
from .party import party
from .payment import pay
from .removal import Yard, adjusted_on_site, unloaded, yard
from .sites import Site, sites
from .tracks import LONG, lag, offsite_track, police_track, transport_track
from .vehicles import vehicle

POLICE_SHARE = 0.55
"""Of the cases at stations with police on site."""


@dataclass(frozen=True, slots=True)
class World:
    """What happens in the county from `since`; files show of it what was written down by `until`."""

    seed: int
    since: int
    until: int
    sites: tuple[Site, ...]
    cases: tuple[SimCase, ...]

    def of(self, site: Site) -> list[SimCase]:
        """The cases of a station that someone had written of by `until`, by confirmation."""
        return [case for case in self.cases if case.site.code == site.code and told_of(case, self.until)]


def told_of(case: SimCase, until: int) -> bool:
    """Whether the confirmation was written down by an instant."""
    return case.first("confirmed", until) is not None


def build(*, stations: int, days: int, seed: int, until: int, story: bool = True) -> World:
    """The county's last `days` days before `until` (microseconds).

    Same arguments, same world. Each station and day draws from its own sequence, so that more days or more
    stations leave the others as they are. With `story` the vehicles that are held at `until` are those of
    `story.py`, and the natural ones that would still stand there never came; without it chance decides.
    """
    # imported here because the story is told with the steps of this module
    from .story import story_cases

    places = sites(stations)
    last = local(until).date()
    first = last - dt.timedelta(days=days - 1)
    since = until - days * DAY
    cases: list[SimCase] = []
    for site in places:
        grounds = yard()
        for number in range((last - first).days + 1):
            day = first + dt.timedelta(days=number)
            cases += _day(seed, site, day, since, until, grounds)
    told = story_cases(seed, until, places) if story else []
    if story:
        cases = [case for case in cases if not _still_there(case, until)]
    cases = sorted([*cases, *told], key=lambda case: case.confirmed_at)
    return World(seed, since, until, places, tuple(cases))


def _still_there(case: SimCase, until: int) -> bool:
    released = case.first("released")
    return case.site.holds and (released is None or released.told_at > until)


def _day(seed: int, site: Site, day: dt.date, since: int, until: int, grounds: Yard) -> Iterator[SimCase]:
    rng = Random(f"{seed}/{site.code}/{day.isoformat()}")
    for place, at in enumerate(arrivals(rng, day, site.per_day), 1):
        own = Random(rng.getrandbits(64))
        if since <= at < until - 2 * MINUTE:
            yield one_case(own, site, at, place, grounds)


def opened(rng: Random, site: Site, at: int, place: int, over_kg: int | None = None) -> SimCase:
    """A case with its first weighing and confirmation. `place` counts the station's cases of the day."""
    moment = local(at)
    car = vehicle(rng, over_kg)
    police = site.police and car.over_kg > 1_000 and rng.random() < POLICE_SHARE
    case = SimCase(
        site,
        case_no=f"{site.prefix}{moment:%Y%m%d}-{place:02d}",
        check_no=f"{site.code}{moment:%Y%m%d%H%M%S}{place:02d}",
        slip_no=f"XZ{moment:%Y%m%d}{place:03d}",
        vehicle=car,
        party=party(rng),
        authority="police" if police else "transport",
    )
    describe(case)
    confirmed = whole_minute(at)
    case.add("weighed", confirmed - rng.randint(70, 900) * SECOND, 0, gross_kg=car.gross_kg)
    case.add("confirmed", confirmed, rng.randint(1, 9) * MINUTE)
    return case


def one_case(rng: Random, site: Site, at: int, place: int, grounds: Yard) -> SimCase:
    """A case with all that will come of it."""
    case = opened(rng, site, at, place)
    number = int(case.case_no[-8:-3]) * 10 + place
    if not site.holds:
        decided = offsite_track(rng, case, number)
        _paper_after(rng, case, decided)
        case.settle()
        return case
    decided = (police_track if case.authority == "police" else transport_track)(rng, case, number)
    if case.vehicle.over_kg <= 1_600 and rng.random() < 0.55:
        removed = adjusted_on_site(rng, case)
    else:
        removed = unloaded(rng, case, grounds)
        if site.dialect != "merged" and rng.random() < 0.5:
            case.add("violation_removed", removed + rng.randint(2, 8) * MINUTE, lag(rng))
    ready = max(removed, _gate(rng, case, decided))
    if rng.random() < 0.03 and site.dialect != "template":
        ready = max(ready, _suspend(rng, case, removed))
    released = ready + spread(rng, 16, 0.6)
    if rng.random() < 0.2:
        # nobody comes for it: the driver went home, the company sends another one
        released += spread(rng, 9 * 60, 0.4)
    case.add("released", whole_minute(released), rng.randint(1, 10) * MINUTE)
    if rng.random() < 0.6:
        last = max(step.at for step in case.steps)
        at = within_hours(last + spread(rng, 2 * 24 * 60, 0.5), 9.0, 17.0, weekdays_only=True)
        case.add("closed", whole_minute(at), lag(rng))
    case.settle()
    return case


def _gate(rng: Random, case: SimCase, decided: int) -> int:
    """Decision and payment as they come; when the station's gate has what it needs of them."""
    needs = case.site.needs
    if rng.random() < 0.02:
        # the paper ends; the truck still has to be unloaded before it may go
        case.steps = [s for s in case.steps if s.activity != "decided"]
        return case.add("withdrawn", decided, lag(rng), reason="经复核证据不足")
    fine = case.last("decided")
    assert fine is not None
    waits = decided if "decision" in needs else 0
    if fine.data["outcome"] != "fine":
        return waits
    paid, confirmed = pay(
        rng, case, decided, fine.data["fine_fen"], waits_for_it=bool(needs & {"payment", "payment_confirmed"})
    )
    if "payment_confirmed" in needs:
        return max(waits, confirmed)
    return max(waits, paid) if "payment" in needs else waits


def _suspend(rng: Random, case: SimCase, removed: int) -> int:
    """The clock of the paper stands still for a while; the vehicle waits all the same."""
    reason = rng.choice(("road_closed", "weather", "identity_check"))
    start = case.add("suspended", removed - rng.randint(5, 60) * MINUTE, lag(rng), reason=reason)
    return case.add("resumed", min(start + LONG, start + spread(rng, 170, 0.4)), lag(rng), reason=reason)


def _paper_after(rng: Random, case: SimCase, decided: int) -> None:
    fine = case.last("decided")
    assert fine is not None
    if fine.data["outcome"] != "fine":
        return
    _, confirmed = pay(rng, case, decided, fine.data["fine_fen"], waits_for_it=False)
    at = within_hours(confirmed + spread(rng, 24 * 60, 0.5), 9.0, 17.0, weekdays_only=True)
    case.add("closed", whole_minute(at), lag(rng))
