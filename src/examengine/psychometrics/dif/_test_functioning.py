"""Differential test functioning: what all flagged items together do to the test score.

Items that favour one group and items that favour the other can cancel out in the total, or add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.dif._comparing import comparison_of
from examengine.psychometrics.dif._contract import CannotCompareGroups, DifRow
from examengine.psychometrics.dif._groups_apart import calibrated, halves_of
from examengine.psychometrics.item_parameters import ItemParameters
from examengine.psychometrics.responses import Responses

# Chalmers, Counsell & Flora compare test curves over this range, every place alike.
RANGE = np.linspace(-6.0, 6.0, 1201)


@dataclass(frozen=True, slots=True)
class ItemShare:
    """What one item adds to the difference of the test scores.

    Attributes:
        item_id: The item.
        ncdif: Mean squared difference of its expected scores in the focal group, squared points.
        cdif: Its part of Raju's DTF: mean of its difference times the test's.
    """

    item_id: str
    ncdif: float
    cdif: float


@dataclass(frozen=True, slots=True)
class DifferentialTestFunctioning:
    """Expected test scores of equally able candidates of two groups, focal less reference.

    Attributes:
        reference: Label of the reference group.
        focal: Label of the focal group.
        max_score: Highest test score, points.
        n_anchors: Items with the same parameters in both groups.
        sdtf: Mean signed difference over θ from −6 to 6, points; negative when the test is harder
            for the focal group.
        udtf: Mean absolute difference over the same range, points.
        signed_focal: Mean signed difference over the abilities of the focal group, points.
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
    sdtf: float
    udtf: float
    signed_focal: float
    unsigned_focal: float
    dtf: float
    largest: float
    largest_at: float
    items: tuple[ItemShare, ...]


def differential_test_functioning(
    responses: Responses, rows: Sequence[DifRow]
) -> tuple[DifferentialTestFunctioning, ...]:
    """Add up what the items of class B and C do to the test score.

    Both groups are calibrated together, the flagged items apart; D(θ) = T_f(θ) − T_r(θ) with T the
    expected test scores. sDTF = mean of D, uDTF = mean of |D|, DTF = E_f D² = Σ_j E_f d_j D.

    Args:
        responses: Responses with groups.
        rows: What `compare_groups` found in them, by any method.

    Returns:
        One result for each focal group; zeros when none of its items is flagged.

    Raises:
        CannotCompareGroups: Every item is flagged, so that nothing holds the groups together.
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
            {row.item_id for row in rows if row.focal == focal and row.ets_class != "A"},
        )
        for reference, focal in pairs
    )


def _functioning(
    responses: Responses, reference: str, focal: str, flagged: set[str]
) -> DifferentialTestFunctioning:
    apart: BoolArray = np.array([name in flagged for name in responses.item_ids])
    if apart.all():
        raise CannotCompareGroups(
            [f"every item is flagged for {focal!r}: no item is left to hold the groups together"]
        )
    names = [name for name in responses.item_ids if name in flagged]
    everywhere = np.zeros((RANGE.size, 0))
    in_focal, density = np.zeros((1, 0)), np.ones(1)
    if names:
        found = calibrated(comparison_of(responses, reference, focal), apart)
        halves = [halves_of(found, name) for name in names]
        both = [half.reference for half in halves], [half.focal for half in halves]
        group = found.parameters.group(focal)
        z = np.linspace(-5, 5, 201)
        density = np.exp(-0.5 * z**2) / np.exp(-0.5 * z**2).sum()
        everywhere, in_focal = (
            expected_scores(both[1], theta) - expected_scores(both[0], theta)
            for theta in (RANGE, group.mean + group.sd * z)
        )
    test, test_focal = everywhere.sum(axis=1), in_focal.sum(axis=1)
    peak = int(np.abs(test).argmax())
    return DifferentialTestFunctioning(
        reference=reference,
        focal=focal,
        max_score=int(responses.max_scores.sum()),
        n_anchors=int((~apart).sum()),
        sdtf=float(test.mean()),
        udtf=float(np.abs(test).mean()),
        signed_focal=float(density @ test_focal),
        unsigned_focal=float(density @ np.abs(test_focal)),
        dtf=float(density @ test_focal**2),
        largest=float(test[peak]),
        largest_at=float(RANGE[peak]),
        items=tuple(
            ItemShare(name, float(density @ gap**2), float(density @ (gap * test_focal)))
            for name, gap in zip(names, in_focal.T, strict=True)
        ),
    )


def expected_scores(items: Sequence[ItemParameters], theta: FloatArray) -> FloatArray:
    """Expected score of each item, shape (n_points, n_items), points."""
    shares = category_probabilities(items, theta)
    scores: FloatArray = shares @ np.arange(shares.shape[2], dtype=np.float64)
    return scores
