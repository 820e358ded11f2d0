"""Items of QTI that mean exactly what a type of our own means; all others stay as they are.

Exactly: the same answers can be given, in the same words, and score the same. Text with markup that
our texts cannot say, a limit of choices that no type of ours has, a fixed choice among shuffled
ones: any of these leaves the item of type `qti`. So do typed answers, which our types read more
generously than QTI does.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from examengine.bank.inline_text import plain
from examengine.bank.qti.declarations import VariableDeclaration, VariableKind, built_in
from examengine.bank.qti.interactions import interactions_in
from examengine.bank.qti.item import QtiItem
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.standard_templates import template_name
from examengine.bank.qti.values import BaseType, Cardinality, text_of

Native = dict[str, Any]
_BLOCKS = frozenset({"p", "div"})
_KNOWN = frozenset(
    {
        "identifier",
        "response-identifier",
        "shuffle",
        "max-choices",
        "min-choices",
        "max-associations",
        "min-associations",
        "match-max",
        "match-min",
        "fixed",
        "orientation",
        "show-hide",
    }
)
"""Attributes whose meaning is checked, or that only say how something looks."""
_LEAST_OPTIONS, _MOST_OPTIONS, _MOST_PROMPTS = 2, 26, 20


class _OtherThanOurs(Exception):
    """Something that no type of ours says."""


def native_content(item: QtiItem) -> Native | None:
    """Return the content of an item as one of our own types has it; None where none is the same."""
    try:
        interaction = _only_interaction(item)
        reader = _READERS[interaction.name]
        declaration = item.declarations[interaction.get("response-identifier")]
        stem = _stem(item.body, interaction)
        return {"stem": stem, **reader(interaction, declaration)}
    except (_OtherThanOurs, KeyError):
        return None


def _only_interaction(item: QtiItem) -> QtiNode:
    """Return the interaction of an item that has one and scores it by its correct response."""
    own = [one for one in item.declarations.values() if one not in built_in()]
    responses = [one for one in own if one.kind is VariableKind.RESPONSE]
    outcomes = {one.identifier for one in own if one.kind is VariableKind.OUTCOME}
    found = list(interactions_in(item.body))
    processing = item.root.first("qti-response-processing")
    named = [node.name for node in item.root.elements if node.name not in _DECLARED]
    _need(len(found) == 1 and len(responses) == 1 and not item.adaptive)
    _need(responses[0].identifier == "RESPONSE" and outcomes <= {"SCORE", "MAXSCORE"})
    _need(named == ["qti-item-body", "qti-response-processing"] and processing is not None)
    address = processing.get("template") if processing is not None else ""
    _need(not (processing.elements if processing is not None else ()))
    _need(template_name(address) == "match_correct")
    _need(set(found[0].attributes) <= _KNOWN and "SCORE" in outcomes)
    return found[0]


_DECLARED = frozenset({"qti-response-declaration", "qti-outcome-declaration"})


def _need(holds: bool) -> None:
    if not holds:
        raise _OtherThanOurs


def _stem(body: QtiNode, interaction: QtiNode) -> str:
    """Return the paragraphs before an interaction and its prompt, as our texts say them."""
    _need(not set(body.attributes) - {"xml:lang"})
    paragraphs: list[str] = []
    ended = False
    for child in body.children:
        if isinstance(child, str):
            _need(not child.strip())
        elif child is interaction:
            ended = True
        elif not ended and child.name in _BLOCKS and not child.attributes:
            paragraphs.append(_text(child))
        elif child.name == "div" and interaction in child.elements and not child.attributes:
            _need(all(one is interaction or not str(one).strip() for one in child.children))
            ended = True
        else:
            raise _OtherThanOurs
    _need(ended)
    prompt = interaction.first("qti-prompt")
    if prompt is not None:
        _need(not prompt.attributes)
        inner = [one for one in prompt.elements if one.name in _BLOCKS]
        whole = len(inner) == len(prompt.elements) and inner
        paragraphs += [_text(one) for one in inner] if whole else [_text(prompt)]
    _need(any(paragraphs))
    return "\n\n".join(one for one in paragraphs if one)


def _text(node: QtiNode) -> str:
    """Return a text with emphasis and code, if it holds nothing else and reads back as it is."""
    parts: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            _need(not set(child) & set("*`\\") and not child.lstrip().startswith(("- ", "• ")))
            parts.append(child)
        elif child.name in {"em", "code"} and not child.attributes and not child.elements:
            mark = "*" if child.name == "em" else "`"
            _need(child.text == child.text.strip() != "" and mark not in child.text)
            parts.append(f"{mark}{child.text}{mark}")
        else:
            raise _OtherThanOurs
    told = " ".join("".join(parts).split())
    _need(plain(told) == " ".join(node.text.split()))
    first = told.partition(" ")[0]
    _need(not (first.rstrip(".)").isdigit() and first[-1:] in {".", ")"}))
    return told


def _options(nodes: Sequence[QtiNode], most: int = _MOST_OPTIONS) -> list[dict[str, str]]:
    _need(_LEAST_OPTIONS <= len(nodes) <= most)
    found = []
    for node in nodes:
        _need(set(node.attributes) <= _KNOWN and node.get("fixed") not in {"true", "1"})
        inner = [one for one in node.elements if one.name in _BLOCKS]
        alone = len(inner) == 1 and inner[0].text.strip() == node.text.strip()
        text = _text(inner[0]) if alone and not inner[0].attributes else _text(node)
        _need(bool(text))
        found.append({"id": node.get("identifier"), "text": text})
    _need(len({one["id"].casefold() for one in found}) == len(found))
    return found


def _shuffled(node: QtiNode) -> dict[str, bool]:
    return {} if node.get("shuffle") in {"true", "1"} else {"shuffle": False}


def _right(declaration: VariableDeclaration, cardinality: Cardinality) -> list[str]:
    """Return the correct response, of a variable of a cardinality; both must be there."""
    _need(declaration.cardinality is cardinality and declaration.correct is not None)
    _need(declaration.default is None)
    value = declaration.correct
    return [] if value is None else [text_of(one) for one in value.scalars]


def _count(node: QtiNode, name: str, otherwise: int) -> int:
    text = node.get(name).strip() or str(otherwise)
    _need(text.isascii() and text.isdigit() and len(text) < 4)
    return int(text)


def _choice(node: QtiNode, declaration: VariableDeclaration) -> Native:
    options = _options(node.named("qti-simple-choice"))
    ids = [one["id"] for one in options]
    _need(declaration.base_type is BaseType.IDENTIFIER)
    _need(_count(node, "min-choices", 0) <= 1)
    if declaration.cardinality is Cardinality.SINGLE:
        right = _right(declaration, Cardinality.SINGLE)
        _need(_count(node, "max-choices", 1) == 1 and right[0] in ids)
        return {"type": "single_choice", "options": options, "key": right[0], **_shuffled(node)}
    right = _right(declaration, Cardinality.MULTIPLE)
    _need(_count(node, "max-choices", 1) in {0, len(ids)} and set(right) <= set(ids))
    _need(len(set(right)) == len(right) > 0)
    return {"type": "multiple_response", "options": options, "key": right, **_shuffled(node)}


def _order(node: QtiNode, declaration: VariableDeclaration) -> Native:
    options = _options(node.named("qti-simple-choice"))
    right = _right(declaration, Cardinality.ORDERED)
    _need(sorted(right) == sorted(one["id"] for one in options))
    _need(declaration.base_type is BaseType.IDENTIFIER)
    _need({"max-choices", "min-choices"}.isdisjoint(node.attributes))
    return {"type": "ordering", "options": options, "key": right, **_shuffled(node)}


def _match(node: QtiNode, declaration: VariableDeclaration) -> Native:
    """Return a match in which each line on the left has one of those on the right."""
    sets = node.named("qti-simple-match-set")
    _need(len(sets) == 2 and declaration.base_type is BaseType.DIRECTED_PAIR)
    left, right = (one.named("qti-simple-associable-choice") for one in sets)
    n_left = len(left)
    _need(all(_count(one, "match-max", 1) == 1 for one in left))
    _need(all(_is_open(_count(one, "match-max", 1), n_left) for one in right))
    _need(_is_open(_count(node, "max-associations", 1), n_left))
    _need(all(not _count(one, "match-min", 0) for one in (*left, *right)))
    _need(n_left > 1)
    prompts, options = _options(left, _MOST_PROMPTS), _options(right)
    pairs = [one.split(" ") for one in _right(declaration, Cardinality.MULTIPLE)]
    key = {one: other for one, other in pairs}  # noqa: C416 - each is a list of two
    _need(len(key) == len(pairs) and set(key) == {one["id"] for one in prompts})
    _need(set(key.values()) <= {one["id"] for one in options})
    return {
        "type": "matching",
        "prompts": prompts,
        "options": options,
        "key": {one["id"]: key[one["id"]] for one in prompts},
        **_shuffled(node),
    }


def _is_open(most: int, needed: int) -> bool:
    return most == 0 or most >= needed


_READERS: Mapping[str, Callable[[QtiNode, VariableDeclaration], Native]] = MappingProxyType(
    {
        "qti-choice-interaction": _choice,
        "qti-order-interaction": _order,
        "qti-match-interaction": _match,
    }
)
