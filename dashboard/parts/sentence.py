"""Puts what a view says into the words of a language, on the clock of a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboard.views.moments import hours_minutes, local
from dashboard.views.said import At, Code, Day, Kg, Money, Said, Span, Value
from monitor.settings.entry import Name

if TYPE_CHECKING:
    from monitor.settings.texts import Texts

UNKNOWN = "—"


@dataclass(frozen=True)
class Speech:
    """Whose words, and on which clock."""

    words: Texts
    zone: ZoneInfo
    year: int | None = None
    """The year that need not be said; None says every year."""

    def say(self, said: Said) -> str:
        """The sentence. A text that nobody wrote shows its code; a field that is not known shows a dash."""
        if said.key not in self.words:
            return said.key.rsplit(".", 1)[-1]
        known = {name: self.value(value) for name, value in said.fields.items()}
        return self.filled(said.key, known)

    def reason(self, code: str, params: Mapping[str, str]) -> str:
        """Why something was not taken, from `reasons`; of an unknown reason its code."""
        key = f"reasons.{code}"
        return self.filled(key, self.words.worded(code, params)) if key in self.words else code

    def filled(self, key: str, known: Mapping[str, str]) -> str:
        fields = dict.fromkeys(self.words.fields(key), UNKNOWN) | dict(known)
        return self.words.get(key, **fields)

    def value(self, value: Value) -> str:
        """One value as people read it."""
        match value:
            case At(at):
                return f"{self.day(at)} {self.time(at)}"
            case Day(at):
                return self.day(at)
            case Span(span):
                return hours_minutes(span)
            case Kg(kg):
                return f"{kg:,}"
            case Money():
                return self.money(value)
            case Code(section, code):
                return self.words.find(f"{section}.{code}") or code
            case Name():
                return value.in_language(self.words.language)
            case _:
                return str(value)

    def money(self, money: Money) -> str:
        """An amount in its currency; whole units without decimals."""
        whole, rest = divmod(money.minor, 100)
        amount = f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:02d}"
        if money.currency == "CNY":
            return self.words.get("case.money.yuan", amount=amount)
        return self.words.get("case.money.other", amount=amount, currency=money.currency)

    def named(self, name: Name | None, otherwise: str) -> str:
        """A name in this language, else the code."""
        return otherwise if name is None else name.in_language(self.words.language)

    def moment(self, at: int) -> str:
        """Month, day and time."""
        return self.value(At(at))

    def day(self, at: int) -> str:
        """Month and day, with the year where it is another one."""
        there = local(at, self.zone)
        return f"{there:%m-%d}" if there.year == self.year else f"{there:%Y-%m-%d}"

    def time(self, at: int) -> str:
        """Time of day alone."""
        return f"{local(at, self.zone):%H:%M}"
