"""What a blueprint asks of each form: in the words of its author, and as rows over the pool."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse

from examengine.assembly.blueprint import (
    ANY_ITEMS,
    ANY_NUMBER,
    Between,
    Blueprint,
    PoolItem,
    SetBounds,
)
from examengine.assembly.set_rows import SetRows
from examengine.psychometrics.arrays import FloatArray, IntArray

KINDS = ("length", "area", "item_type", "level", "seconds", "sets", "set_items", "enemies")
"""What requirements are about, the plainest first."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a person asked for, and the row that says it: Σ weight · member within bounds.

    What is asked of item sets is no single row; `SetRows` says it.

    Attributes:
        kind: What it is about, one of `KINDS`.
        words: The requirement as its author would say it, and what the pool has.
        members: Items the row is about, by their place in the pool.
        bounds: How much of them each form may hold.
        weights: Coefficient of each member; 1 when None.
        sets: The items of each set, where it is about sets.
    """

    kind: str
    words: str
    members: tuple[int, ...]
    bounds: Between
    weights: tuple[int, ...] | None = None
    sets: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """What each form is asked, as rows over the whole pool.

    Attributes:
        matrix: Coefficients, shape (n_requirements, n_items).
        least: The least each form may hold, shape (n_requirements,).
        most: The most it may hold, likewise.
        kinds: What each row is about, of `KINDS`.
        sets: What each form is asked about item sets; None for nothing.
    """

    matrix: scipy.sparse.csr_array
    least: FloatArray
    most: FloatArray
    kinds: tuple[str, ...]
    sets: SetRows | None = None

    @classmethod
    def of(cls, asked: Sequence[Requirement], n_items: int) -> "Rows":
        """Return the rows of the requirements."""
        single = [one for one in asked if not one.sets]
        return cls(
            _matrix(single, n_items),
            np.array([float(one.bounds.least) for one in single]),
            np.array([float(one.bounds.most) for one in single]),
            tuple(one.kind for one in single),
            _set_rows([one for one in asked if one.sets], n_items),
        )

    def of_kind(self, kind: str) -> IntArray:
        """Return the numbers of the rows about `kind`."""
        return np.array([k for k, found in enumerate(self.kinds) if found == kind], dtype=int)

    def over(self, items: IntArray) -> "Rows":
        """Return the same requirements over some of the items only."""
        sets = None if self.sets is None else self.sets.over(items)
        return replace(self, matrix=self.matrix[:, items], sets=sets)


def _matrix(asked: Sequence[Requirement], n_items: int) -> scipy.sparse.csr_array:
    numbers = [number for number, one in enumerate(asked) for _ in one.members]
    members = [member for one in asked for member in one.members]
    weights = [float(weight) for one in asked for weight in one.weights or (1,) * len(one.members)]
    places = (np.array(numbers, dtype=int), np.array(members, dtype=int))
    return scipy.sparse.csr_array((np.array(weights), places), shape=(len(asked), n_items))


def _set_rows(asked: Sequence[Requirement], n_items: int) -> SetRows | None:
    if not asked:
        return None
    bounds = {one.kind: one.bounds for one in asked}
    return SetRows.of(
        asked[0].sets,
        bounds.get("set_items", ANY_ITEMS),
        bounds.get("sets", ANY_NUMBER),
        n_items,
    )


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
    if blueprint.sets is not None:
        yield from _sets(items, blueprint.sets)
    yield from _enemies(items)


def _sets(items: Sequence[PoolItem], asked: SetBounds) -> Iterator[Requirement]:
    members: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        if item.set_id:
            members.setdefault(item.set_id, []).append(place)
    sets = tuple(map(tuple, members.values())) or ((),)
    if asked.number != ANY_NUMBER:
        words = f"{asked.number} item sets in each form (the pool has {len(members)})"
        yield Requirement("sets", words, (), asked.number, sets=sets)
    if asked.items != ANY_ITEMS:
        enough = sum(len(one) >= asked.items.least for one in sets)
        words = (
            f"{asked.items} items of each set that stands in a form "
            f"({enough} sets of the pool have as many)"
        )
        yield Requirement("set_items", words, (), asked.items, sets=sets)


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
    instances: dict[str, list[int]] = {}
    for i, item in enumerate(items):
        if item.model_id:
            instances.setdefault(item.model_id, []).append(i)
    for model_id, found in instances.items():
        words = f"at most one instance of the model {model_id} in each form"
        yield Requirement("enemies", words, tuple(found), Between(0, 1))


def apart_in_words(items: Sequence[PoolItem], blueprint: Blueprint) -> str:
    """Return what forms may share, as its author would say it."""
    words = (
        f"{blueprint.common} items are common to all {blueprint.forms} forms, "
        "and no other item stands in two of them"
        if blueprint.common
        else f"no item stands in two of the {blueprint.forms} forms"
    )
    return f"{words} (the pool has {len(items)})"
