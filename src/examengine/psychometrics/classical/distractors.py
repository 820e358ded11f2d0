"""What each option of an item attracted, and whom.

A working distractor draws weak candidates: its share falls from the lowest score group to the
highest and its correlation with the rest score is negative. A key that does not behave so is
the first sign of a wrong key.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.classical.discrimination import point_biserial
from examengine.psychometrics.classical.moments import mean

NONE_PRESENTED = ""


@dataclass(frozen=True, slots=True)
class OptionStatistics:
    """One option of one item.

    Attributes:
        option: The option's id.
        is_key: Whether choosing it is right.
        n: Persons who chose it, as a sum of weights.
        p: Share of those presented the item who chose it.
        total_r: Point-biserial of choosing it with the total score.
        rest_r: Point-biserial of choosing it with the total of the other items.
        mean_total: Mean total of those who chose it, as a share of the points; nan for none.
        group_p: Share choosing it in each score group, lowest group first.
    """

    option: str
    is_key: bool
    n: float
    p: float
    total_r: float
    rest_r: float
    mean_total: float
    group_p: tuple[float, ...]


def score_groups(total: FloatArray, weight: FloatArray, n_groups: int = 5) -> NDArray[np.intp]:
    """Split persons into groups of about equal size by total; equal totals stay together.

    Borders are the quantiles (i / n_groups, linear interpolation) of the mid-ranks of the
    totals; a group holds its upper border.

    Args:
        total: Shape (n,), finite.
        weight: Frequencies, shape (n,).
        n_groups: Number of groups, at least 2.

    Returns:
        Shape (n,), 0 = lowest group. With few distinct totals a group can be empty.

    Raises:
        ValueError: Fewer than two groups were asked for.
    """
    if n_groups < 2:
        raise ValueError(f"{n_groups} score groups; compare at least two")
    levels, level_of = np.unique(total, return_inverse=True)
    mass = np.bincount(level_of, weights=weight, minlength=levels.size)
    mid_rank = np.cumsum(mass) - (mass - 1) / 2
    # A row of weight 3 stands for three equal rows, so quantiles are read off the repeated ranks.
    place = np.arange(1, n_groups) / n_groups * (mass.sum() - 1)
    last = np.cumsum(mass) - 1
    low = mid_rank[np.minimum(np.searchsorted(last, np.floor(place)), levels.size - 1)]
    high = mid_rank[np.minimum(np.searchsorted(last, np.ceil(place)), levels.size - 1)]
    borders = low + (high - low) * (place - np.floor(place))
    return np.searchsorted(borders, mid_rank, side="left")[level_of]


def option_statistics(
    chosen: Sequence[str],
    keys: Collection[str],
    total: FloatArray,
    rest: FloatArray,
    weight: FloatArray,
    *,
    n_groups: int = 5,
) -> tuple[OptionStatistics, ...]:
    """The option table of one item.

    p_kg = Σ w [chose k, group g] / Σ w [group g] for option k in score group g; correlations are
    point-biserials of choosing k with the total and with the rest score.

    Args:
        chosen: Option id of each person, empty string = not presented, length n.
        keys: Options that are right; one that nobody chose is listed with n = 0.
        total: Total of each person, shape (n,), nan where undefined.
        rest: Total of the other items, shape (n,), nan where undefined.
        weight: Frequencies, shape (n,).
        n_groups: Number of score groups.

    Returns:
        One row for each option chosen by anyone or keyed, sorted by id (numbers as numbers).

    Raises:
        ValueError: Fewer than two groups were asked for.

    Notes:
        Option-rest correlations and group shares agree with base R to 1e-6 on SAT12.
    """
    options = np.asarray(chosen, dtype=np.str_)
    seen = (options != NONE_PRESENTED) & np.isfinite(total)
    options, totals, rests, w = options[seen], total[seen], rest[seen], weight[seen]
    group = score_groups(totals, w, n_groups) if w.size else np.zeros(0, dtype=np.intp)
    names = sorted({str(name) for name in np.unique(options)} | set(keys), key=option_order)
    return tuple(
        _one_option(name, name in keys, options == name, totals, rests, w, group, n_groups)
        for name in names
    )


def option_order(option: str) -> tuple[int, float, str]:
    """Sort key for option ids: numbers by value first, then text.

    Args:
        option: An option id.

    Returns:
        A key that puts 2 before 10 and 10 before A.
    """
    digits = option.isascii() and option.isdigit()
    return (0, float(option), option) if digits else (1, 0.0, option)


def _one_option(
    name: str,
    is_key: bool,
    took: BoolArray,
    total: FloatArray,
    rest: FloatArray,
    weight: FloatArray,
    group: NDArray[np.intp],
    n_groups: int,
) -> OptionStatistics:
    indicator = took.astype(np.float64)
    has_rest = np.isfinite(rest)
    return OptionStatistics(
        option=name,
        is_key=is_key,
        n=float(weight @ indicator),
        p=mean(indicator, weight),
        total_r=point_biserial(indicator, total, weight),
        rest_r=point_biserial(indicator[has_rest], rest[has_rest], weight[has_rest]),
        mean_total=mean(total[took], weight[took]),
        group_p=tuple(
            mean(indicator[group == one], weight[group == one]) for one in range(n_groups)
        ),
    )
