"""Texts: the same, a part of another, or of a pattern."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from examengine.bank.qti.expressions._operands import flag_attribute
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.patterns import compile_pattern
from examengine.bank.qti.refusal import QtiRefused
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.values import Nullable, boolean, text_of


def string_match(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether two texts are the same, or the second is part of the first where it says so."""
    found = _two_texts(scope, node)
    if found is None:
        return None
    one, other = found
    within = flag_attribute(node, "substring", otherwise=False)
    return boolean(other in one if within else one == other)


def substring(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether the first text is part of the second."""
    found = _two_texts(scope, node)
    return None if found is None else boolean(found[0] in found[1])


def pattern_match(scope: ProcessingScope, node: QtiNode) -> Nullable:
    """Whether a whole text is one that a pattern describes; the pattern may be a variable's."""
    value = scope.operands(node)[0]
    pattern = node.get("pattern")
    named = pattern[1:-1] if pattern[:1] + pattern[-1:] == "{}" else ""
    if named in scope.declarations:
        held = scope.values.get(named)
        if held is None:
            return None
        pattern = text_of(held.scalar)
    if value is None:
        return None
    text = text_of(value.scalar)
    try:
        compiled = compile_pattern(pattern)
        scope.work(node, len(compiled.states) * len(text) // 20)
        return boolean(compiled.matches(text))
    except QtiRefused as refused:
        raise QtiRefused(refused.because, refused.what, node.line) from None


def _two_texts(scope: ProcessingScope, node: QtiNode) -> tuple[str, str] | None:
    one, other = scope.operands(node)
    if one is None or other is None:
        return None
    texts = text_of(one.scalar), text_of(other.scalar)
    if flag_attribute(node, "case-sensitive", otherwise=True):
        return texts
    return texts[0].casefold(), texts[1].casefold()


EVALUATORS: Mapping[str, Callable[[ProcessingScope, QtiNode], Nullable]] = MappingProxyType(
    {
        "qti-string-match": string_match,
        "qti-substring": substring,
        "qti-pattern-match": pattern_match,
    }
)
