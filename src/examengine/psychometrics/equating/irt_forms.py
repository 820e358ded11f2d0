"""Forms with item parameters: who took them, in one metric."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.equating.score_tables import CannotEquate
from examengine.psychometrics.linking import CurveWeights, LinkingMethod, link
from examengine.psychometrics.parameters import GroupParameters, ItemParameters, ParameterSet
from examengine.psychometrics.population import Population
from examengine.psychometrics.refusals import refuse
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.score_distribution import score_distribution

# Where curves of common items are compared.
LINK_WEIGHTS = CurveWeights.normal()


@dataclass(frozen=True, slots=True, eq=False)
class IrtForm:
    """A form with item parameters.

    Attributes:
        items: The items that count towards the total.
        population: The group that took the form.
        n: Persons in that group; 0 when unknown.
    """

    items: Sequence[ItemParameters]
    population: Population
    n: float = 0

    @property
    def highest(self) -> int:
        """Highest total."""
        return sum(item.n_categories - 1 for item in self.items)

    def totals(self, population: Population) -> FloatArray:
        """Distribution of the total in a population, shape (n_scores,).

        f(x) = Σ_q w_q f(x | θ_q), f(x | θ) by the recursion of Lord and Wingersky
        """
        shares = score_distribution(category_probabilities(self.items, population.theta))
        found: FloatArray = shares @ population.weights
        return found


def irt_form(
    parameters: ParameterSet,
    item_ids: Collection[str] | None = None,
    *,
    group: str | None = None,
) -> IrtForm:
    """A form out of a calibration.

    Args:
        parameters: The calibration.
        item_ids: Items of the form; all when None.
        group: The group that took it; the first when None.

    Returns:
        The form.

    Raises:
        CannotEquate: An item has no parameters, none is left, or there is no such group.
    """
    known = {item.item_id: item for item in parameters.items}
    wanted = tuple(known) if item_ids is None else tuple(item_ids)
    refuse(
        CannotEquate, [f"item {name!r} has no parameters" for name in wanted if name not in known]
    )
    if not wanted:
        raise CannotEquate(["no item is left for the form"])
    items = [known[name] for name in wanted]
    return IrtForm(
        items, Population.of(parameters, _named(parameters, group)), parameters.n_persons
    )


def _named(parameters: ParameterSet, group: str | None) -> GroupParameters:
    """The group of that label; the first when none is named.

    Raises:
        CannotEquate: The calibration has no such group.
    """
    labels = [one.group for one in parameters.groups]
    if group is not None and group not in labels:
        raise CannotEquate([f"group {group!r} is none of {', '.join(labels)}"])
    return parameters.groups[0] if group is None else parameters.group(group)


@dataclass(frozen=True, slots=True, eq=False)
class FormResponses:
    """What a form was calibrated from, and can be again.

    Attributes:
        responses: Persons by items.
        calibration: The calibration: its models, points and priors.
        counted: The items that count towards the total.
        group: The calibrated group that took the form; the first when None.
    """

    responses: Responses
    calibration: ParameterSet
    counted: Sequence[str]
    group: str | None = None

    @property
    def form(self) -> IrtForm:
        """The form in the metric of its calibration."""
        return irt_form(self.calibration, self.counted, group=self.group)


@dataclass(frozen=True, slots=True, eq=False)
class BothForms:
    """What two forms were calibrated from, and how they came to one metric.

    Attributes:
        new: The new form.
        old: The old form.
        link: How the new calibration was brought to the metric of the old one; None when both are
            in one.
    """

    new: FormResponses
    old: FormResponses
    link: LinkingMethod | None


def in_metric_of(
    new: ParameterSet, old: ParameterSet, method: LinkingMethod | None
) -> ParameterSet:
    """The new form's calibration in the metric of the old one's.

    Args:
        new: The calibration to be moved.
        old: The calibration whose metric is wanted.
        method: How to link by common items; None when both are in one metric already.

    Returns:
        The calibration, moved.

    Raises:
        CannotLink: See `link`.
    """
    return new if method is None else link(new, old, method, LINK_WEIGHTS).transformed
