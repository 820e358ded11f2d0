"""Delta-method errors of equating by item parameters: derivatives times what calibrations vary.

The new form's equivalents depend on the estimates of both calibrations, directly and through the
link. Calibrations of different persons vary independently; where the new one holds items at the
old one's estimates it follows them; and both forms may be parts of one calibration.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.equating.conversions import Errors
from examengine.psychometrics.equating.irt_forms import LINK_WEIGHTS, BothForms, FormResponses
from examengine.psychometrics.equating.methods import ConversionDerivatives, FormsApart
from examengine.psychometrics.equating.score_tables import CannotEquate
from examengine.psychometrics.estimation import SamplingVariation, variation_of
from examengine.psychometrics.information import by_item
from examengine.psychometrics.linking import Constants, Sensitivity, common_items, sensitivity
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.refusals import Refusal, refuse
from examengine.psychometrics.responses import NOT_PRESENTED, Responses

# Estimates farther from the mode than this, in squared standard errors a parameter, are those of
# other responses; rounding to four decimals leaves 1e-4 with a million persons, less with fewer.
REMOTE = 0.01

ByItem = dict[str, FloatArray]


def delta_errors(
    both: BothForms, derivatives: Callable[[FormsApart], ConversionDerivatives]
) -> Errors:
    """Standard errors by the delta method.

    se(e)² = ∇e C ∇eᵀ, C the covariance of everything that was estimated, from the observed
    information

    Args:
        both: What both forms were calibrated from, and how they came to one metric.
        derivatives: Of the equivalents, from both forms in their own metrics.

    Returns:
        The errors; none, with the reason among the notes, where the variation of the estimates is
        not known.

    References:
        Ogasawara (2001), Journal of Educational and Behavioral Statistics 26, 31–50; Kolen &
        Brennan (2014), Test Equating, Scaling, and Linking, section 7.3.
    """
    try:
        sides = _sides(both, derivatives)
        together = both.link is None and both.new.calibration == both.old.calibration
        found = _of_one_calibration(both, sides) if together else _of_two(both, sides)
    except Refusal as refusal:
        return Errors(notes=(f"standard errors are left out: {refusal}",))
    return Errors(np.sqrt(np.maximum(found.variance, 0.0)), "delta", notes=found.notes)


@dataclass(frozen=True, slots=True)
class _Side:
    """How equivalents move with what one calibration estimated.

    Attributes:
        items: By the coordinates of each item, each of shape (n_scores, n_parameters).
        group: Label of the group that took the form.
        by_group: By mean and log deviation of that group, shape (n_scores, 2).
    """

    items: ByItem
    group: str
    by_group: FloatArray

    def over(self, variation: SamplingVariation) -> FloatArray:
        """Derivatives by the free parameters of a calibration, shape (n_scores, n_free).

        Raises:
            CannotEquate: An item that counts has no responses.
        """
        refuse(CannotEquate, variation.unknown(self.items))
        return variation.slope(self.items, {self.group: self.by_group})


class _Spread(NamedTuple):
    """Sampling variance of equivalents, shape (n_scores,), and what to say of it."""

    variance: FloatArray
    notes: tuple[str, ...]


def _sides(
    both: BothForms, derivatives: Callable[[FormsApart], ConversionDerivatives]
) -> tuple[_Side, _Side]:
    """How equivalents move with the estimates behind the new form and behind the old one."""
    new, old = both.new.form, both.old.form
    constants, follows = _line(both)
    found = derivatives(FormsApart(new, old, constants))
    return (
        _Side(
            _all_by_item(new.items, found.new_items, found.constants, follows.by_source),
            _label(both.new),
            found.new_group,
        ),
        _Side(
            _all_by_item(old.items, found.old_items, found.constants, follows.by_target),
            _label(both.old),
            found.old_group,
        ),
    )


def _line(both: BothForms) -> tuple[Constants, Sensitivity]:
    """The line between the metrics, and how it follows the items."""
    if both.link is None:
        return Constants(1.0, 0.0), Sensitivity({}, {})
    common = common_items(both.new.calibration, both.old.calibration)
    constants = both.link.constants(common, LINK_WEIGHTS)
    return constants, sensitivity(common, both.link, LINK_WEIGHTS, constants)


def _label(form: FormResponses) -> str:
    return form.calibration.groups[0].group if form.group is None else form.group


def _all_by_item(
    items: Sequence[ItemParameters],
    direct: FloatArray,
    by_constants: FloatArray,
    follows: Mapping[str, FloatArray],
) -> ByItem:
    """Derivatives by the coordinates of each item, directly and through the link."""
    found = by_item(items, direct)
    for name, change in follows.items():
        through = by_constants @ change
        found[name] = found[name] + through if name in found else through
    return found


def _of_one_calibration(both: BothForms, sides: tuple[_Side, _Side]) -> _Spread:
    """Both forms in one calibration: their estimates vary together."""
    variation = variation_of(both.new.calibration, _stacked(both.new, both.old))
    slope = sides[0].over(variation) + sides[1].over(variation)
    return _Spread(variation.variance(slope), _remarks(both, (variation,)))


def _of_two(both: BothForms, sides: tuple[_Side, _Side]) -> _Spread:
    """Two calibrations of different persons; anchors of the new one may be estimates of the old."""
    new, old = (variation_of(form.calibration, form.responses) for form in (both.new, both.old))
    by_new, by_old = sides[0].over(new), sides[1].over(old)
    through = {
        name: by_new @ new.by_anchor[name] + sides[0].items.get(name, 0.0)
        for name in _followed(both)
        if name in new.by_anchor
    }
    if through:
        refuse(CannotEquate, old.unknown(through))
        by_old = by_old + old.slope(through)
    return _Spread(new.variance(by_new) + old.variance(by_old), _remarks(both, (new, old)))


def _stacked(new: FormResponses, old: FormResponses) -> Responses:
    """The responses of both groups in one matrix."""
    names = tuple(dict.fromkeys((*old.responses.item_ids, *new.responses.item_ids)))
    place = {name: column for column, name in enumerate(names)}
    highest = np.ones(len(names), dtype=np.int64)
    rows, persons, labels, weights = [], [], [], []
    for side, form in (("new", new), ("old", old)):
        data = form.responses
        columns = [place[name] for name in data.item_ids]
        scores = np.full((data.n_persons, len(names)), NOT_PRESENTED, dtype=np.int8)
        scores[:, columns] = data.scores
        highest[columns] = np.maximum(highest[columns], data.max_scores)
        rows.append(scores)
        weights.append(data.weights)
        persons += [f"{side}:{person}" for person in data.person_ids]
        labels += [_label(form)] * data.n_persons
    return Responses(
        tuple(persons), names, np.vstack(rows), highest, tuple(labels), np.concatenate(weights)
    )


def _remarks(both: BothForms, variations: Sequence[SamplingVariation]) -> tuple[str, ...]:
    """What a reader of the errors has to know."""
    notes = []
    if any(one.remoteness > REMOTE for one in variations):
        notes.append(
            "the parameters are not the estimates of these responses; standard errors are those "
            "of estimates near them"
        )
    anchored = [
        item.item_id
        for form in (both.new, both.old)
        for item in form.calibration.items
        if item.anchored
    ]
    followed = _followed(both)
    given = [name for name in dict.fromkeys(anchored) if name not in followed]
    if given:
        notes.append(f"standard errors take anchored items as given: {', '.join(given)}")
    return tuple(notes)


def _followed(both: BothForms) -> tuple[str, ...]:
    """Anchored items of the new calibration whose parameters are the old one's estimates."""
    estimated = {item.item_id: item for item in both.old.calibration.items if not item.anchored}
    return tuple(
        item.item_id
        for item in both.new.calibration.items
        if item.anchored and item.item_id in estimated and item.repeats(estimated[item.item_id])
    )
