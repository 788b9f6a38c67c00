"""What an unknown export is guessed to be, measured against the pages that truly read it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.mapping.guess import Proposal, best_sheet, propose
from ingest.mapping.guess_shape import covered, samples
from ingest.mapping.guess_sheet import look
from ingest.mapping.guess_words import Vocabulary, meanings_of, vocabulary
from ingest.mapping.head import Head, find_head
from ingest.mapping.page import SourcePage
from ingest.mapping.pages import SourcePages, load_pages
from ingest.mapping.place import StationDirectory
from ingest.simulate import SimulationSummary, simulate
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from tests.factories import at

STATIONS = StationDirectory({"14042302": ["城西", "西站"], "14042303": ["河口"]})
COLUMNS_FLOOR = 0.95
"""Measured: 224 of 230 columns of the eight exports, each with its own page hidden."""
WRONG_AT_MOST = 1
"""检测日期 of the off-site export: elsewhere a day of weighing, there of confirmation. Shown as likely."""


@pytest.fixture(scope="module")
def pages() -> SourcePages:
    return load_pages()


@pytest.fixture(scope="module")
def words(pages: SourcePages) -> Vocabulary:
    return vocabulary(pages, pages.codes)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> SimulationSummary:
    out = tmp_path_factory.mktemp("county")
    return simulate(out, stations=5, days=14, seed=7, until=at("2026-11-24 14:12"))


def guessed(path: Path, words: Vocabulary, stations: StationDirectory = STATIONS) -> Proposal:
    return propose(best_sheet(list(look(path, words.heads)), words), words, stations)


def written(folder: Path, *rows: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("\n".join(rows).encode(encoding))
    return path


def meant(proposal: Proposal) -> dict[str, str]:
    return {one.column.head: one.meaning for one in proposal.guesses}


def by_page(proposal: Proposal, page: SourcePage) -> dict[str, str]:
    head = find_head(proposal.sheet.top, page)
    assert isinstance(head, Head)
    meanings = meanings_of(page)
    known = {place: meanings.get(name, "") for name, place in head.columns.items()}
    return {one.column.head: known.get(one.column.position, "") for one in proposal.guesses}


def test_every_simulated_export_is_guessed_with_its_own_page_hidden(
    pages: SourcePages, exports: SimulationSummary, tmp_path: Path
) -> None:
    configured = load_configuration(Settings(data_dir=tmp_path)).stations
    stations = StationDirectory({code: station.names() for code, station in configured.items()})
    first = {one.source: one.path for one in reversed(exports.files) if one.source in pages}
    shares: list[tuple[int, int]] = []
    wrong: list[tuple[str, str]] = []
    labels_right = labels = 0
    for source, path in first.items():
        if path.suffix not in (".csv", ".tsv", ".xlsx", ".xls") or source not in TABLES:
            continue
        others = {name: page for name, page in pages.items() if name != source}
        proposal = guessed(path, vocabulary(others, pages.codes), stations)
        assert proposal.kind == pages[source].kind
        truth = by_page(proposal, pages[source])
        found = meant(proposal)
        shares.append((sum(found[head] == truth[head] for head in found), len(found)))
        wrong += [(head, found[head]) for head in found if found[head] not in ("", truth[head])]
        for label, activity in proposal.labels.items():
            known = label_truth(pages[source], label, pages)
            if known is not None:
                labels += 1
                labels_right += activity == known
    assert len(shares) == len(TABLES)
    assert sum(right for right, _ in shares) >= COLUMNS_FLOOR * sum(n for _, n in shares)
    assert len(wrong) <= WRONG_AT_MOST, wrong
    assert labels_right == labels > 15


TABLES = (
    "sim-merged", "sim-gbk", "ledger-template", "sim-offsite", "sim-weighing", "sim-unload", "sim-police",
    "sim-treasury",
)  # fmt: skip


def label_truth(page: SourcePage, label: str, pages: SourcePages) -> str | None:
    assert page.activity is not None
    codes = page.activity.codes
    if isinstance(codes, str):
        return pages.codes.of(codes).get(label)
    return codes[label].activity.value if label in codes else None


def test_a_head_below_titles_in_gbk_is_found_with_its_columns(words: Vocabulary, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "2026年11月过磅案件",
        "填报单位:城西站",
        "案件编号,检测站,车牌号码,总重(吨),认定时间,放行时间",
        "C-1,城西,晋D81234,52.3,2026-11-10 08:00,2026-11-10 13:00",
        "C-2,城西,晋D81235,61.0,2026-11-10 09:00,2026-11-11 13:00",
        encoding="gbk",
    )
    proposal = guessed(path, words)
    assert (proposal.sheet.first_row, proposal.sheet.last_row, proposal.kind) == (3, 3, "ledger")
    assert meant(proposal) == {
        "案件编号": "case_no",
        "检测站": "station",
        "车牌号码": "data:plate",
        "总重(吨)": "data:gross_kg",
        "认定时间": "when:confirmed",
        "放行时间": "when:released",
    }


def test_unknown_heads_are_left_out_and_not_given_a_wrong_meaning(words: Vocabulary, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "案件编号,认定时间,天气,温度,经手,货物,里程碑,最后更新人",
        *(f"C-{i},2026-11-10 08:{i:02d},晴,{i},甲乙丙{i},煤炭{i},{i * 7},王五{i}" for i in range(20)),
    )
    found = meant(guessed(path, words))
    assert {head for head, meaning in found.items() if meaning} == {"案件编号", "认定时间"}


def test_values_that_contradict_their_head_are_not_believed(words: Vocabulary, tmp_path: Path) -> None:
    path = written(tmp_path, "案件编号,总重(kg),认定时间,放行时间", *["C-1,很重,昨天,2026-11-10 08:00"] * 3)
    proposal = guessed(path, words)
    assert meant(proposal) == {
        "案件编号": "case_no", "总重(kg)": "", "认定时间": "", "放行时间": "when:released",
    }  # fmt: skip
    assert [one.why.code for one in proposal.guesses][1:3] == ["does_not_fit", "does_not_fit"]


def test_an_event_file_with_heads_nobody_knows_is_told_by_its_values(
    words: Vocabulary, tmp_path: Path
) -> None:
    path = written(
        tmp_path,
        "案号,单位甲,事项甲,何时甲,号码甲",
        "C-1,城西,检测认定,2026-11-10 08:00,晋D81234",
        "C-1,城西,放行,2026-11-10 12:00,晋D81234",
        "C-2,河口,检测认定,2026-11-10 09:00,晋D81235",
        "C-2,河口,写报告,2026-11-10 09:30,晋D81235",
    )
    proposal = guessed(path, words)
    assert proposal.kind == "events"
    assert list(meant(proposal).values()) == ["case_no", "station", "activity", "at", "data:plate"]
    assert proposal.labels == {"检测认定": "confirmed", "放行": "released", "写报告": ""}


def test_two_columns_of_one_head_are_neither(words: Vocabulary, tmp_path: Path) -> None:
    path = written(
        tmp_path, "案件编号,认定时间,备注,备注", "C-1,2026-11-10 08:00,a,b", "C-2,2026-11-10 08:00,a,b"
    )
    proposal = guessed(path, words)
    assert [one.meaning for one in proposal.guesses] == ["case_no", "when:confirmed", "", ""]


def test_date_and_time_of_day_in_two_columns_are_one_event(words: Vocabulary, tmp_path: Path) -> None:
    path = written(
        tmp_path, "案件编号,放行日期,放行时间,认定时间", *["C-1,2026-11-10,12:30,2026-11-10 08:00"] * 3
    )
    assert list(meant(guessed(path, words)).values()) == [
        "case_no", "date:released", "time:released", "when:confirmed",
    ]  # fmt: skip


def test_json_lines_are_columns_by_their_names(words: Vocabulary, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"case_no": "C-1", "siteCode": "城西", "event": "检测认定", "timestamp": "2026-11-10 08:00"}',
        '{"case_no": "C-1", "siteCode": "城西", "event": "放行",'
        ' "timestamp": "2026-11-10 12:00", "data": {"note": "x"}}',
        name="export.jsonl",
    )
    assert meant(guessed(path, words)) == {
        "case_no": "case_no", "siteCode": "station", "event": "activity", "timestamp": "at",
        "note": "data:note",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("晋D81021", "晋D·8**21"),
        ("13800001234", "138**34"),
        ("14042319900101123X", "140423**3X"),
        ("车牌晋D81021已放行", "车牌晋D**21已放行"),
        ("2026-11-10 08:00:00", "2026-11-10 08:00:00"),
        ("20260711083000123456", "20260711083000123456"),
    ],
)
def test_samples_cover_plates_ids_and_phones_and_nothing_else(cell: str, shown: str) -> None:
    assert covered(cell) == shown


def test_names_in_a_column_nobody_knows_are_covered(words: Vocabulary, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "案件编号,认定时间,驾驶员,经办人甲",
        *(
            f"C-{i},2026-11-10 08:{i:02d},李小{sign},赵大{sign}"
            for i, sign in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯")
        ),
    )
    by_head = {one.column.head: one for one in guessed(path, words).guesses}
    driver, unknown = by_head["驾驶员"], by_head["经办人甲"]
    assert driver.meaning == "data:driver_digest"
    assert set(samples(driver.shape, personal=True, known=True)) == {"李**"}
    assert unknown.meaning == ""
    assert set(samples(unknown.shape, personal=False, known=False)) == {"赵**"}


def test_parquet_and_event_logs_are_columns_by_their_names(words: Vocabulary, tmp_path: Path) -> None:
    table = pa.table({"案件编号": ["C-1"], "认定时间": ["2026-11-10 08:00"], "轴重": [[1, 2]], "轴数": [6]})
    pq.write_table(table, tmp_path / "export.parquet")
    assert meant(guessed(tmp_path / "export.parquet", words)) == {
        "案件编号": "case_no", "认定时间": "when:confirmed", "轴数": "data:axles",
    }  # fmt: skip
    log = (
        '<log xmlns="http://www.xes-standard.org/"><trace><string key="concept:name" value="C-1"/>'
        '<event><string key="concept:name" value="检测认定"/>'
        '<date key="time:timestamp" value="2026-11-10T08:00:00+08:00"/></event></trace></log>'
    )
    (tmp_path / "log.xes").write_text(log, encoding="utf-8")
    proposal = guessed(tmp_path / "log.xes", words)
    assert (proposal.kind, proposal.labels) == ("events", {"检测认定": "confirmed"})
    assert meant(proposal)["time:timestamp"] == "at"
    assert meant(proposal)["case:concept:name"] == "case_no"
