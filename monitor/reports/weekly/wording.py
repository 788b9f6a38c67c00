"""Numbers and names of a report as people read them, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.cases.event import SECOND
from monitor.reports.weekly.frame import About, Measure
from monitor.reports.weekly.paper import Cell, Form
from monitor.settings.texts import Texts

NONE = "—"


@dataclass(frozen=True)
class Wording:
    """The words of a language, for a report."""

    texts: Texts
    about: About

    def say(self, key: str, /, **fields: object) -> str:
        """A text of the report."""
        return self.texts.get(f"weekly.{key}", **fields)

    def head(self, name: str) -> str:
        """The head of a column."""
        return self.texts.get(f"weekly.heads.{name}")

    def heads(self, *names: str) -> tuple[str, ...]:
        """Heads of columns."""
        return tuple(self.head(name) for name in names)

    def named(self, section: str, code: str | None) -> str:
        """What a code is called; one that a source made up stands as it is."""
        if code is None:
            return self.say("unknown")
        return self.texts.find(f"{section}.{code}") or code

    def station(self, code: str | None) -> str:
        """A station by its name, else by its code."""
        names = self.about.names.get(code or "")
        if names is None:
            return code or self.say("unknown")
        return names.get(self.texts.language) or names["zh"]

    def moment(self, at: int) -> str:
        """Day and time on the report's clock."""
        there = datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(self.about.zone))
        return f"{there:%Y-%m-%d %H:%M}"

    # ---- cells
    def word(self, text: str) -> Cell:
        """Words."""
        return Cell(text)

    def count(self, number: int | None) -> Cell:
        """A whole number."""
        return Cell(NONE) if number is None else Cell(f"{number:,}", number, Form.COUNT)

    def hours(self, number: float | None) -> Cell:
        """Hours with one decimal."""
        return Cell(NONE) if number is None else Cell(f"{number:,.1f}", number, Form.HOURS)

    def minutes(self, number: float | None) -> Cell:
        """Whole minutes."""
        return Cell(NONE) if number is None else Cell(f"{number:,.0f}", number, Form.COUNT)

    def percent(self, share: float | None) -> Cell:
        """A share with one decimal."""
        return Cell(NONE) if share is None else Cell(f"{100 * share:.1f}%", share, Form.SHARE)

    def rate(self, k: int, n: int) -> Cell:
        """A share, where n is enough to give one."""
        return self.percent(k / n) if n >= self.about.few else Cell(self.say("few") if n else NONE)

    def interval(self, low: float | None, high: float | None) -> Cell:
        """Both ends of a share's interval."""
        if low is None or high is None:
            return Cell(NONE)
        return Cell(f"{100 * low:.1f}%–{100 * high:.1f}%")

    def of(self, k: int, n: int) -> Cell:
        """k of n."""
        return Cell(f"{k:,}/{n:,}" if n else self.say("nothing"))

    def yuan(self, fen: int | None) -> Cell:
        """An amount in yuan."""
        return Cell(NONE) if fen is None else Cell(f"{fen / 100:,.2f}", fen / 100, Form.YUAN)

    def measure(self, measure: Measure) -> str:
        """A figure of the first page in a few characters: k/n with the share where n is enough; hours."""
        if measure.k is not None:
            if not measure.n:
                return self.say("nothing")
            told = f"{measure.k:,}/{measure.n:,}"
            if measure.n < self.about.few or measure.value is None:
                return told
            return self.say("share", of=told, percent=f"{100 * measure.value:.1f}%")
        if measure.value is None:
            return self.say("nothing") if not measure.n else self.say("not_yet", n=f"{measure.n:,}")
        return self.say("middle", hours=f"{measure.value:,.1f}", n=f"{measure.n:,}")
