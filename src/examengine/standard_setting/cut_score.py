"""An adopted cut score as a value: from a raw cut to the scale, and what its digest covers. Pure.

A cut is recommended as a raw score on one form. The test characteristic curve of the form's scored
items under the adopted parameters gives the ability whose expected raw score it is, and the exam's
scale gives the score that candidates see. The score is rounded up, so that whoever passes has at
least the standard that was set. Decisions compare scale scores, because those are comparable
between forms and raw scores are not.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any
from uuid import UUID

from examengine.assembly import Form, Scale, shown
from examengine.kernel.clock import iso
from examengine.kernel.digest import digest
from examengine.psychometrics.information import (
    expected_item_scores,
    theta_at_expected_score,
)
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.standard_setting.errors import CutOutOfRange, ParametersLacking

SET_ELSEWHERE = "set_elsewhere"
"""The method of a cut that no panel in this system recommended."""

STEPS = (-2, -1, 0, 1, 2)
"""Standard errors above the recommendation at which an officer is shown what would follow."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a raw cut lies: the ability in logits, and the scale score rounded up.

    In an exam that is scored by points the raw cut is the cut, and there is neither.
    """

    raw_cut: float
    theta_cut: float | None = None
    scale_cut: int | None = None

    @property
    def passing(self) -> Decimal:
        """Return the least reported score that passes."""
        return passing_score(self.raw_cut, self.scale_cut)


@dataclass(frozen=True, slots=True)
class PossibleCut:
    """A cut an officer may adopt: so many standard errors above the recommended one."""

    steps: int
    placement: Placement


@dataclass(frozen=True, slots=True)
class CutScore:
    """The cut of an exam as it was adopted; a later version replaces it for new decisions.

    Attributes:
        id: The cut.
        exam_id: The exam it holds for.
        panel_id: The panel that recommended it, or None when it was set elsewhere.
        method: How it was set.
        form_id: The form on which the raw cut is a score.
        raw_cut: Points on that form.
        theta_cut: Ability with that expected score, logits; None where points are reported.
        scale_cut: The least scale score that passes; None where points are reported.
        standard_error: Standard error of the recommended raw cut over judges, points.
        parameters_id: The adopted item parameters under which it was placed, or None.
        parameters_digest: Their digest.
        reason: Why this cut, in the officer's words.
        adopted_by: Who adopted it.
        adopted_at: When.
        digest: Digest of `cut_score_body`.
        version: 1, 2, 3 … within the exam.
        exam_digest: Digest of the exam.
        form_digest: Digest of the form.
        panel_digest: Digest of the panel with every rating that counted.
        recommended_cut: What the panel recommended, points.
        adopted_by_name: Name of who adopted it.
        scoring_digest: Digest of the policy by which points are weighted; None with a scale.
    """

    id: UUID
    exam_id: str
    panel_id: UUID | None
    method: str
    form_id: UUID
    raw_cut: float
    theta_cut: float | None
    scale_cut: int | None
    standard_error: float
    parameters_id: UUID | None
    parameters_digest: str | None
    reason: str
    adopted_by: UUID
    adopted_at: datetime
    digest: str
    version: int
    exam_digest: str
    form_digest: str
    panel_digest: str | None
    recommended_cut: float | None
    adopted_by_name: str
    scoring_digest: str | None = None

    @property
    def in_points(self) -> bool:
        """Tell whether it is a cut in points, without a scale."""
        return self.scale_cut is None

    @property
    def passing(self) -> Decimal:
        """Return the least reported score that passes."""
        return passing_score(self.raw_cut, self.scale_cut)

    def raw_cut_on(self, forms: Collection[Form]) -> float | None:
        """Return the raw cut where it means the same on each of these forms; None where not.

        It does where the form of the cut is among them and all have the same scored items.
        """
        scored = {frozenset(item.ref for item in form.items if item.scored) for form in forms}
        here = self.form_id in {form.id for form in forms}
        return self.raw_cut if here and len(scored) == 1 else None


def passing_score(raw_cut: float, scale_cut: int | None) -> Decimal:
    """Return the least reported score that passes: on the scale, or else in points."""
    return Decimal(repr(raw_cut)) if scale_cut is None else Decimal(scale_cut)


def cut_score_body(cut: CutScore) -> dict[str, Any]:
    """Return what the digest of a cut covers; a stranger can compute it again from this."""
    panel = None
    if cut.panel_id is not None:
        panel = {"id": str(cut.panel_id), "digest": cut.panel_digest}
    basis: dict[str, Any] = {
        "schema": "examengine/cut-score/1",
        "theta_cut": cut.theta_cut,
        "scale_cut": cut.scale_cut,
        "parameters": {"id": str(cut.parameters_id), "digest": cut.parameters_digest},
    }
    if cut.in_points:
        basis = {"schema": "examengine/cut-score/2", "scoring": cut.scoring_digest}
    return {
        **basis,
        "id": str(cut.id),
        "version": cut.version,
        "exam": {"id": cut.exam_id, "digest": cut.exam_digest},
        "form": {"id": str(cut.form_id), "digest": cut.form_digest},
        "panel": panel,
        "method": cut.method,
        "recommended_cut": cut.recommended_cut,
        "standard_error": cut.standard_error,
        "raw_cut": cut.raw_cut,
        "reason": cut.reason,
        "adopted_by": str(cut.adopted_by),
        "adopted_at": iso(cut.adopted_at),
    }


def cut_score_digest(cut: CutScore) -> str:
    """Return the digest of a cut."""
    return digest(cut_score_body(cut))


def points_of(typed: str, highest: Decimal, *, all_of_them: bool = False) -> float:
    """Return a raw cut as it was typed: a decimal number above 0 and below `highest`.

    With `all_of_them` it may be the highest, which no ability has for an expected score.

    Raises:
        CutOutOfRange: It is none.
    """
    try:
        points = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        raise CutOutOfRange(typed, "0", shown(highest)) from None
    below = points.is_finite() and (points < highest or (all_of_them and points == highest))
    if not (below and points > 0):
        raise CutOutOfRange(typed, "0", shown(highest))
    return float(points)


def error_of(typed: str, highest: Decimal) -> float:
    """Return a standard error as it was typed, from 0 up to `highest` points.

    Raises:
        CutOutOfRange: It is no such number.
    """
    return 0.0 if typed.strip() in {"", "0"} else points_of(typed, highest)


def parameters_for(item_ids: Sequence[str], body: Mapping[str, Any]) -> tuple[ItemParameters, ...]:
    """Return the adopted parameters of these items, in their order.

    Raises:
        ParametersLacking: Some item has none.
    """
    adopted = {item.item_id: item for item in ParameterSet.from_dict(body).items}
    lacking = [item_id for item_id in item_ids if item_id not in adopted]
    if lacking:
        raise ParametersLacking(lacking)
    return tuple(adopted[item_id] for item_id in item_ids)


def placed(raw_cut: float, items: Sequence[ItemParameters], scale: Scale) -> Placement:
    """Return where a raw cut lies.

    θ_cut solves Σ_j E(X_j | θ) = raw_cut; the scale cut is intercept + slope · θ_cut, rounded up.

    Args:
        raw_cut: Points on the form.
        items: The scored items of the form.
        scale: The exam's scale.

    Raises:
        CutOutOfRange: No ability has this expected score, or the score lies beyond the scale.

    Notes:
        Logistic metric, D = 1. θ_cut is kept to nine decimals: the last digits of a root that was
        found numerically must not lift a whole score to the next one.
    """
    theta = round(float(theta_at_expected_score(items, [raw_cut])[0]), 9)
    if not isfinite(theta):
        raise CutOutOfRange(f"{raw_cut:g}", "0", f"{most_expected(items):g}")
    exact = Decimal(scale.intercept) + Decimal(scale.slope) * Decimal(repr(theta))
    if not scale.minimum < exact <= scale.maximum:
        raise CutOutOfRange(f"{exact:.1f}", str(scale.minimum), str(scale.maximum))
    return Placement(raw_cut, theta, scale.cut(theta))


def most_expected(items: Sequence[ItemParameters]) -> float:
    """Return the expected raw score that no ability exceeds."""
    return float(expected_item_scores(items, [float("inf")]).sum())


def possible_cuts(
    recommended: float, standard_error: float, place: Callable[[float], Placement]
) -> tuple[PossibleCut, ...]:
    """Return what the recommendation, and each step of standard errors around it, would become.

    A step so far out that the form or the scale has no score there is left out.

    Args:
        recommended: Points on the form.
        standard_error: Of it, points.
        place: Says where a raw cut lies; raises `CutOutOfRange` where there is no score.
    """
    return tuple(_possible(recommended, standard_error, place))


def _possible(
    recommended: float, standard_error: float, place: Callable[[float], Placement]
) -> Iterator[PossibleCut]:
    for steps in STEPS if standard_error > 0 else (0,):
        try:
            yield PossibleCut(steps, place(recommended + steps * standard_error))
        except CutOutOfRange:
            continue
