"""What can be wrong with a file as a file, before anybody asks what its columns mean."""

from __future__ import annotations

from typing import NamedTuple


class TableError(Exception):
    """A file, or the rest of it, that cannot be read. `code` is the text key `reasons.<code>`.

    Parameters are counts, positions and names of formats, never what a cell holds: the message may be logged.
    """

    def __init__(self, code: str, params: dict[str, str] | None = None) -> None:
        super().__init__(code, params or {})
        self.code = code
        self.params: dict[str, str] = params or {}

    def __str__(self) -> str:
        return self.code + "".join(f" {key}={value}" for key, value in self.params.items())


class RowFault(NamedTuple):
    """Why one row is refused while the rest of its file goes on. `code` is the text key `reasons.<code>`."""

    code: str
    params: dict[str, str]
