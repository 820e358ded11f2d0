"""Answers together with what a model expects of each person: the chance of every option.

An item under the nominal response model has a probability for each option by itself. Under a model
of scores (2PL, GRM …) the probability of a score is shared out among the options that earn it, as
often as they were chosen: the distractors then draw all abilities alike.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.arrays import FloatArray, IntArray
from examengine.psychometrics.batches import category_probabilities
from examengine.psychometrics.option_categories import NOMINAL
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.refusals import CannotScore, refuse
from examengine.psychometrics.response_files import ResponseData
from examengine.psychometrics.responses import Responses
from examengine.psychometrics.similarity._answers import Answers, answers_of


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What a calibrated test says about the persons.

    Attributes:
        items: Parameters of each item, in the order of the columns.
        category: Category of each option in its item's model, shape (n_items, n_options).
        share: Share of the option among those of its category, same shape, 0 beyond an item's
            options.
        ability_method: How the abilities were estimated.
        theta: Abilities, shape (n_persons,), logits; nan for persons without answers.
    """

    items: tuple[ItemParameters, ...]
    category: IntArray
    share: FloatArray
    ability_method: str
    theta: FloatArray

    def option_probabilities(self, rows: IntArray) -> FloatArray:
        """Chance of every option for some persons.

        P(option | θ) = P(category of the option | θ) · share of the option in its category

        Args:
            rows: Row numbers, shape (n,).

        Returns:
            Shape (n_items, n_options, n), summing to 1 over the options.
        """
        by_category = category_probabilities(self.items, self.theta[rows])
        by_option = np.take_along_axis(by_category, self.category[np.newaxis], axis=2)
        return np.ascontiguousarray((by_option * self.share).transpose(1, 2, 0))


@dataclass(frozen=True, slots=True, eq=False)
class SimilarityEvidence:
    """What pairs are compared by.

    Attributes:
        answers: Who chose what.
        model: What was to be expected; None for methods that do without.
    """

    answers: Answers
    model: Model | None = None


def evidence_of(
    data: ResponseData,
    parameters: ParameterSet | None = None,
    *,
    omitted: Collection[str] = (),
    ability: str = "eap",
) -> SimilarityEvidence:
    """Bring answers and a calibrated test together.

    Args:
        data: Responses, with the chosen options where there are keys.
        parameters: Every item of the responses; None for methods without a model. Nominal items
            have a category for each option: an option called 0, 1, 2 … is that category, options
            called otherwise are numbered in their order.
        omitted: Option ids that mean "left out".
        ability: Estimator of ability, see `examengine.psychometrics.ability`.

    Returns:
        The evidence. Nominal items without a key leave open which answers are right.

    Raises:
        CannotScore: An item has no parameters or its options do not fit their categories, or the
            estimator is unknown.
    """
    answers = answers_of(data, omitted)
    if parameters is None:
        return SimilarityEvidence(answers)
    known = {item.item_id: item for item in parameters.items}
    refuse(
        CannotScore,
        (f"item {name!r} has no parameters" for name in answers.item_ids if name not in known),
    )
    items = tuple(known[name] for name in answers.item_ids)
    category = _categories(answers, items)
    if any(item.model == NOMINAL and item.item_id not in data.chosen for item in items):
        answers = replace(answers, right=None)
    return SimilarityEvidence(
        answers=answers,
        model=Model(
            items=items,
            category=np.maximum(category, 0),
            share=_shares(answers, category),
            ability_method=ability,
            theta=_abilities(answers, items, category, parameters, ability),
        ),
    )


def _categories(answers: Answers, items: Sequence[ItemParameters]) -> IntArray:
    """Category of each option, −1 beyond an item's options."""
    category = answers.points.copy()
    faults: list[str] = []
    for place, (item, options) in enumerate(zip(items, answers.options, strict=True)):
        if item.model == NOMINAL:
            category[place, : len(options)] = _nominal_categories(item, options, faults)
        elif int(category[place].max()) >= item.n_categories:
            faults.append(
                f"item {item.item_id!r}: a score above {item.n_categories - 1}, the highest its "
                "parameters know"
            )
    refuse(CannotScore, faults)
    return category


def _nominal_categories(
    item: ItemParameters, options: Sequence[str], faults: list[str]
) -> IntArray:
    if item.options:
        return _places(item, options, faults)
    numbers = [int(name) if name.isascii() and name.isdigit() else -1 for name in options]
    if all(0 <= number < item.n_categories for number in numbers):
        return np.array(numbers)
    if len(options) != item.n_categories:
        faults.append(
            f"item {item.item_id!r}: the options {', '.join(options)} do not fit its "
            f"{item.n_categories} categories; call the options 0 to {item.n_categories - 1} as in "
            "the file that was calibrated, and name those left out with --omit"
        )
    return np.arange(len(options))


def _places(item: ItemParameters, options: Sequence[str], faults: list[str]) -> IntArray:
    known = {name: place for place, name in enumerate(item.options)}
    unknown = [name for name in options if name not in known]
    if unknown:
        faults.append(
            f"item {item.item_id!r}: {', '.join(unknown)} is none of the options it was calibrated "
            f"with ({', '.join(item.options)}); name what means left out with --omit"
        )
    return np.array([known.get(name, 0) for name in options])


def _shares(answers: Answers, category: IntArray) -> FloatArray:
    """Share of each option among the answers of its category; alike when nobody gave one."""
    share = np.zeros(category.shape)
    for place in range(category.shape[0]):
        chosen = answers.chosen[:, place]
        given = chosen >= 0
        counts = np.bincount(
            chosen[given], weights=answers.weights[given], minlength=category.shape[1]
        )
        for one in np.unique(category[place]):
            mine = category[place] == one
            total = counts[mine].sum()
            if one >= 0:
                share[place, mine] = counts[mine] / total if total > 0 else 1 / mine.sum()
    return share


def _abilities(
    answers: Answers,
    items: Sequence[ItemParameters],
    category: IntArray,
    parameters: ParameterSet,
    method: str,
) -> FloatArray:
    columns = np.arange(len(items))
    scores = np.where(answers.answered, category[columns, answers.chosen], -1).astype(np.int8)
    responses = Responses(
        person_ids=answers.person_ids,
        item_ids=answers.item_ids,
        scores=scores,
        max_scores=np.array([item.n_categories - 1 for item in items]),
    )
    return estimate_abilities(responses, parameters, method).theta
