"""Plates as pages show them: masked by the same function as the API and the exports."""

from monitor.cases.plate import masked_plate

__all__ = ["masked_plate"]
