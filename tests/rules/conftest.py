"""The shipped rules, with the example baseline and without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.rules.book import RuleBook, rule_book
from monitor.settings.configuration import Configuration, load_configuration
from monitor.settings.environment import Settings
from monitor.settings.rulesets import Rules


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return load_configuration(Settings())


@pytest.fixture(scope="session")
def law(configuration: Configuration) -> RuleBook:
    """National law alone, without the example baseline."""
    sets = {name: one for name, one in configuration.rules.sets.items() if not one.example}
    return rule_book(replace(configuration, rules=Rules(sets)))


@pytest.fixture(scope="session")
def book(configuration: Configuration) -> RuleBook:
    """Everything that is shipped, the example baseline included."""
    return rule_book(configuration)

