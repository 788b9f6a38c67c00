"""What a station, a team or an officer adds to where fines lie in their band, once the facts of the cases are
accounted for; and what the facts themselves add.

The facts' part is estimated within cells of like cases of one unit, so that a strict unit with heavier trucks
is not taken for the trucks. A unit is then held against the middle unit (median), with its own spread: units
whose fines scatter more need more to stand out. False discoveries are controlled over all units looked at.
Sources: the within estimator and its cluster-robust variance, J. M. Wooldridge, Econometric Analysis of Cross
Section and Panel Data (2010), ch. 10; unequal spreads, B. L. Welch, Biometrika 34 (1947); Benjamini and
Hochberg (1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING

from monitor.metrics.funnel import TOO_FEW, Place, adjusted, p_value, place_of

if TYPE_CHECKING:
    import numpy as np

    from monitor.metrics.like_cells import Cells

RATE = 0.05
"""Of those said to stand out, the share that may do so by chance."""
PRIOR = 4.0
"""Degrees of freedom by which a unit's own spread leans on that of all, so that a dozen equal fines are not
taken for certainty; G. K. Smyth, Statistical Applications in Genetics and Molecular Biology 3 (2004)."""
SHARE = 0.05
"""Of the band: an effect smaller than this is not told even where it is certain."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The part of each fact (of the band, per unit of the fact) with its standard error; `variance` is that
    of what is left, `cov` of the parts. A fact that never differs within a cell has None."""

    parts: np.ndarray
    errors: np.ndarray
    estimable: np.ndarray
    variance: float
    cov: np.ndarray


@dataclass(frozen=True, slots=True)
class Effect:
    """A unit held against the middle unit: `effect` of the band (+0.1: a tenth higher), its 95 % interval and
    `spread`, the standard deviation of its own fines; `adjusted` is the p-value after control of false
    discoveries. None where the unit is below the minimum size or compared with nobody."""

    unit: tuple[str, ...]
    n: int
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    adjusted: float | None = None
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """k of n of a unit beside what its mix of like cases would give, and its place in the exact funnel."""

    unit: tuple[str, ...]
    k: int
    n: int
    expected: float | None
    place: Place
    stands_out: bool


def fit(cells: Cells) -> Fit:
    """The facts' parts within cells."""
    import numpy as np

    sxx, sxy, syy, at = _centred(cells)
    total, right = sxx.sum(axis=0), sxy.sum(axis=0)
    scale = np.sqrt(np.clip(np.diag(total), 0, None))
    free = cells.free[at]
    estimable = scale > 1e-9 * max(1.0, float(free.sum()))
    inner = np.where(estimable, scale, 1.0)
    root = np.linalg.pinv(total / np.outer(inner, inner), rcond=1e-8) / np.outer(inner, inner)
    root[~estimable], root[:, ~estimable] = 0.0, 0.0
    parts = root @ right
    left = float((syy - 2 * sxy @ parts + np.einsum("i,cij,j->c", parts, sxx, parts)).sum())
    freedom = max(1.0, float(free.sum()) - len(free) - int(estimable.sum()))
    variance = max(0.0, left) / freedom
    scores = sxy - sxx @ parts
    groups = max(2, len(free))
    robust = root @ (scores.T @ scores) @ root * groups / (groups - 1)
    plain = variance * root
    errors = np.sqrt(np.maximum(np.clip(np.diag(robust), 0, None), np.clip(np.diag(plain), 0, None)))
    return Fit(parts, errors, estimable, variance, plain)


def _centred(cells: Cells) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sums of squares and products around each cell's mean, of cells with room; and which those are."""
    import numpy as np

    at = np.flatnonzero(cells.free > 0)
    n, x, y = cells.free[at], cells.x[at], cells.y[at]
    sxx = cells.xx[at] - np.einsum("ci,cj->cij", x, x) / n[:, None, None]
    sxy = cells.xy[at] - x * (y / n)[:, None]
    return sxx, sxy, np.clip(cells.yy[at] - y * y / n, 0, None), at


def effects(cells: Cells, least: int = TOO_FEW) -> list[Effect]:
    """Every unit, in the order of its names. Like cases that one unit alone decided compare nobody."""
    import numpy as np
    from scipy.stats import t as student

    units = sorted(set(cells.unit))
    fitted = fit(cells)
    sxx, sxy, syy, at = _centred(cells)
    shared = _shared(cells, at)
    at, sxx, sxy, syy = at[shared], sxx[shared], sxy[shared], syy[shared]
    n, left = cells.free[at], cells.y[at] - cells.x[at] @ fitted.parts
    group = _numbered([cells.alike[place] for place in at])
    of_group, in_group = np.bincount(group, left), np.bincount(group, n)
    x_of_group = np.zeros((len(in_group), cells.x.shape[1]))
    np.add.at(x_of_group, group, cells.x[at])
    beyond = left - n * (of_group / np.maximum(in_group, 1))[group]
    x_beyond = cells.x[at] - n[:, None] * (x_of_group / np.maximum(in_group, 1)[:, None])[group]
    scatter = np.clip(
        syy - 2 * sxy @ fitted.parts + np.einsum("i,cij,j->c", fitted.parts, sxx, fitted.parts), 0, None
    )
    unit = _places(units, [cells.unit[place] for place in at])
    size = len(units)
    of = {
        name: np.bincount(unit, values, size)
        for name, values in (("n", n), ("beyond", beyond), ("scatter", scatter), ("cells", np.ones(len(at))))
    }
    moved = np.zeros((size, cells.x.shape[1]))
    np.add.at(moved, unit, x_beyond)
    freedom = of["n"] - of["cells"]
    judged = np.flatnonzero((of["n"] >= least) & (freedom >= least // 2))
    if len(judged) < 2:
        return [Effect(name, int(of["n"][place])) for place, name in enumerate(units)]
    count = of["n"][judged]
    mean = of["beyond"][judged] / count
    own = of["scatter"][judged] / freedom[judged]
    leaning = (of["scatter"][judged] + PRIOR * fitted.variance) / (freedom[judged] + PRIOR)
    shift = moved[judged] / count[:, None]
    of_fit = np.einsum("ui,ij,uj->u", shift, fitted.cov, shift)
    error2 = np.maximum(own, leaning) / count + np.clip(of_fit, 0, None) + 1e-12
    middle = float(np.median(mean))
    of_middle = pi / 2 / float((1 / error2).sum())
    error = np.sqrt(error2 + of_middle)
    p = 2 * student.sf(np.abs(mean - middle) / error, freedom[judged])
    corrected = adjusted([float(one) for one in p])
    reach = student.ppf(0.975, freedom[judged]) * error
    told = {}
    for where, place in enumerate(judged):
        effect = float(mean[where] - middle)
        told[int(place)] = Effect(
            units[place], int(count[where]), effect, effect - float(reach[where]),
            effect + float(reach[where]), sqrt(float(own[where])), corrected[where],
            corrected[where] <= RATE and abs(effect) >= SHARE,
        )  # fmt: skip
    return [told.get(place, Effect(name, int(of["n"][place]))) for place, name in enumerate(units)]


def shares(cells: Cells, kind: str, least: int = TOO_FEW) -> list[Share]:
    """Of each unit the share `outside` the band of all held against one, or `above_middle` of those inside a
    band with room, in the order of names."""
    import numpy as np

    ks, ns = (cells.outside, cells.n) if kind == "outside" else (cells.above_middle, cells.free)
    group = _numbered(cells.alike)
    at = np.maximum(np.bincount(group, ns), 1)
    wanted = (np.bincount(group, ks) / at)[group] * ns
    units = sorted(set(cells.unit))
    unit = _places(units, cells.unit)
    k, n, expected = (np.bincount(unit, values, len(units)) for values in (ks, ns, wanted))
    judged = [place for place in range(len(units)) if n[place] >= least]
    ps = {place: p_value(int(k[place]), int(n[place]), expected[place] / n[place]) for place in judged}
    holds = dict(zip(judged, adjusted(list(ps.values())), strict=True))
    found = []
    for place, name in enumerate(units):
        few = place not in ps
        size, target = int(n[place]), None if not n[place] else float(expected[place] / n[place])
        where = Place.TOO_FEW if few or target is None else place_of(float(k[place]) / size, size, target)
        found.append(
            Share(name, int(k[place]), size, None if few else target, where, holds.get(place, 1.0) <= RATE)
        )
    return found


def _shared(cells: Cells, at: np.ndarray) -> np.ndarray:
    """Which of the cells are of like cases that more than one unit decided."""
    import numpy as np

    deciding: dict[str, set[tuple[str, ...]]] = {}
    for place in at:
        deciding.setdefault(cells.alike[place], set()).add(cells.unit[place])
    return np.array([len(deciding[cells.alike[place]]) > 1 for place in at], bool)


def _numbered(names: Sequence[str]) -> np.ndarray:
    import numpy as np

    found: dict[str, int] = {}
    return np.array([found.setdefault(name, len(found)) for name in names], int)


def _places(units: Sequence[tuple[str, ...]], names: Sequence[tuple[str, ...]]) -> np.ndarray:
    import numpy as np

    at = {name: place for place, name in enumerate(units)}
    return np.array([at[name] for name in names], int)
