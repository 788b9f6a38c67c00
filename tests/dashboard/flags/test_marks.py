"""Flags elsewhere: marks on the rows of the Watch board, and everything of a flag on its case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from dashboard.parts.caseflags import case_flags_card
from dashboard.parts.rows import Saying, row
from dashboard.parts.sentence import Speech
from dashboard.parts.tiles import tile
from dashboard.parts.timeline import timeline
from dashboard.services import Services
from dashboard.views.board import BoardView, board_view
from dashboard.views.case_flags import case_flags, with_flags
from dashboard.views.snapshot import snapshot
from dashboard.views.timeline import Timeline
from monitor.actions.notes import acknowledge
from monitor.alerts.message import briefly
from monitor.alerts.scan import scan
from monitor.settings.texts import texts
from monitor.store.database import Database, ask
from monitor.store.deliveries import Sender
from tests.alerts.flagged import HELD, configuration
from tests.alerts.sending import WEBHOOK, raise_flags, release
from tests.dashboard.flags.test_flags_page import Office
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, MINUTE, SHANGHAI

SPEECH = Speech(texts("zh"), SHANGHAI, 2026)
CONFIGURATION = configuration(WEBHOOK)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        yield database


class Room(Office):
    """What the board reads beside it."""

    sources: Any = {}  # noqa: RUF012 - read alone
    actor = "local"


def the_board(database: Database, now: int) -> BoardView:
    view = snapshot(cast("Services", Room(database, CONFIGURATION)), HELD, now).board
    assert isinstance(view, BoardView), view
    return view


def drawn(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False)


def saying(now: int, *, wall: bool = False) -> Saying:
    return Saying(texts("zh"), CONFIGURATION, SHANGHAI, now, wall)


def test_a_row_carries_its_flag_until_somebody_has_it_and_then_says_so(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["A", "B"])
    view = the_board(database, now)
    assert [[flag.threshold for flag in one.flags] for one in view.rows] == [["left-12h"]] * 2
    free = drawn(row(view.rows[0], 26.0, saying(now)))
    flag = view.rows[0].flags[0]
    assert "剩 12 小时" in free and f"/flags?flag={flag.id}" in free and "fx-flag-is-open" in free
    assert "预警:放行时限还剩 12 小时,未接单(共 1 条)" in free
    assert 'data-act": "acknowledge' in free

    acknowledge(database, Sender("赵", "watch"), view.rows[0].key, now=now)
    view = the_board(database, now)
    mine, other = view.rows
    assert mine.flags[0].state == "acknowledged" and other.flags[0].state == "open"
    taken = drawn(row(mine, 26.0, saying(now)))
    assert " ✓\"" in taken and "已接单" in taken and 'data-act": "acknowledge' not in taken
    # On the wall only what nobody has, by a bell alone.
    assert "fx-icon-flags" not in drawn(row(mine, 26.0, saying(now, wall=True)))
    assert "fx-icon-flags" in drawn(row(other, 26.0, saying(now, wall=True)))
    assert "fx-icon-flags" in drawn(tile(other, saying(now)))
    assert "fx-icon-flags" not in drawn(tile(mine, saying(now)))

    # A flag of later is nobody's, although the vehicle was acknowledged before.
    now += 6 * HOUR
    scan(database, CONFIGURATION, now)
    again = drawn(row(the_board(database, now).rows[0], 26.0, saying(now)))
    assert 'data-act": "acknowledge' in again and "剩 6 小时" in again


def test_a_board_without_flags_has_no_marks(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["A"])
    release(database, "A", now + MINUTE)
    scan(database, CONFIGURATION, now + 2 * MINUTE)
    assert the_board(database, now + 2 * MINUTE).held == 0
    assert board_view([], frozenset(), CONFIGURATION, now).flagged({}).rows == ()


@pytest.mark.parametrize(
    ("clock", "threshold", "said"),
    [
        ("a", "left-2h", "剩 2 小时"),
        ("a", "due", "时限已到"),
        ("a", "over-6h", "超时 6 小时"),
        ("b", "left-2h", "交警决定时限还剩 2 小时"),
        ("step:reweigh", "due", "复检过久"),
        ("legal:publish", "due", "公示期限已到"),
    ],
)
def test_a_mark_says_its_threshold_in_few_words(clock: str, threshold: str, said: str) -> None:
    assert briefly(clock, threshold, texts("zh")) == said


def test_the_history_of_a_case_tells_all_of_its_flags(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["A"])
    scan(database, CONFIGURATION, now + 31 * MINUTE)
    with database.write() as connection:
        ask(
            connection,
            "UPDATE outbox SET state = 'delivered', sent_at = ? WHERE recipient = 'duty'",
            (now + MINUTE,),
        )
    acknowledge(database, Sender("赵", "case"), (HELD, "A"), now=now + 40 * MINUTE, text="在路上")
    release(database, "A", now + HOUR)
    scan(database, CONFIGURATION, now + HOUR)
    flags = case_flags(database, (HELD, "A"))
    assert flags.live == () and case_flags_card(flags, now, SPEECH, CONFIGURATION) is None
    kinds = [entry.step.kind if entry.step is not None else "delivered" for entry in flags.entries]
    assert kinds == ["raised", "told", "delivered", "told", "acknowledged", "ended"]
    view = with_flags(Timeline((), 0, 0, 0, 0, 0, 0), flags, SHANGHAI)
    assert [(day, len(entries)) for day, entries in view.days] == [(date(2026, 7, 1), 6)]
    # What is counted of a case's events is not what its flags did.
    assert view.count == 0
    said = drawn(timeline(view, SPEECH, CONFIGURATION))
    told = "值班员:值班|站长:站长|已送达|值班(网络回调(hook))|接单|在路上|赵|事情已了结"
    for words in told.split("|"):
        assert words in said, words


def test_a_case_with_a_flag_that_nobody_has_says_where_it_goes_next(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["A"])
    said = drawn(case_flags_card(case_flags(database, (HELD, "A")), now, SPEECH, CONFIGURATION))
    assert "1 条预警,1 条没有人接单" in said and "报站长" in said and '"case": "take"' in said
    acknowledge(database, Sender("赵", "case"), (HELD, "A"), now=now)
    said = drawn(case_flags_card(case_flags(database, (HELD, "A")), now, SPEECH, CONFIGURATION))
    assert "赵 已接单" in said and '"case": "take"' not in said
