"""How well item parameters come back, and whether their intervals hold what they promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.models import Values
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.recovery._contract import Study, moment
from examengine.psychometrics.recovery._estimates import Estimated, correlation, holds, se_ratio
from examengine.psychometrics.simulation import (
    STUDIED,
    as_responses,
    draw_scores,
    items_from_priors,
    priors_for,
    true_items,
)

# Slope and intercept say the same as a and b, which people read.
SAID_TWICE = frozenset({"slope", "intercept"})


@dataclass(frozen=True, slots=True)
class RecoveryCell:
    """A condition.

    Attributes:
        model: Code of the model that responses are drawn from and calibrated with.
        n_persons: Persons, abilities from N(0, 1).
        n_items: Items.
        from_priors: Whether true parameters are drawn from the priors, anew for every data set;
            else they are spread evenly and the same each time.
    """

    model: str
    n_persons: int
    n_items: int
    from_priors: bool = False

    def __str__(self) -> str:
        return f"{self.name}, {self.n_persons} persons, {self.n_items} items"

    @property
    def name(self) -> str:
        """The model, and where its truth comes from."""
        return f"{self.model}, from priors" if self.from_priors else self.model


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """One replication.

    Attributes:
        converged: Whether the calibration says so.
        parameters: What was estimated, by name of the parameter.
    """

    converged: bool
    parameters: Mapping[str, Estimated]


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """How one parameter came back.

    Attributes:
        model: Code of the model; "from priors" when true parameters were drawn from them.
        n_persons: Persons.
        n_items: Items.
        parameter: Name of the parameter; lists (thresholds, steps …) are taken together.
        replications: Calibrations that went into the row.
        refused: Data sets that were refused, as when everybody solves an item.
        not_converged: Calibrations that say they did not converge; they count.
        bias: Mean of estimate less truth over items and replications, logits (c: probability).
        bias_error: Its Monte Carlo standard error.
        rmse: √ of the mean squared error.
        rmse_error: Its Monte Carlo standard error, by the delta method.
        se_ratio: Root mean squared standard error over the standard deviation of the estimates
            about their mean: 1 when standard errors are right.
        coverage: Share of 95 % intervals that hold the truth; see `holds`.
        coverage_error: Its Monte Carlo standard error.
        correlation: Mean over replications of the correlation of truth and estimate over items;
            nan for a parameter that is the same in all items.
    """

    model: str
    n_persons: int
    n_items: int
    parameter: str
    replications: int
    refused: int
    not_converged: int
    bias: float
    bias_error: float
    rmse: float
    rmse_error: float
    se_ratio: float
    coverage: float
    coverage_error: float
    correlation: float


class ItemParameterRecovery(Study[RecoveryCell, Replication]):
    """Bias, RMSE and coverage of item parameters by model, sample and length of the test.

    Responses are drawn from the model and calibrated with it; the 3PL with a lognormal(0, .5)
    prior on a and a beta(5, 17) prior on c, every other model without priors. An interval that
    rests on a prior promises its coverage over parameters that vary as the prior says, so the 3PL
    is also tried with true a and c drawn from the priors.
    """

    code = "items"
    title = "recovery of item parameters"
    cells = (
        *(
            RecoveryCell(model, n_persons, n_items)
            for model in STUDIED
            for n_persons, n_items in (
                (250, 20), (500, 20), (1000, 10), (1000, 20), (1000, 40), (2000, 20), (5000, 20),
            )
        ),
        *(RecoveryCell("3pl", n_persons, 20, from_priors=True) for n_persons in (1000, 2000, 5000)),
    )  # fmt: skip
    replications = 60

    def outcome(self, cell: RecoveryCell, rng: np.random.Generator) -> Replication:
        """Draw and calibrate once; see `Study.outcome`."""
        items = (
            items_from_priors(rng, cell.n_items)
            if cell.from_priors
            else true_items(cell.model, cell.n_items)
        )
        scores = draw_scores(rng, items, rng.standard_normal(cell.n_persons))
        found = calibrate(
            as_responses(scores, items), cell.model, priors=priors_for(cell.model)
        ).parameters
        return Replication(found.converged, _estimated(items, found.items))

    def rows(
        self, cell: RecoveryCell, outcomes: Sequence[Replication], refused: int
    ) -> Sequence[RecoveryRow]:
        """A row for each parameter; see `Study.rows`."""
        names = list(outcomes[0].parameters) if outcomes else []
        return [
            recovery_row(
                cell,
                name,
                [outcome.parameters[name] for outcome in outcomes],
                refused,
                sum(not outcome.converged for outcome in outcomes),
            )
            for name in names
        ]


STUDY = ItemParameterRecovery()


def recovery_row(
    cell: RecoveryCell,
    parameter: str,
    found: Sequence[Estimated],
    refused: int = 0,
    not_converged: int = 0,
) -> RecoveryRow:
    """Bias, error and coverage of one parameter over replications.

    bias = mean(x̂ − x), RMSE = √ mean (x̂ − x)², coverage = share of intervals that hold x.

    Args:
        cell: The condition.
        parameter: Name of the parameter.
        found: What was estimated, for each replication; the same items each time.
        refused: Data sets that were refused.
        not_converged: Calibrations that did not converge.

    Returns:
        The row; an interval without a standard error covers nothing.

    Notes:
        All Monte Carlo errors are taken between replications; see `moment`.

    References:
        Morris, White & Crowther (2019), Statistics in Medicine 38, 2074–2102, table 6.
    """
    errors = np.stack([one.estimate - one.truth for one in found])
    se = np.stack([one.se for one in found])
    bias, square = moment(errors.mean(axis=1)), moment((errors**2).mean(axis=1))
    coverage = moment([holds(parameter, one).mean() for one in found])
    rmse = float(np.sqrt(square.value))
    return RecoveryRow(
        model=cell.name,
        n_persons=cell.n_persons,
        n_items=cell.n_items,
        parameter=parameter,
        replications=len(found),
        refused=refused,
        not_converged=not_converged,
        bias=bias.value,
        bias_error=bias.error,
        rmse=rmse,
        rmse_error=square.error / (2.0 * rmse) if rmse > 0 else float("nan"),
        se_ratio=se_ratio(errors, se),
        coverage=coverage.value,
        coverage_error=coverage.error,
        correlation=moment([correlation(one) for one in found]).value,
    )


def _estimated(
    truth: Sequence[ItemParameters], found: Sequence[ItemParameters]
) -> Mapping[str, Estimated]:
    """Truth beside estimate for every parameter that was estimated, lists item after item."""
    names = [name for name in truth[0].values if name in _free(truth[0].model) - SAID_TWICE]
    return {
        name: Estimated(
            truth=_column([item.values for item in truth], name),
            estimate=_column([item.values for item in found], name),
            se=_column([item.se or _without_errors(item.values) for item in found], name),
        )
        for name in names
    }


def _free(model: str) -> frozenset[str]:
    """Parameters of a model that are estimated."""
    fixed = {"rasch": {"a"}, "pcm": {"a"}}.get(model, set())
    return frozenset({"a", "b", "c", "thresholds", "steps", "slopes", "intercepts"} - fixed)


def _without_errors(values: Values) -> Values:
    """Standard errors that do not exist, in the shape of the estimates."""
    return {
        name: (np.nan,) * len(value) if isinstance(value, tuple) else np.nan
        for name, value in values.items()
    }


def _column(values: Sequence[Values], name: str) -> FloatArray:
    """One parameter of all items; the first category of a nominal item is 0 by definition."""
    parts = []
    for one in values:
        entries = np.atleast_1d(np.asarray(one[name], dtype=np.float64))
        parts.append(entries[1:] if name in {"slopes", "intercepts"} else entries)
    return np.concatenate(parts)
