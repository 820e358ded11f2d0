"""Reading XML that strangers wrote: no DOCTYPE, no entities, no network, and limits on its size."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from examengine.bank.qti.names import prefix_of, qti3_attribute, qti3_element
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause

LARGEST_XML = 4 * 1024 * 1024
MOST_NODES = 60_000
DEEPEST = 80
"""How deep elements may stand in one another; what walks the tree recurses no deeper."""


def read_xml(data: bytes) -> QtiNode:
    """Return the root of a document, all names those of QTI 3.0.

    Raises:
        QtiRefused: It is no XML, has a DOCTYPE, or goes past a limit.
    """
    if len(data) > LARGEST_XML:
        what = f"has {len(data)} bytes; {LARGEST_XML} are the most"
        raise QtiRefused(RefusedBecause.TOO_LARGE, what)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise QtiRefused(RefusedBecause.NOT_XML, f"is no XML: {error.msg}", error.lineno) from None
    except ValueError as error:
        raise QtiRefused(RefusedBecause.NOT_XML, f"is no XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        what = "has a DOCTYPE, which is never read; leave it out"
        raise QtiRefused(RefusedBecause.DOCTYPE, what, 1)
    _refuse_beyond_limits(root)
    return _node(root)


def xml_text(data: bytes) -> str:
    """Return a document that `read_xml` takes as text that says it is UTF-8, or says nothing.

    A document in UTF-8 is returned sign for sign, without a byte order mark.

    Raises:
        QtiRefused: It is in an encoding that is not read.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    encoding = etree.fromstring(data, parser).getroottree().docinfo.encoding or "UTF-8"
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except (LookupError, UnicodeDecodeError):
        what = f"is written in {encoding[:40]}, which is not read; save it as UTF-8"
        raise QtiRefused(RefusedBecause.NOT_XML, what) from None
    if encoding.upper() in {"UTF-8", "ASCII", "US-ASCII"}:
        return text
    begun, _, rest = text.partition("?>")
    return f'<?xml version="1.0" encoding="UTF-8"?>{rest}' if begun[:5] == "<?xml" else text


def _refuse_beyond_limits(root: Any) -> None:
    n_nodes = depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        n_nodes += event == "start"
        if depth > DEEPEST:
            what = f"nests elements more than {DEEPEST} deep"
            raise QtiRefused(RefusedBecause.TOO_DEEP, what, element.sourceline)
        if n_nodes > MOST_NODES:
            raise QtiRefused(RefusedBecause.TOO_LARGE, f"has more than {MOST_NODES} elements")


def _node(element: Any) -> QtiNode:
    name = etree.QName(element)
    prefix = prefix_of(name.namespace)
    local = qti3_element(name.localname) if not prefix else f"{prefix}:{name.localname}"
    attributes = dict(_attributes(element, own=not prefix))
    return QtiNode(local, attributes, tuple(_children(element)), element.sourceline or 0)


def _attributes(element: Any, *, own: bool) -> Iterator[tuple[str, str]]:
    """Yield the attributes, but what says where schemas are."""
    for full, value in element.attrib.items():
        name = etree.QName(full)
        if name.namespace is None:
            yield (qti3_attribute(name.localname) if own else name.localname), value
        elif "XMLSchema-instance" not in name.namespace:
            yield f"{prefix_of(name.namespace) or 'other'}:{name.localname}", value


def _children(element: Any) -> Iterator[QtiNode | str]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield _node(child)
        else:
            what = "uses an entity, which is never read; write the sign itself"
            raise QtiRefused(RefusedBecause.DOCTYPE, what, child.sourceline)
        if child.tail:
            yield child.tail
