"""What holds of any set of events: order, repetition and split do not matter; no verdict is a guess."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.cases.clock import Reading, clock_a, paused_within, reading_a, verdict
from monitor.cases.event import SECOND, Event
from monitor.cases.fold import fold
from monitor.cases.revision import merge, valid_events
from monitor.cases.state import Pause, Verdict
from monitor.cases.timeline import timeline
from tests.factories import CASE, HOUR, STATION, at, event, terms
from tests.long import examples

START = at("2024-11-26 00:00")
UNDER = terms()
SMALL = settings(max_examples=examples(120), deadline=None)

ACTIVITIES = (
    "weighed", "confirmed", "detained", "decided", "decision_changed", "decision_revoked", "pay_requested",
    "paid", "pay_confirmed", "unloading", "unloaded", "reweighed", "violation_removed", "released",
    "withdrawn", "suspended", "resumed", "voided",
)  # fmt: skip

DATA: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "weighed": {"gross_kg": st.sampled_from([48_000, 61_400]), "limit_kg": st.just(49_000)},
    "reweighed": {"gross_kg": st.sampled_from([48_000, 49_000, 49_001, 70_000])},
    "decided": {
        "fine_fen": st.sampled_from([50_000, 100_000]),
        "authority": st.sampled_from(["police", "transport"]),
    },
    "decision_changed": {"fine_fen": st.sampled_from([40_000, 100_000])},
    "paid": {"amount_fen": st.sampled_from([50_000, 100_000])},
    "suspended": {"reason": st.sampled_from(["weather", "scale"])},
    "voided": {"voids": st.sampled_from(["e0", "e1", "e2", "e3", "nothing"])},
}


@st.composite
def versions(draw: st.DrawFn, most: int = 9) -> list[Event]:
    """Versions of a few events of one case as a log holds them: each received at an instant of its own."""
    count = draw(st.integers(1, most))
    received = draw(st.permutations(range(count)))
    found = []
    for place in range(count):
        name = draw(st.sampled_from(["e0", "e1", "e2", "e3", "e4", "e5"]))
        activity = draw(st.sampled_from(ACTIVITIES))
        moment = START + draw(st.integers(0, 96)) * HOUR // 2
        of_day = draw(st.booleans()) and draw(st.booleans())
        told = {key: draw(values) for key, values in DATA.get(activity, {}).items() if draw(st.booleans())}
        recorded = draw(st.one_of(st.none(), st.integers(0, 3)))
        when: int | tuple[int, int] = (
            (moment - moment % (24 * HOUR), moment + 24 * HOUR - 1) if of_day else moment
        )
        got = START + 60 * HOUR + received[place]
        found.append(
            event(activity, when, ident=name, event_id=name, recorded=recorded, received=got, **told)
        )
    return found


@SMALL
@given(events=versions(), order=st.randoms(use_true_random=False), twice=st.booleans())
def test_any_order_and_repetition_of_events_folds_to_the_same_state(
    events: list[Event], order: Any, twice: bool
) -> None:
    shuffled = events + events[::2] if twice else list(events)
    order.shuffle(shuffled)
    assert fold(STATION, CASE, shuffled, UNDER) == fold(STATION, CASE, events, UNDER)


@SMALL
@given(events=versions(), cut=st.integers(0, 9))
def test_merging_in_one_piece_or_in_two_keeps_what_is_valid(events: list[Event], cut: int) -> None:
    ordered = sorted(events, key=lambda one: one.received_at)
    whole = merge([], ordered)
    first = merge([], ordered[:cut])
    known = first.added + first.affirmed
    second = merge(known, ordered[cut:])
    assert fold(STATION, CASE, known + second.added + second.affirmed, UNDER) == fold(
        STATION, CASE, whole.added + whole.affirmed, UNDER
    )
    assert len(first.added) + len(second.added) == len(whole.added)


@SMALL
@given(events=versions())
def test_merging_again_what_is_known_adds_nothing(events: list[Event]) -> None:
    ordered = sorted(events, key=lambda one: one.received_at)
    known = merge([], ordered)
    log = known.added + known.affirmed
    told_again = [one for one in ordered if one.recorded_at is not None or one.revision is not None]
    again = merge(log, told_again)
    assert (again.added, again.affirmed, again.duplicates) == ([], [], len(told_again))
    latest = {one.identity: one for one in valid_events(log).events}
    last_word = [one for one in log if latest.get(one.identity) == one]
    assert merge(log, last_word).added == []


@SMALL
@given(
    told=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=6, unique_by=lambda t: t[0]
    ),
    order=st.randoms(use_true_random=False),
)
def test_what_a_source_recorded_last_is_valid_in_whatever_order_its_exports_are_delivered(
    told: list[tuple[int, int]], order: Any
) -> None:
    # Each export says when it was recorded and one of three instants; values may be set back.
    last = max(told)[1]
    order.shuffle(told)
    log: list[Event] = []
    for place, (recorded, hour) in enumerate(told):
        new = event("released", START + hour * HOUR, ident="r", recorded=recorded, received=START + place)
        merged = merge(log, [new])
        log += merged.added + merged.affirmed
    [valid] = valid_events(log).events
    assert valid.occurred_at == START + last * HOUR


@SMALL
@given(events=versions())
def test_the_last_version_of_the_timeline_is_the_fold_and_neighbours_differ(events: list[Event]) -> None:
    found = timeline(STATION, CASE, events, UNDER)
    state = fold(STATION, CASE, events, UNDER)
    assert (found[-1].state if found else None) == state
    moments = [version.known_from for version in found]
    assert moments == sorted(set(moments))
    for before, after in pairwise(found):
        assert before.state != after.state


@SMALL
@given(events=versions(), ask=st.integers(-1, 9))
def test_as_of_an_instant_the_timeline_says_what_was_known_then(events: list[Event], ask: int) -> None:
    moment = START + 60 * HOUR + ask
    shown = [
        version.state for version in timeline(STATION, CASE, events, UNDER) if version.known_from <= moment
    ]
    known = [one for one in events if one.known_at <= moment]
    assert (shown[-1] if shown else None) == fold(STATION, CASE, known, UNDER)


@SMALL
@given(
    start=st.integers(-(10**15), 4 * 10**15),
    hours=st.floats(0.01, 720, allow_nan=False),
    length=st.one_of(st.none(), st.integers(1, 25 * HOUR)),
)
def test_due_less_start_is_the_limit(start: int, hours: float, length: int | None) -> None:
    seconds = round(hours * 3600)
    when: int | tuple[int, int] = start if length is None else (start, start + length)
    state = fold(STATION, CASE, [event("confirmed", when)], terms(limits=((0, seconds),)))
    assert state is not None
    assert state.deadline_at == start + seconds * SECOND
    if length is not None:
        assert state.deadline_until == start + length + seconds * SECOND


interval = st.tuples(st.integers(0, 40), st.integers(0, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@settings(max_examples=examples(400), deadline=None)
@given(start=interval, end=interval, limit=st.integers(0, 30))
def test_a_verdict_is_given_exactly_where_every_pair_of_instants_agrees(
    start: tuple[int, int], end: tuple[int, int], limit: int
) -> None:
    # The second method: try every pair. Pairs that end before they start cannot have been.
    pairs = product(range(start[0], start[1] + 1), range(end[0], end[1] + 1))
    possible = {Verdict.ON_TIME if b - a <= limit else Verdict.LATE for a, b in pairs if b >= a}
    expected = (
        Verdict.IMPLAUSIBLE
        if not possible
        else Verdict.UNDETERMINED
        if len(possible) == 2
        else possible.pop()
    )
    assert verdict(True, start, end, limit) == expected


@settings(max_examples=examples(300), deadline=None)
@given(start=interval, limit=st.integers(0, 30), now=st.integers(0, 120))
def test_a_running_clock_is_overdue_exactly_where_every_possible_start_is(
    start: tuple[int, int], limit: int, now: int
) -> None:
    # Hours and not microseconds here, which brute force could not walk through.
    now = max(now, start[0])
    when: int | tuple[int, int] = (
        start[0] * HOUR if start[0] == start[1] else (start[0] * HOUR, start[1] * HOUR)
    )
    state = fold(STATION, CASE, [event("confirmed", when)], terms(limits=((0, limit * 3600),)))
    assert state is not None
    overdue = {now > begun + limit for begun in range(start[0], start[1] + 1)}
    expected = {(True,): Reading.OVERDUE, (False,): Reading.RUNNING}.get(tuple(overdue), Reading.UNDETERMINED)
    assert reading_a(state, now * HOUR) is expected


pause = st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 20)))


@settings(max_examples=examples(300), deadline=None)
@given(spans=st.lists(pause, max_size=5), since=st.integers(0, 30), length=st.integers(0, 30))
def test_paused_time_is_the_number_of_instants_that_any_pause_covers(
    spans: list[tuple[int, int | None]], since: int, length: int
) -> None:
    until = since + length
    pauses = tuple(Pause(begin, None if more is None else begin + more, "") for begin, more in spans)
    covered = sum(
        any(one.since <= tick and (one.until is None or tick < one.until) for one in pauses)
        for tick in range(since, until)
    )
    assert paused_within(pauses, since, until) == covered


@SMALL
@given(events=versions(), later=st.integers(0, 200))
def test_net_time_is_never_more_than_gross_time_nor_negative(events: list[Event], later: int) -> None:
    state = fold(STATION, CASE, events, UNDER)
    if state is None:
        return
    clock = clock_a(state, START + 60 * HOUR + later * HOUR)
    assert (clock.elapsed is None) == (clock.net is None)
    if clock.elapsed is not None and clock.net is not None:
        assert 0 <= clock.net <= clock.elapsed
