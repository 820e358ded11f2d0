"""What of an item cannot be shown or scored, found without working anything out."""

from collections.abc import Iterator, Mapping

from examengine.bank.qti.expressions import EVALUATORS, OPERANDS
from examengine.bank.qti.interactions import interactions_in, refused_interactions
from examengine.bank.qti.item import QtiItem
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.processing import RESPONSE_RULES, TEMPLATE_RULES, Rule, unknown_rule
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.scope import unknown_expression

_BRANCHES = frozenset(
    f"qti-{kind}-{branch}"
    for kind in ("response", "template")
    for branch in ("if", "else-if", "else")
)
_WITHOUT_CONDITION = frozenset({"qti-response-else", "qti-template-else"})
_NAMES_A_VARIABLE = frozenset(
    {
        "qti-variable",
        "qti-correct",
        "qti-default",
        "qti-map-response",
        "qti-map-response-point",
        "qti-set-outcome-value",
        "qti-lookup-outcome-value",
        "qti-set-template-value",
        "qti-set-correct-response",
        "qti-set-default-value",
    }
)


def item_refusals(item: QtiItem) -> Iterator[QtiRefused]:
    """Yield every reason for which an item cannot be shown or scored."""
    yield from refused_interactions(item.body)
    for processing, rules in (
        (item.response_processing, RESPONSE_RULES),
        (item.template_processing, TEMPLATE_RULES),
    ):
        if processing is not None:
            for node in processing.elements:
                yield from _rule_refusals(node, rules)


def _rule_refusals(node: QtiNode, rules: Mapping[str, Rule]) -> Iterator[QtiRefused]:
    if node.name in _BRANCHES:
        yield from _branch_refusals(node, rules)
    elif node.name not in rules:
        yield unknown_rule(node)
    elif node.name.endswith(("-condition", "-fragment")):
        for rule in node.elements:
            yield from _rule_refusals(rule, rules)
    elif not node.name.startswith("qti-exit-"):
        if len(node.elements) != 1:
            what = f"{node.name} holds {len(node.elements)} expressions; it must hold one"
            yield QtiRefused(RefusedBecause.MALFORMED, what, node.line)
        for expression in node.elements:
            yield from expression_refusals(expression)


def _branch_refusals(node: QtiNode, rules: Mapping[str, Rule]) -> Iterator[QtiRefused]:
    inner = node.elements
    if node.name not in _WITHOUT_CONDITION:
        if not inner:
            what = f"{node.name} has no condition"
            yield QtiRefused(RefusedBecause.MALFORMED, what, node.line)
            return
        yield from expression_refusals(inner[0])
        inner = inner[1:]
    for rule in inner:
        yield from _rule_refusals(rule, rules)


def expression_refusals(node: QtiNode) -> Iterator[QtiRefused]:
    """Yield why an expression cannot be worked out: its kind, or how many stand in it."""
    if node.name not in EVALUATORS:
        yield unknown_expression(node)
        return
    least, most = OPERANDS[node.name]
    n_operands = len(node.elements)
    if not least <= n_operands <= most:
        needed = str(least) if least == most else f"{least} to {most}"
        what = f"{node.name} holds {n_operands} expressions; it must hold {needed}"
        yield QtiRefused(RefusedBecause.MALFORMED, what, node.line)
    for inner in node.elements:
        yield from expression_refusals(inner)


def undeclared(item: QtiItem) -> Iterator[tuple[str, int]]:
    """Yield names of variables that nothing declares, with the line each first stands on."""
    seen: set[str] = set()
    for name, line in _named(item):
        if name and name not in item.declarations and name not in seen:
            seen.add(name)
            yield name, line


def _named(item: QtiItem) -> Iterator[tuple[str, int]]:
    for processing in (item.response_processing, item.template_processing):
        for node in processing.all() if processing is not None else ():
            if node.name in _NAMES_A_VARIABLE:
                yield node.get("identifier"), node.line
    for node in interactions_in(item.body):
        yield node.get("response-identifier"), node.line
