"""Every finding on a payment, and every value it shows, has its words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import monitor.rules.collection
import monitor.rules.payments
from monitor.settings.texts import texts

SAID = "".join(
    Path(str(module.__file__)).read_text(encoding="utf-8")
    for module in (monitor.rules.collection, monitor.rules.payments)
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_findings_and_values_have_words(language: str) -> None:
    words = texts(language)  # type: ignore[arg-type]
    # Calls may break after the parenthesis.
    findings = set(re.findall(r'RuleFinding\(\s*"(\w+)"', SAID))
    values = set(re.findall(r'Value\(\s*"(\w+)"', SAID))
    assert len(findings) == 8 and len(values) >= 5
    assert [code for code in findings if f"rules.findings.{code}" not in words] == []
    assert [name for name in values if f"rules.values.{name}" not in words] == []
