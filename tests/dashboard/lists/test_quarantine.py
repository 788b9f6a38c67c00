"""The Quarantine page: what is alike stands together, is corrected together, and says who settled it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import plotly
import pytest
from sqlalchemy import update

from dashboard.pages import quarantine as page
from dashboard.parts.sentence import Speech
from dashboard.views.quarantine import Asked, Shown, corrections, groups, row_fields
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.cases.event import SECOND
from monitor.store.deliveries import Sender
from monitor.store.quarantine import QuarantineRow, quarantine_rows, settle
from monitor.store.tables import quarantine
from tests.county import NOW, WEST, County
from tests.factories import SHANGHAI

HEADS = "站点,案件号,车牌号,总重(吨),检测认定时间,复检时间,驾驶员姓名"
SOURCE = "ledger-template"


@dataclass
class Yard:
    """An installation into which a ledger was delivered."""

    county: County
    intake: Intake

    @property
    def services(self) -> Any:
        return replace(self.county.services, intake=self.intake)

    def deliver(self, folder: Path, *rows: str, name: str = "台账.csv") -> None:
        file = folder / name
        file.write_text("\n".join((HEADS, *rows)) + "\n", "utf-8")
        self.intake.file(file, self.intake.pages[SOURCE], Sender("li", "desk"))

    def entries(self, **which: Any) -> list[QuarantineRow]:
        with self.county.database.read() as connection:
            return quarantine_rows(connection, **which)

    def treat(self, entry: int, act: str = "correct", many: bool = False, **typed: str) -> str:
        query = {"entry": str(entry), "many": "1" if many else ""}
        return page.treated(self.services, query, act, typed)[0]

    def text(self, **query: str) -> str:
        drawn = page.drawn(self.services, query)
        return json.dumps(drawn, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    county = County(tmp_path)
    return Yard(county, Intake(county.database, county.configuration, load_pages(), b"k" * 32, lambda: NOW))


def row(case: str, again: str = "坏", weight: str = "52.3", when: str = "2026-11-20 08:30") -> str:
    return f"{WEST},{case},晋D81021,{weight},{when},{again},张三"


@pytest.fixture
def three(yard: Yard, tmp_path: Path) -> Yard:
    yard.deliver(tmp_path, row("A1"), row("A2"), row("A3", again="更坏"))
    return yard


def test_the_same_value_for_the_same_reason_is_one_group(three: Yard) -> None:
    assert [[one.item.case_no for one in group.entries] for group in groups(three.entries())] == [
        ["A1", "A2"],
        ["A3"],
    ]
    text = three.text()
    assert "这 2 行同样处理" in text and "没有收下的 3 处,相同的归为 2 类" in text
    assert f"/case/{WEST}/A1" in text and "台账.csv" in text and "不是时间" in text


def test_one_row_is_corrected_and_it_is_written_who_and_when(three: Yard) -> None:
    first = three.entries()[0]
    assert three.treat(first.quarantine_id, 复检时间="2026-11-20 15:00") == "已处理 1 处,新收下 1 件事。"
    [settled] = three.entries(settled=True)
    assert (settled.quarantine_id, settled.status) == (first.quarantine_id, "retried")
    assert (settled.settled_by, settled.settled_at) == ("wang", NOW)
    assert [one.item.case_no for one in three.entries()] == ["A2", "A3"]
    text = three.text(state="settled")
    assert "wang · " in text and "改正后已重新读入" in text
    assert "wang · " not in three.text()


def test_many_alike_are_corrected_by_one_value(three: Yard) -> None:
    first = three.entries()[0]
    answer = three.treat(first.quarantine_id, many=True, 复检时间="2026-11-20 15:00")
    assert answer == "已处理 2 处,新收下 2 件事。"
    assert [one.item.case_no for one in three.entries()] == ["A3"]


def test_a_correction_that_is_refused_again_says_why_and_waits(three: Yard) -> None:
    first = three.entries()[0]
    answer = three.treat(first.quarantine_id, 复检时间="昨天")
    assert answer.startswith("仍有 1 处没有收下:复检时间 写的是「昨天」,不是时间。")
    assert "可以写" in answer and "已处理" not in answer
    assert [one.item.value for one in three.entries()] == ["坏", "更坏", "昨天"]


def test_the_other_refused_cell_of_a_row_does_not_wait_twice(yard: Yard, tmp_path: Path) -> None:
    yard.deliver(tmp_path, row("B1", weight="-3"))
    weight, again = sorted(yard.entries(), key=lambda one: one.item.value or "")
    assert (weight.item.value, again.item.value) == ("-3", "坏")
    yard.treat(again.quarantine_id, 复检时间="2026-11-20 15:00")
    [left] = yard.entries()
    assert left.item.value == "-3"
    assert left.item.raw is not None and left.item.raw["复检时间"] == "2026-11-20 15:00"


def test_what_another_has_settled_is_answered_with_who_it_was(three: Yard) -> None:
    first = three.entries()[0]
    three.treat(first.quarantine_id, 复检时间="2026-11-20 15:00")
    answer = three.treat(first.quarantine_id, 复检时间="2026-11-20 16:00")
    assert "已经由 wang 于" in answer and "改正后已重新读入" in answer
    assert "没有这一处" in three.treat(99999)


def test_what_a_later_delivery_superseded_has_its_time_and_nobody_who_did_it(
    three: Yard, tmp_path: Path
) -> None:
    first = three.entries()[0].quarantine_id
    three.deliver(tmp_path, row("A1", again="2026-11-20 15:00"), name="后来.csv")
    [settled] = three.entries(settled=True)
    assert (settled.quarantine_id, settled.status, settled.settled_by) == (first, "superseded", None)
    assert settled.settled_at is not None and NOW <= settled.settled_at < NOW + SECOND
    time = page.speech_of(three.services).moment(settled.settled_at)
    assert f"由后来送来的数据 · {time}" in three.text(state="settled")
    assert three.treat(first) == f"这一处已经由后来送来的数据于 {time} 处理过了:后来的文件里已有。"
    [told] = csv.DictReader(io.StringIO(page.csv_text([settled], page.speech_of(three.services))))
    assert told["处理时间"] and told["处理人"] == ""


def test_what_was_superseded_before_the_time_was_kept_stands_last_with_its_time_unknown(
    three: Yard, tmp_path: Path
) -> None:
    old, new, _ = (one.quarantine_id for one in three.entries())
    with three.county.database.write() as connection:
        settle(connection, [new], "superseded", at=NOW, by=None)
        told = {"status": "superseded", "settled_at": None}
        connection.execute(update(quarantine).where(quarantine.c.id == old).values(told))
    assert [one.quarantine_id for one in three.entries(settled=True)] == [new, old]
    assert "由后来送来的数据 · 时间未知" in three.text(state="settled")
    assert three.treat(old) == "这一处已经处理过了:后来的文件里已有。"


def test_nothing_changed_is_said_and_leaves_the_form(three: Yard) -> None:
    first = three.entries()[0]
    query = {"entry": str(first.quarantine_id)}
    answer, anew = page.treated(three.services, query, "correct", {"复检时间": "坏"})
    assert "什么都没有改" in answer and not anew
    assert len(three.entries()) == 3


def test_a_retry_without_a_change_leaves_the_same_entry(three: Yard) -> None:
    first = three.entries()[0]
    assert three.treat(first.quarantine_id, "again").startswith("仍有 1 处没有收下")
    assert [one.quarantine_id for one in three.entries()] == [1, 2, 3]


def test_personal_values_and_plates_are_not_shown_but_may_be_written_anew(three: Yard) -> None:
    first = three.entries()[0]
    text = three.text(entry=str(first.quarantine_id))
    assert "digest:" not in text and "张三" not in text and "晋D81021" not in text
    assert "个人信息,不显示" in text and "晋D·8**21" in text
    fields = row_fields(first, three.services.sources[SOURCE])
    assert fields[0].head == "复检时间" and fields[0].refused
    assert corrections(fields, {"驾驶员姓名": "", "车牌号": " ", "案件号": "A1"}) == {}
    assert corrections(fields, {"驾驶员姓名": "李四", "复检时间": ""}) == {
        "复检时间": "",
        "驾驶员姓名": "李四",
    }


def test_a_name_written_anew_becomes_a_digest(three: Yard) -> None:
    first = three.entries()[0]
    three.treat(first.quarantine_id, 驾驶员姓名="李四")
    [new] = [one for one in three.entries() if one.item.case_no == "A1"]
    assert new.item.raw is not None and first.item.raw is not None
    assert new.item.raw["驾驶员姓名"].startswith("digest:")
    assert new.item.raw["驾驶员姓名"] != first.item.raw["驾驶员姓名"]


def test_filters_are_addresses_and_say_what_they_leave(three: Yard) -> None:
    text = three.text()
    assert f"{page.PATH}?source={SOURCE}" in text and f"{page.PATH}?reason=not_a_time" in text
    assert '"隔离 3"' in text and "已处理 0" in text
    assert "没有待处理的" in three.text(reason="negative")
    asked = Asked.of({"source": "x", "state": "settled", "delivery": "-1", "entry": "²"})
    assert (asked.state, asked.delivery, asked.entry) == (Shown.SETTLED, None, None)
    assert asked.address(source=None, reason="a b") == f"{page.PATH}?reason=a+b&state=settled"


def test_the_export_opens_in_a_spreadsheet_and_holds_no_formula(yard: Yard, tmp_path: Path) -> None:
    yard.deliver(tmp_path, row("C1", again="=1+1"))
    text = page.csv_text(yard.entries(), Speech(yard.services.texts["zh"], SHANGHAI))
    assert text.startswith("\ufeff编号,状态,来源")
    [told] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (told["内容"], told["状态"], told["案件号"], told["列"]) == ("'=1+1", "待处理", "C1", "复检时间")
    assert page.exported(yard.services, {"state": "settled"})["content"].count("\r\n") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_drawn_in_both_languages(
    three: Yard, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "current_language", lambda _default: language)
    text = json.dumps(page.layout(three.services, {"entry": "1"}), cls=plotly.utils.PlotlyJSONEncoder)
    assert '"quarantine.' not in text
