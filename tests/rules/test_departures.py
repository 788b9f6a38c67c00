"""Fines outside the band, exemptions, and later rules that are lighter."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.rules.assess import assess
from monitor.rules.assessment import Place
from monitor.rules.book import RuleBook
from monitor.settings.rulesets import Rules, read_rules
from monitor.settings.shipped import shipped_dir
from tests.factories import at
from tests.rules.deciding import YUAN, codes, police, transport, values

REASON = {"departure_reason": "配合查处", "departure_evidence": "笔录", "departure_review": "法制审核"}


@pytest.mark.parametrize(
    ("left_out", "departure"),
    [
        (None, "explained"),
        ("departure_reason", "without_reason"),
        ("departure_evidence", "without_evidence"),
        ("departure_review", "without_review"),
    ],
)
def test_a_departure_needs_reason_evidence_and_review(
    book: RuleBook, left_out: str | None, departure: str
) -> None:
    told = {key: value for key, value in REASON.items() if key != left_out}
    found = assess(police(40, 450, prior_acts=0, **told), book)
    assert (found.place, found.departure) == (Place.BELOW, departure)
    if left_out is None:
        assert found.findings == ()
    else:
        assert codes(found) == ["below_band", f"departure_{departure}"]


def test_evidence_of_every_recorded_factor_is_evidence(book: RuleBook) -> None:
    told: dict[str, Any] = {**REASON, "departure_evidence": None, "factors": ("配合查处", "corrected")}
    shown = police(40, 450, prior_acts=0, evidence=("cooperative", "已改正"), **told)
    assert assess(shown, book).departure == "explained"
    assert assess(shown._replace(evidence=("corrected",)), book).departure == "without_evidence"


def test_above_the_baseline_a_reason_is_enough_and_above_the_law_none_is(book: RuleBook) -> None:
    # Baseline 500 to 1,000, law 500 to 2,000.
    assert assess(police(40, 2_000, prior_acts=0, **REASON), book).findings == ()
    found = assess(police(40, 2_001, prior_acts=0, **REASON), book)
    assert (codes(found), found.findings[0].article) == (["above_band"], "national-police#art92")
    assert values(found, "above_band")["high_fen"] == 2_000 * YUAN


def test_recorded_factors_that_the_rules_know(book: RuleBook) -> None:
    found = assess(police(40, 800, prior_acts=0, factors=("已改正", "Cooperated", "天气好")), book)
    assert found.factors == ("corrected", "cooperative")


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"over_kg": 980, "prior_acts": 4, "factors": ("corrected",)}, "minor"),
        ({"over_kg": 981, "prior_acts": 4, "factors": ("corrected",)}, None),
        ({"over_kg": 2_000, "prior_acts": 0, "factors": ("主动卸载",)}, "first"),
        ({"over_kg": 2_001, "prior_acts": 0, "factors": ("corrected",)}, None),
        ({"over_kg": 2_000, "prior_acts": 1, "factors": ("corrected",)}, None),
        ({"over_kg": 2_000, "prior_acts": None, "factors": ("corrected",)}, None),
        ({"over_kg": 2_000, "prior_acts": 0, "factors": ()}, None),
    ],
)
def test_who_meets_an_exemption_and_was_fined(book: RuleBook, told: dict[str, Any], kind: str | None) -> None:
    over_kg = told.pop("over_kg")
    found = assess(transport(over_kg, 500 * (over_kg // 1_000) or 500, **told), book)
    assert ("exempt_but_fined" in codes(found)) is (kind is not None)
    if kind is not None:
        assert values(found, "exempt_but_fined")["exemption"] == kind
        assert found.example is True


def test_who_meets_an_exemption_and_was_spared_is_exempt(book: RuleBook) -> None:
    told = transport(2_000, outcome="no_penalty", prior_acts=0, factors=("corrected",))
    found = assess(told, book)
    assert (found.place, found.findings, found.departure) == (Place.EXEMPT, (), None)
    assert assess(told._replace(factors=()), book).place is Place.BELOW


def two_versions(second: str) -> RuleBook:
    """The transport rules, and from 2025 on with another sum for every 1,000 kg."""
    rules = read_rules(None)
    one = rules.sets["national-transport"]
    [version] = one.versions.values()
    mass = version.acts["mass"]
    tier = mass.tiers["per-tonne"]
    assert tier.formula is not None
    formula = tier.formula.model_copy(update={"step_fen": int(second) * YUAN})
    tiers = {**mass.tiers, "per-tonne": tier.model_copy(update={"formula": formula})}
    acts = {**version.acts, "mass": mass.model_copy(update={"tiers": tiers})}
    later = version.model_copy(update={"since": date(2025, 1, 1), "acts": acts})
    both = one.model_copy(update={"versions": {"2021-08-11": version, "2025-01-01": later}})
    return RuleBook(
        Rules({"national-procedure": rules.sets["national-procedure"], "national-transport": both})
    )


ACTED = {"acted_at": at("2024-12-31 23:59"), "decided_at": at("2025-01-02 10:00")}


def test_the_set_in_force_on_the_local_day_of_the_act_applies() -> None:
    both = two_versions("600")
    last, first = assess(transport(5_000, 2_500, **ACTED), both), ACTED | {"acted_at": at("2025-01-01 00:00")}
    assert (last.rule_set, last.place) == ("national-transport@2021-08-11", Place.NO_DISCRETION)
    later = assess(transport(5_000, 2_500, **first), both)
    assert (later.rule_set, later.place) == ("national-transport@2025-01-01", Place.BELOW)
    # The later one is heavier: it is not shown.
    assert last.lighter_since is None


def test_a_later_set_that_is_lighter_is_shown() -> None:
    both = two_versions("400")
    found = assess(transport(5_000, 2_500, **ACTED), both)
    assert (found.place, found.lighter_since) == (Place.NO_DISCRETION, "national-transport@2025-01-01")
    assert codes(found) == ["lighter_set_later"]
    assert values(found, "lighter_set_later")["lighter_high_fen"] == 2_000 * YUAN
    # Decided before it began, nobody could have known it.
    early = transport(5_000, 2_500, **(ACTED | {"decided_at": at("2024-12-31 23:59")}))
    assert assess(early, both).lighter_since is None


def test_an_example_gives_way_to_the_bureaus_own_baseline(tmp_path: Path) -> None:
    text = (shipped_dir() / "rules/example-police.yaml").read_text(encoding="utf-8")
    own = text.replace("example: true", "example: false").replace("to_yuan: 1000}", "to_yuan: 900}")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/changzhi.yaml").write_text(own, encoding="utf-8")
    found = assess(police(40, 950, prior_acts=0), RuleBook(read_rules(tmp_path)))
    assert (found.rule_set, found.place) == ("changzhi@2024-01-01", Place.ABOVE)


def test_the_day_of_the_act_is_that_of_the_stations_zone(book: RuleBook) -> None:
    from tests.factories import ROME

    rules = read_rules(None)
    here = RuleBook(Rules({"t": rules.sets["national-transport"]}), zones={"S1": ROME})
    # Midnight in Shanghai is still the day before in Rome.
    told = transport(2_000, 1_000, acted_at=at("2021-08-11 00:00"), decided_at=at("2021-08-11 01:00"))
    assert assess(told, here).why == "no_rule_set"
    assert assess(told, book).place is Place.NO_DISCRETION
