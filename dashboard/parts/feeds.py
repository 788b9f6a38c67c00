"""Beside the board: the last releases, and the sources with what is silent among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.rows import case_address, link
from dashboard.views.feeds import Feed
from dashboard.views.figures import Release
from dashboard.views.moments import ago, hours_minutes, length, when, when_briefly
from monitor.cases.state import Verdict

if TYPE_CHECKING:
    from dashboard.parts.rows import Saying

ROWS = 8
"""Sources that are named: with the last releases above them they fill the side of the wall board."""

RELEASE_SIGNS = {Verdict.ON_TIME.value: "tick-ring", Verdict.LATE.value: "octagon-outline"}


def releases(shown: Sequence[Release], saying: Saying) -> Node:
    """When, who, and how long it took."""
    words = saying.words
    head = element(
        "h2", [words.get("board.release.title"), span(words.get("board.columns.used"), "fx-head-side")]
    )
    if not shown:
        return div([head, element("p", words.get("board.release.none"), "fx-caption")], "fx-card fx-releases")
    return div(
        [head, element("ul", [_release(one, saying) for one in shown], "fx-list")], "fx-card fx-releases"
    )


def _release(one: Release, saying: Saying) -> Node:
    words = saying.words
    verdict = {Verdict.ON_TIME.value: "on_time", Verdict.LATE.value: "late"}.get(one.verdict, "undetermined")
    plate = one.plate or words.get("board.no_plate")
    zone = saying.zone_of(one.key[0])
    at = when(one.at, saying.now, zone, words)
    briefly = when_briefly(one.at, saying.now, zone, words) if one.exact else ""
    return element(
        "li",
        [
            shape(RELEASE_SIGNS.get(one.verdict, "ring-half")),
            span(briefly, "fx-mut", title=at),
            span(plate) if saying.wall else link(plate, case_address(one.key), "fx-plain"),
            element("b", "—" if one.took is None else hours_minutes(one.took)),
        ],
        title=words.get(f"board.release.{verdict}"),
    )


def feeds(shown: Sequence[Feed], waits: Mapping[str, int], saying: Saying) -> Node:
    """Sources with the time since each was last heard; a silent one as an inverse plate.

    So many as stand beside the board without being cut off: the silent before those that send on time, and
    those that owe a time before those that owe none. How many more there are is said, and of which kind.

    `waits` counts by step the rows that wait for what only silent sources would bring.
    """
    words = saying.words
    live = sum(not feed.silent for feed in shown)
    if saying.wall:
        count = span(words.get("board.feed.count_wall", k=live, n=len(shown)), "fx-head-side fx-on")
        head = element("h2", [words.get("board.feed.title"), count])
    else:
        head = element(
            "h2", f"{words.get('board.feed.title')} {words.get('board.feed.count', k=live, n=len(shown))}"
        )
    if not shown:
        none = element("p", words.get("board.feed.none"), "fx-caption")
        return div([element("h2", words.get("board.feed.title")), none], "fx-card fx-feeds")
    urgent = sorted(shown, key=lambda feed: (not feed.silent, feed.every is None))
    named = [feed for feed in shown if feed in urgent[:ROWS]]
    parts = [head, element("ul", [_feed(one, saying) for one in named], "fx-list")]
    parts += _others(urgent[ROWS:], saying)
    if any(feed.silent for feed in shown):
        parts += [
            element(
                "p",
                words.get("board.feed.maybe", n=n, step=words.get(f"board.step.{step}", n="")),
                "fx-caption fx-maybe",
            )
            for step, n in waits.items()
        ]
    return div(parts, "fx-card fx-feeds")


def _others(rest: Sequence[Feed], saying: Saying) -> list[Node]:
    """How many sources are not named here, those that are silent apart."""
    silent = sum(feed.silent for feed in rest)
    counts = {"more_silent": silent, "more_live": len(rest) - silent}
    told = [saying.words.get(f"board.feed.{key}", n=n) for key, n in counts.items() if n]
    return [element("p", text, "fx-caption") for text in told]


def _feed(feed: Feed, saying: Saying) -> Node:
    words = saying.words
    name = feed_name(feed, saying)
    since = saying.now - feed.last_at
    if not feed.silent:
        return element(
            "li",
            [
                shape("live"),
                span(name, "fx-feed-name"),
                span(ago(since, words), "fx-feed-ago", data_ago=feed.last_at // 1000),
            ],
        )
    expected = words.get("board.feed.expected", time=length(feed.every or 0, words))
    return element(
        "li",
        [
            shape("cut"),
            span([name, element("small", expected)], "fx-feed-name"),
            span(
                words.get("board.feed.silent", time=length(since, words)),
                "fx-feed-ago",
                data_silent=feed.last_at // 1000,
                data_words=words.get("board.feed.silent", time="{time}"),
            ),
        ],
        "fx-dead",
    )


def feed_name(feed: Feed, saying: Saying) -> str:
    """Its short label; a source without a page under its own name, or the text written for it."""
    return saying.named(feed.label, saying.words.find(f"board.feed.names.{feed.source}") or feed.source)
