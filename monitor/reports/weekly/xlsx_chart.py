"""A chart of a report as Excel draws it itself, from the cells beside it."""

from __future__ import annotations

from typing import Any

from monitor.reports.weekly.drawn import BAND, STAGES, TARGET, VALUE, Scale
from monitor.reports.weekly.paper import Chart, Series

DASHES = {"low": "dash", "high": "dash", "target": "round_dot"}
GRID = {"visible": True, "line": {"color": "#D9DFE5"}}
SIZE = {"width": 860, "height": 400}


def is_whole(chart: Chart) -> bool:
    """Whether what is charted is counted: its axis has no decimals."""
    values = (value for value in chart.series[0].values if value is not None)
    return not chart.percent and all(float(value).is_integer() for value in values)


def lines(book: Any, sheet: str, chart: Chart) -> Any:
    """Values by label, with the limits they have."""
    drawn = book.add_chart({"type": "line"})
    for place, one in enumerate(chart.series, 1):
        drawn.add_series(
            {
                "name": [sheet, 0, place],
                "categories": [sheet, 1, 0, len(chart.labels), 0],
                "values": [sheet, 1, place, len(chart.labels), place],
                "line": _line(one),
                "marker": _marker(one),
            }
        )
    drawn.set_x_axis({"name": chart.x_title})
    drawn.set_y_axis(_axis(chart) | _span(chart))
    return _framed(drawn, chart)


def bars(book: Any, sheet: str, chart: Chart) -> Any:
    """Shares of a whole, a bar for each label, the first on top."""
    drawn = book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for place, one in enumerate(chart.series, 1):
        drawn.add_series(
            {
                "name": [sheet, 0, place],
                "categories": [sheet, 1, 0, len(chart.labels), 0],
                "values": [sheet, 1, place, len(chart.labels), place],
                "fill": {"color": STAGES.get(one.role, BAND)},
                "gap": 60,
            }
        )
    # The labels of a reversed axis stand on top of the bars, its title below: both belong below.
    drawn.set_x_axis(_axis(chart) | {"max": 1, "label_position": "high"})
    drawn.set_y_axis({"name": chart.x_title, "reverse": True})
    return _framed(drawn, chart)


def funnel(book: Any, sheet: str, chart: Chart, at: int) -> Any:
    """Shares over sizes, in columns from `at` (name, size, share), within limits in columns from 1."""
    drawn = book.add_chart({"type": "scatter", "subtype": "straight"})
    for place, one in enumerate(chart.series[1:], 1):
        drawn.add_series(
            {
                "name": [sheet, 0, place],
                "categories": [sheet, 1, 0, len(chart.curve_x), 0],
                "values": [sheet, 1, place, len(chart.curve_x), place],
                "line": _line(one) | _outer(one, chart),
                "marker": {"type": "none"},
            }
        )
    drawn.add_series(
        {
            "name": chart.series[0].name,
            "categories": [sheet, 1, at + 1, len(chart.labels), at + 1],
            "values": [sheet, 1, at + 2, len(chart.labels), at + 2],
            "marker": _marker(chart.series[0]) | {"size": 8},
            "line": {"none": True},
            "data_labels": {"custom": _names(chart), "value": True, "position": "below"},
        }
    )
    drawn.set_x_axis(
        {"name": chart.x_title, "min": 0, "num_format": "0", "major_gridlines": {"visible": False}}
    )
    drawn.set_y_axis(_axis(chart) | _span(chart))
    framed = _framed(drawn, chart)
    # Both sides of a limit have one name, and one entry of the legend.
    names = [one.name for one in chart.series[1:]]
    twice = [place for place, name in enumerate(names) if name in names[:place]]
    framed.set_legend({"position": "bottom", "delete_series": twice})
    return framed


def _framed(drawn: Any, chart: Chart) -> Any:
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
    drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
    drawn.set_size(SIZE)
    return drawn


def _axis(chart: Chart) -> dict[str, Any]:
    form = "0%" if chart.percent else "0" if is_whole(chart) else "0.0"
    return {"name": chart.y_title, "num_format": form, "major_gridlines": GRID}


def _span(chart: Chart) -> dict[str, float]:
    """The ends of the axis of values: a share begins where the other formats let it begin."""
    if not chart.percent:
        return {"min": 0}
    least = min(chart.x, default=0.0)
    known = [
        value
        for one in chart.series
        for place, value in enumerate(one.values)
        if value is not None and (one is chart.series[0] or not chart.x or chart.curve_x[place] >= least)
    ]
    scale = Scale(known, True, 0, 1)
    return {"min": scale.low, "max": 1, "major_unit": scale.ticks[1] - scale.ticks[0]}


def _line(one: Series) -> dict[str, Any]:
    colour = VALUE if one.role == "value" else TARGET if one.role == "target" else BAND
    return {"color": colour, "width": 2.25 if one.role == "value" else 1.5} | (
        {"dash_type": DASHES[one.role]} if one.role in DASHES else {}
    )


def _outer(one: Series, chart: Chart) -> dict[str, Any]:
    """The outer limit of a funnel is a whole line, the inner a broken one."""
    inner = chart.series[1].name
    return {"dash_type": "solid"} if one.role in ("low", "high") and one.name != inner else {}


def _marker(one: Series) -> dict[str, Any]:
    if one.role != "value":
        return {"type": "none"}
    return {"type": "circle", "size": 6, "fill": {"color": VALUE}, "border": {"color": VALUE}}


def _names(chart: Chart) -> list[dict[str, Any]]:
    """Names at the dots. In a crowd no name could be read: the table beside it has them all."""
    dots = list(zip(chart.labels, chart.x, chart.series[0].values, strict=True))
    most = max([*chart.curve_x, *chart.x, 1.0])
    low = _span(chart)["min"]

    def near(one: float, other: float, whole: float, part: float) -> bool:
        return abs(one - other) < part * whole

    told: list[dict[str, Any]] = []
    for name, size, share in dots:
        crowd = share is None or any(
            other != name and y is not None and near(size, x, most, 0.2) and near(share, y, 1 - low, 0.07)
            for other, x, y in dots
        )
        told.append({"delete": True} if crowd else {"value": name})
    return told
