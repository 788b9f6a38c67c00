"""Folding of full-width text, and what counts as nothing."""

from __future__ import annotations

import pytest

from ingest.tables.cell import Cell, fold_width, is_blank


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("１２３．５", "123.5"),
        ("２０２４－０７－０１　１３：０５", "2024-07-01 13:05"),
        ("晋Ｄ１２３４５", "晋D12345"),
        ("（吨）", "(吨)"),
        ("a\xa0b", "a b"),
        ("决定书〔2024〕1号", "决定书〔2024〕1号"),
    ],
)
def test_full_width_characters_fold_to_their_usual_width(written: str, folded: str) -> None:
    assert fold_width(written) == folded


@pytest.mark.parametrize("text", ["①", "㎏", "m²", "㈠"])
def test_characters_that_only_look_compatible_keep_their_meaning(text: str) -> None:
    assert fold_width(text) == text


def test_spaces_of_any_kind_are_blank_and_zero_is_not() -> None:
    assert is_blank(Cell(None))
    assert is_blank(Cell(" \xa0\u3000"))
    assert not is_blank(Cell(0))
    assert not is_blank(Cell(False))
