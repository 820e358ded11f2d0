"""What a calibration is asked to do, what keeps it from it, and what it gives back.

A refusal comes before anything is estimated; it names the item or the form and says what would
help. A warning is a sentence that stands beside the numbers.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from examengine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from examengine.psychometrics.documents import CODE_VERSION
from examengine.psychometrics.enumeration import some_of
from examengine.psychometrics.estimation.design import Executor
from examengine.psychometrics.estimation.free_parameters import (
    Estimates,
    ParameterSlots,
)
from examengine.psychometrics.estimation.priors import Priors
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.parameters import ItemParameters, ParameterSet, Quadrature
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.shown import Result, Table

LatentForm = Literal["normal", "histogram"]
StandardErrors = Literal["observed", "cross-products", "sandwich", "none"]
FEWEST_PERSONS = 10
# Sample sizes below which estimates of a model are usually too rough to use, from the
# literature's rules of thumb (de Ayala 2009; Yen & Fitzpatrick 2006).
ADVISED_PERSONS = {"rasch": 100, "1pl": 100, "2pl": 250, "3pl": 1000, "4pl": 2000}
ADVISED_OTHERS = 250
STEEPEST = 6.0
FARTHEST = 15.0


class ProgressListener(Protocol):
    """Whom a climb tells how far it is."""

    def __call__(self, cycle: int, log_posterior: float, gradient: float) -> None:
        """Hear of a pass over the data: its number, the value and the largest derivative."""


@dataclass(frozen=True, slots=True)
class CalibrationPlan:
    """A calibration, spelled out.

    Attributes:
        responses: Persons by items.
        tally: Number of persons with each score of each item, shape (n_items, n_categories).
        models: Code of the model of each item.
        name: Code of the model, or "mixed".
        group_labels: Labels of the groups, the reference first.
        group: Index of each person's group, shape (n_persons,).
        anchors: Given parameters by item.
        priors: Prior distributions.
        quadrature: Points of the latent distribution.
        knots: Number of knots of a group's histogram; 0 when it is normal.
        tolerance: Largest change of a parameter that the next step may still make.
        gradient_tolerance: Largest absolute derivative at the end.
        max_cycles: Largest number of passes over the data.
        standard_errors: Which standard errors to give.
        executor: Where shards of persons are worked on; None works in this thread.
        progress: Whom to tell of each pass over the data; None tells nobody.
        right: For items whose categories have no order, those that are right.
    """

    responses: Responses
    tally: FloatArray
    models: tuple[str, ...]
    name: str
    group_labels: tuple[str, ...]
    group: IntArray
    anchors: Mapping[str, ItemParameters]
    priors: Priors
    quadrature: Quadrature
    knots: int
    tolerance: float
    gradient_tolerance: float
    max_cycles: int
    standard_errors: StandardErrors
    executor: Executor | None
    progress: ProgressListener | None = None
    right: Mapping[str, Collection[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Calibration(Result):
    """A calibrated test and how it was arrived at.

    Attributes:
        parameters: The estimates, as they go into a file.
        gradient: Derivatives of the log-posterior at the estimates, shape (n_free,).
        covariance: Covariance of the free parameters, shape (n_free, n_free); None when it was
            not asked for or the curvature is not that of a maximum.
        hessian_condition: Largest over smallest eigenvalue of the observed information; None
            when the curvature is not that of a maximum.
        history: Log-posterior after each accepted step.
        slots: Where items and groups stand among the free parameters.
        item_covariances: Covariance of slope, intercept and so on of each item, by item, in
            the coordinates of its model.
        responses: What was calibrated, where whoever asked wants to go on with it; else None.

    Examples:
        >>> from examengine.psychometrics import calibrate, simulate
        >>> calibration = calibrate(simulate("rasch", 200, 5, rng=1).responses, "rasch")
        >>> calibration.parameters.n_parameters, calibration.parameters.converged
        (6, True)
        >>> calibration.table().columns
        ('item_id', 'model', 'a', 'b', 'c', 'd', 'se_b')
    """

    parameters: ParameterSet
    gradient: FloatArray
    covariance: FloatArray | None
    hessian_condition: float | None
    history: tuple[float, ...]
    slots: ParameterSlots
    item_covariances: Mapping[str, FloatArray]
    responses: Responses | None = None

    def headline(self) -> str:
        """What was calibrated, and whether the maximum was reached."""
        return f"Calibration: {self.parameters.headline()}"

    def table(self, *, slopes: bool = False) -> Table:
        """One row for each item; see `ParameterSet.table`."""
        return self.parameters.table(slopes=slopes)

    def to_json(self) -> str:
        """The parameter file, `examengine/item-parameters/1`, which `read_parameters` reads."""
        return self.parameters.to_json()


def calibration_of(
    plan: CalibrationPlan,
    estimates: Estimates,
    *,
    estimator: str,
    log_likelihood: float,
    gradient: FloatArray,
    covariance: FloatArray | None,
    condition: float | None,
    converged: bool,
    seconds: float,
    n_parameters: int,
    iterations: int = 0,
    log_posterior: float | None = None,
    history: tuple[float, ...] = (),
    said: Iterable[str] = (),
) -> Calibration:
    """The calibration of a plan as it is reported, with what its reader has to know.

    Args:
        plan: What was asked.
        estimates: Items and groups.
        estimator: By what they were estimated.
        log_likelihood: At the estimates.
        gradient: Derivatives of the log-posterior there, shape (n_free,).
        covariance: Of the free parameters, shape (n_free, n_free), or None.
        condition: Largest over smallest eigenvalue of the observed information, or None.
        converged: Whether this is a maximum.
        seconds: Time taken.
        n_parameters: Number of parameters estimated.
        iterations: Passes over the data; 0 where the estimator does not tell.
        log_posterior: With the priors, when there are some.
        history: Log-posterior after each accepted step.
        said: What the estimator has to say of itself, one sentence each.

    Returns:
        The calibration.
    """
    responses = plan.responses
    return Calibration(
        parameters=ParameterSet(
            items=estimates.items,
            groups=estimates.groups,
            model=plan.name,
            quadrature=plan.quadrature,
            n_persons=float(responses.weights[responses.n_answered > 0].sum()),
            n_parameters=n_parameters,
            log_likelihood=log_likelihood,
            log_posterior=log_posterior,
            priors=plan.priors.source or None,
            iterations=iterations,
            converged=converged,
            gradient_max=float(np.abs(gradient).max(initial=0.0)),
            seconds=seconds,
            estimator=estimator,
            code_version=CODE_VERSION,
            input_digest=responses.digest,
            warnings=(
                *said,
                *_input_warnings(responses, plan.tally, plan.models, plan.anchors),
                *_estimate_warnings(estimates.items),
            ),
        ),
        gradient=gradient,
        covariance=covariance,
        hessian_condition=condition,
        history=history,
        slots=estimates.slots,
        item_covariances=estimates.covariances,
    )


def input_faults(
    responses: Responses,
    tally: FloatArray,
    models: Sequence[str],
    anchors: Mapping[str, ItemParameters],
    group: IntArray,
    labels: Sequence[str],
) -> Iterator[str]:
    """One sentence for each reason why these responses do not determine the parameters.

    Args:
        responses: Persons by items.
        tally: Number of persons with each score of each item, shape (n_items, n_categories).
        models: Code of the model of each item.
        anchors: Items whose parameters are given.
        group: Index of each person's group.
        labels: Labels of the groups.
    """
    weight = responses.weights * (responses.n_answered > 0)
    if weight.sum() < FEWEST_PERSONS:
        yield f"{weight.sum():g} persons answered anything; at least {FEWEST_PERSONS} are needed"
        return
    for column, item_id in enumerate(responses.item_ids):
        anchor = anchors.get(item_id)
        yield from _item_faults(responses, column, tally[column], models[column], anchor)
    yield from _form_faults(responses, anchors)
    sizes = np.bincount(group, weight, len(labels)).astype(np.float64)
    yield from _group_faults(responses, anchors, sizes, labels)


def _item_faults(
    responses: Responses,
    column: int,
    tally: FloatArray,
    model: str,
    anchor: ItemParameters | None,
) -> Iterator[str]:
    """Why one item cannot be calibrated."""
    item_id, best = responses.item_ids[column], int(responses.max_scores[column])
    counts = tally[: best + 1]
    if anchor is not None:
        if anchor.n_categories < best + 1 and counts[anchor.n_categories :].any():
            yield (
                f"item {item_id!r}: the anchor has {anchor.n_categories} categories but scores "
                f"up to {best} were given"
            )
    elif model not in MODELS:
        yield f"item {item_id!r}: model {model!r} is none of {', '.join(sorted(MODELS))}"
    elif best > 1 and not MODELS[model].polytomous:
        yield (
            f"item {item_id!r}: scores go up to {best}, but {model} is for right and wrong; "
            "use pcm, gpcm or grm"
        )
    else:
        yield from _category_faults(item_id, counts)


def _category_faults(item_id: str, counts: FloatArray) -> Iterator[str]:
    """Why the observed scores of one item do not determine its parameters."""
    if not counts.any():
        yield f"item {item_id!r} was presented to nobody; leave it out"
    elif len(counts) == 2 and not counts.all():
        said = "right" if counts[1] else "wrong"
        yield f"item {item_id!r}: everyone was {said}, so it has no estimate; leave it out"
    else:
        for score in np.flatnonzero(counts == 0):
            yield (
                f"item {item_id!r}: nobody scored {score}; join that score with a neighbour "
                "and renumber from 0"
            )


def _form_faults(responses: Responses, anchors: Mapping[str, ItemParameters]) -> Iterator[str]:
    """Sets of items that no person connects cannot be put on one scale."""
    presented = responses.presented
    sets = [] if presented.all() else _connected_sets(presented)
    if len(sets) < 2:
        return
    for columns in sets:
        inside = [responses.item_ids[column] for column in columns]
        if not any(item_id in anchors for item_id in inside):
            named = ", ".join(inside[:3]) + (" …" if len(inside) > 3 else "")
            yield (
                f"{len(inside)} items ({named}) share no person with the other items, so they "
                "cannot be put on one scale; add common items, or anchors in every set"
            )


def _connected_sets(presented: BoolArray) -> list[IntArray]:
    """Items in sets that persons connect, grown item by person by item until nothing is new."""
    left = presented.any(axis=0)
    sets: list[IntArray] = []
    while left.any():
        reached = np.zeros_like(left)
        reached[np.flatnonzero(left)[0]] = True
        size = 0
        while size < reached.sum():
            size = int(reached.sum())
            persons = presented[:, reached].any(axis=1)
            reached = np.asarray(presented[persons].any(axis=0))
        sets.append(np.flatnonzero(reached))
        left &= ~reached
    return sets


def _group_faults(
    responses: Responses,
    anchors: Mapping[str, ItemParameters],
    sizes: FloatArray,
    labels: Sequence[str],
) -> Iterator[str]:
    """Groups too small to have a mean and a deviation."""
    for label, size in zip(labels, sizes.tolist(), strict=True):
        if size < FEWEST_PERSONS:
            yield f"group {label!r} has {size:g} persons; at least {FEWEST_PERSONS} are needed"
    if anchors and not set(anchors) & set(responses.item_ids):
        yield "none of the anchors is among the items of these responses"


def identification_faults(
    responses: Responses, n_free: int, n_groups: int, *, has_priors: bool
) -> Iterator[str]:
    """A sentence when there are more parameters than the responses can have frequencies.

    p ≤ G (Π_j (m_j + 1) − 1) is necessary: nothing but the frequencies of the response patterns of
    each group is ever seen.

    Args:
        responses: Persons by items.
        n_free: p, number of free parameters.
        n_groups: G.
        has_priors: Whether priors say something too, so that this bound does not hold.
    """
    # More patterns than parameters decide; the product of many items is not needed.
    patterns = 1
    for highest in responses.max_scores.tolist():
        patterns = min(patterns * (highest + 1), n_free + 2)
    if n_free > n_groups * (patterns - 1) and not has_priors:
        yield (
            f"{n_free} parameters cannot be told from the {patterns} answers that are possible "
            f"on {responses.n_items} items; add items, or take a model with fewer parameters"
        )


def _input_warnings(
    responses: Responses,
    tally: FloatArray,
    models: Sequence[str],
    anchors: Collection[str] = (),
) -> Iterator[str]:
    """Doubts that the responses raise before anything is estimated."""
    silent = float(responses.weights[responses.n_answered == 0].sum())
    if silent:
        yield f"{silent:g} persons answered nothing and were left out"
    few: dict[int, list[str]] = {}
    for item_id, model, seen in zip(
        responses.item_ids, models, tally.sum(axis=1).tolist(), strict=True
    ):
        needed = ADVISED_PERSONS.get(model, ADVISED_OTHERS)
        if seen < needed and item_id not in anchors:
            few.setdefault(needed, []).append(item_id)
    for needed, item_ids in sorted(few.items()):
        yield f"fewer than {needed} persons for {some_of(item_ids)}: expect rough estimates"


def _estimate_warnings(items: Sequence[ItemParameters]) -> Iterator[str]:
    """Doubts that the estimates raise."""
    slopes = {
        item.item_id: slope
        for item in items
        if isinstance(slope := item.values.get("a"), float) and not item.anchored
    }
    steep = [item_id for item_id, a in slopes.items() if abs(a) > STEEPEST]
    if steep:
        yield (
            f"slope beyond {STEEPEST:g} for {some_of(steep)}: the likelihood may have no maximum "
            "there; use a prior on a, or look for items that repeat each other"
        )
    far = [
        item.item_id
        for item in items
        if isinstance(place := item.values.get("b"), float)
        and abs(place) > FARTHEST
        and not item.anchored
    ]
    if far:
        yield (
            f"difficulty beyond {FARTHEST:g} for {some_of(far)}: hardly related to ability, so the "
            "responses do not determine it; check the key"
        )
    negative = [item_id for item_id, a in slopes.items() if a < 0]
    if negative:
        yield f"negative slope for {some_of(negative)}: check the key"
