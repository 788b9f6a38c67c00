"""Bays and scales that serve one vehicle at a time: who comes while they are taken waits."""

from __future__ import annotations


class Server:
    """`places` equal places; each vehicle takes the one that is free first."""

    def __init__(self, places: int) -> None:
        self._free_at = [0] * places

    def serve(self, comes_at: int, takes: int) -> tuple[int, int]:
        """When service starts and ends for one who comes at an instant and takes so long."""
        place = min(range(len(self._free_at)), key=self._free_at.__getitem__)
        start = max(comes_at, self._free_at[place])
        self._free_at[place] = start + takes
        return start, start + takes
