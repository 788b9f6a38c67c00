"""Named code sets of `config/sources/codes.yaml`: what files write → what is meant."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.settings.entry import Entry


class CodeFile(Entry):
    """`codes.yaml`. Codes clash between systems, so numbers are only in sets that a page has to name."""

    sets: dict[str, dict[str, str]]
    """Name of the set → {what files write: what is meant}."""


class CodeSets:
    """The sets by name."""

    def __init__(self, sets: Mapping[str, Mapping[str, str]]) -> None:
        self.sets = {name: dict(codes) for name, codes in sets.items()}

    def of(self, codes: str | Mapping[str, str]) -> Mapping[str, str]:
        """A set by its name, or the map itself."""
        return self.sets.get(codes, {}) if isinstance(codes, str) else codes
