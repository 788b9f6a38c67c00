"""The end of a silence as a form tells it: a span, or a day and time on the station's clock."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from dashboard.views.silence_end import CHOSEN, SPANS, bounds, end_of, first_end, offered_spans
from monitor.cases.event import DAY
from tests.factories import HOUR, SHANGHAI, at

NOW = at("2026-07-01 08:20:30")


@pytest.mark.parametrize(
    ("chosen", "written", "end"),
    [
        ("4", "", NOW + 4 * HOUR),
        (CHOSEN, "2026-07-02T06:00", at("2026-07-02 06:00")),
        (CHOSEN, " 2026-07-02T06:00:30 ", at("2026-07-02 06:00:30")),
        (CHOSEN, "2026-06-30T06:00", at("2026-06-30 06:00")),  # past: the action refuses it in words
        (CHOSEN, "", None),
        (CHOSEN, "2026-07-02", None),  # a day is no moment
        (CHOSEN, "2026-07-02T06:00Z", None),
        (CHOSEN, "2026-02-30T06:00", None),
        (CHOSEN, "0001-01-01T00:00", None),
        ("", "2026-07-02T06:00", None),
        ("-4", "", None),
        ("\u0664", "", None),
    ],
)
def test_an_end_is_a_span_or_a_moment_of_the_station_or_none(
    chosen: str, written: str, end: int | None
) -> None:
    assert end_of(chosen, written, NOW, SHANGHAI) == end


def test_the_station_s_clock_is_meant_and_not_the_reader_s() -> None:
    assert end_of(CHOSEN, "2026-07-02T06:00", NOW, ZoneInfo("Asia/Urumqi")) == at("2026-07-02 08:00")


def test_the_field_offers_what_is_allowed() -> None:
    longest = 3 * DAY
    assert offered_spans(longest) == [span for span in SPANS if span <= 3 * DAY] and len(SPANS) > 5
    told = [one.isoformat("T", "minutes") for one in bounds(NOW, longest, SHANGHAI)]
    assert told == ["2026-07-01T08:21", "2026-07-04T08:20"]
    assert first_end(NOW, longest, SHANGHAI).isoformat("T", "minutes") == "2026-07-02T08:20"
    assert first_end(NOW, 2 * HOUR, SHANGHAI).isoformat("T", "minutes") == "2026-07-01T10:20"
