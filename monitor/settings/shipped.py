"""Where the YAML of `config/` lies: in the wheel, or at the top of a checkout; a bureau's folder over it."""

from __future__ import annotations

from pathlib import Path

from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.yamlfile import Document, laid_over, read_yaml

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent / "config"
IN_WHEEL = HERE / "shipped"


def shipped_dir() -> Path:
    """The folder of the shipped configuration. A checkout's comes first: an edit is seen at once."""
    for folder in (CHECKOUT, IN_WHEEL):
        if (folder / "stations.yaml").is_file():
            return folder
    raise FileNotFoundError(f"no shipped configuration in {IN_WHEEL}: the installation is damaged")


def read_config(name: str, config_dir: Path | None) -> Document:
    """A file such as `texts/zh.yaml`, with the bureau's file of that name over it, key by key.

    Raises ConfigError for what is not YAML. A file that exists in neither place is empty.
    """
    document = Document({}, {(): (name, 0)})
    for folder in (shipped_dir(), config_dir):
        if folder is not None and (folder / name).is_file():
            document = laid_over(document, read_yaml(folder / name))
    return document


def existing_dir(config_dir: Path | None) -> Path | None:
    """The bureau's folder, after making sure that it is one. Raises ConfigError."""
    if config_dir is not None and not config_dir.is_dir():
        raise ConfigError([ConfigProblem(str(config_dir), 0, "", "no_such_folder", "no_such_folder")])
    return config_dir
