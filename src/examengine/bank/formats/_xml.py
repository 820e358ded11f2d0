"""XML from strangers: no DOCTYPE, no entities, no network, limits on size, depth and number."""

import re
from typing import Any

from lxml import etree

from examengine.bank.formats._encodings import EncodingUnreadable, decoded

LARGEST_XML = 16 * 1024 * 1024
_DECLARATION = re.compile(r"\s{0,20}<\?xml\b[^>]{0,200}\?>")
_DECLARED = re.compile(r"encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9._-]{1,30})[\"']")
_FIRST_TAG = re.compile(r"<[A-Za-z_]")


class XmlUnreadable(ValueError):
    """A file is no XML that is read; `line` says where, `what` what would be right."""

    def __init__(self, line: int | None, code: str, what: str) -> None:
        self.line = line
        self.code = code
        self.what = what
        super().__init__(what)


def read_xml(data: bytes) -> tuple[Any, str]:
    """Return the root of a document, and the encoding it was read in.

    Raises:
        XmlUnreadable: It is too large, in another encoding, not well-formed, or declares a type.
    """
    if len(data) > LARGEST_XML:
        what = f"is larger than {LARGEST_XML // 1024 // 1024} MB; export fewer questions at a time"
        raise XmlUnreadable(None, "too-large", what)
    found = _DECLARED.search(data[:200].decode("latin-1"))
    try:
        text, encoding = decoded(data, "" if found is None else found[1])
    except EncodingUnreadable as error:
        raise XmlUnreadable(None, "encoding", str(error)) from error
    declaration = _DECLARATION.match(text)
    if declaration is not None:
        text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
    first = _FIRST_TAG.search(text)
    if "<!doctype" in text[: first.start() if first else None].casefold():
        raise XmlUnreadable(1, "doctype", "declares a type (DOCTYPE); take that declaration out")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        what = f"is no well-formed XML: {str(error.msg)[:200]}"
        raise XmlUnreadable(error.lineno or 1, "xml", what) from error
    return root, encoding
