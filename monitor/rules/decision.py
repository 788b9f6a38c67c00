"""What of a penalty decision enters into its assessment: plain values, one tuple per decision."""

from __future__ import annotations

from typing import NamedTuple


class Decision(NamedTuple):
    """One decision in force and the facts of its case.

    Instants in microseconds UTC, of a day its first instant. Weights in kilograms, sizes in millimetres,
    money in fen. None is "not told", never zero. Texts of `factors` and `evidence` are the codes of a rule
    set, or what the source wrote where it knows no code.
    """

    station: str
    case_no: str
    decided_at: int
    acted_at: int
    """When the act happened: the confirmation, else the first weighing, else the first event of the case. The
    rule set in force on its local day applies."""
    authority: str | None = None
    """`transport` or `police`; without it no scheme can be chosen."""
    outcome: str | None = None
    """`fine`, `warning` or `no_penalty`."""
    fine_fen: int | None = None
    points: int | None = None
    decision_no: str | None = None
    act: str | None = None
    """The act the decision is about: the source's own, else the check number, else the case."""
    vehicle: str | None = None
    axles: int | None = None
    gross_kg: int | None = None
    limit_kg: int | None = None
    approved_load_kg: int | None = None
    """核定载质量; the police tiers run on it and nothing stands in for it."""
    tare_kg: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    plate: str | None = None
    plate_colour: str | None = None
    driver: str | None = None
    """A keyed digest, never a name."""
    company: str | None = None
    """The operator's 统一社会信用代码, or a keyed digest where it is a person."""
    party: str | None = None
    """`citizen` or `organisation`."""
    procedure: str | None = None
    """`simple` or `ordinary`."""
    officers: tuple[str, ...] = ()
    """Codes of the officers who decided; names stay with the source."""
    team: str | None = None
    factors: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """Factors of which evidence is recorded."""
    departure_reason: str | None = None
    departure_evidence: str | None = None
    departure_review: str | None = None
    """Who reviewed a departure from the band, or how: a code or words of the source."""
    filed_at: int | None = None
    notified_at: int | None = None
    notified_fen: int | None = None
    """The fine that the party was told before the decision."""
    stated_at: int | None = None
    hearing_at: int | None = None
    legal_review_at: int | None = None
    committee_at: int | None = None
    prior_acts: int | None = None
    """Illegal overloads of the same vehicle within the rolling year before this act; None where its plate was
    not read."""
    prior_driver_acts: int | None = None
    company_share: float | None = None
    """Share of the company's trucks with an illegal overload in the rolling year; None where the size of its
    fleet is not known."""
    other_fines: tuple[tuple[str, str, int | None], ...] = ()
    """Other fines for the same act: (authority, decision number or case number, fen)."""
    decided_until: int | None = None
    """The last instant at which it can have been decided, where only the day is known."""
    company_trucks: int | None = None
    """How many trucks the company has, as the source told with the case."""
