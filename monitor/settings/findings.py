"""Classes of findings that may raise a flag, as `alerts.yaml` names them."""

from __future__ import annotations

OF_CASES = (
    "second_confirmation", "several_releases", "custody_after_release", "released_before_confirmed",
    "future_time", "void_unmatched", "limit_unknown", "axle_sum_differs", "limit_differs",
    "reweigh_heavier", "scale_uncertified",
)  # fmt: skip
"""What the events of a case say of each other; codes of `monitor.cases`."""

OF_DECISIONS = (
    "below_band", "above_band", "departure_without_reason", "departure_without_evidence",
    "departure_without_review", "double_fine", "exempt_but_fined", "lighter_set_later", "simple_over_ceiling",
    "one_officer", "decided_before_notice", "no_notice", "statement_raised_fine", "no_legal_review",
    "no_committee", "decided_after_90_days", "no_authority", "fourth_act", "company_over_share",
    "negative_amount", "factor_of_10000", "points_differ",
)  # fmt: skip
"""What the rules note of one decision; codes of `monitor.rules`. What is said of many decisions together
(`uniform_fines`) belongs to no case."""

OF_PAYMENTS = (
    "cash_without_ground", "cash_ground_unfit", "fine_and_collection_by_one", "paid_twice",
    "payment_unknown_case", "paid_without_decision", "negative_amount", "factor_of_10000",
)  # fmt: skip
"""What the rules note of a payment; codes of `monitor.rules`."""

BEYOND = (
    "double_fine", "fourth_act", "company_over_share",
    "below_band", "above_band", "departure_without_reason", "departure_without_evidence",
    "departure_without_review", "exempt_but_fined", "lighter_set_later", "factor_of_10000", "points_differ",
)  # fmt: skip
"""Those that may come and go with what another case says: other fines for the act, the company's trucks, and
earlier acts of the vehicle or driver, which a tier or an exemption may ask for."""

FINDINGS = tuple(dict.fromkeys((*OF_CASES, *OF_DECISIONS, *OF_PAYMENTS)))
"""Every class."""
