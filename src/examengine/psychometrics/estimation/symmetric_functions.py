"""Elementary symmetric functions: how many ways, and how likely, to reach a sum score.

For one form the conditional likelihood of the Rasch family depends on the sums of category
weights over all ways to a score. They are built item by item; their derivatives come from
the same recursion run backwards, so both cost one pass over the items.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.responses import NOT_PRESENTED, category_sums


@dataclass(frozen=True, slots=True)
class FormCounts:
    """What conditional estimation needs of the persons who were given the same items.

    Attributes:
        items: Columns of the form's items.
        at_score: Number of persons with each sum score, shape (highest + 1,).
        category_sums: For each item of the form, persons in the categories 1 ….
    """

    items: tuple[int, ...]
    at_score: FloatArray
    category_sums: tuple[FloatArray, ...]


def conditional_terms(
    form: FormCounts, intercepts: Sequence[FloatArray]
) -> tuple[FloatArray, list[FloatArray]]:
    """Conditional log-likelihood of one form and its derivatives, at several points at once.

    log L = Σ_jk s_jk c_jk − Σ_r n_r log γ_r(c),  γ_r = Σ_{x: Σx = r} exp(Σ_j c_{j x_j})

    Args:
        form: The persons.
        intercepts: For every item of the test, c_1 … of its categories above 0, shape
            (n_points, n_steps).

    Returns:
        Log-likelihoods, shape (n_points,), and for each item of the form its derivatives by
        c_1 …, shape (n_points, n_steps).

    Notes:
        Category weights of an item are divided by their sum, which keeps γ within range; its
        logarithm is added back.

    References:
        Andersen (1972), Journal of the Royal Statistical Society B 34, 42–54; Verhelst, Glas &
        van der Sluis (1984), Computational Statistics Quarterly 1, for the summation algorithm.
    """
    weights = [_weights(intercepts[item]) for item in form.items]
    sums = [np.ones((len(intercepts[0]), 1))]
    for weight, _ in weights:
        sums.append(_extended(sums[-1], weight))
    observed = form.at_score > 0
    total = float(form.at_score.sum())
    value: FloatArray = -np.log(sums[-1][:, observed]) @ form.at_score[observed]
    back = np.zeros_like(sums[-1])
    back[:, observed] = form.at_score[observed] / sums[-1][:, observed]
    derivatives: list[FloatArray] = []
    for place in reversed(range(len(form.items))):
        weight, scale = weights[place]
        found, item = form.category_sums[place], intercepts[form.items[place]]
        expected, back = _one_back(weight, sums[place], back)
        derivatives.append(found - expected[:, 1:])
        value += item @ found - total * scale
    return value, derivatives[::-1]


def _weights(intercepts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Category weights that sum to 1, and the logarithm of what they were divided by."""
    logs = np.hstack([np.zeros((len(intercepts), 1)), intercepts])
    peak = logs.max(axis=1)
    weight = np.exp(logs - peak[:, np.newaxis])
    total = weight.sum(axis=1)
    return weight / total[:, np.newaxis], peak + np.log(total)


def _extended(sums: FloatArray, weight: FloatArray) -> FloatArray:
    """The sums with one item more."""
    n_points, length = sums.shape
    longer = np.zeros((n_points, length + weight.shape[1] - 1))
    for k in range(weight.shape[1]):
        longer[:, k : k + length] += weight[:, k : k + 1] * sums
    return longer


def _one_back(
    weight: FloatArray, before: FloatArray, back: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Expected persons in each category of an item, and the derivatives by the sums before it."""
    length = before.shape[1]
    expected = np.empty_like(weight)
    earlier = np.zeros_like(before)
    for k in range(weight.shape[1]):
        reach = back[:, k : k + length]
        expected[:, k] = weight[:, k] * np.einsum("pr,pr->p", reach, before)
        earlier += weight[:, k : k + 1] * reach
    return expected, earlier


def count_forms(
    scores: npt.NDArray[np.int8], weight: FloatArray, max_scores: IntArray
) -> tuple[FormCounts, ...]:
    """The persons of a response matrix by form.

    Args:
        scores: Item scores, shape (n_persons, n_items); −1 not presented.
        weight: Frequency of each person, shape (n_persons,).
        max_scores: Highest score of each item, shape (n_items,).

    Returns:
        One entry per distinct set of items. Zero and perfect scores count nothing: given the
        sum their answers are certain.
    """
    presented = scores != NOT_PRESENTED
    if presented.all():
        return (_form(scores, weight, max_scores, np.arange(len(max_scores))),)
    packed = np.packbits(presented, axis=1)
    forms, form = np.unique(packed, axis=0, return_inverse=True)
    order = np.argsort(form.reshape(-1), kind="stable")
    ends = np.cumsum(np.bincount(form.reshape(-1)))
    together = np.split(order, ends[:-1])
    columns = [np.flatnonzero(np.unpackbits(bits, count=len(max_scores))) for bits in forms]
    return tuple(
        _form(scores[np.ix_(rows, mine)], weight[rows], max_scores, mine)
        for rows, mine in zip(together, columns, strict=True)
        if len(mine)
    )


def _form(
    given: npt.NDArray[np.int8], weight: FloatArray, max_scores: IntArray, columns: IntArray
) -> FormCounts:
    """The counts of persons who were all given the same items, and only those."""
    best = max_scores[columns]
    raw = given.sum(axis=1, dtype=np.int64)
    # Persons with all or nothing keep their row and lose their weight.
    telling = np.where((raw > 0) & (raw < best.sum()), weight, 0.0)
    sums = category_sums(given, int(best.max()) + 1, telling)
    return FormCounts(
        items=tuple(columns.tolist()),
        at_score=np.bincount(raw, telling, minlength=int(best.sum()) + 1).astype(np.float64),
        category_sums=tuple(sums[place, 1 : top + 1] for place, top in enumerate(best.tolist())),
    )
