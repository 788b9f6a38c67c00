"""The loop that raises flags and sends them watches itself: heartbeats of scheduler, scan and sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.settings.jobs import ALERTS, SENDING
from monitor.store.beats import Beat, beats_of
from monitor.store.jobs import current_leader, job_states

if TYPE_CHECKING:
    from dashboard.services import Services

LOOP = (ALERTS, SENDING)
"""The jobs by whose heartbeat one sees that flags are raised and sent."""


@dataclass(frozen=True, slots=True)
class Loop:
    """The heartbeats. `attended`: whether a process runs the jobs; `beats`: scan and sender, as far as they
    are configured."""

    planned: bool
    attended: bool
    beats: tuple[Beat, ...]

    @property
    def well(self) -> bool:
        """Whether flags are raised and sent."""
        return self.attended and len(self.beats) == len(LOOP) and not any(beat.late for beat in self.beats)


def loop_of(services: Services, now: int) -> Loop:
    """Whether the loop that raises flags and sends them lives."""
    configuration = services.configuration
    planned = configuration.jobs.planned(configuration.zone, simulated=services.simulated)
    mine = [job for job in planned if job.name in LOOP]
    states = job_states(services.database, [job.name for job in mine])
    attended = current_leader(services.database, now) is not None
    return Loop(bool(mine), attended, tuple(beats_of(mine, states, now)))
