"""Compare groups item by item, purify the matching, and adjust for the number of items."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from examengine.psychometrics.dif._contract import (
    FEWEST_COMPARED,
    CannotCompareGroups,
    Comparison,
    DifFinding,
    DifMethod,
    DifRow,
)
from examengine.psychometrics.dif._item_models import item_models
from examengine.psychometrics.multiplicity import ADJUSTMENTS
from examengine.psychometrics.refusals import Refusal
from examengine.psychometrics.responses import Responses

MOST_ROUNDS = 10
# An item studied counts in its own matching; one anchor alone would be matched on itself.
FEWEST_ANCHORS = 2
# Of the smaller group: with less compared the figures speak of few.
FEW = 0.5


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
            Where that would leave no anchor, the last usable round stands, with a note.
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
    note = None
    if purify:
        comparison, findings, note = _purified(comparison, method, findings)
    adjusted = ADJUSTMENTS[adjustment]([finding.p for finding in findings])
    purified = not comparison.anchors.all()
    models = comparison.models if method.calibrates else {}
    return [
        _row(comparison, models, item, finding, float(adjusted[item]), note, purified=purified)
        for item, finding in enumerate(findings)
    ]


def _purified(
    comparison: Comparison, method: DifMethod, findings: Sequence[DifFinding]
) -> tuple[Comparison, Sequence[DifFinding], str | None]:
    """Match again without flagged items until these stay the same, or nothing is left to match on.

    Returns:
        The last comparison that could be made, its findings, and what a reader has to know of it.
    """
    for number in range(MOST_ROUNDS):
        anchors = np.array([_stays(finding) for finding in findings])
        if (anchors == comparison.anchors).all():
            return comparison, findings, None
        kept = f"purification stopped: the figures are those of round {number + 1}"
        if anchors.sum() < FEWEST_ANCHORS:
            left = "no anchor" if not anchors.any() else "one anchor only"
            return comparison, findings, f"{kept}, because it would have left {left}"
        cleaner = replace(comparison, anchors=anchors)
        try:
            found = method.findings(cleaner)
        except Refusal as refusal:
            return comparison, findings, f"{kept}, because after it {refusal.faults[0]}"
        comparison, findings = cleaner, found
    return comparison, findings, f"purification did not settle in {MOST_ROUNDS} rounds"


def _stays(finding: DifFinding) -> bool:
    """Whether an item stays an anchor: negligible, or met by one group only, so no bias."""
    return finding.ets_class == "A" or finding.compared.fewest == 0


def _row(
    comparison: Comparison,
    models: Mapping[str, str],
    item: int,
    finding: DifFinding,
    adjusted: float,
    note: str | None,
    *,
    purified: bool,
) -> DifRow:
    item_id = comparison.responses.item_ids[item]
    who = finding.compared
    enough = who.fewest >= FEWEST_COMPARED
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
        ets_class=finding.ets_class if enough else None,
        n_compared=who.reference + who.focal,
        n_compared_focal=who.focal,
        purified=purified,
        details=finding.details,
        model=models.get(item_id),
        notes=tuple(one for one in (note, finding.note, _doubt(comparison, item, finding)) if one),
    )


def _doubt(comparison: Comparison, item: int, finding: DifFinding) -> str | None:
    """Why an item has no class, or a class of few of those who were presented it."""
    data, who = comparison.responses, finding.compared
    shown = data.weights * data.presented[:, item]
    focal = float(shown[comparison.is_focal].sum())
    smaller = min(focal, float(shown.sum()) - focal)
    if who.fewest == 0:
        unsaid = finding.note is None
        return "no class: nobody could be matched with the other group" if unsaid else None
    if who.fewest < FEWEST_COMPARED:
        return f"no class: fewer than {FEWEST_COMPARED} persons of a group could be compared"
    if finding.ets_class is None and finding.note is None:
        return "no class: the scores of those compared do not vary"
    if who.fewest < FEW * smaller:
        return f"fewer than {FEW:.0%} of the smaller group could be matched"
    return None
