"""From marks to abilities: the seam to the measurement library, and nothing computed here."""

from collections.abc import Mapping, Sequence

import numpy as np

from examengine.assembly import Form, FormItem, ScoringPolicy
from examengine.bank import ItemRef, ItemVersion
from examengine.marking import Marks, most_points
from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.responses import NOT_PRESENTED, Responses
from examengine.scoring.score_record import ESTIMATOR, AbilityPrior

Marked = tuple[Form, Marks]
"""A form, and the marks of somebody who sat it."""


def prior_of(parameters: ParameterSet) -> AbilityPrior:
    """Return the ability distribution that scores are estimated under.

    It is that of the calibration's reference group, on the calibration's own points: N(0, 1) for
    every model whose metric is fixed by it.
    """
    group, points = parameters.groups[0], parameters.quadrature
    return AbilityPrior(group.mean, group.sd, points.points, points.low, points.high)


def lacking_parameters(
    form: Form,
    versions: Mapping[ItemRef, ItemVersion],
    parameters: ParameterSet,
    scoring: ScoringPolicy,
) -> frozenset[str]:
    """Return the items that the parameters do not know, or know as worth otherwise.

    Only items that abilities are estimated from have to be known.
    """
    known = {item.item_id: item.n_categories - 1 for item in parameters.items}
    return frozenset(
        item.ref.item_id
        for item in measuring(form, scoring)
        if known.get(item.ref.item_id) != most_points(versions[item.ref])
    )


def measuring(form: Form, scoring: ScoringPolicy) -> Sequence[FormItem]:
    """Return the items of a form that abilities are estimated from.

    Pretest items have no part in it, nor have items whose key was found wrong and which count for
    nobody, or for everybody: what everybody gets tells nothing of anybody.
    """
    return [item for item in form.counted(scoring) if not scoring.credits(item.ref)]


def abilities(
    marked: Sequence[Marked], parameters: ParameterSet, scoring: ScoringPolicy
) -> list[tuple[float, float]]:
    """Return θ and its standard error for each candidate, both in logits, by EAP.

    Candidates of several forms are scored together: an item that a form does not have is missing
    by design.
    """
    forms = {form.id: measuring(form, scoring) for form, _ in marked}
    ids = (item.ref.item_id for items in forms.values() for item in items)
    place = {item_id: column for column, item_id in enumerate(dict.fromkeys(ids))}
    scores = np.full((len(marked), len(place)), NOT_PRESENTED, dtype=np.int8)
    most = np.ones(len(place), dtype=np.int64)
    for row, (form, marks) in enumerate(marked):
        for item in forms[form.id]:
            mark, column = marks.by_item[item.ref.item_id], place[item.ref.item_id]
            scores[row, column], most[column] = mark.points, mark.most_points
    responses = Responses.from_matrix(scores, item_ids=list(place), max_scores=most)
    found = estimate_abilities(responses, parameters, ESTIMATOR)
    return list(zip(found.theta.tolist(), found.se.tolist(), strict=True))
