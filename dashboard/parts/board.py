"""The whole board from a snapshot: figures, rows or the empty board, and what stands beside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dashboard.parts import empty, feeds, figures, rows
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.flagduty import loop_line
from dashboard.parts.rows import Saying
from dashboard.parts.shell import failed_part
from dashboard.parts.strip import legend
from dashboard.parts.tiles import rest
from dashboard.views.board import BoardView
from dashboard.views.figures import rate_view
from dashboard.views.moments import clock_time, when
from dashboard.views.snapshot import Failure, Snapshot
from dashboard.views.strip import Kind

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.settings.texts import Texts


def board(view: Snapshot, words: Texts, configuration: Configuration, *, wall: bool) -> list[Node]:
    """Figures, then the rows with releases and feeds beside them, then the key."""
    saying = Saying(words, configuration, view.zone, view.now, wall)
    above: list[Node] = []
    if isinstance(view.board, BoardView):
        above += figures.standing(view.board, saying)
    if isinstance(view.week, Failure):
        above.append(_failed(view.week, saying))
    else:
        above += figures.week(rate_view(view.week, configuration.board.few_n), view.week, words)
    holds = isinstance(view.board, BoardView) and any(row.payment_holds for row in view.board.rows)
    side = div([_releases(view, saying), _feeds(view, saying)], "fx-side")
    return [
        div(None, "fx-stopped", id="fx-stopped", role="status", hidden=True),
        *_loop(view, saying),
        *_addresses(view, saying),
        element("section", above, "fx-figures", aria_label=words.get("board.title")),
        div([_main(view, saying), side], "fx-board-grid"),
        element(
            "footer",
            legend(words, more=[] if wall else _rare(view), lanes=wall, payment_holds=holds),
            "fx-board-foot",
        ),
    ]


def age_badge(configuration: Configuration, words: Texts, zone: str) -> Node:
    """How old what is shown is. live.js keeps it, and speaks louder as it grows."""
    age = configuration.board.data_age
    said = {
        "ago": words.section("board.ago"),
        "span": words.section("board.span"),
        "fresh": words.get("board.age.fresh", ago="{ago}"),
        "none": words.get("board.age.none"),
        "stopped": words.get("board.age.stopped", span="{span}"),
        "date": words.get("board.date", month="{month}", day="{day}"),
        "week": words.section("board.week"),
    }
    return span(
        [
            element("i", None, "fx-shape fx-shape-live", aria_hidden="true"),
            span(words.get("board.age.none"), "fx-age-text"),
        ],
        "fx-badge fx-age",
        id="fx-age",
        data_stale=age.stale_seconds,
        data_stopped=age.stopped_seconds,
        data_zone=zone,
        data_near=int(configuration.board.near_hours * 3600),
        data_words=json.dumps(said, ensure_ascii=False),
    )


def _rare(view: Snapshot) -> list[str]:
    """Textures that few boards have and whose key is shown only there."""
    strips = [row.strip for row in view.board.rows if row.strip] if isinstance(view.board, BoardView) else []
    found = []
    if any(one.kind is Kind.NEXT for strip in strips for lane in strip.lanes for one in lane):
        found.append("next")
    if any(strip.gaps for strip in strips):
        found.append("pause")
    return found


def _main(view: Snapshot, saying: Saying) -> Node:
    if isinstance(view.board, Failure):
        return _failed(view.board, saying)
    if view.board.held == 0:
        shown = () if isinstance(view.feeds, Failure) else view.feeds
        return empty.empty(view.last_day, shown, view.board.axis_hours, saying)
    others = view.board.rest
    return rows.rows(view.board, saying, None if others is None else rest(others, view.board, saying))


def _releases(view: Snapshot, saying: Saying) -> Node:
    if isinstance(view.releases, Failure):
        return _failed(view.releases, saying)
    return feeds.releases(view.releases, saying)


def _feeds(view: Snapshot, saying: Saying) -> Node:
    if isinstance(view.feeds, Failure):
        return _failed(view.feeds, saying)
    waits = view.board.waits_for_silent if isinstance(view.board, BoardView) else {}
    return feeds.feeds(view.feeds, waits, saying)


def _loop(view: Snapshot, saying: Saying) -> list[Node]:
    """A line where flags are not raised or not sent: nobody would be told of anything."""
    if isinstance(view.loop, Failure):
        return [_failed(view.loop, saying)]
    line = None if view.loop is None else loop_line(view.loop, saying.words, wall=saying.wall)
    return [] if line is None else [line]


def _addresses(view: Snapshot, saying: Saying) -> list[Node]:
    """A line per payment address that changed and that no second person has confirmed."""
    if isinstance(view.addresses, Failure):
        return [_failed(view.addresses, saying)]
    words = saying.words
    lines = []
    for one in view.addresses:
        station = saying.configuration.stations.get(one.station)
        params = {
            "station": saying.named(None if station is None else station.short, one.station),
            "host": one.host,
        }
        if one.changed_at is None:
            lines.append(words.get("board.address.unseen", **params))
        else:
            time = when(one.changed_at, saying.now, saying.zone_of(one.station), words)
            lines.append(words.get("board.address.changed", **params, time=time, actor=one.changed_by))
    if not lines:
        return []
    confirm = rows.link(words.get("board.address.confirm"), "/payments", "")
    shown = [element("p", line if saying.wall else [line, " ", confirm]) for line in lines]
    return [div(shown, "fx-address", role="status")]


def _failed(failure: Failure, saying: Saying) -> Node:
    return failed_part(saying.words, failure.reason, clock_time(saying.now, saying.zone))
