"""The same deliveries by file, event log, push, watched folder and view give the same case versions.

Taken are what the simulator writes: three weeks of a ledger that is exported again and again, with rows that
were corrected, doubled, lost and cannot be read; a police file of events with ids; weighings of the exchange.
Each way has a database of its own and reads by the same page: the source is a part of identity.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, func, select

from ingest.folder import WatchedFolder
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.simulate import simulate
from ingest.view import ViewPoll
from monitor.cases.event import DAY, SECOND
from monitor.server import Installation, create_app
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.jobs import FolderWatch
from monitor.settings.views import DatabaseView
from monitor.store.database import Database
from monitor.store.refold import refold
from monitor.store.tables import case_versions, events, quarantine, weighings
from monitor.store.versions import STATE
from tests.engines import ENGINES, database_on
from tests.factories import SENDER, at

NOW = at("2026-07-02 09:00")
V = case_versions.c
E = events.c

Row = dict[str, Any]


@dataclass(frozen=True)
class Deliveries:
    """What is told, delivery by delivery, under the heads of the file; and when each came in."""

    page: str
    told: tuple[tuple[Row, ...], ...]

    def moment(self, place: int) -> int:
        return NOW + place * DAY

    @property
    def heads(self) -> list[str]:
        return list(dict.fromkeys(head for rows in self.told for row in rows for head in row))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Deliveries]:
    """The deliveries of each page."""
    out = tmp_path_factory.mktemp("county")
    summary = simulate(out, stations=2, days=25, seed=11, until=NOW)

    def tables(source: str, encoding: str) -> Iterator[tuple[Row, ...]]:
        for one in summary.files:
            if one.source == source:
                with one.path.open(encoding=encoding, newline="") as file:
                    yield tuple({k: v for k, v in row.items() if v} for row in csv.DictReader(file))

    weighings = [
        json.loads(line)
        for path, source in summary.ways.files if source == "weighings" and path.suffix == ".jsonl"
        for line in path.read_text("utf-8").splitlines()
    ]  # fmt: skip
    police = [row for rows in tables("sim-police", "gb18030") for row in rows]
    return {
        one.page: one
        for one in (
            Deliveries("sim-gbk", tuple(tables("sim-gbk", "gbk"))),
            # cut so that some rows come twice, as a feed does that is not sure what arrived
            Deliveries("sim-police", (tuple(police[:30]), tuple(police[20:70]), tuple(police[60:]))),
            Deliveries("weighings", (tuple(weighings[:90]), tuple(weighings[80:]))),
        )
    }


@dataclass
class House:
    """A database of its own, and a clock that stands where the delivery at hand came in."""

    intake: Intake
    folder: Path
    clock: list[int]


@contextmanager
def house(engine: str, folder: Path) -> Iterator[House]:
    folder.mkdir()
    clock = [NOW]
    with database_on(engine, folder) as database:
        configuration = load_configuration(Settings(data_dir=folder))
        yield House(
            Intake(database, configuration, load_pages(), b"a key of this test", lambda: clock[0]),
            folder,
            clock,
        )


def as_csv(rows: Sequence[Row], heads: Sequence[str]) -> str:
    out = StringIO(newline="")
    lines = csv.DictWriter(out, heads, lineterminator="\r\n")
    lines.writeheader()
    lines.writerows(rows)
    return out.getvalue()


def as_lines(rows: Sequence[Row], heads: Sequence[str]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_xes(rows: Sequence[Row], heads: Sequence[str]) -> str:
    """An event a row, its cells as attributes under the heads."""
    told = "".join(
        "<event>"
        + "".join(f"<string key={quoteattr(k)} value={quoteattr(str(v))}/>" for k, v in row.items())
        + "</event>"
        for row in rows
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849-2016"><trace>{told}</trace></log>\n'
    )


def by_file(deliveries: Deliveries, here: House, write: Callable[..., str], suffix: str) -> None:
    for place, rows in enumerate(deliveries.told):
        here.clock[0] = deliveries.moment(place)
        file = here.folder / f"delivery-{place}{suffix}"
        file.write_text(write(rows, deliveries.heads), encoding="utf-8")
        entry = here.intake.file(file, here.intake.pages[deliveries.page], SENDER)
        assert entry.status == "done"


def by_folder(deliveries: Deliveries, here: House) -> None:
    inbox = here.folder / "inbox"
    inbox.mkdir()
    watch = FolderWatch(folder=str(inbox), source=deliveries.page, settled_seconds=1)
    watched = WatchedFolder(here.intake, watch, SENDER, lambda *_: "", lambda _: None)
    for place, rows in enumerate(deliveries.told):
        here.clock[0] = deliveries.moment(place)
        (inbox / "export.csv").write_text(as_csv(rows, deliveries.heads), encoding="utf-8")
        taken = watched.look()
        assert (taken.done, taken.failed) == (["export.csv"], [])


def by_push(deliveries: Deliveries, here: House) -> None:
    """Over HTTP; each push is sent twice, as by a sender whose connection broke."""
    installation = Installation(Settings(data_dir=here.folder), here.intake.database, here.intake, False)
    client = TestClient(create_app(installation), base_url="http://127.0.0.1")
    for place, rows in enumerate(deliveries.told):
        here.clock[0] = deliveries.moment(place)
        answers = [
            client.post(
                "/api/v1/events", json=rows, params={"source": deliveries.page},
                headers={"Idempotency-Key": f"delivery-{place}"},
            )
            for _ in range(2)
        ]  # fmt: skip
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content


def by_view(deliveries: Deliveries, here: House) -> None:
    """A table of the other system, polled after each change of it: the ledger holds its present rows, each
    with the time since when it stands there so; the others gather theirs."""
    path = here.folder / "theirs.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    heads = deliveries.heads
    columns = ", ".join(f'"{head}"' for head in heads)
    query = f"SELECT {columns}, changed FROM v_rows WHERE changed >= :since ORDER BY changed, place"
    view = DatabaseView(
        url=f"sqlite:///{path}", query=query, source=deliveries.page, watermark="changed",
        watermark_kind="number", overlap="1",
    )  # fmt: skip
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE rows (place INTEGER, changed INTEGER, {columns})")
        connection.exec_driver_sql("CREATE VIEW v_rows AS SELECT * FROM rows")
    for place, rows in enumerate(deliveries.told):
        here.clock[0] = deliveries.moment(place)
        if here.intake.pages[deliveries.page].kind == "ledger":
            replace_rows(engine, deliveries, rows, place + 1)
        else:
            insert_rows(engine, heads, [(number, place + 1, row) for number, row in enumerate(rows)])
        polled = ViewPoll(here.intake, "theirs", view, SENDER).poll()
        assert polled.unmarked == 0
    engine.dispose()


def replace_rows(engine: Engine, deliveries: Deliveries, rows: Sequence[Row], now: int) -> None:
    """The ledger as it now is. A row that says what it said before keeps the time of its change."""
    since: dict[str, int] = {}
    for earlier in range(now - 1, -1, -1):
        for row in deliveries.told[earlier]:
            since[as_lines([row], [])] = earlier + 1
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM rows")
    told = [(number, since[as_lines([row], [])], row) for number, row in enumerate(rows)]
    insert_rows(engine, deliveries.heads, told)


def insert_rows(engine: Engine, heads: Sequence[str], told: Sequence[tuple[int, int, Row]]) -> None:
    marks = ", ".join("?" * (len(heads) + 2))
    values = [(number, changed, *(row.get(head) for head in heads)) for number, changed, row in told]
    with engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO rows VALUES ({marks})", values)


WAYS: dict[str, Callable[[Deliveries, House], None]] = {
    "json lines": lambda deliveries, here: by_file(deliveries, here, as_lines, ".jsonl"),
    "event log": lambda deliveries, here: by_file(deliveries, here, as_xes, ".xes"),
    "folder": by_folder,
    "push": by_push,
    "view": by_view,
}
"""Ways beside the plain file in CSV."""

History = dict[tuple[str, str], list[tuple[Any, ...]]]


def history(database: Database) -> History:
    """Every version of every case, in order: when it became known, to the second, and all its state."""
    query = select(V.known_from, *STATE).order_by(V.station, V.case_no, V.known_from)
    found: History = {}
    with database.read() as connection:
        for known_from, *state in connection.execute(query):
            told = dict(zip([column.name for column in STATE], state, strict=True))
            found.setdefault((told["station"], told["case_no"]), []).append((known_from // SECOND, *state))
    return found


def recorded(database: Database) -> set[tuple[Any, ...]]:
    """Every version of every event: who it is, what it says."""
    query = select(E.identity, E.content, E.activity, E.occurred_at, E.occurred_until, E.recorded_at, E.data)
    with database.read() as connection:
        found = {tuple(row) for row in connection.execute(query)}
        # Weighings of which nothing else is told have no case, and lie here.
        places = ("received_at", "known_at", "delivery_id", "source_id", "sheet", "row")
        quiet = select(*(column for column in weighings.c if column.name not in places))
        found |= {tuple(row) for row in connection.execute(quiet)}
    return found


def refused(database: Database) -> set[tuple[Any, ...]]:
    """What could not be read, wherever it stood."""
    q = quarantine.c
    query = select(q.station, q.case_no, q.activity, q.reason, q.value)
    with database.read() as connection:
        return {tuple(row) for row in connection.execute(query)}


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


@pytest.fixture(scope="module")
def plain(made: dict[str, Deliveries], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the plain files give, on SQLite: page → versions, events, refusals."""
    found = {}
    for page, deliveries in made.items():
        with house("sqlite", tmp_path_factory.mktemp("plain") / page) as here:
            by_file(deliveries, here, as_csv, ".csv")
            database = here.intake.database
            found[page] = (history(database), recorded(database), refused(database))
    return found


@pytest.mark.parametrize("page", ["sim-gbk", "sim-police", "weighings"])
def test_the_deliveries_hold_what_could_make_a_difference(
    page: str, made: dict[str, Deliveries], plain: dict[str, Any]
) -> None:
    versions, told, lost = plain[page]
    rows = [as_lines([row], []) for rows in made[page].told for row in rows]
    assert len(rows) > len(set(rows)) > 30
    assert len(versions) > (15 if page != "weighings" else 5)
    assert len(told) > 30
    if page == "sim-gbk":
        assert max(map(len, versions.values())) > 1
    if page != "weighings":
        assert lost
        assert len({one[0] for one in told}) < len(told), "some events were corrected"


@pytest.mark.parametrize("page", ["sim-gbk", "sim-police", "weighings"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_versions_events_and_refusals_of_the_plain_file(
    way: str, page: str, made: dict[str, Deliveries], plain: dict[str, Any], tmp_path: Path
) -> None:
    with house("sqlite", tmp_path / "here") as here:
        WAYS[way](made[page], here)
        database = here.intake.database
        assert recorded(database) == plain[page][1]
        assert history(database) == plain[page][0]
        assert refused(database) == plain[page][2]
        with database.read() as connection:
            assert not refold(connection, here.intake.terms, repair=False).differing


@pytest.mark.parametrize(
    ("way", "page"),
    [
        ("file", "sim-gbk"), ("push", "sim-police"), ("view", "sim-gbk"),
        *(pytest.param(*one, marks=pytest.mark.full) for one in (
            ("file", "sim-police"), ("push", "sim-gbk"), ("view", "sim-police"),
        )),
    ],
)  # fmt: skip
def test_postgresql_gives_by_every_way_what_sqlite_gives_by_file(
    way: str, page: str, made: dict[str, Deliveries], plain: dict[str, Any], tmp_path: Path
) -> None:
    assert "postgresql" in ENGINES
    with house("postgresql", tmp_path / "here") as here:
        if way == "file":
            by_file(made[page], here, as_csv, ".csv")
        else:
            WAYS[way](made[page], here)
        assert recorded(here.intake.database) == plain[page][1]
        assert history(here.intake.database) == plain[page][0]


@pytest.mark.parametrize("way", ["json lines", "folder", "push", "view"])
def test_the_same_again_by_another_way_brings_nothing_new(
    way: str, made: dict[str, Deliveries], plain: dict[str, Any], tmp_path: Path
) -> None:
    deliveries = made["sim-police"]
    with house("sqlite", tmp_path / "here") as here:
        by_file(deliveries, here, as_csv, ".csv")
        before = count(here.intake.database)
        WAYS[way](deliveries, here)
        assert count(here.intake.database) == before
        assert recorded(here.intake.database) == plain["sim-police"][1]
