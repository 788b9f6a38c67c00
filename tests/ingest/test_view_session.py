"""A guest in a station's database: cannot write, does not wait for ever, tells no secret."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import Connection

from ingest.view_fault import ViewProblem, fault_of
from ingest.view_session import GUESTS, asked, check_driver
from monitor.settings.texts import texts
from monitor.settings.views import DatabaseView
from tests.engines import ENGINES, postgresql_url
from tests.ingest.viewed import Station, Viewer, station_on, viewer_of

SECRET = "geheim'/@:#?"


@pytest.fixture(params=ENGINES)
def station(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Station]:
    with station_on(request.param, tmp_path) as station:
        yield station


@pytest.fixture
def viewer(station: Station, tmp_path: Path) -> Iterator[Viewer]:
    with viewer_of(station, tmp_path) as viewer:
        yield viewer


@pytest.fixture
def postgresql() -> Iterator[Station]:
    with station_on("postgresql", Path()) as station:
        yield station


def view_of(url: str, query: str = "SELECT 1 AS a WHERE 1 >= :since", **told: str) -> DatabaseView:
    given = {"url": url, "query": query, "source": "events", "watermark": "a", "timeout": "1s", **told}
    return DatabaseView.model_validate(given)


def problem_of(view: DatabaseView, since: object = 0) -> ViewProblem:
    """The problem of asking, with its sentences there in both languages and no secret in them."""
    with pytest.raises(ViewProblem) as caught, asked(view, since) as answer:
        list(answer.portions)
    problem = caught.value
    for language in ("zh", "en"):
        for place in ("reasons", "jobs.problem"):
            assert SECRET not in texts(language).get(f"{place}.{problem.code}", **problem.params)
    assert SECRET not in repr(problem)
    assert problem.__cause__ is None
    return problem


WRITES = [
    "DELETE FROM told WHERE 1 >= :since",
    "INSERT INTO told (id) SELECT 7 WHERE 1 >= :since",
    "UPDATE told SET plate = '' WHERE 1 >= :since",
    "WITH gone AS (DELETE FROM told RETURNING id) SELECT 1 AS a FROM gone WHERE 1 >= :since",
]


@pytest.mark.parametrize("query", WRITES)
def test_a_query_that_writes_is_refused_by_the_database_itself(station: Station, query: str) -> None:
    station.tell("C1", "08:00")
    assert problem_of(view_of(station.url, query)).code in ("view_writes", "view_query")
    with station.engine.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT count(*), max(plate) FROM told").all()
    assert tuple(row) == (1, "晋D81021")


def test_a_function_that_writes_and_first_asks_for_leave_is_refused(postgresql: Station) -> None:
    postgresql.run(
        "CREATE FUNCTION sly() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM set_config('transaction_read_only', 'off', true); DELETE FROM told; RETURN 1; END $$"
    )
    postgresql.tell("C1", "08:00")
    problem_of(view_of(postgresql.url, "SELECT sly() AS a WHERE 1 >= :since"))
    postgresql.run(
        "CREATE OR REPLACE FUNCTION sly() RETURNS integer LANGUAGE sql AS 'DELETE FROM told; SELECT 1'"
    )
    assert problem_of(view_of(postgresql.url, "SELECT sly() AS a WHERE 1 >= :since")).code == "view_writes"
    with postgresql.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM told").scalar_one() == 1


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    problem = problem_of(view_of(f"sqlite:///{tmp_path / 'none.db'}"))
    assert (problem.code, problem.params["detail"]) == ("view_unreachable", "unable to open database file")
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("no database, however long it may be\n" * 100)
    problem = problem_of(view_of(f"sqlite:///{tmp_path / 'ledger.db'}", "SELECT * FROM x WHERE a >= :since"))
    assert problem.params["detail"] == "file is not a database"


def test_a_server_that_refuses_the_connection_is_told() -> None:
    problem = problem_of(view_of("postgresql://reader@127.0.0.1:1/x"))
    assert (problem.code, problem.params["detail"]) == ("view_unreachable", "Connection refused")


def test_a_database_that_the_server_does_not_have_is_told(postgresql: Station) -> None:
    url = postgresql.engine.url.set(database="cases_of_nobody").render_as_string()
    problem = problem_of(view_of(url))
    assert problem.params["detail"] == 'database "cases_of_nobody" does not exist'


def test_a_query_that_takes_too_long_is_ended_by_the_database(postgresql: Station) -> None:
    begun = time.monotonic()
    problem = problem_of(view_of(postgresql.url, "SELECT 1 AS a, pg_sleep(60) WHERE 1 >= :since"))
    assert problem.code == "view_timeout"
    assert problem.params["seconds"] == "1"
    # ended at a second by the database, not by us five seconds later
    assert time.monotonic() - begun < 4


def test_each_portion_is_bounded_by_itself_and_not_the_whole_answer(postgresql: Station) -> None:
    pause = "CASE WHEN n % 1000 = 1 THEN pg_sleep(0.8) END"
    query = f"SELECT n AS a, {pause} FROM generate_series(1, 4000) n WHERE n >= :since"
    with asked(view_of(postgresql.url, query, timeout="2s"), 0) as answer:
        begun = time.monotonic()
        assert sum(map(len, answer.portions)) == 4000
        assert time.monotonic() - begun > 2


def test_a_lock_that_others_hold_is_not_waited_for_without_end(postgresql: Station) -> None:
    with postgresql.engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE told")
        problem = problem_of(view_of(postgresql.url, "SELECT id AS a FROM told WHERE id >= :since"))
    assert problem.code == "view_timeout"


def test_sqlite_is_interrupted_from_outside(tmp_path: Path) -> None:
    with station_on("sqlite", tmp_path) as station:
        endless = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT max(a) AS a FROM n"
        begun = time.monotonic()
        problem = problem_of(view_of(station.url, f"{endless} WHERE a >= :since"))
    assert (problem.code, time.monotonic() - begun < 10) == ("view_timeout", True)


def test_a_server_that_says_nothing_does_not_hold_the_poll_for_ever() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        problem = problem_of(view_of(f"postgresql://reader@127.0.0.1:{port}/x", timeout="2s"))
    assert problem.code == "view_unreachable"


def test_a_server_that_falls_silent_in_the_middle_is_left(postgresql: Station) -> None:
    with _Wire(postgresql) as wire:
        view = view_of(wire.url, "SELECT n AS a FROM generate_series(1, 200000) n WHERE n >= :since")
        with pytest.raises(ViewProblem) as caught, asked(view, 0) as answer:
            next(answer.portions)
            wire.cut.set()
            begun = time.monotonic()
            list(answer.portions)
        assert caught.value.code == "view_timeout"
        assert time.monotonic() - begun < 15


class _Wire:
    """A line to the server that can fall silent without being closed."""

    def __init__(self, station: Station) -> None:
        self._target = station.engine.url
        self.cut = threading.Event()
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self._open: list[socket.socket] = [self._listening]
        port = self._listening.getsockname()[1]
        plain = self._target.set(host="127.0.0.1", port=port, query={})
        self.url = plain.render_as_string(hide_password=False)

    def __enter__(self) -> _Wire:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._open:
            one.close()

    def _serve(self) -> None:
        near, _ = self._listening.accept()
        if self._target.query.get("host"):
            far = socket.socket(socket.AF_UNIX)
            folder = str(self._target.query["host"])
            far.connect(f"{folder}/.s.PGSQL.{self._target.port or 5432}")
        else:
            far = socket.create_connection((self._target.host or "127.0.0.1", self._target.port or 5432))
        self._open += [near, far]
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                if not self.cut.is_set():
                    other.sendall(data)
        except OSError:
            return


def test_a_wrong_password_is_told_without_it(
    postgresql: Station, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("CHENGBEI_PASSWORD", SECRET)
    postgresql.run("CREATE ROLE nobody_here LOGIN PASSWORD 'another'")
    url = postgresql.engine.url.set(username="nobody_else", password=None)
    told = url.render_as_string().replace("nobody_else@", "nobody_else:${CHENGBEI_PASSWORD}@")
    problem = problem_of(view_of(told))
    postgresql.run("DROP ROLE nobody_here")
    assert problem.code == "view_denied"
    assert SECRET not in caplog.text


def test_a_role_without_rights_on_the_view_is_told(postgresql: Station) -> None:
    postgresql.run("CREATE ROLE reader_without LOGIN")
    try:
        url = postgresql.engine.url.set(username="reader_without", password=None)
        problem = problem_of(view_of(url.render_as_string(), "SELECT id AS a FROM told WHERE id >= :since"))
        assert problem.code == "view_forbidden"
    finally:
        postgresql.run("DROP ROLE reader_without")


def test_a_name_that_the_database_does_not_know_is_told(station: Station) -> None:
    problem = problem_of(view_of(station.url, "SELECT * FROM v_none WHERE 1 >= :since"))
    assert problem.code == "view_query"
    assert "v_none" in problem.params["detail"] or "UndefinedTable" in problem.params["detail"]


def test_a_value_that_breaks_a_query_is_not_told(postgresql: Station) -> None:
    problem = problem_of(view_of(postgresql.url, "SELECT CAST('张三' AS INTEGER) AS a WHERE 1 >= :since"))
    assert (problem.code, "张三" in repr(problem)) == ("view_query", False)


@pytest.mark.parametrize(
    ("url", "password", "code"),
    [
        ("postgresql://reader:${NOT_SET}@db/x", None, "view_variable_not_set"),
        ("postgresql://reader@db/x", "file:/no/such/file", "view_secret_unreadable"),
        ("nosuchdb://reader@db/x", None, "view_no_driver"),
        ("mssql+pyodbc://reader@db/x", None, "view_no_driver"),
        ("${CHENGBEI_URL}", None, "view_no_url"),
    ],
)
def test_what_keeps_from_connecting_has_its_own_words(
    monkeypatch: pytest.MonkeyPatch, url: str, password: str | None, code: str
) -> None:
    monkeypatch.setenv("CHENGBEI_URL", SECRET)
    view = view_of(url).model_copy(update={"password": password})
    assert problem_of(view).code == code


def test_a_secret_may_be_a_file_or_the_whole_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    with postgresql_url(empty=True) as url:
        view = view_of(url, "SELECT 1 AS a WHERE 1 >= :since", password=f"file:{tmp_path / 'secret'}")
        # the server of the tests trusts everyone: what counts is that the password is no obstacle
        with asked(view, 0) as answer:
            assert list(answer.portions) == [[(1,)]]
        monkeypatch.setenv("CHENGBEI_URL", url)
        with asked(view_of("${CHENGBEI_URL}"), 0) as answer:
            assert list(answer.portions) == [[(1,)]]


def test_what_is_shown_of_a_database_has_neither_user_nor_password_nor_options() -> None:
    view = view_of("mysql+pymysql://reader:${P}@db.example:3306/cases?ssl_key=x")
    assert view.shown == "mysql://db.example:3306/cases"


def test_a_driver_that_is_missing_is_found_without_connecting() -> None:
    with pytest.raises(ViewProblem) as caught:
        check_driver(view_of("oracle+oracledb://reader@db/x"))
    assert caught.value.params == {"driver": "oracledb"}


def test_a_station_goes_on_writing_while_its_view_is_read(tmp_path: Path) -> None:
    with station_on("sqlite", tmp_path) as station, viewer_of(station, tmp_path) as viewer:
        station.tell("C1", "08:00")

        def write(step: str) -> None:
            if step == "read":
                station.tell("C2", "08:01")

        viewer.poll(write)
        assert viewer.poll().rows == 2


@pytest.mark.parametrize(
    ("backend", "is_mariadb", "expected"),
    [
        ("mysql", False, ["SET SESSION TRANSACTION READ ONLY", "SET SESSION max_execution_time = 30000",
                          "START TRANSACTION READ ONLY"]),
        ("mariadb", True, ["SET SESSION TRANSACTION READ ONLY", "SET SESSION max_statement_time = 30",
                           "START TRANSACTION READ ONLY"]),
        ("oracle", False, ["SET TRANSACTION READ ONLY"]),
    ],
)  # fmt: skip
def test_databases_that_no_test_runs_are_at_least_sent_what_their_manuals_say(
    backend: str, is_mariadb: bool, expected: list[str]
) -> None:
    connection = SimpleNamespace(dialect=SimpleNamespace(is_mariadb=is_mariadb))
    assert GUESTS[backend].opening(cast("Connection", connection), 30) == expected


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (1045, "view_denied"),
        (1142, "view_forbidden"),
        (1792, "view_writes"),
        (3024, "view_timeout"),
        (1969, "view_timeout"),
        (2003, "view_unreachable"),
        (1146, "view_query"),
    ],
)
def test_numbers_of_mysql_are_told_apart_and_its_words_are_not_repeated(number: int, code: str) -> None:
    error = type("ProgrammingError", (Exception,), {})(number, "张三 something")
    assert fault_of(error, connecting=False, over=False) == (code, f"ProgrammingError {number}")
