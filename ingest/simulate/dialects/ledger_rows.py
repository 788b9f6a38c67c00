"""The rows of a station's ledger as of an export: what was written down of each case by then."""

from __future__ import annotations

from typing import Any

from ..case import SimCase, Step
from ..telling import Row
from .labels import AUTHORITIES, CHANNELS, COLOURS, KINDS, OUTCOMES, PARTIES, PROCEDURES

FIRST = ("weighed", "confirmed", "detained", "handed_in", "handed_over", "accepted", "filed", "notified",
         "pay_requested", "unloading", "released", "withdrawn", "closed", "violation_removed",
         "stated", "legal_review", "committee")  # fmt: skip
LAST = ("decided", "paid", "pay_confirmed", "reweighed")

OF_VEHICLE = ("approved_load", "tare", "length", "width", "height", "company", "party")
"""Keys of the facts of vehicle and operator."""

SAID = ("procedure", "officers", "team", "factors", "evidence", "departure_reason", "departure_evidence",
        "departure_review")  # fmt: skip
"""Keys of what a decision says of itself, beside what it imposes."""

OF_POLICE = ("notified", "notified_fine", "stated", "committee", "decided", "decision_no", "outcome", "fine",
             "points", *SAID)  # fmt: skip
"""Keys that the police tell of their own cases."""


def ledger_row(case: SimCase, told_by: int) -> Row:
    """A row with every key that a ledger may have a column for; times are instants, weights kg, money fen."""
    car = case.vehicle
    values: dict[str, Any] = {
        "station": case.site.name,
        "case_no": case.case_no,
        "check_no": case.check_no,
        "plate": car.plate,
        "plate_colour": COLOURS[car.colour],
        "vehicle": KINDS[car.kind],
        "axles": car.axles,
        "gross": car.gross_kg,
        "limit": car.limit_kg,
        "authority": AUTHORITIES[case.authority],
        "driver": case.party.driver,
        "driver_phone": case.party.phone,
        "approved_load": car.approved_load_kg if case.load_told else None,
        "tare": car.tare_kg if case.load_told else None,
        "length": car.length_mm,
        "width": car.width_mm,
        "height": car.height_mm,
        "company": case.party.credit_code if case.party_kind == "organisation" else None,
        "party": PARTIES[case.party_kind],
    }
    steps: dict[str, Step] = {}
    for name in FIRST:
        if (step := case.first(name, told_by)) is not None:
            steps[name] = step
    for name in LAST:
        if (step := case.last(name, told_by)) is not None:
            steps[name] = step
    moved = [s for name in ("unloaded", "cargo_transferred") if (s := case.last(name, told_by)) is not None]
    if moved:
        steps["unloaded"] = max(moved, key=lambda step: step.at)
    values.update({name: step.at for name, step in steps.items()})
    values["recorded_at"] = max(
        step.told_at for step in case.steps if step.told_at <= told_by and step.activity != "weighed"
    )
    if "decided" in steps:
        told = steps["decided"].data
        values["decision_no"] = told["decision_no"]
        values["outcome"] = OUTCOMES[told["outcome"]]
        values["fine"] = told.get("fine_fen")
        values["points"] = told.get("points")
        values.update(said(told))
    if "notified" in steps:
        values["notified_fine"] = steps["notified"].data.get("fine_fen")
    if "reweighed" in steps:
        values["reweigh"] = steps["reweighed"].data["gross_kg"]
    if "pay_requested" in steps:
        values["payment_code"] = steps["pay_requested"].data["payment_code"]
    if "paid" in steps:
        told = steps["paid"].data
        values["amount"] = told["amount_fen"]
        values["channel"] = CHANNELS[told["channel"]]
        values["payment_code"] = told["payment_code"]
        values["ground"] = told.get("ground")
    return Row(case.site.code, case.case_no, values)


def said(told: dict[str, Any]) -> dict[str, Any]:
    """What a decision says of itself, as papers write it."""
    procedure = told.get("procedure")
    return {key: told.get(key) for key in SAID} | {"procedure": procedure and PROCEDURES[procedure]}
