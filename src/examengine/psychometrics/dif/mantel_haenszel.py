"""Mantel–Haenszel: do matched candidates of two groups have the same odds on an item?

Items of several points get Mantel's extension and the standardised mean difference.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.dif._contract import (
    SIGNIFICANT,
    Comparison,
    DifMethod,
    EtsClass,
    Finding,
    by_size,
)
from examengine.psychometrics.dif._matching import Matched, matched
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

    def findings(self, comparison: Comparison) -> Sequence[Finding]:
        """A finding for each item; see `DifMethod.findings`."""
        responses = comparison.responses
        return [
            _finding(matched(comparison, item), int(responses.max_scores[item]))
            for item in range(responses.n_items)
        ]


METHOD = MantelHaenszel()


def _finding(data: Matched, max_score: int) -> Finding:
    corrected, plain = _mantel(data, correction=0.5 if max_score == 1 else 0.0)
    p = chi_square_p(corrected, 1)
    details = {"chi2_uncorrected": plain, **_standardised(data, max_score)}
    if max_score > 1:
        size = details["smd_sd"]
        found = by_size(p, abs(size), MODERATE, LARGE)
        return Finding(corrected, 1, p, "smd_sd", size, found, details)
    odds = _common_odds(data)
    delta, error = odds["d_dif"], odds["se_d_dif"]
    found = ets_class(delta, error, p)
    return Finding(corrected, 1, p, "d_dif", delta, found, {**odds, **details})


def ets_class(delta: float, error: float, p: float) -> EtsClass:
    """The ETS class of a right/wrong item.

    Args:
        delta: MH D-DIF.
        error: Its standard error.
        p: Tail probability of the χ².

    Returns:
        A, B or C.

    References:
        Zieky (1993), in Holland & Wainer, Differential Item Functioning, 337–347.
    """
    if not (p < SIGNIFICANT and abs(delta) >= 1):
        return "A"
    large = abs(delta) >= 1.5 and (abs(delta) - 1) / error > ONE_SIDED
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
    """Common odds ratio, its logarithm and the ETS delta with standard errors."""
    n = data.sums(np.ones_like(data.score))
    reference, focal = 1 - data.focal, data.focal
    a, b = data.sums(reference * data.score), data.sums(reference * (1 - data.score))
    c, d = data.sums(focal * data.score), data.sums(focal * (1 - data.score))
    used = n > 1
    a, b, c, d, n = a[used], b[used], c[used], d[used], n[used]
    top, bottom = float((a * d / n).sum()), float((b * c / n).sum())
    if not (top > 0 and bottom > 0):
        return dict.fromkeys(("alpha_mh", "ln_alpha", "se_ln_alpha", "d_dif", "se_d_dif"), np.nan)
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
