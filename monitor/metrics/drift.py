"""Whether the place of fines in their band moved with time: change points of the months, and rule changes.

The change point is where the sum of what lies beyond the mean is farthest from zero (CUSUM). Its p-value is
that of the highest place of a Brownian bridge; looked at month by month it is met less often than stated, so
that no more than the stated 5 % of series without a change show one. A part on either side is looked at
again. Source: W. Ploberger and W. Krämer, The CUSUM test with OLS residuals, Econometrica 60 (1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from monitor.metrics.like_cells import Cells
    from monitor.metrics.unit_effects import Fit

LEVEL = 0.05
LEAST_MONTHS = 4
SHARE = 0.05
"""Of the band: a smaller move is not told."""


@dataclass(frozen=True, slots=True)
class Change:
    """Fines of like cases lie `effect` of the band higher from `month` on than before; 95 % interval. n cases
    before and after. `p` of the search for it, over all series looked at."""

    series: str
    month: str
    before: int
    after: int
    effect: float
    low: float
    high: float
    p: float


def changes(cells: Cells, fitted: Fit, least: int) -> list[Change]:
    """Change points by authority, in the order of time; `cells` by month."""
    series: dict[str, list[int]] = {}
    for place, alike in enumerate(cells.alike):
        if cells.free[place] > 0:
            series.setdefault(alike.partition("|")[0], []).append(place)
    found = [
        change
        for name, places in sorted(series.items())
        for change in _searched(cells, fitted, name, places, least, max(1, len(series)))
    ]
    return sorted(found, key=lambda one: (one.series, one.month))


def _searched(
    cells: Cells, fitted: Fit, name: str, places: Sequence[int], least: int, of: int
) -> Iterator[Change]:
    import numpy as np
    from scipy.special import kolmogorov

    months = sorted({cells.unit[place][0] for place in places})
    if len(months) < LEAST_MONTHS:
        return
    n, beyond, scatter, freedom = _by_month(cells, fitted, places, months)
    sigma = sqrt(scatter / freedom) if freedom > 0 else 0.0
    if sigma <= 0:
        return
    before = np.cumsum(n)
    enough = (before >= least) & (n.sum() - before >= least)
    walk = np.where(enough, np.abs(np.cumsum(beyond)), 0.0)
    at = int(walk.argmax())
    p = min(1.0, of * float(kolmogorov(walk[at] / (sigma * sqrt(n.sum())))))
    if p > LEVEL or not enough[at]:
        return
    early, late = float(before[at]), float(n.sum() - before[at])
    effect = float(beyond[at + 1 :].sum()) / late - float(beyond[: at + 1].sum()) / early
    reach = 1.959963984540054 * sigma * sqrt(1 / early + 1 / late)
    split = months[at + 1]
    if abs(effect) >= SHARE:
        yield Change(name, split, int(early), int(late), effect, effect - reach, effect + reach, p)
        for part in (
            [place for place in places if cells.unit[place][0] < split],
            [place for place in places if cells.unit[place][0] >= split],
        ):
            yield from _searched(cells, fitted, name, part, least, of)


def _by_month(
    cells: Cells, fitted: Fit, places: Sequence[int], months: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Cases by month, what lies beyond the mean of their like cases, and the scatter within months."""
    import numpy as np

    kinds: dict[str, int] = {}
    kind = np.array([kinds.setdefault(cells.alike[place], len(kinds)) for place in places], int)
    at = np.array([months.index(cells.unit[place][0]) for place in places], int)
    some = np.array(places, int)
    n, y, x = cells.free[some], cells.y[some], cells.x[some]
    left = y - x @ fitted.parts
    mean = np.bincount(kind, left) / np.bincount(kind, n)
    sxx = cells.xx[some] - np.einsum("ci,cj->cij", x, x) / n[:, None, None]
    sxy = cells.xy[some] - x * (y / n)[:, None]
    scatter = np.clip(cells.yy[some] - y * y / n, 0, None) - 2 * sxy @ fitted.parts
    scatter = scatter + np.einsum("i,cij,j->c", fitted.parts, sxx, fitted.parts)
    beyond = np.bincount(at, left - n * mean[kind], len(months))
    return np.bincount(at, n, len(months)), beyond, float(scatter.sum()), float(n.sum() - len(n))


def rule_changes(cells: Cells, fitted: Fit, least: int) -> list[Change]:
    """Like cases before and after a version of their rule set took over: by how much fines moved in their
    band. Each is held on its own; `p` are adjusted over all of them."""
    from math import erfc

    from monitor.metrics.funnel import adjusted

    sums: dict[tuple[str, str], dict[str, list[float]]] = {}
    for place, alike in enumerate(cells.alike):
        authority, rules, tiers = alike.split("|", 2)
        name, _, version = rules.partition("@")
        if cells.free[place] > 0 and version and "+" not in rules:
            left = float(cells.y[place] - cells.x[place] @ fitted.parts)
            some = sums.setdefault((f"{authority}|{name}", tiers), {}).setdefault(version, [0.0, 0.0])
            some[0] += float(cells.free[place])
            some[1] += left
    found = []
    for (series, tiers), versions in sorted(sums.items()):
        for old, new in zip(sorted(versions), sorted(versions)[1:], strict=False):
            (n, before), (m, after) = versions[old], versions[new]
            if min(n, m) < least:
                continue
            effect = after / m - before / n
            error = sqrt(fitted.variance * (1 / n + 1 / m))
            p = erfc(abs(effect) / error / sqrt(2)) if error > 0 else 1.0
            reach = 1.959963984540054 * error
            found.append(
                Change(f"{series}|{tiers}", new, int(n), int(m), effect, effect - reach, effect + reach, p)
            )
    corrected = adjusted([one.p for one in found])
    return [replace(one, p=p) for one, p in zip(found, corrected, strict=True)]
