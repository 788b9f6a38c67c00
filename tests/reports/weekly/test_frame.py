"""The frame of a report: figures worked out by hand, the same when made again, and why there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.reports.weekly.chapters import paper_of
from monitor.reports.weekly.frame import ChangedFigure
from monitor.reports.weekly.paper import Table
from monitor.reports.weekly.period import NoReport, Week
from monitor.settings.texts import texts
from tests.factories import at
from tests.reports.weekly.small import AS_OF, NORTH, WEST, Small


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """For those that only read it: the queries of a report take long to be put into words."""
    return Small(tmp_path_factory.mktemp("small"))


def test_the_week_is_as_it_was_worked_out_by_hand(small: Small) -> None:
    report = small.report()
    rate = report.rate
    assert rate.week is not None and (rate.week.k, rate.week.n) == (2, 4)
    assert rate.twelve is not None and (rate.twelve.k, rate.twelve.n) == (2, 5)
    assert rate.weeks == (("2024-W29", 0, 1, 0), ("2024-W30", 2, 4, 2))
    assert [(one.station, one.week.k, one.week.n) for one in rate.stations] == [(WEST, 1, 2), (NORTH, 1, 2)]
    assert [one.pooled for one in rate.stations] == [None, None]
    late = {one.case_no: (one.released, one.hours) for one in rate.late}
    assert late == {"B2": (True, 48.0), "C2": (False, 104.0)}
    assert (rate.in_custody, rate.past_limit) == (1, 1)
    hours = report.hours.week
    assert hours is not None and (hours.n, hours.held) == (4, 1)
    # 12 and 20 h released, 48 h released, 104 h still held: half are released by 20 h.
    assert (hours.median, hours.p90, hours.longest) == (20.0, None, 104.0)
    assert [figure.name for figure in report.head] == ["rate", "hours", "held", "online", "band"]
    assert len(report.head[0].weeks) == 12 and report.head[0].before.n == 1


def test_what_was_corrected_since_and_which_figures_changed_by_it(small: Small) -> None:
    honest = small.report().honesty
    told = {one.field: (one.corrected, one.late) for one in honest.corrected if one.corrected or one.late}
    assert told == {"released_at": (1, 0)}
    assert honest.changed == (ChangedFigure("2024-W29", "rate", (1, 1), (0, 1)),)
    (feed,) = honest.feeds
    assert (feed.source, feed.silent) == ("ledger", True)


def test_what_was_refused_says_who_put_it_right_and_what_a_later_delivery_superseded(small: Small) -> None:
    honest = small.report().honesty
    assert honest.quarantined == {"impossible_date": 7}
    # What came after the report's moment is none of its business; what has no time is told apart.
    assert (honest.settled, honest.superseded, honest.superseded_untimed) == (1, 2, 1)
    later = small.report(at("2024-07-30 08:00")).honesty
    assert (later.settled, later.superseded, later.superseded_untimed) == (2, 3, 1)
    for language in ("zh", "en"):
        words = texts(language)
        paper = paper_of(small.report(), words)
        (table,) = (one for one in paper.blocks if isinstance(one, Table) and one.key == "settled")
        told = {row[0].text: row[1].number for row in table.rows}
        wanted = {"by_person": 1, "by_later": 2, "by_later_untimed": 1, "waiting": 3}
        assert told == {words.get(f"weekly.honesty.{way}"): k for way, k in wanted.items()}


def test_made_again_as_of_the_same_moment_it_is_the_same_to_the_digit_after_later_corrections_too(
    tmp_path: Path,
) -> None:
    small = Small(tmp_path)
    first, again = small.report(), small.report()
    assert first.data() == again.data() and first.digest == again.digest
    small.tell(
        "2024-07-30 09:00",
        (WEST, "B2", "released", "2024-07-23 20:00"),
        (NORTH, "C2", "released", "2024-07-25 20:00"),
        (NORTH, "C9", "confirmed", "2024-07-23 08:00"),
    )
    later = small.report(now=at("2024-07-31 08:00"))
    assert later.data() == first.data() and later.digest == first.digest
    now = small.report(at("2024-07-31 08:00"))
    assert now.rate.week is not None and (now.rate.week.k, now.rate.week.n) == (4, 5)
    assert now.digest != first.digest


def test_a_station_alone_and_a_week_that_runs(small: Small) -> None:
    report = small.report(stations=(NORTH,))
    assert report.rate.week is not None and report.rate.week.n == 2
    assert report.about.stations == (NORTH,) and list(report.about.names) == [NORTH]
    running = small.report(at("2024-07-26 12:00"))
    assert not running.about.complete
    assert running.rate.week is not None and (running.rate.week.k, running.rate.week.n) == (2, 4)


@pytest.mark.parametrize(
    ("week", "as_of", "now", "code"),
    [
        ("2024-W32", AS_OF, AS_OF, "to_come"),
        ("2024-W31", AS_OF - 10 * 3_600_000_000, AS_OF, "to_come_then"),
        ("2030-W01", AS_OF, AS_OF, "to_come"),
        ("2024-W30", AS_OF + 1, AS_OF, "as_of_to_come"),
        ("2024-W20", AS_OF, AS_OF, "before_data"),
        ("2024-W29", at("2024-07-18 08:00"), AS_OF, "nothing_known"),
    ],
)
def test_there_is_no_report_of_what_has_not_come_or_was_not_known(
    small: Small, week: str, as_of: int, now: int, code: str
) -> None:
    with pytest.raises(NoReport) as refused:
        small.report(as_of, now, Week.named(week))
    assert refused.value.code == code
    for language in ("zh", "en"):
        said = texts(language).get(f"weekly.no_report.{code}", **refused.value.params)
        assert week in said or code in ("as_of_to_come", "nothing_known")


def test_a_station_without_data_is_not_called_an_empty_database(small: Small) -> None:
    with pytest.raises(NoReport) as refused:
        small.report(stations=("14042303",))
    assert refused.value.code == "no_data_there"


def test_an_empty_database_and_what_is_no_week_say_so(tmp_path: Path) -> None:
    with pytest.raises(NoReport) as refused:
        Small(tmp_path, filled=False).report()
    assert refused.value.code == "no_data"
    for wrong in ("2024-30", "2024-W54", "W30", "", "2024-W00"):
        with pytest.raises(NoReport):
            Week.named(wrong)
    assert Week.named("2026-W53").monday.isoformat() == "2026-12-28"
