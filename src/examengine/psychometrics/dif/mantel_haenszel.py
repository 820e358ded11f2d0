"""Mantel–Haenszel: do matched candidates of two groups have the same odds on an item?

Items of several points get Mantel's extension and the standardised mean difference.
"""

from collections.abc import Mapping, Sequence
from math import isinf, isnan

import numpy as np

from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.dif._contract import (
    SIGNIFICANT,
    Comparison,
    DifFinding,
    DifMethod,
    EtsClass,
    by_size,
)
from examengine.psychometrics.dif._matching import Matched, matched_items
from examengine.psychometrics.dif._standardized import standardized_difference

# Zwick, Donoghue & Grima's bounds for the standardised mean difference over the item's deviation.
MODERATE, LARGE = 0.17, 0.25
ONE_SIDED = 1.6448536269514722


class MantelHaenszel(DifMethod):
    """Mantel–Haenszel χ² with the ETS delta, matched on the sum score.

    χ² = (|Σ A − Σ E(A)| − ½)² / Σ Var(A), α = Σ (A D / N) / Σ (B C / N), D-DIF = −2.35 ln α with
    A, B right and wrong in the reference, C, D in the focal group of a stratum of N > 1. Class A:
    not significant or |D| < 1; C: |D| ≥ 1.5 and (|D| − 1) / SE > 1.645; else B.

    References:
        Holland & Thayer (1988), in Wainer & Braun, Test Validity, 129–145; Phillips & Holland
        (1987), Biometrics 43, 425–431, for the standard error; Mantel (1963), JASA 58, 690–700,
        and Zwick, Donoghue & Grima (1993), Journal of Educational Measurement 30, 233–251, for
        several points; Dorans & Kulick (1986), ibid. 23, 355–368, for standardised differences.
    """

    code = "mh"
    title = "Mantel–Haenszel"

    def findings(self, comparison: Comparison) -> Sequence[DifFinding]:
        """A finding for each item; see `DifMethod.findings`."""
        points = comparison.responses.max_scores.tolist()
        return [
            _finding(data, highest)
            for data, highest in zip(matched_items(comparison), points, strict=True)
        ]


METHOD = MantelHaenszel()


def _finding(data: Matched, max_score: int) -> DifFinding:
    corrected, plain = _mantel(data, correction=0.5 if max_score == 1 else 0.0)
    p = chi_square_p(corrected, 1)
    details = {"chi2_uncorrected": plain, **_standardised(data, max_score)}
    who = data.compared, data.note
    if max_score > 1:
        size = details["smd_sd"]
        found = by_size(p, abs(size), MODERATE, LARGE)
        return DifFinding(corrected, 1, p, "smd_sd", size, found, details, *who)
    odds = _common_odds(data)
    delta, error = odds["d_dif"], odds["se_d_dif"]
    found = ets_class(delta, error, p)
    return DifFinding(corrected, 1, p, "d_dif", delta, found, {**odds, **details}, *who)


def ets_class(delta: float, error: float, p: float) -> EtsClass | None:
    """The ETS class of a right/wrong item.

    Args:
        delta: MH D-DIF; infinite where one group has the odds 0 or ∞ in every stratum.
        error: Its standard error; of no matter when the delta is infinite.
        p: Tail probability of the χ².

    Returns:
        A, B or C; None when the delta or p is nan.

    References:
        Zieky (1993), in Holland & Wainer, Differential Item Functioning, 337–347.
    """
    if isnan(delta) or isnan(p):
        return None
    if not (p < SIGNIFICANT and abs(delta) >= 1):
        return "A"
    large = isinf(delta) or (abs(delta) >= 1.5 and (abs(delta) - 1) / error > ONE_SIDED)
    return "C" if large else "B"


def _mantel(data: Matched, *, correction: float) -> tuple[float, float]:
    """χ² with and without the correction for continuity; nan where nothing can differ."""
    ones = np.ones_like(data.score)
    n, n_focal = data.sums(ones), data.sums(data.focal)
    total, squares = data.sums(data.score), data.sums(data.score**2)
    focal_total = data.sums(data.focal * data.score)
    used = n > 1
    n, n_focal, total = n[used], n_focal[used], total[used]
    gap = abs(float((focal_total[used] - n_focal * total / n).sum()))
    spread = (n - n_focal) * n_focal * (n * squares[used] - total**2) / (n**2 * (n - 1))
    variance = float(spread.sum())
    if not variance > 0:
        return float("nan"), float("nan")
    return max(gap - correction, 0.0) ** 2 / variance, gap**2 / variance


def _common_odds(data: Matched) -> Mapping[str, float]:
    """Common odds ratio, its logarithm and the ETS delta with standard errors.

    Where one group has all or nothing right in every stratum the ratio is 0 or ∞, and there is no
    error.
    """
    n = data.sums(np.ones_like(data.score))
    reference, focal = 1 - data.focal, data.focal
    a, b = data.sums(reference * data.score), data.sums(reference * (1 - data.score))
    c, d = data.sums(focal * data.score), data.sums(focal * (1 - data.score))
    used = n > 1
    a, b, c, d, n = a[used], b[used], c[used], d[used], n[used]
    top, bottom = float((a * d / n).sum()), float((b * c / n).sum())
    if not (top > 0 and bottom > 0):
        alpha = 0.0 if bottom > 0 else np.inf if top > 0 else np.nan
        logarithm = -np.inf if bottom > 0 else alpha
        return {
            "alpha_mh": alpha,
            "ln_alpha": logarithm,
            "se_ln_alpha": np.nan,
            "d_dif": -2.35 * logarithm,
            "se_d_dif": np.nan,
        }
    alpha = top / bottom
    spread = (a * d + alpha * b * c) * (a + d + alpha * (b + c)) / n**2
    error = float(np.sqrt(spread.sum() / (2 * top**2)))
    return {
        "alpha_mh": alpha,
        "ln_alpha": float(np.log(alpha)),
        "se_ln_alpha": error,
        "d_dif": -2.35 * float(np.log(alpha)),
        "se_d_dif": 2.35 * error,
    }


def _standardised(data: Matched, max_score: int) -> Mapping[str, float]:
    """STD P-DIF; for several points also the mean difference over the item's deviation."""
    gap = standardized_difference(data)
    if max_score == 1:
        return {"std_p_dif": gap.points}
    size = gap.points / gap.item_sd if gap.item_sd > 0 else float("nan")
    return {"std_p_dif": gap.points / max_score, "smd_sd": size}
