"""Elements of QTI that items of several types are written with."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from examengine.bank.formats._qti_rules import RESPONSE, SCORE
from examengine.bank.inline_text import inline
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.xml_reading import read_xml


def html_nodes(markup: Markup) -> tuple[QtiNode | str, ...]:
    """Return the elements that markup of ours says; formulas are MathML."""
    root = read_xml(f"<div>{markup}</div>".encode())
    return tuple(_without_focus(child) for child in root.children)


def _without_focus(node: QtiNode | str, *, formula: bool = False) -> QtiNode | str:
    if isinstance(node, str):
        return node
    formula = formula or node.name == "qti-math"
    name = f"m:{node.name.removeprefix('qti-')}" if formula else node.name
    inner = tuple(_without_focus(child, formula=formula) for child in node.children)
    kept = {key: value for key, value in node.attributes.items() if key not in {"tabindex"}}
    return QtiNode(name, kept, inner)


def score_with(table: QtiNode | None = None, **more: str) -> QtiNode:
    """Return the declaration of the score, perhaps with a table that it is looked up in."""
    told = {"identifier": SCORE, "cardinality": "single", "base-type": "float"}
    told |= {key.replace("_", "-"): value for key, value in more.items()}
    return QtiNode("qti-outcome-declaration", told, () if table is None else (table,))


def with_mapping(declaration: QtiNode, mapping: QtiNode | None) -> QtiNode:
    """Return a declaration with another mapping than it may have."""
    kept = tuple(one for one in declaration.children if one not in declaration.named("qti-mapping"))
    return replace(declaration, children=kept if mapping is None else (*kept, mapping))


def declared(
    cardinality: str, base_type: str, *inner: QtiNode, identifier: str = RESPONSE
) -> QtiNode:
    """Return the declaration of a response."""
    told = {"identifier": identifier, "cardinality": cardinality, "base-type": base_type}
    return QtiNode("qti-response-declaration", told, inner)


def right(values: Iterable[str]) -> QtiNode:
    """Return the correct response of a declaration."""
    listed = tuple(QtiNode("qti-value", {}, (value,)) for value in values)
    return QtiNode("qti-correct-response", {}, listed)


def choices(content: Mapping[str, Any], name: str, element: str, **more: str) -> list[QtiNode]:
    """Return what can be chosen, with more attributes that all of it has."""
    attributes = {key.replace("_", "-"): value for key, value in more.items()}
    return [
        QtiNode(element, {"identifier": one["id"], **attributes}, html_nodes(inline(one["text"])))
        for one in content[name]
    ]


def asked(kind: str, content: Mapping[str, Any], inner: Iterable[QtiNode], **more: str) -> QtiNode:
    """Return an interaction, with more attributes than whether its order is drawn."""
    shuffle = "true" if content.get("shuffle", True) else "false"
    attributes = {"response-identifier": RESPONSE, "shuffle": shuffle}
    attributes |= {key.replace("_", "-"): value for key, value in more.items()}
    return QtiNode(f"qti-{kind}-interaction", attributes, tuple(inner))
