"""What `GET /api/v1/cases/{case_no}/like` says: the nearest like cases of each decision, and why they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import Field

from monitor.api.case_models import Answered

if TYPE_CHECKING:
    from monitor.metrics.like_cases import Alike, LikeCases


class AlikeOut(Answered):
    """A like case and what it was fined."""

    station: str
    case_no: str
    decision_no: str | None
    decided_date: str
    outcome: str | None
    fine_fen: int | None
    place: str = Field(description="Where the fine lies in its band.")
    position: float | None = Field(description="0 is the floor of the band, 1 its ceiling.")
    distance: float
    apart: dict[str, float] = Field(description="The parts of the distance, by fact; those of zero left out.")
    facts: dict[str, Any]
    factors: list[str]

    @classmethod
    def of(cls, one: Alike) -> Self:
        return cls(
            station=one.station, case_no=one.case_no, decision_no=one.decision_no,
            decided_date=one.decided_date, outcome=one.outcome, fine_fen=one.fine_fen, place=one.place,
            position=one.position, distance=one.distance, apart=one.apart, facts=one.facts,
            factors=list(one.factors),
        )  # fmt: skip


class LikeOut(Answered):
    """A decision and its nearest like cases."""

    decision_no: str | None
    fine_fen: int | None
    alike: str | None = Field(
        description="Authority, rule set and tiers that they share; null without a tier."
    )
    facts: dict[str, Any]
    nearest: list[AlikeOut] = Field(description="Ten at most, nearest first.")

    @classmethod
    def of(cls, one: LikeCases) -> Self:
        return cls(
            decision_no=one.decision_no, fine_fen=one.fine_fen, alike=one.why, facts=one.facts,
            nearest=[AlikeOut.of(near) for near in one.nearest],
        )  # fmt: skip


class LikesOut(Answered):
    """Every decision in force of a case; none where nothing has been decided."""

    station: str
    case_no: str
    decisions: list[LikeOut]
