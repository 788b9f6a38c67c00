"""What other cases say of a decision: repeats within the rolling year, other fines for the same act.

An illegal overload is an act for which a decision in force gave a fine or a warning. Two decisions for one
act are one act. The year is the one that ends with the act: from the same local time a year before, which
itself does not count, up to the act.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.cases.event import SECOND
from monitor.rules.decision import Decision

_ILLEGAL = ("fine", "warning")
ActKey = tuple[str, str]
"""Station and act: check numbers are unique at their station."""


def act_key(d: Decision) -> ActKey:
    """The act a decision is about."""
    return d.station, d.act or d.case_no


def year_before(at: int, zone: ZoneInfo) -> int:
    """The same local time one year before an instant; of 29 February the 28th."""
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)
    try:
        before = local.replace(year=local.year - 1)
    except ValueError:
        before = local.replace(year=local.year - 1, day=28)
    return round(before.astimezone(UTC).timestamp()) * SECOND + at % SECOND


def with_others(
    decisions: Sequence[Decision],
    zone: ZoneInfo,
    others: Iterable[Decision] = (),
) -> list[Decision]:
    """The decisions with what they and `others` say of each other. Pure; any order gives the same.

    A company's share is known where the case tells how many trucks it has.
    """
    everybody = list(dict.fromkeys((*decisions, *others)))
    by_plate, by_driver = _acts(everybody, "plate"), _acts(everybody, "driver")
    by_company = _trucks(everybody) if any(d.company_trucks for d in decisions) else {}
    fined: dict[ActKey, list[Decision]] = {}
    for d in everybody:
        if d.fine_fen:
            fined.setdefault(act_key(d), []).append(d)
    return [
        d._replace(
            prior_acts=None if d.plate is None else _prior(by_plate.get(d.plate, ()), d, zone, colours=True),
            prior_driver_acts=None if d.driver is None else _prior(by_driver.get(d.driver, ()), d, zone),
            company_share=_share(d, by_company, zone),
            other_fines=_other_fines(d, fined.get(act_key(d), ())),
        )
        for d in decisions
    ]


_Acts = Sequence[tuple[int, ActKey, str | None]]
"""(when, which act, plate colour), in the order of time."""


def _acts(decisions: Iterable[Decision], name: str) -> dict[str, list[tuple[int, ActKey, str | None]]]:
    """Illegal overloads by plate or driver; an act that several decisions are about stands once."""
    found: dict[str, dict[ActKey, tuple[int, ActKey, str | None]]] = {}
    for d in decisions:
        value = getattr(d, name)
        if value is None or not _illegal(d):
            continue
        key = act_key(d)
        acts = found.setdefault(value, {})
        if key not in acts or d.acted_at < acts[key][0]:
            acts[key] = (d.acted_at, key, d.plate_colour)
    return {value: sorted(acts.values(), key=lambda act: act[:2]) for value, acts in found.items()}


def _illegal(d: Decision) -> bool:
    return d.outcome in _ILLEGAL or bool(d.fine_fen)


def _prior(acts: _Acts, d: Decision, zone: ZoneInfo, *, colours: bool = False) -> int:
    """Acts within the year before this one; a plate of another colour, where both are told, is another's."""
    if not acts or acts[0][0] >= d.acted_at:
        return 0
    first = bisect_right(acts, year_before(d.acted_at, zone), key=lambda act: act[0])
    last = bisect_left(acts, d.acted_at, key=lambda act: act[0])
    own = act_key(d)
    return sum(
        key != own and not (colours and None not in (colour, d.plate_colour) and colour != d.plate_colour)
        for _, key, colour in acts[first:last]
    )


def _trucks(decisions: Iterable[Decision]) -> dict[str, list[tuple[int, str]]]:
    """When which plates of a company were overloaded, in the order of time."""
    found: dict[str, list[tuple[int, str]]] = {}
    for d in decisions:
        if d.company is not None and d.plate is not None and _illegal(d):
            found.setdefault(d.company, []).append((d.acted_at, d.plate))
    return {company: sorted(acts) for company, acts in found.items()}


def _share(d: Decision, trucks: Mapping[str, list[tuple[int, str]]], zone: ZoneInfo) -> float | None:
    """Share of the company's trucks that were overloaded in the year up to this act, itself included."""
    if d.company is None or d.company_trucks is None or d.company_trucks <= 0:
        return None
    since = year_before(d.acted_at, zone)
    return (
        len({plate for at, plate in trucks.get(d.company, ()) if since < at <= d.acted_at}) / d.company_trucks
    )


def _other_fines(d: Decision, fined: Iterable[Decision]) -> tuple[tuple[str, str, int | None], ...]:
    if not d.fine_fen:
        return ()
    own = (d.station, d.case_no, d.authority, d.decision_no)
    return tuple(
        sorted(
            (other.authority or "", other.decision_no or other.case_no, other.fine_fen)
            for other in fined
            if (other.station, other.case_no, other.authority, other.decision_no) != own
        )
    )
