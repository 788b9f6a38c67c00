"""The ledger to fill in: what it offers is read back as it was meant."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingest.candidate import Candidate, Refusal, RowResult
from ingest.mapping.batch import Warned
from ingest.mapping.pages import SourcePages, load_pages
from ingest.mapping.read import read_delivery
from ingest.mapping.reading import reading
from ingest.template import EXAMPLE, HEAD, PAGE, choices_of, head_of, write_template
from monitor.settings.entry import Language
from monitor.settings.shipped import read_config
from monitor.settings.stations import Stations, read_stations
from monitor.settings.texts import Texts


@pytest.fixture(scope="module")
def pages() -> SourcePages:
    return load_pages()


@pytest.fixture(scope="module")
def stations() -> Stations:
    return read_stations(read_config("stations.yaml", None), "Asia/Shanghai")


def mapped(path: Path, pages: SourcePages, stations: Stations) -> tuple[list[RowResult], list[Warned]]:
    called = {code: list(one.names()) for code, one in stations.items()}
    batches = list(read_delivery(path, reading(pages[PAGE], pages.codes, called, b"key")))
    assert not [problem for batch in batches for problem in batch.problems]
    rows = [row for batch in batches for row in batch.results()]
    return rows, [warned for batch in batches for warned in batch.warnings]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unfilled_template_is_a_ledger_without_cases(
    tmp_path: Path, pages: SourcePages, stations: Stations, language: Language
) -> None:
    path = tmp_path / "放行台账.xlsx"
    write_template(path, Texts(language), stations, pages)
    rows, warned = mapped(path, pages, stations)
    assert [row.aside for row in rows] == ["title", "title", "head", "example"]
    assert warned == []
    assert [page.name for page in pages.claiming(path.name)] == [PAGE]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_column_filled_in_maps_to_its_event(
    tmp_path: Path, pages: SourcePages, stations: Stations, language: Language
) -> None:
    path = tmp_path / "filled.xlsx"
    texts = Texts(language)
    write_template(path, texts, stations, pages)
    columns = pages[PAGE].columns
    choices = choices_of(columns, pages, stations, texts)
    book = openpyxl.load_workbook(path)
    sheet = book[texts.get("template.sheet")]
    heads = {cell.value: cell.column for cell in sheet[HEAD + 1]}
    values: dict[str, Any] = dict.fromkeys(columns, "x1")
    values |= {name: chosen[0] for name, chosen in choices.items()}
    values |= {name: value for name, value in EXAMPLE.items() if not isinstance(value, dt.time)}
    values |= {"points": 3, "company_trucks": 40, "case_no": "A1", "payment_code": "12345678901234567890"}
    for name, column in columns.items():
        if column.kind == "datetime":
            values[name] = dt.datetime(2024, 7, 1, 8, 30)  # noqa: DTZ001
        cell = sheet.cell(HEAD + 3, heads[head_of(name, texts)])
        cell.value = values[name]
    book.save(path)

    rows, warned = mapped(path, pages, stations)
    assert warned == []
    refusals: list[Refusal] = [one for row in rows for one in row.refusals]
    assert refusals == []
    made: dict[str, Candidate] = {one.activity: one for one in rows[-1].candidates}
    assert list(made) == [event.activity.value for event in pages[PAGE].events]
    assert {one.occurred_at for one in made.values()} == {1_719_793_800_000_000}
    facts = json.loads(made["weighed"].data)
    assert facts["plate"] == "晋D12345"
    assert facts["plate_colour"] == "blue"
    assert facts["gross_kg"] == 52_300
    assert json.loads(made["paid"].data) == {
        "amount_fen": 150_000, "channel": "nontax_qr", "payment_code": "12345678901234567890", "ground": "x1",
    }  # fmt: skip
    assert json.loads(made["reweighed"].data) == {"gross_kg": 48_900}
    assert (facts["approved_load_kg"], facts["tare_kg"]) == (32_000, 17_000)
    assert [facts[f"{side}_mm"] for side in ("length", "width", "height")] == [17_900, 2_540, 3_960]
    assert (facts["company"], facts["company_trucks"], facts["party"]) == ("x1", 40, "citizen")
    assert json.loads(made["notified"].data) == {"fine_fen": 150_000}
    decided = json.loads(made["decided"].data)
    assert decided["procedure"] == "ordinary"
    told = ("officers", "team", "factors", "evidence", "departure_reason", "departure_evidence")
    assert {decided[key] for key in (*told, "departure_review")} == {"x1"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_that_can_be_chosen_is_read(
    tmp_path: Path, pages: SourcePages, stations: Stations, language: Language
) -> None:
    path = tmp_path / "choices.xlsx"
    texts = Texts(language)
    write_template(path, texts, stations, pages)
    choices = choices_of(pages[PAGE].columns, pages, stations, texts)
    book = openpyxl.load_workbook(path)
    sheet = book[texts.get("template.sheet")]
    heads = {cell.value: cell.column for cell in sheet[HEAD + 1]}
    longest = max(map(len, choices.values()))
    for number in range(longest):
        row = HEAD + 3 + number
        sheet.cell(row, heads[head_of("case_no", texts)]).value = f"A{number}"
        sheet.cell(row, heads[head_of("decided", texts)]).value = "2024-07-01 08:30"
        for name, chosen in choices.items():
            sheet.cell(row, heads[head_of(name, texts)]).value = chosen[number % len(chosen)]
    book.save(path)
    rows, _ = mapped(path, pages, stations)
    assert [one for row in rows for one in row.refusals] == []
    assert len([row for row in rows if row.candidates]) == longest


def test_the_workbook_offers_lists_and_keeps_the_head_in_sight(
    tmp_path: Path, pages: SourcePages, stations: Stations
) -> None:
    path = tmp_path / "放行台账.xlsx"
    write_template(path, Texts("zh"), stations, pages)
    book = openpyxl.load_workbook(path)
    sheet = book["放行台账"]
    assert sheet.freeze_panes == "D4"
    lists = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert len(lists) == 8
    assert book["选项"].sheet_state == "hidden"
    assert "城西" in str(book["选项"]["A1"].value)
    notes = {row[0].value: row[1].value for row in book["填写说明"].iter_rows(min_row=3)}
    assert set(notes) == {cell.value for cell in sheet[HEAD + 1]} - {"序号"}
    assert all(notes.values())
