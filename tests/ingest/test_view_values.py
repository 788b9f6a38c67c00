"""Values of drivers as pages read them, and watermarks that go back: no hour and no digit is made up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from ingest.mapping.objects import map_objects
from ingest.mapping.pages import load_pages
from ingest.mapping.reading import reading
from ingest.view_values import _KINDS, NotAWatermark, Order, as_told, from_told, kind_of, plain
from monitor.settings.texts import LANGUAGES, texts
from monitor.settings.views import DatabaseView
from tests.factories import SHANGHAI, at, day

UTC8 = dt.timezone(dt.timedelta(hours=8))
NAIVE = dt.datetime(2026, 7, 1, 8, 0)  # noqa: DTZ001 - as drivers give them
AWARE = dt.datetime(2026, 7, 1, 8, 0, tzinfo=UTC8)


def order(kind: str = "time", overlap: str | None = None, **told: Any) -> Order:
    given = {"url": "sqlite:///x", "query": "SELECT :since", "source": "events", "watermark": "w"}
    return Order(
        DatabaseView.model_validate({**given, "watermark_kind": kind, "overlap": overlap, **told}), SHANGHAI
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (61.4, 61.4),
        ("晋D81021", "晋D81021"),
        (NAIVE, "2026-07-01 08:00:00"),
        (AWARE, "2026-07-01 08:00:00+08:00"),
        (dt.date(2026, 7, 1), "2026-07-01"),
        (dt.time(8, 30), "08:30:00"),
        (dt.timedelta(hours=8, minutes=30), "8:30:00"),
        (Decimal("1"), 1),
        (Decimal("12345678901234567890123"), 12345678901234567890123),
        (Decimal("500.00"), "500.00"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("NaN"), "NaN"),
        (b"C-1", "C-1"),
        ("放行".encode(), "放行"),
        (memoryview(b"C-1"), "C-1"),
        (bytearray(b"\xff\x00"), "ff00"),
        ("放行".encode("gbk"), "b7c5d0d0"),
        ([6200, 11000], "[6200,11000]"),
        ({"a": 1}, '{"a":1}'),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_each_value_of_a_driver_is_a_cell(value: Any, expected: Any) -> None:
    found = plain(value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "span"),
    [
        (NAIVE, (at("2026-07-01 08:00"), None)),
        (AWARE, (at("2026-07-01 08:00"), None)),
        (dt.datetime(2026, 7, 1, tzinfo=dt.UTC), (at("2026-07-01 08:00"), None)),
        (dt.date(2026, 7, 1), day("2026-07-01")),
    ],
)
def test_a_date_is_a_day_and_a_time_an_instant(value: Any, span: tuple[int, int | None]) -> None:
    pages = load_pages()
    how = reading(pages["events"], pages.codes, {"S1": ["S1"]}, b"key")
    told = {"station": "S1", "case_no": "C1", "activity": "confirmed", "occurred_at": plain(value)}
    [row] = map_objects(how, [told]).rows
    [event] = row.candidates
    assert (event.occurred_at, event.occurred_until) == span


@pytest.mark.parametrize(
    ("value", "lowered"),
    [
        (NAIVE, dt.datetime(2026, 7, 1, 6, 0)),  # noqa: DTZ001
        (AWARE, dt.datetime(2026, 7, 1, 6, 0, tzinfo=UTC8)),
        (dt.date(2026, 7, 1), dt.date(2026, 6, 30)),
        ("2026-07-01 08:00:00", "2026-07-01 06:00:00"),
        ("2026-07-01T08:00:00.250Z", "2026-07-01T06:00:00.250Z"),
        ("2026-07-01T08:00+08:00", "2026-07-01T06:00+08:00"),
        ("2026-07-01T08:00:00+0800", "2026-07-01T06:00:00+0800"),
        ("20260701080000", "20260701060000"),
        ("2026-07-01", "2026-06-30"),
    ],
)
def test_a_watermark_goes_back_in_the_form_it_has(value: Any, lowered: Any) -> None:
    assert order().lowered(value) == lowered


def test_numbers_go_back_by_numbers_and_texts_not_at_all() -> None:
    assert order("number", "500").lowered(2000) == 1500
    assert order("number", "500").lowered(Decimal("2000.5")) == Decimal("1500.5")
    assert order("text").lowered("01J") == "01J"


@pytest.mark.parametrize("value", [NAIVE, AWARE, dt.date(2026, 7, 1), 7, 7.5, Decimal("7.50"), "x"])
def test_a_watermark_is_kept_and_found_as_it_was(value: Any) -> None:
    found = from_told(as_told(value))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("value", "capped"),
    [
        (dt.datetime(2099, 1, 1), dt.datetime(2026, 7, 2, 9, 0)),  # noqa: DTZ001
        (dt.date(2099, 1, 1), dt.date(2026, 7, 2)),
        ("2099-01-01 00:00:00", "2026-07-02 09:00:00"),
        ("2099-01-01T00:00:00Z", "2026-07-02T01:00:00Z"),
        ("2026-07-02 08:59:59", "2026-07-02 08:59:59"),
    ],
)
def test_no_watermark_lies_in_the_future(value: Any, capped: Any) -> None:
    assert order().capped(value, at("2026-07-02 09:00")) == capped


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("time", "yesterday", "text"),
        ("time", "2026/7/1 8:00", "text"),
        ("time", 7, "number"),
        ("time", dt.time(8), "clock"),
        ("number", "7", "text"),
        ("number", True, "boolean"),
        ("text", 7, "number"),
        ("text", b"7", "bytes"),
    ],
)
def test_what_is_no_watermark_of_its_kind_is_refused(kind: str, value: Any, found: str) -> None:
    with pytest.raises(NotAWatermark, match=found):
        order(kind).key(value)


def test_times_of_several_forms_compare_as_the_instants_they_are() -> None:
    key = order().key
    assert key(NAIVE) == key(AWARE) == key("2026-07-01T00:00:00Z")
    assert Order(order().view, ZoneInfo("UTC")).key(NAIVE) > key(AWARE)


def test_integers_decimals_and_floats_are_one_kind_and_a_date_is_no_time() -> None:
    assert {kind_of(one) for one in (1, 1.5, Decimal(1))} == {"number"}
    assert kind_of(True) == "boolean"
    assert kind_of(NAIVE) != kind_of(NAIVE.date())


def test_every_kind_of_value_has_its_word() -> None:
    for language in LANGUAGES:
        assert set(texts(language).section("value_kinds")) == {kind for kind, _ in _KINDS}
