"""Addresses: the parts of a path by name, and the parameters behind it."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote


def match_path(pattern: str, path: str) -> dict[str, str] | None:
    """The named parts of `path` where it fits `pattern` (`/case/<station>/<case_no>`), else None."""
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    if len(wanted) != len(given):
        return None
    parts: dict[str, str] = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("<") and want.endswith(">"):
            parts[want[1:-1]] = unquote(have)
        elif want != have:
            return None
    return parts


def read_search(search: str | None) -> dict[str, str]:
    """The parameters of an address (`?a=1&b=2`); of one named twice the last."""
    return dict(parse_qsl((search or "").removeprefix("?")))
