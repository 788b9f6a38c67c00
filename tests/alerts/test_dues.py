"""When a clock falls due, worked out by hand: hours, days, weeks, holidays, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from monitor.alerts.dues import Due, LegalFacts, dues_of
from monitor.cases.state import CaseState, Finding
from monitor.settings.calendar import Calendar
from tests.alerts.flagged import GATED, HELD, configuration
from tests.factories import HOUR, MINUTE, at, day, state

START = at("2024-11-26 14:32")
NO_FACTS = LegalFacts()


def held(**fields: Any) -> CaseState:
    """A case in custody since the start, under a limit of 24 hours."""
    told: dict[str, Any] = {
        "station": HELD, "confirmed_at": START, "limit_s": 86_400, "deadline_at": START + 24 * HOUR,
        "first_at": START, "decided_at": START,
    }  # fmt: skip
    return state(**{**told, **fields})


def dues(of: CaseState, facts: LegalFacts = NO_FACTS) -> dict[str, Due]:
    return {due.clock: due for due in dues_of(of, facts, configuration())}


def points(due: Due) -> list[tuple[str, int]]:
    return [(one.name, one.at) for one in due.thresholds]


def test_clock_a_has_its_thresholds_before_the_limit_at_it_and_past_it() -> None:
    found = dues(held())["a"]
    limit = at("2024-11-27 14:32")
    assert points(found) == [
        ("left-12h", limit - 12 * HOUR),
        ("left-6h", limit - 6 * HOUR),
        ("left-2h", limit - 2 * HOUR),
        ("due", limit),
        ("over-6h", limit + 6 * HOUR),
        ("over-12h", limit + 12 * HOUR),
        ("over-18h", limit + 18 * HOUR),
        ("over-24h", limit + 24 * HOUR),
    ]
    assert (found.ended_at, found.version) == (None, found.running)


def test_a_limit_shorter_than_what_is_left_has_no_such_threshold() -> None:
    names = [name for name, _ in points(dues(held(limit_s=6 * 3600))["a"])]
    assert names[:2] == ["left-2h", "due"]


def test_of_a_start_known_to_the_day_no_hours_left_are_claimed() -> None:
    first, last = day("2024-11-26")
    found = dues(held(confirmed_at=first, confirmed_until=last))["a"]
    assert points(found)[0] == ("due", last + 24 * HOUR)


def test_a_released_case_holds_what_had_come_by_then_and_nothing_to_come() -> None:
    end = START + 19 * HOUR
    found = dues(held(released_at=end, verdict="released_on_time"))["a"]
    assert [name for name, _ in points(found)] == ["left-12h", "left-6h"]
    assert found.ended_at == end and found.version != found.running == dues(held())["a"].version


@pytest.mark.parametrize(
    "fields",
    [{"custody": False, "verdict": "not_held"}, {"verdict": "implausible", "released_at": START - HOUR}],
)
def test_without_custody_or_with_impossible_times_nothing_falls_due(fields: dict[str, Any]) -> None:
    assert dues(held(**fields)) == {}


def test_a_payment_leaves_the_version_of_clock_a_alone_and_start_limit_and_end_do_not() -> None:
    before = dues(held())["a"].version
    assert dues(held(paid_at=START + HOUR, pay_requested_at=START))["a"].version == before
    assert dues(held(confirmed_at=START + 1))["a"].version != before
    assert dues(held(limit_s=86_399))["a"].version != before
    assert dues(held(released_at=START + HOUR))["a"].version != before


def test_clocks_b_and_c_run_24_hours_from_their_own_starts() -> None:
    found = dues(held(accepted_at=START + HOUR, detained_at=START + 2 * HOUR))
    assert points(found["b"]) == [("left-2h", START + 23 * HOUR), ("due", START + 25 * HOUR)]
    assert points(found["c"]) == [("left-2h", START + 24 * HOUR), ("due", START + 26 * HOUR)]
    done = dues(held(accepted_at=START, police_decided_at=START + HOUR))
    assert (done["b"].ended_at, points(done["b"])) == (START + HOUR, [])
    assert "c" not in done


@pytest.mark.parametrize(
    ("fields", "clock", "when"),
    [
        ({"decided_at": None}, "step:decide", START + 6 * HOUR),
        ({"decided_at": None, "filed_at": START + HOUR}, "step:decide", START + 7 * HOUR),
        ({"unloading_at": START + HOUR}, "step:unload", START + 5 * HOUR),
        ({"unloading_at": START, "unloaded_at": START + 2 * HOUR}, "step:reweigh", START + 3 * HOUR),
    ],
)
def test_a_step_falls_due_its_limit_after_it_began(fields: dict[str, Any], clock: str, when: int) -> None:
    assert points(dues(held(**fields))[clock]) == [("due", when)]
    assert clock not in dues(held(**fields, released_at=START + 9 * HOUR))


def test_a_confirmation_is_waited_for_where_the_gate_waits_for_it() -> None:
    paid = {"pay_requested_at": START, "paid_at": START + HOUR}
    found = dues(held(station="14042303", **paid))
    assert points(found["step:confirm_payment"]) == [("due", START + 3 * HOUR)]
    assert "step:confirm_payment" not in dues(held(station=GATED, **paid))


def test_a_step_begun_on_a_day_is_due_its_limit_after_that_day() -> None:
    first, last = day("2024-11-26")
    found = dues(held(decided_at=None, confirmed_at=first, confirmed_until=last, days=(first,)))
    assert points(found["step:decide"]) == [("due", last + 6 * HOUR)]


def test_held_after_removal_is_due_30_minutes_after_it() -> None:
    found = dues(held(removed_at=START + HOUR))["held_after_removal"]
    assert points(found) == [("due", START + HOUR + 30 * MINUTE)]
    gone = dues(held(removed_at=START + HOUR, released_at=START + HOUR + 29 * MINUTE))
    assert points(gone["held_after_removal"]) == []


def test_paid_and_not_released_counts_from_the_last_of_what_the_gate_waits_for() -> None:
    paid = {"pay_requested_at": START, "paid_at": START + HOUR}
    assert "paid_not_released" not in dues(held(station=GATED, **paid))  # the load is still on it
    found = dues(held(station=GATED, **paid, removed_at=START + 3 * HOUR))
    assert points(found["paid_not_released"]) == [("due", START + 3 * HOUR + 30 * MINUTE)]
    assert "paid_not_released" not in dues(held(**paid, removed_at=START + 3 * HOUR))


def test_publication_is_due_at_the_end_of_the_seventh_working_day() -> None:
    # Friday 27 September 2024. Sunday 29 is worked, 1 to 7 October are off, Saturday 12 is worked.
    found = dues(held(decided_at=at("2024-09-27 23:50"), confirmed_at=at("2024-09-27 08:00")))
    assert points(found["legal:publish"]) == [
        ("left-2d", at("2024-10-11 00:00")), ("due", at("2024-10-13 00:00")),
    ]  # fmt: skip
    # Ten minutes later it is Saturday, and the count begins a day later: 29, 30, 8, 9, 10, 11, 12.
    later = dues(held(decided_at=at("2024-09-28 00:00"), confirmed_at=at("2024-09-27 08:00")))
    assert points(later["legal:publish"])[-1] == ("due", at("2024-10-13 00:00"))
    assert points(found["legal:copy_home"]) == points(found["legal:publish"])


def test_what_was_published_or_owes_nothing_is_not_due() -> None:
    done = dues(held(), LegalFacts(published_at=START + 48 * HOUR))
    assert (done["legal:publish"].ended_at, points(done["legal:publish"])) == (START + 48 * HOUR, [])
    assert "legal:publish" not in dues(held(outcome="none"))
    # Where no source ever told of a publication, that there is none says nothing.
    assert "legal:publish" not in dues(held(), LegalFacts(publishes=False))
    assert "legal:publish" not in dues(held(withdrawn_at=START + HOUR))


def test_a_year_without_a_calendar_is_said_and_not_guessed() -> None:
    known = replace(configuration(), calendar=Calendar())
    found = {due.clock: due for due in dues_of(held(), NO_FACTS, known)}
    assert (found["legal:publish"].unknown_year, points(found["legal:publish"])) == (2024, [])
    # Calendar days need no calendar.
    filed = {due.clock: due for due in dues_of(held(filed_at=START, decided_at=None), NO_FACTS, known)}
    assert filed["legal:decide"].unknown_year is None


def test_90_days_to_decide_and_the_last_day_to_pay_are_in_time_to_their_end() -> None:
    filed = held(filed_at=at("2024-01-31 09:00"), decided_at=None)
    found = dues(filed, LegalFacts(pay_day=date(2024, 2, 15)))
    # 2024 has 29 February: 90 days after 31 January is 30 April.
    assert points(found["legal:decide"]) == [
        ("left-2d", at("2024-04-29 00:00")), ("due", at("2024-05-01 00:00")),
    ]  # fmt: skip
    assert points(found["legal:pay"]) == [
        ("left-2d", at("2024-02-14 00:00")), ("due", at("2024-02-16 00:00")),
    ]  # fmt: skip


def test_a_class_of_findings_is_due_at_once_where_it_is_wanted() -> None:
    told = (Finding("second_confirmation", START + HOUR), Finding("scale_uncertified", START))
    found = dues(held(findings=told))
    assert points(found["finding:second_confirmation"]) == [("due", START + HOUR)]
    assert "finding:scale_uncertified" not in found
