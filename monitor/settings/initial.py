"""`fangxing init DIR`: a commented copy of what a bureau must fill."""

from __future__ import annotations

from pathlib import Path

from monitor.settings.configuration import INITIAL
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.shipped import shipped_dir


def write_initial(folder: Path) -> list[Path]:
    """Writes the files and returns them. Makes the folder.

    Raises ConfigError, having written nothing, where one of them exists already or the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError([ConfigProblem(str(folder), 0, "", "no_such_folder", "no_such_folder")])
    templates = sorted((shipped_dir() / INITIAL).rglob("*.yaml"))
    targets = [folder / template.relative_to(shipped_dir() / INITIAL) for template in templates]
    taken = [target for target in targets if target.exists()]
    if taken:
        raise ConfigError([ConfigProblem(str(file), 0, "", "file_exists", "file_exists") for file in taken])
    for template, target in zip(templates, targets, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        # "x" refuses a file that appeared since the look above.
        with target.open("x", encoding="utf-8") as handle:
            handle.write(template.read_text(encoding="utf-8"))
    return targets
