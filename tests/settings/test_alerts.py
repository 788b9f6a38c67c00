"""What raises a flag and who is told, as configured: dates, stations over all, rotas, and what is refused."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from monitor.settings.alerts import CASE_CLOCKS, Alerts, LegalDate, WatchedStep, read_alerts
from monitor.settings.calendar import CalendarMissing, read_calendar
from monitor.settings.check import check_config
from monitor.settings.findings import OF_CASES, OF_DECISIONS, OF_PAYMENTS
from monitor.settings.penalties import DepartureNeed
from monitor.settings.problem import ConfigError
from monitor.settings.shipped import read_config
from monitor.settings.texts import texts
from monitor.settings.yamlfile import parse_yaml

Write = Callable[[str, str], Path]

TEXT = """
sources:
  law: {title: {zh: 法}, document: 某号}
thresholds:
  all:
    - {from: 2020-01-01, a: {left: [6h]}, steps: {decide: 6h, unload: 4h}, held_after_removal: 30m}
    - {from: 2025-01-01, a: {left: [2h]}, steps: {decide: 6h, unload: 4h}, held_after_removal: 30m}
  "14042301":
    - {from: 2024-01-01, steps: {decide: 8h, unload: null}, held_after_removal: null}
channels:
  log: {kind: log}
  mail: {kind: email, address: "${MAIL}"}
recipients:
  zhang: {name: {zh: 张}, channel: log}
  li: {name: {zh: 李}, channel: log}
rotas:
  west:
    - {from: 2024-01-01, days: [mon], hours: 08:00-20:00, recipient: zhang}
    - {from: 2024-01-01, until: 2024-07-01, days: [mon], hours: 20:00-08:00, recipient: li}
levels:
  all:
    - {name: duty, rota: west}
    - {name: chief, after: 30m, recipients: [li]}
"""


def read(text: str = TEXT) -> Alerts:
    return read_alerts(parse_yaml(text, "alerts.yaml"))


@pytest.fixture
def shipped() -> Alerts:
    return read_alerts(read_config("alerts.yaml", None))


def test_the_shipped_thresholds_of_clock_a_are_12_6_2_hours_the_limit_and_every_6_hours(
    shipped: Alerts,
) -> None:
    rules = shipped.at_station("14042301", date(2026, 11, 1))
    assert rules is not None and rules.a is not None
    assert (rules.a.left, rules.a.overdue_every) == (("12h", "6h", "2h"), "6h")
    assert rules.held_after_removal == "30m"


def test_every_shipped_legal_date_has_a_source(shipped: Alerts) -> None:
    terms = {name: shipped.term(name, date(2026, 11, 1)) for name in LegalDate}
    told = {name: (term.days, term.working_days) for name, term in terms.items() if term is not None}
    assert told == {
        LegalDate.PUBLISH: (None, 7), LegalDate.COPY_HOME: (None, 7), LegalDate.DECIDE: (90, None),
    }  # fmt: skip
    assert all(term.source in shipped.sources for term in terms.values() if term is not None)


def test_seven_working_days_go_round_a_holiday_and_an_unknown_year_is_not_guessed(shipped: Alerts) -> None:
    term = shipped.term(LegalDate.PUBLISH, date(2024, 9, 27))
    assert term is not None
    # Friday 27 September 2024: Sunday 29 is worked, 1 to 7 October are off, Saturday 12 is worked.
    assert term.last_day(date(2024, 9, 27), read_calendar(None)) == date(2024, 10, 12)
    with pytest.raises(CalendarMissing):
        term.last_day(date(2026, 12, 28), read_calendar(None))


def test_a_station_says_what_is_different_and_null_is_no_flag() -> None:
    alerts = read()
    own = alerts.at_station("14042301", date(2024, 6, 1))
    other = alerts.at_station("14042302", date(2024, 6, 1))
    assert own is not None and other is not None
    assert own.a == other.a and own.a is not None
    assert (own.held_after_removal, other.held_after_removal) == (None, "30m")
    assert own.steps == {WatchedStep.DECIDE: "8h", WatchedStep.UNLOAD: None}


def test_the_entry_in_force_on_the_day_holds() -> None:
    alerts = read()
    for day, left in ((date(2024, 12, 31), ("6h",)), (date(2025, 1, 1), ("2h",))):
        rules = alerts.at_station("14042302", day)
        assert rules is not None and rules.a is not None and rules.a.left == left
    assert alerts.at_station("14042302", date(2019, 12, 31)) is None


@pytest.mark.parametrize(
    ("local", "told"),
    [
        ("2024-06-24 08:00", ("zhang",)),  # a Monday
        ("2024-06-24 19:59", ("zhang",)),
        ("2024-06-24 20:00", ("li",)),
        ("2024-06-25 07:59", ("li",)),  # the shift of Monday evening
        ("2024-06-25 08:00", ()),  # nobody on Tuesdays
        ("2024-06-24 07:59", ()),  # the evening before is a Sunday
        ("2024-07-02 07:59", ("li",)),  # begun on the last day in force
        ("2024-07-08 20:00", ()),
    ],
)
def test_who_is_on_duty(local: str, told: tuple[str, ...]) -> None:
    alerts = read()
    level, _ = alerts.levels_of("14042301")
    assert alerts.told_at(level, datetime.fromisoformat(local)) == told


@pytest.mark.parametrize(
    ("before", "after", "problem", "line"),
    [
        ("channel: log}\nrotas", "channel: sms}\nrotas", "unknown_name", 15),
        ("{zh: 张}, channel: log", "{zh: 张}, channel: mail", "recipient_without_address", 14),
        ("recipient: zhang", "recipient: wang", "unknown_name", 18),
        ("rota: west", "rota: east", "unknown_name", 22),
        ("name: duty, rota: west", "name: duty", "level_without_anybody", 22),
        ("after: 30m, ", "", "level_not_later", 23),
        ("08:00-20:00", "08:00-25:00", "not_hours", 18),
        ('address: "${MAIL}"', "address: smtp://me:secret@host", "secret_in_the_open", 12),
        ("from: 2025-01-01", "from: 2020-01-01", "overlapping_dates", 7),
        ("left: [2h]", "left: [two]", "wrong_form", 7),
        ("a: {left: [2h]}", "a: {left: [2h], overdue_every: 5s}", "too_often", 7),
        ("channels:", "delivery: {link_life: 91d}\nchannels:", "span_out_of_range", 10),
        ("channels:", "delivery: {longest_wait: 41m}\nchannels:", "span_out_of_range", 10),
        ("channels:", "delivery: {longest_silence: 59m}\nchannels:", "span_out_of_range", 10),
        ("channels:", "delivery: {nobody_again: 30s}\nchannels:", "span_out_of_range", 10),
        ("channels:", "delivery: {jitter: 0.6}\nchannels:", "out_of_range", 10),
        ("a: {left: [2h]}", "findings: [no_notice, no_notise], a: {left: [2h]}", "unknown_finding", 7),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(before: str, after: str, problem: str, line: int) -> None:
    assert before in TEXT
    with pytest.raises(ConfigError) as caught:
        read(TEXT.replace(before, after, 1))
    assert [(one.message, one.line) for one in caught.value.problems] == [(problem, line)]


SILENCE = "silences:\n  - {{from: 2026-01-01, until: 2026-01-02, clocks: [{}], owner: 李, reason: 检定}}\n"


@pytest.mark.parametrize("clock", ["held_after", "step:decided", "finding:no_notise", "feed", "job:"])
def test_a_silence_of_a_clock_that_is_none_is_refused(clock: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(SILENCE.format(f'"{clock}"'))
    [problem] = caught.value.problems
    assert (problem.message, problem.key, problem.params["value"]) == (
        "unknown_clock", "silences.0.clocks.0", clock
    )  # fmt: skip


@pytest.mark.parametrize("clock", [*CASE_CLOCKS, "finding:no_notice", "feed:west", "sending:mail"])
def test_a_silence_may_be_of_any_clock_there_is(clock: str) -> None:
    [silence] = read(SILENCE.format(f'"{clock}"')).silences
    assert silence.clocks == (clock,)


def test_a_secret_written_out_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        read(TEXT.replace('address: "${MAIL}"', "address: smtp://me:secret@host"))
    assert "smtp" not in str(caught.value)


def test_the_check_names_a_station_that_is_none(overlay: Write) -> None:
    folder = overlay("alerts.yaml", 'thresholds:\n  "140": [{from: 2024-01-01, held_after_removal: 1h}]\n')
    [problem] = check_config(folder)
    assert (problem.message, problem.line, problem.key) == ("unknown_station_key", 2, "thresholds.140")


def test_the_check_names_the_finding_that_is_none_its_place_and_those_there_are(overlay: Write) -> None:
    folder = overlay("alerts.yaml", "thresholds:\n  all:\n    - {from: 2024-01-01, findings: [paid_twise]}\n")
    [problem] = check_config(folder)
    said = problem.sentence(texts("zh"))
    assert "alerts.yaml:3 thresholds.all.0.findings.0" in said and "没有“paid_twise”这一类" in said
    assert "可以写:second_confirmation" in said and "paid_twice" in said


@pytest.mark.parametrize(
    ("room", "call", "codes"),
    [("cases", "Finding", OF_CASES), ("rules", "RuleFinding", (*OF_DECISIONS, *OF_PAYMENTS))],
)
def test_the_classes_are_those_that_the_rooms_give(room: str, call: str, codes: tuple[str, ...]) -> None:
    folder = Path(__file__).parents[2] / "monitor" / room
    trees = [ast.parse(file.read_text("utf-8")) for file in folder.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    literals = {node.value for node in nodes if isinstance(node, ast.Constant)}
    literals |= {f"departure_without_{need.value}" for need in DepartureNeed}
    assert set(codes) <= literals
    given = {
        node.args[0].value
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == call
        if isinstance(node.args[0], ast.Constant)
    }
    assert given <= set(codes)
