"""Items as elements of QTI, and the package they go in.

Beside each item the manifest says in our own words what QTI has none for: area, level, rationales
… Whoever reads the package here gets the very item back; whoever reads it elsewhere gets its XML.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from examengine.bank.formats._qti_elements import (
    asked,
    choices,
    declared,
    html_nodes,
    right,
    score_with,
    with_mapping,
)
from examengine.bank.formats._qti_further_types import (
    WHOLE,
    write_gap_match,
    write_hotspot,
    write_matrix,
)
from examengine.bank.formats._qti_reading import OWN
from examengine.bank.formats._qti_rules import (
    RESPONSE,
    RULES,
    becomes,
    mapping_of,
    named,
    processing,
    said,
    when,
)
from examengine.bank.formats._writing import file_stem
from examengine.bank.inline_text import paragraphs
from examengine.bank.item_types._scoring_rules import declared_rule
from examengine.bank.item_types._stimulus import media_of, presented_stimulus
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.xml_reading import read_xml
from examengine.bank.qti.xml_writing import QTI_2_2, QTI_3, write_xml
from examengine.bank.rules import ItemVersion, MediaFile
from examengine.kernel.digest import digest_of_bytes

_TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"
_TEMPLATES_2 = "http://www.imsglobal.org/question/qti_v2p2/rptemplates/"
_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
_RESOURCE: Mapping[str, str] = MappingProxyType(
    {QTI_3: "imsqti_item_xmlv3p0", QTI_2_2: "imsqti_item_xmlv2p2"}
)


def left_out_of_qti(version: ItemVersion) -> str | None:
    """Say what of an item cannot be written as QTI; None if nothing."""
    if version.item_type == "qti":
        return None
    if version.item_type in WHOLE:
        return None
    if version.item_type not in _WRITERS:
        return f"is of the type {version.item_type}, which is not written as QTI; use YAML"
    rule = declared_rule(version.content)
    if rule != "all_or_nothing" and (version.item_type, rule) not in RULES:
        return f"is scored by the rule {rule}, which is not written as QTI; use YAML"
    return None


def write_package(
    items: Iterable[ItemVersion], media: Mapping[str, MediaFile], namespace: str
) -> dict[str, bytes]:
    """Return the files of a package: a manifest, an item each, and what they show or play."""
    files: dict[str, bytes] = {}
    resources: list[QtiNode | str] = []
    for version in items:
        name = f"items/{file_stem(version.item_id)}.xml"
        root, stimuli = item_root(version, namespace)
        for n, stimulus in enumerate(stimuli, start=1):
            files[f"items/{file_stem(version.item_id)}-stimulus-{n}.xml"] = write_xml(
                stimulus, namespace
            )
        files[name] = write_xml(root, namespace)
        for _, file in media_of(version.content):
            files[file["file"]] = media[file["digest"]].data
        resources.append(_resource(version, name, files[name], namespace))
    manifest = QtiNode(
        "manifest",
        {"identifier": "examengine"},
        (
            QtiNode(
                "metadata",
                {},
                (
                    QtiNode("schema", {}, ("QTI Package",)),
                    QtiNode("schemaversion", {}, ("3.0.0" if namespace == QTI_3 else "2.2",)),
                ),
            ),
            QtiNode("organizations"),
            QtiNode("resources", {}, tuple(resources)),
        ),
    )
    return {"imsmanifest.xml": _manifest(manifest), **files}


def _resource(version: ItemVersion, name: str, data: bytes, namespace: str) -> QtiNode:
    content = json.dumps(version.content, ensure_ascii=False, sort_keys=True)
    own = QtiNode("own:item", {"digest": digest_of_bytes(data)}, (content,))
    listed = [QtiNode("file", {"href": name})]
    listed += [QtiNode("file", {"href": one["file"]}) for _, one in media_of(version.content)]
    return QtiNode(
        "resource",
        {
            "identifier": f"item-{file_stem(version.item_id).replace('%', '_')}",
            "type": _RESOURCE[namespace],
            "href": name,
        },
        (QtiNode("metadata", {}, (own,)), *listed),
    )


def _manifest(root: QtiNode) -> bytes:
    return write_xml(root, _CP, also={"own": OWN})


def item_root(version: ItemVersion, namespace: str) -> tuple[QtiNode, list[QtiNode]]:
    """Return an item as an element of QTI, and the stimuli that it shares with others."""
    root, stimuli = _item_root(version, namespace)
    if namespace == QTI_2_2:
        return _of_version_2(root), [_of_version_2(one) for one in stimuli]
    return root, stimuli


def _of_version_2(node: QtiNode) -> QtiNode:
    """Return an element without what holds the content of a block, which 2.2 does not know."""
    children: list[QtiNode | str] = []
    for child in node.children:
        if isinstance(child, str):
            children.append(child)
        elif child.name == "qti-content-body":
            children.extend(_of_version_2(child).children)
        else:
            children.append(_of_version_2(child))
    return replace(node, children=tuple(children))


def _item_root(version: ItemVersion, namespace: str) -> tuple[QtiNode, list[QtiNode]]:
    if version.item_type == "qti":
        return _as_it_came(version, namespace)
    content = version.content
    declarations, shown, template, score = _written(version.item_type, content)
    body = QtiNode(
        "qti-item-body", {}, (*_stimulus(content), *html_nodes(paragraphs(content["stem"])), *shown)
    )
    scored = (
        template
        if isinstance(template, QtiNode)
        else QtiNode("qti-response-processing", {"template": _address(template, namespace)})
    )
    by_person = version.item_type == "extended_text"
    attributes = {
        "identifier": version.item_id,
        "title": version.item_id,
        "adaptive": "false",
        "time-dependent": "false",
        **({"xml:lang": version.language} if version.language else {}),
    }
    children = (*declarations, score, body, *(() if by_person else (scored,)))
    return QtiNode("qti-assessment-item", attributes, children), []


def _written(
    item_type: str, content: Mapping[str, Any]
) -> tuple[Sequence[QtiNode], Sequence[QtiNode | str], str | QtiNode, QtiNode]:
    """Return the declarations of an item, what is asked, how it is scored, and its score."""
    if item_type in WHOLE:
        return WHOLE[item_type](content)
    declaration, interaction, template = _WRITERS[item_type](content)
    table = None
    ruled = RULES.get((item_type, declared_rule(content)))
    if ruled is not None:
        mapping, table, template = ruled(content)
        declaration = with_mapping(declaration, mapping)
    return (declaration,), (interaction,), template, score_with(table)


def _as_it_came(version: ItemVersion, namespace: str) -> tuple[QtiNode, list[QtiNode]]:
    content = version.content
    addresses = {one["href"]: f"../{one['file']}" for one in content.get("media", ())}
    root = _moved(read_xml(content["qti"].encode()), addresses)
    stimuli = [_moved(read_xml(one.encode()), addresses) for one in content.get("shared", ())]
    stem, n = file_stem(version.item_id), 0
    children: list[QtiNode | str] = []
    for child in root.children:
        if isinstance(child, QtiNode) and child.name == "qti-assessment-stimulus-ref":
            n += 1
            attributes = {**child.attributes, "href": f"{stem}-stimulus-{n}.xml"}
            children.append(replace(child, attributes=attributes))
        elif isinstance(child, QtiNode) and child.name == "qti-response-processing":
            children.append(_addressed(child, namespace))
        else:
            children.append(child)
    attributes = {**root.attributes, "identifier": version.item_id}
    return replace(root, attributes=attributes, children=tuple(children)), stimuli


def _addressed(scored: QtiNode, namespace: str) -> QtiNode:
    address = scored.get("template") or scored.get("template-location")
    if scored.elements or not address:
        return scored
    name = address.rstrip("/").rpartition("/")[2].removesuffix(".xml")
    return replace(scored, attributes={"template": _address(name, namespace)})


def _address(template: str, namespace: str) -> str:
    return f"{_TEMPLATES}{template}.xml" if namespace == QTI_3 else f"{_TEMPLATES_2}{template}"


def _moved(node: QtiNode, addresses: Mapping[str, str]) -> QtiNode:
    """Return an element whose files are found where the package has them."""
    attributes = {
        name: addresses.get(value, value) if name in {"src", "data"} else value
        for name, value in node.attributes.items()
    }
    children = tuple(
        child if isinstance(child, str) else _moved(child, addresses) for child in node.children
    )
    return replace(node, attributes=attributes, children=children)


def _stimulus(content: Mapping[str, Any]) -> Iterator[QtiNode]:
    bodies = [next(iter(part.values())) for part in content.get("stimulus", ())]
    for part, body in zip(presented_stimulus(content), bodies, strict=True):
        caption = Markup(part.get("caption") or "")  # noqa: S704 - markup of ours, or nothing
        if part["part"] == "passage":
            heading = QtiNode("p", {}, html_nodes(part["heading"])) if part["heading"] else None
            yield QtiNode("div", {}, (*filter(None, [heading]), *html_nodes(part["text"])))
        elif part["part"] == "figure":
            image = QtiNode("img", {"src": f"../{body['file']}", "alt": part["alt"]})
            described = html_nodes(part["description"])
            yield QtiNode("div", {}, (image, QtiNode("p", {}, html_nodes(caption)), *described))
        elif part["part"] in {"audio", "video"}:
            told = {"data": f"../{body['file']}", "type": part["media_type"]}
            yield QtiNode(
                "div", {}, (QtiNode("object", told), QtiNode("p", {}, html_nodes(caption)))
            )
        elif part["part"] == "formula":
            yield QtiNode("p", {}, html_nodes(part["math"]))
        else:
            yield _table(part)


def _table(part: Mapping[str, Any]) -> QtiNode:
    head = tuple(QtiNode("th", {"scope": "col"}, html_nodes(one)) for one in part["columns"])
    rows = tuple(
        QtiNode("tr", {}, tuple(QtiNode("td", {}, html_nodes(cell)) for cell in row))
        for row in part["rows"]
    )
    caption = QtiNode("caption", {}, html_nodes(part["caption"]))
    headed = QtiNode("thead", {}, (QtiNode("tr", {}, head),))
    return QtiNode("table", {}, (caption, headed, QtiNode("tbody", {}, rows)))


Written = tuple[QtiNode, QtiNode, str | QtiNode]
"""The declaration of the response, the interaction, and the processing or its template's name."""


def _single_choice(content: Mapping[str, Any]) -> Written:
    declaration = declared("single", "identifier", right([content["key"]]))
    options = choices(content, "options", "qti-simple-choice")
    return declaration, asked("choice", content, options, max_choices="1"), "match_correct"


def _multiple_response(content: Mapping[str, Any]) -> Written:
    declaration = declared("multiple", "identifier", right(content["key"]))
    options = choices(content, "options", "qti-simple-choice")
    return declaration, asked("choice", content, options, max_choices="0"), "match_correct"


def _ordering(content: Mapping[str, Any]) -> Written:
    declaration = declared("ordered", "identifier", right(content["key"]))
    options = choices(content, "options", "qti-simple-choice")
    return declaration, asked("order", content, options), "match_correct"


def _matching(content: Mapping[str, Any]) -> Written:
    pairs = (f"{prompt} {option}" for prompt, option in content["key"].items())
    declaration = declared("multiple", "directedPair", right(pairs))
    choice = "qti-simple-associable-choice"
    sets = [
        QtiNode(
            "qti-simple-match-set", {}, tuple(choices(content, "prompts", choice, match_max="1"))
        ),
        QtiNode(
            "qti-simple-match-set", {}, tuple(choices(content, "options", choice, match_max="0"))
        ),
    ]
    return declaration, asked("match", content, sets, max_associations="0"), "match_correct"


def _short_text(content: Mapping[str, Any]) -> Written:
    key = content["key"]
    mapping = mapping_of(
        ((answer, 1) for answer in key["accept"]),
        case_sensitive=key.get("case_sensitive", False),
    )
    declaration = declared("single", "string", right(key["accept"][:1]), mapping)
    return declaration, _entry(), "map_response"


def _entry(*around: str) -> QtiNode:
    told = {"response-identifier": RESPONSE, "expected-length": "20"}
    return QtiNode("p", {}, (QtiNode("qti-text-entry-interaction", told), *around))


def _numeric_entry(content: Mapping[str, Any]) -> Written:
    key = content["key"]
    declaration = declared("single", "float", right([key["value"]]))
    near = QtiNode(
        "qti-equal",
        {"tolerance-mode": "absolute", "tolerance": f"{key['tolerance']} {key['tolerance']}"},
        (named("correct"), named("variable")),
    )
    unit = content.get("unit", "")
    scored = processing(when(near, becomes(said("1"))))
    return declaration, _entry(f" {unit}" if unit else ""), scored


_WRITERS: Mapping[str, Callable[[Mapping[str, Any]], Written]] = MappingProxyType(
    {
        "single_choice": _single_choice,
        "multiple_response": _multiple_response,
        "ordering": _ordering,
        "matching": _matching,
        "short_text": _short_text,
        "numeric_entry": _numeric_entry,
        "matrix": write_matrix,
        "gap_match": write_gap_match,
        "hotspot": write_hotspot,
    }
)
