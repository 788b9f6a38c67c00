"""The case page as it is sent: layout, words in both languages, and what it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import plotly
import pytest

from dashboard.pages import case as page
from dashboard.parts.gate import gate_card
from dashboard.parts.sentence import Speech
from monitor.store.notes import notes_of
from tests.county import CORRECTED, DAYS_ONLY, NOW, PAYING, WITHDRAWN, County, county


def sent(component: Any) -> str:
    """What goes over the wire, as one text."""
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def query(key: tuple[str, str]) -> dict[str, str]:
    return {"station": key[0], "case_no": key[1]}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", [PAYING, CORRECTED, DAYS_ONLY, WITHDRAWN])
def test_every_kind_of_case_is_drawn_in_both_languages(
    told: County, language: str, key: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "current_language", lambda _default: language)
    text = sent(page.layout(told.services, query(key)))
    # A text that lacks its words shows its key; a field that was not filled shows its braces.
    assert "case." not in text and "clocks." not in text and "findings." not in text
    assert "{time}" not in text.replace('"data-words": "{time}"', "").replace("已等 {time}", "")


def test_the_countdown_is_sent_as_an_instant_for_the_browser_to_count(told: County) -> None:
    text = sent(page.layout(told.services, query(PAYING)))
    deadline_ms = (NOW // 1000) + (3 * 60 + 48) * 60_000
    assert f'"data-deadline": {deadline_ms}' in text
    assert str(NOW // 1000) in text


def test_an_unknown_case_is_answered_in_words_with_a_way_on(told: County) -> None:
    text = sent(page.layout(told.services, {"station": PAYING[0], "case_no": "甲 1"}))
    assert "没有编号为 甲 1 的案件" in text
    assert "/cases?text=" in text


def test_the_law_stands_wherever_a_gate_holds_a_vehicle_for_money(told: County) -> None:
    view = page.read(told.services, PAYING, NOW)
    assert view is not None and view.gate is not None
    for language, law in (("zh", "法律上放行不以缴款为前提"), ("en", "does not wait for payment")):
        speech = Speech(told.services.texts[language], view.zone)
        assert law in sent(gate_card(view.gate, view.head, speech))


def test_a_minute_or_new_data_draws_the_page_anew_and_nothing_else_does(tmp_path: Path) -> None:
    made = county(tmp_path)
    first = page.drawn_key(made.services, NOW)
    assert page.drawn_key(made.services, NOW + 1_000_000) == first
    assert page.drawn_key(made.services, NOW + 60_000_000) != first
    made.deliver("空.csv", "26 14:32")
    assert page.drawn_key(made.services, NOW) != first


def test_notes_stand_on_the_page_with_who_and_when(tmp_path: Path) -> None:
    from monitor.actions.notes import acknowledge, add_note
    from tests.county import SENDER, when

    made = county(tmp_path)
    acknowledge(made.database, SENDER, PAYING, now=when("26 13:50"))
    add_note(made.database, SENDER, PAYING, "已打电话", now=when("26 13:52"))
    text = sent(page.layout(made.services, query(PAYING)))
    assert "wang 知悉" in text and "11-26 13:50" in text and "已打电话" in text
    assert len(notes_of(made.database, [PAYING])[PAYING]) == 2
