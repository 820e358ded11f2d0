"""Calibrate, compare models, and keep parameters."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.estimation import (
    GUESSING_PRIORS,
    Calibration,
    LatentForm,
    Priors,
    StandardErrors,
)
from examengine.psychometrics.estimation import calibrate as estimate
from examengine.psychometrics.estimation.plan import ProgressListener
from examengine.psychometrics.face.given import (
    Data,
    Groups,
    Key,
    Parameters,
    Weights,
    model_code,
    parameters_of,
    read_responses,
)
from examengine.psychometrics.option_categories import (
    by_option,
    options_to_calibrate,
    right_categories,
    with_options,
)
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.parameters import read_parameters as read_parameter_file
from examengine.psychometrics.refusals import CannotCalibrate
from examengine.psychometrics.shown import Findings

# A fit that takes longer than this many seconds says how far it is.
LONG = 2.0
GUESSING = "guessing"


def calibrate(
    data: Data,
    model: Any = "2pl",
    *,
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
    reference: str | None = None,
    by_group: bool | None = None,
    priors: Priors | Mapping[str, Any] | str | None = None,
    anchors: Parameters | Iterable[ItemParameters] = (),
    estimator: str = "mml-em",
    standard_errors: StandardErrors = "observed",
    latent: LatentForm = "normal",
    knots: int = 7,
    points: int = 61,
    limits: tuple[float, float] = (-6.0, 6.0),
    scale_nodes: bool = True,
    tolerance: float = 1e-4,
    max_cycles: int = 500,
    progress: bool = True,
) -> Calibration:
    """Estimate item parameters.

    Args:
        data: Responses; see `read_responses`.
        model: Of all items ("rasch", "1pl", "2pl", "3pl", "4pl", "pcm", "rsm", "gpcm", "grm",
            "nrm", any case, or the model itself), or a mapping with the model of each item.
        key: The right options; see `read_responses`. With a key "nrm" models the options.
        group: Group of each person, or the column with it. Groups other than the reference then
            have a mean and deviation of their own.
        weight: Frequency of each person.
        reference: The group with mean 0; the first to appear when not given.
        by_group: False keeps groups out of the model though the responses have them.
        priors: `Priors`, a mapping such as `{"c": {"distribution": "beta", "alpha": 5, "beta":
            17}}`, or "guessing" for those that the 3PL needs where nothing better is known.
        anchors: Items held fixed: a calibration, or their parameters.
        estimator: "mml-em"; "cml" (conditional, for rasch and pcm); "girth" to compare with.
        standard_errors: "observed", "cross-products", "sandwich" or "none".
        latent: "normal", or "histogram" to estimate the form of the ability distribution.
        knots: How freely a histogram may bend.
        points: Number of quadrature points.
        limits: Lowest and highest point, in latent standard deviations.
        scale_nodes: False keeps one fixed grid, as mirt does.
        tolerance: Largest change of a parameter at the end.
        max_cycles: Most passes over the data.
        progress: Whether a fit of more than two seconds says on stderr how far it is.

    Returns:
        The calibration, with the responses, so that `score(calibration)` and the like need no
        others. `parameters.warnings` says what a reader has to know.

    Raises:
        Refusal: The responses do not determine the parameters, or an argument is unknown.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("2pl", 300, 6, rng=1)
        >>> calibration = calibrate(data.responses, "2PL")
        >>> calibration.parameters.converged
        True
        >>> calibration.table().column("item_id")
        ['Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6']
        >>> calibrate([[1, 0], [0, 1]], "5pl")
        Traceback (most recent call last):
        ...
        examengine.psychometrics.refusals.CannotCalibrate: model '5pl' is none of 1pl, 2pl, 3pl, \
4pl, gpcm, grm, nrm, pcm, rasch, rsm
    """
    found = read_responses(data, key=key, group=group, weight=weight)
    models: str | dict[str, str] = (
        {name: model_code(one) for name, one in model.items()}
        if isinstance(model, Mapping)
        else model_code(model)
    )
    fixed = _anchors(anchors)
    options = options_to_calibrate(found, models, fixed)
    responses = by_option(found, options).responses
    report = _Line() if progress else None
    calibration = estimate(
        responses,
        models,
        points=points,
        limits=limits,
        tolerance=tolerance,
        max_cycles=max_cycles,
        priors=_priors(priors),
        anchors=fixed,
        right=right_categories(found, options),
        by_group=responses.group is not None if by_group is None else by_group,
        reference=reference,
        scale_nodes=scale_nodes,
        latent=latent,
        knots=knots,
        standard_errors=standard_errors,
        estimator=estimator.lower(),
        progress=report,
    )
    if report is not None:
        report.end()
    parameters = with_options(calibration.parameters, options)
    return replace(calibration, parameters=parameters, responses=responses)


def read_parameters(path: str | Path) -> ParameterSet:
    """Item parameters from their file, which `to_json` of a calibration writes.

    Args:
        path: Of the file, `examengine/item-parameters/1`.

    Returns:
        The parameters; they go wherever a calibration does.

    Raises:
        UnusableFile: The file holds something else; one sentence per fault.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from examengine.psychometrics import simulate
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder, "items.json")
        ...     _ = file.write_text(simulate("rasch", 5, 3, rng=1).parameters.to_json())
        ...     read_parameters(file)
        rasch parameters of 3 items
    """
    return read_parameter_file(str(path), Path(path).read_bytes())


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """One calibration beside the one before it.

    Attributes:
        model: Its model.
        n_parameters: Parameters estimated.
        log_likelihood: Marginal log-likelihood.
        aic: Akaike's criterion.
        bic: Schwarz's criterion.
        chi_square: 2 (log L − log L of the one before); None for the first.
        df: More parameters than the one before; None for the first.
        p: Upper tail probability, where models are nested; None without more parameters.
    """

    model: str
    n_parameters: int
    log_likelihood: float | None
    aic: float | None
    bic: float | None
    chi_square: float | None = None
    df: int | None = None
    p: float | None = None


def compare_models(*calibrations: Parameters) -> Findings[ModelComparison]:
    """Information criteria of calibrations, and likelihood-ratio tests from one to the next.

    Args:
        *calibrations: Of the same responses, the simpler models first. A test means something only
            where each model is a case of the next.

    Returns:
        One row for each.

    Raises:
        CannotCalibrate: They are of other responses, or never calibrated.

    Examples:
        >>> from examengine.psychometrics import calibrate, simulate
        >>> data = simulate("2pl", 400, 6, rng=3).responses
        >>> found = compare_models(calibrate(data, "rasch"), calibrate(data, "2pl"))
        >>> [row.df for row in found]
        [None, 5]
    """
    sets = [parameters_of(one) for one in calibrations]
    if len({one.input_digest for one in sets}) > 1:
        raise CannotCalibrate(
            ["these calibrations are of different responses; compare those of one"]
        )
    rows: list[ModelComparison] = []
    for place, one in enumerate(sets):
        row = ModelComparison(one.model, one.n_parameters, one.log_likelihood, one.aic, one.bic)
        rows.append(_tested(row, rows[place - 1]) if place else row)
    return Findings(f"{len(rows)} models of the same responses", tuple(rows))


def _tested(row: ModelComparison, before: ModelComparison) -> ModelComparison:
    if row.log_likelihood is None or before.log_likelihood is None:
        raise CannotCalibrate(["parameters without a log-likelihood cannot be compared"])
    statistic = 2.0 * (row.log_likelihood - before.log_likelihood)
    df = row.n_parameters - before.n_parameters
    p = chi_square_p(max(statistic, 0.0), df) if df > 0 else None
    return replace(row, chi_square=statistic, df=df, p=p)


def _anchors(given: Parameters | Iterable[ItemParameters]) -> tuple[ItemParameters, ...]:
    if isinstance(given, Calibration | ParameterSet):
        return parameters_of(given).items
    return tuple(given)


def _priors(given: Priors | Mapping[str, Any] | str | None) -> Priors | None:
    if given is None or isinstance(given, Priors):
        return given
    if isinstance(given, str):
        if given != GUESSING:
            raise CannotCalibrate([f"priors {given!r}: {GUESSING!r}, a mapping or `Priors`"])
        return Priors.from_mapping(dict(GUESSING_PRIORS))
    return Priors.from_mapping(given)


class _Line(ProgressListener):
    """One line on stderr that says how far a long fit is."""

    def __init__(self) -> None:
        self.began = perf_counter()
        self.said = False

    def __call__(self, cycle: int, log_posterior: float, gradient: float) -> None:
        if perf_counter() - self.began > LONG:
            self.said = True
            sys.stderr.write(
                f"\rcycle {cycle}: log-likelihood {log_posterior:.3f}, "
                f"largest derivative {gradient:.2g}   "
            )
            sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self.said:
            sys.stderr.write("\n")
