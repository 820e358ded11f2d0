"""Items left out: passed over in the middle, or never reached at the end."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examengine.psychometrics.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class Omission:
    """How often one item was left out.

    Attributes:
        presented: Persons presented the item, as a sum of weights.
        omitted: Persons who left it out but answered a later one.
        not_reached: Persons who answered neither it nor anything after it.
    """

    presented: float
    omitted: float
    not_reached: float


def omissions(
    chosen: NDArray[np.str_], codes: Collection[str], weight: FloatArray
) -> tuple[Omission, ...]:
    """Count omitted and not reached answers of every item.

    An answer left out counts as not reached when every later item presented to the person was
    left out as well, and as omitted otherwise.

    Args:
        chosen: Option ids in the order of presentation, shape (n_persons, n_items); empty
            string = not presented.
        codes: Ids that mean "left out", such as "8" or "omit".
        weight: Frequencies, shape (n_persons,).

    Returns:
        One count for each item, in column order.

    References:
        Lord (1974), Journal of Educational Measurement 11, 247–264, for the distinction.
    """
    seen: BoolArray = chosen != ""
    blank: BoolArray = np.isin(chosen, list(codes)) & seen
    answered = seen & ~blank
    later = np.cumsum(answered[:, ::-1], axis=1)[:, ::-1] > 0
    return tuple(
        Omission(
            presented=float(weight @ seen[:, j]),
            omitted=float(weight @ (blank & later)[:, j]),
            not_reached=float(weight @ (blank & ~later)[:, j]),
        )
        for j in range(chosen.shape[1])
    )
