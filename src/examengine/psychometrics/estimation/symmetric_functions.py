"""Elementary symmetric functions: how many ways, and how likely, to reach a sum score.

For one form the conditional likelihood of the Rasch family depends on the sums of category
weights over all ways to a score. They are built item by item; their derivatives come from
the same recursion run backwards, so both cost one pass over the items.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray, IntArray


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
    scores: IntArray, weight: FloatArray, max_scores: IntArray
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
    packed = np.packbits(scores >= 0, axis=1)
    together: dict[bytes, list[int]] = {}
    for row, bits in enumerate(packed):
        together.setdefault(bits.tobytes(), []).append(row)
    return tuple(
        _form(scores[rows], weight[rows], max_scores)
        for rows in together.values()
        if (scores[rows[0]] >= 0).any()
    )


def _form(scores: IntArray, weight: FloatArray, max_scores: IntArray) -> FormCounts:
    """The counts of persons who were all given the same items."""
    columns = np.flatnonzero(scores[0] >= 0)
    given = scores[:, columns].astype(np.int64)
    highest = int(max_scores[columns].sum())
    raw = given.sum(axis=1)
    telling = (raw > 0) & (raw < highest)
    given, weight, raw = given[telling], weight[telling], raw[telling]
    return FormCounts(
        items=tuple(columns.tolist()),
        at_score=np.bincount(raw, weight, minlength=highest + 1).astype(np.float64),
        category_sums=tuple(
            _category_sums(given[:, place], weight, int(max_scores[column]))
            for place, column in enumerate(columns)
        ),
    )


def _category_sums(scores: IntArray, weight: FloatArray, highest: int) -> FloatArray:
    """Number of persons in the categories 1 … of one item."""
    return np.bincount(scores, weight, minlength=highest + 1)[1:].astype(np.float64)
