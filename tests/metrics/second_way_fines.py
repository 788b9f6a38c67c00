"""Metrics of fines a second time, in plain Python, from the decisions as each case's page shows them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from monitor.cases.event import SECOND
from monitor.rules.assess import assess
from monitor.rules.assessment import Assessment
from monitor.rules.book import rule_book
from monitor.rules.decision import Decision
from monitor.rules.exemptions import exemption_of
from monitor.settings.configuration import Configuration
from monitor.settings.penalties import Factor
from monitor.store.cases import case_file
from monitor.store.database import Database, ask
from monitor.store.decisions import case_decisions


class Decided(NamedTuple):
    decision: Decision
    said: Assessment
    exemption: str | None
    effects: Counter[str]
    month: str

    @property
    def fined(self) -> bool:
        return self.decision.outcome == "fine" or bool(self.decision.fine_fen)

    @property
    def alike(self) -> str:
        return f"{self.decision.authority}|{self.said.rule_set}|{'+'.join(self.said.tiers)}"

    @property
    def compared(self) -> bool:
        return self.said.place not in ("exempt", "unassessed")

    def cell(self, by: Sequence[str]) -> tuple[Any, ...]:
        d = self.decision
        told = {"station": d.station, "authority": d.authority, "month": self.month}
        return tuple(told[name] for name in by)


def decided(database: Database, configuration: Configuration) -> list[Decided]:
    """Every decision in force."""
    book = rule_book(configuration)
    with database.read() as connection:
        keys = ask(
            connection,
            "SELECT station, case_no FROM case_versions WHERE known_to IS NULL AND decided_at IS NOT NULL",
        )
    found = []
    for station, case_no in keys:
        zone = configuration.zone_of(station)
        file = case_file(database, (station, case_no))
        assert file is not None
        for d in case_decisions(database, file, zone):
            said = assess(d, book)
            rules = book.in_force(d.authority, station, d.acted_at) if d.authority else None
            met = None if rules is None else exemption_of(d, rules, said.factors)
            parts = [] if rules is None else [rules.parts[f"factors.{code}"].value for code in said.factors]
            effects = Counter(part.effect.value for part in parts if isinstance(part, Factor))
            month = datetime.fromtimestamp(d.decided_at // SECOND, UTC).astimezone(zone).strftime("%Y-%m")
            found.append(Decided(d, said, None if met is None else met.kind, effects, month))
    return found


def exemptions(rows: Sequence[Decided], by: Sequence[str]) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    n, fined = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for one in rows:
        if one.exemption is not None:
            cell = (*one.cell(by), one.exemption)
            n[cell] += 1
            fined[cell] += one.fined
    return {cell: (n[cell] - fined[cell], n[cell], fined[cell]) for cell in n}


def repeats(rows: Sequence[Decided], by: Sequence[str]) -> dict[tuple[Any, ...], int]:
    most: dict[tuple[Any, ...], int] = {}
    for one in rows:
        d = one.decision
        if d.plate is not None and (one.fined or d.outcome == "warning"):
            key = (one.cell(by), d.plate, d.plate_colour)
            most[key] = max(most.get(key, 0), (d.prior_acts or 0) + 1)
    return dict(Counter((*cell, "4+" if acts >= 4 else str(acts)) for (cell, _, _), acts in most.items()))


def tiers(rows: Sequence[Decided]) -> dict[str, tuple[int, int]]:
    found: dict[str, list[bool]] = defaultdict(list)
    for one in rows:
        if one.compared:
            found[one.alike].append(one.said.place not in ("below", "above"))
    return {alike: (sum(inside), len(inside)) for alike, inside in found.items()}


def outside(rows: Sequence[Decided], kind: str) -> dict[str, tuple[int, int]]:
    found: dict[str, list[bool]] = defaultdict(list)
    for one in rows:
        for unit in (one.decision.station,) if kind == "station" else one.decision.officers:
            if one.compared:
                found[unit].append(one.said.place in ("below", "above"))
    return {unit: (sum(out), len(out)) for unit, out in found.items()}


def mitigating(rows: Sequence[Decided]) -> float:
    """What a mitigating circumstance adds: ordinary least squares with a constant for each kind of like cases
    at each team."""
    import numpy as np
    import statsmodels.api as sm

    free = [one for one in rows if one.said.place in ("low", "middle", "high")]
    cells = sorted({(one.alike, one.decision.station, one.decision.team or "") for one in free})
    facts, place = [], []
    for one in free:
        d = one.decision
        load = (d.gross_kg, d.tare_kg, d.approved_load_kg)
        over = 0.0
        if None not in load and d.approved_load_kg:
            over = (load[0] - load[1] - load[2]) / load[2]  # type: ignore[operator]
        elif d.gross_kg is not None and d.limit_kg:
            over = (d.gross_kg - d.limit_kg) / d.limit_kg
        here = [cell == (one.alike, d.station, d.team or "") for cell in cells]
        told = [
            over, min(d.prior_acts or 0, 4), one.effects["mitigating"] > 0, one.effects["aggravating"] > 0,
            d.procedure == "simple", d.party == "citizen",
        ]  # fmt: skip
        facts.append([*map(float, told), *map(float, here)])
        place.append(one.said.position)
    return float(sm.OLS(np.array(place, float), np.array(facts)).fit().params[2])
