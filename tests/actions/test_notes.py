"""Acknowledging and noting: kept with who and when, and no clock moves by it."""

from __future__ import annotations

import pytest

from monitor.actions.notes import LONGEST, EmptyNoteError, acknowledge, add_note
from monitor.store.board import data_version
from monitor.store.database import Database
from monitor.store.notes import notes_of
from tests.factories import CASE, HOUR, SENDER, STATION, at, candidate, deliver
from tests.store.reading import current, spans

START = at("2024-11-26 14:32")
NOW = at("2024-11-27 09:00")
KEY = (STATION, CASE)


@pytest.fixture
def held(database: Database) -> Database:
    deliver(database, [candidate("confirmed", START)], START + HOUR)
    return database


def test_notes_are_kept_in_order_with_who_and_when(held: Database) -> None:
    acknowledge(held, SENDER, KEY, now=NOW)
    add_note(held, SENDER, KEY, " 货主答应 15:00 前派车 ", now=NOW + HOUR)
    told = notes_of(held, [KEY, (STATION, "nobody")])
    assert [(one.kind, one.at, one.actor, one.text) for one in told[KEY]] == [
        ("acknowledged", NOW, "local", ""),
        ("note", NOW + HOUR, "local", "货主答应 15:00 前派车"),
    ]
    assert list(told) == [KEY]


def test_a_note_changes_no_clock_and_is_seen_as_news(held: Database) -> None:
    states, known, version = current(held), spans(held), data_version(held)
    acknowledge(held, SENDER, KEY, now=NOW)
    assert (current(held), spans(held)) == (states, known)
    assert data_version(held) != version


def test_a_note_without_words_is_refused_and_a_long_one_is_cut(held: Database) -> None:
    with pytest.raises(EmptyNoteError):
        add_note(held, SENDER, KEY, " \n", now=NOW)
    add_note(held, SENDER, KEY, "很" * (LONGEST + 1), now=NOW)
    [note] = notes_of(held, [KEY])[KEY]
    assert len(note.text) == LONGEST


def test_a_note_on_an_unknown_case_is_an_error(held: Database) -> None:
    with pytest.raises(LookupError, match="nobody"):
        acknowledge(held, SENDER, (STATION, "nobody"), now=NOW)
