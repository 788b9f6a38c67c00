"""Decisions as the lake holds them: each with its facts and what the rules of the day of its act say of it.

A decision has a row for each span in which its case said the same of it; the one without an end is the
decision in force. What other cases say (repeats of vehicle and driver, other fines for the act) is in every
row as it is known now: a correction of another case changes it, which is why a refresh writes those rows too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from sqlalchemy import Connection

from monitor.cases.event import Event
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
from monitor.rules.payments import MONEY, payments_of
from monitor.settings.penalties import Factor
from monitor.store.changes import versions_of
from monitor.store.database import ask_among
from monitor.store.decisions import decisions_of as current_decisions
from monitor.store.decisions import related_cases
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
        ("alike", pa.string()), ("driver", pa.string()), ("company", pa.string()),
        ("company_share", pa.float64()),
        ("compared_kg", pa.int64()),
        ("compared_share", pa.float64()),
        ("payment_findings", _TEXTS),
    ]
)  # fmt: skip
"""`acted_at`: its local day says which rules apply. `over_kg`, `over_share`: gross over the limit;
`load_over_*`: over the approved load. `factors`: codes of the rules where they know the word. `mitigating`,
`aggravating`: how many of them are. `exemption`: `minor` or `first` where the decision meets one, whatever
was decided. `alike`: authority, rule set and tiers in one; cases of one `alike` are like cases.
`compared_*`: over the approved load where that is told, else over the limit. `payment_findings`: codes of
what the payments of the case leave to look at, beside `findings` of the decision itself."""

_DECIDED = "SELECT DISTINCT case_id FROM case_versions WHERE decided_at IS NOT NULL AND case_id {among}"
_STATE = ", ".join(f'"{column.name}"' for column in STATE) + ", case_id, known_from, known_to"


class Told(NamedTuple):
    """What a case said of a decision of it, and from when to when."""

    case_id: int
    month_of: int
    """The instant whose local month the rows of the case lie in."""
    decision: Decision
    known_from: int
    known_to: int | None
    of_payments: tuple[str, ...] = ()
    """Codes of the findings of the payments of its case."""


class _Version(NamedTuple):
    state: CaseState
    known_from: int
    known_to: int | None


def decisions_of(
    connection: Connection, case_ids: Sequence[int], zone_of: ZoneOf, judged_by: Judging
) -> pa.Table:
    """Every row of the decisions of some cases."""
    told = _told(connection, case_ids, zone_of, judged_by)
    if not told:
        return DECISIONS.empty_table()
    in_force = {
        case_id: [one.decision for one in rows if one.known_to is None] for case_id, rows in told.items()
    }
    related = related_cases(
        connection, {case_id: [one.decision for one in rows] for case_id, rows in told.items()}
    )
    in_force |= current_decisions(connection, {one for ids in related.values() for one in ids} - set(told))
    whole: list[Told] = []
    for case_id, rows in told.items():
        others = [d for other in sorted(related[case_id]) for d in in_force.get(other, ())]
        zone = zone_of(rows[0].decision.station)
        for place, beside in _at_one_time(rows):
            known = with_others([one.decision for one in beside], zone, others)
            whole.append(beside[place]._replace(decision=known[place]))
    return decision_table(whole, zone_of, judged_by)


def bearing_on(decisions: pa.Table) -> dict[str, set[Any]]:
    """By which plates, drivers, companies and acts rows of decisions bear on other cases; of acts as pairs of
    station and act."""
    rows = decisions.select(["plate", "driver", "company", "station", "act"]).to_pylist()
    names = {name: {row[name] for row in rows} - {None} for name in ("plate", "driver", "company")}
    return {**names, "act": {(row["station"], row["act"]) for row in rows}}


_BEARS = (
    "station", "case_no", "act", "acted_at", "authority", "decision_no", "outcome", "fine_fen", "plate",
    "plate_colour", "driver", "company",
)  # fmt: skip
"""What `with_others` reads of another case's decision in force."""


def bear_alike(before: pa.Table, after: pa.Table) -> bool:
    """Whether decisions say the same to other cases by two tables of their rows."""
    one, other = (
        Counter(
            tuple(row.values())
            for row in rows.filter(pc.is_null(rows["known_to"])).select(_BEARS).to_pylist()
        )
        for rows in (before, after)
    )
    return one == other


def cases_borne_on(files: Sequence[str], names: Mapping[str, set[Any]]) -> set[int]:
    """Cases of which decisions in files of the lake share one of the names of `bearing_on`."""
    if not files:
        return set()
    plates, drivers, companies, acts = (
        pa.array(sorted(some), pa.string())
        for some in (names["plate"], names["driver"], names["company"], {act for _, act in names["act"]})
    )
    wanted = (
        pc.field("plate").isin(plates)
        | pc.field("driver").isin(drivers)
        | (pc.field("company").isin(companies) & pc.field("company_share").is_valid())
        | pc.field("act").isin(acts)
    )
    table = ds.dataset(files, schema=DECISIONS).to_table(
        columns=["case_id", "station", "act", "plate", "driver", "company"], filter=wanted
    )
    return {
        row["case_id"]
        for row in table.to_pylist()
        if (row["station"], row["act"]) in names["act"]
        or any(row[name] in names[name] for name in ("plate", "driver", "company"))
    }


def _told(
    connection: Connection, case_ids: Sequence[int], zone_of: ZoneOf, judged_by: Judging
) -> dict[int, list[Told]]:
    """What each case that was ever decided said of its decisions, by case."""
    decided = sorted(row[0] for row in ask_among(connection, _DECIDED, case_ids))
    versions: dict[int, list[_Version]] = {}
    for row in versions_of(connection, decided, _STATE):
        case_id, known_from, known_to = row[-3:]
        versions.setdefault(case_id, []).append(  # type: ignore[arg-type]
            _Version(state_of(row), known_from, known_to)  # type: ignore[arg-type]
        )
    known = events_of(connection, decided)

    def of_payments(state: CaseState, valid: Sequence[Event], moment: int) -> tuple[str, ...]:
        if not any(event.activity in MONEY for event in valid):
            return ()
        paid = payments_of(state, valid, judged_by.terms, zone_of(state.station), moment)
        return tuple(sorted({finding.code for one in paid for finding in one.findings}))

    return {
        case_id: rows
        for case_id in decided
        if (rows := _spans(case_id, versions.get(case_id, ()), validity(*known[case_id]), of_payments))
    }


def _at_one_time(rows: Sequence[Told]) -> Iterator[tuple[int, Sequence[Told]]]:
    """Each row with those that stood when it last did, as its place among them: what a case said before does
    not stand beside what it says now."""
    for one in rows:
        end = one.known_to
        if end is None:
            beside = [other for other in rows if other.known_to is None]
        else:
            beside = [o for o in rows if o.known_from < end and (o.known_to is None or o.known_to >= end)]
        yield beside.index(one), beside


def _spans(
    case_id: int,
    versions: Sequence[_Version],
    events: Sequence[ValidSpan],
    of_payments: Callable[[CaseState, Sequence[Event], int], tuple[str, ...]],
) -> list[Told]:
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
    open_since: dict[tuple[Decision, tuple[str, ...]], int] = {}
    found: list[Told] = []
    for moment in sorted(moment for moment in moments if moment >= first):
        version = next((one for one in reversed(versions) if one.known_from <= moment), None)
        valid = [
            span.event
            for span in events
            if span.known_from <= moment and (span.known_to is None or span.known_to > moment)
        ]
        told = [] if version is None else decision_facts(version.state, valid)
        codes = of_payments(version.state, valid, moment) if version is not None and told else ()
        now = [(one, codes) for one in told]
        for gone in [one for one in open_since if one not in now]:
            found.append(Told(case_id, month_of, gone[0], open_since.pop(gone), moment, gone[1]))
        for one in now:
            open_since.setdefault(one, moment)
    found += [Told(case_id, month_of, one, since, None, codes) for (one, codes), since in open_since.items()]
    return sorted(
        found, key=lambda one: (one.known_from, one.decision.decided_at, one.decision.decision_no or "")
    )


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
    told = {"case_id": one.case_id, "known_from": one.known_from, "known_to": one.known_to}
    return told | judged(one.decision, judged_by) | {"payment_findings": list(one.of_payments)}


def judged(d: Decision, judged_by: Judging) -> dict[str, Any]:
    """A decision with its facts and what the rules say of it, by the columns of `DECISIONS` but for those of
    its case, span, days and payments."""
    said = assess(d, judged_by.book)
    rules = judged_by.book.in_force(d.authority, d.station, d.acted_at) if d.authority else None
    codes = [word if rules is None else rules.factors.get(folded(word), word) for word in d.factors]
    over, load_over = PLACES["over_kg"](d), PLACES["load_over_kg"](d)
    _, act = act_key(d)
    over_share = over / d.limit_kg if over is not None and d.limit_kg else None
    load_over_share = load_over / d.approved_load_kg if load_over is not None and d.approved_load_kg else None
    return {
        **{name: getattr(d, name) for name in _OF_DECISION},
        "act": act, "over_kg": over, "over_share": over_share,
        "load_over_kg": load_over, "load_over_share": load_over_share,
        "compared_kg": over if load_over is None else load_over,
        "compared_share": over_share if load_over_share is None else load_over_share,
        "officers": list(d.officers), "factors": codes, **_said(said),
        "mitigating": _count(codes, rules, "mitigating"), "aggravating": _count(codes, rules, "aggravating"),
        "exemption": _exemption(d, rules, codes),
        "alike": alike(d.authority, said.rule_set, said.tiers),
    }  # fmt: skip


_OF_DECISION = (
    "station", "case_no", "decided_at", "acted_at", "authority", "outcome", "fine_fen", "points", "vehicle",
    "axles", "gross_kg", "limit_kg", "procedure", "team", "prior_acts", "decision_no", "plate",
    "plate_colour", "party", "driver", "company", "company_share",
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
