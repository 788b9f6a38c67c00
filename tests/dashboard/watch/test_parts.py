"""What the parts say in words, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.parts.board import board
from dashboard.services import Services
from dashboard.views.snapshot import Failure, snapshot
from monitor.actions.notes import acknowledge, add_note
from monitor.actions.payment_address import confirm_address, note_addresses
from monitor.cases.event import HOUR, SECOND
from monitor.cases.state import CaseState
from monitor.payments.address import unconfirmed
from monitor.store.deliveries import Sender
from monitor.store.tables import deliveries

Held = Callable[..., CaseState]
ASSETS = Path(__file__).parents[3] / "dashboard" / "assets"
MINUTE = 60 * SECOND


def shown(services: Services, now: int, *, language: str = "zh", wall: bool = False) -> str:
    view = snapshot(services, None, now)
    return json.dumps(
        board(view, services.texts[language], services.configuration, wall=wall), ensure_ascii=False
    )


def texts_in(drawn: str) -> str:
    """Only what can be read: children that are text."""
    return " ".join(re.findall(r'"children": "([^"]*)"', drawn)) + " ".join(
        re.findall(r'[\[,] ?"([^"]+)"', drawn)
    )


def test_an_overdue_row_says_so_in_sign_word_figure_and_sentence(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(25.75, station="14042302", unloading_h=19.5))
    drawn = shown(services, now)
    assert "fx-shape-octagon" in drawn
    assert '"+1:45"' in drawn
    assert "已超时" in texts_in(drawn)
    assert "晋D·8**21,北关,已超时,超出1 小时 45 分,等卸载转运,由当事人办,已等6 小时 15 分" in drawn


def test_a_row_links_to_its_case_and_full_plates_never_leave(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(3, case_no="襄超〔2026〕7号"))
    drawn = shown(services, now)
    assert "/case/14042301/%E8%A5%84%E8%B6%85%E3%80%942026%E3%80%957%E5%8F%B7" in drawn
    assert "晋D83821" not in drawn


def test_where_payment_holds_the_law_stands_beside_the_ground(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(20, decided_h=2.0, outcome="fine", pay_requested_h=3.0, removed_h=5.0))
    drawn = shown(services, now)
    assert "法律上放行不以缴款为前提" in drawn
    assert "示例 · 未经确认" in drawn
    assert "15:00" in drawn, "held for 15 hours after removal"


def test_the_key_explains_rare_textures_only_where_they_occur(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    assert "fx-key-next" not in shown(services, now)
    store(held(20, decided_h=2.0, outcome="fine", pay_requested_h=2.0, unloaded_h=5.0))
    assert "接着还要等" in shown(services, now)


def test_the_wall_has_nothing_to_press(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(*(held(hours, case_no=str(hours)) for hours in range(1, 13)))
    drawn = shown(services, now, wall=True)
    assert '"Button"' not in drawn
    assert '"Link"' not in drawn
    assert '"Button"' in shown(services, now)


def test_a_wall_that_cannot_hold_all_tiles_says_how_many_more(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(*(held(1 + hours / 10, case_no=str(hours)) for hours in range(40)))
    drawn = shown(services, now, wall=True)
    assert "还有 8 辆" in drawn
    assert drawn.count("fx-tile ") == 24
    assert "其余 32 辆,都还剩 19 小时以上" in drawn


def test_the_rest_claims_no_time_for_those_without_a_countdown(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(*(held(1 + hours / 10, case_no=str(hours)) for hours in range(8)))
    store(
        held(2, case_no="x")._replace(
            confirmed_at=None, deadline_at=None, limit_s=None, verdict="no_deadline"
        )
    )
    drawn = shown(services, now)
    assert "小时以上" not in drawn
    assert "其中 1 辆没有倒计时" in drawn
    assert "缺时刻" in drawn


def test_acknowledged_and_noted_stand_on_the_row_and_the_button_is_gone(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(22))
    assert '"data-act": "acknowledge"' in shown(services, now)
    acknowledge(services.database, Sender("李**", "watch"), ("14042301", "1"), now=now - 87 * MINUTE)
    add_note(
        services.database, Sender("李**", "watch"), ("14042301", "1"), "两辆车转运", now=now - 72 * MINUTE
    )
    drawn = shown(services, now)
    assert '"data-act": "acknowledge"' not in drawn
    assert "李** 13:05" in drawn
    assert "备注 13:20 李**:两辆车转运" in drawn
    assert "备注 1" in drawn


def test_an_empty_board_is_believed_only_while_every_source_speaks(
    services: Services, deliver: Callable[[str, int], None], page: Callable[..., Any], now: int
) -> None:
    assert "空板不说明没有车" in shown(services, now)
    object.__setattr__(services, "sources", {"a": page("30m"), "b": page("30m")})
    deliver("a", now - 5 * MINUTE)
    deliver("b", now - 9 * MINUTE)
    assert "2 个来源都在正常送数,空板可信" in shown(services, now)
    doubted = shown(services, now + 25 * MINUTE)
    assert "可信" not in doubted
    assert "静默,板上可能缺车" in doubted


def test_an_empty_board_shows_what_was_released_in_the_last_day(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(12, case_no="1", removed_h=9.0, released_h=11.4, verdict="released_on_time"))
    store(held(60, case_no="2", removed_h=9.0, released_h=11.4, verdict="released_on_time"))
    drawn = shown(services, now)
    assert "最近 24 小时放行 1 辆" in drawn
    assert "都在时限内 1/1 · 不足 12 件,不作判断" in drawn
    assert "消除后 2:24 放行" in drawn


def test_nothing_to_count_is_said_and_is_not_a_hundred_per_cent(services: Services, now: int) -> None:
    assert "100" not in texts_in(shown(services, now))
    assert "本周还没有到期的案件" in shown(services, now)


def test_one_broken_part_leaves_the_others_alive(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(3))
    deliveries.drop(services.database.engine)
    view = snapshot(services, None, now)
    assert isinstance(view.feeds, Failure)
    assert not view.whole
    drawn = shown(services, now)
    assert "这一块没有算出来" in drawn
    assert "晋D·8**21" in drawn


@pytest.mark.parametrize("wall", [False, True])
def test_english_speaks_no_chinese_but_plates_and_names(
    services: Services, store: Callable[..., None], held: Held, now: int, wall: bool
) -> None:
    store(*(held(hours, case_no=str(hours), decided_h=0.5, outcome="fine") for hours in range(1, 13)))
    drawn = shown(services, now, language="en", wall=wall)
    others = re.sub(r"晋D·8\*\*21", "", drawn)
    assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r'"title": "[^"]*"', "", others)) == []


def test_every_drawing_the_parts_name_is_there() -> None:
    css = "".join(file.read_text(encoding="utf-8") for file in ASSETS.glob("*.css"))
    named = set(re.findall(r'url\("(shapes/[a-z-]+\.svg)"\)', css))
    assert named
    assert {name for name in named if not (ASSETS / name).is_file()} == set()


def test_countdowns_are_sent_as_instants_so_that_the_page_keeps_them(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(3))
    deadline = (now + 21 * HOUR) // 1000
    assert f'"data-deadline": {deadline}' in shown(services, now)


@pytest.mark.parametrize("wall", [False, True])
def test_a_changed_payment_address_stands_on_the_board_until_a_second_person_confirms_it(
    services: Services, now: int, wall: bool
) -> None:
    station = services.configuration.stations["14042301"]
    assert station.payment is not None
    own = station.payment.model_copy(update={"address": "https://fs.bureau.example/p?c={code}"})
    changed = station.model_copy(update={"payment": own})
    others = [one for one in services.configuration.stations.values() if one.code != changed.code]
    stations = type(services.configuration.stations)((changed, *others))
    configuration = replace(services.configuration, stations=stations)
    services = replace(services, configuration=configuration)
    note_addresses(services.database, configuration, Sender("wang", "desk"), now=now - 5 * MINUTE)
    drawn = shown(services, now, wall=wall)
    assert "城西:缴款二维码的网址改成了 fs.bureau.example(14:27 由 wang 启用),还没有第二人复核" in drawn
    assert snapshot(services, "14042302", now).addresses == ()
    [waiting] = unconfirmed(services.database, configuration)
    confirm_address(
        services.database, configuration, Sender("li", "desk"), "14042301", waiting.digest, now=now
    )
    assert "fs.bureau.example" not in shown(services, now, wall=wall)
