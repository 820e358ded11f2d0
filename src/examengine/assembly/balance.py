"""In what forms should be alike, and how far apart they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.assembly.blueprint import Blueprint, PoolItem
from examengine.psychometrics.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Balance:
    """The attributes in which parallel forms should be alike, each as a share of a typical form.

    A typical form has as much of an attribute as `length` items drawn from the pool would have on
    average, so that 0.01 is one percent whatever the unit.

    Attributes:
        measured: Expected time, and information at each ability, shape (n_items, n_measured).
        counted: Levels, shape (n_items, n_levels); forms can be equal in them, or differ by the
            share of a whole item.
    """

    measured: FloatArray
    counted: FloatArray

    @property
    def shares(self) -> FloatArray:
        """Return all attributes, shape (n_items, n_measured + n_levels)."""
        return np.hstack([self.measured, self.counted])

    def over(self, items: IntArray) -> "Balance":
        """Return the same attributes of some of the items only."""
        return Balance(self.measured[items], self.counted[items])

    def difference(self, unique: Sequence[IntArray]) -> float:
        """Return the largest difference between two forms in any attribute.

        Args:
            unique: The items of each form that are not common to all, by their place in the pool.
        """
        shares = self.shares
        sums = np.array([shares[form].sum(axis=0) for form in unique])
        return float(np.ptp(sums, axis=0).max()) if sums.size else 0.0


def balance_of(items: Sequence[PoolItem], blueprint: Blueprint) -> Balance:
    """Return what forms from this pool are balanced on.

    Information counts once every item of the pool has it: a form with items that were never
    calibrated has no information to compare.
    """
    measured: list[Sequence[float]] = [[item.seconds for item in items]]
    if all(len(item.information) == len(blueprint.thetas) for item in items):
        measured += [[item.information[k] for item in items] for k in range(len(blueprint.thetas))]
    levels = sorted({item.level for item in items})
    counted = [[float(item.level == level) for item in items] for level in levels]
    return Balance(_shares(measured, blueprint.length), _shares(counted, blueprint.length))


def _shares(attributes: Sequence[Sequence[float]], length: int) -> FloatArray:
    """Return attributes as shares of a typical form; what no item has is left out."""
    values = np.array(attributes, dtype=float).T
    typical = values.mean(axis=0) * length
    shares: FloatArray = values[:, typical > 0] / typical[typical > 0]
    return shares
