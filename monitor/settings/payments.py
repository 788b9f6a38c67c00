"""`config/payments.yaml`: the legal values of paying a fine, and the day rate of a vehicle that stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from monitor.settings.entry import Entry, Name, overlaps, typed
from monitor.settings.limits import LegalSource, Sourced
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.yamlfile import Document, KeyPath

FEN = 100
"""Fen in a yuan."""

Yuan = Annotated[int, Field(gt=0, le=1_000_000)]
Percent = Annotated[float, Field(gt=0, le=100)]


class Term(Sourced):
    """Calendar days from the receipt of a decision within which its fine is due; the last one is in time."""

    days: Annotated[int, Field(gt=0, le=365)]


class SurchargeRule(Sourced):
    """What is added for every day after the due date, in per cent of the fine, or of what is unpaid of it."""

    percent_per_day: Percent
    cap_percent: Percent
    base: Literal["fine", "unpaid"] = "fine"

    @property
    def per_day(self) -> int:
        """Hundredths of a per cent a day."""
        return round(self.percent_per_day * 100)

    @property
    def cap(self) -> int:
        """At most, in hundredths of a per cent of the fine."""
        return round(self.cap_percent * 100)


class Ground(Sourced):
    """On what ground the body that fines may collect the money itself."""

    name: Name
    words: Annotated[tuple[str, ...], Field(min_length=1)]
    """How sources write it: a text that holds one of them means it."""
    at_most_yuan: Yuan | None = None

    @property
    def at_most_fen(self) -> int | None:
        return None if self.at_most_yuan is None else self.at_most_yuan * FEN


class DayRate(Sourced):
    """What a vehicle loses a day while it stands (停运损失): an estimate, never a claim."""

    yuan_per_day: Yuan

    @property
    def fen(self) -> int:
        return self.yuan_per_day * FEN


class Payments(Entry):
    """`payments.yaml`. Empty where nothing is configured: then nothing is said of due dates and costs."""

    sources: dict[str, LegalSource] = Field(default_factory=dict)
    due: tuple[Term, ...] = ()
    surcharge: tuple[SurchargeRule, ...] = ()
    grounds: Mapping[str, Ground] = Field(default_factory=dict)
    standing: tuple[DayRate, ...] = ()

    def article_of(self, source: str) -> str:
        """The text and article that a value comes from, as a finding cites it."""
        known = self.sources[source]
        return f"{known.document} {known.article}".strip()


def read_payments(document: Document) -> Payments:
    """The values of a document. Raises ConfigError."""
    payments = typed(Payments, document)
    problems = list(_problems(payments, document))
    if problems:
        raise ConfigError(problems)
    return payments


def _problems(payments: Payments, document: Document) -> Iterator[ConfigProblem]:
    lists: dict[str, tuple[Sourced, ...]] = {
        "due": payments.due, "surcharge": payments.surcharge, "standing": payments.standing,
    }  # fmt: skip
    sourced: dict[KeyPath, Sourced] = {
        (name, place): entry for name, entries in lists.items() for place, entry in enumerate(entries)
    }
    sourced |= {("grounds", name): ground for name, ground in payments.grounds.items()}
    for path, entry in sourced.items():
        if entry.source not in payments.sources:
            known = ", ".join(payments.sources)
            yield document.problem((*path, "source"), "unknown_source", value=entry.source, known=known)
    for name, entries in lists.items():
        for later, earlier in overlaps(entries):
            line = str(document.place((name, earlier))[1])
            since = str(entries[earlier].since)
            yield document.problem((name, later, "from"), "overlapping_dates", since=since, first=line)
