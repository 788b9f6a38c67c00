"""Why a cell is refused, before anybody knows which row it stood in."""

from __future__ import annotations

from typing import NamedTuple


class Bad(NamedTuple):
    """`reason` is the text key `reasons.<reason>`; `accepted` shows what would do, by examples and codes."""

    reason: str
    accepted: str
    params: tuple[tuple[str, str], ...] = ()
