"""Thresholds of the board, `config/board.yaml`: what counts as near, as few, as late entry, as stale."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.entry import Entry, typed
from monitor.settings.yamlfile import Document

Positive = Annotated[int, Field(gt=0)]


class DataAge(Entry):
    """Seconds since the last data, from which on the board says so more loudly."""

    fresh_seconds: Positive
    stale_seconds: Positive
    stopped_seconds: Positive

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.fresh_seconds < self.stale_seconds < self.stopped_seconds:
            raise PydanticCustomError("not_rising", "fresh < stale < stopped", {})
        return self


class Target(Entry):
    """The share of cases to be released in time, against which a rate is read."""

    share: Annotated[float, Field(gt=0, le=1)]
    source: str | None = None
    confirmed_by: str | None = None
    example: bool = False

    @property
    def confirmed(self) -> bool:
        return self.confirmed_by is not None and not self.example


class Board(Entry):
    """`board.yaml`."""

    near_hours: Annotated[float, Field(gt=0, lt=24)]
    """A case with no more time than this left is near its limit."""
    few_n: Positive
    """Below this many cases no percentage stands as a headline."""
    rows_whole: Positive
    """So many cases keep a whole strip on the board; the rest become tiles."""
    axis_hours: Annotated[float, Field(gt=24, le=48)]
    """Length of the board's time axis."""
    refresh_seconds: Annotated[int, Field(ge=1, le=300)]
    data_age: DataAge
    target: Target
    late_entry_minutes: Positive
    """An event recorded more than this after it happened counts as entered late."""
    future_tolerance_minutes: Annotated[int, Field(ge=0)]
    """By so much may a source's clock run ahead of ours before its time counts as lying in the future."""


def read_board(document: Document) -> Board:
    """The thresholds of a document. Raises ConfigError."""
    return typed(Board, document)
