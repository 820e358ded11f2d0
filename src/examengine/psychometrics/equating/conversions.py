"""What an equating gives: the conversion table, and everything needed to judge it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.distributions import (
    MOMENTS_CONVENTION,
    ScoreMoments,
    moments_of,
)
from examengine.psychometrics.equating.log_linear import LogLinearFit
from examengine.psychometrics.equating.methods import AnyMethod, Equivalents
from examengine.psychometrics.equating.score_tables import AnchorKind
from examengine.psychometrics.shown import Result, Table, table_of

EquatingDesign = Literal[
    "equivalent groups", "single group", "nonequivalent groups with anchor", "irt"
]
ErrorMethod = Literal["delta", "bootstrap"]


@dataclass(frozen=True, slots=True)
class Conversion:
    """One raw score of the new form.

    Attributes:
        score: The score.
        equated: Its equivalent on the old form, points.
        rounded: The equivalent as a whole score of the old form's scale, halves upwards.
        se: Standard error of equating, points; nan when there is none.
    """

    score: int
    equated: float
    rounded: int
    se: float


@dataclass(frozen=True, slots=True)
class FormMoments:
    """Moments of scores before and after equating, by `MOMENTS_CONVENTION`.

    Attributes:
        new: Raw scores of the group that took the new form.
        old: Raw scores of the group that took the old form.
        equated: The new form's scores once equated, in the new form's group.
        rounded: The same, rounded.
    """

    new: ScoreMoments
    old: ScoreMoments
    equated: ScoreMoments
    rounded: ScoreMoments


@dataclass(frozen=True, slots=True)
class SmoothingReport:
    """How one form's distribution was smoothed; see `LogLinearFit`."""

    form: Literal["new", "old", "both"]
    total_degree: int
    anchor_degree: int
    cross_degree: int
    likelihood_ratio: float
    pearson: float
    df: int
    p: float
    aic: float
    bic: float

    @classmethod
    def of(cls, form: Literal["new", "old", "both"], fit: LogLinearFit) -> "SmoothingReport":
        """The report of a fit."""
        return cls(
            form=form,
            total_degree=fit.degrees.total,
            anchor_degree=fit.degrees.anchor,
            cross_degree=fit.degrees.cross,
            likelihood_ratio=fit.likelihood_ratio,
            pearson=fit.pearson,
            df=fit.df,
            p=fit.p,
            aic=fit.aic,
            bic=fit.bic,
        )


@dataclass(frozen=True, slots=True)
class SyntheticWeights:
    """The synthetic population, w₁ + w₂ = 1.

    Attributes:
        new: w₁, the share of the group that took the new form.
        old: w₂, the share of the group that took the old form.
    """

    new: float
    old: float


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Standard errors of the equivalents.

    Attributes:
        values: Shape (n_scores,), points of the old form; nan where there is none, None when there
            are none at all.
        method: How they were found; None when there are none.
        replications: Bootstrap samples that gave a conversion; 0 without bootstrap.
        notes: What a reader of them has to know, one sentence each.
    """

    values: FloatArray | None = None
    method: ErrorMethod | None = None
    replications: int = 0
    notes: tuple[str, ...] = ()


NO_ERRORS = Errors()


@dataclass(frozen=True, slots=True, repr=False)
class Equating(Result):
    """Scores of a new form on the scale of an old one.

    Attributes:
        method: Code of the method.
        design: How the forms were given.
        anchor: Whether common items count towards the total; None when they play no part.
        n_new: Persons who took the new form, as a sum of weights.
        n_old: Persons who took the old form.
        weights: The synthetic population; None when the method has none.
        slope: Of a linear method; None otherwise.
        intercept: Of a linear method, points; None otherwise.
        bandwidths: Of the kernel, in the order in which the method uses its distributions.
        smoothing: How distributions were smoothed; empty when they were not.
        se_method: How standard errors were found; None when there are none.
        replications: Bootstrap samples that gave a conversion; 0 without bootstrap.
        moments: Moments before and after.
        conversions: One row for each score of the new form, from 0.
        theta: For IRT true scores the ability behind each score, logits; empty otherwise.
        notes: What a reader of the numbers has to know, one sentence each.
        moments_convention: What `sd` and `kurtosis` mean among the moments; `analyse` prints
            others under the same names.
    """

    method: str
    design: EquatingDesign
    anchor: AnchorKind | None
    n_new: float
    n_old: float
    weights: SyntheticWeights | None
    slope: float | None
    intercept: float | None
    bandwidths: tuple[float, ...]
    smoothing: tuple[SmoothingReport, ...]
    se_method: ErrorMethod | None
    replications: int
    moments: FormMoments
    conversions: tuple[Conversion, ...]
    theta: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    moments_convention: str = MOMENTS_CONVENTION

    def headline(self) -> str:
        """Method, design and who took the forms."""
        return (
            f"Equating by {self.method} ({self.design}): {self.n_new:g} persons took the new form, "
            f"{self.n_old:g} the old one"
        )

    def table(self) -> Table:
        """The conversion table: one row for each score of the new form."""
        return table_of(self.conversions)


def equating_of(
    method: AnyMethod,
    found: Equivalents[Any],
    errors: Errors,
    *,
    design: EquatingDesign,
    anchor: AnchorKind | None,
    n: tuple[float, float],
    totals: tuple[FloatArray, FloatArray],
    smoothing: tuple[SmoothingReport, ...] = (),
) -> Equating:
    """The equating as it is reported.

    Args:
        method: How it was done.
        found: The equivalents.
        errors: Their standard errors.
        design: How the forms were given.
        anchor: Whether common items count towards the total; None when they play no part.
        n: Persons who took the new and the old form.
        totals: Frequency of each score of the new form and of the old one.
        smoothing: How distributions were smoothed.

    Returns:
        The conversion table, and everything needed to judge it.
    """
    return Equating(
        method=method.code,
        design=design,
        anchor=anchor,
        n_new=n[0],
        n_old=n[1],
        weights=None
        if found.weight is None
        else SyntheticWeights(found.weight, 1.0 - found.weight),
        slope=None if found.line is None else found.line[0],
        intercept=None if found.line is None else found.line[1],
        bandwidths=found.bandwidths,
        smoothing=smoothing,
        se_method=errors.method,
        replications=errors.replications,
        moments=form_moments(totals[0], totals[1], found.values),
        conversions=conversion_table(found.values, errors.values, totals[1].size - 1),
        theta=() if found.theta is None else tuple(found.theta.tolist()),
        notes=(*found.notes, *errors.notes),
    )


def conversion_table(
    equated: FloatArray, errors: FloatArray | None, highest: int
) -> tuple[Conversion, ...]:
    """The rows of a conversion table.

    Args:
        equated: Equivalent of each score 0, 1, 2 …, shape (n_scores,).
        errors: Standard errors, same shape; None when there are none.
        highest: Highest score of the old form.

    Returns:
        One row a score.
    """
    whole = rounded(equated, highest)
    spread = np.full(equated.shape, np.nan) if errors is None else errors
    return tuple(
        Conversion(score, float(equated[score]), int(whole[score]), float(spread[score]))
        for score in range(equated.size)
    )


def rounded(equated: FloatArray, highest: int) -> FloatArray:
    """Equivalents as whole scores from 0 to the highest, halves upwards."""
    whole: FloatArray = np.clip(np.floor(equated + 0.5), 0, highest)
    return whole


def form_moments(
    totals_new: FloatArray, totals_old: FloatArray, equated: FloatArray
) -> FormMoments:
    """Moments before and after equating.

    Args:
        totals_new: Frequency of each score of the new form, shape (n_new_scores,).
        totals_old: Frequency of each score of the old form, shape (n_old_scores,).
        equated: Equivalents of the new form's scores, shape (n_new_scores,).

    Returns:
        Moments of both forms, and of the equivalents in the new form's group.
    """
    highest = totals_old.size - 1
    return FormMoments(
        new=moments_of(np.arange(totals_new.size, dtype=np.float64), totals_new),
        old=moments_of(np.arange(totals_old.size, dtype=np.float64), totals_old),
        equated=moments_of(equated, totals_new),
        rounded=moments_of(rounded(equated, highest), totals_new),
    )


def spread_of(samples: Sequence[FloatArray]) -> FloatArray:
    """Standard deviation over bootstrap samples, divisor n − 1, shape (n_scores,)."""
    spread: FloatArray = np.std(np.stack(samples), axis=0, ddof=1)
    return spread
