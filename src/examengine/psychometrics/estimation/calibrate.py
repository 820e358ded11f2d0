"""Calibrate a test: the one function through which item parameters are estimated."""

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from examengine.psychometrics.estimation import conditional, marginal
from examengine.psychometrics.estimation.design import Executor
from examengine.psychometrics.estimation.free_parameters import NOTHING_RIGHT
from examengine.psychometrics.estimation.latent import FEWEST_KNOTS
from examengine.psychometrics.estimation.plan import (
    Calibration,
    CalibrationPlan,
    LatentForm,
    ProgressListener,
    StandardErrors,
    input_faults,
)
from examengine.psychometrics.estimation.priors import Priors
from examengine.psychometrics.parameters import ItemParameters, Quadrature
from examengine.psychometrics.refusals import CannotCalibrate, refuse
from examengine.psychometrics.responses import Responses


def _by_girth(plan: CalibrationPlan) -> Calibration:
    from examengine.psychometrics.estimation import girth_estimator  # noqa: PLC0415 - seldom asked

    return girth_estimator.estimate(plan)


ESTIMATORS: Mapping[str, Callable[[CalibrationPlan], Calibration]] = MappingProxyType(
    {"mml-em": marginal.estimate, "cml": conditional.estimate, "girth": _by_girth}
)
LATENT_FORMS = ("normal", "histogram")
STANDARD_ERRORS = ("observed", "cross-products", "sandwich", "none")
# The gradient grows with the number of persons; up to this many it must fall to 1e-4.
# More knots than this cannot be told apart by any test.
MOST_KNOTS = 10
PERSONS_PER_GRADIENT = 10_000
SMALLEST_GRADIENT = 1e-4


def calibrate(
    responses: Responses,
    model: str | Mapping[str, str],
    *,
    points: int = 61,
    limits: tuple[float, float] = (-6.0, 6.0),
    tolerance: float = 1e-4,
    gradient_tolerance: float | None = None,
    max_cycles: int = 500,
    priors: Priors | None = None,
    anchors: Iterable[ItemParameters] = (),
    right: Mapping[str, Collection[int]] = NOTHING_RIGHT,
    by_group: bool = False,
    reference: str | None = None,
    scale_nodes: bool = True,
    latent: LatentForm = "normal",
    knots: int = 7,
    standard_errors: StandardErrors = "observed",
    estimator: str = "mml-em",
    executor: Executor | None = None,
    progress: ProgressListener | None = None,
) -> Calibration:
    """Estimate the item parameters of a test from scored responses.

    The marginal likelihood of the responses is maximised over the item parameters, with
    abilities normal in each group and integrated out over equally spaced points:

    log L = Σ_p w_p log Σ_q A_q Π_j P_j(x_pj | θ_q)

    Args:
        responses: Persons by items; −1 where an item was not presented.
        model: Code of the model of all items, or a code for each item id.
        points: Number of quadrature points; more are filled in between where a test is so long
            that its posteriors are narrower than the spacing.
        limits: Lowest and highest point, in latent standard deviations.
        tolerance: Largest change of a parameter that the next step may still make.
        gradient_tolerance: Largest absolute derivative at the end; 1e-4 for up to 10,000
            persons and in proportion beyond when not given.
        max_cycles: Largest number of passes over the data.
        priors: Prior distributions; none are used unless given.
        anchors: Items whose parameters are given. Those among the responses keep them, and
            the mean and deviation of every group are free.
        right: For items whose categories have no order, those that are right. The nominal model is
            the same with abilities and all slopes turned round; it starts with ability pointing
            to these, and to higher scores where none are named.
        by_group: Whether every group but the reference has its own mean and deviation.
        reference: Label of the reference group; the first to appear when not given.
        scale_nodes: Whether the points move with the deviation of a group. False keeps one
            fixed grid, as mirt does; a group that reaches beyond it is estimated too narrow,
            which a warning says.
        latent: "normal", or "histogram" to estimate the weights of the points of every group.
        knots: How freely a histogram may bend: its log weights are a spline with so many knots.
        standard_errors: "observed" (information by Louis' identity), "cross-products",
            "sandwich" or "none".
        estimator: "mml-em"; "cml" (conditional, for rasch and pcm); "girth" to compare with.
        executor: Where blocks of persons are worked on, such as a thread pool; the estimates
            do not depend on it.
        progress: Whom to tell of each pass over the data.

    Returns:
        The calibration. One that did not converge says so and holds what was reached.

    Raises:
        CannotCalibrate: The responses do not determine the parameters, or an argument is
            unknown; one sentence per reason.

    Notes:
        Logistic metric, D = 1. Without anchors the reference group has mean 0, and deviation 1
        unless all slopes are fixed (rasch, pcm, rsm).

    References:
        Bock & Aitkin (1981), Psychometrika 46, 443–459.
    """
    refuse(CannotCalibrate, _argument_faults(estimator, standard_errors, points, limits))
    refuse(CannotCalibrate, _latent_faults(latent, knots, scale_nodes=scale_nodes))
    known = {item.item_id: item for item in anchors}
    used = {item_id: known[item_id] for item_id in responses.item_ids if item_id in known}
    if known and not used:
        raise CannotCalibrate(["none of the anchors is among the items of these responses"])
    models, name = _models(responses, model, used)
    whole = responses if by_group else _without_groups(responses)
    labels, group = whole.group_index(reference if by_group else None)
    tally = responses.category_counts()
    refuse(CannotCalibrate, input_faults(responses, tally, models, used, group, labels))
    n_persons = float(responses.weights.sum())
    plan = CalibrationPlan(
        responses=responses,
        tally=tally,
        models=models,
        name=name,
        group_labels=labels,
        group=group,
        anchors=used,
        priors=priors or Priors(),
        quadrature=Quadrature(points, *limits, fixed=not scale_nodes),
        knots=knots if latent == "histogram" else 0,
        tolerance=tolerance,
        gradient_tolerance=gradient_tolerance
        or SMALLEST_GRADIENT * max(1.0, n_persons / PERSONS_PER_GRADIENT),
        max_cycles=max_cycles,
        standard_errors=standard_errors,
        executor=executor,
        progress=progress,
        right=right,
    )
    return ESTIMATORS[estimator](plan)


def _argument_faults(
    estimator: str, standard_errors: str, points: int, limits: tuple[float, float]
) -> Iterable[str]:
    """One sentence for each argument that cannot be used."""
    if estimator not in ESTIMATORS:
        yield f"estimator {estimator!r} is none of {', '.join(ESTIMATORS)}"
    if standard_errors not in STANDARD_ERRORS:
        yield f"standard errors {standard_errors!r}: one of {', '.join(STANDARD_ERRORS)} is needed"
    if points < 5:
        yield f"{points} quadrature points; at least 5 are needed"
    if not limits[0] < limits[1]:
        yield f"quadrature from {limits[0]} to {limits[1]}; the first must be below the second"


def _latent_faults(latent: str, knots: int, *, scale_nodes: bool) -> Iterable[str]:
    """One sentence for each reason why a latent distribution cannot be estimated like this."""
    if latent not in LATENT_FORMS:
        yield f"latent distribution {latent!r} is none of {', '.join(LATENT_FORMS)}"
    elif latent == "histogram":
        if not FEWEST_KNOTS <= knots <= MOST_KNOTS:
            yield f"{knots} knots of a histogram; from {FEWEST_KNOTS} to {MOST_KNOTS} are possible"
        if not scale_nodes:
            yield "a histogram has points that move with its group; leave the fixed grid out"


def _models(
    responses: Responses, model: str | Mapping[str, str], anchors: Mapping[str, ItemParameters]
) -> tuple[tuple[str, ...], str]:
    """The model of each item, and the name of the whole.

    Raises:
        CannotCalibrate: An item has no model.
    """
    if isinstance(model, str):
        return (model,) * responses.n_items, model
    given = {**model, **{item_id: item.model for item_id, item in anchors.items()}}
    refuse(
        CannotCalibrate,
        (f"item {name!r} has no model" for name in responses.item_ids if name not in given),
    )
    models = tuple(given[item_id] for item_id in responses.item_ids)
    return models, models[0] if len(set(models)) == 1 else "mixed"


def _without_groups(responses: Responses) -> Responses:
    """The same responses as one group."""
    if responses.group is None:
        return responses
    return Responses(
        person_ids=responses.person_ids,
        item_ids=responses.item_ids,
        scores=responses.scores,
        max_scores=responses.max_scores,
        weight=responses.weight,
    )
