"""The figures of the Flow page as SVG, of the same numbers and sentences as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts import flow_weekly
from dashboard.parts.figure_picture import (
    BAND,
    DONE,
    DONE_SOFT,
    HEAT,
    LATE,
    LEFT,
    RIGHT,
    WAIT,
    WIDTH,
    About,
    framed,
)
from dashboard.parts.flow_charts import LAST_BIN, STEPS, age_kind, age_name, age_text, binned, round_up
from dashboard.parts.flow_stages import authority_name, slot_name
from dashboard.parts.picture import LINE, SOFT, TEXT, Picture
from dashboard.views import flow_findings as found
from dashboard.views.flow import LIMIT_HOURS, AgesPart, FlowView, HoursPart, StagesPart, Weekly
from dashboard.views.snapshot import Failure
from monitor.metrics.rate_chart import Kind

if TYPE_CHECKING:
    from dashboard.parts.flow_weekly import Plot
    from monitor.metrics.stages import Stage

STAGES = {
    "decision": "#2874B8",
    "removal": "#64A0D6",
    "payment": "#A5C9EA",
    "arrival": "#D3E4F4",
    "release": "#E0A32E",
}
AGES = {"unknown": DONE, "late": LATE, "near": "#7A4B00", "running": DONE}


def stages(view: FlowView, about: About) -> str:
    """The bar, the table, and the split that the page shows."""
    part, words = view.stages, about.speech.words
    assert isinstance(part, StagesPart)
    title = about.speech.say(found.stages_finding(part.stages, about.board.few_n))
    total = sum(one.hours for one in part.stages)
    n = part.stages[0].n if part.stages else 0
    said = [words.get("flow.stages.caption", n=n, hours=f"{total:,.0f}"), words.get("flow.stages.law")]
    authorities = list(dict.fromkeys(one.cell["authority"] for one in part.apart))
    extra = 58 * len(authorities) if authorities else 210 if part.slots else 0

    def bar(picture: Picture, y: float, own: list[tuple[Stage, float]]) -> None:
        whole, x = sum(hours for _, hours in own) or 1, float(RIGHT)
        for stage, hours in own:
            width = (WIDTH - 2 * RIGHT) * hours / whole
            picture.rect(x, y, width - 1, 32, STAGES[stage.value])
            if width > 40:
                colour = "#FFFFFF" if stage.value == "decision" else TEXT
                picture.text(
                    x + width / 2, y + 21, f"{round(100 * hours / whole)}%", anchor="middle", colour=colour
                )
            x += width

    def draw(picture: Picture, y: float) -> None:
        bar(picture, y, [(one.stage, one.hours) for one in part.stages])
        columns = (
            (RIGHT + 22, "start"),
            (300, "start"),
            (520, "end"),
            (590, "end"),
            (760, "end"),
            (930, "end"),
        )
        names = ("what", "owner", "hours", "share", "quantiles", "cases")
        for (x, anchor), name in zip(columns, names, strict=True):
            picture.text(x, y + 58, words.get(f"flow.columns.{name}"), size=12, colour=SOFT, anchor=anchor)
        for row, one in enumerate(part.stages):
            at = y + 84 + 26 * row
            picture.rect(RIGHT, at - 11, 13, 13, STAGES[one.stage.value])
            quantiles = "—" if one.median is None or one.p90 is None else f"{one.median:.1f} / {one.p90:.1f}"
            share = "—" if one.share is None else f"{round(100 * one.share)}%"
            cells = (
                words.get(f"flow.stage.{one.stage.value}"), words.get(f"flow.owner.{one.stage.value}"),
                f"{one.hours:,.0f}", share, quantiles, f"{one.cases}/{one.n}",
            )  # fmt: skip
            for (x, anchor), cell in zip(columns, cells, strict=True):
                picture.text(x, at, cell, anchor=anchor)
        below = y + 84 + 26 * len(part.stages) + 16
        for place, code in enumerate(authorities):
            own = [(one.stage, one.hours) for one in part.apart if one.cell["authority"] == code]
            picture.text(RIGHT, below + 58 * place, authority_name(code, words), bold=True)
            bar(picture, below + 58 * place + 8, own)
        if part.slots:
            _slots(picture, below, part, view, about)

    return framed(title, said, about, 84 + 26 * len(part.stages) + extra + 16, draw)


def _slots(picture: Picture, y: float, part: StagesPart, view: FlowView, about: About) -> None:
    words, by = about.speech.words, view.asked.by or "hour"
    whole: dict[int, float] = {}
    for one in part.slots:
        whole[one.slot] = whole.get(one.slot, 0.0) + one.hours
    top, high = round_up(int(max(whole.values())) + 1), 150
    wide = (WIDTH - LEFT - RIGHT) / len(whole)
    for step in range(3):
        at = y + high - high * step / 2
        picture.line(LEFT, at, WIDTH - RIGHT, at, LINE)
        picture.text(LEFT - 6, at + 4, f"{top * step / 2:,.0f}", size=12, colour=SOFT, anchor="end")
    for slot in whole:
        base = y + high
        for one in (one for one in part.slots if one.slot == slot):
            tall = high * one.hours / top
            base -= tall
            picture.rect(LEFT + wide * slot + 1, base, wide - 2, tall, STAGES[one.stage.value])
        name = slot_name(by, slot, words)
        picture.text(LEFT + wide * (slot + 0.5), y + high + 16, name, size=12, colour=SOFT, anchor="middle")
    axis = words.get(f"flow.stages.{by}_axis")
    picture.text(WIDTH - RIGHT, y + high + 36, axis, size=12, colour=SOFT, anchor="end")


def hours(view: FlowView, about: About) -> str:
    """The histogram to and past the limit."""
    part, words = view.hours, about.speech.words
    assert isinstance(part, HoursPart)
    counts = binned(part)
    top = round_up(max((sum(three) for three in counts.values()), default=1))
    smooth = dict(part.test.curve) if part.test.answer.value == "piled_up" else {}
    title = about.speech.say(found.hours_finding(part.test))
    high, wide = 240, (WIDTH - LEFT - RIGHT) / (LAST_BIN + 1)
    late = part.late or (0, 0)

    def draw(picture: Picture, y: float) -> None:
        for step in range(5):
            at = y + 20 + high - high * step / 4
            picture.line(LEFT, at, WIDTH - RIGHT, at, LINE)
            picture.text(LEFT - 6, at + 4, f"{round(top * step / 4)}", size=12, colour=SOFT, anchor="end")
        for low, (on_time, past, held) in counts.items():
            base = y + 20 + high
            window = bool(smooth) and LIMIT_HOURS - 2 <= low < LIMIT_HOURS
            for count, colour, edge in (
                (on_time, WAIT if window else DONE_SOFT, None), (held, "#FFFFFF", DONE), (past, LATE, None)
            ):  # fmt: skip
                tall = high * count / top
                base -= tall
                if count:
                    picture.rect(LEFT + wide * low + 1, base, wide - 2, tall, colour, edge)
        curve = [
            (LEFT + wide * (low + 0.5), y + 20 + high - min(high, high * value / top))
            for low, value in smooth.items()
        ]
        if curve:
            picture.path(curve, TEXT, 1.5, "5 4")
        x = LEFT + wide * LIMIT_HOURS
        picture.line(x, y, x, y + 20 + high, TEXT, 2)
        picture.text(x + 6, y + 12, words.get("flow.hours.limit", hours=round(LIMIT_HOURS)), bold=True)
        if late[0]:
            said = words.get("flow.hours.late", k=late[0], n=late[1])
            picture.text(x + 6, y + 30, said, colour=LATE, bold=True)
        for hour in range(0, LAST_BIN + 1, 4):
            picture.text(LEFT + wide * hour, y + 38 + high, str(hour), size=12, colour=SOFT, anchor="middle")
        picture.text(
            WIDTH - RIGHT, y + 58 + high, words.get("flow.hours.axis"), size=12, colour=SOFT, anchor="end"
        )

    return framed(title, [about.speech.say(found.hours_note(part.test))], about, high + 70, draw)


def rate(view: FlowView, about: About) -> str:
    """k of n by week, and the second chart where limits come from single cases."""
    part, words = view.weekly, about.speech.words
    assert isinstance(part, Weekly)
    title = about.speech.say(found.rate_finding(part.chart))
    page, chart = (words.get("flow.days", since=a, until=b) for a, b in (
        (view.since, view.until), (part.since, part.until)
    ))  # fmt: skip
    about = about._replace(period=about.period.replace(page, chart))
    said = [flow_weekly.caption(part, about.speech), *flow_weekly.notes(part, about.speech)]
    variation, assurance = flow_weekly.status(part, about.board.target.share)
    said.append(
        words.get(f"flow.variation.{variation}")
        + words.get("flow.join")
        + words.get(f"flow.assurance.{assurance}")
    )
    plots: list[tuple[str, Plot]] = []
    if part.weeks:
        plots.append((words.get("flow.rate.neutral"), flow_weekly.rate_plot(part, about.board, view, words)))
    if part.chart.kind in (Kind.GAPS, Kind.HOURS):
        axis = words.get("flow.gaps.axis" if part.chart.kind is Kind.GAPS else "flow.single.axis")
        plots.append((axis, flow_weekly.single_plot(part, view, words)))

    def draw(picture: Picture, y: float) -> None:
        for place, (name, plot) in enumerate(plots):
            picture.text(RIGHT, y + 280 * place + 8, name, size=12, colour=SOFT)
            _plot(picture, y + 280 * place + 24, plot, about)

    return framed(title, said, about, 280 * len(plots), draw)


def _plot(picture: Picture, y: float, plot: Plot, about: About) -> None:
    high, wide = 200, (WIDTH - LEFT - RIGHT) / max(1, len(plot.dots))
    some = max(1, round(len(plot.dots) / 26))

    def at(height: float) -> float:
        return y + high * (1 - height)

    for index, limits in enumerate(plot.bands):
        x = LEFT + wide * index
        if limits is not None:
            picture.rect(x, at(limits[1]), wide, high * (limits[1] - limits[0]), BAND)
        centre = plot.centres[index]
        if centre is not None:
            picture.line(x, at(centre), x + wide, at(centre), DONE, 2)
    for text, height in zip(plot.ends, (0.0, 1.0), strict=True):
        picture.text(LEFT - 6, at(height) + 4, text, size=12, colour=SOFT, anchor="end")
    picture.line(LEFT, y + high, WIDTH - RIGHT, y + high, LINE)
    if plot.target is not None:
        picture.line(LEFT, at(plot.target), WIDTH - RIGHT, at(plot.target), TEXT, 1.5, "2 4")
        share = round(100 * about.board.target.share)
        picture.text(
            LEFT + 4, at(plot.target) - 5, about.speech.words.get("flow.rate.target", percent=share), size=12
        )
    for index, dot in enumerate(plot.dots):
        x, dot_y = LEFT + wide * (index + 0.5), at(dot.height)
        if dot.kind == "better":
            picture.polygon([(x, dot_y - 7), (x + 7, dot_y), (x, dot_y + 7), (x - 7, dot_y)], WAIT)
        elif dot.kind == "worse":
            picture.polygon([(x - 7, dot_y - 6), (x + 7, dot_y - 6), (x, dot_y + 7)], LATE)
        elif dot.kind == "ordinary":
            picture.circle(x, dot_y, 5, DONE)
        else:
            picture.circle(x, dot_y, 5, "#FFFFFF", TEXT if dot.kind == "running" else DONE,
                           "" if dot.kind == "running" else "3 2")  # fmt: skip
        if index % some == 0:
            picture.text(x, y + high + 16, dot.under[0], size=12, colour=SOFT, anchor="middle")
            picture.text(x, y + high + 32, dot.under[1], size=11, colour=SOFT, anchor="middle")
    for index, reason in plot.breaks:
        x = LEFT + wide * index
        picture.line(x, y - 4, x, y + high, TEXT, 1.5, "6 3")
        picture.text(x + 5, y + 8, reason, size=12)


def week(view: FlowView, about: About) -> str:
    """Two maps of seven days of 24 hours."""
    words = about.speech.words
    assert not isinstance(view.week_hours, Failure)
    every = view.week_hours
    title = about.speech.say(found.week_hours_finding(every))
    a, m, b, n = found.night_counts(every)
    said = [words.get("flow.week.caption", a=a, m=m, b=b, n=n), words.get("flow.week.unit")]
    wide = (WIDTH - LEFT - RIGHT) / 24

    def draw(picture: Picture, y: float) -> None:
        for place, kind in enumerate(("arrivals", "releases")):
            top = y + 200 * place
            picture.text(LEFT, top + 8, words.get(f"flow.week.{kind}"), bold=True)
            for one in every:
                day, hour = divmod(one.hour, 24)
                count = getattr(one, kind)
                step = next((step for least, step in STEPS if count >= least), 0)
                x, at = LEFT + wide * hour, top + 16 + 20 * day
                picture.rect(x, at, wide - 2, 18, HEAT[step])
                if count:
                    colour = "#FFFFFF" if step >= 4 else TEXT
                    picture.text(
                        x + wide / 2 - 1, at + 13, str(count), size=11, colour=colour, anchor="middle"
                    )
            for day in range(7):
                name = words.get(f"flow.day.{day + 1}")
                picture.text(LEFT - 8, top + 30 + 20 * day, name, size=12, colour=SOFT, anchor="end")
            for hour in range(0, 24, 3):
                picture.text(
                    LEFT + wide * (hour + 0.5), top + 172, str(hour), size=12, colour=SOFT, anchor="middle"
                )

    return framed(title, said, about, 400, draw)


def ages(view: FlowView, about: About) -> str:
    """A line per vehicle."""
    part, words = view.ages, about.speech.words
    assert isinstance(part, AgesPart)
    past = sum(one.past_limit is True for one in part.ages)
    title = about.speech.say(found.ages_finding(part.ages))
    said = [words.get("flow.ages.caption", k=past, n=len(part.ages))]
    if not part.ages:
        said = [words.get("flow.ages.nothing")]
    axis = max(26.4, 1.05 * max((one.hours or 0.0 for one in part.ages), default=0.0))
    left, right = 240.0, WIDTH - 90.0

    def draw(picture: Picture, y: float) -> None:
        x = left + (right - left) * LIMIT_HOURS / axis
        for row, one in enumerate(part.ages):
            at = y + 18 + 26 * row
            colour = AGES[age_kind(one, LIMIT_HOURS)]
            end = left + (right - left) * (one.hours or 0.0) / axis
            picture.text(left - 10, at + 4, age_name(one, part, words), anchor="end")
            picture.line(left, at, end, at, colour, 4)
            picture.circle(end, at, 5, colour)
            picture.text(WIDTH - RIGHT, at + 4, age_text(one, words), anchor="end", bold=True)
        if part.ages:
            picture.line(x, y, x, y + 18 + 26 * len(part.ages), TEXT, 2)
            limit = words.get("flow.hours.limit", hours=round(LIMIT_HOURS))
            picture.text(x + 6, y + 30 + 26 * len(part.ages), limit, size=12, anchor="start")

    return framed(title, said, about, 26 * len(part.ages) + 50, draw)
