"""The chapters on discretion, on the data itself, and on definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.cases.event import HOUR
from monitor.metrics.band_shares import BandShare
from monitor.reports.weekly import sentences as said
from monitor.reports.weekly.frame import WeeklyReport
from monitor.reports.weekly.paper import Block, Cell, Numbering, Para, Table, rows
from monitor.reports.weekly.wording import NONE, Wording

DEFINED = (
    "compliance", "hours", "stages", "held_after_removal", "throughput", "open_ages", "overload_rate",
    "clocks_bc",
    "payment_channels", "payment_time", "payment_failures", "payment_outages", "reconciliation",
    "cost_of_waiting", "late_entry",
)  # fmt: skip


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def discretion(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    """Whether like cases got like penalties, as far as it was counted."""
    part = report.discretion
    yield number.heading(1, w.say("discretion.title"))
    yield Para(w.say("discretion.caution"), note=True)
    yield Para(said.named_change(report.head[4], w), strong=True)
    yield number.heading(2, w.say("discretion.band"))
    yield Table(
        "band",
        w.say("discretion.band_table"),
        w.heads(
            "span", "inside", "of", "share", "interval", "explained", "unexplained", "unassessed", "example"
        ),
        rows([_band(w.head("week"), part.week, w), _band(w.head("twelve"), part.twelve, w)]),
        w.say("discretion.band_note"),
    )
    yield number.heading(2, w.say("discretion.exemptions"))
    if part.exemptions is None:
        yield Para(w.say("discretion.missing", what=w.say("discretion.exemptions")))
    else:
        yield Table(
            "exemptions",
            w.say("discretion.exemptions_table"),
            w.heads("exemption", "spared", "met", "fined", "share"),
            rows(
                [
                    [
                        w.word(w.named("rules.exemptions", one["exemption"])), w.count(one["k"]),
                        w.count(one["n"]), w.count(one["fined"]), w.rate(one["k"], one["n"]),
                    ]
                    for one in part.exemptions
                ]
            ),
        )  # fmt: skip
    if part.repeats is None:
        yield Para(w.say("discretion.missing", what=w.say("discretion.repeats")))
    else:
        yield Table(
            "repeats",
            w.say("discretion.repeats"),
            w.heads("acts", "vehicles", "of", "share"),
            rows(
                [
                    [
                        w.word(str(one["acts"])),
                        w.count(one["k"]),
                        w.count(one["n"]),
                        w.rate(one["k"], one["n"]),
                    ]
                    for one in part.repeats
                ]
            ),
        )
    yield number.heading(2, w.say("discretion.findings"))
    yield from _findings(report, w)
    yield number.heading(2, w.say("discretion.drift"))
    yield from _drift(part.consistency, w)


def _band(span: str, one: BandShare | None, w: Wording) -> list[Cell]:
    if one is None:
        return [w.word(span), w.count(0), w.count(0), *[Cell(NONE)] * 6]
    return [
        w.word(span), w.count(one.k), w.count(one.n), w.rate(one.k, one.n), w.interval(one.low, one.high),
        w.count(one.explained), w.count(one.unexplained), w.count(one.unassessed), w.count(one.example),
    ]  # fmt: skip


def _findings(report: WeeklyReport, w: Wording) -> Iterator[Block]:
    part = report.discretion
    if not part.findings_twelve and not part.findings:
        yield Para(w.say("discretion.no_findings"))
        return
    codes = sorted({*part.findings, *part.findings_twelve})
    yield Table(
        "findings",
        w.say("discretion.findings_table"),
        w.heads("finding", "week", "twelve"),
        rows(
            [
                [
                    w.word(w.named("rules.findings", code)),
                    w.count(part.findings.get(code, 0)),
                    w.count(part.findings_twelve.get(code, 0)),
                ]
                for code in codes
            ]
        ),
        w.say("discretion.findings_note"),
    )


def _drift(found: tuple[Mapping[str, Any], ...] | None, w: Wording) -> Iterator[Block]:
    if found is None:
        yield Para(w.say("discretion.missing", what=w.say("discretion.drift")))
        return
    shown = [one for one in found if one["kind"] in ("drift", "rule_change")]
    units = [one for one in found if one["kind"] in ("station", "team", "officer")]
    judged = [one for one in units if one["note"] != "too_few"]
    out = sum(1 for one in judged if one["note"] == "stands_out")
    if judged:
        yield Para(w.say("discretion.units", n=len(judged), out=out))
    elif not shown:
        yield Para(w.say("discretion.drift_few"))
        return
    if shown:
        yield Table(
            "drift",
            w.say("discretion.drift_table"),
            w.heads("kind", "series", "month", "before", "after", "effect", "effect_interval", "said"),
            rows(
                [
                    [
                        w.word(w.say(f"discretion.kind.{one['kind']}")),
                        w.word(w.named("authorities", one["name"].split("|")[0])),
                        w.word(one["period"] or NONE),
                        w.count(one["k"]),
                        w.count(None if one["n"] is None else one["n"] - (one["k"] or 0)),
                        w.percent(one["effect"]),
                        w.interval(one["low"], one["high"]),
                        w.word(
                            w.say(
                                "discretion.changed" if one["note"] == "changed" else "discretion.unchanged"
                            )
                        ),
                    ]
                    for one in shown
                ]
            ),
            w.say("discretion.drift_note"),
        )


def data_honesty(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    """How far the data can be trusted."""
    part = report.honesty
    yield number.heading(1, w.say("honesty.title"))
    yield number.heading(2, w.say("honesty.late"))
    yield Table(
        "late_entry",
        w.say("honesty.late_table", minutes=report.about.late_entry_minutes),
        w.heads("activity", "n", "entered_late", "share", "untold", "median", "p90", "longest"),
        rows(
            [
                [
                    w.word(w.named("activities", one.activity)), w.count(one.n), w.count(one.late),
                    w.rate(one.late, one.n), w.count(one.untold), w.hours(one.median), w.hours(one.p90),
                    w.hours(one.longest),
                ]
                for one in part.entries
            ]
        ),
    )  # fmt: skip
    released = next((one for one in part.entries if one.activity == "released"), None)
    if released is not None:
        longest = "—" if released.longest is None else f"{released.longest:,.1f}"
        yield Para(w.say("honesty.released", n=f"{released.n:,}", late=f"{released.late:,}", longest=longest))
    yield number.heading(2, w.say("honesty.corrected"))
    yield from _corrected(report, w)
    yield number.heading(2, w.say("honesty.refused"))
    yield from _refused(report, w)
    yield number.heading(2, w.say("honesty.feeds"))
    yield from _feeds(report, w)
    yield number.heading(2, w.say("honesty.bunching"))
    yield Para(said.piled(part.bunching, w))
    if part.loaded:
        days = w.say("join").join(day for day, _ in part.loaded[-5:])
        yield Para(w.say("honesty.loaded", days=days), note=True)


def _refused(report: WeeklyReport, w: Wording) -> Iterator[Block]:
    part = report.honesty
    total = sum(part.quarantined.values())
    yield Para(w.say("honesty.refused_told", n=f"{total:,}"))
    if not total:
        return
    yield Table(
        "quarantine",
        w.say("honesty.refused_table"),
        w.heads("why", "n"),
        rows([[w.word(_reason(code, w)), w.count(n)] for code, n in part.quarantined.items()]),
    )
    ways = {
        "by_person": part.settled, "by_later": part.superseded, "by_later_untimed": part.superseded_untimed,
    }  # fmt: skip
    ways["waiting"] = total - sum(ways.values())
    shown = [(way, k) for way, k in ways.items() if k or way != "by_later_untimed"]
    yield Table(
        "settled",
        w.say("honesty.settled_table"),
        w.heads("settled", "n"),
        rows([[w.word(w.say(f"honesty.{way}")), w.count(k)] for way, k in shown]),
        w.say("honesty.settled_note") if part.superseded_untimed else "",
    )


def _reason(code: str, w: Wording) -> str:
    text = w.texts.find(f"reasons.{code}")
    return code if text is None else text.format_map(_Blank())


def _corrected(report: WeeklyReport, w: Wording) -> Iterator[Block]:
    part = report.honesty
    since = w.moment(report.about.before)
    if not part.corrected:
        yield Para(w.say("honesty.not_compared", at=since))
        return
    shown = [one for one in part.corrected if one.corrected or one.late]
    yield Para(w.say("honesty.corrected_told", at=since, n=f"{part.corrected[0].of:,}"))
    if shown:
        yield Table(
            "corrected",
            w.say("honesty.corrected_table"),
            w.heads("field", "corrected", "came_late"),
            rows(
                [
                    [w.word(w.say(f"field.{one.field}")), w.count(one.corrected), w.count(one.late)]
                    for one in shown
                ]
            ),
            w.say("honesty.corrected_note"),
        )
    else:
        yield Para(w.say("honesty.nothing_corrected"))
    if part.changed:
        yield Table(
            "changed",
            w.say("honesty.changed_table"),
            w.heads("iso_week", "figure", "was", "is_now"),
            rows(
                [
                    [
                        w.word(one.week), w.word(w.say(f"head.figures.{one.name}")),
                        w.of(*one.was), w.of(*one.now),
                    ]
                    for one in part.changed
                ]
            ),
        )  # fmt: skip
    else:
        yield Para(w.say("honesty.nothing_changed"))


def _feeds(report: WeeklyReport, w: Wording) -> Iterator[Block]:
    feeds = report.honesty.feeds
    silent = [one for one in feeds if one.silent]
    if not feeds:
        yield Para(w.say("honesty.no_feeds"))
        return
    yield Para(w.say("honesty.feeds_told", n=len(feeds), silent=len(silent)), strong=bool(silent))
    yield Table(
        "feeds",
        w.say("honesty.feeds_table"),
        w.heads("feed", "last_heard", "promised", "state"),
        rows(
            [
                [
                    w.word(one.label.get(w.texts.language) or one.label.get("zh") or one.source),
                    w.word(w.moment(one.last_at)),
                    w.word(
                        NONE if one.every is None else w.say("honesty.every", hours=f"{one.every / HOUR:g}")
                    ),
                    w.word(w.say("honesty.silent" if one.silent else "honesty.speaks")),
                ]
                for one in feeds
            ]
        ),
    )


def definitions(report: WeeklyReport, w: Wording, number: Numbering) -> Iterator[Block]:
    """What each number is, by which rules, as of when, made by what."""
    about = report.about
    yield number.heading(1, w.say("definitions.title"))
    yield Table(
        "definitions",
        w.say("definitions.table"),
        w.heads("figure", "definition"),
        rows(
            [
                [
                    w.word(w.texts.get(f"metrics.{name}.label")),
                    w.word(w.texts.get(f"metrics.{name}.definition")),
                ]
                for name in DEFINED
            ]
        ),
    )
    yield Table(
        "rule_sets",
        w.say("definitions.rules_table"),
        w.heads("rule_set", "since", "until", "marks"),
        rows(
            [
                [
                    w.word(one.title.get(w.texts.language) or one.title["zh"]),
                    w.word(one.since),
                    w.word(one.until or w.say("definitions.open_end")),
                    w.word(
                        w.say("join").join(
                            w.say(f"definitions.{mark}")
                            for mark, there in (("example", one.example), ("unconfirmed", one.unconfirmed))
                            if there
                        )
                        or NONE
                    ),
                ]
                for one in about.rule_sets
            ]
        ),
    )
    goal = "definitions.target" if about.target_confirmed else "definitions.target_open"
    yield Para(w.say(goal, share=f"{100 * about.target:g}%"))
    yield Para(w.say("definitions.last", at=w.moment(about.before)))
    yield Para(w.say("definitions.repeats"), note=True)
    yield Table(
        "made",
        w.say("definitions.made"),
        w.heads("what", "value"),
        rows(
            [
                [w.word(w.say("definitions.as_of")), w.word(w.moment(about.as_of) + f" ({about.zone})")],
                [w.word(w.say("definitions.program")), w.word(about.program)],
                [w.word(w.say("definitions.config")), w.word(about.config_digest)],
                [w.word(w.say("definitions.rules")), w.word(about.rules_digest)],
                [w.word(w.say("definitions.digest")), w.word(report.digest)],
            ]
        ),
    )
