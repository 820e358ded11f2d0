"""Prior distributions on item parameters, and what they add to the log-posterior.

A prior speaks about a parameter as people read it: a, b (also thresholds and steps), c, d,
or logit_c. It enters the log-posterior as its log density at that parameter; there is no
Jacobian, so the mode is the mode in the parameter named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, lgamma, log, pi
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import ItemBatch
from examengine.psychometrics.models._contract import ItemModel
from examengine.psychometrics.refusals import CannotCalibrate, refuse


class Prior(Protocol):
    """The log density of one parameter with its first two derivatives."""

    def log_density(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log density, first and second derivative at x; −inf outside the support."""


@dataclass(frozen=True, slots=True)
class NormalPrior:
    """A normal density: log p = −½ ((x − mean) / sd)² − log sd − ½ log 2π."""

    mean: float
    sd: float

    def log_density(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log density, first and second derivative at x."""
        u = (x - self.mean) / self.sd
        value = -0.5 * u**2 - log(self.sd) - 0.5 * log(2.0 * pi)
        return value, -u / self.sd, np.full_like(u, -1.0 / self.sd**2)


@dataclass(frozen=True, slots=True)
class LognormalPrior:
    """A lognormal density; mean and sd are those of log x."""

    mean: float
    sd: float

    def log_density(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log density, first and second derivative at x; −inf where x ≤ 0."""
        inside = x > 0
        safe = np.where(inside, x, 1.0)
        u = (np.log(safe) - self.mean) / self.sd
        value = -0.5 * u**2 - np.log(safe) - log(self.sd) - 0.5 * log(2.0 * pi)
        first = -(u / self.sd + 1.0) / safe
        second = (u / self.sd + 1.0 - 1.0 / self.sd**2) / safe**2
        return np.where(inside, value, -np.inf), first, second


@dataclass(frozen=True, slots=True)
class BetaPrior:
    """A beta density on (0, 1)."""

    alpha: float
    beta: float

    def log_density(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log density, first and second derivative at x; −inf outside (0, 1)."""
        inside = (x > 0) & (x < 1)
        safe = np.where(inside, x, 0.5)
        constant = lgamma(self.alpha + self.beta) - lgamma(self.alpha) - lgamma(self.beta)
        low, high = self.alpha - 1.0, self.beta - 1.0
        value = constant + low * np.log(safe) + high * np.log1p(-safe)
        first = low / safe - high / (1.0 - safe)
        second = -low / safe**2 - high / (1.0 - safe) ** 2
        return np.where(inside, value, -np.inf), first, second


# What a distribution is called in a file, and the numbers it needs.
DISTRIBUTIONS: Mapping[str, tuple[type[Any], tuple[str, str]]] = {
    "normal": (NormalPrior, ("mean", "sd")),
    "lognormal": (LognormalPrior, ("mean", "sd")),
    "beta": (BetaPrior, ("alpha", "beta")),
}
PARAMETERS = ("a", "b", "c", "d", "logit_c")
# A prior on b also speaks about the locations of the steps of an item.
SPEAKS_OF = {"a": ("a",), "b": ("b", "thresholds", "steps"), "c": ("c",), "d": ("d",)}
GUESSING_PRIORS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "a": {"distribution": "lognormal", "mean": 0.0, "sd": 0.5},
        "c": {"distribution": "beta", "alpha": 5, "beta": 17},
    }
)
"""What the 3PL needs where nothing better is known: guessing is hardly told from difficulty."""


@dataclass(frozen=True, slots=True)
class Priors:
    """The priors of a calibration.

    Attributes:
        general: Prior of each named parameter, for every item that has it.
        by_item: Priors of single items, which replace the general one.
        source: The priors as they were given, for the record.

    Examples:
        >>> priors = Priors.from_mapping({"c": {"distribution": "beta", "alpha": 5, "beta": 17}})
        >>> sorted(priors.general)
        ['c']
    """

    general: Mapping[str, Prior] = field(default_factory=dict)
    by_item: Mapping[str, Mapping[str, Prior]] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any]) -> "Priors":
        """Priors from a TOML table: one table per parameter, and `items.ID.parameter`.

        Raises:
            CannotCalibrate: An unknown parameter or distribution, or a number that is missing
                or not positive where it has to be; one sentence per fault.
        """
        per_item = table.get("items", {})
        general = {name: entry for name, entry in table.items() if name != "items"}
        faults = [*_faults(general, "")]
        for item_id, entries in per_item.items():
            faults += _faults(entries, f"item {item_id!r}: ")
        refuse(CannotCalibrate, faults)
        return cls(
            {name: _prior(entry) for name, entry in general.items()},
            {
                item_id: {name: _prior(entry) for name, entry in entries.items()}
                for item_id, entries in per_item.items()
            },
            table,
        )

    def of(self, item_id: str) -> Mapping[str, Prior]:
        """The priors that hold for one item, by parameter."""
        own = self.by_item.get(item_id, {})
        general = {
            name: prior
            for name, prior in self.general.items()
            # c and logit_c are one parameter: an item's own prior on either replaces both.
            if not (name in ("c", "logit_c") and {"c", "logit_c"} & own.keys())
        }
        return {**general, **own}


def reported_names(name: str) -> tuple[str, ...]:
    """What the parameters that a prior of that name is on are called in files."""
    return ("c",) if name == "logit_c" else SPEAKS_OF[name]


def _prior(entry: Mapping[str, Any]) -> Prior:
    """The distribution that an entry describes."""
    kind, names = DISTRIBUTIONS[entry["distribution"]]
    prior: Prior = kind(*(float(entry[name]) for name in names))
    return prior


def _faults(entries: Mapping[str, Any], where: str) -> Iterator[str]:
    """One sentence for each prior that cannot be used."""
    if {"c", "logit_c"} <= entries.keys():
        yield f"{where}c and logit_c are one parameter; a prior on one of them is needed"
    for name, entry in entries.items():
        if name not in PARAMETERS:
            yield f"{where}prior on {name!r}: one of {', '.join(PARAMETERS)} is needed"
        elif not isinstance(entry, Mapping) or entry.get("distribution") not in DISTRIBUTIONS:
            yield f"{where}prior on {name}: distribution must be {', '.join(DISTRIBUTIONS)}"
        else:
            yield from _number_faults(entry, f"{where}prior on {name}: ")


def _number_faults(entry: Mapping[str, Any], where: str) -> Iterator[str]:
    """One sentence for each number of a prior that is missing or out of range."""
    for number in DISTRIBUTIONS[entry["distribution"]][1]:
        value = entry.get(number)
        if not isinstance(value, int | float) or not isfinite(value):
            yield f"{where}{number} is {value!r}; a number is needed"
        elif number != "mean" and value <= 0:
            yield f"{where}{number} is {value}; it must be above 0"


@dataclass(frozen=True, slots=True)
class PriorTerm:
    """One prior on one reported parameter of some items of a batch.

    Attributes:
        batch: Index of the batch.
        rows: The items within it.
        column: Column of the parameter in the report of the model.
        logit: Whether the prior speaks about the logit of the parameter.
        prior: The density.
    """

    batch: int
    rows: tuple[int, ...]
    column: int
    logit: bool
    prior: Prior


@dataclass(frozen=True, slots=True)
class PriorSum:
    """Log prior of all items with derivatives by the coordinates of each batch.

    Attributes:
        value: Sum of the log densities.
        gradients: For each batch, shape (n_batch, n_parameters).
        curvatures: For each batch, the part of −∂² that is never negative, shape
            (n_batch, n_parameters, n_parameters).
    """

    value: float
    gradients: tuple[FloatArray, ...]
    curvatures: tuple[FloatArray, ...]


def prior_terms(
    priors: Priors, batches: Sequence[ItemBatch], item_ids: Sequence[str], fixed: Sequence[bool]
) -> tuple[PriorTerm, ...]:
    """The priors of a test, one term for each batch, parameter and density.

    What items share is one parameter, so a prior speaks of it once.

    Args:
        priors: The priors by name and by item.
        batches: The items of the test.
        item_ids: Their names.
        fixed: Which items are anchored and need no prior.

    Returns:
        The terms; empty when no prior speaks of a parameter that is estimated.

    Raises:
        CannotCalibrate: Items have different priors on what they share.
    """
    found: dict[tuple[int, int, bool, Prior], list[int]] = {}
    for index, batch in enumerate(batches):
        for row, column in enumerate(batch.columns):
            if fixed[column]:
                continue
            for name, prior in priors.of(item_ids[column]).items():
                for place in _columns(batch.model, batch.n_categories, name):
                    found.setdefault((index, place, name == "logit_c", prior), []).append(row)
    for index, batch in enumerate(batches):
        anchored = any(fixed[column] for column in batch.columns)
        for place in _shared_columns(batch):
            _say_once(found, index, place, anchored=anchored)
    return tuple(
        PriorTerm(index, tuple(rows), place, logit, prior)
        for (index, place, logit, prior), rows in found.items()
    )


def _shared_columns(batch: ItemBatch) -> list[int]:
    """Columns of a batch's report that depend on nothing but what its items share."""
    shared = batch.model.shared(batch.n_categories)
    by = batch.model.report_jacobian(batch.params)
    own = [place for place in range(batch.params.shape[1]) if place not in shared]
    return [
        column
        for column in range(by.shape[1])
        if shared and by[:, column].any() and not by[:, column][:, own].any()
    ]


def _say_once(
    found: dict[tuple[int, int, bool, Prior], list[int]], index: int, place: int, *, anchored: bool
) -> None:
    """Leave one item to speak for what all items of a batch share; none when anchors know it.

    Raises:
        CannotCalibrate: Items have different priors on it.
    """
    mine = [key for key in found if key[:2] == (index, place)]
    if len(mine) > 1:
        raise CannotCalibrate(
            ["items have different priors on a parameter that all of them share; give one"]
        )
    for key in mine:
        found[key] = found[key][:1]
        if anchored:
            del found[key]


def _columns(model: ItemModel, n_categories: int, name: str) -> list[int]:
    """Columns of the model's report that a prior on `name` speaks of."""
    spoken = reported_names(name)
    reported = model.reported_names(n_categories)
    return [column for column, found in enumerate(reported) if found in spoken]


def add_priors(
    terms: Sequence[PriorTerm], batches: Sequence[ItemBatch], params: Sequence[FloatArray]
) -> PriorSum:
    """Log prior, gradient and curvature at some coordinates.

    Args:
        terms: The priors.
        batches: The items.
        params: Coordinates of each batch, shape (n_batch, n_parameters).

    Returns:
        The sums, zero for coordinates without a prior.
    """
    value = 0.0
    gradients = [np.zeros_like(part) for part in params]
    curvatures = [np.zeros((*part.shape, part.shape[1])) for part in params]
    for term in terms:
        rows = np.array(term.rows)
        model, mine = batches[term.batch].model, params[term.batch][rows]
        x = model.report(mine)[:, term.column]
        by = model.report_jacobian(mine)[:, term.column]
        if term.logit:
            by = by / (x * (1.0 - x))[:, np.newaxis]
            x = np.log(x) - np.log1p(-x)
        density, first, second = term.prior.log_density(x)
        value += float(density.sum())
        np.add.at(gradients[term.batch], rows, first[:, np.newaxis] * by)
        bend = np.maximum(-second, 0.0)[:, np.newaxis, np.newaxis]
        np.add.at(curvatures[term.batch], rows, bend * by[:, :, np.newaxis] * by[:, np.newaxis])
    return PriorSum(value, tuple(gradients), tuple(curvatures))
