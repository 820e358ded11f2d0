"""What an item declares: its responses, outcomes and template variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from examengine.bank.qti.mappings import AreaMapping, ValueMapping, area_mapping, value_mapping
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.values import (
    NUMERIC,
    BaseType,
    Cardinality,
    Nullable,
    QtiValue,
    Scalar,
    container,
    record,
    scalar_of,
    single,
)

COMPLETION_STATUS = "completionStatus"
NUM_ATTEMPTS = "numAttempts"
DURATION = "duration"


class VariableKind(Enum):
    """Who sets a variable: the candidate, the response processing, the template processing."""

    RESPONSE = "qti-response-declaration"
    OUTCOME = "qti-outcome-declaration"
    TEMPLATE = "qti-template-declaration"


@dataclass(frozen=True, slots=True)
class LookupTable:
    """From a number to a value: by equal numbers, or by the highest step not above it.

    Attributes:
        steps: Source value, whether the step itself belongs to it, target; highest first where
            they are steps.
        exact: Whether only equal numbers are found (a match table).
        default: What is found where nothing else is.
    """

    steps: tuple[tuple[float, bool, Scalar], ...]
    exact: bool
    default: Scalar | None

    def find(self, source: float) -> Scalar | None:
        """Return what a number stands for."""
        for step, included, target in self.steps:
            if source == step if self.exact else source > step or (included and source == step):
                return target
        return self.default


@dataclass(frozen=True, slots=True)
class VariableDeclaration:
    """A variable of an item.

    Attributes:
        identifier: Its name.
        kind: Who sets it.
        cardinality: How many scalars it holds.
        base_type: What they are.
        default: What it holds at first.
        correct: The correct response; None where none is declared.
        mapping: What its values are worth.
        areas: What points in areas are worth.
        lookup: The table of an outcome.
        normal_maximum: The most that an outcome is meant to be.
        external: Whether people or other programs set the outcome.
        line: Where it stands.
    """

    identifier: str
    kind: VariableKind
    cardinality: Cardinality
    base_type: BaseType
    default: Nullable = None
    correct: Nullable = None
    mapping: ValueMapping | None = None
    areas: AreaMapping | None = None
    lookup: LookupTable | None = None
    normal_maximum: float | None = None
    external: bool = False
    line: int = 0

    @property
    def start(self) -> Nullable:
        """Return what it holds before anything is set: numeric outcomes without a default, 0."""
        numeric = self.base_type in NUMERIC and self.cardinality is Cardinality.SINGLE
        if self.default is None and self.kind is VariableKind.OUTCOME and numeric:
            zero = 0 if self.base_type is BaseType.INTEGER else 0.0
            return QtiValue(Cardinality.SINGLE, self.base_type, (zero,))
        return self.default


def built_in() -> tuple[VariableDeclaration, ...]:
    """Return the variables that every item has without declaring them."""
    return (
        VariableDeclaration(
            COMPLETION_STATUS,
            VariableKind.OUTCOME,
            Cardinality.SINGLE,
            BaseType.IDENTIFIER,
            single(BaseType.IDENTIFIER, "not_attempted"),
        ),
        VariableDeclaration(
            NUM_ATTEMPTS,
            VariableKind.RESPONSE,
            Cardinality.SINGLE,
            BaseType.INTEGER,
            single(BaseType.INTEGER, 0),
        ),
        VariableDeclaration(
            DURATION,
            VariableKind.RESPONSE,
            Cardinality.SINGLE,
            BaseType.DURATION,
            single(BaseType.DURATION, 0.0),
        ),
    )


def read_declarations(root: QtiNode) -> Iterator[VariableDeclaration]:
    """Yield what an item declares.

    Raises:
        QtiRefused: A declaration cannot be read.
    """
    kinds = {kind.value: kind for kind in VariableKind}
    for node in root.elements:
        if node.name in kinds:
            try:
                yield _declaration(node, kinds[node.name])
            except ValueError as error:
                what = f"{node.get('identifier')[:60]}: {error}"
                raise QtiRefused(RefusedBecause.MALFORMED, what, node.line) from None


def _declaration(node: QtiNode, kind: VariableKind) -> VariableDeclaration:
    identifier = node.get("identifier").strip()
    if not identifier:
        raise ValueError("a variable has no identifier")
    cardinality = Cardinality(node.get("cardinality", "single"))
    base_type = BaseType(node.get("base-type", "string"))
    return VariableDeclaration(
        identifier,
        kind,
        cardinality,
        base_type,
        default=_declared(node.first("qti-default-value"), cardinality, base_type),
        correct=_declared(node.first("qti-correct-response"), cardinality, base_type),
        mapping=value_mapping(node.first("qti-mapping"), base_type),
        areas=area_mapping(node.first("qti-area-mapping")),
        lookup=_lookup(node, base_type),
        normal_maximum=_real(node.get("normal-maximum")),
        external=bool(node.get("external-scored")),
        line=node.line,
    )


def _declared(node: QtiNode | None, cardinality: Cardinality, base_type: BaseType) -> Nullable:
    if node is None:
        return None
    return declared_value(node.named("qti-value"), cardinality, base_type)


def declared_value(
    nodes: Sequence[QtiNode], cardinality: Cardinality, base_type: BaseType
) -> Nullable:
    """Return the value that `qti-value` elements say.

    Raises:
        ValueError: One says none of the base type.
    """
    if cardinality is Cardinality.RECORD:
        return record({node.get("field-identifier"): _field(node) for node in nodes})
    scalars = list(_scalars(nodes, base_type))
    if cardinality is Cardinality.SINGLE:
        return single(base_type, scalars[0]) if scalars else None
    return container(cardinality, base_type, scalars)


def _field(node: QtiNode) -> Nullable:
    base_type = BaseType(node.get("base-type", "string"))
    return single(base_type, scalar_of(node.text, base_type))


def _scalars(nodes: Iterable[QtiNode], base_type: BaseType) -> Iterator[Scalar]:
    for node in nodes:
        text = node.text.strip()
        if text:
            yield scalar_of(text, base_type)


def _lookup(node: QtiNode, base_type: BaseType) -> LookupTable | None:
    table = node.first("qti-match-table", "qti-interpolation-table")
    if table is None:
        return None
    exact = table.name == "qti-match-table"
    entry = "qti-match-table-entry" if exact else "qti-interpolation-table-entry"
    steps = [
        (
            _needed(step.get("source-value")),
            step.get("include-boundary", "true") in {"true", "1"},
            scalar_of(step.get("target-value"), base_type),
        )
        for step in table.named(entry)
    ]
    if not exact and any(one[0] < other[0] for one, other in pairwise(steps)):
        steps.sort(key=lambda step: -step[0])
    default = table.get("default-value")
    return LookupTable(tuple(steps), exact, scalar_of(default, base_type) if default else None)


def _needed(text: str) -> float:
    found = _real(text)
    if found is None:
        raise ValueError("an entry of its table has no source-value")
    return found


def _real(text: str) -> float | None:
    found = scalar_of(text, BaseType.FLOAT) if text.strip() else None
    return float(found) if isinstance(found, int | float) else None
