"""Whether items, persons, pairs of items and the whole model agree with the responses."""

from examengine.psychometrics.face.given import (
    Data,
    Groups,
    Key,
    Parameters,
    Weights,
    categories_of,
    parameters_of,
)
from examengine.psychometrics.fit import CannotTestFit, ModelFit
from examengine.psychometrics.results import LocalDependence, ModelAgreement, model_agreement
from examengine.psychometrics.results.model_agreement import ItemFit, PersonFit
from examengine.psychometrics.shown import Findings


def item_fit(
    calibration: Parameters,
    data: Data = None,
    *,
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
) -> Findings[ItemFit]:
    """S-X², infit, outfit and Zh of every item.

    Args:
        calibration: A calibration or item parameters.
        data: Responses; those that were calibrated when not given.
        key: The right options; see `read_responses`.
        group: Group of each person.
        weight: Frequency of each person.

    Returns:
        One row for each item, at expected a posteriori abilities.

    Raises:
        Refusal: Responses and parameters do not belong together.

    Examples:
        >>> from examengine.psychometrics import calibrate, simulate
        >>> found = item_fit(calibrate(simulate("rasch", 300, 6, rng=1).responses, "rasch"))
        >>> found[0].item_id, len(found)
        ('Q1', 6)
        >>> found.table().columns[:4]
        ('item_id', 's_x2_statistic', 's_x2_df', 's_x2_p')
    """
    found = _agreement(calibration, data, key, group, weight)
    return Findings(f"Fit of {len(found.items)} items, {found.n_persons:g} persons", found.items)


def person_fit(
    calibration: Parameters,
    data: Data = None,
    *,
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
) -> Findings[PersonFit]:
    """lz*, Zh, infit and outfit of every person.

    Args:
        calibration: A calibration or item parameters.
        data: Responses; those that were calibrated when not given.
        key: The right options; see `read_responses`.
        group: Group of each person.
        weight: Frequency of each person.

    Returns:
        One row for each person, at expected a posteriori abilities.

    Raises:
        Refusal: Responses and parameters do not belong together.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("2pl", 40, 10, rng=1)
        >>> len(person_fit(data.parameters, data.responses))
        40
    """
    found = _agreement(calibration, data, key, group, weight)
    return Findings(f"Fit of {len(found.persons)} persons", found.persons)


def local_dependence(
    calibration: Parameters,
    data: Data = None,
    *,
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
) -> LocalDependence:
    """Yen's Q3: which items have something in common beside the ability.

    Args:
        calibration: A calibration or item parameters.
        data: Responses; those that were calibrated when not given.
        key: The right options; see `read_responses`.
        group: Group of each person.
        weight: Frequency of each person.

    Returns:
        The matrix, and the pairs whose Q3 lies more than 0.2 above the mean.

    Raises:
        Refusal: Responses and parameters do not belong together.

    Examples:
        >>> from examengine.psychometrics import simulate
        >>> data = simulate("2pl", 200, 6, rng=1)
        >>> local_dependence(data.parameters, data.responses).item_ids[:2]
        ('Q1', 'Q2')
    """
    return _agreement(calibration, data, key, group, weight).dependence


def model_fit(
    calibration: Parameters,
    data: Data = None,
    *,
    key: Key = None,
    group: Groups = None,
    weight: Weights = None,
) -> ModelFit:
    """M2 (right and wrong) or C2 (several points) with RMSEA, SRMSR, CFI and TLI.

    Args:
        calibration: A calibration or item parameters, of one group.
        data: Responses; those that were calibrated when not given.
        key: The right options; see `read_responses`.
        group: Group of each person.
        weight: Frequency of each person.

    Returns:
        The indices.

    Raises:
        CannotTestFit: There are several groups, or the test does not allow it; says why.

    Examples:
        >>> from examengine.psychometrics import calibrate, simulate
        >>> found = model_fit(calibrate(simulate("2pl", 500, 8, rng=1).responses))
        >>> found.df
        20
    """
    responses = categories_of(calibration, data, key, group, weight)
    found = model_agreement(responses, parameters_of(calibration))
    if found.model is None:
        raise CannotTestFit([found.model_note or "the model has no limited-information fit"])
    return found.model


def _agreement(
    calibration: Parameters, data: Data, key: Key, group: Groups, weight: Weights
) -> ModelAgreement:
    responses = categories_of(calibration, data, key, group, weight)
    return model_agreement(responses, parameters_of(calibration), model_fit=False)
