"""Planted faults of fines and money: each is found where it stands, and what is as it should be is not."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.simulate import SimulationSummary, simulate
from ingest.simulate.fine_kinds import KINDS
from ingest.simulate.moments import hour_of
from ingest.simulate.outage import OUT_OF_ORDER
from monitor.lake.judging import judging
from monitor.lake.refresh import rebuild
from monitor.metrics.ask import Ask
from monitor.metrics.consistency import Line, consistency
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.payment_failures import payment_outages
from monitor.payments.reconcile import reconcile
from monitor.rules.assess import assess
from monitor.rules.assessment import Assessment, Place
from monitor.rules.book import rule_book
from monitor.rules.decision import Decision
from monitor.rules.facts import decision_facts
from monitor.rules.others import with_others
from monitor.rules.payments import payments_of
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import case_file
from monitor.store.database import Database, ask
from monitor.store.deliveries import Sender
from monitor.store.migrate import upgrade
from tests.ingest.simulate.conftest import NOW, SEED, Simulated

GROUPS = {"uniform_fines", "strict_team", "channel_outage"}
BESIDE = {"fourth_act", "double_fine", "unknown_code"}
"""Kinds that take more than one case, or none."""

CaseNo = str


@dataclass(frozen=True)
class Found:
    """What the program makes of a simulated county, by case number."""

    decisions: dict[CaseNo, list[Decision]]
    assessed: dict[CaseNo, list[Assessment]]
    payments: dict[CaseNo, set[str]]
    differences: dict[CaseNo | None, list[str]]
    """Kinds of differences to the statement; None holds those of no case."""
    folder: Path

    def codes(self, case_no: CaseNo) -> set[str]:
        return {finding.code for one in self.assessed.get(case_no, []) for finding in one.findings}


@pytest.fixture(scope="module")
def found(simulated: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("fines")
    return found_in(folder, simulated.summary, simulated.truth)


def found_in(folder: Path, summary: SimulationSummary, truth: dict[str, Any]) -> Found:
    database = Database(f"sqlite:///{folder / 'fangxing.db'}")
    upgrade(database)
    configuration = load_configuration(Settings())
    intake = Intake(database, configuration, load_pages(), b"key of this test", lambda: NOW)
    sender = Sender("test", "tests")
    statements = [path for path, source in summary.ways.files if source == "treasury-statement"]
    for path in (*(one.path for one in summary.files), *statements):
        intake.file(path, intake.page_for(path), sender, backfill=True)
    zone = configuration.zone
    decisions: list[Decision] = []
    payments: dict[CaseNo, set[str]] = {}
    for case in truth["cases"]:
        file = case_file(database, (case["station"], case["case_no"]))
        if file is None:
            continue
        valid = [event for event in file.events if file.is_valid(event)]
        decisions += decision_facts(file.state, valid)
        paid = payments_of(file.state, valid, configuration.payments, zone, NOW)
        payments[case["case_no"]] = {code.code for one in paid for code in one.findings}
    book = rule_book(configuration)
    by_case: dict[CaseNo, list[Decision]] = {}
    assessed: dict[CaseNo, list[Assessment]] = {}
    for decision in with_others(decisions, zone):
        by_case.setdefault(decision.case_no, []).append(decision)
        assessed.setdefault(decision.case_no, []).append(assess(decision, book))
    reconcile(database, configuration, NOW)
    differences: dict[CaseNo | None, list[str]] = {}
    with database.read() as connection:
        for case_no, kind in ask(connection, "SELECT case_no, kind FROM differences WHERE closed_at IS NULL"):
            differences.setdefault(case_no, []).append(kind)
    database.dispose()
    return Found(by_case, assessed, payments, differences, folder)


def planted(simulated: Simulated, truth: str) -> list[dict[str, Any]]:
    return [one for one in simulated.truth["fines"]["planted"] if one["truth"] == truth]


def test_over_four_months_every_kind_is_planted_in_its_share(tmp_path: Path) -> None:
    summary = simulate(tmp_path / "long", stations=4, days=120, seed=4, until=NOW)
    assert set(summary.fines) == {kind.name for kind in KINDS} | GROUPS | BESIDE
    for kind in ("over_band", "under_band", "decided_before_notice", "one_officer", "factor_10000"):
        assert 3 <= summary.fines[kind] <= 9, kind
    again = simulate(tmp_path / "none", stations=4, days=120, seed=4, until=NOW,
                     shares=dict.fromkeys(summary.fines, 0.0))  # fmt: skip
    assert not again.fines


def test_no_case_carries_two_and_none_of_the_story_carries_any(simulated: Simulated) -> None:
    fines = simulated.truth["fines"]
    carried = Counter(one["case_no"] for one in fines["planted"])
    cases = {case["case_no"]: case for case in simulated.truth["cases"]}
    assert max(carried.values()) == 1
    assert carried.keys().isdisjoint(fines["clean"])
    assert not any(cases[case_no]["story"] or cases[case_no]["defect"] for case_no in carried)
    assert len(fines["clean"]) > len(carried) * 2


def test_what_decisions_say_of_themselves_arrives(simulated: Simulated, found: Found) -> None:
    told = {case["case_no"]: case for case in simulated.truth["cases"]}
    seen: Counter[str] = Counter()
    for case_no in simulated.truth["fines"]["clean"]:
        (got,) = found.decisions[case_no]
        case = told[case_no]
        last = next(event for event in reversed(case["events"]) if event["activity"] == "decided")["data"]
        assert (got.authority, got.fine_fen, got.outcome) == (
            last["authority"], last.get("fine_fen"), last["outcome"],
        ), case_no  # fmt: skip
        assert (got.procedure, got.team) == (last["procedure"], last["team"])
        assert ",".join(got.officers) == last["officers"]
        assert "、".join(got.factors) == last.get("factors", "") == "、".join(got.evidence)
        assert (got.length_mm, got.width_mm, got.height_mm) == tuple(
            case["vehicle"][side] for side in ("length_mm", "width_mm", "height_mm")
        )
        if got.fine_fen is not None and got.notified_at is not None:
            assert got.notified_fen == got.fine_fen
        if got.approved_load_kg is not None:
            assert (got.approved_load_kg, got.tare_kg) == (
                case["vehicle"]["approved_load_kg"], case["vehicle"]["tare_kg"],
            )  # fmt: skip
        for name in ("approved_load_kg", "company", "factors", "length_mm", "legal_review_at", "stated_at"):
            seen[name] += bool(getattr(got, name))
    assert all(seen[name] for name in seen), seen
    assert seen["approved_load_kg"] < len(simulated.truth["fines"]["clean"]), "some papers were not seen"


def test_every_planted_fault_of_a_decision_is_found(simulated: Simulated, found: Found) -> None:
    faults = planted(simulated, "finding")
    assert len(faults) >= 10
    for one in faults:
        codes = found.codes(one["case_no"])
        assert one["code"] in codes, (one, codes)
        assert codes <= {one["code"], *one["also"]}, one


def test_every_planted_fault_of_a_payment_is_found(simulated: Simulated, found: Found) -> None:
    faults = planted(simulated, "payment")
    assert faults or simulated.summary.seed != SEED
    for one in faults:
        assert found.payments[one["case_no"]] == {one["code"]}, one


def test_no_more_than_one_in_a_hundred_clean_cases_is_flagged(simulated: Simulated, found: Found) -> None:
    clean = simulated.truth["fines"]["clean"]
    flagged = {
        case_no: found.codes(case_no) | found.payments[case_no]
        for case_no in clean if found.codes(case_no) or found.payments[case_no]
    }  # fmt: skip
    assert len(flagged) <= len(clean) / 100, flagged
    places = Counter(one.place for case_no in clean for one in found.assessed[case_no])
    assert places[Place.NO_DISCRETION] > places[Place.UNASSESSED]
    assert places[Place.LOW] + places[Place.MIDDLE] + places[Place.HIGH] > 10
    if simulated.summary.seed == SEED:  # other seeds need not hold one of each
        assert places[Place.EXEMPT] and places[Place.UNASSESSED]


def test_the_differences_to_the_statement_are_the_planted_ones(simulated: Simulated, found: Found) -> None:
    expected = {one["case_no"]: [one["code"]] for one in planted(simulated, "statement")}
    strangers = simulated.truth["fines"]["counts"]["unknown_code"]
    unit = {one["case_no"] for one in simulated.truth["fines"]["planted"] if one["kind"] == "factor_10000"}
    got = {case_no: kinds for case_no, kinds in found.differences.items() if case_no not in unit}
    assert got.pop(None) == ["unknown_code"] * strangers
    assert got == expected
    assert len(expected) >= 5 or simulated.summary.seed != SEED


def test_the_statement_holds_every_payment_that_was_confirmed(simulated: Simulated) -> None:
    lines = Counter(
        line["payment_code"] for line in simulated.truth["ways"]["statement"] if line["case_no"] is not None
    )
    confirmed = Counter(
        event["data"]["payment_code"]
        for case in simulated.truth["cases"] for event in case["events"]
        if event["activity"] == "pay_confirmed"
    )  # fmt: skip
    assert lines == confirmed
    assert len(lines) > 60


def test_at_night_nothing_is_paid_where_no_channel_works(simulated: Simulated) -> None:
    (dark,) = [one for one in simulated.truth["fines"]["groups"] if one["kind"] == "channel_outage"]
    since, until = dark["hours"]
    begin = instant(dark["since"])
    paid, failed = [], []
    for case in simulated.truth["cases"]:
        if case["station"] != dark["station"] or case["story"]:
            continue
        for event in case["events"]:
            at = instant(event["at"])
            if at < begin or not (hour_of(at) >= since or hour_of(at) < until):
                continue
            paid += [event] if event["activity"] == "paid" else []
            failed += [event] if event["data"].get("reason") == OUT_OF_ORDER else []
    assert not paid
    assert len(failed) == dark["failures"] > 2


def test_the_hours_in_which_no_channel_works_are_in_the_metric(simulated: Simulated, found: Found) -> None:
    (dark,) = [one for one in simulated.truth["fines"]["groups"] if one["kind"] == "channel_outage"]
    failed = {
        (case["station"], at.date().isoformat(), at.hour)
        for case in simulated.truth["cases"] if case["case_no"] in dark["cases"]
        for event in case["events"] if event["data"].get("reason") == OUT_OF_ORDER
        for at in [dt.datetime.fromisoformat(event["at"])]
    }  # fmt: skip
    database = Database(f"sqlite:///{found.folder / 'fangxing.db'}")
    rebuild(database, found.folder / "lake", load_configuration(Settings()).zone_of, NOW)
    database.dispose()
    told = payment_outages(LakeEngine.open(found.folder / "lake"), Ask(NOW))
    by_hour = {(one.station, str(one.date), one.hour): one.failures for one in told}
    assert failed and failed <= by_hour.keys()
    assert sum(by_hour[hour] for hour in failed) >= dark["failures"]


def instant(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp()) * 1_000_000


def test_one_fine_for_all_and_one_strict_team_stand_where_there_is_room(
    simulated: Simulated, found: Found
) -> None:
    groups = {one["kind"]: one for one in simulated.truth["fines"]["groups"]}
    clean = set(simulated.truth["fines"]["clean"])
    uniform = [found.assessed[case_no][0] for case_no in groups["uniform_fines"]["cases"] if case_no in clean]
    by_band: dict[Any, set[Any]] = {}
    for case_no in clean.intersection(groups["uniform_fines"]["cases"]):
        band, fine = found.assessed[case_no][0].band, found.decisions[case_no][0].fine_fen
        if band is not None:
            assert band.low < band.high
            by_band.setdefault(band, set()).add(fine)
    assert by_band and all(len(fines) == 1 for fines in by_band.values())
    assert len({one.factors for one in uniform}) > 1, "circumstances differ"
    strict = [
        one for case_no in clean.intersection(groups["strict_team"]["cases"])
        for one in found.assessed[case_no] if one.position is not None
    ]  # fmt: skip
    assert strict and all(one.place is Place.HIGH for one in strict)


@pytest.mark.full
@pytest.mark.parametrize("seed", [SEED, *range(201, 211)])
def test_over_four_months_all_are_found_and_hardly_any_clean_case_is_flagged(
    tmp_path: Path, seed: int
) -> None:
    summary = simulate(tmp_path / "made", stations=4, days=120, seed=seed, until=NOW)
    truth = json.loads(summary.truth.read_text("utf-8"))
    found = found_in(tmp_path, summary, truth)
    missed = [
        one for one in truth["fines"]["planted"]
        if (one["truth"] == "finding" and one["code"] not in found.codes(one["case_no"]))
        or (one["truth"] == "payment" and one["code"] not in found.payments[one["case_no"]])
        or (one["truth"] == "statement" and one["code"] not in found.differences.get(one["case_no"], []))
    ]  # fmt: skip
    clean = truth["fines"]["clean"]
    flagged = [
        one for one in clean
        if found.codes(one) or found.payments[one] or found.differences.get(one)
    ]  # fmt: skip
    assert not missed
    assert len(clean) > 250 and len(flagged) <= len(clean) / 100, flagged
    groups = {one["kind"]: one for one in truth["fines"]["groups"]}
    told = compared(tmp_path)
    assert {line.station for line in told if line.kind == "uniform"} == {groups["uniform_fines"]["station"]}
    strict = groups["strict_team"]
    (team,) = [
        line for line in told
        if (line.kind, line.station, line.name) == ("team", strict["station"], strict["team"])
    ]  # fmt: skip
    assert team.note == "stands_out" and team.p is not None and team.p < 0.001


def compared(folder: Path) -> list[Line]:
    """What the comparison of like cases says of a database."""
    configuration = load_configuration(Settings())
    database = Database(f"sqlite:///{folder / 'fangxing.db'}")
    rebuild(database, folder / "lake", configuration.zone_of, NOW, judging(configuration))
    database.dispose()
    return consistency(LakeEngine.open(folder / "lake"), Ask(NOW), configuration.board.few_n)
