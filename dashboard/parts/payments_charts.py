"""Figures of the Payments page, of plain elements: every mark is a link, every number a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, span
from dashboard.parts.flow_charts import mark, round_up
from dashboard.parts.flow_stages import authority_name
from dashboard.parts.rows import link
from dashboard.views.flow_findings import week_number
from dashboard.views.payments import (
    ChannelLine,
    ChannelsPart,
    FailuresPart,
    HoursPart,
    HoursRow,
    PaymentsView,
)
from dashboard.views.payments_findings import MINUTES, hours_text, quantile
from monitor.payments.sheet import opening_words

if TYPE_CHECKING:
    from monitor.metrics.payment_failures import Failures
    from monitor.metrics.payment_spread import Spread
    from monitor.metrics.payment_time import PaymentTime
    from monitor.settings.desk import Opening
    from monitor.settings.texts import Texts

LEAST_IN_CELL = 3
"""Payments below which an hour of the day gets no shade."""
BOUNDS = (1, 2, 4, 8)
"""Hours at which the shades of the heat map part."""
AXIS_STEPS = (1, 2, 4, 6, 12, 24, 48, 96, 168, 336)
"""Hours between two ticks of the axis of times."""
ROOM, ROOM_FEW, ROOM_PHONE = 0.82, 0.6, 0.6
"""The parts of an axis behind which a median, or the longer text of few, finds no room any more; on a phone
the text of few always stands above."""


def channel_name(code: str, words: Texts) -> str:
    """A channel in words; one that a source made up as it is."""
    return words.find(f"channels.{code}") or code


def of_authority(code: str | None, words: Texts) -> str:
    """Whose fines."""
    if code is None:
        return words.get("payments.unknown")
    return words.get("payments.channels.of", authority=authority_name(code, words))


def cell_of(figure: str, channel: str, authority: str | None) -> str:
    """The cell of a channel within the fines of an authority."""
    return f"{figure}.channel.{channel}.authority.{authority or 'unknown'}"


def channel_table(part: ChannelsPart, few: int, words: Texts, view: PaymentsView) -> Node:
    """A row per authority and channel: its weekly shares as bars, k/n and share of the period."""
    head = [
        element("th", words.get(f"payments.columns.{name}"), class_)
        for name, class_ in (
            ("channel", ""),
            ("weeks", "fx-pay-c-weeks"),
            ("count", "fx-num"),
            ("share", "fx-num"),
        )
    ]
    rows = []
    for one in part.lines:
        name = [
            element("b", link(channel_name(one.channel, words), _whole(one, view), "fx-flow-plain")),
            element("small", of_authority(one.authority, words)),
        ]
        share = words.get("payments.channels.few") if one.few else f"{100 * one.k / one.n:.0f}%"
        cells = [
            element("td", name, "fx-pay-name"),
            element("td", _bars(one, part, few, words, view), "fx-pay-c-weeks"),
            element("td", f"{one.k}/{one.n}", "fx-num"),
            element("td", share if one.few else element("b", share), "fx-num"),
        ]
        rows.append(element("tr", cells))
    parts = [element("thead", element("tr", head)), element("tbody", rows)]
    return element("table", parts, "fx-table fx-pay-channels-table")


def _whole(one: ChannelLine, view: PaymentsView) -> str:
    return view.behind(cell_of("paid", one.channel, one.authority))


def _bars(one: ChannelLine, part: ChannelsPart, few: int, words: Texts, view: PaymentsView) -> Node:
    drawn: list[Node] = []
    for (week, first, last), (k, n) in zip(part.weeks, one.weeks, strict=True):
        inside: list[Node] = []
        if k:
            said = words.get(
                "payments.channels.mark", authority=_authority(one.authority, words), week=week_number(week),
                channel=channel_name(one.channel, words), k=k, n=n,
            )  # fmt: skip
            href = view.behind(cell_of("paid", one.channel, one.authority), (first, last))
            class_ = "fx-pay-bar fx-pay-bar-few" if n < few else "fx-pay-bar"
            inside.append(mark("", href, class_, {"height": f"{100 * k / n:.1f}%"}, said))
        drawn.append(div(inside, "fx-pay-week"))
    return div(drawn, "fx-pay-bars")


def _authority(code: str | None, words: Texts) -> str:
    return words.get("payments.unknown") if code is None else authority_name(code, words)


def axis_top(spreads: Sequence[Spread]) -> tuple[float, int]:
    """The end of the axis in hours, and the step of its ticks: no more than eight."""
    ends = [quantile(one, 4) for one in spreads if one.at is not None]
    ends += [minutes / MINUTES for one in spreads for minutes in one.each]
    longest = max(ends, default=1.0)
    step = next((step for step in AXIS_STEPS if longest <= 8 * step), AXIS_STEPS[-1])
    return step * max(1, -(-longest // step)), step


def time_dots(spreads: Sequence[Spread], words: Texts, view: PaymentsView) -> Node:
    """Median, middle half and 10–90 % of each channel; every payment where they are few."""
    top, step = axis_top(spreads)
    rows = [_times(one, top, words, view) for one in spreads]
    ticks = [
        span(str(at), "fx-flow-tick", style={"left": f"{100 * at / top:.2f}%"})
        for at in range(0, int(top) + 1, step)
    ]
    return div(
        [
            *rows,
            div([span(None), div(ticks, "fx-flow-axis"), span(None)], "fx-pay-time fx-pay-time-axis"),
            element("p", words.get("payments.times.axis"), "fx-caption fx-flow-axis-name"),
        ],
        "fx-pay-times-list",
    )


def _times(one: Spread, top: float, words: Texts, view: PaymentsView) -> Node:
    channel, authority = one.cell["channel"], one.cell["authority"]
    href = view.behind(cell_of("payment_time", channel, authority))
    fields = {"authority": _authority(authority, words), "channel": channel_name(channel, words), "n": one.n}

    def left(hours: float) -> str:
        return f"{100 * hours / top:.2f}%"

    drawn: list[Node] = []
    if one.at is None:
        for minutes in one.each:
            said = words.get("payments.times.mark_each", hours=hours_text(minutes / MINUTES), **fields)
            drawn.append(mark("", href, "fx-pay-single", {"left": left(minutes / MINUTES)}, said))
        value, room, far = words.get("payments.times.few"), ROOM_FEW, True
        first, end = one.each[0] / MINUTES, one.each[-1] / MINUTES
    else:
        low, quarter, middle, three, high = (quantile(one, place) for place in range(5))
        for line, since, until in (("fx-pay-thin", low, high), ("fx-pay-thick", quarter, three)):
            drawn.append(div(None, line, style={"left": left(since), "width": left(until - since)}))
        said = words.get(
            "payments.times.mark", hours=hours_text(middle), low=hours_text(quarter),
            high=hours_text(three), **fields,
        )  # fmt: skip
        drawn.append(mark("", href, "fx-pay-median", {"left": left(middle)}, said))
        value, room = words.get("payments.times.value", hours=hours_text(middle)), ROOM
        first, end, far = low, high, high > ROOM_PHONE * top
    class_ = "fx-pay-value fx-pay-value-far" if far else "fx-pay-value"
    drawn.append(span(value, class_, style=_beside(first / top, end / top, room)))
    name = [
        element("b", link(channel_name(channel, words), href, "fx-flow-plain")),
        element("small", of_authority(authority, words)),
    ]
    count = span(words.get("payments.times.count", n=one.n), "fx-num")
    return div([div(name, "fx-pay-name"), div(drawn, "fx-pay-track"), count], "fx-pay-time")


def _beside(first: float, end: float, room: float) -> dict[str, str]:
    """Where a text has room: behind what is drawn, else before it, else above it."""
    if end <= room:
        return {"left": f"calc({100 * end:.2f}% + 12px)"}
    if first >= 1 - room:
        return {"right": f"calc({100 * (1 - first):.2f}% + 12px)"}
    return {"right": "0", "top": "-5px"}


def shade_of(one: PaymentTime) -> int | None:
    """Which of the five shades an hour has; None where its payments are too few."""
    if one.n < LEAST_IN_CELL:
        return None
    hours = float("inf") if one.paid_median is None else one.paid_median / MINUTES
    return 1 + sum(hours >= bound for bound in BOUNDS)


def row_name(row: HoursRow, words: Texts) -> str:
    """A row of the heat map."""
    if row.authority is not None:
        return authority_name(row.authority, words)
    return words.get(f"payments.hours.days.{row.days or 'all'}")


def heat_map(part: HoursPart, words: Texts, view: PaymentsView) -> Node:
    """24 hours for all, for working days and others, then for each authority: how many codes of the hour were
    paid, shaded by how long the median took."""
    cells: list[Node] = []
    for row in part.rows:
        cells.append(span(row_name(row, words), "fx-pay-row-name"))
        cells += [_cell(hour, row, words, view) for hour in range(24)]
    axis = [span(str(hour) if hour % 3 == 0 else "", "fx-flow-hour") for hour in range(24)]
    return div(
        div([*cells, span(None), *axis], "fx-pay-heat"),
        "fx-pay-scroll",
        tabIndex=0,
        role="group",
        aria_label=words.get("payments.hours.neutral"),
    )


def _cell(hour: int, row: HoursRow, words: Texts, view: PaymentsView) -> Node:
    one = row.hours.get(hour)
    if one is None:
        return span(None, "fx-pay-cell fx-pay-cell-few")
    shade = shade_of(one)
    class_ = "fx-pay-cell-few" if shade is None else f"fx-pay-s{shade}"
    key = "few" if shade is None else "open" if one.paid_median is None else ""
    fields = {"row": row_name(row, words), "hour": hour, "k": one.n, "n": one.n + one.unpaid}
    if not key:
        fields["hours"] = hours_text((one.paid_median or 0.0) / MINUTES)
    said = words.get(f"payments.hours.mark{'_' if key else ''}{key}", **fields)
    count = span([str(one.n), element("small", f"/{one.n + one.unpaid}")])
    if not one.n:
        return span(count, f"fx-pay-cell {class_}", title=said)
    return mark(count, view.behind(row.cell(hour)), f"fx-pay-cell {class_}", {}, said)


def heat_legend(words: Texts) -> Node:
    """What the shades say."""
    names = (f"< {BOUNDS[0]}", "1–2", "2–4", "4–8", f"≥ {BOUNDS[-1]}")
    keys = [
        span([element("i", None, f"fx-flow-key fx-pay-s{shade}"), name])
        for shade, name in enumerate(names, 1)
    ]
    few = span(
        [
            element("i", None, "fx-flow-key fx-pay-cell-few"),
            words.get("payments.hours.few", n=LEAST_IN_CELL),
        ]
    )
    return div([*keys, span(words.get("payments.hours.unit")), few], "fx-flow-legend")


def failure_table(part: FailuresPart, words: Texts, view: PaymentsView) -> Node:
    """A row per channel: when it is open, and k of n attempts failed, with the interval."""
    names = ("channel", "open", "failed", "share", "interval")
    head = [
        element("th", words.get(f"payments.columns.{name}"), "fx-num" if name in names[2:] else "")
        for name in names
    ]
    rows = [element("tr", _failed(one, part, words, view)) for one in part.failures]
    told = {one.channel for one in part.failures}
    for channel in part.openings:
        if channel not in told:
            cells = [channel_name(channel, words), _open(part.openings, channel, words), "0/0", "—", "—"]
            rows.append(
                element(
                    "tr",
                    [element("td", cell, "fx-num" if n > 1 else "") for n, cell in enumerate(cells)],
                )
            )
    parts = [element("thead", element("tr", head)), element("tbody", rows)]
    return element("table", parts, "fx-table fx-pay-failure-table")


def _failed(one: Failures, part: FailuresPart, words: Texts, view: PaymentsView) -> list[Node]:
    cell = "payment_failures.all" if one.channel is None else f"payment_failures.channel.{one.channel}"
    name = words.get("payments.failures.every") if one.channel is None else channel_name(one.channel, words)
    count = f"{one.k}/{one.n}"
    share = words.get("payments.channels.few") if one.share is None else f"{100 * one.share:.0f}%"
    interval = "—" if one.few or one.low is None else f"{100 * one.low:.0f}–{100 * (one.high or 0):.0f}%"
    opened = "" if one.channel is None else _open(part.openings, one.channel, words)
    return [
        element("td", element("b", name) if one.channel is None else name),
        element("td", opened, "fx-mut"),
        element("td", link(count, view.behind(cell), "fx-flow-plain") if one.k else count, "fx-num"),
        element("td", share, "fx-num"),
        element("td", interval, "fx-num fx-mut"),
    ]


def _open(openings: Mapping[str, tuple[Opening, ...] | None], channel: str, words: Texts) -> str:
    told = openings.get(channel, ())
    if told is None:
        return words.get("payments.failures.differ")
    lines = [opening_words(one, words) for one in told]
    return words.get("notice.join").join(lines) or words.get("payments.failures.unknown_hours")


def outages_by_hour(part: FailuresPart) -> list[int]:
    """How many such hours there were, by hour of the day."""
    counts = [0] * 24
    for one in part.outages:
        counts[one.hour] += 1
    return counts


def outage_bars(part: FailuresPart, words: Texts, view: PaymentsView) -> Node:
    """A bar per hour of the day."""
    counts = outages_by_hour(part)
    top = round_up(max(counts))
    columns = []
    for hour, count in enumerate(counts):
        inside = []
        if count:
            said = words.get("payments.failures.hour", hour=hour, n=count)
            href = view.behind(f"payment_outages.hour.{hour}")
            height = {"height": f"{100 * count / top:.1f}%"}
            inside.append(mark("", href, "fx-flow-bin fx-pay-outage", height, said))
        columns.append(div(inside, "fx-flow-column"))
    grid = [
        div(span(f"{top * step // 2}", "fx-flow-y"), "fx-flow-gridline", style={"bottom": f"{50 * step}%"})
        for step in range(3)
    ]
    under = [span(str(hour) if hour % 3 == 0 else "", "fx-flow-hour") for hour in range(24)]
    return div(
        [
            div([*grid, div(columns, "fx-flow-columns")], "fx-flow-plot fx-pay-low"),
            div(under, "fx-flow-slots", style={"gridTemplateColumns": "repeat(24, minmax(0, 1fr))"}),
        ],
        "fx-flow-figure fx-pay-outages",
    )
