"""From item scores to abilities: the seam to the measurement library, and nothing computed here."""

from collections.abc import Mapping, Sequence

import numpy as np

from examengine.assembly import Form
from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.parameters import ParameterSet
from examengine.psychometrics.responses import NOT_PRESENTED, Responses
from examengine.scoring.errors import ItemsWithoutParameters
from examengine.scoring.score_record import ESTIMATOR, Prior

Marked = tuple[Form, Mapping[str, int]]
"""A form, and the item scores of somebody who sat it."""


def prior_of(parameters: ParameterSet) -> Prior:
    """Return the ability distribution that scores are estimated under.

    It is that of the calibration's reference group, on the calibration's own points: N(0, 1) for
    every model whose metric is fixed by it.
    """
    group, points = parameters.groups[0], parameters.quadrature
    return Prior(group.mean, group.sd, points.points, points.low, points.high)


def check_parameters(forms: Sequence[Form], parameters: ParameterSet) -> None:
    """Refuse forms with scored items that the parameters do not know.

    Raises:
        ItemsWithoutParameters: Every such item is named.
    """
    known = set(parameters.item_ids)
    lacking = {
        item.ref.item_id
        for form in forms
        for item in form.items
        if item.scored and item.ref.item_id not in known
    }
    if lacking:
        raise ItemsWithoutParameters(lacking)


def abilities(marked: Sequence[Marked], parameters: ParameterSet) -> list[tuple[float, float]]:
    """Return θ and its standard error for each candidate, both in logits, by EAP.

    Candidates of several forms are scored together: an item that a form does not have is missing
    by design. Pretest items have no part in it.
    """
    columns = _scored_items(marked)
    place = {item_id: index for index, item_id in enumerate(columns)}
    scores = np.full((len(marked), len(columns)), NOT_PRESENTED, dtype=np.int8)
    for row, (form, item_scores) in enumerate(marked):
        for item in form.items:
            if item.scored:
                scores[row, place[item.ref.item_id]] = item_scores[item.ref.item_id]
    responses = Responses.from_matrix(
        scores, item_ids=columns, max_scores=np.ones(len(columns), dtype=np.int64)
    )
    found = estimate_abilities(responses, parameters, ESTIMATOR)
    return list(zip(found.theta.tolist(), found.se.tolist(), strict=True))


def _scored_items(marked: Sequence[Marked]) -> list[str]:
    forms = {form.id: form for form, _ in marked}
    ids = (item.ref.item_id for form in forms.values() for item in form.items if item.scored)
    return list(dict.fromkeys(ids))
