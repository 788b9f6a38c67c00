"""Jobs on the Data page: how they stand, who runs them, what was asked for, and in which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import plotly
import pytest

from dashboard.pages import jobs as page
from dashboard.parts.joblist import answer, how_often, jobs_band, jobs_card, problem_of
from dashboard.parts.sentence import Speech
from dashboard.views.jobs import JobsView, Standing, jobs_view
from monitor.settings.cadence import at, every
from monitor.settings.calendar import read_calendar
from monitor.settings.check import check_config
from monitor.settings.jobs import Jobs, Kind, PlannedJob
from monitor.settings.texts import texts
from monitor.store.jobs import REQUEST_MICROS, JobRequest, JobRun, JobState, Leader, Result, take_lease
from tests.county import NOW, County
from tests.factories import HOUR, MINUTE, SHANGHAI

HERE = Leader("duty-pc", 4711)
FOLDER = PlannedJob(
    "chengxi", Kind.FOLDER, every("1m"), None, {"folder": "/srv/in", "source": "ledger-template"}
)
CALENDAR = PlannedJob("calendar-check", Kind.CALENDAR, at("08:00", SHANGHAI), None, {"days": "60"}, False)


def run(result: Result, problem: str | None = None, **params: str) -> JobRun:
    started = NOW - 5 * MINUTE
    return JobRun(1, "chengxi", started, started, started + 2_500_000, result, 7, problem, params)


def view_of(
    state: JobState | None, leader: Leader | None = HERE, job: PlannedJob = FOLDER, opened: str | None = None
) -> JobsView:
    states = {} if state is None else {job.name: state}
    runs = [state.last] if state is not None and state.last is not None else []
    return jobs_view([job], states, leader, HERE, NOW, opened, runs)


def sent(component: Any) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def words(language: Any = "en") -> Speech:
    return Speech(texts(language), SHANGHAI, 2026)


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (None, Standing.NEVER),
        (JobState(run(Result.RUNNING), 0, None, None), Standing.RUNNING),
        (JobState(run(Result.DONE), 0, None, None), Standing.DONE),
        (JobState(run(Result.DONE, "files_failed", n="2"), 0, None, None), Standing.WARNED),
        (JobState(run(Result.MISSED, "missed"), 0, None, None), Standing.MISSED),
        (JobState(run(Result.FAILED, "folder_missing"), 2, NOW, None), Standing.FAILED),
        (JobState(run(Result.INTERRUPTED, "interrupted"), 1, NOW, None), Standing.FAILED),
        (JobState(run(Result.FAILED, "folder_missing"), 3, NOW, None), Standing.FAILING),
        (JobState(run(Result.RUNNING), 3, NOW, None), Standing.FAILING),
    ],
)
def test_a_job_stands_as_its_last_run_did_and_three_failures_outweigh_a_new_try(
    state: JobState | None, standing: Standing
) -> None:
    assert view_of(state).rows[0].standing is standing


def test_the_card_says_what_a_job_does_how_it_went_and_when_it_is_due() -> None:
    said = sent(jobs_card(view_of(JobState(run(Result.DONE), 0, None, None)), {}, NOW, words("zh")))
    for text in (
        "/srv/in",
        "chengxi",
        "每 1 分",
        "上次 14:27",
        "用了 2 秒",
        "读 7 行",
        "下次 14:33",
        "由本服务器运行",
    ):
        assert text in said
    assert "作业:1 个,都正常" in said


def test_the_job_of_a_view_is_called_by_its_source_and_never_by_an_address(told: County) -> None:
    view = {"url": "postgresql://reader@db.example/cases", "query": "SELECT * FROM v WHERE a >= :since",
            "source": "ledger-template", "watermark": "a"}  # fmt: skip
    [plan] = Jobs.model_validate({"views": {"chengbei": view}}).planned(SHANGHAI)
    card = sent(jobs_card(view_of(None, job=plan), told.services.sources, NOW, words("zh")))
    assert "读“站上台账”的数据库视图里的新行入库" in card
    assert "db.example" not in card and "postgresql" not in card


def test_a_problem_stands_in_words_and_the_card_counts_it() -> None:
    state = JobState(run(Result.FAILED, "folder_missing", folder="/srv/in", detail=""), 1, NOW, None)
    said = sent(jobs_card(view_of(state), {}, NOW, words()))
    assert "there is no folder /srv/in" in said
    assert "Jobs: 1, 1 to look at" in said


def test_kinds_of_values_stand_in_the_words_of_the_language_wherever_a_view_is_refused() -> None:
    changed = run(Result.FAILED, "view_type_changed", column="occurred_at", before="time", now="date")
    for said in (problem_of(changed, words("zh")), words("zh").reason("view_type_changed", changed.params)):
        assert "日期和时间 → 日期" in said
    wrong = run(Result.FAILED, "view_watermark_kind", column="gross_kg", kind="time", found="number")
    assert "不是 日期和时间,而是 数" in problem_of(wrong, words("zh"))
    assert "no date and time but number" in problem_of(wrong, words("en"))
    # What a driver alone calls by a name keeps it.
    odd = run(Result.FAILED, "view_type_changed", column="ref", before="text", now="UUID")
    assert "文字 → UUID" in problem_of(odd, words("zh"))


def test_three_failures_and_nobody_working_stand_at_the_top_and_nothing_else_does() -> None:
    fine = view_of(JobState(run(Result.DONE), 0, None, None))
    failing = view_of(JobState(run(Result.FAILED, "folder_missing"), 3, NOW, None))
    assert jobs_band(fine, texts("en")) == []
    assert "chengxi: failed three times" in sent(jobs_band(failing, texts("en")))
    nobody = view_of(None, leader=None)
    assert "No process works on jobs" in sent(jobs_band(nobody, texts("en")))
    assert jobs_band(jobs_view([], {}, None, HERE, NOW), texts("en")) == []


def test_without_a_process_no_next_run_is_promised() -> None:
    assert view_of(None, leader=None).rows[0].next_at is None
    assert view_of(None).rows[0].next_at == NOW + MINUTE


def test_another_process_that_leads_is_named() -> None:
    said = sent(jobs_card(view_of(None, leader=Leader("jiance-02", 99)), {}, NOW, words()))
    assert "Run by process 99 on jiance-02" in said


def test_who_asked_stands_there_until_it_runs_and_the_button_waits_with_them() -> None:
    asked = JobState(None, 0, None, JobRequest("chengxi", "duty", NOW - MINUTE))
    void = JobState(None, 0, None, JobRequest("chengxi", "duty", NOW - REQUEST_MICROS))
    waiting = sent(jobs_card(view_of(asked), {}, NOW, words()))
    assert "duty asked for a run at 14:31; waiting" in waiting
    assert '"disabled": true' in waiting
    voided = sent(jobs_card(view_of(void), {}, NOW, words()))
    assert "it is void" in voided
    assert '"disabled": false' in voided


def test_an_open_job_shows_its_last_runs_and_a_closed_one_does_not() -> None:
    state = JobState(run(Result.DONE)._replace(asked_by="chief"), 0, None, None)
    assert "fx-job-runs" in sent(jobs_card(view_of(state, opened="chengxi"), {}, NOW, words()))
    assert "fx-job-runs" not in sent(jobs_card(view_of(state), {}, NOW, words()))


def test_without_jobs_the_card_says_how_to_configure_one(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        said = jobs_card(jobs_view([], {}, None, HERE, NOW), {}, NOW, words(language))
        example = texts(language).get("jobs.example")
        assert example in json.loads(sent(said))["props"]["children"][2]["props"]["children"]
        (tmp_path / "jobs.yaml").write_text(example, encoding="utf-8")
        assert check_config(tmp_path) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_file_offered_for_a_missing_year_can_be_entered_as_it_stands(
    tmp_path: Path, language: Any
) -> None:
    state = JobState(
        run(Result.DONE, "calendar_missing", year="2027", days="36", file="calendar/2027.yaml"), 0, None, None
    )
    card = jobs_card(view_of(state, job=CALENDAR), {}, NOW, words(language))
    example = texts(language).get("jobs.calendar.example", year="2027")
    assert json.dumps(example, ensure_ascii=False) in sent(card)
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2027.yaml").write_text(example, encoding="utf-8")
    assert check_config(tmp_path) == []
    assert 2027 in read_calendar(tmp_path).years


@pytest.mark.parametrize(
    ("cadence", "said"),
    [
        (every("30s"), "every 30 s"),
        (every("90s"), "every 90 s"),
        (every("5m"), "every 5 min"),
        (at("08:00", SHANGHAI), "every day at 08:00"),
        (at("mon 08:05", SHANGHAI), "Mondays at 08:05"),
    ],
)
def test_how_often_is_said_in_words(cadence: Any, said: str) -> None:
    assert how_often(cadence, words()) == said


def test_every_kind_and_standing_has_its_words() -> None:
    for language in ("zh", "en"):
        found = texts(language)
        assert all(f"jobs.kind.{kind}" in found for kind in Kind)
        assert all(f"jobs.standing.{standing}" in found for standing in Standing)
        assert all(f"jobs.result.{result}" in found for result in Result)


def test_the_answer_follows_a_request_to_its_end() -> None:
    speech = words()
    assert answer("a", None, True, speech) == "a was asked to run; it begins within seconds."
    assert answer("a", run(Result.RUNNING)._replace(ended=None), False, speech) == "a is running."
    assert answer("a", run(Result.DONE), False, speech) == "a has run: done, 7 rows read."
    failed = run(Result.FAILED, "folder_missing", folder="/x")
    assert answer("a", failed, False, speech).startswith(
        "a has run: failed, 7 rows read. there is no folder /x"
    )
    assert answer("a", None, False, speech) == "No process took a; the request is void."


def test_a_run_can_be_asked_for_only_of_a_known_job_and_while_a_process_leads(tmp_path: Path) -> None:
    services = County(tmp_path).services
    assert page.asked(services, "calendar-check") == {"job": "calendar-check", "refused": "nobody"}
    take_lease(services.database, "a-host:1:ff", NOW)
    assert page.asked(services, "gone") == {"job": "gone", "refused": "unknown"}
    assert page.asked(services, "calendar-check") == {"job": "calendar-check", "at": NOW}
    assert page.told(services, {"job": "calendar-check", "at": NOW})[1] is False


def test_what_is_drawn_changes_when_a_request_or_a_leader_does(tmp_path: Path) -> None:
    services = County(tmp_path).services
    keys = [page.drawn_key(page.view_of(services, {}, NOW), NOW)]
    take_lease(services.database, "a-host:1:ff", NOW)
    keys.append(page.drawn_key(page.view_of(services, {}, NOW), NOW))
    page.asked(services, "calendar-check")
    keys.append(page.drawn_key(page.view_of(services, {}, NOW), NOW))
    later = NOW + HOUR
    keys.append(page.drawn_key(page.view_of(services, {}, later), later))
    assert len(set(keys)) == len(keys)
