"""Charts of a report as SVG: the same drawing for the page, the PDF and, as a picture, the document."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from monitor.reports.picture import LINE, SOFT, TEXT, Picture
from monitor.reports.weekly.paper import Chart, Look, Series

WIDTH, LEFT, RIGHT, TOP = 760, 62, 26, 22
VALUE, BAND, TARGET = "#166FBA", "#8997A4", "#A8200D"
STAGES = {
    "decision": "#2874B8", "removal": "#64A0D6", "payment": "#A5C9EA", "arrival": "#D3E4F4",
    "release": "#E0A32E",
}  # fmt: skip
HEAT = ("#EDF1F4", "#D3E4F4", "#A5C9EA", "#64A0D6", "#2874B8", "#0B4680")
DASHES = {"centre": "", "low": "5 4", "high": "5 4", "target": "2 3"}


def svg_of(chart: Chart, days: Sequence[str], *, small: bool = False) -> str:
    """The drawing. `days` are the names of the weekdays; `small`: one of a row of small ones."""
    match chart.look:
        case Look.LINES:
            return _small(chart) if small else _lines(chart)
        case Look.BARS:
            return _bars(chart)
        case Look.FUNNEL:
            return _funnel(chart)
        case Look.HEAT:
            return _heat(chart, days)


def shown(value: float, percent: bool) -> str:
    """A value at an axis or a mark."""
    return f"{100 * value:.4g}%" if percent else f"{value:,.4g}"


class Scale:
    """Values to heights, from a round number below to one above."""

    def __init__(self, values: Sequence[float], percent: bool, top: float, bottom: float) -> None:
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        if percent:
            low, high = max(0.0, min(low, 0.9) - 0.05), 1.0
        else:
            low, high = 0.0, high * 1.05 or 1.0
        step = _step((high - low) / 4)
        self.low = int(low / step) * step
        self.high = min(1.0, ceil(high / step) * step) if percent else ceil(high / step) * step
        self.ticks = [self.low + step * n for n in range(round((self.high - self.low) / step) + 1)]
        self._top, self._bottom = top, bottom

    def at(self, value: float) -> float:
        """Where a value lies."""
        share = (value - self.low) / (self.high - self.low or 1)
        return self._bottom - share * (self._bottom - self._top)


def _step(rough: float) -> float:
    size = 10.0 ** int(f"{rough:e}".split("e")[1])
    return next(size * part for part in (1, 2, 2.5, 5, 10) if size * part >= rough)


def _known(series: Sequence[Series]) -> list[float]:
    return [value for one in series for value in one.values if value is not None]


def _frame(picture: Picture, scale: Scale, chart: Chart, bottom: float) -> None:
    for tick in scale.ticks:
        y = scale.at(tick)
        picture.line(LEFT, y, WIDTH - RIGHT, y, LINE)
        picture.text(LEFT - 6, y + 4, shown(tick, chart.percent), size=12, colour=SOFT, anchor="end")
    picture.text(LEFT, TOP - 8, chart.y_title, size=12, colour=SOFT)
    if chart.x_title:
        picture.text(WIDTH - RIGHT, bottom + 38, chart.x_title, size=12, colour=SOFT, anchor="end")


def _legend(picture: Picture, entries: Sequence[tuple[str, str, str]], y: float) -> None:
    x = float(LEFT)
    for name, colour, dash in entries:
        picture.line(x, y - 4, x + 22, y - 4, colour, 2, dash)
        picture.text(x + 28, y, name, size=12, colour=SOFT)
        x += 44 + sum(12 if ord(letter) > 0x2E80 else 7 for letter in name)


def _lines(chart: Chart) -> str:
    height = 300
    bottom = float(height - 64)
    picture = Picture(WIDTH, height)
    scale = Scale(_known(chart.series), chart.percent, TOP, bottom)
    _frame(picture, scale, chart, bottom)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(chart.labels))

    def x(place: int) -> float:
        return LEFT + step * (place + 0.5)

    some = max(1, -(-len(chart.labels) // 9))
    for place, label in enumerate(chart.labels):
        if place % some == 0:
            picture.text(x(place), bottom + 18, label, size=12, colour=SOFT, anchor="middle")
    for one in reversed(chart.series):
        colour = VALUE if one.role == "value" else TARGET if one.role == "target" else BAND
        for run in _runs(one.values):
            points = [(x(place), scale.at(one.values[place] or 0.0)) for place in run]
            picture.path(points, colour, 2 if one.role == "value" else 1.5, DASHES.get(one.role, ""))
            if one.role == "value":
                for point in points:
                    picture.circle(*point, 3.5, VALUE)
    entries = [
        (
            one.name,
            VALUE if one.role == "value" else TARGET if one.role == "target" else BAND,
            DASHES.get(one.role, ""),
        )
        for one in chart.series
    ]
    _legend(picture, entries, height - 10)
    return picture.svg(chart.title)


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Places of values that follow each other without a gap."""
    runs: list[list[int]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


def _small(chart: Chart) -> str:
    picture = Picture(240, 110)
    values = chart.series[0].values
    known = _known(chart.series)
    scale = Scale(known, chart.percent, 34, 84)
    picture.text(6, 16, chart.series[0].name, size=13, bold=True)
    step = 200 / max(1, len(values))
    for run in _runs(values):
        points = [(20 + step * (place + 0.5), scale.at(values[place] or 0.0)) for place in run]
        picture.path(points, VALUE, 2)
        for point in points:
            picture.circle(*point, 2.5, VALUE)
    picture.line(20, 88, 220, 88, LINE)
    picture.text(20, 103, chart.labels[0], size=12, colour=SOFT)
    picture.text(220, 103, chart.labels[-1], size=12, colour=SOFT, anchor="end")
    if values and values[-1] is not None:
        last = f"{100 * values[-1]:.1f}%" if chart.percent else f"{values[-1]:.1f}"
        picture.text(234, 30, last, size=12, colour=TEXT, anchor="end")
    return picture.svg(chart.title)


def _bars(chart: Chart) -> str:
    height = 60 + 44 * len(chart.labels)
    picture = Picture(WIDTH, height)
    left = 96.0
    for row, label in enumerate(chart.labels):
        y = 12.0 + 44 * row
        picture.text(left - 8, y + 20, label, size=13, anchor="end")
        x = left
        for one in chart.series:
            share = one.values[row] or 0.0
            width = (WIDTH - left - RIGHT) * share
            picture.rect(x, y, width, 30, STAGES.get(one.role, BAND))
            if width > 44:
                colour = "#FFFFFF" if one.role == "decision" else TEXT
                picture.text(
                    x + width / 2, y + 20, f"{100 * share:.0f}%", anchor="middle", colour=colour, size=12
                )
            x += width
    x = left
    for one in chart.series:
        picture.rect(x, height - 26, 12, 12, STAGES.get(one.role, BAND), LINE)
        picture.text(x + 17, height - 15, one.name, size=12, colour=SOFT)
        x += 34 + sum(12 if ord(letter) > 0x2E80 else 7 for letter in one.name)
    return picture.svg(chart.title)


def _funnel(chart: Chart) -> str:
    height = 340
    bottom = float(height - 64)
    picture = Picture(WIDTH, height)
    # Limits of sizes that no station has would take most of the height.
    least = min(chart.x, default=1.0)
    told = [
        value
        for one in chart.series[1:]
        for size, value in zip(chart.curve_x, one.values, strict=True)
        if value is not None and size >= least
    ]
    scale = Scale(
        [*told, *(value for value in chart.series[0].values if value is not None)], True, TOP, bottom
    )
    _frame(picture, scale, chart, bottom)
    most = max([*chart.curve_x, *chart.x, 1.0])

    def x(size: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * size / most

    step = _step(most / 6)
    for tick in range(int(most / step) + 1):
        picture.text(x(tick * step), bottom + 18, f"{tick * step:g}", size=12, colour=SOFT, anchor="middle")
    entries: dict[str, tuple[str, str, str]] = {}
    for one in chart.series[1:]:
        colour = TARGET if one.role == "target" else BAND
        dash = "2 3" if one.role == "target" else "" if one.name not in entries and entries else "5 4"
        dash = entries[one.name][2] if one.name in entries else dash
        entries.setdefault(one.name, (one.name, colour, dash))
        points = [
            (x(size), scale.at(max(scale.low, value or 0.0)))
            for size, value in zip(chart.curve_x, one.values, strict=True)
        ]
        picture.path(points, colour, 1.5, dash)
    dots = [
        (name, x(size), scale.at(value))
        for name, size, value in zip(chart.labels, chart.x, chart.series[0].values, strict=True)
        if value is not None
    ]
    for name, across, y in dots:
        picture.circle(across, y, 5, VALUE)
        # In a crowd no name could be read: the table beside it has them all.
        if any(name != other and abs(across - x2) < 150 and abs(y - y2) < 14 for other, x2, y2 in dots):
            continue
        end, down = across > WIDTH / 2, 18 if y < TOP + 12 else 4
        side = (across - 9, "end") if end else (across + 9, "start")
        picture.text(side[0], y + down, _short(name), size=12, anchor=side[1])
    _legend(picture, list(entries.values()), height - 8)
    return picture.svg(chart.title)


def _short(name: str) -> str:
    return name if len(name) <= 14 else name[:13] + "…"


def _heat(chart: Chart, days: Sequence[str]) -> str:
    picture = Picture(WIDTH, 40 + 24 * 7)
    values = chart.series[0].values
    most = max(_known(chart.series), default=0.0) or 1.0
    side = (WIDTH - LEFT - RIGHT) / 24
    for day in range(7):
        picture.text(LEFT - 8, 38 + 24 * day, days[day], size=12, anchor="end")
        for hour in range(24):
            value = values[24 * day + hour] or 0.0
            colour = HEAT[0 if not value else 1 + min(4, int(5 * value / (most + 1e-9)))]
            picture.rect(LEFT + side * hour, 22 + 24 * day, side - 2, 22, colour)
            if value:
                ink = "#FFFFFF" if value > 0.6 * most else TEXT
                picture.text(
                    LEFT + side * (hour + 0.5) - 1,
                    38 + 24 * day,
                    f"{value:g}",
                    size=12,
                    colour=ink,
                    anchor="middle",
                )
    for hour in range(0, 24, 3):
        picture.text(LEFT + side * (hour + 0.5), 14, f"{hour}", size=12, colour=SOFT, anchor="middle")
    return picture.svg(chart.title)
