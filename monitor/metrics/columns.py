"""The columns that metrics count by, of each table they count: what a lake may keep in memory."""

from __future__ import annotations

from collections.abc import Mapping

COUNTED: Mapping[str, tuple[str, ...]] = {
    "case_versions": (
        "case_id", "case_no", "station", "vehicle", "authority", "fine_fen", "known_from", "known_to",
        "verdict", "custody", "outcome", "days", "confirmed_at", "confirmed_until", "limit_s", "deadline_at",
        "deadline_until", "released_at", "released_until", "withdrawn_at", "decided_at", "paid_at",
        "pay_confirmed_at", "removed_at", "removed_until", "removed_derived", "paused_us", "paused_since",
        "start_date", "start_week", "start_hour", "deadline_date", "deadline_week", "released_date",
        "released_week", "released_hour", "first_date", "first_week", "placed_date", "placed_week",
        "accepted_at", "accepted_until", "police_decided_at", "police_decided_until", "detained_at",
        "detained_until", "handed_in_at", "handed_in_until",
    ),
    "events": (
        "case_id", "activity", "station", "occurred_at", "occurred_until", "recorded_at", "received_at",
        "known_from", "known_to", "backfill", "date",
    ),
    "weighings": (
        "station", "vehicle", "occurred_at", "known_from", "known_to", "date", "week", "first", "plate_read",
        "gross_kg", "limit_kg", "rule_kg",
    ),
    "payments": (
        "case_id", "station", "activity", "occurred_at", "occurred_until", "known_from", "known_to", "date",
        "week", "hour", "authority", "payment_code", "channel", "amount_fen",
    ),
    "decisions": (
        "station", "case_no", "decision_no", "decided_date", "known_from", "known_to", "alike", "outcome",
        "fine_fen", "place", "position", "factors", "compared_kg", "compared_share", "axles", "prior_acts",
        "mitigating", "aggravating", "procedure", "party",
    ),
}  # fmt: skip
"""A case has more than twice as many; each would go through every step of a query's text."""
