"""What a calibration is asked to do, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.estimation.priors import Priors
from examengine.psychometrics.estimation.shards import Executor
from examengine.psychometrics.estimation.slots import ParameterSlots
from examengine.psychometrics.parameters import ItemParameters, ParameterSet, Quadrature
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.shown import Result, Table

LatentForm = Literal["normal", "histogram"]
StandardErrors = Literal["observed", "cross-products", "sandwich", "none"]


class Progress(Protocol):
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
    progress: Progress | None = None


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
