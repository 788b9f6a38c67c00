"""Why something was refused and what would be accepted, as sentences with their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from monitor.cli.words import say, words

SHOWN = 400
"""Characters of what would be accepted; a list of 120 stations helps nobody."""


def sentence(reason: str, params: Mapping[str, str], file: str = "") -> str:
    """The text `reasons.<reason>`; the code itself where a newer program wrote it."""
    text = words().find(f"reasons.{reason}")
    if text is None:
        return reason
    told: defaultdict[str, str] = defaultdict(lambda: "–", {"file": file, **words().worded(reason, params)})
    return text.format_map(told)


def place(file: str, sheet: str | None, row: int | None, column: str | None) -> str:
    """Where something stands: file, sheet, row, column, as far as each is known."""
    parts = [file]
    if sheet:
        parts.append(say("cli.place.sheet", sheet=sheet))
    if row:
        parts.append(say("cli.place.row", row=row))
    if column:
        parts.append(say("cli.place.column", column=column))
    return " · ".join(parts)


def refusal(where: str, value: str | None, reason: str, params: Mapping[str, str], accepted: str) -> str:
    """One line: place, value, what is wrong, what would be accepted."""
    why = sentence(reason, params)
    said = why if value is None else say("cli.refused.value", value=value, why=why)
    line = say("cli.refused.line", place=where, said=said)
    if accepted and accepted not in why:
        line += say("cli.refused.accepted", accepted=shortened(accepted))
    return line


def shortened(text: str) -> str:
    """At most `SHOWN` characters, the cut marked."""
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
