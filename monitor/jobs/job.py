"""A job, and the jobs that a configuration asks for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.folder import Refused, WatchedFolder
from ingest.intake import Intake
from monitor.cases.event import SECOND
from monitor.settings.jobs import FolderWatch
from monitor.settings.texts import Texts
from monitor.store.deliveries import Sender


@dataclass(frozen=True)
class Outcome:
    """What a run did: rows read, and what a person should know although it went through."""

    rows: int = 0
    problem: str | None = None
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """Something to do every so many microseconds. Doing it twice must do no more than doing it once."""

    name: str
    every: int
    run: Callable[[], Outcome]

    def due(self, now: int, last: int | None) -> int | None:
        """The due time to run for, or None. Of several that were missed the last one stands for all.

        Due times lie on a grid from the epoch, so that every process reckons with the same ones.
        """
        slot = now - now % self.every
        return slot if last is None or last < slot else None


def configured_jobs(intake: Intake, sender: Sender, words: Texts) -> list[Job]:
    """The jobs of the configuration, by name."""
    watches = intake.configuration.jobs.watches
    return [folder_job(name, watch, intake, sender, words) for name, watch in sorted(watches.items())]


def folder_job(
    name: str,
    watch: FolderWatch,
    intake: Intake,
    sender: Sender,
    words: Texts,
    wait: Callable[[float], None] = time.sleep,
) -> Job:
    """A look at a watched folder."""

    def explain(file: str, refused: Refused) -> str:
        return note(words, file, refused)

    folder = WatchedFolder(intake, watch, sender, explain, wait)

    def run() -> Outcome:
        taken = folder.look()
        if taken.failed:
            return Outcome(taken.rows, "files_failed", {"n": str(len(taken.failed))})
        if taken.stuck:
            return Outcome(taken.rows, "files_changed", {"n": str(len(taken.stuck))})
        return Outcome(taken.rows)

    return Job(name, watch.every_seconds * SECOND, run)


def note(words: Texts, file: str, refused: Refused) -> str:
    """What lies beside a refused file: its name, the reason, what would be accepted. No value of a cell."""
    # What was found in place of a head may be a row of people.
    told = {**refused.params, "file": file, "found": "–"}
    key = f"jobs.refused.{refused.code}"
    text = words.find(key) or words.find(f"reasons.{refused.code}") or refused.code
    why = text.format_map(_Known(told))
    lines = [words.get("jobs.note.file", file=file), words.get("jobs.note.reason", reason=why)]
    if refused.accepted and refused.accepted not in why:
        lines.append(words.get("jobs.note.accepted", accepted=refused.accepted))
    return "\n".join([*lines, words.get("jobs.note.again"), ""])


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"
