"""Messages: plain words in both languages, plates masked, as long as the provider takes and no longer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.message import Told, compose, what
from monitor.settings.alerts import CASE_CLOCKS
from monitor.settings.entry import Language
from monitor.settings.texts import texts
from tests.factories import SHANGHAI, at

WHEN = at("2026-07-24 14:30")
NUMBER = "0123456789abcdef0123"


def test_a_message_says_where_which_case_what_and_when() -> None:
    told = [
        Told("C-2", "晋D81021", "step:unload", "due", WHEN + 60_000_000),
        Told("C-1", None, "a", "left-2h", WHEN, "https://f.example/f/x"),
    ]
    message = compose(told, "城西", NUMBER, SHANGHAI, texts("zh"), 2048)
    assert message.text.splitlines() == [
        "【放行】城西:2 条预警",
        "C-1:放行时限还剩 2 小时(7月24日 14:30)",
        "接单:https://f.example/f/x",
        "C-2 晋D·8**21:卸载超过规定的用时(7月24日 14:31)",
        "编号 0123456789ab",
    ]
    assert [one["plate"] for one in message.data] == [None, "晋D·8**21"]
    assert message.data[0]["due_at"] == "2026-07-24T14:30:00+08:00"


@pytest.mark.parametrize(
    ("clock", "threshold", "zh"),
    [
        ("a", "due", "放行时限已到"),
        ("a", "over-36h", "放行时限已过 36 小时"),
        ("legal:publish", "left-2d", "公示期限还剩 2 天"),
        ("held_after_removal", "due", "违法状态已消除,车辆仍未放行"),
        ("feed:river-scales", "silent", "数据来源 river-scales 没有新消息"),
        ("job:chengxi", "failing", "作业 chengxi 连续失败"),
    ],
)
def test_what_a_flag_is_about(clock: str, threshold: str, zh: str) -> None:
    assert what(clock, threshold, texts("zh")) == zh


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("clock", CASE_CLOCKS)
def test_every_clock_has_its_words(clock: str, language: Language) -> None:
    words = texts(language)
    assert words.find(f"delivery.clock.{clock.replace(':', '.')}") is not None
    said = what(clock, "due", words)
    assert ":" not in said.replace(": ", "") and "_" not in said


@given(
    st.lists(st.tuples(st.text(max_size=200), st.sampled_from(CASE_CLOCKS), st.booleans()), max_size=60),
    st.sampled_from(["zh", "en"]),
)
def test_a_message_is_never_too_long_and_counts_what_it_leaves_out(
    flags: list[tuple[str, str, bool]], language: Language
) -> None:
    told = [
        Told(case, "晋D81021", clock, "due", WHEN + n, "https://f.example/f/" + "x" * 24 if linked else None)
        for n, (case, clock, linked) in enumerate(flags)
    ]
    message = compose(told, "城西", NUMBER, SHANGHAI, texts(language), 2048)
    assert len(message.text.encode()) <= 2048
    assert "晋D81021" not in message.text and len(message.data) == len(told)
    lines = message.text.splitlines()
    links = sum(line.startswith(("接单:", "Take over:")) for line in lines)
    more = sum(line.startswith(("另有", "and ")) for line in lines)
    listed = len(lines) - 2 - links - more
    left = len(told) - listed
    assert more == (left > 0)
    if left:
        assert f" {left} " in next(line for line in lines if line.startswith(("另有", "and ")))
