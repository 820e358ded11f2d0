"""Documents of QTI 1.2 among files: which they are, and their items with what is around them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from examengine.bank.formats._qti_package import PACKAGES, heads_in
from examengine.bank.formats._xml import XmlUnreadable, read_xml

DOCUMENTS = (".xml", ".dat", ".qti")
_LOOKED_AT = 64 * 1024
_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]{0,30}:)?questestinterop\b")
_LATER = re.compile(rb"<(?:assessmentItem|qti-assessment-item)\b")
_EXTERNAL = re.compile(rb"<!DOCTYPE\s{1,9}questestinterop\b[^\[\]<>]{0,600}>")
"""A DOCTYPE that only names a file: ExamView and Respondus write it. Nothing of it is read."""
_SETTINGS = "assessment_meta.xml"


@dataclass(frozen=True, slots=True)
class QtiOneItem:
    """One item in its document.

    Attributes:
        document: The file that it stands in.
        line: The line.
        ident: What its document calls it.
        element: The item, its names without namespace.
        original: Its XML as it stood there.
        titles: What the parts around it are called, the innermost first.
        is_bank: Whether it stands in a bank or pool, and not in a quiz.
    """

    document: str
    line: int
    ident: str
    element: Any
    original: str
    titles: tuple[str, ...]
    is_bank: bool


def is_qti_1(files: Mapping[str, bytes]) -> bool:
    """Tell whether files hold something of QTI 1.2, alone or in a package."""
    return any(
        any(map(is_document, heads_in(data, DOCUMENTS)))
        if name.lower().endswith(PACKAGES)
        else name.lower().endswith(DOCUMENTS) and is_document(data)
        for name, data in files.items()
    )


def is_document(data: bytes) -> bool:
    """Tell by its first element whether a file is of QTI 1.2; UTF-16 is looked at as well."""
    return _ROOT.search(data[:_LOOKED_AT].replace(b"\x00", b"")) is not None


def is_later(data: bytes) -> bool:
    """Tell whether a file is an item of a later version of QTI."""
    return _LATER.search(data[:_LOOKED_AT].replace(b"\x00", b"")) is not None


def read_document(data: bytes) -> tuple[Any, str]:
    """Return the root of a document, and the encoding it was read in.

    Raises:
        XmlUnreadable: It is too large, in another encoding, not well-formed, or declares a type.
    """
    found = _EXTERNAL.search(data[:_LOOKED_AT])
    if found is not None:
        lines = b"\n" * found[0].count(b"\n")
        data = data[: found.start()] + lines + data[found.end() :]
    root, encoding = read_xml(data)
    if etree.QName(root).localname != "questestinterop":
        raise XmlUnreadable(1, "no-questions", "is no QTI 1.2: its root is not <questestinterop>")
    return root, encoding


def items_in(name: str, root: Any) -> Iterator[QtiOneItem]:
    """Yield the items of a document; their names lose their namespace, their XML does not."""
    listed = [one for one in root.iter() if _local(one) == "item"]
    originals = [etree.tostring(one, encoding="unicode", with_tail=False) for one in listed]
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname
    for element, original in zip(listed, originals, strict=True):
        around = list(element.iterancestors("section", "assessment", "objectbank"))
        yield QtiOneItem(
            document=name,
            line=element.sourceline or 1,
            ident=(element.get("ident") or "").strip(),
            element=element,
            original=original,
            titles=tuple(filter(None, map(_title, around))),
            is_bank=any(one.tag == "objectbank" or _is_pool(one) for one in around),
        )


def shuffles_options(name: str, files: Mapping[str, bytes]) -> bool:
    """Tell whether the settings of a quiz of Canvas, beside its document, draw the orders."""
    settings = files.get(str(PurePosixPath(name).with_name(_SETTINGS)), b"")
    if not settings:
        stem = PurePosixPath(name).name.partition(".")[0]
        beside = f"/{stem}/{_SETTINGS}"
        settings = next((data for path, data in files.items() if path.endswith(beside)), b"")
    try:
        root, _ = read_xml(settings)
    except XmlUnreadable:
        return False
    said = next((one for one in root.iter() if _local(one) == "shuffle_answers"), None)
    return said is not None and (said.text or "").strip().casefold() == "true"


def is_settings(name: str) -> bool:
    """Tell whether a file says how a quiz of Canvas is given."""
    return PurePosixPath(name).name == _SETTINGS


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _title(element: Any) -> str:
    fields = element.find("qtimetadata")
    listed = [] if fields is None else fields.findall("qtimetadatafield")
    named = {
        (one.findtext("fieldlabel") or "").strip(): one.findtext("fieldentry") for one in listed
    }
    said = element.get("title") or named.get("bank_title") or ""
    words = " ".join(said.split())[:200]
    return "" if words in {"root_section", "Untitled"} else words


def _is_pool(element: Any) -> bool:
    kind = element.find("assessmentmetadata/bbmd_assessmenttype")
    return kind is not None and (kind.text or "").strip() == "Pool"
