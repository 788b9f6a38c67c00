"""Decisions in the lake: their facts, what the rules say of them, and what other cases say of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.lake.check import check
from monitor.lake.judging import Judging, judging
from monitor.lake.manifest import Place, read_manifest
from monitor.lake.refresh import rebuild, refresh
from monitor.rules.assess import assess
from monitor.rules.book import rule_book
from monitor.settings.configuration import Configuration, load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import case_file
from monitor.store.database import Database
from monitor.store.decisions import case_decisions
from monitor.store.tables import metadata
from tests.factories import HOUR, SHANGHAI, STATION, at, candidate, deliver, letter
from tests.lake.test_any_order import parts
from tests.lake.test_refresh import held
from tests.long import examples

DAY = 24 * HOUR
NOW = at("2024-09-01 00:00")
EVENTS = letter(source="events", ledger=False)


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return load_configuration(Settings())


@pytest.fixture(scope="session")
def rules(configuration: Configuration) -> Judging:
    return judging(configuration)


def zone_of(_station: str) -> Any:
    return SHANGHAI


def fined(number: int, start: str, plate: str, fine: int = 150_000, **told: Any) -> list[Any]:
    """A case of the transport track, 3,000 kg over the limit, fined six hours later."""
    begin, case_no = at(start), f"C{number}"
    weights = {"gross_kg": 52_000, "limit_kg": 49_000, "axles": 6, "plate": plate}
    decision = {"outcome": "fine", "fine_fen": fine, "authority": "transport", "decision_no": f"D{number}"}
    return [
        candidate("confirmed", begin, case_no=case_no, event_id=f"c{number}", **weights),
        candidate("decided", begin + 6 * HOUR, case_no=case_no, event_id=f"d{number}", **(decision | told)),
    ]


def decisions(folder: Path) -> list[dict[str, Any]]:
    """Every row of decisions of a lake, by case and time."""
    rows = [row for place, some in held(folder).items() if place.table == "decisions" for row in some]
    return sorted(rows, key=lambda row: (row["case_no"], row["known_from"]))


def in_force(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["case_no"]: row for row in decisions(folder) if row["known_to"] is None}


def test_a_decision_has_its_facts_and_what_the_rules_say(
    database: Database, tmp_path: Path, configuration: Configuration, rules: Judging
) -> None:
    told = {"officers": "01042、01077", "team": "一班", "factors": "已改正", "procedure": "ordinary"}
    deliver(database, fined(1, "2024-07-31 20:00", "晋D10001", **told), NOW - 20 * DAY, EVENTS)
    refresh(database, tmp_path / "lake", zone_of, NOW, rules)
    [row] = decisions(tmp_path / "lake")
    file = case_file(database, (STATION, "C1"))
    assert file is not None
    [own] = case_decisions(database, file, SHANGHAI)
    said = assess(own, rule_book(configuration))
    assert said.band is not None
    # The case lies in July, its decision of two in the morning in August.
    assert (row["month"], row["decided_date"], row["decided_month"]) == ("2024-07", "2024-08-01", "2024-08")
    assert (row["over_kg"], row["over_share"], row["officers"]) == (3_000, 3_000 / 49_000, ["01042", "01077"])
    assert (row["rule_set"], tuple(row["tiers"]), row["place"]) == (said.rule_set, said.tiers, said.place)
    assert (row["low_fen"], row["high_fen"]) == said.band[:2]
    assert (row["factors"], row["mitigating"], row["aggravating"]) == (["corrected"], 1, 0)
    assert row["findings"] == [finding.code for finding in said.findings]
    assert row["alike"] == f"transport|{said.rule_set}|{'+'.join(said.tiers)}"


def test_a_decision_that_was_changed_is_known_with_each_amount_until_then(
    database: Database, tmp_path: Path, rules: Judging
) -> None:
    deliver(database, fined(1, "2024-07-01 08:00", "晋D10001"), at("2024-07-02 08:00"), EVENTS)
    change = candidate("decision_changed", at("2024-07-05 08:00"), case_no="C1", fine_fen=100_000)
    deliver(database, [change], at("2024-07-06 08:00"), EVENTS)
    refresh(database, tmp_path / "lake", zone_of, NOW, rules)
    first, then = decisions(tmp_path / "lake")
    assert (first["fine_fen"], then["fine_fen"], then["known_to"]) == (150_000, 100_000, None)
    assert first["known_to"] == then["known_from"]
    assert then["known_from"] // DAY == at("2024-07-06 08:00") // DAY


def test_another_case_of_the_vehicle_counts_as_soon_as_it_is_known_and_no_longer_than_it_stands(
    database: Database, tmp_path: Path, rules: Judging
) -> None:
    lake = tmp_path / "lake"
    deliver(database, fined(2, "2024-07-01 08:00", "晋D10001"), at("2024-07-02 08:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    assert in_force(lake)["C2"]["prior_acts"] == 0
    # Told late: an act of May, which lies in another month of the lake.
    deliver(database, fined(1, "2024-05-01 08:00", "晋D10001"), at("2024-07-03 08:00"), EVENTS)
    done = refresh(database, lake, zone_of, NOW, rules)
    assert done.months == ("2024-05", "2024-07") and in_force(lake)["C2"]["prior_acts"] == 1
    # The plate of the earlier one is corrected: it was another vehicle.
    again = fined(1, "2024-05-01 08:00", "晋D99999")
    deliver(database, again, at("2024-07-04 08:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    assert in_force(lake)["C2"]["prior_acts"] == 0


def test_months_in_which_no_decision_is_another_stay_as_they_are(
    database: Database, tmp_path: Path, rules: Judging
) -> None:
    lake = tmp_path / "lake"
    for number, day in enumerate(("2024-05-01", "2024-06-01", "2024-07-01"), 1):
        deliver(database, fined(number, f"{day} 08:00", "晋D10001"), at(f"{day} 20:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    files = {file.name for file in (lake / "decisions").glob("*.parquet")}

    def told(*events: Any) -> set[str]:
        """The months of decisions that are written for it."""
        deliver(database, events, at("2024-07-10 08:00"), EVENTS)
        refresh(database, lake, zone_of, NOW, rules)
        now = {file.name for file in (lake / "decisions").glob("*.parquet")}
        fresh = {name[:7] for name in now - files}
        files.update(now)
        rebuild(database, tmp_path / "anew", zone_of, NOW, rules)
        assert decisions(lake) == decisions(tmp_path / "anew")
        return fresh

    # What says nothing of the decision, nor to others, writes none of them.
    assert told(candidate("unloaded", at("2024-06-01 12:00"), case_no="C2")) == set()
    # Another amount is nothing to the others, and another outcome is to those that come later alone.
    changed = candidate("decision_changed", at("2024-06-05 08:00"), case_no="C2", fine_fen=100_000)
    assert told(changed) == {"2024-06"}
    spared = candidate(
        "decision_changed", at("2024-06-06 08:00"), case_no="C2", fine_fen=0, outcome="no_penalty"
    )
    assert told(spared) == {"2024-06", "2024-07"}
    assert in_force(lake)["C3"]["prior_acts"] == 1


def test_two_fines_for_one_act_are_found_from_both_sides(
    database: Database, tmp_path: Path, rules: Judging
) -> None:
    lake = tmp_path / "lake"
    deliver(database, fined(1, "2024-06-30 08:00", "晋D10001", act="K7"), at("2024-07-02 08:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    police = fined(2, "2024-07-01 08:00", "晋D10002", authority="police", act="K7")
    deliver(database, police, at("2024-07-03 08:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    assert "double_fine" in in_force(lake)["C1"]["findings"]
    rebuild(database, tmp_path / "anew", zone_of, NOW, rules)
    assert decisions(lake) == decisions(tmp_path / "anew")


def test_other_rules_make_the_table_anew_and_leave_the_rest(
    database: Database, tmp_path: Path, configuration: Configuration, rules: Judging
) -> None:
    lake = tmp_path / "lake"
    rows = [
        *fined(1, "2024-07-01 08:00", "晋D10001", factors="已改正"),
        *fined(2, "2024-06-01 08:00", "晋D10002"),
    ]
    deliver(database, rows, at("2024-07-02 08:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    before = read_manifest(lake)
    assert in_force(lake)["C1"]["factors"] == ["corrected"]
    sets = {name: one for name, one in configuration.rules.sets.items() if not one.example}
    law = Judging("law", lambda: rule_book(_with(configuration, sets)), configuration.payments)
    assert refresh(database, lake, zone_of, NOW, law).months == ("2024-06", "2024-07")
    after = read_manifest(lake)
    assert before is not None and after is not None and after.rules == "law" != before.rules
    assert {p: part for p, part in after.parts.items() if p.table != "decisions"} == {
        p: part for p, part in before.parts.items() if p.table != "decisions"
    }
    # National law names no such circumstance.
    assert in_force(lake)["C1"]["factors"] == ["已改正"]
    assert check(database, lake, zone_of, law).faults == []
    assert refresh(database, lake, zone_of, NOW, law).months == ()
    refresh(database, lake, zone_of, NOW, None)
    again = read_manifest(lake)
    assert again is not None and not again.files("decisions")


def _with(configuration: Configuration, sets: Any) -> Configuration:
    from dataclasses import replace

    from monitor.settings.rulesets import Rules

    return replace(configuration, rules=Rules(sets))


STEP = st.tuples(
    st.integers(1, 4),
    st.sampled_from(["2023-11-03", "2024-06-30", "2024-07-01", "2024-07-20"]),
    st.sampled_from(["晋D10001", "晋D10002"]),
    st.sampled_from([None, "K1", "C1", "C2"]),
    st.sampled_from([100_000, 150_000]),
    st.booleans(),
)


@given(st.lists(st.tuples(st.lists(STEP, min_size=1, max_size=3), st.booleans()), min_size=1, max_size=5))
@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
def test_decisions_refreshed_after_any_deliveries_are_those_written_anew(
    rules: Judging, deliveries: list[tuple[list[tuple[Any, ...]], bool]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'db'}")
        metadata.create_all(database.engine)
        for number, (steps, looked) in enumerate(deliveries):
            rows = []
            for case, start, plate, act, fine, revoked in steps:
                told = {"driver_digest": plate[-1], "company": plate[-2:], "company_trucks": 2}
                told |= {} if act is None else {"act": act}
                rows += fined(case, f"{start} 08:00", plate, fine, **told)
                if revoked:
                    rows.append(candidate("decision_revoked", NOW - DAY, case_no=f"C{case}"))
            deliver(database, rows, NOW + number * HOUR, letter("events", ledger=False, name=str(number)))
            if looked:
                refresh(database, folder / "lake", zone_of, 0, rules)
        refresh(database, folder / "lake", zone_of, 0, rules)
        rebuild(database, folder / "anew", zone_of, 0, rules)
        assert parts(folder / "lake") == parts(folder / "anew")
        assert any(place.table == "decisions" for place in _places(folder / "lake")) or _all_revoked(folder)
        database.dispose()


def _places(folder: Path) -> list[Place]:
    manifest = read_manifest(folder)
    assert manifest is not None
    return list(manifest.parts)


def _all_revoked(folder: Path) -> bool:
    return not decisions(folder / "anew")


def test_what_a_decision_was_numbered_before_is_no_second_fine(
    database: Database, tmp_path: Path, rules: Judging
) -> None:
    deliver(database, fined(1, "2024-07-01 08:00", "晋D10001"), at("2024-07-02 08:00"), EVENTS)
    again = fined(1, "2024-07-01 08:00", "晋D10001", decision_no="D1甲")
    deliver(database, again, at("2024-07-03 08:00"), EVENTS)
    refresh(database, tmp_path / "lake", zone_of, NOW, rules)
    rows = decisions(tmp_path / "lake")
    assert [row["decision_no"] for row in rows] == ["D1", "D1甲"]
    assert all("double_fine" not in row["findings"] for row in rows)


def test_what_payments_leave_to_look_at_stands_beside_the_decision_as_long_as_it_is_so(
    database: Database, tmp_path: Path, rules: Judging
) -> None:
    lake = tmp_path / "lake"
    deliver(database, fined(1, "2024-07-01 08:00", "晋D10001"), at("2024-07-02 08:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    assert in_force(lake)["C1"]["payment_findings"] == []

    def paid(**told: Any) -> list[Any]:
        money = {"amount_fen": 150_000, "channel": "cash_on_spot", **told}
        return [candidate("paid", at("2024-07-01 15:00"), case_no="C1", event_id="p1", **money)]

    deliver(database, paid(), at("2024-07-03 08:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    assert in_force(lake)["C1"]["payment_findings"] == ["cash_without_ground"]
    deliver(database, paid(channel="bank_desk"), at("2024-07-04 08:00"), EVENTS)
    refresh(database, lake, zone_of, NOW, rules)
    told = decisions(lake)
    assert [row["payment_findings"] for row in told] == [[], ["cash_without_ground"], []]
    assert [row["known_to"] for row in told] == [row["known_from"] for row in told[1:]] + [None]
    assert {row["decision_no"] for row in told} == {"D1"}
    rebuild(database, tmp_path / "anew", zone_of, NOW, rules)
    assert decisions(tmp_path / "anew") == told
