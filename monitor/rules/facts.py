"""The decisions of a case with the facts that enter into their assessment, from its valid events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from monitor.cases.activity import ORDER
from monitor.cases.event import Event
from monitor.cases.facts import Fact, Facts
from monitor.cases.state import CaseState
from monitor.rules.decision import Decision
from monitor.rules.matching import plain_number

_SEPARATORS = re.compile("[,\uff0c、;\uff1b]")
_NUMBERS = ("approved_load_kg", "tare_kg", "length_mm", "width_mm", "height_mm", "company_trucks")
_WORDS = ("company", "party", "act", "check_no", "driver_digest")


def decision_facts(state: CaseState, valid: Iterable[Event]) -> list[Decision]:
    """The decisions in force of a case, in the order of time, each with the facts of the case.

    `valid` are its valid events, `state` what they fold to; weights and vehicle are those of the state. What
    other cases say (repeats, other fines for the act) is added by `monitor.rules.others`.
    """
    facts = _read(valid)
    if "decided" not in facts:
        return []
    told = _in_force(facts, state.authority)
    if not told:
        return []
    plain = _of_case(facts)
    acted_at = state.confirmed_at
    if acted_at is None:
        weighed = facts.get("weighed")
        acted_at = weighed[0][0].occurred_at if weighed else state.first_at
    notices = facts.get("notified", [])
    announced = [fen for _, data in notices if (fen := _number(data.get("fine_fen"))) is not None]
    shared: dict[str, Any] = {
        "station": state.station,
        "case_no": state.case_no,
        "acted_at": acted_at,
        "act": plain.get("act") or plain.get("check_no") or state.case_no,
        "vehicle": state.vehicle,
        "axles": state.axles,
        "gross_kg": state.gross_kg,
        "limit_kg": state.limit_kg,
        **{name: plain.get(name) for name in (*_NUMBERS, "company", "party")},
        "plate": None if plain.get("plate_unread") else state.plate,
        "plate_colour": state.plate_colour,
        "driver": plain.get("driver_digest"),
        "notified_fen": announced[-1] if announced else None,
        **{f"{step}_at": _first(facts, step) for step in _STEPS},
    }
    return [Decision(**(shared | _of_decision(event, data))) for event, data in told]


_STEPS = ("filed", "notified", "stated", "hearing", "legal_review", "committee")


def _read(valid: Iterable[Event]) -> Facts:
    facts: Facts = {}
    for event in sorted(valid, key=lambda one: (one.occurred_at, ORDER.get(one.activity, 99), one.identity)):
        data = orjson.loads(event.data) if event.data else {}
        facts.setdefault(event.activity, []).append((event, data))
    return facts


def _of_case(facts: Facts) -> dict[str, Any]:
    """What any event may tell of the vehicle, the party and the act; the first word on each stands."""
    plain: dict[str, Any] = {}
    told = sorted((fact for some in facts.values() for fact in some), key=lambda fact: fact[0].occurred_at)
    for _, data in told:
        if "plate_unread" not in plain and data.get("plate"):
            # The plate that stands is the first one told; 无牌车 and the like name no vehicle.
            plain["plate_unread"] = bool(data.get("plate_unread"))
        for name in _NUMBERS:
            if name not in plain and (number := _number(data.get(name))) is not None:
                plain[name] = number
        for name in _WORDS:
            if name not in plain and data.get(name):
                plain[name] = str(data[name])
    return plain


def _in_force(facts: Facts, authority: str | None) -> list[Fact]:
    """The decisions that stand, each with what changed it laid over it.

    Two sources may tell one decision: of one authority with one number, or with a number that one of them
    leaves out, it is the same. A revocation that names a number takes that one back, any other all before.
    """
    changes = [
        (event, data)
        for activity in ("decided", "decision_changed", "decision_revoked")
        for event, data in facts.get(activity, ())
    ]
    changes.sort(key=lambda fact: (fact[0].occurred_at, ORDER.get(fact[0].activity, 99), fact[0].identity))
    standing: list[tuple[Event, dict[str, Any]]] = []
    for event, data in changes:
        number = _plain(data)
        if event.activity == "decision_revoked":
            standing = [one for one in standing if number is not None and _plain(one[1]) != number]
            continue
        by = data.get("authority") or authority
        place = _same(standing, by, number, changed=event.activity == "decision_changed")
        if place is not None:
            first, before = standing[place]
            standing[place] = (first, {**before, **data})
        elif event.activity == "decided":
            standing.append((event, {"authority": by, **data}))
    return standing


def _same(standing: Sequence[Fact], by: str | None, number: str | None, *, changed: bool) -> int | None:
    """Which of the standing decisions this tells again, or changes."""
    for place in range(len(standing) - 1, -1, -1):
        data = standing[place][1]
        other = _plain(data)
        if number is not None and number == other:
            return place
        if (number is None or other is None) and (changed or data.get("authority") == by):
            return place
    return None


def _plain(data: dict[str, Any]) -> str | None:
    number = data.get("decision_no")
    return plain_number(str(number)) if number else None


def _of_decision(event: Event, data: dict[str, Any]) -> dict[str, Any]:
    """What the decision itself tells."""
    return {
        "decided_at": event.occurred_at,
        "decided_until": event.occurred_until,
        "fine_fen": _number(data.get("fine_fen")),
        "points": _number(data.get("points")),
        **{
            name: str(data[name]) if data.get(name) else None
            for name in (
                "authority", "outcome", "decision_no", "procedure", "team",
                "departure_reason", "departure_evidence", "departure_review",
            )
        },
        **{name: listed(data.get(name)) for name in ("officers", "factors", "evidence")},
        **({"act": str(data["act"])} if data.get("act") else {}),
    }  # fmt: skip


def listed(told: Any) -> tuple[str, ...]:
    """A list as sources write it, `01042、01077`: each once, in its order."""
    if not told:
        return ()
    parts = told if isinstance(told, list) else _SEPARATORS.split(str(told))
    return tuple(dict.fromkeys(word for part in parts if (word := str(part).strip())))


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _first(facts: Facts, activity: str) -> int | None:
    found = facts.get(activity)
    return found[0][0].occurred_at if found else None
