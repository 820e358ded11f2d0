"""Draws the instances of an item model: the same for the same model, all different. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import product
from typing import Any

from examengine.bank.item_file import SCHEMA, item_faults
from examengine.bank.item_models.expressions import ExpressionUnusable, ModelValue, rounded
from examengine.bank.item_models.model_file import PLACEHOLDER, ParameterisedItem, name_and_decimals
from examengine.bank.item_types import ItemFault
from examengine.bank.qti.randomness import SeededDraws
from examengine.kernel.digest import digest

MOST_TRIED = 2_000
"""Combinations that are looked at; of a model with fewer all are."""
MOST_DECIMALS = 10


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance, as the version of an item that it would become.

    Attributes:
        number: Which one, from 1; its item is called after it.
        values: The value of each variable and each derived value, as it is written.
        content: The item.
        faults: What keeps it from being one.
    """

    number: int
    values: Mapping[str, str]
    content: Mapping[str, Any]
    faults: tuple[ItemFault, ...]

    @property
    def item_id(self) -> str:
        """Return the item that it becomes."""
        return str(self.content["id"])


@dataclass(frozen=True, slots=True)
class DrawnInstances:
    """The instances of a model.

    Attributes:
        instances: In the order in which they were drawn.
        n_tried: How many combinations were looked at.
        n_combinations: How many there are.
        left_out: How many combinations were not used, by the reason.
    """

    instances: tuple[Instance, ...]
    n_tried: int
    n_combinations: int
    left_out: Mapping[str, int]

    def missing(self, asked: int) -> str:
        """Say why there are fewer instances than were asked; "" where there are as many."""
        if len(self.instances) >= asked:
            return ""
        some = "all" if self.n_tried == self.n_combinations else "some"
        return (
            f"{len(self.instances)} of {asked} instances can be drawn: {self.n_tried} combinations "
            f"were looked at, {some} of those that there are; widen the variables, or ask for fewer"
        )


def draw_instances(model: ParameterisedItem) -> DrawnInstances:
    """Return the instances of a model.

    A combination is left out where a constraint does not hold, where something cannot be worked
    out or written, where two options would say the same or a wrong answer would be the key, and
    where it would say what another instance says.
    """
    left_out: dict[str, int] = {}
    instances: list[Instance] = []
    seen: set[str] = set()
    tried = 0
    for combination in _combinations(model):
        if len(instances) == model.n_instances:
            break
        tried += 1
        made = _made(model, combination)
        if not isinstance(made, str):
            values, item = made
            said = digest(item)
            made = _clash(item) or ("says what another instance says" if said in seen else made)
            seen.add(said)
        if isinstance(made, str):
            left_out[made] = left_out.get(made, 0) + 1
            continue
        instances.append(_instance(model, len(instances) + 1, values, item))
    return DrawnInstances(tuple(instances), tried, model.n_combinations, left_out)


def _combinations(model: ParameterisedItem) -> Iterator[Mapping[str, ModelValue]]:
    """Yield combinations of values in a drawn order, each at most once."""
    names, draws = list(model.variables), SeededDraws(f"{model.id}:{model.seed}")
    if model.n_combinations <= MOST_TRIED:
        everything = list(product(*model.variables.values()))
        for left in range(len(everything), 0, -1):
            place = draws.place(left)
            yield dict(zip(names, everything[place], strict=True))
            everything[place] = everything[left - 1]
        return
    known: set[tuple[ModelValue, ...]] = set()
    for _ in range(MOST_TRIED):
        drawn = tuple(values[draws.place(len(values))] for values in model.variables.values())
        if drawn not in known:
            known.add(drawn)
            yield dict(zip(names, drawn, strict=True))


def _made(
    model: ParameterisedItem, combination: Mapping[str, ModelValue]
) -> tuple[Mapping[str, str], Mapping[str, Any]] | str:
    """Return the written values and the item of a combination, or why it is not used."""
    values = dict(combination)
    try:
        for name, expression in model.derived:
            values[name] = expression.value(values)
        for constraint in model.constraints:
            held = constraint.value(values)
            if held is not True:
                why = "does not hold" if held is False else "is no comparison"
                return f"{constraint.text} {why}"
        item = _filled(model.item, values)
    except ExpressionUnusable as fault:
        return str(fault)
    except _NotWritten as fault:
        return str(fault)
    written = {name: _shortly(value) for name, value in values.items()}
    return written, item


class _NotWritten(Exception):
    """A number cannot be written as a decimal."""


def _filled(value: Any, values: Mapping[str, ModelValue]) -> Any:
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda found: _written(found[1], values), value)
    if isinstance(value, Mapping):
        return {name: _filled(inner, values) for name, inner in value.items()}
    return [_filled(inner, values) for inner in value] if isinstance(value, list) else value


def _written(inside: str, values: Mapping[str, ModelValue]) -> str:
    named = name_and_decimals(inside)
    if named is None:
        return inside
    name, decimals = named
    value = values[name]
    if isinstance(value, bool):
        raise _NotWritten(f"{name} is a comparison, which no text can show")
    if isinstance(value, str):
        return value
    if decimals is not None:
        return _decimal(rounded(value, decimals), decimals)
    exact = _exact(value)
    if exact is None:
        raise _NotWritten(f"{name} has no end as a decimal; round it, or write {{{{{name}:2}}}}")
    return exact


def _exact(number: Fraction) -> str | None:
    """Return a number as a decimal; None where it has more decimals than are written."""
    decimals = next(
        (n for n in range(MOST_DECIMALS + 1) if (number * 10**n).denominator == 1), None
    )
    return None if decimals is None else _decimal(number, decimals)


def _decimal(number: Fraction, decimals: int) -> str:
    whole = int(number * 10**decimals)
    digits = f"{abs(whole):0{decimals + 1}d}"
    sign = "-" if whole < 0 else ""
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def _shortly(value: ModelValue) -> str:
    """Return a value as the table of instances, and the item, keep it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return _exact(value) or f"{value.numerator}/{value.denominator}"


def _clash(item: Mapping[str, Any]) -> str:
    """Say what of an item would be the same that must differ; "" for nothing."""
    for name in ("options", "prompts", "statements"):
        listed = item.get(name)
        texts = [_as_read(part.get("text")) for part in _mappings(listed)]
        if len(set(texts)) != len(texts):
            return f"two {name} say the same"
    key = item.get("key")
    right = key.get("value") if isinstance(key, Mapping) else None
    wrong = [_as_read(part.get("value")) for part in _mappings(item.get("errors"))]
    if right is not None and _as_read(right) in wrong:
        return "a wrong answer is the key"
    return "two wrong answers are the same" if len(set(wrong)) != len(wrong) else ""


def _mappings(listed: object) -> list[Mapping[str, Any]]:
    return (
        [part for part in listed if isinstance(part, Mapping)] if isinstance(listed, list) else []
    )


def _as_read(text: object) -> object:
    """Return what a text says: 2.50 and 2.5 are one number, blanks and capitals do not count."""
    if not isinstance(text, str):
        return text
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return " ".join(text.casefold().split())


def _instance(
    model: ParameterisedItem, number: int, values: Mapping[str, str], item: Mapping[str, Any]
) -> Instance:
    content = {
        "schema": SCHEMA,
        "id": f"{model.id}-{number:02}",
        "version": 1,
        **item,
        "model": {"id": model.id, "digest": model.digest, "values": dict(values)},
    }
    return Instance(number, values, content, tuple(item_faults(content)))
