"""A lake that cannot be read now: why, and an engine that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr import types as ir

    from monitor.metrics.engine import Question


class LakeAway(Exception):
    """The lake cannot be read now. `key` is a text that says why, and what is done about it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.key = f"lake.problem.{problem}"


class Away:
    """An engine in the place of one that cannot be: whatever is asked of it raises why."""

    def __init__(self, why: LakeAway) -> None:
        self._why = why

    def table(self, name: str) -> ir.Table:
        """Raises LakeAway."""
        raise self._why

    def counted(self, name: str) -> ir.Table:
        """Raises LakeAway."""
        raise self._why

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Raises LakeAway."""
        raise self._why

    def columns(self, question: Question) -> pa.Table:
        """Raises LakeAway."""
        raise self._why
