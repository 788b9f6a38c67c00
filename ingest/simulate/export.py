"""Everything that stations export, written into a folder, with the truth beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.made_up import MARK

from .case import SimCase
from .dialects import event_file, gbk, merged, offsite, police, template, treasury, unload, weighing
from .fines import plant_fines
from .moments import local
from .outage import keep_dark, outage
from .overlay import write_overlay
from .plan import Plan, exports_of, make_plan
from .sites import Site
from .telling import Account, Planted, Written
from .truth import write_truth
from .ways.telling import Ways, write_ways
from .world import World, build

LEDGER_NAMES = {
    "merged": "{short}治超台账_{stamp}.xlsx",
    "gbk": "{short}案件导出_{stamp}.csv",
    "template": "放行台账_{short}_{stamp}.xlsx",
    "offsite": "{short}非现场案件_{stamp}.xls",
}
WRITERS = {"merged": merged.write, "gbk": gbk.write, "template": template.write}


@dataclass(frozen=True, slots=True)
class Export:
    """A written file: its path and the source page that reads it."""

    path: Path
    source: str


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """What was written. `files` in the order in which they have to be ingested; instants in microseconds."""

    out: Path
    seed: int
    since: int
    until: int
    stations: tuple[str, ...]
    files: tuple[Export, ...]
    cases: int
    held: int
    """Vehicles in custody at `until`."""
    events: int
    """Distinct events that the files tell."""
    defects: Mapping[str, int]
    """Planted defects by kind."""
    fines: Mapping[str, int]
    """Planted faults of fines and their money by kind; none of them is a defect of a file."""
    truth: Path
    ways: Ways
    """What is told by other ways than ledgers and the event files that go with them. Neither `cases` nor
    `events` count any of it."""
    config_dir: Path | None
    """What invented stations need as FANGXING_CONFIG_DIR; None for up to four stations."""


def simulate(
    out: Path,
    *,
    stations: int,
    days: int,
    seed: int,
    until: int,
    shares: Mapping[str, float] | None = None,
    story: bool = True,
) -> SimulationSummary:
    """Write the exports of `stations` stations over the `days` days before `until` (microseconds) into `out`.

    Same arguments, same bytes. `shares` replaces the shares of planted defects and faults by kind. With
    `story` seven vehicles stand at the first three stations at `until`, each waiting for something else;
    without it only those that chance left there. Raises ValueError for less than one station or day.
    """
    if stations < 1 or days < 1:
        raise ValueError("at least one station and one day")
    world = build(stations=stations, days=days, seed=seed, until=until, story=story)
    dark = outage(world, shares)
    plan = make_plan(world, shares)
    world, fines = plant_fines(world, plan, shares)
    if dark is not None:
        keep_dark(world)
        fines.groups.append(dark)
    out.mkdir(parents=True, exist_ok=True)
    writing = _Writing(out, world, plan)
    for site in world.sites:
        writing.ledger(site)
    writing.events()
    ways = write_ways(out, world, fines, writing.account)
    truth = out / "truth.json"
    beside = {"fines": fines.truth(), "ways": ways.truth}
    write_truth(truth, world, plan, writing.written, writing.planted, beside)
    (out / MARK).write_text("模拟数据,全部虚构。\nSimulated data, all of it invented.\n", encoding="utf-8")
    cases = [case for site in world.sites for case in world.of(site)]
    return SimulationSummary(
        out=out,
        seed=seed,
        since=world.since,
        until=until,
        stations=tuple(site.code for site in world.sites),
        files=tuple(Export(out / one.file, one.source) for one in writing.written),
        cases=len(cases),
        held=sum(case.open_at(until) for case in cases),
        events=sum(one.new for one in writing.written),
        defects=dict(Counter(one.kind for one in writing.planted)),
        fines=fines.counts(),
        truth=truth,
        ways=ways,
        config_dir=write_overlay(out / "config", world.sites),
    )


class _Writing:
    """The files written so far, and what they tell."""

    def __init__(self, out: Path, world: World, plan: Plan) -> None:
        self._out = out
        self._world = world
        self._plan = plan
        self.account = Account()
        self.written: list[Written] = []
        self.planted: list[Planted] = []

    def _keep(self, written: list[Written], planted: list[Planted]) -> None:
        self.written += written
        self.planted += planted

    def ledger(self, site: Site) -> None:
        """Every export of a station's ledger."""
        cases = self._world.of(site)
        exports = exports_of(site.dialect, self._world)
        for export in exports:
            stamp = f"{local(export):%Y%m%d}"
            path = self._out / LEDGER_NAMES[site.dialect].format(short=site.short, stamp=stamp)
            if site.dialect == "offsite":
                self._keep([offsite.write(path, cases, export, self.account)], [])
                continue
            written, planted = WRITERS[site.dialect](path, cases, self._plan, export, exports, self.account)
            self._keep([written], planted)

    def events(self) -> None:
        """The event files, each of the whole county."""
        cases: list[SimCase] = [case for site in self._world.sites for case in self._world.of(site)]
        until = self._world.until
        for dialect, rows in (
            (weighing.DIALECT, weighing.rows(cases, until)),
            (unload.DIALECT, unload.rows(cases, self._plan, until)),
            (police.DIALECT, police.rows(cases, self._plan, until)),
            (treasury.DIALECT, treasury.rows(cases, self._plan, until)),
        ):
            self._keep(*event_file.write(self._out, dialect, rows, self.account))
        late = self._out / "卸载复检_补录.tsv"
        self._keep(*unload.write_without_unit(late, cases, self._plan, until, self.account))
