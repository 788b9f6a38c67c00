"""Where what is drawn leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def addresses(node: Any) -> Iterator[str]:
    """Every address of a drawn tree, in its order."""
    if isinstance(node, list):
        for one in node:
            yield from addresses(one)
    elif isinstance(node, dict):
        props = node.get("props", {})
        if isinstance(props.get("href"), str):
            yield props["href"]
        yield from addresses(props.get("children"))
    elif hasattr(node, "href"):
        yield node.href
