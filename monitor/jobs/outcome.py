"""What a run of a job came to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """What a run did: rows read, and what a person should know although it went through."""

    rows: int = 0
    problem: str | None = None
    params: dict[str, str] = field(default_factory=dict)


class Problem(Exception):
    """Why a run failed, as a code of `jobs.problem` with its parameters; no value of a cell among them."""

    def __init__(self, code: str, params: dict[str, str], rows: int = 0) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
        self.rows = rows
