"""How a calibrated test and the responses to it agree: items, persons, pairs, the whole model."""

from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.ability import Abilities, estimate_abilities
from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.binding import aligned, persons_by_group
from examengine.psychometrics.chi_square import chi_square_p
from examengine.psychometrics.fit import (
    CannotTestFit,
    ItemChiSquare,
    ModelFit,
    at_nodes,
    estimated_counts,
    item_zh,
    likelihoods,
    limited_information_fit,
    lz_star,
    q3,
    residual_fit,
    s_x2,
    score_moments,
    zh,
)
from examengine.psychometrics.fit.expected_scores import ItemScoreMoments, Likelihoods
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.quadrature_spacing import fine_enough
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.shown import Result, Table, table_of

DEPENDENT = 0.2


@dataclass(frozen=True, slots=True)
class ItemFit:
    """Fit of one item.

    Attributes:
        item_id: The item.
        s_x2: Orlando and Thissen's S-X².
        outfit: Unweighted mean square.
        outfit_z: Its normal transform.
        infit: Weighted mean square.
        infit_z: Its normal transform.
        zh: Standardised log-likelihood.
    """

    item_id: str
    s_x2: ItemChiSquare
    outfit: float
    outfit_z: float
    infit: float
    infit_z: float
    zh: float


@dataclass(frozen=True, slots=True)
class PersonFit:
    """Fit of one person.

    Attributes:
        person_id: The person.
        theta: Ability the figures were worked out at, logits.
        n_answered: Items presented.
        lz_star: Snijders's corrected statistic; None where it is not defined.
        zh: Uncorrected standardised log-likelihood.
        outfit: Unweighted mean square.
        infit: Weighted mean square.
    """

    person_id: str
    theta: float
    n_answered: int
    lz_star: float
    zh: float
    outfit: float
    infit: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items whose residuals correlate more than the others do.

    Attributes:
        first: One item.
        second: The other.
        q3: Correlation of the residuals.
        adjusted: The same less the mean over pairs.
    """

    first: str
    second: str
    q3: float
    adjusted: float


@dataclass(frozen=True, slots=True, repr=False)
class LocalDependence(Result):
    """Yen's Q3 over all pairs.

    Attributes:
        mean: Mean Q3.
        item_ids: Rows and columns of the matrix.
        q3: The matrix, a list of rows.
        pairs: Pairs whose adjusted Q3 is above 0.2, strongest first.
    """

    mean: float
    item_ids: tuple[str, ...]
    q3: tuple[tuple[float, ...], ...]
    pairs: tuple[Pair, ...]

    def headline(self) -> str:
        """Mean Q3 and how many pairs stand out."""
        return (
            f"Local dependence: mean Q3 {self.mean:.3f}; {len(self.pairs)} pairs more than "
            f"{DEPENDENT} above it"
        )

    def table(self) -> Table:
        """One row for each pair that stands out."""
        return table_of(self.pairs)


@dataclass(frozen=True, slots=True)
class ModelAgreement:
    """All fit statistics of a calibrated test.

    Attributes:
        theta_method: The ability estimate that residuals were taken at.
        n_persons: Persons, as a sum of weights.
        model: Limited-information fit; None when it cannot be had.
        model_note: Why not, or None.
        items: Item fit.
        dependence: Q3.
        persons: Person fit.
    """

    theta_method: str
    n_persons: float
    model: ModelFit | None
    model_note: str | None
    items: tuple[ItemFit, ...]
    dependence: LocalDependence
    persons: tuple[PersonFit, ...]


def model_agreement(
    responses: Responses,
    parameters: ParameterSet,
    *,
    abilities: Abilities | None = None,
    scale_nodes: bool = True,
    model_fit: bool = True,
) -> ModelAgreement:
    """Test how well a calibrated test describes responses.

    Args:
        responses: Scored responses; every item must be in the parameters.
        parameters: The test; items that were not presented are left out.
        abilities: Of these persons, to take residuals at; expected a posteriori when not given.
        scale_nodes: Whether quadrature points move with the ability distribution.
        model_fit: Whether to test the whole model, which takes long for long tests.

    Returns:
        Item, person, pair and model fit.

    Raises:
        CannotScore: Responses and parameters do not belong together.
    """
    data, test = aligned(responses, parameters)
    if abilities is None:
        abilities = estimate_abilities(data, test, "eap", scale_nodes=scale_nodes)
    nodes = None if scale_nodes else _fixed_nodes(test)
    moments = score_moments(test.items, abilities.theta)
    surprise = likelihoods(test.items, data.scores, abilities.theta)
    model, note = _model_fit(data, test, nodes) if model_fit else (None, None)
    return ModelAgreement(
        theta_method=abilities.method,
        n_persons=float(data.weights.sum()),
        model=model,
        model_note=note,
        items=_items(data, _squares(data, test, nodes), moments, surprise),
        dependence=_dependence(data, moments),
        persons=_persons(data, abilities, moments, surprise),
    )


def _fixed_nodes(test: ParameterSet) -> FloatArray:
    """The quadrature points as they stand, for every ability distribution."""
    rule, _ = fine_enough(test.items, test.groups, replace(test.quadrature, fixed=True))
    return np.linspace(rule.low, rule.high, rule.points)


def _items(
    data: Responses,
    squares: tuple[ItemChiSquare, ...],
    moments: ItemScoreMoments,
    surprise: Likelihoods,
) -> tuple[ItemFit, ...]:
    residuals = residual_fit(data.scores, moments, data.weights, of="items")
    zs = item_zh(surprise, data.weights)
    return tuple(
        ItemFit(
            item_id=item_id,
            s_x2=square,
            outfit=float(residuals.outfit[item]),
            outfit_z=float(residuals.outfit_z[item]),
            infit=float(residuals.infit[item]),
            infit_z=float(residuals.infit_z[item]),
            zh=float(zs[item]),
        )
        for item, (item_id, square) in enumerate(zip(data.item_ids, squares, strict=True))
    )


def _squares(
    data: Responses, test: ParameterSet, nodes: FloatArray | None
) -> tuple[ItemChiSquare, ...]:
    """S-X² of every item, tables of several groups added up with the parameters counted once."""
    counts = estimated_counts(test)
    by_group = []
    for group, persons in persons_by_group(data, test):
        at = at_nodes(test, group, theta=nodes)
        by_group.append(
            s_x2(
                data.scores[persons],
                at.probabilities,
                at.node_weights,
                counts,
                data.weights[persons],
            )
        )
    if len(by_group) == 1:
        return by_group[0]
    return tuple(
        _added_up(parts, int(count))
        for parts, count in zip(zip(*by_group, strict=True), counts, strict=True)
    )


def _added_up(parts: tuple[ItemChiSquare, ...], count: int) -> ItemChiSquare:
    known = [part for part in parts if np.isfinite(part.statistic)]
    statistic = sum(part.statistic for part in known)
    df = sum(part.df + count for part in known) - count
    n = sum(part.n for part in known)
    if df < 1:
        return ItemChiSquare(statistic, df, float("nan"), float("nan"), n)
    rmsea = float(np.sqrt(max(statistic / df - 1, 0) / (n - 1)))
    return ItemChiSquare(statistic, df, chi_square_p(statistic, df), rmsea, n)


def _model_fit(
    data: Responses, test: ParameterSet, nodes: FloatArray | None
) -> tuple[ModelFit | None, str | None]:
    if data.group is None and len(test.groups) > 1:
        return None, (
            f"the parameters are of {len(test.groups)} groups and the responses name none, so all "
            f"else takes abilities from the first group, {test.groups[0].group!r}; name the column "
            "of groups with --group, and for model fit give the responses of one group at a time"
        )
    groups = persons_by_group(data, test)
    if len(groups) > 1:
        return None, "model fit is worked out for one group at a time"
    try:
        return limited_information_fit(data, at_nodes(test, groups[0][0], theta=nodes)), None
    except CannotTestFit as refusal:
        return None, str(refusal)


def _dependence(data: Responses, moments: ItemScoreMoments) -> LocalDependence:
    found = q3(data.scores, moments, data.weights)
    adjusted = found.adjusted()
    places = np.argwhere(np.tril(adjusted, -1) > DEPENDENT)
    pairs = [
        Pair(
            data.item_ids[second],
            data.item_ids[first],
            float(found.matrix[first, second]),
            float(adjusted[first, second]),
        )
        for first, second in places
    ]
    return LocalDependence(
        mean=found.mean,
        item_ids=data.item_ids,
        q3=tuple(tuple(row) for row in found.matrix.tolist()),
        pairs=tuple(sorted(pairs, key=lambda pair: -pair.adjusted)),
    )


def _persons(
    data: Responses, abilities: Abilities, moments: ItemScoreMoments, surprise: Likelihoods
) -> tuple[PersonFit, ...]:
    residuals = residual_fit(data.scores, moments, data.weights, of="persons")
    stars, zs = lz_star(surprise), zh(surprise)
    return tuple(
        PersonFit(
            person_id=person_id,
            theta=float(abilities.theta[row]),
            n_answered=int(abilities.n_answered[row]),
            lz_star=float(stars[row]),
            zh=float(zs[row]),
            outfit=float(residuals.outfit[row]),
            infit=float(residuals.infit[row]),
        )
        for row, person_id in enumerate(data.person_ids)
    )
