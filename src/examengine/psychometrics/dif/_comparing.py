"""Compare groups item by item, purify the matching, and adjust for the number of items."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from examengine.psychometrics.dif._contract import (
    CannotCompareGroups,
    Comparison,
    DifMethod,
    DifRow,
    Finding,
)
from examengine.psychometrics.dif._item_models import item_models
from examengine.psychometrics.multiplicity import ADJUSTMENTS
from examengine.psychometrics.responses import Responses

MOST_ROUNDS = 10


def compare_groups(
    responses: Responses,
    method: DifMethod,
    *,
    reference: str | None = None,
    purify: bool = False,
    adjustment: str = "bh",
    models: Mapping[str, str] | None = None,
) -> tuple[DifRow, ...]:
    """Look for differential item functioning of every group against the reference.

    Args:
        responses: Responses with groups.
        method: How to look.
        reference: Label of the reference group; the first to appear when not given.
        purify: Whether to match again without the items of class B and C until the flagged items
            stay the same (at most ten times). A studied item always counts in its own matching.
        adjustment: "bh", "holm" or "bonferroni", over the items of each comparison.
        models: Code of the model by item, for a method that calibrates; see `item_models`.

    Returns:
        One row for each item and focal group.

    Raises:
        CannotCompareGroups: There are fewer than two groups, the reference is none of them, or the
            adjustment is unknown, or an item cannot be compared under its model.
        CannotCalibrate: A model-based method could not estimate its model.
    """
    if adjustment not in ADJUSTMENTS:
        raise CannotCompareGroups([f"{adjustment!r} is none of {', '.join(ADJUSTMENTS)}"])
    labels = responses.group_labels
    if len(labels) < 2:
        raise CannotCompareGroups(["the responses have fewer than two groups to compare"])
    first = labels[0] if reference is None else reference
    if first not in labels:
        raise CannotCompareGroups([f"reference group {first!r} is none of {', '.join(labels)}"])
    rows: list[DifRow] = []
    for focal in labels:
        if focal != first:
            comparison = comparison_of(responses, first, focal, models)
            rows += _rows(comparison, method, adjustment, purify=purify)
    return tuple(rows)


def comparison_of(
    responses: Responses,
    reference: str,
    focal: str,
    models: Mapping[str, str] | None = None,
) -> Comparison:
    """Two of the groups, matched on all items.

    Args:
        responses: Responses with groups.
        reference: Label of the reference group.
        focal: Label of the focal group.
        models: Code of the model by item; see `item_models`.

    Returns:
        The comparison.

    Raises:
        CannotCompareGroups: An item cannot be compared under its model.
    """
    group = np.array(responses.group)
    chosen = (group == reference) | (group == focal)
    return Comparison(
        responses=responses.with_persons(np.asarray(chosen)),
        reference=reference,
        focal=focal,
        is_focal=np.asarray(group[chosen] == focal),
        anchors=np.ones(responses.n_items, dtype=bool),
        models=item_models(responses, models),
    )


def _rows(
    comparison: Comparison, method: DifMethod, adjustment: str, *, purify: bool
) -> list[DifRow]:
    findings = method.findings(comparison)
    for _ in range(MOST_ROUNDS if purify else 0):
        clean = np.array([finding.ets_class == "A" for finding in findings])
        if (clean == comparison.anchors).all() or not clean.any():
            break
        comparison = replace(comparison, anchors=clean)
        findings = method.findings(comparison)
    adjusted = ADJUSTMENTS[adjustment]([finding.p for finding in findings])
    purified = not comparison.anchors.all()
    models = comparison.models if method.calibrates else {}
    return [
        _row(comparison, models, item, finding, float(adjusted[item]), purified=purified)
        for item, finding in enumerate(findings)
    ]


def _row(
    comparison: Comparison,
    models: Mapping[str, str],
    item: int,
    finding: Finding,
    adjusted: float,
    *,
    purified: bool,
) -> DifRow:
    item_id = comparison.responses.item_ids[item]
    return DifRow(
        item_id=item_id,
        reference=comparison.reference,
        focal=comparison.focal,
        statistic=finding.statistic,
        df=finding.df,
        p=finding.p,
        p_adjusted=adjusted,
        effect=finding.effect,
        effect_size=finding.effect_size,
        ets_class=finding.ets_class,
        purified=purified,
        details=finding.details,
        model=models.get(item_id),
    )
