"""The response processings that QTI names instead of writing them out.

Files spell their addresses in many ways; the last part of the path is what counts. Written here
from what the specification says that they do.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause


def _node(name: str, *children: QtiNode | str, **attributes: str) -> QtiNode:
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    return QtiNode(f"qti-{name}", named, children)


def _said(text: str, base_type: str) -> QtiNode:
    return _node("base-value", text, base_type=base_type)


def _holds(identifier: str) -> QtiNode:
    return _node("variable", identifier=identifier)


def _becomes(identifier: str, expression: QtiNode) -> QtiNode:
    return _node("set-outcome-value", expression, identifier=identifier)


def _choice(condition: QtiNode, then: list[QtiNode], otherwise: list[QtiNode]) -> QtiNode:
    branches = _node("response-if", condition, *then), _node("response-else", *otherwise)
    return _node("response-condition", *branches)


_MATCHES = _node("match", _holds("RESPONSE"), _node("correct", identifier="RESPONSE"))
_IS_NULL = _node("is-null", _holds("RESPONSE"))
_NOTHING = _becomes("SCORE", _said("0", "float"))
_FULL = _node("equal", _holds("MAXSCORE"), _holds("SCORE"), tolerance_mode="exact")


def _mapped(expression: str) -> QtiNode:
    worth = _becomes("SCORE", _node(expression, identifier="RESPONSE"))
    return _choice(_IS_NULL, [_NOTHING], [worth])


def _told(outcome: str, condition: QtiNode) -> QtiNode:
    words = [[_becomes(outcome, _said(word, "identifier"))] for word in ("correct", "incorrect")]
    return _choice(condition, *words)


@cache
def _templates() -> Mapping[str, QtiNode]:
    right = _becomes("SCORE", _said("1", "float"))
    scored = _node("response-processing", _choice(_MATCHES, [right], [_NOTHING]))
    basic = [
        [_becomes("SCORE", _holds("MAXSCORE")), _becomes("FEEDBACKBASIC", _word("correct"))],
        [_becomes("FEEDBACKBASIC", _word("incorrect"))],
    ]
    return MappingProxyType(
        {
            "match_correct": scored,
            "map_response": _node("response-processing", _mapped("map-response")),
            "map_response_point": _node("response-processing", _mapped("map-response-point")),
            "cc2_match": scored,
            "cc2_match_basic": _node("response-processing", _choice(_MATCHES, *basic)),
            "cc2_map_response": _node(
                "response-processing", _mapped("map-response"), _told("FEEDBACK", _FULL)
            ),
        }
    )


def _word(word: str) -> QtiNode:
    return _said(word, "identifier")


def template_name(address: str) -> str:
    """Return what a template is called, whatever stands before and after it in its address."""
    last = address.strip().rstrip("/").replace("\\", "/").rpartition("/")[2]
    return last.lower().removesuffix(".xml")


def standard_template(address: str, line: int) -> QtiNode:
    """Return the response processing of a template.

    Raises:
        QtiRefused: It is none of those that the specification brings.
    """
    found = _templates().get(template_name(address))
    if found is None:
        what = f"names the response processing template {address[:120]!r}, which is not known here"
        raise QtiRefused(RefusedBecause.UNKNOWN_TEMPLATE, what, line)
    return found
