"""The public log of road traffic fines: one fine for all of article 157 in 2006, and no baseline for it."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from monitor.rules.assess import assess
from monitor.rules.assessment import Place
from monitor.rules.book import RuleBook
from monitor.rules.decision import Decision
from tests.factories import ROME, at

LOG = Path(__file__).resolve().parents[3] / "shared/data/road_traffic_fines.csv.gz"


@pytest.mark.skipif(not LOG.is_file(), reason="the public log is not here")
def test_fines_without_a_baseline_that_leaves_room_raise_nothing(book: RuleBook) -> None:
    decisions = []
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            created = row["concept:name"] == "Create Fine" and row["article"] == "157"
            if created and row["time:timestamp"].startswith("2006"):
                begin = at(row["time:timestamp"][:10], ROME)
                fine = round(float(row["amount"]) * 100)
                decisions.append(
                    Decision("road-traffic-fines", row["case_id"], begin, begin, "police", "fine", fine)
                )
    assert len(decisions) == 9_745
    assert {one.fine_fen for one in decisions} == {3_500}
    found = [assess(one, book) for one in decisions]
    assert {(one.place, one.why) for one in found} == {(Place.UNASSESSED, "no_rule_set")}
    assert [finding for one in found for finding in one.findings] == []
