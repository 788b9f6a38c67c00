"""How addresses name a cell of a figure: `figure.part.part`. Light: lists need no engine to know it."""

from __future__ import annotations

CELLS = (
    "rate.all|on_time|late|not_held|no_deadline|undetermined|implausible|withdrawn",
    "weeks.YYYY-Www[.on_time|late]",
    "gaps.N",
    "stages.all|decision|removal|payment|arrival|release",
    "stages.STAGE.authority.NAME",
    "stages.STAGE.hour|weekday.N",
    "removal.known",
    "hours.all|on_time|late|held|released.H|H+|H-H",
    "arrivals.all|0-167",
    "releases.all|0-167",
    "ages.all|past",
    "paid.all|untold|online|desk|cash|other|channel.NAME[.authority.NAME][.hour.0-23]",
    "payment_failures.all|channel.NAME[.authority.NAME][.hour.0-23]",
    "payment_time.all|unpaid|untimed|channel.NAME[.authority.NAME][.hour.0-23][.work|off]",
    "payment_outages.all|hour.0-23|YYYY-MM-DD.0-23",
    "waiting.all|payment|removed",
    "fines.all|assessed|inside|outside|unassessed|spared[.AUTHORITY]",
    "fine_points.AUTHORITY.MEASURE.STEP.inside|below|above|below_explained|above_explained.X.Y",
    "fine_places.ALIKE~all|0-4",
    "fine_units.station|officer~held|free|outside~NAME",
    "fine_units.team~held|free|outside~STATION~NAME",
    "findings.CODE",
    "exemptions.minor|first[.spared|fined]",
    "repeats.1|2|3|4+|unread",
)
"""Every form of a cell."""


class UnknownCell(ValueError):
    """No cell of any figure."""
