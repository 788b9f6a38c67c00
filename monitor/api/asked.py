"""What the routes need of an installation, and a list's parameters as the API documents them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Protocol

from fastapi import Depends, Query

from monitor.api.problem import Problem
from monitor.metrics.cell_names import CELLS
from monitor.reports.case_query import BadQuery, case_filter
from monitor.reports.figure_cases import behind_of

if TYPE_CHECKING:
    from monitor.metrics.source import LakeSource
    from monitor.settings.configuration import Configuration
    from monitor.settings.texts import Texts
    from monitor.store.cases import CaseFilter
    from monitor.store.database import Database


class ApiServices(Protocol):
    """`now` gives microseconds UTC and is read once per request; `texts` holds the words by language."""

    @property
    def configuration(self) -> Configuration: ...
    @property
    def database(self) -> Database: ...
    @property
    def now(self) -> Callable[[], int]: ...
    @property
    def simulated(self) -> bool: ...
    @property
    def version(self) -> str: ...
    @property
    def texts(self) -> Mapping[str, Texts]: ...
    @property
    def language(self) -> str: ...
    @property
    def lake(self) -> LakeSource | None: ...


Station = Annotated[list[str] | None, Query(description="Station codes; repeat it, or join codes by commas.")]
State = Annotated[
    str | None,
    Query(
        description="`open` (in custody), `overdue` or `running` (of these, past the deadline or not), or a "
        "verdict of clock A: `released_on_time`, `released_late`, `undetermined`, `no_deadline`, `not_held`, "
        "`implausible`.",
    ),
]
From = Annotated[
    str | None,
    Query(
        alias="from",
        description="First local day (YYYY-MM-DD) of the confirmation, else of the first event.",
    ),
]
To = Annotated[
    str | None,
    Query(
        description="Last local day, included: the span ends at 00:00 of the day after.",
    ),
]
DueWithin = Annotated[
    str | None,
    Query(
        description="ISO 8601 duration (`PT4H`, `P1D`): cases in custody whose deadline comes before its "
        "end, overdue ones included.",
    ),
]
DeciderOf = Annotated[Literal["transport", "police"] | None, Query(description="Who decides.")]
Text = Annotated[str | None, Query(description="Part of a case number or plate.", max_length=64)]
WithFindings = Annotated[str | None, Query(description="`1`: only cases with something to look at.")]
Vehicle = Annotated[str | None, Query(description="Kind of vehicle, for example `truck` or `combination`.")]
BehindCell = Annotated[
    str | None,
    Query(
        alias="behind",
        description="A cell of a figure; the list is then what the figure counted there. "
        + "; ".join(f"`{cell}`" for cell in CELLS),
    ),
]
Period = Annotated[
    str | None,
    Query(description="With `behind`: first and last local day of the figure, `2026-08-31/2026-11-29`."),
]
AsOf = Annotated[
    str | None,
    Query(description="With `behind`: RFC 3339 with offset; what the figure knew then. Now by default."),
]


def bad_parameter(bad: BadQuery) -> Problem:
    """The answer to a parameter that cannot be: its name, its value and what would be accepted."""
    return Problem(422, "bad_parameter", str(bad), parameter=bad.name, value=bad.value, accepted=bad.accepted)


class Asked(NamedTuple):
    """The parameters of a list as they were sent."""

    station: list[str] | None
    state: str | None
    since: str | None
    until: str | None
    due_within: str | None
    authority: str | None
    text: str | None
    findings: str | None
    vehicle: str | None = None
    behind: str | None = None
    period: str | None = None
    as_of: str | None = None

    def filter(self, services: ApiServices, now: int) -> CaseFilter:
        """The filter; it may ask a metric, so not on the event loop.

        Raises Problem 422 that names the parameter and what would be accepted.
        """
        sent = self._asdict() | {"station": ",".join(self.station or ())}
        names = {"since": "from", "until": "to"}
        told = {names.get(name, name): value for name, value in sent.items() if value}
        try:
            behind = behind_of(services.lake, services.configuration, now) if self.behind else None
            return case_filter(told, services.configuration.stations, now, behind)
        except BadQuery as bad:
            raise bad_parameter(bad) from None


def asked(
    station: Station = None,
    state: State = None,
    since: From = None,
    to: To = None,
    due_within: DueWithin = None,
    authority: DeciderOf = None,
    text: Text = None,
    findings: WithFindings = None,
    vehicle: Vehicle = None,
    behind: BehindCell = None,
    period: Period = None,
    as_of: AsOf = None,
) -> Asked:
    """What every list and export of cases may be asked for."""
    return Asked(
        station, state, since, to, due_within, authority, text, findings, vehicle, behind, period, as_of
    )


Sent = Annotated[Asked, Depends(asked)]
"""The parameters of a list, for a route."""
