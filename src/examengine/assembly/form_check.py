"""Counts again what assembled forms hold, by no part of the program that made them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, groupby

from examengine.assembly.blueprint import AssembledForm, Between, Blueprint, PoolItem


def faults_of(
    forms: Sequence[AssembledForm], pool: Sequence[PoolItem], blueprint: Blueprint
) -> list[str]:
    """Return what forms lack of their blueprint, or have too much of; nothing when all is right."""
    items = {item.item_id: item for item in pool}
    faults = [] if len(forms) == blueprint.forms else [f"{len(forms)} forms"]
    for form in forms:
        chosen = [items[item_id] for item_id in form.item_ids]
        faults += [f"form {form.code}: {fault}" for fault in _faults(chosen, blueprint)]
    return [*faults, *_sharing(forms, blueprint)]


def _faults(chosen: Sequence[PoolItem], blueprint: Blueprint) -> Iterator[str]:
    ids = {item.item_id for item in chosen}
    if not len(ids) == len(chosen) == blueprint.length:
        yield f"{len(ids)} items in {len(chosen)} places, {blueprint.length} asked"
    yield from _outside(Counter(item.area for item in chosen), blueprint.areas)
    yield from _outside(Counter(item.item_type for item in chosen), blueprint.types)
    yield from _outside(Counter(item.level for item in chosen), blueprint.levels)
    seconds = sum(item.seconds for item in chosen)
    if blueprint.seconds is not None:
        yield from _outside({"seconds": seconds}, {"seconds": blueprint.seconds})
    yield from _sets(chosen, blueprint)
    instances = Counter(item.model_id for item in chosen if item.model_id)
    for model_id, count in sorted(instances.items()):
        if count > 1:
            yield f"{count} instances of the model {model_id}"
    for item in chosen:
        for enemy in sorted(item.enemies & ids):
            yield f"{item.item_id} and {enemy} are enemies"


def _sets(chosen: Sequence[PoolItem], blueprint: Blueprint) -> Iterator[str]:
    runs = [list(run) for _, run in groupby(chosen, key=lambda item: item.set_id or item.item_id)]
    of_sets = [run for run in runs if run[0].set_id]
    times = Counter(run[0].set_id for run in of_sets)
    for set_id in sorted(one for one, count in times.items() if count > 1):
        yield f"the items of set {set_id} do not stand next to each other"
    for run in of_sets:
        if [item.set_place for item in run] != sorted(item.set_place for item in run):
            yield f"the items of set {run[0].set_id} are not in their order"
    if blueprint.sets is not None:
        held = Counter(f"set {item.set_id}" for item in chosen if item.set_id)
        yield from _outside(held, dict.fromkeys(held, blueprint.sets.items))
        yield from _outside({"sets": len(held)}, {"sets": blueprint.sets.number})


def _outside(found: Mapping[str, int], asked: Mapping[str, Between]) -> Iterator[str]:
    for name, bounds in asked.items():
        amount = found.get(name, 0)
        if not bounds.least <= amount <= bounds.most:
            yield f"{amount} of {name}, {bounds} asked"


def _sharing(forms: Sequence[AssembledForm], blueprint: Blueprint) -> Iterator[str]:
    for one, other in combinations(forms, 2):
        both = set(one.item_ids) & set(other.item_ids)
        if both != one.common or len(both) != blueprint.common:
            yield f"forms {one.code} and {other.code} share {len(both)} items"
