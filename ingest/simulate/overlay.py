"""The configuration of invented stations, to lie over the shipped one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from .sites import Site

GROUND = {"zh": "示例:模拟站点的规定", "en": "example: rule of a simulated station"}


def write_overlay(folder: Path, places: Sequence[Site]) -> Path | None:
    """Write `stations.yaml` for the stations that are not shipped; None where there are none."""
    invented = [site for site in places if not site.shipped]
    if not invented:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(
        {"stations": {site.code: _entry(site) for site in invented}}, allow_unicode=True, sort_keys=False
    )
    (folder / "stations.yaml").write_text(
        "# 模拟站点,全部虚构。    Simulated stations, all invented.\n" + text, encoding="utf-8"
    )
    return folder


def _entry(site: Site) -> dict[str, Any]:
    gate: dict[str, Any] = {"from": "2024-01-01", "needs": sorted(site.needs)}
    if site.needs != {"removal"}:
        gate |= {"legal_ground": GROUND, "confirmed_by": None, "example": True}
    return {
        "name": {"zh": site.name, "en": f"{site.english} Inspection Station"},
        "short": {"zh": site.short, "en": site.english},
        "site_type": 21,
        "region": 140423,
        "zone": "Asia/Shanghai",
        "example": True,
        "limits": [{"from": "2024-01-01", "hours": 24, "source": {"zh": "示例", "en": "example"}}],
        "gates": [gate],
        "authorities": ["transport", *(["police"] if site.police else [])],
        "channels": list(site.channels),
    }
