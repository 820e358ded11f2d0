"""How often fit statistics reject: items, persons and models that fit, and some that do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.arrays import BoolArray, FloatArray
from examengine.psychometrics.estimation import calibrate
from examengine.psychometrics.fit import ResidualFit, residual_fit, score_moments
from examengine.psychometrics.parameters import ItemParameters
from examengine.psychometrics.recovery._contract import Study
from examengine.psychometrics.recovery._rates import (
    LOWER,
    SIZE,
    TWO_SIDED,
    Claim,
    RateRow,
    Rejections,
    below,
    rate_rows,
    rejections,
)
from examengine.psychometrics.responses import NOT_PRESENTED
from examengine.psychometrics.results import ModelAgreement, model_agreement
from examengine.psychometrics.simulation import (
    as_responses,
    draw_scores,
    true_items,
)

EVERY = 5
"""One item (or person) in so many is altered where some are."""
STEEP, FLAT = 2.4, 0.5
GUESSING = 0.25
TRAITS_R = 0.6
# Of every four items the second is on the first form only, the fourth on the second only.
IN_FOUR, FIRST_ONLY, SECOND_ONLY = 4, 1, 3
# What a person who guesses gets right of four options.
CHANCE = 0.25


Counts = Mapping[Claim, Rejections]


@dataclass(frozen=True, slots=True)
class Sample:
    """Item scores drawn under a condition.

    Attributes:
        items: The test that responses were drawn from.
        scores: Item scores, shape (n_persons, n_items).
        altered_items: Items that the model fitted does not hold for, shape (n_items,).
        altered_persons: Persons who answer otherwise, shape (n_persons,).
        holds: Whether the model fitted holds for everything.
    """

    items: Sequence[ItemParameters]
    scores: FloatArray
    altered_items: BoolArray
    altered_persons: BoolArray
    holds: bool


@dataclass(frozen=True, slots=True)
class FitCell:
    """A condition.

    Attributes:
        condition: "fits", "two forms", "slopes", "guessing", "two traits" or "guessers".
        model: Code of the model fitted.
        n_persons: Persons.
        n_items: Items.
    """

    condition: str
    model: str
    n_persons: int
    n_items: int

    def __str__(self) -> str:
        return f"{WORDS[self.condition]}, {self.model}, {self.n_persons} × {self.n_items}"


WORDS: Mapping[str, str] = {
    "fits": "the model holds",
    "two forms": "the model holds, two forms with half their items in common",
    "slopes": "one item in five has another slope",
    "guessing": "guessing at .25, not in the model",
    "two traits": "two traits that correlate .6",
    "guessers": "one person in five guesses",
}


class ModelFitRates(Study[FitCell, Counts]):
    """Type I error and power of S-X², infit, outfit, M2, lz* and Zh at .05.

    Item parameters are estimated from the same data. Persons are taken at expected a posteriori
    abilities, as the command `fit` takes them; residuals there and, to compare, at bounded maximum
    likelihood abilities. Infit and outfit reject beyond ±1.96 of their normal transforms, lz* and
    Zh below −1.645.

    References:
        The statistics have theirs where they are computed.
    """

    code = "fit"
    title = "rejection rates of fit statistics"
    cells = (
        *(FitCell("fits", "2pl", n, 20) for n in (250, 500, 1000, 2000)),
        *(FitCell("fits", "2pl", 1000, length) for length in (10, 40)),
        *(FitCell("fits", model, 1000, 20) for model in ("rasch", "grm")),
        *(FitCell("two forms", "2pl", n, 20) for n in (500, 1000, 2000)),
        FitCell("two forms", "grm", 1000, 20),
        *(FitCell("slopes", "1pl", n, 20) for n in (500, 1000, 2000)),
        *(FitCell("guessing", "2pl", n, 20) for n in (1000, 2000)),
        *(FitCell("two traits", "2pl", n, 20) for n in (500, 1000)),
        *(FitCell("guessers", "2pl", 1000, length) for length in (20, 40)),
    )
    replications = 100

    def outcome(self, cell: FitCell, rng: np.random.Generator) -> Counts:
        """Draw, calibrate and test once; see `Study.outcome`."""
        sample = drawn(cell, rng)
        responses = as_responses(sample.scores, sample.items)
        parameters = calibrate(responses, cell.model, standard_errors="none").parameters
        abilities = estimate_abilities(responses, parameters, "ml")
        at_ml = residual_fit(
            responses.scores,
            score_moments(parameters.items, abilities.theta),
            responses.weights,
            of="items",
        )
        return counted(model_agreement(responses, parameters), at_ml, sample)

    def rows(self, cell: FitCell, outcomes: Sequence[Counts], refused: int) -> Sequence[RateRow]:
        """A row for each claim; see `Study.rows`."""
        condition = f"{WORDS[cell.condition]}; {cell.model} fitted"
        return rate_rows(condition, (cell.n_persons, cell.n_items), outcomes, refused)


STUDY = ModelFitRates()


def drawn(cell: FitCell, rng: np.random.Generator) -> Sample:
    """Draw the data of a condition.

    Args:
        cell: The condition.
        rng: The generator.

    Returns:
        The data, with what is altered in them.
    """
    items = true_items(cell.model, cell.n_items)
    theta = rng.standard_normal(cell.n_persons)
    no_items = np.zeros(cell.n_items, dtype=bool)
    nobody = np.zeros(cell.n_persons, dtype=bool)
    if cell.condition == "slopes":
        some = np.arange(cell.n_items) % EVERY == EVERY // 2
        items = tuple(_with_slope(item, place) if some[place] else item
                      for place, item in enumerate(items))  # fmt: skip
        return Sample(items, draw_scores(rng, items, theta), some, nobody, holds=False)
    if cell.condition == "guessing":
        items = tuple(
            replace(item, model="3pl", values={**item.values, "c": GUESSING}) for item in items
        )
        return Sample(items, draw_scores(rng, items, theta), ~no_items, nobody, holds=False)
    scores = draw_scores(rng, items, theta)
    if cell.condition == "two forms":
        first = np.arange(cell.n_persons) % 2 == 0
        place = np.arange(cell.n_items) % IN_FOUR
        scores[np.ix_(first, place == SECOND_ONLY)] = NOT_PRESENTED
        scores[np.ix_(~first, place == FIRST_ONLY)] = NOT_PRESENTED
    if cell.condition == "two traits":
        other = TRAITS_R * theta + np.sqrt(1 - TRAITS_R**2) * rng.standard_normal(cell.n_persons)
        scores[:, 1::2] = draw_scores(rng, items, other)[:, 1::2]
        return Sample(items, scores, ~no_items, nobody, holds=False)
    if cell.condition == "guessers":
        some = np.arange(cell.n_persons) % EVERY == 0
        guessed = rng.random((int(some.sum()), cell.n_items)) < CHANCE
        scores[some] = guessed
        return Sample(items, scores, no_items, some, holds=False)
    return Sample(items, scores, no_items, nobody, holds=True)


def _with_slope(item: ItemParameters, place: int) -> ItemParameters:
    """The item with a slope far from the common one, steep and flat in turn."""
    slope = STEEP if place // EVERY % 2 else FLAT
    return replace(item, values={**item.values, "a": slope}, model="2pl")


def counted(found: ModelAgreement, at_ml: ResidualFit, sample: Sample) -> Counts:
    """Rejections by claim.

    Args:
        found: Fit of the data to the model.
        at_ml: Residuals of the items at maximum likelihood abilities.
        sample: The data.

    Returns:
        Counts for the model, and for items and persons unless the others were altered. Unaltered
        items (persons) that stand beside altered ones are counted apart: their rates are Type I
        errors under a calibration that is a little wrong.
    """
    counts: dict[Claim, Rejections] = {}
    if not sample.altered_persons.any():
        by_item = {
            "S-X²": [_low(item.s_x2.p) for item in found.items],
            "infit, EAP": [_beyond(item.infit_z) for item in found.items],
            "outfit, EAP": [_beyond(item.outfit_z) for item in found.items],
            "infit, ML": [_beyond(z) for z in at_ml.infit_z.tolist()],
            "outfit, ML": [_beyond(z) for z in at_ml.outfit_z.tolist()],
        }
        for name, decided in by_item.items():
            counts |= _apart(name, "items", decided, sample.altered_items)
    counts[Claim("M2", "model", sample.holds)] = rejections(
        [None if found.model is None else _low(found.model.p)]
    )
    if not sample.altered_items.any():
        by_person = {
            "lz*": below([person.lz_star for person in found.persons], LOWER),
            "Zh": below([person.zh for person in found.persons], LOWER),
        }
        for name, decided in by_person.items():
            counts |= _apart(name, "persons", decided, sample.altered_persons)
    return counts


def _apart(name: str, what: str, decided: Sequence[bool | None], altered: BoolArray) -> Counts:
    """Altered and unaltered ones, each when there are any."""
    counts = {}
    if altered.any():
        chosen = [one for one, other in zip(decided, altered, strict=True) if other]
        counts[Claim(name, f"altered {what}", true=False)] = rejections(chosen)
    if not altered.all():
        chosen = [one for one, other in zip(decided, altered, strict=True) if not other]
        counts[Claim(name, f"unaltered {what}" if altered.any() else what, true=True)] = rejections(
            chosen
        )
    return counts


def _low(p: float) -> bool | None:
    return None if np.isnan(p) else p < SIZE


def _beyond(z: float) -> bool | None:
    return None if np.isnan(z) else abs(z) > TWO_SIDED
