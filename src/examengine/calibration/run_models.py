"""The models that a run offers: which items each is for, and which one each item gets. Pure.

A run names one model. Items worth several points are scored in more than two categories, which
right/wrong models lack; where a model of such items was chosen, right/wrong items get the model
that it becomes with two categories.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from examengine.calibration.errors import CalibrationRefused
from examengine.psychometrics.estimation import GUESSING_PRIORS, Priors


@dataclass(frozen=True, slots=True)
class RunModel:
    """A model as a run offers it.

    Attributes:
        code: What runs and files call it.
        title: What pages call it.
        words: What it says of items, and of which.
        right_wrong: Code of the model that items worth one point get.
        graded: Code of the model that items worth several points get; "" where it has none.
    """

    code: str
    title: str
    words: str
    right_wrong: str
    graded: str = ""


RIGHT_WRONG = (
    RunModel(
        "2pl",
        "Two-parameter model (2PL)",
        "difficulty and slope of each item, for right/wrong items",
        "2pl",
    ),
    RunModel(
        "rasch",
        "Rasch model",
        "a difficulty for each right/wrong item, and the slope 1 for all",
        "rasch",
    ),
    RunModel(
        "1pl",
        "One-parameter model (1PL)",
        "a difficulty for each right/wrong item, and one slope for all that is estimated",
        "1pl",
    ),
    RunModel(
        "3pl",
        "Three-parameter model (3PL)",
        "difficulty, slope and guessing of each right/wrong item, with priors on slope and "
        "guessing; for a thousand candidates and more",
        "3pl",
    ),
)
"""Models of items worth one point; the first is the usual one."""
GRADED = (
    RunModel(
        "gpcm",
        "Generalized partial credit model (GPCM)",
        "steps and slope of each item worth several points; right/wrong items get the 2PL",
        "2pl",
        "gpcm",
    ),
    RunModel(
        "grm",
        "Graded response model (GRM)",
        "thresholds and slope of each item worth several points; right/wrong items get the 2PL",
        "2pl",
        "grm",
    ),
    RunModel(
        "pcm",
        "Partial credit model (PCM)",
        "steps of each item worth several points, and the slope 1 for all; right/wrong items get "
        "the Rasch model",
        "rasch",
        "pcm",
    ),
    RunModel(
        "rsm",
        "Rating scale model (RSM)",
        "items worth equally many points share the distances of their steps, and the slope is 1 "
        "for all; right/wrong items get the Rasch model",
        "rasch",
        "rsm",
    ),
)
"""Models of items worth several points; the first is the usual one."""
MODELS: Mapping[str, RunModel] = MappingProxyType(
    {model.code: model for model in (*RIGHT_WRONG, *GRADED)}
)


def model_named(code: str) -> RunModel:
    """Return a model that is offered.

    Raises:
        CalibrationRefused: None has this code; those that are offered are named.
    """
    if code not in MODELS:
        raise CalibrationRefused([f"the model {code!r} is none of {', '.join(MODELS)}"])
    return MODELS[code]


def models_offered(most_points: Iterable[int]) -> tuple[RunModel, ...]:
    """Return the models that suit items worth so many points, the usual one first.

    Models of right/wrong items come last where some item is worth several points: they need such
    items to be left out.
    """
    return (*GRADED, *RIGHT_WRONG) if max(most_points, default=1) > 1 else RIGHT_WRONG


def models_of_items(
    model: RunModel, item_ids: Sequence[str], most_points: Sequence[int]
) -> dict[str, str]:
    """Return the code of the model that each item gets.

    Raises:
        CalibrationRefused: The model is for right/wrong items, and some item is worth more.
    """
    worth = dict(zip(item_ids, most_points, strict=True))
    several = [item_id for item_id, most in worth.items() if most > 1]
    if several and not model.graded:
        raise CalibrationRefused(
            [
                f"the {model.title} is for right/wrong items, and {', '.join(several)} "
                f"{'is' if len(several) == 1 else 'are'} worth several points; choose "
                f"{', '.join(one.code for one in GRADED)}, or leave them out"
            ]
        )
    return {
        item_id: model.graded if most > 1 else model.right_wrong for item_id, most in worth.items()
    }


def priors_of(model: RunModel) -> Priors | None:
    """Return the priors that a model is estimated with: on a and c for the 3PL, else none."""
    return Priors.from_mapping(dict(GUESSING_PRIORS)) if model.right_wrong == "3pl" else None
