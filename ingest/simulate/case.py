"""A simulated case: what truly happened, and when each thing was written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .party import Party
from .sites import Site
from .vehicles import Vehicle


class Step(NamedTuple):
    """Something that happened. Instants in microseconds."""

    activity: str
    at: int
    told_at: int
    """When a person or a machine wrote it down; no file before that holds it."""
    data: dict[str, Any]


@dataclass(slots=True)
class SimCase:
    """A case as it truly ran. `steps` in the order of time."""

    site: Site
    case_no: str
    check_no: str
    slip_no: str
    vehicle: Vehicle
    party: Party
    authority: str
    story: bool = False
    load_told: bool = True
    """Whether its papers with approved load and tare were seen."""
    party_kind: str = "organisation"
    """`citizen` or `organisation`."""
    steps: list[Step] = field(default_factory=list)

    def add(self, activity: str, at: int, lag: int, **data: Any) -> int:
        """Let something happen at an instant and be written down `lag` later. Returns the instant."""
        self.steps.append(Step(activity, at, at + lag, data))
        return at

    def settle(self) -> None:
        """Put the steps into the order of time."""
        self.steps.sort(key=lambda step: (step.at, step.activity))

    def all(self, activity: str, told_by: int | None = None) -> list[Step]:
        """Steps of an activity that were written down by an instant."""
        return [s for s in self.steps if s.activity == activity and (told_by is None or s.told_at <= told_by)]

    def first(self, activity: str, told_by: int | None = None) -> Step | None:
        return next(iter(self.all(activity, told_by)), None)

    def last(self, activity: str, told_by: int | None = None) -> Step | None:
        found = self.all(activity, told_by)
        return found[-1] if found else None

    @property
    def confirmed_at(self) -> int:
        step = self.first("confirmed")
        assert step is not None
        return step.at

    def released_at(self, told_by: int | None = None) -> int | None:
        step = self.first("released", told_by)
        return None if step is None else step.at

    def open_at(self, now: int) -> bool:
        """Whether the vehicle stands at the station at an instant, as far as was written down by then."""
        return self.site.holds and self.confirmed_at <= now and self.released_at(now) is None
