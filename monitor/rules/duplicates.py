"""重复罚款: one act is fined once, whichever authority did it (行政处罚法第二十九条)."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.rules.assessment import RuleFinding, Value
from monitor.rules.book import InForce
from monitor.rules.decision import Decision


def double_fine(d: Decision, rules: InForce) -> Iterator[RuleFinding]:
    """A fine beside another one for the same act."""
    part = rules.parts.get("procedure.once")
    if part is None or not d.fine_fen or not d.other_fines:
        return
    values = [Value("fine_fen", d.fine_fen, "fen")]
    for authority, number, fen in d.other_fines:
        values.append(Value("other_authority", authority, "text"))
        values.append(Value("other_decision", number, "text"))
        if fen is not None:
            values.append(Value("other_fen", fen, "fen"))
    yield RuleFinding("double_fine", part.article, tuple(values))
