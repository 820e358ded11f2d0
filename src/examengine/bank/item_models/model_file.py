"""An item model as its file says it: read whole, or every fault with its line. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from examengine.bank.formats._yaml import read_yaml
from examengine.bank.item_models.expressions import (
    NAME,
    Expression,
    ExpressionUnusable,
    ModelValue,
    read_expression,
)
from examengine.bank.item_types import ITEM_TYPES, ItemFault
from examengine.bank.item_types import _fields as check
from examengine.bank.rules import FileFault, line_of
from examengine.kernel.digest import digest

SCHEMA = "examengine/item-model/1"
MODEL_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}")
"""Shorter than that of an item: its instances add a number."""
LONGEST_MODEL = 64 * 1024
MOST_VARIABLES, MOST_EXPRESSIONS, MOST_INSTANCES = 20, 30, 30
MOST_VALUES = 1_000
"""Of one variable."""
MOST_SIGNS, MOST_PLACEHOLDERS = 2_000, 300
"""Of all expressions together, and in one item: each is worked out for many combinations."""
MOST_FAULTS = 50
_FIELDS = ("schema", "id", "instances", "seed", "variables", "derived", "constraints", "item")
_OF_INSTANCES = frozenset({"schema", "id", "version", "model"})
"""What an instance has of its own, and no model says."""
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_DIGITS = frozenset("0123456789")
PLACEHOLDER = re.compile(r"\{\{[ ]?([^{}]{0,60}?)[ ]?\}\}")


@dataclass(frozen=True, slots=True)
class ParameterisedItem:
    """An item with variables.

    Attributes:
        id: What it is called; its instances are called after it.
        digest: Of all that its file says.
        n_instances: How many instances are drawn.
        seed: From what they are drawn.
        variables: The values that each variable can take.
        derived: What is worked out of them, in this order.
        constraints: What has to hold of the values.
        item: The item, with placeholders.
    """

    id: str
    digest: str
    n_instances: int
    seed: int
    variables: Mapping[str, tuple[ModelValue, ...]]
    derived: tuple[tuple[str, Expression], ...]
    constraints: tuple[Expression, ...]
    item: Mapping[str, Any]

    @property
    def n_combinations(self) -> int:
        """Return how many combinations of values there are, before constraints."""
        return prod(len(values) for values in self.variables.values())


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What a text says: a model, or why there is none."""

    model: ParameterisedItem | None
    faults: tuple[FileFault, ...]


def read_model(text: str, model_id: str, file: str = "line") -> ModelReading:
    """Read the text of a model; never raises for what it says.

    Args:
        text: The YAML.
        model_id: What the model has to be called.
        file: What faults name as their file.
    """
    if len(text) > LONGEST_MODEL:
        what = f"is larger than {LONGEST_MODEL // 1024} KB; say it in fewer words"
        return ModelReading(None, (FileFault(file, 1, "", what),))
    reading = read_yaml(text.replace("\r\n", "\n"))
    unread = [FileFault(file, one.line, one.where, one.what) for one in reading.faults]
    content = reading.value
    if not unread and not isinstance(content, dict):
        unread = [FileFault(file, 1, "", "holds no fields; write them as `name: value`")]
    if unread:
        return ModelReading(None, tuple(unread[:MOST_FAULTS]))
    read = _Reader(content)
    found = [*_plain_faults(content, model_id), *read.faults]
    if found:
        faults = tuple(
            FileFault(file, line_of(one.where, reading.lines), one.where, one.what)
            for one in found[:MOST_FAULTS]
        )
        return ModelReading(None, faults)
    return ModelReading(
        ParameterisedItem(
            content["id"],
            digest(content),
            content["instances"],
            content["seed"],
            read.variables,
            tuple(read.derived),
            tuple(read.constraints),
            content["item"],
        ),
        (),
    )


def placeholders_in(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """Yield what stands in each placeholder of a value, with the place of its text."""
    if isinstance(value, str):
        yield from ((found[1], at) for found in PLACEHOLDER.finditer(value))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from placeholders_in(inner, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from placeholders_in(inner, f"{at}[{place}]")


def name_and_decimals(inside: str) -> tuple[str, int | None] | None:
    """Return the name in a placeholder and its decimals (`{{a:2}}`); None where it is none."""
    name, sign, decimals = (part.strip() for part in inside.partition(":"))
    if not NAME.fullmatch(name) or (sign and decimals not in _DIGITS):
        return None
    return name, int(decimals) if sign else None


def _plain_faults(content: Mapping[str, Any], model_id: str) -> Iterator[ItemFault]:
    if content.get("schema") != SCHEMA:
        yield ItemFault("schema", f"must be {SCHEMA}")
    if content.get("id") != model_id:
        yield ItemFault("id", f"is {str(content.get('id'))[:60]}, and this model is {model_id}")
    yield from check.known(content, _FIELDS, at="")
    for name, least, most in (("instances", 1, MOST_INSTANCES), ("seed", 0, 2**31 - 1)):
        value = content.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield ItemFault(name, f"must be a whole number from {least} to {most}")
    item = content.get("item")
    if not isinstance(item, Mapping):
        yield ItemFault("item", "is missing; write the item below it, with {{a}} where a stands")
        return
    for name in sorted(_OF_INSTANCES & item.keys()):
        yield ItemFault(f"item.{name}", "is said of each instance; leave it out")
    if item.get("type") not in ITEM_TYPES.keys() - {"qti"}:
        known = ", ".join(name for name in ITEM_TYPES if name != "qti")
        yield ItemFault("item.type", f"must be one of {known}")


class _Reader:
    """Reads variables, what is derived of them, and constraints, and keeps what is wrong."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.faults: list[ItemFault] = []
        self.variables: dict[str, tuple[ModelValue, ...]] = {}
        self.derived: list[tuple[str, Expression]] = []
        self.constraints: list[Expression] = []
        self._read_variables(content.get("variables"))
        self._read_derived(content.get("derived", {}))
        self._read_constraints(content.get("constraints", []))
        written = [*(text.text for _, text in self.derived), *(c.text for c in self.constraints)]
        if sum(map(len, written)) > MOST_SIGNS:
            self._fault("constraints", f"and derived hold more than {MOST_SIGNS} signs together")
        placed = list(placeholders_in(content.get("item"), "item"))
        if len(placed) > MOST_PLACEHOLDERS:
            self._fault("item", f"holds {len(placed)} placeholders; {MOST_PLACEHOLDERS} are enough")
        for inside, at in placed:
            named = name_and_decimals(inside)
            if named is None or named[0] not in self._names:
                listed = ", ".join(sorted(self._names))
                what = f"has {{{{{inside[:40]}}}}}, and no variable is called so; there are"
                self._fault(at, f"{what} {listed}")

    @property
    def _names(self) -> frozenset[str]:
        return frozenset((*self.variables, *(name for name, _ in self.derived)))

    def _fault(self, where: str, what: str) -> None:
        self.faults.append(ItemFault(where, what))

    def _read_variables(self, given: object) -> None:
        if not isinstance(given, Mapping) or not 1 <= len(given) <= MOST_VARIABLES:
            self._fault("variables", f"must name 1 to {MOST_VARIABLES} variables, as a: {{…}}")
            return
        for name, said in given.items():
            where = f"variables.{name}"
            if self._is_name(name, where):
                values = self._range(said, where) if isinstance(said, Mapping) else None
                values = self._listed(said, where) if isinstance(said, list) else values
                if values is None and not isinstance(said, Mapping | list):
                    self._fault(where, "must be a list, or {from: 1, to: 9, step: 1}")
                self.variables[name] = values or (Fraction(0),)

    def _is_name(self, name: object, where: str) -> bool:
        if isinstance(name, str) and NAME.fullmatch(name) and name not in {"and", "or", "not"}:
            if name in self._names:
                self._fault(where, "is the name of a variable already; give another")
                return False
            return True
        self._fault(where, "must be named with a small letter, then letters, digits or _")
        return False

    def _range(self, said: Mapping[str, Any], where: str) -> tuple[ModelValue, ...] | None:
        self.faults += check.known(said, ("from", "to", "step"), at=where)
        ends = {name: _as_number(said.get(name)) for name in ("from", "to")}
        step = _as_number(said.get("step", 1))
        for name, number in {**ends, "step": step}.items():
            if number is None:
                self._fault(f"{where}.{name}", "must be a number such as 3 or 0.25")
        low, high = ends["from"], ends["to"]
        if low is None or high is None or step is None:
            return None
        if step <= 0 or low > high or (high - low) / step >= MOST_VALUES:
            self._fault(where, f"must go upwards by a step, with at most {MOST_VALUES} values")
            return None
        return tuple(low + step * n for n in range(int((high - low) / step) + 1))

    def _listed(self, said: list[Any], where: str) -> tuple[ModelValue, ...] | None:
        values: list[ModelValue] = []
        for place, one in enumerate(said):
            number = _as_number(one)
            if number is None and (not isinstance(one, str) or not 1 <= len(one) <= 200):
                what = "must be a number, or a word of at most 200 signs"
                self._fault(f"{where}[{place}]", what)
            else:
                values.append(one if number is None else number)
        if not 1 <= len(said) <= MOST_VALUES or len(set(values)) != len(values):
            self._fault(where, f"must list 1 to {MOST_VALUES} values, each once")
        if len({type(value) for value in values}) > 1:
            self._fault(where, "lists words and numbers; a variable has either")
        return tuple(values)

    def _read_derived(self, given: object) -> None:
        if not isinstance(given, Mapping) or len(given) > MOST_EXPRESSIONS:
            what = f"must name at most {MOST_EXPRESSIONS} values, as total: a * b"
            self._fault("derived", what)
            return
        for name, text in given.items():
            where = f"derived.{name}"
            if self._is_name(name, where):
                expression = self._expression(text, where)
                unread = read_expression("0", frozenset())
                self.derived.append((name, unread if expression is None else expression))

    def _read_constraints(self, given: object) -> None:
        if not isinstance(given, list) or len(given) > MOST_EXPRESSIONS:
            self._fault("constraints", f"must list at most {MOST_EXPRESSIONS}, as a != b")
            return
        for place, text in enumerate(given):
            expression = self._expression(text, f"constraints[{place}]")
            if expression is not None:
                self.constraints.append(expression)

    def _expression(self, text: object, where: str) -> Expression | None:
        if isinstance(text, int) and not isinstance(text, bool):
            text = str(text)
        if not isinstance(text, str):
            self._fault(where, "is no expression; write it as text, such as a * b")
            return None
        try:
            return read_expression(text, self._names)
        except ExpressionUnusable as fault:
            self._fault(where, str(fault))
            return None


def _as_number(value: object) -> Fraction | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
        return Fraction(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Fraction(value)
    return None
