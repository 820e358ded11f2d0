"""Link two calibrations by their common items, and say how far each item has moved."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from examengine.psychometrics.linking._contract import (
    CannotLink,
    CommonItems,
    Constants,
    CurveWeights,
    LinkingMethod,
    known_slope,
)
from examengine.psychometrics.linking._displacement import (
    Displacement,
    displacements,
    to_leave_out,
)
from examengine.psychometrics.models import Value, Values
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.refusals import refuse
from examengine.psychometrics.shown import Result, Table, table_of

# Models whose slope is 1 by definition, and what they are once the metric is stretched.
STRETCHED = {"rasch": "2pl", "pcm": "gpcm", "rsm": "gpcm"}


@dataclass(frozen=True, slots=True, repr=False)
class Link(Result):
    """A link between two metrics.

    Attributes:
        method: Code of the method.
        slope: A of θ_to = A θ_from + B.
        intercept: B.
        weights: Where curves were compared; None for the moment methods.
        slope_known: Whether A is known from the models of the common items, which all have one
            slope, and was not estimated.
        n_common: Number of common items.
        left_out: Common items that the constants were found without.
        displacements: One row for each common item.
        transformed: The source calibration in the target metric.
    """

    method: str
    slope: float
    intercept: float
    weights: str | None
    slope_known: bool
    n_common: int
    left_out: tuple[str, ...]
    displacements: tuple[Displacement, ...]
    transformed: ParameterSet

    def headline(self) -> str:
        """The constants, and what they rest on."""
        return (
            f"Link by {self.method}: θ_to = {self.slope:.4f} θ_from {self.intercept:+.4f}, from "
            f"{self.n_common - len(self.left_out)} of {self.n_common} common items"
        )

    def table(self) -> Table:
        """How far each common item has moved."""
        return table_of(self.displacements)


def link(
    source: ParameterSet,
    target: ParameterSet,
    method: LinkingMethod,
    weights: CurveWeights,
    *,
    robust: bool = False,
) -> Link:
    """Bring one calibration into the metric of another.

    Args:
        source: The calibration to be transformed.
        target: The calibration whose metric is wanted.
        method: How to find the constants.
        weights: Where characteristic curves are compared.
        robust: Whether to find the constants again without drifted items (a robust z above 1.645,
            the farthest first, at most a fifth of all) until these stay the same. Medians and
            ranges are always over all common items, so an item can come back; when the same ones
            come and go, what is out stays out.

    Returns:
        The constants, how far each common item has moved, and the source in the target metric.

    Raises:
        CannotLink: Fewer than two common items, an item with another number of categories, or
            items that do not determine the constants.

    References:
        Huynh & Meyer (2010), Practical Assessment, Research & Evaluation 15(2), for the robust z.
    """
    common = common_items(source, target)
    constants = method.constants(common, weights)
    rows = displacements(common, constants, weights)
    left_out: frozenset[str] = frozenset()
    tried = {left_out}
    settling = False
    while robust:
        drifted = to_leave_out(rows, left_out if settling else ())
        if drifted == left_out:
            break
        settling = settling or drifted in tried
        tried.add(drifted)
        left_out = drifted
        constants = method.constants(without(common, left_out), weights)
        rows = displacements(common, constants, weights, left_out)
    return Link(
        method=method.code,
        slope=constants.slope,
        intercept=constants.intercept,
        weights=weights.name if method.uses_curves else None,
        slope_known=known_slope(common) is not None,
        n_common=len(common.target),
        left_out=tuple(row.item_id for row in rows if row.left_out),
        displacements=rows,
        transformed=transform(source, constants),
    )


def without(common: CommonItems, left_out: Collection[str]) -> CommonItems:
    """The common items but for some.

    Args:
        common: The common items.
        left_out: Ids of those to do without.

    Returns:
        The others.
    """
    return CommonItems(
        [item for item in common.source if item.item_id not in left_out],
        [item for item in common.target if item.item_id not in left_out],
    )


def common_items(source: ParameterSet, target: ParameterSet) -> CommonItems:
    """The items two sets have in common, in the order of the target.

    Args:
        source: One set.
        target: The other.

    Returns:
        Both versions of each item.

    Raises:
        CannotLink: Fewer than two items, or an item with another number of categories.
    """
    known = {item.item_id: item for item in source.items}
    pairs = [(known[item.item_id], item) for item in target.items if item.item_id in known]
    if len(pairs) < 2:
        raise CannotLink([f"{len(pairs)} items are in both sets; a link needs at least two"])
    refuse(
        CannotLink,
        (
            f"item {one.item_id!r} has {one.n_categories} categories in one set and "
            f"{other.n_categories} in the other"
            for one, other in pairs
            if one.n_categories != other.n_categories
        ),
    )
    return CommonItems([one for one, _ in pairs], [other for _, other in pairs])


def transform(parameters: ParameterSet, constants: Constants) -> ParameterSet:
    """A calibration in another metric.

    a → a / A, b → A b + B (thresholds and steps likewise), nominal slopes s → s / A and intercepts
    c → c − s B / A, group mean μ → A μ + B and deviation σ → A σ; standard errors scale alike
    (those of intercepts are dropped, since they would need covariances).

    Args:
        parameters: The calibration.
        constants: A and B.

    Returns:
        The same curves over the new metric. Models of slope 1 become their freer relatives when A
        is not 1.
    """
    return replace(
        parameters,
        items=tuple(_moved(item, constants) for item in parameters.items),
        groups=tuple(_moved_group(group, constants) for group in parameters.groups),
    )


def _moved(item: ItemParameters, constants: Constants) -> ItemParameters:
    stretched = constants.slope != 1.0
    return replace(
        item,
        model=STRETCHED.get(item.model, item.model) if stretched else item.model,
        values=_moved_values(item.values, constants),
        se=_scaled_errors(item.se, constants.slope),
    )


def _moved_values(values: Values, constants: Constants) -> Values:
    a, b = constants.slope, constants.intercept
    found: dict[str, Value] = {}
    for name, value in values.items():
        if name == "a":
            found[name] = _single(value) / a
        elif name == "b":
            found[name] = a * _single(value) + b
        elif name in {"thresholds", "steps"}:
            found[name] = tuple(a * one + b for one in _several(value))
        elif name == "slopes":
            found[name] = tuple(one / a for one in _several(value))
        elif name == "intercepts":
            pairs = zip(_several(value), _several(values["slopes"]), strict=True)
            found[name] = tuple(one - slope * b / a for one, slope in pairs)
        elif name not in {"slope", "intercept"}:
            found[name] = value
    return {**found, **_repeated(values, found)}


def _repeated(values: Values, found: Mapping[str, Value]) -> Values:
    """Slope and intercept, where the file repeats a and b so."""
    if "slope" not in values or "b" not in found:
        return {}
    a = _single(found["a"])
    return {"slope": a, "intercept": -a * _single(found["b"])}


def _scaled_errors(errors: Values, slope: float) -> Values:
    found: dict[str, Value] = {}
    for name, value in errors.items():
        if name in {"b", "thresholds", "steps"}:
            factor = slope
        elif name in {"a", "slopes", "slope"}:
            factor = 1 / slope
        elif name in {"c", "d"}:
            factor = 1.0
        else:
            continue
        found[name] = (
            tuple(one * factor for one in value) if isinstance(value, tuple) else value * factor
        )
    return found


def _moved_group(group: GroupParameters, constants: Constants) -> GroupParameters:
    return replace(
        group,
        mean=constants.slope * group.mean + constants.intercept,
        sd=constants.slope * group.sd,
        se={name: constants.slope * value for name, value in group.se.items()},
    )


def _single(value: Value) -> float:
    if isinstance(value, tuple):
        raise CannotLink([f"a list {value} where one number is needed"])
    return float(value)


def _several(value: Value) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (float(value),)
