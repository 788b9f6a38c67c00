"""Who collected the money of a fine, and on what ground: 罚缴分离 and 当场收缴."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from monitor.cases.activity import Authority
from monitor.cases.facts import Facts
from monitor.cases.state import CaseState
from monitor.rules.assessment import RuleFinding, Value
from monitor.settings.payments import Payments
from monitor.settings.stations import Channel

if TYPE_CHECKING:
    from monitor.rules.payments import Instalment

TEN_THOUSAND = 10_000
"""元 in 万元: an amount that is off by just this was written in the other unit."""


def collected(ground: str | None, day: date, terms: Payments) -> tuple[str, ...]:
    """The keys of the grounds in force on a day that a recorded ground names."""
    if not ground:
        return ()
    told = "".join(ground.split())
    return tuple(
        key
        for key, one in terms.grounds.items()
        if one.in_force(day) and any(word in told for word in one.words)
    )


def findings_of(
    state: CaseState, group: Facts, instalments: Sequence[Instalment], terms: Payments
) -> tuple[RuleFinding, ...]:
    """What a person should look at in one payment, in the order of its events."""
    found: list[RuleFinding] = []
    for facts in group.values():
        for event, data in facts:
            amount = data.get("amount_fen")
            at = Value("at", event.occurred_at, "instant")
            if amount is not None and amount < 0:
                found.append(RuleFinding("negative_amount", "", (at, Value("amount_fen", amount, "fen"))))
            elif amount and state.fine_fen and _other_unit(amount, state.fine_fen):
                values = (at, Value("amount_fen", amount, "fen"), Value("fine_fen", state.fine_fen, "fen"))
                found.append(RuleFinding("factor_of_10000", "", values))
    for one in instalments:
        found += _of_instalment(one, state, terms)
    return tuple(found)


def _of_instalment(one: Instalment, state: CaseState, terms: Payments) -> Iterable[RuleFinding]:
    fine = state.fine_fen if state.fine_fen is not None else one.amount_fen
    amounts = [] if fine is None else [Value("fine_fen", fine, "fen")]
    values = (Value("at", one.when.at, "instant"), *amounts)
    on_spot = one.channel == Channel.CASH_ON_SPOT
    if on_spot and not one.ground:
        yield RuleFinding("cash_without_ground", _cited(terms, terms.grounds), values)
    if on_spot and one.grounds and fine is not None:
        limits = [terms.grounds[key].at_most_fen for key in one.grounds]
        if all(limit is not None and fine > limit for limit in limits):
            most = max(limit for limit in limits if limit is not None)
            more = (*values, Value("at_most_fen", most, "fen"))
            yield RuleFinding("cash_ground_unfit", _cited(terms, one.grounds), more)
    fined_by = state.authority
    by_one = fined_by in (Authority.TRANSPORT, Authority.POLICE) and one.collector == fined_by
    if by_one and not (on_spot and one.ground):
        article = cited(terms, [term.source for term in terms.due])
        yield RuleFinding(
            "fine_and_collection_by_one", article, (*values, Value("collector", str(one.collector), "text"))
        )


def _other_unit(amount: int, fine: int) -> bool:
    return amount * TEN_THOUSAND == fine or amount == fine * TEN_THOUSAND


def _cited(terms: Payments, grounds: Iterable[str]) -> str:
    return cited(terms, [terms.grounds[key].source for key in grounds])


def cited(terms: Payments, sources: Iterable[str]) -> str:
    """The documents and articles of some sources, each once."""
    return "; ".join(dict.fromkeys(terms.article_of(source) for source in sources))
