"""The rules that the lake's decisions and their payments are held against, and their digest."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from monitor.rules.book import RuleBook, rule_book
from monitor.settings.configuration import Configuration
from monitor.settings.payments import Payments


class Judging:
    """A rule book that is made when it is first needed, and the terms of paying. Where `digest` differs from
    that of a lake, its decisions are written anew."""

    def __init__(self, digest: str, make: Callable[[], RuleBook], terms: Payments) -> None:
        self.digest, self.terms = digest, terms
        self._make = make

    @cached_property
    def book(self) -> RuleBook:
        """The rules made ready."""
        return self._make()


def judging(configuration: Configuration) -> Judging:
    """The rules of an installation."""
    return Judging(configuration.rules_digest, lambda: rule_book(configuration), configuration.payments)
