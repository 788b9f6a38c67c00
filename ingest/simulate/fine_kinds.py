"""What is wrong with a decision or its money on purpose, kind by kind: who can carry it and how it is put in.

Each says what the program must find: the code of a finding, or the kind of a difference to the statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import NamedTuple

from .case import SimCase, Step
from .moments import DAY, HOUR, MINUTE, whole_minute
from .paper import CORRECTED, allowed_of, announce, reprice
from .payment import confirmed_by_treasury, pay
from .penalties import MOST_FEN, exempt, police_points, simple_ceiling

CASH_GROUND = "行政处罚法第六十八条第二项:不当场收缴事后难以执行"
Fits = Callable[[SimCase], bool]
Plant = Callable[[Random, SimCase], None]


class FineKind(NamedTuple):
    """A kind of planted fault. `truth` says where it must be found: as a finding of the decision, a finding
    of the payment, or a difference to the statement. `also` may be found beside it."""

    name: str
    code: str
    truth: str
    share: float
    fits: Fits
    plant: Plant
    also: tuple[str, ...] = ()


def fined(case: SimCase) -> bool:
    """Whether the decision imposes a fine."""
    step = case.last("decided")
    return step is not None and step.data["outcome"] == "fine"


def fine_of(case: SimCase) -> int:
    """Fen of the decision."""
    step = case.last("decided")
    assert step is not None
    return int(step.data["fine_fen"])


def decided(case: SimCase) -> Step:
    """The decision."""
    step = case.last("decided")
    assert step is not None
    return step


def _plain(case: SimCase) -> bool:
    """A fine inside its band with nothing recorded that would explain another."""
    return fined(case) and not decided(case).data.get("factors")


def _spared(case: SimCase) -> bool:
    """A case that may go without a penalty, did so or was fined, and for which there is a fine."""
    fits = exempt(case.vehicle, case.authority) and allowed_of(case).low > 0
    return fits and (_plain(case) or decided(case).data["outcome"] == "none")


def _over(rng: Random, case: SimCase) -> None:
    step = 100_000 if case.authority == "transport" else 10_000
    reprice(case, allowed_of(case).high + rng.randint(1, 3) * step)


def _under(rng: Random, case: SimCase) -> None:
    reprice(case, allowed_of(case).low * rng.randint(5, 7) // 10_000 * 1_000)


def _exempt(rng: Random, case: SimCase) -> None:
    """A first act, put right at once, that may go without a penalty; where it did it is now fined."""
    step = decided(case)
    step.data.update(factors=CORRECTED, evidence=CORRECTED)
    if step.data["outcome"] == "fine":
        return
    step.data["outcome"] = "fine"
    if case.authority == "police":
        step.data["points"] = police_points(case.vehicle)
    band = allowed_of(case)
    reprice(case, band.low + (band.high - band.low) // 3 // 1_000 * 1_000)
    pay(rng, case, step.at, fine_of(case), waits_for_it=False)


def _before_notice(rng: Random, case: SimCase) -> None:
    at = decided(case).at + rng.randint(20, 50) * MINUTE
    case.steps = [
        step._replace(at=at, told_at=at + 3 * MINUTE) if step.activity == "notified" else step
        for step in case.steps if step.activity != "stated"
    ]  # fmt: skip


def _raised(rng: Random, case: SimCase) -> None:
    """Announced lower; what the party said in between made it dearer."""
    announce(case, fine_of(case) - rng.choice((50_000, 100_000)))
    if not case.first("stated"):
        step = decided(case)
        case.steps.append(Step("stated", step.at - 3 * MINUTE, step.told_at, {}))


def _alone(rng: Random, case: SimCase) -> None:
    del rng
    step = decided(case)
    step.data.update(officers=step.data["officers"].partition(",")[0], procedure="ordinary")


def _simple(rng: Random, case: SimCase) -> None:
    del rng
    decided(case).data["procedure"] = "simple"


def _wrong_unit(rng: Random, case: SimCase) -> None:
    """万元 in a column of 元; the money itself is asked for and paid as it should be."""
    del rng
    decided(case).data["fine_fen"] = fine_of(case) // 10_000


def _cash(ground: str | None) -> Plant:
    def plant(rng: Random, case: SimCase) -> None:
        del rng
        for step in case.all("paid"):
            step.data["channel"] = "cash_on_spot"
            step.data.pop("ground", None)
            if ground is not None:
                step.data["ground"] = ground

    return plant


def _never_posted(rng: Random, case: SimCase) -> None:
    _cash(CASH_GROUND)(rng, case)
    case.steps = [step for step in case.steps if step.activity != "pay_confirmed"]


def _posted_late(rng: Random, case: SimCase) -> None:
    later = rng.randint(9, 12) * DAY
    case.steps = [
        step._replace(at=step.at + later, told_at=step.told_at + later)
        if step.activity == "pay_confirmed" else step
        for step in case.steps
    ]  # fmt: skip


def _paid_twice(rng: Random, case: SimCase) -> None:
    paid = case.all("paid")[0]
    at = whole_minute(paid.at + rng.randint(16, 30) * HOUR)
    case.steps.append(Step("paid", at, at, dict(paid.data)))
    arrives = confirmed_by_treasury(at)
    confirmed = case.all("pay_confirmed")[0]
    case.steps.append(Step("pay_confirmed", arrives, arrives, dict(confirmed.data)))


def _nothing(rng: Random, case: SimCase) -> None:
    """The statement alone is wrong."""
    del rng, case


def _transport(case: SimCase) -> bool:
    return case.authority == "transport" and fined(case)


def _hours_told(case: SimCase) -> bool:
    """Its ledger knows hours: 外环 knows days alone."""
    return case.site.holds


def _paid_once(case: SimCase) -> bool:
    return len(case.all("paid")) == len(case.all("pay_confirmed")) == 1


def _by_cash(case: SimCase) -> bool:
    """The station may take cash and its own ledger tells of payments."""
    return case.site.dialect == "template" and fined(case) and _paid_once(case)


def _by_treasury(case: SimCase) -> bool:
    return case.site.dialect in ("merged", "gbk") and fined(case) and _paid_once(case)


KINDS = (
    FineKind("over_band", "above_band", "finding", 0.02,
             lambda c: _plain(c) and c.load_told and allowed_of(c).high < MOST_FEN - 500_000, _over,
             ("departure_without_reason",)),
    FineKind("under_band", "below_band", "finding", 0.02,
             lambda c: _plain(c) and c.load_told and fine_of(c) < MOST_FEN and allowed_of(c).low >= 20_000,
             _under, ("departure_without_reason",)),
    FineKind("ignored_exemption", "exempt_but_fined", "finding", 0.15,
             lambda c: _spared(c) and c.load_told and c.vehicle.plate != "无牌车", _exempt),
    FineKind("decided_before_notice", "decided_before_notice", "finding", 0.02,
             lambda c: fined(c) and _hours_told(c) and c.first("notified") is not None, _before_notice),
    FineKind("statement_raised_fine", "statement_raised_fine", "finding", 0.02,
             lambda c: _transport(c) and _hours_told(c) and fine_of(c) > 150_000, _raised),
    FineKind("one_officer", "one_officer", "finding", 0.02, fined, _alone),
    FineKind("simple_over_ceiling", "simple_over_ceiling", "finding", 0.02,
             lambda c: fined(c) and fine_of(c) > simple_ceiling(c.authority, c.party_kind), _simple),
    FineKind("factor_10000", "factor_of_10000", "finding", 0.015,
             lambda c: _transport(c) and _plain(c) and not allowed_of(c).room, _wrong_unit,
             ("paid_twice",)),
    FineKind("missing_ground", "cash_without_ground", "payment", 0.06, _by_cash, _cash(None)),
    FineKind("unposted_cash", "not_posted", "statement", 0.06, _by_cash, _never_posted),
    FineKind("late_post", "posted_late", "statement", 0.02, _by_treasury, _posted_late),
    FineKind("paid_twice", "paid_twice", "statement", 0.02, _by_treasury, _paid_twice),
    FineKind("amount_differs", "amount_differs", "statement", 0.015,
             lambda c: _by_treasury(c) and fine_of(c) > 100_000, _nothing),
    FineKind("amount_in_10000", "factor_of_10000", "statement", 0.008,
             lambda c: _by_treasury(c) and not fine_of(c) % 10_000, _nothing),
)  # fmt: skip
"""Kinds that one case carries. At the four shipped stations over four months every kind has its cases."""


def unify(cases: list[SimCase]) -> None:
    """Make all of them acts of the first one's vehicle."""
    first = cases[0]
    for case in cases[1:]:
        case.vehicle = replace(
            case.vehicle, plate=first.vehicle.plate, colour=first.vehicle.colour,
            trailer=first.vehicle.trailer,
        )  # fmt: skip
        case.party = replace(case.party, company=first.party.company, credit_code=first.party.credit_code)
        case.party_kind = first.party_kind

