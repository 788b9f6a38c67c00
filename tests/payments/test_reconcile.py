"""Reconciling with a database: differences stay with who works on them, whatever is run again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import count as counted
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import monitor.payments.reconcile as under_test
from ingest.accept import Letter, accept
from ingest.candidate import Candidate
from ingest.intake import Intake
from ingest.mapping.objects import map_objects
from ingest.mapping.pages import load_pages
from monitor.payments.reconcile import Reconciled, reconcile
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.differences import (
    Difference,
    difference_of,
    set_closed,
    set_owner,
    steps_of,
)
from monitor.store.reconciled import outcomes_at
from monitor.store.tables import differences
from tests.engines import ENGINES, database_on
from tests.factories import SENDER, at, candidate

STATION = "14042302"
NOW = at("2024-11-30 09:00")
HEAD = "流水号,缴款码,金额(元),缴款时间,入账时间,缴款渠道\n"
BEGIN = "L0,C0,2000,2024-07-01 08:00,2024-07-01 09:00,扫码\n"
GOOD = "L1,C1,2000,2024-07-01 10:00,2024-07-02 08:00,扫码\n"
END = "L9,C9,2000,2024-07-30 10:00,2024-07-31 08:00,扫码\n"


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def intake(database: Database) -> Intake:
    return intake_of(database)


def intake_of(database: Database) -> Intake:
    ticks = counted(NOW, 1_000_000)
    return Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: next(ticks))


def load(intake: Intake, text: str) -> None:
    """Take a statement in, in this process: a child for each would take most of the time."""
    page = intake.pages["treasury-statement"]
    batch = map_objects(intake.how(page), list(csv.DictReader(io.StringIO(text))))
    letter = Letter(page.name, "statement", SENDER, statement=True)
    accept(intake.database, intake.terms, letter, [batch], intake.moment)


def told(
    number: str, code: str, *activities: str, fine: int = 200_000, paid: str = "2024-07-01 10:00"
) -> list[Candidate]:
    """A case that was decided, and what else is told of its money."""
    when = {"decided": "2024-07-01 09:00", "pay_requested": "2024-07-01 09:30", "paid": paid}
    more = {"decided": {"outcome": "fine", "fine_fen": fine, "authority": "transport"}}
    money = {"payment_code": code, "amount_fen": fine}
    return [
        candidate(
            one, at(when[one]), case_no=number, station=STATION, event_id=f"{number}/{one}",
            **more.get(one, money),
        )
        for one in ("decided", *activities)
    ]  # fmt: skip


def tell(intake: Intake, *candidates: Candidate) -> None:
    intake.candidates("events", "events", SENDER, candidates)


def run(intake: Intake) -> Reconciled:
    return reconcile(intake.database, intake.configuration, intake.moment())


def standing(database: Database) -> dict[tuple[str, str], Difference]:
    """By line (or case, where there is none) and kind."""
    with database.read() as connection:
        rows = connection.execute(differences.select()).mappings().all()
    found = [difference_of(row) for row in rows]
    return {(one.line or one.case_no or "", one.kind): one for one in found}


def test_a_run_counts_every_line_and_payment_and_opens_what_differs(intake: Intake) -> None:
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"), *told("A-2", "C2", "pay_requested", "paid"))
    load(intake, HEAD + BEGIN + GOOD + END)
    done = run(intake)
    assert done.lines == 3
    # A-2 was paid on 2 July's eve and the statements go on to 31 July.
    assert done.outcomes == {"matched": 1, "not_posted": 1, "unknown_code": 2}
    assert done.moves.opened == 3
    found = standing(intake.database)
    missing = found["A-2", "not_posted"]
    assert (missing.station, missing.code, missing.expected_fen, missing.found_fen) == (
        STATION, "C2", 200_000, None,
    )  # fmt: skip
    # Three calendar days after the day of payment, to its last instant.
    assert missing.since == at("2024-07-05 00:00") - 1
    assert (missing.date, missing.week, missing.state) == ("2024-07-01", "2024-W27", "open")
    assert found["L0", "unknown_code"].station == ""


def test_running_again_changes_nothing(intake: Intake) -> None:
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"))
    load(intake, HEAD + GOOD + END)
    run(intake)
    before = standing(intake.database)
    assert run(intake).unchanged
    load(intake, HEAD + END + GOOD)
    assert run(intake).unchanged
    assert standing(intake.database) == before


def test_a_difference_that_vanishes_closes_itself_and_says_why(intake: Intake) -> None:
    load(intake, HEAD + GOOD)
    run(intake)
    key = standing(intake.database)["L1", "unknown_code"].id
    with intake.database.write() as connection:
        set_owner(connection, key, "李")
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"))
    assert run(intake).moves.vanished == 1
    one = standing(intake.database)["L1", "unknown_code"]
    assert (one.state, one.closed_by, one.closed_why, one.owner) == ("closed", "", "matched", "李")
    with intake.database.read() as connection:
        assert [step.step for step in steps_of(connection, key)] == ["opened", "vanished"]


def test_who_worked_on_a_payment_works_on_what_it_becomes(intake: Intake) -> None:
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"))
    load(intake, HEAD + BEGIN + END + "L8,C8,1,,2024-07-30,POS\n")
    tell(intake, *told("A-0", "C0", "pay_requested"))
    run(intake)
    key = standing(intake.database)["A-1", "not_posted"].id
    with intake.database.write() as connection:
        set_owner(connection, key, "李")
    load(intake, HEAD + GOOD.replace("2024-07-02 08:00", "2024-07-20 08:00"))
    run(intake)
    found = standing(intake.database)
    assert (found["A-1", "not_posted"].closed_why, found["L1", "posted_late"].owner) == ("posted_late", "李")


def test_what_a_person_closed_stays_closed_until_it_says_something_else(intake: Intake) -> None:
    tell(intake, *told("A-1", "C1", "pay_requested"))
    load(intake, HEAD + GOOD.replace("2000", "1500"))
    run(intake)
    one = standing(intake.database)["L1", "amount_differs"]
    assert (one.expected_fen, one.found_fen) == (200_000, 150_000)
    with intake.database.write() as connection:
        set_closed(connection, one.id, NOW, "李", "分期,已核")
    tell(intake, *told("A-5", "C5", "pay_requested"))
    assert not run(intake).unchanged
    kept = standing(intake.database)["L1", "amount_differs"]
    assert (kept.state, kept.closed_by, kept.closed_why) == ("closed", "李", "分期,已核")
    load(intake, HEAD + GOOD.replace("2000", "1200"))
    assert run(intake).moves.returned == 1
    assert standing(intake.database)["L1", "amount_differs"].state == "open"


def test_a_changed_past_line_is_a_finding_of_its_own_and_stays_open(intake: Intake) -> None:
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"))
    load(intake, HEAD + GOOD.replace("2000", "1500"))
    run(intake)
    load(intake, HEAD + GOOD)
    done = run(intake)
    assert done.outcomes == {"changed_line": 1, "matched": 1}
    found = standing(intake.database)
    changed = found["L1", "changed_line"]
    assert (changed.expected_fen, changed.found_fen, changed.params["changed"]) == (
        150_000, 200_000, ["amount_fen"],
    )  # fmt: skip
    assert (changed.state, changed.case_no) == ("open", "A-1")
    assert found["L1", "amount_differs"].closed_why == "matched"


def test_a_run_that_dies_before_its_commit_is_made_good_by_the_next(intake: Intake) -> None:
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"))
    load(intake, HEAD + GOOD.replace("2000", "1500"))
    with (
        patch.object(under_test, "set_mark", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        run(intake)
    assert standing(intake.database) == {}
    assert run(intake).moves.opened == 1
    with intake.database.read() as connection:
        assert [one.kind for one in outcomes_at(connection, NOW + 10**12)] == ["amount_differs"]


def test_a_slower_run_that_has_read_less_writes_nothing(intake: Intake) -> None:
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"))
    load(intake, HEAD + GOOD)
    match = under_test.match

    def overtaken(*arguments: object) -> object:
        with patch.object(under_test, "match", match):
            load(intake, HEAD + END)
            run(intake)
        return match(*arguments)  # type: ignore[arg-type]

    with patch.object(under_test, "match", overtaken):
        assert run(intake).unchanged
    assert set(standing(intake.database)) == {("L9", "unknown_code")}


def test_outcomes_are_kept_as_they_were_known(intake: Intake) -> None:
    load(intake, HEAD + GOOD)
    run(intake)
    between = intake.moment()
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"))
    run(intake)
    with intake.database.read() as connection:
        assert [one.kind for one in outcomes_at(connection, NOW)] == []
        assert [one.kind for one in outcomes_at(connection, between)] == ["unknown_code"]
        (now,) = outcomes_at(connection, intake.moment())
    assert (now.kind, now.station, now.case_no, now.date, now.amount_fen) == (
        "matched", STATION, "A-1", "2024-07-01", 200_000,
    )  # fmt: skip


def test_a_payment_that_was_voided_or_told_anew_as_something_else_is_none(intake: Intake) -> None:
    tell(intake, *told("A-1", "C1", "pay_requested", "paid"), *told("A-2", "C2", "pay_requested", "paid"))
    tell(intake, *told("A-0", "C0", "pay_requested"))
    load(intake, HEAD + BEGIN + END)
    run(intake)
    assert {key for key in standing(intake.database) if key[1] == "not_posted"} == {
        ("A-1", "not_posted"), ("A-2", "not_posted"),
    }  # fmt: skip
    void = candidate("voided", at("2024-07-02 10:00"), case_no="A-1", station=STATION, voids="A-1/paid")
    anew = candidate("urged", at("2024-07-01 10:00"), case_no="A-2", station=STATION, event_id="A-2/paid")
    tell(intake, void, anew)
    assert run(intake).outcomes == {"matched": 1, "unknown_code": 1}
    found = standing(intake.database)
    assert {found[case, "not_posted"].closed_why for case in ("A-1", "A-2")} == {"gone"}


LINES = [BEGIN, GOOD, END, "L2,C2,0.2,,2024-07-05,POS\n", "L3,C1,2000,2024-07-03 10:00,2024-07-04,扫码\n"]
CASES = [("A-0", "C0"), ("A-1", "C1"), ("A-2", "C2"), ("A-3", "C3")]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_split_and_repetition_of_statements_and_events_ends_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    deliveries: list[tuple[str, list[str]] | list[Candidate]] = []
    deliveries += [("", [line]) for line in LINES]
    deliveries += [told(number, code, "pay_requested", "paid") for number, code in CASES]
    repeated = data.draw(st.lists(st.sampled_from(deliveries), max_size=4))
    order = data.draw(st.permutations([*deliveries, *repeated]))
    runs = data.draw(st.sets(st.integers(0, len(order)), max_size=3))
    folder = tmp_path_factory.mktemp("any")
    with database_on("sqlite", folder) as database:
        intake = intake_of(database)
        for place, one in enumerate(order):
            if isinstance(one, tuple):
                load(intake, HEAD + "".join(one[1]))
            else:
                tell(intake, *one)
            if place in runs:
                run(intake)
        run(intake)
        ends = {
            key: (d.expected_fen, d.found_fen) for key, d in standing(database).items() if d.state == "open"
        }
        with database.read() as connection:
            kinds = sorted((one.case_no or "", one.kind) for one in outcomes_at(connection, NOW + 10**12))
    assert kinds == [
        ("", "unknown_code"), ("A-0", "matched"), ("A-1", "matched"), ("A-1", "paid_twice"),
        ("A-2", "factor_of_10000"), ("A-3", "not_posted"),
    ]  # fmt: skip
    assert ends == {
        ("L9", "unknown_code"): (None, 200_000),
        ("L3", "paid_twice"): (0, 200_000),
        ("L2", "factor_of_10000"): (200_000, 20),
        ("A-3", "not_posted"): (200_000, None),
    }
