"""Every address of the dashboard: its pages, a case of each kind, and addresses that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.app import find_pages
from monitor.cases.state import CaseState, Verdict
from tests.browser.served import Served

CASE = "/case/<station>/<case_no>"
KINDS: dict[str, Callable[[CaseState, int], bool]] = {
    "running": lambda case, now: case.verdict == Verdict.RUNNING and (case.deadline_at or 0) > now,
    "overdue": lambda case, now: case.verdict == Verdict.RUNNING and 0 < (case.deadline_at or 0) < now,
    "on time": lambda case, now: case.verdict == Verdict.ON_TIME,
    "late": lambda case, now: case.verdict == Verdict.LATE,
    "not held": lambda case, now: case.verdict == Verdict.NOT_HELD,
    "no deadline": lambda case, now: case.verdict == Verdict.NO_DEADLINE,
    "undetermined": lambda case, now: case.verdict == Verdict.UNDETERMINED,
    "implausible": lambda case, now: case.verdict == Verdict.IMPLAUSIBLE,
    "most findings": lambda case, now: bool(case.findings),
}
"""What a page of a case may have to say."""

PLAIN = [page.PATH for page in find_pages() if "<" not in page.PATH]
NOWHERE = ["/nowhere", "/case/14042301/CX-404"]
ADDRESSES = [*PLAIN, *(f"case: {kind}" for kind in KINDS), *NOWHERE]
UNFAMILIAR = [page.PATH for page in find_pages() if "<" in page.PATH and page.PATH != CASE]
"""Pages with a part of their address that these tests would not know how to fill."""


def address(name: str, served: Served) -> str:
    """Where a page is; `case: late` is the fullest case of that kind."""
    if not name.startswith("case: "):
        return name
    kind = name.removeprefix("case: ")
    now = served.clock()
    fitting = [case for case in served.cases() if KINDS[kind](case, now)]
    assert fitting, f"the simulated county holds no case of the kind {kind!r}"
    fullest = max(
        fitting, key=lambda case: (len(case.findings) if kind == "most findings" else 0, case.events)
    )
    return f"/case/{fullest.station}/{fullest.case_no}"
