"""What of an item's body one candidate is shown: drawn values filled in, hidden parts left out.

Feedback depends on outcomes; what is shown is what stands there before anything is answered.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isfinite

from examengine.bank.qti.item import QtiItem
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.sitting import ItemSitting
from examengine.bank.qti.values import BaseType, Nullable, text_of

_FEEDBACK = frozenset({"qti-feedback-block", "qti-feedback-inline"})
_TEMPLATES = frozenset({"qti-template-block", "qti-template-inline"})
_NEVER = frozenset(
    [
        "qti-catalog-info",
        "qti-companion-materials-info",
        "qti-stylesheet",
        "qti-apip-accessibility",
        "qti-modal-feedback",
        "qti-info-control",
    ]
)
_TRANSPARENT = frozenset({"qti-content-body"})
_FORMAT = re.compile(r"%(\.\d{1,2})?([dieEfFgGs])")
_MARKERS = frozenset({"m:mi", "m:ci"})


def shown_body(item: QtiItem, sitting: ItemSitting, shared: tuple[QtiNode, ...] = ()) -> QtiNode:
    """Return the body of an item as it is shown, with the stimuli it shares with others first."""
    values = {**sitting.templates, **sitting.outcomes}
    in_formulas = {
        node.get("identifier")
        for node in item.root.named("qti-template-declaration")
        if node.get("math-variable") in {"true", "1"}
    }
    view = _View(values, frozenset(in_formulas))
    before = [inner for one in shared for inner in view.inside(one)]
    return replace(item.body, children=(*before, *view.inside(item.body)))


class _View:
    """Fills in values and leaves out what is hidden."""

    def __init__(self, values: Mapping[str, Nullable], in_formulas: frozenset[str]) -> None:
        self._values = values
        self._in_formulas = in_formulas

    def inside(self, node: QtiNode) -> Iterator[QtiNode | str]:
        """Yield what is shown inside an element."""
        for child in node.children:
            if isinstance(child, str):
                yield child
            elif child.name == "qti-printed-variable":
                yield self._printed(child)
            elif child.name in _MARKERS and child.text.strip() in self._in_formulas:
                yield self._in_formula(child)
            elif self._is_shown(child):
                yield from self._kept(child)

    def _kept(self, node: QtiNode) -> Iterator[QtiNode | str]:
        inner = tuple(self.inside(node))
        if node.name in _TRANSPARENT:
            yield from inner
        elif node.name in _FEEDBACK | _TEMPLATES | {"qti-rubric-block"}:
            inline = node.name.endswith("-inline")
            yield QtiNode("span" if inline else "div", {}, inner, node.line)
        else:
            yield replace(node, children=inner)

    def _is_shown(self, node: QtiNode) -> bool:
        if node.name in _NEVER:
            return False
        if node.name == "qti-rubric-block":
            return "candidate" in node.get("view", "candidate").split()
        if node.name in _FEEDBACK:
            return self._matches(node, "outcome-identifier")
        if node.name in _TEMPLATES or "template-identifier" in node.attributes:
            return self._matches(node, "template-identifier")
        return True

    def _matches(self, node: QtiNode, names: str) -> bool:
        """Tell whether a variable holds the identifier of an element, or not where it hides so."""
        value = self._values.get(node.get(names))
        held = () if value is None else tuple(map(text_of, value.scalars))
        return (node.get("identifier") in held) == (node.get("show-hide", "show") != "hide")

    def _printed(self, node: QtiNode) -> str:
        value = self._values.get(node.get("identifier"))
        if value is None:
            return ""
        scalars = value.scalars
        place = node.get("index")
        if place.isdigit() and 0 < int(place) <= len(scalars):
            scalars = (scalars[int(place) - 1],)
        written = [_formatted(scalar, node.get("format")) for scalar in scalars]
        return node.get("delimiter", ";").join(written)

    def _in_formula(self, node: QtiNode) -> QtiNode:
        value = self._values.get(node.text.strip())
        if value is None:
            return node
        numeric = value.base_type in {BaseType.INTEGER, BaseType.FLOAT}
        name = "m:mn" if numeric and node.name == "m:mi" else node.name
        return replace(node, name=name, children=(text_of(value.scalar),))


def _formatted(scalar: object, form: str) -> str:
    found = _FORMAT.fullmatch(form.strip())
    if found is None or isinstance(scalar, bool) or not isinstance(scalar, int | float):
        return text_of(scalar) if isinstance(scalar, str | int | float | tuple) else ""
    places, kind = found.groups()
    if kind in "di" and isfinite(scalar):
        return f"{round(scalar):d}"
    if kind in "di":
        return text_of(scalar)
    return format(scalar, f"{places or ''}{kind}") if kind != "s" else text_of(scalar)


def in_words(node: QtiNode) -> str:
    """Return what an element says, in one line: texts, and the alternatives of pictures."""
    return " ".join("".join(_said(node)).split())


def _said(node: QtiNode) -> Iterator[str]:
    if node.name in {"img", "qti-gap-img"} and node.get("alt"):
        yield f" {node.get('alt')} "
    elif node.name == "object" and not node.text.strip():
        yield f" {node.get('title') or node.get('aria-label')} "
    elif node.name in {"m:annotation", "m:annotation-xml", "script", "style", "rp"}:
        return
    for child in node.children:
        if isinstance(child, str):
            yield child
        else:
            apart = child.name in _APART or child.name.endswith("-choice")
            yield " " if apart else ""
            yield from _said(child)
            yield " " if apart else ""


_APART = frozenset(
    [
        "p",
        "div",
        "li",
        "td",
        "th",
        "tr",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "dt",
        "dd",
        "qti-prompt",
        "blockquote",
    ]
)
