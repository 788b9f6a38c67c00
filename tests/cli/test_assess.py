"""`fangxing assess` and `fangxing rules`."""

from __future__ import annotations

import pytest

from .conftest import EventFile, Fangxing

HEAD = "station,case_no,activity,occurred_at,gross_kg,limit_kg,authority,outcome,fine_fen,decision_no"


@pytest.fixture
def loaded(fangxing: Fangxing, event_file: EventFile) -> None:
    """One case 5,500 kg over its limit that was fined 4,000 yuan; another without a decision."""
    file = event_file(
        "城西,A1,confirmed,2024-07-01T09:00:00+08:00,54500,49000",
        "城西,A1,decided,2024-07-01T15:00:00+08:00,,,transport,fine,400000,7",
        "城西,A2,confirmed,2024-07-01T09:00:00+08:00,54500,49000",
        head=HEAD,
    )
    assert fangxing("ingest", file, "--strict").code == 0


@pytest.mark.usefixtures("loaded")
def test_a_decision_with_its_band_and_what_to_look_at(fangxing: Fangxing) -> None:
    ran = fangxing("assess", "A1")
    assert ran.code == 0
    assert "transport 7: 4,000 yuan, above the band" in ran.out
    assert "band 2,500 yuan to 2,500 yuan (rule set national-transport@2021-08-11)" in ran.out
    assert "by the other reading of a part: 3,000 yuan to 3,000 yuan" in ran.out
    assert "gross weight 54,500 kg" in ran.out
    assert "第四十三条第一款第二项" in ran.out


@pytest.mark.usefixtures("loaded")
def test_as_one_json_object(fangxing: Fangxing) -> None:
    told = fangxing("assess", "A1", "--json").object
    assert [one["place"] for one in told["assessments"]] == ["above"]
    assert fangxing("assess", "A2", "--json").object["assessments"] == []


@pytest.mark.usefixtures("loaded")
def test_a_case_that_nobody_knows_is_wrong_use(fangxing: Fangxing) -> None:
    assert fangxing("assess", "A9").code == 2


def test_the_rules_in_force_on_a_day(fangxing: Fangxing) -> None:
    told = fangxing("rules", "--day", "2023-12-31", "--json").object
    assert [one["rule_set"] for one in told["rules"]] == [
        "national-police@2022-04-01",
        "national-procedure@2021-07-15",
        "national-road-protection@2011-07-01",
        "national-transport@2021-08-11",
    ]
    assert "acts.mass.rounding" in told["rules"][3]["unconfirmed"]
    ran = fangxing("rules", "--day", "2024-01-01")
    assert (ran.code, "example-police@2024-01-01" in ran.out) == (0, True)


def test_a_day_that_is_none_is_wrong_use(fangxing: Fangxing) -> None:
    assert fangxing("rules", "--day", "2024-13-01").code == 2


@pytest.mark.parametrize(("trucks", "told"), [("19", True), ("20", False), ("", False)])
def test_a_company_of_which_more_than_a_tenth_of_the_trucks_were_overloaded_is_told_from_a_file(
    fangxing: Fangxing, event_file: EventFile, trucks: str, told: bool
) -> None:
    """公路安全保护条例第六十六条: more than 10 %. Two of 19 are, two of 20 are not; unknown says nothing."""
    head = f"{HEAD},plate,统一社会信用代码,单位货运车辆总数"
    firm = f"91140423MA0K000011,{trucks}"
    rows = [
        row
        for case, month, plate in (("A1", "01", "晋D10001"), ("A2", "07", "晋D10002"))
        for row in (
            f"城西,{case},confirmed,2024-{month}-01T09:00:00+08:00,52000,49000,,,,,{plate},{firm}",
            f"城西,{case},decided,2024-{month}-01T15:00:00+08:00,,,transport,fine,150000,{case},,,",
        )
    ]
    assert fangxing("ingest", event_file(*rows, head=head), "--strict").code == 0
    [one] = fangxing("assess", "A2", "--json").object["assessments"]
    found = [finding for finding in one["findings"] if finding["code"] == "company_over_share"]
    assert bool(found) is told
    if told:
        assert found[0]["article"]["article"] == "第六十六条"
