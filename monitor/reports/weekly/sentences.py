"""What the numbers allow to be said: one fixed sentence per rule, else that they are too few to say it."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.metrics.bunching import LEAST_CASES, Answer, Bunching
from monitor.metrics.rate_chart import Kind
from monitor.metrics.small_numbers import difference
from monitor.metrics.stages import StageShare
from monitor.reports.weekly.frame import ChartTold, HeadFigure, Measure, StationRate
from monitor.reports.weekly.wording import Wording

LARGE = 0.3
"""A stage with at least this share of the hours may be named as where they went."""


def changed(figure: HeadFigure, w: Wording) -> str:
    """The week beside the one before: more, less, no change shown, or too few to judge one."""
    now, before = figure.week, figure.before
    told = w.measure(now)
    if not now.n:
        return w.say("said.nothing")
    if now.n < w.about.few or before.n < w.about.few:
        return w.say("said.few", now=told)
    if now.k is not None:
        return w.say(f"said.{_shares(now, before)}", now=told, before=w.measure(before))
    return w.say(f"said.{_middles(now, before)}", now=told, before=w.measure(before))


def named_change(figure: HeadFigure, w: Wording) -> str:
    """The same with the figure's name before it."""
    return w.say("said.of", figure=w.say(f"head.figures.{figure.name}"), said=changed(figure, w))


def _shares(now: Measure, before: Measure) -> str:
    found = difference(now.k or 0, now.n, before.k or 0, before.n)
    if found is None:
        return "few"
    return "more" if found.low > 0 else "less" if found.high < 0 else "same"


def _middles(now: Measure, before: Measure) -> str:
    """Of medians with intervals only such as lie apart are said to differ; others are not tested."""
    if now.value is None or before.value is None:
        return "untested"
    if now.low is None and now.high is None:
        return "untested"
    if now.low is not None and before.high is not None and now.low > before.high:
        return "longer"
    if now.high is not None and before.low is not None and now.high < before.low:
        return "shorter"
    return "same"


def target(measure: Measure, w: Wording) -> str:
    """Whether a rate meets its target: only where the whole interval lies on one side of it."""
    share = f"{100 * w.about.target:g}%"
    if not measure.n:
        return w.say("said.nothing")
    if measure.low is None or measure.high is None or measure.n < w.about.few:
        return w.say("target.few", k=f"{measure.k or 0:,}", n=f"{measure.n:,}", target=share)
    code = "met" if measure.low >= w.about.target else "missed" if measure.high < w.about.target else "open"
    return w.say(
        f"target.{code}", target=share, low=f"{100 * measure.low:.1f}%", high=f"{100 * measure.high:.1f}%"
    )


def variation(chart: ChartTold, w: Wording) -> str:
    """Whether the chart shows more than chance, by the rule that fired last."""
    if chart.kind == Kind.NONE:
        return w.say("variation.none")
    if chart.rule is None:
        return w.say("variation.ordinary")
    # More on-time cases, longer gaps and shorter hours are better.
    better = (chart.side == "above") != (chart.kind == Kind.HOURS)
    return w.say(
        f"variation.{'better' if better else 'worse'}", rule=w.texts.get(f"weekly.rule.{chart.rule}")
    )


def assurance(chart: ChartTold, w: Wording) -> str:
    """What the limits say of the target: reached whatever chance does, never, or now and then."""
    last = chart.points[-1] if chart.points else None
    if chart.kind != Kind.SHARE or last is None or last.low is None or last.high is None:
        return w.say("assurance.not_told")
    goal = w.about.target
    code = "always" if last.low >= goal else "never" if last.high < goal else "sometimes"
    return w.say(f"assurance.{code}", target=f"{100 * goal:g}%")


def funnelled(stations: Sequence[StationRate], w: Wording) -> str:
    """Which stations lie outside what their size alone gives, after all were looked at together."""
    judged = [one for one in stations if one.unit is not None and one.unit.place != "too_few"]
    if len(judged) < 2:
        return w.say("funnel.few")
    out = [one for one in judged if one.unit is not None and one.unit.holds_among_all and _outside(one)]
    if not out:
        return w.say("funnel.within", n=len(judged))
    return w.say("funnel.outside", stations=w.say("join").join(w.station(one.station) for one in out))


def _outside(one: StationRate) -> bool:
    return one.unit is not None and one.unit.place in ("beyond_95", "beyond_998")


def mostly(stages: Sequence[StageShare], w: Wording) -> str:
    """The stage with most of the hours, where it has many of them and the cases are enough."""
    first = max(stages, key=lambda one: one.share or 0.0, default=None)
    if first is None or not first.n:
        return w.say("said.nothing")
    if first.n < w.about.few:
        return w.say("stages.few", n=first.n)
    if (first.share or 0.0) < LARGE:
        return w.say("stages.spread")
    return w.say(
        "stages.mostly",
        stage=w.named("flow.stage", first.stage.value),
        percent=f"{100 * (first.share or 0):.1f}%",
    )


def longest(stages: Sequence[StageShare], w: Wording) -> str:
    """The step whose 90 % quantile is the longest, where enough cases waited for it."""
    enough = [one for one in stages if one.p90 is not None and one.cases >= w.about.few]
    if not enough:
        return w.say("stages.longest_few")
    found = max(enough, key=lambda one: one.p90 or 0.0)
    return w.say(
        "stages.longest",
        stage=w.named("flow.stage", found.stage.value),
        p90=f"{found.p90 or 0:,.1f}",
        n=f"{found.cases:,}",
    )


def piled(test: Bunching, w: Wording) -> str:
    """Whether releases pile up in the two hours before the limit, by the test alone."""
    if test.answer is Answer.TOO_FEW or test.expected is None:
        return w.say("bunching.few", n=test.cases, least=LEAST_CASES)
    return w.say(
        "bunching.piled" if test.answer is Answer.PILED else "bunching.not_shown",
        n=test.observed,
        expected=f"{test.expected:.1f}",
        low=f"{test.expected_low or 0:.1f}",
        high=f"{test.expected_high or 0:.1f}",
        detectable=f"{test.detectable or 0:.1f}",
    )
