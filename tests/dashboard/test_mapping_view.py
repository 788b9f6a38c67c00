"""The mapping page's view: choices laid over the guess, what a meaning asks for, pages that fit, cover."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.views.mapping import BY_COLUMN, Form, adjusted, column_views, extras, fitting_pages
from ingest.mapping.draft import Draft, draft_of
from ingest.mapping.guess import Proposal, propose
from ingest.mapping.guess_sheet import SeenSheet, look
from ingest.mapping.guess_words import Vocabulary, vocabulary
from ingest.mapping.pages import SourcePages, load_pages
from ingest.mapping.place import StationDirectory
from monitor.settings.texts import Texts, texts

ROWS = (
    "案件编号,检测站,车牌号码,颜色,总重,限重(吨),认定时间,驾驶员",
    "C-1,城西,晋D81234,1,52.3,49,2026-11-20 08:00,张三",
    "C-2,城西,晋D81235,2,61.0,49,2026-11-21 09:00,李四",
)


@pytest.fixture(scope="module")
def pages() -> SourcePages:
    return load_pages()


@pytest.fixture(scope="module")
def words(pages: SourcePages) -> Vocabulary:
    return vocabulary(pages, pages.codes)


@pytest.fixture(params=["zh", "en"])
def said(request: pytest.FixtureRequest) -> Texts:
    return texts(request.param)


def seen(folder: Path, words: Vocabulary, rows: tuple[str, ...] = ROWS) -> SeenSheet:
    path = folder / "x.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    [sheet] = look(path, words.heads)
    return sheet


@pytest.fixture
def proposal(tmp_path: Path, words: Vocabulary) -> Proposal:
    return propose(seen(tmp_path, words), words, StationDirectory({"14042302": ["城西"]}))


@pytest.fixture
def draft(proposal: Proposal, words: Vocabulary) -> Draft:
    return draft_of(proposal, words, "x.csv", "Asia/Shanghai")


def form(draft: Draft, **changed: object) -> Form:
    standing = Form(
        kind=draft.kind,
        meanings={i: one.meaning for i, one in enumerate(draft.columns)},
        units={i: one.unit for i, one in enumerate(draft.columns)},
        colours={},
        labels={},
        station=BY_COLUMN,
        zone=draft.zone,
        files=", ".join(draft.files),
        title=draft.title,
    )
    return replace(standing, **changed)  # type: ignore[arg-type]


def test_a_form_nobody_touched_is_the_guess(draft: Draft, proposal: Proposal) -> None:
    assert adjusted(draft, proposal, form(draft)) == draft


def test_what_is_chosen_wins_and_a_fixed_station_stands_where_no_column_is_one(
    draft: Draft, proposal: Proposal
) -> None:
    meanings = {i: one.meaning for i, one in enumerate(draft.columns)}
    chosen = form(
        draft,
        meanings={**meanings, 1: ""},
        units={4: "t", 5: "head"},
        colours={3: "plate_colours_jtt415"},
        station="14042302",
        files="a*.csv，b*.csv,",
    )
    made = adjusted(draft, proposal, chosen)
    assert [made.columns[i].meaning for i in (0, 1)] == ["case_no", ""]
    assert (made.columns[4].unit, made.columns[3].colours) == ("t", "plate_colours_jtt415")
    assert (made.station, made.files) == ("14042302", ("a*.csv", "b*.csv"))


def test_personal_values_are_covered_and_every_reason_is_in_words(
    draft: Draft, proposal: Proposal, words: Vocabulary, said: Texts
) -> None:
    views = {one.head: one for one in column_views(proposal, draft, words, said)}
    shown = " ".join(text for one in views.values() for text in one.samples)
    assert "晋D·8**34" in shown and "张**" in shown
    assert not any(hidden in shown for hidden in ("晋D81234", "张三", "李四"))
    assert all(one.why and "{" not in one.why for one in views.values())
    offered = {choice.value for _, group in views["认定时间"].groups for choice in group}
    assert "when:released" in offered and "data:plate" in offered
    assert "when:released" not in {c.value for _, group in views["总重"].groups for c in group}


def test_a_unit_is_offered_by_head_only_where_the_head_tells_it(
    draft: Draft, proposal: Proposal, words: Vocabulary, said: Texts
) -> None:
    views = {one.head: one.extras for one in column_views(proposal, draft, words, said)}
    assert (views["总重"].unit, [one.value for one in views["总重"].units]) == (None, ["kg", "t"])
    assert (views["限重(吨)"].unit, views["限重(吨)"].units[0].value) == ("head", "head")
    assert views["颜色"].colours is None
    assert {one.value for one in views["颜色"].colour_sets} == set(words.colour_sets)
    money = extras(proposal.guesses[4], "data:fine_fen", proposal, words, said)
    assert (money.unit, [one.value for one in money.units]) == (None, ["yuan", "wan_yuan", "fen"])


def test_a_file_of_a_known_format_is_recognised_by_its_heads_and_an_unknown_one_is_not(
    pages: SourcePages, words: Vocabulary, tmp_path: Path
) -> None:
    known = seen(
        tmp_path, words, ("station,case_no,activity,occurred_at", "城西,A1,confirmed,2026-11-20 08:00")
    )
    assert "events" in fitting_pages([known], pages)
    strange = seen(
        tmp_path, words, ("案件编号,检测站,车号,天气,认定时间", "C-1,城西,晋D81234,晴,2026-11-20 08:00")
    )
    assert fitting_pages([strange], pages) == []
