"""A board without vehicles, and why that may be believed, or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.feeds import RELEASE_SIGNS, feed_name
from dashboard.parts.rows import case_address, link
from dashboard.parts.strip import axis_head, strip
from dashboard.views.feeds import Feed
from dashboard.views.figures import Release, on_time
from dashboard.views.moments import hours_minutes, when

if TYPE_CHECKING:
    from dashboard.parts.rows import Saying


def empty(last: Sequence[Release], shown: Sequence[Feed], axis_hours: float, saying: Saying) -> Node:
    """`last` are the releases of the last 24 hours, newest first."""
    words = saying.words
    silent = [feed for feed in shown if feed.silent]
    believed = bool(shown) and not silent
    calm = div(
        [
            shape("tick-ring" if believed else "ring-dashed"),
            div(
                [
                    element("h2", words.get("board.empty.title")),
                    element("p", _why(last, shown, silent, saying)),
                ]
            ),
        ],
        "fx-calm" if believed else "fx-calm fx-doubted",
    )
    if not last:
        return div([calm, element("p", words.get("board.empty.last_none"), "fx-ghost-title")], "fx-empty")
    head = div(
        [
            span(words.get("board.columns.vehicle_wall"), "fx-head-id"),
            span(words.get("board.columns.used")),
            axis_head(axis_hours, 24, words),
            span(words.get("board.columns.released"), "fx-head-waiting"),
        ],
        "fx-row-head",
    )
    title = element(
        "h3", [words.get("board.empty.last", n=len(last)), span(_verdict(last, saying))], "fx-ghost-title"
    )
    shown_rows = last[: saying.configuration.board.rows_whole if not saying.wall else 5]
    return div(
        [
            calm,
            title,
            div([head, *(_ghost(one, axis_hours, saying) for one in shown_rows)], "fx-rows fx-ghosts"),
        ],
        "fx-empty",
    )


def _why(last: Sequence[Release], shown: Sequence[Feed], silent: Sequence[Feed], saying: Saying) -> str:
    words = saying.words
    if not shown:
        return words.get("board.empty.no_feeds")
    if silent:
        return words.get("board.empty.doubted", list="、".join(feed_name(feed, saying) for feed in silent))
    if not last:
        return words.get("board.empty.believed_always", n=len(shown))
    since = when(last[0].at, saying.now, saying.zone_of(last[0].key[0]), words)
    return words.get("board.empty.believed", n=len(shown), time=since)


def _verdict(last: Sequence[Release], saying: Saying) -> str:
    words, few_n = saying.words, saying.configuration.board.few_n
    k, n = on_time(last)
    said = words.get("board.empty.verdict" if k == n else "board.empty.verdict_some", k=k, n=n)
    return f"{said} · {words.get('board.empty.few', few=few_n)}" if n < few_n else said


def _ghost(one: Release, axis_hours: float, saying: Saying) -> Node:
    words = saying.words
    plate = one.plate or words.get("board.no_plate")
    name = plate if saying.wall else link(plate, case_address(one.key), "fx-stretched")
    at = when(one.at, saying.now, saying.zone_of(one.key[0]), words)
    after = ""
    if one.after_removal is not None:
        after = words.get("board.empty.after_removal", time=hours_minutes(one.after_removal))
    identity = [div(name, "fx-plate"), div(saying.named(one.station, one.key[0]), "fx-sub")]
    took = "—" if one.took is None else hours_minutes(one.took)
    return element(
        "article",
        [
            div([shape(RELEASE_SIGNS.get(one.verdict, "ring-half")), div(identity)], "fx-id"),
            div([span(took, "fx-time"), element("small", words.get("board.columns.used"))], "fx-countdown"),
            strip(one.strip, axis_hours, words),
            div(
                [
                    span(None),
                    div([element("b", words.get("board.empty.released", time=at)), span(after, "fx-waited")]),
                ],
                "fx-waiting",
            ),
        ],
        "fx-row fx-is-released",
        aria_label=f"{plate} {took}",
    )
