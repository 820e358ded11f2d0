"""How estimates that stand in a file would vary: the curvature at them, over their responses."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import ItemBatch
from examengine.psychometrics.estimation.free_parameters import (
    FIXED,
    NOTHING,
    Layout,
    ParameterSlots,
    slots_by_name,
)
from examengine.psychometrics.estimation.marginal import NAME, build_surface
from examengine.psychometrics.estimation.observed_information import curvature_at
from examengine.psychometrics.estimation.plan import CalibrationPlan
from examengine.psychometrics.estimation.posterior_surface import PosteriorSurface
from examengine.psychometrics.estimation.priors import Priors
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.refusals import CannotCalibrate, refuse
from examengine.psychometrics.responses import Responses

# Relative step of the central differences of the gradient by anchors.
STEP = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class SamplingVariation:
    """How the estimates of a calibration vary over samples of persons.

    Attributes:
        covariance: Of the free parameters, shape (n_free, n_free).
        slots: Where items and groups stand among them.
        by_anchor: For each anchored item, how the free parameters move with its coordinates,
            shape (n_free, n_parameters).
        remoteness: gᵀ C g / n_free, g the gradient at the estimates: how far the mode is, in
            squared standard errors. Near 0 at the estimates of these responses, near 2 at those of
            as many other persons.
    """

    covariance: FloatArray
    slots: ParameterSlots
    by_anchor: Mapping[str, FloatArray]
    remoteness: float

    def unknown(self, item_ids: Iterable[str]) -> Iterator[str]:
        """A sentence when the responses say nothing of how some items vary."""
        missing = sorted(set(item_ids) - set(self.slots.items))
        if missing:
            yield f"no responses to {', '.join(missing)}"

    def slope(
        self, items: Mapping[str, FloatArray], groups: Mapping[str, FloatArray] = NOTHING
    ) -> FloatArray:
        """Derivatives by the free parameters; see `ParameterSlots.by_estimates`."""
        return self.slots.by_estimates(len(self.covariance), items, groups)

    def variance(self, slope: FloatArray) -> FloatArray:
        """∇ C ∇ᵀ for each row ∇ of the derivatives, shape (n,)."""
        found: FloatArray = np.einsum("sf,fg,sg->s", slope, self.covariance, slope)
        return found


def variation_of(parameters: ParameterSet, responses: Responses) -> SamplingVariation:
    """How known estimates vary, from the observed information at them.

    C = (−∂² log posterior)⁻¹;  ∂φ/∂ψ = C ∂² log posterior / ∂φ ∂ψ for anchors ψ, since the gradient
    by φ stays 0 when anchors move

    Args:
        parameters: A calibration, in the metric in which it was made.
        responses: The responses it was made from. With several groups each person has one.

    Returns:
        The covariance of all that was estimated together, and how it follows the anchors.

    Raises:
        CannotCalibrate: The calibration is not by marginal maximum likelihood with normal
            abilities, has been moved to another metric, anchors items of a model in which items
            share coordinates, has no parameters for an item, is of other groups, or is no maximum
            of this likelihood.

    References:
        Louis (1982), Journal of the Royal Statistical Society B 44, 226–233, equation 3.1.
    """
    refuse(CannotCalibrate, _faults(parameters, responses))
    plan = _plan(parameters, responses)
    surface = build_surface(plan)
    vector = _vector(surface.layout, parameters, plan)
    point = surface.evaluate(vector)
    covariance = curvature_at(surface, vector, "observed").covariance
    if point is None or covariance is None:
        raise CannotCalibrate(
            ["the given parameters are no maximum of the likelihood of these responses"]
        )
    return SamplingVariation(
        covariance=covariance,
        slots=slots_by_name(surface.layout, plan.responses.item_ids, plan.group_labels),
        by_anchor=_by_anchor(surface, vector, covariance, plan),
        remoteness=float(point.gradient @ covariance @ point.gradient) / max(1, len(vector)),
    )


def _faults(parameters: ParameterSet, responses: Responses) -> Iterator[str]:
    """One sentence for each reason why the likelihood of these estimates is not known."""
    if parameters.estimator not in ("", NAME):
        yield f"the calibration is by {parameters.estimator}; {NAME} is needed"
    if any(group.weights for group in parameters.groups):
        yield "abilities have a histogram whose variation a parameter file does not hold"
    missing = sorted(set(responses.item_ids) - set(parameters.item_ids))
    if missing:
        yield f"no parameters for {', '.join(missing)}"
    labels, found = {group.group for group in parameters.groups}, set(responses.group_labels)
    if len(labels) > 1 and found != labels:
        yield f"groups {', '.join(sorted(labels))} were calibrated together; all are needed"
    first = parameters.groups[0]
    anchored = any(item.anchored for item in parameters.items)
    if not anchored and first.fixed and (first.mean, first.sd) != (0.0, 1.0):
        yield "the calibration was moved to another metric; the one before it is needed"
    for model in sorted({item.model for item in parameters.items if anchored}):
        if MODELS[model].shared(2):
            yield f"what {model} items share was taken from anchors, and is not followed"


def _plan(parameters: ParameterSet, responses: Responses) -> CalibrationPlan:
    """The calibration that these estimates are the result of."""
    several = len(parameters.groups) > 1
    labels = tuple(group.group for group in parameters.groups)
    known = {item.item_id: item for item in parameters.items}
    items = [known[item_id] for item_id in responses.item_ids]
    return CalibrationPlan(
        responses=responses,
        tally=responses.category_counts(),
        models=tuple(item.model for item in items),
        name=parameters.model,
        group_labels=labels,
        group=np.array([labels.index(one) for one in responses.group or ()])
        if several
        else np.zeros(responses.n_persons, dtype=np.int64),
        anchors={item.item_id: item for item in items if item.anchored},
        priors=Priors() if parameters.priors is None else Priors.from_mapping(parameters.priors),
        quadrature=parameters.quadrature,
        knots=0,
        tolerance=0.0,
        gradient_tolerance=0.0,
        max_cycles=0,
        standard_errors="observed",
        executor=None,
    )


def _vector(layout: Layout, parameters: ParameterSet, plan: CalibrationPlan) -> FloatArray:
    """The estimates as a vector of free parameters, shape (n_free,)."""
    known = {item.item_id: item for item in parameters.items}
    vector = np.zeros(layout.n_free)
    for batch, slots in zip(layout.batches, layout.slots, strict=True):
        names = [plan.responses.item_ids[column] for column in batch.columns]
        apart = np.stack([known[name].coordinates for name in names])
        free = slots != FIXED
        vector[slots[free]] = batch.model.together(apart)[free]
    for group, slots in zip(parameters.groups, layout.group_slots, strict=True):
        values = np.array([group.mean, np.log(group.sd)])
        vector[slots[slots != FIXED]] = values[slots != FIXED]
    return vector


def _by_anchor(
    surface: PosteriorSurface, vector: FloatArray, covariance: FloatArray, plan: CalibrationPlan
) -> dict[str, FloatArray]:
    """How the free parameters move with the coordinates of each anchored item."""
    found = {}
    for place, batch in enumerate(surface.layout.batches):
        for row, column in enumerate(batch.columns):
            name = plan.responses.item_ids[column]
            if name in plan.anchors:
                change = [
                    _gradient_change(surface, vector, place, (row, coordinate))
                    for coordinate in range(batch.params.shape[1])
                ]
                found[name] = covariance @ np.stack(change, axis=1)
    return found


def _gradient_change(
    surface: PosteriorSurface, vector: FloatArray, place: int, cell: tuple[int, int]
) -> FloatArray:
    """Derivative of the gradient by a given coordinate of an item of a batch, (n_free,)."""
    batch = surface.layout.batches[place]
    step = STEP * max(1.0, abs(float(batch.params[cell])))
    ends = []
    for sign in (1.0, -1.0):
        params = batch.params.copy()
        params[cell] += sign * step
        point = _with_batch(surface, place, replace(batch, params=params)).evaluate(vector)
        if point is None:
            name = batch.model.title
            raise CannotCalibrate([f"an anchor of the {name} stands at the end of its range"])
        ends.append(point.gradient)
    change: FloatArray = (ends[0] - ends[1]) / (2.0 * step)
    return change


def _with_batch(surface: PosteriorSurface, place: int, batch: ItemBatch) -> PosteriorSurface:
    """The surface with one batch of items in another place of their parameters."""
    batches = list(surface.layout.batches)
    batches[place] = batch
    return replace(surface, layout=replace(surface.layout, batches=tuple(batches)))
