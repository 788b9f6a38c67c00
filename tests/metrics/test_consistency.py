"""Whether like cases get like penalties: small cases by hand, and drawn ones with a known effect or none."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from monitor.lake.decision_rows import Told, decision_table
from monitor.lake.judging import judging
from monitor.metrics.ask import Ask, By
from monitor.metrics.consistency import Line, consistency
from monitor.metrics.engine import MemoryEngine
from monitor.metrics.known import UnknownBreakdown
from monitor.metrics.small_numbers import wilson
from monitor.rules.decision import Decision
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from tests.factories import ROME, at
from tests.long import seeds
from tests.metrics.drawn_decisions import ALIKE, FIRST, NO_ROOM, drawn, rows_of

LOG = Path(__file__).resolve().parents[3] / "shared/data/road_traffic_fines.csv.gz"
NOW = FIRST + 10**15
FEW = 12
SEEDS = seeds(range(3), range(200))


def row(number: int, yuan: int, **told: Any) -> dict[str, Any]:
    """A police fine in a band of 200 to 500 yuan, or one of a rule that gives 1,500 yuan."""
    fen, low, high = yuan * 100, 20_000, 50_000
    if told.get("alike") == NO_ROOM:
        low = high = 150_000
    place = "below" if fen < low else "above" if fen > high else "no_discretion" if low == high else "middle"
    plain = {
        "case_id": number, "station": "S1", "case_no": f"C{number}", "known_from": FIRST, "alike": ALIKE[0],
        "decided_at": FIRST, "decided_date": "2024-01-01", "decided_month": "2024-01", "outcome": "fine",
        "fine_fen": fen, "low_fen": low, "high_fen": high, "place": place, "compared_kg": 6_200,
        "compared_share": 0.2, "prior_acts": 0, "mitigating": 0, "aggravating": 0, "officers": ["01042"],
        "team": "1", "position": None if low == high else (fen - low) / (high - low),
    }  # fmt: skip
    return {**plain, **told}


def lines(rows: list[dict[str, Any]], kind: str) -> list[Line]:
    found = consistency(MemoryEngine({"decisions": rows_of(rows)}), Ask(NOW), FEW)
    return [line for line in found if line.kind == kind]


def test_the_share_inside_the_band_and_where_in_it_by_hand() -> None:
    # 230 … 500 in steps of 30: places 0.1 … 1.0; one above, one below.
    rows = [row(n, 200 + 30 * n) for n in range(1, 11)] + [row(11, 600), row(12, 100)]
    [tier] = lines(rows, "tier")
    assert (tier.name, tier.k, tier.n, tier.free, tier.note) == (ALIKE[0], 10, 12, 10, None)
    assert (tier.low, tier.high) == wilson(10, 12) and tier.share == 10 / 12
    # Ten with room are below the minimum of twelve: nothing is said of the place.
    assert tier.middle is None
    rows += [row(13, 230), row(14, 500)]
    [tier] = lines(rows, "tier")
    # 0.1 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0 1.0: type 7.
    assert (tier.lower, tier.middle, tier.upper) == pytest.approx((0.275, 0.55, 0.825))


def test_a_formula_shows_no_discretion_and_never_uniform_fines() -> None:
    rows = [row(n, 1_500, alike=NO_ROOM, mitigating=n % 2) for n in range(40)]
    [tier] = lines(rows, "tier")
    assert (tier.note, tier.k, tier.n, tier.middle) == ("no_discretion", 40, 40, None)
    assert lines(rows, "uniform") == [] and lines(rows, "circumstance") == []


@pytest.mark.parametrize(
    ("n", "mitigated", "others", "raised"),
    [
        (24, 8, 0, True),
        (24, 2, 0, False),  # circumstances hardly differ
        (24, 0, 0, False),
        (11, 5, 0, False),  # too few
        (24, 8, 2, False),  # one in twelve differs
    ],
)
def test_uniform_fines_are_raised_where_there_is_room_circumstances_differ_and_cases_suffice(
    n: int, mitigated: int, others: int, raised: bool
) -> None:
    rows = [
        row(number, 450 if number < others else 300, mitigating=int(number < mitigated))
        for number in range(n)
    ]
    found = lines(rows, "uniform")
    assert [(line.station, line.k, line.n) for line in found] == ([("S1", n, n)] if raised else [])
    [tier] = lines(rows, "tier")
    assert (tier.note == "uniform_fines") is raised


def test_below_the_minimum_size_nothing_is_said_of_a_unit() -> None:
    rows = [row(n, 300 + 20 * (n % 5), team="1") for n in range(30)]
    rows += [row(100 + n, 500, team="2", officers=["01077"]) for n in range(11)]
    for kind, name in (("team", "2"), ("officer", "01077")):
        [small] = [line for line in lines(rows, kind) if line.name == name]
        assert (small.note, small.n) == ("too_few", 11)
        assert {small.share, small.expected, small.effect, small.p} == {None} and small.place == "too_few"


def test_units_stand_in_the_order_of_their_codes_and_no_sum_of_fines_anywhere() -> None:
    rows = [
        row(n, 200 + (n * 37) % 300, officers=[f"01{99 - n % 7:03d}", "01001"], station=f"S{1 + n % 3}")
        for n in range(210)
    ]
    found = consistency(MemoryEngine({"decisions": rows_of(rows)}), Ask(NOW), FEW)
    officers = {line.name: line for line in found if line.kind == "officer"}
    assert list(officers) == sorted(officers) and len(officers) == 8
    assert [line.name for line in found if line.kind == "station"] == ["S1", "S2", "S3"]
    # What a line may tell: counts of decisions, shares and places in the band, never money.
    names = [field.name for field in fields(Line)]
    assert not any(word in name for name in names for word in ("fen", "yuan", "sum", "amount"))
    for code, line in officers.items():
        total = sum(one["fine_fen"] for one in rows if code in one["officers"])
        assert not {total, total / 100} & {getattr(line, name) for name in names}


def test_no_module_that_knows_officers_adds_up_fines() -> None:
    root = Path(__file__).resolve().parents[2]
    adds = re.compile(r"fine_fen\.sum|sum\([^)]*fine_fen|rank\(")
    guilty = [
        path.name
        for room in ("monitor/metrics", "monitor/reports", "monitor/api", "monitor/cli")
        for path in (root / room).rglob("*.py")
        if "officers" in (text := path.read_text(encoding="utf-8")) and adds.search(text)
    ]
    assert guilty == []


def test_nothing_decided_nothing_said_and_no_breakdown() -> None:
    assert lines([], "tier") == []
    with pytest.raises(UnknownBreakdown):
        consistency(MemoryEngine({"decisions": rows_of([])}), Ask(NOW, by=(By.STATION,)), FEW)


def found_in(**told: Any) -> Callable[[int], list[Line]]:
    def one(seed: int) -> list[Line]:
        return consistency(MemoryEngine({"decisions": drawn(3_000, seed, **told)}), Ask(NOW), FEW)

    return one


def outstanding(found: list[Line], kind: str) -> set[str]:
    return {line.name for line in found if line.kind == kind and line.note == "stands_out"}


def allowed(tries: int) -> int:
    """How many of so many independent tries may show something that is not there, at 5 % each: more come in
    one run of ten thousand."""
    from scipy.stats import binom

    return int(binom.ppf(0.9999, tries, 0.05))


@pytest.mark.timeout(3_600)
def test_without_an_effect_false_alarms_stay_within_the_stated_rate() -> None:
    alarms: dict[str, int] = {}
    for seed in SEEDS:
        found = found_in(mitigating=0.0)(seed)
        for kind in ("station", "team", "officer"):
            alarms[kind] = alarms.get(kind, 0) + bool(outstanding(found, kind))
        eased = [line for line in found if line.kind == "circumstance" and line.name == "mitigating"]
        alarms["mitigating"] = alarms.get("mitigating", 0) + (eased[0].note != "no_effect_shown")
        alarms["drift"] = alarms.get("drift", 0) + any(line.kind == "drift" for line in found)
    # A unit stands out by its share outside or by its place in the band: two looks at 5 % each.
    from scipy.stats import binom

    twice = int(binom.ppf(0.9999, len(SEEDS), 0.0975))
    for name, times in alarms.items():
        assert times <= (allowed(len(SEEDS)) if name in ("mitigating", "drift") else twice), (name, alarms)


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize(
    ("kind", "strict", "name"),
    [("station", "S2", "S2"), ("team", "S2/1", "1"), ("officer", "02101", "02101")],
)
def test_a_known_effect_is_found_with_its_size(kind: str, strict: str, name: str) -> None:
    missed, near = 0, 0
    for seed in SEEDS:
        found = found_in(strict={strict: 0.15})(seed)
        hit = [line for line in found if line.kind == kind and line.note == "stands_out"]
        own = [line for line in hit if line.name == name and line.station in (None, "S2")]
        missed += not own
        near += bool(own) and abs((own[0].effect or 0) - 0.15) <= 0.06
    assert missed <= max(0, len(SEEDS) // 20)
    # The ends of the band cut a little of it off.
    assert near >= 0.9 * len(SEEDS)


@pytest.mark.timeout(3_600)
def test_what_mitigating_circumstances_did_is_found_with_its_size() -> None:
    for seed in SEEDS:
        [line] = [one for one in found_in()(seed) if one.kind == "circumstance" and one.name == "mitigating"]
        assert line.note == "lower" and line.effect is not None
        assert line.effect == pytest.approx(-0.15, abs=0.04)


@pytest.mark.timeout(3_600)
def test_a_change_with_time_is_found_near_its_month() -> None:
    for seed in SEEDS:
        changes = [line for line in found_in(drift=0.12)(seed) if line.kind == "drift"]
        # Fines rise in the middle of the year, 29 June.
        assert changes and all(line.name == "police" for line in changes)
        assert {"2024-06", "2024-07"} & {line.period for line in changes}


def test_fines_before_and_after_another_version_of_the_rules() -> None:
    rows = []
    for n in range(120):
        later = n % 2
        rows.append(
            row(
                n, 260 + (n % 7) * 10 + 120 * later,
                alike=ALIKE[0].replace("2024-01-01", "2024-07-01") if later else ALIKE[0],
                decided_month="2024-07" if later else "2024-03",
            )
        )  # fmt: skip
    [change] = lines(rows, "rule_change")
    assert (change.period, change.k, change.n, change.note) == ("2024-07-01", 60, 120, "changed")
    # 120 of 300 yuan, give or take what the seven steps leave between the halves.
    assert change.effect == pytest.approx(0.4, abs=0.02)


@pytest.mark.skipif(not LOG.is_file(), reason="the public log is not here")
def test_fines_of_the_public_log_without_a_baseline_raise_nothing() -> None:
    """Article 157 in 2006: one amount for all, and no rule that leaves room."""
    told = []
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            created = line["concept:name"] == "Create Fine" and line["article"] == "157"
            if created and line["time:timestamp"].startswith("2006"):
                begin, fen = at(line["time:timestamp"][:10], ROME), round(float(line["amount"]) * 100)
                own = Decision("road-traffic-fines", line["case_id"], begin, begin, "police", "fine", fen)
                told.append(Told(len(told), begin, own, begin, None))
    table = decision_table(told, lambda _: ROME, judging(load_configuration(Settings())))
    assert (table.num_rows, set(table["fine_fen"].to_pylist())) == (9_745, {3_500})
    assert set(table["why"].to_pylist()) == {"no_rule_set"}
    assert consistency(MemoryEngine({"decisions": table}), Ask(NOW), FEW) == []
