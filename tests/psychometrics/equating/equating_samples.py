"""Two forms with an anchor, simulated once, and tables small enough to check by hand."""

from functools import cache

import numpy as np
from scipy.special import expit

from examengine.psychometrics.equating import ScoreDistribution, ScoreFrequencies
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet


def item(name, model, **values):
    """An item with the logistic model's usual values filled in."""
    filled = {"c": 0.0, "d": 1.0, **values} if "b" in values else values
    return ItemParameters(name, model, filled)


NEW = ParameterSet(
    (
        item("a", "3pl", a=1.2, b=-0.3, c=0.2),
        item("b", "2pl", a=0.9, b=0.5),
        item("c", "gpcm", a=0.8, steps=(-0.4, 0.7)),
        item("d", "grm", a=1.4, thresholds=(-1.0, 0.2, 1.1)),
    ),
    groups=(GroupParameters("weaker", -0.2, 1.1),),
    n_persons=300,
)
OLD = ParameterSet(
    (
        item("a", "3pl", a=1.2, b=-0.3, c=0.2),
        item("e", "3pl", a=1.5, b=0.1, c=0.25),
        item("f", "2pl", a=0.7, b=-1.0),
        item("g", "grm", a=1.1, thresholds=(-0.5, 0.9)),
    ),
    groups=(GroupParameters("stronger", 0.3, 0.9),),
    n_persons=500,
)


def equated(found):
    """The equivalents of a conversion table."""
    return np.array([row.equated for row in found.conversions])


@cache
def two_groups(kind: str, n: int = 800) -> tuple[ScoreFrequencies, ScoreFrequencies]:
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
        tables.append(ScoreFrequencies(counts, kind))
    return tables[0], tables[1]


def right(rng, theta, difficulties):
    """Number right of each person on items of these difficulties."""
    chance = expit(1.2 * (theta[:, np.newaxis] - difficulties))
    return (rng.uniform(size=chance.shape) < chance).sum(axis=1)


def without_anchor(table: ScoreFrequencies) -> ScoreFrequencies:
    """The totals alone."""
    return ScoreFrequencies(table.totals[:, np.newaxis])


def random_distribution(rng, shape, anchor=None, n=500.0) -> ScoreDistribution:
    """Any distribution with some probability everywhere it can be."""
    counts = rng.uniform(0.2, 1.0, size=shape)
    if anchor == "internal":
        total, common = np.indices(shape)
        counts[(total < common) | (total - common > shape[0] - shape[1])] = 0
    return ScoreDistribution(counts / counts.sum(), n, anchor)
