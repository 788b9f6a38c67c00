"""The station a row names, found by code, name, short name or alias."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .refused import Bad
from .values import code_key


class StationDirectory:
    """Everything configured stations are called → their code. Knows nothing else of them.

    A name that two stations share finds neither: the row is refused rather than given to one of them.
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names`: station code → its names, short names and aliases."""
        self._codes: dict[str, str | None] = {}
        for code, called in names.items():
            for name in (code, *called):
                key = code_key(name)
                if key:
                    self._codes[key] = code if self._codes.get(key, code) == code else None
        for code in names:
            self._codes[code_key(code)] = code
        shown = [" / ".join(dict.fromkeys((code, *called))) for code, called in names.items()]
        self.accepted = " · ".join(shown[:50]) + (f" · … ({len(shown)})" if len(shown) > 50 else "")

    def find(self, text: str) -> str | Bad:
        """The code, or a refusal that lists what would be accepted."""
        code = self._codes.get(code_key(text))
        return Bad("unknown_station", self.accepted) if code is None else code
