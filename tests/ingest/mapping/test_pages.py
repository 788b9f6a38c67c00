"""Pages are checked with file, line and key; a bureau's folder lies over the shipped one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.mapping.page import SourcePage
from ingest.mapping.pages import check_pages, load_pages
from monitor.settings.problem import ConfigError
from monitor.settings.texts import LANGUAGES, Texts

GOOD = """\
title: {zh: 试, en: test}
feed: {zh: 试, en: test}
kind: ledger
station: {column: station}
columns:
  station: 站点
  case_no: 案号
  weight: {kind: mass, unit: head}
  driver: {personal: name}
  colour: {kind: plate_colour, codes: plate_colours_toll}
  at: {kind: datetime}
events:
  - activity: confirmed
    at: at
    data: {gross_kg: weight, driver_digest: driver}
"""


def test_the_shipped_pages_have_no_problem() -> None:
    assert check_pages() == []
    assert {"ledger-template", "events", "record", "road-traffic-fines"} <= set(load_pages())


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "code"),
    [
        ("kind: ledger", "kind: register", 3, "kind", "not_one_of"),
        (
            "  at: {kind: datetime}",
            "  at: {kind: datetime, unit: kg}",
            11,
            "columns.at",
            "unit_without_measure",
        ),
        ("unit: head", "unit: pound", 8, "columns.weight", "unit_not_known"),
        ("{kind: mass, unit: head}", "{kind: mass}", 8, "columns.weight", "unit_not_known"),
        ("{kind: mass, unit: head}", "{kind: code}", 8, "columns.weight", "codes_missing"),
        ("plate_colours_toll", "toll", 10, "columns.colour.codes", "no_such_code_set"),
        (", codes: plate_colours_toll}", "}", 10, "columns.colour", "colours_without_set"),
        (
            "  at: {kind: datetime}",
            "  at: {kind: datetime, several: true}",
            11,
            "columns.at",
            "several_without_measure",
        ),
        ("gross_kg: weight", "gross: weight", 15, "events.0.data.gross", "key_without_unit"),
        ("driver_digest: driver", "driver: driver", 15, "events.0.data.driver", "key_without_unit"),
        ("    at: at", "    at: weight", 14, "events.0.at", "not_a_time_column"),
        ("    at: at", "    at: then", 14, "events.0.at", "no_such_column"),
        ("    at: at", "    at: {time: at}", 14, "events.0.at", "at_not_clear"),
        ("activity: confirmed", "activity: seen", 13, "events.0.activity", "not_one_of"),
        ("{column: station}", "{}", 4, "station", "station_from_nowhere"),
        ("{column: station}", '{sheet: "("}', 4, "station.sheet", "not_a_pattern"),
        ("kind: ledger", "kind: ledger\nzone: Mars/Olympus", 4, "zone", "unknown_zone"),
        ("kind: ledger", "kind: ledger\nexpect_every: soon", 4, "expect_every", "not_a_duration"),
        ("kind: ledger", "kind: ledger\nevent_id: case_no", 4, "event_id", "key_of_other_kind"),
        ("kind: ledger", "kind: ledger\ncolums: {}", 4, "colums", "unknown_key"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_key(
    page_from: Callable[[str], SourcePage], old: str, new: str, line: int, key: str, code: str
) -> None:
    page_from(GOOD)
    assert old in GOOD
    with pytest.raises(ConfigError) as wrong:
        page_from(GOOD.replace(old, new))
    (problem,) = wrong.value.problems
    assert (problem.file, problem.line, problem.key, problem.message) == ("test.yaml", line, key, code)
    for language in LANGUAGES:
        assert problem.sentence(Texts(language))


def test_two_columns_of_one_activity_need_ordinals(page_from: Callable[[str], SourcePage]) -> None:
    twice = GOOD + "  - {activity: confirmed, at: at}\n"
    with pytest.raises(ConfigError) as wrong:
        page_from(twice)
    assert [one.message for one in wrong.value.problems] == ["same_event_twice"]
    page_from(twice.replace("confirmed, at: at}", "confirmed, at: at, ordinal: 1}"))


def test_a_bureaus_page_lies_over_the_shipped_one_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    over = tmp_path / "sources" / "ledger-template.yaml"
    over.write_text("expect_every: 12h\nfull: true\ncolumns: {plate: {names: [号牌]}}\n", encoding="utf-8")
    page = load_pages(tmp_path)["ledger-template"]
    assert (page.expect_every, page.expect_seconds, page.full) == ("12h", 43_200, True)
    assert page.columns["plate"].names == ("号牌",)
    assert page.columns["plate"].kind == "plate"
    assert page.columns["axles"].kind == "count"


def test_a_bureaus_own_page_and_codes_are_read(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "ours.yaml").write_text(
        GOOD.replace("plate_colours_toll", "ours") + 'files: ["治超*.csv"]\n', encoding="utf-8"
    )
    (tmp_path / "sources" / "codes.yaml").write_text('sets: {ours: {"7": yellow}}\n', encoding="utf-8")
    pages = load_pages(tmp_path)
    assert pages["ours"].name == "ours"
    assert [page.name for page in pages.claiming("治超0701.CSV")] == ["ours"]
    assert pages.codes.of("ours") == {"7": "yellow"}
    assert "activities" in pages.codes.sets


def test_every_problem_of_every_page_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    for name in ("a", "b"):
        text = GOOD.replace("gross_kg: weight", "gross: weight")
        (tmp_path / "sources" / f"{name}.yaml").write_text(text, encoding="utf-8")
    problems = check_pages(tmp_path)
    assert [Path(one.file).name for one in problems] == ["a.yaml", "b.yaml"]
