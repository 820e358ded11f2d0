"""What a blueprint asks of each form: in the words of its author, and as rows over the pool."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse

from examengine.assembly.blueprint import Between, Blueprint, PoolItem
from examengine.psychometrics.arrays import FloatArray, IntArray

KINDS = ("length", "area", "item_type", "level", "seconds", "enemies")
"""What requirements are about, the plainest first."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a person asked for, and the row that says it: Σ weight · member within bounds.

    Attributes:
        kind: What it is about, one of `KINDS`.
        words: The requirement as its author would say it, and what the pool has.
        members: Items the row is about, by their place in the pool.
        bounds: How much of them each form may hold.
        weights: Coefficient of each member; 1 when None.
    """

    kind: str
    words: str
    members: tuple[int, ...]
    bounds: Between
    weights: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """What each form is asked, as rows over the whole pool.

    Attributes:
        matrix: Coefficients, shape (n_requirements, n_items).
        least: The least each form may hold, shape (n_requirements,).
        most: The most it may hold, likewise.
        kinds: What each row is about, of `KINDS`.
    """

    matrix: scipy.sparse.csr_array
    least: FloatArray
    most: FloatArray
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, asked: Sequence[Requirement], n_items: int) -> "Rows":
        """Return the rows of the requirements."""
        return cls(
            _matrix(asked, n_items),
            np.array([float(one.bounds.least) for one in asked]),
            np.array([float(one.bounds.most) for one in asked]),
            tuple(one.kind for one in asked),
        )

    def of_kind(self, kind: str) -> IntArray:
        """Return the numbers of the rows about `kind`."""
        return np.array([k for k, found in enumerate(self.kinds) if found == kind], dtype=int)

    def over(self, items: IntArray) -> "Rows":
        """Return the same requirements over some of the items only."""
        return replace(self, matrix=self.matrix[:, items])


def _matrix(asked: Sequence[Requirement], n_items: int) -> scipy.sparse.csr_array:
    numbers = [number for number, one in enumerate(asked) for _ in one.members]
    members = [member for one in asked for member in one.members]
    weights = [float(weight) for one in asked for weight in one.weights or (1,) * len(one.members)]
    places = (np.array(numbers, dtype=int), np.array(members, dtype=int))
    return scipy.sparse.csr_array((np.array(weights), places), shape=(len(asked), n_items))


def requirements(items: Sequence[PoolItem], blueprint: Blueprint) -> Iterator[Requirement]:
    """Yield what the blueprint asks of each form, in words and in rows."""
    everything = tuple(range(len(items)))
    exactly = Between(blueprint.length, blueprint.length)
    yield Requirement("length", f"{exactly} items in each form", everything, exactly)
    for kind, asked in (
        ("area", blueprint.areas),
        ("item_type", blueprint.types),
        ("level", blueprint.levels),
    ):
        for value, bounds in asked.items():
            members = tuple(i for i in everything if getattr(items[i], kind) == value)
            noun = kind.replace("item_", "")
            words = f"{bounds} items of {noun} “{value}” (the pool has {len(members)})"
            yield Requirement(kind, words, members, bounds)
    if blueprint.seconds is not None:
        times = tuple(item.seconds for item in items)
        words = f"{blueprint.seconds} seconds of expected time in each form"
        yield Requirement("seconds", words, everything, blueprint.seconds, times)
    yield from _enemies(items)


def _enemies(items: Sequence[PoolItem]) -> Iterator[Requirement]:
    position = {item.item_id: i for i, item in enumerate(items)}
    pairs = {
        (min(item.item_id, enemy), max(item.item_id, enemy))
        for item in items
        for enemy in item.enemies & position.keys()
    }
    for one, other in sorted(pairs):
        members = (position[one], position[other])
        yield Requirement("enemies", f"{one} and {other} are enemies", members, Between(0, 1))


def apart_in_words(items: Sequence[PoolItem], blueprint: Blueprint) -> str:
    """Return what forms may share, as its author would say it."""
    words = (
        f"{blueprint.common} items are common to all {blueprint.forms} forms, "
        "and no other item stands in two of them"
        if blueprint.common
        else f"no item stands in two of the {blueprint.forms} forms"
    )
    return f"{words} (the pool has {len(items)})"
