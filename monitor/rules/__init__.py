"""Discretion baselines, exemptions, duplicate and procedure checks: pure functions over plain values."""
