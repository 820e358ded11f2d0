"""Items of QTI that mean exactly what a type of our own means; all others stay as they are.

Exactly: the same answers can be given, in the same words, and score the same. Text with markup that
our texts cannot say, a limit of choices that no type of ours has, a fixed choice among shuffled
ones: any of these leaves the item of type `qti`. So do typed answers, which our types read more
generously than QTI does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, permutations, product
from math import perm
from types import MappingProxyType
from typing import Any

from examengine.bank.inline_text import plain
from examengine.bank.item_types._stimulus import MOST_PARTS
from examengine.bank.qti.declarations import VariableDeclaration, VariableKind, built_in
from examengine.bank.qti.interactions import interactions_in
from examengine.bank.qti.item import SCORE, QtiItem
from examengine.bank.qti.nodes import QtiNode
from examengine.bank.qti.randomness import NoDraws
from examengine.bank.qti.refusal import QtiRefused
from examengine.bank.qti.sitting import attempt, given
from examengine.bank.qti.values import BaseType, Cardinality, Nullable, container, single
from examengine.bank.qti.worth import MOST_WORK

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
_PARTS = frozenset(
    {
        "qti-response-declaration",
        "qti-outcome-declaration",
        "qti-item-body",
        "qti-response-processing",
    }
)
_LEAST_OPTIONS, _MOST_OPTIONS, _MOST_PROMPTS = 2, 26, 20
_MOST_ANSWERS = 2_000
"""So many answers are scored to see that one alone scores; where there are more, none is sure."""


class _OtherThanOurs(Exception):
    """Something that no type of ours says."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """An interaction as a type of ours has it, but the key.

    Attributes:
        content: The fields, without the key.
        n_answers: How many answers can be given.
        answers: Each of them, as the key of our type and as a value of QTI.
    """

    content: Native
    n_answers: int
    answers: Iterable[tuple[Any, Nullable]]


def native_content(item: QtiItem) -> Native | None:
    """Return the content of an item as one of our own types has it; None where none is the same.

    What its rules say is tried, not read: every answer is scored, and one alone may score. A figure
    is named by its address in the XML.
    """
    try:
        interaction = _only_interaction(item)
        declaration = item.declarations[interaction.get("response-identifier")]
        stem = _stem(item.body, interaction)
        reading = _READERS[interaction.name](interaction, declaration)
        _need(reading.n_answers <= _MOST_ANSWERS)
        key, best = _only_right(item, declaration, reading.answers)
    except (_OtherThanOurs, KeyError, QtiRefused):
        return None
    notes = [] if best == 1 else [f"1 point is a {SCORE} of {best:g}"]
    return {**stem, **reading.content, "key": key, **({"differences": notes} if notes else {})}


def _only_right(
    item: QtiItem, declaration: VariableDeclaration, answers: Iterable[tuple[Any, Nullable]]
) -> tuple[Any, float]:
    """Return the only answer that scores, and its score; all others must score exactly 0."""
    sitting = given(item, {}, {})
    scoring: list[tuple[Any, float]] = []
    work = 0
    for key, value in answers:
        ended = attempt(item, sitting, {declaration.identifier: value}, NoDraws())
        work += ended.work
        _need(work <= MOST_WORK)
        found = ended.outcomes.get(SCORE)
        score = found.scalar if found is not None else 0
        _need(isinstance(score, int | float) and not isinstance(score, bool))
        if score:
            scoring.append((key, float(score) if isinstance(score, int | float) else 0.0))
            _need(len(scoring) == 1)
    _need(len(scoring) == 1 and scoring[0][0] is not None and scoring[0][1] > 0)
    return scoring[0]


def _only_interaction(item: QtiItem) -> QtiNode:
    """Return the only interaction of an item that has no feedback, no drawing and one attempt."""
    own = [one for one in item.declarations.values() if one not in built_in()]
    responses = [one for one in own if one.kind is VariableKind.RESPONSE]
    found = list(interactions_in(item.body))
    _need({node.name for node in item.root.elements} <= _PARTS)
    _need(len(found) == 1 and len(responses) == 1 and not item.adaptive)
    _need(SCORE in item.declarations and not any(one.external for one in own))
    _need(set(found[0].attributes) <= _KNOWN and responses[0].default is None)
    return found[0]


def _need(holds: bool) -> None:
    if not holds:
        raise _OtherThanOurs


def _stem(body: QtiNode, interaction: QtiNode) -> Native:
    """Return the paragraphs before an interaction and its prompt, and the pictures among them.

    A picture that stands alone becomes a figure, by the address it has there; our figures stand
    above the text.
    """
    _need(not set(body.attributes) - {"xml:lang"})
    paragraphs: list[str] = []
    figures: list[Native] = []
    ended = False
    for child in body.children:
        if isinstance(child, str):
            _need(not child.strip())
        elif child is interaction or _holds_only(child, interaction):
            _need(not ended)
            ended = True
        elif not ended and (picture := _picture(child)) is not None:
            figures.append({"figure": picture})
        elif not ended and child.name in _BLOCKS and not child.attributes:
            paragraphs.append(_text(child))
        else:
            raise _OtherThanOurs
    _need(ended)
    paragraphs += _prompt(interaction)
    _need(any(paragraphs) and len(figures) <= MOST_PARTS)
    stem = "\n\n".join(one for one in paragraphs if one)
    return {"stem": stem, "stimulus": figures} if figures else {"stem": stem}


def _holds_only(node: QtiNode, inner: QtiNode) -> bool:
    if node.name != "div" or node.attributes or inner not in node.elements:
        return False
    return all(one is inner or (isinstance(one, str) and not one.strip()) for one in node.children)


def _prompt(interaction: QtiNode) -> list[str]:
    prompt = interaction.first("qti-prompt")
    if prompt is None:
        return []
    _need(not prompt.attributes)
    inner = [one for one in prompt.elements if one.name in _BLOCKS]
    if inner and len(inner) == len(prompt.elements):
        _need(not any(isinstance(one, str) and one.strip() for one in prompt.children))
        return [_text(one) for one in inner]
    return [_text(prompt)]


def _picture(node: QtiNode) -> dict[str, str] | None:
    """Return a picture that stands alone, or alone in a paragraph; None for anything else."""
    if node.name in _BLOCKS and not node.attributes and len(node.elements) == 1:
        alone = not any(isinstance(one, str) and one.strip() for one in node.children)
        return _picture(node.elements[0]) if alone else None
    if node.name == "img":
        return _figure(node.get("src"), node.get("alt"))
    if node.name == "object" and node.get("type").startswith("image/") and not node.elements:
        return _figure(node.get("data"), " ".join(node.text.split()))
    return None


def _figure(address: str, alt: str) -> dict[str, str]:
    _need(bool(address))
    return {"file": address, "alt": alt} if alt.strip() else {"file": address}


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


def _count(node: QtiNode, name: str, otherwise: int) -> int:
    text = node.get(name).strip() or str(otherwise)
    _need(text.isascii() and text.isdigit() and len(text) < 4)
    return int(text)


def _choice(node: QtiNode, declaration: VariableDeclaration) -> _Reading:
    options = _options(node.named("qti-simple-choice"))
    ids = [one["id"] for one in options]
    _need(declaration.base_type is BaseType.IDENTIFIER and _count(node, "min-choices", 0) <= 1)
    if declaration.cardinality is Cardinality.SINGLE:
        _need(_count(node, "max-choices", 1) == 1)
        content = {"type": "single_choice", "options": options, **_shuffled(node)}
        singles = ((one, single(BaseType.IDENTIFIER, one)) for one in ids)
        return _Reading(content, len(ids) + 1, chain(_NO_ANSWER, singles))
    _need(declaration.cardinality is Cardinality.MULTIPLE)
    _need(_count(node, "max-choices", 1) in {0, len(ids)})
    content = {"type": "multiple_response", "options": options, **_shuffled(node)}
    chosen = (some for size in range(1, len(ids) + 1) for some in combinations(ids, size))
    sets = ((list(some), _several(Cardinality.MULTIPLE, some)) for some in chosen)
    return _Reading(content, 2 ** len(ids), chain(_NO_ANSWER, sets))


_NO_ANSWER: tuple[tuple[Any, Nullable], ...] = ((None, None),)


def _several(cardinality: Cardinality, ids: Iterable[str]) -> Nullable:
    return container(cardinality, BaseType.IDENTIFIER, ids)


def _order(node: QtiNode, declaration: VariableDeclaration) -> _Reading:
    options = _options(node.named("qti-simple-choice"))
    ids = [one["id"] for one in options]
    _need(declaration.cardinality is Cardinality.ORDERED)
    _need(declaration.base_type is BaseType.IDENTIFIER)
    _need({"max-choices", "min-choices"}.isdisjoint(node.attributes))
    content = {"type": "ordering", "options": options, **_shuffled(node)}
    orders = (some for size in range(1, len(ids) + 1) for some in permutations(ids, size))
    answers = (
        (list(some) if len(some) == len(ids) else None, _several(Cardinality.ORDERED, some))
        for some in orders
    )
    n_answers = sum(perm(len(ids), size) for size in range(len(ids) + 1))
    return _Reading(content, n_answers, chain(_NO_ANSWER, answers))


def _match(node: QtiNode, declaration: VariableDeclaration) -> _Reading:
    """Read a match in which each line on the left has one of those on the right."""
    sets = node.named("qti-simple-match-set")
    _need(len(sets) == 2 and declaration.base_type is BaseType.DIRECTED_PAIR)
    _need(declaration.cardinality is Cardinality.MULTIPLE)
    left, right = (one.named("qti-simple-associable-choice") for one in sets)
    n_left = len(left)
    _need(n_left > 1 and all(_count(one, "match-max", 1) == 1 for one in left))
    _need(all(_is_open(_count(one, "match-max", 1), n_left) for one in right))
    _need(_is_open(_count(node, "max-associations", 1), n_left))
    _need(all(not _count(one, "match-min", 0) for one in (*left, *right)))
    prompts, options = _options(left, _MOST_PROMPTS), _options(right)
    content = {
        "type": "matching",
        "prompts": prompts,
        "options": options,
        **_shuffled(node),
    }
    goals = [None, *(one["id"] for one in options)]
    n_answers = len(goals) ** n_left
    matches = product(goals, repeat=n_left)
    return _Reading(content, n_answers, (_matched(prompts, goal) for goal in matches))


def _matched(
    prompts: Sequence[Mapping[str, str]], goals: Sequence[str | None]
) -> tuple[Any, Nullable]:
    """Return a match as a key, where it is whole, and as pairs."""
    pairs = [(one["id"], goal) for one, goal in zip(prompts, goals, strict=True) if goal]
    value = container(Cardinality.MULTIPLE, BaseType.DIRECTED_PAIR, pairs)
    return (dict(pairs) if len(pairs) == len(prompts) else None), value


def _is_open(most: int, needed: int) -> bool:
    return most == 0 or most >= needed


_READERS: Mapping[str, Callable[[QtiNode, VariableDeclaration], _Reading]] = MappingProxyType(
    {
        "qti-choice-interaction": _choice,
        "qti-order-interaction": _order,
        "qti-match-interaction": _match,
    }
)
