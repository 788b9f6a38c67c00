"""Threads take shorter turns while anything is loaded, and their usual ones after it."""

from __future__ import annotations

import sys

import pytest

from ingest.turns import short_turns


def test_turns_are_short_until_the_last_load_has_ended() -> None:
    usual = sys.getswitchinterval()
    first, second = short_turns(), short_turns()
    first.__enter__()
    second.__enter__()
    assert sys.getswitchinterval() < usual
    first.__exit__(None, None, None)
    assert sys.getswitchinterval() < usual
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == usual


def test_turns_are_as_before_where_a_load_fails() -> None:
    usual = sys.getswitchinterval()
    with pytest.raises(OSError), short_turns():
        raise OSError
    assert sys.getswitchinterval() == usual
