"""Kinds of jobs: what a context offers to have done later, by whoever may ask for it.

A context declares its kinds beside the use case they run; the composition root of the worker
gathers them. A kind is known by its name, which stands in the database: it does not change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from examengine.accounts import Role

if TYPE_CHECKING:
    from examengine.jobs.run import JobRun


@dataclass(frozen=True, slots=True)
class JobKind:
    """Work of one kind.

    `run` loads, computes, tells how far it is (`JobRun.report`), and writes last, in the one
    transaction that also ends the job (`JobRun.finishing`). It may be begun again from the start
    at any moment before that transaction is committed: what it commits of its own before has to
    bear being done twice, or to be known by what came of it (`JobRun.underway`).
    """

    name: str
    """`context.verb`, as `bank.import`."""
    roles: tuple[Role, ...]
    """Who may ask for it; asked again when it runs."""
    run: Callable[["JobRun"], None]


Kinds = Mapping[str, JobKind]


def kinds_of(kinds: Iterable[JobKind]) -> Kinds:
    """Return kinds by their names.

    Raises:
        ValueError: Two have the same name.
    """
    found: dict[str, JobKind] = {}
    for kind in kinds:
        if kind.name in found:
            raise ValueError(f"two kinds of jobs are called {kind.name}")
        found[kind.name] = kind
    return MappingProxyType(found)
