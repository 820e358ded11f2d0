"""The names of QTI 2.x and of QTI 3.0: one is made of the other by rule, not by list.

QTI 3.0 writes `qti-base-value` and `base-type` where QTI 2 writes `baseValue` and `baseType`; what
both take over from HTML is called the same in both.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

_HTML = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "address",
        "article",
        "aside",
        "audio",
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
        "details",
        "dfn",
        "dir",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "li",
        "main",
        "mark",
        "nav",
        "object",
        "ol",
        "p",
        "param",
        "picture",
        "pre",
        "q",
        "rb",
        "rbc",
        "rp",
        "rt",
        "rtc",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "source",
        "span",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "track",
        "tt",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
    ]
)
"""What QTI takes over from HTML under its own name."""

MATHML = "m"
NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        "http://www.w3.org/1998/Math/MathML": MATHML,
        "http://www.w3.org/2010/Math/MathML": MATHML,
        "http://www.w3.org/2001/10/synthesis": "ssml",
        "http://www.w3.org/2010/10/synthesis": "ssml",
        "http://www.w3.org/2001/XInclude": "xi",
        "http://www.w3.org/1999/xhtml": "",
        "http://www.w3.org/2000/svg": "svg",
        "http://www.w3.org/XML/1998/namespace": "xml",
        "http://www.w3.org/1999/xlink": "xlink",
    }
)
"""Vocabularies beside QTI, with the prefix they have in a node's name; others have `other`."""

_QTI = re.compile(r"https?://(?:www|purl)\.(?:imsglobal|1edtech)\.org/(?:xsd|spec)/[^ ]{1,80}")
_CAPITAL = re.compile(r"[A-Z]")
_DASHED = re.compile(r"-([a-z0-9])")


def prefix_of(namespace: str | None) -> str:
    """Return the prefix of a vocabulary; "" for QTI and HTML."""
    if not namespace or _QTI.fullmatch(namespace):
        return ""
    return NAMESPACES.get(namespace, "other")


def is_html(name: str) -> bool:
    """Tell whether QTI takes an element over from HTML."""
    return name in _HTML


def qti3_element(name: str) -> str:
    """Return the name in QTI 3.0 of an element of any version: `baseValue` → `qti-base-value`."""
    if is_html(name) or name.startswith("qti-"):
        return name
    return f"qti-{_dashed(name)}"


def qti3_attribute(name: str) -> str:
    """Return the name in QTI 3.0 of an attribute of any version: `baseType` → `base-type`."""
    return name if "-" in name else _dashed(name)


def qti2_name(name: str) -> str:
    """Return the name in QTI 2.2 of an element or attribute of QTI 3.0."""
    if name.startswith(("data-", "aria-")) or is_html(name):
        return name
    return _DASHED.sub(lambda found: found.group(1).upper(), name.removeprefix("qti-"))


def _dashed(name: str) -> str:
    return _CAPITAL.sub(lambda found: f"-{found.group().lower()}", name).lstrip("-")
