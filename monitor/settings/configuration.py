"""Everything of `config/` that the program needs to judge a case, read and checked at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.settings.alerts import Alerts, read_alerts, unknown_stations
from monitor.settings.board import Board, read_board
from monitor.settings.calendar import Calendar, read_calendar
from monitor.settings.clocks import Clocks, read_clocks
from monitor.settings.desk import Host, foreign_hosts, read_hosts
from monitor.settings.entry import Name
from monitor.settings.environment import Settings
from monitor.settings.jobs import Jobs, read_jobs
from monitor.settings.limits import Limits, read_limits
from monitor.settings.payments import Payments, read_payments
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.reconciliation import Reconciliation, read_reconciliation
from monitor.settings.rulesets import Rules, read_rules
from monitor.settings.shipped import existing_dir, read_config, shipped_dir
from monitor.settings.stations import Stations, read_stations

INITIAL = "initial"
"""Folder in the shipped configuration with what `fangxing init` copies; never read as configuration."""

Part = TypeVar("Part")

_OF_RULES = re.compile(r"(^|/)(rules/.*|limits\.yaml|payments\.yaml)$")


@dataclass(frozen=True)
class Configuration:
    """Stations, limits, clocks, thresholds, and the digests by which a report says what it was made with."""

    stations: Stations
    limits: Limits
    board: Board
    clocks: Clocks
    digests: Mapping[str, str]
    """SHA-256 of every file by name; a file that lies over a shipped one stands as `config_dir/<name>`."""
    jobs: Jobs = field(default_factory=Jobs)
    calendar: Calendar = field(default_factory=Calendar)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    """The installation's zone: that of stations that name none, and of the times of day at which jobs run."""
    payments: Payments = field(default_factory=Payments)
    payment_hosts: tuple[Host, ...] = ()
    """Hosts to which the stations' payment addresses may lead."""
    rules: Rules = field(default_factory=Rules)
    reconciliation: Reconciliation = field(default_factory=lambda: Reconciliation(sources={}))
    """By when payments are to be posted, and what statements hold."""
    alerts: Alerts = field(default_factory=Alerts)
    """What raises a flag, and who is told."""

    def zone_of(self, station: str) -> ZoneInfo:
        """The zone of a station; the installation's for one that is not configured any more."""
        known = self.stations.get(station)
        return self.zone if known is None else known.tz

    @property
    def digest(self) -> str:
        """One digest for all files."""
        lines = "".join(f"{name} {digest}\n" for name, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def rules_digest(self) -> str:
        """One digest for what decisions are assessed by: the rule sets, the limits that size runs on, and the
        terms of paying."""
        told = {name: one for name, one in self.digests.items() if _OF_RULES.search(name)}
        lines = "".join(f"{name} {digest}\n" for name, digest in sorted(told.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def examples(self) -> list[Name]:
        """Names of the invented stations in use, for pages to say so."""
        return [station.name for station in self.stations.values() if station.example]


def load_configuration(settings: Settings) -> Configuration:
    """Reads shipped and own files; callers keep it. Raises ConfigError with all problems of all files."""
    config_dir = existing_dir(settings.config_dir)
    problems: list[ConfigProblem] = []

    def part(read: Callable[[], Part]) -> Part | None:
        try:
            return read()
        except ConfigError as error:
            problems.extend(error.problems)
            return None

    stations = part(lambda: read_stations(read_config("stations.yaml", config_dir), settings.zone))
    limits = part(lambda: read_limits(read_config("limits.yaml", config_dir)))
    board = part(lambda: read_board(read_config("board.yaml", config_dir)))
    clocks = part(lambda: read_clocks(read_config("clocks.yaml", config_dir)))
    jobs = part(lambda: read_jobs(read_config("jobs.yaml", config_dir)))
    calendar = part(lambda: read_calendar(config_dir))
    posting = part(lambda: read_reconciliation(read_config("reconciliation.yaml", config_dir)))
    payments = part(lambda: read_payments(read_config("payments.yaml", config_dir)))
    hosts = part(lambda: read_hosts(read_config("payment-hosts.yaml", config_dir)))
    rules = part(lambda: read_rules(config_dir))
    alerts = part(lambda: read_alerts(read_config("alerts.yaml", config_dir)))
    if stations is not None and alerts is not None:
        problems.extend(unknown_stations(alerts, stations, read_config("alerts.yaml", config_dir)))
    if stations is not None and hosts is not None:
        desks = {code: station.payment for code, station in stations.items()}
        problems.extend(foreign_hosts(desks, hosts, read_config("stations.yaml", config_dir)))
    if (
        problems or stations is None or limits is None or board is None or clocks is None or jobs is None
        or calendar is None or posting is None or payments is None or hosts is None or rules is None
        or alerts is None
    ):  # fmt: skip
        raise ConfigError(problems)
    return Configuration(
        stations,
        limits,
        board,
        clocks,
        dict(file_digests(config_dir)),
        jobs,
        calendar,
        ZoneInfo(settings.zone),
        payments,
        hosts,
        rules,
        reconciliation=posting,
        alerts=alerts,
    )


def file_digests(config_dir: Path | None) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of every YAML file, shipped ones first."""
    for folder, start in ((shipped_dir(), ""), (config_dir, "config_dir/")):
        if folder is not None:
            for file in config_files(folder):
                name = file.relative_to(folder).as_posix()
                yield start + name, hashlib.sha256(file.read_bytes()).hexdigest()


def config_files(folder: Path) -> list[Path]:
    """The YAML files of a folder, in order of their names."""
    files = [file for file in folder.rglob("*.y*ml") if file.is_file()]
    return sorted(file for file in files if file.relative_to(folder).parts[0] != INITIAL)
