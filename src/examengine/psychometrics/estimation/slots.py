"""Where estimates stand in the vector of free parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray

# The slot of what is not free.
FIXED = -1
NOTHING: Mapping[str, FloatArray] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ParameterSlots:
    """Where each estimate stands among the free parameters of a calibration; −1 where fixed.

    Attributes:
        items: For each item the slots of its coordinates, shape (n_parameters,).
        groups: For each group the slots of mean, log deviation and shape, shape (n_latent,).
    """

    items: Mapping[str, IntArray]
    groups: Mapping[str, IntArray]

    def by_estimates(
        self,
        n_free: int,
        items: Mapping[str, FloatArray],
        groups: Mapping[str, FloatArray] = NOTHING,
    ) -> FloatArray:
        """Derivatives by the free parameters, from those by items and groups.

        Args:
            n_free: Number of free parameters.
            items: Derivatives by the coordinates of each item, each of shape (n, n_parameters).
            groups: Derivatives by mean, log deviation and shape of each group, each of shape (n,
                n_latent).

        Returns:
            Shape (n, n_free); what is shared adds up, and what is fixed is left out.
        """
        places = [(self.items[name], change) for name, change in items.items()]
        places += [(self.groups[name], change) for name, change in groups.items()]
        found = np.zeros((len(places[0][1]), n_free))
        for slots, change in places:
            for slot, column in zip(slots, change.T, strict=True):
                if slot != FIXED:
                    found[:, slot] += column
        return found
