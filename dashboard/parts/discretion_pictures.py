"""The figures of the Discretion page as SVG, of the same numbers and sentences as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.discretion import points_foot, the_funnel
from dashboard.parts.discretion_charts import dot_size, frame_of, line_area, x_text
from dashboard.parts.discretion_places import band_text, rows_of
from dashboard.parts.discretion_units import unit_cells
from dashboard.parts.discretion_words import like_text, plain_yuan, set_text
from dashboard.parts.figure_picture import BAND, DONE, DONE_SOFT, LATE, LEFT, RIGHT, WIDTH, About, framed
from dashboard.parts.picture import LINE, SOFT, TEXT, Picture
from dashboard.views import discretion_findings as found
from dashboard.views.discretion import DiscretionView, LinesPart, PointsPart
from dashboard.views.snapshot import Failure

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.settings.rulesets import Rules

EDGE = "#7FA9D0"
GROUND = "#DCE9F5"


def points(view: DiscretionView, about: About, authority: str, rules: Rules) -> str:
    """Fines over their band."""
    part, speech = view.points[authority], about.speech
    assert isinstance(part, PointsPart)
    words, band = speech.words, part.band
    title = speech.say(found.points_finding(part, about.board.few_n))
    if band is None:
        return framed(title, [words.get("discretion.points.no_band")], about, 0, lambda *_: None)
    frame = frame_of(part, band)
    key = "discretion.points.band" if band.room else "discretion.points.line"
    said = words.get(key, rule_set=set_text(rules, band.rule_set, words))
    marks = [words.get("discretion.example")] if band.example else []
    marks += [] if band.confirmed or band.example else [words.get("discretion.unconfirmed")]
    told = [" · ".join([said, *marks])]
    foot = points_foot(part, speech, rules)
    told += [foot] if foot else []
    high, wide, left = 320.0, WIDTH - LEFT - RIGHT - 20, LEFT + 20.0

    def draw(picture: Picture, y: float) -> None:
        def across(share: float) -> float:
            return left + wide * share

        def down(share: float) -> float:
            return y + 12 + high * (1 - share)

        for fen in frame.y_ticks:
            picture.line(left, down(frame.up(fen)), WIDTH - RIGHT, down(frame.up(fen)), LINE)
            picture.text(
                left - 6, down(frame.up(fen)) + 4, plain_yuan(fen), size=12, colour=SOFT, anchor="end"
            )
        for box in band.boxes:
            last = frame.x_most if box.last is None else box.last
            x, top = across(frame.left(box.first)), down(frame.up(box.high_fen))
            size = across(frame.left(last)) - x, down(frame.up(box.low_fen)) - top
            picture.rect(x, top, *size, GROUND, EDGE)
            if box.further:
                picture.line(x, top + size[1], x + size[0], top + size[1], EDGE, 1.5, "5 4")
        for line in band.lines:
            picture.polygon([(across(a), down(b)) for a, b in line_area(line, frame)], EDGE)
        for dot in part.dots:
            x, at = across(frame.left(dot.x)), down(frame.up(dot.fine_fen))
            if dot.kind == "inside":
                picture.circle(x, at, round(dot_size(dot.n) / 2, 1), DONE)
                continue
            up = -1 if dot.kind.startswith("above") else 1
            shape = [(x - 7, at - 6 * up), (x + 7, at - 6 * up), (x, at + 7 * up)]
            picture.polygon(shape, LATE)
            if dot.kind.endswith("explained"):
                inner = [(x - 3.4, at - 3.4 * up), (x + 3.4, at - 3.4 * up), (x, at + 3 * up)]
                picture.polygon(inner, "#FFFFFF")
        for tick in frame.x_ticks:
            said_tick = x_text(tick, band.measure)
            x = across(frame.left(tick))
            picture.text(x, y + high + 30, said_tick, size=12, colour=SOFT, anchor="middle")
        axis = words.get(f"discretion.axis.{band.measure}")
        picture.text(WIDTH - RIGHT, y + high + 50, axis, size=12, colour=SOFT, anchor="end")
        key_y = y + high + 74
        count = {kind: sum(d.n for d in part.dots if d.kind.startswith(kind)) for kind in ("inside",)}
        outside = sum(d.n for d in part.dots if d.kind in ("below", "above"))
        explained = sum(d.n for d in part.dots if d.kind.endswith("explained"))
        legend = [words.get("discretion.points.key_inside", n=count["inside"])]
        legend.append(words.get("discretion.points.key_outside", n=outside))
        legend.append(words.get("discretion.points.key_explained", n=explained))
        picture.text(RIGHT, key_y, " · ".join(legend), size=12, colour=SOFT)

    return framed(title, told, about, int(high) + 90, draw)


def places(view: DiscretionView, about: About, configuration: Configuration) -> str:
    """Five bars per tier."""
    speech, few = about.speech, about.board.few_n
    words = speech.words
    rows = rows_of(view, configuration)
    lines = () if isinstance(view.lines, Failure) else view.lines.lines
    title = speech.say(found.places_finding(lines))

    def draw(picture: Picture, y: float) -> None:
        for place, row in enumerate(rows):
            at = y + 56 * place
            mark = f" · {words.get('discretion.example')}" if row.like.example else ""
            picture.text(RIGHT, at + 22, like_text(row.like, speech), bold=True)
            picture.text(RIGHT, at + 40, band_text(row, speech) + mark, size=12, colour=SOFT)
            none = row.line is not None and row.line.note == "no_discretion"
            if none or row.free < few:
                said = words.get("discretion.places.no_discretion" if none else "discretion.few")
                picture.text(660, at + 30, said, colour=SOFT)
                continue
            top = max(row.parts)
            for part, n in enumerate(row.parts):
                tall = 36 * n / top
                picture.rect(600 + 46 * part, at + 44 - tall, 44, tall, DONE_SOFT)
            picture.line(600, at + 44, 830, at + 44, LINE)
            picture.text(WIDTH - RIGHT, at + 34, f"{row.parts[-1]}/{row.free}", anchor="end", bold=True)

    return framed(title, [words.get("discretion.places.caption")], about, 56 * len(rows) + 16, draw)


def units(view: DiscretionView, about: About, configuration: Configuration) -> str:
    """The funnel, and the units by their codes."""
    speech = about.speech
    words = speech.words
    funnel = the_funnel(view, configuration)
    title = speech.say(found.units_finding(funnel))
    high, wide = 300.0, WIDTH - LEFT - RIGHT
    told = [words.get("discretion.units.caption"), words.get("discretion.units.foot")]

    def draw(picture: Picture, y: float) -> None:
        def down(share: float) -> float:
            return y + 10 + high * (1 - share)

        def across(n: float) -> float:
            return LEFT + wide * n / funnel.most

        for width, colour in ((0, BAND), (1, GROUND)):
            limits = [(across(one.n), one.limits[width]) for one in funnel.course]
            area = [(x, down(low)) for x, (low, _) in limits]
            area += [(x, down(top)) for x, (_, top) in reversed(limits)]
            if area:
                picture.polygon(area, colour)
        for step in range(5):
            picture.line(LEFT, down(step / 4), WIDTH - RIGHT, down(step / 4), LINE)
            picture.text(LEFT - 6, down(step / 4) + 4, f"{25 * step}%", size=12, colour=SOFT, anchor="end")
        if funnel.centre is not None:
            picture.line(LEFT, down(funnel.centre), WIDTH - RIGHT, down(funnel.centre), DONE, 2)
        for unit in (one for one in funnel.units if one.n):
            x, at = across(unit.n), down(unit.height)
            if unit.state == "out":
                picture.polygon([(x - 7, at + 6), (x + 7, at + 6), (x, at - 7)], LATE)
                picture.text(x + 10, at - 6, unit.label(speech), bold=True)
            elif unit.state == "few":
                picture.circle(x, at, 5, "#FFFFFF", DONE, "3 2")
            else:
                picture.circle(x, at, 5, DONE)
        axis = words.get("discretion.units.axis")
        picture.text(WIDTH - RIGHT, y + high + 34, axis, size=12, colour=SOFT, anchor="end")
        columns = (RIGHT, 320.0, 420.0, 520.0, 620.0, 780.0)
        for place, unit in enumerate(funnel.units):
            for x, cell in zip(columns, unit_cells(unit, speech), strict=True):
                picture.text(x, y + high + 62 + 20 * place, cell, size=12, colour=TEXT)

    return framed(title, told, about, int(high) + 70 + 20 * len(funnel.units), draw)


def time(view: DiscretionView, about: About) -> str:
    """Sentences alone: there is nothing to draw."""
    speech = about.speech
    assert isinstance(view.lines, LinesPart)
    said = [speech.say(one) for one in found.time_findings(view.lines)]
    return framed(speech.words.get("discretion.time.title"), said, about, 0, lambda *_: None)


def drawn(figure: str, view: DiscretionView, about: About, configuration: Configuration) -> str:
    """The picture of a figure by its name."""
    if figure in ("police", "transport"):
        return points(view, about, figure, configuration.rules)
    if figure == "places":
        return places(view, about, configuration)
    return units(view, about, configuration) if figure == "units" else time(view, about)
