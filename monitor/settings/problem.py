"""What is wrong in configuration, and where: file, line, key, what is wrong and what would be accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.settings.texts import Texts


@dataclass(frozen=True)
class ConfigProblem:
    """One thing to mend. `message` and `accepted` are codes; the sentences are texts of section `config`.

    `file` is the path as given, or the name of an environment variable. There `line` is 0.
    `key` is the path of keys, joined by dots, with positions in lists counted from 0.
    `accepted` is a code of `config.accepted`; `params` fills the fields of both sentences.
    """

    file: str
    line: int
    key: str
    message: str
    accepted: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def sentence(self, texts: Texts) -> str:
        """`file:line key: what is wrong. What would be accepted.`, in the language of `texts`."""
        wrong = texts.get(f"config.problem.{self.message}", **self.params)
        accepted = texts.get(f"config.accepted.{self.accepted}", **self.params)
        where = {"place": self.place, "key": self.key or "-"}
        return texts.get("config.sentence", **where, wrong=wrong, accepted=accepted)


class ConfigError(Exception):
    """Configuration that cannot be used. Carries every problem found, for the edge to show."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{p.place} {p.key}: {p.message} {dict(p.params)}" for p in self.problems))
