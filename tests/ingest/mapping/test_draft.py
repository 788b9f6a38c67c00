"""A draft and the page it comes to: round trip, what has to be chosen, saving and taking into use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.mapping.draft import Draft, DraftColumn, draft_of, draft_of_page, page_text, pattern_of, undecided
from ingest.mapping.guess import Proposal, propose
from ingest.mapping.guess_sheet import look
from ingest.mapping.guess_words import Vocabulary, vocabulary
from ingest.mapping.own_pages import NotSaved, checked, first_line, save
from ingest.mapping.pages import SourcePages, load_pages
from ingest.mapping.place import StationDirectory

from .conftest import Deliver

STATIONS = StationDirectory({"14042302": ["城西"]})
LEDGER = (
    "案件编号,检测站,车牌号码,车牌颜色,总重,罚款(元),决定时间,认定日期,认定时间,复检总重,复检时间",
    "C-1,城西,晋D81234,1,52.3,500,2026-11-10 10:00,2026-11-10,08:00,48,2026-11-10 11:00",
    "C-2,城西,晋D81235,2,61.0,900,2026-11-10 12:00,2026-11-10,09:00,47,2026-11-10 13:00",
)
EVENTS = (
    "案号,检测站,环节,时间,总重(kg)",
    "C-1,城西,检测认定,2026-11-10 08:00,52300",
    "C-1,城西,走了,2026-11-10 12:00,48000",
)


@pytest.fixture
def pages() -> SourcePages:
    return load_pages()


@pytest.fixture
def words(pages: SourcePages) -> Vocabulary:
    return vocabulary(pages, pages.codes)


def drafted(folder: Path, words: Vocabulary, rows: tuple[str, ...]) -> tuple[Proposal, Draft]:
    path = folder / "西站导出_20261110.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    [sheet] = look(path, words.heads)
    proposal = propose(sheet, words, STATIONS)
    return proposal, draft_of(proposal, words, path.name, "Asia/Shanghai")


def missing(proposal: Proposal, draft: Draft, words: Vocabulary) -> list[tuple[str, str]]:
    return [
        (one.code, one.head)
        for one in undecided(draft, {g.column.head: g.shape for g in proposal.guesses}, words)
    ]


def chosen(draft: Draft, head: str, **what: Any) -> Draft:
    columns = tuple(replace(one, **what) if one.head == head else one for one in draft.columns)
    return replace(draft, columns=columns)


def settled(draft: Draft) -> Draft:
    draft = chosen(draft, "总重", unit="t")
    draft = chosen(draft, "复检总重", unit="t")
    return chosen(draft, "车牌颜色", colours="plate_colours_jtt415")


def test_a_mass_without_a_unit_and_clashing_colours_have_to_be_chosen(
    words: Vocabulary, tmp_path: Path
) -> None:
    proposal, draft = drafted(tmp_path, words, LEDGER)
    assert missing(proposal, draft, words) == [
        ("colours", "车牌颜色"), ("unit", "总重"), ("unit", "复检总重"),
    ]  # fmt: skip
    assert missing(proposal, settled(draft), words) == []


def test_a_draft_with_an_open_unit_is_no_page(words: Vocabulary, pages: SourcePages, tmp_path: Path) -> None:
    _, draft = drafted(tmp_path, words, LEDGER)
    with pytest.raises(NotSaved) as refused:
        save("mine", page_text(draft, words), tmp_path, pages, "anna")
    assert refused.value.code == "not_a_page"
    assert not (tmp_path / "sources" / "mine.yaml").exists()


@pytest.mark.parametrize("rows", [LEDGER, EVENTS])
def test_a_draft_comes_back_from_its_page(
    rows: tuple[str, ...], words: Vocabulary, pages: SourcePages, tmp_path: Path
) -> None:
    proposal, draft = drafted(tmp_path, words, rows)
    if rows is LEDGER:
        draft = settled(draft)
    else:
        draft = replace(draft, labels={"检测认定": "confirmed", "走了": "released"}, zone="Asia/Urumqi")
    page = checked("mine", page_text(draft, words, ("note",)), pages)
    assert draft_of_page(page, proposal.sheet, draft, words) == draft


def test_data_of_one_event_ride_on_it_and_what_belongs_to_the_case_is_a_fact(
    words: Vocabulary, pages: SourcePages, tmp_path: Path
) -> None:
    _, draft = drafted(tmp_path, words, LEDGER)
    page = checked("mine", page_text(settled(draft), words), pages)
    told = {event.activity.value: (event.at.columns, event.data) for event in page.events}
    assert told == {
        "confirmed": (("confirmed_date", "confirmed_time"), {}),
        "reweighed": (("reweighed_at",), {"gross_kg": "gross_kg_reweighed"}),
        "decided": (("decided_at",), {"fine_fen": "fine_fen"}),
    }
    assert page.facts == {name: name for name in ("plate", "plate_colour", "gross_kg")}
    assert page.columns["gross_kg"].unit == "t"
    assert page.columns["fine_fen"].unit == "head"


def test_a_label_is_what_the_person_says_and_the_usual_set_is_named_where_nothing_was_changed(
    words: Vocabulary, pages: SourcePages, tmp_path: Path
) -> None:
    _, draft = drafted(tmp_path, words, EVENTS)
    assert draft.labels == {"检测认定": "confirmed", "走了": ""}
    usual = checked("mine", page_text(draft, words), pages)
    own = checked(
        "mine", page_text(replace(draft, labels={**draft.labels, "走了": "released"}), words), pages
    )
    assert usual.activity is not None and usual.activity.codes == "activities"
    assert own.activity is not None and isinstance(own.activity.codes, dict)
    assert {label: code.activity.value for label, code in own.activity.codes.items()} == {
        "检测认定": "confirmed", "走了": "released",
    }  # fmt: skip


def test_one_meaning_twice_and_hours_without_a_date_are_said(words: Vocabulary, tmp_path: Path) -> None:
    proposal, draft = drafted(tmp_path, words, EVENTS)
    twice = chosen(draft, "时间", meaning="case_no")
    assert missing(proposal, twice, words) == [("time", ""), ("twice", "案号"), ("twice", "时间")]
    ledger = Draft("ledger", (DraftColumn("a", "case_no"), DraftColumn("b", "time:released")), {}, "UTC", "t")
    assert [one.code for one in undecided(ledger, {}, words)] == ["station", "time", "date"]


@pytest.mark.parametrize(
    ("file", "patterns"),
    [
        ("西站导出_20261110.csv", ("西站导出_*.csv",)),
        ("过磅(3).xlsx", ("过磅?*?.xlsx",)),
        ("2026-11-10.csv", ()),
        ("log.xes.gz", ("log.xes.gz",)),
    ],
)
def test_further_exports_are_claimed_by_what_does_not_change_in_the_name(
    file: str, patterns: tuple[str, ...]
) -> None:
    assert pattern_of(file) == patterns


# ---------------------------------------------------------------- saving


def text(draft: Draft, words: Vocabulary, actor: str = "anna") -> str:
    return page_text(draft, words, (first_line(actor, "2026-11-24 14:12", "x.csv"),))


def test_a_saved_page_is_in_use_at_once_and_claims_the_next_export(
    words: Vocabulary, pages: SourcePages, tmp_path: Path
) -> None:
    _, draft = drafted(tmp_path, words, EVENTS)
    assert not [page.name for page in pages.claiming("西站导出_20261201.csv")]
    save("west", text(draft, words), tmp_path, pages, "anna")
    assert [page.name for page in pages.claiming("西站导出_20261201.csv")] == ["west"]
    assert load_pages(tmp_path)["west"] == pages["west"]
    assert (
        (tmp_path / "sources/west.yaml")
        .read_text(encoding="utf-8")
        .startswith("# fangxing mapping by anna, 2026-11-24 14:12, from x.csv\n")
    )


def test_only_a_page_of_ones_own_is_overwritten_and_only_when_asked(
    words: Vocabulary, pages: SourcePages, tmp_path: Path
) -> None:
    _, draft = drafted(tmp_path, words, EVENTS)
    own = text(draft, words)
    save("west", own, tmp_path, pages, "anna")
    (tmp_path / "sources/written.yaml").write_text(own.partition("\n")[2], encoding="utf-8")
    for name, actor, overwrite, code in (
        ("west", "anna", False, "own_exists"),
        ("west", "bert", True, "taken"),
        ("written", "anna", True, "taken"),
        ("events", "anna", True, "taken"),
        ("codes", "anna", True, "not_a_name"),
        ("../west", "anna", False, "not_a_name"),
    ):
        with pytest.raises(NotSaved) as refused:
            save(name, own, tmp_path, pages, actor, overwrite=overwrite)
        assert refused.value.code == code
    changed = text(replace(draft, title="Neu"), words)
    assert save("west", changed, tmp_path, pages, "anna", overwrite=True).title.zh == "Neu"


def test_without_a_folder_nothing_is_saved(words: Vocabulary, pages: SourcePages, tmp_path: Path) -> None:
    _, draft = drafted(tmp_path, words, EVENTS)
    for folder in (None, tmp_path / "gone"):
        with pytest.raises(NotSaved) as refused:
            save("west", text(draft, words), folder, pages, "anna")
        assert refused.value.code == "no_folder"


def test_a_folder_with_another_broken_page_stays_as_it_was(
    words: Vocabulary, pages: SourcePages, tmp_path: Path
) -> None:
    _, draft = drafted(tmp_path, words, EVENTS)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/other.yaml").write_text("kind: nonsense", encoding="utf-8")
    before = dict(pages.pages)
    with pytest.raises(NotSaved) as refused:
        save("west", text(draft, words), tmp_path, pages, "anna")
    assert refused.value.code == "others_broken"
    assert [file.name for file in (tmp_path / "sources").iterdir()] == ["other.yaml"]
    assert pages.pages == before


def test_driver_and_phone_of_a_ledger_are_personal_and_a_contact_at_its_foot_is_a_signature(
    words: Vocabulary, pages: SourcePages, deliver: Deliver, tmp_path: Path
) -> None:
    rows = (
        "案件编号,检测站,认定时间,司机,联系方式",
        "C-1,城西,2026-11-10 08:00,张三,13800001234",
        "联系方式：0355-6221234,,,,",
        "联系电话：0355-6221234,,,,",
        "联系人：李四,,,,",
    )
    proposal, draft = drafted(tmp_path, words, rows)
    meant = {one.column.head: one.meaning for one in proposal.guesses}
    assert (meant["司机"], meant["联系方式"]) == ("data:driver_digest", "data:driver_phone_digest")
    page = checked("mine", page_text(draft, words), pages)
    found = deliver(page, "\n".join(rows))
    assert found.aside == ["head", *["signature"] * 3]
    assert [(one.kind, one.value) for one in found.persons] == [("name", "张三"), ("phone", "13800001234")]
    told = found.data("confirmed")
    assert {told["driver_digest"], told["driver_phone_digest"]} == {one.digest for one in found.persons}
    assert "张三" not in str(told) and "1380000" not in str(told)
