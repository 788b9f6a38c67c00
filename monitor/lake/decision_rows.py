"""Decisions as the lake holds them: each with its facts and what the rules of the day of its act say of it.

A decision has a row for each span in which its case said the same of it; the one without an end is the
decision in force. What other cases say (repeats of the vehicle, other fines for the act) is in every row as
it is known now: a correction of another case changes it, which is why a refresh writes those rows too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import Connection

from monitor.cases.state import CaseState
from monitor.cases.validity import ValidSpan, validity
from monitor.lake.judging import Judging
from monitor.lake.local_time import ZoneOf, dates, local_times, months, weeks
from monitor.rules.assess import assess
from monitor.rules.assessment import Assessment
from monitor.rules.bands import PLACES
from monitor.rules.book import InForce, folded
from monitor.rules.decision import Decision
from monitor.rules.exemptions import exemption_of
from monitor.rules.facts import decision_facts
from monitor.rules.others import act_key, with_others
from monitor.settings.penalties import Factor
from monitor.store.changes import versions_of
from monitor.store.database import ask_among
from monitor.store.log import events_of
from monitor.store.versions import STATE, state_of

_TEXTS = pa.list_(pa.string())
DECISIONS = pa.schema(
    [
        ("case_id", pa.int64()), ("station", pa.string()), ("case_no", pa.string()), ("month", pa.string()),
        ("known_from", pa.int64()), ("known_to", pa.int64()), ("decided_at", pa.int64()),
        ("decided_date", pa.string()), ("decided_week", pa.string()), ("decided_month", pa.string()),
        ("acted_at", pa.int64()), ("authority", pa.string()), ("outcome", pa.string()),
        ("fine_fen", pa.int64()), ("points", pa.int64()), ("act", pa.string()), ("vehicle", pa.string()),
        ("axles", pa.int64()), ("gross_kg", pa.int64()), ("limit_kg", pa.int64()), ("over_kg", pa.int64()),
        ("over_share", pa.float64()), ("procedure", pa.string()), ("officers", _TEXTS),
        ("team", pa.string()), ("factors", _TEXTS), ("prior_acts", pa.int64()), ("rule_set", pa.string()),
        ("tiers", _TEXTS), ("low_fen", pa.int64()), ("high_fen", pa.int64()), ("place", pa.string()),
        ("position", pa.float64()), ("why", pa.string()), ("departure", pa.string()),
        ("example", pa.bool_()), ("lighter_since", pa.string()), ("findings", _TEXTS),
        ("decision_no", pa.string()), ("plate", pa.string()), ("plate_colour", pa.string()),
        ("party", pa.string()), ("load_over_kg", pa.int64()), ("load_over_share", pa.float64()),
        ("mitigating", pa.int64()), ("aggravating", pa.int64()), ("exemption", pa.string()),
        ("alike", pa.string()),
    ]
)  # fmt: skip
"""`acted_at`: its local day says which rules apply. `over_kg`, `over_share`: gross over the limit;
`load_over_*`: over the approved load. `factors`: codes of the rules where they know the word. `mitigating`,
`aggravating`: how many of them are. `exemption`: `minor` or `first` where the decision meets one, whatever
was decided. `alike`: authority, rule set and tiers in one; cases of one `alike` are like cases."""

_DECIDED = "SELECT DISTINCT case_id FROM case_versions WHERE decided_at IS NOT NULL AND case_id {among}"
_OF_PLATES = (
    "SELECT plate, case_id FROM case_versions WHERE known_to IS NULL AND decided_at IS NOT NULL "
    "AND plate {among}"
)
_OF_ACTS = "SELECT check_no, case_id FROM check_numbers WHERE station = ? AND check_no {among}"
_NUMBERED = "SELECT case_no, id FROM cases WHERE station = ? AND case_no {among}"
_STATE = ", ".join(f'"{column.name}"' for column in STATE) + ", case_id, known_from, known_to"


class Told(NamedTuple):
    """What a case said of a decision of it, and from when to when."""

    case_id: int
    month_of: int
    """The instant whose local month the rows of the case lie in."""
    decision: Decision
    known_from: int
    known_to: int | None


class _Version(NamedTuple):
    state: CaseState
    known_from: int
    known_to: int | None


def decisions_of(
    connection: Connection, case_ids: Sequence[int], zone_of: ZoneOf, judged_by: Judging
) -> pa.Table:
    """Every row of the decisions of some cases."""
    told = _told(connection, case_ids)
    if not told:
        return DECISIONS.empty_table()
    in_force = {
        case_id: [one.decision for one in rows if one.known_to is None] for case_id, rows in told.items()
    }
    related = _related(connection, told)
    missing = {one for ids in related.values() for one in ids} - set(told)
    for case_id, rows in _told(connection, sorted(missing)).items():
        in_force[case_id] = [one.decision for one in rows if one.known_to is None]
    whole: list[Told] = []
    for case_id, rows in told.items():
        others = chain.from_iterable(in_force.get(other, ()) for other in related.get(case_id, ()))
        zone = zone_of(rows[0].decision.station)
        known = with_others([one.decision for one in rows], zone, others)
        whole += [
            # As on the page of a case: a driver and a company are found by no index.
            one._replace(decision=decision._replace(prior_driver_acts=None, company_share=None))
            for one, decision in zip(rows, known, strict=True)
        ]
    return decision_table(whole, zone_of, judged_by)


def plates_and_acts(decisions: pa.Table) -> tuple[set[str], set[tuple[str, str]]]:
    """The plates and acts by which rows of decisions bear on other cases."""
    rows = decisions.select(["plate", "station", "act"]).to_pylist()
    return {r["plate"] for r in rows if r["plate"] is not None}, {(r["station"], r["act"]) for r in rows}


def cases_of_plates(connection: Connection, plates: Iterable[str]) -> set[int]:
    """Decided cases of some vehicles."""
    return {row[1] for row in ask_among(connection, _OF_PLATES, sorted(plates))}


def _told(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[Told]]:
    """What each case that was ever decided said of its decisions, by case."""
    decided = sorted(row[0] for row in ask_among(connection, _DECIDED, case_ids))
    versions: dict[int, list[_Version]] = {}
    for row in versions_of(connection, decided, _STATE):
        case_id, known_from, known_to = row[-3:]
        versions.setdefault(case_id, []).append(  # type: ignore[arg-type]
            _Version(state_of(row), known_from, known_to)  # type: ignore[arg-type]
        )
    known = events_of(connection, decided)
    return {
        case_id: rows
        for case_id in decided
        if (rows := _spans(case_id, versions.get(case_id, ()), validity(*known[case_id])))
    }


def _spans(case_id: int, versions: Sequence[_Version], events: Sequence[ValidSpan]) -> list[Told]:
    """The decisions of a case at every moment at which it said something new, equal ones joined."""
    if not versions:
        return []
    first = min((one.known_from for one in versions if one.state.decided_at is not None), default=None)
    if first is None:
        return []
    moments = {one.known_from for one in versions} | {one.known_from for one in events}
    moments |= {one.known_to for one in events if one.known_to is not None}
    state = versions[-1].state
    month_of = state.confirmed_at if state.confirmed_at is not None else state.first_at
    open_since: dict[Decision, int] = {}
    found: list[Told] = []
    for moment in sorted(moment for moment in moments if moment >= first):
        version = next((one for one in reversed(versions) if one.known_from <= moment), None)
        valid = [
            span.event
            for span in events
            if span.known_from <= moment and (span.known_to is None or span.known_to > moment)
        ]
        now = [] if version is None else decision_facts(version.state, valid)
        for gone in [one for one in open_since if one not in now]:
            found.append(Told(case_id, month_of, gone, open_since.pop(gone), moment))
        for one in now:
            open_since.setdefault(one, moment)
    found += [Told(case_id, month_of, one, since, None) for one, since in open_since.items()]
    return sorted(
        found, key=lambda one: (one.known_from, one.decision.decided_at, one.decision.decision_no or "")
    )


def _related(connection: Connection, told: Mapping[int, Sequence[Told]]) -> dict[int, list[int]]:
    """Other cases by case: decided ones of the vehicle, and those that a check or case number leads to."""
    plates: dict[str, set[int]] = {}
    acts: dict[str, dict[str, set[int]]] = {}
    for case_id, rows in told.items():
        for d in (one.decision for one in rows):
            if d.plate is not None:
                plates.setdefault(d.plate, set()).add(case_id)
            for name in {d.act or d.case_no, d.case_no}:
                acts.setdefault(d.station, {}).setdefault(name, set()).add(case_id)
    found: dict[int, set[int]] = {}
    found_by = ask_among(connection, _OF_PLATES, sorted(plates))
    pairs = [(plates[plate], other) for plate, other in found_by]
    for station, named in acts.items():
        for query in (_OF_ACTS, _NUMBERED):
            found_by = ask_among(connection, query, sorted(named), (station,))
            pairs += [(named[name], other) for name, other in found_by]
    for mine, other in pairs:
        for case_id in mine:
            if other != case_id:
                found.setdefault(case_id, set()).add(other)
    return {case_id: sorted(others) for case_id, others in found.items()}


def decision_table(told: Sequence[Told], zone_of: ZoneOf, judged_by: Judging) -> pa.Table:
    """Decisions with all that enters into them, held against the rules, as a table of `DECISIONS`."""
    stations = [one.decision.station for one in told]
    decided = local_times(stations, [one.decision.decided_at for one in told], zone_of)
    columns: dict[str, Any] = {
        "month": months(local_times(stations, [one.month_of for one in told], zone_of)),
        "decided_date": dates(decided), "decided_week": weeks(decided), "decided_month": months(decided),
    }  # fmt: skip
    rows = [_row(one, judged_by) for one in told]
    for field in DECISIONS:
        if field.name not in columns:
            columns[field.name] = pa.array([row[field.name] for row in rows], field.type)
    return pa.table([columns[name] for name in DECISIONS.names], schema=DECISIONS)


def _row(one: Told, judged_by: Judging) -> dict[str, Any]:
    d = one.decision
    said = assess(d, judged_by.book)
    rules = judged_by.book.in_force(d.authority, d.station, d.acted_at) if d.authority else None
    codes = [word if rules is None else rules.factors.get(folded(word), word) for word in d.factors]
    over, load_over = PLACES["over_kg"](d), PLACES["load_over_kg"](d)
    _, act = act_key(d)
    return {
        **{name: getattr(d, name) for name in _OF_DECISION},
        "case_id": one.case_id, "known_from": one.known_from, "known_to": one.known_to, "act": act,
        "over_kg": over, "over_share": over / d.limit_kg if over is not None and d.limit_kg else None,
        "load_over_kg": load_over,
        "load_over_share": load_over / d.approved_load_kg
        if load_over is not None and d.approved_load_kg else None,
        "officers": list(d.officers), "factors": codes, **_said(said),
        "mitigating": _count(codes, rules, "mitigating"), "aggravating": _count(codes, rules, "aggravating"),
        "exemption": _exemption(d, rules, codes),
        "alike": alike(d.authority, said.rule_set, said.tiers),
    }  # fmt: skip


_OF_DECISION = (
    "station", "case_no", "decided_at", "acted_at", "authority", "outcome", "fine_fen", "points", "vehicle",
    "axles", "gross_kg", "limit_kg", "procedure", "team", "prior_acts", "decision_no", "plate",
    "plate_colour", "party",
)  # fmt: skip


def alike(authority: str | None, rule_set: str | None, tiers: Sequence[str]) -> str | None:
    """What like cases have in common, in one text; None where no tier applies."""
    if authority is None or rule_set is None or not tiers:
        return None
    return f"{authority}|{rule_set}|{'+'.join(tiers)}"


def _said(said: Assessment) -> dict[str, Any]:
    return {
        "rule_set": said.rule_set, "tiers": list(said.tiers),
        "low_fen": None if said.band is None else said.band.low,
        "high_fen": None if said.band is None else said.band.high,
        "place": said.place.value, "position": said.position, "why": said.why,
        "departure": said.departure, "example": said.example, "lighter_since": said.lighter_since,
        "findings": [finding.code for finding in said.findings],
    }  # fmt: skip


def _count(codes: Sequence[str], rules: InForce | None, effect: str) -> int:
    """How many of the factors are of an effect by the rules."""
    parts = [None if rules is None else rules.parts.get(f"factors.{code}") for code in codes]
    return sum(
        isinstance(part.value, Factor) and part.value.effect.value == effect
        for part in parts
        if part is not None
    )


def _exemption(d: Decision, rules: InForce | None, codes: Sequence[str]) -> str | None:
    found = None if rules is None or not rules.exemptions else exemption_of(d, rules, codes)
    return None if found is None else found.kind
