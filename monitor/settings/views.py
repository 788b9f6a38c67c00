"""Views of other databases that are read by polling, the section `views` of `config/jobs.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, field_validator

from monitor.settings.scheduled import Scheduled
from monitor.settings.secret import VARIABLE, is_reference
from monitor.settings.yamlfile import KeyPath

SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
Span = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[smhd]$")]
"""A number with s, m, h or d: `30s`, `5m`."""

SINCE = "since"
PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
"""What SQLAlchemy takes for a parameter: `:since`, and neither `::date` nor `08:30`."""
SECRET_WORDS = ("password", "passwd", "pwd", "secret", "token")

WatermarkKind = Literal["time", "number", "text"]
Fault = tuple[KeyPath, str, dict[str, str]]
"""Key below the view, problem code, fields of its sentences."""

OVERLAPS = {
    "time": ("view_overlap_time", r"[1-9][0-9]{0,3}[smhd]|0s"),
    "number": ("view_overlap_number", r"[0-9]{1,18}"),
    "text": ("view_overlap_text", r"0"),
}
"""For each kind of watermark how an overlap is written, and the problem of one that is not."""


class DatabaseView(Scheduled):
    """A query that is asked again and again for what changed since."""

    USUALLY: ClassVar[str] = "5m"

    url: str
    """SQLAlchemy URL. Passwords as `${NAME}`; or all of it a reference, `${NAME}` or `file:/path`."""
    password: str | None = None
    """A reference, where it does not stand in the URL."""
    query: str
    """One SELECT, with `:since` where the watermark is compared."""
    source: str
    """The page that reads the rows."""
    watermark: str
    """The column of the answer that grows with every change."""
    watermark_kind: WatermarkKind = "time"
    start: str | None = None
    """What the first poll asks from; left out, from the beginning."""
    overlap: str | None = None
    """So far behind the watermark each poll asks again, for rows that were committed late: `2h`, or a number
    for a watermark that is one. A watermark of text has none."""
    timeout: Span = "30s"
    """So long may the database take for each step of an answer."""
    rows: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    """After so many rows of one answer the next part is asked for, where they come in order."""
    backfill: bool = False
    made_up: bool = False
    """A database that the simulator wrote: a demo reads it too, and no other."""

    @field_validator("start", "overlap", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    @property
    def timeout_seconds(self) -> int:
        return _seconds(self.timeout)

    @property
    def overlap_time(self) -> timedelta:
        """How far a watermark of time goes back."""
        return timedelta(seconds=_seconds(self.overlap or "2h"))

    @property
    def overlap_number(self) -> int:
        """How far a watermark that is a number goes back."""
        return int(self.overlap or 0)

    @property
    def ordered(self) -> bool:
        """Whether the query says that its rows come in the order of the watermark."""
        column = rf"(?:\w+\.)?[\"`\[]?{re.escape(self.watermark)}[\"`\]]?"
        last = rf"\border\s+by\s+{column}(?:\s+asc)?(?:\s+nulls\s+\w+)?\s*(?:,[^()]*)?;?\s*$"
        return re.search(last, self.query, re.I) is not None

    @property
    def shown(self) -> str:
        """The database for a person: neither user nor password nor options."""
        if is_reference(self.url):
            return self.url
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme.partition('+')[0]}://{place}{parts.path}"

    def faults(self) -> Iterator[Fault]:
        """What does not fit together in a view whose keys are each well formed. No fault carries the URL."""
        yield from self._faults_of_url()
        yield from self._faults_of_query()
        wrong_overlap, form = OVERLAPS[self.watermark_kind]
        if self.overlap is not None and not re.fullmatch(form, self.overlap):
            yield ("overlap",), wrong_overlap, {"value": self.overlap}
        if self.start is not None and not self._starts():
            code = "view_start_time" if self.watermark_kind == "time" else "view_start_number"
            yield ("start",), code, {"value": self.start}

    def _starts(self) -> bool:
        told = self.start or ""
        if self.watermark_kind == "number":
            return re.fullmatch(r"-?[0-9]{1,18}", told) is not None
        if self.watermark_kind == "text":
            return True
        try:
            datetime.fromisoformat(told)
        except ValueError:
            return False
        return True

    def _faults_of_url(self) -> Iterator[Fault]:
        if self.password is not None and not is_reference(self.password):
            yield ("password",), "secret_in_the_open", {}
        if is_reference(self.url):
            return
        try:
            parts = urlsplit(self.url)
            open_ones = [parts.password]
            options = parse_qsl(parts.query)
        except ValueError:
            yield ("url",), "not_a_database_url", {}
            return
        if not parts.scheme or "://" not in self.url:
            yield ("url",), "not_a_database_url", {}
            return
        open_ones += [value for name, value in options if _names_a_secret(f"{name}={value}")]
        if any(one and not VARIABLE.search(one) for one in open_ones):
            yield ("url",), "secret_in_the_open", {}

    def _faults_of_query(self) -> Iterator[Fault]:
        bare = without_literals(self.query)
        if not re.match(r"\s*\(?\s*(select|with)\b", bare, re.I) or ";" in bare.rstrip().rstrip(";"):
            yield ("query",), "view_not_select", {}
        # In a literal SQLAlchemy would see it too.
        names = set(PARAMETER.findall(self.query))
        if SINCE not in names:
            yield ("query",), "view_without_since", {}
        for name in sorted(names - {SINCE}):
            yield ("query",), "view_unknown_parameter", {"value": name}


def without_literals(query: str) -> str:
    """The query without its comments and what stands in quotes."""
    return re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"", " ", query, flags=re.S)


def _names_a_secret(option: str) -> bool:
    return any(re.search(rf"{word}\s*=", option, re.I) for word in SECRET_WORDS)


def _seconds(span: str) -> int:
    return int(span[:-1]) * SPANS[span[-1]]
