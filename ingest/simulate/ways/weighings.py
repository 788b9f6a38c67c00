"""Files of weighings: kg as JSON lines, tonnes by another colour set, an off-site feed, one without units."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from ..moments import MINUTE, stamp
from ..sites import NORTH, RING, WEST
from ..telling import Account, Plant, Planted, Row, Written
from ..world import World
from .records import CONTENT, FIELDS, JTT415, TOLL, record, row_of
from .traffic import OLD_SCALE_UNTIL, Weighing, overloaded, traffic

PER_DAY = {WEST.code: 60, NORTH.code: 50, RING.code: 90}
TONNES = "sim-weighings-tonnes"
COLUMNS = {"gross": "sumWeight", "colour": "plateNumColor", "scale": "scaleNo"}
UNCONFIRMED = 3
"""Trucks over their limit whom nobody confirms, at each of two stations."""


def whole_kg(kg: int) -> int:
    """Kilograms, the unit of the exchange."""
    return kg


def tonnes(kg: int) -> str:
    """Tonnes with two decimals: exact, as the scales weigh in steps of 20 kg."""
    return f"{kg / 1000:.2f}"


def tonnes_told(kg: int) -> str:
    """Tonnes that say so."""
    return f"{tonnes(kg)}t"


@dataclass(frozen=True, slots=True)
class WeighingFile:
    """How a sender writes its weighings."""

    name: str
    source: str
    colours: dict[str, str]
    mass: Callable[[int], Any]
    extra: tuple[str, ...] = ()


class WeighingFiles:
    """Writes the files of a world and keeps what they tell."""

    def __init__(self, out: Path, world: World, account: Account) -> None:
        self._out = out
        self._world = world
        self._account = account
        self.written: list[Written] = []
        self.planted: list[Planted] = []
        self.rows: list[Row] = []
        """Every row that tells of a weighing, defects among them."""

    def write(self) -> None:
        """Write all of them."""
        self._kilograms()
        self._tonnes()
        self._off_site()
        self._without_units()

    def _traffic(self, code: str) -> list[Weighing]:
        world = self._world
        site = {site.code: site for site in (WEST, NORTH, RING)}[code]
        return traffic(world.seed, site, world.since, world.until, PER_DAY[code])

    def _rows(self, told: Sequence[Weighing], rng: Random) -> list[Row]:
        """The weighings as rows; some first weighings are over the limit, and nobody confirms them."""
        weighed_again = {one.check_no for one in told if one.check_type == 2}
        once = [place for place, one in enumerate(told) if one.check_no not in weighed_again]
        chosen = set(rng.sample(once, min(UNCONFIRMED, len(once)))) if told and told[0].site.holds else set()
        rows = []
        for place, one in enumerate(told):
            row = row_of(overloaded(rng, one) if place in chosen else one)
            if place in chosen:
                row.plants.append(Plant("unconfirmed_overweight", "unconfirmed", "", "gross", "weighed"))
            rows.append(row)
        return rows

    def _clean(self, rows: Sequence[Row]) -> list[Row]:
        """First weighings that carry no defect yet and have no re-check."""
        again = {row.case_no for row in rows if row.values["check_type"] == 2}
        return [row for row in rows if not row.plants and row.case_no not in again]

    def _kilograms(self) -> None:
        """城西 sends every record as it is taken, and some twice; one came from a scale out of its dates."""
        rng = Random(f"{self._world.seed}/ways/kg")
        rows = self._rows(self._traffic(WEST.code), rng)
        over = [row for row in rows if row.plants]
        if over and self._world.until > OLD_SCALE_UNTIL:
            # No evidence against the one it found overloaded.
            old = rng.choice(over)
            old.values["scale"] = "W2"
            old.plants.append(Plant("scale_uncertified", "finding", "scale_uncertified", "scale", "weighed"))
        for row in _some(rng, self._clean(rows), 4):
            again = row.copy()
            again.plants = [Plant("duplicate_row", "duplicate", "", None, "weighed")]
            rows.insert(rng.randint(rows.index(row) + 1, len(rows)), again)
        self._put(WeighingFile("weighings_城西.jsonl", "weighings", TOLL, whole_kg), rows)

    def _tonnes(self) -> None:
        """北关 writes tonnes and the colours of JT/T 415, numbers its records and corrects some of them."""
        rng = Random(f"{self._world.seed}/ways/t")
        rows = self._rows(self._traffic(NORTH.code), rng)
        for number, row in enumerate(rows, 1):
            row.event_id = f"BGC-{row.case_no}-{row.values['check_type']}-{number}"
            row.values["updated"] = row.values["told_at"]
        clean = self._clean(rows)
        for row in _some(rng, clean, 3):
            mended = row.copy()
            mended.event_id = row.event_id
            mended.values["gross"] -= 200
            mended.values["updated"] = row.values["told_at"] + 30 * MINUTE
            mended.plants = [Plant("corrected_row", "revision", "", "gross", "weighed")]
            row.plants.append(Plant("corrected_row", "corrected_later", "", "gross", "weighed"))
            rows.append(mended)
        for row in _some(rng, self._clean(rows), 2):
            row.shown["colour"], row.whole = "0", True
            row.plants.append(Plant("clashing_colour", "row_lost", "unknown_code", "colour", "weighed"))
        file = WeighingFile("北关称重交换.csv", TONNES, JTT415, tonnes, ("recordId", "updateTime"))
        self._put(file, rows)

    def _off_site(self) -> None:
        """外环 weighs everything that drives over it and holds nobody."""
        rng = Random(f"{self._world.seed}/ways/offsite")
        told = self._traffic(RING.code)
        over = set(_some(rng, list(range(len(told))), len(told) // 30))
        rows = [row_of(overloaded(rng, one) if place in over else one) for place, one in enumerate(told)]
        self._put(WeighingFile("weighings_外环.csv", "weighings", TOLL, whole_kg), rows)

    def _without_units(self) -> None:
        """A list that a colleague at 城西 typed: most masses say their unit, some do not."""
        rng = Random(f"{self._world.seed}/ways/units")
        world = self._world
        told = traffic(world.seed + 1, WEST, world.since, world.until, 6)
        again = {one.check_no for one in told if one.check_type == 2}
        rows = [row_of(one) for one in told if one.check_no not in again]
        for place, row in enumerate(rows):
            row.values["check_no"] = row.case_no = f"{row.case_no}H"
            if place and rng.random() < 0.3:
                row.shown["gross"], row.whole = tonnes(row.values["gross"]), True
                row.plants.append(Plant("unit_missing", "row_lost", "unit_unknown", "gross", "weighed"))
        if rows:
            file = WeighingFile("units-weighings_城西手录.csv", "weighings-unit-told", TOLL, tonnes_told)
            self._put(file, rows)

    def _put(self, file: WeighingFile, rows: Sequence[Row]) -> None:
        written = Written(file.name, file.source)
        fields = (*FIELDS, *file.extra)
        told = [record(row, file.colours, file.mass) for row in rows]
        for row, one in zip(rows, told, strict=True):
            if file.extra:
                one |= {"recordId": row.event_id, "updateTime": stamp(row.values["updated"])}
        if file.name.endswith(".jsonl"):
            first_row = 1
            text = "".join(json.dumps(_filled(one), ensure_ascii=False) + "\n" for one in told)
        else:
            first_row = 2
            text = _csv(fields, told)
        (self._out / file.name).write_bytes(text.encode("utf-8"))
        for number, row in enumerate(rows, first_row):
            self._account.event_row(written, row, ("activity", "at", *CONTENT))
            self.planted += [
                Planted(plant.kind, plant.expect, plant.reason, file.source, file.name, None, number,
                        COLUMNS.get(plant.column or ""), row.station, row.case_no, plant.activity)
                for plant in row.plants
            ]  # fmt: skip
        self.written.append(written)
        self.rows += [row for row in rows if not row.whole]


def _some(rng: Random, among: Sequence[Any], most: int) -> list[Any]:
    return rng.sample(list(among), min(most, len(among)))


def _filled(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if value is not None}


def _csv(fields: Sequence[str], told: Sequence[dict[str, Any]]) -> str:
    out = StringIO(newline="")
    lines = csv.DictWriter(out, fields, lineterminator="\r\n")
    lines.writeheader()
    lines.writerows(told)
    return out.getvalue()
