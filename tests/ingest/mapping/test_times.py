"""Every form of a time that stations write, against instants worked out by hand."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from ingest.mapping.refused import Bad
from ingest.mapping.times import Span, day_span, joined, moment_parser, parse_clock, parse_date
from ingest.tables.cell import Cell, ErrorCell, Precision

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROME = ZoneInfo("Europe/Rome")
HOUR = 3_600_000_000

# 2024-07-01T00:30:00Z is 19,905 days (1970-01-01 … 2024-07-01) and half an hour: 19,905 × 86,400 s + 1,800 s
HALF_PAST_EIGHT = (19_905 * 86_400 + 1_800) * 1_000_000
"""2024-07-01 08:30 in Shanghai, which is 8 h ahead of UTC."""

FIRST_OF_JULY = Span((19_905 * 86_400 - 8 * 3600) * 1_000_000, (19_906 * 86_400 - 8 * 3600) * 1_000_000 - 1)
"""The whole 1 July 2024 in Shanghai."""

read = moment_parser(SHANGHAI, day_only=False, serial=False)


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-01 08:30",
        "2024-07-01 08:30:00",
        "2024-07-01 08:30:00.000",
        "2024/7/1 8:30",
        "2024.7.1 8:30",
        "2024年7月1日8时30分",
        "2024年07月01日 08时30分00秒",
        "2024年7月1日 8点30分",
        "20240701083000",
        "202407010830",
        "20240701 083000",
        "2024-07-01T08:30:00",
        "2024-07-01T08:30:00+08:00",
        "2024-07-01T00:30:00Z",
        "2024-07-01T02:30:00+0200",
        "２０２４－０７－０１　０８：３０",
        " 2024-07-01  08:30 ",
        "2024-07-01 上午8:30",
        "2024-07-01 8:30 AM",
    ],
)
def test_one_moment_in_every_form_is_one_instant(text: str) -> None:
    assert read(Cell(text)) == Span(HALF_PAST_EIGHT, None)


def test_afternoon_words_add_twelve_hours_but_not_to_noon() -> None:
    assert read(Cell("2024-07-01 下午8:30")) == Span(HALF_PAST_EIGHT + 12 * HOUR, None)
    assert read(Cell("2024-07-01 12:30 PM")) == Span(HALF_PAST_EIGHT + 4 * HOUR, None)
    assert read(Cell("2024-07-01 12:30 AM")) == Span(HALF_PAST_EIGHT - 8 * HOUR, None)


@pytest.mark.parametrize(
    "text", ["2024-07-01", "2024/7/1", "2024年7月1日", "20240701", "2024.07.01", "２０２４年７月１日"]
)
def test_a_value_without_an_hour_is_the_interval_of_its_local_day(text: str) -> None:
    assert read(Cell(text)) == FIRST_OF_JULY


def test_a_written_midnight_is_an_instant() -> None:
    assert read(Cell("2024-07-01 00:00:00")) == Span(FIRST_OF_JULY.at, None)


def test_the_format_of_a_spreadsheet_cell_tells_a_day_from_a_midnight() -> None:
    assert read(Cell(dt.date(2024, 7, 1), Precision.DAY)) == FIRST_OF_JULY
    assert read(Cell(dt.datetime(2024, 7, 1), Precision.MOMENT)) == Span(FIRST_OF_JULY.at, None)  # noqa: DTZ001


def test_a_month_is_no_day() -> None:
    found = read(Cell(dt.date(2024, 7, 1), Precision.MONTH))
    assert isinstance(found, Bad)
    assert found.reason == "month_without_day"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-02-30", "impossible_date"),
        ("2023-02-29 08:00", "impossible_date"),
        ("2024-13-01", "impossible_date"),
        ("2024-07-01 24:00:00", "impossible_time"),
        ("2024-07-01 24:00", "impossible_time"),
        ("2024-07-01 08:61", "impossible_time"),
        ("20240701240000", "impossible_time"),
        ("08:30", "time_without_date"),
        ("7/1/2024 08:30", "not_a_time"),
        ("24-07-01 08:30", "not_a_time"),
        ("明天上午", "not_a_time"),
        ("1900-01-00", "impossible_date"),
        ("1924-07-01 08:30", "year_out_of_range"),
        ("45474.5", "not_a_time"),
    ],
)
def test_what_is_no_moment_is_refused_with_its_reason(text: str, reason: str) -> None:
    found = read(Cell(text))
    assert isinstance(found, Bad)
    assert found.reason == reason
    assert "2024-07-01 08:30" in found.accepted or reason == "year_out_of_range"


def test_a_bare_number_is_a_serial_date_only_where_the_page_says_so() -> None:
    # 45474 days after 1899-12-30 is 2024-07-01
    bare = read(Cell(45474.354166666664))
    assert isinstance(bare, Bad)
    assert bare.reason == "number_not_time"
    serial = moment_parser(SHANGHAI, day_only=False, serial=True)
    assert serial(Cell(45474.354166666664)) == Span(HALF_PAST_EIGHT, None)
    assert serial(Cell("45474.354166666664")) == Span(HALF_PAST_EIGHT, None)
    assert serial(Cell(45474)) == FIRST_OF_JULY


def test_a_packed_date_typed_as_a_number_is_read() -> None:
    assert read(Cell(20240701)) == FIRST_OF_JULY
    assert read(Cell(20240701083000)) == Span(HALF_PAST_EIGHT, None)


def test_blank_is_nothing_and_an_error_cell_is_refused() -> None:
    assert read(Cell(None)) is None
    assert read(Cell("  　")) is None
    found = read(Cell(ErrorCell("#N/A")))
    assert isinstance(found, Bad)
    assert found.reason == "error_cell"


def test_days_on_which_clocks_change_have_23_and_25_hours() -> None:
    spring = day_span(dt.date(2024, 3, 31), ROME)
    autumn = day_span(dt.date(2024, 10, 27), ROME)
    assert spring.until is not None
    assert autumn.until is not None
    assert spring.until - spring.at + 1 == 23 * HOUR
    assert autumn.until - autumn.at + 1 == 25 * HOUR


def test_local_times_skipped_or_doubled_by_a_clock_change_take_the_offset_before_it() -> None:
    rome = moment_parser(ROME, day_only=False, serial=False)
    # 02:30 does not exist on 31 March; with the winter offset (+1) it is 01:30 UTC
    assert rome(Cell("2024-03-31 02:30")) == rome(Cell("2024-03-31T01:30:00Z"))
    # 02:30 comes twice on 27 October; the first one has the summer offset (+2)
    assert rome(Cell("2024-10-27 02:30")) == rome(Cell("2024-10-27T00:30:00Z"))


def test_where_the_source_knows_days_alone_a_midnight_is_the_day_and_an_hour_is_refused() -> None:
    days = moment_parser(ROME, day_only=True, serial=False)
    expected = day_span(dt.date(2006, 7, 24), ROME)
    assert days(Cell("2006-07-24T00:00:00+02:00")) == expected
    assert days(Cell("2006-07-24 00:00:00")) == expected
    assert days(Cell("2006-07-24")) == expected
    found = days(Cell("2006-07-24T00:00:00+01:00"))
    assert isinstance(found, Bad)
    assert found.reason == "hour_in_day_column"


@pytest.mark.parametrize(
    "text", ["08:30", "8:30", "8时30分", "0830", "083000", "08:30:00", "０８：３０", "2024-07-01 08:30"]
)
def test_a_time_of_day_reads_in_every_form(text: str) -> None:
    assert parse_clock(Cell(text)) == dt.time(8, 30)


def test_a_time_of_day_from_24_00_on_is_refused() -> None:
    for cell in (Cell("24:00"), Cell(dt.timedelta(days=1))):
        found = parse_clock(cell)
        assert isinstance(found, Bad)
        assert found.reason == "impossible_time"


def test_date_and_time_of_two_columns_join() -> None:
    day = parse_date(Cell("2024-07-01"))
    assert isinstance(day, dt.date)
    assert joined(day, dt.time(8, 30), SHANGHAI, day_only=False) == Span(HALF_PAST_EIGHT, None)
    assert joined(day, None, SHANGHAI, day_only=False) == FIRST_OF_JULY
    assert joined(None, None, SHANGHAI, day_only=False) is None
    alone = joined(None, dt.time(8, 30), SHANGHAI, day_only=False)
    assert isinstance(alone, Bad)
    assert alone.reason == "time_without_date"
