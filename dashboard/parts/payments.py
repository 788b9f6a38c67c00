"""The Payments page in words and cards: what was found, the figure below it, and its files to take along."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from dashboard.parts import payments_charts as charts
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.figure_cards import Made, card, cards, failed, nothing, unread
from dashboard.parts.flow_charts import file_links
from dashboard.parts.rows import link
from dashboard.parts.sentence import Speech
from dashboard.views import payments_findings as found
from dashboard.views.payments import (
    ChannelsPart,
    CostPart,
    FailuresPart,
    HoursPart,
    PaymentsView,
    TimesPart,
)
from dashboard.views.said import Money
from dashboard.views.snapshot import Failure

if TYPE_CHECKING:
    from monitor.metrics.payment_channels import ChannelShare
    from monitor.metrics.payment_failures import Outage
    from monitor.settings.configuration import Configuration
    from monitor.settings.texts import Texts

LISTED = 6
"""Hours without a success that are listed one by one."""


def page(view: PaymentsView, speech: Speech, configuration: Configuration) -> list[Node]:
    """The headline, then the cards; one that failed says so and the others live on."""
    away = unread(view.channels, view, speech)
    if away is not None:
        return away
    few = configuration.board.few_n
    made: list[Made] = [
        ("channels", view.channels, lambda: _channels(view, speech, few)),
        ("times", view.times, lambda: _times(view, speech)),
        ("hours", view.hours, lambda: _hours(view, speech)),
        ("cost", view.cost, lambda: _cost(view, speech)),
        ("failures", view.failures, lambda: _failures(view, speech, configuration)),
    ]
    head = _head(view, speech)
    if view.empty and not isinstance(view.extent, Failure):
        head = nothing(view, speech)
        waited = isinstance(view.cost, CostPart) and view.cost.cost is not None
        made = [one for one in made if one[0] == "cost" and waited]
    return [head, cards(made, "fx-pay", view, speech)]


def online_text(one: ChannelShare, words: Texts) -> str:
    """k of n online, with the interval where they are enough."""
    if one.few:
        return words.get("payments.head.online_few", k=one.k, n=one.n)
    return words.get(
        "payments.head.online", k=one.k, n=one.n, percent=found.share_text(one),
        low=round(100 * (one.low or 0)), high=round(100 * (one.high or 0)),
    )  # fmt: skip


def _head(view: PaymentsView, speech: Speech) -> Node:
    words = speech.words
    if isinstance(view.times, Failure) or isinstance(view.channels, Failure):
        failure = view.times if isinstance(view.times, Failure) else view.channels
        assert isinstance(failure, Failure)
        return failed(failure, view, speech)
    overall, online = view.times.overall, view.channels.online
    beside: list[Any] = []

    def also(said: str, cell: str) -> None:
        beside.extend([words.get("flow.join")] if beside else [])
        beside.append(link(said, view.behind(cell), "fx-flow-plain"))

    if overall is None:
        title: Any = words.get("payments.head.none")
    else:
        key = "paid" if view.asked.since is None else "paid_days"
        fields = {"n": overall.n} | ({"weeks": view.asked.weeks} if key == "paid" else {})
        title = link(
            words.get(f"payments.head.{key}", **fields), view.behind("payment_time.all"), "fx-flow-plain"
        )
        for name, count in (("unpaid", overall.unpaid), ("untimed", overall.untimed)):
            if count:
                also(words.get(f"payments.head.{name}", n=count), f"payment_time.{name}")
    if online is not None:
        also(online_text(online, words), "paid.online" if online.k else "paid.all")
    elif overall is not None and overall.n:
        beside += [words.get("flow.join")] if beside else []
        beside.append(words.get("payments.head.no_channel"))
    return div(
        [
            element("b", title),
            span(beside, "fx-mut"),
            span(words.get("flow.stages.law"), "fx-mut"),
        ],
        "fx-card fx-flow-head",
    )


def _channels(view: PaymentsView, speech: Speech, few: int) -> Node:
    part, words = view.channels, speech.words
    assert isinstance(part, ChannelsPart)
    if part.online is None:
        return card(words.get("payments.channels.neutral"), words.get("payments.channels.none"), [])
    untold = None
    if part.untold:
        said = words.get("payments.channels.untold", n=part.untold)
        untold = link(said, view.behind("paid.untold"), "fx-flow-plain")
    return card(
        speech.say(found.channels_finding(part)),
        words.get("payments.channels.caption", few=few),
        [charts.channel_table(part, few, words, view), file_links(view, "channels", words)],
        untold,
    )


def _times(view: PaymentsView, speech: Speech) -> Node:
    part, words = view.times, speech.words
    assert isinstance(part, TimesPart)
    if not part.spreads:
        return card(words.get("payments.times.neutral"), words.get("payments.none"), [])
    return card(
        speech.say(found.times_finding(part)),
        words.get("payments.times.caption"),
        [charts.time_dots(part.spreads, words, view), file_links(view, "times", words)],
        overall_text(part, words),
    )


def overall_text(part: TimesPart, words: Texts) -> str | None:
    """By when half were paid, the unpaid ones counted, and by when half of those had arrived."""
    overall = part.overall
    if overall is None or overall.few or overall.paid_median is None:
        return None
    said = words.get("payments.times.overall", median=found.hours_text(overall.paid_median / found.MINUTES))
    # Without a 90 % quantile those that arrived are too few.
    if overall.confirmed_p90 is None or overall.confirmed_median is None:
        return said
    minutes = f"{overall.confirmed_median:.0f}"
    arrived = words.get("payments.times.arrived", minutes=minutes, n=overall.confirmed)
    return f"{said}{words.get('flow.join')}{arrived}"


def hours_caption(part: HoursPart, words: Texts) -> str:
    """How the figure of hours is read, how many of the codes were paid, and which days are working days."""
    overall = part.overall
    k = 0 if overall is None else overall.n
    n = 0 if overall is None else overall.n + overall.unpaid
    days = words.get(f"payments.hours.days.{'told' if part.calendar else 'untold'}")
    return f"{words.get('payments.hours.caption', k=k, n=n)}{words.get('flow.join')}{days}"


def _hours(view: PaymentsView, speech: Speech) -> Node:
    part, words = view.hours, speech.words
    assert isinstance(part, HoursPart)
    if part.overall is None or not part.overall.n or isinstance(view.times, Failure):
        return card(words.get("payments.hours.neutral"), words.get("payments.none"), [])
    return card(
        speech.say(found.hours_finding(view.times)),
        hours_caption(part, words),
        [
            charts.heat_map(part, words, view),
            charts.heat_legend(words),
            file_links(view, "hours", words),
        ],
    )


def _failures(view: PaymentsView, speech: Speech, configuration: Configuration) -> Node:
    part, words = view.failures, speech.words
    assert isinstance(part, FailuresPart)
    every = next((one for one in part.failures if one.channel is None), None)
    caption = words.get("payments.failures.none")
    if every is not None:
        caption = words.get("payments.failures.caption", k=every.k, n=every.n)
    return card(
        speech.say(found.failures_finding(part)),
        caption,
        [
            div(
                [
                    div(charts.failure_table(part, words, view), "fx-pay-failed"),
                    div(_outages(part, view, speech, configuration), "fx-pay-outage-part"),
                ],
                "fx-pay-pair",
            ),
            file_links(view, "failures", words),
        ],
    )


def _outages(
    part: FailuresPart, view: PaymentsView, speech: Speech, configuration: Configuration
) -> list[Node]:
    words = speech.words
    title = element("h3", words.get("payments.failures.hours_title"))
    if not part.outages:
        return [title, element("p", words.get("payments.failures.hours_none"), "fx-caption")]
    # Those that struck several drivers first, then the newest.
    ordered = sorted(part.outages, key=lambda one: (-one.cases, -one.failures, _backwards(one)))
    lines = [
        element("li", link(outage_text(one, speech, configuration), _behind(one, view), "fx-flow-plain"))
        for one in ordered[:LISTED]
    ]
    more = len(part.outages) - LISTED
    after = [element("p", words.get("payments.failures.more", n=more), "fx-caption")] if more > 0 else []
    return [
        title,
        element("p", words.get("payments.failures.hours_note", n=len(part.outages)), "fx-caption"),
        charts.outage_bars(part, words, view),
        element("ul", lines, "fx-flow-notes"),
        *after,
    ]


def _backwards(one: Outage) -> tuple[int, int]:
    return -date.fromisoformat(one.date).toordinal(), -one.hour


def _behind(one: Outage, view: PaymentsView) -> str:
    return view.behind(f"payment_outages.{one.date}.{one.hour}", station=one.station)


def outage_text(one: Outage, speech: Speech, configuration: Configuration) -> str:
    """An hour in which nothing succeeded, in a sentence."""
    station = configuration.stations.get(one.station)
    return speech.words.get(
        "payments.failures.line", day=one.date[5:], hour=one.hour,
        station=one.station if station is None else speech.named(station.short, one.station),
        cases=one.cases, failures=one.failures,
    )  # fmt: skip


def _cost(view: PaymentsView, speech: Speech) -> Node:
    part, words = view.cost, speech.words
    assert isinstance(part, CostPart)
    cost, law = part.cost, words.get("flow.stages.law")
    if cost is None:
        return card(words.get("payments.cost.neutral"), words.get("payments.cost.none"), [], law)
    head = [
        element("th", words.get(f"payments.columns.{name}"), "" if name == "what" else "fx-num")
        for name in ("what", "hours", "cases", "estimate")
    ]
    rows = []
    for name, hours, cases, fen in cost_rows(part):
        said = words.get(f"payments.cost.{name}")
        href = view.behind(f"waiting.{name}")
        amount = "—" if fen is None else about(fen, speech)
        rows.append(
            element(
                "tr",
                [
                    element("td", link(said, href, "fx-flow-plain") if cases else said),
                    element("td", f"{hours:,.0f}", "fx-num"),
                    element("td", f"{cases}/{cost.n}", "fx-num fx-mut"),
                    element("td", amount, "fx-num"),
                ],
            )
        )
    table = [element("thead", element("tr", head)), element("tbody", rows)]
    return card(
        speech.say(found.cost_finding(part)),
        words.get("payments.cost.caption", n=cost.n),
        [
            element("table", table, "fx-table"),
            element("p", _rate(part, speech), "fx-pay-rate"),
            element("p", element("b", law), "fx-pay-law"),
            file_links(view, "cost", words),
        ],
        words.get("payments.cost.overlap"),
    )


def cost_rows(part: CostPart) -> list[tuple[str, float, int, int | None]]:
    """What was waited for, hours, cases, and the estimate in fen."""
    cost = part.cost
    if cost is None:
        return []
    return [
        ("payment", cost.payment_hours, cost.payment_cases, cost.payment_fen),
        ("removed", cost.removed_hours, cost.removed_cases, cost.removed_fen),
    ]


def about(fen: int, speech: Speech) -> str:
    """An estimate in words."""
    return speech.words.get("payments.cost.about", amount=speech.money(found.rounded(fen)))


def rate_text(part: CostPart, speech: Speech) -> str:
    """By which rate it is estimated, and where that is from."""
    words = speech.words
    if part.cost is None or part.cost.day_rate_fen is None or part.document is None:
        return words.get("payments.cost.no_rate")
    amount = speech.money(Money(part.cost.day_rate_fen, "CNY"))
    return words.get("payments.cost.rate", amount=amount, source=part.document)


def _rate(part: CostPart, speech: Speech) -> list[Any]:
    said: list[Any] = [rate_text(part, speech)]
    if part.cost is not None and part.cost.day_rate_fen is not None and not part.cost.rate_confirmed:
        said += [" ", span(speech.words.get("payments.cost.unconfirmed"), "fx-badge fx-example")]
    return said
