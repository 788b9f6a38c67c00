"""The Flags page: which flags it lists, how they are counted, what it says of delivery, duty and the loop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from dashboard.parts.flagduty import duty_card, loop_card, loop_line, silences_card
from dashboard.parts.flaglist import flags_card
from dashboard.parts.sentence import Speech
from dashboard.services import Services
from dashboard.views.duty import duty_lists, hole
from dashboard.views.flags import FlagAsk, FlagsView, flag_ask, flags_view
from dashboard.views.loop import Loop, loop_of
from monitor.actions.flags import acknowledge_flag, hand_on, silence
from monitor.alerts.scan import scan
from monitor.settings.configuration import Configuration
from monitor.settings.jobs import ALERTS, SENDING
from monitor.settings.texts import texts
from monitor.store.beats import Beat
from monitor.store.database import Database, ask
from monitor.store.jobs import Result, begin_run, end_run, take_lease
from tests.alerts.flagged import GATED, HELD, configuration
from tests.alerts.sending import CROSSED, HEAD, raise_flags
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, MINUTE, SENDER, SHANGHAI, at

ALERTS_TEXT = (
    HEAD
    + """
channels:
  log: {kind: log}
  hook: {kind: webhook, address: "${TEST_HOOK}"}
recipients:
  duty: {name: {zh: 张三}, channel: log}
  chief: {name: {zh: 李站长}, channel: hook}
rotas:
  night:
    - {from: 2026-01-01, hours: 20:00-08:00, recipient: duty}
levels:
  all:
    - {name: duty, recipients: [duty]}
    - {name: chief, after: 30m, recipients: [chief]}
    - {name: bureau, after: 2h, rota: night}
"""
)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        yield database


@dataclass
class Office:
    """What the page reads."""

    database: Database
    configuration: Configuration
    simulated: bool = False

    def see(self, now: int, **query: str) -> FlagsView:
        asked = flag_ask(query, self.configuration.stations)
        return flags_view(cast("Services", self), asked, now)

    def cases(self, now: int, **query: str) -> list[str | None]:
        return [line.flag.case_no for line in self.see(now, **query).lines]


HOLDER = "here:1:token"
SPEECH = Speech(texts("zh"), SHANGHAI, 2026)


def drawn(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False, default=str)


def test_a_filter_keeps_what_it_says_and_every_count_is_of_those_that_live(database: Database) -> None:
    office = Office(database, configuration(ALERTS_TEXT))
    now = raise_flags(database, ALERTS_TEXT, ["A", "B", "C"])
    raise_flags(database, ALERTS_TEXT, ["D"], station=GATED)
    silence(database, office.configuration, SENDER, "秤检定", now + HOUR, now=now, cases=["C"])
    acknowledge_flag(database, SENDER, 1, now=now, note="在办")
    scan(database, office.configuration, now + 31 * MINUTE)
    with database.write() as connection:
        ask(connection, "UPDATE outbox SET state = 'delivered', sent_at = ? WHERE flag_id = 2", (now,))
        ask(connection, "UPDATE outbox SET state = 'dead', error = 'provider_code:7' WHERE flag_id = 4")
    now += 32 * MINUTE
    view = office.see(now)
    assert view.counts == {
        "live": 4, "open": 3, "acknowledged": 1, "escalated": 2, "silenced": 1, "delivered": 1, "failed": 1,
        "over": 0,
    }  # fmt: skip
    assert (view.kinds["a"], view.kinds["step"], view.total) == (4, 0, 4)
    assert office.cases(now, state="acknowledged") == ["A"]
    assert sorted(map(str, office.cases(now, state="escalated"))) == ["B", "D"]
    assert (office.cases(now, state="silenced"), office.cases(now, state="failed")) == (["C"], ["D"])
    assert office.cases(now, station=GATED) == ["D"] and office.cases(now, kind="legal") == []
    assert office.see(now, station=GATED).counts["live"] == 1
    said = drawn(flags_card(view, now, SPEECH, office.configuration))
    for words in ("4 条预警还在,3 条没有人接单", "已上报站长", "静默到 07-01 21:00", "已送达 2/2"):
        assert words in said, words
    # A channel that gave messages up says so in words, whatever the list shows.
    assert [(one.channel, one.n) for one in view.dead] == [("hook", 1), ("log", 1)]
    assert "对方回了错误码 7" in said
    assert "秤检定" in drawn(silences_card(view.silences, SPEECH, office.configuration))


def test_an_open_flag_says_who_was_told_how_and_what_became_of_it(database: Database) -> None:
    office = Office(database, configuration(ALERTS_TEXT))
    now = raise_flags(database, ALERTS_TEXT, ["A"])
    hand_on(database, office.configuration, SENDER, 1, "chief", now=now + MINUTE, note="请去看")
    with database.write() as connection:
        ask(
            connection,
            "UPDATE outbox SET state = 'dead', attempts = 24, error = 'no_answer', given_up_at = ?"
            " WHERE recipient = 'chief'",
            (at("2026-07-01 20:01"),),
        )
    view = office.see(now + 2 * MINUTE, flag="1", state="over")
    # The one that is open stands there although this list does not hold it.
    assert [line.flag.id for line in view.lines] == [1] and view.total == 0
    said = drawn(flags_card(view, now + 2 * MINUTE, SPEECH, office.configuration))
    for words in ("张三", "运行日志", "李站长", "网络回调(hook)", "对方没有回答", '"24"', "李站长 请去看"):
        assert words in said, words
    assert "报站长" in said and "再发一次" in said
    failed = drawn(flags_card(office.see(now, state="failed"), now, SPEECH, office.configuration))
    assert "07-01 20:01 放弃" in said
    for words in (said, failed):
        assert "放弃 1(07-01 20:01)" in words and "最后一条于 07-01 20:01 放弃" in words
    # What was given up before anybody noted when.
    with database.write() as connection:
        ask(connection, "UPDATE outbox SET given_up_at = NULL")
    view = office.see(now, flag="1")
    assert "放弃的时刻没有记下" in drawn(flags_card(view, now, SPEECH, office.configuration))
    assert office.see(now, flag="99").opened is None


def test_an_empty_page_says_whether_there_ever_was_a_flag(database: Database) -> None:
    office = Office(database, configuration(ALERTS_TEXT))
    assert "还没有过预警" in drawn(flags_card(office.see(CROSSED), CROSSED, SPEECH, office.configuration))
    now = raise_flags(database, ALERTS_TEXT, ["A"])
    with database.write() as connection:
        ask(connection, "UPDATE flags SET state = 'closed', ended_at = ?", (now,))
    view = office.see(now)
    assert "现在没有预警" in drawn(flags_card(view, now, SPEECH, office.configuration))
    assert office.cases(now, state="over") == ["A"]


def test_an_address_keeps_its_filter_and_a_flag_closes_with_another() -> None:
    asked = flag_ask({"state": "open", "kind": "a", "station": HELD, "page": "2", "flag": "7"}, {HELD: None})
    assert asked == FlagAsk("open", "a", HELD, 2, 7)
    assert asked.address(flag=8) == f"/flags?state=open&kind=a&station={HELD}&page=2&flag=8"
    assert asked.address(kind=None) == f"/flags?state=open&station={HELD}"
    assert flag_ask({"state": "x", "kind": "y", "station": "z", "flag": "1e3"}, {}) == FlagAsk()
    assert FlagAsk().address() == "/flags"


def test_a_hole_of_the_rota_is_said_before_it_comes() -> None:
    told = configuration(ALERTS_TEXT)
    now = at("2026-07-01 21:07")
    [every] = duty_lists(told, None, now)
    assert [(one.name, one.told) for one in every.levels] == [
        ("duty", ("duty",)), ("chief", ("chief",)), ("bureau", ("duty",)),
    ]  # fmt: skip
    assert every.levels[2].hole == (at("2026-07-02 08:00"), at("2026-07-02 20:00"))
    said = drawn(duty_card([every], now, SPEECH, told))
    assert "07-02 08:00 至 07-02 20:00 没有人值班" in said
    noon = at("2026-07-01 12:07")
    assert hole(told.alerts, told.alerts.levels_of(HELD)[2], SHANGHAI, noon) == (noon, at("2026-07-01 20:00"))
    assert hole(told.alerts, told.alerts.levels_of(HELD)[0], SHANGHAI, noon) is None


def test_an_old_heartbeat_is_red_and_a_fresh_one_is_not(database: Database) -> None:
    services = cast("Services", Office(database, configuration(ALERTS_TEXT)))
    now = at("2026-07-01 12:00")
    assert not loop_of(services, now).attended
    assert "没有进程在运行作业" in drawn(loop_card(loop_of(services, now), now, SPEECH))
    take_lease(database, HOLDER, now)
    for name in (ALERTS, SENDING):
        run = begin_run(database, HOLDER, name, now, now)
        assert run is not None
        end_run(database, run, now, Result.DONE)
    fresh = loop_of(services, now + 10_000_000)
    assert fresh.well and loop_line(fresh, SPEECH.words) is None
    late = loop_of(services, now + 50_000_000)
    assert [(beat.job, beat.late) for beat in late.beats] == [(ALERTS, True), (SENDING, True)]
    assert "扫描、发送很久没有动静" in drawn(loop_line(late, SPEECH.words))
    assert "fx-flags-bad" in drawn(loop_card(late, now, SPEECH))
    # One that has not begun yet is no news.
    assert loop_line(Loop(True, True, (Beat(ALERTS, None, False),)), SPEECH.words) is None
