"""Pictures as SVG, drawn as papers draw theirs."""

from monitor.reports.picture import FONT, GROUND, LINE, SOFT, TEXT, Picture, lines

__all__ = ["FONT", "GROUND", "LINE", "SOFT", "TEXT", "Picture", "lines"]
