"""When each event of a case was valid."""

from __future__ import annotations

from monitor.cases.validity import validity
from tests.factories import at, event

START = at("2024-07-22 08:00")


def spans(*events: object) -> list[tuple[str, int, int | None]]:
    found = validity(events)  # type: ignore[arg-type]
    return [(span.event.activity, span.known_from, span.known_to) for span in found]


def test_an_event_is_valid_since_it_was_known() -> None:
    assert spans(event("confirmed", START, received=10)) == [("confirmed", 10, None)]


def test_a_corrected_event_ends_where_its_correction_begins() -> None:
    first = event("released", START, ident="r", received=10)
    second = event("released", START + 1, ident="r", received=20)
    assert spans(first, second) == [("released", 10, 20), ("released", 20, None)]


def test_an_older_version_that_comes_late_was_never_valid() -> None:
    newer = event("released", START + 1, ident="r", revision=2, received=10)
    older = event("released", START, ident="r", revision=1, received=20)
    assert spans(newer, older) == [("released", 10, None)]


def test_a_voided_event_ends_and_begins_again_when_the_void_is_voided() -> None:
    released = event("released", START, event_id="r1", received=10)
    void = event("voided", START, event_id="v1", received=20, voids="r1")
    undone = event("voided", START, event_id="v2", received=30, voids="v1")
    assert spans(released, void, undone) == [("released", 10, 20), ("released", 30, None)]
