"""One test's reliability in one place, with the persons and items it rests on.

With missing cells there is no single right answer, so the answer says its basis: every item for
the persons who were presented them all; when too few were, the items that nearly everybody was
presented, for the persons presented all of those. What each form by itself would give is a table of
its own.
"""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.classical.moments import pairwise_covariance, weighted_sums
from examengine.psychometrics.classical.total_score import TotalScore, total_score
from examengine.psychometrics.enumeration import some_of
from examengine.psychometrics.presented_forms import FEWEST_PERSONS, frequent_forms
from examengine.psychometrics.reliability.hierarchical_omega import omega_hierarchical
from examengine.psychometrics.reliability.internal_consistency import (
    alpha,
    alpha_if_dropped,
    feldt_interval,
    kr_20,
    kr_21,
    standard_error_of_measurement,
)
from examengine.psychometrics.reliability.lower_bounds import GuttmanBounds, guttman_bounds
from examengine.psychometrics.reliability.omega import omega_total
from examengine.psychometrics.reliability.split_half import SplitHalf, odd_even, split_half
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.shown import Result, Table, table_of

FEWEST_ITEMS_FOR_ONE = 3
FEWEST_ITEMS_FOR_GROUPS = 6
# A few blanks must not cost an item its place in the total; a form of its own must.
NEARLY_EVERYBODY = 0.95


@dataclass(frozen=True, slots=True, repr=False)
class ReliabilitySummary(Result):
    """A total score and how far it can be relied on.

    Attributes:
        item_ids: The items summed; each person counted was presented all of them.
        total: The distribution of the total.
        alpha: Coefficient alpha.
        alpha_interval: Feldt's 95 per cent interval.
        alpha_if_dropped: Alpha without each item, in the order of `item_ids`.
        sem: Standard error of measurement from alpha, points.
        kr_20: Kuder–Richardson 20; None unless all items are right/wrong.
        kr_21: Kuder–Richardson 21; None unless all items are right/wrong.
        split_half: Odd–even coefficients; None when a half does not vary.
        guttman: Lower bounds; None when they were not asked for.
        omega_total: One-factor omega; None for fewer than three items, and where there is no proper
            solution.
        omega_hierarchical: Share of the standardised total's variance due to a general factor above
            three group factors; None where there is no proper solution.
        omega_notes: Why an omega is None, a sentence each.
    """

    item_ids: tuple[str, ...]
    total: TotalScore
    alpha: float
    alpha_interval: tuple[float, float]
    alpha_if_dropped: tuple[float, ...]
    sem: float
    kr_20: float | None
    kr_21: float | None
    split_half: SplitHalf | None
    guttman: GuttmanBounds | None
    omega_total: float | None
    omega_hierarchical: float | None
    omega_notes: tuple[str, ...]

    def headline(self) -> str:
        """Alpha with its interval, and what it rests on."""
        low, high = self.alpha_interval
        return (
            f"Reliability of {len(self.item_ids)} items, {self.total.n:g} persons: alpha "
            f"{self.alpha:.3f} (95 % {low:.3f} to {high:.3f}), SEM {self.sem:.3f} points"
        )

    def table(self) -> Table:
        """One row for each coefficient that exists."""
        named = {
            "alpha": self.alpha,
            "KR-20": self.kr_20,
            "KR-21": self.kr_21,
            **_named("odd-even ", self.split_half),
            **_named("", self.guttman),
            "omega total": self.omega_total,
            "omega hierarchical": self.omega_hierarchical,
        }
        return Table(
            {"coefficient": name, "value": value}
            for name, value in named.items()
            if isinstance(value, float)
        )


def _named(prefix: str, found: SplitHalf | GuttmanBounds | None) -> dict[str, float]:
    """The coefficients of a record by name; none without it."""
    rows = table_of([] if found is None else [found])
    return {f"{prefix}{name}": value for row in rows for name, value in row.items()}


def reliability_summary(responses: Responses) -> ReliabilitySummary | None:
    """Describe the total score and its reliability.

    Args:
        responses: Scored responses, missing by design allowed.

    Returns:
        The summary over the persons presented every item when there are at least 30 of them (or
        nobody misses any); else over the items presented to 95 per cent of persons, for those
        presented all of them; None when fewer than two items or persons are left, or their total
        does not vary.
    """
    everything: BoolArray = np.asarray(responses.presented.all(axis=1))
    if everything.all() or responses.weights[everything].sum() >= FEWEST_PERSONS:
        return _summary(responses.with_persons(everything))
    weights = responses.weights
    shares = weights @ responses.presented / weights.sum()
    common: BoolArray = shares >= NEARLY_EVERYBODY
    persons: BoolArray = np.asarray(responses.presented[:, common].all(axis=1))
    return _summary(_part(responses, persons, common))


def reliability_by_form(
    responses: Responses, *, fewest: int = FEWEST_PERSONS, searching: bool = True
) -> tuple[ReliabilitySummary, ...]:
    """The same summary for every form, a form being a set of items presented together.

    Args:
        responses: Scored responses.
        fewest: Forms given to fewer persons (by weight) are left out.
        searching: Whether what has to be searched for is wanted, which takes seconds for
            hundreds of items: the lower bounds (Guttman) and omega.

    Returns:
        One summary for each form, the most frequent first, ties in order of appearance.
    """
    found = (_summary(form, searching=searching) for form in frequent_forms(responses, fewest))
    return tuple(summary for summary in found if summary is not None)


def _part(responses: Responses, persons: BoolArray, items: BoolArray) -> Responses | None:
    """The chosen persons and items; None when nothing is left."""
    if not (persons.any() and items.any()):
        return None
    ids = (one for one, kept in zip(responses.item_ids, items, strict=True) if kept)
    return responses.with_persons(persons).with_items(ids)


def _summary(complete: Responses | None, *, searching: bool = True) -> ReliabilitySummary | None:
    """The summary of a matrix without missing cells; None when nothing can be said."""
    if complete is None or complete.n_items < 2 or complete.weights.sum() <= 1:
        return None
    covariance = pairwise_covariance(complete.scores, complete.weights).covariance
    total = total_score(
        complete.raw_scores.astype(np.float64), int(complete.max_scores.sum()), complete.weights
    )
    if not total.sd > 0:
        return None
    coefficient = alpha(covariance)
    kr20, kr21 = _kuder_richardson(complete, total)
    whole, general, notes = _omega(complete, covariance) if searching else (None, None, ())
    return ReliabilitySummary(
        item_ids=complete.item_ids,
        total=total,
        alpha=coefficient,
        alpha_interval=feldt_interval(coefficient, total.n, complete.n_items),
        alpha_if_dropped=tuple(alpha_if_dropped(covariance).tolist()),
        sem=standard_error_of_measurement(total.sd**2, coefficient),
        kr_20=kr20,
        kr_21=kr21,
        split_half=_odd_even(covariance),
        guttman=guttman_bounds(covariance) if searching else None,
        omega_total=whole,
        omega_hierarchical=general,
        omega_notes=notes,
    )


def _kuder_richardson(complete: Responses, total: TotalScore) -> tuple[float | None, float | None]:
    """KR-20 and KR-21 of right/wrong items; None for others."""
    if (complete.max_scores != 1).any():
        return None, None
    spread = total.sd**2 * (total.n - 1) / total.n
    proportions = weighted_sums(complete.scores, complete.weights) / total.n
    return kr_20(proportions, spread), kr_21(complete.n_items, total.mean, spread)


def _omega(
    complete: Responses, covariance: FloatArray
) -> tuple[float | None, float | None, tuple[str, ...]]:
    """Omega total and hierarchical, each None where it does not exist, and why."""
    whole, unfit = _one_factor(complete, covariance)
    general, note = _general_share(complete, covariance)
    return whole, general, tuple(one for one in (unfit, note) if one)


def _one_factor(complete: Responses, covariance: FloatArray) -> tuple[float | None, str | None]:
    """Omega total of a proper one-factor solution, or None and the reason."""
    if complete.n_items < FEWEST_ITEMS_FOR_ONE:
        return None, None
    found = omega_total(covariance)
    if not found.heywood.size:
        return found.omega_total, None
    named = some_of([complete.item_ids[item] for item in found.heywood])
    return None, (
        f"omega total over {complete.n_items} items: the solution with one factor is improper "
        f"(negative uniqueness of {named}: a Heywood case)"
    )


def _general_share(complete: Responses, covariance: FloatArray) -> tuple[float | None, str | None]:
    """Omega hierarchical of a proper solution, or None and the reason."""
    where = f"omega hierarchical over {complete.n_items} items"
    if complete.n_items < FEWEST_ITEMS_FOR_GROUPS:
        return None, f"{where}: three group factors need at least {FEWEST_ITEMS_FOR_GROUPS} items"
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all():
        still = complete.item_ids[int(np.argmin(spread))]
        return None, f"{where}: item {still!r} does not vary"
    found = omega_hierarchical(covariance / np.outer(spread, spread), item_ids=complete.item_ids)
    if found.improper:
        reasons = "; ".join(found.improper)
        return None, f"{where}: the solution with three group factors is improper ({reasons})"
    return found.omega_hierarchical, None


def _odd_even(covariance: FloatArray) -> SplitHalf | None:
    try:
        return split_half(covariance, odd_even(covariance.shape[0]))
    except ValueError:
        return None
