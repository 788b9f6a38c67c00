from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from monitor.cases.activity import HELD_SITE_TYPES, Authority
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.stations import SiteType, Station, Stations, read_stations
from monitor.settings.yamlfile import parse_yaml

Write = Callable[[str, str], Path]

SHANGHAI = timezone(timedelta(hours=8))


def micros(*parts: int, zone: timezone = SHANGHAI) -> int:
    return round(datetime(*parts, tzinfo=zone).astimezone(UTC).timestamp()) * 1_000_000  # type: ignore[misc,arg-type]


def stations(text: str) -> Stations:
    return read_stations(parse_yaml(text, "stations.yaml"), "Asia/Shanghai")


def station(body: str) -> Station:
    head = "name: {zh: 甲站}\n    short: {zh: 甲}\n    site_type: 21\n"
    return stations(f"stations:\n  A:\n    {head}{body}")["A"]


TWO_LIMITS = """\
    gates: [{from: 2024-01-01, needs: [removal]}]
    limits:
      - {from: 2024-01-01, hours: 24}
      - {from: 2024-07-01, hours: 12}
"""


def test_a_new_limit_begins_at_local_midnight() -> None:
    one = station(TWO_LIMITS)
    before, after = one.limit_at(micros(2024, 6, 30, 23, 59, 59)), one.limit_at(micros(2024, 7, 1))
    assert before is not None and after is not None
    assert (before.hours, after.hours) == (24, 12)
    assert after.span == 12 * 3600 * 1_000_000


def test_before_the_first_limit_there_is_none() -> None:
    assert station(TWO_LIMITS).limit_at(micros(2023, 12, 31, 23)) is None


def test_a_limit_is_in_force_to_the_end_of_its_last_day() -> None:
    one = station(
        "    gates: [{from: 2024-01-01, needs: [removal]}]\n"
        "    limits: [{from: 2024-01-01, until: 2024-06-30, hours: 24}]\n"
    )
    assert one.limit_at(micros(2024, 6, 30, 23, 59, 59)) is not None
    assert one.limit_at(micros(2024, 7, 1)) is None


def test_limit_spans_are_instants_and_seconds() -> None:
    assert station(TWO_LIMITS).limit_spans() == (
        (micros(2024, 1, 1), 86_400),
        (micros(2024, 7, 1), 43_200),
    )


def test_a_gate_changes_on_its_day() -> None:
    one = station(
        "    limits: [{from: 2024-01-01, hours: 24}]\n"
        "    gates:\n"
        "      - {from: 2024-01-01, needs: [removal, payment], example: true}\n"
        "      - {from: 2024-07-01, needs: [removal]}\n"
    )
    before, after = one.gate_at(micros(2024, 6, 30, 12)), one.gate_at(micros(2024, 7, 1, 0))
    assert before is not None and after is not None
    assert [need.value for need in before.needs] == ["removal", "payment"]
    assert [need.value for need in after.needs] == ["removal"]
    assert (before.confirmed, after.confirmed) == (False, True)


def test_a_station_without_a_zone_takes_that_of_the_installation() -> None:
    assert station(TWO_LIMITS).zone == "Asia/Shanghai"


def test_the_day_of_an_instant_is_the_local_one() -> None:
    assert station(TWO_LIMITS).day_of(micros(2024, 6, 30, 16, zone=UTC)) == date(2024, 7, 1)


def test_an_export_may_call_a_station_by_any_of_its_names() -> None:
    shipped = load_configuration(Settings()).stations
    for name in ("14042301", "１４０４２３０１", "城西", "襄垣城西 超限检测站", "城西治超站", "WEST"):
        found = shipped.named(name)
        assert found is not None and found.code == "14042301", name
    assert shipped.named("城东") is None


def test_a_scale_has_a_certificate_only_on_its_days() -> None:
    one = station(
        TWO_LIMITS + "    scales:\n      W1:\n        name: {zh: 秤}\n"
        "        certificates: [{number: N1, from: 2024-01-01, until: 2024-12-31}]\n"
    )
    scale = one.scales["W1"]
    held = scale.certificate_on(date(2024, 12, 31))
    assert held is not None and held.number == "N1"
    assert scale.certificate_on(date(2025, 1, 1)) is None


def test_the_shipped_county_has_three_gates_and_one_site_without_custody() -> None:
    shipped = load_configuration(Settings()).stations
    needs = {code: [need.value for need in one.gates[-1].needs] for code, one in shipped.items() if one.gates}
    assert needs == {
        "14042301": ["removal", "payment"],
        "14042302": ["removal"],
        "14042303": ["removal", "decision", "payment_confirmed"],
    }
    assert shipped["14042331"].site_type is SiteType.OFF_SITE
    assert all(one.example for one in shipped.values() if one.site_type is not SiteType.REGISTER)


def test_what_a_gate_asks_beyond_the_law_is_unconfirmed_in_the_shipped_file() -> None:
    shipped = load_configuration(Settings()).stations
    assert [one.gates[-1].confirmed for one in shipped.values() if one.gates] == [False, True, False]


def test_the_fold_and_the_configuration_name_sites_and_authorities_alike() -> None:
    assert {one.value for one in SiteType} >= HELD_SITE_TYPES
    annotated = {name for one in load_configuration(Settings()).stations.values() for name in one.authorities}
    assert annotated == {one.value for one in Authority}


def test_ones_own_station_comes_beside_the_examples_until_they_are_left_out(overlay: Write) -> None:
    own = (
        "stations:\n  B1:\n    name: {zh: 乙站}\n    short: {zh: 乙}\n    site_type: 21\n"
        "    limits: [{from: 2024-01-01, hours: 24}]\n    gates: [{from: 2024-01-01, needs: [removal]}]\n"
    )
    folder = overlay("stations.yaml", own)
    assert {"B1", "14042301"} <= set(load_configuration(Settings(config_dir=folder)).stations)
    overlay("stations.yaml", "examples: false\n" + own)
    assert set(load_configuration(Settings(config_dir=folder)).stations) == {"B1", "road-traffic-fines"}


def test_one_key_of_a_shipped_station_may_be_changed(overlay: Write) -> None:
    folder = overlay("stations.yaml", "stations:\n  14042301:\n    short: {zh: 西站}\n")
    changed = load_configuration(Settings(config_dir=folder)).stations["14042301"]
    assert changed.short.in_language("zh") == "西站"
    assert changed.short.in_language("en") == "West"
    assert changed.name.in_language("zh") == "襄垣城西超限检测站"
