"""An item of QTI as it was read: what it declares, shows, and how it is scored."""

from collections.abc import Mapping
from dataclasses import dataclass

from examengine.bank.qti.declarations import VariableDeclaration, built_in, read_declarations
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.standard_templates import standard_template
from examengine.bank.qti.xml_reading import read_xml

SCORE = "SCORE"
MOST_VARIABLES = 500


@dataclass(frozen=True, slots=True)
class QtiItem:
    """An item.

    Attributes:
        identifier: Its own name.
        title: What people call it.
        language: Its language, as a tag; "" where it does not say.
        adaptive: Whether outcomes are kept from one attempt to the next.
        declarations: Its variables by name, those every item has among them.
        body: What is shown.
        feedback: What may be shown after an attempt, beside the body.
        response_processing: How it is scored; None where nothing scores it.
        template_processing: How its template variables are drawn; None where it has none.
        root: All of it.
    """

    identifier: str
    title: str
    language: str
    adaptive: bool
    declarations: Mapping[str, VariableDeclaration]
    body: QtiNode
    feedback: tuple[QtiNode, ...]
    response_processing: QtiNode | None
    template_processing: QtiNode | None
    root: QtiNode


def read_item(data: bytes) -> QtiItem:
    """Return the item of a file, of QTI 2.0, 2.1, 2.2 or 3.0.

    Raises:
        QtiRefused: It is no item, or one that cannot be read.
    """
    return item_of(read_xml(data))


def item_of(root: QtiNode) -> QtiItem:
    """Return the item that an element is.

    Raises:
        QtiRefused: It is no item, or one that cannot be read.
    """
    if root.name != "qti-assessment-item":
        what = f"is a {root.name[:60]}; an item begins with qti-assessment-item"
        raise QtiRefused(RefusedBecause.NOT_AN_ITEM, what, root.line)
    declarations: dict[str, VariableDeclaration] = {one.identifier: one for one in built_in()}
    for declaration in read_declarations(root):
        declarations[declaration.identifier] = declaration
    if len(declarations) > MOST_VARIABLES:
        what = f"declares {len(declarations)} variables; {MOST_VARIABLES} are the most"
        raise QtiRefused(RefusedBecause.TOO_LARGE, what, root.line)
    body = root.first("qti-item-body")
    return QtiItem(
        identifier=root.get("identifier").strip(),
        title=root.get("title").strip(),
        language=root.get("xml:lang").strip(),
        adaptive=root.get("adaptive") in {"true", "1"},
        declarations=declarations,
        body=body if body is not None else QtiNode("qti-item-body", line=root.line),
        feedback=root.named("qti-modal-feedback"),
        response_processing=_response_processing(root),
        template_processing=root.first("qti-template-processing"),
        root=root,
    )


def _response_processing(root: QtiNode) -> QtiNode | None:
    """Return the rules of an item, those of the template it names where it writes none itself."""
    node = root.first("qti-response-processing")
    if node is None or node.elements:
        return node
    address = node.get("template").strip() or node.get("template-location").strip()
    return standard_template(address, node.line) if address else None
