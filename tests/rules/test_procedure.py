"""Procedure: simple ceilings, officers, notice, statement, review, committee, ninety days."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.cases.event import DAY
from monitor.rules.assess import assess
from monitor.rules.book import RuleBook
from monitor.rules.decision import Decision
from tests.factories import at
from tests.rules.deciding import YUAN, codes, police, transport, values

FINE = 2_500
"""What art. 43 gives for 5,000 kg."""


def decision(**told: Any) -> Decision:
    return transport(5_000, FINE, **told)


@pytest.mark.parametrize(
    ("authority", "party", "yuan", "over"),
    [
        ("transport", "citizen", 200, False),
        ("transport", "citizen", 201, True),
        ("transport", "organisation", 3_000, False),
        ("transport", "organisation", 3_001, True),
        ("transport", None, 3_000, False),
        ("transport", None, 3_001, True),
        ("police", "organisation", 200, False),
        ("police", "organisation", 201, True),
        ("police", None, 201, True),
    ],
)
def test_the_ceilings_of_the_simple_procedure(
    law: RuleBook, authority: str, party: str | None, yuan: int, over: bool
) -> None:
    found = assess(transport(5_000, yuan, authority=authority, party=party, procedure="simple"), law)
    assert ("simple_over_ceiling" in codes(found)) is over
    if over:
        ceiling = 200 if authority == "police" or party == "citizen" else 3_000
        assert values(found, "simple_over_ceiling") == {
            "fine_fen": yuan * YUAN,
            "ceiling_fen": ceiling * YUAN,
        }
        [finding] = [one for one in found.findings if one.code == "simple_over_ceiling"]
        expected = "traffic-art107" if authority == "police" else "art51"
        assert finding.article == f"national-procedure#{expected}"


def test_the_ordinary_procedure_has_no_ceiling(law: RuleBook) -> None:
    told = decision(party="citizen", procedure="ordinary", notified_at=at("2024-07-02 09:00"))
    assert assess(told, law).findings == ()


@pytest.mark.parametrize(
    ("authority", "procedure", "officers", "flagged"),
    [
        ("transport", "ordinary", ("01042",), True),
        ("transport", "simple", ("01042",), True),
        ("transport", None, ("01042",), True),
        ("transport", "ordinary", ("01042", "01077"), False),
        ("transport", "ordinary", (), False),
        ("police", "ordinary", ("01042",), True),
        ("police", "simple", ("01042",), False),
        ("police", None, ("01042",), False),
    ],
)
def test_two_officers_except_where_one_may_act_alone(
    law: RuleBook, authority: str, procedure: str | None, officers: tuple[str, ...], flagged: bool
) -> None:
    told = decision(authority=authority, procedure=procedure, officers=officers, fine_fen=20_000)
    assert ("one_officer" in codes(assess(told, law))) is flagged


@pytest.mark.parametrize(
    ("notified", "code"),
    [("2024-07-02 14:59", None), ("2024-07-02 15:00", None), ("2024-07-02 15:01", "decided_before_notice")],
)
def test_the_party_is_told_before_the_decision(law: RuleBook, notified: str, code: str | None) -> None:
    found = assess(decision(notified_at=at(notified)), law)
    assert codes(found) == ([] if code is None else [code])


def test_of_a_decision_known_to_the_day_a_notice_of_that_day_is_in_time(law: RuleBook) -> None:
    day, last = at("2024-07-02 00:00"), at("2024-07-03 00:00") - 1
    told = decision(decided_at=day, decided_until=last)
    assert assess(told._replace(notified_at=at("2024-07-02 11:20")), law).findings == ()
    assert codes(assess(told._replace(notified_at=last + 1), law)) == ["decided_before_notice"]


def test_a_missing_notice_shows_only_where_the_ordinary_procedure_is_recorded(law: RuleBook) -> None:
    assert codes(assess(decision(procedure="ordinary"), law)) == ["no_notice"]
    assert assess(decision(), law).findings == ()


@pytest.mark.parametrize(
    ("announced", "stated", "flagged"), [(2_499, True, True), (2_500, True, False), (2_499, False, False)]
)
def test_a_statement_may_not_raise_the_fine(
    law: RuleBook, announced: int, stated: bool, flagged: bool
) -> None:
    told = decision(
        notified_at=at("2024-07-02 09:00"),
        notified_fen=announced * YUAN,
        stated_at=at("2024-07-02 10:00") if stated else None,
    )
    found = assess(told, law)
    assert codes(found) == (["statement_raised_fine"] if flagged else [])
    if flagged:
        assert values(found, "statement_raised_fine") == {"notified_fen": 249_900, "fine_fen": 250_000}


@pytest.mark.parametrize(("days", "flagged"), [(90, False), (91, True)])
def test_ninety_calendar_days_from_filing(law: RuleBook, days: int, flagged: bool) -> None:
    filed, decided = at("2024-07-02 23:59"), at("2024-07-02 00:01") + days * DAY
    found = assess(decision(filed_at=filed, decided_at=decided), law)
    assert codes(found) == (["decided_after_90_days"] if flagged else [])
    if flagged:
        assert values(found, "decided_after_90_days")["days_taken"] == 91


def test_a_hearing_asks_for_legal_review(law: RuleBook) -> None:
    heard = decision(hearing_at=at("2024-07-02 09:00"))
    assert codes(assess(heard, law)) == ["no_legal_review"]
    assert assess(heard._replace(legal_review_at=at("2024-07-02 10:00")), law).findings == ()


@pytest.mark.parametrize(("over_kg", "yuan", "major"), [(59_000, 29_500, False), (60_000, 30_000, True)])
def test_major_cases_by_the_example_threshold(book: RuleBook, over_kg: int, yuan: int, major: bool) -> None:
    told = transport(over_kg, yuan)
    assert codes(assess(told, book)) == (["no_legal_review", "no_committee"] if major else [])
    done = told._replace(legal_review_at=told.acted_at, committee_at=told.acted_at)
    assert assess(done, book).findings == ()


def test_before_the_law_was_in_force_nothing_is_checked(law: RuleBook) -> None:
    early = police(40, 1_000, acted_at=at("2021-07-14 10:00"), procedure="simple", officers=("1",))
    assert assess(early, law).findings == ()
