"""Rudner's accuracy and consistency from ability estimates and their errors."""

import numpy as np
from scipy.special import ndtr

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.classification.agreement import Classification, from_shares


def rudner(
    theta: FloatArray, se: FloatArray, cut: float, weight: FloatArray | None = None
) -> Classification:
    """Classification at a cut on the ability scale.

    True ability is taken as normal around each estimate: p_i = Φ((θ̂_i − c) / se_i). The decision
    is right with chance p_i (1 − p_i below the cut) and repeated with p_i² + (1 − p_i)².

    Args:
        theta: Estimates, shape (n,), logits; not finite ones are left out.
        se: Their standard errors, shape (n,), logits, > 0.
        cut: c, logits; an estimate of exactly c passes.
        weight: Frequencies, shape (n,).

    Returns:
        Accuracy, consistency and their parts over the persons.

    Raises:
        ValueError: Nobody has an estimate and a positive error.

    References:
        Rudner (2001), Practical Assessment, Research & Evaluation 7(14); Rudner (2005), ibid.
        10(13).
    """
    known = np.isfinite(theta) & np.isfinite(se) & (se > 0)
    if not known.any():
        raise ValueError("nobody has a finite ability estimate with a positive standard error")
    w = (np.ones(theta.size) if weight is None else weight)[known]
    above = ndtr((theta[known] - cut) / se[known])
    passed = theta[known] >= cut
    share = w / w.sum()
    return from_shares(
        cut,
        false_positive=float(share @ np.where(passed, 1 - above, 0.0)),
        false_negative=float(share @ np.where(passed, 0.0, above)),
        disagreement=2 * float(share @ (above * (1 - above))),
        pass_rate=float(share @ passed),
    )
