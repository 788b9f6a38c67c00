"""A file nobody has configured: dropped on the Data page, adjusted, tried, kept as a page, loaded by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from playwright.sync_api import Page, expect

from monitor.server import install
from monitor.settings.environment import Settings
from tests.browser.conftest import DESK, PHONE, Reading, settle
from tests.browser.reading import CLIPS
from tests.browser.served import Clock, Served
from tests.browser.test_pages import grave, in_dark, no, resized

pytestmark = pytest.mark.browser

ROWS = (
    "超限检测站2026年11月过磅案件",
    "案件编号,检测站,车号,车货总重,认定时间,放行时间,天气",
    "C-1,城西,晋D81234,52.3,2026-11-20 08:00,2026-11-20 13:00,晴",
    "C-2,城西,晋D81235,61.0,2026-11-21 09:00,2026-11-21 12:30,雨",
    "C-3,城西,晋D81236,很重,2026-11-22 09:00,2026-11-22 12:30,雨",
)


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Served]:
    """An installation with a configuration folder of its own."""
    config = tmp_path / "config"
    config.mkdir()
    clock = Clock()
    with patch("monitor.server.now", clock):
        served = Served(install(Settings(data_dir=tmp_path / "data", config_dir=config)), clock)
    served.start()
    yield served
    served.close()


def export(folder: Path, name: str = "西站过磅_20261123.csv") -> Path:
    path = folder / name
    path.write_bytes("\n".join(ROWS).encode("gbk"))
    return path


def choose(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#fx-drop-choose").click()
    chooser.value.set_files(path)
    page.wait_for_url("**/mapping?file=*")
    settle(page)


def pick(page: Page, label: str, option: str) -> None:
    """By the keyboard alone: focus, open, type, take."""
    field = page.get_by_role("textbox", name=label, exact=True)
    field.focus()
    page.keyboard.press("Enter")
    page.get_by_role("option", name=option, exact=True).wait_for()
    if field.get_attribute("readonly") is None:
        field.fill(option)
    for _ in range(40):
        page.keyboard.press("ArrowDown")
        if page.locator("[data-combobox-selected]").inner_text().strip() == option:
            break
    page.keyboard.press("Enter")


def waiting(served: Served) -> list[Path]:
    folder = served.installation.settings.data_dir / "dropped"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


def test_an_unknown_file_is_dropped_adjusted_tried_kept_and_loaded(
    bureau: Served, reader: Reading, tmp_path: Path
) -> None:
    one = reader(bureau)
    page = one.open("/data")
    choose(page, export(tmp_path))
    trial = page.locator("#fx-m-trial")
    expect(trial).to_contain_text("车货总重")
    expect(trial).to_contain_text("没有写单位")
    assert "晋D81234" not in page.content()
    page.get_by_role("button", name="存为读法").click()
    expect(page.locator("#fx-m-answer")).to_contain_text("还有没选的")
    pick(page, "车货总重 的单位", "吨")
    expect(trial).to_contain_text("试读:6 个事件,3 个案件")
    expect(trial).to_contain_text("读 5 行 = 成为事件 3 + 不收 0 + 不是数据 2")
    expect(trial).to_contain_text("52,300 kg")
    expect(trial).to_contain_text("没有收下的单元格 1")
    assert bureau.installation.database is not None and len(list(bureau.cases())) == 0
    page.get_by_role("textbox", name="名字").fill("west-scale")
    page.get_by_role("button", name="存为读法").click()
    expect(page.locator("#fx-m-answer")).to_contain_text("sources/west-scale.yaml")
    config = bureau.installation.settings.config_dir
    assert config is not None
    written = (config / "sources/west-scale.yaml").read_text(encoding="utf-8")
    assert written.startswith("# fangxing mapping by ") and "西站过磅_20261123.csv" in written
    assert yaml.safe_load(written)["columns"]["gross_kg"]["unit"] == "t"
    page.get_by_role("button", name="现在导入这份文件").click()
    expect(page.locator("#fx-m-answer")).to_contain_text("已导入:读 5 行,新事件 6,隔离 1,案件 3。")
    assert {case.case_no for case in bureau.cases()} == {"C-1", "C-2", "C-3"}
    assert waiting(bureau) == []
    page.get_by_role("link", name="看这次交付").click()
    page.wait_for_url("**/data?delivery=*")
    expect(page.locator("#fx-data")).to_contain_text("西站过磅_20261123.csv")
    expect(page.locator("#fx-data")).to_contain_text("很重")
    assert one.complaints == [] and one.elsewhere == []


def test_the_next_export_is_recognised_tried_and_loaded_without_a_restart(
    bureau: Served, reader: Reading, tmp_path: Path
) -> None:
    page = reader(bureau).open("/data")
    choose(page, export(tmp_path))
    pick(page, "车货总重 的单位", "吨")
    expect(page.locator("#fx-m-trial")).to_contain_text("试读:6 个事件")
    page.get_by_role("textbox", name="名字").fill("west-scale")
    page.get_by_role("button", name="存为读法").click()
    expect(page.locator("#fx-m-answer")).to_contain_text("west-scale")
    page.get_by_role("button", name="放弃这份文件").click()
    page.wait_for_url("**/data")
    settle(page)
    assert waiting(bureau) == []
    choose(page, export(tmp_path, "西站过磅_20261124.csv"))
    known = page.locator(".fx-m-recognised")
    expect(known).to_contain_text("文件名由“西站过磅_20261123”认领")
    known.get_by_role("button", name="按它试读").click()
    expect(page.locator("#fx-m-known-answer")).to_contain_text("试读:6 个事件,3 个案件")
    known.get_by_role("button", name="按它导入").click()
    expect(page.locator("#fx-m-known-answer")).to_contain_text("新事件 6")


def test_a_dropped_file_opens_its_page_and_what_is_no_table_is_said(bureau: Served, reader: Reading) -> None:
    page = reader(bureau).open("/data")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["%PDF-1.7 not a table"], "图.pdf"));
          document.querySelector("#fx-drop").dispatchEvent(
            new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.wait_for_url("**/mapping?file=*")
    settle(page)
    expect(page.get_by_role("alert")).to_contain_text("PDF")
    assert waiting(bureau) == []


@pytest.mark.full
def test_another_kind_of_row_guesses_anew_and_a_downloaded_page_is_the_one_that_would_be_kept(
    bureau: Served, reader: Reading, tmp_path: Path
) -> None:
    page = reader(bureau).open("/data")
    choose(page, export(tmp_path))
    pick(page, "一行是什么", "一个事件(有“环节”一列)")
    expect(page.locator("#fx-m-trial")).to_contain_text("哪一列是环节")
    pick(page, "一行是什么", "一个案件(时间分在各列)")
    expect(page.locator("#fx-m-trial")).to_contain_text("没有写单位")
    settle(page)
    pick(page, "车货总重 的单位", "千克")
    expect(page.locator("#fx-m-trial")).to_contain_text(re.compile("没有收下的单元格 [1-9]"))
    with page.expect_download() as caught:
        page.get_by_role("button", name="下载 YAML").click()
    caught.value.save_as(tmp_path / "page.yaml")
    told = yaml.safe_load((tmp_path / "page.yaml").read_text(encoding="utf-8"))
    assert told["columns"]["gross_kg"]["unit"] == "kg"
    assert told["files"] == ["西站过磅_*.csv"]


def test_without_a_configuration_folder_the_page_says_how_to_set_one(
    office: Served, reader: Reading, tmp_path: Path
) -> None:
    page = reader(office).open("/data")
    choose(page, export(tmp_path))
    expect(page.locator(".fx-m-save")).to_contain_text("FANGXING_CONFIG_DIR")
    assert page.get_by_role("button", name="存为读法").count() == 0


@pytest.mark.full
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_a_file_is_whole_and_readable_on_desk_and_phone(
    bureau: Served, reader: Reading, tmp_path: Path, language: str
) -> None:
    who = reader(bureau, DESK, language)
    page = who.open("/data")
    events = tmp_path / "events-of-a-yard.csv"
    rows = (
        "案号,检测站,环节,时间,总重(kg)",
        "Y-1,城西,检测认定,2026-11-20 08:00,52300",
        "Y-1,城西,走了,2026-11-20 25:00,1",
    )
    events.write_text("\n".join(rows), encoding="utf-8")
    faults: dict[str, list[str]] = {}
    for path in (export(tmp_path), events):
        page = resized(page, DESK)
        page.goto(f"{bureau.base}/data")
        settle(page)
        choose(page, path)
        expect(page.locator("#fx-m-trial h2")).to_have_count(1)
        settle(page)
        faults |= {
            f"{path.name} desk": page.evaluate(CLIPS),
            f"{path.name} axe": grave(page),
            f"{path.name} phone": resized(page, PHONE).evaluate(CLIPS),
            f"{path.name} dark": grave(in_dark(page)),
        }
    no({**faults, "elsewhere": who.elsewhere, "complaints": who.complaints})
