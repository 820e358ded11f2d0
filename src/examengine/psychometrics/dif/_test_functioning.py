"""Differential test functioning: what all flagged items together do to the test score.

Items that favour one group and items that favour the other can cancel out in the total, or add up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.dif._comparing import comparison_of
from examengine.psychometrics.dif._contract import CannotCompareGroups, DifRow
from examengine.psychometrics.dif._groups_apart import DENSITY, Z, calibrated, halves_of
from examengine.psychometrics.estimation import Calibration
from examengine.psychometrics.information import (
    by_item,
    expected_item_scores,
    expected_score_derivatives,
)
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.responses import Responses

# Chalmers, Counsell & Flora compare test curves over this range, every place alike.
RANGE = np.linspace(-6.0, 6.0, 1201)
EVENLY = np.full(RANGE.size, 1.0 / RANGE.size)


@dataclass(frozen=True, slots=True)
class ItemShare:
    """What one item adds to the difference of the test scores.

    Attributes:
        item_id: The item.
        model: Code of the model it was calibrated under.
        ncdif: Mean squared difference of its expected scores in the focal group, squared points.
        cdif: Its part of Raju's DTF: mean of its difference times the test's.
    """

    item_id: str
    model: str
    ncdif: float
    cdif: float


@dataclass(frozen=True, slots=True)
class DifferentialTestFunctioning:
    """Expected test scores of equally able candidates of two groups, focal less reference.

    They do not differ where no item has parameters of its own in each group.

    Attributes:
        reference: Label of the reference group.
        focal: Label of the focal group.
        max_score: Highest test score, points.
        n_anchors: Items with the same parameters in both groups.
        sdtf: Mean signed difference over θ from −6 to 6, points; negative when the test is harder
            for the focal group.
        sdtf_se: Its standard error, points; nan when the calibration has none.
        sdtf_p: Of no signed difference, by √ Wald; nan likewise.
        udtf: Mean absolute difference over the same range, points.
        signed_focal: Mean signed difference over the abilities of the focal group, points.
        signed_focal_se: Its standard error, points; nan likewise.
        unsigned_focal: Mean absolute difference over the same abilities, points.
        dtf: Raju's DTF: mean squared difference over the same abilities, squared points.
        largest: Largest difference within −6 to 6, with its sign, points.
        largest_at: Where that is, logits of the reference group.
        items: The items with parameters of their own in each group.
    """

    reference: str
    focal: str
    max_score: int
    n_anchors: int
    sdtf: float = 0.0
    sdtf_se: float = 0.0
    sdtf_p: float = 1.0
    udtf: float = 0.0
    signed_focal: float = 0.0
    signed_focal_se: float = 0.0
    unsigned_focal: float = 0.0
    dtf: float = 0.0
    largest: float = 0.0
    largest_at: float = 0.0
    items: tuple[ItemShare, ...] = ()


def differential_test_functioning(
    responses: Responses, rows: Sequence[DifRow], models: Mapping[str, str] | None = None
) -> tuple[DifferentialTestFunctioning, ...]:
    """Add up what the items of class B and C do to the test score.

    Both groups are calibrated together, the flagged items apart; D(θ) = T_f(θ) − T_r(θ) with T the
    expected test scores. sDTF = mean of D, uDTF = mean of |D|, DTF = E_f D² = Σ_j E_f d_j D.
    Standard errors of the signed differences are by the delta method, from the covariance of
    everything that was estimated; where items are flagged on the same data they are a little too
    small.

    Args:
        responses: Responses with groups.
        rows: What `compare_groups` found in them, by any method.
        models: Code of the model by item; see `item_models`.

    Returns:
        One result for each focal group; zeros when none of its items is flagged.

    Raises:
        CannotCompareGroups: Every item is flagged, so that nothing holds the groups together, or
            an item cannot be compared under its model.
        CannotCalibrate: The responses do not determine the parameters.

    References:
        Chalmers, Counsell & Flora (2016), Educational and Psychological Measurement 76, 114–140,
        for sDTF and uDTF; Raju, van der Linden & Fleer (1995), Applied Psychological Measurement
        19, 353–368, for DTF, CDIF and NCDIF.
    """
    pairs = dict.fromkeys((row.reference, row.focal) for row in rows)
    return tuple(
        _functioning(
            responses,
            reference,
            focal,
            {row.item_id for row in rows if row.focal == focal and row.ets_class in {"B", "C"}},
            models,
        )
        for reference, focal in pairs
    )


def _functioning(
    responses: Responses,
    reference: str,
    focal: str,
    flagged: set[str],
    models: Mapping[str, str] | None,
) -> DifferentialTestFunctioning:
    apart: BoolArray = np.array([name in flagged for name in responses.item_ids])
    if apart.all():
        raise CannotCompareGroups(
            [f"every item is flagged for {focal!r}: no item is left to hold the groups together"]
        )
    names = [name for name in responses.item_ids if name in flagged]
    most = int(responses.max_scores.sum())
    if not names:
        return DifferentialTestFunctioning(reference, focal, most, responses.n_items)
    comparison = comparison_of(responses, reference, focal, models)
    found = calibrated(comparison, apart, errors=True)
    halves = [halves_of(found, name, focal) for name in names]
    both = [half.reference for half in halves], [half.focal for half in halves]
    group = found.parameters.group(focal)
    abilities = group.mean + group.sd * Z
    everywhere, in_focal = (
        expected_item_scores(both[1], theta) - expected_item_scores(both[0], theta)
        for theta in (RANGE, abilities)
    )
    test, test_focal = everywhere.sum(axis=1), in_focal.sum(axis=1)
    peak = int(np.abs(test).argmax())
    sdtf, sdtf_se = float(test.mean()), _error(found, both, RANGE, EVENLY)
    return DifferentialTestFunctioning(
        reference=reference,
        focal=focal,
        max_score=most,
        n_anchors=int((~apart).sum()),
        sdtf=sdtf,
        sdtf_se=sdtf_se,
        sdtf_p=chi_square_p((sdtf / sdtf_se) ** 2, 1),
        udtf=float(np.abs(test).mean()),
        signed_focal=float(DENSITY @ test_focal),
        signed_focal_se=_error(found, both, abilities, DENSITY, focal),
        unsigned_focal=float(DENSITY @ np.abs(test_focal)),
        dtf=float(DENSITY @ test_focal**2),
        largest=float(test[peak]),
        largest_at=float(RANGE[peak]),
        items=tuple(
            ItemShare(
                half.reference.item_id,
                half.reference.model,
                float(DENSITY @ gap**2),
                float(DENSITY @ (gap * test_focal)),
            )
            for half, gap in zip(halves, in_focal.T, strict=True)
        ),
    )


def _error(
    found: Calibration,
    both: tuple[Sequence[ItemParameters], Sequence[ItemParameters]],
    theta: FloatArray,
    weights: FloatArray,
    moving: str | None = None,
) -> float:
    """Standard error of Σ_q w_q (T_f(θ_q) − T_r(θ_q)).

    Args:
        found: The calibration of both groups.
        both: The items apart as the reference group and as the focal group sees them.
        theta: Abilities, shape (n_points,), logits.
        weights: Shape (n_points,).
        moving: The group with whose mean and deviation the abilities move; None where they stand.

    Returns:
        The error, points; nan when the calibration has no covariance.
    """
    if found.covariance is None:
        return float("nan")
    reference, focal = (expected_score_derivatives(side, theta) for side in both)
    items = {
        **by_item(both[0], -weights[np.newaxis] @ reference.by_items),
        **by_item(both[1], weights[np.newaxis] @ focal.by_items),
    }
    groups = {}
    if moving is not None:
        steep = weights * (focal.by_theta - reference.by_theta)
        mean = found.parameters.group(moving).mean
        groups[moving] = np.array([[steep.sum(), steep @ (theta - mean)]])
    slope = found.slots.by_estimates(len(found.covariance), items, groups)[0]
    return float(np.sqrt(slope @ found.covariance @ slope))
