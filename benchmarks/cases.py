"""What is timed, and on which simulated data."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from examengine.psychometrics.arrays import FloatArray
from examengine.psychometrics.parameters import ItemParameters, ParameterSet
from examengine.psychometrics.responses import Responses

SEED = 20_000
ROWS = 8192
QUICK_SHARE = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the benchmark.

    Attributes:
        name: What it is called on the command line.
        title: What it is called in the table.
        model: Model of all items.
        persons: Number of persons.
        items: Number of items.
        categories: Number of score categories.
        guessing: Lower asymptote that the data are drawn with.
        task: "fit", "errors" (what standard errors take more), "eap" or "cml".
        threads: Number of threads to work on.
    """

    name: str
    title: str
    model: str
    persons: int
    items: int
    categories: int = 2
    guessing: float = 0.0
    task: str = "fit"
    threads: int = 1


CASES = (
    Case("2pl", "2PL", "2pl", 20_000, 60),
    Case("2pl-errors", "2PL, standard errors on top", "2pl", 20_000, 60, task="errors"),
    Case("2pl-large", "2PL", "2pl", 100_000, 100),
    Case("2pl-threads", "2PL, two threads", "2pl", 100_000, 100, threads=2),
    Case("3pl", "3PL, prior on c", "3pl", 20_000, 60, guessing=0.2),
    Case("grm", "GRM, five categories", "grm", 5_000, 30, categories=5),
    Case("eap", "EAP scores", "2pl", 100_000, 100, task="eap"),
    Case("cml", "Rasch, conditional", "rasch", 100_000, 100, task="cml"),
)
GROWTH = tuple(
    Case(f"growth-{persons}", "2PL", "2pl", persons, 50) for persons in (10_000, 100_000, 1_000_000)
)


def case_of(name: str, *, quick: bool) -> Case:
    """The case with that name, at a tenth of its persons when it has to be quick."""
    found = next(case for case in (*CASES, *GROWTH) if case.name == name)
    return replace(found, persons=found.persons // QUICK_SHARE) if quick else found


def true_items(case: Case) -> tuple[ItemParameters, ...]:
    """The parameters the data of a case are drawn with: log a ~ N(0, .3²), b ~ N(0, 1)."""
    rng = np.random.default_rng(SEED)
    return tuple(_true_item(case, number, rng) for number in range(case.items))


def _true_item(case: Case, number: int, rng: np.random.Generator) -> ItemParameters:
    a = float(np.exp(rng.normal(0.0, 0.3)))
    if case.categories > 2:
        steps = np.sort(rng.normal(0.0, 1.2, case.categories - 1))
        apart = steps + 0.3 * np.arange(case.categories - 1)
        return ItemParameters(
            f"i{number}", "grm", {"a": 1.2 * a, "thresholds": tuple(apart.tolist())}
        )
    values = {"a": a, "b": float(rng.normal()), "c": case.guessing, "d": 1.0}
    return ItemParameters(f"i{number}", "3pl" if case.guessing else "2pl", values)


def draw(case: Case) -> Responses:
    """The data of a case, the same for the same case."""
    items = true_items(case)
    scores = np.empty((case.persons, case.items), dtype=np.int8)
    rng = np.random.default_rng(SEED + 1)
    for rows in _blocks(case.persons):
        theta = rng.standard_normal(len(scores[rows]))
        for column, item in enumerate(items):
            reached = _chances(item, theta)
            scores[rows, column] = (rng.random(len(theta)) < reached).sum(axis=0)
    return Responses.from_matrix(scores, item_ids=[item.item_id for item in items])


def _blocks(persons: int) -> Iterator[slice]:
    return (slice(first, first + ROWS) for first in range(0, persons, ROWS))


def _chances(item: ItemParameters, theta: FloatArray) -> FloatArray:
    """Chance of reaching each score above 0, shape (n_categories − 1, n_persons)."""
    share = item.item_model.probabilities(theta, item.coordinates[np.newaxis])[0]
    return 1.0 - np.cumsum(share, axis=0)[:-1]


def true_parameters(case: Case) -> ParameterSet:
    """The true items as a parameter set, to score with."""
    return ParameterSet(items=true_items(case))
