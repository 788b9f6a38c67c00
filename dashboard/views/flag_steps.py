"""What became of a flag, step by step, in the words of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from monitor.actions.flags import recipient_name
from monitor.alerts.message import what
from monitor.store.flags import Flag, FlagStep, Step

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.settings.texts import Texts

OF_A_THRESHOLD = frozenset({Step.RAISED, Step.RAISED_AGAIN, Step.MISSED})


def level_name(name: str, words: Texts) -> str:
    """What a level of the configuration is called: those that are shipped have their words."""
    return words.find(f"flags.levels.{name}") or name


def step_name(step: FlagStep, words: Texts) -> str:
    """What was done; of a step that a later program wrote, its code."""
    return words.find(f"flags.steps.{step.kind}") or step.kind


def step_note(
    step: FlagStep,
    flag: Flag,
    configuration: Configuration,
    words: Texts,
    names: Mapping[str, str] | None = None,
) -> str:
    """What belongs to a step: a threshold, a level with its people, whom it was given to, a reason."""
    note = step.note or ""
    if not note:
        return ""
    if step.kind in OF_A_THRESHOLD:
        return what(flag.clock, note, words, names)
    if step.kind == Step.HOLE:
        return level_name(note, words)
    if step.kind == Step.TOLD:
        level, _, keys = note.partition(": ")
        people = words.get("flags.join").join(named(key, configuration, words) for key in keys.split(", "))
        return words.get("flags.told_to", level=level_name(level, words), names=people)
    if step.kind == Step.SENT_AGAIN:
        return named(note, configuration, words)
    if step.kind == Step.HANDED_ON:
        key, _, said = note.partition(" ")
        return " ".join(part for part in (named(key, configuration, words), said) if part)
    return note


def named(key: str, configuration: Configuration, words: Texts) -> str:
    """The name of a recipient in the reader's language."""
    return recipient_name(configuration, key, words.language)


def reason(error: str, words: Texts) -> str:
    """Why a message did not arrive; of a reason that nobody put into words, its code."""
    key, _, code = error.partition(":")
    found = f"delivery.reason.{key}"
    return words.get(found, code=code) if found in words else error
