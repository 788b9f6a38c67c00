"""A source page: the YAML file that says how one format of file becomes events.

A page names the columns a file may have (with every head they were seen under), and which of them make which
events. Nothing about a format stands in code: a new format is a new page in `config/sources/`.
"""

from __future__ import annotations

import re
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from monitor.cases.activity import Activity
from monitor.settings.entry import Entry, Name
from monitor.settings.yamlfile import KeyPath

ColumnKind = Literal[
    "text", "code", "plate", "plate_colour", "mass", "money", "length", "count", "percent", "speed",
    "datetime", "date", "time",
]  # fmt: skip
"""What the cells of a column hold; the parsers of each kind are in `ingest.mapping.values` and `times`."""

PersonKind = Literal["name", "id_number", "phone", "address", "company_contact"]

UNITS_OF: dict[str, tuple[str, ...]] = {
    "mass": ("kg", "t"),
    "money": ("yuan", "wan_yuan", "fen"),
    "length": ("mm", "cm", "m"),
    "percent": ("percent", "ratio"),
    "speed": ("kmh",),
}
"""Units a page may fix for a kind of column, beside `head`: as the head or the title of the file says."""

KEY_ENDS: dict[str, str] = {
    "mass": "_kg",
    "money": "_fen",
    "length": "_mm",
    "percent": "_bp",
    "speed": "_kmh",
}
"""Event data hold integers whose key names the unit; such a column may only fill a key with this end."""

DURATION = re.compile(r"^(\d+)\s*(m|h|d)$")
SECONDS = {"m": 60, "h": 3600, "d": 86400}


def wrong(code: str, message: str, **params: str) -> PydanticCustomError:
    """A problem of a page; its sentences are the texts `config.problem.CODE` and `config.accepted.CODE`."""
    return PydanticCustomError(code, message, params)


class Column(Entry):
    """A column the format may have."""

    names: tuple[str, ...] = ()
    """Heads it was seen under; `group/name` for two-row heads. Without any, the column's own name."""
    kind: ColumnKind = "text"
    unit: str | None = None
    """Unit of a mass, money, length or percent column; `head` reads it from the head, the title or the row
    under the head. A column whose unit cannot be told is refused, never guessed."""
    codes: str | dict[str, str] | None = None
    """What stands in the file → what is meant; or the name of a set in `codes.yaml`. Others are refused."""
    required: bool = False
    """A sheet without this column is refused whole."""
    personal: PersonKind | None = None
    """A personal value: only its keyed digest goes into events, under a key that ends in `_digest`."""
    min: int | None = None
    max: int | None = None
    """Bounds in the stored unit (kg, fen, mm). A value outside is refused as absurd."""
    precision: Literal["day"] | None = None
    """`day`: the source knows no hours, whatever it writes; a midnight is then the whole local day."""
    several: bool = False
    """A cell holds several values (axle weights, spacings), told apart by commas, semicolons or strokes."""
    serial: bool = False
    """Bare numbers are spreadsheet serial dates. Without it they are refused as times."""

    @field_validator("names", mode="before")
    @classmethod
    def one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def unit_fits_kind(self) -> Self:
        accepted = UNITS_OF.get(self.kind)
        if accepted is None:
            if self.unit is not None:
                raise wrong("unit_without_measure", "a {kind} column has no unit", kind=self.kind)
        elif self.unit not in (*accepted, "head"):
            raise wrong(
                "unit_not_known",
                "a {kind} column needs a unit: {known}",
                kind=self.kind,
                known=", ".join(("head", *accepted)),
            )
        if self.several and accepted is None:
            raise wrong("several_without_measure", "a {kind} column holds one value", kind=self.kind)
        if self.kind == "code" and self.codes is None:
            raise wrong("codes_missing", "a code column needs codes")
        return self


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, or a problem of the page that says why it is none."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise wrong("not_a_pattern", "not a regular expression", value=pattern, detail=str(error)) from error


class StationFrom(Entry):
    """Where the station of a row is named. Several may be given; the first that says something counts."""

    column: str | None = None
    sheet: str | None = None
    """A pattern for the sheet's name; its first group, or all of it, is the station."""
    file: str | None = None
    """A pattern for the file's name; its first group, or all of it, is the station."""
    code: str | None = None
    """One station for every row."""

    @field_validator("sheet", "file")
    @classmethod
    def pattern_compiles(cls, value: str | None) -> str | None:
        if value is not None:
            compiled(value)
        return value

    @model_validator(mode="after")
    def somewhere(self) -> Self:
        if self.column is self.sheet is self.file is self.code is None:
            raise wrong("station_from_nowhere", "give at least one of column, sheet, file, code")
        return self


class At(Entry):
    """When an event happened: one column, or a date and a time of day in two."""

    column: str | None = None
    date: str | None = None
    time: str | None = None

    @model_validator(mode="before")
    @classmethod
    def from_name(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if (self.column is None) == (self.date is None) or (self.time is not None and self.date is None):
            raise wrong("at_not_clear", "give a column, or a date and a time column")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.column, self.date, self.time) if name is not None)


def keyed(value: Any) -> Any:
    """`[a, b]` is short for `{a: a, b: b}`."""
    return {name: name for name in value} if isinstance(value, list | tuple) else value


class LedgerEvent(Entry):
    """An event that a row of a ledger tells where its time is filled in."""

    activity: Activity
    at: At
    ordinal: int = 0
    """0, 1, … among several columns of one activity."""
    data: dict[str, str] = Field(default_factory=dict)
    """Canonical key → column. These belong to this event: a bad cell among them loses it."""
    set: dict[str, str | int | bool] = Field(default_factory=dict)
    """Fixed data of this event, e.g. `authority: police`."""
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Column → values (after codes) with which the event is meant."""

    @field_validator("data", mode="before")
    @classmethod
    def listed(cls, value: Any) -> Any:
        return keyed(value)

    @field_validator("when", mode="before")
    @classmethod
    def one_or_many(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: (one,) if isinstance(one, str) else one for name, one in value.items()}
        return value


class ActivityCode(Entry):
    """What a label of an event file means."""

    activity: Activity
    set: dict[str, str | int | bool] = Field(default_factory=dict)
    """Fixed data that the label says, e.g. `outcome: warning`."""

    @model_validator(mode="before")
    @classmethod
    def from_name(cls, value: Any) -> Any:
        return {"activity": value} if isinstance(value, str) else value


class ActivityFrom(Entry):
    """The column of an event file that names the activity, and what its labels mean."""

    column: str
    codes: str | dict[str, ActivityCode] = "activities"


class SourcePage(Entry):
    """A format of file, and how its rows become events."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    """The name after `--source`; the file is `config/sources/NAME.yaml`."""
    title: Name
    feed: Name
    """Short label in the board's list of feeds."""
    kind: Literal["ledger", "events", "statement"]
    """`ledger`: a row per case, times in columns. `events`: a row per event. `statement`: a row per line of
    the treasury's statement; it tells no event and is held against what events tell of the money."""
    files: tuple[str, ...] = ()
    """File name patterns this source claims, e.g. `*台账*.xlsx`."""
    zone: str = "Asia/Shanghai"
    """Zone of times that name none."""
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    expect_every: str | None = None
    """How often something should arrive, e.g. `30m`, `12h`, `7d`; longer is a silence on the board."""
    full: bool = False
    """Each file holds the whole ledger: a case that is gone from a later one is a finding."""
    sheets: tuple[str, ...] = ()
    """Sheet name patterns to read; none means every sheet on which the head is found."""
    head: int = Field(default=15, ge=1, le=200)
    """How many rows from the top the head is searched in."""
    station: StationFrom
    case_no: str = "case_no"
    """The column of the case number; kind `statement`: of the number or id of a line."""
    case_no_given: str | None = None
    """A column that wins over `case_no` where it is filled: not every weighing names a case."""
    columns: dict[str, Column]
    recorded_at: str | None = None
    """Column that says when the source recorded the row."""
    revision: str | None = None
    """Column with the source's own revision number."""
    event_id: str | None = None
    """Column with the source's own id of an event; kind `events` only."""
    numbered: dict[Activity, str] = Field(default_factory=dict)
    """Kind `events`: activity → the column whose number is, at its station, the source's own id of such an
    event: a first weighing has its check number. Told again with other values, it is a revision."""
    carry_down: tuple[str, ...] = ()
    """Columns whose blank cells repeat the cell above."""
    passed_over: tuple[str, ...] = ()
    """Sheet name patterns that hold no rows (notes, lists of choices); every other sheet without a head is
    reported."""
    aside: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Why (`subtotal`, `signature`, `example`) → patterns. A row is not data where its first filled cell
    matches one at its start and it has no case number, or no time, or a case number that matches one too."""
    numbering: tuple[str, ...] = ("序号", "编号", "No", "No.", "#")
    """Heads of running numbers. A row where nothing else is filled is blank."""
    facts: dict[str, str] = Field(default_factory=dict)
    """Canonical key → column, of what belongs to the case (plate, axles). They ride on the first event
    present, in declared order; a bad cell loses only itself."""
    events: tuple[LedgerEvent, ...] = ()
    """Kind `ledger`: the events of a row, in the order in which facts choose."""
    activity: ActivityFrom | None = None
    at: At | None = None
    """When an event happened; kind `statement`: when the money was posted."""
    paid_at: str | None = None
    """Kind `statement`: the column that says when it was paid."""
    statement_no: str | None = None
    """Kind `statement`: the column of the number of the statement, where lines are numbered within each."""
    data: dict[str, str] = Field(default_factory=dict)
    """Kind `events`: canonical key → column, for every activity; kind `statement`: the keys of a line."""
    data_of: dict[Activity, dict[str, str]] = Field(default_factory=dict)
    """Kind `events`: canonical key → column for one activity alone; wins over `data`."""
    repeats: Literal["duplicate", "distinct"] = "duplicate"
    """What an exact repeat in one delivery without ids is: the same event told twice, or another one."""

    @field_validator("zone")
    @classmethod
    def zone_is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise wrong("unknown_zone", "not a zone of the tz database", value=value) from error
        return value

    @field_validator("expect_every")
    @classmethod
    def duration_reads(cls, value: str | None) -> str | None:
        if value is not None and not DURATION.match(value):
            raise wrong("not_a_duration", "a number with m, h or d", value=value)
        return value

    @field_validator("aside")
    @classmethod
    def patterns_compile(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for patterns in value.values():
            for pattern in patterns:
                compiled(pattern)
        return value

    @field_validator("files", "sheets", "passed_over", "carry_down", mode="before")
    @classmethod
    def one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("facts", "data", mode="before")
    @classmethod
    def listed(cls, value: Any) -> Any:
        return keyed(value)

    @field_validator("data_of", mode="before")
    @classmethod
    def listed_each(cls, value: Any) -> Any:
        return {name: keyed(one) for name, one in value.items()} if isinstance(value, dict) else value

    @field_validator("columns", mode="before")
    @classmethod
    def short_columns(cls, value: Any) -> Any:
        """`plate: [车牌号, 车牌]` is short for `plate: {names: [车牌号, 车牌]}`."""
        if not isinstance(value, dict):
            return value
        return {
            name: {"names": one} if isinstance(one, str | list) else ({} if one is None else one)
            for name, one in value.items()
        }

    def uses(self) -> list[tuple[KeyPath, str]]:
        """Every column the page refers to, with the key that does."""
        used: list[tuple[KeyPath, str]] = [(("case_no",), self.case_no)]
        if self.case_no_given:
            used.append((("case_no_given",), self.case_no_given))
        used += [(("carry_down", i), name) for i, name in enumerate(self.carry_down)]
        single = {
            "recorded_at": self.recorded_at, "revision": self.revision, "event_id": self.event_id,
            "statement_no": self.statement_no,
        }  # fmt: skip
        used += [((key,), name) for key, name in single.items() if name]
        if self.station.column:
            used.append((("station", "column"), self.station.column))
        if self.activity:
            used.append((("activity", "column"), self.activity.column))
        used += [(("numbered", activity.value), name) for activity, name in self.numbered.items()]
        used += self.times()
        for i, event in enumerate(self.events):
            used += [(("events", i, "when", name), name) for name in event.when]
        return used + self.fills()

    def fills(self) -> list[tuple[KeyPath, str]]:
        """Every key of event data (the end of its path) with the column that fills it."""
        pairs: list[tuple[KeyPath, str]] = [(("facts", key), name) for key, name in self.facts.items()]
        pairs += [(("data", key), name) for key, name in self.data.items()]
        for activity, one in self.data_of.items():
            pairs += [(("data_of", activity.value, key), name) for key, name in one.items()]
        for i, event in enumerate(self.events):
            pairs += [(("events", i, "data", key), name) for key, name in event.data.items()]
        return pairs

    def times(self) -> list[tuple[KeyPath, str]]:
        """Every column that tells when something happened, with the key that says so."""
        pairs: list[tuple[KeyPath, str]] = [(("at",), name) for name in (self.at.columns if self.at else ())]
        if self.paid_at:
            pairs.append((("paid_at",), self.paid_at))
        for i, event in enumerate(self.events):
            pairs += [(("events", i, "at"), name) for name in event.at.columns]
        return pairs

    def keys_of(self, activity: str | None) -> dict[str, str]:
        """Kind `events`: canonical key → column for one activity."""
        own = next((keys for one, keys in self.data_of.items() if one.value == activity), None)
        return self.data if own is None else {**self.data, **own}

    @property
    def expect_seconds(self) -> int | None:
        """`expect_every` in seconds."""
        if self.expect_every is None or (match := DURATION.match(self.expect_every)) is None:
            return None
        return int(match[1]) * SECONDS[match[2]]
