"""Run a study: every replication has randomness of its own, so order and workers do not matter."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any
from zlib import crc32

import numpy as np

from examengine.psychometrics.recovery._contract import Study
from examengine.psychometrics.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Finished:
    """A cell that has been run.

    Attributes:
        cell: The condition, as text.
        rows: Its rows of the table.
    """

    cell: str
    rows: tuple[Any, ...]


def run_study(
    study: Study[Any, Any],
    *,
    replications: int,
    seed: int,
    only: str = "",
    executor: Executor | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Finished, ...]:
    """Run all cells of a study.

    Args:
        study: The study.
        replications: Data sets for each cell, at least 1.
        seed: Seed of everything drawn, at least 0. The data of a replication depend on the seed,
            the cell and the number of the replication alone.
        only: Conditions to run, by a part of their names; all unless given.
        executor: Where replications are run, such as a pool of processes; in this process
            without one. The rows do not depend on it.
        told: Told the name of each cell when it has been run.

    Returns:
        The cells in order.

    Raises:
        ValueError: There are no replications, the seed is negative, or no condition has that name.
    """
    if replications < 1 or seed < 0:
        raise ValueError(f"{replications} replications, seed {seed}: at least 1 and 0 are needed")
    cells = [cell for cell in study.cells if only in str(cell)]
    if not cells:
        raise ValueError(f"no condition is called {only!r}")
    finished = []
    for cell in cells:
        one = partial(_outcome, study, cell, seed)
        numbers = range(replications)
        found: Iterable[Any] = map(one, numbers) if executor is None else executor.map(one, numbers)
        finished.append(_finished(study, cell, list(found)))
        told(str(cell))
    return tuple(finished)


def _finished(study: Study[Any, Any], cell: Any, found: Sequence[Any]) -> Finished:
    outcomes = [outcome for outcome in found if outcome is not None]
    rows = study.rows(cell, outcomes, len(found) - len(outcomes))
    return Finished(str(cell), tuple(rows))


def _outcome(study: Study[Any, Any], cell: Any, seed: int, replication: int) -> Any:
    """One replication; None when the data set was refused."""
    rng = np.random.default_rng([seed, crc32(f"{study.code} {cell}".encode()), replication])
    try:
        return study.outcome(cell, rng)
    except Refusal:
        return None
