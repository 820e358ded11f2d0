"""Rules that set variables: response processing after an attempt, template processing before it."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from examengine.bank.qti.expressions._operands import truth
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.scope import ProcessingScope, fitted
from examengine.bank.qti.values import Nullable, single


class _Exit(Exception):
    """The rest of a processing is not to be run."""


class _Unmet(Exception):
    """A template constraint is not met by what was drawn."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


def run_response_processing(scope: ProcessingScope, processing: QtiNode) -> None:
    """Set the outcomes.

    Raises:
        QtiRefused: A rule or an expression cannot be worked out.
    """
    try:
        _run(scope, processing.elements, RESPONSE_RULES)
    except _Exit:
        return


def run_template_processing(scope: ProcessingScope, processing: QtiNode) -> bool:
    """Draw the template variables; return whether every constraint is met by them.

    Raises:
        QtiRefused: A rule or an expression cannot be worked out.
    """
    try:
        _run(scope, processing.elements, TEMPLATE_RULES)
    except _Exit:
        return True
    except _Unmet:
        return False
    return True


Rule = Callable[[ProcessingScope, QtiNode], None]


def _run(scope: ProcessingScope, nodes: Iterable[QtiNode], rules: Mapping[str, Rule]) -> None:
    for node in nodes:
        scope.work(node)
        rule = rules.get(node.name)
        if rule is None:
            raise unknown_rule(node)
        rule(scope, node)


def unknown_rule(node: QtiNode) -> QtiRefused:
    """Return the refusal of a rule that is not read here."""
    what = f"has the rule {node.name[:60]}, which is none of QTI where it stands"
    return QtiRefused(RefusedBecause.UNKNOWN_RULE, what, node.line)


def _value(scope: ProcessingScope, node: QtiNode) -> Nullable:
    if len(node.elements) != 1:
        what = f"{node.name} holds {len(node.elements)} expressions; it must hold one"
        raise QtiRefused(RefusedBecause.MALFORMED, what, node.line)
    return scope.evaluate(node.elements[0])


def _condition(kind: str) -> Rule:
    """Return the rule that runs the first branch whose condition is true; NULL is not true."""

    def chosen(scope: ProcessingScope, node: QtiNode) -> None:
        rules = RESPONSE_RULES if kind == "response" else TEMPLATE_RULES
        for branch in node.elements:
            if branch.name == f"qti-{kind}-else":
                _run(scope, branch.elements, rules)
                return
            if branch.name not in {f"qti-{kind}-if", f"qti-{kind}-else-if"}:
                raise unknown_rule(branch)
            if not branch.elements:
                what = f"{branch.name} has no condition"
                raise QtiRefused(RefusedBecause.MALFORMED, what, branch.line)
            if truth(scope.evaluate(branch.elements[0])):
                _run(scope, branch.elements[1:], rules)
                return

    return chosen


def _set_value(scope: ProcessingScope, node: QtiNode) -> None:
    scope.set(node.get("identifier"), _value(scope, node), node)


def _look_up(scope: ProcessingScope, node: QtiNode) -> None:
    """Set an outcome by its table."""
    value = _value(scope, node)
    declaration = scope.declared(node.get("identifier"), node)
    if declaration is None:
        return
    if declaration.lookup is None:
        what = f"looks {declaration.identifier} up, which declares no table"
        raise QtiRefused(RefusedBecause.MALFORMED, what, node.line)
    source = None if value is None else value.scalar
    if isinstance(source, bool) or not isinstance(source, int | float):
        found = declaration.lookup.default
    else:
        found = declaration.lookup.find(source)
    told = None if found is None else single(declaration.base_type, found)
    scope.values[declaration.identifier] = told


def _set_correct(scope: ProcessingScope, node: QtiNode) -> None:
    value = _value(scope, node)
    declaration = scope.declared(node.get("identifier"), node)
    if declaration is not None:
        scope.corrects[declaration.identifier] = fitted(value, declaration)


def _set_default(scope: ProcessingScope, node: QtiNode) -> None:
    value = _value(scope, node)
    declaration = scope.declared(node.get("identifier"), node)
    if declaration is not None:
        scope.defaults[declaration.identifier] = fitted(value, declaration)


def _fragment(scope: ProcessingScope, node: QtiNode) -> None:
    _run(scope, node.elements, RESPONSE_RULES)


def _exit(_scope: ProcessingScope, _node: QtiNode) -> None:
    raise _Exit


def _constrain(scope: ProcessingScope, node: QtiNode) -> None:
    if not truth(_value(scope, node)):
        raise _Unmet(node.line)


RESPONSE_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "qti-response-condition": _condition("response"),
        "qti-set-outcome-value": _set_value,
        "qti-lookup-outcome-value": _look_up,
        "qti-response-processing-fragment": _fragment,
        "qti-exit-response": _exit,
    }
)
TEMPLATE_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "qti-template-condition": _condition("template"),
        "qti-set-template-value": _set_value,
        "qti-set-correct-response": _set_correct,
        "qti-set-default-value": _set_default,
        "qti-template-constraint": _constrain,
        "qti-exit-template": _exit,
    }
)
