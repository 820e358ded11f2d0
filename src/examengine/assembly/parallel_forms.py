"""Parallel forms of an exam: found one after the other, made alike by swaps, counted again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import process_time

import numpy as np

from examengine.assembly.balance import Balance, balance_of
from examengine.assembly.blueprint import AssembledForm, Assembly, Between, Blueprint, PoolItem
from examengine.assembly.clash import clash
from examengine.assembly.errors import AssemblyInfeasible, AssemblyUnfinished
from examengine.assembly.form_check import faults_of
from examengine.assembly.forms_in_turn import Chosen, forms_in_turn, may_be_met
from examengine.assembly.integer_program import SOLVER, SolverStatus
from examengine.assembly.joint_program import JointProgram
from examengine.assembly.requirements import Requirement, Rows, apart_in_words, requirements
from examengine.assembly.swaps import GOOD_ENOUGH, Swaps
from examengine.psychometrics.arrays import IntArray

SEED = 1
"""What is drawn at random is drawn from this, unless another seed is asked for."""

ENOUGH_ITEMS = 8
"""Items drawn for each place in a form when the pool has many more: enough to begin with."""

LARGEST_JOINT = 1_500
"""Items times forms up to which the program of all forms at once is tried as well."""

JOINT_WORK = 250_000
"""Turns of the solver for that program, times items times forms: a turn takes longer, the more."""


def assemble(pool: Sequence[PoolItem], blueprint: Blueprint, *, seed: int = SEED) -> Assembly:
    """Return parallel forms that meet the blueprint.

    The same pool, blueprint and seed give the same forms on every machine: the search is limited
    by its work, not by seconds.

    Args:
        pool: The items to choose from; their order does not matter to the result.
        blueprint: What each form must contain.
        seed: Of what is drawn at random; another seed gives other forms, as good.

    Raises:
        AssemblyInfeasible: The requirements clash; the smallest clash is named.
        AssemblyUnfinished: Nothing was found within the work allowed, and nothing ruled out.
    """
    if not pool:
        raise AssemblyInfeasible(["there is no item to choose from"])
    started = process_time()
    search = _Search.over(pool, blueprint, seed)
    chosen, bound, optimal = search.result()
    forms = search.forms(chosen)
    faults = faults_of(forms, search.items, blueprint)
    if faults:
        raise AssertionError(f"the assembled forms do not meet their blueprint: {faults}")
    return Assembly(
        forms=forms,
        difference=search.balance.difference(chosen.unique),
        bound=bound,
        optimal=optimal,
        solver=SOLVER,
        seed=seed,
        cpu_seconds=process_time() - started,
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """One search for forms.

    Attributes:
        items: The pool, in the order of its ids.
        blueprint: What each form must contain.
        asked: The same, requirement by requirement.
        rows: The same, as rows over the pool.
        balance: In what forms should be alike.
        seed: Of what is drawn at random.
    """

    items: Sequence[PoolItem]
    blueprint: Blueprint
    asked: tuple[Requirement, ...]
    rows: Rows
    balance: Balance
    seed: int

    @classmethod
    def over(cls, pool: Sequence[PoolItem], blueprint: Blueprint, seed: int) -> "_Search":
        """Begin a search; the order of the pool does not matter to it."""
        items = sorted(pool, key=lambda item: item.item_id)
        asked = tuple(requirements(items, blueprint))
        rows = Rows.of(asked, len(items))
        return cls(items, blueprint, asked, rows, balance_of(items, blueprint), seed)

    def result(self) -> tuple[Chosen, float, bool]:
        """Return the best forms found, what none can be below, and whether that is proven."""
        swaps = Swaps.under(self.rows, self.balance)
        start = self._in_turn()
        best = None if start is None else swaps.polished(start, self.seed)
        if best is not None and self._settled(best):
            return best, 0.0, False
        joint = JointProgram(self.blueprint, self.rows, self.balance)
        solution = joint.solved(work=JOINT_WORK // self._size, gap=GOOD_ENOUGH, start=best)
        if solution.outcome is SolverStatus.INFEASIBLE:
            raise AssemblyInfeasible(self._clash())
        found = [best] if best is not None else []
        if solution.found:
            found.append(swaps.polished(joint.chosen(solution), self.seed))
        if not found:
            raise AssemblyUnfinished
        closest = min(found, key=lambda chosen: self.balance.difference(chosen.unique))
        return closest, max(0.0, solution.bound), solution.outcome is SolverStatus.OPTIMAL

    @property
    def _size(self) -> int:
        """Return the size of the program of all forms at once: items times forms."""
        return len(self.items) * self.blueprint.forms

    def _settled(self, best: Chosen) -> bool:
        """Tell whether forms need no better, or the pool is too large to look for it."""
        too_large = self._size > LARGEST_JOINT
        return too_large or self.balance.difference(best.unique) <= GOOD_ENOUGH

    def _in_turn(self) -> Chosen | None:
        """Return forms made in turn, from a part of a large pool first and then from all of it."""
        for items in self._parts():
            made = forms_in_turn(self.blueprint, self.rows.over(items), self.balance.over(items))
            if isinstance(made, Chosen):
                return Chosen(items[made.common], tuple(items[form] for form in made.unique))
            if made is SolverStatus.INFEASIBLE and len(items) == len(self.items):
                raise AssemblyInfeasible(self._clash())
        return None

    def _parts(self) -> Sequence[IntArray]:
        """Return a part of the pool in which every sort of item keeps its share, and all of it."""
        everything = np.arange(len(self.items))
        blueprint = self.blueprint
        places = blueprint.common + blueprint.forms * (blueprint.length - blueprint.common)
        wanted = max(2 * places, ENOUGH_ITEMS * blueprint.length)
        if len(everything) <= wanted:
            return [everything]
        drawn = np.random.default_rng(self.seed).permutation(everything)
        sorts: dict[tuple[str, str, str], list[int]] = {}
        for i in drawn:
            item = self.items[i]
            sorts.setdefault((item.area, item.item_type, item.level), []).append(int(i))
        share = wanted / len(everything)
        least = 2 * blueprint.forms
        kept = [sort[: max(least, round(share * len(sort)))] for sort in sorts.values()]
        part = np.concatenate(kept)
        if self.rows.sets is not None:  # a set that is begun is there with all of its items
            set_of = self.rows.sets.set_of
            begun = set_of[part]
            whole = np.flatnonzero(np.isin(set_of, begun[begun >= 0]))
            part = np.union1d(part, whole)
        return [np.sort(part), everything]

    def _clash(self) -> tuple[str, ...]:
        def may(asked: Sequence[Requirement], apart: bool) -> bool:
            rows = Rows.of(asked, len(self.items))
            if not may_be_met(self.blueprint, rows, apart=apart):
                return False
            if not apart or self._size > LARGEST_JOINT:
                return True
            joint = JointProgram(self.blueprint, rows, self.balance)
            outcome = joint.solved(work=JOINT_WORK // self._size, gap=np.inf).outcome
            return outcome is not SolverStatus.INFEASIBLE

        return clash(self.asked, apart_in_words(self.items, self.blueprint), may)

    def forms(self, chosen: Chosen) -> tuple[AssembledForm, ...]:
        """Return the forms as their readers know them, coded A, B, C and so on."""
        return tuple(
            self._form(chr(ord("A") + number), chosen.common, form)
            for number, form in enumerate(chosen.unique)
        )

    def _form(self, code: str, common: IntArray, alone: IntArray) -> AssembledForm:
        items = [self.items[i] for i in sorted([*common, *alone])]
        calibrated = all(item.information for item in items)
        return AssembledForm(
            code=code,
            item_ids=ordered(items, self.blueprint.areas),
            common=frozenset(self.items[i].item_id for i in common),
            seconds=sum(item.seconds for item in items),
            information=tuple(
                sum(item.information[k] for item in items)
                for k in range(len(self.blueprint.thetas))
            )
            if calibrated
            else (),
        )


def ordered(items: Sequence[PoolItem], areas: Mapping[str, Between]) -> tuple[str, ...]:
    """Return the order in which candidates meet the items: one of each area in turn.

    Whoever runs out of time then misses a little of every area, never the whole of the last one.
    The items of a set stand next to each other in the order of their set, where its first item is
    due.
    """
    waiting: dict[str, list[list[PoolItem]]] = {area: [] for area in areas}
    for together in sorted(_together(items), key=_how_long):
        waiting.setdefault(together[0].area, []).append(together)
    order: list[str] = []
    while len(order) < len(items):
        due = [queue.pop(0) for queue in waiting.values() if queue]
        order += [item.item_id for together in due for item in together]
    return tuple(order)


def _together(items: Sequence[PoolItem]) -> list[list[PoolItem]]:
    """Return the items that stand next to each other: those of a set, and each other one alone."""
    found: dict[tuple[str, str], list[PoolItem]] = {}
    for item in sorted(items, key=lambda item: (item.set_place, item.item_id)):
        found.setdefault((item.set_id, "" if item.set_id else item.item_id), []).append(item)
    return list(found.values())


def _how_long(together: Sequence[PoolItem]) -> tuple[int, str]:
    return sum(item.seconds for item in together), together[0].item_id
