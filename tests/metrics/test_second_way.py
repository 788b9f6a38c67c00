"""Each metric over the lake says what a second, plain implementation says of the simulated county."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from ingest.simulate import simulate
from monitor.cases.event import DAY, HOUR
from monitor.demo import prepare, tell_by_other_ways
from monitor.lake.judging import judging
from monitor.lake.refresh import rebuild
from monitor.metrics.ask import Ask, By
from monitor.metrics.catalog import METRICS, Rules, rows_of, rules_of
from monitor.metrics.columns import COUNTED
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.resident import Resident
from monitor.settings.environment import Settings
from tests.factories import at
from tests.long import is_full
from tests.metrics import second_way, second_way_fines, second_way_payments
from tests.metrics.second_way import Known

NOW = at("2026-11-26 14:32")
EARLIER = NOW - 20 * DAY - 9 * HOUR
LATER = NOW + 365 * DAY
"""When everything that was told is known."""
BYS = ((), ("station",), ("week",), ("month", "station"), ("day",), ("vehicle",), ("authority", "week"))


class Both(NamedTuple):
    engine: LakeEngine
    known: Known
    rules: Rules

    def ask(self, *by: str) -> Ask:
        return Ask(self.known.as_of, by=tuple(By(name) for name in by))

    def rows(self, name: str, *by: str) -> list[dict[str, Any]]:
        return rows_of(name, self.engine, self.ask(*by), self.rules)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("county")
    summary = simulate(folder / "exports", stations=4, days=365 if is_full() else 60, seed=7, until=NOW)
    (folder / "data").mkdir()
    installation = prepare(Settings(data_dir=folder / "data"), folder / "data", summary)
    tell_by_other_ways(installation.intake, summary)
    configuration = installation.intake.configuration
    rebuild(installation.database, folder / "lake", configuration.zone_of, NOW, judging(configuration))
    # As a server has it: what is counted lies in memory.
    resident = Resident(folder / "lake", 2**30)
    engine = LakeEngine.open(folder / "lake", resident)
    for table in COUNTED:
        resident.fill(engine.at, table)
    yield installation, engine
    installation.database.dispose()


@pytest.fixture(scope="module", params=[NOW, EARLIER], ids=["now", "earlier"])
def both(request: pytest.FixtureRequest, made: Any) -> Both:
    installation, engine = made
    intake = installation.intake
    known = second_way.known(intake.database, intake.configuration, intake.terms, request.param)
    return Both(engine, known, rules_of(intake.configuration, request.param))


def cells(rows: Sequence[dict[str, Any]], *by: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    names = ["period" if name in ("day", "week", "month") else name for name in by]
    found = {tuple(row[name] for name in names): row for row in rows}
    assert len(found) == len(rows)
    return found


def agree(mine: dict[str, Any], plain: dict[str, Any]) -> None:
    """Whole numbers exactly, others to 1e-9."""
    for name, value in plain.items():
        if isinstance(value, float):
            assert mine[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name
        else:
            assert mine[name] == value, name


@pytest.mark.parametrize("by", BYS)
def test_compliance(both: Both, by: tuple[str, ...]) -> None:
    mine, plain = cells(both.rows("compliance", *by), *by), second_way.compliance(both.known, by)
    assert set(mine) == set(plain)
    for cell, row in plain.items():
        agree(mine[cell], row)
    assert sum(row["n"] for row in plain.values()) > 100


def test_hours(both: Both) -> None:
    (mine,) = both.rows("hours")
    plain = second_way.hours(both.known)
    bins, curve = plain.pop("bins"), plain.pop("curve")
    agree(mine, plain)
    assert [tuple(one.values()) for one in mine["bins"]] == bins
    assert [(s["at_risk"], s["released"]) for s in mine["curve"]] == [(s[1], s[2]) for s in curve]
    assert [s["held"] for s in mine["curve"]] == pytest.approx([s[3] for s in curve], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("by", BYS)
def test_stages(both: Both, by: tuple[str, ...]) -> None:
    plain = second_way.stages(both.known, by)
    found = cells([{**row, "stage": str(row["stage"])} for row in both.rows("stages", *by)], *by, "stage")
    assert set(found) == {(*cell, row["stage"]) for cell, rows in plain.items() for row in rows}
    for cell, rows in plain.items():
        for row in rows:
            agree(found[(*cell, row["stage"])], row)


@pytest.mark.parametrize("by", BYS)
def test_held_after_removal(both: Both, by: tuple[str, ...]) -> None:
    mine, plain = cells(both.rows("held_after_removal", *by), *by), second_way.held_after(both.known, by)
    assert set(mine) == set(plain)
    for cell, row in plain.items():
        agree(mine[cell], row)


@pytest.mark.parametrize("by", BYS)
def test_throughput(both: Both, by: tuple[str, ...]) -> None:
    mine = cells(both.rows("throughput", *by), *by)
    told = {cell: (row["arrivals"], row["releases"], row["open_at_end"]) for cell, row in mine.items()}
    assert told == second_way.throughput(both.known, by)


def test_hours_of_week(both: Both) -> None:
    assert [tuple(row.values()) for row in both.rows("hours_of_week")] == second_way.hours_of_week(both.known)


@pytest.mark.parametrize("by", [(), ("station",), ("week", "vehicle")])
def test_variants(both: Both, by: tuple[str, ...]) -> None:
    mine = {
        (tuple(row[name] if name in ("station", "vehicle") else row["period"] for name in by),
         row["activities"]): (row["k"], row["n"])
        for row in both.rows("variants", *by)
    }  # fmt: skip
    assert mine == second_way.variants(both.known, by) and len(mine) > 10


@pytest.mark.parametrize("by", [(), ("station",), ("month",)])
def test_case_durations(both: Both, by: tuple[str, ...]) -> None:
    mine, plain = cells(both.rows("case_durations", *by), *by), second_way.case_durations(both.known, by)
    assert set(mine) == set(plain)
    for cell, row in plain.items():
        agree(mine[cell], row)


def test_open_ages(both: Both) -> None:
    mine = {
        (row["station"], row["case_no"]): (row["hours"], row["past_limit"]) for row in both.rows("open_ages")
    }
    plain = second_way.open_ages(both.known)
    assert mine == plain and plain


@pytest.mark.parametrize("by", [(), ("station",), ("week",), ("day", "station")])
def test_overload_rate(both: Both, by: tuple[str, ...]) -> None:
    mine, plain = cells(both.rows("overload_rate", *by), *by), second_way.overload_rate(both.known, by)
    assert set(mine) == set(plain)
    for cell, row in plain.items():
        agree(mine[cell], row)
    assert sum(row["rule_k"] for row in plain.values()) > 100


@pytest.mark.parametrize("by", [(), ("station",)])
def test_late_entry(both: Both, by: tuple[str, ...]) -> None:
    mine = {(row["activity"], row["station"]): row for row in both.rows("late_entry", *by)}
    plain = second_way.late_entry(both.known, both.rules.late_entry, bool(by))
    assert set(mine) == set(plain)
    for cell, row in plain.items():
        agree(mine[cell], row)


@pytest.mark.parametrize("by", [(), ("station",), ("month",), ("authority",)])
def test_clocks_b_and_c(both: Both, by: tuple[str, ...]) -> None:
    mine = cells(both.rows("clocks_bc", *by), "clock", *by)
    told = {cell: (row["k"], row["n"], row["undetermined"]) for cell, row in mine.items()}
    limits = {"b": both.rules.limit_b, "c": both.rules.limit_c}
    assert told == second_way.clock_rates(both.known, limits, by)


PAID_BYS = ((), ("station", "week"), ("authority",), ("hour",))


@pytest.mark.parametrize("by", PAID_BYS)
def test_payment_channels(both: Both, by: tuple[str, ...]) -> None:
    rows = [row for row in both.rows("payment_channels", *by) if row["channel"]]
    mine, plain = cells(rows, *by, "channel"), second_way_payments.channels(both.known, by)
    assert set(mine) == set(plain) and plain
    for cell, row in plain.items():
        agree(mine[cell], row)


@pytest.mark.parametrize("by", PAID_BYS)
def test_payment_failures(both: Both, by: tuple[str, ...]) -> None:
    mine = cells(both.rows("payment_failures", *by), *by, "channel")
    plain = second_way_payments.failures(both.known, by)
    assert set(mine) == set(plain) and any(row["k"] for row in plain.values())
    for cell, row in plain.items():
        agree(mine[cell], row)


def test_payment_outages(both: Both) -> None:
    mine = {
        (row["station"], row["date"], row["hour"], row["failures"]) for row in both.rows("payment_outages")
    }
    assert mine == second_way_payments.outages(both.known) and mine


@pytest.mark.parametrize("by", PAID_BYS)
def test_payment_time(both: Both, by: tuple[str, ...]) -> None:
    mine = cells(both.rows("payment_time", *by), *by, "channel")
    plain = second_way_payments.times(both.known, by)
    assert set(mine) == set(plain) and sum(row["confirmed"] for row in plain.values()) > 100
    for cell, row in plain.items():
        agree(mine[cell], row)


@pytest.mark.parametrize("by", [(), ("station",), ("week",), ("authority",)])
def test_cost_of_waiting(both: Both, by: tuple[str, ...]) -> None:
    rate = both.rules.day_rate
    assert rate is not None
    mine = cells(both.rows("cost_of_waiting", *by), *by)
    plain = second_way_payments.costs(both.known, by, rate.fen)
    assert set(mine) == set(plain) and any(row["payment_hours"] for row in plain.values())
    for cell, row in plain.items():
        agree(mine[cell], row)


@pytest.fixture(scope="module")
def decided(made: Any) -> list[second_way_fines.Decided]:
    """The decisions in force, read case by case from the database."""
    return second_way_fines.decided(made[0].database, made[0].intake.configuration)


@pytest.mark.parametrize("by", [(), ("station",), ("month", "authority")])
def test_exemptions(made: Any, decided: list[second_way_fines.Decided], by: tuple[str, ...]) -> None:
    rules = rules_of(made[0].intake.configuration, NOW)
    mine = rows_of("exemptions", made[1], Ask(LATER, by=tuple(By(name) for name in by)), rules)
    found = {cell: (row["k"], row["n"], row["fined"]) for cell, row in cells(mine, *by, "exemption").items()}
    assert found == second_way_fines.exemptions(decided, by) and found


@pytest.mark.parametrize("by", [(), ("station",), ("month",)])
def test_repeat_offenders(made: Any, decided: list[second_way_fines.Decided], by: tuple[str, ...]) -> None:
    rules = rules_of(made[0].intake.configuration, NOW)
    mine = rows_of("repeat_offenders", made[1], Ask(LATER, by=tuple(By(name) for name in by)), rules)
    found = {cell: row["k"] for cell, row in cells(mine, *by, "acts").items() if row["k"]}
    assert found == second_way_fines.repeats(decided, by) and found


def test_consistency(made: Any, decided: list[second_way_fines.Decided]) -> None:
    rules = rules_of(made[0].intake.configuration, NOW)
    mine = rows_of("consistency", made[1], Ask(LATER), rules)
    tiers = {row["name"]: (row["k"], row["n"]) for row in mine if row["kind"] == "tier"}
    assert tiers == second_way_fines.tiers(decided) and len(tiers) > 5
    for kind in ("station", "officer"):
        told = {row["name"]: (row["k"], row["n"]) for row in mine if row["kind"] == kind}
        assert told == second_way_fines.outside(decided, kind) and told
    effect = next(
        row["effect"] for row in mine if (row["kind"], row["name"]) == ("circumstance", "mitigating")
    )
    assert effect == pytest.approx(second_way_fines.mitigating(decided), abs=1e-6)


def test_every_metric_has_a_second_way() -> None:
    here = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert set(METRICS) - {"clocks_bc"} <= here
