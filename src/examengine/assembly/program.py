"""Assembly as a mixed-integer program, solved by HiGHS.

For each item i and form f there is a binary u_if (the item stands in form f alone) and for each
item a binary c_i (it is common to all forms); i stands in f when z_if = c_i + u_if = 1. Each
requirement of the blueprint is a set of linear rows over z. The objective minimises the largest
relative difference between any two forms in expected time, levels and information (the minimax
form of van der Linden, 2005, Linear Models for Optimal Test Design, § 6.2).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import combinations
from time import perf_counter
from typing import Any

import highspy

from examengine.assembly.blueprint import AssembledForm, Assembly, Between, Blueprint, PoolItem
from examengine.assembly.errors import AssemblyInfeasible, AssemblyUnfinished

SOLVER = f"HiGHS {version('highspy')}"
TIME_LIMIT = 20.0
"""Seconds for the whole search; the best forms found by then are taken, with their bound."""

GOOD_ENOUGH = 0.005
"""The search ends once no other forms could be closer to each other by more than half a percent."""

KINDS = ("length", "area", "item_type", "level", "seconds", "enemies")
"""What requirements are about, the plainest first."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a person asked for, and the rows that say it: Σ coefficient · z between bounds.

    Attributes:
        kind: What it is about, one of `KINDS`.
        words: The requirement as its author would say it, and what the pool has.
        members: Items the rows are about.
        bounds: How much of them each form may hold.
        weights: Coefficient of each member; 1 when None.
    """

    kind: str
    words: str
    members: tuple[int, ...]
    bounds: Between
    weights: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Model:
    highs: Any
    common: Sequence[Any]
    unique: Sequence[Sequence[Any]]

    def stands(self, item: int, form: int) -> Any:
        """Return the expression z_if."""
        return self.common[item] + self.unique[item][form]


def assemble(
    pool: Sequence[PoolItem], blueprint: Blueprint, *, time_limit: float = TIME_LIMIT
) -> Assembly:
    """Return parallel forms that meet the blueprint.

    Args:
        pool: The items to choose from; their order does not matter to the result.
        blueprint: What each form must contain.
        time_limit: Seconds after which the best forms found so far are taken.

    Raises:
        AssemblyInfeasible: The requirements clash; the smallest clash is named.
        AssemblyUnfinished: Nothing was found in time.
    """
    started = perf_counter()
    items = sorted(pool, key=lambda item: item.item_id)
    asked = tuple(requirements(items, blueprint))
    model = _model(items, blueprint, asked)
    largest = model.highs.addVariable(lb=0.0, name="largest_difference")
    for scale, expressions in _balanced(items, blueprint, model):
        for one, other in combinations(expressions, 2):
            model.highs.addConstr(one - other <= scale * largest)
            model.highs.addConstr(other - one <= scale * largest)
    model.highs.setOptionValue("time_limit", time_limit)
    model.highs.setOptionValue("mip_abs_gap", GOOD_ENOUGH)
    model.highs.minimize(largest)
    status = model.highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        raise AssemblyInfeasible(clash(items, blueprint, asked))
    info = model.highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise AssemblyUnfinished(time_limit)
    return Assembly(
        forms=_forms(items, blueprint, model),
        difference=max(0.0, float(info.objective_function_value)),
        bound=max(0.0, float(info.mip_dual_bound)),
        optimal=status == highspy.HighsModelStatus.kOptimal,
        solver=SOLVER,
        wall_seconds=perf_counter() - started,
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
    position = {item.item_id: i for i, item in enumerate(items)}
    pairs = {
        (min(item.item_id, enemy), max(item.item_id, enemy))
        for item in items
        for enemy in item.enemies & position.keys()
    }
    for one, other in sorted(pairs):
        members = (position[one], position[other])
        words = f"{one} and {other} are enemies"
        yield Requirement("enemies", words, members, Between(0, 1))


def clash(
    items: Sequence[PoolItem], blueprint: Blueprint, asked: Sequence[Requirement]
) -> tuple[str, ...]:
    """Return the words of a smallest set of requirements that cannot be met together.

    Requirements are left out in turn, first all of a kind together, then one by one, the plainest
    last; when the rest still clashes they are not part of the matter and stay out (the deletion
    filter of Chinneck & Dravnieks, 1991). Meeting any one of the named requirements less strictly
    resolves this clash. When the time runs out, what has not been tried is named as well.
    """
    until = perf_counter() + TIME_LIMIT
    kept = list(asked)
    apart = _may_be_met(_model(items, blueprint, kept, apart=False), until)
    kinds = [[one for one in asked if one.kind == kind] for kind in reversed(KINDS)]
    for left_out in (*kinds, *([one] for one in reversed(asked))):
        rest = [one for one in kept if one not in left_out]
        fewer = len(rest) < len(kept)
        if fewer and not _may_be_met(_model(items, blueprint, rest, apart=apart), until):
            kept = rest
    named = [requirement.words for requirement in kept]
    return (*named, _apart_in_words(items, blueprint)) if apart else tuple(named)


def _apart_in_words(items: Sequence[PoolItem], blueprint: Blueprint) -> str:
    words = (
        f"{blueprint.common} items are common to all {blueprint.forms} forms, "
        "and no other item stands in two of them"
        if blueprint.common
        else f"no item stands in two of the {blueprint.forms} forms"
    )
    return f"{words} (the pool has {len(items)})"


def _may_be_met(model: _Model, until: float) -> bool:
    """Tell whether the rows of a model may be met; what is not ruled out in time may be."""
    model.highs.setOptionValue("time_limit", max(0.0, until - perf_counter()))
    model.highs.run()
    return bool(model.highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible)


def _model(
    items: Sequence[PoolItem],
    blueprint: Blueprint,
    asked: Iterable[Requirement],
    *,
    apart: bool = True,
) -> _Model:
    """Return the rows of the requirements; with `apart`, those of what forms may share as well."""
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    highs.setOptionValue("threads", 1)  # one thread finds the same forms on every machine
    highs.setOptionValue("random_seed", 1)
    common = [highs.addBinary() for _ in items]
    unique = [[highs.addBinary() for _ in range(blueprint.forms)] for _ in items]
    model = _Model(highs, common, unique)
    for i in range(len(items)):
        for shared in [unique[i]] if apart else [[one] for one in unique[i]]:
            highs.addConstr(common[i] + sum(shared) <= 1)
    if apart:
        highs.addConstr(sum(common) == blueprint.common)
    for requirement in asked:
        for form in range(blueprint.forms):
            amount = _amount(model, requirement, form)
            highs.addConstr(amount >= requirement.bounds.least)
            highs.addConstr(amount <= requirement.bounds.most)
    return model


def _amount(model: _Model, requirement: Requirement, form: int) -> Any:
    weights = requirement.weights or (1,) * len(requirement.members)
    zero = 0 * model.common[0]  # an expression even when the pool has no such item
    terms = (w * model.stands(i, form) for i, w in zip(requirement.members, weights, strict=True))
    return sum(terms, start=zero)


def _balanced(
    items: Sequence[PoolItem], blueprint: Blueprint, model: _Model
) -> Iterator[tuple[float, list[Any]]]:
    """Yield each attribute in which forms should be alike: its typical size, and its sums."""
    attributes: list[Sequence[float]] = [[item.seconds for item in items]]
    attributes += [
        [float(item.level == level) for item in items]
        for level in sorted({item.level for item in items})
    ]
    if all(len(item.information) == len(blueprint.thetas) for item in items):
        attributes += [
            [item.information[k] for item in items] for k in range(len(blueprint.thetas))
        ]
    for values in attributes:
        typical = sum(values) / len(values) * blueprint.length
        if typical > 0:
            yield typical, [_total(model, values, form) for form in range(blueprint.forms)]


def _total(model: _Model, values: Sequence[float], form: int) -> Any:
    return sum(float(value) * model.unique[i][form] for i, value in enumerate(values) if value)


def _forms(
    items: Sequence[PoolItem], blueprint: Blueprint, model: _Model
) -> tuple[AssembledForm, ...]:
    values = model.highs.vals([*model.common, *(u for row in model.unique for u in row)])
    chosen = [value > 0.5 for value in values]
    common = {i for i in range(len(items)) if chosen[i]}
    return tuple(
        _form(
            items,
            blueprint,
            chr(ord("A") + form),
            common,
            common
            | {i for i in range(len(items)) if chosen[len(items) + i * blueprint.forms + form]},
        )
        for form in range(blueprint.forms)
    )


def _form(
    items: Sequence[PoolItem],
    blueprint: Blueprint,
    code: str,
    common: set[int],
    members: set[int],
) -> AssembledForm:
    chosen = [items[i] for i in sorted(members)]
    calibrated = all(item.information for item in chosen)
    return AssembledForm(
        code=code,
        item_ids=ordered(chosen, blueprint.areas),
        common=frozenset(items[i].item_id for i in common),
        seconds=sum(item.seconds for item in chosen),
        information=tuple(
            sum(item.information[k] for item in chosen) for k in range(len(blueprint.thetas))
        )
        if calibrated
        else (),
    )


def ordered(items: Sequence[PoolItem], areas: Mapping[str, Between]) -> tuple[str, ...]:
    """Return the order in which candidates meet the items: one of each area in turn.

    Whoever runs out of time then misses a little of every area, never the whole of the last one.
    """
    waiting: dict[str, list[str]] = {area: [] for area in areas}
    for item in sorted(items, key=lambda item: (item.seconds, item.item_id)):
        waiting.setdefault(item.area, []).append(item.item_id)
    order: list[str] = []
    while len(order) < len(items):
        order += [queue.pop(0) for queue in waiting.values() if queue]
    return tuple(order)
