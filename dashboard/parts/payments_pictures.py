"""The figures of the Payments page as SVG, of the same numbers and sentences as on the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.parts.figure_picture import DONE, HEAT, LEFT, RIGHT, WIDTH, About, framed
from dashboard.parts.payments import about as about_amount
from dashboard.parts.payments import cost_rows, hours_caption, outage_text, overall_text, rate_text
from dashboard.parts.payments_charts import (
    LEAST_IN_CELL,
    axis_top,
    channel_name,
    of_authority,
    outages_by_hour,
    row_name,
    shade_of,
)
from dashboard.parts.picture import LINE, SOFT, TEXT, Picture
from dashboard.views import payments_findings as found
from dashboard.views.payments import (
    ChannelsPart,
    CostPart,
    FailuresPart,
    HoursPart,
    PaymentsView,
    TimesPart,
)
from monitor.settings.configuration import Configuration

NAMES = 190.0
"""Where figures begin beside the names of channels."""


def channels(view: PaymentsView, about: About, _configuration: Configuration) -> str:
    """A row of weekly bars per channel."""
    part, words = view.channels, about.speech.words
    assert isinstance(part, ChannelsPart)
    few = about.board.few_n
    said = [words.get("payments.columns.weeks"), words.get("payments.channels.caption", few=few)]
    wide, high = (WIDTH - NAMES - 190) / max(1, len(part.weeks)), 34

    def draw(picture: Picture, y: float) -> None:
        for row, one in enumerate(part.lines):
            base = y + 44 + 50 * row
            _name(picture, base - 20, one.channel, one.authority, about)
            picture.line(NAMES, base, NAMES + wide * len(part.weeks), base, LINE)
            for place, (k, n) in enumerate(one.weeks):
                tall = high * k / n if n else 0.0
                x = NAMES + wide * place + 1
                if k and n < few:
                    picture.rect(x + 1, base - tall, wide - 4, tall, "#FFFFFF", DONE)
                elif k:
                    picture.rect(x, base - tall, wide - 2, tall, DONE)
            share = words.get("payments.channels.few") if one.few else f"{100 * one.k / one.n:.0f}%"
            picture.text(WIDTH - 100, base - 8, f"{one.k}/{one.n}", anchor="end")
            picture.text(WIDTH - RIGHT, base - 8, share, anchor="end", bold=not one.few)

    return framed(
        about.speech.say(found.channels_finding(part)), said, about, 50 * len(part.lines) + 10, draw
    )


def _name(picture: Picture, y: float, channel: str, authority: str | None, about: About) -> None:
    picture.text(RIGHT, y, channel_name(channel, about.speech.words), bold=True)
    picture.text(RIGHT, y + 16, of_authority(authority, about.speech.words), size=12, colour=SOFT)


def times(view: PaymentsView, about: About, _configuration: Configuration) -> str:
    """Median, middle half and 10–90 %, or every payment."""
    part, words = view.times, about.speech.words
    assert isinstance(part, TimesPart)
    overall = overall_text(part, words)
    said = [words.get("payments.times.caption"), *([overall] if overall else [])]
    top, step = axis_top(part.spreads)

    def at(hours: float) -> float:
        return NAMES + (WIDTH - NAMES - 190) * hours / top

    def draw(picture: Picture, y: float) -> None:
        below = y + 16 + 46 * len(part.spreads)
        for tick in range(0, int(top) + 1, step):
            picture.line(at(tick), y, at(tick), below, LINE)
            picture.text(at(tick), below + 16, str(tick), size=12, colour=SOFT, anchor="middle")
        picture.text(
            WIDTH - 190, below + 34, words.get("payments.times.axis"), size=12, colour=SOFT, anchor="end"
        )
        for row, one in enumerate(part.spreads):
            line = y + 24 + 46 * row
            _name(picture, line, one.cell["channel"], one.cell["authority"], about)
            if one.at is None:
                for minutes in one.each:
                    picture.circle(at(minutes / found.MINUTES), line, 4, "#FFFFFF", TEXT)
                value = words.get("payments.times.few")
            else:
                low, quarter, middle, three, high = (found.quantile(one, place) for place in range(5))
                picture.line(at(low), line, at(high), line, DONE, 2)
                picture.line(at(quarter), line, at(three), line, DONE, 10)
                picture.circle(at(middle), line, 6, "#FFFFFF", TEXT)
                value = words.get("payments.times.value", hours=found.hours_text(middle))
            picture.text(WIDTH - 170, line + 4, value)
            count = words.get("payments.times.count", n=one.n)
            picture.text(WIDTH - RIGHT, line + 4, count, anchor="end")

    return framed(about.speech.say(found.times_finding(part)), said, about, 46 * len(part.spreads) + 60, draw)


def hours(view: PaymentsView, about: About, _configuration: Configuration) -> str:
    """24 hours for all, by kind of day and for each authority."""
    part, words = view.hours, about.speech.words
    assert isinstance(part, HoursPart) and isinstance(view.times, TimesPart)
    said = [
        hours_caption(part, words),
        words.get("payments.hours.few", n=LEAST_IN_CELL),
    ]
    wide, left = (WIDTH - LEFT - 60 - RIGHT) / 24, LEFT + 60

    def draw(picture: Picture, y: float) -> None:
        for place, row in enumerate(part.rows):
            top = y + 34 * place
            picture.text(left - 8, top + 20, row_name(row, words), anchor="end", colour=SOFT)
            for hour in range(24):
                one = row.hours.get(hour)
                shade = None if one is None else shade_of(one)
                x = left + wide * hour
                if shade is None:
                    picture.rect(x + 1, top + 1, wide - 4, 28, "#FFFFFF", LINE)
                else:
                    picture.rect(x, top, wide - 2, 30, HEAT[shade])
                if one is not None:
                    colour = "#FFFFFF" if shade is not None and shade >= 4 else TEXT
                    of = f"{one.n}/{one.n + one.unpaid}"
                    picture.text(x + wide / 2 - 1, top + 19, of, size=11, anchor="middle", colour=colour)
        below = y + 34 * len(part.rows) + 12
        for hour in range(0, 24, 3):
            picture.text(left + wide * (hour + 0.5), below, str(hour), size=12, colour=SOFT, anchor="middle")
        x = float(left)
        for shade, name in enumerate(("< 1", "1–2", "2–4", "4–8", "≥ 8"), 1):
            picture.rect(x, below + 18, 13, 13, HEAT[shade])
            picture.text(x + 18, below + 29, name, size=12, colour=SOFT)
            x += 70
        picture.text(x, below + 29, words.get("payments.hours.unit"), size=12, colour=SOFT)

    return framed(
        about.speech.say(found.hours_finding(view.times)), said, about, 34 * len(part.rows) + 60, draw
    )


def failures(view: PaymentsView, about: About, configuration: Configuration) -> str:
    """Failures by channel with their intervals, and hours without a success by hour of the day."""
    part, words = view.failures, about.speech.words
    assert isinstance(part, FailuresPart)
    listed = [one for one in part.outages if one.cases >= found.SEVERAL]
    said = [words.get("payments.failures.hours_note", n=len(part.outages))] if part.outages else []
    said += [outage_text(one, about.speech, configuration) for one in listed]
    counts = outages_by_hour(part)
    top, wide, right = max([*counts, 1]), (WIDTH - LEFT - RIGHT) / 24, WIDTH - 190.0

    def draw(picture: Picture, y: float) -> None:
        for row, one in enumerate(part.failures):
            line = y + 18 + 28 * row
            name = (
                words.get("payments.failures.every")
                if one.channel is None
                else channel_name(one.channel, words)
            )
            picture.text(RIGHT, line + 4, name, bold=one.channel is None)
            picture.line(NAMES, line, right, line, LINE)
            length = right - NAMES
            if one.low is not None and one.high is not None:
                picture.line(NAMES + length * one.low, line, NAMES + length * one.high, line, DONE, 4)
            if one.n:
                picture.circle(NAMES + length * one.k / one.n, line, 5, "#FFFFFF" if one.few else TEXT, TEXT)
            picture.text(WIDTH - RIGHT, line + 4, f"{one.k}/{one.n}", anchor="end")
        base = y + 28 * len(part.failures) + 140
        picture.text(LEFT, base - 106, words.get("payments.failures.hours_title"), bold=True)
        picture.line(LEFT, base, WIDTH - RIGHT, base, LINE)
        for hour, count in enumerate(counts):
            tall = 84 * count / top
            picture.rect(LEFT + wide * hour + 1, base - tall, wide - 2, tall, DONE)
            if count:
                x = LEFT + wide * (hour + 0.5)
                picture.text(x, base - tall - 4, str(count), size=11, anchor="middle")
            if hour % 3 == 0:
                x = LEFT + wide * (hour + 0.5)
                picture.text(x, base + 16, str(hour), size=12, colour=SOFT, anchor="middle")

    title = about.speech.say(found.failures_finding(part))
    return framed(title, said, about, 28 * len(part.failures) + 170, draw)


def cost(view: PaymentsView, about: About, _configuration: Configuration) -> str:
    """Hours and what they are estimated at, with the source."""
    part, words = view.cost, about.speech.words
    assert isinstance(part, CostPart)
    whole = part.cost
    rate = rate_text(part, about.speech)
    if whole is not None and whole.day_rate_fen is not None and not whole.rate_confirmed:
        rate += f" · {words.get('payments.cost.unconfirmed')}"
    said = [rate, words.get("flow.stages.law"), words.get("payments.cost.overlap")]

    def draw(picture: Picture, y: float) -> None:
        columns: Sequence[tuple[float, str]] = ((RIGHT, "start"), (460, "end"), (620, "end"), (900, "end"))
        for (x, anchor), name in zip(columns, ("what", "hours", "cases", "estimate"), strict=True):
            said = words.get(f"payments.columns.{name}")
            picture.text(x, y + 12, said, size=12, colour=SOFT, anchor=anchor)
        for row, (name, waited, cases, fen) in enumerate(cost_rows(part)):
            n = 0 if whole is None else whole.n
            amount = "—" if fen is None else about_amount(fen, about.speech)
            cells = (words.get(f"payments.cost.{name}"), f"{waited:,.0f}", f"{cases}/{n}", amount)
            for (x, anchor), cell in zip(columns, cells, strict=True):
                picture.text(x, y + 40 + 28 * row, cell, anchor=anchor)

    return framed(about.speech.say(found.cost_finding(part)), said, about, 90, draw)


DRAWN: dict[str, Callable[[PaymentsView, About, Configuration], str]] = {
    "channels": channels,
    "times": times,
    "hours": hours,
    "failures": failures,
    "cost": cost,
}
