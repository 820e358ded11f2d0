"""The model each item is compared under, where a method or a test score calibrates."""

from collections.abc import Iterator, Mapping

from examengine.psychometrics.dif._contract import CannotCompareGroups
from examengine.psychometrics.models import MODELS
from examengine.psychometrics.refusals import refuse
from examengine.psychometrics.responses import Responses

RIGHT_WRONG, ORDERED = "2pl", "grm"
# An asymptote of its own in each group is hardly ever determined without a prior, and a prior
# takes the chi-square from the likelihood ratio and from the Wald test.
WITH_ASYMPTOTES = frozenset({"3pl", "4pl"})


def item_models(responses: Responses, given: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """The model of every item.

    Args:
        responses: Persons by items.
        given: Code of the model by item; items it does not name have the two-parameter logistic
            when they are right or wrong, else the graded response model.

    Returns:
        Code by item, in column order.

    Raises:
        CannotCompareGroups: A model is unknown, is for right and wrong where an item has several
            points, or has asymptotes; one sentence for each item.

    Notes:
        What items share by their model stays shared when one is studied: the slope of the 1PL, the
        steps of the rating scale model. Under these, the Rasch and the partial credit model a
        difference of slopes is not looked for. The nominal model takes scores as categories.
    """
    known = given or {}
    models = {
        item_id: known.get(item_id) or (RIGHT_WRONG if highest == 1 else ORDERED)
        for item_id, highest in zip(responses.item_ids, responses.max_scores.tolist(), strict=True)
    }
    refuse(CannotCompareGroups, _faults(responses, models))
    return models


def _faults(responses: Responses, models: Mapping[str, str]) -> Iterator[str]:
    for highest, (item_id, model) in zip(
        responses.max_scores.tolist(), models.items(), strict=True
    ):
        if model not in MODELS:
            yield f"item {item_id!r}: model {model!r} is none of {', '.join(sorted(MODELS))}"
        elif model in WITH_ASYMPTOTES:
            yield (
                f"item {item_id!r}: the asymptotes of {model} cannot be estimated in each group "
                "without priors; compare the item under 2pl, or with mh, std or logistic"
            )
        elif highest > 1 and not MODELS[model].polytomous:
            yield (
                f"item {item_id!r}: scores go up to {highest}, but {model} is for right and "
                "wrong; use pcm, gpcm or grm"
            )
