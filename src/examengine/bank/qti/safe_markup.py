"""What of HTML and MathML a page may hold: lists of what is allowed, and nothing else."""

from collections.abc import Mapping
from types import MappingProxyType

from markupsafe import Markup

from examengine.bank.qti.nodes import QtiNode

Tags = tuple[Markup, Markup]
"""The beginning and the end of an element; the end is empty where it can hold nothing."""

_ELEMENTS = frozenset(
    [
        "abbr",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "rb",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
_RENAMED: Mapping[str, str] = MappingProxyType(
    {"h1": "h3", "h2": "h4", "tt": "code", "header": "div", "footer": "div", "main": "div"}
)
"""A page has headings of its own above those of an item."""
_PROGRAMS = frozenset({"qti-script", "qti-style", "svg:script", "svg:style"})
_VOID = frozenset({"br", "hr", "col"})
_ATTRIBUTES = frozenset(
    [
        "lang",
        "dir",
        "colspan",
        "rowspan",
        "scope",
        "headers",
        "abbr",
        "span",
        "start",
        "reversed",
        "type",
        "title",
        "aria-label",
    ]
)
_MATHML = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mspace",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "merror",
        "mpadded",
        "mphantom",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mmultiscripts",
        "mprescripts",
        "none",
        "mtable",
        "mtr",
        "mtd",
    ]
)
_MATHML_LEFT_OUT = frozenset({"m:annotation", "m:annotation-xml", "m:maction"})
_MATHML_ATTRIBUTES = frozenset(
    [
        "display",
        "mathvariant",
        "stretchy",
        "fence",
        "separator",
        "lspace",
        "rspace",
        "linethickness",
        "columnalign",
        "rowalign",
        "columnspan",
        "rowspan",
        "accent",
        "accentunder",
        "width",
        "height",
        "depth",
        "form",
        "largeop",
        "movablelimits",
        "symmetric",
        "minsize",
        "maxsize",
        "displaystyle",
        "scriptlevel",
        "dir",
        "alttext",
    ]
)
_VALUE_LIMIT = 200


def is_program(node: QtiNode) -> bool:
    """Tell whether an element holds no text for people."""
    return node.name in _PROGRAMS


def html_tags(node: QtiNode) -> Tags | None:
    """Return how an element of HTML is written; None where it may not stand in a page."""
    name = _RENAMED.get(node.name, node.name)
    if name not in _ELEMENTS:
        return None
    opened = Markup("<{}{}>").format(name, _attributes(node, _ATTRIBUTES))
    return opened, Markup("") if name in _VOID else Markup("</{}>").format(name)


def is_no_formula(node: QtiNode) -> bool:
    """Tell whether an element of MathML stands beside the formula, for programs."""
    return node.name in _MATHML_LEFT_OUT


def formula_tags(node: QtiNode) -> Tags:
    """Return how an element of MathML is written; of one that may not stand, only its inside is."""
    name = node.name.removeprefix("m:")
    if name not in _MATHML:
        return Markup(""), Markup("")
    opened = Markup("<{}{}>").format(name, _attributes(node, _MATHML_ATTRIBUTES))
    return opened, Markup("</{}>").format(name)


def without_fence(node: QtiNode) -> QtiNode:
    """Return a fenced formula, which browsers dropped, as a row with its signs."""
    if node.name != "m:mfenced":
        return node
    separators = "".join(node.get("separators", ",").split())
    inner: list[QtiNode | str] = [_operator(node.get("open", "("), fence=True)]
    for n, child in enumerate(node.elements):
        if n and separators:
            inner.append(_operator(separators[min(n, len(separators)) - 1], fence=False))
        inner.append(child)
    inner.append(_operator(node.get("close", ")"), fence=True))
    return QtiNode("m:mrow", {}, tuple(inner), node.line)


def _operator(sign: str, *, fence: bool) -> QtiNode:
    return QtiNode("m:mo", {"fence" if fence else "separator": "true"}, (sign,))


def _attributes(node: QtiNode, allowed: frozenset[str]) -> Markup:
    told = {"lang": node.get("xml:lang"), **node.attributes}
    return Markup("").join(
        Markup(' {}="{}"').format(name, value[:_VALUE_LIMIT])
        for name, value in sorted(told.items())
        if name in allowed and value
    )
