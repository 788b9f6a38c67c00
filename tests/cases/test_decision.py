"""The decision in force: the last word of what was decided and changed, without what was revoked."""

from __future__ import annotations

from tests.factories import HOUR, at, case, event

START = at("2024-11-26 14:32")
DECIDED = event("decided", START + HOUR, outcome="fine", fine_fen=100_000, decision_no="襄〔2024〕1号")


def test_a_change_gives_the_amount_in_force_and_not_a_new_instant() -> None:
    state = case(DECIDED, event("decision_changed", START + 5 * HOUR, fine_fen=80_000))
    assert (state.decided_at, state.fine_fen, state.decision_no) == (START + HOUR, 80_000, "襄〔2024〕1号")


def test_a_revoked_decision_is_no_decision() -> None:
    state = case(DECIDED, event("decision_revoked", START + 2 * HOUR))
    assert (state.decided_at, state.fine_fen, state.outcome, state.decision_no) == (None, None, None, None)


def test_a_decision_after_the_revocation_stands_without_the_changes_of_the_first() -> None:
    state = case(
        DECIDED,
        event("decision_changed", START + 2 * HOUR, fine_fen=50_000),
        event("decision_revoked", START + 3 * HOUR),
        event("decided", START + 4 * HOUR, outcome="fine", fine_fen=90_000),
    )
    assert (state.decided_at, state.fine_fen) == (START + 4 * HOUR, 90_000)


def test_the_later_of_a_change_and_a_second_decision_has_the_last_word() -> None:
    change = event("decision_changed", START + 2 * HOUR, fine_fen=50_000)
    second = event("decided", START + 4 * HOUR, outcome="fine", fine_fen=90_000)
    assert case(DECIDED, change, second).fine_fen == 90_000


def test_payment_is_measured_against_the_decision_in_force() -> None:
    changed = event("decision_changed", START + 2 * HOUR, fine_fen=50_000)
    paid = event("paid", START + 3 * HOUR, amount_fen=50_000)
    assert case(DECIDED, paid).paid_at is None
    assert case(DECIDED, changed, paid).paid_at == START + 3 * HOUR


def test_the_last_word_names_the_authority() -> None:
    told = (
        event("filed", START, authority="transport"),
        event("handed_over", START + HOUR, authority="police"),
    )
    assert case(*told).authority == case(*reversed(told)).authority == "police"
