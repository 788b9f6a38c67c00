"""Statements against decisions and payments: every kind worked by hand, then properties over made-up ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.cases.event import DAY, Event
from monitor.rules.matching import Covers, match
from monitor.rules.outcome import Kind, Outcome, Posting
from monitor.rules.owed import Owed, Taking, owed
from tests.factories import at, day, event

THREE_DAYS = 3 * DAY
FINE = 200_000
PAID = at("2024-07-01 10:00")
POSTED = at("2024-07-02 08:00")


def post_by(station: str, channel: str | None, paid: int) -> int | None:
    """Three times 24 hours, so that every deadline can be told by hand."""
    return paid + THREE_DAYS


def line(name: str = "L1", amount: int = FINE, **told: Any) -> Posting:
    plain: dict[str, Any] = {
        "source": "treasury", "station": "", "code": "C1", "decision_no": None, "refund": False,
        "paid_at": None, "paid_until": None, "posted_at": POSTED, "posted_until": None, "channel": None,
    }  # fmt: skip
    return Posting(id=name, line=name, amount_fen=amount, **{**plain, **told})


def taking(name: str = "T1", amount: int | None = FINE, when: int = PAID, **told: Any) -> Taking:
    plain: dict[str, Any] = {"source": "ledger", "code": "C1", "until": None, "channel": None}
    return Taking(id=name, amount_fen=amount, at=when, **{**plain, **told})


def case(*takings: Taking, number: str = "A-1", fine: int | None = FINE, **told: Any) -> Owed:
    plain: dict[str, Any] = {"highest_fen": fine, "requests": (("C1", fine),)}
    return Owed("S1", number, due_fen=fine, takings=takings, **{**plain, **told})


def run(lines: Sequence[Posting], *cases: Owed, covers: dict[str, Covers] | None = None) -> list[Outcome]:
    return match(lines, cases, post_by, covers or {})


def kinds(lines: Sequence[Posting], *cases: Owed, **told: Any) -> dict[str, str]:
    """Subject → kind."""
    return {one.subject: one.kind.value for one in run(lines, *cases, **told)}


LATER = line("Z9", code="other", posted_at=POSTED + 30 * DAY)
"""Another case's line, which carries the statement on for a month."""
OTHER = case(number="A-9", requests=(("other", FINE),))


def test_a_line_and_a_payment_of_one_code_and_amount_are_matched() -> None:
    (found,) = run([line(paid_at=PAID)], case(taking()))
    assert (found.kind, found.station, found.case_no) == (Kind.MATCHED, "S1", "A-1")
    assert (found.subject, found.at, found.found_fen) == ("L1", PAID, FINE)
    assert found.taking == taking()


def test_a_line_alone_is_held_against_the_decision() -> None:
    assert kinds([line()], case()) == {"L1": "matched"}
    (found,) = run([line(amount=150_000)], case())
    assert (found.kind, found.expected_fen, found.found_fen) == (Kind.AMOUNT_DIFFERS, FINE, 150_000)


def test_a_line_that_differs_from_the_payment_names_both_amounts() -> None:
    (found,) = run([line(amount=150_000)], case(taking(amount=FINE)))
    assert (found.kind, found.expected_fen, found.found_fen) == (Kind.AMOUNT_DIFFERS, FINE, 150_000)


def test_a_payment_that_agrees_with_its_line_and_not_with_the_decision_differs() -> None:
    (found,) = run([line(amount=150_000)], case(taking(amount=150_000)))
    assert (found.kind, found.expected_fen) == (Kind.AMOUNT_DIFFERS, FINE)


def test_ten_thousand_times_is_told_apart_from_any_other_difference() -> None:
    (found,) = run([line(amount=20)], case(taking()))
    assert (found.kind, found.expected_fen, found.found_fen) == (Kind.FACTOR_OF_10000, FINE, 20)
    (found,) = run([line(amount=FINE * 10_000)], case())
    assert (found.kind, found.expected_fen) == (Kind.FACTOR_OF_10000, FINE)
    # The payment was told with the same slip; the decision says what was meant.
    (found,) = run([line(amount=20)], case(taking(amount=20)))
    assert (found.kind, found.expected_fen) == (Kind.FACTOR_OF_10000, FINE)


def test_posted_on_the_last_instant_is_in_time_and_a_microsecond_after_is_late() -> None:
    last = PAID + THREE_DAYS
    assert kinds([line(paid_at=PAID, posted_at=last)], case(taking())) == {"L1": "matched"}
    (found,) = run([line(paid_at=PAID, posted_at=last + 1)], case(taking()))
    assert (found.kind, found.since) == (Kind.POSTED_LATE, last)


def test_of_days_alone_a_posting_is_late_only_where_every_instant_is() -> None:
    paid_at, paid_until = day("2024-07-01")
    told = {"paid_at": paid_at, "paid_until": paid_until}
    on_the_last = day("2024-07-04")
    (found,) = run([line(posted_at=on_the_last[0], posted_until=on_the_last[1], **told)], case())
    assert found.kind == Kind.MATCHED
    after = day("2024-07-05")
    (found,) = run([line(posted_at=after[0], posted_until=after[1], **told)], case())
    assert found.kind == Kind.POSTED_LATE


def test_where_no_time_of_payment_is_told_nothing_is_late() -> None:
    assert kinds([line(posted_at=PAID + 90 * DAY)], case()) == {"L1": "matched"}


def test_a_code_that_no_case_knows_and_one_that_two_know() -> None:
    assert kinds([line(code="C7")], case()) == {"L1": "unknown_code"}
    (found,) = run([line(code=None, station="S2")], case())
    assert (found.kind, found.station, found.case_no) == (Kind.UNKNOWN_CODE, "S2", None)
    twice = run([line()], case(), case(number="A-2"))
    assert [one.kind for one in twice] == [Kind.AMBIGUOUS_CODE]


def test_without_a_known_code_the_decision_number_finds_the_case_however_its_brackets_are_written() -> None:
    decided = case(decision_nos=("晋襄罚〔2024〕17号",))
    (found,) = run([line(code=None, decision_no="晋襄罚[2024] 17号")], decided)
    assert (found.kind, found.case_no) == (Kind.MATCHED, "A-1")
    (found,) = run([line(code="C7", decision_no="晋襄罚(2024)17号")], decided)
    assert found.kind == Kind.MATCHED
    # Of two cases that know the code, the number says which.
    (found,) = run([line(decision_no="晋襄罚〔2024〕17号")], decided, case(number="A-2"))
    assert (found.kind, found.case_no) == (Kind.MATCHED, "A-1")


def test_what_comes_after_the_fine_is_paid_was_paid_twice() -> None:
    lines = [line("L1", paid_at=PAID), line("L2", paid_at=PAID + DAY, posted_at=POSTED + DAY)]
    found = run(lines, case(taking()))
    assert {one.subject: one.kind.value for one in found} == {"L1": "matched", "L2": "paid_twice"}
    assert (found[1].expected_fen, found[1].found_fen) == (0, FINE)


def test_paid_twice_and_given_back_is_matched() -> None:
    lines = [line("L1", paid_at=PAID), line("L2", paid_at=PAID + DAY, posted_at=POSTED + DAY)]
    back = line("R1", refund=True, posted_at=POSTED + 5 * DAY)
    assert kinds([*lines, back], case(taking())) == {"L1": "matched", "L2": "matched", "R1": "matched"}
    # Told by the station alone it is given back too.
    told = case(taking(), refunds=(taking("F1", when=PAID + 4 * DAY),))
    assert kinds(lines, told) == {"L1": "matched", "L2": "matched"}


def test_a_fine_that_was_lowered_or_revoked_after_payment_leaves_a_refund_due() -> None:
    (found,) = run([line()], case(taking(), fine=150_000, highest_fen=FINE))
    assert (found.kind, found.expected_fen, found.found_fen) == (Kind.REFUND_DUE, 150_000, 50_000)
    (found,) = run([line()], case(taking(), fine=0, highest_fen=FINE))
    assert (found.kind, found.expected_fen, found.found_fen) == (Kind.REFUND_DUE, 0, FINE)
    back = line("R1", amount=50_000, refund=True, posted_at=POSTED + 9 * DAY)
    lowered = case(taking(), fine=150_000, highest_fen=FINE)
    assert kinds([line(), back], lowered) == {"L1": "matched", "R1": "matched"}


def test_money_for_a_warning_is_no_refund_but_an_amount_that_differs() -> None:
    (found,) = run([line()], case(fine=0, highest_fen=0))
    assert (found.kind, found.expected_fen, found.found_fen) == (Kind.AMOUNT_DIFFERS, 0, FINE)


def test_a_refund_without_anything_to_give_back_is_unexplained() -> None:
    lines = [line(), line("R1", amount=5_000, refund=True)]
    assert kinds(lines, case(taking())) == {"L1": "matched", "R1": "refund_unexplained"}


def test_parts_are_matched_where_they_were_agreed_on_or_add_up() -> None:
    half, rest = line("L1", 100_000, paid_at=PAID), line("L2", 100_000, paid_at=PAID + DAY)
    assert kinds([half], case()) == {"L1": "amount_differs"}
    assert kinds([half], case(instalments=True)) == {"L1": "matched"}
    assert kinds([half, rest], case()) == {"L1": "matched", "L2": "matched"}
    two_codes = case(requests=(("C1", 100_000), ("C2", 100_000)))
    assert kinds([half], two_codes) == {"L1": "matched"}


def test_the_fine_with_or_without_its_surcharge_fits() -> None:
    late = case(surcharge_fen=6_000)
    assert kinds([line(amount=206_000)], late) == {"L1": "matched"}
    assert kinds([line(amount=200_000)], late) == {"L1": "matched"}
    assert kinds([line(amount=203_000)], late) == {"L1": "amount_differs"}


def test_without_a_decision_the_request_or_the_payment_says_the_amount() -> None:
    assert kinds([line()], case(fine=None, requests=(("C1", FINE),))) == {"L1": "matched"}
    assert kinds([line(amount=1)], case(fine=None, requests=(("C1", FINE),))) == {"L1": "amount_differs"}
    assert kinds([line()], case(taking(), fine=None)) == {"L1": "matched"}


def test_collected_and_on_no_statement_that_goes_past_its_day() -> None:
    cash = taking(channel="cash_on_spot")
    covers = {"treasury": Covers(frozenset({"S1"}))}
    early = line("E0", code="other", posted_at=PAID - DAY)
    (found,) = [one for one in run([early, LATER], case(cash), OTHER, covers=covers) if one.subject == "T1"]
    assert (found.kind, found.expected_fen, found.since) == (Kind.NOT_POSTED, FINE, PAID + THREE_DAYS)


def test_what_no_statement_holds_or_none_yet_is_not_said_to_be_unposted() -> None:
    early = line("E0", code="other", posted_at=PAID - DAY)
    soon = line("Z8", code="other", posted_at=PAID + THREE_DAYS)
    assert kinds([early, soon], case(taking()), OTHER)["T1"] == "pending"
    assert kinds([LATER], case(taking()), OTHER)["T1"] == "not_covered"  # paid before it begins
    assert kinds([], case(taking()))["T1"] == "not_covered"
    qr_only = {"treasury": Covers(frozenset(), frozenset({"nontax_qr"}))}
    cash = case(taking(channel="cash_on_spot"))
    assert kinds([early, LATER], cash, OTHER, covers=qr_only)["T1"] == "not_covered"
    elsewhere = {"treasury": Covers(frozenset({"S2"}))}
    assert kinds([early, LATER], case(taking()), OTHER, covers=elsewhere)["T1"] == "not_covered"


def test_a_payment_that_two_sources_tell_is_one() -> None:
    told = case(taking("T1"), taking("T2", source="treasury-events", when=PAID + 60_000_000))
    assert kinds([line()], told) == {"L1": "matched", "T2": "told_again"}
    # Told twice by one source they are two payments, whatever another says.
    paid_twice = case(taking("T1"), taking("T2", when=PAID + DAY), taking("T3", source="treasury-events"))
    lines = [line("L1", paid_at=PAID), line("L2", paid_at=PAID + DAY)]
    assert kinds(lines, paid_twice) == {"L1": "matched", "L2": "paid_twice", "T3": "told_again"}


# ---------------------------------------------------------------- what a case owes


def money(*events: Event) -> Owed:
    return owed("S1", "A-1", events)


DECIDED = at("2024-07-01 09:00")


def test_the_fine_in_force_and_the_highest_one_follow_change_and_revocation() -> None:
    decided = event("decided", DECIDED, outcome="fine", fine_fen=FINE, decision_no="17")
    changed = event("decision_changed", DECIDED + DAY, fine_fen=150_000)
    revoked = event("decision_revoked", DECIDED + 2 * DAY, decision_no="17")
    assert (money(decided).due_fen, money(decided).highest_fen) == (FINE, FINE)
    assert (money(changed, decided).due_fen, money(changed, decided).highest_fen) == (150_000, FINE)
    assert (money(revoked, decided).due_fen, money(revoked, decided).highest_fen) == (0, FINE)
    assert money(event("decided", DECIDED, outcome="warning")).due_fen == 0
    assert money(event("decided", DECIDED, outcome="fine")).due_fen is None
    assert money().due_fen is None


def test_a_decision_told_by_two_sources_is_one_and_two_numbers_are_two() -> None:
    mine = event("decided", DECIDED, outcome="fine", fine_fen=FINE, decision_no="17")
    again = event("decided", DECIDED, ident="b", outcome="fine", fine_fen=FINE)
    other = event("decided", DECIDED, ident="c", outcome="fine", fine_fen=50_000, decision_no="18")
    assert money(mine, again).due_fen == FINE
    assert (money(mine, other).due_fen, money(mine, other).decision_nos) == (250_000, ("17", "18"))


def test_an_arrival_is_that_of_the_payment_with_its_code_and_else_a_payment() -> None:
    paid = event("paid", PAID, payment_code="C1", amount_fen=FINE)
    arrived = event("pay_confirmed", PAID + DAY, payment_code="C1", amount_fen=FINE)
    assert [one.at for one in money(paid, arrived).takings] == [PAID]
    assert [one.at for one in money(arrived).takings] == [PAID + DAY]


# ---------------------------------------------------------------- properties

AMOUNTS = st.sampled_from([20, 50_000, 100_000, 200_000, 2_000_000_000])
CODES = st.sampled_from(["C1", "C2", "C3", None])
TIMES = st.integers(0, 40).map(lambda n: PAID + n * DAY)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Posting], list[Owed]]:
    lines = [
        line(
            f"L{n}", draw(AMOUNTS), code=draw(CODES), posted_at=draw(TIMES), refund=draw(st.booleans()),
            paid_at=draw(st.one_of(st.none(), TIMES)), source=draw(st.sampled_from(["t1", "t2"])),
        )
        for n in range(draw(st.integers(0, 7)))
    ]  # fmt: skip
    cases = []
    for n in range(draw(st.integers(0, 3))):
        takings = [
            taking(
                f"T{n}{k}", draw(st.one_of(st.none(), AMOUNTS)), draw(TIMES), code=draw(CODES),
                source=draw(st.sampled_from(["a", "b"])),
            )
            for k in range(draw(st.integers(0, 3)))
        ]  # fmt: skip
        fine = draw(st.one_of(st.none(), AMOUNTS, st.just(0)))
        refunds = (
            [taking(f"F{n}", draw(AMOUNTS), draw(TIMES), code=draw(CODES))] if draw(st.booleans()) else []
        )
        cases.append(
            case(
                *takings, number=f"A-{n}", fine=fine,
                highest_fen=None if fine is None else fine + draw(st.sampled_from([0, 100_000])),
                requests=((draw(st.sampled_from(["C1", "C2", "C3"])), draw(AMOUNTS)),),
                refunds=tuple(refunds), instalments=draw(st.booleans()),
            )
        )  # fmt: skip
    return lines, cases


@settings(max_examples=300, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_same(world: tuple[list[Posting], list[Owed]], rng: Any) -> None:
    lines, cases = world
    told = match(lines, cases, post_by, {})
    mixed = [*lines, *rng.choices(lines, k=3)] if lines else []
    rng.shuffle(mixed)
    turned = [
        one._replace(
            takings=tuple(rng.sample(one.takings, len(one.takings))),
            requests=tuple(rng.sample(one.requests, len(one.requests))),
        )
        for one in cases
    ]
    rng.shuffle(turned)
    assert match(mixed, turned, post_by, {}) == told


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_every_line_and_every_payment_is_in_exactly_one_outcome(
    world: tuple[list[Posting], list[Owed]],
) -> None:
    lines, cases = world
    found = match(lines, cases, post_by, {})
    in_lines = Counter(one.line.id for one in found if one.line is not None)
    assert in_lines == Counter(one.id for one in lines)
    refunds = {one.id for each in cases for one in each.refunds}
    in_takings = Counter(one.taking.id for one in found if one.taking and one.taking.id not in refunds)
    assert in_takings == Counter(one.id for each in cases for one in each.takings)
    assert sum(one.amount_fen or 0 for one in found if one.line is not None) == sum(
        one.amount_fen for one in lines
    )
