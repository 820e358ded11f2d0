"""Where expressions and rules are worked out: the values of the variables, and the work left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from examengine.bank.qti.declarations import VariableDeclaration
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.randomness import Draws
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.values import NUMERIC, BaseType, Cardinality, Nullable, QtiValue, single

MOST_STEPS = 50_000
"""How many expressions and rules one run of a processing works out."""
MOST_NOTES = 50


@dataclass(slots=True)
class ProcessingScope:
    """The state that one run of a processing reads and changes.

    Attributes:
        declarations: What the item declares, by identifier.
        values: What each variable holds.
        corrects: The correct responses, which template processing may set.
        defaults: The defaults, which template processing may set.
        draws: Where random numbers come from.
        evaluators: How expressions are worked out, by name.
        notes: What was strange, in words: variables that nobody declared.
        steps: The work done.
    """

    declarations: Mapping[str, VariableDeclaration]
    values: dict[str, Nullable]
    corrects: dict[str, Nullable]
    defaults: dict[str, Nullable]
    draws: Draws
    evaluators: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]]
    notes: list[str] = field(default_factory=list)
    steps: int = 0

    def work(self, node: QtiNode, steps: int = 1) -> None:
        """Count a step, or what takes as long as several.

        Raises:
            QtiRefused: Too many have been made.
        """
        self.steps += steps
        if self.steps > MOST_STEPS:
            what = f"takes more than {MOST_STEPS} steps; repeat less often"
            raise QtiRefused(RefusedBecause.TOO_MUCH_WORK, what, node.line)

    def evaluate(self, node: QtiNode) -> Nullable:
        """Work out an expression.

        Raises:
            QtiRefused: It is of a kind that is not read here, or goes past a limit.
        """
        self.work(node)
        evaluator = self.evaluators.get(node.name)
        if evaluator is None:
            raise unknown_expression(node)
        found = evaluator(self, node)
        self.work(node, _size(found))
        return found

    def operands(self, node: QtiNode) -> list[Nullable]:
        """Work out the expressions inside an expression."""
        return [self.evaluate(child) for child in node.elements]

    def declared(self, identifier: str, node: QtiNode) -> VariableDeclaration | None:
        """Return a declaration; that there is none is noted."""
        found = self.declarations.get(identifier)
        if found is None:
            self.note(f"line {node.line}: {identifier[:60]} is not declared, and taken as NULL")
        return found

    def note(self, words: str) -> None:
        """Keep what was strange, once."""
        if words not in self.notes and len(self.notes) < MOST_NOTES:
            self.notes.append(words)

    def set(self, identifier: str, value: Nullable, node: QtiNode) -> None:
        """Set a variable as its declaration has it; one that nobody declared is noted."""
        declaration = self.declared(identifier, node)
        if declaration is not None:
            self.values[identifier] = fitted(value, declaration)


def _size(value: Nullable) -> int:
    """Return for how many steps a value counts that has many scalars, or a long text."""
    if value is None:
        return 0
    only = value.scalars[0]
    return len(value.scalars) // 10 + (len(only) // 100 if isinstance(only, str) else 0)


def unknown_expression(node: QtiNode) -> QtiRefused:
    """Return the refusal of an expression that is not read here."""
    if node.name == "qti-custom-operator":
        what = f"uses the custom operator {node.get('class')[:80]}, which only its maker has"
        return QtiRefused(RefusedBecause.CUSTOM_OPERATOR, what, node.line)
    if node.name in TEST_EXPRESSIONS:
        what = f"uses {node.name}, which only a test knows"
        return QtiRefused(RefusedBecause.TEST_EXPRESSION, what, node.line)
    what = f"uses {node.name[:60]}, which is no expression of QTI"
    return QtiRefused(RefusedBecause.UNKNOWN_EXPRESSION, what, node.line)


TEST_EXPRESSIONS = frozenset(
    [
        "qti-number-correct",
        "qti-number-incorrect",
        "qti-number-presented",
        "qti-number-responded",
        "qti-number-selected",
        "qti-outcome-maximum",
        "qti-outcome-minimum",
        "qti-test-variables",
    ]
)


def fitted(value: Nullable, declaration: VariableDeclaration) -> Nullable:
    """Return a value as a variable holds it: whole numbers as numbers, one value as a container."""
    if value is None or declaration.cardinality is Cardinality.RECORD:
        return value
    scalars = value.scalars
    if declaration.base_type is BaseType.INTEGER and value.base_type is BaseType.FLOAT:
        scalars = tuple(
            int(one) if isinstance(one, float) and one.is_integer() else one for one in scalars
        )
    elif declaration.base_type is BaseType.FLOAT and value.base_type is BaseType.INTEGER:
        scalars = tuple(float(one) if isinstance(one, int) else one for one in scalars)
    base_type = declaration.base_type
    if (base_type in NUMERIC) != (value.base_type in NUMERIC):
        base_type = value.base_type
    if declaration.cardinality is Cardinality.SINGLE:
        return single(base_type, scalars[0])
    return QtiValue(declaration.cardinality, base_type, scalars)
