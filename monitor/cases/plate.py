"""Number plates in lists and on the wall: enough to find the vehicle in the yard, no more."""

from __future__ import annotations

import re

_PLATE = re.compile(r"([\u4e00-\u9fff][A-Z])([A-Z0-9\u4e00-\u9fff]{4,6})")


def masked_plate(plate: str | None) -> str | None:
    """晋D81021 → 晋D·8**21, new-energy 晋D·D5**28; what is no plate (无牌车) stays; None stays None.

    Plates of other forms keep their first two and last two characters.
    """
    if plate is None:
        return None
    found = _PLATE.fullmatch(plate)
    if found:
        head, rest = found.groups()
        return f"{head}·{rest[:-4]}**{rest[-2:]}"
    if len(plate) < 6 or not any(character.isdigit() for character in plate):
        return plate
    return f"{plate[:2]}**{plate[-2:]}"
