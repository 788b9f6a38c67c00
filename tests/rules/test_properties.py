"""What holds for every rule set and every decision: each value in one tier, and an answer to everything."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules.assess import assess
from monitor.rules.assessment import Assessment, Place
from monitor.rules.bands import within
from monitor.rules.book import RuleBook, rule_book
from monitor.rules.decision import Decision
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.measure import HIGHEST, LOWEST, Reach, share_place
from monitor.settings.rulesets import read_rules
from monitor.settings.texts import texts
from monitor.settings.tiers import laid_out
from tests.factories import STATION

RULES = read_rules(None)
ACTS = [
    act
    for rule_set in RULES.sets.values()
    for version in rule_set.versions.values()
    for act in version.acts.values()
]
BOOK: RuleBook = rule_book(load_configuration(Settings()))


def inside(box: dict[str, Reach], places: dict[str, int]) -> bool:
    return all(reach.first <= places[measure] <= reach.last for measure, reach in box.items())


@given(st.data())
@settings(max_examples=150)
def test_every_value_lies_in_exactly_one_tier_of_every_shipped_act(data: st.DataObject) -> None:
    act = data.draw(st.sampled_from(ACTS))
    tiers = [tier.reaches() for tier in act.tiers.values()]
    grid = laid_out(tiers).grid
    edges = {
        m: sorted({p for boxes in tiers for box in boxes if m in box for p in box[m][1:]})
        for m in grid.measures
    }
    places = {
        measure: data.draw(st.one_of(st.integers(LOWEST[measure], 100_000), st.sampled_from(edges[measure])))
        for measure in grid.measures
    }
    holding = [n for n, boxes in enumerate(tiers) if any(inside(box, places) for box in boxes)]
    assert len(holding) == 1
    assert grid.find([places[measure] for measure in grid.measures]) == holding[0]


boxes = st.builds(
    lambda a, b, c, d: {
        "over_kg": Reach("over_kg", min(a, b), max(a, b)),
        "prior_acts": Reach("prior_acts", min(c, d), max(c, d)),
    },
    *[st.integers(1, 6)] * 2,
    *[st.integers(0, 4)] * 2,
)


@given(st.lists(boxes, min_size=1, max_size=5))
@settings(max_examples=150)
def test_overlaps_and_gaps_are_those_of_trying_every_value(tiers: list[dict[str, Reach]]) -> None:
    laid = laid_out([[box] for box in tiers])
    every = [{"over_kg": over, "prior_acts": prior} for over in range(1, 9) for prior in range(7)]
    holding = [[n for n, box in enumerate(tiers) if inside(box, one)] for one in every]
    pairs = {(late, early) for found in holding for late in found for early in found if late > early}
    assert pairs >= {(one.later, one.earlier) for one in laid.overlaps}
    assert bool(pairs) == bool(laid.overlaps)
    assert any(not found for found in holding) == bool(laid.gaps)
    for gap in laid.gaps:
        where = {reach.measure: reach for reach in gap.where}
        assert all(not inside(box, {m: reach.first for m, reach in where.items()}) for box in tiers)


@given(st.integers(-10_000, 10**6), st.integers(1, 10**5), st.integers(0, 30_000))
def test_the_place_of_a_share_says_exactly_whether_it_is_over(part: int, whole: int, hundredths: int) -> None:
    assert (share_place(part, whole) > 2 * hundredths) == (part * 10_000 > hundredths * whole)
    assert (share_place(part, whole) >= 2 * hundredths) == (part * 10_000 >= hundredths * whole)


whole = st.one_of(st.none(), st.integers(-(10**6), 10**9), st.sampled_from([0, 1, 999, 1_000, 1_001, 30_000]))
instants = st.integers(0, 2 * 10**15)
WORDS = [
    "transport", "police", "fine", "warning", "no_penalty", "simple", "ordinary", "citizen", "organisation",
    "corrected", "其他",
]  # fmt: skip
words = st.one_of(st.none(), st.just(""), st.sampled_from(WORDS))
lists = st.lists(st.sampled_from(["01042", "corrected", "配合查处", ""]), max_size=3).map(tuple)
KINDS: dict[str, Any] = {
    "tuple[str, ...]": lists,
    "int": whole,
    "str": words,
    "float": st.one_of(st.none(), st.floats(0, 1)),
}


def _of(name: str) -> st.SearchStrategy[Any]:
    kind = str(Decision.__annotations__[name])
    if name == "other_fines":
        return st.lists(
            st.tuples(st.just("police"), st.just("1"), st.one_of(st.none(), st.integers(0, 10**6)))
        ).map(tuple)
    if name in ("decided_at", "acted_at"):
        return instants
    return next(strategy for part, strategy in KINDS.items() if part in kind)


decisions = st.builds(
    Decision,
    station=st.just(STATION),
    case_no=st.just("1"),
    authority=st.sampled_from(["transport", "police", None, "其他"]),
    outcome=st.sampled_from(["fine", "warning", "no_penalty", None, "其他"]),
    **{
        name: _of(name)
        for name in Decision._fields
        if name not in ("station", "case_no", "authority", "outcome")
    },
)


@given(decisions)
@settings(max_examples=250, deadline=None)
def test_every_decision_has_an_answer_and_every_word_of_it_a_text(decision: Decision) -> None:
    found = assess(decision, BOOK)
    assert isinstance(found, Assessment)
    assert (found.place is Place.UNASSESSED) == (found.why is not None)
    for language in ("zh", "en"):
        told = texts(language)
        assert f"rules.places.{found.place}" in told
        assert found.why is None or f"rules.why.{found.why}" in told
        assert found.departure is None or f"rules.departures.{found.departure}" in told
        for finding in found.findings:
            assert f"rules.findings.{finding.code}" in told
            assert all(f"rules.values.{value.name}" in told for value in finding.values)
    for finding in found.findings:
        assert not finding.article or RULES.source(finding.article) is not None


@given(decisions)
@settings(max_examples=150, deadline=None)
def test_a_fine_within_the_band_is_never_called_outside(decision: Decision) -> None:
    found = assess(decision, BOOK)
    codes = {finding.code for finding in found.findings}
    if found.band is not None and decision.fine_fen is not None and decision.fine_fen >= 0:
        inside_band = within(decision.fine_fen, found.band)
        if inside_band:
            assert found.place not in (Place.BELOW, Place.ABOVE)
            assert not codes & {"below_band", "above_band", "factor_of_10000"}
        elif decision.fine_fen > 0:
            assert found.place in (Place.BELOW, Place.ABOVE)


def test_no_bound_lies_beyond_the_highest_place() -> None:
    for act in ACTS:
        for tier in act.tiers.values():
            for box in tier.reaches():
                assert all(reach.last <= HIGHEST for reach in box.values())
