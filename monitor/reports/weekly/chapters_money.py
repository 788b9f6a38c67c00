"""The chapters on hours and payments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.metrics.clocks_bc import ClockRate
from monitor.metrics.held_after_removal import HeldAfterRemoval
from monitor.metrics.overload_rate import OverloadRate
from monitor.metrics.payment_time import PaymentTime
from monitor.metrics.reconciliation import Agreement
from monitor.metrics.stages import StageShare
from monitor.reports.weekly import sentences as said
from monitor.reports.weekly.frame import HoursTold, WeeklyReport
from monitor.reports.weekly.paper import Block, Cell, Chart, Look, Numbering, Para, Series, Table, rows
from monitor.reports.weekly.wording import NONE, Wording


def hours(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    """Where the hours went."""
    part = report.hours
    yield number.heading(1, w.say("hours.title"))
    yield Para(said.mostly(part.stages, w), strong=True)
    yield Para(said.longest(part.stages_twelve, w))
    yield Table(
        "hours",
        w.say("hours.table"),
        w.heads("span", "n", "held", "untimed", "median", "p90", "longest"),
        rows([_hours_row(w.head("week"), part.week, w), _hours_row(w.head("twelve"), part.twelve, w)]),
        w.say("hours.note"),
    )
    yield number.heading(2, w.say("stages.title"))
    if part.stages:
        yield Chart(
            "stages",
            Look.BARS,
            w.say("stages.chart"),
            (w.head("week"), w.head("twelve")),
            tuple(
                Series(w.named("flow.stage", one.stage.value), one.stage.value, (one.share, other.share))
                for one, other in zip(part.stages, part.stages_twelve, strict=True)
            ),
            x_title=w.head("span"),
            y_title=w.say("axis.share"),
            percent=True,
        )
    for key, found in (("stages", part.stages), ("stages_twelve", part.stages_twelve)):
        yield Table(key, w.say(f"stages.{key}"), _stage_heads(w), rows([_stage(one, w) for one in found]))
    yield Table(
        "stages_authority",
        w.say("stages.by_authority"),
        (w.head("authority"), *_stage_heads(w)),
        rows(
            [
                [w.word(w.named("authorities", one.cell["authority"])), *_stage(one, w)]
                for one in part.by_authority
                if one.cases
            ]
        ),
        w.say("stages.note"),
    )
    yield number.heading(2, w.say("removal.title"))
    yield Table(
        "removal",
        w.say("removal.table"),
        w.heads("span", "removed", "of", "derived", "hours_sum", "share_hours", "median", "p90", "longest"),
        rows([_removal(w.head("week"), part.held, w), _removal(w.head("twelve"), part.held_twelve, w)]),
        w.say("removal.note"),
    )
    yield number.heading(2, w.say("by_hour.title"))
    if any(one.arrivals or one.releases for one in part.by_hour):
        for name in ("arrivals", "releases"):
            yield Chart(
                name,
                Look.HEAT,
                w.say(f"by_hour.{name}"),
                tuple(str(hour) for hour in range(24)),
                (Series(name, "value", tuple(float(getattr(one, name)) for one in part.by_hour)),),
                y_title=w.say("axis.days"),
            )
    else:
        yield Para(w.say("said.nothing"))
    yield number.heading(2, w.say("clocks.title"))
    yield Table(
        "clocks",
        w.say("clocks.table"),
        w.heads("clock", "span", "k", "n", "share", "interval", "undetermined"),
        rows([*_clocks("week", part.clocks, w), *_clocks("twelve", part.clocks_twelve, w)]),
    )
    yield Table(
        "overload",
        w.say("overload.table"),
        w.heads("span", "overloaded", "of", "share", "interval", "unknown", "unread"),
        rows(
            [
                _overload(w.head("week"), part.overload, w),
                _overload(w.head("twelve"), part.overload_twelve, w),
            ]
        ),
        w.say("overload.note"),
    )


def _hours_row(span: str, told: HoursTold | None, w: Wording) -> list[Cell]:
    if told is None:
        return [w.word(span), w.count(0), *[Cell(NONE)] * 5]
    return [
        w.word(span), w.count(told.n), w.count(told.held), w.count(told.untimed),
        w.hours(told.median), w.hours(told.p90), w.hours(told.longest),
    ]  # fmt: skip


def _stage_heads(w: Wording) -> tuple[str, ...]:
    return w.heads("stage", "hours_sum", "share_hours", "waited", "of", "median", "p90")


def _stage(one: StageShare, w: Wording) -> list[Cell]:
    return [
        w.word(w.named("flow.stage", one.stage.value)), w.hours(one.hours), w.percent(one.share),
        w.count(one.cases), w.count(one.n), w.hours(one.median), w.hours(one.p90),
    ]  # fmt: skip


def _removal(span: str, told: HeldAfterRemoval | None, w: Wording) -> list[Cell]:
    if told is None:
        return [w.word(span), w.count(0), w.count(0), *[Cell(NONE)] * 6]
    return [
        w.word(span), w.count(told.cases), w.count(told.n), w.count(told.derived), w.hours(told.hours),
        w.percent(told.share), w.hours(told.median), w.hours(told.p90), w.hours(told.longest),
    ]  # fmt: skip


def _clocks(span: str, found: Sequence[ClockRate], w: Wording) -> list[list[Cell]]:
    return [
        [
            w.word(w.texts.get(f"clocks.name.{one.clock}")), w.word(w.head(span)), w.count(one.k),
            w.count(one.n), w.rate(one.k, one.n), w.interval(one.low, one.high), w.count(one.undetermined),
        ]
        for one in found
    ]  # fmt: skip


def _overload(span: str, told: OverloadRate | None, w: Wording) -> list[Cell]:
    if told is None:
        return [w.word(span), w.count(0), w.count(0), *[Cell(NONE)] * 4]
    return [
        w.word(span), w.count(told.k), w.count(told.n), w.rate(told.k, told.n),
        w.interval(told.low, told.high), w.count(told.unknown), w.count(told.unread),
    ]  # fmt: skip


def payments(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    """Payments."""
    part = report.payments
    yield number.heading(1, w.say("payments.title"))
    yield Para(said.named_change(report.head[3], w), strong=True)
    yield number.heading(2, w.say("payments.channels"))
    twelve = {(one.way, one.channel): one for one in part.channels_twelve}
    week = {(one.way, one.channel): one for one in part.channels}
    found = []
    for key in [*twelve, *(key for key in week if key not in twelve)]:
        now, long = week.get(key), twelve.get(key)
        way, channel = key
        name = w.say(f"payments.way.{way}") if channel is None else "　" + w.named("channels", channel)
        found.append(
            [
                w.word(name),
                w.of(now.k, now.n) if now else Cell(w.say("nothing")),
                w.rate(now.k, now.n) if now else Cell(NONE),
                w.of(long.k, long.n) if long else Cell(w.say("nothing")),
                w.rate(long.k, long.n) if long else Cell(NONE),
            ]
        )
    untold = part.channels[0].untold if part.channels else 0
    yield Table(
        "channels",
        w.say("payments.channels_table"),
        w.heads("channel", "week", "share", "twelve", "share_twelve"),
        rows(found),
        w.say("payments.channels_note", n=f"{untold:,}"),
    )
    yield number.heading(2, w.say("payments.times"))
    yield Table(
        "times",
        w.say("payments.times_table"),
        w.heads("span", "channel", "paid", "unpaid", "minutes", "minutes_p90", "arrived", "arrival"),
        rows([*_times("week", part.times, w), *_times("twelve", part.times_twelve, w)]),
        w.say("payments.times_note"),
    )
    yield number.heading(2, w.say("payments.failures"))
    yield Table(
        "failures",
        w.say("payments.failures_table"),
        w.heads("span", "channel", "attempts", "of", "share", "interval"),
        rows(
            [
                [
                    w.word(w.head(span)),
                    w.word(w.say("all") if one.channel is None else w.named("channels", one.channel)),
                    w.count(one.k), w.count(one.n), w.rate(one.k, one.n), w.interval(one.low, one.high),
                ]
                for span, some in (("week", part.failures), ("twelve", part.failures_twelve))
                for one in some
            ]
        ),
    )  # fmt: skip
    yield Para(w.say("payments.outages", n=len(part.outages)))
    if part.outages:
        yield Table(
            "outages",
            w.say("payments.outages_table"),
            w.heads("station", "day", "hour", "attempts", "cases"),
            rows(
                [
                    [
                        w.word(w.station(one.station)), w.word(one.date), w.word(f"{one.hour:02d}:00"),
                        w.count(one.failures), w.count(one.cases),
                    ]
                    for one in part.outages
                ]
            ),
        )  # fmt: skip
    yield from _reconciled(report, w, number)
    yield from _cost(report, w, number)
    if part.unconfirmed:
        told = w.say("join").join(f"{w.station(code)} {host}" for code, host in part.unconfirmed)
        yield Para(w.say("payments.unconfirmed", stations=told), strong=True)
    else:
        yield Para(w.say("payments.confirmed"))


def _times(span: str, found: Sequence[PaymentTime], w: Wording) -> list[list[Cell]]:
    return [
        [
            w.word(w.head(span)),
            w.word(w.say("all") if one.channel is None else w.named("channels", one.channel)),
            w.count(one.n), w.count(one.unpaid), w.minutes(one.paid_median), w.minutes(one.paid_p90),
            w.count(one.confirmed), w.minutes(one.confirmed_median),
        ]
        for one in found
    ]  # fmt: skip


def _reconciled(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    part = report.payments
    yield number.heading(2, w.say("reconciled.title"))
    if part.agreement is None and part.agreement_twelve is None:
        yield Para(w.say("reconciled.none"))
        return
    yield Table(
        "reconciliation",
        w.say("reconciled.table"),
        w.heads("span", "k", "n", "share", "interval", "posted", "open"),
        rows([_agreed("week", part.agreement, w), _agreed("twelve", part.agreement_twelve, w)]),
    )
    whole = part.agreement_twelve or part.agreement
    if whole is not None and whole.open_kinds:
        yield Table(
            "differences",
            w.say("reconciled.open_table"),
            w.heads("kind", "n", "days_7", "days_30", "older", "oldest", "differs_by"),
            rows(
                [
                    [
                        w.word(w.named("reconciliation.kinds", one.kind)), w.count(one.n),
                        w.count(one.days_7), w.count(one.days_30), w.count(one.older),
                        w.count(one.oldest_days), w.yuan(one.amount_fen),
                    ]
                    for one in whole.open_kinds
                ]
            ),
        )  # fmt: skip


def _agreed(span: str, one: Agreement | None, w: Wording) -> list[Cell]:
    if one is None:
        return [w.word(w.head(span)), w.count(0), w.count(0), *[Cell(NONE)] * 4]
    return [
        w.word(w.head(span)), w.count(one.k), w.count(one.n), w.rate(one.k, one.n),
        w.interval(one.low, one.high), w.yuan(one.posted_fen), w.count(one.open),
    ]  # fmt: skip


def _cost(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    part = report.payments
    yield number.heading(2, w.say("cost.title"))
    found = [
        (span, one) for span, one in (("week", part.cost), ("twelve", part.cost_twelve)) if one is not None
    ]
    if not found:
        yield Para(w.say("said.nothing"))
        return
    yield Table(
        "cost",
        w.say("cost.table"),
        w.heads("span", "of", "pay_hours", "waited", "pay_cost", "removed_hours", "removed", "removed_cost"),
        rows(
            [
                [
                    w.word(w.head(span)), w.count(one.n), w.hours(one.payment_hours),
                    w.count(one.payment_cases), w.yuan(one.payment_fen),
                    w.hours(one.removed_hours), w.count(one.removed_cases), w.yuan(one.removed_fen),
                ]
                for span, one in found
            ]
        ),
        w.say("cost.note"),
    )  # fmt: skip
    rate = found[-1][1]
    if rate.day_rate_fen is None:
        yield Para(w.say("cost.no_rate"), note=True)
    else:
        key = "cost.rate" if rate.rate_confirmed else "cost.example"
        yield Para(w.say(key, amount=w.yuan(rate.day_rate_fen).text), note=True)
