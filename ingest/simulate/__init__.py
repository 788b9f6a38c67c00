"""A seeded county of inspection stations, what they export, and how it goes on. All of it is invented."""

from ingest.simulate.export import Export, SimulationSummary, simulate
from ingest.simulate.live import LiveFeed

SIMULATION_SOURCES = (
    "sim-weighing", "sim-merged", "sim-gbk", "ledger-template", "sim-offsite", "sim-police", "sim-unload",
    "sim-treasury", "treasury-statement",
)  # fmt: skip
"""The source pages that read what the simulation writes."""

__all__ = ["SIMULATION_SOURCES", "Export", "LiveFeed", "SimulationSummary", "simulate"]
