"""Writing elements as XML, in the words of QTI 3.0 or of QTI 2.2."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lxml import etree

from examengine.bank.qti.names import MATHML, qti2_name
from examengine.bank.qti.nodes import QtiNode

QTI_3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
QTI_2_2 = "http://www.imsglobal.org/xsd/imsqti_v2p2"
_PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        MATHML: "http://www.w3.org/1998/Math/MathML",
        "ssml": "http://www.w3.org/2001/10/synthesis",
        "xi": "http://www.w3.org/2001/XInclude",
        "svg": "http://www.w3.org/2000/svg",
        "xml": "http://www.w3.org/XML/1998/namespace",
        "xlink": "http://www.w3.org/1999/xlink",
        "other": "urn:examengine:other",
    }
)


def write_xml(
    root: QtiNode, namespace: str = QTI_3, also: Mapping[str, str] | None = None
) -> bytes:
    """Return a document; reading it gives the same elements.

    Args:
        root: The root, with names of QTI 3.0.
        namespace: `QTI_3` or `QTI_2_2`, which says how the names are written; in any other they are
            written as they are.
        also: More vocabularies, by the prefix that their names have.
    """
    written: bytes = etree.tostring(
        _Writing(namespace, {**_PREFIXES, **(also or {})}).element(root, None),
        xml_declaration=True,
        encoding="UTF-8",
    )
    return written + b"\n"


class _Writing:
    """Makes elements of one version of QTI."""

    def __init__(self, namespace: str, prefixes: Mapping[str, str]) -> None:
        self._namespace = namespace
        self._prefixes = prefixes

    def element(self, node: QtiNode, parent: Any) -> Any:
        name = self._name(node.name)
        attributes = {self._attribute(key, node): node.get(key) for key in node.attributes}
        if parent is None:
            element = etree.Element(name, attributes, nsmap={None: self._namespace})
        else:
            prefix = node.name.partition(":")[0]
            nsmap = {None: self._prefixes[prefix]} if prefix in {MATHML, "svg"} else None
            element = etree.SubElement(parent, name, attributes, nsmap=nsmap)
        last: Any = None
        for child in node.children:
            if isinstance(child, QtiNode):
                last = self.element(child, element)
            elif last is None:
                element.text = (element.text or "") + child
            else:
                last.tail = (last.tail or "") + child
        return element

    def _name(self, name: str) -> str:
        prefix, _, local = name.rpartition(":")
        if prefix:
            return f"{{{self._prefixes[prefix]}}}{local}"
        told = qti2_name(name) if self._namespace == QTI_2_2 else name
        return f"{{{self._namespace}}}{told}"

    def _attribute(self, name: str, node: QtiNode) -> str:
        prefix, _, local = name.rpartition(":")
        if prefix:
            return f"{{{self._prefixes[prefix]}}}{local}"
        return qti2_name(name) if self._namespace == QTI_2_2 and ":" not in node.name else name
