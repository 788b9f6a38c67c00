"""What is exported, and the formats it comes in."""

from __future__ import annotations

from enum import StrEnum


class Subject(StrEnum):
    EVENTS = "events"
    CASES = "cases"
    WEIGHINGS = "weighings"
    """First weighings that are no case."""


class Form(StrEnum):
    CSV = "csv"
    XES = "xes"
    OCEL = "ocel"
    PARQUET = "parquet"


MEDIA_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XES: "application/xml",
    Form.OCEL: "application/json",
    Form.PARQUET: "application/vnd.apache.parquet",
}
SUFFIXES = {Form.CSV: "csv", Form.XES: "xes", Form.OCEL: "json", Form.PARQUET: "parquet"}


def forms_of(subject: Subject) -> list[Form]:
    """The formats it comes in; XES and OCEL know events alone."""
    return list(Form) if subject is Subject.EVENTS else [Form.CSV, Form.PARQUET]
