"""The report put on paper: its chapters in their order, each of blocks that every format writes."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.reports.weekly import sentences as said
from monitor.reports.weekly.chapters_data import data_honesty, definitions, discretion
from monitor.reports.weekly.chapters_money import hours, payments
from monitor.reports.weekly.frame import HeadFigure, Measure, StationRate, WeeklyReport
from monitor.reports.weekly.paper import (
    Block,
    Cell,
    Chart,
    Look,
    Numbering,
    Paper,
    Para,
    Series,
    Table,
    rows,
)
from monitor.reports.weekly.wording import NONE, Wording
from monitor.settings.texts import Texts


def paper_of(report: WeeklyReport, texts: Texts) -> Paper:
    """The report in the language of these texts."""
    about, w = report.about, Wording(texts, report.about)
    number = Numbering(texts.language)
    if about.stations is None:
        who = w.say("all_stations")
    else:
        who = w.say("join").join(w.station(code) for code in about.stations)
    told = [w.say("as_of", at=w.moment(about.as_of)), w.say("last", at=w.moment(about.before))]
    if not about.complete:
        told.append(w.say("running", at=w.moment(about.as_of)))
    if about.simulated:
        told.append(w.say("simulated"))
    blocks = [
        *head(report, w, number),
        *rate(report, w, number),
        *hours(report, w, number),
        *payments(report, w, number),
        *discretion(report, w, number),
        *data_honesty(report, w, number),
        *definitions(report, w, number),
    ]
    return Paper(
        texts.language,
        w.say("title"),
        w.say("subtitle", week=about.week, since=about.since, until=about.until, stations=who),
        tuple(told),
        tuple(blocks),
        w.say("foot", week=about.week, digest=report.digest[:12]),
        report.digest,
        f"fangxing-{about.week}-{'all' if about.stations is None else '-'.join(about.stations[:3])}",
    )


def head(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    """One page for the head of the bureau."""
    yield number.heading(1, w.say("head.title"))
    yield Para(said.target(report.rate_measure, w), strong=True)
    yield Table(
        "head",
        w.say("head.table"),
        w.heads("figure", "week", "week_before", "twelve", "said"),
        rows([_head_row(one, w) for one in report.head]),
        w.say("head.note", few=w.about.few),
    )
    for one in report.head:
        yield _spark(one, w)


def _head_row(one: HeadFigure, w: Wording) -> list[Cell]:
    return [
        w.word(w.say(f"head.figures.{one.name}")),
        w.word(w.measure(one.week)),
        w.word(w.measure(one.before)),
        w.word(w.measure(one.pooled)),
        w.word(said.changed(one, w)),
    ]


def _spark(one: HeadFigure, w: Wording) -> Chart:
    is_share = one.week.k is not None

    def shown(measure: Measure) -> float | None:
        return measure.value if measure.n else None

    return Chart(
        f"head_{one.name}",
        Look.LINES,
        w.say("head.chart", figure=w.say(f"head.figures.{one.name}")),
        tuple(week for week, _ in one.weeks),
        (Series(w.say(f"head.figures.{one.name}"), "value", tuple(shown(m) for _, m in one.weeks)),),
        x_title=w.head("iso_week"),
        y_title=w.say("axis.share" if is_share else "axis.hours"),
        percent=is_share,
    )


def rate(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    """The 24-hour rate."""
    part = report.rate
    yield number.heading(1, w.say("rate.title"))
    yield number.heading(2, w.say("rate.pooled"))
    spans = (("week", part.week), ("four", part.four), ("twelve", part.twelve))
    yield Table(
        "rate",
        w.say("rate.table"),
        w.heads("span", "k", "n", "share", "interval", "net_k", "net_share"),
        rows(
            [
                [
                    w.word(w.head(name)),
                    w.count(one.k if one else 0),
                    w.count(one.n if one else 0),
                    w.rate(one.k, one.n) if one else Cell(NONE),
                    w.interval(one.low, one.high) if one else Cell(NONE),
                    w.count(one.net_k if one else 0),
                    w.rate(one.net_k, one.n) if one else Cell(NONE),
                ]
                for name, one in spans
            ]
        ),
        w.say("rate.note"),
    )
    if part.week is not None:
        yield Para(w.say("rate.beside", **part.week.beside), note=True)
    yield Para(w.say("rate.custody", n=f"{part.in_custody:,}", past=f"{part.past_limit:,}"))
    yield from _weeks(report, w, number)
    yield from _stations(report, w, number)
    yield from _late(report, w, number)


def _weeks(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    part, chart = report.rate, report.rate.chart
    yield number.heading(2, w.say("rate.by_week"))
    yield Para(said.variation(chart, w))
    yield Para(said.assurance(chart, w))
    for week, reason in chart.rebased:
        yield Para(w.say("rate.rebased", week=week, reason=reason), note=True)
    if chart.points:
        share = chart.kind == "p"
        names = [w.say(f"rate.series.{name}") for name in ("value", "centre", "low", "high", "target")]
        told = [
            tuple(point.value for point in chart.points),
            tuple(point.centre for point in chart.points),
            tuple(point.low for point in chart.points),
            tuple(point.high for point in chart.points),
        ]
        if share:
            told.append((w.about.target,) * len(chart.points))
        roles = ("value", "centre", "low", "high", "target")
        yield Chart(
            "rate",
            Look.LINES,
            w.say(f"rate.chart.{chart.kind}"),
            chart.weeks,
            # Of some charts there is no lower limit.
            tuple(
                Series(*one)
                for one in zip(names, roles, told, strict=False)
                if any(value is not None for value in one[2])
            ),
            x_title=w.head("iso_week"),
            y_title=w.say("axis.share" if share else "axis.cases" if chart.kind == "g" else "axis.hours"),
            percent=share,
        )
    yield Table(
        "weeks",
        w.say("rate.weeks_table"),
        w.heads("iso_week", "k", "n", "share", "net_k"),
        rows(
            [
                [w.word(week), w.count(k), w.count(n), w.rate(k, n), w.count(net)]
                for week, k, n, net in part.weeks
            ]
        ),
    )


def _stations(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    stations = report.rate.stations
    yield number.heading(2, w.say("rate.by_station"))
    yield Para(said.funnelled(stations, w))
    yield Table(
        "stations",
        w.say("rate.stations_table"),
        w.heads("station", "week", "four", "twelve", "pooled", "share", "interval", "funnel"),
        rows([_station_row(one, w) for one in stations]),
        w.say("rate.stations_note", few=w.about.few),
    )
    judged = [one for one in stations if one.twelve.n]
    if len(judged) >= 2:
        yield _funnel(judged, w)


def _station_row(one: StationRate, w: Wording) -> list[Cell]:
    chosen = {1: one.week, 4: one.four, 12: one.twelve}.get(one.pooled or 0)
    return [
        w.word(w.station(one.station)),
        w.of(one.week.k or 0, one.week.n),
        w.of(one.four.k or 0, one.four.n),
        w.of(one.twelve.k or 0, one.twelve.n),
        w.word(w.say("few") if one.pooled is None else w.say("weeks", n=one.pooled)),
        w.percent(chosen.value) if chosen else Cell(w.say("few")),
        w.interval(chosen.low, chosen.high) if chosen else Cell(NONE),
        w.word(w.say(f"funnel.place.{one.unit.place}") if one.unit else NONE),
    ]


def _funnel(stations: list[StationRate], w: Wording) -> Chart:
    from monitor.metrics.funnel import ALARM, WARNING, limits

    most = max(one.twelve.n for one in stations)
    sizes = sorted({max(1, round(most * 1.1 * step / 40)) for step in range(1, 41)})
    curves = [
        (w.say(f"funnel.limit.{name}", percent=f"{100 * within:g}%"), side, within)
        for name, within in (("inner", WARNING), ("outer", ALARM))
        for side in ("low", "high")
    ]
    series = [Series(w.say("rate.series.value"), "value", tuple(one.twelve.value for one in stations))]
    for name, side, within in curves:
        told = tuple(getattr(limits(size, w.about.target, within), side) for size in sizes)
        series.append(Series(name, side, told))
    series.append(Series(w.say("rate.series.target"), "target", (w.about.target,) * len(sizes)))
    return Chart(
        "funnel",
        Look.FUNNEL,
        w.say("funnel.chart"),
        tuple(w.station(one.station) for one in stations),
        tuple(series),
        tuple(float(one.twelve.n) for one in stations),
        tuple(float(size) for size in sizes),
        w.say("axis.cases"),
        w.say("axis.share"),
        True,
    )


def _late(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    late = report.rate.late
    yield number.heading(2, w.say("late.title"))
    if not late:
        yield Para(w.say("late.none"))
        return
    held = sum(1 for one in late if not one.released)
    yield Para(w.say("late.told", n=f"{len(late):,}", held=f"{held:,}"))
    stages = ("decision", "removal", "payment", "arrival", "release")
    yield Table(
        "late",
        w.say("late.table"),
        (
            *w.heads("station", "case", "deadline", "state", "hours"),
            *(w.say(f"late.stages.{stage}") for stage in stages),
            *w.heads("net", "reason"),
        ),
        rows(
            [
                [
                    w.word(w.station(one.station)),
                    w.word(one.case_no),
                    w.word(w.moment(one.deadline_at)),
                    w.word(
                        w.say("late.released" if one.released else "late.held")
                        + (w.say("late.withdrawn") if one.withdrawn else "")
                    ),
                    w.hours(one.hours),
                    *(w.hours(one.stages[stage] if one.stages else None) for stage in stages),
                    w.word(w.say("late.net" if one.net_on_time else "late.gross")),
                    w.word(
                        w.say("join").join(w.named("record.reason", code) for code in one.reasons)
                        or w.say("late.no_reason")
                    ),
                ]
                for one in late
            ]
        ),
        w.say("late.note"),
        filter=True,
    )
