"""Two forms with an anchor, simulated once, and tables small enough to check by hand."""

from functools import cache

import numpy as np
from scipy.special import expit

from examengine.psychometrics.equating import ScoreDistribution, ScoreTable


@cache
def two_groups(kind: str, n: int = 800) -> tuple[ScoreTable, ScoreTable]:
    """A weaker group on a harder new form and a stronger group on the old one, ten common items."""
    rng = np.random.default_rng(3)
    anchor = np.linspace(-1.2, 1.2, 10)
    tables = []
    for difficulty, ability in ((0.2, -0.2), (0.0, 0.2)):
        theta = rng.normal(ability, 1, n)
        own = right(rng, theta, np.linspace(-1.5, 1.5, 20) + difficulty)
        common = right(rng, theta, anchor)
        total = own + common if kind == "internal" else own
        counts = np.zeros((31 if kind == "internal" else 21, 11))
        np.add.at(counts, (total, common), 1.0)
        tables.append(ScoreTable(counts, kind))
    return tables[0], tables[1]


def right(rng, theta, difficulties):
    """Number right of each person on items of these difficulties."""
    chance = expit(1.2 * (theta[:, np.newaxis] - difficulties))
    return (rng.uniform(size=chance.shape) < chance).sum(axis=1)


def without_anchor(table: ScoreTable) -> ScoreTable:
    """The totals alone."""
    return ScoreTable(table.totals[:, np.newaxis])


def random_distribution(rng, shape, anchor=None, n=500.0) -> ScoreDistribution:
    """Any distribution with some probability everywhere it can be."""
    counts = rng.uniform(0.2, 1.0, size=shape)
    if anchor == "internal":
        total, common = np.indices(shape)
        counts[(total < common) | (total - common > shape[0] - shape[1])] = 0
    return ScoreDistribution(counts / counts.sum(), n, anchor)
