"""A void makes the event it names invalid, whichever comes first; a voided void restores it."""

from __future__ import annotations

import itertools

from monitor.cases.fold import fold
from monitor.cases.revision import valid_events
from monitor.cases.state import Verdict
from tests.factories import CASE, HOUR, STATION, at, case, event, terms

START = at("2024-11-26 14:32")
CONFIRMED = event("confirmed", START)
RELEASED = event("released", START + 5 * HOUR, event_id="r-1")
VOID = event("voided", START + 6 * HOUR, event_id="v-1", voids="r-1")


def test_a_voided_release_leaves_the_vehicle_held() -> None:
    state = case(CONFIRMED, RELEASED, VOID)
    assert (state.verdict, state.released_at) == (Verdict.RUNNING, None)
    assert state.findings == ()


def test_a_void_counts_the_same_before_and_after_what_it_names() -> None:
    earlier = event("voided", START - HOUR, event_id="v-1", voids="r-1")
    for void in (VOID, earlier):
        for order in itertools.permutations((CONFIRMED, RELEASED, void)):
            assert case(*order).released_at is None


def test_a_voided_void_restores_the_event_and_a_third_takes_it_away_again() -> None:
    second = event("voided", START + 7 * HOUR, event_id="v-2", voids="v-1")
    third = event("voided", START + 8 * HOUR, event_id="v-3", voids="v-2")
    assert case(CONFIRMED, RELEASED, VOID, second).released_at == START + 5 * HOUR
    assert case(CONFIRMED, RELEASED, VOID, second, third).released_at is None


def test_a_void_names_an_event_without_an_id_by_its_digest() -> None:
    released = event("released", START + 5 * HOUR)
    void = event("voided", START + 6 * HOUR, voids=released.identity.hex())
    assert case(CONFIRMED, released, void).released_at is None


def test_a_void_outlives_the_revisions_of_what_it_names() -> None:
    corrected = event("released", START + 4 * HOUR, event_id="r-1", received=START + 9 * HOUR)
    assert case(CONFIRMED, RELEASED, VOID, corrected).released_at is None


def test_a_void_that_names_nothing_known_waits_and_is_listed() -> None:
    waiting = case(CONFIRMED, VOID)
    assert [(finding.code, finding.at) for finding in waiting.findings] == [
        ("void_unmatched", VOID.occurred_at)
    ]
    assert waiting.verdict == Verdict.RUNNING
    assert case(CONFIRMED, VOID, RELEASED).findings == ()


def test_a_case_of_which_only_a_waiting_void_is_known_is_listed_too() -> None:
    state = case(VOID)
    assert (state.events, state.custody, state.verdict) == (0, False, Verdict.NOT_HELD)
    assert [finding.code for finding in state.findings] == ["void_unmatched"]


def test_nothing_is_left_of_a_case_whose_only_event_was_voided() -> None:
    assert fold(STATION, CASE, [RELEASED, VOID], terms()) is None


def test_voids_that_name_each_other_give_one_answer_in_every_order() -> None:
    one = event("voided", START + HOUR, event_id="v-a", voids="v-b")
    other = event("voided", START + HOUR, event_id="v-b", voids="v-a")
    third = event("voided", START + HOUR, event_id="v-c", voids="v-b")
    states = {case(*order) for order in itertools.permutations((CONFIRMED, one, other, third))}
    assert len(states) == 1


def test_a_void_of_itself_waits() -> None:
    void = event("voided", START + HOUR, event_id="v-a", voids="v-a")
    assert [finding.code for finding in case(CONFIRMED, void).findings] == ["void_unmatched"]


def test_the_source_revision_decides_over_the_order_of_receipt() -> None:
    first = event("released", START + 5 * HOUR, ident="r", revision=2, received=START + 6 * HOUR)
    older = event("released", START + 4 * HOUR, ident="r", revision=1, received=START + 9 * HOUR)
    assert valid_events([first, older]).events == [first]
    assert valid_events([older, first]).events == [first]


def test_without_a_revision_what_was_recorded_last_is_valid_and_else_what_was_received_last() -> None:
    late = event("released", START, ident="r", recorded=START + 2 * HOUR, received=START + 3 * HOUR)
    early = event("released", START + 1, ident="r", recorded=START + HOUR, received=START + 9 * HOUR)
    assert valid_events([early, late]).events == [late]
    first = event("released", START, ident="s", received=START + HOUR)
    second = event("released", START + 1, ident="s", received=START + 2 * HOUR)
    assert valid_events([second, first]).events == [second]


def test_an_event_whose_latest_version_stands_under_another_case_is_not_of_this_one() -> None:
    here = event("released", START + 5 * HOUR, event_id="r-1", received=START + 6 * HOUR)
    there = event("released", START + 5 * HOUR, event_id="r-1", received=START + 8 * HOUR)
    assert case(CONFIRMED, here, elsewhere=[there]).released_at is None
    assert case(CONFIRMED, there, elsewhere=[here]).released_at == START + 5 * HOUR
