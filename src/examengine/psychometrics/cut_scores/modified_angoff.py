"""Modified Angoff: each judge estimates the chance of a just-qualified candidate on each item.

A judge's cut is the sum of the ratings times the points of the items; the panel's cut is the mean
over judges. Judges may rate in several rounds; the last counts, all are reported.

A rating that was not given takes the mean of the item plus the mean deviation of the judge from
the panel on the items the judge did rate, kept within 0 and 1. The number of such ratings is part
of the result, since standard errors treat them as given.

References:
    Angoff (1971), in Thorndike, Educational Measurement, 2nd ed., 508–600.
    Brennan & Lockwood (1980), Applied Psychological Measurement 4, 219–240, for both errors.
    Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428, for ICC(2,1) and ICC(2,k).
"""

from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classical.moments import correlation
from examengine.psychometrics.csv_tables import CsvTable
from examengine.psychometrics.cut_scores._contract import (
    CutScoreMethod,
    ItemRound,
    JudgeAgreement,
    JudgeRound,
    Recommendation,
    RoundResult,
)
from examengine.psychometrics.cut_scores._ratings import Ratings, read_ratings


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    """Two-way analysis of variance, judges by items, one rating in each cell."""

    judges: float
    items: float
    residual: float


class ModifiedAngoff(CutScoreMethod):
    """Modified Angoff; see the module for the rules."""

    code = "modified-angoff"
    title = "modified Angoff"
    several_points = True
    example: ClassVar[str] = (
        "judge_id,round,Q1,Q2,Q3,Q4\n"
        "Adaeze,1,0.80,0.55,0.40,0.90\nBruno,1,0.70,0.60,0.55,\nChiara,1,0.90,0.50,0.30,0.85\n"
        "Adaeze,2,0.80,0.55,0.45,0.90\nBruno,2,0.75,0.60,0.50,0.80\nChiara,2,0.85,0.50,0.40,0.85\n"
    )

    def recommend(self, table: CsvTable) -> Recommendation:
        """The recommendation of a ratings file; see `CutScoreMethod.recommend`."""
        return recommend(read_ratings(table))


METHOD = ModifiedAngoff()


def recommend(ratings: Ratings) -> Recommendation:
    """The panel's recommended cut.

    cut = mean_i Σ_j m_j r_ij, over judges i and items j

    Args:
        ratings: At least two judges, each rating in [0, 1] or missing.

    Returns:
        The cut of the last round, its errors, and every round.

    Notes:
        With y_ij = m_j r_ij and J items: SE over judges = s(judge cuts) / √n; SE over judges and
        items = J √(σ²_i / n + σ²_j / J + σ²_ij / (n J)), negative components set to 0.

    References:
        Angoff (1971), in Thorndike, Educational Measurement, 2nd ed., 508–600; Brennan & Lockwood
        (1980), Applied Psychological Measurement 4, 219–240, for both errors.
    """
    rounds = tuple(_round(ratings, number) for number in range(ratings.values.shape[0]))
    final = rounds[-1]
    return Recommendation(
        method=ModifiedAngoff.code,
        max_score=float(ratings.max_scores.sum()),
        cut=final.cut,
        cut_share=final.cut_share,
        # A cut of 17.0000000001 that is 17 but for rounding must not ask for 18.
        passing_score=int(np.ceil(final.cut - 1e-9)),
        se_judges=final.se_judges,
        se_judges_items=final.se_judges_items,
        rounds=rounds,
    )


def filled_in(values: FloatArray) -> FloatArray:
    """Ratings with every missing one estimated by item mean plus judge deviation.

    r̂_ij = r̄_.j + mean_j' (r_ij' − r̄_.j') over the items j' that judge i rated, kept in [0, 1]

    Args:
        values: Shape (n_judges, n_items), nan = not rated; each row and column has a rating.

    Returns:
        Same shape, in [0, 1], no nan.
    """
    item_means = np.nanmean(values, axis=0)
    deviation = np.nanmean(values - item_means, axis=1, keepdims=True)
    return np.where(np.isnan(values), np.clip(item_means + deviation, 0, 1), values)


def _round(ratings: Ratings, number: int) -> RoundResult:
    given = ratings.values[number]
    full = filled_in(given)
    points = full * ratings.max_scores
    cuts = points.sum(axis=1)
    cut = float(cuts.mean())
    return RoundResult(
        round=number + 1,
        cut=cut,
        cut_share=cut / float(ratings.max_scores.sum()),
        se_judges=float(cuts.std(ddof=1) / np.sqrt(cuts.size)),
        se_judges_items=_error_over_judges_and_items(points),
        n_missing=int(np.isnan(given).sum()),
        agreement=_agreement(full),
        judges=tuple(
            JudgeRound(
                judge_id=judge,
                n_rated=int(np.isfinite(given[row]).sum()),
                cut=float(cuts[row]),
                severity=float(cuts[row]) - cut,
                r_others=_with_others(full, row),
            )
            for row, judge in enumerate(ratings.judge_ids)
        ),
        items=tuple(
            _item_row(item, given[:, column]) for column, item in enumerate(ratings.item_ids)
        ),
    )


def _item_row(item_id: str, column: FloatArray) -> ItemRound:
    given = column[np.isfinite(column)]
    return ItemRound(
        item_id=item_id,
        n_judges=given.size,
        mean=float(given.mean()),
        sd=float(given.std(ddof=1)) if given.size > 1 else float("nan"),
        lowest=float(given.min()),
        highest=float(given.max()),
    )


def _mean_squares(values: FloatArray) -> _MeanSquares:
    n_judges, n_items = values.shape
    grand = values.mean()
    judges, items = values.mean(axis=1) - grand, values.mean(axis=0) - grand
    left = values - grand - judges[:, np.newaxis] - items
    return _MeanSquares(
        judges=float(n_items * (judges**2).sum() / (n_judges - 1)),
        items=float(n_judges * (items**2).sum() / max(n_items - 1, 1)),
        residual=float((left**2).sum() / ((n_judges - 1) * max(n_items - 1, 1))),
    )


def _error_over_judges_and_items(points: FloatArray) -> float:
    n_judges, n_items = points.shape
    squares = _mean_squares(points)
    judges = max((squares.judges - squares.residual) / n_items, 0.0)
    items = max((squares.items - squares.residual) / n_judges, 0.0)
    mean_variance = judges / n_judges + items / n_items + squares.residual / (n_judges * n_items)
    return float(n_items * np.sqrt(mean_variance))


def _agreement(full: FloatArray) -> JudgeAgreement:
    n_judges, n_items = full.shape
    squares = _mean_squares(full)
    pairs = [
        correlation(full[one], full[other], np.ones(n_items))
        for one, other in combinations(range(n_judges), 2)
    ]
    defined = [r for r in pairs if np.isfinite(r)]
    signal = squares.items - squares.residual
    disagreement = n_judges * (squares.judges - squares.residual) / n_items
    single = squares.items + (n_judges - 1) * squares.residual + disagreement
    panel = squares.items + (squares.judges - squares.residual) / n_items
    return JudgeAgreement(
        mean_sd=float(full.std(axis=0, ddof=1).mean()),
        mean_r=float(np.mean(defined)) if defined else float("nan"),
        icc_single=signal / single if single > 0 else float("nan"),
        icc_panel=signal / panel if panel > 0 else float("nan"),
    )


def _with_others(full: FloatArray, judge: int) -> float:
    others = np.delete(full, judge, axis=0).mean(axis=0)
    return correlation(full[judge], others, np.ones(full.shape[1]))
