"""How often a decision is right, and how often a second sitting would repeat it."""

from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class Classification:
    """Accuracy and consistency of passing and failing at one cut score.

    Attributes:
        cut: The cut score, in the metric of the method.
        accuracy: Share decided as the true score would have it.
        false_positive: Share who pass and truly should not.
        false_negative: Share who fail and truly should not.
        consistency: Share who would be decided alike by a parallel test.
        kappa: Consistency beyond chance; nan when everybody is decided alike.
        pass_rate: Expected share who pass.
        true_pass_rate: Expected share who truly should.
    """

    cut: float
    accuracy: float
    false_positive: float
    false_negative: float
    consistency: float
    kappa: float
    pass_rate: float
    true_pass_rate: float


def classification(
    cut: float, passing: FloatArray, truly_passing: BoolArray | FloatArray, weight: FloatArray
) -> Classification:
    """Add up decisions over abilities or persons.

    With p the chance to pass: accuracy Σ w (t p + (1 − t)(1 − p)), consistency
    Σ w (p² + (1 − p)²), κ = (consistency − chance) / (1 − chance),
    chance = p̄² + (1 − p̄)².

    Args:
        cut: The cut score, to be repeated.
        passing: Chance to pass, shape (n,).
        truly_passing: Whether (or how likely) the true score passes, shape (n,).
        weight: Weights, shape (n,), of any sum.

    Returns:
        The shares.

    References:
        Hambleton & Novick (1973), Journal of Educational Measurement 10, 159–170; Swaminathan,
        Hambleton & Algina (1974), ibid. 11, 263–267, for κ.
    """
    share = weight / weight.sum()
    truth = np.asarray(truly_passing, dtype=np.float64)
    return from_shares(
        cut,
        false_positive=float(share @ (passing * (1 - truth))),
        false_negative=float(share @ ((1 - passing) * truth)),
        disagreement=2 * float(share @ (passing * (1 - passing))),
        pass_rate=float(share @ passing),
    )


def from_shares(
    cut: float,
    *,
    false_positive: float,
    false_negative: float,
    disagreement: float,
    pass_rate: float,
) -> Classification:
    """The same from shares that were integrated elsewhere.

    accuracy = 1 − false positive − false negative, consistency = 1 − disagreement,
    κ = (consistency − chance) / (1 − chance), chance = p̄² + (1 − p̄)²

    Args:
        cut: The cut score, to be repeated.
        false_positive: Share who pass and truly should not.
        false_negative: Share who fail and truly should not.
        disagreement: Share whom two parallel tests decide differently.
        pass_rate: Share who pass.

    Returns:
        All figures.
    """
    chance = pass_rate**2 + (1 - pass_rate) ** 2
    beyond = 1 - disagreement - chance
    return Classification(
        cut=cut,
        accuracy=1 - false_positive - false_negative,
        false_positive=false_positive,
        false_negative=false_negative,
        consistency=1 - disagreement,
        kappa=beyond / (1 - chance) if chance < 1 - 1e-12 else float("nan"),
        pass_rate=pass_rate,
        true_pass_rate=pass_rate - false_positive + false_negative,
    )
